//! A call asks for its worst case and pays for what it did: three contributions here, up to 1,024 elsewhere.

use frame_support::{
    assert_ok,
    dispatch::{GetDispatchInfo, PostDispatchInfo},
    weights::Weight,
};
use sp_runtime::traits::Dispatchable;

use super::*;
use crate::Call;

fn assert_charged(account: AccountId, call: Call<Test>, asked: Weight, charged: Weight) {
    let call = RuntimeCall::Attestation(call);
    assert_eq!(call.get_dispatch_info().call_weight, asked);
    let result = call.dispatch(RuntimeOrigin::signed(account));
    assert_ok!(result);
    assert_eq!(
        result,
        Ok(PostDispatchInfo {
            actual_weight: Some(charged),
            ..Default::default()
        })
    );
}

#[test]
fn a_statement_is_charged_for_the_round_and_for_its_end() {
    execute(|| {
        let call = Call::attest {
            datanet: DATANET,
            round: ROUND,
            statement: statement(),
        };
        let asked = Weight::from_parts(200_000, 2 * 1_024);
        let open = Weight::from_parts(100_000, 3);
        assert_charged(ALICE, call.clone(), asked, open);
        assert_charged(BOB, call, asked, Weight::from_parts(200_000, 6));
    });
}

#[test]
fn giving_up_is_charged_for_the_round() {
    execute(|| {
        go_to(CLOSES_AT);
        let call = Call::abandon {
            datanet: DATANET,
            round: ROUND,
        };
        let asked = Weight::from_parts(300_000, 1_024);
        assert_charged(EVE, call, asked, Weight::from_parts(300_000, 3));
    });
}

#[test]
fn who_attests_too_late_or_wrongly_does_not_pay_for_the_end_of_a_round() {
    execute(|| {
        let refused = |said: Statement| {
            let call = RuntimeCall::Attestation(Call::attest {
                datanet: DATANET,
                round: ROUND,
                statement: said,
            });
            let refusal = call.dispatch(RuntimeOrigin::signed(CHARLIE)).unwrap_err();
            refusal.post_info.actual_weight
        };
        let open = Some(Weight::from_parts(100_000, 1_024));
        let wrong = Statement {
            after: 0,
            ..statement()
        };
        assert_eq!(refused(wrong), open);
        attest(ALICE, statement());
        attest(BOB, statement());
        assert_eq!(refused(statement()), open);
    });
}
