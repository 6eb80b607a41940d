//! What a payment, its division and its way to the recipients' accounts cost in this runtime: real signed transactions, executed in
//! WebAssembly by the node's executor. `scripts/bench/evm` runs this beside the same work in the EVM.
//!
//!     tributary-cost costs ROUNDS      what each kind of transaction costs
//!     tributary-cost profile ROUNDS    where their time goes
//!
//! Every block is executed ROUNDS times. Prints JSON.

mod chain;
mod clock;
mod profile;
mod scenarios;
mod state;

use chain::{Block, Chain, Engine};
use clock::Samples;
use profile::Calls;
use scenarios::{Scenario, Step};
use serde_json::{json, Map, Value};
use sp_runtime_interface::sp_wasm_interface::HostFunctions;
use state::{Transaction, World};
use std::collections::BTreeMap;

/// One step of a scenario, with the block that takes it.
struct Prepared {
    label: Value,
    /// Bytes of state that say who is paid.
    terms: usize,
    chain: Chain,
    block: Block,
    empty: Block,
    step: Step,
}

/// Takes all steps of a scenario on a chain of its own.
fn prepare<H: HostFunctions>(
    engine: &Engine<H>,
    genesis: &Chain,
    scenario: Scenario,
) -> Vec<Prepared> {
    let mut chain = genesis.clone();
    let mut prepared = Vec::new();
    let entries = scenario.terms.iter().map(|key| {
        let value = engine.read(genesis, key).expect("genesis says who is paid");
        key.len() + value.len()
    });
    let terms = entries.sum();
    for step in scenario.steps {
        let before = chain.clone();
        let block = engine.make(&chain, &step.transactions);
        let empty = engine.make(&chain, &[]);
        chain.extend(&block);
        prepared.push(Prepared {
            label: json!({ "scenario": scenario.name, "size": scenario.size, "step": step.name }),
            terms,
            chain: before,
            block,
            empty,
            step,
        });
    }
    (scenario.check)(&|key| engine.read(&chain, key));
    prepared
}

/// What each transaction of each step costs.
fn costs<H: HostFunctions>(engine: &Engine<H>, steps: &[Prepared], rounds: u32) -> Vec<Value> {
    let mut samples = vec![<[Samples; 6]>::default(); steps.len()];
    for _ in 0..rounds {
        // Round about, so that a change of the machine's speed meets all alike.
        for (step, samples) in steps.iter().zip(&mut samples) {
            samples[0].add(engine.import(&step.chain, &step.block));
            samples[1].add(engine.import(&step.chain, &step.empty));
            let made = engine.make(&step.chain, &step.step.transactions);
            let empty = engine.make(&step.chain, &[]);
            samples[2].add(made.applied);
            samples[3].add(made.rooted);
            samples[4].add(empty.rooted);
            let transactions = &step.step.transactions;
            let (_, time) = clock::timed(|| transactions.iter().for_each(Transaction::verify));
            samples[5].add(time);
        }
    }
    steps
        .iter()
        .zip(samples)
        .map(
            |(step, [block, empty, applied, rooted, unchanged, verified])| {
                let units = step.step.units;
                let transactions = step.step.transactions.len();
                let alone = engine.make(&step.chain, &step.step.transactions[..1]);
                let (alone, together) =
                    (alone.written(&step.empty), step.block.written(&step.empty));
                let bytes = step
                    .step
                    .transactions
                    .iter()
                    .map(Transaction::length)
                    .sum::<usize>();
                json!({
                    "step": step.label,
                    "registered": step.terms,
                "units": units,
                    "transactions": transactions,
                    "block": block.per(empty.median(), units),
                    "applied": applied.per(0.0, units),
                    "root": rooted.per(unchanged.median(), units),
                    "signatures": verified.per(0.0, units),
                    "transactionBytes": bytes as f64 / units as f64,
                    "alone": { "state": alone.state, "events": alone.events },
                    "together": {
                        "state": together.state as f64 / units as f64,
                        "events": together.events as f64 / units as f64,
                    },
                })
            },
        )
        .collect()
}

/// Where the time of each step goes.
fn profiles(
    engine: &Engine<profile::HostFunctions>,
    steps: &[Prepared],
    rounds: u32,
) -> Vec<Value> {
    let clock = profile::clock_cost();
    steps
        .iter()
        .map(|step| {
            let mut kinds = BTreeMap::<&str, (f64, Samples)>::new();
            let mut whole = Samples::default();
            for _ in 0..rounds {
                profile::take();
                let empty = engine.import(&step.chain, &step.empty);
                let without = profile::take();
                let full = engine.import(&step.chain, &step.block);
                let calls = profile::take();
                whole.add(full - empty);
                for (kind, calls) in calls {
                    let without = without.get(kind);
                    let count = calls.count() - without.map_or(0, Calls::count);
                    let count = count as f64;
                    let time = calls.time() - without.map_or(0.0, Calls::time);
                    let (total, samples) = kinds.entry(kind).or_default();
                    *total = count;
                    samples.add(time - count * clock);
                }
            }
            let transactions = step.step.transactions.len();
            let all = kinds.values().map(|(count, _)| count).sum::<f64>();
            let kinds: Map<_, _> = kinds
                .into_iter()
                .map(|(kind, (count, samples))| {
                    let calls = count / transactions as f64;
                    let time = samples.median() / transactions as f64;
                    (kind.into(), json!({ "calls": calls, "time": time }))
                })
                .collect();
            // Reading the clock takes about as long outside of what it measures as inside.
            let whole = (whole.median() - 2.0 * clock * all) / transactions as f64;
            json!({ "step": step.label, "whole": whole, "kinds": kinds })
        })
        .collect()
}

fn run<H: HostFunctions>(
    scenarios: impl FnOnce(&World) -> Vec<Scenario>,
    measure: impl FnOnce(&Engine<H>, &[Prepared]) -> Vec<Value>,
) {
    let world = World::new();
    let engine = Engine::<H>::new();
    let genesis = Chain::new(world.genesis());
    let steps: Vec<_> = scenarios(&world)
        .into_iter()
        .flat_map(|scenario| prepare(&engine, &genesis, scenario))
        .collect();
    println!("{}", Value::from(measure(&engine, &steps)));
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let usage = "tributary-cost (costs | profile) ROUNDS";
    let [part, rounds] = &arguments[..] else {
        panic!("{usage}")
    };
    let rounds = rounds.parse().expect(usage);
    match part.as_str() {
        "costs" => run::<sp_io::SubstrateHostFunctions>(scenarios::all, |engine, steps| {
            costs(engine, steps, rounds)
        }),
        "profile" => run::<profile::HostFunctions>(scenarios::profiled, |engine, steps| {
            profiles(engine, steps, rounds)
        }),
        _ => panic!("{usage}"),
    }
}
