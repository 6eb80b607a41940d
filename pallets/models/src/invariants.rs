//! What is true between any two blocks.
//!
//! Always compiled, so that tests can ask after each step; the `try_state` hook asks where try-runtime is on.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;
use tributary_primitives::{
    assets::{Asset, MAX_LATE},
    ids::ModelId,
    Balance,
};

use crate::{
    types::*, Ancestors, Config, Edges, EvaluationCounts, Evaluations, HoldReason, Metadata,
    Models, NextModel, NextTeams, Pallet, Teams,
};

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet. Reads all of its state.
    ///
    /// 1. Identifiers are counted up from 0 without a gap, and each model has exactly one entry in every map.
    /// 2. Edges lead to lower identifiers. Those that the owner named are at most 16 models and 16 rounds, those upheld in disputes at most 8,
    ///    which are debts. Those that are no debts fit the kind. None leads to the asset of one before it, unless to a later round. Only edges
    ///    to models are co-signed, and only those of a model that was made again are re-executed.
    /// 3. The ancestors of a model are each there once, ascending, below it; among them are the parents that its owner named.
    /// 4. A team has members, none twice, whose parts are exactly one; so has one that is announced, of a registered model.
    /// 5. No model is offered to its owner.
    /// 6. Evaluations are of registered models, numbered from 0 without a gap, and each evaluator's are counted: at most 64.
    /// 7. What an account has on hold is the sum of the deposits of its models, and of its evaluations.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::identifiers_have_no_gap()?;
        for (model, details) in Models::<T>::iter() {
            Self::edges_fit(model, &details)?;
            Self::ancestors_are_below(model)?;
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
                    edge.grade != Grade::CoSigned,
                    "an edge to a datanet is co-signed"
                ),
            }
            ensure!(
                edge.grade != Grade::ReExecuted || details.reexecuted.is_some(),
                "an edge is re-executed of a model that was not made again"
            );
            ensure!(
                !edge.upheld || edge.debt.is_some(),
                "an upheld edge is no debt"
            );
        }
        for (place, edge) in edges.iter().enumerate() {
            ensure!(
                edges[..place]
                    .iter()
                    .all(|before| edge.origin.is_beyond(&before.origin)),
                "a model has an edge twice"
            );
        }
        let named = edges.iter().filter(|edge| !edge.upheld);
        let named: Vec<_> = named.map(|edge| edge.origin).collect();
        let upheld = edges.iter().filter(|edge| edge.upheld).count();
        ensure!(
            count_parents(&named) <= MAX_PARENTS
                && count_rounds(&named) <= MAX_ROUNDS
                && upheld <= MAX_LATE as usize,
            "a model has too many edges"
        );
        let registered = || edges.iter().filter(|edge| edge.debt.is_none());
        let makers = registered()
            .filter(|edge| details.kind.is_made_by(&edge.origin))
            .count();
        // Fewer than there were at the registration, if one was struck.
        ensure!(
            registered().all(|edge| details.kind.may_have(&edge.origin))
                && makers <= *details.kind.makers().end(),
            "edges do not fit the kind"
        );
        Ok(())
    }

    /// Invariant 3.
    fn ancestors_are_below(model: ModelId) -> Result<(), TryRuntimeError> {
        let ancestors = Ancestors::<T>::get(model);
        ensure!(
            ancestors.windows(2).all(|two| two[0] < two[1])
                && ancestors.last().is_none_or(|last| *last < model),
            "ancestors are not ascending below the model"
        );
        let edges = Edges::<T>::get(model).unwrap_or_default();
        let named = edges.iter().filter(|edge| !edge.upheld);
        ensure!(
            named
                .map(|edge| edge.origin.asset())
                .all(|asset| match asset {
                    Asset::Model(parent) => ancestors.binary_search(&parent).is_ok(),
                    Asset::Datanet(_) => true,
                }),
            "a parent is not among the ancestors"
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
