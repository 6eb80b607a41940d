//! Who earns, by role: every unit that came in is somebody's, or waits for rounding, in exactly one place.
//!
//! What an account has earned is what it would have if everybody settled and claimed now: the chain's formulas are cumulative, so that it
//! depends on what was paid, and not on who asked for it when. `docs/statements.md` has the definitions.

mod accrued;
mod calls;
mod facts;
mod outside;
mod settled;

use std::{collections::BTreeMap, ops::AddAssign};

use anyhow::{ensure, Result};
use serde_json::{json, Map, Value};
use subxt::utils::AccountId32;
use tributary_primitives::assets::Pool;

pub(crate) use self::{
    accrued::Accrued,
    calls::{lines_of, CallSums, Line, Via},
    facts::Facts,
    outside::{Outside, OutsideEntry},
    settled::model_roles,
};
use crate::{
    ledger::{Ledger, Sum},
    money::Amount,
};

/// What somebody earns for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Earner {
    /// A contributor, of what is paid for data and the models trained on it.
    Pools,
    /// A contributor, of what sponsors pay.
    Sponsored,
    /// A member of a model's team, of the royalties of other models.
    Upstream,
    /// A member of a model's team, of what is paid for the model itself.
    Developer,
    /// A host of an asset.
    Host,
    /// An evaluator of a round, or the first of the attestors who agreed: its part of a pool, and valuation fees.
    Evaluator,
    /// A provider of a benchmark, or an attestor.
    Provider,
    /// Who disproved an evaluator.
    Challenger,
    /// A steward of a datanet.
    Steward,
    /// The author of a block, of transaction fees.
    Validator,
    /// A sponsor, of its own money.
    Sponsor,
}

impl Earner {
    /// All, in the order of statements.
    pub(crate) const ALL: [Self; 11] = [
        Self::Pools,
        Self::Sponsored,
        Self::Upstream,
        Self::Developer,
        Self::Host,
        Self::Evaluator,
        Self::Provider,
        Self::Challenger,
        Self::Steward,
        Self::Validator,
        Self::Sponsor,
    ];

    /// What it is called in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pools => "contributors, from pools",
            Self::Sponsored => "contributors, from sponsors",
            Self::Upstream => "upstream models",
            Self::Developer => "developers",
            Self::Host => "hosts",
            Self::Evaluator => "evaluators",
            Self::Provider => "providers",
            Self::Challenger => "challengers",
            Self::Steward => "stewards",
            Self::Validator => "validators",
            Self::Sponsor => "sponsors, their own money",
        }
    }

    /// What it is called by programs.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Pools => "contributors_pools",
            Self::Sponsored => "contributors_sponsors",
            Self::Upstream => "upstream",
            Self::Developer => "developers",
            Self::Host => "hosts",
            Self::Evaluator => "evaluators",
            Self::Provider => "providers",
            Self::Challenger => "challengers",
            Self::Steward => "stewards",
            Self::Validator => "validators",
            Self::Sponsor => "sponsors",
        }
    }

    /// Those who contribute data.
    pub(crate) const LABOUR: [Self; 2] = [Self::Pools, Self::Sponsored];
    /// Those who find out what data is worth.
    pub(crate) const VERIFICATION: [Self; 3] = [Self::Evaluator, Self::Provider, Self::Challenger];
    /// Those who make models.
    pub(crate) const DEVELOPERS: [Self; 2] = [Self::Upstream, Self::Developer];
}

/// Where money is that somebody earned.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Places {
    /// With the account: withdrawn, or received directly.
    pub(crate) paid: u128,
    /// Credited, to be withdrawn.
    pub(crate) claimable: u128,
    /// In ledgers, pools and budgets, to be settled, claimed or given back.
    pub(crate) owed: u128,
    /// In ledgers of models, until time has passed in which a parent that was left out could be found.
    pub(crate) waiting: u128,
    /// Paid by a sponsor, to vest or to be asked for.
    pub(crate) vesting: u128,
}

/// A place.
pub(crate) struct Column {
    /// What it is called in tables.
    pub(crate) heading: &'static str,
    /// What it is called by programs.
    pub(crate) key: &'static str,
    /// What is there.
    pub(crate) of: fn(&Places) -> u128,
    /// The same, to be changed.
    at: fn(&mut Places) -> &mut u128,
}

/// Describes places by the names of their fields, which are also what programs call them.
macro_rules! columns {
    ($($field:ident: $heading:literal,)*) => {
        [$(Column {
            heading: $heading,
            key: stringify!($field),
            of: |places| places.$field,
            at: |places| &mut places.$field,
        },)*]
    };
}

impl Places {
    /// All places, in the order of statements. Everything that divides, adds and shows them goes by this list.
    pub(crate) const COLUMNS: [Column; 5] = columns! {
        paid: "paid out",
        claimable: "to be withdrawn",
        owed: "to be settled",
        waiting: "waiting",
        vesting: "vesting",
    };

    /// What was earned in all.
    pub(crate) fn total(&self) -> u128 {
        let mut sum = Sum::default();
        for column in &Self::COLUMNS {
            sum += (column.of)(self);
        }
        sum.0
    }

    /// For programs.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let places = Self::COLUMNS.iter();
        let places = places.map(|column| (column.key.to_owned(), json!(Amount((column.of)(self)))));
        let total = ("earned".to_owned(), json!(Amount(self.total())));
        places.chain([total]).collect()
    }
}

impl AddAssign for Places {
    fn add_assign(&mut self, other: Self) {
        for column in &Self::COLUMNS {
            let mut sum = Sum((column.of)(self));
            sum += (column.of)(&other);
            *(column.at)(self) = sum.0;
        }
    }
}

/// Everything that was earned.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Earnings {
    /// By account and role.
    by: BTreeMap<(AccountId32, Earner), Places>,
    /// The budgets of rounds that are not over: their sponsors', unless it is awarded.
    budgets: Sum,
    /// The protocol's fees: swept, or to be swept.
    pub(crate) treasury: Places,
    /// Gone: what was forfeited before it vested, bonds, and fees that a block's author could not receive.
    pub(crate) burnt: Sum,
    /// Nobody's yet: what is disputed, held back or set aside until that is decided.
    pub(crate) contested: Sum,
    /// Nobody's yet: what rounding holds back until more comes in.
    pub(crate) carried: Sum,
    /// What came in.
    pub(crate) received: Received,
}

/// What came in, by where it came from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Received {
    /// Paid for assets.
    pub(crate) gross: u128,
    /// Put up by sponsors.
    pub(crate) sponsored: u128,
    /// Of that, awarded to contributions.
    pub(crate) awarded: u128,
    /// Valuation fees of contributors.
    pub(crate) valuation: u128,
    /// Bonds that were lost.
    pub(crate) bonds: u128,
    /// Of that, challengers'.
    pub(crate) rewards: u128,
    /// Fees of transactions.
    pub(crate) transactions: u128,
}

impl Received {
    fn total(&self) -> u128 {
        let mut sum = Sum::default();
        sum += self.gross;
        sum += self.sponsored;
        sum += self.valuation;
        sum += self.bonds;
        sum += self.transactions;
        sum.0
    }

    /// What was paid to those who make assets: for these, and by sponsors without what they have back.
    pub(crate) fn for_assets(&self) -> u128 {
        let mut sum = Sum(self.gross);
        sum += self.awarded;
        sum.0
    }

    /// The same with what valuations cost contributors and liars besides.
    pub(crate) fn with_verification(&self) -> u128 {
        let mut sum = Sum(self.for_assets());
        sum += self.valuation;
        sum += self.rewards;
        sum.0
    }
}

impl Earnings {
    /// What an account has earned in a role.
    pub(crate) fn of_role(&self, account: AccountId32, earner: Earner) -> u128 {
        let found = self.by.get(&(account, earner));
        found.map_or(0, Places::total)
    }

    /// Adds everything up, and makes sure that nothing is lost.
    pub(crate) fn of(
        ledger: &Ledger,
        accrued: &Accrued,
        outside: &Outside,
        facts: &Facts,
    ) -> Result<Self> {
        let mut earnings = settled::earnings(ledger, accrued, facts)?;
        earnings.add_vesting(ledger, |_| true);
        outside.add_to(&mut earnings);
        let forfeited = ledger.over_awards(|award| award.forfeited.0);
        earnings.burnt += forfeited;
        let fees = ledger.over_payees(|payee| payee.fees.0);
        earnings.treasury = Places {
            paid: ledger.swept.0,
            owed: fees.saturating_sub(ledger.swept.0),
            ..Places::default()
        };
        let awarded = ledger.over_awards(|award| award.awarded.0);
        let refunds = ledger.earned(crate::ledger::Role::Refund);
        let spent = awarded.saturating_add(refunds);
        earnings.budgets = Sum(ledger.sponsored().saturating_sub(spent));
        earnings.received.gross = ledger.gross();
        earnings.received.sponsored = ledger.sponsored();
        earnings.received.awarded = awarded;
        earnings.check()?;
        Ok(earnings)
    }

    /// The same of some pools alone, and of what the sponsors of their rounds pay.
    pub(crate) fn of_pools(
        ledger: &Ledger,
        accrued: &Accrued,
        facts: &Facts,
        wanted: impl Fn(Pool) -> bool,
    ) -> Result<Self> {
        let mut earnings = settled::earnings_of_pools(ledger, accrued, facts, &wanted)?;
        earnings.add_vesting(ledger, wanted);
        Ok(earnings)
    }

    fn add_vesting(&mut self, ledger: &Ledger, wanted: impl Fn(Pool) -> bool) {
        for (account, vesting) in ledger.vesting(wanted) {
            let places = Places {
                vesting: vesting.0,
                ..Places::default()
            };
            self.add(account, Earner::Sponsored, places);
        }
    }

    /// Adds what an account has in a role.
    fn add(&mut self, account: AccountId32, earner: Earner, places: Places) {
        if places.total() > 0 {
            *self.by.entry((account, earner)).or_default() += places;
        }
    }

    /// All that is somewhere.
    pub(crate) fn placed(&self) -> u128 {
        let mut placed = Sum(self.burnt.0);
        placed += self.contested.0;
        placed += self.carried.0;
        placed += self.treasury.total();
        placed += self.earned(&Earner::ALL);
        placed.0
    }

    /// What came in must be somewhere, to the unit.
    fn check(&self) -> Result<()> {
        let (placed, received) = (self.placed(), self.received.total());
        ensure!(
            placed == received,
            "by role {placed} units are somewhere, and {received} came in"
        );
        Ok(())
    }

    /// What a role has in all.
    pub(crate) fn role(&self, earner: Earner) -> Places {
        let mut sum = Places::default();
        let own = self.by.iter().filter(|((_, of), _)| *of == earner);
        own.for_each(|(_, places)| sum += *places);
        if earner == Earner::Sponsor {
            sum += Places {
                owed: self.budgets.0,
                ..Places::default()
            };
        }
        sum
    }

    /// What some roles have earned together.
    pub(crate) fn earned(&self, earners: &[Earner]) -> u128 {
        let mut sum = Sum::default();
        earners
            .iter()
            .for_each(|earner| sum += self.role(*earner).total());
        sum.0
    }

    /// What each account has earned in some roles.
    pub(crate) fn by_account(&self, earners: &[Earner]) -> BTreeMap<AccountId32, u128> {
        let mut sums: BTreeMap<AccountId32, Sum> = BTreeMap::new();
        for ((account, earner), places) in &self.by {
            if earners.contains(earner) {
                *sums.entry(*account).or_default() += places.total();
            }
        }
        sums.into_iter()
            .map(|(account, sum)| (account, sum.0))
            .collect()
    }

    /// What each account has in each role that it has something in.
    pub(crate) fn every_account(&self) -> impl Iterator<Item = (AccountId32, Earner, &Places)> {
        let own = self.by.iter();
        own.map(|((account, earner), places)| (*account, *earner, places))
    }

    /// What an account has in each role that it has something in.
    pub(crate) fn of_account(&self, account: AccountId32) -> Vec<(Earner, Places)> {
        let roles = Earner::ALL.into_iter();
        roles
            .filter_map(|earner| Some((earner, *self.by.get(&(account, earner))?)))
            .collect()
    }
}
