//! Scores by AVX-512 VNNI: one instruction adds four products to each of sixteen scores.

use std::arch::x86_64::*;

use super::{Group, Hit, Line, Wanted, Window, LANES, LINES, WIDTH};
use crate::packed::Targets;

/// Targets of a tile: with four registers of scores each, 24 of the 32 registers.
const TILE: usize = 6;

type Registers = [__m512i; LINES];

/// Calls a function of a constant count of targets for tiles that make up all chosen ones.
macro_rules! tiles {
    ($chosen:expr, |$start:ident, $tile:ident| $function:ident $arguments:tt) => {
        tiles!($chosen, |$start, $tile| $function $arguments, 1 2 3 4 5)
    };
    ($chosen:expr, |$start:ident, $tile:ident| $function:ident $arguments:tt, $($count:literal)*) => {{
        let (tiles, rest) = $chosen.as_chunks::<TILE>();
        for ($start, $tile) in (0..).step_by(TILE).zip(tiles) {
            tiles!($function, TILE, $arguments);
        }
        let $start = $chosen.len() - rest.len();
        $(if let Ok($tile) = <&[u32; $count]>::try_from(rest) {
            tiles!($function, $count, $arguments);
        })*
    }};
    ($function:ident, $count:expr, ($($argument:expr),*)) => {
        $function::<{ $count }>($($argument),*)
    };
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn find(group: Group, targets: &Targets, wanted: Wanted, hits: &mut Vec<Hit>) {
    tiles!(wanted.chosen, |_start, tile| find_tile(
        group, targets, tile, wanted, hits
    ));
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn distances(
    group: Group,
    targets: &Targets,
    chosen: &[u32],
    distances: &mut [[u32; LANES]],
) {
    tiles!(chosen, |start, tile| distances_tile(
        group,
        targets,
        tile,
        &mut distances[start..]
    ));
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn sum(group: Group, targets: &Targets) -> i32 {
    let mut sums = [_mm512_setzero_si512(); LINES];
    let mut first = 0;
    while first + TILE <= targets.len() {
        let mut tile = [0; TILE];
        for (index, target) in tile.iter_mut().enumerate() {
            *target = (first + index) as u32;
        }
        add_tile(group, targets, &tile, &mut sums);
        first += TILE;
    }
    for target in first..targets.len() {
        add_tile(group, targets, &[target as u32], &mut sums);
    }
    let [first, second, third, fourth] = sums;
    _mm512_reduce_add_epi32(_mm512_add_epi32(
        _mm512_add_epi32(first, second),
        _mm512_add_epi32(third, fourth),
    ))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn find_tile<const COUNT: usize>(
    group: Group,
    targets: &Targets,
    chosen: &[u32; COUNT],
    wanted: Wanted,
    hits: &mut Vec<Hit>,
) {
    with_scores(group, targets, chosen, |scores| {
        // Nearly always there is no hit, and scores never leave the registers: the loop is unrolled.
        let mut has_hits = [false; COUNT];
        for index in 0..COUNT {
            let [first, second, third, fourth] = scores[index];
            let best = _mm512_max_epi32(
                _mm512_max_epi32(first, second),
                _mm512_max_epi32(third, fourth),
            );
            let low = _mm512_set1_epi32(wanted.windows[chosen[index] as usize].low[0]);
            has_hits[index] = _mm512_cmpge_epi32_mask(best, low) != 0;
        }
        if has_hits == [false; COUNT] {
            return;
        }
        for ((target, scores), has_hits) in chosen.iter().zip(&scores).zip(has_hits) {
            if has_hits {
                collect(group, scores, *target, wanted, hits);
            }
        }
    });
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn collect(group: Group, scores: &Registers, target: u32, wanted: Wanted, hits: &mut Vec<Hit>) {
    let Window { low, high } = wanted.windows[target as usize];
    let one = _mm512_set1_epi32(1);
    let mut mask = 0;
    let mut lines = [Line([0; WIDTH]); LINES];
    for (index, ((line, score), norms)) in lines.iter_mut().zip(scores).zip(group.norms).enumerate()
    {
        let odd = _mm512_test_epi32_mask(load(norms), one);
        let select = |pair: [i32; 2]| {
            _mm512_mask_blend_epi32(odd, _mm512_set1_epi32(pair[0]), _mm512_set1_epi32(pair[1]))
        };
        let is_near = _mm512_cmpge_epi32_mask(*score, select(low));
        let is_hit = _mm512_mask_cmple_epi32_mask(is_near, *score, select(high));
        mask |= u64::from(is_hit) << (index * WIDTH);
        *line = store(*score);
    }
    if let Some(labels) = wanted.labels {
        let label = _mm512_set1_epi8(labels.targets[target as usize] as i8);
        // SAFETY: there are 64 labels of a byte.
        let lanes = unsafe { _mm512_loadu_si512(labels.lanes.as_ptr().cast()) };
        mask &= _mm512_cmpeq_epi8_mask(lanes, label);
        if labels.first_only {
            mask &= mask.wrapping_neg();
        }
    }
    while mask != 0 {
        let lane = mask.trailing_zeros();
        hits.push(Hit {
            target,
            lane,
            score: lines[lane as usize / WIDTH].0[lane as usize % WIDTH],
        });
        mask &= mask - 1;
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn distances_tile<const COUNT: usize>(
    group: Group,
    targets: &Targets,
    chosen: &[u32; COUNT],
    distances: &mut [[u32; LANES]],
) {
    with_scores(group, targets, chosen, |scores| {
        let one = _mm512_set1_epi32(1);
        let mut odd = [one; LINES];
        for (odd, norms) in odd.iter_mut().zip(group.norms) {
            *odd = _mm512_and_si512(load(norms), one);
        }
        for ((target, scores), distances) in chosen.iter().zip(&scores).zip(distances) {
            let base = _mm512_set1_epi32(targets.base(*target as usize));
            let chunks = distances.as_chunks_mut::<WIDTH>().0;
            for ((score, odd), distances) in scores.iter().zip(&odd).zip(chunks) {
                let twice = _mm512_slli_epi32::<1>(*score);
                let squared = _mm512_add_epi32(_mm512_sub_epi32(base, twice), *odd);
                // SAFETY: a chunk is 64 bytes.
                unsafe { _mm512_storeu_si512(distances.as_mut_ptr().cast(), squared) };
            }
        }
    });
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn add_tile<const COUNT: usize>(
    group: Group,
    targets: &Targets,
    chosen: &[u32; COUNT],
    sums: &mut Registers,
) {
    with_scores(group, targets, chosen, |scores| {
        for scores in &scores {
            for (sum, score) in sums.iter_mut().zip(scores) {
                *sum = _mm512_add_epi32(*sum, *score);
            }
        }
    });
}

/// Hands out the scores. Each caller gets a copy of this of its own, so that they need not leave the registers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn with_scores<const COUNT: usize>(
    group: Group,
    targets: &Targets,
    chosen: &[u32; COUNT],
    take: impl FnOnce([Registers; COUNT]),
) {
    let quads = group.lines.len() / LINES;
    let mut words = [&[] as &[i32]; COUNT];
    for (words, target) in words.iter_mut().zip(chosen) {
        *words = &targets.words(*target as usize)[..quads];
    }
    let zero = _mm512_setzero_si512();
    let mut starts = [zero; LINES];
    for (start, norms) in starts.iter_mut().zip(group.norms) {
        *start = _mm512_sub_epi32(zero, _mm512_srai_epi32::<1>(load(norms)));
    }
    let mut scores = [starts; COUNT];
    for quad in 0..quads {
        let lines = &group.lines[quad * LINES..][..LINES];
        let numbers = [
            load(&lines[0]),
            load(&lines[1]),
            load(&lines[2]),
            load(&lines[3]),
        ];
        for (scores, words) in scores.iter_mut().zip(words) {
            let factors = _mm512_set1_epi32(words[quad]);
            for (score, numbers) in scores.iter_mut().zip(numbers) {
                *score = _mm512_dpbusd_epi32(*score, numbers, factors);
            }
        }
    }
    take(scores);
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(line: &Line) -> __m512i {
    // SAFETY: a line is 64 bytes, aligned to 64.
    unsafe { _mm512_load_si512(line.0.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(register: __m512i) -> Line {
    let mut line = Line([0; WIDTH]);
    // SAFETY: a line is 64 bytes, aligned to 64.
    unsafe { _mm512_store_si512(line.0.as_mut_ptr().cast(), register) };
    line
}
