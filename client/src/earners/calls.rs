//! What calls have paid an account for its data: every unit that pools owe it, by where it came from.

use std::collections::BTreeMap;

use anyhow::{anyhow, ensure, Context as _, Result};
use subxt::utils::AccountId32;
use tributary_primitives::{
    assets::{Payee, Pool},
    ledger::contribution_part,
};

use super::{
    settled::{contributors_due, Inflows},
    Facts,
};
use crate::{asset::pool_text, ledger::Ledger};

/// What of a model's calls was settled.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct CallSums {
    pub(crate) calls: u64,
    pub(crate) units: u128,
    /// What the model had of what was paid for them.
    pub(crate) net: u128,
}

/// How money came to a pool.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Via {
    /// Paid for the data.
    Data,
    /// A royalty of a model, of what calls of it paid.
    Calls(u32),
    /// A royalty of a model, of what was paid for it otherwise.
    Payments(u32),
}

/// What an account has of a pool, for a contribution, by one way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    pub(crate) pool: Pool,
    pub(crate) contribution: u32,
    /// What the contribution weighs, of all that the pool pays.
    pub(crate) weight: u128,
    pub(crate) whole: u128,
    pub(crate) via: Via,
    /// The model's rate for the pool by now, in billionths; nothing of what was paid for the data.
    pub(crate) rate: u32,
    pub(crate) calls: CallSums,
    pub(crate) amount: u128,
}

/// `amount part / whole`, rounded down; nothing of nothing.
fn part_of(amount: u128, part: u128, whole: u128) -> Result<u128> {
    if whole == 0 {
        return Ok(0);
    }
    contribution_part(amount, part, whole).map_err(|_| anyhow!("what was received does not fit"))
}

/// How a pool's money came in, in a fixed order, and how much by each way.
fn ways(
    ledger: &Ledger,
    facts: &Facts,
    calls: &BTreeMap<u32, CallSums>,
    inflows: &Inflows,
    pool: Pool,
) -> Result<Vec<(Via, u128)>> {
    let net = |payee: Payee| ledger.payees.get(&payee).map_or(0, |sums| sums.net.0);
    let mut ways = vec![(Via::Data, net(Payee::Pool(pool)))];
    for model in facts.models.keys() {
        let royalty = inflows.royalties.get(&(pool, *model));
        let royalty = royalty.map_or(0, |sum| sum.0);
        let of_calls = calls.get(model).map_or(0, |calls| calls.net);
        let whole = net(Payee::Model(*model));
        ensure!(
            of_calls <= whole,
            "calls of model {model} brought more than all that it received"
        );
        // Money has no colour: what a model owes comes from calls as much as calls are of what it received.
        let of_calls = part_of(royalty, of_calls, whole)?;
        ways.push((Via::Calls(*model), of_calls));
        ways.push((Via::Payments(*model), royalty - of_calls));
    }
    Ok(ways)
}

/// What an account is owed from pools since the beginning, paid or not, by contribution and way. For each contribution and pool the amounts sum to what
/// the chain's formulas give, to the unit: each is rounded with those before it.
pub(crate) fn lines_of(
    ledger: &Ledger,
    facts: &Facts,
    calls: &BTreeMap<u32, CallSums>,
    account: AccountId32,
) -> Result<Vec<Line>> {
    let inflows = Inflows::of(ledger, facts)?;
    let mut lines = Vec::new();
    for (pool, found) in &facts.pools {
        let received = inflows.received(*pool);
        let ways = ways(ledger, facts, calls, &inflows, *pool)?;
        let came = ways
            .iter()
            .try_fold(0u128, |sum, (_, amount)| sum.checked_add(*amount));
        ensure!(
            came == Some(received),
            "{} received something else than what came in",
            pool_text(*pool)
        );
        let due = contributors_due(ledger, facts, *pool, received)?;
        for due in due.into_iter().filter(|due| due.account == account) {
            let weight = facts.admitted[&pool.datanet]
                .iter()
                .find(|admitted| admitted.number == due.number)
                .map(|admitted| admitted.weight)
                .context("a pool pays what was not admitted")?;
            let (mut before, mut given) = (0u128, 0);
            for (via, amount) in &ways {
                // Sums of what was received, which fits.
                before += amount;
                let until = part_of(due.amount, before, received)?;
                let own = until - given;
                given = until;
                let rate = rate_of(facts, *via, *pool);
                let called = matches!(via, Via::Calls(model) if calls.contains_key(model));
                // Calls that paid nothing yet are worth a line, if the model owes the pool a part of them.
                if own == 0 && !(called && rate.is_some()) {
                    continue;
                }
                lines.push(Line {
                    pool: *pool,
                    contribution: due.number,
                    weight,
                    whole: found.weight,
                    via: *via,
                    rate: rate.unwrap_or_default(),
                    calls: match via {
                        Via::Calls(model) => calls.get(model).copied().unwrap_or_default(),
                        Via::Data | Via::Payments(_) => CallSums::default(),
                    },
                    amount: own,
                });
            }
        }
    }
    Ok(lines)
}

/// The rate at which a model owes the pool by now, if it owes it anything or did.
fn rate_of(facts: &Facts, via: Via, pool: Pool) -> Option<u32> {
    let (Via::Calls(model) | Via::Payments(model)) = via else {
        return None;
    };
    let entries = facts.models.get(&model)?.split.royalties().entries();
    let entry = entries
        .iter()
        .find(|entry| entry.payee == Payee::Pool(pool));
    entry.map(|entry| entry.rate.deconstruct())
}
