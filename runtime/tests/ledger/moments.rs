//! What must have happened for a run to show anything, and cannot be seen from which operations were done.

use crate::{
    book::{Asset, Book, MONEY},
    operations::Operation,
    play::DONE,
};

/// A run is expected to have seen all of these.
pub(crate) const MOMENTS: [&str; 12] = [
    "a boundary passed while a former team waited",
    "a claim was closed two boundaries later",
    "a claim was closed within a period",
    "a lock held a payment back",
    "a model that was made again came from others",
    "a payer's account was reaped",
    "a payment of a single unit",
    "a payment of more than a quarter of all money",
    "a payment went to an earlier pool than its own",
    "a royalty reached its ceiling",
    "a royalty was claimed that had ended",
    "rates were cut to what is left",
];

/// Which of them an operation has brought about. `after` counts only if it was done.
pub(crate) fn seen(
    before: &Book,
    after: &Book,
    operation: &Operation,
    outcome: &str,
) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let mut note = |moment, happened: bool| {
        if happened {
            debug_assert!(MOMENTS.contains(&moment));
            seen.push(moment);
        }
    };
    if let Operation::Pay {
        asset: Asset::Datanet(datanet),
        round,
        ..
    } = operation
    {
        let named = round.map(|round| (*datanet, round));
        let pool = named.or(before.last_pool(*datanet));
        let earlier = pool.is_some_and(|pool| before.earning_pool(pool) != Some(pool));
        let moment = "a payment went to an earlier pool than its own";
        note(moment, outcome == DONE && earlier);
    }
    match operation {
        Operation::Pay { payer, gross, .. } if outcome == DONE => {
            let gone = !after.accounts.contains_key(payer);
            note("a payer's account was reaped", gone);
            note("a payment of a single unit", *gross == 1);
            let large = *gross > before.issuance / 4;
            note("a payment of more than a quarter of all money", large);
        }
        Operation::Pay { payer, gross, .. } if outcome == MONEY => {
            let account = before.account(*payer);
            let held_back = account.locked > 0 && account.free >= *gross;
            note("a lock held a payment back", held_back);
        }
        Operation::Advance(_) => {
            let passed = before.period() < after.period();
            let waits = before.ledgers.values().any(|it| it.has_former_team());
            note(
                "a boundary passed while a former team waited",
                passed && waits,
            );
        }
        Operation::CloseClaim(model) if outcome == DONE => {
            let opened = before.ledgers[model].claimed_in();
            let periods = opened.map(|period| before.period() - period);
            note("a claim was closed within a period", periods == Some(0));
            let later = periods.is_some_and(|periods| periods > 1);
            note("a claim was closed two boundaries later", later);
        }
        Operation::ClaimLate { model, .. } | Operation::Contest { model, .. } => {
            let ledger = after.ledgers.get(model);
            let claims = ledger.is_some_and(|ledger| ledger.claims_what_ended());
            let moment = "a royalty was claimed that had ended";
            note(moment, outcome == DONE && claims);
        }
        Operation::AddParent { model, .. } | Operation::Conclude { model, .. } => {
            let made = |book: &Book| book.kin.get(model).is_some_and(|kin| kin.is_reexecuted());
            let moment = "a model that was made again came from others";
            note(moment, outcome == DONE && made(before) && !made(after));
        }
        Operation::Settle(model) if outcome == DONE => {
            let ledger = &after.ledgers[model];
            note("a royalty reached its ceiling", ledger.reached_a_ceiling());
            note("rates were cut to what is left", ledger.is_cut());
        }
        _ => {}
    }
    seen
}
