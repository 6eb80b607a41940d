#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

// All of it: the macro that takes sections in asks for others by their names.
use frame_support::pallet_macros::*;

mod authors;
mod errors;
mod events;
mod functions;
mod impls;
mod invariants;
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
mod preparation;
mod royalties;
mod settling;
mod sponsoring;
mod types;
pub mod weights;

#[cfg(any(test, feature = "runtime-benchmarks"))]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// See the crate's documentation.
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
    use super::{types::*, weights::WeightInfo};
    use core::marker::PhantomData;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, Mutate, MutateHold},
        PalletId,
    };
    use frame_system::pallet_prelude::*;
    use sp_runtime::traits::Zero;
    use tributary_primitives::{
        assets::{
            Asset, Authors, Crew, LateRoyalties, Pool, RoyaltyStack, Team, MAX_CREW, MAX_LATE,
            MAX_STACK, MAX_TEAM,
        },
        ids::{ContributionNumber, DatanetId, ModelId, RoundNumber},
        ledger::{Inflow, RoyaltyPayments, Split, Vesting},
        merkle::Node,
        roles::Cause,
        Balance, Perbill,
    };

    /// What the runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The coin.
        type Currency: Inspect<Self::AccountId, Balance = Balance>
            + Mutate<Self::AccountId>
            + MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The runtime's reasons for holding money: what calls cost is taken of what is on hold for them.
        type RuntimeHoldReason: Parameter;

        /// Names the account that holds the pot.
        #[pallet::constant]
        type PalletId: Get<PalletId>;

        /// The protocol's part of every payment, until governance sets another. At most [`MAX_PROTOCOL_FEE`].
        #[pallet::constant]
        type ProtocolFee: Get<Perbill>;

        /// The most that hosts may have of what the fee leaves, until governance sets another. At most [`MAX_HOST_SHARE`].
        #[pallet::constant]
        type HostMax: Get<Perbill>;

        /// Who sets these rates.
        type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// How many blocks a period is. Half of what a model's team keeps waits from the older of the last two boundaries between periods
        /// on, which is one to two periods ago.
        #[pallet::constant]
        type EscrowPeriod: Get<u32>;

        /// Receives protocol fees, and what was given to the pot without being owed to anybody.
        type Treasury: Get<Self::AccountId>;

        /// Costs of the calls.
        type WeightInfo: WeightInfo;
    }

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What is taken of payments, where governance has set it.
    #[pallet::storage]
    pub type Rates<T: Config> = StorageValue<_, TakingRates>;

    /// How what a model receives is divided. Read when it is settled, and not when it is paid for. Identifiers are counted by the
    /// chain, so that a short hash does.
    #[pallet::storage]
    pub type Splits<T: Config> = StorageMap<_, Twox64Concat, ModelId, Split<T::AccountId>>;

    /// The money of a model.
    #[pallet::storage]
    pub type ModelAccounts<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelAccount>;

    /// How what a pool receives is divided.
    #[pallet::storage]
    pub type Pools<T: Config> = StorageMap<_, Twox64Concat, Pool, PoolTerms<T::AccountId>>;

    /// The money of a pool. A pool without weight has none.
    #[pallet::storage]
    pub type PoolAccounts<T: Config> = StorageMap<_, Twox64Concat, Pool, PoolAccount>;

    /// The last final round of a datanet.
    #[pallet::storage]
    pub type LastPool<T: Config> = StorageMap<_, Twox64Concat, DatanetId, RoundNumber>;

    /// Contributions that have proven their weight in a pool.
    #[pallet::storage]
    pub type Proven<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        Pool,
        Twox64Concat,
        ContributionNumber,
        ProvenWeight<T::AccountId>,
    >;

    /// Contributions that the pools of later rounds do not pay.
    #[pallet::storage]
    pub type Exclusions<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, ContributionNumber, Exclusion>;

    /// The money of sponsors.
    #[pallet::storage]
    pub type Budgets<T: Config> = StorageMap<_, Twox64Concat, Pool, Budget<T::AccountId>>;

    /// Who is paid for a contribution, where its contributor named authors or handed it over.
    #[pallet::storage]
    pub type Payees<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        DatanetId,
        Twox64Concat,
        ContributionNumber,
        Authors<T::AccountId>,
    >;

    /// What sponsors pay for contributions and what vests of it, by round.
    #[pallet::storage]
    pub type Awards<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        Pool,
        Twox64Concat,
        ContributionNumber,
        Award<T::AccountId>,
    >;

    /// What accounts may withdraw. Anybody can make accounts, hence the strong hash.
    #[pallet::storage]
    pub type Claimable<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Balance, ValueQuery>;

    /// The whole pot in a few numbers.
    #[pallet::storage]
    pub type PotTotals<T: Config> = StorageValue<_, Totals, ValueQuery>;

    /// Gives the pot the existential deposit that keeps its account alive, in the way balances gives genesis accounts theirs. The
    /// pallet must therefore come after balances in the runtime.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        #[serde(skip)]
        _config: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let pot = Pallet::<T>::pot();
            let deposit = T::Currency::minimum_balance();
            if let Some(missing) = deposit
                .checked_sub(T::Currency::balance(&pot))
                .filter(|missing| !missing.is_zero())
            {
                T::Currency::mint_into(&pot, missing)
                    .expect("an existential deposit fits into the issuance of a genesis; qed");
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                T::ProtocolFee::get() <= MAX_PROTOCOL_FEE,
                "the protocol's fee must be within its bound"
            );
            assert!(
                T::HostMax::get() <= MAX_HOST_SHARE,
                "the most that hosts may have must be within its bound"
            );
            assert!(
                T::Treasury::get() != Self::pot(),
                "the treasury must not be the pot"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Pays `gross` for an asset, from the caller's free balance, which may go to zero.
        ///
        /// The origin must be signed. The protocol's fee is taken, the rest waits for the model's royalties and team, or for the
        /// contributors and the crew of a datanet's pool. Costs the same however many they are.
        ///
        /// - `asset`: what is paid for;
        /// - `round`: for a datanet, the round whose pool receives the money, the last final one if it is left out; of one that has no
        ///   weight the last pool before it that has;
        /// - `gross`: how much.
        ///
        /// Errors: `ZeroAmount`, `ModelNotFound`, `ModelHasNoRounds`, `NoFinalRound`, `PoolNotFound`, `PoolWithoutWeight`,
        /// and those of the coin if the caller has too little or it is frozen. Event: `Paid`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::pay())]
        pub fn pay(
            origin: OriginFor<T>,
            asset: Asset,
            round: Option<RoundNumber>,
            #[pallet::compact] gross: Balance,
        ) -> DispatchResult {
            let payer = ensure_signed(origin)?;
            ensure!(!gross.is_zero(), Error::<T>::ZeroAmount);
            Self::do_pay(asset, round, &payer, gross, Cause::Payment)
        }

        /// Pays what is due of all that a model has received: royalties to their payees' ledgers, the rest to its team's
        /// claimable balances.
        ///
        /// The origin must be signed, by anybody. When and how often this is called changes nobody's total. Settling a model of which
        /// nothing is due changes nothing. Half of what the team keeps waits for one to two periods, unless its ancestry is known to be
        /// complete; what is disputed waits until it is decided.
        ///
        /// - `model`: the model.
        ///
        /// Errors: `ModelNotFound`. Events: `Credited` for each member's amount above zero, then `Settled`, with all royalties.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::settle(MAX_STACK + MAX_LATE, 2 * MAX_TEAM))]
        pub fn settle(
            origin: OriginFor<T>,
            #[pallet::compact] model: ModelId,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let (royalties, members) = Self::do_settle(model)?;
            Ok(Some(T::WeightInfo::settle(royalties, members)).into())
        }

        /// Pays the crew of a pool (steward, providers, evaluator) what is due of all that the pool has received, to their claimable
        /// balances.
        ///
        /// The origin must be signed, by anybody. When and how often this is called changes nobody's total.
        ///
        /// - `pool`: the pool.
        ///
        /// Errors: `PoolNotFound`, `PoolWithoutWeight`. Events: `Credited` for each amount above zero.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::settle_crew(MAX_CREW))]
        pub fn settle_crew(origin: OriginFor<T>, pool: Pool) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let members = Self::do_settle_crew(pool)?;
            Ok(Some(T::WeightInfo::settle_crew(members)).into())
        }

        /// Credits contributions with what they are owed from pools. The first claim of a contribution from a pool proves its
        /// weight there; later ones need no proof.
        ///
        /// The origin must be signed, by anybody: money goes to the contributors only, to all authors at once where there are some, who
        /// `withdraw` it each for themselves. A claim with nothing owed changes nothing.
        ///
        /// - `claims`: contributions, at most 16. If one is refused, all are.
        ///
        /// Errors: `PoolNotFound`, `PoolWithoutWeight`, `ConsentWithdrawn`, `ProofRequired`, `ProofInvalid`. Events: `Proven` for each
        /// weight proven, `Credited` for each amount above zero.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::weight_of_claims(claims))]
        pub fn claim(
            origin: OriginFor<T>,
            claims: Claims<T::AccountId>,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Ok(Some(Self::do_claim(claims)?).into())
        }

        /// Credits contributions with what has vested of sponsors' pay: half of an award in equal parts, one with every final round of the
        /// datanet after the one that valued the contribution, or when the time for one is over, whichever comes first.
        ///
        /// The origin must be signed, by anybody: money goes to the contributors only, who `withdraw` it. When and how often this is
        /// called changes nobody's total. Where nothing has vested since, nothing changes.
        ///
        /// - `awards`: round and contribution each, at most 16. If one is refused, all are.
        ///
        /// Errors: `AwardNotFound`. Events: `Credited` for each amount above zero.
        #[pallet::call_index(6)]
        #[pallet::weight(Pallet::<T>::weight_of_awards(awards.len() as u32))]
        pub fn vest(origin: OriginFor<T>, awards: AwardList) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Ok(Some(Self::do_vest(awards)?).into())
        }

        /// Moves all that the caller has been credited from the pot to its free balance.
        ///
        /// The origin must be signed by the account itself.
        ///
        /// Errors: `NothingToWithdraw`, `BelowExistentialDeposit`. Event: `Withdrawn`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::withdraw())]
        pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
            let account = ensure_signed(origin)?;
            Self::do_withdraw(account)
        }

        /// Moves protocol fees, and whatever came to the pot without being owed to anybody, to the treasury.
        ///
        /// The origin must be signed, by anybody.
        ///
        /// Errors: `NothingToSweep`, `BelowExistentialDeposit`. Event: `Swept`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::sweep())]
        pub fn sweep(origin: OriginFor<T>) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_sweep()
        }

        /// Sets what is taken of payments from now on.
        ///
        /// The origin must be governance. No rate can pass its bound: the protocol's fee 5 %, hosts 70 % of what the fee leaves.
        ///
        /// - `rates`: the protocol's fee, and the most that hosts may have.
        ///
        /// Errors: `ProtocolFeeAboveBound`, `HostMaxAboveBound`. Event: `RatesSet`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::set_rates())]
        pub fn set_rates(origin: OriginFor<T>, rates: TakingRates) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_rates(rates)
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// What is taken of payments.
        pub fn rates() -> TakingRates {
            Self::taking_rates()
        }

        /// The account that holds the pot.
        pub fn pot_account() -> T::AccountId {
            Self::pot()
        }

        /// The whole pot in a few numbers.
        pub fn totals() -> Totals {
            PotTotals::<T>::get()
        }

        /// What an account may withdraw.
        pub fn claimable(account: T::AccountId) -> Balance {
            Claimable::<T>::get(account)
        }

        /// The ledger of a model.
        pub fn model(model: ModelId) -> Option<ModelStatement<T::AccountId>> {
            Self::model_statement(model)
        }

        /// A pool. One without weight has no money, and therefore no statement.
        pub fn pool(pool: Pool) -> Option<PoolStatement<T::AccountId>> {
            Self::pool_statement(pool)
        }

        /// The first round whose pool does not pay a contribution, if there is one.
        pub fn excluded_since(
            datanet: DatanetId,
            contribution: ContributionNumber,
        ) -> Option<RoundNumber> {
            Exclusions::<T>::get(datanet, contribution).map(|exclusion| exclusion.since)
        }

        /// What a contribution of `weight` that is not excluded from a pool has earned from it since the beginning, paid or not.
        pub fn earned(pool: Pool, weight: u128) -> Option<Balance> {
            Self::earned_by(pool, weight).ok()
        }

        /// What the sponsor of a round pays for a contribution, where half of it vests.
        pub fn awarded(
            pool: Pool,
            contribution: ContributionNumber,
        ) -> Option<AwardStatement<T::AccountId>> {
            Self::award_statement(pool, contribution)
        }

        /// Who is paid for a contribution, by their parts; nothing if it is its contributor alone.
        pub fn authors(
            datanet: DatanetId,
            contribution: ContributionNumber,
        ) -> Option<Authors<T::AccountId>> {
            Payees::<T>::get(datanet, contribution)
        }

        /// What a contribution is owed from a pool where its weight has been proven.
        pub fn owed(pool: Pool, contribution: ContributionNumber) -> Option<Balance> {
            let proven = Proven::<T>::get(pool, contribution)?;
            let earned = Self::earned_by(pool, proven.weight).ok()?;
            earned.checked_sub(proven.paid)
        }
    }
}
