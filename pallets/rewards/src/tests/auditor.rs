//! Recomputes every balance from events alone, by the formulas of the README, without reading state.

use crate::{mock::*, *};
use std::collections::BTreeMap;
use tributary_primitives::{
    assets::{Asset, Payee, Pool},
    ids::{ContributionNumber, ModelId},
    Balance,
};

/// What follows from the events so far.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Books {
    /// What accounts may withdraw.
    pub(super) claimable: BTreeMap<AccountId, Balance>,
    /// What models hold.
    pub(super) models: BTreeMap<ModelId, Balance>,
    /// What pools hold.
    pub(super) pools: BTreeMap<Pool, Balance>,
    /// What is left of budgets.
    pub(super) budgets: BTreeMap<Pool, Balance>,
    /// What vests.
    pub(super) awards: BTreeMap<(Pool, ContributionNumber), Balance>,
    /// Fees not swept.
    pub(super) fees: Balance,
    /// Paid for hosting and not yet credited: nothing between calls.
    pub(super) hosts: Balance,
    /// All that came in.
    pub(super) received: Balance,
    /// All that went out.
    pub(super) paid: Balance,
    /// All that was burnt.
    pub(super) burnt: Balance,
}

/// What is left of an award by state.
fn left_of(pool: Pool, number: ContributionNumber, award: &Award<AccountId>) -> Balance {
    award.amount - Rewards::credited_of(pool.datanet, number, award.earning()).unwrap()
}

impl Books {
    pub(super) fn record(&mut self, events: Vec<Event<Test>>) {
        for event in events {
            match event {
                Event::Paid {
                    asset,
                    round,
                    gross,
                    fee,
                    host,
                    net,
                    ..
                } => {
                    assert_eq!(gross, fee + host + net);
                    self.received += gross;
                    self.fees += fee;
                    let payee = match (asset, round) {
                        (Asset::Model(model), None) => Payee::Model(model),
                        (Asset::Datanet(datanet), Some(round)) => {
                            Payee::Pool(Pool { datanet, round })
                        }
                        other => panic!("{other:?} is nobody"),
                    };
                    *self.ledger(payee) += net;
                    self.hosts += host;
                }
                Event::Settled {
                    model, royalties, ..
                } => {
                    for (payee, amount) in royalties {
                        *self.ledger(Payee::Model(model)) -= amount;
                        *self.ledger(payee) += amount;
                    }
                }
                Event::Credited {
                    account,
                    amount,
                    source,
                } => {
                    *self.claimable.entry(account).or_default() += amount;
                    *match source {
                        Source::Team(model) => self.ledger(Payee::Model(model)),
                        Source::Hosting(_) => &mut self.hosts,
                        Source::Crew(pool) | Source::Contribution(pool, _) => {
                            self.ledger(Payee::Pool(pool))
                        }
                        Source::Award(pool, contribution) => {
                            self.awards.entry((pool, contribution)).or_default()
                        }
                        Source::Refund(pool) => self.budgets.entry(pool).or_default(),
                    } -= amount;
                }
                Event::Withdrawn { account, amount } => {
                    *self.claimable.entry(account).or_default() -= amount;
                    self.paid += amount;
                }
                Event::Sponsored { pool, amount, .. } => {
                    *self.budgets.entry(pool).or_default() += amount;
                    self.received += amount;
                }
                Event::Awarded {
                    pool,
                    contribution,
                    amount,
                    ..
                } => {
                    *self.budgets.entry(pool).or_default() -= amount;
                    *self.awards.entry((pool, contribution)).or_default() += amount;
                }
                Event::Forfeited {
                    pool,
                    contribution,
                    amount,
                } => {
                    *self.awards.entry((pool, contribution)).or_default() -= amount;
                    self.burnt += amount;
                }
                Event::Swept { fees, .. } => {
                    self.fees -= fees;
                    self.paid += fees;
                }
                Event::RatesSet { .. }
                | Event::LedgerOpened { .. }
                | Event::RoyaltiesAmended { .. }
                | Event::RoyaltiesClaimed { .. }
                | Event::ClaimClosed { .. }
                | Event::RoyaltyFrozen { .. }
                | Event::RoyaltyUnfrozen { .. }
                | Event::EscrowReleased { .. }
                | Event::EscrowResumed { .. }
                | Event::TeamAmended { .. }
                | Event::PoolOpened { .. }
                | Event::Shared { .. }
                | Event::HandedOver { .. }
                | Event::ContributionExcluded { .. }
                | Event::Proven { .. } => {}
                Event::__Ignore(..) => unreachable!(),
            }
        }
    }

    fn ledger(&mut self, payee: Payee) -> &mut Balance {
        match payee {
            Payee::Model(model) => self.models.entry(model).or_default(),
            Payee::Pool(pool) => self.pools.entry(pool).or_default(),
        }
    }

    /// Compares with state, to the last unit.
    pub(super) fn assert_agrees(&self) {
        fn above_zero<K: Ord + Clone>(map: &BTreeMap<K, Balance>) -> BTreeMap<K, Balance> {
            let entries = map.iter().filter(|(_, amount)| **amount > 0);
            entries
                .map(|(key, amount)| (key.clone(), *amount))
                .collect()
        }
        assert_eq!(
            above_zero(&self.claimable),
            Claimable::<Test>::iter().collect()
        );
        let models = ModelAccounts::<Test>::iter_keys();
        let models = models.map(|model| (model, Rewards::model(model).unwrap().held));
        assert_eq!(above_zero(&self.models), above_zero(&models.collect()));
        let pools = PoolAccounts::<Test>::iter_keys();
        let pools = pools.map(|pool| (pool, Rewards::pool(pool).unwrap().held));
        assert_eq!(above_zero(&self.pools), above_zero(&pools.collect()));
        let budgets = Budgets::<Test>::iter();
        let budgets = budgets.map(|(pool, budget)| (pool, budget.left));
        assert_eq!(above_zero(&self.budgets), above_zero(&budgets.collect()));
        let awards = Awards::<Test>::iter();
        let awards =
            awards.map(|(pool, number, award)| ((pool, number), left_of(pool, number, &award)));
        assert_eq!(above_zero(&self.awards), above_zero(&awards.collect()));
        assert_eq!(self.fees, Rewards::totals().held.fees);
        assert_eq!(self.hosts, 0);

        let of = |map: &BTreeMap<_, Balance>| map.values().sum::<Balance>();
        let held = self.claimable.values().sum::<Balance>()
            + self.models.values().sum::<Balance>()
            + of(&self.pools)
            + of(&self.budgets)
            + self.awards.values().sum::<Balance>()
            + self.fees;
        assert_eq!(self.received, self.paid + self.burnt + held);
    }
}
