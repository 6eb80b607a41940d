//! Who paid and who earned what, added up from the chain's events alone.

mod sums;

pub(crate) use sums::{AccountSums, AwardSums, From, PayeeSums, Role, Sum};

use std::collections::BTreeMap;

use anyhow::{ensure, Context as _, Result};
use subxt::utils::AccountId32;
use tributary_primitives::{
    assets::{Asset, Authors, Payee, Pool, Share},
    ledger::author_shares,
    Perbill,
};

use crate::chain::{
    calls::{
        Awarded, Cause, Credited, Forfeited, HandedOver, Member, Paid, Settled, Shared, Sponsored,
        Swept, Withdrawn,
    },
    scan::FoundEvent,
    state::{Earned, Totals},
};

/// All payments of the chain, added up.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Ledger {
    /// By account.
    pub(crate) accounts: BTreeMap<AccountId32, AccountSums>,
    /// By model and pool.
    pub(crate) payees: BTreeMap<Payee, PayeeSums>,
    /// By what sponsors pay for: a round's pool and a contribution.
    pub(crate) awards: BTreeMap<(Pool, u32), AwardSums>,
    /// Who shares what a datanet's contribution earns from now on, where it is not its contributor's alone.
    pub(crate) authors: BTreeMap<(u32, u32), Vec<Member>>,
    /// What was credited for contributions by the place among those who share: who holds it may change.
    places: BTreeMap<(From, usize), Sum>,
    /// Protocol fees that went to the treasury.
    pub(crate) swept: Sum,
    /// Credited in all, by role.
    pub(crate) roles: BTreeMap<Role, Sum>,
}

/// One event of the ledger.
pub(crate) enum Entry {
    Paid(Paid),
    Settled(Settled),
    Credited(Credited),
    Withdrawn(Withdrawn),
    Sponsored(Sponsored),
    Shared(Shared),
    HandedOver(HandedOver),
    Awarded(Awarded),
    Forfeited(Forfeited),
    Swept(Swept),
}

impl Entry {
    /// The entry that an event is, if it is one.
    pub(crate) fn read(event: &FoundEvent) -> Result<Option<Self>> {
        Ok(if let Some(paid) = event.read()? {
            Some(Self::Paid(paid))
        } else if let Some(settled) = event.read()? {
            Some(Self::Settled(settled))
        } else if let Some(credit) = event.read()? {
            Some(Self::Credited(credit))
        } else if let Some(withdrawal) = event.read()? {
            Some(Self::Withdrawn(withdrawal))
        } else if let Some(budget) = event.read()? {
            Some(Self::Sponsored(budget))
        } else if let Some(authors) = event.read()? {
            Some(Self::Shared(authors))
        } else if let Some(handed) = event.read()? {
            Some(Self::HandedOver(handed))
        } else if let Some(award) = event.read()? {
            Some(Self::Awarded(award))
        } else if let Some(loss) = event.read()? {
            Some(Self::Forfeited(loss))
        } else {
            event.read()?.map(Self::Swept)
        })
    }
}

impl Ledger {
    /// Adds entries up. Only hand-overs and what is credited for the same contribution must come in their order.
    pub(crate) fn of(entries: impl IntoIterator<Item = Entry>) -> Result<Self> {
        let mut ledger = Self::default();
        for entry in entries {
            ledger.add(entry)?;
        }
        Ok(ledger)
    }

    fn add(&mut self, entry: Entry) -> Result<()> {
        match entry {
            Entry::Paid(paid) => {
                self.account(paid.payer).paid += paid.gross;
                let payee = match (paid.asset.0, paid.round) {
                    (Asset::Model(model), _) => Payee::Model(model),
                    (Asset::Datanet(datanet), round) => {
                        let round = round.context("a payment for a datanet names no round")?;
                        Payee::Pool(Pool { datanet, round })
                    }
                };
                let sums = self.payees.entry(payee).or_default();
                sums.gross += paid.gross;
                sums.fees += paid.fee;
                sums.hosts += paid.host;
                sums.net += paid.net;
                sums.payments += u64::from(paid.cause != Cause::Licence);
            }
            Entry::Settled(settled) => {
                for (payee, amount) in settled.royalties {
                    let payee = payee.0;
                    let from = self.payees.entry(Payee::Model(settled.model)).or_default();
                    *from.royalties_out.entry(payee).or_default() += amount;
                    self.payees.entry(payee).or_default().royalties_in += amount;
                }
            }
            Entry::Credited(credit) => {
                let role = Role::of(&credit.source);
                let from = From::from(&credit.source);
                let place = self
                    .account(credit.account)
                    .credited
                    .entry(from)
                    .or_insert((role, Sum::default()));
                place.1 += credit.amount;
                *self.roles.entry(role).or_default() += credit.amount;
                let payee = match from {
                    From::Team(model) => Some(Payee::Model(model)),
                    From::Crew(pool) | From::Contribution(pool, _) => Some(Payee::Pool(pool)),
                    From::Hosting(_) | From::Award(..) | From::Refund(_) => None,
                };
                if let From::Award(pool, number) | From::Contribution(pool, number) = from {
                    let place = self.place(pool, number, &credit.account);
                    *self.places.entry((from, place)).or_default() += credit.amount;
                }
                if let From::Award(pool, number) = from {
                    self.awards.entry((pool, number)).or_default().credited += credit.amount;
                }
                if let Some(payee) = payee {
                    self.payees.entry(payee).or_default().credited += credit.amount;
                }
            }
            Entry::Withdrawn(withdrawal) => {
                self.account(withdrawal.account).withdrawn += withdrawal.amount
            }
            Entry::Sponsored(budget) => self.account(budget.sponsor).sponsored += budget.amount,
            Entry::Shared(Shared {
                datanet,
                contribution,
                authors,
            }) => {
                self.authors.insert((datanet, contribution), authors);
            }
            Entry::HandedOver(HandedOver {
                datanet,
                contribution,
                from,
                to,
            }) => {
                let authors = self.authors.get_mut(&(datanet, contribution));
                let mut authors = authors.into_iter().flatten();
                let author = authors.find(|author| author.account == from);
                author
                    .with_context(|| format!("{from} handed over what it had no part of"))?
                    .account = to;
            }
            Entry::Awarded(award) => {
                let key = (award.pool.0, award.contribution);
                let sums = self.awards.entry(key).or_default();
                sums.awarded += award.amount;
                sums.contributor = Some(award.account);
                self.account(award.account);
            }
            Entry::Forfeited(loss) => {
                let key = (loss.pool.0, loss.contribution);
                self.awards.entry(key).or_default().forfeited += loss.amount;
            }
            Entry::Swept(swept) => self.swept += swept.fees,
        }
        Ok(())
    }

    /// The place of an account among those who share what a contribution earns: the only one where they are not named.
    fn place(&self, pool: Pool, number: u32, account: &AccountId32) -> usize {
        let authors = self.authors.get(&(pool.datanet, number));
        let mut authors = authors.into_iter().flatten();
        authors
            .position(|author| author.account == *account)
            .unwrap_or_default()
    }

    fn account(&mut self, account: AccountId32) -> &mut AccountSums {
        self.accounts.entry(account).or_default()
    }

    /// The sum over all accounts.
    fn over_accounts(&self, of: impl Fn(&AccountSums) -> u128) -> u128 {
        let mut sum = Sum::default();
        self.accounts
            .values()
            .for_each(|account| sum += of(account));
        sum.0
    }

    /// Paid for assets in all.
    pub(crate) fn gross(&self) -> u128 {
        self.over_accounts(|account| account.paid.0)
    }

    /// Put up for rounds in all.
    pub(crate) fn sponsored(&self) -> u128 {
        self.over_accounts(|account| account.sponsored.0)
    }

    /// Withdrawn in all.
    pub(crate) fn withdrawn(&self) -> u128 {
        self.over_accounts(|account| account.withdrawn.0)
    }

    /// What was credited in a role.
    pub(crate) fn earned(&self, role: Role) -> u128 {
        self.roles.get(&role).copied().unwrap_or_default().0
    }

    /// Who shares what a contribution earns from now on, where it is not its contributor's alone.
    pub(crate) fn shares(&self, datanet: u32, number: u32) -> Option<Authors<AccountId32>> {
        let authors = self.authors.get(&(datanet, number))?;
        let shares = authors.iter().map(|author| Share {
            account: author.account,
            part: Perbill::from_parts(author.part),
        });
        Some(Authors::truncate_from(shares.collect()))
    }

    /// What was credited to all who held a place among those who share what a contribution earns.
    pub(crate) fn paid_to(&self, from: From, place: usize) -> u128 {
        self.places.get(&(from, place)).map_or(0, |paid| paid.0)
    }

    /// What still vests for each account of the rounds of some pools, or has vested and was not asked for: of its own contributions, and its part
    /// of those that it shares.
    pub(crate) fn vesting(&self, wanted: impl Fn(Pool) -> bool) -> BTreeMap<AccountId32, Sum> {
        let mut vesting: BTreeMap<AccountId32, Sum> = BTreeMap::new();
        for ((pool, number), award) in &self.awards {
            if award.vesting() == 0 || !wanted(*pool) {
                continue;
            }
            let Some(authors) = self.shares(pool.datanet, *number) else {
                if let Some(contributor) = award.contributor {
                    *vesting.entry(contributor).or_default() += award.vesting();
                }
                continue;
            };
            let due = author_shares(&authors, award.awarded.0, true).unwrap_or_default();
            for (place, (author, due)) in authors.iter().zip(due).enumerate() {
                let paid = self.paid_to(From::Award(*pool, *number), place);
                *vesting.entry(author.account).or_default() += due.saturating_sub(paid);
            }
        }
        vesting
    }

    /// What still vests for one account.
    pub(crate) fn vesting_of(&self, account: &AccountId32) -> u128 {
        self.vesting(|_| true).get(account).map_or(0, |sum| sum.0)
    }

    /// Sum of a column over all awards.
    pub(crate) fn over_awards(&self, of: impl Fn(&AwardSums) -> u128) -> u128 {
        let mut sum = Sum::default();
        self.awards.values().for_each(|award| sum += of(award));
        sum.0
    }

    /// Sum of a column over all models and pools.
    pub(crate) fn over_payees(&self, of: impl Fn(&PayeeSums) -> u128) -> u128 {
        let mut sum = Sum::default();
        self.payees.values().for_each(|payee| sum += of(payee));
        sum.0
    }

    /// Checks that the events come to what the chain itself has counted, and that every unit is somewhere.
    pub(crate) fn check(&self, totals: &Totals) -> Result<()> {
        let Earned {
            teams,
            crews,
            contributors,
            hosts,
            awards,
            refunds,
        } = totals.earned;
        let fees = self.over_payees(|payee| payee.fees.0);
        let pairs = [
            ("paid", self.gross(), totals.gross),
            ("protocol fees", fees, totals.fees),
            ("put up by sponsors", self.sponsored(), totals.sponsored),
            ("earned by teams", self.earned(Role::Team), teams),
            ("earned by crews", self.earned(Role::Crew), crews),
            (
                "earned by contributors",
                self.earned(Role::Contributor),
                contributors,
            ),
            ("earned by hosts", self.earned(Role::Host), hosts),
            ("paid by sponsors", self.earned(Role::Award), awards),
            (
                "left to vest",
                self.over_awards(AwardSums::vesting),
                totals.held.vesting,
            ),
            (
                "forfeited before they vested",
                self.over_awards(|award| award.forfeited.0),
                totals.burnt,
            ),
            ("given back to sponsors", self.earned(Role::Refund), refunds),
            ("withdrawn", self.withdrawn(), totals.withdrawn),
            ("swept to the treasury", self.swept.0, totals.swept),
        ];
        for (what, events, chain) in pairs {
            ensure!(
                events == chain,
                "by the events {events} units were {what}, by the chain's own count {chain}"
            );
        }
        let mut received = Sum(totals.gross);
        received += totals.sponsored;
        let mut placed = Sum(totals.withdrawn);
        placed += totals.swept;
        placed += totals.held.models;
        placed += totals.held.pools;
        placed += totals.burnt;
        placed += totals.held.budgets;
        placed += totals.held.vesting;
        placed += totals.held.claimable;
        placed += totals.held.fees;
        ensure!(
            received == placed,
            "{} units were received, and {} are accounted for",
            received.0,
            placed.0
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests;
