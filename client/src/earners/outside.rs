//! Money that does not go through the pot: valuation fees, bonds that were lost, fees of transactions.

use std::collections::BTreeMap;

use anyhow::Result;
use subxt::utils::AccountId32;

use super::{Earner, Earnings, Places};
use crate::{
    chain::{
        calls::ContributionValued,
        outside::{
            BondLost, ContributionLapsed, Deposited, DisputeLost, HostBondLost, ProposalLapsed,
            ProviderSilent, TransactionFeePaid, ValuationFees,
        },
        scan::FoundEvent,
    },
    ledger::Sum,
};

/// One event of such money.
#[derive(Clone, Debug)]
pub(crate) enum OutsideEntry {
    /// An evaluator has the valuation fees of a round.
    Valuation(ValuationFees),
    /// So much of a bond was burnt.
    Burnt(u128),
    /// A bond was lost to a challenger.
    Lost(BondLost),
    /// Money came to an account, in an event of a block: its author's fees come so.
    Deposited((u64, u32), Deposited),
    /// A transaction was paid for.
    Fee((u64, u32), TransactionFeePaid),
}

impl OutsideEntry {
    /// The pallets whose events these are.
    pub(crate) const PALLETS: [&str; 6] = [
        "Datanets",
        "Valuation",
        "Disputes",
        "Metering",
        "TransactionPayment",
        "Balances",
    ];

    /// The entry that an event is, if it is one.
    pub(crate) fn read(event: &FoundEvent) -> Result<Option<Self>> {
        let place = (event.block, event.place());
        Ok(if let Some(fees) = event.read()? {
            Some(Self::Valuation(fees))
        } else if let Some(ContributionValued { burnt, .. }) = event.read()? {
            Some(Self::Burnt(burnt))
        } else if let Some(ContributionLapsed { burnt }) = event.read()? {
            Some(Self::Burnt(burnt))
        } else if let Some(ProviderSilent { burnt }) = event.read()? {
            Some(Self::Burnt(burnt))
        } else if let Some(ProposalLapsed { bond }) = event.read()? {
            Some(Self::Burnt(bond))
        } else if let Some(DisputeLost { amount }) = event.read()? {
            Some(Self::Burnt(amount))
        } else if let Some(lost) = event.read()? {
            Some(Self::Lost(lost))
        } else if let Some(HostBondLost {
            challenger,
            reward,
            burnt,
        }) = event.read()?
        {
            Some(Self::Lost(BondLost {
                challenger,
                reward,
                burnt,
            }))
        } else if let Some(deposited) = event.read()? {
            Some(Self::Deposited(place, deposited))
        } else {
            event.read()?.map(|fee| Self::Fee(place, fee))
        })
    }
}

/// All such money, added up.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Outside {
    /// By evaluator, challenger and author.
    direct: BTreeMap<(AccountId32, Earner), Sum>,
    valuation: Sum,
    bonds: Sum,
    rewards: Sum,
    transactions: Sum,
    burnt: Sum,
}

impl Outside {
    /// Adds entries up, which must come in their order.
    pub(crate) fn of(entries: impl IntoIterator<Item = OutsideEntry>) -> Self {
        let mut sums = Self::default();
        let mut last = None;
        for entry in entries {
            let before = last.take();
            match entry {
                OutsideEntry::Valuation(ValuationFees { evaluator, fees }) => {
                    sums.valuation += fees;
                    sums.pay(evaluator, Earner::Evaluator, fees);
                }
                OutsideEntry::Burnt(amount) => {
                    sums.bonds += amount;
                    sums.burnt += amount;
                }
                OutsideEntry::Lost(BondLost {
                    challenger,
                    reward,
                    burnt,
                }) => {
                    sums.bonds += reward;
                    sums.bonds += burnt;
                    sums.rewards += reward;
                    sums.burnt += burnt;
                    sums.pay(challenger, Earner::Challenger, reward);
                }
                OutsideEntry::Deposited(place, deposited) => last = Some((place, deposited)),
                OutsideEntry::Fee(place, fee) => sums.transaction(before, place, fee),
            }
        }
        sums
    }

    fn pay(&mut self, account: AccountId32, earner: Earner, amount: u128) {
        *self.direct.entry((account, earner)).or_default() += amount;
    }

    /// A fee goes to the block's author in the event just before it is told of. What the payer has back comes before that: if the author cannot
    /// receive the fee, which is burnt then, that is another amount.
    fn transaction(
        &mut self,
        before: Option<((u64, u32), Deposited)>,
        (block, place): (u64, u32),
        fee: TransactionFeePaid,
    ) {
        let TransactionFeePaid { who, actual_fee } = fee;
        let author = before
            .filter(|(at, _)| place.checked_sub(1).map(|before| (block, before)) == Some(*at))
            .map(|(_, deposited)| deposited)
            .filter(
                |Deposited {
                     who: author,
                     amount,
                 }| {
                    *amount == actual_fee || (*author != who && *amount > actual_fee)
                },
            );
        match author {
            Some(Deposited { who, amount }) => {
                self.transactions += amount;
                self.pay(who, Earner::Validator, amount);
            }
            None => {
                self.transactions += actual_fee;
                self.burnt += actual_fee;
            }
        }
    }

    /// Adds it to what was earned by way of the pot.
    pub(super) fn add_to(&self, earnings: &mut Earnings) {
        for ((account, earner), amount) in &self.direct {
            let places = Places {
                paid: amount.0,
                ..Places::default()
            };
            earnings.add(*account, *earner, places);
        }
        earnings.burnt += self.burnt.0;
        earnings.received.valuation = self.valuation.0;
        earnings.received.bonds = self.bonds.0;
        earnings.received.rewards = self.rewards.0;
        earnings.received.transactions = self.transactions.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYER: AccountId32 = AccountId32([1; 32]);
    const AUTHOR: AccountId32 = AccountId32([2; 32]);

    fn deposited(place: (u64, u32), who: AccountId32, amount: u128) -> OutsideEntry {
        OutsideEntry::Deposited(place, Deposited { who, amount })
    }

    fn fee(place: (u64, u32), actual_fee: u128) -> OutsideEntry {
        OutsideEntry::Fee(
            place,
            TransactionFeePaid {
                who: PAYER,
                actual_fee,
            },
        )
    }

    /// What authors have, and what was burnt.
    fn fees(entries: impl IntoIterator<Item = OutsideEntry>) -> (u128, u128) {
        let sums = Outside::of(entries);
        let direct = sums.direct.values().map(|sum| sum.0).sum();
        assert_eq!(sums.transactions.0, direct + sums.burnt.0);
        (direct, sums.burnt.0)
    }

    #[test]
    fn a_fee_is_the_authors_who_has_it_in_the_event_before() {
        let refund = || deposited((7, 3), PAYER, 40);
        assert_eq!(
            fees([refund(), deposited((7, 4), AUTHOR, 9), fee((7, 5), 9)]),
            (9, 0)
        );
        // The author pays for a transaction of its own.
        assert_eq!(
            fees([refund(), deposited((7, 4), PAYER, 9), fee((7, 5), 9)]),
            (9, 0)
        );
        // What the payer could not have back is the author's as well.
        assert_eq!(
            fees([deposited((7, 4), AUTHOR, 10), fee((7, 5), 9)]),
            (10, 0)
        );
    }

    #[test]
    fn a_fee_that_nobody_has_is_burnt() {
        assert_eq!(fees([fee((7, 5), 9)]), (0, 9));
        assert_eq!(
            fees([deposited((7, 4), PAYER, 40), fee((7, 5), 9)]),
            (0, 9),
            "what the payer has back"
        );
        assert_eq!(
            fees([deposited((7, 3), AUTHOR, 9), fee((7, 5), 9)]),
            (0, 9),
            "another event is between"
        );
        assert_eq!(
            fees([deposited((6, 4), AUTHOR, 9), fee((7, 5), 9)]),
            (0, 9),
            "another block"
        );
        assert_eq!(
            fees([deposited((6, 4), AUTHOR, 9), fee((7, 0), 9)]),
            (0, 9),
            "the first event"
        );
    }

    #[test]
    fn a_lost_bond_is_the_challengers_and_burnt() {
        let lost = OutsideEntry::Lost(BondLost {
            challenger: PAYER,
            reward: 4,
            burnt: 5,
        });
        let sums = Outside::of([lost, OutsideEntry::Burnt(2)]);
        assert_eq!(
            (sums.bonds, sums.rewards, sums.burnt),
            (Sum(11), Sum(4), Sum(7))
        );
        assert_eq!(sums.direct[&(PAYER, Earner::Challenger)], Sum(4));
    }
}
