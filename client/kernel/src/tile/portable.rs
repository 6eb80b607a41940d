//! Scores by what every processor has, and what is done with scores that lie in memory.
//!
//! Sums wrap only in form: no score overflows. Checks would keep compilers from vectorising.

use super::{Group, Hit, Wanted, LANES, LINES, WIDTH};
use crate::packed::Targets;

pub(super) type Scores = [i32; LANES];

pub(super) fn find(group: Group, targets: &Targets, wanted: Wanted, hits: &mut Vec<Hit>) {
    for target in wanted.chosen {
        let scores = scores(group, targets.words(*target as usize));
        collect(group, &scores, *target, wanted, hits);
    }
}

pub(super) fn distances(
    group: Group,
    targets: &Targets,
    chosen: &[u32],
    distances: &mut [[u32; LANES]],
) {
    for (target, distances) in chosen.iter().zip(distances) {
        let target = *target as usize;
        let scores = scores(group, targets.words(target));
        write_distances(group, &scores, targets.base(target), distances);
    }
}

pub(super) fn sum(group: Group, targets: &Targets) -> i32 {
    (0..targets.len()).fold(0i32, |sum, target| {
        sum.wrapping_add(add_up(&scores(group, targets.words(target))))
    })
}

fn scores(group: Group, target: &[i32]) -> Scores {
    let mut scores = starts(group);
    for (lines, word) in group.lines.chunks_exact(LINES).zip(target) {
        let factors = word.to_le_bytes().map(|byte| i32::from(byte as i8));
        for (scores, line) in scores.chunks_exact_mut(WIDTH).zip(lines) {
            for (score, word) in scores.iter_mut().zip(line.0) {
                for (index, factor) in factors.iter().enumerate() {
                    let number = word >> (8 * index) & 0xff;
                    *score = score.wrapping_add(number.wrapping_mul(*factor));
                }
            }
        }
    }
    scores
}

/// What is there before the first product.
#[inline(always)]
pub(super) fn starts(group: Group) -> Scores {
    let mut starts = [0; LANES];
    for (starts, norms) in starts.chunks_exact_mut(WIDTH).zip(group.norms) {
        for (start, norm) in starts.iter_mut().zip(norms.0) {
            *start = 0i32.wrapping_sub(norm >> 1);
        }
    }
    starts
}

#[inline(always)]
pub(super) fn collect(
    group: Group,
    scores: &Scores,
    target: u32,
    wanted: Wanted,
    hits: &mut Vec<Hit>,
) {
    let window = wanted.windows[target as usize];
    let best = scores.iter().fold(i32::MIN, |best, score| best.max(*score));
    if best < window.low[0] {
        return;
    }
    let norms = group.norms.iter().flat_map(|line| line.0);
    for ((lane, score), norm) in (0..).zip(scores).zip(norms) {
        let is_of_label = wanted
            .labels
            .is_none_or(|labels| labels.lanes[lane as usize] == labels.targets[target as usize]);
        if is_of_label && window.contains(*score, norm) {
            hits.push(Hit {
                target,
                lane,
                score: *score,
            });
            if wanted.labels.is_some_and(|labels| labels.first_only) {
                return;
            }
        }
    }
}

#[inline(always)]
pub(super) fn write_distances(
    group: Group,
    scores: &Scores,
    base: i32,
    distances: &mut [u32; LANES],
) {
    let norms = group.norms.iter().flat_map(|line| &line.0);
    for ((distance, score), norm) in distances.iter_mut().zip(scores).zip(norms) {
        *distance = base
            .wrapping_sub(score.wrapping_mul(2))
            .wrapping_add(norm & 1) as u32;
    }
}

#[inline(always)]
pub(super) fn add_up(scores: &Scores) -> i32 {
    scores
        .iter()
        .fold(0i32, |sum, score| sum.wrapping_add(*score))
}
