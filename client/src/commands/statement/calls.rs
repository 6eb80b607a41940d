//! `tributary contributor calls`: what calls of models have paid for an account's data.

use std::collections::BTreeMap;

use anyhow::{ensure, Result};
use serde_json::json;

use super::Books;
use crate::{
    asset::pool_text,
    chain::state::CallTotals,
    context::{AccountName, Context},
    earners::{lines_of, CallSums, Earner, Line, Via},
    ledger::Sum,
    money::{Amount, Part, SYMBOL},
    output::{Grid, Output},
};

/// What calls have paid an account, and what else did: all that it has earned from pools.
pub(crate) async fn of_calls(context: &Context, account: Option<&AccountName>) -> Result<Output> {
    let account = context.account_or_own(account)?;
    let chain = context.connect().await?;
    let books = Books::fetch(&chain).await?;
    let totals: Vec<((u32,), CallTotals)> = books.state.entries("Metering", "Calls", ()).await?;
    let calls: BTreeMap<_, _> = totals
        .into_iter()
        .map(|((model,), CallTotals { calls, units, net })| (model, CallSums { calls, units, net }))
        .collect();
    let lines = lines_of(&books.ledger, &books.facts, &calls, account)?;
    let (mut all, mut by_calls) = (Sum::default(), Sum::default());
    for line in &lines {
        all += line.amount;
        if matches!(line.via, Via::Calls(_)) {
            by_calls += line.amount;
        }
    }
    let earned = books.earnings()?.of_role(account, Earner::Pools);
    ensure!(
        all.0 == earned,
        "the lines sum to {} units, and the account has earned {earned} from pools",
        all.0
    );
    let json = json!({
        "block": books.state.number(),
        "account": account,
        "lines": lines.iter().map(describe).collect::<Vec<_>>(),
        "by_calls": Amount(by_calls.0),
        "earned": Amount(all.0),
    });
    let title = format!("{}, in {SYMBOL}", books.title());
    let output = Output::new(json).line(title);
    if lines.is_empty() {
        return Ok(output.line("No pool has paid this account anything, or owes it."));
    }
    Ok(output.table(table(&lines)).line(format!(
        "{} of {}, which is all that the account has earned from pools, came by calls.",
        Amount(by_calls.0),
        Amount(all.0)
    )))
}

fn via_text(via: Via) -> String {
    match via {
        Via::Data => "paid for the data".to_owned(),
        Via::Calls(model) => format!("calls of model {model}"),
        Via::Payments(model) => format!("other payments for model {model}"),
    }
}

/// What one call has paid, on the average: rounded down.
fn each(line: &Line) -> Option<Amount> {
    let each = line.amount.checked_div(line.calls.calls.into())?;
    Some(Amount(each))
}

fn table(lines: &[Line]) -> Grid {
    let mut table = Grid::new([
        "pool",
        "contribution",
        "by",
        "calls",
        "units",
        "$net",
        "rate",
        "weight",
        "$amount",
        "$a call",
    ]);
    for line in lines {
        let called = matches!(line.via, Via::Calls(_));
        let shown = |text: String| if called { text } else { String::new() };
        table.row([
            &pool_text(line.pool),
            &line.contribution,
            &via_text(line.via),
            &shown(line.calls.calls.to_string()),
            &shown(line.calls.units.to_string()),
            &shown(Amount(line.calls.net).plain()),
            &match line.via {
                Via::Data => String::new(),
                Via::Calls(_) | Via::Payments(_) => Part(line.rate).to_string(),
            },
            &format!("{} of {}", line.weight, line.whole),
            &Amount(line.amount).plain(),
            &each(line).map_or_else(String::new, Amount::plain),
        ]);
    }
    table
}

fn describe(line: &Line) -> serde_json::Value {
    let (kind, model) = match line.via {
        Via::Data => ("data", None),
        Via::Calls(model) => ("calls", Some(model)),
        Via::Payments(model) => ("payments", Some(model)),
    };
    json!({
        "datanet": line.pool.datanet,
        "round": line.pool.round,
        "contribution": line.contribution,
        "by": kind,
        "model": model,
        "calls": line.calls.calls,
        "units": line.calls.units.to_string(),
        "net": Amount(line.calls.net),
        "rate": Part(line.rate),
        "weight": line.weight.to_string(),
        "whole": line.whole.to_string(),
        "amount": Amount(line.amount),
        "each": each(line),
    })
}
