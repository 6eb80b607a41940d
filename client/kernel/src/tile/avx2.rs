//! Scores by AVX2: the bytes of a word are spread to two pairs of 16 bits, whose products are exact.

use std::arch::x86_64::*;

use super::{
    portable::{add_up, collect, starts, write_distances, Scores},
    Group, Hit, Line, Wanted, LANES, LINES, WIDTH,
};
use crate::packed::Targets;

/// Targets of a tile: with two registers of scores each, half of the registers.
const TILE: usize = 4;

#[target_feature(enable = "avx2")]
pub(super) fn find(group: Group, targets: &Targets, wanted: Wanted, hits: &mut Vec<Hit>) {
    for chosen in wanted.chosen.chunks(TILE) {
        let scores = tile(group, targets, chosen);
        for (target, scores) in chosen.iter().zip(&scores) {
            collect(group, scores, *target, wanted, hits);
        }
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn distances(
    group: Group,
    targets: &Targets,
    chosen: &[u32],
    distances: &mut [[u32; LANES]],
) {
    for (chosen, distances) in chosen.chunks(TILE).zip(distances.chunks_mut(TILE)) {
        let scores = tile(group, targets, chosen);
        for ((target, scores), distances) in chosen.iter().zip(&scores).zip(distances) {
            write_distances(group, scores, targets.base(*target as usize), distances);
        }
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn sum(group: Group, targets: &Targets) -> i32 {
    let mut sum = 0i32;
    let mut chosen = [0; TILE];
    for first in (0..targets.len()).step_by(TILE) {
        let count = TILE.min(targets.len() - first);
        for (index, target) in chosen.iter_mut().enumerate() {
            *target = (first + index) as u32;
        }
        for scores in &tile(group, targets, &chosen[..count])[..count] {
            sum = sum.wrapping_add(add_up(scores));
        }
    }
    sum
}

/// The scores for at most [`TILE`] targets. Of what is missing at the end, the first one's once more.
#[inline]
#[target_feature(enable = "avx2")]
fn tile(group: Group, targets: &Targets, chosen: &[u32]) -> [Scores; TILE] {
    let mut words = [targets.words(chosen[0] as usize); TILE];
    for (words, target) in words.iter_mut().zip(chosen) {
        *words = targets.words(*target as usize);
    }
    let quads = group.lines.len() / LINES;
    let words = words.map(|words| &words[..quads]);

    let mut scores = [starts(group); TILE];
    let low_bytes = _mm256_set1_epi16(0xff);
    for line in 0..LINES {
        let mut sums = [[_mm256_setzero_si256(); 2]; TILE];
        for quad in 0..quads {
            let halves = load(&group.lines[quad * LINES + line]);
            let even = [
                _mm256_and_si256(halves[0], low_bytes),
                _mm256_and_si256(halves[1], low_bytes),
            ];
            let odd = [
                _mm256_srli_epi16::<8>(halves[0]),
                _mm256_srli_epi16::<8>(halves[1]),
            ];
            for (sums, words) in sums.iter_mut().zip(words) {
                let word = _mm256_set1_epi32(words[quad]);
                let even_factors = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(word));
                let odd_factors = _mm256_srai_epi16::<8>(word);
                for half in 0..2 {
                    let products = _mm256_add_epi32(
                        _mm256_madd_epi16(even[half], even_factors),
                        _mm256_madd_epi16(odd[half], odd_factors),
                    );
                    sums[half] = _mm256_add_epi32(sums[half], products);
                }
            }
        }
        for (scores, sums) in scores.iter_mut().zip(sums) {
            let sums = store(sums);
            for (score, sum) in scores[line * WIDTH..][..WIDTH].iter_mut().zip(sums.0) {
                *score = score.wrapping_add(sum);
            }
        }
    }
    scores
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(line: &Line) -> [__m256i; 2] {
    let start = line.0.as_ptr().cast::<__m256i>();
    // SAFETY: a line is 64 bytes, aligned to 64.
    unsafe { [_mm256_load_si256(start), _mm256_load_si256(start.add(1))] }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(halves: [__m256i; 2]) -> Line {
    let mut line = Line([0; WIDTH]);
    let start = line.0.as_mut_ptr().cast::<__m256i>();
    // SAFETY: a line is 64 bytes, aligned to 64.
    unsafe {
        _mm256_store_si256(start, halves[0]);
        _mm256_store_si256(start.add(1), halves[1]);
    }
    line
}
