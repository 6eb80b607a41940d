use super::{difference, sum, Exact};
use crate::{
    assets::{Authors, Crew, Share},
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

/// What each member of a team has of `amount`: its part, rounded down; the last one what is beyond the parts of the others before
/// rounding, rounded up. For up to two members that is all of `amount`, for more it may be less by fewer units than there are members.
pub(super) fn team_shares<AccountId>(
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
    shares_of(authors, amount, all)
}

/// What each of those who share `amount` has of it; the last one also what rounding held back, if that is `all`.
pub(super) fn shares_of<AccountId>(
    members: &[Share<AccountId>],
    amount: Balance,
    all: bool,
) -> Result<Vec<Balance>, ArithmeticError> {
    let mut shares = team_shares(members, amount)?;
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
