#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// What the SDK's macros generate at this level has no docs; our own modules are held to them below.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

// Before `apis`, which uses its macros.
#[cfg(feature = "runtime-benchmarks")]
#[macro_use]
mod benchmarks;

pub mod apis;
#[warn(missing_docs)]
pub mod configs;
#[warn(missing_docs)]
pub mod currency;
#[warn(missing_docs)]
pub mod epochs;
#[warn(missing_docs)]
pub mod genesis_presets;
#[warn(missing_docs)]
pub mod time;
#[warn(missing_docs)]
pub mod validators;
#[warn(missing_docs)]
pub mod weights;

#[cfg(test)]
mod tests;

use alloc::{borrow::Cow, vec::Vec};
use pallet_session::historical as pallet_session_historical;
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use apis::RuntimeApi;

/// A block's number.
pub type BlockNumber = u32;
/// A signature of any of the three schemes that accounts may use.
pub type Signature = MultiSignature;
/// An account: a public key, or a hash where no key exists.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// An amount of TRIB in its smallest unit, see [`currency`].
pub type Balance = u128;
/// How many transactions an account has sent.
pub type Nonce = u32;
/// A 256-bit hash.
pub type Hash = sp_core::H256;
/// How transactions name an account.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block with transactions that the runtime understands.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// What a transaction brings besides its call, in the order in which it is checked.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckMortality<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
    // Last, so that it sees what all the others have refunded.
    frame_system::WeightReclaim<Runtime>,
);
/// A transaction or inherent as it stands in a block.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What a sender signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// Runs blocks.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

/// Types for the node, which must follow the chain through upgrades of the runtime and therefore
/// does not look into transactions.
pub mod opaque {
    use super::{generic, Header};
    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

    /// A block whose transactions are bytes.
    pub type Block = generic::Block<Header, UncheckedExtrinsic>;
}

impl_opaque_keys! {
    /// The keys with which a validator's machine takes part in consensus.
    pub struct SessionKeys {
        /// Signs blocks.
        pub babe: Babe,
        /// Signs votes on finality.
        pub grandpa: Grandpa,
    }
}

/// The runtime's version.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("tributary"),
    impl_name: Cow::Borrowed("tributary"),
    authoring_version: 1,
    spec_version: 1,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The macro puts all of this beside itself: `Runtime` and its pallets are the crate's own names.
#[frame_support::runtime]
mod runtime {
    /// Tributary's runtime. Hooks run in the order of the indexes: BABE learns the slot, sessions
    /// rotate by it, and only then is the author looked up among the session's validators.
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    // What every chain has, and consensus.

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    // Before Session, whose genesis counts on its validators' accounts.
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;

    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp;

    #[runtime::pallet_index(3)]
    pub type Epochs = epochs;

    #[runtime::pallet_index(4)]
    pub type Babe = pallet_babe;

    #[runtime::pallet_index(5)]
    pub type Session = pallet_session;

    #[runtime::pallet_index(6)]
    pub type Historical = pallet_session_historical;

    #[runtime::pallet_index(7)]
    pub type Authorship = pallet_authorship;

    #[runtime::pallet_index(8)]
    pub type Offences = pallet_offences;

    #[runtime::pallet_index(9)]
    pub type Grandpa = pallet_grandpa;

    #[runtime::pallet_index(10)]
    pub type TransactionPayment = pallet_transaction_payment;

    // Ways to send calls.

    #[runtime::pallet_index(12)]
    pub type Utility = pallet_utility;

    #[runtime::pallet_index(13)]
    pub type Proxy = pallet_proxy;

    #[runtime::pallet_index(14)]
    pub type Multisig = pallet_multisig;

    #[runtime::pallet_index(15)]
    pub type Sudo = pallet_sudo;

    // Tributary's own. After BABE and Session, whose change of epoch Datanets records in its hook.

    #[runtime::pallet_index(20)]
    pub type Rewards = pallet_rewards;

    #[runtime::pallet_index(21)]
    pub type Licensing = pallet_licensing;

    #[runtime::pallet_index(22)]
    pub type Datanets = pallet_datanets;

    #[runtime::pallet_index(23)]
    pub type Valuation = pallet_valuation;

    #[runtime::pallet_index(24)]
    pub type Models = pallet_models;

    #[runtime::pallet_index(25)]
    pub type Attestation = pallet_attestation;

    #[runtime::pallet_index(26)]
    pub type Disputes = pallet_disputes;

    #[runtime::pallet_index(27)]
    pub type Metering = pallet_metering;
}
