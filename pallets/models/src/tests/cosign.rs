use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use tributary_primitives::licences::Origin;

use super::*;

fn grades(model: u32) -> Vec<Grade> {
    Edges::<Test>::get(model)
        .unwrap_or_default()
        .iter()
        .map(|edge| edge.grade)
        .collect()
}

/// Bob's model, fine-tuned from Alice's 0 on datanet 9 and distilled from Carol's 1.
fn descended() -> u32 {
    let parent = base();
    let teacher = registered(CAROL, Kind::Base, Vec::new());
    registered(
        BOB,
        Kind::FineTune,
        vec![
            Origin::FineTunedFrom(parent),
            Origin::DistilledFrom(teacher),
            Origin::TrainedOn(pool(9, 1)),
        ],
    )
}

fn with_data() -> ExtBuilder {
    ExtBuilder::default().with_final_round(9, 1)
}

#[test]
fn the_owner_of_a_parent_confirms_one_edge() {
    with_data().build_and_execute(|| {
        let model = descended();
        assert_ok!(Models::cosign(
            RuntimeOrigin::signed(CAROL),
            model,
            Origin::DistilledFrom(1)
        ));
        assert_eq!(
            grades(model),
            [Grade::Declared, Grade::CoSigned, Grade::Declared]
        );
        assert_eq!(
            events().pop(),
            Some(Event::CoSigned {
                model,
                origin: Origin::DistilledFrom(1),
                cosigner: CAROL
            })
        );
    });
}

#[test]
fn nobody_but_the_owner_of_that_parent_can() {
    with_data().build_and_execute(|| {
        let model = descended();
        // Neither the child's owner nor the other parent's.
        for stranger in [BOB, CAROL] {
            assert_noop!(
                Models::cosign(
                    RuntimeOrigin::signed(stranger),
                    model,
                    Origin::FineTunedFrom(0)
                ),
                Error::<Test>::NotAuthorized
            );
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::cosign(origin, model, Origin::FineTunedFrom(0)),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn it_is_the_present_owner_of_the_parent_who_can() {
    with_data().build_and_execute(|| {
        let model = descended();
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            0,
            CAROL
        ));
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(CAROL), 0));
        assert_noop!(
            Models::cosign(
                RuntimeOrigin::signed(ALICE),
                model,
                Origin::FineTunedFrom(0)
            ),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(Models::cosign(
            RuntimeOrigin::signed(CAROL),
            model,
            Origin::FineTunedFrom(0)
        ));
    });
}

#[test]
fn the_owner_of_a_retired_parent_can() {
    with_data().build_and_execute(|| {
        let model = descended();
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), 0));
        assert_ok!(Models::cosign(
            RuntimeOrigin::signed(ALICE),
            model,
            Origin::FineTunedFrom(0)
        ));
    });
}

#[test]
fn an_edge_must_be_named_as_registered() {
    with_data().build_and_execute(|| {
        let model = descended();
        for edge in [
            Origin::QuantizedFrom(0),
            Origin::FineTunedFrom(1),
            Origin::FineTunedFrom(model),
            Origin::FineTunedFrom(99),
        ] {
            assert_noop!(
                Models::cosign(RuntimeOrigin::signed(ALICE), model, edge),
                Error::<Test>::EdgeNotFound
            );
        }
    });
}

#[test]
fn an_ancestor_that_is_no_parent_is_no_edge() {
    with_data().build_and_execute(|| {
        let model = descended();
        let grandchild = child_of(model);
        assert_noop!(
            Models::cosign(
                RuntimeOrigin::signed(ALICE),
                grandchild,
                Origin::FineTunedFrom(0)
            ),
            Error::<Test>::EdgeNotFound
        );
    });
}

#[test]
fn data_cannot_be_cosigned() {
    with_data().build_and_execute(|| {
        let model = descended();
        assert_noop!(
            Models::cosign(
                RuntimeOrigin::signed(ALICE),
                model,
                Origin::TrainedOn(pool(9, 1))
            ),
            Error::<Test>::NotAModel
        );
    });
}

#[test]
fn once_is_enough() {
    with_data().build_and_execute(|| {
        let model = descended();
        assert_ok!(Models::cosign(
            RuntimeOrigin::signed(ALICE),
            model,
            Origin::FineTunedFrom(0)
        ));
        assert_noop!(
            Models::cosign(
                RuntimeOrigin::signed(ALICE),
                model,
                Origin::FineTunedFrom(0)
            ),
            Error::<Test>::AlreadyCoSigned
        );
    });
}

#[test]
fn an_unknown_model_has_no_edges() {
    ExtBuilder::default().build_and_execute(|| {
        base();
        assert_noop!(
            Models::cosign(RuntimeOrigin::signed(ALICE), 1, Origin::FineTunedFrom(0)),
            Error::<Test>::ModelNotFound
        );
    });
}
