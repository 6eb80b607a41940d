//! The roles that other pallets use.

use crate::*;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    assets::{Asset, Authors, Crew, LateRoyalties, Pool, RoyaltyStack, Team},
    ids::{ContributionNumber, DatanetId, ModelId, RoundNumber},
    ledger::{Taking, Vesting},
    merkle::Node,
    roles::{CallRevenue, Cause, DataPools, Revenue},
    Balance, Perbill,
};

impl<T: Config> Revenue<T::AccountId> for Pallet<T> {
    fn open(model: ModelId, stack: RoyaltyStack, team: Team<T::AccountId>) -> DispatchResult {
        Self::do_open(model, stack, team)
    }

    fn amend_team(model: ModelId, team: Team<T::AccountId>) -> DispatchResult {
        Self::do_amend_team(model, team)
    }

    fn amend_royalties(model: ModelId, stack: RoyaltyStack, late: LateRoyalties) -> DispatchResult {
        Self::do_amend_royalties(model, stack, late, false)
    }

    fn add_royalties(model: ModelId, stack: RoyaltyStack, late: LateRoyalties) -> DispatchResult {
        Self::do_amend_royalties(model, stack, late, true)
    }

    fn claim(model: ModelId, royalties: LateRoyalties) -> DispatchResult {
        Self::do_claim_royalties(model, royalties)
    }

    fn close_claim(model: ModelId) -> DispatchResult {
        Self::do_close_claim(model)
    }

    fn freeze(model: ModelId, asset: Asset) -> DispatchResult {
        Self::do_set_frozen(model, asset, true)
    }

    fn unfreeze(model: ModelId, asset: Asset) -> DispatchResult {
        Self::do_set_frozen(model, asset, false)
    }

    fn release(model: ModelId) -> DispatchResult {
        Self::do_release(model)
    }

    fn resume(model: ModelId) -> DispatchResult {
        Self::do_resume(model)
    }

    fn pay(
        asset: Asset,
        round: Option<RoundNumber>,
        payer: &T::AccountId,
        gross: Balance,
        cause: Cause,
    ) -> DispatchResult {
        Self::do_pay(asset, round, payer, gross, cause)
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_asset(asset: Asset, owner: &T::AccountId) {
        crate::preparation::prepare_asset::<T>(asset, owner)
    }
}

impl<T: Config> CallRevenue<T::AccountId> for Pallet<T> {
    type HoldReason = T::RuntimeHoldReason;

    fn rates() -> TakingRates {
        Self::taking_rates()
    }

    fn pay_held(
        model: ModelId,
        payer: &T::AccountId,
        reason: Self::HoldReason,
        gross: Balance,
        host: &T::AccountId,
        share: Perbill,
    ) -> Result<Taking, DispatchError> {
        Self::do_pay_held(model, payer, reason, gross, host, share)
    }
}

impl<T: Config> DataPools<T::AccountId> for Pallet<T> {
    fn open_pool(
        pool: Pool,
        root: H256,
        total_weight: u128,
        withdrawn: u128,
        count: u32,
        crew: Crew<T::AccountId>,
        vesting: Vesting,
    ) -> DispatchResult {
        let root = Node {
            hash: root,
            sum: total_weight,
        };
        Self::do_open_pool(pool, root, withdrawn, count, crew, vesting)
    }

    fn exclude(
        datanet: DatanetId,
        contribution: ContributionNumber,
        weight: u128,
        since: RoundNumber,
    ) -> DispatchResult {
        Self::do_exclude(datanet, contribution, weight, since)
    }

    fn sponsor(pool: Pool, sponsor: &T::AccountId, budget: Balance) -> DispatchResult {
        Self::do_sponsor(pool, sponsor, budget)
    }

    fn share(
        datanet: DatanetId,
        contribution: ContributionNumber,
        authors: Authors<T::AccountId>,
    ) -> DispatchResult {
        Self::do_share(datanet, contribution, authors)
    }

    fn hand_over(
        datanet: DatanetId,
        contribution: ContributionNumber,
        from: &T::AccountId,
        to: T::AccountId,
    ) -> DispatchResult {
        Self::do_hand_over(datanet, contribution, from, to)
    }

    fn unshare(datanet: DatanetId, contribution: ContributionNumber) {
        Payees::<T>::remove(datanet, contribution);
    }

    fn award(
        pool: Pool,
        contribution: ContributionNumber,
        account: &T::AccountId,
        amount: Balance,
        vesting: Vesting,
    ) -> DispatchResult {
        Self::do_award(pool, contribution, account, amount, vesting)
    }

    fn forfeit(pool: Pool, contribution: ContributionNumber) -> Result<Balance, DispatchError> {
        Self::do_forfeit(pool, contribution)
    }

    fn refund(pool: Pool) -> DispatchResult {
        Self::do_refund(pool)
    }
}
