//! Multinomial logistic regression.

use std::{num::NonZero, thread};

use codec::{Decode, Encode};

use crate::{
    data::Data,
    error::{Broken, NotTrained},
    model::{highest, Learnt, Model, Prediction, Shape, Source},
};

/// How often all records are gone through.
const STEPS: u32 = 400;
/// Records are divided into this many pieces at the most, of as many records at the least.
const PIECES: usize = 64;

#[derive(Clone, Debug, Decode, Encode, PartialEq)]
pub(crate) struct Softmax {
    /// Numbers are divided by this before they are weighed.
    scale: f64,
    /// A row for each class: a weight for each number, then the bias.
    weights: Vec<f64>,
}

/// A model trained on records, from a parent's weights or from nothing.
///
/// The mean cross-entropy is followed downwards over all records at once, with Nesterov's momentum. Numbers are divided by the root of the mean square
/// of vectors' lengths, so that a step of 1 is never too long: the loss curves by half of one more than that mean at the most.
///
/// # Errors
///
/// The records are not of the shape, or the parent is not.
pub fn softmax(
    source: Source,
    shape: Shape,
    data: &Data,
    parent: Option<&Model>,
    threads: NonZero<usize>,
) -> Result<Model, NotTrained> {
    data.check(shape)?;
    let start = match parent {
        None => Softmax {
            scale: scale_of(data),
            weights: vec![0.0; numbers(shape)],
        },
        Some(parent) => match parent.learnt() {
            Learnt::Softmax(softmax) if parent.shape() == shape => Softmax {
                scale: scale_of(data),
                weights: softmax.scaled(shape, scale_of(data)),
            },
            _ => return Err(NotTrained::Parent),
        },
    };
    let learnt = descend(start, shape, data, threads);
    Ok(Model::new(source, shape, Learnt::Softmax(learnt)))
}

fn numbers(shape: Shape) -> usize {
    usize::from(shape.classes) * (usize::from(shape.dimension) + 1)
}

/// The root of the mean square of vectors' lengths; 1 if all are zero.
fn scale_of(data: &Data) -> f64 {
    let squares: u64 = data
        .features
        .iter()
        .map(|number| u64::from(i32::from(*number).pow(2).unsigned_abs()))
        .sum();
    match squares {
        0 => 1.0,
        squares => (squares as f64 / data.len() as f64).sqrt(),
    }
}

impl Softmax {
    pub(crate) fn check(&self, shape: Shape) -> Result<(), Broken> {
        let right = self.weights.len() == numbers(shape)
            && self.weights.iter().all(|weight| weight.is_finite())
            && self.scale.is_finite()
            && self.scale > 0.0;
        right.then_some(()).ok_or(Broken::Weights)
    }

    /// The weights that say the same of numbers that are divided by another scale.
    fn scaled(&self, shape: Shape, scale: f64) -> Vec<f64> {
        let width = usize::from(shape.dimension) + 1;
        let mut weights = self.weights.clone();
        for row in weights.chunks_exact_mut(width) {
            for weight in &mut row[..width - 1] {
                *weight *= scale / self.scale;
            }
        }
        weights
    }

    pub(crate) fn predict(&self, shape: Shape, vector: &[i8]) -> Prediction {
        let mut scores = vec![0.0; shape.classes.into()];
        likelihoods(&self.weights, self.scale, vector, &mut scores);
        Prediction {
            // There are 256 classes at the most.
            label: highest(&scores) as u8,
            scores,
            neighbours: Vec::new(),
        }
    }
}

/// How likely each class is by some weights. The highest score is taken off all, so that none is too large.
fn likelihoods(weights: &[f64], scale: f64, vector: &[i8], scores: &mut [f64]) {
    let width = vector.len() + 1;
    for (score, row) in scores.iter_mut().zip(weights.chunks_exact(width)) {
        let mut sum = 0.0;
        for (weight, number) in row.iter().zip(vector) {
            sum += weight * f64::from(*number);
        }
        *score = sum / scale + row[width - 1];
    }
    let most = scores[highest(scores)];
    let mut total = 0.0;
    for score in scores.iter_mut() {
        *score = libm::exp(*score - most);
        total += *score;
    }
    for score in scores.iter_mut() {
        *score /= total;
    }
}

fn descend(start: Softmax, shape: Shape, data: &Data, threads: NonZero<usize>) -> Softmax {
    let Softmax { scale, mut weights } = start;
    let mut ahead = weights.clone();
    for step in 0..STEPS {
        let gradient = gradient(&ahead, scale, shape, data, threads);
        let momentum = f64::from(step) / f64::from(step + 3);
        for ((weight, ahead), gradient) in weights.iter_mut().zip(&mut ahead).zip(gradient) {
            let next = *ahead - gradient;
            *ahead = next + momentum * (next - *weight);
            *weight = next;
        }
    }
    Softmax { scale, weights }
}

/// The gradient of the mean cross-entropy of all records.
fn gradient(
    weights: &[f64],
    scale: f64,
    shape: Shape,
    data: &Data,
    threads: NonZero<usize>,
) -> Vec<f64> {
    let size = data.len().div_ceil(PIECES).max(PIECES);
    let pieces = data.len().div_ceil(size);
    let of_piece = |piece: usize| {
        let (begin, end) = (piece * size, ((piece + 1) * size).min(data.len()));
        sum_of(weights, scale, shape, data, begin..end)
    };
    let threads = threads.get().min(pieces);
    let mut sums: Vec<Vec<f64>> = Vec::with_capacity(pieces);
    thread::scope(|scope| {
        let share = pieces.div_ceil(threads);
        let others: Vec<_> = (1..threads)
            .map(|thread| {
                let pieces = thread * share..((thread + 1) * share).min(pieces);
                scope.spawn(move || pieces.map(of_piece).collect::<Vec<_>>())
            })
            .collect();
        sums.extend((0..share.min(pieces)).map(of_piece));
        for other in others {
            match other.join() {
                Ok(more) => sums.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    let mut total = vec![0.0; weights.len()];
    for sum in sums {
        for (total, part) in total.iter_mut().zip(sum) {
            *total += part;
        }
    }
    for total in &mut total {
        *total /= data.len() as f64;
    }
    total
}

/// The sum of the gradients of some records, in their order.
fn sum_of(
    weights: &[f64],
    scale: f64,
    shape: Shape,
    data: &Data,
    records: std::ops::Range<usize>,
) -> Vec<f64> {
    let dimension = usize::from(shape.dimension);
    let mut sum = vec![0.0; weights.len()];
    let mut scores = vec![0.0; shape.classes.into()];
    for record in records {
        let vector = &data.features[record * dimension..][..dimension];
        likelihoods(weights, scale, vector, &mut scores);
        scores[usize::from(data.labels[record])] -= 1.0;
        for (error, row) in scores.iter().zip(sum.chunks_exact_mut(dimension + 1)) {
            let scaled = error / scale;
            for (sum, number) in row.iter_mut().zip(vector) {
                *sum += scaled * f64::from(*number);
            }
            row[dimension] += error;
        }
    }
    sum
}
