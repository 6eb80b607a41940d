//! The ledger as law: a book of plain formulas is kept beside the runtime, and both are told the same, at random. After each operation
//! they agree about every balance, and the pallet's invariants hold.
//!
//! `TRIBUTARY_LEDGER_OPERATIONS` says how many operations there are (100,000), `TRIBUTARY_LEDGER_SEED` where the first world begins (1):
//! a failure names the seed of its world and the operations that bring it about.
//!
//! The book alone then is asked whether hiding an ancestor ever pays: in `TRIBUTARY_LEDGER_WORLDS` small worlds (100), by all ways of
//! up to `TRIBUTARY_LEDGER_MOVES` moves (2).

mod book;
mod compare;
mod dice;
mod draw;
mod driver;
mod hiding;
mod lineage;
mod moments;
mod operations;
mod order;
mod play;

use book::MONEY;
use moments::MOMENTS;
use order::orders;
use play::{play, shorten, Failure, Tally, DONE, LENGTH};
use std::time::Instant;

/// A number from the environment, or what it is by default.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("it is a number"))
}

fn first_seed() -> u64 {
    setting("TRIBUTARY_LEDGER_SEED", 1)
}

/// Says what went wrong in the world of a seed, by the fewest operations that bring it about.
fn report(seed: u64, failure: Failure) -> ! {
    let drawn = failure.operations.len();
    let shorter = shorten(seed, failure);
    panic!(
        "seed {seed}, operation {drawn}: {}\nso few bring it about: {:#?}",
        shorter.message, shorter.operations
    );
}

/// So many operations see everything that is expected.
const ENOUGH: usize = 100_000;

/// What a long run must have done.
const ALL: [&str; 39] = [
    "AddParent",
    "Advance",
    "AmendRoyalties",
    "AmendTeam",
    "AnnounceTeam",
    "ChangeTeam",
    "Claim",
    "ClaimLate",
    "CloseClaim",
    "Conclude",
    "Contest",
    "Deliver",
    "Exclude",
    "Forfeit",
    "Freeze",
    "HandOver",
    "Lock",
    "Open",
    "OpenPool",
    "Pay",
    "PayHosted",
    "Refold",
    "Refund",
    "Register",
    "Release",
    "Reserve",
    "Resume",
    "SetRates",
    "Settle",
    "SettleCrew",
    "Share",
    "Sponsor",
    "Sweep",
    "Transfer",
    "Unfreeze",
    "Unreserve",
    "Unshare",
    "Vest",
    "Withdraw",
];

/// What a long run must have seen refused.
const REFUSED: [(&str, &str); 16] = [
    ("AddParent", "NamingForfeited"),
    ("AmendRoyalties", "WaitsTooLittle"),
    ("AmendTeam", "FormerTeamWaits"),
    ("AmendTeam", "RoyaltyClaimed"),
    ("Claim", "ConsentWithdrawn"),
    ("Claim", "ProofInvalid"),
    ("ClaimLate", "AlreadyClaimed"),
    ("ClaimLate", "RoyaltyOwed"),
    ("Pay", MONEY),
    ("PayHosted", "HostShareTooHigh"),
    ("PayHosted", MONEY),
    ("Refold", "NotStale"),
    ("Register", "OriginStale"),
    ("Register", "RoyaltiesTooHigh"),
    ("SetRates", "ProtocolFeeAboveBound"),
    ("Withdraw", "BelowExistentialDeposit"),
];

#[test]
fn the_runtime_keeps_the_book() {
    let operations = setting("TRIBUTARY_LEDGER_OPERATIONS", 100_000) as usize;
    let (begun, mut tally) = (Instant::now(), Tally::new());
    for (seed, start) in (first_seed()..).zip((0..operations).step_by(LENGTH)) {
        if let Err(failure) = play(seed, LENGTH.min(operations - start), &mut tally) {
            report(seed, failure);
        }
    }
    println!("{operations} operations in {:?}", begun.elapsed());
    for ((name, outcome), times) in &tally {
        println!("{name}, {outcome}: {times}");
    }
    // Few operations may not see all that can happen.
    if operations >= ENOUGH {
        for (name, outcome) in ALL.map(|name| (name, DONE)).into_iter().chain(REFUSED) {
            let seen = tally.contains_key(&(name.to_owned(), outcome));
            assert!(seen, "not once was it said of {name}: {outcome}");
        }
        for moment in MOMENTS {
            let seen = tally.keys().any(|(_, seen)| *seen == moment);
            assert!(seen, "it never happened that {moment}");
        }
    }
}

#[test]
fn any_order_of_settling_ends_in_the_same_balances() {
    let worlds = setting("TRIBUTARY_LEDGER_OPERATIONS", 100_000).div_ceil(5_000);
    for seed in (first_seed()..).take(worlds as usize) {
        if let Err(failure) = orders(seed) {
            panic!(
                "seed {seed}: {}\nlast: {:#?}",
                failure.message,
                failure.operations.last()
            );
        }
    }
}

#[test]
fn nothing_that_a_hider_does_pays() {
    let worlds = setting("TRIBUTARY_LEDGER_WORLDS", 100);
    let moves = setting("TRIBUTARY_LEDGER_MOVES", 2) as usize;
    let (begun, mut ways) = (Instant::now(), 0);
    let mut book = play::empty();
    // What is forgiven for the sake of who pays dust would be more than is paid here.
    book.constants.existential = 1;
    for seed in (first_seed()..).take(worlds as usize) {
        match hiding::explore(&book, seed, moves) {
            Ok(count) => ways += count,
            Err(failure) => panic!(
                "seed {seed}: {}\n{:#?}",
                failure.message, failure.operations
            ),
        }
    }
    println!(
        "{ways} ways through {worlds} worlds in {:?}",
        begun.elapsed()
    );
}
