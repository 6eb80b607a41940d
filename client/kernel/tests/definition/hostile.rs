//! Rounds made of what bounds and orders could get wrong: many at the same distance, copies of copies, steps of just the radius, one
//! place taken a thousand times, clusters repeated elsewhere, corners of the space, identifiers in any order, and indexes that have
//! grown by pieces of any size.
//!
//! `TRIBUTARY_CASES=20000 cargo nextest run --release --workspace --test definition hostile` tries more than the 150 of a usual run.

use std::panic::{catch_unwind, AssertUnwindSafe};

use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use tributary_kernel::{rows, shadows, Id, Index, Machine};
use tributary_primitives::valuation;

use crate::support::{self, machines, Data};

/// A round of hostile data.
struct Round {
    params: valuation::Params,
    old: Data,
    new: Data,
    benchmark: Data,
}

/// How a part of the data lies.
fn part(random: &mut StdRng, dimension: usize, count: usize, step: i8) -> Vec<Vec<i8>> {
    let centre: Vec<i8> = (0..dimension).map(|_| random.random()).collect();
    let kind = random.random_range(0..8);
    let mut vectors: Vec<Vec<i8>> = Vec::with_capacity(count);
    for index in 0..count {
        let vector = match kind {
            // One place.
            0 => centre.clone(),
            // A line, a step apart along one axis after the other.
            1 => {
                let mut vector = centre.clone();
                for (axis, number) in vector.iter_mut().enumerate() {
                    let steps = (index / 40usize.pow(axis.min(3) as u32)) % 40;
                    *number = number.wrapping_add(step.wrapping_mul(steps as i8));
                }
                vector
            }
            // A lattice of few places.
            2 => (0..dimension)
                .map(|_| step.wrapping_mul(random.random_range(0..3)))
                .collect(),
            // Corners.
            3 => (0..dimension)
                .map(|_| [i8::MIN, i8::MAX][random.random_range(0..2)])
                .collect(),
            // A sphere: all at the same distance from the centre.
            4 => {
                let mut vector = centre.clone();
                let axis = random.random_range(0..dimension);
                let by = if random.random() { step } else { -step };
                vector[axis] = vector[axis].saturating_add(by);
                vector
            }
            // A walk: each a step from the one before.
            5 => {
                let mut vector = vectors.last().unwrap_or(&centre).clone();
                let axis = random.random_range(0..dimension);
                vector[axis] = vector[axis].wrapping_add(step);
                vector
            }
            // A cluster.
            6 => centre
                .iter()
                .map(|number| number.saturating_add(random.random_range(-3..=3)))
                .collect(),
            // Anywhere.
            _ => (0..dimension).map(|_| random.random()).collect(),
        };
        vectors.push(vector);
    }
    vectors
}

fn squared(one: &[i8], other: &[i8]) -> u32 {
    u32::try_from(valuation::squared_distance(one, other)).expect("below 2^27")
}

impl Round {
    fn random(random: &mut StdRng) -> Self {
        let dimension = match random.random_range(0..10) {
            0 => random.random_range(1_020..=1_024),
            1..4 => random.random_range(1..=2),
            4..8 => random.random_range(3..=9),
            _ => random.random_range(10..=70),
        };
        let most = match random.random_range(0..50) {
            _ if dimension > 1_000 => 150,
            0 => 12_000,
            _ => 1_500,
        };
        let step = *[1, 1, 2, 5, 127, -128i8]
            .get(random.random_range(0..6))
            .expect("one of six");
        let mut vectors: Vec<Vec<i8>> = Vec::new();
        for _ in 0..random.random_range(0..6) {
            let next = if vectors.is_empty() || random.random_range(0..4) > 0 {
                let count = random.random_range(0..=most / 3);
                part(random, dimension, count, step.max(-127))
            } else {
                // What there is, once more elsewhere or in the same place.
                let by: i8 = if random.random() { 0 } else { random.random() };
                let again = vectors.iter().take(most / 3);
                again
                    .map(|vector| vector.iter().map(|x| x.wrapping_add(by)).collect())
                    .collect()
            };
            vectors.extend(next);
        }
        if random.random() {
            vectors.shuffle(random);
        }
        let labels = *[1, 2, 3, 256u16]
            .get(random.random_range(0..4))
            .expect("one of four");
        let count = vectors.len();
        let radius = match random.random_range(0..8) {
            0 => 0,
            1 => u32::MAX,
            2 => u32::from(step.unsigned_abs()).pow(2),
            3 => 1 << random.random_range(0..27),
            // A distance that there is, or just beside it.
            4..7 if count > 0 => {
                let mut any = || &vectors[random.random_range(0..count)];
                let (one, other) = (any().clone(), any().clone());
                (squared(&one, &other) + random.random_range(0..3)).saturating_sub(1)
            }
            _ => random.random_range(0..50),
        };
        let horizon = *[1, 2, 7, 32u8]
            .get(random.random_range(0..4))
            .expect("one of four");
        let params = valuation::Params {
            dimension: dimension as u16,
            classes: labels,
            neighbours: random.random_range(1..=horizon),
            horizon,
            radius,
        };

        let start = [0, 7, u32::MAX - 30_000][random.random_range(0..3)];
        let each = random.random_range(1..50);
        let mut ids: Vec<Id> = (0..count)
            .map(|index| Id {
                contribution: start + (index / each) as u32,
                position: if random.random_range(0..2) == 0 && each == 1 {
                    u16::MAX
                } else {
                    (index % each) as u16
                },
            })
            .collect();
        match random.random_range(0..3) {
            0 => ids.reverse(),
            1 => ids.shuffle(random),
            _ => {}
        }
        let mut old = Data {
            dimension,
            features: vectors.concat(),
            labels: (0..count)
                .map(|_| random.random_range(0..labels) as u8)
                .collect(),
            ids,
        };
        let new = old.split_off(match random.random_range(0..4) {
            0 => 0,
            1 => count,
            _ => random.random_range(0..=count),
        });
        let mut benchmark = Data {
            dimension,
            ..Data::default()
        };
        for _ in 0..random.random_range(0..80) {
            let mut vector: Vec<i8> = if count > 0 && random.random_range(0..3) > 0 {
                vectors[random.random_range(0..count)].clone()
            } else {
                (0..dimension).map(|_| random.random()).collect()
            };
            if random.random() {
                let axis = random.random_range(0..dimension);
                vector[axis] = vector[axis].saturating_add(step.max(-127));
            }
            benchmark.features.extend(vector);
            benchmark.labels.push(random.random_range(0..labels) as u8);
        }
        Self {
            params,
            old,
            new,
            benchmark,
        }
    }

    /// Compares by every machine; tells how many newcomers are copies.
    fn check(&self, random: &mut StdRng) -> usize {
        let Self {
            params,
            old,
            new,
            benchmark,
        } = self;
        let (copies, expected) = support::publication(params, old, new, benchmark);
        let limits = support::kernel_params(params);
        let new = new.records();
        for machine in machines() {
            let index = grown(random, machine, old);
            let listed = shadows(machine, &index, &new, params.radius).unwrap();
            assert!(listed == copies, "shadows by {machine:?} of {params:?}");
            let found = rows(
                machine,
                &limits,
                &index,
                &new,
                &listed,
                &benchmark.benchmark(),
            );
            let found = found.unwrap();
            assert_eq!(found.len(), expected.len());
            for (row, (found, expected)) in found.iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "row {row} by {machine:?} of {params:?}");
            }
        }
        copies.len()
    }
}

/// An index that has grown by pieces, none or one record each to all at once.
fn grown(random: &mut StdRng, machine: Machine, data: &Data) -> Index {
    let mut index = Index::new(data.dimension).unwrap();
    let mut rest = data.clone();
    let most = [1, 10, 100, usize::MAX][random.random_range(0..4)];
    while !rest.is_empty() {
        let count = random.random_range(0..=rest.len().min(most));
        // Some hundred pieces are enough.
        let count = count.max(rest.len() / 200);
        let next = rest.split_off(count);
        index.extend(machine, &rest.records()).unwrap();
        rest = next;
    }
    assert_eq!(index.len(), data.len());
    index
}

#[test]
fn hostile_rounds_are_as_defined() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let (cases, first) = (number("TRIBUTARY_CASES", 150), number("TRIBUTARY_SEED", 0));
    let (mut copies, mut records) = (0, 0);
    for seed in first..first + cases {
        let random = &mut StdRng::seed_from_u64(seed);
        let round = Round::random(random);
        records += round.new.len();
        // What failed is repeated by its seed.
        let checked = catch_unwind(AssertUnwindSafe(|| round.check(random)));
        copies += checked.unwrap_or_else(|_| panic!("TRIBUTARY_SEED={seed}"));
    }
    println!("{cases} rounds, {records} newcomers, {copies} of them copies");
    assert!(records < 20 * copies && copies < records);
}
