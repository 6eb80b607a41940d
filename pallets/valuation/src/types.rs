//! What proposals and outcomes are made of, and how large they get.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use tributary_primitives::{
    datanets::{SeatAccuracies, MAX_BATCH, MAX_ENTRIES},
    ids::RecordId,
    merkle::{Node, Range},
    valuation::{Row, Shadow},
    Balance,
};

/// The most proposals that stand in a round at a time.
pub const MAX_PROPOSALS: u32 = 4;
/// How often a bond doubles at the most: sixteen bonds are dear for whoever loses one after the other, and can still be put up by whoever gets
/// them back.
pub const MAX_DOUBLINGS: u32 = 4;
/// The most shadows of a chunk: 192 KiB, below the 256 KiB of a delivered batch.
pub const MAX_SHADOWS: u32 = 16_384;
/// The most rows of a proposal: a row has room for K + K* >= 2 entries.
pub const MAX_ROWS: u32 = MAX_ENTRIES / 2;

/// Shadows that are published together, ascending by shadow.
pub type ShadowChunk = BoundedVec<Shadow, ConstU32<MAX_SHADOWS>>;
/// One row for each record of the benchmark, in the benchmark's order.
pub type Rows = BoundedVec<Row, ConstU32<MAX_ROWS>>;
/// Advisory scores that are published together, a byte for each record.
pub type Scores = BoundedVec<u8, ConstU32<MAX_BATCH>>;

/// What a proposal published, and what the runtime derived from it.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Publication {
    /// Root of the rows, each of weight 1, in the benchmark's order.
    pub rows: Node,
    /// Root of the shadows, each of weight 1, ascending by shadow.
    pub shadows: Node,
    /// Accuracy of the admitted records of earlier rounds, over L K C T.
    pub before: u128,
    /// Accuracy with the round's newcomers, over L K C T.
    pub after: u128,
    /// The same for each slice of the benchmark, in its order: how far slices disagree.
    pub seats: SeatAccuracies,
}

/// How far a proposal has come.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub enum Progress {
    /// Its evaluator is publishing.
    Publishing {
        /// The shadows so far.
        shadows: Range,
        /// The last of them.
        last: Option<RecordId>,
    },
    /// Everything is published and what it is worth is derived.
    Complete(Publication),
}

/// What an evaluator says a round is worth.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Proposal<AccountId, BlockNumber> {
    /// The evaluator.
    pub proposer: AccountId,
    /// Hash of evaluator, datanet, round and payload: see `hashing::proposal_commitment`.
    pub commitment: H256,
    /// Held from the evaluator.
    pub bond: Balance,
    /// The last block in which it can be published.
    pub deadline: BlockNumber,
    /// How far it has come.
    pub progress: Progress,
}

impl<AccountId, BlockNumber> Proposal<AccountId, BlockNumber> {
    /// What was published and derived, once everything is.
    pub fn publication(&self) -> Option<&Publication> {
        match &self.progress {
            Progress::Complete(publication) => Some(publication),
            Progress::Publishing { .. } => None,
        }
    }
}

impl<AccountId, BlockNumber: PartialOrd> Proposal<AccountId, BlockNumber> {
    /// Whether it is incomplete although its time to publish is over in block `now`.
    pub fn has_lapsed(&self, now: BlockNumber) -> bool {
        self.publication().is_none() && now > self.deadline
    }
}

/// How a final round came out.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Outcome<AccountId> {
    /// Whose proposal became final.
    pub evaluator: AccountId,
    /// What it published, and what follows.
    pub publication: Publication,
}

/// A proposal of the runtime's accounts and blocks.
pub type ProposalOf<T> = Proposal<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// The proposals that stand in a round, in the order of their commitments.
pub type ProposalsOf<T> = BoundedVec<ProposalOf<T>, ConstU32<MAX_PROPOSALS>>;
/// An outcome of the runtime's accounts.
pub type OutcomeOf<T> = Outcome<<T as frame_system::Config>::AccountId>;
