//! What accounts were credited with and what of it they have withdrawn, by what it was for.

use std::collections::BTreeMap;

use anyhow::{ensure, Result};
use subxt::utils::AccountId32;

use crate::{
    chain::calls::{Credited, Withdrawn},
    ledger::{Entry, From, Sum},
};

/// What an account was credited with for one thing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Taken {
    /// Withdrawn.
    pub(crate) paid: u128,
    /// To be withdrawn.
    pub(crate) claimable: u128,
}

impl Taken {
    /// Both together.
    pub(crate) fn total(&self) -> u128 {
        let mut sum = Sum(self.paid);
        sum += self.claimable;
        sum.0
    }
}

/// What accounts were credited with. Who withdraws takes everything, so that what is left came after.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Accrued(BTreeMap<AccountId32, BTreeMap<From, Taken>>);

impl Accrued {
    /// Follows entries, which must come in their order.
    pub(crate) fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self> {
        let mut accrued = Self::default();
        for entry in entries {
            match entry {
                Entry::Credited(credit) => accrued.credit(credit),
                Entry::Withdrawn(withdrawal) => accrued.withdraw(withdrawal)?,
                _ => {}
            }
        }
        Ok(accrued)
    }

    fn credit(&mut self, credit: &Credited) {
        let sources = self.0.entry(credit.account).or_default();
        let taken = sources.entry(From::from(&credit.source)).or_default();
        let mut sum = Sum(taken.claimable);
        sum += credit.amount;
        taken.claimable = sum.0;
    }

    fn withdraw(&mut self, withdrawal: &Withdrawn) -> Result<()> {
        let Withdrawn { account, amount } = withdrawal;
        let sources = self.0.entry(*account).or_default();
        let mut all = Sum::default();
        for taken in sources.values_mut() {
            all += taken.claimable;
            *taken = Taken {
                paid: taken.total(),
                claimable: 0,
            };
        }
        ensure!(
            all.0 == *amount,
            "{account} withdrew {amount} units, and was credited with {} since the last time",
            all.0
        );
        Ok(())
    }

    /// All of it, by account and by what it was for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AccountId32, From, Taken)> + '_ {
        self.0.iter().flat_map(|(account, sources)| {
            let sources = sources.iter();
            sources.map(|(from, taken)| (*account, *from, *taken))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::calls::Source;

    const SOMEBODY: AccountId32 = AccountId32([1; 32]);

    fn credit(amount: u128, model: u32) -> Entry {
        Entry::Credited(Credited {
            account: SOMEBODY,
            amount,
            source: Source::Team(model),
        })
    }

    fn withdrawal(amount: u128) -> Entry {
        Entry::Withdrawn(Withdrawn {
            account: SOMEBODY,
            amount,
        })
    }

    #[test]
    fn who_withdraws_has_all_that_came_before() {
        let entries = [credit(5, 0), credit(7, 1), withdrawal(12), credit(2, 1)];
        let accrued = Accrued::of(&entries).unwrap();
        let found: Vec<_> = accrued
            .iter()
            .map(|(_, from, taken)| (from, taken.paid, taken.claimable))
            .collect();
        assert_eq!(found, [(From::Team(0), 5, 0), (From::Team(1), 7, 2)]);
    }

    #[test]
    fn a_withdrawal_of_another_amount_is_an_error() {
        for amount in [4, 6] {
            assert!(Accrued::of(&[credit(5, 0), withdrawal(amount)]).is_err());
        }
        assert!(Accrued::of(&[withdrawal(1)]).is_err());
    }
}
