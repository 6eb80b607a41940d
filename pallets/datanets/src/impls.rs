//! The role that this pallet gives to others.

use frame_support::{ensure, pallet_prelude::DispatchResult};
use tributary_primitives::{
    datanets::{FrozenRound, Phase, Recipe, Values},
    ids::{DatanetId, RoundNumber},
    roles::Snapshots,
};

use crate::{Config, Error, Newcomers, Pallet, Recipes, Rounds};

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
}
