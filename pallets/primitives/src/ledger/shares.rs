use super::{difference, sum, Exact, Royalties};
use crate::{
    assets::{Authors, Crew, Share, Team},
    Balance,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
use sp_runtime::ArithmeticError;

/// What a model has received since the beginning.
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
pub struct Inflow {
    /// For itself: the net of payments, out of which its royalties are owed.
    pub net: Balance,
    /// As royalties of its descendants, which are its team's.
    pub royalties: Balance,
}

impl Inflow {
    /// Both together.
    pub fn total(&self) -> Result<Balance, ArithmeticError> {
        sum(self.net, self.royalties)
    }
}

/// How all that a model receives is divided: royalties first, the rest among its team.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Split<AccountId> {
    /// What it owes.
    royalties: Royalties,
    /// Who shares the rest: at least one, parts that sum to one.
    team: Team<AccountId>,
    /// What earlier teams have had.
    earlier: Balance,
}

/// Who has what of an inflow. All of it together is the inflow, less what payees and teams of before have had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DueSplit {
    /// Owed to the payees, in the order of the entries.
    pub royalties: Vec<Balance>,
    /// The team's since it began, in its order.
    pub team: Vec<Balance>,
    /// Nobody's yet: what rounding holds back until more is received.
    pub carried: Balance,
}

/// A team at its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Closing<AccountId> {
    /// The split with the team that follows.
    pub split: Split<AccountId>,
    /// What rounding held back from the old team: its last member's.
    pub remainder: Balance,
}

impl<AccountId: Clone> Split<AccountId> {
    /// A split from the very first unit on.
    pub fn new(royalties: Royalties, team: Team<AccountId>) -> Self {
        Self {
            royalties,
            team,
            earlier: 0,
        }
    }

    /// What it owes.
    pub fn royalties(&self) -> &Royalties {
        &self.royalties
    }

    /// Who shares the rest.
    pub fn team(&self) -> &Team<AccountId> {
        &self.team
    }

    /// What earlier teams have had.
    pub fn earlier(&self) -> Balance {
        self.earlier
    }

    /// Who has what of `inflow`.
    pub fn due(&self, inflow: &Inflow) -> Result<DueSplit, ArithmeticError> {
        let due = self.royalties.due(inflow.net)?;
        let ours = difference(sum(due.kept, inflow.royalties)?, self.earlier)?;
        let team = team_shares(&self.team, ours)?;
        let mut left = ours;
        for share in &team {
            left = difference(left, *share)?;
        }
        Ok(DueSplit {
            royalties: due.owed,
            team,
            carried: sum(due.carried, left)?,
        })
    }

    /// Goes on with another team once everything due of `inflow` has been paid.
    ///
    /// What rounding held back from the royalties stays there: the rates have not changed.
    pub fn amend(
        &self,
        inflow: &Inflow,
        team: Team<AccountId>,
    ) -> Result<Closing<AccountId>, ArithmeticError> {
        let due = self.royalties.due(inflow.net)?;
        let all = sum(due.kept, inflow.royalties)?;
        let mut remainder = difference(all, self.earlier)?;
        for share in team_shares(&self.team, remainder)? {
            remainder = difference(remainder, share)?;
        }
        let split = Self {
            royalties: self.royalties.clone(),
            team,
            earlier: all,
        };
        Ok(Closing { split, remainder })
    }
}

/// What each member of a team has of `amount`: its part, rounded down; the last one what is beyond the parts of the others before
/// rounding, rounded up. For up to two members that is all of `amount`, for more it may be less by fewer units than there are members.
fn team_shares<AccountId>(
    team: &[Share<AccountId>],
    amount: Balance,
) -> Result<Vec<Balance>, ArithmeticError> {
    let mut shares = Vec::with_capacity(team.len());
    if let Some((_, others)) = team.split_last() {
        let mut exact = Exact::default();
        for member in others {
            let part = Exact::part_of(member.part, amount);
            exact = exact.plus(part)?;
            shares.push(part.units);
        }
        // Parts sum to one at the most. Less than the exact parts, rounded down, is the rest, rounded up.
        shares.push(difference(amount, exact.units)?);
    }
    Ok(shares)
}

/// What each author of a contribution has of the `amount` that it has earned: as members of a team do. Once there is no more to come, which
/// is `all` of it, the last one also has what rounding held back.
pub fn author_shares<AccountId>(
    authors: &Authors<AccountId>,
    amount: Balance,
    all: bool,
) -> Result<Vec<Balance>, ArithmeticError> {
    let mut shares = team_shares(authors, amount)?;
    if all {
        let mut rest = amount;
        for share in &shares {
            rest = difference(rest, *share)?;
        }
        if let Some(last) = shares.last_mut() {
            *last = sum(*last, rest)?;
        }
    }
    Ok(shares)
}

/// What each member of a pool's crew has of the `received` since the beginning: its part, rounded down.
pub fn crew_shares<AccountId>(crew: &Crew<AccountId>, received: Balance) -> Vec<Balance> {
    crew.iter()
        .map(|member| member.part.mul_floor(received))
        .collect()
}

/// What the contributors of a pool together have of the `received` since the beginning: what is beyond the parts of its crew,
/// rounded up.
pub fn contributors_part<AccountId>(
    crew: &Crew<AccountId>,
    received: Balance,
) -> Result<Balance, ArithmeticError> {
    let mut exact = Exact::default();
    for member in crew {
        exact = exact.plus(Exact::part_of(member.part, received))?;
    }
    difference(received, exact.units)
}

/// What a contribution of `weight` has of the `amount` that contributions of `total` weight have had together since the
/// beginning: `amount weight / total`, rounded down, exact for all numbers.
///
/// Weights of a pool never change, so that this needs neither an accumulator for each unit of weight nor its rounding: a contribution
/// that holds all the weight has all of `amount`.
pub fn contribution_part(
    amount: Balance,
    weight: u128,
    total: u128,
) -> Result<Balance, ArithmeticError> {
    if total == 0 {
        return Err(ArithmeticError::DivisionByZero);
    }
    multiply_by_rational_with_rounding(amount, weight, total, Rounding::Down)
        .ok_or(ArithmeticError::Overflow)
}
