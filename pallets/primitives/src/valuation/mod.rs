//! What records are worth: exact Shapley values of a soft K-nearest-neighbour classifier, in integers.
//!
//! A round's newcomers are the players; admitted records of earlier rounds are *old*, always present. For a benchmark record
//! let U(S) be the share of its K nearest neighbours, among the old records and the newcomers S, that have its label. Where fewer
//! than K are left, *phantoms* at infinity fill up, each right with the chance 1/C of a guess. A newcomer's value is its Shapley
//! value in the game U, summed over the benchmark: what it adds to the accuracy, averaged over all orders in which the newcomers
//! could have come. The values of all newcomers sum exactly to the accuracy that they gained.
//!
//! For one benchmark record this is a [`Row`]: what counts of the data, in order of distance. [`row_values`] turns it into
//! values; the runtime does so for published rows, whatever the amount of data behind them. Evaluators and auditors derive the
//! rows themselves from all records, by [`shadows`] and [`rows`].
//!
//! Without old records and phantoms the recursion is Theorem 1 of R. Jia et al., "Efficient task-specific data valuation for nearest
//! neighbor algorithms", PVLDB 12(11), 2019; with them it is derived at [`row_values`].
//!
//! # Units
//!
//! Everything is an integer: an accuracy of one in a single row is L K C, with L = [`SCALE`]. Summed over the T rows of a round, an
//! accuracy of one is L K C T. Nothing is ever rounded.

mod challenge;
mod challenger;
mod publication;
mod recursion;

pub use challenge::{
    disproves, Challenge, ChallengeError, EntryFault, Features, ProvenRecord, ProvenRow,
    ProvenShadow, Publication, ShadowFault, Unlisted, MAX_CHALLENGE,
};
pub use challenger::{find, prove, Content, Contents, Data, Finding, FoundFault};
pub use publication::{rows, shadows, squared_distance, Benchmark, Record};
pub use recursion::{round_values, row_values, seat_values, RoundValues, RowError, RowValues};

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;

use crate::{datanets::Recipe, ids::RecordId};

/// L, the least common multiple of 1 to 32 ([`MAX_HORIZON`](crate::datanets::MAX_HORIZON)): what makes every value an integer.
pub const SCALE: u128 = 144_403_552_893_600;

/// The most entries of a row: 32 old ones and 32 newcomers.
pub const MAX_ROW: u32 = 64;

/// What the valuation needs of a datanet's recipe. A recipe has 1 <= `neighbours` <= `horizon` <= 32 and `classes` >= 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Params {
    /// Numbers of a vector, d.
    pub dimension: u16,
    /// Number of classes, C.
    pub classes: u16,
    /// Neighbours that answer, K.
    pub neighbours: u8,
    /// Newcomers that a row lists at the most, K*.
    pub horizon: u8,
    /// Squared distance up to which a later record of the same label is a copy.
    pub radius: u32,
}

impl From<&Recipe> for Params {
    fn from(recipe: &Recipe) -> Self {
        Self {
            dimension: recipe.dimension,
            classes: recipe.classes,
            neighbours: recipe.neighbours,
            horizon: recipe.horizon,
            radius: recipe.radius,
        }
    }
}

/// A record near a benchmark record.
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
pub struct RowEntry {
    /// The record.
    pub record: RecordId,
    /// Whether it has the benchmark record's label.
    pub matches: bool,
}

/// What counts of the data for one benchmark record, ascending by (squared distance, record): the at most K nearest old records and
/// the at most K* nearest newcomers, none after the K-th old one.
///
/// A record is old if its contribution is lower than the round's first one. Phantoms, as many as old records lack to K, follow
/// unlisted after all entries.
#[derive(
    Clone,
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
pub struct Row {
    /// The records, nearest first.
    pub entries: BoundedVec<RowEntry, ConstU32<MAX_ROW>>,
}

/// A newcomer that is not valued because it repeats an earlier record.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub struct Shadow {
    /// The newcomer.
    pub shadow: RecordId,
    /// The earlier record of the same label within the duplicate radius, itself no shadow.
    pub witness: RecordId,
}
