//! What everybody would have if all ledgers were settled and all contributions claimed now.

use std::collections::BTreeMap;

use anyhow::{anyhow, ensure, Context as _, Result};
use subxt::utils::AccountId32;
use tributary_primitives::{
    assets::{Payee, Pool},
    ledger::{author_shares, contribution_part, contributors_part, crew_shares, Inflow},
};

use super::{
    accrued::Taken,
    facts::{Admitted, PoolFacts},
    Accrued, Earner, Earnings, Facts, Places,
};
use crate::{
    asset::pool_text,
    ledger::{From, Ledger, PayeeSums, Sum},
};

/// Why arithmetic of the chain cannot fail here, unless the chain is wrong.
const OVERFLOW: &str = "what was paid does not fit the chain's formulas";

fn places(taken: Taken, owed: u128) -> Places {
    Places {
        paid: taken.paid,
        claimable: taken.claimable,
        owed,
        ..Places::default()
    }
}

/// A part of the money in some places, `part` of all of it, spread evenly. Every place is rounded with those before it: the parts sum
/// to `part` exactly, and none is more than there is.
fn part_of(all: &[Places], part: u128) -> Result<Vec<Places>> {
    let whole = all.iter().fold(Sum::default(), |mut sum, places| {
        sum += places.total();
        sum
    });
    ensure!(part <= whole.0, "a part is more than the whole");
    let (mut before, mut given) = (Sum::default(), 0);
    let mut next = |amount: u128| -> Result<u128> {
        before += amount;
        let until = match whole.0 {
            0 => 0,
            whole => contribution_part(part, before.0, whole).map_err(|_| anyhow!(OVERFLOW))?,
        };
        let own = until - given;
        given = until;
        Ok(own)
    };
    let mut parts = vec![Places::default(); all.len()];
    for (places, part) in all.iter().zip(&mut parts) {
        for column in &Places::COLUMNS {
            *(column.at)(part) = next((column.of)(places))?;
        }
    }
    Ok(parts)
}

/// What is left of places after a part of them.
fn without(mut all: Places, part: Places) -> Places {
    for column in &Places::COLUMNS {
        *(column.at)(&mut all) -= (column.of)(&part);
    }
    all
}

/// What came in once all that models owe is paid.
pub(super) struct Inflows {
    models: BTreeMap<u32, Inflow>,
    pools: BTreeMap<Pool, u128>,
    /// Of that, royalties, by pool and the model that owes them.
    pub(super) royalties: BTreeMap<(Pool, u32), Sum>,
}

impl Inflows {
    pub(super) fn of(ledger: &Ledger, facts: &Facts) -> Result<Self> {
        let mut royalties: BTreeMap<Payee, Sum> = BTreeMap::new();
        let mut by_model: BTreeMap<(Pool, u32), Sum> = BTreeMap::new();
        let net = |payee: Payee| ledger.payees.get(&payee).map_or(0, |sums| sums.net.0);
        let mut add = |model: u32, payee: Payee, amount| {
            *royalties.entry(payee).or_default() += amount;
            if let Payee::Pool(pool) = payee {
                *by_model.entry((pool, model)).or_default() += amount;
            }
        };
        for (payee, sums) in &ledger.payees {
            if let Payee::Model(model) = payee {
                for (to, amount) in &sums.royalties_out {
                    add(*model, *to, amount.0);
                }
            }
        }
        for (model, found) in &facts.models {
            let royalties = found.split.royalties();
            let due = royalties.due(net(Payee::Model(*model)));
            let owed = due.map_err(|_| anyhow!(OVERFLOW))?.owed;
            // What is disputed is nobody's yet.
            let entries = royalties.entries().iter().zip(owed);
            for (entry, owed) in entries.filter(|(entry, _)| entry.is_payable()) {
                let owed = owed.checked_sub(entry.paid);
                add(
                    *model,
                    entry.payee,
                    owed.with_context(|| format!("model {model} paid more than it owes"))?,
                );
            }
        }
        let royalties = |payee| royalties.get(&payee).map_or(0, |sum| sum.0);
        let models = facts.models.keys().map(|model| {
            let payee = Payee::Model(*model);
            let inflow = Inflow {
                net: net(payee),
                royalties: royalties(payee),
            };
            (*model, inflow)
        });
        let pools = facts.pools.keys().map(|pool| {
            let payee = Payee::Pool(*pool);
            let mut sum = Sum(net(payee));
            sum += royalties(payee);
            (*pool, sum.0)
        });
        Ok(Self {
            models: models.collect(),
            pools: pools.collect(),
            royalties: by_model,
        })
    }

    /// What a pool has received in all.
    pub(super) fn received(&self, pool: Pool) -> u128 {
        self.pools.get(&pool).copied().unwrap_or_default()
    }
}

/// What somebody is owed for a contribution from a pool, from the beginning.
pub(super) struct Due {
    pub(super) number: u32,
    /// Its place among those who share what the contribution earns.
    place: usize,
    pub(super) account: AccountId32,
    pub(super) amount: u128,
}

/// What a pool owes for its contributions, of all that it has received.
pub(super) fn contributors_due(
    ledger: &Ledger,
    facts: &Facts,
    pool: Pool,
    received: u128,
) -> Result<Vec<Due>> {
    let found = &facts.pools[&pool];
    let together = contributors_part(&found.crew, received).map_err(|_| anyhow!(OVERFLOW))?;
    let members = facts.admitted.get(&pool.datanet).into_iter().flatten();
    let mut all = Vec::new();
    for member in members.filter(|member| member.is_paid(pool.round)) {
        let Admitted {
            number,
            contributor,
            weight,
            ..
        } = *member;
        let earned = contribution_part(together, weight, found.weight);
        let earned = earned.map_err(|_| anyhow!(OVERFLOW))?;
        let parts = match ledger.shares(pool.datanet, number) {
            None => vec![(contributor, earned)],
            Some(authors) => {
                let due = author_shares(&authors, earned, false);
                let due = due.map_err(|_| anyhow!(OVERFLOW))?;
                let accounts = authors.iter().map(|author| author.account);
                accounts.zip(due).collect()
            }
        };
        for (place, (account, amount)) in parts.into_iter().enumerate() {
            all.push(Due {
                number,
                place,
                account,
                amount,
            });
        }
    }
    Ok(all)
}

/// What everybody has by way of the pot, but for what vests.
pub(super) fn earnings(ledger: &Ledger, accrued: &Accrued, facts: &Facts) -> Result<Earnings> {
    let mut earnings = earnings_of_pools(ledger, accrued, facts, &|_| true)?;
    let inflows = Inflows::of(ledger, facts)?;
    let mut teams: BTreeMap<u32, BTreeMap<AccountId32, Places>> = BTreeMap::new();
    for (account, from, taken) in accrued.iter() {
        let places = places(taken, 0);
        match from {
            From::Team(model) => {
                let team = teams.entry(model).or_default();
                *team.entry(account).or_default() += places;
            }
            From::Hosting(_) => earnings.add(account, Earner::Host, places),
            From::Refund(_) => earnings.add(account, Earner::Sponsor, places),
            From::Crew(_) | From::Contribution(..) | From::Award(..) => {}
        }
    }
    for (model, inflow) in &inflows.models {
        let team = teams.remove(model).unwrap_or_default();
        add_team(&mut earnings, facts, *model, inflow, team)?;
    }
    ensure!(
        teams.is_empty(),
        "somebody was credited for a model that there is not"
    );
    Ok(earnings)
}

/// The same, of some pools alone and of what the sponsors of their rounds pay.
pub(super) fn earnings_of_pools(
    ledger: &Ledger,
    accrued: &Accrued,
    facts: &Facts,
    wanted: &impl Fn(Pool) -> bool,
) -> Result<Earnings> {
    let mut earnings = Earnings::default();
    let mut crews: BTreeMap<Pool, BTreeMap<AccountId32, Places>> = BTreeMap::new();
    for (account, from, taken) in accrued.iter() {
        let places = places(taken, 0);
        match from {
            From::Crew(pool) if wanted(pool) => {
                let crew = crews.entry(pool).or_default();
                *crew.entry(account).or_default() += places;
            }
            From::Contribution(pool, _) if wanted(pool) => {
                earnings.add(account, Earner::Pools, places);
            }
            From::Award(pool, _) if wanted(pool) => {
                earnings.add(account, Earner::Sponsored, places);
            }
            _ => {}
        }
    }
    for (pool, received) in Inflows::of(ledger, facts)?.pools {
        if received > 0 && wanted(pool) {
            let crew = crews.remove(&pool).unwrap_or_default();
            add_pool(&mut earnings, ledger, facts, pool, received, crew)?;
        }
    }
    ensure!(
        crews.is_empty(),
        "somebody was credited for a pool that there is not"
    );
    Ok(earnings)
}

/// Where all goes that a model has received, as if it were settled: what it is, its key, and the money.
pub(crate) fn model_roles(
    ledger: &Ledger,
    facts: &Facts,
    model: u32,
) -> Result<[(&'static str, &'static str, Places); 8]> {
    let none = PayeeSums::default();
    let sums = ledger.payees.get(&Payee::Model(model)).unwrap_or(&none);
    let found = facts.models.get(&model);
    let found = found.with_context(|| format!("there is no model {model}"))?;
    let inflow = Inflows::of(ledger, facts)?.models[&model];
    let due = found.split.due(&inflow, &found.marks);
    let due = due.map_err(|_| anyhow!(OVERFLOW))?;
    let shared = found.split.shared().map_err(|_| anyhow!(OVERFLOW))?;
    let (mut contested, mut upstream, mut pools) =
        (Sum::default(), Places::default(), Places::default());
    for (payee, paid) in &sums.royalties_out {
        let places = Places {
            paid: paid.0,
            ..Places::default()
        };
        match payee {
            Payee::Model(_) => upstream += places,
            Payee::Pool(_) => pools += places,
        }
    }
    let entries = found.split.royalties().entries().iter();
    for (entry, due) in entries.zip(&due.royalties) {
        let owed = due.saturating_sub(entry.paid);
        if !entry.is_payable() {
            contested += owed;
            continue;
        }
        let places = Places {
            owed,
            ..Places::default()
        };
        match entry.payee {
            Payee::Model(_) => upstream += places,
            Payee::Pool(_) => pools += places,
        }
    }
    let mut owed = Sum::default();
    let free = due.team.iter().chain(&due.former);
    for (due, paid) in free.zip(shared.team.iter().chain(&shared.former)) {
        owed += due.saturating_sub(*paid);
    }
    let places = |paid: u128, owed: u128| Places {
        paid,
        owed,
        ..Places::default()
    };
    // Credited is with its team, whether or not it has withdrawn it.
    let team = Places {
        waiting: due.waiting,
        ..places(sums.credited.0, owed.0)
    };
    let royalties = royalties_among(&[team], inflow.royalties)?.remove(0);
    Ok([
        ("the treasury", "treasury", places(sums.fees.0, 0)),
        ("hosts", "hosts", places(sums.hosts.0, 0)),
        (
            "upstream models, by its royalties",
            "royalties_to_models",
            upstream,
        ),
        ("data pools, by its royalties", "royalties_to_pools", pools),
        (
            "its team, of its own",
            "developers",
            without(team, royalties),
        ),
        ("its team, of others' royalties", "upstream", royalties),
        ("nobody yet: disputed", "contested", places(0, contested.0)),
        ("nobody yet: rounding", "carried", places(0, due.carried)),
    ])
}

/// Owed to an account beside what it was credited with.
fn owe(whose: &mut BTreeMap<AccountId32, Places>, account: AccountId32, owed: u128) {
    *whose.entry(account).or_default() += places(Taken::default(), owed);
}

/// What of a team's money is royalties of others: an even part of all that does not wait, as royalties never do.
fn royalties_among(team: &[Places], royalties: u128) -> Result<Vec<Places>> {
    let free: Vec<_> = team
        .iter()
        .map(|places| Places {
            waiting: 0,
            ..*places
        })
        .collect();
    let mut whole = Sum::default();
    free.iter().for_each(|places| whole += places.total());
    part_of(&free, royalties.min(whole.0))
}

/// A model's team: part of what it has is royalties of others, the rest is the model's own.
fn add_team(
    earnings: &mut Earnings,
    facts: &Facts,
    model: u32,
    inflow: &Inflow,
    mut team: BTreeMap<AccountId32, Places>,
) -> Result<()> {
    let found = &facts.models[&model];
    let due = found.split.due(inflow, &found.marks);
    let due = due.map_err(|_| anyhow!(OVERFLOW))?;
    let paid = found.split.shared().map_err(|_| anyhow!(OVERFLOW))?;
    let former = found.split.former();
    let members = found.split.team().members.iter();
    let members = members.chain(former.iter().flat_map(|former| former.members.iter()));
    let free = due.team.into_iter().chain(due.former);
    let waiting = due.team_waiting.into_iter().chain(due.former_waiting);
    let paid = paid.team.into_iter().chain(paid.former);
    for (member, ((free, waiting), paid)) in members.zip(free.zip(waiting).zip(paid)) {
        let owed = free.checked_sub(paid);
        let owed = owed.with_context(|| format!("the team of model {model} had too much"))?;
        *team.entry(member.account).or_default() += Places {
            owed,
            waiting,
            ..Places::default()
        };
    }
    for (entry, owed) in found.split.royalties().entries().iter().zip(due.royalties) {
        if !entry.is_payable() {
            earnings.contested += owed.saturating_sub(entry.paid);
        }
    }
    earnings.carried += due.carried;
    let (accounts, all): (Vec<_>, Vec<_>) = team.into_iter().unzip();
    let upstream = royalties_among(&all, inflow.royalties)?;
    for ((account, all), upstream) in accounts.into_iter().zip(all).zip(upstream) {
        earnings.add(account, Earner::Upstream, upstream);
        earnings.add(account, Earner::Developer, without(all, upstream));
    }
    Ok(())
}

/// A pool's crew and contributors.
fn add_pool(
    earnings: &mut Earnings,
    ledger: &Ledger,
    facts: &Facts,
    pool: Pool,
    received: u128,
    mut crew: BTreeMap<AccountId32, Places>,
) -> Result<()> {
    let found = &facts.pools[&pool];
    let too_much = || format!("{} paid more than it received", pool_text(pool));
    let mut left = received;
    let mut take = |amount: u128| -> Result<()> {
        left = left.checked_sub(amount).with_context(too_much)?;
        Ok(())
    };
    for (member, due) in found.crew.iter().zip(crew_shares(&found.crew, received)) {
        take(due)?;
        let credited = crew.get(&member.account).map_or(0, Places::total);
        let owed = due.checked_sub(credited).with_context(too_much)?;
        owe(&mut crew, member.account, owed);
    }
    for (account, all) in crew {
        add_crew_member(earnings, found, account, all)?;
    }
    for due in contributors_due(ledger, facts, pool, received)? {
        take(due.amount)?;
        let credited = ledger.paid_to(From::Contribution(pool, due.number), due.place);
        let owed = due.amount.checked_sub(credited).with_context(too_much)?;
        let owed = places(Taken::default(), owed);
        earnings.add(due.account, Earner::Pools, owed);
    }
    earnings.carried += left;
    Ok(())
}

/// A member of a crew may be in it for several reasons: what it has is divided by their parts.
fn add_crew_member(
    earnings: &mut Earnings,
    pool: &PoolFacts,
    account: AccountId32,
    all: Places,
) -> Result<()> {
    let mut shares = pool.crew.iter();
    let whole = shares
        .find(|share| share.account == account)
        .map(|share| u128::from(share.part.deconstruct()))
        .context("somebody was credited for a crew that it is not in")?;
    let (evaluator, of_evaluator) = pool.evaluator;
    let (providers, of_each) = &pool.providers;
    let slices = providers.iter().filter(|provider| **provider == account);
    let parts = [
        (
            Earner::Evaluator,
            if evaluator == account {
                of_evaluator
            } else {
                0
            },
        ),
        (Earner::Provider, of_each * slices.count() as u128),
    ];
    let mut rest = all;
    for (earner, part) in parts {
        let amount = contribution_part(all.total(), part, whole).map_err(|_| anyhow!(OVERFLOW))?;
        let own = part_of(&[rest], amount)?.remove(0);
        earnings.add(account, earner, own);
        rest = without(rest, own);
    }
    earnings.add(account, Earner::Steward, rest);
    Ok(())
}

#[cfg(test)]
mod tests;
