//! Whether the runtime says what the book says.

use crate::{
    book::{Book, Ledger},
    driver::{account, account_of, everybody, payee, pool},
};
use pallet_rewards::{Awards, Budgets, Claimable, ModelAccounts, PoolAccounts, PotTotals, Totals};
use std::fmt::Debug;
use tributary_runtime::{Balances, Rewards, Runtime};

/// What differs.
pub(crate) type Agreement = Result<(), String>;

fn same<Value: Debug + PartialEq>(
    what: impl FnOnce() -> String,
    book: Value,
    chain: Value,
) -> Agreement {
    if book == chain {
        return Ok(());
    }
    Err(format!(
        "{}: the book says {book:?}, the chain {chain:?}",
        what()
    ))
}

/// Everything that anybody has.
pub(crate) fn compare(book: &Book) -> Agreement {
    for who in everybody() {
        same(
            || format!("the account of {who}"),
            book.account(who),
            account_of(who),
        )?;
        let claimable = Claimable::<Runtime>::get(account(who));
        same(
            || format!("claimable of {who}"),
            book.claimable(who),
            claimable,
        )?;
    }
    same(
        || "issuance".into(),
        book.issuance,
        Balances::total_issuance(),
    )?;
    totals(book, &PotTotals::<Runtime>::get())?;
    for (model, ledger) in &book.ledgers {
        let account = ModelAccounts::<Runtime>::get(model).unwrap_or_default();
        let takings = (account.takings.net, account.takings.royalties);
        same(
            || format!("takings of model {model}"),
            (ledger.net, ledger.royalties),
            takings,
        )?;
        statement(*model, ledger)?;
    }
    for (id, pool_of) in &book.pools {
        let account = PoolAccounts::<Runtime>::get(pool(*id)).unwrap_or_default();
        let takings = (account.takings.net, account.takings.royalties);
        same(
            || format!("takings of pool {id:?}"),
            (pool_of.net, pool_of.royalties),
            takings,
        )?;
    }
    for (id, budget) in &book.budgets {
        let left = Budgets::<Runtime>::get(pool(*id)).map(|budget| budget.left);
        same(|| format!("the budget of {id:?}"), Some(budget.left), left)?;
    }
    for ((id, contribution), award) in &book.awards {
        let amount = Awards::<Runtime>::get(pool(*id), contribution).map(|award| award.amount);
        same(
            || format!("the award of {contribution} in {id:?}"),
            Some(award.amount),
            amount,
        )?;
    }
    Rewards::do_try_state().map_err(|error| format!("try_state: {error:?}"))
}

fn totals(book: &Book, totals: &Totals) -> Agreement {
    let Totals {
        held,
        gross,
        fees,
        sponsored,
        earned,
        withdrawn,
        swept,
        burnt,
    } = totals;
    let sums = &book.sums;
    same(
        || "held".into(),
        book.held(),
        [held.models, held.pools, held.budgets, held.vesting],
    )?;
    same(
        || "claimable of all".into(),
        book.claimable.values().sum(),
        held.claimable,
    )?;
    same(
        || "fees in the pot".into(),
        sums.fees - sums.swept,
        held.fees,
    )?;
    same(
        || "gross, fees, sponsored, withdrawn, swept, burnt".into(),
        [
            sums.gross,
            sums.fees,
            sums.sponsored,
            sums.withdrawn,
            sums.swept,
            sums.burnt,
        ],
        [*gross, *fees, *sponsored, *withdrawn, *swept, *burnt],
    )?;
    same(
        || "earned by role".into(),
        sums.earned,
        [
            earned.teams,
            earned.crews,
            earned.contributors,
            earned.hosts,
            earned.awards,
            earned.refunds,
        ],
    )
}

/// A model's ledger as its readers see it.
fn statement(model: u32, ledger: &Ledger) -> Agreement {
    let statement = Rewards::model(model).ok_or("a model has no statement")?;
    same(
        || format!("held for model {model}"),
        ledger.held(),
        statement.held,
    )?;
    let mut said: Vec<_> = statement
        .royalties
        .iter()
        .map(|it| {
            (
                it.royalty.payee,
                it.royalty.rate.deconstruct(),
                it.earned,
                it.paid,
                it.frozen,
            )
        })
        .collect();
    let mut owed: Vec<_> = ledger
        .entries
        .iter()
        .map(|entry| {
            (
                payee(entry.payee),
                entry.rate,
                ledger.owed(entry),
                entry.paid,
                entry.frozen.is_some(),
            )
        })
        .collect();
    said.sort();
    owed.sort();
    same(|| format!("royalties of model {model}"), owed, said)?;
    same(
        || format!("what waits and what is contested of model {model}, and whether anything waits"),
        (ledger.waiting(), ledger.contested(), ledger.waits),
        (statement.waiting, statement.contested, statement.waits),
    )
}
