use frame_support::{assert_noop, assert_ok, traits::OnInitialize};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchError, DispatchResult,
};
use tributary_primitives::{
    datanets::{Recipe, MAX_BATCH},
    ids::{ContributionNumber, RoundNumber},
};

use crate::{
    mock::{Datanets, *},
    *,
};

/// A round in which Alice must deliver so many records.
fn delivering(count: u16) -> (RoundNumber, ContributionNumber) {
    create(1);
    let round = open();
    commit_slices(round);
    let contribution = commit(ALICE, round, count);
    end_committing(round);
    (round, contribution)
}

fn send(
    who: AccountId,
    round: RoundNumber,
    contribution: ContributionNumber,
    batch: u16,
    records: &[u8],
    salt: Option<[u8; 32]>,
) -> DispatchResult {
    let records = records.to_vec();
    Datanets::deliver(signed(who), 0, round, contribution, batch, records, salt)
        .map(|_| ())
        .map_err(|error| error.error)
}

#[test]
fn a_contribution_of_one_batch_is_delivered() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let all = records(10);
        assert_ok!(send(ALICE, round, contribution, 0, &all, Some(SALT)));
        let found = contribution_of(contribution);
        assert_eq!(found.status, Status::Delivered);
        assert_eq!(found.root, root_of(&all));
        assert_eq!(round_of(round).delivered, 1);
        assert_eq!(Datanets::delivery(0, contribution), None);
        let events = events();
        assert_eq!(
            events[events.len() - 2..],
            [
                Event::BatchDelivered {
                    datanet: 0,
                    round,
                    contribution,
                    batch: 0,
                    records: 10,
                    extrinsic: 0,
                    hash: BlakeTwo256::hash(&all),
                },
                Event::DeliveryCompleted {
                    datanet: 0,
                    round,
                    contribution,
                    root: root_of(&all),
                    batches: 1,
                }
            ]
        );
    });
}

#[test]
fn the_deposit_stays_on_hold_as_the_bond() {
    execute(|| {
        let (_, contribution) = delivering(10);
        let before = fortunes();
        deliver(contribution);
        assert_eq!(fortunes(), before);
        assert_eq!(contribution_of(contribution).bond, 30_000);
    });
}

#[test]
fn batches_are_delivered_one_after_the_other() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let all = records(10);
        assert_ok!(send(ALICE, round, contribution, 0, &all[..12], None));
        assert_eq!(Datanets::delivery(0, contribution), Some((1, 4)));
        pass(1);
        assert_ok!(send(ALICE, round, contribution, 1, &all[12..15], None));
        assert_eq!(Datanets::delivery(0, contribution), Some((2, 5)));
        assert_ok!(send(ALICE, round, contribution, 2, &all[15..], Some(SALT)));
        assert_eq!(contribution_of(contribution).root, root_of(&all));
    });
}

#[test]
fn batch_0_begins_anew() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let all = records(10);
        assert_ok!(send(ALICE, round, contribution, 0, &all[..3], None));
        assert_ok!(send(ALICE, round, contribution, 1, &all[..3], None));
        assert_ok!(send(ALICE, round, contribution, 0, &all[..15], None));
        assert_eq!(Datanets::delivery(0, contribution), Some((1, 5)));
        assert_ok!(send(ALICE, round, contribution, 1, &all[15..], Some(SALT)));
        assert_eq!(contribution_of(contribution).status, Status::Delivered);
    });
}

#[test]
fn a_batch_out_of_order_is_refused() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let all = records(10);
        assert_noop!(
            send(ALICE, round, contribution, 1, &all[..3], None),
            Error::<Test>::BatchOutOfOrder
        );
        assert_ok!(send(ALICE, round, contribution, 0, &all[..3], None));
        assert_ok!(send(ALICE, round, contribution, 1, &all[3..6], None));
        for batch in [1, 3] {
            assert_noop!(
                send(ALICE, round, contribution, batch, &all[6..9], None),
                Error::<Test>::BatchOutOfOrder
            );
        }
    });
}

#[test]
fn other_records_than_committed_to_are_refused() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let mut all = records(10);
        all[0] ^= 1;
        assert_noop!(
            send(ALICE, round, contribution, 0, &all, Some(SALT)),
            Error::<Test>::CommitmentMismatch
        );
        all[0] ^= 1;
        assert_noop!(
            send(ALICE, round, contribution, 0, &all, Some([8; 32])),
            Error::<Test>::CommitmentMismatch
        );
        assert_ok!(send(ALICE, round, contribution, 0, &all, Some(SALT)));
    });
}

#[test]
fn a_copied_commitment_is_useless() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let original = commit(ALICE, round, 10);
        let commitment = Deliveries::<Test>::get(0, original).unwrap().commitment;
        assert_ok!(Datanets::commit(signed(BOB), 0, round, commitment, 10, 30));
        end_committing(round);
        deliver(original);
        // Bob sees records and salt now, but they are Alice's.
        assert_noop!(
            send(BOB, round, 1, 0, &records(10), Some(SALT)),
            Error::<Test>::CommitmentMismatch
        );
        end_delivering(round);
    });
}

#[test]
fn more_records_than_committed_to_are_refused() {
    execute(|| {
        let (round, contribution) = delivering(10);
        assert_noop!(
            send(ALICE, round, contribution, 0, &records(11), Some(SALT)),
            Error::<Test>::TooManyRecords
        );
        assert_ok!(send(ALICE, round, contribution, 0, &records(9), None));
        assert_noop!(
            send(ALICE, round, contribution, 1, &records(2), Some(SALT)),
            Error::<Test>::TooManyRecords
        );
    });
}

#[test]
fn the_salt_comes_with_the_last_batch_and_no_other() {
    execute(|| {
        let (round, contribution) = delivering(10);
        assert_noop!(
            send(ALICE, round, contribution, 0, &records(9), Some(SALT)),
            Error::<Test>::SaltTooEarly
        );
        assert_noop!(
            send(ALICE, round, contribution, 0, &records(10), None),
            Error::<Test>::SaltMissing
        );
    });
}

#[test]
fn a_batch_is_made_of_whole_records() {
    execute(|| {
        let (round, contribution) = delivering(10);
        assert_noop!(
            send(ALICE, round, contribution, 0, &[], None),
            Error::<Test>::EmptyBatch
        );
        for length in [1, 2, 4, 29] {
            assert_noop!(
                send(ALICE, round, contribution, 0, &records(10)[..length], None),
                Error::<Test>::BatchNotWhole
            );
        }
    });
}

#[test]
fn a_batch_has_at_most_256_kibibytes() {
    execute(|| {
        let wide = Recipe {
            dimension: 1_023,
            max_records: 257,
            ..recipe()
        };
        create_with(wide, 1);
        let round = open();
        let hashes = vec![H256::zero(); 4];
        assert_ok!(Datanets::commit_slices(signed(PROVIDER), 0, round, hashes));
        let size = (MAX_BATCH / 1_024) as u16;
        let commitment = H256::repeat_byte(1);
        leave(BOB, WEALTH);
        assert_ok!(Datanets::commit(
            signed(ALICE),
            0,
            round,
            commitment,
            size + 1,
            MAX_BATCH + 1_024
        ));
        end_committing(round);
        assert_noop!(
            send(
                ALICE,
                round,
                0,
                0,
                &vec![0; MAX_BATCH as usize + 1_024],
                None
            ),
            Error::<Test>::BatchTooLong
        );
        assert_ok!(send(ALICE, round, 0, 0, &vec![0; MAX_BATCH as usize], None));
        assert_eq!(Datanets::delivery(0, 0), Some((1, 256)));
    });
}

#[test]
fn a_label_is_one_of_the_classes() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let mut all = records(10);
        all[29] = 2;
        assert_noop!(
            send(ALICE, round, contribution, 0, &all, Some(SALT)),
            Error::<Test>::LabelOutOfRange
        );
        all[29] = 255;
        assert_noop!(
            send(ALICE, round, contribution, 0, &all, Some(SALT)),
            Error::<Test>::LabelOutOfRange
        );
    });
}

#[test]
fn only_the_contributor_delivers() {
    execute(|| {
        let (round, contribution) = delivering(10);
        assert_noop!(
            send(BOB, round, contribution, 0, &records(10), Some(SALT)),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Datanets::deliver(
                RuntimeOrigin::root(),
                0,
                round,
                contribution,
                0,
                records(10),
                Some(SALT)
            ),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn a_contribution_is_delivered_once() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let first = commit(ALICE, round, 10);
        commit(BOB, round, 10);
        end_committing(round);
        deliver(first);
        assert_noop!(
            send(ALICE, round, first, 0, &records(10), Some(SALT)),
            Error::<Test>::AlreadyDelivered
        );
    });
}

#[test]
fn records_are_delivered_up_to_the_deadline() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let deadline = round_of(round).deadline.unwrap();
        assert_eq!(deadline, 32);
        run_to(32);
        assert_ok!(send(ALICE, round, contribution, 0, &records(9), None));
        run_to(33);
        assert_noop!(
            send(ALICE, round, contribution, 1, &records(1), Some(SALT)),
            Error::<Test>::DeadlinePassed
        );
    });
}

#[test]
fn records_are_not_delivered_in_other_phases() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let contribution = commit(ALICE, round, 10);
        assert_noop!(
            send(ALICE, round, contribution, 0, &records(10), Some(SALT)),
            Error::<Test>::WrongPhase
        );
        end_committing(round);
        deliver(contribution);
        end_delivering(round);
        assert_noop!(
            send(ALICE, round, contribution, 0, &records(10), Some(SALT)),
            Error::<Test>::WrongPhase
        );
    });
}

#[test]
fn records_are_delivered_in_extrinsics_only() {
    execute(|| {
        let (round, contribution) = delivering(10);
        let block = System::block_number() + 1;
        System::initialize(&block, &H256::zero(), &Default::default());
        Datanets::on_initialize(block);
        // Here a hook, such as a scheduler's, would dispatch. There is an index of extrinsics, but no extrinsic.
        assert!(System::extrinsic_index().is_some());
        assert_noop!(
            send(ALICE, round, contribution, 0, &records(10), Some(SALT)),
            Error::<Test>::NotInExtrinsic
        );
        System::note_finished_initialize();
        assert_ok!(send(ALICE, round, contribution, 0, &records(9), None));
        System::note_finished_extrinsics();
        assert_noop!(
            send(ALICE, round, contribution, 1, &records(1), Some(SALT)),
            Error::<Test>::NotInExtrinsic
        );
    });
}

#[test]
fn unknown_datanets_rounds_and_contributions_are_refused() {
    execute(|| {
        assert_noop!(
            send(ALICE, 1, 0, 0, &records(10), None),
            Error::<Test>::DatanetNotFound
        );
        let (round, contribution) = delivering(10);
        assert_noop!(
            send(ALICE, round + 1, contribution, 0, &records(10), None),
            Error::<Test>::RoundNotFound
        );
        assert_noop!(
            send(ALICE, round, contribution + 1, 0, &records(10), None),
            Error::<Test>::ContributionNotFound
        );
    });
}

#[test]
fn a_contribution_is_delivered_in_its_own_round() {
    execute(|| {
        let (first, early) = delivering(10);
        let second = open();
        commit_slices(second);
        let late = commit(BOB, second, 5);
        end_committing(second);
        assert_noop!(
            send(BOB, first, late, 0, &records(5), Some(SALT)),
            Error::<Test>::ContributionNotFound
        );
        assert_noop!(
            send(ALICE, second, early, 0, &records(10), Some(SALT)),
            Error::<Test>::ContributionNotFound
        );
        deliver(late);
        deliver(early);
    });
}
