//! The role that this pallet gives.

use sp_runtime::DispatchResult;
use tributary_primitives::{
    ids::ModelId,
    roles::{Contention, Lineage},
};

use crate::{Config, Pallet};

impl<T: Config> Lineage<T::AccountId> for Pallet<T> {
    fn is_party(model: ModelId, contention: &Contention, who: &T::AccountId) -> bool {
        Self::do_is_party(model, contention, who)
    }

    fn contest(model: ModelId, contention: &Contention) -> DispatchResult {
        Self::do_contest(model, contention)
    }

    fn conclude(model: ModelId, contention: &Contention, upheld: bool) -> DispatchResult {
        Self::do_conclude(model, contention, upheld)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_contention(owner: &T::AccountId) -> (ModelId, Contention) {
        crate::preparation::prepare_contention::<T>(owner)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_income(owner: &T::AccountId, model: ModelId) {
        crate::preparation::prepare_income::<T>(owner, model)
    }
}
