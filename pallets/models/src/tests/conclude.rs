use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;
use tributary_primitives::{
    licences::Origin,
    roles::{Contention, Lineage},
};

use super::*;

fn missing(parent: u32) -> Contention {
    Contention::MissingParent(Origin::FineTunedFrom(parent))
}

fn false_parent(parent: u32) -> Contention {
    Contention::FalseParent(Origin::FineTunedFrom(parent))
}

fn edges(model: u32) -> Vec<Edge<u64>> {
    let edges = Edges::<Test>::get(model).expect("it was registered");
    edges.into_inner()
}

#[test]
fn a_missing_parent_that_is_upheld_is_an_edge_beyond_those_of_the_owner() {
    ExtBuilder::default().build_and_execute(|| {
        let (hidden, named) = (base(), base());
        let model = child_of(named);
        let deposit = held(BOB);
        System::set_block_number(9);
        assert_ok!(Models::conclude(model, &missing(hidden), true));
        let edge = Edge {
            origin: Origin::FineTunedFrom(hidden),
            grade: Grade::Declared,
            debt: Some(9),
            upheld: true,
        };
        assert_eq!(edges(model)[1..], [edge]);
        // Its place is paid, and the owner's ancestry is as long as it was.
        assert_eq!(held(BOB), deposit);
        assert_eq!(Ancestors::<Test>::get(model).into_inner(), [named]);
        assert_eq!(
            RoleCalls::get().pop(),
            Some(RoleCall::Conclude(model, missing(hidden), true))
        );
        assert_eq!(
            events().pop(),
            Some(Event::ParentUpheld {
                model,
                origin: Origin::FineTunedFrom(hidden)
            })
        );
        // Its owner may say so, too.
        assert_ok!(Models::cosign(
            RuntimeOrigin::signed(ALICE),
            model,
            Origin::FineTunedFrom(hidden)
        ));
    });
}

#[test]
fn what_is_not_upheld_leaves_everything_as_it_was() {
    ExtBuilder::default().build_and_execute(|| {
        let (hidden, named) = (base(), base());
        let model = child_of(named);
        let before = (edges(model), crate::Models::<Test>::get(model));
        for contention in [missing(hidden), false_parent(named), Contention::Reexecuted] {
            assert_ok!(Models::conclude(model, &contention, false));
            assert_eq!(
                RoleCalls::get().pop(),
                Some(RoleCall::Conclude(model, contention, false))
            );
            assert_eq!(
                events().pop(),
                Some(Event::ContentionEnded { model, contention })
            );
        }
        assert_eq!((edges(model), crate::Models::<Test>::get(model)), before);
    });
}

#[test]
fn an_owner_who_gives_in_meanwhile_has_one_edge() {
    ExtBuilder::default().build_and_execute(|| {
        let (hidden, named) = (base(), base());
        let model = child_of(named);
        assert_ok!(Models::contest(model, &missing(hidden)));
        assert_ok!(Models::add_parent(
            RuntimeOrigin::signed(BOB),
            model,
            Origin::FineTunedFrom(hidden),
            Perbill::one()
        ));
        let before = edges(model);
        assert_ok!(Models::conclude(model, &missing(hidden), true));
        assert_eq!(edges(model), before);
    });
}

#[test]
fn a_false_parent_goes_with_its_ancestors() {
    ExtBuilder::default().build_and_execute(|| {
        let root = base();
        let (one, other) = (child_of(root), child_of(root));
        let deeper = child_of(other);
        let model = registered(
            CAROL,
            Kind::Merge,
            vec![Origin::MergedFrom(one), Origin::MergedFrom(deeper)],
        );
        let merged = Contention::FalseParent(Origin::MergedFrom(deeper));
        assert_ok!(Models::conclude(model, &merged, true));
        assert_eq!(edges(model), [Edge::from(Origin::MergedFrom(one))]);
        // The root is an ancestor by the other as well.
        assert_eq!(Ancestors::<Test>::get(model).into_inner(), [root, one]);
        assert_eq!(
            events().pop(),
            Some(Event::ParentStruck {
                model,
                origin: Origin::MergedFrom(deeper)
            })
        );
        assert_noop!(
            Models::conclude(model, &merged, true),
            Error::<Test>::EdgeNotFound
        );
        // A merge of one: how it was said to be made is history.
        let last = Contention::FalseParent(Origin::MergedFrom(one));
        assert_ok!(Models::conclude(model, &last, true));
        assert!(Ancestors::<Test>::get(model).is_empty());
    });
}

#[test]
fn a_model_that_was_made_again_has_edges_of_the_highest_grade_and_is_released() {
    ExtBuilder::default()
        .with_final_round(3, 1)
        .build_and_execute(|| {
            let (hidden, named) = (base(), base());
            let model = registered(
                BOB,
                Kind::FineTune,
                vec![Origin::FineTunedFrom(named), Origin::TrainedOn(pool(3, 1))],
            );
            let calls = RoleCalls::get().len();
            System::set_block_number(5);
            assert_ok!(Models::conclude(model, &Contention::Reexecuted, true));
            assert!(edges(model)
                .iter()
                .all(|edge| edge.grade == Grade::ReExecuted));
            let details = crate::Models::<Test>::get(model).expect("it was registered");
            assert_eq!(details.reexecuted, Some(5));
            assert_eq!(
                RoleCalls::get()[calls..],
                [
                    RoleCall::Release(model),
                    RoleCall::Conclude(model, Contention::Reexecuted, true)
                ]
            );
            assert_eq!(events().pop(), Some(Event::Reexecuted { model }));
            assert_noop!(
                Models::cosign(
                    RuntimeOrigin::signed(ALICE),
                    model,
                    Origin::FineTunedFrom(named)
                ),
                Error::<Test>::AlreadyCoSigned
            );
            // What is contested afterwards and not upheld changes nothing.
            assert_ok!(Models::conclude(model, &missing(hidden), false));
            assert!(edges(model)
                .iter()
                .all(|edge| edge.grade == Grade::ReExecuted));
        });
}

/// For each way in which the ancestry of a model of Bob's can become another: runs a test with the model and with what changes it so.
fn for_each_change(test: impl Fn(u32, &dyn Fn() -> DispatchResult)) {
    let changes: [&dyn Fn(u32, u32, u32) -> DispatchResult; 3] = [
        &|model, hidden, _| Models::conclude(model, &missing(hidden), true),
        &|model, _, named| Models::conclude(model, &false_parent(named), true),
        &|model, hidden, _| {
            let source = Origin::FineTunedFrom(hidden);
            Models::add_parent(RuntimeOrigin::signed(BOB), model, source, Perbill::one())
        },
    ];
    for change in changes {
        ExtBuilder::default().build_and_execute(|| {
            let (hidden, named, other) = (base(), base(), base());
            let model = registered(
                BOB,
                Kind::FineTune,
                vec![Origin::FineTunedFrom(other), Origin::FineTunedFrom(named)],
            );
            test(model, &|| change(model, hidden, named));
        });
    }
}

#[test]
fn a_model_that_was_made_again_was_not_once_its_ancestry_is_another() {
    for_each_change(|model, change| {
        assert_ok!(Models::conclude(model, &Contention::Reexecuted, true));
        assert_ok!(change());
        assert!(edges(model)
            .iter()
            .all(|edge| edge.grade == Grade::Declared));
        let details = crate::Models::<Test>::get(model).expect("it was registered");
        assert_eq!(details.reexecuted, None);
        assert_eq!(RoleCalls::get().pop(), Some(RoleCall::Resume(model)));
        assert_eq!(events().pop(), Some(Event::ReexecutionOverturned { model }));
        // It can be made again from what it comes from.
        assert_ok!(Models::contest(model, &Contention::Reexecuted));
        assert_ok!(Models::conclude(model, &Contention::Reexecuted, true));
    });
}

#[test]
fn nobody_has_shown_that_a_model_is_made_of_what_became_known_since() {
    for_each_change(|model, change| {
        assert_ok!(Models::contest(model, &Contention::Reexecuted));
        assert_ok!(change());
        assert_noop!(
            Models::conclude(model, &Contention::Reexecuted, true),
            Error::<Test>::AncestryChanged
        );
        assert_ok!(Models::conclude(model, &Contention::Reexecuted, false));
        assert_ok!(Models::contest(model, &Contention::Reexecuted));
        assert_ok!(Models::conclude(model, &Contention::Reexecuted, true));
    });
}

#[test]
fn there_is_nothing_to_conclude_about_models_that_are_not_there() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        for contention in [
            missing(parent),
            false_parent(parent),
            Contention::Reexecuted,
        ] {
            for upheld in [false, true] {
                assert_noop!(
                    Models::conclude(99, &contention, upheld),
                    Error::<Test>::ModelNotFound
                );
            }
        }
    });
}

#[test]
fn roles_that_refuse_refuse_it() {
    ExtBuilder::default().build_and_execute(|| {
        let (hidden, named) = (base(), base());
        let model = child_of(named);
        for contention in [missing(hidden), false_parent(named), Contention::Reexecuted] {
            Refused::set(Some(RoleCalls::get().len()));
            let concluded = frame_support::storage::with_storage_layer(|| {
                Models::conclude(model, &contention, true)
            });
            assert_eq!(concluded, Err(REFUSAL));
            assert_eq!(edges(model), [Edge::from(Origin::FineTunedFrom(named))]);
        }
    });
}

#[test]
fn what_is_prepared_can_be_contested_and_upheld() {
    ExtBuilder::default().build().execute_with(|| {
        let (model, contention) = Models::prepare_contention(&ALICE);
        assert_ok!(Models::contest(model, &contention));
        assert_ok!(Models::conclude(model, &contention, true));
        assert_eq!(edges(model).len() as u32, MAX_EDGES);
    });
}
