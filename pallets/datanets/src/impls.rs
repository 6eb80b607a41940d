//! The role that this pallet gives to others.

use alloc::vec::Vec;

use frame_support::{ensure, pallet_prelude::DispatchResult};
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
use sp_core::H256;
use tributary_primitives::{
    datanets::{FrozenRound, Phase, Recipe, Values},
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Tree,
    roles::Snapshots,
};

use crate::{Config, Contributions, Error, Newcomers, Pallet, Recipes, Rounds, Status};

impl<T: Config> Snapshots<T::AccountId> for Pallet<T> {
    fn recipe(datanet: DatanetId) -> Option<Recipe> {
        Recipes::<T>::get(datanet)
    }

    fn phase(datanet: DatanetId, round: RoundNumber) -> Option<Phase> {
        Rounds::<T>::get(datanet, round).map(|round| round.phase)
    }

    fn frozen(datanet: DatanetId, round: RoundNumber) -> Option<FrozenRound> {
        let found = Rounds::<T>::get(datanet, round)
            .filter(|found| matches!(found.phase, Phase::Revealed | Phase::Published))?;
        let (_, budget) = found.price_and_budget();
        let delivered = Newcomers::<T>::get(datanet, round);
        // Those of void rounds are newcomers still.
        let carried = delivered.first().map(|newcomer| newcomer.number);
        Some(FrozenRound {
            first: carried.map_or(found.first, |carried| carried.min(found.first)),
            delivered,
            inputs: found.inputs,
            budget,
            // At most four.
            seats: found.seats.len() as u8,
            revealed_at: found.revealed_at,
        })
    }

    fn publish(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        let mut found = Self::round_of(datanet, round)?;
        match found.phase {
            Phase::Published => Ok(()),
            Phase::Revealed => {
                found.phase = Phase::Published;
                Self::put_round(datanet, round, found);
                Ok(())
            }
            _ => Err(Error::<T>::WrongPhase.into()),
        }
    }

    fn unpublish(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        let mut found = Self::round_of(datanet, round)?;
        ensure!(found.phase == Phase::Published, Error::<T>::WrongPhase);
        found.phase = Phase::Revealed;
        Self::put_round(datanet, round, found);
        Ok(())
    }

    fn tree(datanet: DatanetId, round: RoundNumber, number: ContributionNumber) -> Option<Tree> {
        let found = Contributions::<T>::get(datanet, number)?;
        let counts = match found.status {
            Status::Admitted => found.round < round,
            // Those of a round that values what a void one left wait.
            Status::Delivered if found.round == round => {
                let carries = Rounds::<T>::get(datanet, round)?.carried > 0;
                carries == (found.committed_to < round)
            }
            _ => false,
        };
        counts.then(|| Tree {
            root: found.root,
            count: found.records.into(),
        })
    }

    fn providers(datanet: DatanetId, round: RoundNumber) -> Vec<T::AccountId> {
        Rounds::<T>::get(datanet, round)
            .map(|found| found.providers.into_inner())
            .unwrap_or_default()
    }

    fn slices(datanet: DatanetId, round: RoundNumber) -> Vec<Tree> {
        let (Some(found), Some(recipe)) =
            (Rounds::<T>::get(datanet, round), Recipes::<T>::get(datanet))
        else {
            return Vec::new();
        };
        // The benchmark is a multiple of the seats.
        let count = u32::from(recipe.benchmark)
            .checked_div(found.seats.len() as u32)
            .unwrap_or_default();
        let roots: Option<Vec<_>> = found.seats.iter().map(|seat| seat.root).collect();
        roots
            .unwrap_or_default()
            .into_iter()
            .map(|root| Tree { root, count })
            .collect()
    }

    fn conclude(
        datanet: DatanetId,
        round: RoundNumber,
        evaluator: &T::AccountId,
        values: Values,
        before: u128,
        after: u128,
    ) -> DispatchResult {
        Self::do_conclude(datanet, round, evaluator, values, before, after)
    }

    fn void(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        let found = Self::round_of(datanet, round)?;
        ensure!(
            matches!(found.phase, Phase::Revealed | Phase::Published),
            Error::<T>::WrongPhase
        );
        Self::void_round(datanet, round, found)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_frozen(contributions: u32, rows: u16) -> (DatanetId, RoundNumber) {
        crate::prepare::frozen::<T>(contributions, rows)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_attested(contributions: u32) -> (DatanetId, RoundNumber) {
        crate::prepare::attested::<T>(contributions)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_trees(datanet: DatanetId, round: RoundNumber, records: H256, slice: H256) {
        crate::prepare::trees::<T>(datanet, round, records, slice);
    }
}
