//! Tests of the runtime as a whole, on the networks of the presets.

mod constants;
mod epochs;
mod journeys;
mod metadata;
mod money;
mod offences;
mod pipeline;
mod presets;
mod utility;
mod validators;

use crate::*;
use codec::Encode;
use frame_support::genesis_builder_helper::build_state;
use frame_system::{
    AuthorizeCall, CheckGenesis, CheckMortality, CheckNonZeroSender, CheckNonce, CheckSpecVersion,
    CheckTxVersion, CheckWeight, WeightReclaim,
};
use serde_json::{json, Value};
use sp_consensus_babe::{
    digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest},
    Slot,
};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    generic::Era, traits::Header as _, ApplyExtrinsicResult, BuildStorage, DigestItem,
};

/// The slot of each network's first block.
const FIRST_SLOT: u64 = 1_000;

/// Merges `patch` into `target` as chain specs are patched (RFC 7386).
fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(target.entry(key).or_insert(Value::Null), value);
            }
        }
        (target, patch) => *target = patch,
    }
}

/// The whole genesis of the network called `preset`, changed by `patch`.
fn genesis_json(preset: &str, patch: Value) -> Value {
    let mut json =
        serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default is JSON");
    let preset = genesis_presets::get(&preset.into()).expect("the preset exists");
    merge(&mut json, serde_json::from_slice(&preset).expect("JSON"));
    merge(&mut json, patch);
    json
}

/// A network with the genesis `json`, before its first block.
fn network_of(json: Value) -> TestExternalities {
    let mut network = TestExternalities::default();
    network.execute_with(|| {
        build_state::<RuntimeGenesisConfig>(json.to_string().into_bytes()).expect("valid genesis")
    });
    network
}

/// The network called `preset`, before its first block.
fn network(preset: &str) -> TestExternalities {
    network_of(genesis_json(preset, json!({})))
}

/// What tells a block in `slot` the time.
fn inherent(slot: u64) -> UncheckedExtrinsic {
    let now = slot * time::SLOT_MILLISECONDS;
    UncheckedExtrinsic::new_bare(pallet_timestamp::Call::<Runtime>::set { now }.into())
}

/// Begins the next block in `slot`, by the authority with the given index.
fn begin_block(slot: u64, authority_index: u32) {
    let number = System::block_number() + 1;
    let parent = if number == 1 {
        Hash::zero()
    } else {
        Hash::from_low_u64_be(number.into())
    };
    let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
        authority_index,
        slot: Slot::from(slot),
    });
    let mut header = Header::new(
        number,
        Default::default(),
        Default::default(),
        parent,
        Default::default(),
    );
    header.digest_mut().push(DigestItem::babe_pre_digest(claim));
    Executive::initialize_block(&header);
    assert_eq!(Executive::apply_extrinsic(inherent(slot)), Ok(Ok(())));
}

/// Ends the block under way and returns its header.
fn end_block() -> Header {
    Executive::finalize_block()
}

/// A block with nothing in it but the time.
fn empty_block(slot: u64) {
    begin_block(slot, 0);
    end_block();
}

/// Empty blocks in the slots from `first` to `last`.
fn empty_blocks(first: u64, last: u64) {
    (first..=last).for_each(empty_block);
}

/// The extension of a transaction for ever, without a tip.
fn extension(nonce: Nonce) -> TxExtension {
    (
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
    )
}

/// `call` signed by `signer`.
fn signed(
    signer: Sr25519Keyring,
    nonce: Nonce,
    call: impl Into<RuntimeCall>,
) -> UncheckedExtrinsic {
    let payload =
        SignedPayload::new(call.into(), extension(nonce)).expect("the implicit parts are known");
    let signature = payload.using_encoded(|payload| signer.sign(payload));
    let (call, extension, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(
        call,
        signer.to_account_id().into(),
        Signature::Sr25519(signature),
        extension,
    )
}

/// Applies `call`, signed by `signer`, in the block under way.
fn apply(
    signer: Sr25519Keyring,
    nonce: Nonce,
    call: impl Into<RuntimeCall>,
) -> ApplyExtrinsicResult {
    Executive::apply_extrinsic(signed(signer, nonce, call))
}
