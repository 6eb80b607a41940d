//! The points that records are gathered around.

use super::bounds::above;
use crate::{
    input::Vectors,
    packed::{Packed, Targets},
    tile::{self, Group, LANES},
    Machine,
};

/// The most cells: the distances between their centres then take 64 MiB.
const MAX_CELLS: usize = 4_096;

/// The fewest records for one more cell.
const CELL: usize = 64;

/// Records by which a centre is placed.
const SAMPLE: usize = 32;

/// How often centres are moved to the middle of what is nearest to them.
const MOVES: usize = 3;

/// Centres that a group is compared with at a time: the distances take 16 KiB.
const CHUNK: usize = 64;

/// Vectors of which a thread finds the cells at a time.
const PART: usize = 1 << 14;

/// The cell of a vector: that of its nearest centre, the first of equally near ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Home {
    pub(crate) cell: u32,
    /// Squared distance from the centre.
    pub(crate) squared: u32,
}

/// Centres of cells.
#[derive(Clone, Debug)]
pub(crate) struct Centres {
    targets: Targets,
    /// 0, 1, 2 and so on.
    all: Vec<u32>,
    /// Distances between them, rounded up, row by row.
    between: Vec<f32>,
}

impl Centres {
    /// None.
    pub(crate) fn none(dimension: usize) -> Self {
        Self::of(dimension, &[])
    }

    /// Centres for these vectors: k-means on a sample of them.
    pub(crate) fn place(machine: Machine, vectors: Vectors) -> Self {
        let count = vectors.len();
        let wanted = (count / CELL)
            .min(count.isqrt())
            .clamp(1, MAX_CELLS)
            .min(count);
        let evenly = |wanted: usize| {
            (0..wanted).map(move |index| {
                vectors.get((index as u64 * count as u64 / wanted as u64) as usize)
            })
        };
        let sample: Vec<&[i8]> = evenly(count.min(SAMPLE * wanted)).collect();
        let mut centres: Vec<Vec<i8>> = evenly(wanted).map(<[i8]>::to_vec).collect();
        for _ in 0..MOVES {
            keep_different(&mut centres);
            let placed = Self::of(vectors.dimension, &centres);
            placed.move_to_middles(machine, &sample, &mut centres);
        }
        keep_different(&mut centres);
        let mut placed = Self::of(vectors.dimension, &centres);
        placed.measure(
            machine,
            &Packed::of(vectors.dimension, centres.iter().map(Vec::as_slice)),
        );
        placed
    }

    fn of(dimension: usize, centres: &[Vec<i8>]) -> Self {
        Self {
            targets: Targets::of(dimension, centres.iter().map(Vec::as_slice)),
            all: (0..).take(centres.len()).collect(),
            between: Vec::new(),
        }
    }

    fn move_to_middles(&self, machine: Machine, sample: &[&[i8]], centres: &mut [Vec<i8>]) {
        let dimension = centres.first().map_or(0, Vec::len);
        let parts = machine.parts(sample.len(), sample.len().max(1), |part| {
            let sample = &sample[part];
            let packed = Packed::of(dimension, sample.iter().copied());
            let mut sums = vec![0i32; centres.len() * dimension];
            let mut counts = vec![0i32; centres.len()];
            for (home, vector) in self.homes_of(machine, &packed).zip(sample) {
                let cell = home.cell as usize;
                counts[cell] += 1;
                for (sum, number) in sums[cell * dimension..].iter_mut().zip(*vector) {
                    *sum += i32::from(*number);
                }
            }
            (sums, counts)
        });
        for (cell, centre) in centres.iter_mut().enumerate() {
            let count: i32 = parts.iter().map(|(_, counts)| counts[cell]).sum();
            if count == 0 {
                continue;
            }
            for (index, number) in centre.iter_mut().enumerate() {
                let sums = parts.iter().map(|(sums, _)| sums[cell * dimension + index]);
                let sum: i32 = sums.sum();
                // A mean of such numbers, rounded, is one.
                *number = (2 * sum + count).div_euclid(2 * count) as i8;
            }
        }
    }

    fn measure(&mut self, machine: Machine, packed: &Packed) {
        let rows = machine.each(packed.groups(), |group| {
            let mut rows = vec![Vec::new(); LANES];
            self.each_chunk(machine, packed.group(group), &self.all, |_, distances| {
                for distances in distances {
                    for (row, squared) in rows.iter_mut().zip(distances) {
                        row.push(above(*squared));
                    }
                }
            });
            rows
        });
        let rows = rows.into_iter().flatten().take(self.len());
        self.between = rows.flatten().collect();
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[u32] {
        &self.all
    }

    /// The distances of a centre from all, rounded up.
    pub(crate) fn between(&self, centre: u32) -> &[f32] {
        &self.between[centre as usize * self.len()..][..self.len()]
    }

    /// Squared distances of a group from chosen centres, some centres at a time.
    pub(crate) fn each_chunk(
        &self,
        machine: Machine,
        group: Group,
        chosen: &[u32],
        mut take: impl FnMut(&[u32], &[[u32; LANES]]),
    ) {
        let mut distances = [[0; LANES]; CHUNK];
        for chosen in chosen.chunks(CHUNK) {
            let distances = &mut distances[..chosen.len()];
            tile::distances(machine, group, &self.targets, chosen, distances);
            take(chosen, distances);
        }
    }

    /// The cells of vectors; there must be centres if there are vectors.
    pub(crate) fn homes(&self, machine: Machine, vectors: Vectors) -> Vec<Home> {
        let parts = machine.parts(vectors.len(), PART, |part| {
            let packed = Packed::of(vectors.dimension, part.map(|index| vectors.get(index)));
            self.homes_of(machine, &packed).collect::<Vec<_>>()
        });
        parts.into_iter().flatten().collect()
    }

    /// The cells of packed vectors, by one thread.
    pub(crate) fn homes_of<'a>(
        &'a self,
        machine: Machine,
        packed: &'a Packed,
    ) -> impl Iterator<Item = Home> + 'a {
        (0..packed.groups())
            .flat_map(move |group| {
                let mut nearest = Lanes::default();
                self.each_chunk(
                    machine,
                    packed.group(group),
                    &self.all,
                    |chosen, distances| {
                        machine.vectorised(
                            #[inline(always)]
                            || nearest.compare(chosen, distances),
                        );
                    },
                );
                nearest.homes()
            })
            .take(packed.len())
    }
}

/// The nearest centres of a group.
struct Lanes {
    cells: [u32; LANES],
    squared: [u32; LANES],
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            cells: [0; LANES],
            squared: [u32::MAX; LANES],
        }
    }
}

impl Lanes {
    #[inline(always)]
    fn compare(&mut self, chosen: &[u32], distances: &[[u32; LANES]]) {
        for (cell, distances) in chosen.iter().copied().zip(distances) {
            let nearest = self.squared.iter_mut().zip(&mut self.cells);
            for ((squared, home), distance) in nearest.zip(distances) {
                // All ones or all zeros instead of branches, which compilers turn into worse.
                let keep = u32::from(*distance < *squared).wrapping_sub(1);
                *squared = (*squared).min(*distance);
                *home = (*home & keep) | (cell & !keep);
            }
        }
    }

    fn homes(self) -> impl Iterator<Item = Home> {
        let pairs = self.cells.into_iter().zip(self.squared);
        pairs.map(|(cell, squared)| Home { cell, squared })
    }
}

/// Of equal centres all but one would be the centres of nothing.
fn keep_different(centres: &mut Vec<Vec<i8>>) {
    centres.sort_unstable();
    centres.dedup();
}
