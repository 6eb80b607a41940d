//! Sums of what accounts, awards and payees had.

use std::{collections::BTreeMap, ops::AddAssign};

use subxt::utils::AccountId32;
use tributary_primitives::assets::{Asset, Payee, Pool};

use crate::chain::calls::Source;

/// A sum of money that cannot overflow unnoticed.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Sum(pub(crate) u128);

impl AddAssign<u128> for Sum {
    fn add_assign(&mut self, amount: u128) {
        self.0 = self.0.checked_add(amount).expect(
            "the chain's money fits 128 bits, and events repeat none of it more than once; qed",
        );
    }
}

/// The role in which an account earns.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Role {
    /// A member of a model's team.
    Team,
    /// A steward, provider or evaluator of a data pool.
    Crew,
    /// A contributor to a data pool.
    Contributor,
    /// A host of an asset.
    Host,
    /// A contributor paid by the sponsor of a round.
    Award,
    /// A sponsor who has its own money back.
    Refund,
}

impl Role {
    /// All roles, in the order of statements.
    pub(crate) const ALL: [Role; 6] = [
        Role::Team,
        Role::Crew,
        Role::Contributor,
        Role::Host,
        Role::Award,
        Role::Refund,
    ];

    /// The role that a source belongs to.
    pub(super) fn of(source: &Source) -> Self {
        match source {
            Source::Team(_) => Self::Team,
            Source::Crew(_) => Self::Crew,
            Source::Contribution(..) => Self::Contributor,
            Source::Hosting(_) => Self::Host,
            Source::Award(..) => Self::Award,
            Source::Refund(_) => Self::Refund,
        }
    }

    /// What it is called in statements.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Crew => "crew",
            Self::Contributor => "contributor",
            Self::Host => "host",
            Self::Award => "sponsor pay",
            Self::Refund => "refund",
        }
    }
}

/// What an account was credited for, in a form that sorts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum From {
    /// The team of a model.
    Team(u32),
    /// The crew of a pool.
    Crew(Pool),
    /// A contribution to a pool.
    Contribution(Pool, u32),
    /// Hosting of an asset.
    Hosting(Asset),
    /// The sponsor of a round, for a contribution.
    Award(Pool, u32),
    /// Its own budget for a round.
    Refund(Pool),
}

impl std::convert::From<&Source> for From {
    fn from(source: &Source) -> Self {
        match source {
            Source::Team(model) => Self::Team(*model),
            Source::Crew(pool) => Self::Crew(pool.0),
            Source::Contribution(pool, number) => Self::Contribution(pool.0, *number),
            Source::Hosting(asset) => Self::Hosting(asset.0),
            Source::Award(pool, number) => Self::Award(pool.0, *number),
            Source::Refund(pool) => Self::Refund(pool.0),
        }
    }
}

/// What an account paid and earned.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct AccountSums {
    /// Paid for assets.
    pub(crate) paid: Sum,
    /// Put up for rounds.
    pub(crate) sponsored: Sum,
    /// Credited, by source.
    pub(crate) credited: BTreeMap<From, (Role, Sum)>,
    /// Withdrawn of what was credited.
    pub(crate) withdrawn: Sum,
}

impl AccountSums {
    /// What was credited in a role.
    pub(crate) fn earned(&self, role: Role) -> u128 {
        let mut sum = Sum::default();
        self.credited
            .values()
            .filter(|(of, _)| *of == role)
            .for_each(|(_, amount)| sum += amount.0);
        sum.0
    }

    /// What was credited in all.
    pub(crate) fn credited(&self) -> u128 {
        let mut sum = Sum::default();
        self.credited
            .values()
            .for_each(|(_, amount)| sum += amount.0);
        sum.0
    }
}

/// What the sponsor of a round pays for a contribution.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct AwardSums {
    /// Its contributor, who earns if no authors are named.
    pub(crate) contributor: Option<AccountId32>,
    /// All of it.
    pub(crate) awarded: Sum,
    /// Of that, credited.
    pub(crate) credited: Sum,
    /// Of that, burnt before it vested.
    pub(crate) forfeited: Sum,
}

impl AwardSums {
    /// What still vests, or has vested and was not asked for.
    pub(crate) fn vesting(&self) -> u128 {
        // Nothing if an event is missing, which the ledger's check notices.
        let left = self.awarded.0.checked_sub(self.credited.0);
        left.and_then(|left| left.checked_sub(self.forfeited.0))
            .unwrap_or_default()
    }
}

/// What came in for a model or a pool, and what went on.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct PayeeSums {
    /// Paid for it.
    pub(crate) gross: Sum,
    /// Of that, protocol fees.
    pub(crate) fees: Sum,
    /// Of that, hosts'.
    pub(crate) hosts: Sum,
    /// Of that, its own.
    pub(crate) net: Sum,
    /// How often somebody paid for using it: upfront fees of licences are not counted.
    pub(crate) payments: u64,
    /// Royalties that models paid to it.
    pub(crate) royalties_in: Sum,
    /// Royalties that it paid.
    pub(crate) royalties_out: BTreeMap<Payee, Sum>,
    /// Credited to its team, or its crew and contributors.
    pub(crate) credited: Sum,
}
