//! Trees against a recursive definition written for the test, proofs for every leaf of every size, and whatever can be tampered with.

use core::str::FromStr;

use proptest::{collection::vec, prelude::*};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};
use tributary_primitives::merkle::{prove, verify, Node, Overflow, Range};

const LARGEST: u32 = 70;

fn leaves(count: u32) -> Vec<(H256, u128)> {
    (0..count)
        .map(|index| {
            (
                H256([index as u8; 32]),
                u128::from(index) * u128::from(index) + (1 << 70),
            )
        })
        .collect()
}

fn range(leaves: &[(H256, u128)]) -> Range {
    let mut range = Range::default();
    for (leaf, weight) in leaves {
        range.append(*leaf, *weight).expect("fits");
    }
    range
}

fn hash(parts: &[&[u8]]) -> H256 {
    <BlakeTwo256 as Hash>::hash(&parts.concat())
}

/// The root by its definition, from bytes put together by hand.
fn definition(leaves: &[(H256, u128)]) -> Node {
    match leaves {
        [] => Node::default(),
        [(leaf, weight)] => Node {
            hash: hash(&[&[1], leaf.as_bytes(), &weight.to_le_bytes()]),
            sum: *weight,
        },
        _ => {
            let mut middle = 1;
            while 2 * middle < leaves.len() {
                middle *= 2;
            }
            let left = definition(&leaves[..middle]);
            let right = definition(&leaves[middle..]);
            Node {
                hash: hash(&[
                    &[2],
                    &(leaves.len() as u32).to_le_bytes(),
                    left.hash.as_bytes(),
                    &left.sum.to_le_bytes(),
                    right.hash.as_bytes(),
                    &right.sum.to_le_bytes(),
                ]),
                sum: left.sum + right.sum,
            }
        }
    }
}

#[test]
fn roots_are_those_of_the_test_vectors() {
    // Leaf i is the byte i 32 times, its weight i^2 + 2^70. Made by Python's hashlib, like the vectors of the other hashes.
    let vectors = [
        (
            1,
            "da097fdf745c78ed7103d2e596bad5a4620c85622bd7e5391be3580f74afc79d",
            1_180_591_620_717_411_303_424,
        ),
        (
            2,
            "dcb8dbc06bdae3825e52dd2eb1c41289176118e4893efb6a04ca4dd18506df22",
            2_361_183_241_434_822_606_849,
        ),
        (
            3,
            "fdd92fd54278eab9aa8a88d1cffec3dbc4c028d88c7b03ff48ac4ee5c18408a3",
            3_541_774_862_152_233_910_277,
        ),
        (
            7,
            "8250ea3d9bd64561e614a9268c4cd0894c45951bb1841d7a8542d7a358412255",
            8_264_141_345_021_879_124_059,
        ),
        (
            64,
            "4ff6e92f92cea354cf615d8727a930b25d11ae9692cddd999c4dc5e921a19c3b",
            75_557_863_725_914_323_504_480,
        ),
        (
            70,
            "5746337ffa67ee04e0dfa749898cc59c6f1ed0493264ea63a09df7f7851f9abf",
            82_641_413_450_218_791_351_575,
        ),
    ];
    for (count, hash, sum) in vectors {
        let root = range(&leaves(count)).root();
        assert_eq!(
            root.hash,
            H256::from_str(hash).expect("64 digits"),
            "{count} leaves"
        );
        assert_eq!(root.sum, sum, "{count} leaves");
    }
}

#[test]
fn appending_leaf_by_leaf_gives_the_root_of_the_definition() {
    let leaves = leaves(LARGEST);
    let mut range = Range::default();
    assert_eq!(range.root(), Node::default());
    for (count, (leaf, weight)) in (1..).zip(&leaves) {
        range.append(*leaf, *weight).expect("fits");
        assert_eq!(range.count, count);
        assert_eq!(range.peaks.len() as u32, count.count_ones());
        assert_eq!(range.root(), definition(&leaves[..count as usize]));
    }
}

#[test]
fn every_leaf_of_every_size_is_proven() {
    let leaves = leaves(LARGEST);
    for count in 1..=LARGEST {
        let part = &leaves[..count as usize];
        let root = definition(part);
        for index in 0..count {
            let (leaf, weight) = part[index as usize];
            let path = prove(part, index).expect("a leaf");
            assert!(verify(root, count, index, leaf, weight, &path));
        }
    }
}

#[test]
fn there_is_no_proof_of_a_leaf_that_does_not_exist() {
    for count in 0..=LARGEST {
        let leaves = leaves(count);
        assert_eq!(prove(&leaves, count), None);
        assert_eq!(prove(&leaves, u32::MAX), None);
    }
    let (leaf, weight) = leaves(1)[0];
    assert!(!verify(Node::default(), 0, 0, leaf, weight, &[]));
}

#[test]
fn a_proof_holds_for_its_own_number_of_leaves_and_index_only() {
    let leaves = leaves(LARGEST);
    for count in 1..=LARGEST {
        let part = &leaves[..count as usize];
        let root = definition(part);
        for index in 0..count {
            let (leaf, weight) = part[index as usize];
            let path = prove(part, index).expect("a leaf");
            for other in (0..=LARGEST + 2).chain([u32::MAX]) {
                let holds = verify(root, other, index, leaf, weight, &path);
                assert_eq!(holds, other == count, "{index} of {count}, as of {other}");
                let holds = verify(root, count, other, leaf, weight, &path);
                assert_eq!(holds, other == index, "{index} of {count}, as {other}");
            }
        }
    }
}

#[test]
fn nothing_else_of_a_proof_can_be_changed() {
    let leaves = leaves(LARGEST);
    let foreign = Node {
        hash: H256::repeat_byte(0xaa),
        sum: 5,
    };
    for count in 1..=LARGEST {
        let part = &leaves[..count as usize];
        let root = definition(part);
        for index in 0..count {
            let (leaf, weight) = part[index as usize];
            let path = prove(part, index).expect("a leaf").into_inner();
            let fails = |root, leaf, weight, path: &[Node]| {
                assert!(!verify(root, count, index, leaf, weight, path));
            };

            fails(root, H256::repeat_byte(0xaa), weight, &path);
            fails(root, leaf, weight + 1, &path);
            fails(root, leaf, weight - 1, &path);
            fails(root, leaf, u128::MAX, &path);
            let sum = root.sum + 1;
            fails(Node { sum, ..root }, leaf, weight, &path);
            fails(Node { sum, ..root }, leaf, weight + 1, &path);
            let hash = H256::repeat_byte(0xaa);
            fails(Node { hash, ..root }, leaf, weight, &path);

            for longer in [
                [&path[..], &[foreign]].concat(),
                [&[foreign], &path[..]].concat(),
            ] {
                fails(root, leaf, weight, &longer);
            }
            for step in 0..path.len() {
                let mut shorter = path.clone();
                shorter.remove(step);
                fails(root, leaf, weight, &shorter);

                let mut changed = path.clone();
                changed[step].hash = H256::repeat_byte(0xaa);
                fails(root, leaf, weight, &changed);
                changed[step] = path[step];
                changed[step].sum += 1;
                fails(root, leaf, weight, &changed);
                // A weight moved from a sibling to the leaf leaves the sum as it was.
                if path[step].sum > 0 {
                    changed[step].sum = path[step].sum - 1;
                    fails(root, leaf, weight + 1, &changed);
                }
                changed[step].sum = u128::MAX;
                fails(root, leaf, weight, &changed);

                if step > 0 {
                    let mut swapped = path.clone();
                    swapped.swap(step - 1, step);
                    fails(root, leaf, weight, &swapped);
                }
            }
        }
    }
}

#[test]
fn an_inner_node_is_no_leaf() {
    // The root of two leaves as the left one of a tree of three, with either of its parts as the leaf.
    let leaves = leaves(3);
    let root = definition(&leaves);
    let inner = definition(&leaves[..2]);
    let right = definition(&leaves[2..]);
    assert!(!verify(root, 2, 0, inner.hash, inner.sum, &[right]));
    assert!(!verify(root, 3, 0, inner.hash, inner.sum, &[right]));
}

#[test]
fn weights_beyond_a_u128_are_refused_and_change_nothing() {
    let mut range = Range::default();
    range.append(H256::zero(), u128::MAX - 5).expect("fits");
    range.append(H256::zero(), 3).expect("fits");
    range.append(H256::zero(), 0).expect("fits");
    let before = range.clone();
    assert_eq!(range.append(H256::zero(), 3), Err(Overflow));
    assert_eq!(range, before);
    range.append(H256::zero(), 2).expect("just fits");
    assert_eq!(range.root().sum, u128::MAX);
    assert_eq!(range.append(H256::zero(), 1), Err(Overflow));

    let leaves = [(H256::zero(), u128::MAX), (H256::zero(), 1)];
    assert_eq!(prove(&leaves, 0), None);
}

#[test]
fn leaves_beyond_a_u32_are_refused_and_change_nothing() {
    let mut range = Range {
        count: u32::MAX,
        peaks: vec![Node::default(); 32].try_into().expect("32"),
    };
    let before = range.clone();
    assert_eq!(range.append(H256::zero(), 1), Err(Overflow));
    assert_eq!(range, before);

    // The last one that fits.
    range.count -= 1;
    range.peaks.pop();
    range.append(H256::zero(), 1).expect("fits");
    assert_eq!((range.count, range.peaks.len()), (u32::MAX, 32));
}

#[test]
fn the_largest_proof_is_climbed() {
    // Leaf 0 of 2^31 + 1 equal leaves, by doubling perfect trees.
    let mut peaks = vec![definition(&[(H256::zero(), 1)])];
    for height in 0..31u32 {
        let below = peaks[height as usize];
        peaks.push(Node {
            hash: hash(&[
                &[2],
                &(2u32 << height).to_le_bytes(),
                below.hash.as_bytes(),
                &below.sum.to_le_bytes(),
                below.hash.as_bytes(),
                &below.sum.to_le_bytes(),
            ]),
            sum: 2 * below.sum,
        });
    }
    let range = Range {
        count: (1 << 31) + 1,
        peaks: vec![peaks[31], peaks[0]].try_into().expect("two"),
    };
    let mut path = peaks[..31].to_vec();
    path.push(peaks[0]);
    assert_eq!(path.len(), 32);
    let root = range.root();
    assert_eq!(root.sum, (1 << 31) + 1);
    assert!(verify(root, range.count, 0, H256::zero(), 1, &path));
    assert!(verify(
        root,
        range.count,
        1 << 31,
        H256::zero(),
        1,
        &[peaks[31]]
    ));
    assert!(!verify(root, range.count - 1, 0, H256::zero(), 1, &path));
}

fn any_node() -> impl Strategy<Value = Node> {
    (any::<[u8; 32]>(), any::<u128>()).prop_map(|(hash, sum)| Node {
        hash: H256(hash),
        sum,
    })
}

proptest! {
    #[test]
    fn roots_sum_the_weights_and_commit_to_every_leaf(
        leaves in vec((any::<[u8; 32]>().prop_map(H256), any::<u64>().prop_map(u128::from)), 1..200),
        changed in any::<prop::sample::Index>(),
    ) {
        let root = range(&leaves).root();
        prop_assert_eq!(root, definition(&leaves));
        prop_assert_eq!(root.sum, leaves.iter().map(|(_, weight)| weight).sum::<u128>());

        let changed = changed.index(leaves.len());
        let mut others = leaves.clone();
        others[changed].1 += 1;
        prop_assert_ne!(range(&others).root().hash, root.hash);
        others[changed].1 -= 1;
        others[changed].0.0[0] ^= 1;
        prop_assert_ne!(range(&others).root().hash, root.hash);
    }

    #[test]
    fn no_input_panics(
        root in any_node(),
        (count, index, weight) in any::<(u32, u32, u128)>(),
        path in vec(any_node(), 0..=64),
        peaks in vec(any_node(), 0..=32),
    ) {
        prop_assert!(!verify(root, count, index, H256::zero(), weight, &path));
        prop_assert!(!verify(root, u32::MAX, index, H256::zero(), weight, &path));
        for count in [count, peaks.len() as u32, u32::MAX - 1] {
            let mut range = Range { count, peaks: peaks.clone().try_into().expect("at most 32") };
            range.root();
            let before = range.clone();
            if range.append(H256::zero(), weight).is_err() {
                prop_assert_eq!(range, before);
            }
        }
    }
}
