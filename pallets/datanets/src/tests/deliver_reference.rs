use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    datanets::MAX_REFERENCE,
    hashing,
    ids::{ContributionNumber, RoundNumber},
};

use crate::{
    mock::{Datanets, *},
    *,
};

const REFERENCE: &[u8] = b"ipfs://records";

/// A round in which Alice must deliver ten records.
fn delivering() -> (RoundNumber, ContributionNumber) {
    create_attested(2, 3);
    let round = open();
    let contribution = commit(ALICE, round, 10);
    end_committing(round);
    (round, contribution)
}

fn root() -> H256 {
    root_of(&records(10))
}

fn send(
    who: AccountId,
    (round, contribution): (RoundNumber, ContributionNumber),
    root: H256,
    salt: [u8; 32],
) -> DispatchResult {
    let origin = signed(who);
    Datanets::deliver_reference(
        origin,
        0,
        round,
        contribution,
        root,
        REFERENCE.to_vec(),
        salt,
    )
}

#[test]
fn a_reference_delivers_the_root_that_was_committed_to() {
    execute(|| {
        let place = delivering();
        let (round, contribution) = place;
        let bond = contribution_of(contribution).bond;
        assert_ok!(send(ALICE, place, root(), SALT));
        let found = contribution_of(contribution);
        assert_eq!(found.status, Status::Delivered);
        assert_eq!(found.root, root());
        assert_eq!(round_of(round).delivered, 1);
        assert_eq!(Datanets::delivery(0, contribution), None);
        assert_eq!(held(ALICE, HoldReason::Contribution), bond);
        assert_eq!(
            events().last(),
            Some(&Event::ReferenceDelivered {
                datanet: 0,
                round,
                contribution,
                root: root(),
                reference: REFERENCE.to_vec().try_into().expect("it is short"),
            })
        );
    });
}

#[test]
fn only_what_was_committed_to_is_delivered() {
    execute(|| {
        let place = delivering();
        let (round, _) = place;
        let mismatch = || Error::<Test>::CommitmentMismatch;
        assert_noop!(send(ALICE, place, root_of(&records(9)), SALT), mismatch());
        assert_noop!(send(ALICE, place, root(), [8; 32]), mismatch());
        assert_noop!(send(BOB, place, root(), SALT), Error::<Test>::NotAuthorized);
        let unknown = (round, 1);
        assert_noop!(
            send(ALICE, unknown, root(), SALT),
            Error::<Test>::ContributionNotFound
        );
        let unknown = (round + 1, 0);
        assert_noop!(
            send(ALICE, unknown, root(), SALT),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn a_contribution_is_delivered_once() {
    execute(|| {
        let place = delivering();
        assert_ok!(send(ALICE, place, root(), SALT));
        assert_noop!(
            send(ALICE, place, root(), SALT),
            Error::<Test>::AlreadyDelivered
        );
    });
}

#[test]
fn no_records_have_a_root_of_zero() {
    execute(|| {
        create_attested(1, 1);
        let round = open();
        let commitment = hashing::commitment(&ALICE, 0, round, &SALT, H256::zero());
        assert_ok!(Datanets::commit(
            signed(ALICE),
            0,
            round,
            commitment,
            10,
            30
        ));
        end_committing(round);
        assert_noop!(
            send(ALICE, (round, 0), H256::zero(), SALT),
            Error::<Test>::RootMissing
        );
    });
}

#[test]
fn a_reference_has_at_most_256_bytes() {
    execute(|| {
        let (round, contribution) = delivering();
        let reference = |length: u32| {
            Datanets::deliver_reference(
                signed(ALICE),
                0,
                round,
                contribution,
                root(),
                vec![b'x'; length as usize],
                SALT,
            )
        };
        assert_noop!(
            reference(MAX_REFERENCE + 1),
            Error::<Test>::ReferenceTooLong
        );
        assert_ok!(reference(MAX_REFERENCE));
    });
}

#[test]
fn references_are_delivered_in_time() {
    execute(|| {
        create_attested(2, 3);
        let round = open();
        let place = (round, commit(ALICE, round, 10));
        assert_noop!(send(ALICE, place, root(), SALT), Error::<Test>::WrongPhase);
        end_committing(round);
        let deadline = round_of(round).deadline.expect("deliveries have one");
        run_to(u64::from(deadline) + 1);
        assert_noop!(
            send(ALICE, place, root(), SALT),
            Error::<Test>::DeadlinePassed
        );
    });
}

#[test]
fn open_data_is_delivered_itself() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let place = (round, commit(ALICE, round, 10));
        end_committing(round);
        assert_noop!(
            send(ALICE, place, root(), SALT),
            Error::<Test>::DatanetIsOpen
        );
    });
}

#[test]
fn only_an_account_delivers() {
    execute(|| {
        let (round, contribution) = delivering();
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Datanets::deliver_reference(origin, 0, round, contribution, root(), vec![], SALT),
                DispatchError::BadOrigin
            );
        }
    });
}
