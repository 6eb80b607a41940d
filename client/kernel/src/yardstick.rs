//! What the kernel's speed is measured against: loops that compute scalar products and do nothing with them but add them up.

use crate::{
    input::Vectors,
    packed::{Packed, Targets},
    tile, Benchmark, Machine, Records,
};

/// Benchmark records that a thread takes at a time, as [`rows`](crate::rows) does.
const PART: usize = 256;

/// Records that a thread packs at a time.
const PIECE: usize = 1 << 14;

/// Records in memory, in the shape that scalar products are fastest in.
#[derive(Clone, Debug)]
pub struct Packing {
    pieces: Vec<Packed>,
}

impl Packing {
    /// Packs records.
    pub fn new(machine: Machine, records: &Records) -> Self {
        let vectors = records.vectors;
        let pieces = machine.parts(records.len(), PIECE, |part| {
            Packed::of(vectors.dimension, part.map(|index| vectors.get(index)))
        });
        Self { pieces }
    }

    /// Multiplies every record with every benchmark record, tile by tile, by the instructions that [`rows`](crate::rows) uses, and
    /// returns the wrapped sum. Dimensions must be the same.
    pub fn multiply(&self, machine: Machine, benchmark: &Benchmark) -> i32 {
        let Vectors { dimension, .. } = benchmark.vectors;
        let sums = machine.parts(benchmark.len(), PART, |part| {
            let vectors = part.map(|index| benchmark.vectors.get(index));
            let targets = Targets::of(dimension, vectors);
            self.pieces.iter().fold(0i32, |sum, piece| {
                (0..piece.groups()).fold(sum, |sum, group| {
                    sum.wrapping_add(tile::sum(machine, piece.group(group), &targets))
                })
            })
        });
        sums.into_iter().fold(0i32, i32::wrapping_add)
    }
}

/// Multiplies every benchmark record with every record as they lie in memory, one after the other, in a loop that the compiler vectorises,
/// and returns the wrapped sum. Dimensions must be the same.
pub fn multiply_plainly(machine: Machine, records: &Records, benchmark: &Benchmark) -> i32 {
    let sums = machine.each(benchmark.len(), |index| {
        let target = benchmark.vectors.get(index);
        machine.vectorised(
            #[inline(always)]
            || {
                records.vectors.iter().fold(0i32, |sum, vector| {
                    sum.wrapping_add(product(vector, target))
                })
            },
        )
    });
    sums.into_iter().fold(0i32, i32::wrapping_add)
}

/// Sums only wrap in form: checks would keep compilers from vectorising.
#[inline(always)]
fn product(one: &[i8], other: &[i8]) -> i32 {
    one.iter().zip(other).fold(0i32, |sum, (one, other)| {
        sum.wrapping_add(i32::from(i16::from(*one).wrapping_mul(i16::from(*other))))
    })
}
