//! Identifiers. None is ever used twice.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A datanet, counted from 0.
pub type DatanetId = u32;

/// A round of a datanet, counted from 1.
pub type RoundNumber = u32;

/// A contribution of a datanet, counted from 0 in the order of the commitments of all its rounds.
pub type ContributionNumber = u32;

/// A model, counted from 0. A parent's identifier is lower than its child's.
pub type ModelId = u32;

/// A channel through which calls of a model are paid, counted from 0.
pub type ChannelId = u64;

/// Hash of a set of licence terms: equal terms have equal identifiers.
pub type TermsId = sp_core::H256;

/// A record of a datanet. The order of identifiers is the order of priority.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    Hash,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    TypeInfo,
)]
pub struct RecordId {
    /// The contribution that delivered it.
    pub contribution: ContributionNumber,
    /// Its position there, counted from 0.
    pub position: u16,
}
