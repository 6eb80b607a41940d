//! The state that all measurements begin with: one chain, on which payments can be split in every way that is compared.

use crate::chain::GENESIS;
use codec::Encode;
use frame_support::{genesis_builder_helper::build_state, traits::fungible::Mutate, BoundedVec};
use frame_system::{
    AuthorizeCall, CheckGenesis, CheckMortality, CheckNonZeroSender, CheckNonce, CheckSpecVersion,
    CheckTxVersion, CheckWeight, WeightReclaim,
};
use pallet_rewards::{Claim, Proof};
use sp_core::{
    crypto::Pair as _,
    sr25519::{self, Pair},
    H256,
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_runtime::{generic::Era, OpaqueExtrinsic, Perbill};
use sp_state_machine::BasicExternalities;
use sp_storage::{well_known_keys, Storage};
use tributary_primitives::{
    assets::{Payee, Pool, Royalty, RoyaltyStack, Share},
    hashing,
    ids::{DatanetId, ModelId},
    ledger::Vesting,
    merkle::{self, Range},
    roles::{DataPools, Revenue},
};
use tributary_runtime::{
    currency::TRIB, epochs, genesis_presets, AccountId, Balance, Balances, Nonce, Rewards,
    RuntimeCall, RuntimeGenesisConfig, Signature, SignedPayload, TxExtension, UncheckedExtrinsic,
    VERSION, WASM_BINARY,
};

/// Recipients of a payment that is split.
pub(crate) const RECIPIENTS: [u32; 5] = [2, 10, 100, 1_000, 100_000];
/// Ancestors of a model that is paid for.
pub(crate) const ANCESTORS: [u32; 3] = [1, 4, 16];
/// Models with each number of ancestors, which have ancestors of their own.
pub(crate) const MODELS: u32 = 64;
/// Accounts that pay.
pub(crate) const PAYERS: u32 = 256;

/// What every account owns.
pub(crate) const ENDOWMENT: Balance = 1_000 * TRIB;
/// What a model owes to each of its ancestors.
pub(crate) const RATE: Perbill = Perbill::from_percent(3);

/// An account, and what signs for it.
pub(crate) struct Person {
    pair: Pair,
    pub(crate) account: AccountId,
}

impl Person {
    fn new(name: &str, index: u32) -> Self {
        let seed = sp_io::hashing::blake2_256(&(name, index).encode());
        let pair = Pair::from_seed(&seed);
        let account = pair.public().into();
        Self { pair, account }
    }

    pub(crate) fn payer(index: u32) -> Self {
        Self::new("payer", index)
    }

    /// Who earns for a contribution, in every pool.
    pub(crate) fn contributor(number: u32) -> Self {
        Self::new("contributor", number)
    }

    /// The only member of a model's team.
    pub(crate) fn owner(model: ModelId) -> Self {
        Self::new("owner", model)
    }

    /// A transaction of this account.
    pub(crate) fn sign(&self, nonce: Nonce, call: impl Into<RuntimeCall>) -> Transaction {
        let extension: TxExtension = (
            AuthorizeCall::new(),
            CheckNonZeroSender::new(),
            CheckSpecVersion::new(),
            CheckTxVersion::new(),
            CheckGenesis::new(),
            CheckMortality::from(Era::Immortal),
            CheckNonce::from(nonce),
            CheckWeight::new(),
            pallet_transaction_payment::ChargeTransactionPayment::from(0),
            frame_metadata_hash_extension::CheckMetadataHash::new(false),
            WeightReclaim::new(),
        );
        let versions = (VERSION.spec_version, VERSION.transaction_version);
        let implicit = (
            (),
            (),
            versions.0,
            versions.1,
            GENESIS,
            GENESIS,
            (),
            (),
            (),
            None,
            (),
        );
        let payload = SignedPayload::from_raw(call.into(), extension, implicit);
        let message = payload.using_encoded(<[u8]>::to_vec);
        let signature = self.pair.sign(&message);
        let (call, extension, _) = payload.deconstruct();
        let extrinsic = UncheckedExtrinsic::new_signed(
            call,
            self.account.clone().into(),
            Signature::Sr25519(signature),
            extension,
        );
        Transaction {
            extrinsic: extrinsic.into(),
            message,
            signature,
            signer: self.pair.public(),
        }
    }
}

/// A signed transaction.
pub(crate) struct Transaction {
    pub(crate) extrinsic: OpaqueExtrinsic,
    message: Vec<u8>,
    signature: sr25519::Signature,
    signer: sr25519::Public,
}

impl Transaction {
    /// Checks the signature as the runtime has the node do it.
    pub(crate) fn verify(&self) {
        let valid = Pair::verify(&self.signature, &self.message, &self.signer);
        assert!(valid, "the signature is that of the signer");
    }

    /// Its bytes in a block.
    pub(crate) fn length(&self) -> usize {
        self.extrinsic.encoded_size()
    }
}

/// The pool with so many recipients.
pub(crate) fn pool(recipients: u32) -> Pool {
    let place = RECIPIENTS.iter().position(|other| *other == recipients);
    Pool {
        datanet: place.expect("there is such a pool") as DatanetId,
        round: 1,
    }
}

/// The weight of a contribution.
fn weight(number: u32) -> u128 {
    u128::from(1 + number % 7)
}

/// What a contribution has earned when `net` came in for a pool of so many.
pub(crate) fn earned(recipients: u32, number: u32, net: Balance) -> Balance {
    net * weight(number) / (0..recipients).map(weight).sum::<u128>()
}

/// The `copy`-th model with so many ancestors; the ancestors' numbers follow it.
pub(crate) fn model(ancestors: u32, copy: u32) -> ModelId {
    let before = ANCESTORS
        .iter()
        .take_while(|other| **other != ancestors)
        .map(|other| MODELS * (other + 1))
        .sum::<u32>();
    before + copy * (ancestors + 1)
}

/// All accounts, pools and models there are.
pub(crate) struct World {
    contributors: Vec<AccountId>,
}

impl World {
    pub(crate) fn new() -> Self {
        let most = RECIPIENTS.iter().max().copied().unwrap_or_default();
        Self {
            contributors: (0..most)
                .map(|number| Person::contributor(number).account)
                .collect(),
        }
    }

    fn leaves(&self, recipients: u32) -> Vec<(H256, u128)> {
        (0..recipients)
            .zip(&self.contributors)
            .map(|(number, account)| (hashing::weight_leaf(number, account), weight(number)))
            .collect()
    }

    /// Claims that prove the weights of the first `count` contributions to a pool.
    pub(crate) fn claims(&self, recipients: u32, count: u32) -> Vec<Claim<AccountId>> {
        let leaves = self.leaves(recipients);
        (0..count)
            .map(|number| Claim {
                pool: pool(recipients),
                contribution: number,
                proof: Some(Proof {
                    account: self.contributors[number as usize].clone(),
                    weight: weight(number),
                    index: number,
                    path: merkle::prove(&leaves, number).expect("the tree has the leaf"),
                }),
            })
            .collect()
    }

    /// The genesis of the development network with all of that, made by the pallets themselves.
    pub(crate) fn genesis(&self) -> Storage {
        let mut storage = Storage::default();
        BasicExternalities::execute_with_storage(&mut storage, || self.build());
        let code = WASM_BINARY.expect("the Wasm is built").to_vec();
        storage.top.insert(well_known_keys::CODE.to_vec(), code);
        storage
    }

    fn build(&self) {
        let preset = genesis_presets::get(&DEV_RUNTIME_PRESET.into()).expect("it is a preset");
        let patch: serde_json::Value = serde_json::from_slice(&preset).expect("presets are JSON");
        let mut genesis =
            serde_json::to_value(RuntimeGenesisConfig::default()).expect("it can be written");
        for (pallet, fields) in patch.as_object().expect("a patch has fields") {
            for (field, value) in fields.as_object().expect("so has a pallet's") {
                genesis[pallet][field] = value.clone();
            }
        }
        // No epoch ends while anything is measured.
        genesis["epochs"]["length"] = epochs::LIVE_LENGTH.into();
        build_state::<RuntimeGenesisConfig>(genesis.to_string().into_bytes())
            .expect("the genesis is valid");

        let fund = |account: &AccountId| {
            Balances::mint_into(account, ENDOWMENT).expect("there is room in the issuance");
        };
        (0..PAYERS).for_each(|index| fund(&Person::payer(index).account));
        self.contributors.iter().for_each(fund);
        RECIPIENTS.into_iter().for_each(|size| self.open_pool(size));
        for ancestors in ANCESTORS {
            for first in (0..MODELS).map(|copy| model(ancestors, copy)) {
                (first..=first + ancestors).for_each(|model| fund(&Person::owner(model).account));
                open_models(first, ancestors);
            }
        }
    }

    fn open_pool(&self, recipients: u32) {
        let mut range = Range::default();
        for (leaf, weight) in self.leaves(recipients) {
            range.append(leaf, weight).expect("weights are small");
        }
        let (root, vesting) = (
            range.root(),
            Vesting {
                parts: 0,
                blocks: 0,
            },
        );
        <Rewards as DataPools<AccountId>>::open_pool(
            pool(recipients),
            root.hash,
            root.sum,
            0,
            recipients,
            Default::default(),
            vesting,
        )
        .expect("the pool is new");
    }
}

/// Opens the ledgers of a model's ancestors, which follow it, and its own.
fn open_models(first: ModelId, ancestors: u32) {
    let open = |model, stack| {
        let team = BoundedVec::truncate_from(vec![Share {
            account: Person::owner(model).account,
            part: Perbill::one(),
        }]);
        <Rewards as Revenue<AccountId>>::open(model, stack, team).expect("the ledger is new");
    };
    let stack = (first + 1..=first + ancestors).map(|ancestor| {
        open(ancestor, RoyaltyStack::default());
        Royalty {
            payee: Payee::Model(ancestor),
            rate: RATE,
            ceiling: None,
        }
    });
    let stack = RoyaltyStack::truncate_from(stack.collect());
    open(first, stack);
}
