//! What calls are charged for: the worst case before, what they did after.

use frame_support::traits::Hooks;
use tributary_primitives::{datanets::Phase, ids::RoundNumber};

use crate::{
    mock::{Datanets, *},
    *,
};

const MILLION: u64 = 1_000_000;
/// To `Void` out of `Committing`, with as many contributions as can be.
const LONGEST: u64 = 50 * MILLION + 19 * MILLION + 1_024;

fn advance_weight(round: RoundNumber) -> u64 {
    let (before, after) = weigh(STRANGER, Call::advance { datanet: 0, round });
    assert_eq!(before, LONGEST);
    assert!(after <= before);
    after
}

#[test]
fn a_round_is_advanced_at_the_price_of_what_was_done() {
    execute(|| {
        create(4);
        let round = open();
        commit_slices(round);
        (0..3).for_each(|_| {
            commit(ALICE, round, 4);
        });
        run_to(12);
        assert_eq!(advance_weight(round), 14 * MILLION);
        deliver(1);
        deliver(2);
        run_to(100);
        assert_eq!(advance_weight(round), 15 * MILLION + 2 + 16 * MILLION + 1);
        next_epoch();
        next_epoch();
        assert_eq!(advance_weight(round), 17 * MILLION);
        for seat in 1..4 {
            reveal(round, seat);
        }
        // Each of the others is asked once for the seat that is left.
        for _ in 0..3 {
            pass(6);
            assert_eq!(advance_weight(round), 18 * MILLION);
        }
        pass(6);
        assert_eq!(advance_weight(round), 50 * MILLION);
        assert_eq!(round_of(round).phase, Phase::Void);
    });
}

#[test]
fn void_rounds_are_charged_by_what_goes_back() {
    execute(|| {
        create(1);
        let round = open();
        commit(ALICE, round, 4);
        commit(BOB, round, 4);
        run_to(12);
        assert_eq!(advance_weight(round), 50 * MILLION + 19 * MILLION + 2);

        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        end_committing(round);
        pass(21);
        assert_eq!(advance_weight(round), 16 * MILLION + 1 + 50 * MILLION);
    });
}

#[test]
fn a_batch_is_charged_by_its_records_and_bytes() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 100);
        end_committing(round);
        let call = Call::deliver {
            datanet: 0,
            round,
            contribution: 0,
            batch: 0,
            records: records(100),
            salt: Some(SALT),
        };
        // 300 bytes could be 75 texts, which cost more here than 150 vectors.
        let (before, after) = weigh(ALICE, call);
        assert_eq!(before, 25 * MILLION + 75 + 26 * MILLION + 1);
        assert_eq!(after, 20 * MILLION + 100 + 21 * MILLION + 1);

        end_delivering(round);
        pick(round);
        let call = Call::reveal {
            datanet: 0,
            round,
            seat: 0,
            batch: 0,
            records: slice(round_of(round).seats[0].slice, 8),
            salt: Some(SALT),
        };
        let (before, after) = weigh(PROVIDER, call);
        assert_eq!(before, 27 * MILLION + 6 + 28 * MILLION + 1);
        assert_eq!(after, 22 * MILLION + 8 + 23 * MILLION + 1);
    });
}

#[test]
fn a_batch_is_never_charged_for_more_records_than_there_can_be() {
    use frame_support::dispatch::GetDispatchInfo;
    let deliver = |bytes| {
        let call = Call::<Test>::deliver {
            datanet: 0,
            round: 1,
            contribution: 0,
            batch: 0,
            records: vec![0; bytes],
            salt: None,
        };
        call.get_dispatch_info().call_weight.ref_time()
    };
    assert_eq!(deliver(0), 25 * MILLION + 26 * MILLION);
    assert_eq!(deliver(8_192), 25 * MILLION + 2_048 + 26 * MILLION + 8);
    assert_eq!(deliver(262_144), 25 * MILLION + 4_096 + 26 * MILLION + 256);
    assert_eq!(deliver(1_000_000), deliver(262_144));
}

#[test]
fn the_hook_is_charged_for_what_it_did() {
    execute(|| {
        assert_eq!(Datanets::on_initialize(2).ref_time(), MILLION);
        Oracle::skip(1);
        System::set_block_number(2);
        assert_eq!(Datanets::on_initialize(2).ref_time(), 2 * MILLION);
    });
}

#[test]
fn who_advances_too_early_or_too_late_does_not_pay_for_the_longest_step() {
    use sp_runtime::traits::Dispatchable;
    execute(|| {
        create(1);
        let round = open();
        let refused = || {
            let call = RuntimeCall::from(Call::advance { datanet: 0, round });
            let info = call.dispatch(signed(STRANGER)).unwrap_err().post_info;
            info.actual_weight.unwrap().ref_time()
        };
        assert_eq!(refused(), 14 * MILLION);
        end_committing(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        assert_eq!(refused(), 14 * MILLION);
    });
}
