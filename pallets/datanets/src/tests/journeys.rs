//! Whole rounds, from the first commitment to the last payment.

use frame_support::{assert_noop, assert_ok};
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
        create(4);
        check();
        let round = open_sponsored(80_000, 70_000);
        check();
        commit(ALICE, round, 4);
        commit(BOB, round, 6);
        commit(CAROL, round, 8);
        check();
        for provider in 10..14 {
            commit_slices_of(provider, round);
            check();
        }
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
        for seat in 1..4 {
            reveal(round, seat);
        }
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
        assert_ok!(Datanets::commit(
            signed(ALICE),
            1,
            1,
            Default::default(),
            4,
            12
        ));
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
        assert_ok!(pledge(signed(STEWARD), 80_000, 70_000));
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
        let place = contribution_of(0).bond;
        assert_eq!(free(STEWARD), WEALTH - deposit - place);
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

fn listed(list: &crate::NewcomerList) -> Vec<ContributionNumber> {
    list.iter().map(|newcomer| newcomer.number).collect()
}

#[test]
fn what_a_void_round_left_is_valued_before_those_who_read_it() {
    execute(|| {
        create(1);
        let void = open();
        commit_slices(void);
        commit(ALICE, void, 4);
        commit(BOB, void, 5);
        end_committing(void);
        deliver(0);
        deliver(1);
        // Carol has read it, and commits something like it early.
        let round = open();
        commit_slices(round);
        assert_eq!(commit(CAROL, round, 4), 2);
        end_delivering(void);
        pick(void);
        // The provider is silent.
        pass(6);
        advance(void);
        check();
        assert_eq!(round_of(void).phase, Phase::Void);
        assert_eq!(listed(&Datanets::waiting(0)), [0, 1]);
        assert!(free(ALICE) < WEALTH && free(BOB) < WEALTH);

        end_committing(round);
        deliver(2);
        end_delivering(round);
        check();
        assert_eq!(listed(&Datanets::newcomers(0, round)), [0, 1]);
        assert_eq!(listed(&Datanets::waiting(0)), [2]);
        assert_eq!(round_of(round).carried, 2);
        pick(round);
        reveal_all(round);
        let frozen = Datanets::frozen(0, round).unwrap();
        assert_eq!(frozen.first, 0);
        conclude(round, &[(0, 5), (1, 6)]);
        check();
        assert_eq!(contribution_of(0).committed_to, void);
        assert_eq!(contribution_of(0).round, round);

        // Carol's are valued by the next round, on top of them.
        let next = open();
        commit_slices(next);
        commit(BOB, next, 4);
        end_committing(next);
        deliver(3);
        end_delivering(next);
        check();
        assert_eq!(listed(&Datanets::newcomers(0, next)), [2]);
        pick(next);
        reveal_all(next);
        conclude(next, &[(2, 0)]);
        check();
        let last = open();
        commit_slices(last);
        end_committing(last);
        end_delivering(last);
        assert_eq!(listed(&Datanets::newcomers(0, last)), [3]);
        pick(last);
        reveal_all(last);
        conclude(last, &[(3, 1)]);
        assert_eq!(Datanets::datanet(0).unwrap().weights.sum, 12);
        assert_eq!(Datanets::datanet(0).unwrap().datanet.pending, 0);
    });
}

#[test]
fn what_waits_is_valued_by_a_round_of_its_own() {
    execute(|| {
        create(1);
        let void = open();
        reveal_round(void, &[(ALICE, 4)]);
        assert_ok!(<Datanets as Snapshots<_>>::void(0, void));
        // A round that no provider has slices for values nothing either.
        let unmeasured = open();
        end_committing(unmeasured);
        assert_eq!(round_of(unmeasured).phase, Phase::Void);
        check();
        let round = open();
        commit_slices(round);
        end_committing(round);
        assert_eq!(round_of(round).phase, Phase::Delivering);
        end_delivering(round);
        check();
        pick(round);
        reveal_all(round);
        // And once more nobody values it.
        assert_ok!(<Datanets as Snapshots<_>>::void(0, round));
        check();
        let round = open();
        reveal_round(round, &[(BOB, 4)]);
        check();
        assert_eq!(listed(&Datanets::waiting(0)), [1]);
        // Nor now: both wait, in their order.
        assert_ok!(<Datanets as Snapshots<_>>::void(0, round));
        check();
        assert_eq!(listed(&Datanets::waiting(0)), [0, 1]);
        for (number, value) in [(0, 5), (1, 1)] {
            let round = open();
            commit_slices(round);
            end_committing(round);
            end_delivering(round);
            pick(round);
            reveal_all(round);
            conclude(round, &[(number, value)]);
            check();
        }
        assert_eq!(Datanets::datanet(0).unwrap().weights.sum, 6);
    });
}

#[test]
fn rounds_that_overlap_leave_room_for_each_other() {
    execute(|| {
        create(1);
        let first = open();
        commit_slices(first);
        (0..1_000).for_each(|_| {
            commit(ALICE, first, 2);
        });
        end_committing(first);
        let second = open();
        commit_slices(second);
        (0..24).for_each(|_| {
            commit(BOB, second, 2);
        });
        let more = |round| Datanets::commit(signed(BOB), 0, round, Default::default(), 2, 6);
        assert_noop!(more(second), crate::Error::<Test>::TooManyContributions);
        (0..1_000).for_each(deliver);
        end_delivering(first);
        pick(first);
        pass(6);
        advance(first);
        assert_eq!(round_of(first).phase, Phase::Void);
        // What waits takes its place.
        assert_noop!(more(second), crate::Error::<Test>::TooManyContributions);
        end_committing(second);
        (1_000..1_024).for_each(deliver);
        end_delivering(second);
        assert_eq!(Datanets::newcomers(0, second).len(), 1_000);
        assert_eq!(Datanets::waiting(0).len(), 24);
    });
}
