//! Why calls are refused.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
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
        /// Who is named would have half of its part of what the model has earned lately, and so much does not wait beyond what would wait had it been
        /// named in time: where data was topped up meanwhile, or another parent was upheld. Open a case about the missing parent, which pays it from all that
        /// waits; or name it when the model has earned nothing for two periods of the escrow.
        WaitsTooLittle,
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
}
