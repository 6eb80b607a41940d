//! Whole rounds, from the first commitment to the last payment.

use frame_support::assert_ok;
use tributary_primitives::{
    datanets::{Phase, Value, Values},
    ids::{ContributionNumber, RoundNumber},
    roles::Snapshots,
};

use crate::mock::{Datanets, *};

fn conclude(round: RoundNumber, of: &[(ContributionNumber, i128)]) {
    let values: Vec<_> = of
        .iter()
        .map(|(number, value)| Value {
            number: *number,
            value: *value,
        })
        .collect();
    let values: Values = values.try_into().unwrap();
    assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
    assert_ok!(<Datanets as Snapshots<_>>::conclude(
        0, round, &EVALUATOR, values, 0, 0
    ));
}

fn check() {
    Datanets::do_try_state().expect("the invariants hold");
}

#[test]
fn the_invariants_hold_after_every_step_of_a_round() {
    execute(|| {
        create(2);
        check();
        let round = open_sponsored(80_000, 70_000);
        check();
        commit(ALICE, round, 4);
        commit(BOB, round, 6);
        commit(CAROL, round, 8);
        check();
        commit_slices_of(10, round);
        check();
        commit_slices_of(11, round);
        check();
        end_committing(round);
        check();
        deliver(1);
        check();
        assert_ok!(Datanets::deliver(
            signed(ALICE),
            0,
            round,
            0,
            0,
            records(2),
            None
        ));
        check();
        deliver(0);
        check();
        // Carol does not deliver.
        end_delivering(round);
        check();
        pick(round);
        check();
        reveal(round, 1);
        check();
        pass(6);
        advance(round);
        check();
        reveal(round, 0);
        check();
        conclude(round, &[(0, 9), (1, -9)]);
    });
}

#[test]
fn two_rounds_overlap() {
    execute(|| {
        create(2);
        let first = open_sponsored(80_000, 70_000);
        commit_slices(first);
        commit(ALICE, first, 4);
        end_committing(first);

        // The second round commits and delivers while the first one is valued.
        let second = open();
        commit_slices(second);
        commit(BOB, second, 4);
        deliver(0);
        end_delivering(first);
        end_committing(second);
        deliver(1);
        pick(first);
        reveal_all(first);
        check();
        assert_eq!(round_of(first).phase, Phase::Revealed);
        assert_eq!(round_of(second).phase, Phase::Delivering);

        conclude(first, &[(0, 5)]);
        end_delivering(second);
        pick(second);
        reveal_all(second);
        conclude(second, &[(1, 6)]);
        assert_eq!(Datanets::datanet(0).unwrap().weights.sum, 11);
    });
}

#[test]
fn three_rounds_wait_for_each_other() {
    execute(|| {
        create(1);
        for round in 1..=3 {
            assert_eq!(open(), round);
            commit_slices(round);
            commit(ALICE, round, 4);
            end_committing(round);
            deliver(round - 1);
        }
        for round in 1..=3 {
            end_delivering(round);
            pick(round);
            reveal_all(round);
            conclude(round, &[(round - 1, 1)]);
            check();
        }
        assert_eq!(Datanets::datanet(0).unwrap().weights.sum, 3);
    });
}

#[test]
fn datanets_do_not_disturb_each_other() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::create(signed(BOB), recipe(), TERMS, vec![]));
        assert_ok!(Datanets::appoint_providers(signed(BOB), 1, vec![10]));
        assert_ok!(Datanets::open_round(signed(BOB), 1, None));
        let round = open();
        assert_ok!(Datanets::commit(signed(ALICE), 1, 1, Default::default(), 4));
        reveal_round(round, &[(ALICE, 4)]);
        conclude(round, &[(0, 5)]);
        let other = Datanets::datanet(1).unwrap();
        assert_eq!(other.admitted, 0);
        assert_eq!(other.datanet.contributions, 1);
        assert_eq!(Datanets::round(1, 1).unwrap().phase, Phase::Committing);
    });
}

#[test]
fn an_account_plays_every_part_at_once() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::appoint_providers(
            signed(STEWARD),
            0,
            vec![STEWARD]
        ));
        assert_ok!(Datanets::pledge(signed(STEWARD), 0, 80_000, 70_000));
        assert_ok!(Datanets::open_round(signed(STEWARD), 0, Some(STEWARD)));
        commit_slices_of(STEWARD, 1);
        commit(STEWARD, 1, 4);
        end_committing(1);
        deliver(0);
        end_delivering(1);
        check();
        pick(1);
        reveal_all(1);
        assert_ok!(<Datanets as Snapshots<_>>::publish(0, 1));
        let value = Value {
            number: 0,
            value: 5,
        };
        assert_ok!(<Datanets as Snapshots<_>>::conclude(
            0,
            1,
            &STEWARD,
            vec![value].try_into().unwrap(),
            0,
            5
        ));
        let crew = Pools::opened(0, 1).unwrap().crew;
        assert_eq!(crew.len(), 1);
        assert_eq!(crew[0].account, STEWARD);
        let deposit = Datanets::datanet(0).unwrap().datanet.deposit;
        assert_eq!(free(STEWARD), WEALTH - deposit);
    });
}

#[test]
fn a_full_round_is_delivered_and_concluded() {
    execute(|| {
        create(4);
        let round = open_sponsored(80_000, 70_000);
        commit_slices(round);
        for index in 0..1_024u64 {
            commit(ALICE + index % 4, round, 2);
        }
        end_committing(round);
        (0..1_024).for_each(deliver);
        end_delivering(round);
        pick(round);
        reveal_all(round);
        let of: Vec<_> = (0..1_024u32)
            .map(|number| (number, i128::from(number) - 100))
            .collect();
        conclude(round, &of);
        assert_eq!(Datanets::datanet(0).unwrap().admitted, 923);
    });
}
