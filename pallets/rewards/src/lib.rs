#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod authors;
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
#[frame_support::pallet]
pub mod pallet {
    use super::{types::*, weights::WeightInfo};
    use core::marker::PhantomData;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, Mutate},
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
        type Currency: Inspect<Self::AccountId, Balance = Balance> + Mutate<Self::AccountId>;

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

    /// Events. All balances follow from them: the formulas are in the crate's documentation.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Payments are taken at these rates from now on.
        RatesSet {
            /// The protocol's fee, and the most that hosts may have.
            rates: TakingRates,
        },
        /// A model's ledger began.
        LedgerOpened {
            /// The model.
            model: ModelId,
            /// What it owes, at the rates that apply.
            royalties: RoyaltyStack,
            /// Who shares the rest.
            team: Team<T::AccountId>,
        },
        /// A model has another team from now on.
        TeamAmended {
            /// The model.
            model: ModelId,
            /// Who shares what royalties leave.
            team: Team<T::AccountId>,
        },
        /// A model owes other royalties from now on: what a payee's asset had been owed goes on.
        RoyaltiesAmended {
            /// The model.
            model: ModelId,
            /// What it owes, at the rates that apply.
            royalties: RoyaltyStack,
            /// What it owes to sources that were left out, at the rates that their licences ask for: they are cut to what is left.
            late: LateRoyalties,
            /// If the model's owner has named what it had left out: what those who are new had at once of what waited.
            set_aside: Option<Balance>,
        },
        /// Somebody claims that a model owes these royalties as well: they are counted from now on, and nobody has them meanwhile.
        RoyaltiesClaimed {
            /// The model.
            model: ModelId,
            /// What is claimed, at the rates that licences ask for: they are cut to what is left.
            royalties: LateRoyalties,
            /// What was set aside for them of what waited.
            set_aside: Balance,
        },
        /// What was set aside for a claim and is not owed is the team's again.
        ClaimClosed {
            /// The model.
            model: ModelId,
            /// How much.
            returned: Balance,
        },
        /// What a model owes for an asset is held back.
        RoyaltyFrozen {
            /// The model.
            model: ModelId,
            /// The asset.
            asset: Asset,
        },
        /// What a model owes for an asset is paid again, and what was held back.
        RoyaltyUnfrozen {
            /// The model.
            model: ModelId,
            /// The asset.
            asset: Asset,
        },
        /// Nothing of what a model's team keeps waits any more.
        EscrowReleased {
            /// The model.
            model: ModelId,
        },
        /// Half of what a model's team keeps of its own net waits again, of what comes in from now on.
        EscrowResumed {
            /// The model.
            model: ModelId,
        },
        /// A pool began.
        PoolOpened {
            /// The pool.
            pool: Pool,
            /// The root of the tree of admitted weights, with their sum.
            root: Node,
            /// Of that sum, what is excluded from this pool. If it is all, the pool receives nothing.
            withdrawn: u128,
            /// How many leaves the tree has.
            count: u32,
            /// How what contributions were awarded in this round vests from now on.
            vesting: Vesting,
            /// Those who earn beside the contributors.
            crew: Crew<T::AccountId>,
        },
        /// Money for an asset entered the pot: fee, host and net sum to gross.
        Paid {
            /// The asset.
            asset: Asset,
            /// The round whose pool received it, for a datanet.
            round: Option<RoundNumber>,
            /// Who paid.
            payer: T::AccountId,
            /// What was paid.
            gross: Balance,
            /// The protocol's.
            fee: Balance,
            /// The host's.
            host: Balance,
            /// The asset's.
            net: Balance,
            /// What for.
            cause: Cause,
        },
        /// The pools of later rounds do not pay a contribution.
        ContributionExcluded {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Its weight.
            weight: u128,
            /// The first round whose pool does not pay it.
            since: RoundNumber,
        },
        /// Everything due of what a model had received was paid: royalties, inside the pot, and its team, whom events before this one
        /// credit.
        Settled {
            /// The model.
            model: ModelId,
            /// What it had received since the beginning.
            inflow: Inflow,
            /// Who received which royalty of it now, each above zero.
            royalties: RoyaltyPayments,
        },
        /// A contribution's weight in a pool was proven.
        Proven {
            /// The pool.
            pool: Pool,
            /// The contribution.
            contribution: ContributionNumber,
            /// Who earns.
            account: T::AccountId,
            /// Its weight.
            weight: u128,
        },
        /// An account may withdraw more than before.
        Credited {
            /// The account.
            account: T::AccountId,
            /// How much more.
            amount: Balance,
            /// What for.
            source: Source,
        },
        /// An account withdrew all that it could: the money left the pot.
        Withdrawn {
            /// The account.
            account: T::AccountId,
            /// How much.
            amount: Balance,
        },
        /// A sponsor's budget for a round entered the pot.
        Sponsored {
            /// The round.
            pool: Pool,
            /// Who put it up.
            sponsor: T::AccountId,
            /// How much.
            amount: Balance,
        },
        /// Authors share all that a contribution will earn.
        Shared {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Who shares it, by their parts; the last one has what rounding leaves.
            authors: Authors<T::AccountId>,
        },
        /// An author's part of what a contribution will be credited with is another account's from now on.
        HandedOver {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose part it was.
            from: T::AccountId,
            /// Whose it is.
            to: T::AccountId,
        },
        /// A contribution has part of a round's budget: half of it was credited at once, rounded up, or all if nothing vests. Authors ask
        /// for all of it.
        Awarded {
            /// The round.
            pool: Pool,
            /// The contribution.
            contribution: ContributionNumber,
            /// Its contributor, who earns if there are no other authors.
            account: T::AccountId,
            /// All of it, what vests included.
            amount: Balance,
        },
        /// What was left to vest of an award was burnt: the contribution is not live any more.
        Forfeited {
            /// The round.
            pool: Pool,
            /// The contribution.
            contribution: ContributionNumber,
            /// What was burnt.
            amount: Balance,
        },
        /// Fees and surplus left the pot for the treasury.
        Swept {
            /// Protocol fees.
            fees: Balance,
            /// What had come to the pot without being owed to anybody.
            surplus: Balance,
        },
    }

    /// Why something is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// No ledger has been opened for this model. Look for the model's number among the events `LedgerOpened`.
        ModelNotFound,
        /// No pool has been opened for this round. Name a round that is final.
        PoolNotFound,
        /// No round of this datanet is final yet, so that there is nobody to pay. Wait for its first final round.
        NoFinalRound,
        /// Nothing was admitted to this pool, or everything was withdrawn before, so that there is nobody to pay or to claim. Name an
        /// earlier round.
        PoolWithoutWeight,
        /// A round was named for a model, which has none. Leave it out.
        ModelHasNoRounds,
        /// The amount is zero. Pay at least one unit.
        ZeroAmount,
        /// The host asks for more than hosts may have of what the protocol's fee leaves. Lower the host's share.
        HostShareTooHigh,
        /// The protocol's fee is above its bound of 5 %. Set a lower one.
        ProtocolFeeAboveBound,
        /// The most that hosts may have is above its bound of 70 %. Set a lower one.
        HostMaxAboveBound,
        /// The pot cannot pay into itself. Pay from another account.
        PotCannotPay,
        /// The model has a ledger already. Amend its team instead.
        LedgerExists,
        /// A royalty names a model without ledger, or a pool that is not open. Register parents first, use final rounds.
        PayeeNotFound,
        /// Royalties are not ascending by payee, or an asset is named twice. Sort them, and keep one for each asset.
        RoyaltiesNotAscending,
        /// Rates of royalties sum to more than one, or would leave less for those that are late. Use fewer or cheaper sources.
        RatesAboveOne,
        /// A team has no members. Name at least one, which may be the owner.
        EmptyTeam,
        /// Something of the team before still waits. Change the team when it has been paid, after two boundaries between periods.
        FormerTeamWaits,
        /// Somebody claims a royalty of this model, and it is not decided yet: what is set aside is its present team's. Change the team when the
        /// case is closed.
        RoyaltyClaimed,
        /// Something is claimed of this model already. Wait until that is decided.
        AlreadyClaimed,
        /// The model owes this royalty already: it cannot be claimed.
        RoyaltyOwed,
        /// There is no place for as many late royalties. Claim fewer.
        TooManyLate,
        /// The parts of a team do not sum to one. In billionths they must sum to 1,000,000,000.
        TeamPartsNotOne,
        /// An account is in the team twice, or would be. Give it one part.
        MemberTwice,
        /// The datanet has a pool for this round or for a later one already, which stays as it is. Open pools in the order of their rounds, and exclude
        /// contributions from rounds after the last pool only.
        PoolOutOfOrder,
        /// The parts of a crew sum to more than its bound. Lower the recipe's shares.
        CrewPartsTooHigh,
        /// More weight is withdrawn from a pool than its tree has. Count each contribution once.
        WithdrawnTooMuch,
        /// The contribution is excluded already.
        AlreadyExcluded,
        /// The round has a budget already. A round has one sponsor: sponsor a later one.
        AlreadySponsored,
        /// An award is larger than what is left of the round's budget.
        BudgetExceeded,
        /// Authors of this contribution were named before, for good.
        AuthorsNamed,
        /// The account is not among those who are paid for the contribution. `authors` says who is: sign as one of them.
        AuthorNotFound,
        /// Nothing vests for this contribution in this round: its sponsor paid it at once or nothing, or what was left is forfeited. Name
        /// the round that valued it.
        AwardNotFound,
        /// The contribution's weight in this pool has not been proven yet. Add a proof to the claim.
        ProofRequired,
        /// The proof does not lead to the pool's root. Check account, weight, position and path against the pool's tree.
        ProofInvalid,
        /// The contributor withdrew consent before the round of this pool froze. Claim from earlier pools, which go on paying.
        ConsentWithdrawn,
        /// Nothing has been credited to this account. Settle models, settle crews or claim first.
        NothingToWithdraw,
        /// There are no fees and no surplus in the pot.
        NothingToSweep,
        /// The receiving account does not exist, and the amount is too little to create it. It waits here: endow the account, or
        /// wait until more has been credited.
        BelowExistentialDeposit,
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
            Self::do_pay(asset, round, &payer, gross, None, Cause::Payment)
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
