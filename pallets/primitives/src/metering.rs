//! Calls that are paid through a channel: what a host states about each, and what a consumer signs for all of them.
//!
//! Both sides keep the same append-only tree of receipts (see [`crate::merkle`]), a leaf weighing what its call costs. A voucher
//! names its root and its totals: whoever has the receipts can prove each call, and the chain sees one voucher a settlement.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{ConstU32, H256};
use sp_runtime::{traits::BlakeTwo256, traits::Hash, BoundedVec};

use crate::{
    assets::Pool,
    hashing,
    ids::{ChannelId, ContributionNumber, ModelId},
    merkle::{self, Node, Path},
    Balance,
};

/// The most counts of uses that a settlement carries.
pub const MAX_USAGE: u32 = 256;

/// What a host states about one call.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub struct Receipt {
    /// The channel.
    pub channel: ChannelId,
    /// Which of the channel's calls it is, counted from 0.
    pub number: u32,
    /// Units that it took, such as one a prediction, or one a token.
    pub units: u64,
    /// What it costs: the channel's price of these units.
    pub amount: Balance,
    /// [`content`] of what was asked.
    pub request: H256,
    /// [`content`] of what was answered.
    pub response: H256,
}

impl Receipt {
    /// Its leaf, which the host signs.
    pub fn leaf(&self, genesis: H256) -> H256 {
        hashing::receipt(genesis, self)
    }
}

/// The hash of a request or a response: BLAKE2b of its bytes, 32 bytes long.
pub fn content(bytes: &[u8]) -> H256 {
    <BlakeTwo256 as Hash>::hash(bytes)
}

/// What a consumer owes of a channel from its beginning.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub struct Voucher {
    /// The channel.
    pub channel: ChannelId,
    /// How many calls it pays for: receipts 0 to `count - 1`.
    pub count: u32,
    /// The units that these took.
    pub units: u64,
    /// What they cost together, which is the sum of the tree.
    pub amount: Balance,
    /// Hash of the root of the tree of their receipts; zero if there are none.
    pub root: H256,
    /// [`order`] of the call that it was sent with, so that nobody else asks for calls with it; zero if there is none.
    pub order: H256,
}

/// The hash of what is asked for in a channel's call `number`; `request` is its [`content`].
pub fn order(number: u32, request: H256) -> H256 {
    hashing::order(number, request)
}

impl Voucher {
    /// What the consumer signs. `model` is the channel's.
    pub fn hash(&self, genesis: H256, model: ModelId) -> H256 {
        hashing::voucher(genesis, model, self)
    }
}

/// How often calls used a contribution, as their host says. It moves no money.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub struct Usage {
    /// The data that the model holds.
    pub pool: Pool,
    /// The contribution.
    pub contribution: ContributionNumber,
    /// How often since the settlement before.
    pub uses: u32,
}

/// What calls used, as their host says.
pub type UsageCounts = BoundedVec<Usage, ConstU32<MAX_USAGE>>;

/// Why a receipt that a host signed contradicts its channel.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub enum Contradiction {
    /// Its amount is not the channel's price of its units.
    Price,
    /// Another leaf has its number in the settled tree.
    Leaf {
        /// That leaf.
        leaf: H256,
        /// What it weighs.
        amount: Balance,
        /// Its path.
        path: Path,
    },
}

/// What of a channel was settled: the tree that a contradiction is about.
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
pub struct Settled {
    /// How many calls.
    pub count: u32,
    /// Their units.
    pub units: u64,
    /// What they cost together.
    pub amount: Balance,
    /// Hash of the root of the tree of their receipts; zero as long as there are none.
    pub root: H256,
}

/// Why something is no contradiction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoContradiction {
    /// The receipt is at the channel's price.
    AtPrice,
    /// No leaf of that number is settled.
    NotSettled,
    /// The leaf is not the one that is settled under this number.
    NotProven,
    /// The leaf that is settled is that of the receipt.
    SameLeaf,
}

impl Contradiction {
    /// Whether a receipt of a channel with this price contradicts it.
    pub fn check(
        &self,
        genesis: H256,
        receipt: &Receipt,
        price: Balance,
        settled: &Settled,
    ) -> Result<(), NoContradiction> {
        match self {
            Self::Price => match price.checked_mul(receipt.units.into()) {
                Some(amount) if amount == receipt.amount => Err(NoContradiction::AtPrice),
                _ => Ok(()),
            },
            Self::Leaf { leaf, amount, path } => {
                if receipt.number >= settled.count {
                    return Err(NoContradiction::NotSettled);
                }
                if (receipt.leaf(genesis), receipt.amount) == (*leaf, *amount) {
                    return Err(NoContradiction::SameLeaf);
                }
                let root = Node {
                    hash: settled.root,
                    sum: settled.amount,
                };
                let (count, number) = (settled.count, receipt.number);
                merkle::verify(root, count, number, *leaf, *amount, path)
                    .then_some(())
                    .ok_or(NoContradiction::NotProven)
            }
        }
    }

    /// The contradiction between a receipt and the tree of the `leaves` that were settled, each a leaf and its weight, if there is one.
    pub fn find(
        genesis: H256,
        receipt: &Receipt,
        price: Balance,
        leaves: &[(H256, Balance)],
    ) -> Option<Self> {
        if price.checked_mul(receipt.units.into()) != Some(receipt.amount) {
            return Some(Self::Price);
        }
        let (leaf, amount) = *leaves.get(usize::try_from(receipt.number).ok()?)?;
        if (receipt.leaf(genesis), receipt.amount) == (leaf, amount) {
            return None;
        }
        let path = merkle::prove(leaves, receipt.number)?;
        Some(Self::Leaf { leaf, amount, path })
    }
}

/// A settlement's leaves in their order, as [`Contradiction::find`] takes them.
pub fn leaves(genesis: H256, receipts: &[Receipt]) -> Vec<(H256, Balance)> {
    receipts
        .iter()
        .map(|receipt| (receipt.leaf(genesis), receipt.amount))
        .collect()
}
