use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchError, DispatchResult,
};
use tributary_primitives::{datanets::Phase, hashing, ids::RoundNumber};

use crate::{
    mock::{Datanets, *},
    *,
};

/// A round whose slices are picked, with one delivered contribution.
fn picked(providers: u64) -> RoundNumber {
    create(providers);
    let round = open();
    commit_slices(round);
    let contribution = commit(ALICE, round, 4);
    end_committing(round);
    deliver(contribution);
    end_delivering(round);
    pick(round);
    round
}

/// The records of the slice that was picked for a seat.
fn picked_slice(round: RoundNumber, seat: usize) -> Vec<u8> {
    let found = round_of(round);
    slice(found.seats[seat].slice, 8 / found.seats.len() as u16)
}

fn send(
    who: AccountId,
    round: RoundNumber,
    seat: u8,
    batch: u16,
    records: &[u8],
    salt: Option<[u8; 32]>,
) -> DispatchResult {
    Datanets::reveal(signed(who), 0, round, seat, batch, records.to_vec(), salt)
        .map(|_| ())
        .map_err(|error| error.error)
}

#[test]
fn the_last_slice_completes_the_benchmark() {
    execute(|| {
        let round = picked(2);
        let roots = [
            root_of(&picked_slice(round, 0)),
            root_of(&picked_slice(round, 1)),
        ];
        let delivered = round_of(round).inputs;
        assert_ok!(send(11, round, 1, 0, &picked_slice(round, 1), Some(SALT)));
        assert_eq!(round_of(round).phase, Phase::Frozen);
        assert_ok!(send(10, round, 0, 0, &picked_slice(round, 0), Some(SALT)));
        let found = round_of(round);
        assert_eq!(found.phase, Phase::Revealed);
        assert_eq!(u64::from(found.revealed_at), System::block_number());
        // By seat, whoever came first.
        assert_eq!(
            found.inputs,
            roots.into_iter().fold(delivered, hashing::extend_inputs)
        );
        System::assert_last_event(
            Event::PhaseChanged {
                datanet: 0,
                round,
                phase: Phase::Revealed,
                deadline: None,
            }
            .into(),
        );
    });
}

#[test]
fn the_inputs_are_those_that_anybody_computes() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        commit(BOB, round, 6);
        commit(CAROL, round, 8);
        end_committing(round);
        // In another order than that of the numbers; Bob does not deliver.
        deliver(2);
        deliver(0);
        end_delivering(round);
        pick(round);
        reveal_all(round);
        let items = [
            root_of(&records(4)),
            root_of(&records(8)),
            root_of(&picked_slice(round, 0)),
        ];
        assert_eq!(
            round_of(round).inputs,
            items.into_iter().fold(H256::zero(), hashing::extend_inputs)
        );
    });
}

#[test]
fn a_slice_is_revealed_in_batches() {
    execute(|| {
        let round = picked(1);
        let all = picked_slice(round, 0);
        assert_ok!(send(10, round, 0, 0, &all[..9], None));
        assert_eq!(Datanets::revealing(0, round, 0), Some((1, 3)));
        System::assert_last_event(
            Event::SliceBatchRevealed {
                datanet: 0,
                round,
                seat: 0,
                batch: 0,
                records: 3,
                extrinsic: 0,
                hash: BlakeTwo256::hash(&all[..9]),
            }
            .into(),
        );
        assert_ok!(send(10, round, 0, 1, &all[9..], Some(SALT)));
        assert_eq!(Datanets::revealing(0, round, 0), None);
        let number = round_of(round).seats[0].slice;
        System::assert_has_event(
            Event::SliceRevealed {
                datanet: 0,
                round,
                seat: 0,
                provider: 10,
                slice: number,
                root: root_of(&all),
                batches: 2,
            }
            .into(),
        );
    });
}

#[test]
fn batch_0_begins_anew_with_the_classes() {
    execute(|| {
        let round = picked(1);
        let all = picked_slice(round, 0);
        assert_ok!(send(10, round, 0, 0, &all[..12], None));
        assert_ok!(send(10, round, 0, 0, &all[..18], None));
        assert_ok!(send(10, round, 0, 1, &all[18..], Some(SALT)));
        assert_eq!(round_of(round).phase, Phase::Revealed);
    });
}

#[test]
fn a_batch_out_of_order_is_refused() {
    execute(|| {
        let round = picked(1);
        let all = picked_slice(round, 0);
        assert_noop!(
            send(10, round, 0, 1, &all[..9], None),
            Error::<Test>::BatchOutOfOrder
        );
        assert_ok!(send(10, round, 0, 0, &all[..9], None));
        assert_noop!(
            send(10, round, 0, 2, &all[9..12], None),
            Error::<Test>::BatchOutOfOrder
        );
    });
}

#[test]
fn another_slice_than_the_picked_one_is_refused() {
    execute(|| {
        let round = picked(1);
        let number = round_of(round).seats[0].slice;
        assert_noop!(
            send(10, round, 0, 0, &slice((number + 1) % 4, 8), Some(SALT)),
            Error::<Test>::CommitmentMismatch
        );
        assert_noop!(
            send(10, round, 0, 0, &slice(number, 8), Some([8; 32])),
            Error::<Test>::CommitmentMismatch
        );
    });
}

#[test]
fn a_slice_has_equally_many_records_of_each_class() {
    execute(|| {
        let round = picked(1);
        let mut all = picked_slice(round, 0);
        all[2] = 1;
        assert_noop!(
            send(10, round, 0, 0, &all, Some(SALT)),
            Error::<Test>::ClassesUnbalanced
        );
        all[2] = 2;
        assert_noop!(
            send(10, round, 0, 0, &all, Some(SALT)),
            Error::<Test>::LabelOutOfRange
        );
    });
}

#[test]
fn batches_follow_the_rules_of_deliveries() {
    execute(|| {
        let round = picked(1);
        let all = picked_slice(round, 0);
        assert_noop!(send(10, round, 0, 0, &[], None), Error::<Test>::EmptyBatch);
        assert_noop!(
            send(10, round, 0, 0, &all[..4], None),
            Error::<Test>::BatchNotWhole
        );
        assert_noop!(
            send(10, round, 0, 0, &slice(0, 10), Some(SALT)),
            Error::<Test>::TooManyRecords
        );
        assert_noop!(
            send(10, round, 0, 0, &all[..9], Some(SALT)),
            Error::<Test>::SaltTooEarly
        );
        assert_noop!(
            send(10, round, 0, 0, &all, None),
            Error::<Test>::SaltMissing
        );
        assert_noop!(
            send(10, round, 0, 0, &vec![0; 262_145], None),
            Error::<Test>::BatchTooLong
        );
        System::note_finished_extrinsics();
        assert_noop!(
            send(10, round, 0, 0, &all, Some(SALT)),
            Error::<Test>::NotInExtrinsic
        );
    });
}

#[test]
fn only_the_provider_of_the_picked_slice_reveals() {
    execute(|| {
        let round = picked(2);
        let all = picked_slice(round, 0);
        for who in [11, STEWARD] {
            assert_noop!(
                send(who, round, 0, 0, &all, Some(SALT)),
                Error::<Test>::NotAuthorized
            );
        }
        assert_noop!(
            Datanets::reveal(RuntimeOrigin::none(), 0, round, 0, 0, all, Some(SALT)),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn a_slice_is_revealed_once() {
    execute(|| {
        let round = picked(2);
        reveal(round, 0);
        assert_noop!(
            send(10, round, 0, 0, &picked_slice(round, 0), Some(SALT)),
            Error::<Test>::AlreadyRevealed
        );
    });
}

#[test]
fn slices_are_revealed_up_to_the_deadline() {
    execute(|| {
        let round = picked(2);
        let deadline = round_of(round).deadline.unwrap();
        assert_eq!(u64::from(deadline), System::block_number() + 5);
        run_to(deadline.into());
        reveal(round, 0);
        pass(1);
        assert_noop!(
            send(11, round, 1, 0, &picked_slice(round, 1), Some(SALT)),
            Error::<Test>::DeadlinePassed
        );
    });
}

#[test]
fn nothing_is_revealed_before_it_is_picked_or_after_the_benchmark_is_complete() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let contribution = commit(ALICE, round, 4);
        let any = slice(0, 8);
        assert_noop!(
            send(10, round, 0, 0, &any, Some(SALT)),
            Error::<Test>::WrongPhase
        );
        end_committing(round);
        deliver(contribution);
        end_delivering(round);
        assert_noop!(
            send(10, round, 0, 0, &any, Some(SALT)),
            Error::<Test>::SeatNotFound
        );
        pick(round);
        assert_noop!(
            send(10, round, 1, 0, &any, Some(SALT)),
            Error::<Test>::SeatNotFound
        );
        reveal(round, 0);
        assert_noop!(
            send(10, round, 0, 0, &any, Some(SALT)),
            Error::<Test>::WrongPhase
        );
    });
}

#[test]
fn unknown_datanets_and_rounds_are_refused() {
    execute(|| {
        assert_noop!(
            send(10, 1, 0, 0, &slice(0, 8), None),
            Error::<Test>::DatanetNotFound
        );
        create(1);
        assert_noop!(
            send(10, 1, 0, 0, &slice(0, 8), None),
            Error::<Test>::RoundNotFound
        );
    });
}
