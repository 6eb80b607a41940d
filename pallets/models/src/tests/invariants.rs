//! Each invariant is broken once, so that the check is known to look.

use frame_support::{assert_ok, traits::fungible::MutateHold, traits::tokens::Precision};
use sp_core::H256;
use sp_runtime::FixedI128;
use tributary_primitives::{ids::ModelId, licences::Origin};

use super::*;

/// Three models, the last of which descends from the first two and data; it has an evaluation.
fn sound(test: impl FnOnce(ModelId)) {
    ExtBuilder::default()
        .with_final_round(0, 1)
        .build()
        .execute_with(|| {
            let parent = child_of(base());
            let model = registered(
                BOB,
                Kind::FineTune,
                vec![Origin::FineTunedFrom(parent), Origin::TrainedOn(pool(0, 1))],
            );
            assert_ok!(Models::evaluate(
                RuntimeOrigin::signed(CAROL),
                model,
                b"digits".to_vec(),
                b"accuracy".to_vec(),
                FixedI128::from_u32(1),
                H256::zero(),
            ));
            assert_eq!(Models::do_try_state(), Ok(()));
            test(model);
        });
}

/// Breaks the state and looks for the complaint.
fn complains(breaks: impl FnOnce(ModelId), complaint: &'static str) {
    sound(|model| {
        breaks(model);
        assert_eq!(Models::do_try_state(), Err(complaint.into()));
    });
}

/// Changes a model behind the pallet's back.
fn change(model: ModelId, change: impl FnOnce(&mut ModelOf<Test>)) {
    crate::Models::<Test>::mutate(model, |details| {
        change(details.as_mut().expect("it was registered"));
    });
}

/// Changes a model's edges behind the pallet's back.
fn change_edges(model: ModelId, change: impl FnOnce(&mut EdgeListOf<Test>)) {
    Edges::<Test>::mutate(model, |edges| {
        change(edges.as_mut().expect("it was registered"));
    });
}

#[test]
fn a_gap_between_identifiers() {
    complains(|_| NextModel::<Test>::put(7), "identifiers have a gap");
    complains(crate::Models::<Test>::remove, "identifiers have a gap");
}

#[test]
fn a_missing_or_superfluous_entry() {
    let complaint = "a map has other models than those registered";
    complains(Edges::<Test>::remove, complaint);
    complains(Ancestors::<Test>::remove, complaint);
    complains(Teams::<Test>::remove, complaint);
    complains(Metadata::<Test>::remove, complaint);
    complains(
        |model| Metadata::<Test>::insert(model + 1, MetadataBytes::default()),
        complaint,
    );
}

#[test]
fn an_edge_upwards() {
    complains(
        |model| {
            change_edges(model, |edges| {
                edges[0] = Edge::from(Origin::FineTunedFrom(model));
            })
        },
        "an edge does not lead to a lower identifier",
    );
}

#[test]
fn a_cosigned_edge_to_data() {
    complains(
        |model| change_edges(model, |edges| edges[1].grade = Grade::CoSigned),
        "an edge to a datanet is co-signed",
    );
}

#[test]
fn edges_of_another_kind() {
    complains(
        |model| change(model, |model| model.kind = Kind::Merge),
        "edges do not fit the kind",
    );
    complains(
        |model| change_edges(model, |edges| edges[0].origin = Origin::MergedFrom(0)),
        "edges do not fit the kind",
    );
}

#[test]
fn an_edge_twice() {
    complains(
        |model| {
            change_edges(model, |edges| {
                let edge = edges[0];
                edges.try_push(edge).expect("there is room");
            })
        },
        "a model has an edge twice",
    );
    // An earlier round of the same datanet is in the later one.
    complains(
        |model| {
            change_edges(model, |edges| {
                let earlier = Origin::RetrievesFrom(pool(0, 1));
                edges.try_push(Edge::from(earlier)).expect("there is room");
            })
        },
        "a model has an edge twice",
    );
}

#[test]
fn edges_too_many() {
    complains(
        |model| {
            change_edges(model, |edges| {
                for datanet in 1..17 {
                    let origin = Origin::TrainedOn(pool(datanet, 1));
                    edges.try_push(Edge::from(origin)).expect("there is room");
                }
            })
        },
        "a model has too many edges",
    );
    complains(
        |model| {
            change_edges(model, |edges| {
                for datanet in 1..10 {
                    let origin = Origin::TrainedOn(pool(datanet, 1));
                    let edge = Edge {
                        debt: Some(1),
                        upheld: true,
                        ..Edge::from(origin)
                    };
                    edges.try_push(edge).expect("there is room");
                }
            })
        },
        "a model has too many edges",
    );
}

#[test]
fn an_upheld_edge_from_the_beginning() {
    complains(
        |model| change_edges(model, |edges| edges[0].upheld = true),
        "an upheld edge is no debt",
    );
}

#[test]
fn an_edge_that_nobody_made_again() {
    complains(
        |model| change_edges(model, |edges| edges[1].grade = Grade::ReExecuted),
        "an edge is re-executed of a model that was not made again",
    );
}

#[test]
fn an_ancestor_too_few() {
    complains(
        |model| {
            Ancestors::<Test>::mutate(model, |ancestors| ancestors.remove(1));
        },
        "a parent is not among the ancestors",
    );
}

#[test]
fn ancestors_out_of_order() {
    complains(
        |model| Ancestors::<Test>::mutate(model, |ancestors| ancestors.as_mut().reverse()),
        "ancestors are not ascending below the model",
    );
    complains(
        |model| {
            Ancestors::<Test>::mutate(model, |ancestors| ancestors.try_push(model)).unwrap();
        },
        "ancestors are not ascending below the model",
    );
}

#[test]
fn a_team_that_is_not_one() {
    complains(
        |model| Teams::<Test>::insert(model, TeamOf::<Test>::truncate_from(vec![share(ALICE, 5)])),
        "a team is empty, has a member twice or without part, or is not one",
    );
}

#[test]
fn an_offer_to_the_owner() {
    complains(
        |model| change(model, |model| model.offered_to = Some(BOB)),
        "a model is offered to its owner",
    );
}

#[test]
fn evaluations_that_do_not_count_up() {
    complains(
        |model| change(model, |model| model.evaluations = 2),
        "evaluations have a gap",
    );
    complains(
        |model| EvaluationCounts::<Test>::insert(model, CAROL, 2),
        "evaluations of an account are miscounted",
    );
    complains(
        |model| EvaluationCounts::<Test>::insert(model + 1, CAROL, 1),
        "a model that is not registered has evaluations",
    );
}

#[test]
fn too_many_evaluations_by_one_account() {
    complains(
        |model| {
            let evaluation = Evaluations::<Test>::get(model, 0).expect("it was added");
            for number in 0..65 {
                Evaluations::<Test>::insert(model, number, &evaluation);
            }
            change(model, |model| model.evaluations = 65);
        },
        "an account has too many evaluations of a model",
    );
}

#[test]
fn a_deposit_that_is_not_on_hold() {
    let complaint = "what an account has on hold is not the sum of its deposits";
    complains(|model| change(model, |model| model.deposit += 1), complaint);
    complains(
        |_| {
            assert_ok!(Balances::release(
                &HoldReason::Evaluation.into(),
                &CAROL,
                1,
                Precision::Exact
            ));
        },
        complaint,
    );
}

#[test]
fn money_on_hold_for_nothing() {
    complains(
        |_| {
            assert_ok!(Balances::hold(&HoldReason::Model.into(), &CAROL, 1));
        },
        "what an account has on hold is not the sum of its deposits",
    );
}

#[test]
fn deposits_of_an_account_that_does_not_exist() {
    complains(
        |model| change(model, |model| model.owner = 99),
        "what an account has on hold is not the sum of its deposits",
    );
    complains(
        |model| {
            change(model, |model| model.deposit = 0);
            let evaluation = Evaluations::<Test>::get(model, 0).expect("it was added");
            assert_ok!(Balances::release(
                &HoldReason::Evaluation.into(),
                &CAROL,
                evaluation.deposit,
                Precision::Exact
            ));
            let deposit = held(BOB) - crate::Models::<Test>::get(1).map_or(0, |m| m.deposit);
            assert_ok!(Balances::release(
                &HoldReason::Model.into(),
                &BOB,
                deposit,
                Precision::Exact
            ));
            Evaluations::<Test>::mutate(model, 0, |evaluation| {
                evaluation.as_mut().expect("it was added").evaluator = 99;
            });
            EvaluationCounts::<Test>::remove(model, CAROL);
            EvaluationCounts::<Test>::insert(model, 99, 1);
        },
        "an account that does not exist has deposits",
    );
}
