//! The protocol's own definitions, `tributary_primitives::valuation`, and data to compare with them on.

use std::num::NonZero;

use proptest::prelude::*;
use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use tributary_kernel::{Backend, Benchmark, Entry, Id, Machine, Params, Records, Row, Shadow};
use tributary_primitives::{ids::RecordId, valuation};

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

    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    pub(crate) fn vector(&self, index: usize) -> &[i8] {
        &self.features[index * self.dimension..][..self.dimension]
    }

    fn as_defined(&self) -> Vec<valuation::Record<'_>> {
        (0..self.len())
            .map(|index| valuation::Record {
                id: RecordId {
                    contribution: self.ids[index].contribution,
                    position: self.ids[index].position,
                },
                label: self.labels[index],
                features: self.vector(index),
            })
            .collect()
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

/// The parameters of a recipe. Neither dimension nor classes matter to shadows and rows.
pub(crate) fn params(neighbours: usize, horizon: usize, radius: u32) -> valuation::Params {
    valuation::Params {
        dimension: 1,
        classes: 2,
        neighbours: neighbours as u8,
        horizon: horizon as u8,
        radius,
    }
}

/// The same for the kernel.
pub(crate) fn kernel_params(params: &valuation::Params) -> Params {
    Params::new(
        params.neighbours.into(),
        params.horizon.into(),
        params.radius,
    )
    .unwrap()
}

pub(crate) fn distance(one: &[i8], other: &[i8]) -> u64 {
    let pairs = one.iter().zip(other);
    pairs
        .map(|(one, other)| (i64::from(*one) - i64::from(*other)).unsigned_abs().pow(2))
        .sum()
}

/// What the protocol says of a round: shadows and rows by their definitions.
pub(crate) fn publication(
    params: &valuation::Params,
    old: &Data,
    new: &Data,
    benchmark: &Data,
) -> (Vec<Shadow>, Vec<Row>) {
    let (old, new) = (old.as_defined(), new.as_defined());
    let targets: Vec<valuation::Benchmark> = (0..benchmark.len())
        .map(|index| valuation::Benchmark {
            label: benchmark.labels[index],
            features: benchmark.vector(index),
        })
        .collect();
    let shadows = valuation::shadows(params, &old, &new);
    let rows = valuation::rows(params, &old, &new, &shadows, &targets);
    let shadows = shadows.into_iter().map(|pair| Shadow {
        shadow: kernel_id(pair.shadow),
        witness: kernel_id(pair.witness),
    });
    let rows = rows.into_iter().map(|row| Row {
        entries: row
            .entries
            .into_iter()
            .map(|entry| Entry {
                id: kernel_id(entry.record),
                matches: entry.matches,
            })
            .collect(),
    });
    (shadows.collect(), rows.collect())
}

fn kernel_id(id: RecordId) -> Id {
    Id {
        contribution: id.contribution,
        position: id.position,
    }
}
