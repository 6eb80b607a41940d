//! Vectors in the two shapes that a [`tile`](crate::tile) takes: side by side in groups, and as targets.

use crate::tile::{Group, Line, LANES, LINES, PADDING, WIDTH};

/// Turns the numbers -128 to 127 of a word into 0 to 255.
const BIAS: i32 = i32::from_ne_bytes([0x80; 4]);

/// Vectors side by side in groups, the last of which may be partly filled.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    dimension: usize,
    len: usize,
    lines: Vec<Line>,
    norms: Vec<[Line; LINES]>,
}

impl Packed {
    pub(crate) fn new(dimension: usize) -> Self {
        Self {
            dimension,
            len: 0,
            lines: Vec::new(),
            norms: Vec::new(),
        }
    }

    pub(crate) fn of<'a>(
        dimension: usize,
        vectors: impl ExactSizeIterator<Item = &'a [i8]>,
    ) -> Self {
        let mut packed = Self::new(dimension);
        let groups = vectors.len().div_ceil(LANES);
        packed.lines.reserve_exact(groups * packed.lines_each());
        packed.norms.reserve_exact(groups);
        packed.extend(vectors);
        packed
    }

    /// Adds vectors, when all groups are full.
    pub(crate) fn extend<'a>(&mut self, vectors: impl ExactSizeIterator<Item = &'a [i8]>) {
        let mut vectors = vectors.fuse();
        let mut group = [&[] as &[i8]; LANES];
        while vectors.len() > 0 {
            let count = vectors.len().min(LANES);
            for (place, vector) in group.iter_mut().zip(vectors.by_ref().take(count)) {
                *place = vector;
            }
            self.append(&group[..count]);
        }
    }

    /// Drops all, and keeps the room for others.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.lines.clear();
        self.norms.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn groups(&self) -> usize {
        self.norms.len()
    }

    pub(crate) fn group(&self, index: usize) -> Group<'_> {
        Group {
            lines: &self.lines[index * self.lines_each()..][..self.lines_each()],
            norms: &self.norms[index],
        }
    }

    /// Adds a vector.
    pub(crate) fn push(&mut self, vector: &[i8]) {
        let lane = self.len % LANES;
        if lane == 0 {
            self.append(&[vector]);
            return;
        }
        let start = self.lines.len() - self.lines_each();
        let lines = self.lines[start..].chunks_exact_mut(LINES);
        for (lines, word) in lines.zip(words(vector)) {
            lines[lane / WIDTH].0[lane % WIDTH] = word ^ BIAS;
        }
        if let Some(norms) = self.norms.last_mut() {
            norms[lane / WIDTH].0[lane % WIDTH] = norm(vector);
        }
        self.len += 1;
    }

    /// A vector that was packed.
    pub(crate) fn vector(&self, index: usize) -> impl Iterator<Item = i8> + '_ {
        let lane = index % LANES;
        self.group(index / LANES)
            .lines
            .chunks_exact(LINES)
            .flat_map(move |lines| (lines[lane / WIDTH].0[lane % WIDTH] ^ BIAS).to_le_bytes())
            .map(|byte| byte as i8)
            .take(self.dimension)
    }

    /// Adds a group, when all before are full.
    fn append(&mut self, vectors: &[&[i8]]) {
        let mut norms = [Line([PADDING; WIDTH]); LINES];
        let mut words: [&[[i8; 4]]; LANES] = [&[]; LANES];
        let mut rests: [&[i8]; LANES] = [&[]; LANES];
        for (lane, vector) in vectors.iter().enumerate() {
            norms[lane / WIDTH].0[lane % WIDTH] = norm(vector);
            (words[lane], rests[lane]) = vector.as_chunks();
        }
        for index in 0..self.dimension / 4 {
            for words in words.as_chunks::<WIDTH>().0 {
                let line = words.map(|words| words.get(index).map_or(0, |numbers| word(numbers)));
                self.lines.push(Line(line.map(|word| word ^ BIAS)));
            }
        }
        if !self.dimension.is_multiple_of(4) {
            for rests in rests.as_chunks::<WIDTH>().0 {
                self.lines.push(Line(rests.map(|rest| word(rest) ^ BIAS)));
            }
        }
        self.norms.push(norms);
        self.len += vectors.len();
    }

    /// Lines of a group.
    fn lines_each(&self) -> usize {
        self.dimension.div_ceil(4) * LINES
    }
}

/// Vectors that groups are compared with.
#[derive(Clone, Debug)]
pub(crate) struct Targets {
    words_each: usize,
    words: Vec<i32>,
    bases: Vec<i32>,
}

impl Targets {
    pub(crate) fn of<'a>(dimension: usize, vectors: impl Iterator<Item = &'a [i8]>) -> Self {
        let mut targets = Self {
            words_each: dimension.div_ceil(4),
            words: Vec::new(),
            bases: Vec::new(),
        };
        for vector in vectors {
            targets.words.extend(words(vector));
            let sum = vector
                .iter()
                .fold(0i32, |sum, number| sum.wrapping_add(i32::from(*number)));
            targets.bases.push(norm(vector) + 256 * sum);
        }
        targets
    }

    pub(crate) fn len(&self) -> usize {
        self.bases.len()
    }

    /// The words of a target.
    #[inline]
    pub(crate) fn words(&self, index: usize) -> &[i32] {
        &self.words[index * self.words_each..][..self.words_each]
    }

    /// |t|² + 256 times the sum of t: what a score lacks to a distance.
    #[inline]
    pub(crate) fn base(&self, index: usize) -> i32 {
        self.bases[index]
    }
}

fn words(vector: &[i8]) -> impl Iterator<Item = i32> + '_ {
    vector.chunks(4).map(word)
}

/// Up to four numbers.
#[inline]
fn word(numbers: &[i8]) -> i32 {
    let mut bytes = [0; 4];
    for (byte, number) in bytes.iter_mut().zip(numbers) {
        *byte = *number as u8;
    }
    i32::from_le_bytes(bytes)
}

/// The squared norm. At most 2^24, so nothing wraps; checks would keep it from being vectorised.
fn norm(vector: &[i8]) -> i32 {
    vector.iter().fold(0i32, |sum, number| {
        sum.wrapping_add(i32::from(
            i16::from(*number).wrapping_mul(i16::from(*number)),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_at_once_or_one_by_one_comes_back() {
        for dimension in [1, 3, 4, 7, 64] {
            let numbers: Vec<i8> = (0..130 * dimension).map(|at| (at * 37) as i8).collect();
            let at_once = Packed::of(dimension, numbers.chunks_exact(dimension));
            let mut one_by_one = Packed::new(dimension);
            for (index, vector) in numbers.chunks_exact(dimension).enumerate() {
                one_by_one.push(vector);
                assert_eq!(one_by_one.len(), index + 1);
                assert!(at_once.vector(index).eq(vector.iter().copied()));
                assert!(one_by_one.vector(index).eq(vector.iter().copied()));
            }
            assert_eq!((at_once.len(), at_once.groups()), (130, 3));
            assert_eq!(one_by_one.groups(), 3);
        }
    }

    #[test]
    fn norms_of_extremes_are_exact() {
        assert_eq!(norm(&[-128; 1024]), 1 << 24);
        assert_eq!(norm(&[127, -1]), 127 * 127 + 1);
    }
}
