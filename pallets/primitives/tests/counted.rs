//! Proofs in trees whose leaves weigh 1 each: the same as the others, with hashes alone.

use proptest::{collection::vec, prelude::*};
use sp_core::H256;
use tributary_primitives::{
    hashing::counted_leaf,
    merkle::{
        counted_root, prove, prove_counted, verify, verify_counted, Node, Range, Tree,
        MAX_COUNTED_DEPTH,
    },
};

fn leaf(index: u32) -> H256 {
    H256::from_low_u64_be(index.into())
}

fn tree(count: u32) -> (Vec<H256>, Tree, Node) {
    let leaves: Vec<_> = (0..count).map(leaf).collect();
    let mut range = Range::default();
    for leaf in &leaves {
        range.append(*leaf, 1).expect("fits");
    }
    let root = range.root();
    (
        leaves,
        Tree {
            root: root.hash,
            count,
        },
        root,
    )
}

#[test]
fn every_leaf_of_every_size_is_proven_by_the_hashes_of_its_path() {
    for count in 1..=70 {
        let (leaves, tree, root) = tree(count);
        let weighted: Vec<_> = leaves.iter().map(|leaf| (*leaf, 1)).collect();
        for index in 0..count {
            let hashes = prove_counted(&leaves, index).expect("it is there");
            let path = prove(&weighted, index).expect("it is there");
            assert!(verify(root, count, index, leaf(index), 1, &path));
            assert!(path.iter().map(|node| node.hash).eq(hashes.iter().copied()));
            assert!(verify_counted(tree, index, leaf(index), &hashes));
        }
        assert_eq!(prove_counted(&leaves, count), None);
    }
}

#[test]
fn whatever_is_changed_is_no_proof() {
    for count in 1..=40 {
        let (leaves, tree, _) = tree(count);
        for index in 0..count {
            let path = prove_counted(&leaves, index)
                .expect("it is there")
                .into_inner();
            let fails = |tree, index, leaf, path: &[H256]| {
                assert!(
                    !verify_counted(tree, index, leaf, path),
                    "{index} of {count}"
                );
            };
            fails(tree, index, leaf(count), &path);
            for other in (0..=count).filter(|other| *other != index) {
                fails(tree, other, leaf(index), &path);
            }
            for other in (0..=2 * count).filter(|other| *other != count) {
                fails(
                    Tree {
                        count: other,
                        ..tree
                    },
                    index,
                    leaf(index),
                    &path,
                );
            }
            let other_root = Tree {
                root: H256::zero(),
                ..tree
            };
            fails(other_root, index, leaf(index), &path);
            let longer = [&path[..], &[H256::zero()]].concat();
            fails(tree, index, leaf(index), &longer);
            for step in 0..path.len() {
                let mut changed = path.clone();
                changed[step].0[31] ^= 1;
                fails(tree, index, leaf(index), &changed);
                changed.remove(step);
                fails(tree, index, leaf(index), &changed);
            }
        }
    }
}

#[test]
fn the_sibling_of_a_leaf_stands_in_its_path() {
    let (leaves, _, _) = tree(2);
    let path = prove_counted(&leaves, 0).expect("it is there");
    assert_eq!(path.into_inner(), [counted_leaf(leaf(1))]);
}

#[test]
fn a_tree_that_is_too_deep_has_no_path() {
    let most = 1 << MAX_COUNTED_DEPTH;
    let path = vec![H256::zero(); MAX_COUNTED_DEPTH as usize];
    assert!(counted_root(most, 0, leaf(0), &path).is_some());
    assert_eq!(counted_root(most + 1, 0, leaf(0), &path), None);
    // The last leaf of a tree of one more is right below its root.
    assert!(counted_root(most + 1, most, leaf(0), &path[..1]).is_some());
}

proptest! {
    #[test]
    fn no_input_panics(
        (count, index, root) in any::<(u32, u32, [u8; 32])>(),
        path in vec(any::<[u8; 32]>().prop_map(H256), 0..=40),
    ) {
        let tree = Tree { root: H256(root), count };
        prop_assert!(!verify_counted(tree, index, leaf(0), &path));
        let largest = Tree { count: u32::MAX, ..tree };
        prop_assert!(!verify_counted(largest, index, leaf(0), &path));
    }
}
