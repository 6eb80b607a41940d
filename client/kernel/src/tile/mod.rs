//! Distances of a group of vectors from targets.
//!
//! # Shapes
//!
//! A group holds [`LANES`] vectors side by side: its first [`LINES`] lines have numbers 0 to 3 of each, the next ones numbers 4 to 7, and
//! so on, 128 added to each number so that it is unsigned (what the instructions want of one side). A target is one vector, four
//! numbers to a word.
//!
//! # Scores
//!
//! What is accumulated is `score = sum (x + 128) t - floor(|x|² / 2)`: the larger, the nearer. With the target's
//! `base = |t|² + 256 sum t`, the squared distance is `base - 2 score + (|x|² mod 2)`. For 1,024 numbers a score lies within 2^26 of 0, so
//! nothing overflows 32 bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

use crate::{packed::Targets, Backend, Machine};

/// Numbers of 32 bits in a line.
pub(crate) const WIDTH: usize = 16;

/// Lines that hold one word of each vector of a group.
pub(crate) const LINES: usize = 4;

/// Vectors of a group.
pub(crate) const LANES: usize = LINES * WIDTH;

/// The norm of a lane without a vector: its score is below that of any vector, its distance above.
pub(crate) const PADDING: i32 = 1 << 30;

/// Below the score of any vector, above that of a lane without one.
const LOWEST: i32 = -(1 << 28);

/// A register's worth.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct Line(pub(crate) [i32; WIDTH]);

/// Vectors side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group<'a> {
    /// Their numbers.
    pub(crate) lines: &'a [Line],
    /// Their squared norms.
    pub(crate) norms: &'a [Line; LINES],
}

impl Group<'_> {
    /// The squared distance of a hit.
    pub(crate) fn distance(&self, targets: &Targets, hit: Hit) -> u32 {
        let lane = hit.lane as usize;
        let odd = self.norms[lane / WIDTH].0[lane % WIDTH] & 1;
        (targets.base(hit.target as usize) - 2 * hit.score + odd) as u32
    }
}

/// Scores that are looked for: those of squared distances in a range. Which these are depends on whether |x|² is even or odd.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    low: [i32; 2],
    high: [i32; 2],
}

impl Window {
    /// Squared distances from a target with this base that are above `over`, if given, and at most `up_to`.
    pub(crate) fn new(base: i32, over: Option<u32>, up_to: u32) -> Self {
        let halved = |odd: i64, distance: u32, rounding: i64| {
            (i64::from(base) + odd - i64::from(distance) + rounding).div_euclid(2)
        };
        let low = |odd| halved(odd, up_to, 1).max(i64::from(LOWEST)) as i32;
        let high = |odd| {
            over.map_or(i32::MAX, |over| {
                halved(odd, over, -1).max(i64::from(i32::MIN)) as i32
            })
        };
        Self {
            low: [low(0), low(1)],
            high: [high(0), high(1)],
        }
    }

    /// Whether the score of a vector with this squared norm is looked for.
    #[inline(always)]
    fn contains(&self, score: i32, norm: i32) -> bool {
        let odd = (norm & 1) as usize;
        self.low[odd] <= score && score <= self.high[odd]
    }
}

/// Labels: where they are given, only vectors of the same label are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Labels<'a> {
    /// Of the group.
    pub(crate) lanes: &'a [u8; LANES],
    /// Of all targets.
    pub(crate) targets: &'a [u8],
    /// Whether only the first hit of each target matters.
    pub(crate) first_only: bool,
}

/// A score in a window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hit {
    pub(crate) target: u32,
    pub(crate) lane: u32,
    pub(crate) score: i32,
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The targets that look.
    pub(crate) chosen: &'a [u32],
    /// Of all targets.
    pub(crate) windows: &'a [Window],
    pub(crate) labels: Option<Labels<'a>>,
}

/// The hits of a group: for each target that looks, in their order, ascending by lane. `hits` is emptied first.
pub(crate) fn find(
    machine: Machine,
    group: Group,
    targets: &Targets,
    wanted: Wanted,
    hits: &mut Vec<Hit>,
) {
    hits.clear();
    match machine.backend() {
        // SAFETY: a machine has only instructions that the processor has.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx512 => unsafe { avx512::find(group, targets, wanted, hits) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => unsafe { avx2::find(group, targets, wanted, hits) },
        _ => portable::find(group, targets, wanted, hits),
    }
}

/// The squared distances of a group from chosen targets, in their order. Lanes without a vector are further than any other.
pub(crate) fn distances(
    machine: Machine,
    group: Group,
    targets: &Targets,
    chosen: &[u32],
    distances: &mut [[u32; LANES]],
) {
    match machine.backend() {
        // SAFETY: a machine has only instructions that the processor has.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx512 => unsafe { avx512::distances(group, targets, chosen, distances) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => unsafe { avx2::distances(group, targets, chosen, distances) },
        _ => portable::distances(group, targets, chosen, distances),
    }
}

/// The wrapped sum of a group's scores for all targets: nothing but products and sums.
pub(crate) fn sum(machine: Machine, group: Group, targets: &Targets) -> i32 {
    match machine.backend() {
        // SAFETY: a machine has only instructions that the processor has.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx512 => unsafe { avx512::sum(group, targets) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2 => unsafe { avx2::sum(group, targets) },
        _ => portable::sum(group, targets),
    }
}

#[cfg(test)]
mod tests;
