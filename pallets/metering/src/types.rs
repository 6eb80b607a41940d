//! What the pallet keeps of hosts, their offers, and channels.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::{BoundedVec, Perbill};
use tributary_primitives::{
    ids::ModelId,
    metering::{Settled, Usage, Voucher, MAX_USAGE},
    Balance,
};

/// The most vouchers of one call.
pub const MAX_SETTLEMENTS: u32 = 64;
/// The most bytes of the address at which a host serves a model.
pub const MAX_ENDPOINT: u32 = 128;

/// Where a host serves a model: an address in printable ASCII.
pub type Endpoint = BoundedVec<u8, ConstU32<MAX_ENDPOINT>>;

/// The vouchers of one call.
pub type SettlementsOf<T> =
    BoundedVec<Settlement<<T as crate::Config>::Signature>, ConstU32<MAX_SETTLEMENTS>>;

/// What calls used of the data of models, as a host says. It moves no money.
pub type StatedUsage = BoundedVec<(ModelId, Usage), ConstU32<MAX_USAGE>>;

/// A channel of this chain.
pub type ChannelOf<T> = Channel<<T as frame_system::Config>::AccountId>;

/// A host of this chain.
pub type HostOf<T> = Host<<T as frame_system::Config>::AccountId>;

/// Somebody who answers calls of models.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Host<AccountId> {
    /// Signs the receipts of channels that are opened from now on.
    pub key: AccountId,
    /// On hold for their truth. Nothing once it is lost.
    pub bond: Balance,
    /// How many channels to this host are kept.
    pub channels: u32,
    /// How many models it offers.
    pub offers: u32,
}

/// What a host asks for calls of a model, from now on.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct HostOffer {
    /// What a unit costs, in coin: protocol fee, host and model together.
    pub price: Balance,
    /// The host's part of what the protocol fee leaves of it.
    pub share: Perbill,
    /// Where it serves the model.
    pub endpoint: Endpoint,
    /// What is on hold for storing this.
    pub deposit: Balance,
}

/// How far a channel is.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum Stage {
    /// Calls are answered and paid.
    Open,
    /// The consumer wants it to end, and the host has time for a last voucher.
    Closing {
        /// The first block in which no voucher is taken any more.
        until: u32,
    },
    /// All money has gone where it belongs. Only contradictions are still heard.
    Ended {
        /// In which block.
        at: u32,
    },
}

/// An agreement about calls of a model: what is agreed never changes.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Channel<AccountId> {
    /// Who pays.
    pub consumer: AccountId,
    /// Who answers.
    pub host: AccountId,
    /// What is called.
    pub model: ModelId,
    /// Signs vouchers, for the consumer.
    pub key: AccountId,
    /// Signs receipts, and consents to vouchers that others settle, for the host.
    pub receipt_key: AccountId,
    /// What a unit costs, in coin.
    pub price: Balance,
    /// The host's part of what the protocol fee leaves of it.
    pub share: Perbill,
    /// How many units are reserved, and the money for them on hold.
    pub units: u64,
    /// The first block in which no calls are answered any more.
    pub expires: u32,
    /// What of it was settled.
    pub settled: Settled,
    /// How far it is.
    pub stage: Stage,
    /// Whether the host lost its bond by a receipt of this channel, which it does once.
    pub challenged: bool,
    /// What the consumer has on hold for storing this.
    pub deposit: Balance,
}

/// A voucher, and who agrees to it.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Settlement<Signature> {
    /// What the consumer owes.
    pub voucher: Voucher,
    /// Of the voucher's hash, by the channel's voucher key.
    pub signature: Signature,
    /// Of the hash of consent to it, by the channel's receipt key. The host itself needs none.
    pub consent: Option<Signature>,
}

/// What of a model's calls was settled since the beginning.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct CallTotals {
    /// How many calls.
    pub calls: u64,
    /// Their units.
    pub units: u128,
    /// What was paid for them.
    pub gross: Balance,
    /// Of that, what the model had: without protocol fee and hosts' parts.
    pub net: Balance,
}
