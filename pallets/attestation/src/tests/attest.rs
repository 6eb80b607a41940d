use frame_support::assert_noop;
use sp_runtime::DispatchError;
use tributary_primitives::datanets::{Evidence, Phase};

use super::*;
use crate::{Error, Event, Outcome, Outcomes, Standing};

fn standing() -> Vec<(AccountId, H256)> {
    Attestation::attestations(DATANET, ROUND)
        .into_iter()
        .map(|said| (said.attestor, said.statement))
        .collect()
}

#[test]
fn of_a_statement_its_hash_stands() {
    execute(|| {
        attest(ALICE, statement());
        let hash = hash_of(&statement());
        assert_eq!(standing(), [(ALICE, hash)]);
        assert_eq!(round().phase, Phase::Revealed);
        System::assert_last_event(
            Event::Attested {
                datanet: DATANET,
                round: ROUND,
                attestor: ALICE,
                statement: hash,
                agreeing: 1,
                threshold: 2,
            }
            .into(),
        );
    });
}

#[test]
fn a_round_is_final_as_soon_as_enough_attestors_agree() {
    execute(|| {
        attest(BOB, statement());
        attest(ALICE, another());
        attest(CHARLIE, statement());

        let said = statement();
        let hash = hash_of(&said);
        let concluded = round().concluded.expect("it is final");
        assert_eq!(round().phase, Phase::Final);
        assert_eq!(concluded.evaluator, BOB, "the first of those who agree");
        assert_eq!(concluded.values, said.values);
        assert_eq!(
            (concluded.before, concluded.after),
            (said.before, said.after)
        );
        assert_eq!(
            Outcomes::<Test>::get(DATANET, ROUND),
            Some(Outcome {
                evaluator: BOB,
                statement: hash,
                benchmark: BENCHMARK,
                before: said.before,
                after: said.after,
                threshold: 2,
            })
        );
        assert_eq!(Standing::<Test>::iter().count(), 0);
        System::assert_last_event(
            Event::RoundAttested {
                datanet: DATANET,
                round: ROUND,
                evaluator: BOB,
                statement: hash,
                benchmark: BENCHMARK,
                before: said.before,
                after: said.after,
            }
            .into(),
        );
        assert_noop!(try_attest(ALICE, statement()), Error::<Test>::WrongPhase);
    });
}

#[test]
fn one_attestor_is_enough_where_the_recipe_says_so() {
    execute(|| {
        change_round(|round| round.recipe.evidence = Evidence::Attested { threshold: 1 });
        attest(CHARLIE, statement());
        assert_eq!(round().concluded.expect("it is final").evaluator, CHARLIE);
    });
}

#[test]
fn another_statement_replaces_the_one_before() {
    execute(|| {
        attest(ALICE, statement());
        attest(BOB, another());
        attest(ALICE, another());
        // Alice's first statement does not count any more; and Bob was the first to say this one.
        assert_eq!(round().concluded.expect("it is final").evaluator, BOB);
    });
}

#[test]
fn who_came_back_to_a_statement_is_not_its_first() {
    execute(|| {
        change_round(|round| round.recipe.evidence = Evidence::Attested { threshold: 3 });
        attest(ALICE, statement());
        attest(BOB, statement());
        attest(ALICE, another());
        attest(ALICE, statement());
        let hash = hash_of(&statement());
        assert_eq!(standing(), [(BOB, hash), (ALICE, hash)]);
        attest(CHARLIE, statement());
        assert_eq!(round().concluded.expect("it is final").evaluator, BOB);
    });
}

#[test]
fn attestors_who_do_not_agree_end_nothing() {
    execute(|| {
        let third = Statement {
            benchmark: H256::repeat_byte(0xdd),
            ..statement()
        };
        attest(ALICE, statement());
        attest(BOB, another());
        attest(CHARLIE, third);
        assert_eq!(round().phase, Phase::Revealed);
        assert_eq!(standing().len(), 3);
    });
}

#[test]
fn the_same_statement_is_made_once() {
    execute(|| {
        attest(ALICE, statement());
        assert_noop!(
            try_attest(ALICE, statement()),
            Error::<Test>::AlreadyAttested
        );
    });
}

#[test]
fn only_attestors_of_the_round_attest() {
    execute(|| {
        assert_noop!(try_attest(EVE, statement()), Error::<Test>::NotAttestor);
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Attestation::attest(origin, DATANET, ROUND, statement()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn open_rounds_are_not_attested() {
    execute(|| {
        change_round(|round| round.recipe.evidence = Evidence::Open);
        assert_noop!(try_attest(ALICE, statement()), Error::<Test>::RoundIsOpen);
        assert_eq!(Attestation::closes_at(DATANET, ROUND), None);
    });
}

#[test]
fn a_round_is_attested_while_it_is_revealed() {
    execute(|| {
        for phase in [
            Phase::Committing,
            Phase::Delivering,
            Phase::Frozen,
            Phase::Published,
            Phase::Final,
            Phase::Void,
        ] {
            change_round(|round| round.phase = phase);
            assert_noop!(try_attest(ALICE, statement()), Error::<Test>::WrongPhase);
        }
        assert_noop!(
            try_attest_round(ALICE, DATANET, ROUND + 1, statement()),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn attestors_have_the_recipes_window() {
    execute(|| {
        assert_eq!(Attestation::closes_at(DATANET, ROUND), Some(CLOSES_AT));
        go_to(CLOSES_AT - 1);
        attest(ALICE, statement());
        go_to(CLOSES_AT);
        assert_noop!(try_attest(BOB, statement()), Error::<Test>::WindowClosed);
    });
}

#[test]
fn there_is_one_value_for_each_delivered_contribution() {
    execute(|| {
        let mut short = statement();
        short.values.pop();
        let mut long = statement();
        let more = Value {
            number: 7,
            value: 0,
        };
        long.values.try_push(more).expect("four are few");
        let mut disordered = statement();
        disordered.values[0].number = 4;
        disordered.values[1].number = 3;
        let mut undelivered = statement();
        undelivered.values[2].number = 5;
        for wrong in [short, long, disordered, undelivered] {
            assert_noop!(try_attest(ALICE, wrong), Error::<Test>::ValuesMismatch);
        }
    });
}

#[test]
fn values_sum_to_the_gain_exactly() {
    execute(|| {
        let mut more = statement();
        more.values[1].value += 1;
        let mut less = statement();
        less.after += 1;
        let mut negative = statement();
        // Less than nothing would be left.
        negative.before = 0;
        negative.values = values([0, 0, -1]);
        for wrong in [more, less, negative] {
            assert_noop!(try_attest(ALICE, wrong), Error::<Test>::NotTheGain);
        }
    });
}

#[test]
fn no_accuracy_is_more_than_all() {
    execute(|| {
        let unit = recipe().unit();
        let nothing = values([0, 0, 0]);
        let of = |accuracy| Statement {
            benchmark: BENCHMARK,
            before: accuracy,
            after: accuracy,
            values: nothing.clone(),
        };
        assert_noop!(
            try_attest(ALICE, of(unit + 1)),
            Error::<Test>::AccuracyOutOfRange
        );
        attest(ALICE, of(unit));
    });
}

#[test]
fn values_are_together_no_more_than_the_newcomers_of_all_rows_can_gain_and_lose() {
    execute(|| {
        // K* of K answers: twice what there is.
        let most = recipe().most_value() as i128;
        assert_eq!(most, 2 * recipe().unit() as i128);
        let of = |value: i128| Statement {
            benchmark: BENCHMARK,
            before: 0,
            after: 0,
            values: values([value, -value, 0]),
        };
        for value in [most / 2 + 1, -most / 2 - 1, most, i128::MAX] {
            assert_noop!(try_attest(ALICE, of(value)), Error::<Test>::ValueOutOfRange);
        }
        let mut extreme = of(0);
        extreme.values[0].value = i128::MIN;
        assert_noop!(try_attest(ALICE, extreme), Error::<Test>::ValueOutOfRange);
        attest(ALICE, of(most / 2));
    });
}

#[test]
fn all_stays_as_it_was_if_the_round_cannot_be_concluded() {
    execute(|| {
        attest(ALICE, statement());
        change_round(|round| round.stuck = true);
        assert_noop!(
            try_attest(BOB, statement()),
            DispatchError::Other("the round is stuck")
        );
        assert_eq!(standing().len(), 1);
    });
}
