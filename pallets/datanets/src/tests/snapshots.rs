use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use sp_core::H256;
use tributary_primitives::{
    datanets::{Delivered, Phase},
    hashing,
    ids::{ContributionNumber, RoundNumber},
    roles::Snapshots,
};

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn a_valuation_sees_recipe_and_phase() {
    execute(|| {
        assert_eq!(<Datanets as Snapshots<_>>::recipe(0), None);
        assert_eq!(<Datanets as Snapshots<_>>::phase(0, 1), None);
        create(1);
        let round = open();
        assert_eq!(<Datanets as Snapshots<_>>::recipe(0), Some(recipe()));
        assert_eq!(
            <Datanets as Snapshots<_>>::phase(0, round),
            Some(Phase::Committing)
        );
    });
}

#[test]
fn a_valuation_sees_what_is_frozen_once_the_benchmark_is_complete() {
    execute(|| {
        create(1);
        let void = open();
        commit(BOB, void, 4);
        end_committing(void);
        let round = open_sponsored(50, 70_000);
        commit_slices(round);
        commit(ALICE, round, 4);
        commit(BOB, round, 5);
        commit(CAROL, round, 6);
        end_committing(round);
        deliver(1);
        deliver(3);
        end_delivering(round);
        pick(round);
        assert_eq!(Datanets::frozen(0, round), None);
        reveal_all(round);
        let frozen = Datanets::frozen(0, round).unwrap();
        assert_eq!(frozen.first, 1);
        assert_eq!(
            frozen.delivered.to_vec(),
            [
                Delivered {
                    number: 1,
                    records: 4
                },
                Delivered {
                    number: 3,
                    records: 6
                }
            ]
        );
        assert_eq!(frozen.inputs, round_of(round).inputs);
        assert_eq!(frozen.budget, 70_000);
        assert_eq!(u64::from(frozen.revealed_at), System::block_number());
        assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
        assert_eq!(Datanets::frozen(0, round), Some(frozen));
    });
}

#[test]
fn a_round_is_published_once_its_benchmark_is_complete() {
    execute(|| {
        create(1);
        let round = open();
        assert_noop!(
            <Datanets as Snapshots<_>>::publish(0, round),
            Error::<Test>::WrongPhase
        );
        reveal_round(round, &[(ALICE, 4)]);
        assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
        assert_eq!(round_of(round).phase, Phase::Published);
        System::assert_last_event(
            Event::PhaseChanged {
                datanet: 0,
                round,
                phase: Phase::Published,
                deadline: None,
            }
            .into(),
        );
        // A second proposal changes nothing.
        // Another proposal changes nothing.
        assert_storage_noop!(assert_ok!(<Datanets as Snapshots<_>>::publish(0, round)));
        assert_noop!(
            <Datanets as Snapshots<_>>::publish(0, round + 1),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn a_round_that_nobody_values_is_void_and_loses_nothing() {
    for published in [false, true] {
        execute(|| {
            create(2);
            let round = open_sponsored(50, 70_000);
            reveal_round(round, &[(ALICE, 4), (BOB, 5)]);
            if published {
                assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
            }
            assert_ok!(<Datanets as Snapshots<_>>::void(0, round));
            assert_eq!(round_of(round).phase, Phase::Void);
            assert_ok!(Datanets::reclaim(signed(ALICE), 0, 0));
            assert_ok!(Datanets::reclaim(signed(BOB), 0, 1));
            for who in [ALICE, BOB, SPONSOR, 10, 11] {
                assert_eq!(free(who), WEALTH);
            }
            assert_eq!(Datanets::frozen(0, round), None);
            assert!(Pools::opened(0, round).is_none());
        });
    }
}

#[test]
fn a_valuation_sees_the_newcomers_of_void_rounds_as_newcomers() {
    execute(|| {
        create(1);
        let void = open();
        reveal_round(void, &[(ALICE, 4)]);
        assert_ok!(<Datanets as Snapshots<_>>::void(0, void));
        let round = open();
        let numbers = reveal_round(round, &[(ALICE, 4)]);
        assert_eq!(numbers, [1]);
        let frozen = Datanets::frozen(0, round).unwrap();
        assert_eq!(frozen.first, 0);
        assert_eq!(frozen.delivered.len(), 1);
        assert_eq!(frozen.delivered[0].number, 0);
        // The root of what is valued, and of the slice: what the round has itself waits.
        let seat = round_of(round).seats[0].root.unwrap();
        let inputs = [contribution_of(0).root, seat]
            .into_iter()
            .fold(H256::zero(), hashing::extend_inputs);
        assert_eq!(frozen.inputs, inputs);
    });
}

#[test]
fn any_number_of_rounds_may_be_open_behind_one_that_is_valued() {
    execute(|| {
        create(1);
        let valued = open();
        reveal_round(valued, &[(ALICE, 4)]);
        for _ in 0..3 {
            let later = open();
            commit_slices(later);
            commit(BOB, later, 4);
            end_committing(later);
            assert_eq!(round_of(later).phase, Phase::Delivering);
        }
        assert_eq!(open(), valued + 4);
        assert_eq!(round_of(valued).phase, Phase::Revealed);
    });
}

/// Checks which contributions' records can be proven against a proposal for a round: those that were admitted before, and what the round
/// values, which begins with its first newcomer.
fn assert_counts(
    round: RoundNumber,
    admitted: &[ContributionNumber],
    valued: &[ContributionNumber],
) {
    let frozen = Datanets::frozen(0, round).unwrap();
    let delivered = frozen.delivered.iter().map(|newcomer| newcomer.number);
    assert!(delivered.eq(valued.iter().copied()));
    for number in 0..=Datanets::datanet(0).unwrap().datanet.contributions {
        let tree = <Datanets as Snapshots<_>>::tree(0, round, number);
        let counts = admitted.contains(&number) || valued.contains(&number);
        assert_eq!(
            tree.is_some(),
            counts,
            "contribution {number} in round {round}"
        );
        if let Some(tree) = tree {
            let found = contribution_of(number);
            assert_eq!((tree.root, tree.count), (found.root, found.records.into()));
        }
    }
    assert!(admitted.iter().all(|number| *number < frozen.first));
    assert!(valued.iter().all(|number| *number >= frozen.first));
}

#[test]
fn records_can_be_proven_of_what_counts_and_of_nothing_else() {
    execute(|| {
        create(1);
        let conclude = |round, values: &[(ContributionNumber, i128)]| {
            assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
            let values: Vec<_> = values
                .iter()
                .map(|(number, value)| tributary_primitives::datanets::Value {
                    number: *number,
                    value: *value,
                })
                .collect();
            let values = values.try_into().unwrap();
            assert_ok!(<Datanets as Snapshots<_>>::conclude(
                0, round, &EVALUATOR, values, 0, 1
            ));
        };
        let void = |round| <Datanets as Snapshots<_>>::void(0, round).expect("it is valued");

        let round = open();
        reveal_round(round, &[(ALICE, 4), (BOB, 4)]);
        assert_counts(round, &[], &[0, 1]);
        conclude(round, &[(0, 5), (1, -5)]);

        // Contribution 3 is never delivered.
        let round = open();
        commit_slices(round);
        for who in [ALICE, BOB, CAROL] {
            commit(who, round, 4);
        }
        end_committing(round);
        deliver(2);
        deliver(4);
        end_delivering(round);
        pick(round);
        reveal_all(round);
        assert_counts(round, &[0], &[2, 4]);
        void(round);

        // What waits is valued before what the round has itself, once more after another void round.
        let round = open();
        reveal_round(round, &[(ALICE, 4)]);
        assert_counts(round, &[0], &[2, 4]);
        void(round);
        assert_ok!(Datanets::reclaim(signed(ALICE), 0, 2));
        let round = open();
        reveal_round(round, &[(BOB, 4)]);
        assert_counts(round, &[0], &[4]);
        // What was rejected may go at any time.
        assert_ok!(Datanets::reclaim(signed(BOB), 0, 1));
        assert_counts(round, &[0], &[4]);
        conclude(round, &[(4, 1)]);

        let round = open();
        reveal_round(round, &[(CAROL, 4)]);
        assert_counts(round, &[0, 4], &[5]);
        conclude(round, &[(5, 0)]);
        let round = open();
        reveal_round(round, &[(CAROL, 4)]);
        assert_counts(round, &[0, 4], &[6]);
    });
}

#[test]
fn only_a_round_that_is_valued_becomes_void() {
    execute(|| {
        create(1);
        let round = open();
        assert_noop!(
            <Datanets as Snapshots<_>>::void(0, round),
            Error::<Test>::WrongPhase
        );
        assert_noop!(
            <Datanets as Snapshots<_>>::void(0, round + 1),
            Error::<Test>::RoundNotFound
        );
        assert_noop!(
            <Datanets as Snapshots<_>>::void(1, round),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn a_prepared_round_can_be_published_and_concluded() {
    new_test_ext().execute_with(|| {
        let (datanet, round) = <Datanets as Snapshots<_>>::prepare_frozen(3, 640);
        let frozen = Datanets::frozen(datanet, round).unwrap();
        assert_eq!(frozen.delivered.len(), 3);
        assert!(frozen.budget > 0);
        // What a sponsor pays costs most where no authors ask for it.
        assert!(Contributions::<Test>::iter_prefix_values(datanet).all(|it| it.authors == 0));
        assert_ok!(<Datanets as Snapshots<_>>::publish(datanet, round));
        let values = frozen
            .delivered
            .iter()
            .map(|newcomer| tributary_primitives::datanets::Value {
                number: newcomer.number,
                value: 1,
            })
            .collect::<Vec<_>>();
        assert_ok!(<Datanets as Snapshots<_>>::conclude(
            datanet,
            round,
            &EVALUATOR,
            values.try_into().unwrap(),
            0,
            3
        ));
        assert!(Pools::opened(datanet, round).is_some());
    });
}
