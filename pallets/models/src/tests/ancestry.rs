//! Ancestries of adversarial and of random graphs.

use std::collections::BTreeSet;

use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use tributary_primitives::{ids::ModelId, licences::Origin};

use super::*;
use crate::ancestry::union;

fn fine_tuned(parents: impl IntoIterator<Item = ModelId>) -> Vec<Origin> {
    parents.into_iter().map(Origin::FineTunedFrom).collect()
}

/// A chain of so many models, oldest first.
fn chain(length: u32) -> Vec<ModelId> {
    let mut models = vec![base()];
    for _ in 1..length {
        models.push(child_of(models[models.len() - 1]));
    }
    models
}

#[test]
fn a_chain_ends_after_256_ancestors() {
    ExtBuilder::default().build_and_execute(|| {
        let chain = chain(257);
        let last = *chain.last().expect("a chain has models");
        assert_eq!(Ancestors::<Test>::get(last).into_inner(), chain[..256]);
        assert_noop!(
            register(BOB, registration(Kind::FineTune, fine_tuned([last]))),
            Error::<Test>::TooManyAncestors
        );
        // One step up there is room for one more.
        child_of(chain[255]);
    });
}

#[test]
fn a_shared_ancestor_counts_once() {
    ExtBuilder::default().build_and_execute(|| {
        let chain = chain(240);
        let last = *chain.last().expect("a chain has models");
        let siblings: Vec<ModelId> = (0..16).map(|_| child_of(last)).collect();
        let child = registered(CAROL, Kind::FineTune, fine_tuned(siblings.clone()));
        let expected: Vec<ModelId> = chain.into_iter().chain(siblings).collect();
        assert_eq!(expected.len(), 256);
        assert_eq!(Ancestors::<Test>::get(child).into_inner(), expected);
    });
}

#[test]
fn one_ancestor_more_by_one_parent_of_sixteen_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let chain = chain(240);
        let last = *chain.last().expect("a chain has models");
        let mut parents: Vec<ModelId> = (0..15).map(|_| child_of(last)).collect();
        let stranger = base();
        parents.push(registered(
            BOB,
            Kind::FineTune,
            fine_tuned([last, stranger]),
        ));
        assert_noop!(
            register(
                BOB,
                registration(Kind::FineTune, fine_tuned(parents.clone()))
            ),
            Error::<Test>::TooManyAncestors
        );
        parents.remove(0);
        assert_ok!(register(
            BOB,
            registration(Kind::FineTune, fine_tuned(parents))
        ));
    });
}

#[test]
fn a_parent_that_is_also_an_ancestor_of_another_counts_once() {
    ExtBuilder::default().build_and_execute(|| {
        let root = base();
        let middle = child_of(root);
        let child = registered(CAROL, Kind::FineTune, fine_tuned([middle, root]));
        assert_eq!(Ancestors::<Test>::get(child).into_inner(), [root, middle]);
    });
}

#[test]
fn a_dense_graph_has_as_many_paths_as_can_be_and_stays_bounded() {
    ExtBuilder::default().build_and_execute(|| {
        // Each comes from the 16 before it: the paths to the first double with each model.
        for model in 0..257u32 {
            let parents = fine_tuned(model.saturating_sub(16)..model);
            let kind = if model == 0 {
                Kind::Base
            } else {
                Kind::FineTune
            };
            registered(ALICE, kind, parents);
        }
        let everyone: Vec<ModelId> = (0..256).collect();
        assert_eq!(Ancestors::<Test>::get(256).into_inner(), everyone);
        assert_noop!(
            register(ALICE, registration(Kind::FineTune, fine_tuned(241..257))),
            Error::<Test>::TooManyAncestors
        );
    });
}

#[test]
fn origins_that_are_data_are_no_ancestors() {
    ExtBuilder::default()
        .with_final_round(0, 1)
        .build_and_execute(|| {
            base();
            let origins = vec![Origin::TrainedOn(pool(0, 1))];
            let model = registered(BOB, Kind::Base, origins);
            assert!(Ancestors::<Test>::get(model).is_empty());
        });
}

/// For each model of a random graph its parents: indexes, taken modulo its own number.
fn random_graph(models: usize) -> impl Strategy<Value = Vec<BTreeSet<ModelId>>> {
    prop::collection::vec(prop::collection::vec(any::<u32>(), 0..=16), 1..=models).prop_map(
        |picks| {
            picks
                .into_iter()
                .zip(0u32..)
                .map(|(picks, model)| {
                    picks
                        .into_iter()
                        .filter_map(|pick| pick.checked_rem(model))
                        .collect()
                })
                .collect()
        },
    )
}

/// Every model that can be reached, by walking.
fn reachable(graph: &[BTreeSet<ModelId>], from: ModelId) -> BTreeSet<ModelId> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<ModelId> = graph[from as usize].iter().copied().collect();
    while let Some(model) = open.pop() {
        if reached.insert(model) {
            open.extend(&graph[model as usize]);
        }
    }
    reached
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ancestors_are_what_can_be_reached(graph in random_graph(40)) {
        ExtBuilder::default().build_and_execute(|| {
            for (parents, model) in graph.iter().zip(0..) {
                let kind = if parents.is_empty() { Kind::Base } else { Kind::FineTune };
                assert_eq!(registered(BOB, kind, fine_tuned(parents.iter().copied())), model);
                let ancestors: Vec<ModelId> = reachable(&graph, model).into_iter().collect();
                assert_eq!(Ancestors::<Test>::get(model).into_inner(), ancestors);
            }
        });
    }

    #[test]
    fn a_union_is_refused_exactly_beyond_256(
        parents in prop::collection::btree_map(
            any::<ModelId>(),
            prop::collection::btree_set(0..600u32, 0..=256),
            0..=16,
        ),
    ) {
        let sets: Vec<(ModelId, AncestorSet)> = parents
            .iter()
            .map(|(parent, ancestors)| {
                (*parent, AncestorSet::truncate_from(ancestors.iter().copied().collect()))
            })
            .collect();
        let expected: BTreeSet<ModelId> = parents
            .iter()
            .flat_map(|(parent, ancestors)| ancestors.iter().copied().chain([*parent]))
            .collect();
        match union(sets.iter().map(|(parent, ancestors)| (*parent, ancestors))) {
            Ok(union) => prop_assert_eq!(
                union.into_inner(),
                expected.into_iter().collect::<Vec<_>>()
            ),
            Err(_) => prop_assert!(expected.len() > 256),
        }
    }
}
