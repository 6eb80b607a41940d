//! What the calls do, by subject, and what all of them share.

mod advance;
mod authors;
mod conclude;
mod consent;
mod create;
mod delivery;
mod epochs;
mod rounds;
mod slices;

pub(crate) use advance::{refused, Step};
pub(crate) use delivery::{delivery_weight, reveal_weight, Batch};

use frame_support::{
    ensure,
    pallet_prelude::DispatchResult,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::{Fortitude, Precision},
        Get,
    },
};
use sp_runtime::{traits::SaturatedConversion, DispatchError};
use tributary_primitives::{
    datanets::{Evidence, Phase, Recipe},
    deposits::price,
    ids::{DatanetId, RoundNumber},
    Balance,
};

use crate::{Config, DatanetOf, Datanets, Error, HoldReason, Pallet, Recipes, RoundOf, Rounds};

impl<T: Config> Pallet<T> {
    /// The number of this block. Numbers are `u32` on every chain of this project.
    pub(crate) fn now() -> u32 {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// The last block of a period that begins now.
    pub(crate) fn deadline(period: u32) -> Result<u32, DispatchError> {
        Ok(Self::now()
            .checked_add(period)
            .ok_or(Error::<T>::Overflow)?)
    }

    /// Holds if the round is in a phase and not past its deadline.
    pub(crate) fn ensure_open(round: &RoundOf<T>, phase: Phase) -> DispatchResult {
        ensure!(round.phase == phase, Error::<T>::WrongPhase);
        ensure!(!Self::is_over(round), Error::<T>::DeadlinePassed);
        Ok(())
    }

    /// Whether a round's deadline has passed.
    pub(crate) fn is_over(round: &RoundOf<T>) -> bool {
        round
            .deadline
            .is_some_and(|deadline| Self::now() > deadline)
    }

    /// A datanet.
    pub(crate) fn datanet_of(datanet: DatanetId) -> Result<DatanetOf<T>, DispatchError> {
        Ok(Datanets::<T>::get(datanet).ok_or(Error::<T>::DatanetNotFound)?)
    }

    /// A datanet of which `who` is the steward.
    pub(crate) fn stewarded(
        datanet: DatanetId,
        who: &T::AccountId,
    ) -> Result<DatanetOf<T>, DispatchError> {
        let found = Self::datanet_of(datanet)?;
        ensure!(found.steward == *who, Error::<T>::NotAuthorized);
        Ok(found)
    }

    /// A datanet's recipe.
    pub(crate) fn recipe_of(datanet: DatanetId) -> Result<Recipe, DispatchError> {
        Ok(Recipes::<T>::get(datanet).ok_or(Error::<T>::DatanetNotFound)?)
    }

    /// The recipe of a datanet whose data is open.
    pub(crate) fn open_recipe(datanet: DatanetId) -> Result<Recipe, DispatchError> {
        let recipe = Self::recipe_of(datanet)?;
        ensure!(
            recipe.evidence == Evidence::Open,
            Error::<T>::DatanetIsAttested
        );
        Ok(recipe)
    }

    /// A round.
    pub(crate) fn round_of(
        datanet: DatanetId,
        round: RoundNumber,
    ) -> Result<RoundOf<T>, DispatchError> {
        Ok(Rounds::<T>::get(datanet, round).ok_or(Error::<T>::RoundNotFound)?)
    }

    /// What is held for `items` of `bytes` bytes in all while they are stored.
    pub(crate) fn price_of(items: u32, bytes: u32) -> Result<Balance, DispatchError> {
        let (per_item, per_byte) = (T::DepositPerItem::get(), T::DepositPerByte::get());
        Ok(price(per_item, per_byte, items, bytes).ok_or(Error::<T>::Overflow)?)
    }

    /// Holds money of an account, or says that it has too little.
    pub(crate) fn hold(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        let reason = reason.into();
        ensure!(
            T::Currency::can_hold(&reason, who, amount),
            Error::<T>::DepositNotPayable
        );
        T::Currency::hold(&reason, who, amount)
    }

    /// Gives held money back.
    pub(crate) fn release(
        reason: HoldReason,
        who: &T::AccountId,
        amount: Balance,
    ) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        T::Currency::release(&reason.into(), who, amount, Precision::Exact).map(|_| ())
    }

    /// Takes held money from an account and from the chain.
    pub(crate) fn burn(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        T::Currency::burn_held(
            &reason.into(),
            who,
            amount,
            Precision::Exact,
            Fortitude::Force,
        )
        .map(|_| ())
    }
}
