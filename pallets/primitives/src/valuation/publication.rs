//! From records to shadows and rows: what an evaluator publishes and an auditor checks.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use sp_runtime::BoundedVec;

use super::{Params, Row, RowEntry, Shadow};
use crate::{datanets::MAX_HORIZON, ids::RecordId};

/// How many numbers are compared before a distance is looked at: short enough for a sum in `u32`.
const CHUNK: usize = 64;

/// A record, admitted or new.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Record<'a> {
    /// Its identifier.
    pub id: RecordId,
    /// Its class.
    pub label: u8,
    /// Its vector.
    pub features: &'a [i8],
}

/// A record of the benchmark.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Benchmark<'a> {
    /// Its class.
    pub label: u8,
    /// Its vector.
    pub features: &'a [i8],
}

/// The square of the Euclidean distance of two vectors of the same dimension (of different ones: of their common part).
pub fn squared_distance(one: &[i8], other: &[i8]) -> u64 {
    partial_distances(one, other).last().unwrap_or_default()
}

/// The newcomers that are shadows, ascending, each with its witness.
///
/// In order of priority, a newcomer is a shadow if a record before it that is none itself, old or new, has the same label and lies
/// within the duplicate radius; the witness is the first such record. `old` holds the admitted records of earlier rounds, which are
/// never shadows, `new` the newcomers, both in any order.
pub fn shadows(params: &Params, old: &[Record], new: &[Record]) -> Vec<Shadow> {
    let mut records: Vec<_> = old
        .iter()
        .map(|record| (record, false))
        .chain(new.iter().map(|record| (record, true)))
        .collect();
    records.sort_by_key(|(record, _)| record.id);

    let mut shadows = Vec::new();
    let mut originals: BTreeMap<u8, Vec<&Record>> = BTreeMap::new();
    for (record, is_new) in records {
        let earlier = originals.entry(record.label).or_default();
        let witness = earlier
            .iter()
            .find(|other| is_new && is_within(params.radius, other.features, record.features));
        match witness {
            Some(witness) => shadows.push(Shadow {
                shadow: record.id,
                witness: witness.id,
            }),
            None => earlier.push(record),
        }
    }
    shadows
}

/// The rows of a benchmark, in its order.
///
/// Of records further than the duplicate radius from a benchmark record, its row lists the K nearest old ones and, of the newcomers
/// that are no shadows and come before the K-th old one (all, if there are fewer than K), the K* nearest. Order is by (squared
/// distance, record). `old` holds the admitted records of earlier rounds, `new` the newcomers, both in any order.
///
/// The row of a benchmark record depends on no other, so that a benchmark can be divided among threads.
pub fn rows(
    params: &Params,
    old: &[Record],
    new: &[Record],
    shadows: &[Shadow],
    benchmark: &[Benchmark],
) -> Vec<Row> {
    let shadows: BTreeSet<RecordId> = shadows.iter().map(|pair| pair.shadow).collect();
    let new: Vec<_> = new
        .iter()
        .filter(|record| !shadows.contains(&record.id))
        .copied()
        .collect();
    benchmark
        .iter()
        .map(|target| row(params, old, &new, target))
        .collect()
}

fn row(params: &Params, old: &[Record], new: &[Record], target: &Benchmark) -> Row {
    let neighbours = usize::from(params.neighbours);
    let horizon = usize::from(params.horizon.min(MAX_HORIZON));
    let mut listed = nearest(neighbours, candidates(params.radius, old, target));
    let last = listed.last().map(Candidate::place);
    let is_full = listed.len() == neighbours;
    let newcomers = candidates(params.radius, new, target)
        .filter(|candidate| !is_full || Some(candidate.place()) < last);
    listed.extend(nearest(horizon, newcomers));
    listed.sort_unstable_by_key(Candidate::place);
    Row {
        // More than fit are there only if K is not one of a recipe.
        entries: BoundedVec::truncate_from(
            listed
                .into_iter()
                .map(|candidate| candidate.entry)
                .collect(),
        ),
    }
}

struct Candidate {
    distance: u64,
    entry: RowEntry,
}

impl Candidate {
    fn place(&self) -> (u64, RecordId) {
        (self.distance, self.entry.record)
    }
}

/// The records further than `radius` from `target`.
fn candidates<'a>(
    radius: u32,
    records: &'a [Record],
    target: &'a Benchmark,
) -> impl Iterator<Item = Candidate> + 'a {
    records
        .iter()
        .map(|record| Candidate {
            distance: squared_distance(record.features, target.features),
            entry: RowEntry {
                record: record.id,
                matches: record.label == target.label,
            },
        })
        .filter(move |candidate| candidate.distance > u64::from(radius))
}

/// The `count` nearest, nearest first.
fn nearest(count: usize, candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut candidates: Vec<_> = candidates.collect();
    if count < candidates.len() {
        candidates.select_nth_unstable_by_key(count, Candidate::place);
        candidates.truncate(count);
    }
    candidates.sort_unstable_by_key(Candidate::place);
    candidates
}

fn is_within(radius: u32, one: &[i8], other: &[i8]) -> bool {
    partial_distances(one, other).all(|distance| distance <= u64::from(radius))
}

/// The squared distances of ever longer parts of two vectors, the last being that of the whole.
fn partial_distances<'a>(one: &'a [i8], other: &'a [i8]) -> impl Iterator<Item = u64> + 'a {
    let chunks = one.chunks(CHUNK).zip(other.chunks(CHUNK));
    chunks.scan(0u64, |sum, (one, other)| {
        let part: u32 = one
            .iter()
            .zip(other)
            .map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2))
            .sum();
        *sum += u64::from(part);
        Some(*sum)
    })
}
