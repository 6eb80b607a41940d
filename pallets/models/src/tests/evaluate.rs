use frame_support::{
    assert_noop, assert_ok, dispatch::DispatchResult, traits::fungible::InspectHold,
};
use sp_core::H256;
use sp_runtime::{DispatchError, FixedI128};

use super::*;

fn score() -> FixedI128 {
    FixedI128::from_rational(813, 1_000)
}

fn evaluate(evaluator: AccountId, model: u32) -> DispatchResult {
    evaluate_by_name(evaluator, model, b"digits", b"accuracy")
}

fn evaluate_by_name(
    evaluator: AccountId,
    model: u32,
    benchmark: &[u8],
    metric: &[u8],
) -> DispatchResult {
    Models::evaluate(
        RuntimeOrigin::signed(evaluator),
        model,
        benchmark.to_vec(),
        metric.to_vec(),
        score(),
        H256::repeat_byte(7),
    )
}

fn held_for_evaluations(account: AccountId) -> u128 {
    Balances::balance_on_hold(&HoldReason::Evaluation.into(), &account)
}

#[test]
fn an_evaluation_is_kept_as_stated() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(evaluate(BOB, model));
        let benchmark = Name::truncate_from(b"digits".to_vec());
        let metric = Name::truncate_from(b"accuracy".to_vec());
        let deposit = held_for_evaluations(BOB);
        assert_eq!(
            Evaluations::<Test>::get(model, 0),
            Some(Evaluation {
                evaluator: BOB,
                benchmark: benchmark.clone(),
                metric: metric.clone(),
                score: score(),
                evidence: H256::repeat_byte(7),
                evaluated: 1,
                deposit,
            })
        );
        assert_eq!(
            events().pop(),
            Some(Event::Evaluated {
                model,
                number: 0,
                evaluator: BOB,
                benchmark,
                metric,
                score: score(),
                evidence: H256::repeat_byte(7),
                deposit,
            })
        );
    });
}

#[test]
fn evaluations_append() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let other = base();
        for (evaluator, model) in [(BOB, model), (CAROL, model), (BOB, model), (BOB, other)] {
            assert_ok!(evaluate(evaluator, model));
        }
        let evaluators: Vec<AccountId> = (0..3)
            .filter_map(|number| Evaluations::<Test>::get(model, number))
            .map(|evaluation| evaluation.evaluator)
            .collect();
        assert_eq!(evaluators, [BOB, CAROL, BOB]);
        assert_eq!(EvaluationCounts::<Test>::get(model, BOB), 2);
        assert_eq!(EvaluationCounts::<Test>::get(other, BOB), 1);
    });
}

#[test]
fn each_has_a_deposit_of_its_own() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(evaluate(BOB, model));
        let one = held_for_evaluations(BOB);
        assert!(one > 2 * ITEM);
        assert_ok!(evaluate(BOB, model));
        assert_eq!(held_for_evaluations(BOB), 2 * one);
        // Three bytes more.
        assert_ok!(evaluate_by_name(BOB, model, b"digits v2", b"accuracy"));
        assert_eq!(held_for_evaluations(BOB), 3 * one + 3 * BYTE);
    });
}

#[test]
fn the_owner_and_the_evaluators_of_retired_models_may_evaluate() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(evaluate(ALICE, model));
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        assert_ok!(evaluate(BOB, model));
    });
}

#[test]
fn evaluations_stay_with_their_evaluators_when_the_model_is_transferred() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(evaluate(ALICE, model));
        let deposit = held_for_evaluations(ALICE);
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            model,
            BOB
        ));
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_eq!(
            (held_for_evaluations(ALICE), held_for_evaluations(BOB)),
            (deposit, 0)
        );
    });
}

#[test]
fn an_account_evaluates_a_model_at_most_64_times() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        for _ in 0..64 {
            assert_ok!(evaluate(BOB, model));
        }
        assert_noop!(evaluate(BOB, model), Error::<Test>::TooManyEvaluations);
        // Which keeps nobody else from evaluating it, and nothing else from being evaluated.
        assert_ok!(evaluate(CAROL, model));
        assert_ok!(evaluate(BOB, base()));
    });
}

#[test]
fn used_up_numbers_are_an_error() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let set = |evaluations| {
            crate::Models::<Test>::mutate(model, |model| {
                model.as_mut().expect("it was registered").evaluations = evaluations;
            })
        };
        set(u32::MAX);
        assert_noop!(evaluate(BOB, model), Error::<Test>::TooManyEvaluations);
        set(0);
    });
}

#[test]
fn names_have_between_1_and_64_bytes() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let longest = [b'x'; 64];
        let longer = [b'x'; 65];
        for (benchmark, metric, error) in [
            (&b""[..], &b"accuracy"[..], Error::<Test>::EmptyName),
            (b"digits", b"", Error::EmptyName),
            (&longer, b"accuracy", Error::NameTooLong),
            (b"digits", &longer, Error::NameTooLong),
        ] {
            assert_noop!(evaluate_by_name(BOB, model, benchmark, metric), error);
        }
        assert_ok!(evaluate_by_name(BOB, model, &longest, &longest));
        assert_ok!(evaluate_by_name(BOB, model, b"x", b"y"));
    });
}

#[test]
fn an_unknown_model_cannot_be_evaluated() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(evaluate(BOB, 0), Error::<Test>::ModelNotFound);
    });
}

#[test]
fn only_a_signer_can_evaluate() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::evaluate(
                    origin,
                    model,
                    b"digits".to_vec(),
                    b"accuracy".to_vec(),
                    score(),
                    H256::zero()
                ),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn who_cannot_pay_the_deposit_cannot_evaluate() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_noop!(evaluate(PAUPER, model), Error::<Test>::DepositNotPayable);
    });
}
