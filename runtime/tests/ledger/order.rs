//! When and how often anybody settles or claims changes nobody's total.

use crate::{
    book::{Book, Coin},
    dice::Dice,
    driver::everybody,
    operations::{Operation, Proof, RICH},
    play::{prepared, step, Failure, Tally},
};
use frame_support::storage::with_transaction;
use sp_runtime::{DispatchError, TransactionOutcome};

/// Operations before the change point from which orders differ.
const BEFORE: usize = 250;
/// Payments and steps in time between two change points.
const BETWEEN: usize = 20;
/// Settlements and claims among them.
const SETTLEMENTS: u128 = 30;
/// Orders that are compared.
const ORDERS: usize = 3;

/// Plays a world up to a change point, then the same payments at the same times with settlements in several orders among them. When all
/// is settled, everybody has the same.
pub(crate) fn orders(seed: u64) -> Result<(), Failure> {
    prepared(seed, BEFORE, &mut Tally::new(), |dice, book| {
        let skeleton: Vec<Operation> = (0..BETWEEN).map(|_| dice.income(book)).collect();
        let settled: Vec<Operation> = (0..SETTLEMENTS).map(|_| dice.settlement(book)).collect();
        let mut first: Option<Vec<Coin>> = None;
        for _ in 0..ORDERS {
            let operations = [interleaved(dice, &skeleton, &settled), everything(book)].concat();
            let outcome = branch(book, &operations)?;
            let first = first.get_or_insert_with(|| outcome.clone());
            if *first != outcome {
                let message = format!("one order ends in {first:?}, another one in {outcome:?}");
                return Err(Failure {
                    message,
                    operations,
                });
            }
        }
        Ok(())
    })
}

/// The skeleton, with some of the settlements in any order among it.
fn interleaved(dice: &mut Dice, skeleton: &[Operation], settled: &[Operation]) -> Vec<Operation> {
    let mut operations = skeleton.to_vec();
    for settlement in settled {
        if dice.one_in(4) {
            continue;
        }
        let place = dice.below(operations.len() as u128 + 1) as usize;
        operations.insert(place, settlement.clone());
    }
    operations
}

/// Settles and claims all that can be: descendants first, as royalties go up.
fn everything(book: &Book) -> Vec<Operation> {
    let mut operations: Vec<Operation> = book
        .ledgers
        .keys()
        .rev()
        .map(|model| Operation::Settle(*model))
        .collect();
    for (id, pool) in &book.pools {
        if pool.weight == 0 {
            continue;
        }
        operations.push(Operation::SettleCrew(*id));
        for number in 0..book.leaves[id] as u32 {
            let excluded = book.excluded.get(&(id.0, number));
            if excluded.is_none_or(|(since, _)| *since > id.1) {
                operations.push(Operation::Claim(vec![(*id, number, Proof::Right)]));
            }
        }
    }
    operations.extend(
        book.awards
            .keys()
            .map(|award| Operation::Vest(vec![*award])),
    );
    operations
}

/// What everybody has after these operations, which leave nothing behind.
fn branch(book: &Book, operations: &[Operation]) -> Result<Vec<Coin>, Failure> {
    let mut book = book.clone();
    let mut run = || {
        for (index, operation) in operations.iter().enumerate() {
            step(&mut book, operation).map_err(|message| Failure {
                message,
                operations: operations[..=index].to_vec(),
            })?;
        }
        let people = everybody().map(|who| book.claimable(who));
        let ledgers = book.ledgers.values().map(|ledger| ledger.held());
        let pools = book.pools.values().map(|pool| pool.held());
        let has = people
            .chain(ledgers)
            .chain(pools)
            .chain([book.account(RICH).free]);
        Ok(has.collect())
    };
    with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(run())))
        .expect("there are few layers")
}
