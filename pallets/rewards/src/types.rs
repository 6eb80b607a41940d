//! What the pallet stores, and what calls and events carry.

use crate::authors::Earning;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::Get, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::ArithmeticError;
use tributary_primitives::{
    assets::{Asset, Crew, Pool, Royalty, Share},
    ids::{ContributionNumber, ModelId, RoundNumber},
    ledger::{Ground, Inflow, Marks, Taking, Vesting},
    merkle::{Node, Path},
    Balance,
};

pub use tributary_primitives::ledger::{TakingRates, MAX_HOST_SHARE, MAX_PROTOCOL_FEE};

/// The most claims of one call.
pub const MAX_CLAIMS: u32 = 16;

/// The bound of a call's claims.
pub struct MaxClaims;

impl Get<u32> for MaxClaims {
    fn get() -> u32 {
        MAX_CLAIMS
    }
}

/// The claims of one call.
pub type Claims<AccountId> = BoundedVec<Claim<AccountId>, MaxClaims>;

/// What one call asks to be paid of awards that vest: each by its round's pool and its contribution.
pub type AwardList = BoundedVec<(Pool, ContributionNumber), MaxClaims>;

/// Adds to a balance.
pub(crate) fn increase(balance: &mut Balance, amount: Balance) -> Result<(), ArithmeticError> {
    *balance = balance
        .checked_add(amount)
        .ok_or(ArithmeticError::Overflow)?;
    Ok(())
}

/// Takes from a balance.
pub(crate) fn decrease(balance: &mut Balance, amount: Balance) -> Result<(), ArithmeticError> {
    *balance = balance
        .checked_sub(amount)
        .ok_or(ArithmeticError::Underflow)?;
    Ok(())
}

/// The sum of some balances.
pub(crate) fn sum(balances: impl IntoIterator<Item = Balance>) -> Result<Balance, ArithmeticError> {
    let mut total = 0;
    for balance in balances {
        increase(&mut total, balance)?;
    }
    Ok(total)
}

/// What has come in for a model or a pool since the beginning.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct Takings {
    /// All that was paid for it: protocol fees, hosts' amounts and net.
    pub gross: Balance,
    /// Of that, hosts' amounts.
    pub hosts: Balance,
    /// Of that, what was left for it.
    pub net: Balance,
    /// Royalties that models have paid to it besides.
    pub royalties: Balance,
}

impl Takings {
    /// Adds a payment of `gross`.
    pub(crate) fn add_payment(
        &mut self,
        gross: Balance,
        taking: &Taking,
    ) -> Result<(), ArithmeticError> {
        increase(&mut self.gross, gross)?;
        increase(&mut self.hosts, taking.host)?;
        increase(&mut self.net, taking.net)
    }

    /// What there was or is to divide.
    pub fn inflow(&self) -> Inflow {
        Inflow {
            net: self.net,
            royalties: self.royalties,
        }
    }
}

/// The money of a model.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct ModelAccount {
    /// What has come in.
    pub takings: Takings,
    /// What had come in for itself at the last two boundaries between periods.
    pub marks: Marks,
}

/// Who shares what a pool receives, and how what its round's sponsor pays vests; never changes.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct PoolTerms<AccountId> {
    /// The root of the tree of admitted weights, with their sum.
    pub root: Node,
    /// How many leaves the tree has.
    pub count: u32,
    /// The weight that earns: that sum, less the weights of contributions that are excluded from this pool.
    pub weight: u128,
    /// The last round of its datanet up to this one of which something earns: its pool receives what is paid for this one. None if
    /// there is none.
    pub earning: Option<RoundNumber>,
    /// Which of its datanet's final rounds this is, counted from 1.
    pub ordinal: u32,
    /// The block in which it opened.
    pub opened: u32,
    /// How what contributions were awarded in this round vests.
    pub vesting: Vesting,
    /// Those who earn beside the contributors.
    pub crew: Crew<AccountId>,
}

/// A contribution that pools do not pay any more.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Exclusion {
    /// Its weight, which the trees of later pools still hold.
    pub weight: u128,
    /// The first round whose pool does not pay it.
    pub since: RoundNumber,
}

/// The money of a pool. A pool without weight has none.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct PoolAccount {
    /// What has come in.
    pub takings: Takings,
    /// How much had come in when its crew was last paid.
    pub settled: Balance,
    /// What its contributions have been paid.
    pub claimed: Balance,
}

/// A contribution whose weight in a pool has been proven.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct ProvenWeight<AccountId> {
    /// Who earns.
    pub account: AccountId,
    /// Its weight.
    pub weight: u128,
    /// What has been shared out of what it earned from this pool: credited, but for what rounding holds back from authors.
    pub paid: Balance,
}

/// What is left of the money that a sponsor put up for a round.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Budget<AccountId> {
    /// Who put it up, and gets back what is left at the end.
    pub sponsor: AccountId,
    /// What is left.
    pub left: Balance,
}

/// What the sponsor of a round pays for a contribution, where half of it vests. Stays for ever, unless it is forfeited.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Award<AccountId> {
    /// Who earns.
    pub account: AccountId,
    /// All of it.
    pub amount: Balance,
    /// Of that, what has been shared out: credited, but for what rounding holds back from authors until the last part.
    pub paid: Balance,
}

impl<AccountId> Award<AccountId> {
    /// What has been shared out of it.
    pub(crate) fn earning(&self) -> Earning {
        Earning {
            amount: self.paid,
            all: self.paid == self.amount,
        }
    }
}

/// Asks for what a contribution is owed from a pool.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Claim<AccountId> {
    /// The pool.
    pub pool: Pool,
    /// The contribution.
    pub contribution: ContributionNumber,
    /// Its weight in this pool; not needed, and not looked at, once it has been proven there.
    pub proof: Option<Proof<AccountId>>,
}

/// Proves the weight of a contribution against the root of a pool.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Proof<AccountId> {
    /// Who earns.
    pub account: AccountId,
    /// The weight.
    pub weight: u128,
    /// The position of its leaf, counted from 0.
    pub index: u32,
    /// Siblings on the way from the leaf to the root.
    pub path: Path,
}

/// What an account is credited for.
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
pub enum Source {
    /// Its part of what a team keeps.
    Team(ModelId),
    /// Its part of what a pool's crew has.
    Crew(Pool),
    /// What its contribution earns from a pool.
    Contribution(Pool, ContributionNumber),
    /// Hosting an asset.
    Hosting(Asset),
    /// What the sponsor of a round pays for its contribution, at once or as it vests.
    Award(Pool, ContributionNumber),
    /// What is left of its own budget for a round.
    Refund(Pool),
}

/// Where the pot's money is, for whom it is kept. Every unit is in exactly one place.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct Held {
    /// In models' ledgers: received and not settled, and what rounding carries.
    pub models: Balance,
    /// In pools: received and paid neither to contributions nor to the crew.
    pub pools: Balance,
    /// In budgets of sponsors.
    pub budgets: Balance,
    /// Awarded to contributions and not credited yet: what vests.
    pub vesting: Balance,
    /// Credited to accounts and not withdrawn.
    pub claimable: Balance,
    /// Protocol fees not swept to the treasury.
    pub fees: Balance,
}

impl Held {
    /// All that the pot owes.
    pub fn total(&self) -> Result<Balance, ArithmeticError> {
        sum([
            self.models,
            self.pools,
            self.budgets,
            self.vesting,
            self.claimable,
            self.fees,
        ])
    }
}

/// What accounts have been credited since the beginning, by the role in which they earned it.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct Earned {
    /// Teams of models.
    pub teams: Balance,
    /// Crews of pools: stewards, providers and evaluators.
    pub crews: Balance,
    /// Contributors, from pools.
    pub contributors: Balance,
    /// Hosts.
    pub hosts: Balance,
    /// Contributors, from sponsors.
    pub awards: Balance,
    /// Sponsors, of their own money.
    pub refunds: Balance,
}

impl Earned {
    /// The role that a source belongs to.
    pub(crate) fn by(&mut self, source: &Source) -> &mut Balance {
        match source {
            Source::Team(_) => &mut self.teams,
            Source::Crew(_) => &mut self.crews,
            Source::Contribution(..) => &mut self.contributors,
            Source::Hosting(_) => &mut self.hosts,
            Source::Award(..) => &mut self.awards,
            Source::Refund(_) => &mut self.refunds,
        }
    }

    /// All roles together.
    pub fn total(&self) -> Result<Balance, ArithmeticError> {
        sum([
            self.teams,
            self.crews,
            self.contributors,
            self.hosts,
            self.awards,
            self.refunds,
        ])
    }
}

/// The whole pot in a few numbers.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct Totals {
    /// Where its money is now.
    pub held: Held,
    /// Paid for assets since the beginning.
    pub gross: Balance,
    /// Of that, protocol fees.
    pub fees: Balance,
    /// Put up by sponsors since the beginning.
    pub sponsored: Balance,
    /// Credited to accounts since the beginning.
    pub earned: Earned,
    /// Of that, withdrawn by them.
    pub withdrawn: Balance,
    /// Of the fees, swept to the treasury.
    pub swept: Balance,
    /// Of what sponsors put up, burnt: forfeited before it vested.
    pub burnt: Balance,
}

/// A royalty in numbers.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct RoyaltyStatement {
    /// The royalty, at the rate that applies.
    pub royalty: Royalty,
    /// Why it is owed.
    pub ground: Ground,
    /// Whether it is held back because it is disputed.
    pub frozen: bool,
    /// What it has come to.
    pub earned: Balance,
    /// Of that, what has been paid to the payee.
    pub paid: Balance,
}

/// The part of a team's or a crew's member in numbers.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct ShareStatement<AccountId> {
    /// The member.
    pub share: Share<AccountId>,
    /// What it has come to since the team began, as far as it is free.
    pub earned: Balance,
    /// Of that, what has been credited to the member.
    pub paid: Balance,
    /// What it comes to besides, once time has passed.
    pub waiting: Balance,
}

/// An award in numbers. They change with every final round of its datanet, and with time.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct AwardStatement<AccountId> {
    /// The award.
    pub award: Award<AccountId>,
    /// What of it has vested, paid or not.
    pub vested: Balance,
}

/// The ledger of a model in numbers. They change with every payment for it and with every royalty to it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct ModelStatement<AccountId> {
    /// What has come in.
    pub takings: Takings,
    /// What is in its ledger.
    pub held: Balance,
    /// What it owes to others.
    pub royalties: alloc::vec::Vec<RoyaltyStatement>,
    /// Who shares the rest.
    pub team: alloc::vec::Vec<ShareStatement<AccountId>>,
    /// Who shared it before, while something of theirs waits.
    pub former: alloc::vec::Vec<ShareStatement<AccountId>>,
    /// Of what is in its ledger, what waits for time to pass before it is the team's.
    pub waiting: Balance,
    /// Of what is in its ledger, what is held back or set aside because it is disputed.
    pub contested: Balance,
    /// Whether half of what the team keeps of the model's own net waits.
    pub waits: bool,
}

/// A pool in numbers. They change with every payment and royalty to it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct PoolStatement<AccountId> {
    /// The root of the tree of admitted weights, with their sum.
    pub root: Node,
    /// How many contributions the tree has.
    pub count: u32,
    /// The weight that earns: the sum less what is excluded.
    pub weight: u128,
    /// What has come in.
    pub takings: Takings,
    /// What is in the pool.
    pub held: Balance,
    /// What its contributions have earned together.
    pub contributors: Balance,
    /// Of that, what has been credited to them.
    pub claimed: Balance,
    /// Those who earn beside the contributors.
    pub crew: alloc::vec::Vec<ShareStatement<AccountId>>,
}
