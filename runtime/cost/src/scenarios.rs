//! What is measured: who sends which transactions, and what must be on whose account at the end.

use crate::state::{
    self, Person, Transaction, World, ANCESTORS, ENDOWMENT, MODELS, PAYERS, RATE, RECIPIENTS,
};
use codec::Decode;
use frame_support::BoundedVec;
use pallet_rewards::{Claim, ModelAccounts, PoolAccounts, Pools, Splits, MAX_CLAIMS};
use tributary_primitives::{assets::Asset, Balance};
use tributary_runtime::{
    configs::tributary::ProtocolFee, currency::TRIB, AccountId, Nonce, Runtime, RuntimeCall,
};

/// What a payment brings.
const GROSS: Balance = TRIB;
/// How many recipients claim.
const CLAIMERS: u32 = 100;
/// Of how many models, and all their ancestors, the owners withdraw.
const WITHDRAWING: u32 = 16;

/// Transactions of one kind, which fit into a block.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) transactions: Vec<Transaction>,
    /// How many things they do: a call can claim more than once.
    pub(crate) units: usize,
}

/// Reads an entry of state.
pub(crate) type Read<'a> = &'a dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// Steps that follow each other.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) size: u32,
    pub(crate) steps: Vec<Step>,
    /// Keys of what genesis has to say of who is paid.
    pub(crate) terms: Vec<Vec<u8>>,
    /// Panics if the steps have not led to what they must.
    pub(crate) check: Box<dyn Fn(Read)>,
}

/// All that the EVM is compared with.
pub(crate) fn all(world: &World) -> Vec<Scenario> {
    let recipients = RECIPIENTS.map(|recipients| split(world, recipients));
    let ancestors = ANCESTORS.map(line);
    recipients
        .into_iter()
        .chain(ancestors)
        .chain([plain()])
        .collect()
}

/// What is profiled.
pub(crate) fn profiled(world: &World) -> Vec<Scenario> {
    vec![plain(), split(world, 100_000), line(1), line(16)]
}

impl Step {
    fn new(name: &'static str, transactions: Vec<Transaction>) -> Self {
        Self {
            name,
            units: transactions.len(),
            transactions,
        }
    }
}

/// One transaction of every payer.
fn of_payers(name: &'static str, nonce: Nonce, call: impl Fn(u32) -> RuntimeCall) -> Step {
    let sign = |index| Person::payer(index).sign(nonce, call(index));
    Step::new(name, (0..PAYERS).map(sign).collect())
}

/// Payments by every payer.
fn payments(name: &'static str, nonce: Nonce, asset: impl Fn(u32) -> Asset) -> Step {
    of_payers(name, nonce, |index| {
        pallet_rewards::Call::pay {
            asset: asset(index),
            round: None,
            gross: GROSS,
        }
        .into()
    })
}

/// Claims, as many to a call as it takes.
fn claims(name: &'static str, nonce: Nonce, claims: &[Claim<AccountId>]) -> Step {
    let transactions = (0..)
        .zip(claims.chunks(MAX_CLAIMS as usize))
        .map(|(index, claims)| {
            let claims = BoundedVec::truncate_from(claims.to_vec());
            Person::payer(index).sign(nonce, pallet_rewards::Call::claim { claims })
        })
        .collect();
    Step {
        name,
        transactions,
        units: claims.len(),
    }
}

/// Withdrawals.
fn withdrawals(name: &'static str, nonce: Nonce, people: impl Iterator<Item = Person>) -> Step {
    let sign = |person: Person| person.sign(nonce, pallet_rewards::Call::withdraw {});
    Step::new(name, people.map(sign).collect())
}

/// Payments that are split among recipients, of whom up to a hundred claim and withdraw, twice.
fn split(world: &World, recipients: u32) -> Scenario {
    let claimers = recipients.min(CLAIMERS);
    let asset = |_| Asset::Datanet(state::pool(recipients).datanet);
    let proving = world.claims(recipients, claimers);
    let mut proven = proving.clone();
    for claim in &mut proven {
        claim.proof = None;
    }
    let people = || (0..claimers).map(Person::contributor);
    let calls = claimers.div_ceil(MAX_CLAIMS);
    // Payers whose calls claim have sent one transaction more.
    let again = |index: u32| if index < calls { 2 } else { 1 };
    let pay_again = {
        let call = || pallet_rewards::Call::pay {
            asset: asset(0),
            round: None,
            gross: GROSS,
        };
        let sign = |index| Person::payer(index).sign(again(index), call());
        Step::new("pay again", (0..PAYERS).map(sign).collect())
    };
    Scenario {
        name: "recipients",
        size: recipients,
        steps: vec![
            payments("pay", 0, asset),
            claims("claim, proving", 1, &proving),
            withdrawals("withdraw", 0, people()),
            pay_again,
            claims("claim", 3, &proven),
            withdrawals("withdraw again", 1, people()),
        ],
        terms: vec![
            Pools::<Runtime>::hashed_key_for(state::pool(recipients)),
            PoolAccounts::<Runtime>::hashed_key_for(state::pool(recipients)),
        ],
        check: Box::new(move |read| {
            let net = Balance::from(2 * PAYERS) * (GROSS - ProtocolFee::get() * GROSS);
            let people = (0..claimers).map(|number| {
                let person = Person::contributor(number);
                (person, state::earned(recipients, number, net))
            });
            assert_paid(read, people);
        }),
    }
}

/// Payments for models with ancestors, until the owners of some models and of their ancestors have the money.
fn line(ancestors: u32) -> Scenario {
    let models = (0..MODELS).map(|copy| state::model(ancestors, copy));
    // Of those whose owners withdraw: of all models they would not fit into a block.
    let upstream = models
        .clone()
        .take(WITHDRAWING as usize)
        .flat_map(|model| model + 1..=model + ancestors);
    // Payers take turns.
    let mut settlements = (0..).zip(models.chain(upstream)).map(|(index, model)| {
        let call = pallet_rewards::Call::settle { model };
        Person::payer(index % PAYERS).sign(1 + index / PAYERS, call)
    });
    let own = settlements.by_ref().take(MODELS as usize).collect();
    let upstream = settlements.collect();
    let asset = |index| Asset::Model(state::model(ancestors, index % MODELS));
    let owners = move || {
        (0..WITHDRAWING)
            .map(move |copy| state::model(ancestors, copy))
            .flat_map(move |model| (model..=model + ancestors).map(move |owned| (model, owned)))
    };
    let people = owners().map(|(_, owned)| Person::owner(owned));
    Scenario {
        name: "ancestors",
        size: ancestors,
        steps: vec![
            payments("pay", 0, asset),
            Step::new("settle", own),
            Step::new("settle ancestors", upstream),
            withdrawals("withdraw", 0, people),
        ],
        terms: vec![
            Splits::<Runtime>::hashed_key_for(state::model(ancestors, 0)),
            ModelAccounts::<Runtime>::hashed_key_for(state::model(ancestors, 0)),
        ],
        check: Box::new(move |read| {
            let payments = Balance::from(PAYERS / MODELS);
            let net = payments * (GROSS - ProtocolFee::get() * GROSS);
            let royalty = RATE * net;
            let rest = net - Balance::from(ancestors) * royalty;
            let people = owners().map(|(model, owned)| {
                // Half of what a model keeps of its own net waits; royalties do not.
                let amount = if owned == model { rest / 2 } else { royalty };
                (Person::owner(owned), amount)
            });
            assert_paid(read, people);
        }),
    }
}

/// Transactions of other pallets, for comparison.
fn plain() -> Scenario {
    Scenario {
        name: "other",
        size: 0,
        steps: vec![
            of_payers("remark", 0, |_| {
                frame_system::Call::remark { remark: Vec::new() }.into()
            }),
            of_payers("transfer", 1, |index| {
                pallet_balances::Call::transfer_keep_alive {
                    dest: Person::contributor(index).account.into(),
                    value: GROSS,
                }
                .into()
            }),
        ],
        terms: Vec::new(),
        check: Box::new(|_| ()),
    }
}

/// Panics unless all of them have what they earned: what they own differs from that by fees, which were the same for all.
fn assert_paid(read: Read, people: impl Iterator<Item = (Person, Balance)>) {
    let fees: Vec<_> = people
        .map(|(person, earned)| {
            let key = frame_system::Account::<Runtime>::hashed_key_for(person.account);
            let entry = read(&key).expect("the account exists");
            let account =
                frame_system::AccountInfo::<Nonce, pallet_balances::AccountData<Balance>>::decode(
                    &mut &entry[..],
                );
            let free = account.expect("it is an account").data.free;
            (ENDOWMENT + earned)
                .checked_sub(free)
                .expect("nobody has more than was earned")
        })
        .collect();
    assert!(
        fees[0] > 0 && fees.iter().all(|fee| *fee == fees[0]),
        "{fees:?}"
    );
}
