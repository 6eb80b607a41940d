use super::{difference, sum, Exact, BILLION};
use crate::{
    assets::{Payee, RoyaltyStack, MAX_STACK},
    Balance,
};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::{ArithmeticError, BoundedVec, Perbill};

/// Raises the rates of pools, so that data gets its share of models that owe little else: with `s` the sum of all rates and `p`
/// that of the pools, if `p > 0` and `s < 1/2` each pool's rate becomes `rate (p + 1/2 - s) / p`, rounded down.
///
/// The sum of all rates is then at most one half, and short of it by less than a billionth for each pool. Ceilings stay
/// as they are. Stacks that children inherit are those from before.
pub fn top_up(stack: &mut RoyaltyStack) {
    let billionths = |rate: Perbill| u64::from(rate.deconstruct());
    let half = u64::from(BILLION / 2);
    // At most 32 rates of at most 10^9 each.
    let all: u64 = stack.iter().map(|royalty| billionths(royalty.rate)).sum();
    let pools: u64 = stack
        .iter()
        .filter(|royalty| matches!(royalty.payee, Payee::Pool(_)))
        .map(|royalty| billionths(royalty.rate))
        .sum();
    if pools == 0 || all >= half {
        return;
    }
    // pools <= all < half: at most half a billion, and so is each pool's new rate.
    let raised = pools + half - all;
    for royalty in stack.iter_mut() {
        if matches!(royalty.payee, Payee::Pool(_)) {
            let rate = billionths(royalty.rate) * raised / pools;
            royalty.rate = Perbill::from_parts(rate as u32);
        }
    }
}

/// The rates of a stack sum to more than one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RatesAboveOne;

/// What is owed to one payee out of all that a model receives.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct RoyaltyEntry {
    /// Who receives it.
    pub payee: Payee,
    /// Its part of what is received from the last change of rates on.
    pub rate: Perbill,
    /// The most that it ever comes to.
    pub ceiling: Option<Balance>,
    /// What it had come to at the last change of rates.
    pub carried: Balance,
}

impl RoyaltyEntry {
    /// What is owed once `fresh` has been received since the last change of rates: `min(ceiling, carried + rate fresh)`. A
    /// ceiling that a change of rates set below what was owed by then takes nothing back.
    fn owed(&self, fresh: Balance) -> Result<Exact, ArithmeticError> {
        let carried = Exact {
            units: self.carried,
            billionths: 0,
        };
        let owed = carried.plus(Exact::part_of(self.rate, fresh))?;
        Ok(match self.ceiling {
            Some(ceiling) if owed.units >= ceiling => Exact {
                units: ceiling.max(self.carried),
                billionths: 0,
            },
            _ => owed,
        })
    }
}

/// The royalties of a model as formulas of R, all that it has ever received itself.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Royalties {
    /// R at the last change of rates.
    base: Balance,
    /// What the team had kept of it by then.
    kept: Balance,
    /// Who is owed what.
    entries: BoundedVec<RoyaltyEntry, ConstU32<MAX_STACK>>,
}

/// Who has what of R. All of it together is R, less what went to payees that a change of rates dropped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DueRoyalties {
    /// Owed to the payees, in the order of the entries.
    pub owed: Vec<Balance>,
    /// Kept by the model's team.
    pub kept: Balance,
    /// Neither: what rounding holds back until more is received, fewer units than there are entries.
    pub carried: Balance,
}

impl Royalties {
    /// Royalties from the very first unit on.
    pub fn new(stack: &RoyaltyStack) -> Result<Self, RatesAboveOne> {
        Self::from(stack, 0, 0, |_| 0)
    }

    /// Royalties of `stack` after `base`, of which the team kept `kept` and each payee has what `carried` says.
    fn from(
        stack: &RoyaltyStack,
        base: Balance,
        kept: Balance,
        carried: impl Fn(&Payee) -> Balance,
    ) -> Result<Self, RatesAboveOne> {
        let rates: u64 = stack
            .iter()
            .map(|royalty| u64::from(royalty.rate.deconstruct()))
            .sum();
        if rates > u64::from(BILLION) {
            return Err(RatesAboveOne);
        }
        let entries = stack.iter().map(|royalty| RoyaltyEntry {
            payee: royalty.payee,
            rate: royalty.rate,
            ceiling: royalty.ceiling,
            carried: carried(&royalty.payee),
        });
        Ok(Self {
            base,
            kept,
            entries: BoundedVec::truncate_from(entries.collect()),
        })
    }

    /// Who is owed what, in the order of the stack.
    pub fn entries(&self) -> &[RoyaltyEntry] {
        &self.entries
    }

    /// Who has what once the model has received `received` since the beginning, which is not less than at the last change of rates.
    pub fn due(&self, received: Balance) -> Result<DueRoyalties, ArithmeticError> {
        let fresh = difference(received, self.base)?;
        let mut exact = Exact::default();
        let mut rounded: Balance = 0;
        let mut owed = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let due = entry.owed(fresh)?;
            let increase = Exact {
                units: difference(due.units, entry.carried)?,
                billionths: due.billionths,
            };
            exact = exact.plus(increase)?;
            rounded = sum(rounded, increase.units)?;
            owed.push(due.units);
        }
        // The rates sum to one at the most, so that the exact parts sum to `fresh` at the most.
        let kept = sum(self.kept, difference(fresh, exact.units)?)?;
        Ok(DueRoyalties {
            owed,
            kept,
            carried: difference(exact.units, rounded)?,
        })
    }

    /// Goes on with another stack once the model has received `received`, and everything due by then has been paid.
    ///
    /// What a payee's asset was owed before counts towards its new ceiling, unless a stack between had no entry for it; what
    /// rounding held back goes to the team.
    pub fn rebase(&self, received: Balance, stack: &RoyaltyStack) -> Result<Self, RebaseError> {
        let due = self.due(received)?;
        let kept = sum(due.kept, due.carried)?;
        let carried = |payee: &Payee| {
            let mut before = self.entries.iter().zip(&due.owed);
            before
                .find(|(entry, _)| entry.payee.asset() == payee.asset())
                .map_or(0, |(_, owed)| *owed)
        };
        Ok(Self::from(stack, received, kept, carried)?)
    }
}

/// Why a stack cannot take over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RebaseError {
    /// Its rates sum to more than one.
    RatesAboveOne,
    /// An amount does not fit, or less was received than at the last change.
    Arithmetic(ArithmeticError),
}

impl From<RatesAboveOne> for RebaseError {
    fn from(_: RatesAboveOne) -> Self {
        Self::RatesAboveOne
    }
}

impl From<ArithmeticError> for RebaseError {
    fn from(error: ArithmeticError) -> Self {
        Self::Arithmetic(error)
    }
}
