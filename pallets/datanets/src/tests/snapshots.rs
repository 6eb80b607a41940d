use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use sp_core::H256;
use tributary_primitives::{
    datanets::{Delivered, Phase},
    hashing,
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
