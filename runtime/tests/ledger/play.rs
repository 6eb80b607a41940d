//! Worlds: a network, its book, and what happens to both.

use crate::{
    book::{Book, Coin},
    compare::compare,
    dice::Dice,
    driver::{begin, on_chain, on_paper},
    moments,
    operations::Operation,
};
use sp_io::TestExternalities;
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;
use tributary_runtime::{Licensing, Models, RuntimeGenesisConfig, System};

/// Operations in a world. Many worlds see more of how things begin, long ones more of what comes of it.
pub(crate) const LENGTH: usize = 1_500;

/// How often licences and models are asked about their invariants, which takes longer than an operation: they change with few of them.
const NOW_AND_THEN: usize = 50;

/// A world in which something went wrong.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    /// All that was done; the last one went wrong.
    pub(crate) operations: Vec<Operation>,
}

/// How often each kind of operation was done, or refused for a reason.
pub(crate) type Tally = BTreeMap<(String, &'static str), usize>;

/// What stands in a tally for an operation that was done.
pub(crate) const DONE: &str = "done";

/// How much there is in the world of a seed: now and then nearly as much as can be counted.
fn wealth(seed: u64) -> Coin {
    match seed % 4 {
        0 => 1 << 126,
        _ => 1 << 70,
    }
}

/// The book of the world of a seed.
fn world(seed: u64) -> Book {
    begin(wealth(seed), seed.is_multiple_of(3))
}

/// A network on which nobody has anything.
fn network() -> TestExternalities {
    let genesis = RuntimeGenesisConfig::default().build_storage();
    genesis.expect("the default is valid").into()
}

/// The book of a world in which models are registered with what they come from, and nothing has happened.
pub(crate) fn empty() -> Book {
    network().execute_with(|| begin(wealth(1), true))
}

/// What came of an operation.
pub(crate) struct Step {
    /// That it was done, or why both refused it.
    outcome: &'static str,
    moments: Vec<&'static str>,
}

/// Does one operation to both: it is done, or refused by both for the same reason. Says which.
pub(crate) fn step(book: &mut Book, operation: &Operation) -> Result<Step, String> {
    let mut next = book.clone();
    let on_paper = on_paper(operation, &mut next);
    let on_chain = on_chain(operation, book);
    if on_paper != on_chain {
        return Err(format!(
            "the book says {on_paper:?}, the chain {on_chain:?}"
        ));
    }
    let outcome = on_paper.err().unwrap_or(DONE);
    let moments = moments::seen(book, &next, operation, outcome);
    if on_paper.is_ok() {
        *book = next;
    }
    // Nobody reads them, and they are kept until the block ends.
    System::reset_events();
    compare(book)?;
    Ok(Step { outcome, moments })
}

/// The invariants of the pallets that tell the ledger what models owe.
fn neighbours() -> Result<(), String> {
    Licensing::do_try_state().map_err(|error| format!("licensing: {error:?}"))?;
    Models::do_try_state().map_err(|error| format!("models: {error:?}"))
}

/// Plays so many operations in the world of a seed, which are counted, then something else. What that comes to.
pub(crate) fn prepared<Outcome>(
    seed: u64,
    length: usize,
    tally: &mut Tally,
    then: impl FnOnce(&mut Dice, &Book) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    network().execute_with(|| {
        let mut dice = Dice::new(seed);
        let mut book = world(seed);
        let mut operations = Vec::new();
        for number in 1..=length {
            operations.push(dice.operation(&book));
            let operation = &operations[number - 1];
            let outcome = step(&mut book, operation).map(|step| {
                for seen in step.moments.into_iter().chain([step.outcome]) {
                    *tally.entry((operation.name(), seen)).or_default() += 1;
                }
            });
            let neighbours = || {
                if number % NOW_AND_THEN == 0 {
                    neighbours()
                } else {
                    Ok(())
                }
            };
            if let Err(message) = outcome.and_then(|()| neighbours()) {
                return Err(Failure {
                    message,
                    operations,
                });
            }
        }
        then(&mut dice, &book).map_err(|failure| Failure {
            message: failure.message,
            operations: [operations, failure.operations].concat(),
        })
    })
}

/// Plays so many operations in the world of a seed.
pub(crate) fn play(seed: u64, length: usize, tally: &mut Tally) -> Result<(), Failure> {
    prepared(seed, length, tally, |_, _| Ok(()))
}

/// Plays given operations in the world of a seed: the first one that goes wrong, if there is one.
fn again(seed: u64, operations: &[Operation]) -> Option<Failure> {
    network().execute_with(|| {
        let mut book = world(seed);
        operations
            .iter()
            .enumerate()
            .find_map(|(index, operation)| {
                let message = step(&mut book, operation).err()?;
                Some(Failure {
                    message,
                    operations: operations[..=index].to_vec(),
                })
            })
    })
}

/// Leaves out what a failure does not need.
pub(crate) fn shorten(seed: u64, mut failure: Failure) -> Failure {
    let mut size = failure.operations.len() / 2;
    while size > 0 {
        let mut first = 0;
        while first < failure.operations.len() {
            let last = failure.operations.len().min(first + size);
            let mut fewer = failure.operations.clone();
            fewer.drain(first..last);
            match again(seed, &fewer) {
                Some(shorter) => failure = shorter,
                None => first = last,
            }
        }
        size /= 2;
    }
    failure
}
