//! What is wrong with the state is found.

use tributary_primitives::datanets::{Evidence, Phase};

use super::*;
use crate::{Outcomes, Standing};

/// Does something that no call does, and expects to be found out.
fn found(wrong: impl FnOnce(), expected: &'static str) {
    new_test_ext().execute_with(|| {
        attest(ALICE, statement());
        Attestation::do_try_state().expect("the invariants hold before");
        wrong();
        let found = Attestation::do_try_state().expect_err("something is wrong");
        assert_eq!(found, expected.into());
    });
}

/// The same after the end of the round.
fn found_at_the_end(wrong: impl FnOnce(), expected: &'static str) {
    found(
        || {
            attest(BOB, statement());
            Attestation::do_try_state().expect("the invariants hold before");
            wrong();
        },
        expected,
    );
}

fn change_standing(change: impl FnOnce(&mut crate::AttestationsOf<Test>)) {
    Standing::<Test>::mutate(DATANET, ROUND, change);
}

#[test]
fn statements_are_of_attestors_each_once() {
    found(
        || change_standing(|standing| standing.clear()),
        "a round without statements takes space",
    );
    found(
        || change_standing(|standing| standing[0].attestor = EVE),
        "a statement is of an account that does not attest the round",
    );
    found(
        || {
            change_standing(|standing| {
                let mut again = standing[0].clone();
                again.statement = H256::zero();
                standing.try_push(again).expect("two are few");
            })
        },
        "two statements of an attestor stand",
    );
}

#[test]
fn statements_stand_in_attested_rounds_that_go_on() {
    let expected = "statements stand in a round that is not attested, or not revealed";
    found(|| change_round(|round| round.phase = Phase::Void), expected);
    found(
        || change_round(|round| round.recipe.evidence = Evidence::Open),
        expected,
    );
}

#[test]
fn agreement_ends_a_round() {
    found(
        || {
            change_standing(|standing| {
                let mut same = standing[0].clone();
                same.attestor = BOB;
                standing.try_push(same).expect("two are few");
            })
        },
        "enough attestors agree, and the round goes on",
    );
}

#[test]
fn outcomes_are_of_final_attested_rounds() {
    found_at_the_end(
        || change_round(|round| round.phase = Phase::Void),
        "a round that is not final has an outcome",
    );
    found_at_the_end(
        || change_round(|round| round.recipe.evidence = Evidence::Open),
        "another number of attestors agreed than the recipe asks for",
    );
    found_at_the_end(
        || {
            Outcomes::<Test>::mutate(DATANET, ROUND, |outcome| {
                outcome.as_mut().expect("it is final").after = recipe().unit() + 1;
            })
        },
        "an accuracy is more than 1.0",
    );
}
