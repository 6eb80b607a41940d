//! What an asset can be used for.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// What an asset can be used for.
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
pub enum Use {
    /// Train a model on it.
    Train,
    /// Continue training it, or train an adapter of it.
    FineTune,
    /// Merge, quantise or otherwise change it.
    Modify,
    /// Train a model on its answers.
    Distil,
    /// Look its records up to answer.
    Retrieve,
    /// Publish evaluations of it (stated, not enforced).
    Evaluate,
    /// Answer calls with it.
    Infer,
    /// Hand it on (stated, not enforced).
    Redistribute,
}

impl Use {
    /// All uses, in their order.
    pub const ALL: [Use; 8] = [
        Use::Train,
        Use::FineTune,
        Use::Modify,
        Use::Distil,
        Use::Retrieve,
        Use::Evaluate,
        Use::Infer,
        Use::Redistribute,
    ];

    /// The bit that stands for it in a set.
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of uses: one byte, whose bit n stands for the n-th variant of [`Use`], counted from 0.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Deserialize,
    Encode,
    Eq,
    Hash,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
#[serde(from = "Vec<Use>", into = "Vec<Use>")]
pub struct Uses(u8);

impl Uses {
    /// No use.
    pub const NONE: Uses = Uses(0);
    /// Every use.
    pub const ALL: Uses = Uses(u8::MAX);

    /// The set of the uses of a list.
    pub const fn of(list: &[Use]) -> Self {
        let mut bits = 0;
        let mut next = 0;
        while next < list.len() {
            bits |= list[next].bit();
            next += 1;
        }
        Uses(bits)
    }

    /// The byte that stands for the set.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether a use is in the set.
    pub const fn contains(self, one: Use) -> bool {
        self.0 & one.bit() != 0
    }

    /// Whether no use is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all uses of the set are in another.
    pub const fn is_within(self, other: Uses) -> bool {
        self.0 & !other.0 == 0
    }

    /// The uses in both sets.
    pub const fn and(self, other: Uses) -> Self {
        Uses(self.0 & other.0)
    }

    /// The uses in either set.
    pub const fn or(self, other: Uses) -> Self {
        Uses(self.0 | other.0)
    }

    /// The uses that are not in another set.
    pub const fn without(self, other: Uses) -> Self {
        Uses(self.0 & !other.0)
    }

    /// The uses of the set, in their order.
    pub fn iter(self) -> impl Iterator<Item = Use> {
        Use::ALL.into_iter().filter(move |one| self.contains(*one))
    }
}

impl From<u8> for Uses {
    fn from(bits: u8) -> Self {
        Uses(bits)
    }
}

impl From<Vec<Use>> for Uses {
    fn from(list: Vec<Use>) -> Self {
        Uses::of(&list)
    }
}

impl From<Uses> for Vec<Use> {
    fn from(uses: Uses) -> Self {
        uses.iter().collect()
    }
}
