//! The roles through which pallets speak to each other. Calls go down only:
//! metering -> licensing, rewards; disputes -> models -> valuation, attestation, licensing, rewards; valuation, attestation -> datanets;
//! datanets -> licensing, rewards; licensing -> rewards.
//!
//! A role's benchmark hooks prepare what a caller's benchmark needs, in whichever pallet gives the role.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult, Perbill};

use crate::{
    assets::{Asset, Authors, Crew, LateRoyalties, Pool, RoyaltyStack, Team},
    datanets::{FinalRound, FrozenRound, Phase, Recipe, Values},
    ids::{ContributionNumber, DatanetId, ModelId, RoundNumber, TermsId},
    ledger::{Taking, TakingRates, Vesting},
    licences::{Offer, Origin},
    merkle::Tree,
    Balance,
};

/// Where a payment came from, for those who read events.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum Cause {
    /// A plain payment.
    Payment,
    /// An upfront fee of a licence.
    Licence,
    /// The settlement of metered calls.
    Calls,
}

/// What is contested about the ancestry of a model.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum Contention {
    /// The model comes from this origin as well, which its owner left out.
    MissingParent(Origin),
    /// The model does not come from this origin, which its owner named.
    FalseParent(Origin),
    /// Somebody made the model again as its recipe says, from the origins that it names: it has no others.
    Reexecuted,
}

/// The ledger of what assets earn. Given by rewards; used by licensing and models.
pub trait Revenue<AccountId> {
    /// Starts the ledger of a model with the royalties that it owes and its team.
    ///
    /// Fails if the model has one already, or if a payee of the stack does not exist.
    fn open(model: ModelId, stack: RoyaltyStack, team: Team<AccountId>) -> DispatchResult;

    /// Settles a model's ledger, then goes on with another team, prospectively.
    fn amend_team(model: ModelId, team: Team<AccountId>) -> DispatchResult;

    /// Settles a model's ledger, then goes on with other royalties, prospectively: `stack`, whose pools are topped up, and `late`, which
    /// come out of the team's part only and are cut to what there is of it.
    ///
    /// A payee's asset that is in either goes on from what it had; one that is claimed and now owed is not claimed any more.
    fn amend_royalties(model: ModelId, stack: RoyaltyStack, late: LateRoyalties) -> DispatchResult;

    /// The same, because the model's owner has named what it had left out: those to whom nothing was owed or claimed before have at once half
    /// of what [`Revenue::claim`] would set aside for them.
    fn add_royalties(model: ModelId, stack: RoyaltyStack, late: LateRoyalties) -> DispatchResult;

    /// Settles a model's ledger, then sets aside what these payees would have, because somebody claims that the model owes them: their
    /// part of what comes in from now on, and of what came in since the older of the last two boundaries, or since they were last owed, as far
    /// as what waits of the team's remainder covers it. Nobody has it before [`Revenue::amend_royalties`] names them or [`Revenue::close_claim`] gives it back.
    ///
    /// Fails if something is claimed already, if the model owes one of them, or if there are more than places for late royalties; one there
    /// always is.
    fn claim(model: ModelId, royalties: LateRoyalties) -> DispatchResult;

    /// Ends a claim: what is set aside and not owed by now is the team's again. Does nothing if there is none.
    fn close_claim(model: ModelId) -> DispatchResult;

    /// Settles a model's ledger, then holds back what it owes for this asset, and nothing else. Does nothing if it owes nothing for it.
    fn freeze(model: ModelId, asset: Asset) -> DispatchResult;

    /// Pays what was held back for this asset when the model is settled next. Does nothing if nothing is.
    fn unfreeze(model: ModelId, asset: Asset) -> DispatchResult;

    /// Nothing of the team's remainder waits any more: the model's ancestry is known to be complete.
    fn release(model: ModelId) -> DispatchResult;

    /// Half of the team's remainder waits again, of what comes in from now on: the ancestry was not complete. Does nothing if it does already.
    fn resume(model: ModelId) -> DispatchResult;

    /// Takes `gross` from `payer` for an asset: the protocol fee, the rest is the asset's net.
    ///
    /// A datanet's money goes to the pool of `round`, or of its last final round; without one it is refused.
    fn pay(
        asset: Asset,
        round: Option<RoundNumber>,
        payer: &AccountId,
        gross: Balance,
        cause: Cause,
    ) -> DispatchResult;

    /// Makes the asset ready to be paid for.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_asset(asset: Asset, owner: &AccountId);
}

/// The ledger of what calls earn. Given by rewards; used by metering.
pub trait CallRevenue<AccountId> {
    /// Why money is on hold.
    type HoldReason;

    /// What is taken of payments by now.
    fn rates() -> TakingRates;

    /// Takes `gross` for calls of a model out of what `payer` has on hold for `reason`, whatever else is locked there: the protocol fee, then
    /// `share` of the rest for `host`; what is left is the model's net.
    ///
    /// A share that was agreed is not refused because hosts may ask for less by now: only above
    /// [`MAX_HOST_SHARE`](crate::ledger::MAX_HOST_SHARE).
    fn pay_held(
        model: ModelId,
        payer: &AccountId,
        reason: Self::HoldReason,
        gross: Balance,
        host: &AccountId,
        share: Perbill,
    ) -> Result<Taking, DispatchError>;
}

/// What licences ask of those whose calls are paid. Given by licensing; used by metering.
pub trait CallLicences<AccountId> {
    /// Reserves so many units of calls of a model that are answered up to and including block `until`, and says what its owner asks of a host for
    /// them. Fails if its licence or its owner do not allow it.
    fn reserve(model: ModelId, units: u64, until: u32) -> Result<Offer, DispatchError>;

    /// Gives units back that were reserved and not called.
    fn refund(model: ModelId, units: u64) -> DispatchResult;

    /// A model of `owner` that is as costly as any to reserve units of and to pay for, offered for nothing: another one for each number.
    /// Blocks may pass meanwhile.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_callable(owner: &AccountId, number: u32) -> ModelId;
}

/// The pools of datanets and the money of their sponsors. Given by rewards; used by datanets.
pub trait DataPools<AccountId> {
    /// Opens the pool of a final round. `root` commits to the admitted weights (see [`crate::merkle`]), `count` leaves that
    /// sum to `total_weight`; `withdrawn` of that is the weight of contributions that are excluded from this round on, or from an earlier one. What
    /// is paid for a pool of which nothing is left goes to the last one before it that has weight, without one to nobody. What
    /// the round's awards hold back vests from now on.
    fn open_pool(
        pool: Pool,
        root: H256,
        total_weight: u128,
        withdrawn: u128,
        count: u32,
        crew: Crew<AccountId>,
        vesting: Vesting,
    ) -> DispatchResult;

    /// Excludes an admitted contribution of this weight from the pools of round `since` and all later ones, for ever. Earlier pools go
    /// on paying it.
    ///
    /// Fails if the pool of that round or of a later one is open, or if the contribution is excluded already.
    fn exclude(
        datanet: DatanetId,
        contribution: ContributionNumber,
        weight: u128,
        since: RoundNumber,
    ) -> DispatchResult;

    /// Takes a round's budget from its sponsor into the pot.
    fn sponsor(pool: Pool, sponsor: &AccountId, budget: Balance) -> DispatchResult;

    /// Lets authors share all that a contribution will earn, before it earns anything. Fails if they are none, if their parts do not sum
    /// to one, if one of them is there twice, or if others were named before.
    fn share(
        datanet: DatanetId,
        contribution: ContributionNumber,
        authors: Authors<AccountId>,
    ) -> DispatchResult;

    /// Hands one author's part of all that a contribution will be credited with to another account: what was credited stays where it is. Fails
    /// if `from` is not an author, or `to` is one already.
    fn hand_over(
        datanet: DatanetId,
        contribution: ContributionNumber,
        from: &AccountId,
        to: AccountId,
    ) -> DispatchResult;

    /// Forgets the authors of a contribution that earns nothing.
    fn unshare(datanet: DatanetId, contribution: ContributionNumber);

    /// Gives a contribution part of a round's budget, once, before the pool opens: half is credited to `account` at once, the rest
    /// vests as `vesting` says, which is that of the pool. Authors have to ask for all of it. Fails beyond the budget.
    fn award(
        pool: Pool,
        contribution: ContributionNumber,
        account: &AccountId,
        amount: Balance,
        vesting: Vesting,
    ) -> DispatchResult;

    /// Ends the vesting of what a contribution was awarded, for one that is not live any more: what has vested by now is credited
    /// as ever, the rest is burnt, so that nobody gains by it. Says how much was burnt: nothing if nothing was left to vest.
    fn forfeit(pool: Pool, contribution: ContributionNumber) -> Result<Balance, DispatchError>;

    /// Gives what is left of a round's budget back to its sponsor.
    fn refund(pool: Pool) -> DispatchResult;
}

/// Licence terms and what follows from them along ancestry. Given by licensing; used by datanets and models.
pub trait Terms<AccountId> {
    /// Attaches terms to a new datanet, for ever. Fails if they do not exist, or if they ask for no royalty.
    fn attach_datanet(datanet: DatanetId, steward: &AccountId, terms: TermsId) -> DispatchResult;

    /// Attaches terms to a new model, for ever, checks them and the uses of its origins against the terms of all sources,
    /// uses up the grants that they ask for, and returns the royalties that the model owes.
    ///
    /// `origins`: at most 16 models and at most 16 pools, no asset twice.
    fn attach_model(
        model: ModelId,
        owner: &AccountId,
        terms: TermsId,
        origins: &[Origin],
    ) -> Result<RoyaltyStack, DispatchError>;

    /// Who owns an asset.
    fn owner(asset: Asset) -> Option<AccountId>;

    /// Adds a source that a model's owner had left out: checked as at registration, its stack is owed from now on, within the bounds of one
    /// that is registered. Uses up grants, and returns the royalties that the model owes, but for those that are late.
    fn add_source(
        model: ModelId,
        owner: &AccountId,
        origin: Origin,
    ) -> Result<RoyaltyStack, DispatchError>;

    /// Something about a model's sources is contested: what is in question is set aside or held back, and nothing else.
    fn contest(model: ModelId, contention: &Contention) -> DispatchResult;

    /// It is decided. A missing source whose claim is upheld is owed from the [`MAX_LATE`](crate::assets::MAX_LATE) places that are kept free for
    /// such; a false one is not a source any more. If it is not upheld, everything is as if nothing had been contested.
    fn conclude(model: ModelId, contention: &Contention, upheld: bool) -> DispatchResult;

    /// The asset has a new owner, who takes the deposit over: approvals are theirs to give, upfront fees still go to the asset.
    fn transfer(asset: Asset, owner: &AccountId) -> DispatchResult;

    /// The asset gives no new grants and takes no new descendants any more; what is there stays.
    fn retire(asset: Asset) -> DispatchResult;

    /// Terms that can be attached to datanets and models and that allow everything.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_terms(owner: &AccountId) -> TermsId;

    /// An asset with such terms that models can descend from, owing a royalty stack as long as can be for `Model`. `owner` has the
    /// grants that it asks for.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_source(asset: Asset, owner: &AccountId);

    /// A model that none of those has to do with, and that would bring a model which comes from them as many royalties to owe late as there
    /// can be. All sources are prepared before.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_missing(model: ModelId, owner: &AccountId);
}

/// The ancestry of models as those see it who decide about it. Given by models; used by disputes.
pub trait Lineage<AccountId> {
    /// Whether an account has an interest in what is contested: the owner and the team of the model, the owner of the asset in question and,
    /// if that is a model, its team.
    fn is_party(model: ModelId, contention: &Contention, who: &AccountId) -> bool;

    /// Something about a model is contested: what is in question is set aside or held back, and nothing else.
    ///
    /// Fails if there is no such model, or if it is as contested already: an origin that it has is not missing, one that it has not is not
    /// false, and what was made again once need not be made again.
    fn contest(model: ModelId, contention: &Contention) -> DispatchResult;

    /// It is decided: if upheld, the ancestry changes from now on, else everything is as before.
    fn conclude(model: ModelId, contention: &Contention, upheld: bool) -> DispatchResult;

    /// A model whose ledger is as long as can be, and something to contest about it that is as costly as any to set aside and to uphold.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_contention(owner: &AccountId) -> (ModelId, Contention);

    /// Money comes in for that model, and so much time passes that nothing waits which its former team has earned.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_income(owner: &AccountId, model: ModelId);
}

/// Rounds as a valuation sees them. Given by datanets; used by valuation and attestation.
pub trait Snapshots<AccountId> {
    /// The recipe of a datanet.
    fn recipe(datanet: DatanetId) -> Option<Recipe>;

    /// The phase of a round.
    fn phase(datanet: DatanetId, round: RoundNumber) -> Option<Phase>;

    /// What there is to value, in phases `Revealed` and `Published`.
    fn frozen(datanet: DatanetId, round: RoundNumber) -> Option<FrozenRound>;

    /// `Revealed` becomes `Published`: a complete proposal stands. Does nothing if one stood already.
    fn publish(datanet: DatanetId, round: RoundNumber) -> DispatchResult;

    /// `Published` becomes `Revealed`: no complete proposal stands any more.
    fn unpublish(datanet: DatanetId, round: RoundNumber) -> DispatchResult;

    /// The records of a contribution, if it was admitted before a round or is valued by it.
    fn tree(datanet: DatanetId, round: RoundNumber, number: ContributionNumber) -> Option<Tree>;

    /// Who supplies a round's benchmark, or attests the round. None if there is no such round.
    fn providers(datanet: DatanetId, round: RoundNumber) -> Vec<AccountId>;

    /// The slices of a round's benchmark, in its order, once all are revealed.
    fn slices(datanet: DatanetId, round: RoundNumber) -> Vec<Tree>;

    /// `Published` becomes `Final`: keeps the values, admits contributions of positive value, opens the pool with `evaluator` in
    /// its crew, pays the sponsor's money, releases bonds less what is burnt and what a place in state costs, and pays the valuation fees to the
    /// evaluator.
    ///
    /// `values` holds each delivered contribution once, ascending; accuracies are over L K C T.
    fn conclude(
        datanet: DatanetId,
        round: RoundNumber,
        evaluator: &AccountId,
        values: Values,
        before: u128,
        after: u128,
    ) -> DispatchResult;

    /// `Revealed` or `Published` becomes `Void`: no proposal stands. Bonds and budget of those who did their part go back, newcomers
    /// wait for the next round.
    fn void(datanet: DatanetId, round: RoundNumber) -> DispatchResult;

    /// A sponsored round that becomes `Revealed` in this block, with `contributions` delivered ones of the most records and a
    /// benchmark of `rows` records. K = K* = 32 even where T (K + K*) is more than a recipe may have, so that a row can be as
    /// costly as any.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_frozen(contributions: u32, rows: u16) -> (DatanetId, RoundNumber);

    /// A sponsored round of an attested datanet that becomes `Revealed` in this block, with `contributions` delivered ones of the most
    /// records, as many attestors as there can be, and a threshold of all of them.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_attested(contributions: u32) -> (DatanetId, RoundNumber);

    /// Changes a prepared round: its first contribution was admitted before, the records of all contributions, as many as a
    /// contribution can have, are of a tree with root `records`, and the benchmark is a single slice with root `slice`.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_trees(datanet: DatanetId, round: RoundNumber, records: H256, slice: H256);
}

/// Rounds whose values stand, measured or attested. Given by valuation and attestation; used by models.
pub trait Rounds {
    /// A final round, as trained-on and looked-up data: `None` while it is not final, or void.
    fn usable(datanet: DatanetId, round: RoundNumber) -> Option<FinalRound>;

    /// A final round.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_final(datanet: DatanetId, round: RoundNumber);
}

/// Randomness that nobody could choose. Given by the runtime; used by datanets.
pub trait EpochRandomness {
    /// The randomness that the last epoch produced, complete when the running one began; the same during all of it.
    ///
    /// Who acts in an epoch must not know what it produces, even less what the next one does: BABE's `NextRandomness`. Not its
    /// `Randomness`, which was complete one epoch earlier: what is fixed in an epoch and picked by the second change after it
    /// would be picked by what that same epoch produced, known in part while it can still be fixed.
    fn current() -> H256;

    /// The index of the epoch that is running. Changes only between blocks.
    fn epoch() -> u64;

    /// How many slots an epoch has, each a block at the most; the same for ever.
    fn length() -> u32;

    /// Another epoch, with other randomness, is running.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn advance();
}
