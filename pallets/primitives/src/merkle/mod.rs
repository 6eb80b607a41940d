//! Append-only trees of weighted leaves: a root commits to every leaf, to their number, to their order and to the sum of their
//! weights.
//!
//! The shape is that of RFC 9162, section 2.1: the left part of a tree of n > 1 leaves has the largest power of two below n. What
//! is kept to append to it is its *peaks*, one perfect tree for each bit of n (a Merkle mountain range). Every node carries the
//! sum of the weights below it and hashes both sums of its children (a Merkle-sum tree), so that no sum can be claimed that the
//! leaves do not add up to. Beyond the RFC, an inner node also hashes how many leaves lie below it: a root then fits one
//! number of leaves only.
//!
//! Node hashes are those of [`crate::hashing`], tags 1 and 2.

mod proof;

pub use proof::{
    counted_root, prove, prove_counted, root_above, verify, verify_counted, CountedPath, Path,
    Tree, MAX_COUNTED_DEPTH,
};

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

use crate::hashing;

/// A node of a tree.
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
pub struct Node {
    /// Hash of what lies below.
    pub hash: H256,
    /// Sum of the weights below.
    pub sum: u128,
}

impl Node {
    fn leaf(leaf: H256, weight: u128) -> Self {
        Self {
            hash: hashing::tree_leaf(leaf, weight),
            sum: weight,
        }
    }

    /// The node above two others, with `count` leaves below it. `None` if their sum does not fit.
    fn parent(count: u32, left: &Self, right: &Self) -> Option<Self> {
        Some(Self {
            hash: hashing::tree_inner(count, left, right),
            sum: left.sum.checked_add(right.sum)?,
        })
    }
}

/// A tree has as many leaves as can be counted (`u32`), or its weights no longer sum to a `u128`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Overflow;

/// What must be kept of a tree to append to it.
///
/// Only [`Range::append`] makes a meaningful one; its default is the empty tree.
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
pub struct Range {
    /// Number of leaves.
    pub count: u32,
    /// Roots of the perfect trees that the leaves form, from the largest to the smallest: one for each bit of `count`.
    pub peaks: BoundedVec<Node, ConstU32<32>>,
}

impl Range {
    /// Appends a leaf. Amortised cost: two hashes; at the most 32.
    ///
    /// On an error the range stays as it was.
    pub fn append(&mut self, leaf: H256, weight: u128) -> Result<(), Overflow> {
        let count = self.count.checked_add(1).ok_or(Overflow)?;
        self.sum()
            .and_then(|sum| sum.checked_add(weight))
            .ok_or(Overflow)?;
        // Each trailing 1 of the old count is a peak as large as what is appended so far: the two become one.
        let merged = self.count.trailing_ones();
        let Some(kept) = self.peaks.len().checked_sub(merged as usize) else {
            return Err(Overflow);
        };
        let mut node = Node::leaf(leaf, weight);
        for (height, left) in (0..merged).zip(self.peaks.iter().rev()) {
            node = Node::parent(2 << height, left, &node).ok_or(Overflow)?;
        }
        self.peaks.truncate(kept);
        self.peaks.try_push(node).map_err(|_| Overflow)?;
        self.count = count;
        Ok(())
    }

    /// The root: the peaks joined from the smallest to the largest. Zero for the empty tree.
    pub fn root(&self) -> Node {
        let mut sizes = (0..u32::BITS)
            .map(|bit| self.count & (1 << bit))
            .filter(|size| *size > 0);
        let mut peaks = self.peaks.iter().rev().zip(&mut sizes);
        let Some((smallest, size)) = peaks.next() else {
            return Node::default();
        };
        peaks
            .try_fold((*smallest, size), |(right, below), (left, size)| {
                let count = size | below;
                Some((Node::parent(count, left, &right)?, count))
            })
            .map(|(root, _)| root)
            // Sums fit in a range that was appended to.
            .unwrap_or_default()
    }

    fn sum(&self) -> Option<u128> {
        self.peaks
            .iter()
            .try_fold(0u128, |sum, peak| sum.checked_add(peak.sum))
    }
}
