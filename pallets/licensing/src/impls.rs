//! The roles that this pallet gives: the only door for siblings.

use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    assets::{Asset, RoyaltyStack},
    ids::{DatanetId, ModelId, TermsId},
    licences::{Offer, Origin},
    roles::{CallLicences, Contention, Terms},
};

use crate::{Config, Pallet};

impl<T: Config> Terms<T::AccountId> for Pallet<T> {
    fn attach_datanet(
        datanet: DatanetId,
        steward: &T::AccountId,
        terms: TermsId,
    ) -> DispatchResult {
        Self::do_attach_datanet(datanet, steward, terms)
    }

    fn attach_model(
        model: ModelId,
        owner: &T::AccountId,
        terms: TermsId,
        origins: &[Origin],
    ) -> Result<RoyaltyStack, DispatchError> {
        Self::do_attach_model(model, owner, terms, origins)
    }

    fn owner(asset: Asset) -> Option<T::AccountId> {
        Some(Self::attachment(asset).ok()?.owner)
    }

    fn add_source(
        model: ModelId,
        owner: &T::AccountId,
        origin: Origin,
    ) -> Result<RoyaltyStack, DispatchError> {
        Self::do_add_source(model, owner, origin)
    }

    fn contest(model: ModelId, contention: &Contention) -> DispatchResult {
        Self::do_contest(model, contention)
    }

    fn conclude(model: ModelId, contention: &Contention, upheld: bool) -> DispatchResult {
        Self::do_conclude(model, contention, upheld)
    }

    fn transfer(asset: Asset, owner: &T::AccountId) -> DispatchResult {
        Self::do_transfer(asset, owner)
    }

    fn retire(asset: Asset) -> DispatchResult {
        Self::do_retire(asset)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_terms(owner: &T::AccountId) -> TermsId {
        crate::preparation::prepare_terms::<T>(owner)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_source(asset: Asset, owner: &T::AccountId) {
        crate::preparation::prepare_source::<T>(asset, owner)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_missing(model: ModelId, owner: &T::AccountId) {
        crate::preparation::prepare_missing::<T>(model, owner)
    }
}

impl<T: Config> CallLicences<T::AccountId> for Pallet<T> {
    fn reserve(model: ModelId, units: u64, until: u32) -> Result<Offer, DispatchError> {
        Self::do_reserve(model, units, until)
    }

    fn refund(model: ModelId, units: u64) -> DispatchResult {
        Self::do_refund(model, units)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_callable(owner: &T::AccountId, number: u32) -> ModelId {
        crate::preparation::prepare_callable::<T>(owner, number)
    }
}
