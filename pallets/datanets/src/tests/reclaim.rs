//! Contributions from which nothing follows are their contributors' to remove.

use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use tributary_primitives::{datanets::Value, roles::Snapshots};

use crate::{
    mock::{Datanets, *},
    *,
};

/// A void round with two delivered contributions, 0 of Alice and 1 of Bob.
fn void() -> u32 {
    create(1);
    let round = open();
    reveal_round(round, &[(ALICE, 4), (BOB, 6)]);
    assert_ok!(<Datanets as Snapshots<_>>::void(0, round));
    round
}

/// A final round of which contribution 0 of Alice is admitted and 1 of Bob rejected.
fn concluded() {
    create(1);
    let round = open();
    reveal_round(round, &[(ALICE, 4), (BOB, 6)]);
    assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
    let values = [(0, 5), (1, 0)].map(|(number, value)| Value { number, value });
    assert_ok!(<Datanets as Snapshots<_>>::conclude(
        0,
        round,
        &EVALUATOR,
        values.to_vec().try_into().unwrap(),
        0,
        5
    ));
}

#[test]
fn a_contributor_does_not_wait_for_another_round() {
    execute(|| {
        void();
        assert_eq!(Datanets::waiting(0).len(), 2);
        assert_ok!(Datanets::reclaim(signed(ALICE), 0, 0));
        assert_eq!(free(ALICE), WEALTH);
        assert_eq!(Datanets::contribution(0, 0), None);
        assert_eq!(Datanets::waiting(0)[0].number, 1);
        System::assert_last_event(
            Event::ContributionReclaimed {
                datanet: 0,
                contribution: 0,
                contributor: ALICE,
                released: 12_000 + 4 * 7,
            }
            .into(),
        );
        assert_ok!(Datanets::reclaim(signed(BOB), 0, 1));
        assert_eq!(free(BOB), WEALTH);
        assert_eq!(crate::Datanets::<Test>::get(0).unwrap().pending, 0);
    });
}

#[test]
fn a_rejected_contribution_gives_the_price_of_its_place_back() {
    execute(|| {
        concluded();
        let place = held(BOB, HoldReason::Contribution);
        assert!(place > 0);
        assert_eq!(free(BOB), WEALTH - place - 6 * 7);
        assert_ok!(Datanets::reclaim(signed(BOB), 0, 1));
        assert_eq!(free(BOB), WEALTH - 6 * 7);
        assert_noop!(
            Datanets::reclaim(signed(BOB), 0, 1),
            Error::<Test>::ContributionNotFound
        );
    });
}

#[test]
fn an_admitted_contribution_stays() {
    execute(|| {
        concluded();
        assert_noop!(
            Datanets::reclaim(signed(ALICE), 0, 0),
            Error::<Test>::NotReclaimable
        );
    });
}

#[test]
fn what_a_round_will_value_stays() {
    execute(|| {
        void();
        let round = open();
        commit_slices(round);
        let own = commit(ALICE, round, 4);
        assert_noop!(
            Datanets::reclaim(signed(ALICE), 0, own),
            Error::<Test>::NotReclaimable
        );
        end_committing(round);
        deliver(own);
        assert_noop!(
            Datanets::reclaim(signed(ALICE), 0, own),
            Error::<Test>::NotReclaimable
        );
        end_delivering(round);
        // What the void round left is valued; what this one has waits.
        for (who, number) in [(ALICE, 0), (BOB, 1)] {
            assert_noop!(
                Datanets::reclaim(signed(who), 0, number),
                Error::<Test>::NotReclaimable
            );
        }
        assert_ok!(Datanets::reclaim(signed(ALICE), 0, own));
    });
}

#[test]
fn nobody_reclaims_what_is_anothers_or_not_there() {
    execute(|| {
        void();
        assert_noop!(
            Datanets::reclaim(signed(BOB), 0, 0),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Datanets::reclaim(signed(BOB), 0, 2),
            Error::<Test>::ContributionNotFound
        );
        assert_noop!(
            Datanets::reclaim(signed(BOB), 1, 1),
            Error::<Test>::DatanetNotFound
        );
        assert_noop!(
            Datanets::reclaim(RuntimeOrigin::root(), 0, 0),
            DispatchError::BadOrigin
        );
    });
}
