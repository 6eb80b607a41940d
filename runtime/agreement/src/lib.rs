//! The valuation as the runtime compiles it: to WebAssembly, by the same builder, for the same executor.
//!
//! Evaluators, challengers and auditors value rounds natively, the runtime derives values and judges challenges in WebAssembly. They must
//! agree to the bit. The tests of this crate value the same rounds by [`value`] in both, and by the kernel; and they compare what
//! [`encode`] makes of texts and what [`judge`] says of challenges.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

/// What the builder made of this crate.
#[cfg(feature = "std")]
#[allow(missing_docs)]
pub mod blob {
    include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}

use alloc::{collections::BTreeMap, vec, vec::Vec};

use codec::{Decode, Encode};
use tributary_primitives::{
    encoder::text,
    hashing,
    ids::{ContributionNumber, RecordId},
    merkle::{Node, Range, Tree},
    valuation::{
        self, Benchmark, Challenge, Content, Contents, Params, Publication, Record, Row, Shadow,
    },
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
    let benchmark = targets(&round.benchmark);
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

/// Points as records.
pub fn records(points: &[Point]) -> Vec<Record<'_>> {
    points
        .iter()
        .map(|point| Record {
            id: point.id,
            label: point.label,
            features: &point.features,
        })
        .collect()
}

/// Points as records of a benchmark.
pub fn targets(points: &[Point]) -> Vec<Benchmark<'_>> {
    points
        .iter()
        .map(|point| Benchmark {
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

/// A text, and how many numbers its vector has.
#[derive(Clone, Debug, Decode, Encode)]
pub struct Text {
    /// Numbers of its vector.
    pub dimension: u16,
    /// What should be UTF-8.
    pub bytes: Vec<u8>,
}

/// The vector of a text, or the number of the reason why it has none.
pub fn encode(text: &Text) -> Result<Vec<u8>, u8> {
    text::features(&text.bytes, text.dimension).map_err(|error| error as u8)
}

/// What is published of a round, and what is said against it.
#[derive(Clone, Debug, Decode, Encode)]
pub struct Dispute {
    /// The round.
    pub round: Round,
    /// The published shadows.
    pub shadows: Vec<Shadow>,
    /// The published rows.
    pub rows: Vec<Row>,
    /// The challenges.
    pub challenges: Vec<Challenge>,
}

impl Contents for Round {
    fn contribution(&self, number: ContributionNumber) -> Option<Vec<Content>> {
        let points = self.old.iter().chain(&self.new);
        let contents: Vec<_> = points
            .filter(|point| point.id.contribution == number)
            .map(content)
            .collect();
        (!contents.is_empty()).then_some(contents)
    }

    fn slice(&self, index: u32) -> Option<(Vec<Content>, u32)> {
        Some((self.benchmark.iter().map(content).collect(), index))
    }
}

/// Whether each challenge disproves what is published, or the number of the reason why it does not.
pub fn judge(dispute: &Dispute) -> Vec<Result<(), u8>> {
    let Dispute {
        round,
        shadows,
        rows,
        challenges,
    } = dispute;
    let mut trees = BTreeMap::new();
    for point in round.old.iter().chain(&round.new) {
        let number = point.id.contribution;
        trees
            .entry(number)
            .or_insert_with(|| tree(&round.contribution(number).unwrap_or_default()));
    }
    let (benchmark, _) = round.slice(0).unwrap_or_default();
    let publication = Publication {
        params: round.params(),
        first: round.first,
        slices: vec![tree(&benchmark)],
        rows: root(rows.iter().map(hashing::row_leaf)),
        shadows: root(shadows.iter().map(hashing::shadow_leaf)),
        contributions: |number: ContributionNumber| trees.get(&number).copied(),
    };
    challenges
        .iter()
        .map(|challenge| valuation::disproves(&publication, challenge).map_err(|error| error as u8))
        .collect()
}

fn content(point: &Point) -> Content {
    let features: Vec<u8> = point.features.iter().map(|number| *number as u8).collect();
    Content::new(&features, point.label, &features)
}

fn tree(contents: &[Content]) -> Tree {
    Tree {
        root: root(contents.iter().map(Content::leaf)).hash,
        count: contents.len() as u32,
    }
}

/// What the tests call in WebAssembly: each takes a list and returns one.
#[cfg(not(feature = "std"))]
pub mod calls {
    use super::*;

    /// # Safety
    ///
    /// `input` must point to `length` bytes.
    unsafe fn answer<Question: Decode, Answer: Encode>(
        input: *const u8,
        length: usize,
        answer: impl Fn(&Question) -> Answer,
    ) -> u64 {
        // SAFETY: by contract.
        let mut input = unsafe { core::slice::from_raw_parts(input, length) };
        let questions = Vec::<Question>::decode(&mut input).expect("the test passes these; qed");
        let answers: Vec<Answer> = questions.iter().map(answer).collect();
        sp_core::to_substrate_wasm_fn_return_value(&answers)
    }

    /// Values rounds: takes [`Round`]s, returns [`Valuation`]s.
    ///
    /// # Safety
    ///
    /// `input` must point to `length` bytes, as the executor's argument does.
    #[no_mangle]
    pub unsafe extern "C" fn value_rounds(input: *const u8, length: usize) -> u64 {
        // SAFETY: by contract.
        unsafe { answer(input, length, value) }
    }

    /// Encodes [`Text`]s: see [`encode`].
    ///
    /// # Safety
    ///
    /// `input` must point to `length` bytes, as the executor's argument does.
    #[no_mangle]
    pub unsafe extern "C" fn encode_texts(input: *const u8, length: usize) -> u64 {
        // SAFETY: by contract.
        unsafe { answer(input, length, encode) }
    }

    /// Judges [`Dispute`]s: see [`judge`].
    ///
    /// # Safety
    ///
    /// `input` must point to `length` bytes, as the executor's argument does.
    #[no_mangle]
    pub unsafe extern "C" fn judge_disputes(input: *const u8, length: usize) -> u64 {
        // SAFETY: by contract.
        unsafe { answer(input, length, judge) }
    }
}
