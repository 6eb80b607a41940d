//! What a payment, its division and its way to the recipients' accounts cost in the EVM: contracts of this folder, executed by revm in this
//! process. `scripts/bench/evm` runs this beside the same work in the runtime.
//!
//!     tributary-peers costs CODES ROUNDS    what each kind of transaction costs
//!     tributary-peers export CODES          the same transactions for a node to execute, with the gas that they use here
//!
//! CODES is what `compile.mjs` has written. Every block is executed ROUNDS times. Prints JSON.

// One clock for both sides.
#[path = "../../../../runtime/cost/src/clock.rs"]
mod clock;
mod world;
mod written;

use alloy_primitives::{hex, Address, U256};
use clock::Samples;
use revm::{
    context_interface::result::ExecutionResult, database::CacheDB, state::AccountInfo, DatabaseRef,
};
use serde_json::{json, Value};
use world::{Contract, Person, State, World, ENDOWMENT, GAS_PRICE, PAYERS};
use written::{Changes, Tries};

/// What a payment brings, in wei.
const GROSS: u64 = 1_000_000_000_000;
/// How many recipients claim.
const CLAIMERS: u32 = 100;

/// Transactions of one kind.
struct Step {
    label: Value,
    before: State,
    tries: Tries,
    transactions: Vec<Vec<u8>>,
}

/// Whether recipients need not ask for their money.
fn pushes(contract: &Contract) -> bool {
    ["PushSplitter", "Lineage"].contains(&contract.name)
}

fn balance(state: &State, person: &Person) -> U256 {
    let account = state
        .basic_ref(person.address)
        .expect("memory does not fail");
    account.expect("the account exists").balance
}

/// Payments and, where recipients have to ask, claims by up to a hundred of them, twice. Panics if somebody does not have what it should.
fn steps(world: &World, tries: &Tries, contract: &Contract) -> Vec<Step> {
    // As many as take about as long.
    let payers = match contract.recipients {
        _ if contract.name == "Accumulator" => PAYERS,
        0..=100 => PAYERS,
        101..=1_000 => 64,
        _ => 2,
    };
    let claimers = if pushes(contract) {
        0
    } else {
        contract.recipients.min(CLAIMERS)
    };
    let mut state = State::new(world.genesis.clone());
    let mut tries = tries.clone();
    let mut steps = Vec::new();
    let mut fees = vec![U256::ZERO; claimers as usize];
    for (nonce, names) in [(0, ["pay", "claim"]), (1, ["pay again", "claim again"])] {
        let value = U256::from(GROSS);
        let pay = |index| Person::payer(index).pay(nonce, contract.address, value);
        let claim = |person: &Person| person.claim(nonce, contract.address);
        let claimers = &world.contributors[..claimers as usize];
        let both = [
            (0..payers).map(pay).collect::<Vec<_>>(),
            claimers.iter().map(claim).collect(),
        ];
        for (name, transactions) in names.into_iter().zip(both) {
            if transactions.is_empty() {
                continue;
            }
            let before = state.clone();
            let results = world::execute(&mut state, decoded(&transactions));
            if name.starts_with("claim") {
                for (fees, result) in fees.iter_mut().zip(&results) {
                    *fees += U256::from(u128::from(result.tx_gas_used()) * GAS_PRICE);
                }
            }
            let label = json!({
                "contract": contract.name,
                "scenario": contract.scenario,
                "size": contract.size,
                "step": name,
            });
            let mut overlay = CacheDB::new(&before);
            world::execute(&mut overlay, decoded(&transactions));
            let changes = Changes::between(&before, &overlay);
            let after = tries.after(&changes);
            steps.push(Step {
                label,
                before,
                tries: std::mem::replace(&mut tries, after),
                transactions,
            });
        }
    }
    check(world, contract, &state, payers, &fees);
    steps
}

/// Panics unless everybody has been paid to the last unit.
fn check(world: &World, contract: &Contract, state: &State, payers: u32, fees: &[U256]) {
    let payments = U256::from(2 * payers);
    let gross = U256::from(GROSS);
    let recipients = 0..contract.recipients;
    let total = U256::from(recipients.clone().map(world::weight).sum::<u64>());
    let share = |number| gross * U256::from(world::weight(number)) / total;
    let last = contract.recipients - 1;
    let paid = |number| match contract.name {
        // Each model passes a part of what comes in on to its parent.
        "Lineage" => {
            let royalty =
                |amount: U256| amount * U256::from(world::RATE) / U256::from(1_000_000_000);
            let received = (0..number).fold(gross, |amount, _| royalty(amount));
            let passed = if number == last {
                U256::ZERO
            } else {
                royalty(received)
            };
            payments * (received - passed)
        }
        "Accumulator" => payments * gross * U256::from(world::weight(number)) / total,
        _ if number == last => {
            let others = (0..last)
                .map(share)
                .fold(U256::ZERO, |sum, part| sum + part);
            payments * (gross - others)
        }
        _ => payments * share(number),
    };
    let asked = if fees.is_empty() {
        contract.recipients
    } else {
        fees.len() as u32
    };
    for number in 0..asked {
        let fees = fees.get(number as usize).copied().unwrap_or_default();
        let owned = balance(state, &world.contributors[number as usize]);
        assert_eq!(
            owned,
            ENDOWMENT + paid(number) - fees,
            "{} {number}",
            contract.name
        );
    }
}

fn decoded(transactions: &[Vec<u8>]) -> Vec<revm::context::TxEnv> {
    transactions.iter().map(|raw| world::decode(raw)).collect()
}

fn logged(results: &[ExecutionResult]) -> usize {
    let logs = results.iter().flat_map(|result| result.logs());
    logs.map(|log| log.address.len() + 32 * log.topics().len() + log.data.data.len())
        .sum()
}

/// What each transaction of each step costs.
fn costs(world: &World, rounds: u32) -> Vec<Value> {
    let tries = Tries::new(&world.genesis);
    let contracts = world.contracts.iter();
    let steps: Vec<_> = contracts
        .flat_map(|contract| steps(world, &tries, contract))
        .collect();
    let mut samples = vec![<[Samples; 4]>::default(); steps.len()];
    for _ in 0..rounds {
        // Round about, so that a change of the machine's speed meets all alike.
        for (step, [executed, idle, signatures, rooted]) in steps.iter().zip(&mut samples) {
            let (transactions, time) = clock::timed(|| decoded(&step.transactions));
            signatures.add(time);
            let mut overlay = CacheDB::new(&step.before);
            let (_, time) = clock::timed(|| world::execute(&mut overlay, transactions));
            executed.add(time);
            let mut unchanged = CacheDB::new(&step.before);
            idle.add(clock::timed(|| world::execute(&mut unchanged, [])).1);
            rooted.add(step.tries.time(&Changes::between(&step.before, &overlay)));
        }
    }
    let mut costs: Vec<_> = steps
        .iter()
        .zip(samples)
        .map(|(step, [executed, idle, signatures, rooted])| {
            let count = step.transactions.len();
            let effect = |transactions: &[Vec<u8>]| {
                let mut overlay = CacheDB::new(&step.before);
                let results = world::execute(&mut overlay, decoded(transactions));
                let gas = results
                    .iter()
                    .map(ExecutionResult::tx_gas_used)
                    .sum::<u64>();
                let state = Changes::between(&step.before, &overlay).bytes();
                (gas, state, logged(&results))
            };
            let alone = effect(&step.transactions[..1]);
            let together = effect(&step.transactions);
            let bytes = step.transactions.iter().map(Vec::len).sum::<usize>();
            let per = |whole: usize| whole as f64 / count as f64;
            json!({
                "step": step.label,
                "transactions": count,
                "executed": executed.per(idle.median(), count),
                "signatures": signatures.per(0.0, count),
                "root": rooted.per(0.0, count),
                "transactionBytes": per(bytes),
                "gas": alone.0,
                "gasTogether": together.0 as f64 / count as f64,
                "alone": { "state": alone.1, "events": alone.2 },
                "together": { "state": per(together.1), "events": per(together.2) },
            })
        })
        .collect();
    costs.extend(world.contracts.iter().map(|contract| {
        json!({
            "contract": contract.name,
            "scenario": contract.scenario,
            "size": contract.size,
            "registered": contract.registered,
        })
    }));
    costs
}

/// Transactions for a node to execute: the contracts and their registrations, then payments to each and claims.
fn export(world: &World) -> Value {
    let mut state = State::new(Default::default());
    let people = (0..PAYERS).map(|index| Person::payer(index).address);
    let people = people.chain(
        world
            .contributors
            .iter()
            .take(world::SMALL as usize)
            .map(|person| person.address),
    );
    let people: Vec<_> = people.collect();
    for address in &people {
        state.insert_account_info(*address, AccountInfo::from_balance(ENDOWMENT));
    }
    state.insert_account_info(world.founder, AccountInfo::from_balance(U256::MAX >> 1));

    let setup = world.setup[..world.small].iter();
    let mut transactions: Vec<_> = setup.map(|raw| (Value::Null, raw.clone())).collect();
    let (payer, claimer) = (Person::payer(0), &world.contributors[0]);
    let (mut payments, mut claims) = (0, 0);
    for contract in world
        .contracts
        .iter()
        .filter(|contract| contract.size <= world::SMALL)
    {
        let label = |step| json!({ "contract": contract.name, "scenario": contract.scenario, "size": contract.size, "step": step });
        for step in ["pay", "pay again"] {
            let payment = payer.pay(payments, contract.address, U256::from(GROSS));
            transactions.push((label(step), payment));
            payments += 1;
        }
        if !pushes(contract) {
            let claim = claimer.claim(claims, contract.address);
            transactions.push((label("claim"), claim));
            claims += 1;
        }
    }
    let transactions: Vec<_> = transactions
        .into_iter()
        .map(|(label, raw)| {
            let result = &world::execute(&mut state, [world::decode(&raw)])[0];
            json!({ "step": label, "raw": hex::encode_prefixed(&raw), "gas": result.tx_gas_used() })
        })
        .collect();
    json!({
        "chain": world::CHAIN,
        "accounts": people.iter().map(Address::to_string).collect::<Vec<_>>(),
        "endowment": format!("{ENDOWMENT:#x}"),
        "founder": world.founder.to_string(),
        "transactions": transactions,
    })
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let read = |file| {
        let codes = std::fs::read_to_string(file).expect("the codes can be read");
        World::new(&serde_json::from_str(&codes).expect("the codes are JSON"))
    };
    let result = match arguments[..] {
        ["costs", codes, rounds] => {
            costs(&read(codes), rounds.parse().expect("ROUNDS is a number")).into()
        }
        ["export", codes] => export(&read(codes)),
        _ => panic!("tributary-peers (costs CODES ROUNDS | export CODES)"),
    };
    println!("{result}");
}
