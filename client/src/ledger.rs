//! Who paid and who earned what, added up from the chain's events alone.

use std::{collections::BTreeMap, ops::AddAssign};

use anyhow::{ensure, Context as _, Result};
use subxt::utils::AccountId32;
use tributary_primitives::{
    assets::{Asset, Authors, Payee, Pool, Share},
    ledger::author_shares,
    Perbill,
};

use crate::chain::{
    calls::{
        Awarded, Cause, Credited, Forfeited, HandedOver, Member, Paid, Settled, Shared, Source,
        Sponsored, Swept, Withdrawn,
    },
    scan::FoundEvent,
    state::{Earned, Totals},
};

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
    fn of(source: &Source) -> Self {
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
mod tests {
    use super::*;
    use crate::chain::state::HeldTotals;
    use subxt::utils::Static;

    const PAYER: AccountId32 = AccountId32([1; 32]);
    const DEVELOPER: AccountId32 = AccountId32([2; 32]);
    const CONTRIBUTOR: AccountId32 = AccountId32([3; 32]);
    const POOL: Pool = Pool {
        datanet: 0,
        round: 1,
    };

    fn credited(account: AccountId32, amount: u128, source: Source) -> Entry {
        Entry::Credited(Credited {
            account,
            amount,
            source,
        })
    }

    fn entries() -> Vec<Entry> {
        vec![
            Entry::Sponsored(Sponsored {
                sponsor: PAYER,
                amount: 500,
            }),
            Entry::Awarded(Awarded {
                pool: Static(POOL),
                contribution: 4,
                account: CONTRIBUTOR,
                amount: 400,
            }),
            credited(CONTRIBUTOR, 300, Source::Award(Static(POOL), 4)),
            Entry::Forfeited(Forfeited {
                pool: Static(POOL),
                contribution: 4,
                amount: 40,
            }),
            credited(PAYER, 100, Source::Refund(Static(POOL))),
            Entry::Paid(Paid {
                asset: Static(Asset::Model(7)),
                round: None,
                payer: PAYER,
                gross: 100,
                fee: 2,
                host: 0,
                net: 98,
                cause: Cause::Payment,
            }),
            Entry::Settled(Settled {
                model: 7,
                royalties: vec![(Static(Payee::Pool(POOL)), 48)],
            }),
            credited(DEVELOPER, 50, Source::Team(7)),
            credited(CONTRIBUTOR, 45, Source::Contribution(Static(POOL), 4)),
            Entry::Withdrawn(Withdrawn {
                account: CONTRIBUTOR,
                amount: 345,
            }),
            Entry::Swept(Swept { fees: 1 }),
        ]
    }

    fn totals() -> Totals {
        Totals {
            held: HeldTotals {
                models: 0,
                pools: 3,
                budgets: 0,
                vesting: 60,
                claimable: 150,
                fees: 1,
            },
            gross: 100,
            fees: 2,
            sponsored: 500,
            earned: Earned {
                teams: 50,
                crews: 0,
                contributors: 45,
                hosts: 0,
                awards: 300,
                refunds: 100,
            },
            withdrawn: 345,
            swept: 1,
            burnt: 40,
        }
    }

    #[test]
    fn every_unit_is_somewhere() {
        let ledger = Ledger::of(entries()).unwrap();
        ledger.check(&totals()).unwrap();
        assert_eq!(ledger.gross(), 100);
        assert_eq!(ledger.accounts[&CONTRIBUTOR].credited(), 345);
        assert_eq!(ledger.accounts[&CONTRIBUTOR].earned(Role::Award), 300);
        assert_eq!(ledger.vesting_of(&CONTRIBUTOR), 60);
        assert_eq!(ledger.vesting_of(&DEVELOPER), 0);
        assert_eq!(ledger.awards[&(POOL, 4)].vesting(), 60);
        assert_eq!(ledger.payees[&Payee::Pool(POOL)].royalties_in, Sum(48));
        assert_eq!(
            ledger.payees[&Payee::Model(7)].royalties_out[&Payee::Pool(POOL)],
            Sum(48)
        );
        assert_eq!(ledger.payees[&Payee::Model(7)].credited, Sum(50));
    }

    #[test]
    fn what_vests_for_authors_is_theirs_by_their_parts() {
        let part = |account, percent: u32| Member {
            account,
            part: percent * 10_000_000,
        };
        let award = Entry::Awarded(Awarded {
            pool: Static(POOL),
            contribution: 4,
            account: CONTRIBUTOR,
            amount: 103,
        });
        let authors = Entry::Shared(Shared {
            datanet: 0,
            contribution: 4,
            authors: vec![part(PAYER, 30), part(DEVELOPER, 30), part(CONTRIBUTOR, 40)],
        });
        let source = || Source::Award(Static(POOL), 4);
        let credits = [(PAYER, 15), (DEVELOPER, 15), (CONTRIBUTOR, 21)];
        let credits = credits.map(|(account, amount)| credited(account, amount, source()));
        let ledger = Ledger::of([award, authors].into_iter().chain(credits)).unwrap();
        let vesting = [PAYER, DEVELOPER, CONTRIBUTOR].map(|account| ledger.vesting_of(&account));
        assert_eq!(vesting, [15, 15, 22]);
    }

    #[test]
    fn what_vests_after_a_hand_over_is_the_new_accounts() {
        let award = Entry::Awarded(Awarded {
            pool: Static(POOL),
            contribution: 4,
            account: CONTRIBUTOR,
            amount: 103,
        });
        let at_once = credited(CONTRIBUTOR, 52, Source::Award(Static(POOL), 4));
        let shared = Entry::Shared(Shared {
            datanet: 0,
            contribution: 4,
            authors: vec![Member {
                account: PAYER,
                part: 1_000_000_000,
            }],
        });
        let part = credited(PAYER, 10, Source::Award(Static(POOL), 4));
        let handed = || {
            Entry::HandedOver(HandedOver {
                datanet: 0,
                contribution: 4,
                from: PAYER,
                to: DEVELOPER,
            })
        };
        let ledger = Ledger::of([award, at_once, shared, part, handed()]).unwrap();
        let vesting = [CONTRIBUTOR, PAYER, DEVELOPER].map(|account| ledger.vesting_of(&account));
        assert_eq!(vesting, [0, 0, 41]);
        assert!(Ledger::of([handed()]).is_err());
    }

    #[test]
    fn the_order_of_events_changes_nothing() {
        let mut reversed = entries();
        reversed.reverse();
        assert_eq!(
            Ledger::of(entries()).unwrap(),
            Ledger::of(reversed).unwrap()
        );
    }

    #[test]
    fn a_missing_unit_is_noticed() {
        let ledger = Ledger::of(entries()).unwrap();
        let mut wrong = totals();
        wrong.held.pools = 2;
        assert!(ledger
            .check(&wrong)
            .unwrap_err()
            .to_string()
            .contains("600 units were received, and 599"));
        let mut wrong = totals();
        wrong.earned.teams = 49;
        assert!(ledger
            .check(&wrong)
            .unwrap_err()
            .to_string()
            .contains("earned by teams"));
    }

    #[test]
    fn a_missing_event_is_noticed() {
        for missing in 0..entries().len() {
            let kept = entries()
                .into_iter()
                .enumerate()
                .filter(|(index, _)| *index != missing);
            let ledger = Ledger::of(kept.map(|(_, entry)| entry)).unwrap();
            let is_royalty = missing == 6;
            assert_eq!(
                ledger.check(&totals()).is_ok(),
                is_royalty,
                "without entry {missing}"
            );
        }
    }
}
