//! A call asks for its worst case; the end of a case pays for what it did.

use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use sp_runtime::traits::Dispatchable;

use super::*;
use crate::Call;

/// What closing a case asks for and is charged.
fn charged(case: CaseId) -> (u64, Option<Weight>) {
    let call = RuntimeCall::Disputes(Call::close { case });
    let asked = call.get_dispatch_info().call_weight.ref_time();
    let done = call.dispatch(signed(PAUPER)).expect("its time is over");
    (asked, done.actual_weight)
}

#[test]
fn closing_pays_for_what_it_did() {
    let both = 300_000;
    let upheld = Some(Weight::from_parts(200_000, 0));
    let dismissed = Some(Weight::from_parts(100_000, 0));
    execute(|| {
        let id = ruled(true);
        wait(APPEAL);
        assert_eq!(charged(id), (both, upheld));
        let id = ruled(false);
        wait(APPEAL);
        assert_eq!(charged(id), (both, dismissed));
        let id = open(ALICE);
        wait(HEARING);
        assert_eq!(charged(id), (both, dismissed));
        UpholdRefusal::set(Some(REFUSAL));
        let id = ruled(true);
        wait(APPEAL);
        assert_eq!(charged(id), (both, None));
    });
}

#[test]
fn each_call_asks_for_its_own_weight() {
    execute(|| {
        let calls = [
            (
                Call::appoint {
                    arbiters: Default::default(),
                },
                1,
            ),
            (
                Call::open {
                    model: MODEL,
                    contention: MISSING,
                    evidence: EVIDENCE,
                },
                10,
            ),
            (
                Call::vote {
                    case: 0,
                    upheld: true,
                },
                100,
            ),
            (Call::appeal { case: 0 }, 1_000),
            (
                Call::decide {
                    case: 0,
                    upheld: true,
                },
                10_000,
            ),
        ];
        for (call, weight) in calls {
            let info = RuntimeCall::Disputes(call).get_dispatch_info();
            assert_eq!(info.call_weight.ref_time(), weight);
        }
    });
}
