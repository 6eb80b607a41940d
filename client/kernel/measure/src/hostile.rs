//! Data that defeat what makes the kernel fast.

use rand::{rngs::StdRng, Rng, SeedableRng};

use tributary_kernel_measure::{ids, Data, DIMENSION};

/// Records that take long, and a radius to look for copies by.
pub(crate) struct Hostile {
    /// What they are.
    pub(crate) name: &'static str,
    pub(crate) data: Data,
    pub(crate) radius: u32,
}

impl Hostile {
    pub(crate) fn all(count: usize) -> Vec<Self> {
        let equal = vec![vec![3; DIMENSION]; count];
        let walk: Vec<Vec<i8>> = (0..count).map(|step| walk(step % LONGEST)).collect();
        let mut random = StdRng::seed_from_u64(3);
        let mut anywhere = || {
            (0..DIMENSION)
                .map(|_| random.random_range(-20..=20))
                .collect()
        };
        // Squared distances are 17,920 on the average, and seldom below 12,000.
        let cube: Vec<Vec<i8>> = (0..count).map(|_| anywhere()).collect();
        let new = |name, vectors: &[Vec<i8>], labels, radius| Self {
            name,
            data: of_labels(vectors, labels),
            radius,
        };
        vec![
            new("all equal", &equal, 1, 100),
            new("a walk by steps of the radius, repeated", &walk, 1, 1),
            new("a cube, each in reach of few", &cube, 1, 9_000),
            new("a cube, each in reach of half", &cube, 1, 17_920),
            new("the same, of 250 labels", &cube, 250, 17_920),
        ]
    }
}

/// Steps of a walk along each axis in turn.
const LONGEST: usize = 255 * DIMENSION;

fn walk(step: usize) -> Vec<i8> {
    let along = |axis: usize| (step.saturating_sub(255 * axis).min(255) as i32 - 128) as i8;
    (0..DIMENSION).map(along).collect()
}

/// Records of labels in turn.
fn of_labels(vectors: &[Vec<i8>], labels: usize) -> Data {
    Data {
        features: vectors.concat(),
        labels: (0..vectors.len())
            .map(|index| (index % labels) as u8)
            .collect(),
        ids: ids(vectors.len()),
    }
}
