//! The state that all measurements begin with: the same recipients, weights and payers as on the other side, and the contracts.

use alloy_consensus::{
    crypto::secp256k1::sign_message, transaction::SignerRecoverable, SignableTransaction,
    TxEip1559, TxEnvelope,
};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{keccak256, Address, Bytes, TxKind, B256, U256};
use alloy_sol_types::{sol, SolCall, SolValue};
use revm::{
    context::{BlockEnv, CfgEnv, TxEnv},
    context_interface::result::ExecutionResult,
    database::{CacheDB, EmptyDB, InMemoryDB},
    primitives::hardfork::SpecId,
    state::AccountInfo,
    Context, DatabaseRef, ExecuteCommitEvm, MainBuilder, MainContext,
};
use serde_json::Value;
use std::sync::Arc;

/// Recipients of a payment that is split.
pub(crate) const RECIPIENTS: [u32; 5] = [2, 10, 100, 1_000, 100_000];
/// Ancestors of a model that is paid for.
pub(crate) const ANCESTORS: [u32; 3] = [1, 4, 16];
/// Accounts that pay.
pub(crate) const PAYERS: u32 = 256;
/// What every account owns.
pub(crate) const ENDOWMENT: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
/// What a unit of gas costs.
pub(crate) const GAS_PRICE: u128 = 100_000_000;
/// The chain that transactions are signed for.
pub(crate) const CHAIN: u64 = 31_337;
/// What a model owes to its parent, in billionths.
pub(crate) const RATE: u64 = 500_000_000;
/// Recipients that are registered by one transaction.
const BATCH: usize = 400;
/// More than any transaction here uses.
const GAS_LIMIT: u64 = 4_000_000_000;
/// The most recipients of splitters that a node is asked to execute.
pub(crate) const SMALL: u32 = 1_000;

sol! {
    function register(address[] accounts, uint96[] weights);
    function pay();
    function claim();
}

/// State after some blocks: what they changed, above the genesis.
pub(crate) type State = CacheDB<Arc<InMemoryDB>>;

/// An account, and what signs for it.
#[derive(Clone)]
pub(crate) struct Person {
    secret: B256,
    pub(crate) address: Address,
}

impl Person {
    fn new(name: &str, index: u32) -> Self {
        let secret = keccak256((name, U256::from(index)).abi_encode());
        let mut person = Self {
            secret,
            address: Address::ZERO,
        };
        let transaction = person.sign(0, TxKind::Create, U256::ZERO, Bytes::new());
        person.address = transaction.recover_signer().expect("it is signed");
        person
    }

    pub(crate) fn payer(index: u32) -> Self {
        Self::new("payer", index)
    }

    /// The `number`-th recipient of every splitter.
    pub(crate) fn contributor(number: u32) -> Self {
        Self::new("contributor", number)
    }

    /// A transaction of this account.
    pub(crate) fn sign(&self, nonce: u64, to: TxKind, value: U256, input: Bytes) -> TxEnvelope {
        let transaction = TxEip1559 {
            chain_id: CHAIN,
            nonce,
            gas_limit: GAS_LIMIT,
            max_fee_per_gas: GAS_PRICE,
            max_priority_fee_per_gas: GAS_PRICE,
            to,
            value,
            access_list: Default::default(),
            input,
        };
        let hash = transaction.signature_hash();
        let signature = sign_message(self.secret, hash).expect("the secret is a key");
        transaction.into_signed(signature).into()
    }

    /// A payment to a contract.
    pub(crate) fn pay(&self, nonce: u64, contract: Address, value: U256) -> Vec<u8> {
        let input = payCall {}.abi_encode().into();
        self.sign(nonce, contract.into(), value, input)
            .encoded_2718()
    }

    /// Asks a contract for what there is to have.
    pub(crate) fn claim(&self, nonce: u64, contract: Address) -> Vec<u8> {
        let input = claimCall {}.abi_encode().into();
        self.sign(nonce, contract.into(), U256::ZERO, input)
            .encoded_2718()
    }
}

/// The weight of a recipient.
pub(crate) fn weight(number: u32) -> u64 {
    u64::from(1 + number % 7)
}

/// A contract among so many recipients or ancestors.
#[derive(Clone)]
pub(crate) struct Contract {
    pub(crate) name: &'static str,
    pub(crate) scenario: &'static str,
    pub(crate) size: u32,
    /// Recipients by its own count.
    pub(crate) recipients: u32,
    pub(crate) address: Address,
    /// Bytes of state that its registration took.
    pub(crate) registered: usize,
}

/// Genesis, and the transactions that led to it.
pub(crate) struct World {
    pub(crate) genesis: Arc<InMemoryDB>,
    pub(crate) contracts: Vec<Contract>,
    pub(crate) contributors: Vec<Person>,
    pub(crate) founder: Address,
    /// Deployments and registrations, in their order.
    pub(crate) setup: Vec<Vec<u8>>,
    /// How many of them are for at most [`SMALL`] recipients: they come first.
    pub(crate) small: usize,
}

/// Whoever builds the world.
struct Founder {
    person: Person,
    nonce: u64,
    setup: Vec<Vec<u8>>,
    database: InMemoryDB,
}

impl Founder {
    fn send(&mut self, to: TxKind, input: Bytes) -> Option<Address> {
        let transaction = self.person.sign(self.nonce, to, U256::ZERO, input);
        self.nonce += 1;
        self.setup.push(transaction.encoded_2718());
        let results = execute(
            &mut self.database,
            [decode(self.setup.last().expect("it was pushed"))],
        );
        results[0].created_address()
    }

    fn deploy(&mut self, codes: &Value, name: &str, arguments: Vec<u8>) -> Address {
        let code = codes[name].as_str().expect("the contract was compiled");
        let mut code = alloy_primitives::hex::decode(code).expect("code is written in hex");
        code.extend(arguments);
        self.send(TxKind::Create, code.into())
            .expect("it was deployed")
    }
}

impl World {
    /// Deploys the contracts of the given creation codes.
    pub(crate) fn new(codes: &Value) -> Self {
        let most = RECIPIENTS.iter().max().copied().unwrap_or_default();
        let contributors: Vec<_> = (0..most).map(Person::contributor).collect();
        let founder = Person::new("founder", 0);
        let mut database = InMemoryDB::new(EmptyDB::default());
        let payers: Vec<_> = (0..PAYERS).map(Person::payer).collect();
        for person in payers.iter().chain(&contributors) {
            database.insert_account_info(person.address, AccountInfo::from_balance(ENDOWMENT));
        }
        database.insert_account_info(founder.address, AccountInfo::from_balance(U256::MAX >> 1));
        let mut founder = Founder {
            person: founder,
            nonce: 0,
            setup: Vec::new(),
            database,
        };

        let mut contracts = Vec::new();
        for ancestors in ANCESTORS {
            let mut parent = Address::ZERO;
            for place in (0..=ancestors).rev() {
                let owner = contributors[place as usize].address;
                let arguments = (owner, parent, U256::from(RATE)).abi_encode();
                parent = founder.deploy(codes, "Lineage", arguments);
            }
            contracts.push(Contract {
                name: "Lineage",
                scenario: "ancestors",
                size: ancestors,
                recipients: ancestors + 1,
                address: parent,
                registered: 0,
            });
            splitters(
                &mut founder,
                codes,
                &mut contracts,
                &contributors,
                "ancestors",
                ancestors,
            );
        }
        let mut small = 0;
        for recipients in RECIPIENTS {
            if recipients > SMALL {
                small = founder.setup.len();
            }
            splitters(
                &mut founder,
                codes,
                &mut contracts,
                &contributors,
                "recipients",
                recipients,
            );
        }
        Self {
            genesis: Arc::new(founder.database),
            contracts,
            contributors,
            founder: founder.person.address,
            setup: founder.setup,
            small,
        }
    }
}

fn splitters(
    founder: &mut Founder,
    codes: &Value,
    contracts: &mut Vec<Contract>,
    contributors: &[Person],
    scenario: &'static str,
    size: u32,
) {
    let recipients = if scenario == "ancestors" {
        size + 1
    } else {
        size
    };
    for name in ["PushSplitter", "BalanceMapSplitter", "Accumulator"] {
        let address = founder.deploy(codes, name, Vec::new());
        let people: Vec<_> = (0..recipients).zip(contributors).collect();
        for batch in people.chunks(BATCH) {
            let call = registerCall {
                accounts: batch.iter().map(|(_, person)| person.address).collect(),
                weights: batch
                    .iter()
                    .map(|(number, _)| alloy_primitives::aliases::U96::from(weight(*number)))
                    .collect(),
            };
            founder.send(address.into(), call.abi_encode().into());
        }
        let slots = founder.database.cache.accounts[&address].storage.len();
        contracts.push(Contract {
            name,
            scenario,
            size,
            recipients,
            address,
            registered: slots * crate::written::SLOT,
        });
    }
}

/// What a node does first with a transaction: decodes it and finds who signed it.
pub(crate) fn decode(mut raw: &[u8]) -> TxEnv {
    use alloy_consensus::Transaction;
    use alloy_eips::eip2718::Decodable2718;
    let transaction = TxEnvelope::decode_2718(&mut raw).expect("it was encoded");
    let caller = transaction.recover_signer().expect("it is signed");
    TxEnv::builder()
        .caller(caller)
        .nonce(transaction.nonce())
        .chain_id(transaction.chain_id())
        .gas_limit(transaction.gas_limit())
        .gas_price(transaction.max_fee_per_gas())
        .gas_priority_fee(transaction.max_priority_fee_per_gas())
        .kind(transaction.kind())
        .value(transaction.value())
        .data(transaction.input().clone())
        .build()
        .expect("it is whole")
}

/// Executes transactions one after the other, all of which must succeed.
pub(crate) fn execute<D: DatabaseRef>(
    database: &mut CacheDB<D>,
    transactions: impl IntoIterator<Item = TxEnv>,
) -> Vec<ExecutionResult>
where
    D::Error: core::fmt::Debug,
{
    let mut cfg = CfgEnv::new_with_spec(SpecId::OSAKA).with_chain_id(CHAIN);
    // A payment to a hundred thousand recipients is measured though no block has room for it.
    cfg.tx_gas_limit_cap = Some(u64::MAX);
    let block = BlockEnv {
        beneficiary: Address::repeat_byte(0xbe),
        gas_limit: u64::MAX,
        ..BlockEnv::default()
    };
    let mut evm = Context::mainnet()
        .with_db(database)
        .with_cfg(cfg)
        .with_block(block)
        .build_mainnet();
    transactions
        .into_iter()
        .map(|transaction| {
            let result = evm.transact_commit(transaction).expect("it is valid");
            assert!(result.is_success(), "each transaction succeeds: {result:?}");
            result
        })
        .collect()
}
