//! The definitions, as plainly as they can be written, and data to compare them on.

use std::num::NonZero;

use proptest::prelude::*;
use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use tributary_kernel::{Backend, Benchmark, Entry, Id, Machine, Records, Row, Shadow};

/// Records of a kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Data {
    pub(crate) dimension: usize,
    pub(crate) features: Vec<i8>,
    pub(crate) labels: Vec<u8>,
    pub(crate) ids: Vec<Id>,
}

impl Data {
    pub(crate) fn records(&self) -> Records<'_> {
        Records::new(self.dimension, &self.features, &self.labels, &self.ids).unwrap()
    }

    pub(crate) fn benchmark(&self) -> Benchmark<'_> {
        Benchmark::new(self.dimension, &self.features, &self.labels).unwrap()
    }

    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn vector(&self, index: usize) -> &[i8] {
        &self.features[index * self.dimension..][..self.dimension]
    }

    /// Cuts off all from a place on.
    pub(crate) fn split_off(&mut self, at: usize) -> Self {
        Self {
            dimension: self.dimension,
            features: self.features.split_off(at * self.dimension),
            labels: self.labels.split_off(at),
            ids: self.ids.split_off(at),
        }
    }
}

/// Where vectors lie.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Few places, most of them taken many times.
    Grid,
    /// The corners of the space.
    Corners,
    /// Anywhere.
    Anywhere,
    /// In one place.
    Equal,
    /// About some places, wide apart.
    Clusters,
    /// Each a step from the one before.
    Chain,
}

pub(crate) fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Grid),
        Just(Kind::Corners),
        Just(Kind::Anywhere),
        Just(Kind::Equal),
        Just(Kind::Clusters),
        Just(Kind::Chain),
    ]
}

impl Kind {
    /// Records with different identifiers, in an order of no meaning.
    pub(crate) fn data(self, dimension: usize, count: usize, seed: u64) -> Data {
        let mut random = StdRng::seed_from_u64(seed);
        let centres: Vec<Vec<i8>> = (0..12)
            .map(|_| {
                (0..dimension)
                    .map(|_| random.random_range(-100..=100))
                    .collect()
            })
            .collect();
        let mut data = Data {
            dimension,
            ..Data::default()
        };
        for index in 0..count {
            let centre = &centres[random.random_range(0..centres.len())];
            data.features.extend((0..dimension).map(|axis| match self {
                Self::Grid => random.random_range(0..3i8) * 2,
                Self::Corners => [i8::MIN, i8::MAX][random.random_range(0..2)],
                Self::Anywhere => random.random(),
                Self::Equal => -7,
                Self::Clusters => centre[axis] + random.random_range(-5..=5),
                Self::Chain => ((index + axis) % 256) as u8 as i8,
            }));
            data.labels.push(random.random_range(0..3));
            data.ids.push(Id {
                contribution: (index / 9) as u32,
                position: (index % 9) as u16,
            });
        }
        if random.random() {
            data.ids.shuffle(&mut random);
        }
        data
    }
}

/// Every way to compute that there is here, on one thread and two.
pub(crate) fn machines() -> impl Iterator<Item = Machine> {
    Backend::available().into_iter().flat_map(|backend| {
        [1, 2].map(|threads| Machine::new(backend, NonZero::new(threads).unwrap()).unwrap())
    })
}

pub(crate) fn distance(one: &[i8], other: &[i8]) -> u64 {
    let pairs = one.iter().zip(other);
    pairs
        .map(|(one, other)| (i64::from(*one) - i64::from(*other)).unsigned_abs().pow(2))
        .sum()
}

/// Every record against every other, in order.
pub(crate) fn shadows(old: &Data, new: &Data, radius: u32) -> Vec<Shadow> {
    let old = (0..old.len()).map(|index| (old, index, false));
    let all = old.chain((0..new.len()).map(|index| (new, index, true)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(data, index, _)| data.ids[*index]);
    let mut originals: Vec<(&Data, usize)> = Vec::new();
    let mut shadows = Vec::new();
    for (data, index, is_new) in all {
        let witness = originals.iter().find(|(other, at)| {
            is_new
                && other.labels[*at] == data.labels[index]
                && distance(other.vector(*at), data.vector(index)) <= u64::from(radius)
        });
        match witness {
            Some((other, at)) => shadows.push(Shadow {
                shadow: data.ids[index],
                witness: other.ids[*at],
            }),
            None => originals.push((data, index)),
        }
    }
    shadows
}

/// Everything sorted, for each benchmark record.
pub(crate) fn rows(
    (neighbours, horizon, radius): (usize, usize, u32),
    old: &Data,
    new: &Data,
    shadows: &[Shadow],
    benchmark: &Data,
) -> Vec<Row> {
    let row = |target: usize| {
        let sorted = |data: &Data| {
            let mut places: Vec<_> = (0..data.len())
                .map(|index| {
                    let distance = distance(data.vector(index), benchmark.vector(target));
                    let matches = data.labels[index] == benchmark.labels[target];
                    (distance, data.ids[index], matches)
                })
                .filter(|(distance, id, _)| {
                    *distance > u64::from(radius) && !shadows.iter().any(|pair| pair.shadow == *id)
                })
                .collect();
            places.sort();
            places
        };
        let mut old = sorted(old);
        old.truncate(neighbours);
        let mut new = sorted(new);
        if let Some(last) = old.get(neighbours - 1) {
            new.retain(|place| place < last);
        }
        new.truncate(horizon);
        old.extend(new);
        old.sort();
        let entries = old
            .into_iter()
            .map(|(_, id, matches)| Entry { id, matches });
        Row {
            entries: entries.collect(),
        }
    };
    (0..benchmark.len()).map(row).collect()
}
