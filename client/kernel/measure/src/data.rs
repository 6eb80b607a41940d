//! Data to measure on, the same in every run.

use std::{
    f32::consts::TAU,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use rand::{rngs::StdRng, Rng, SeedableRng};
use tributary_kernel::{Benchmark, Id, Records};

/// Numbers of a vector.
pub const DIMENSION: usize = 64;

/// Where vectors lie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Each number anywhere: nothing that an index could use.
    Uniform,
    /// A thousand Gaussian clusters, wide apart.
    Clusters,
    /// Gaussian, with variances that decay as those of the principal components of embeddings do (the j-th standard deviation as j^-0.7),
    /// turned at random; half of the variance is that between a thousand overlapping clusters.
    Decaying,
    /// Handwritten digits: mixtures of two of the same class, each pixel changed by at most one.
    Digits,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Uniform, Self::Clusters, Self::Decaying, Self::Digits];

    /// A squared radius: above the distance of a [copy](Data::repeat), and far below that of other neighbours, but for the digits, most
    /// of which repeat an earlier mixture.
    pub fn radius(self) -> u32 {
        100
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Uniform => "uniform",
            Self::Clusters => "clusters",
            Self::Decaying => "decaying",
            Self::Digits => "digits",
        })
    }
}

/// Records.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// Vectors one after the other.
    pub features: Vec<i8>,
    /// Labels.
    pub labels: Vec<u8>,
    /// Identifiers.
    pub ids: Vec<Id>,
}

impl Data {
    /// Reads nothing but, for digits, the file that lies in the repository.
    pub fn new(kind: Kind, count: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut data = Self::default();
        data.features.reserve_exact(count * DIMENSION);
        match kind {
            Kind::Uniform => {
                for _ in 0..count {
                    let numbers = (0..DIMENSION).map(|_| random.random::<i8>());
                    data.features.extend(numbers);
                    data.labels.push(random.random_range(0..10));
                }
            }
            Kind::Clusters => Mixture::clusters().fill(&mut data, count, &mut random),
            Kind::Decaying => Mixture::decaying().fill(&mut data, count, &mut random),
            Kind::Digits => {
                let digits = digits(&digits_file()).expect("the digits lie in scripts/data");
                digits.fill_mixed(&mut data, count, &mut random);
            }
        }
        data.ids = ids(count);
        data
    }

    /// Makes one record of a hundred a copy of an earlier one, and one of a hundred nearly so.
    pub fn repeat(mut self, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        for index in (100..self.labels.len()).step_by(50) {
            let source = random.random_range(0..index);
            let from = source * DIMENSION;
            let to = index * DIMENSION;
            self.features.copy_within(from..from + DIMENSION, to);
            self.labels[index] = self.labels[source];
            if index % 100 == 0 {
                for number in &mut self.features[to..to + DIMENSION] {
                    *number = number.saturating_add(random.random_range(-1..=1));
                }
            }
        }
        self
    }

    /// As records, admitted or new.
    pub fn records(&self) -> Records<'_> {
        Records::new(DIMENSION, &self.features, &self.labels, &self.ids)
            .expect("numbers, labels and identifiers belong to equally many records; qed")
    }

    /// As a benchmark.
    pub fn benchmark(&self) -> Benchmark<'_> {
        Benchmark::new(DIMENSION, &self.features, &self.labels)
            .expect("numbers and labels belong to equally many records; qed")
    }

    /// Cuts off all from a place on.
    pub fn split_off(&mut self, at: usize) -> Self {
        Self {
            features: self.features.split_off(at * DIMENSION),
            labels: self.labels.split_off(at),
            ids: self.ids.split_off(at),
        }
    }

    fn fill_mixed(&self, data: &mut Self, count: usize, random: &mut StdRng) {
        let by_label: Vec<Vec<&[i8]>> = (0..10)
            .map(|label| {
                let vectors = self.features.chunks_exact(DIMENSION).zip(&self.labels);
                let same = vectors.filter(|(_, other)| **other == label);
                same.map(|(vector, _)| vector).collect()
            })
            .collect();
        for _ in 0..count {
            let label = random.random_range(0..10);
            let digits = &by_label[label];
            let one = digits[random.random_range(0..digits.len())];
            let other = digits[random.random_range(0..digits.len())];
            let share: f32 = random.random();
            data.features
                .extend(one.iter().zip(other).map(|(one, other)| {
                    let mixed = f32::from(*one) * share + f32::from(*other) * (1.0 - share);
                    mixed.round() as i8 + random.random_range(-1..=1)
                }));
            data.labels.push(label as u8);
        }
    }
}

/// Identifiers in the order of the records.
pub fn ids(count: usize) -> Vec<Id> {
    let ids = (0..count).map(|index| Id {
        contribution: (index / 4_096) as u32,
        position: (index % 4_096) as u16,
    });
    ids.collect()
}

/// Gaussian clusters.
struct Mixture {
    centres: Vec<Vec<f32>>,
    /// Of the deviation from a centre, along axes of its own.
    deviations: Vec<f32>,
    /// These axes; none if they are those of the space.
    axes: Vec<Vec<f32>>,
}

impl Mixture {
    const CENTRES: usize = 1_000;

    fn clusters() -> Self {
        let mut random = StdRng::seed_from_u64(1);
        let deviations = vec![12.0; DIMENSION];
        let centres = (0..Self::CENTRES).map(|_| gaussian(&mut random, &[40.0; DIMENSION]));
        Self {
            centres: centres.collect(),
            deviations,
            axes: Vec::new(),
        }
    }

    fn decaying() -> Self {
        let mut random = StdRng::seed_from_u64(2);
        let deviations: Vec<f32> = (1..=DIMENSION)
            .map(|index| 60.0 * (index as f32).powf(-0.7))
            .collect();
        let axes = axes(&mut random);
        let centres = (0..Self::CENTRES).map(|_| turn(&axes, &gaussian(&mut random, &deviations)));
        Self {
            centres: centres.collect(),
            deviations,
            axes,
        }
    }

    fn fill(&self, data: &mut Data, count: usize, random: &mut StdRng) {
        for _ in 0..count {
            let cluster = random.random_range(0..self.centres.len());
            let mut deviation = gaussian(random, &self.deviations);
            if !self.axes.is_empty() {
                deviation = turn(&self.axes, &deviation);
            }
            let numbers = self.centres[cluster].iter().zip(deviation);
            data.features
                .extend(numbers.map(|(centre, deviation)| (centre + deviation).round() as i8));
            // One label of ten is wrong.
            let is_wrong = random.random_range(0..10) == 0;
            let label = if is_wrong {
                random.random_range(0..10)
            } else {
                cluster
            };
            data.labels.push((label % 10) as u8);
        }
    }
}

fn gaussian(random: &mut StdRng, deviations: &[f32]) -> Vec<f32> {
    let numbers = deviations.iter().map(|deviation| {
        let radius = (-2.0 * (1.0 - random.random::<f32>()).ln()).sqrt();
        deviation * radius * (TAU * random.random::<f32>()).cos()
    });
    numbers.collect()
}

/// Axes at right angles, in random directions.
fn axes(random: &mut StdRng) -> Vec<Vec<f32>> {
    let mut axes: Vec<Vec<f32>> = Vec::new();
    while axes.len() < DIMENSION {
        let mut axis = gaussian(random, &[1.0; DIMENSION]);
        for other in &axes {
            let along: f32 = axis.iter().zip(other).map(|(one, other)| one * other).sum();
            for (number, other) in axis.iter_mut().zip(other) {
                *number -= along * other;
            }
        }
        let norm = axis
            .iter()
            .map(|number| number * number)
            .sum::<f32>()
            .sqrt();
        axes.push(axis.iter().map(|number| number / norm).collect());
    }
    axes
}

fn turn(axes: &[Vec<f32>], vector: &[f32]) -> Vec<f32> {
    let mut turned = vec![0.0; DIMENSION];
    for (axis, length) in axes.iter().zip(vector) {
        for (number, part) in turned.iter_mut().zip(axis) {
            *number += length * part;
        }
    }
    turned
}

fn digits_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scripts/data/digits.csv")
}

/// The digits: a header, then 64 pixels and the label a line.
fn digits(file: &Path) -> io::Result<Data> {
    let mut data = Data::default();
    for line in fs::read_to_string(file)?.lines().skip(1) {
        let numbers: Result<Vec<i8>, _> = line.split(',').map(str::parse).collect();
        let numbers = numbers.map_err(io::Error::other)?;
        let (label, pixels) = numbers
            .split_last()
            .ok_or_else(|| io::Error::other("an empty line"))?;
        data.features.extend(pixels);
        data.labels.push(*label as u8);
    }
    Ok(data)
}
