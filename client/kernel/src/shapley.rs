//! K-NN Shapley values of records among which no one is old, no chance is credited and no horizon ends a row.

use crate::{
    packed::{Packed, Targets},
    tile::{self, LANES},
    Benchmark, Error, Machine,
};

/// Benchmark records whose values are summed by one thread, in order: sums do not depend on how many threads there are.
const PART: usize = 50;

/// Bits of a distance that are sorted by at a time.
const DIGIT: u32 = 11;

/// The mean, over a benchmark, of the exact Shapley value of each record for the soft accuracy of K nearest neighbours.
///
/// Theorem 1 of R. Jia et al., "Efficient task-specific data valuation for nearest neighbor algorithms", PVLDB 12(11), 2019. Equally
/// distant records come in the order of the data. An accuracy of one is 1; by an empty benchmark nothing is worth anything. Every record
/// has its place in the order of every benchmark record, so this sorts: by digits of the distances.
///
/// Takes 24 bytes a record for each thread, and 8 bytes for each of the data and 50 benchmark records.
///
/// # Errors
///
/// [`Error::Differs`] if dimensions do, [`Error::Params`] if `neighbours` is 0.
pub fn knn_shapley(
    machine: Machine,
    neighbours: usize,
    data: &Benchmark,
    benchmark: &Benchmark,
) -> Result<Vec<f64>, Error> {
    let dimension = data.vectors.dimension;
    if benchmark.vectors.dimension != dimension {
        return Err(Error::Differs);
    }
    if neighbours == 0 {
        return Err(Error::Params);
    }
    if benchmark.is_empty() {
        return Ok(vec![0.0; data.len()]);
    }
    let shares: Vec<f64> = (1..=data.len())
        .map(|place| 1.0 / neighbours.max(place) as f64)
        .collect();
    let data = Data {
        packed: Packed::of(dimension, data.vectors.iter()),
        labels: data.labels,
    };
    let parts = machine.each(benchmark.len().div_ceil(PART), |unit| {
        let part = unit * PART..benchmark.len().min((unit + 1) * PART);
        let vectors = part.clone().map(|index| benchmark.vectors.get(index));
        let targets = Targets::of(dimension, vectors);
        let mut sums = vec![0.0; shares.len()];
        let mut order = Order::default();
        for (target, index) in (0..).zip(part) {
            order.sort(machine, &data, &targets, target, benchmark.labels[index]);
            order.add_values(&shares, &mut sums);
        }
        sums
    });
    let mut values = vec![0.0; shares.len()];
    for part in parts {
        for (value, sum) in values.iter_mut().zip(part) {
            *value += sum;
        }
    }
    for value in &mut values {
        *value /= benchmark.len() as f64;
    }
    Ok(values)
}

/// All records in order of distance, as keys: in the upper half the distance, in the lower the index and whether the label matches.
#[derive(Default)]
struct Order {
    keys: Vec<u64>,
    spare: Vec<u64>,
    distances: Vec<[u32; LANES]>,
}

impl Order {
    /// Where a key's distance begins.
    const DISTANCE: u32 = 33;

    fn sort(&mut self, machine: Machine, data: &Data, targets: &Targets, target: u32, label: u8) {
        self.distances.clear();
        self.distances.resize(data.packed.groups(), [0; LANES]);
        for (group, distances) in self.distances.chunks_mut(1).enumerate() {
            tile::distances(
                machine,
                data.packed.group(group),
                targets,
                &[target],
                distances,
            );
        }
        let distances = || self.distances.as_flattened().iter().take(data.labels.len());
        let nearest = distances().copied().min().unwrap_or_default();
        let furthest = distances().copied().max().unwrap_or_default();
        self.keys.clear();
        let records = (0u64..).zip(data.labels).zip(distances());
        self.keys.extend(records.map(|((index, other), distance)| {
            u64::from(distance - nearest) << Self::DISTANCE
                | index << 1
                | u64::from(*other == label)
        }));
        // The least significant digit first; each pass keeps the order of those before, of which the first is that of the data.
        let bits = u32::BITS - (furthest - nearest).leading_zeros();
        for digit in 0..bits.div_ceil(DIGIT) {
            self.pass(Self::DISTANCE + digit * DIGIT);
        }
    }

    fn pass(&mut self, shift: u32) {
        let digit = |key: u64| (key >> shift) as usize & ((1 << DIGIT) - 1);
        let mut starts = [0u32; 1 << DIGIT];
        for key in &self.keys {
            starts[digit(*key)] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            let count = *start;
            *start = sum;
            sum += count;
        }
        self.spare.resize(self.keys.len(), 0);
        for key in &self.keys {
            let next = &mut starts[digit(*key)];
            self.spare[*next as usize] = *key;
            *next += 1;
        }
        std::mem::swap(&mut self.keys, &mut self.spare);
    }

    /// The recursion, from the furthest record to the nearest. `shares` has 1 / max(K, i) for place i, from place 1 on.
    fn add_values(&self, shares: &[f64], sums: &mut [f64]) {
        let mut value = 0.0;
        let mut next = 0.0;
        for (key, share) in self.keys.iter().zip(shares).rev() {
            let matches = (key & 1) as f64;
            value += (matches - next) * share;
            next = matches;
            sums[(key >> 1) as u32 as usize] += value;
        }
    }
}

/// The records that are valued.
struct Data<'a> {
    packed: Packed,
    labels: &'a [u8],
}
