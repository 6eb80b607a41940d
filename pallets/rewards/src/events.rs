//! What happens to money, as events tell it.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// Events. All balances follow from them: the formulas are in the crate's documentation.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
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
}
