//! The valuation as the runtime compiles it: to WebAssembly, by the same builder, for the same executor.
//!
//! Evaluators, challengers and auditors value rounds natively, the runtime derives values and judges challenges in WebAssembly. They must
//! agree to the bit. The test of this crate values the same rounds by [`value`] in both, and by the kernel.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

/// What the builder made of this crate.
#[cfg(feature = "std")]
#[allow(missing_docs)]
pub mod blob {
    include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}

use alloc::vec::Vec;

use codec::{Decode, Encode};
use tributary_primitives::{
    hashing,
    ids::{ContributionNumber, RecordId},
    merkle::{Node, Range},
    valuation::{self, Benchmark, Params, Record, Row, Shadow},
};

/// A record, of a contribution or of the benchmark.
#[derive(Clone, Debug, Decode, Encode)]
pub struct Point {
    /// Its identifier; of no meaning for the benchmark.
    pub id: RecordId,
    /// Its class.
    pub label: u8,
    /// Its vector.
    pub features: Vec<i8>,
}

/// A round, whole.
#[derive(Clone, Debug, Decode, Encode)]
pub struct Round {
    /// Numbers of a vector.
    pub dimension: u16,
    /// Number of classes.
    pub classes: u16,
    /// K.
    pub neighbours: u8,
    /// K*.
    pub horizon: u8,
    /// Squared distance up to which a record is a copy.
    pub radius: u32,
    /// The first contribution that is new.
    pub first: ContributionNumber,
    /// Admitted records.
    pub old: Vec<Point>,
    /// Newcomers.
    pub new: Vec<Point>,
    /// The benchmark.
    pub benchmark: Vec<Point>,
}

/// What an evaluator publishes of a round, and what the runtime makes of it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Valuation {
    /// The shadows.
    pub shadows: Vec<Shadow>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Roots of the shadows and of the rows.
    pub roots: [Node; 2],
    /// Value by contribution, accuracy before and after.
    pub values: (Vec<(ContributionNumber, i128)>, u128, u128),
}

impl Round {
    /// What the valuation needs of the recipe.
    pub fn params(&self) -> Params {
        Params {
            dimension: self.dimension,
            classes: self.classes,
            neighbours: self.neighbours,
            horizon: self.horizon,
            radius: self.radius,
        }
    }
}

/// Values a round by the reference.
pub fn value(round: &Round) -> Valuation {
    let params = round.params();
    let (old, new) = (records(&round.old), records(&round.new));
    let benchmark: Vec<_> = round
        .benchmark
        .iter()
        .map(|point| Benchmark {
            label: point.label,
            features: &point.features,
        })
        .collect();
    let shadows = valuation::shadows(&params, &old, &new);
    let rows = valuation::rows(&params, &old, &new, &shadows, &benchmark);
    let values = valuation::round_values(&params, round.first, &rows)
        .expect("what follows from records are rows; qed");
    Valuation {
        roots: [
            root(shadows.iter().map(hashing::shadow_leaf)),
            root(rows.iter().map(hashing::row_leaf)),
        ],
        values: (
            values.by_contribution.into_iter().collect(),
            values.before,
            values.after,
        ),
        shadows,
        rows,
    }
}

fn records(points: &[Point]) -> Vec<Record<'_>> {
    points
        .iter()
        .map(|point| Record {
            id: point.id,
            label: point.label,
            features: &point.features,
        })
        .collect()
}

fn root(leaves: impl Iterator<Item = sp_core::H256>) -> Node {
    let mut range = Range::default();
    for leaf in leaves {
        range.append(leaf, 1).expect("few leaves fit; qed");
    }
    range.root()
}

/// Values rounds in WebAssembly: takes a list of [`Round`], returns one of [`Valuation`].
///
/// # Safety
///
/// `input` must point to `length` bytes, as the executor's argument does.
#[cfg(not(feature = "std"))]
#[no_mangle]
pub unsafe extern "C" fn value_rounds(input: *const u8, length: usize) -> u64 {
    // SAFETY: by contract.
    let mut input = unsafe { core::slice::from_raw_parts(input, length) };
    let rounds = Vec::<Round>::decode(&mut input).expect("the test passes rounds; qed");
    let valuations: Vec<Valuation> = rounds.iter().map(value).collect();
    sp_core::to_substrate_wasm_fn_return_value(&valuations)
}
