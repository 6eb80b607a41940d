//! Proofs that a leaf lies in a tree.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

use super::{Node, Range};

/// The deepest tree of which [`CountedPath`] holds a path: 2^22 leaves, as many as a round can have records.
pub const MAX_COUNTED_DEPTH: u32 = 22;

/// The siblings on the way from a leaf to the root, in this order. At the most 32 are needed.
pub type Path = BoundedVec<Node, ConstU32<64>>;

/// A path in a tree whose leaves weigh 1 each: hashes alone, as the sums follow from the shape.
pub type CountedPath = BoundedVec<H256, ConstU32<MAX_COUNTED_DEPTH>>;

/// A tree whose leaves weigh 1 each.
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
pub struct Tree {
    /// Hash of its root.
    pub root: H256,
    /// How many leaves it has.
    pub count: u32,
}

/// The path of leaf `index` of the tree of `leaves`, each a hash and its weight.
///
/// `None` if there is no such leaf, or no such tree because weights or leaves overflow.
pub fn prove(leaves: &[(H256, u128)], index: u32) -> Option<Path> {
    u32::try_from(leaves.len()).ok()?;
    leaves
        .iter()
        .try_fold(0u128, |sum, (_, weight)| sum.checked_add(*weight))?;

    let mut part = leaves;
    let mut index = usize::try_from(index).ok()?;
    let mut siblings = Vec::new();
    while part.len() > 1 {
        let (left, right) = part.split_at(left_part(part.len()));
        let sibling = if index < left.len() {
            part = left;
            right
        } else {
            index -= left.len();
            part = right;
            left
        };
        siblings.push(root_of(sibling)?);
    }
    if index >= part.len() {
        return None;
    }
    siblings.reverse();
    Path::try_from(siblings).ok()
}

/// Whether `leaf` with `weight` is number `index`, counted from 0, of the `count` leaves below `root`.
pub fn verify(root: Node, count: u32, index: u32, leaf: H256, weight: u128, path: &[Node]) -> bool {
    root_above(count, index, leaf, weight, path) == Some(root)
}

/// The root of `count` leaves, as leaf `index` with its weight and its path have it.
///
/// `None` if there is no such leaf, or if the path is not as long as its place asks.
pub fn root_above(count: u32, index: u32, leaf: H256, weight: u128, path: &[Node]) -> Option<Node> {
    if index >= count {
        return None;
    }
    climb(count, index, Node::leaf(leaf, weight), path)
}

/// The path of leaf `index` of the tree of `leaves` that weigh 1 each.
///
/// `None` if there is no such leaf, or if the tree is deeper than [`MAX_COUNTED_DEPTH`].
pub fn prove_counted(leaves: &[H256], index: u32) -> Option<CountedPath> {
    let leaves: Vec<_> = leaves.iter().map(|leaf| (*leaf, 1)).collect();
    let hashes: Vec<_> = prove(&leaves, index)?
        .into_iter()
        .map(|node| node.hash)
        .collect();
    hashes.try_into().ok()
}

/// Whether `leaf` is number `index`, counted from 0, of a tree whose leaves weigh 1 each.
pub fn verify_counted(tree: Tree, index: u32, leaf: H256, path: &[H256]) -> bool {
    counted_root(tree.count, index, leaf, path) == Some(tree.root)
}

/// The root of `count` leaves that weigh 1 each, as leaf `index` and its path have it.
///
/// `None` if there is no such leaf, or if the path is not as long as its place asks.
pub fn counted_root(count: u32, index: u32, leaf: H256, path: &[H256]) -> Option<H256> {
    if index >= count {
        return None;
    }
    let mut siblings = Vec::with_capacity(path.len());
    let (mut part, mut place) = (count, index);
    for hash in path.iter().rev() {
        if part < 2 {
            return None;
        }
        let left = left_part(part as usize) as u32;
        let (own, other) = if place < left {
            (left, part - left)
        } else {
            place -= left;
            (part - left, left)
        };
        siblings.push(Node {
            hash: *hash,
            sum: other.into(),
        });
        part = own;
    }
    siblings.reverse();
    climb(count, index, Node::leaf(leaf, 1), &siblings).map(|root| root.hash)
}

/// The root of `count` > `index` leaves, as leaf `index` and its path have it. At the most 32 levels deep.
fn climb(count: u32, index: u32, leaf: Node, path: &[Node]) -> Option<Node> {
    let Some((sibling, below)) = path.split_last() else {
        return (count == 1).then_some(leaf);
    };
    if count < 2 {
        return None;
    }
    let left = left_part(count as usize) as u32;
    if index < left {
        Node::parent(count, &climb(left, index, leaf, below)?, sibling)
    } else {
        Node::parent(
            count,
            sibling,
            &climb(count - left, index - left, leaf, below)?,
        )
    }
}

/// Leaves in the left part of a tree of `count` > 1: the largest power of two below.
fn left_part(count: usize) -> usize {
    1 << (count - 1).ilog2()
}

fn root_of(leaves: &[(H256, u128)]) -> Option<Node> {
    let mut range = Range::default();
    for (leaf, weight) in leaves {
        range.append(*leaf, *weight).ok()?;
    }
    Some(range.root())
}
