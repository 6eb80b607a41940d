//! Consent is withdrawn for rounds to come, and for nothing else.

use frame_support::{assert_noop, assert_ok};
use proptest::{collection::vec, prelude::*, sample::Index};
use sp_runtime::DispatchError;
use tributary_primitives::{
    datanets::{Phase, Recipe, Value},
    ids::{ContributionNumber, RoundNumber},
    merkle::Tree,
    roles::Snapshots,
};

use crate::{
    mock::{Datanets, *},
    *,
};

fn conclude(round: RoundNumber, of: &[(ContributionNumber, i128)]) {
    assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
    let values: Vec<_> = of
        .iter()
        .map(|(number, value)| Value {
            number: *number,
            value: *value,
        })
        .collect();
    assert_ok!(<Datanets as Snapshots<_>>::conclude(
        0,
        round,
        &EVALUATOR,
        values.try_into().unwrap(),
        0,
        100
    ));
}

/// A final round of which contributions 0 of Alice and 1 of Bob are admitted, and 2 of Carol is rejected.
fn concluded() {
    create(1);
    let round = open();
    reveal_round(round, &[(ALICE, 4), (BOB, 6), (CAROL, 4)]);
    conclude(round, &[(0, 5), (1, 7), (2, -1)]);
}

fn withdraw(who: AccountId, number: ContributionNumber) -> sp_runtime::DispatchResult {
    Datanets::withdraw_consent(signed(who), 0, number)
}

fn withdrawn(number: ContributionNumber) -> Option<RoundNumber> {
    contribution_of(number).withdrawn
}

#[test]
fn the_next_round_leaves_a_contribution_out_and_the_last_one_keeps_it() {
    execute(|| {
        concluded();
        let before = fortunes();
        assert_ok!(withdraw(ALICE, 0));
        assert_eq!(fortunes(), before);
        System::assert_last_event(
            Event::ConsentWithdrawn {
                datanet: 0,
                contribution: 0,
                contributor: ALICE,
                weight: 5,
                since: 2,
            }
            .into(),
        );
        assert_eq!(withdrawn(0), Some(2));
        assert_eq!(Pools::excluded(0), Some((5, 2)));
        assert_eq!(round_of(1).withdrawn, 0);

        let round = open();
        reveal_round(round, &[(CAROL, 4)]);
        assert_eq!(round_of(round).withdrawn, 5);
        conclude(round, &[(3, 2)]);
        // The tree has it still: proofs of the others go on.
        let pool = Pools::opened(0, round).unwrap();
        assert_eq!((pool.total_weight, pool.withdrawn, pool.count), (14, 5, 3));
        assert!(events().iter().any(|event| matches!(
            event,
            Event::RoundConcluded {
                weight: 14,
                withdrawn: 5,
                ..
            }
        )));
    });
}

#[test]
fn what_has_not_vested_is_forfeited() {
    execute(|| {
        let recipe = Recipe {
            vesting: 4,
            ..recipe()
        };
        let quarter = (recipe.unit() / 4) as i128;
        create_with(recipe, 1);
        let round = open_sponsored(80_000, 70_000);
        reveal_round(round, &[(ALICE, 4), (BOB, 6)]);
        conclude(round, &[(0, quarter), (1, quarter)]);
        assert!(Pools::vesting(0, round, 0).is_some());
        assert!(Pools::vesting(0, round, 1).is_some());
        assert_ok!(withdraw(ALICE, 0));
        assert_eq!(Pools::vesting(0, round, 0), None);
        assert!(Pools::vesting(0, round, 1).is_some());
    });
}

#[test]
fn a_withdrawn_contribution_stays_in_valuations() {
    execute(|| {
        concluded();
        let tree = <Datanets as Snapshots<_>>::tree(0, 2, 0);
        assert!(tree.is_some());
        assert_ok!(withdraw(ALICE, 0));
        for round in 2..4 {
            assert_eq!(<Datanets as Snapshots<_>>::tree(0, round, 0), tree);
        }
        assert_eq!(
            tree,
            Some(Tree {
                root: contribution_of(0).root,
                count: 4
            })
        );
    });
}

#[test]
fn a_round_that_is_frozen_keeps_what_is_withdrawn() {
    execute(|| {
        concluded();
        let round = open();
        commit_slices(round);
        commit(CAROL, round, 4);
        end_committing(round);
        deliver(3);
        // Before its freeze it is time.
        assert_ok!(withdraw(ALICE, 0));
        assert_eq!(withdrawn(0), Some(round));
        end_delivering(round);
        assert_eq!(round_of(round).phase, Phase::Frozen);
        // Now it is too late for this one, in all its phases.
        assert_ok!(withdraw(BOB, 1));
        assert_eq!(withdrawn(1), Some(round + 1));
        pick(round);
        reveal_all(round);
        conclude(round, &[(3, 2)]);
        assert_eq!(Pools::opened(0, round).unwrap().withdrawn, 5);

        let next = open();
        reveal_round(next, &[(CAROL, 4)]);
        conclude(next, &[(4, 1)]);
        assert_eq!(Pools::opened(0, next).unwrap().withdrawn, 12);
    });
}

#[test]
fn rounds_that_are_open_already_leave_it_out() {
    execute(|| {
        concluded();
        for round in [2, 3] {
            assert_eq!(open(), round);
            commit_slices(round);
            commit(CAROL, round, 4);
            end_committing(round);
            deliver(round + 1);
        }
        assert_ok!(withdraw(ALICE, 0));
        assert_eq!(withdrawn(0), Some(2));
        for round in [2, 3] {
            end_delivering(round);
            pick(round);
            reveal_all(round);
            conclude(round, &[(round + 1, 1)]);
            assert_eq!(Pools::opened(0, round).unwrap().withdrawn, 5);
        }
    });
}

#[test]
fn a_void_round_that_froze_is_not_left_out_of_the_count() {
    execute(|| {
        concluded();
        let round = open();
        reveal_round(round, &[(CAROL, 4)]);
        assert_ok!(<Datanets as Snapshots<_>>::void(0, round));
        assert_ok!(withdraw(ALICE, 0));
        assert_eq!(withdrawn(0), Some(round + 1));
        // One that comes to nothing without freezing is.
        let unmeasured = open();
        end_committing(unmeasured);
        assert_eq!(round_of(unmeasured).phase, Phase::Void);
        assert_ok!(withdraw(BOB, 1));
        assert_eq!(withdrawn(1), Some(unmeasured));
    });
}

#[test]
fn when_all_is_withdrawn_nothing_of_the_weight_is_left() {
    execute(|| {
        concluded();
        assert_ok!(withdraw(ALICE, 0));
        assert_ok!(withdraw(BOB, 1));
        let round = open();
        reveal_round(round, &[(CAROL, 4)]);
        conclude(round, &[(3, 0)]);
        let pool = Pools::opened(0, round).unwrap();
        assert_eq!((pool.total_weight, pool.withdrawn), (12, 12));
    });
}

#[test]
fn only_the_contributor_withdraws() {
    execute(|| {
        concluded();
        for who in [BOB, STEWARD, EVALUATOR] {
            assert_noop!(withdraw(who, 0), Error::<Test>::NotAuthorized);
        }
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                Datanets::withdraw_consent(origin, 0, 0),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn consent_is_withdrawn_once() {
    execute(|| {
        concluded();
        assert_ok!(withdraw(ALICE, 0));
        assert_noop!(withdraw(ALICE, 0), Error::<Test>::ConsentAlreadyWithdrawn);
        assert_noop!(
            Datanets::reclaim(signed(ALICE), 0, 0),
            Error::<Test>::NotReclaimable
        );
    });
}

#[test]
fn what_is_not_admitted_is_in_no_snapshot() {
    execute(|| {
        concluded();
        assert_noop!(withdraw(CAROL, 2), Error::<Test>::NotAdmitted);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        assert_noop!(withdraw(ALICE, 3), Error::<Test>::NotAdmitted);
        end_committing(round);
        deliver(3);
        assert_noop!(withdraw(ALICE, 3), Error::<Test>::NotAdmitted);
        end_delivering(round);
        assert_noop!(withdraw(ALICE, 3), Error::<Test>::NotAdmitted);
    });
}

#[test]
fn what_does_not_exist_is_not_withdrawn() {
    execute(|| {
        assert_noop!(withdraw(ALICE, 0), Error::<Test>::DatanetNotFound);
        concluded();
        assert_noop!(withdraw(ALICE, 3), Error::<Test>::ContributionNotFound);
    });
}

#[test]
fn it_costs_what_its_benchmark_says() {
    execute(|| {
        concluded();
        let call = Call::withdraw_consent {
            datanet: 0,
            contribution: 0,
        };
        let cost = <Test as Config>::WeightInfo::withdraw_consent().ref_time();
        assert_eq!(weigh(ALICE, call), (cost, cost));
    });
}

#[test]
fn the_invariants_see_a_withdrawal_that_nobody_counted() {
    #[track_caller]
    fn finds(harm: impl FnOnce(), message: &'static str) {
        new_test_ext().execute_with(|| {
            concluded();
            assert_ok!(withdraw(ALICE, 0));
            let round = open();
            reveal_round(round, &[(CAROL, 4)]);
            conclude(round, &[(3, 2)]);
            Datanets::do_try_state().expect("nothing is broken yet");
            harm();
            assert_eq!(Datanets::do_try_state(), Err(message.into()));
        });
    }
    fn change(number: ContributionNumber, since: Option<RoundNumber>) {
        Contributions::<Test>::mutate(0, number, |found| found.as_mut().unwrap().withdrawn = since);
    }
    let wrong = "consent is withdrawn of what is not admitted, or from the wrong round on";
    finds(|| change(2, Some(2)), wrong);
    finds(|| change(1, Some(1)), wrong);
    finds(|| change(1, Some(4)), wrong);
    finds(
        || change(0, None),
        "the weight that is withdrawn is not that of the contributions",
    );
    finds(
        || change(0, Some(3)),
        "a round leaves out something else than what was withdrawn before it froze",
    );
    finds(
        || {
            crate::Datanets::<Test>::mutate(0, |found| found.as_mut().unwrap().frozen = 1);
        },
        "another round than the last one to freeze is known as that",
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whenever contributors withdraw while rounds overlap, each pool opens without what was withdrawn before its round froze.
    #[test]
    fn every_pool_leaves_out_what_was_withdrawn_before_its_freeze(
        moments in vec((0..6usize, any::<Index>()), 0..12),
    ) {
        execute(|| {
            concluded();
            let mut admitted = vec![(0, 5u128), (1, 7)];
            let mut moments = moments.into_iter();
            let mut expected = 0u128;
            for round in 2..5 {
                let mut gone = 0u128;
                // Withdraws what comes next, if it comes at this point of a round.
                let mut at = |point: usize, admitted: &mut Vec<(u32, u128)>| {
                    let mut weight = 0;
                    if let Some((when, which)) = moments.next() {
                        if when % 3 == point % 3 && !admitted.is_empty() {
                            let (number, of) = admitted.remove(which.index(admitted.len()));
                            let who = contribution_of(number).contributor;
                            assert_ok!(withdraw(who, number));
                            weight = of;
                        }
                    }
                    weight
                };
                assert_eq!(open(), round);
                commit_slices(round);
                let number = commit(CAROL, round, 4);
                expected += at(0, &mut admitted);
                end_committing(round);
                deliver(number);
                expected += at(1, &mut admitted);
                end_delivering(round);
                gone += at(2, &mut admitted);
                pick(round);
                gone += at(3, &mut admitted);
                reveal_all(round);
                Datanets::do_try_state().unwrap();
                conclude(round, &[(number, 3)]);
                admitted.push((number, 3));
                assert_eq!(Pools::opened(0, round).unwrap().withdrawn, expected);
                expected += gone;
                Datanets::do_try_state().unwrap();
            }
        });
    }
}
