//! Records of one's own, the same on every machine.

use std::num::NonZero;

use sp_core::H256;
use tributary_learning::{Descent, Examples, Shape, Source};
use tributary_primitives::{datanets::Encoder, ids::RecordId};

/// Numbers that look random (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

pub(crate) fn shape(dimension: u16, classes: u16) -> Shape {
    Shape {
        encoder: Encoder::Vector,
        dimension,
        classes,
    }
}

pub(crate) fn source() -> Source {
    Source {
        genesis: H256::repeat_byte(1),
        datanet: 3,
        round: 2,
        terms: H256::repeat_byte(2),
        records: H256::repeat_byte(3),
        parent: None,
    }
}

pub(crate) fn descent(steps: u32, threads: usize) -> Descent {
    Descent {
        steps,
        threads: NonZero::new(threads).unwrap(),
    }
}

/// Records whose classes lie around centres of their own, of contributions of seven records each. With a `spread` of 1 and few dimensions many
/// are alike, and many distances equal.
pub(crate) fn examples(shape: Shape, count: usize, spread: u64, seed: u64) -> Examples {
    let mut numbers = Numbers(seed);
    let dimension = usize::from(shape.dimension);
    let centres: Vec<i64> = (0..dimension * usize::from(shape.classes))
        .map(|_| numbers.below(9) as i64 * 5 - 20)
        .collect();
    let (mut ids, mut labels, mut features) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..count {
        ids.push(RecordId {
            contribution: 5 + 2 * (index / 7) as u32,
            position: (index % 7) as u16,
        });
        let label = numbers.below(shape.classes.into()) as usize;
        labels.push(label as u8);
        for centre in &centres[label * dimension..][..dimension] {
            let away = numbers.below(2 * spread + 1) as i64 - spread as i64;
            features.push((centre + away).clamp(-128, 127) as i8);
        }
    }
    Examples::new(shape, ids, labels, features).unwrap()
}
