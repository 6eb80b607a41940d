use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchError;
use tributary_primitives::{
    datanets::{Delivered, MAX_CONTRIBUTIONS},
    Balance,
};

use crate::{
    mock::{Datanets, *},
    *,
};

const COMMITMENT: H256 = H256::repeat_byte(1);

fn commit_to(who: AccountId, round: u32, records: u16) -> sp_runtime::DispatchResult {
    let bytes = u32::from(records) * 3;
    Datanets::commit(signed(who), 0, round, COMMITMENT, records, bytes)
}

#[test]
fn a_contributor_has_deposit_and_fee_on_hold() {
    execute(|| {
        create(1);
        let round = open();
        assert_ok!(commit_to(ALICE, round, 10));
        // Ten records of three bytes at 1,000 a byte; at 7 a record.
        assert_eq!(held(ALICE, HoldReason::Contribution), 30_000);
        assert_eq!(held(ALICE, HoldReason::ValuationFee), 70);
        assert_eq!(Datanets::costs(0, 10, 30), Some((30_000, 70)));
        assert_eq!(
            contribution_of(0),
            Contribution {
                contributor: ALICE,
                committed_to: round,
                round,
                root: H256::zero(),
                records: 10,
                bytes: 30,
                authors: 0,
                bond: 30_000,
                status: Status::Committed,
                value: 0,
                withdrawn: None,
            }
        );
        System::assert_last_event(
            Event::ContributionCommitted {
                datanet: 0,
                round,
                contribution: 0,
                contributor: ALICE,
                commitment: COMMITMENT,
                records: 10,
                bytes: 30,
                bond: 30_000,
                fee: 70,
            }
            .into(),
        );
    });
}

#[test]
fn the_deposit_is_at_least_the_price_of_what_is_stored() {
    execute(|| {
        let cheap = tributary_primitives::datanets::Recipe {
            deposit_per_byte: 0,
            fee_per_record: 0,
            ..recipe()
        };
        create_with(cheap, 1);
        let round = open();
        assert_ok!(commit_to(ALICE, round, 2));
        let stored = ContributionOf::<Test>::max_encoded_len()
            + Delivery::max_encoded_len()
            + Delivered::max_encoded_len();
        let bond = held(ALICE, HoldReason::Contribution);
        assert_eq!(bond, 2 * 100 + stored as Balance);
        assert_eq!(held(ALICE, HoldReason::ValuationFee), 0);
    });
}

#[test]
fn contributions_are_numbered_in_the_order_of_their_commitments() {
    execute(|| {
        create(1);
        let round = open();
        assert_eq!(commit(ALICE, round, 2), 0);
        assert_eq!(commit(BOB, round, 2), 1);
        assert_eq!(commit(ALICE, round, 3), 2);
        assert_eq!(round_of(round).committed, 3);
        let numbers: Vec<_> = round_of(round).numbers().collect();
        assert_eq!(numbers, [0, 1, 2]);
    });
}

#[test]
fn commitments_are_taken_up_to_the_deadline() {
    execute(|| {
        create(1);
        let round = open();
        run_to(11);
        assert_ok!(commit_to(ALICE, round, 2));
        run_to(12);
        assert_noop!(commit_to(BOB, round, 2), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn no_commitment_is_taken_once_records_are_delivered() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 2);
        end_committing(round);
        assert_noop!(commit_to(BOB, round, 2), Error::<Test>::WrongPhase);
    });
}

#[test]
fn the_number_of_records_is_bounded_by_the_recipe() {
    execute(|| {
        create(1);
        let round = open();
        for records in [0, 1, 101] {
            assert_noop!(
                commit_to(ALICE, round, records),
                Error::<Test>::RecordsOutOfBounds
            );
        }
        assert_ok!(commit_to(ALICE, round, 2));
        assert_ok!(commit_to(ALICE, round, 100));
    });
}

#[test]
fn a_round_has_at_most_1024_contributions() {
    execute(|| {
        create(1);
        let round = open();
        for _ in 0..MAX_CONTRIBUTIONS {
            assert_ok!(commit_to(ALICE, round, 2));
        }
        assert_noop!(
            commit_to(BOB, round, 2),
            Error::<Test>::TooManyContributions
        );
    });
}

#[test]
fn numbers_of_contributions_are_never_used_twice() {
    new_test_ext().execute_with(|| {
        create(1);
        let round = open();
        crate::Datanets::<Test>::mutate(0, |datanet| {
            datanet.as_mut().unwrap().contributions = u32::MAX;
        });
        assert_noop!(
            commit_to(ALICE, round, 2),
            Error::<Test>::TooManyContributions
        );
    });
}

#[test]
fn a_poor_contributor_is_refused() {
    execute(|| {
        create(1);
        let round = open();
        leave(ALICE, 6_010);
        // The deposit alone could be paid, deposit and fee cannot.
        assert_noop!(commit_to(ALICE, round, 2), Error::<Test>::DepositNotPayable);
        leave(BOB, 6_024);
        assert_ok!(commit_to(BOB, round, 2));
    });
}

#[test]
fn unknown_datanets_and_rounds_and_unsigned_commitments_are_refused() {
    execute(|| {
        assert_noop!(commit_to(ALICE, 1, 2), Error::<Test>::DatanetNotFound);
        create(1);
        assert_noop!(commit_to(ALICE, 1, 2), Error::<Test>::RoundNotFound);
        assert_noop!(
            Datanets::commit(RuntimeOrigin::none(), 0, 1, COMMITMENT, 2, 6),
            DispatchError::BadOrigin
        );
    });
}
