//! What is true between any two blocks.
//!
//! Always compiled, so that tests can ask after each step; the `try_state` hook asks where try-runtime is on.

use alloc::collections::{BTreeMap, BTreeSet};

use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;
use tributary_primitives::{assets::Asset, ids::ModelId, Balance};

use crate::{
    ancestry, types::*, Ancestors, Config, Edges, EvaluationCounts, Evaluations, HoldReason,
    Metadata, Models, NextModel, NextTeams, Pallet, Teams,
};

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet. Reads all of its state.
    ///
    /// 1. Identifiers are counted up from 0 without a gap, and each model has exactly one entry in every map.
    /// 2. Edges lead to lower identifiers, fit the kind, are at most 16 models and 16 rounds, and lead to no asset twice. Only
    ///    edges to models are co-signed.
    /// 3. The ancestors of a model are its parents and theirs, each once, ascending.
    /// 4. A team has members, none twice, whose parts are exactly one; so has one that is announced, of a registered model.
    /// 5. No model is offered to its owner.
    /// 6. Evaluations are of registered models, numbered from 0 without a gap, and each evaluator's are counted: at most 64.
    /// 7. What an account has on hold is the sum of the deposits of its models, and of its evaluations.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::identifiers_have_no_gap()?;
        for (model, details) in Models::<T>::iter() {
            Self::edges_fit(model, &details)?;
            Self::ancestors_are_the_union_of_the_parents(model)?;
            Self::team_is_whole(model)?;
            ensure!(
                details.offered_to.as_ref() != Some(&details.owner),
                "a model is offered to its owner"
            );
            Self::evaluations_are_counted(model, &details)?;
        }
        Self::deposits_are_on_hold()
    }

    /// Invariant 1.
    fn identifiers_have_no_gap() -> Result<(), TryRuntimeError> {
        let expected: BTreeSet<ModelId> = (0..NextModel::<T>::get()).collect();
        ensure!(
            Models::<T>::iter_keys().collect::<BTreeSet<_>>() == expected,
            "identifiers have a gap"
        );
        ensure!(
            Edges::<T>::iter_keys().collect::<BTreeSet<_>>() == expected
                && Ancestors::<T>::iter_keys().collect::<BTreeSet<_>>() == expected
                && Teams::<T>::iter_keys().collect::<BTreeSet<_>>() == expected
                && Metadata::<T>::iter_keys().collect::<BTreeSet<_>>() == expected,
            "a map has other models than those registered"
        );
        ensure!(
            NextTeams::<T>::iter_keys().all(|model| expected.contains(&model)),
            "a team is announced of a model that is not registered"
        );
        ensure!(
            Evaluations::<T>::iter_keys().all(|(model, _)| expected.contains(&model))
                && EvaluationCounts::<T>::iter_keys().all(|(model, _)| expected.contains(&model)),
            "a model that is not registered has evaluations"
        );
        Ok(())
    }

    /// Invariant 2.
    fn edges_fit(model: ModelId, details: &ModelOf<T>) -> Result<(), TryRuntimeError> {
        let edges = Edges::<T>::get(model).ok_or("a model has no list of edges")?;
        for edge in &edges {
            match edge.origin.asset() {
                Asset::Model(parent) => {
                    ensure!(
                        parent < model,
                        "an edge does not lead to a lower identifier"
                    );
                }
                Asset::Datanet(_) => ensure!(
                    edge.grade == Grade::Declared,
                    "an edge to a datanet is co-signed"
                ),
            }
        }
        let origins = edges.iter().map(|edge| edge.origin).collect();
        ensure!(
            Self::checked_origins(details.kind, origins).is_ok(),
            "edges are too many, lead twice to an asset, or do not fit the kind"
        );
        Ok(())
    }

    /// Invariant 3.
    fn ancestors_are_the_union_of_the_parents(model: ModelId) -> Result<(), TryRuntimeError> {
        let parents: BTreeMap<ModelId, AncestorSet> = Edges::<T>::get(model)
            .unwrap_or_default()
            .iter()
            .filter_map(|edge| match edge.origin.asset() {
                Asset::Model(parent) => Some((parent, Ancestors::<T>::get(parent))),
                Asset::Datanet(_) => None,
            })
            .collect();
        let union = ancestry::union(parents.iter().map(|(parent, theirs)| (*parent, theirs)))
            .map_err(|_| "a model has too many ancestors")?;
        ensure!(
            Ancestors::<T>::get(model) == union,
            "ancestors are not the union of the parents and theirs"
        );
        Ok(())
    }

    /// Invariant 4.
    fn team_is_whole(model: ModelId) -> Result<(), TryRuntimeError> {
        let team = Teams::<T>::get(model).ok_or("a model has no team")?;
        ensure!(
            Self::checked_team(team.into_inner()).is_ok()
                && NextTeams::<T>::get(model)
                    .is_none_or(|next| Self::checked_team(next.team.into_inner()).is_ok()),
            "a team is empty, has a member twice or without part, or is not one"
        );
        Ok(())
    }

    /// Invariant 6.
    fn evaluations_are_counted(
        model: ModelId,
        details: &ModelOf<T>,
    ) -> Result<(), TryRuntimeError> {
        let mut numbers = BTreeSet::new();
        let mut counts = BTreeMap::<T::AccountId, u32>::new();
        for (number, evaluation) in Evaluations::<T>::iter_prefix(model) {
            numbers.insert(number);
            let count = counts.entry(evaluation.evaluator).or_default();
            *count = count.checked_add(1).ok_or("evaluations overflow")?;
        }
        ensure!(
            numbers == (0..details.evaluations).collect(),
            "evaluations have a gap"
        );
        ensure!(
            counts.values().all(|count| *count <= MAX_EVALUATIONS),
            "an account has too many evaluations of a model"
        );
        ensure!(
            counts == EvaluationCounts::<T>::iter_prefix(model).collect(),
            "evaluations of an account are miscounted"
        );
        Ok(())
    }

    /// Invariant 7.
    fn deposits_are_on_hold() -> Result<(), TryRuntimeError> {
        let models = Models::<T>::iter_values().map(|details| (details.owner, details.deposit));
        Self::are_on_hold(HoldReason::Model, models)?;
        let evaluations = Evaluations::<T>::iter_values()
            .map(|evaluation| (evaluation.evaluator, evaluation.deposit));
        Self::are_on_hold(HoldReason::Evaluation, evaluations)
    }

    /// Whether each of these accounts has on hold exactly the sum of its deposits.
    fn are_on_hold(
        reason: HoldReason,
        deposits: impl Iterator<Item = (T::AccountId, Balance)>,
    ) -> Result<(), TryRuntimeError> {
        let mut sums = BTreeMap::<T::AccountId, Balance>::new();
        for (account, deposit) in deposits {
            let sum = sums.entry(account).or_default();
            *sum = sum.checked_add(deposit).ok_or("deposits overflow")?;
        }
        let reason = reason.into();
        // All accounts, so that money is found, too, that is on hold for nothing.
        for account in frame_system::Account::<T>::iter_keys() {
            ensure!(
                T::Currency::balance_on_hold(&reason, &account)
                    == sums.remove(&account).unwrap_or_default(),
                "what an account has on hold is not the sum of its deposits"
            );
        }
        ensure!(
            sums.values().all(|sum| *sum == 0),
            "an account that does not exist has deposits"
        );
        Ok(())
    }
}
