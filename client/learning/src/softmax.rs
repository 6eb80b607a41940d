//! Multinomial logistic regression, by plain gradient descent over all records.
//!
//! The same to the bit everywhere: additions, products, quotients and square roots are those of IEEE 754 binary64, the exponential function is
//! the one of the `libm` crate, and sums are made in an order that knows nothing of threads. Records lie in [`PARTS`] parts of equal length; each
//! part is summed record by record, and the parts one after the other.
//!
//! # The length of a step
//!
//! Numbers are divided by the root of the mean of their squares, so that a vector of d numbers and the bias have the squared length d + 1 on the mean.
//! The curvature of the mean cross-entropy is at most half of that (B. Böhning, "Multinomial logistic regression algorithm", Annals of the
//! Institute of Statistical Mathematics 44, 1992), and a step of one over the curvature never makes it worse. So there is no rate to be tuned.

use std::{num::NonZero, ops::Range, thread};

use crate::{model::Prediction, Error, Examples, Shape, MAX_STEPS};

/// Parts of the records that are summed by themselves.
const PARTS: usize = 32;

/// No weight is further from 0: no score of a vector is infinite then.
const MAX_WEIGHT: f64 = 1e12;

/// How a softmax model is trained.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Descent {
    /// Steps, 1 to [`MAX_STEPS`].
    pub steps: u32,
    /// Threads that compute it, which change nothing but the time that it takes.
    pub threads: NonZero<usize>,
}

/// A row of weights for each number of a vector, and a last one for the bias; a column for each class.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Softmax {
    classes: usize,
    pub(crate) weights: Vec<f64>,
}

impl Softmax {
    pub(crate) fn new(shape: Shape, weights: Vec<f64>) -> Result<Self, Error> {
        let classes = usize::from(shape.classes);
        let fits = |weight: &f64| weight.abs() <= MAX_WEIGHT;
        if weights.len() != Self::size(shape) || !weights.iter().all(fits) {
            return Err(Error::Weights);
        }
        Ok(Self { classes, weights })
    }

    /// How many weights there are.
    fn size(shape: Shape) -> usize {
        (usize::from(shape.dimension) + 1) * usize::from(shape.classes)
    }

    /// Trains on examples, from the weights of a parent of the same shape or from zero.
    pub(crate) fn train(
        examples: &Examples,
        parent: Option<&Self>,
        descent: Descent,
    ) -> Result<Self, Error> {
        if !(1..=MAX_STEPS).contains(&descent.steps) {
            return Err(Error::Steps);
        }
        let mut training = Training::new(examples, parent);
        for _ in 0..descent.steps {
            training.step(descent.threads);
        }
        Self::new(examples.shape, training.finish())
    }

    /// The prediction for a vector of the right dimension.
    pub(crate) fn predict(&self, vector: &[i8]) -> Prediction {
        let numbers = vector.iter().map(|number| f64::from(*number));
        let mut scores = vec![0.0; self.classes];
        score(&self.weights, numbers, &mut scores);
        normalise(&mut scores);
        let mut label = 0;
        for (class, score) in scores.iter().enumerate() {
            if *score > scores[label] {
                label = class;
            }
        }
        Prediction {
            label: label as u8,
            scores,
            neighbours: Vec::new(),
        }
    }
}

/// The logarithms of the chances of all classes, each less the same number.
fn score(weights: &[f64], numbers: impl Iterator<Item = f64>, scores: &mut [f64]) {
    let mut rows = weights.chunks_exact(scores.len());
    if let Some(bias) = rows.next_back() {
        scores.copy_from_slice(bias);
    }
    for (number, row) in numbers.zip(rows) {
        // Most numbers of pictures and texts are zero, and add nothing.
        if number != 0.0 {
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += number * weight;
            }
        }
    }
}

/// Turns logarithms into chances whose sum is 1.
fn normalise(scores: &mut [f64]) {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in &mut *scores {
        *score = libm::exp(*score - most);
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}

/// A descent on its way, over numbers that are divided by `scale`.
struct Training<'a> {
    examples: &'a Examples,
    scale: f64,
    /// What each number from -128 to 127 becomes.
    scaled: Vec<f64>,
    weights: Vec<f64>,
    /// The gradient of each part.
    parts: Vec<Vec<f64>>,
}

impl<'a> Training<'a> {
    fn new(examples: &'a Examples, parent: Option<&Softmax>) -> Self {
        let square = |number: &i8| u64::from(number.unsigned_abs()).pow(2);
        let squares: u64 = examples.features.iter().map(square).sum();
        let mean = squares as f64 / examples.features.len() as f64;
        let scale = if squares == 0 { 1.0 } else { mean.sqrt() };
        let size = Softmax::size(examples.shape);
        let mut weights = parent.map_or_else(|| vec![0.0; size], |parent| parent.weights.clone());
        let bias = size - usize::from(examples.shape.classes);
        for weight in &mut weights[..bias] {
            *weight *= scale;
        }
        Self {
            examples,
            scale,
            scaled: (-128..=127)
                .map(|number| f64::from(number) / scale)
                .collect(),
            weights,
            parts: vec![vec![0.0; size]; PARTS],
        }
    }

    fn step(&mut self, threads: NonZero<usize>) {
        let mut parts = std::mem::take(&mut self.parts);
        let each = parts.len().div_ceil(threads.get());
        let this = &*self;
        thread::scope(|scope| {
            let mut others = parts.chunks_mut(each).enumerate();
            let own = others.next();
            for (index, some) in others {
                scope.spawn(move || this.sum_parts(index * each, some));
            }
            if let Some((index, some)) = own {
                this.sum_parts(index * each, some);
            }
        });
        let length = 2.0 / (f64::from(self.examples.shape.dimension) + 1.0);
        let factor = length / self.examples.count() as f64;
        for (place, weight) in self.weights.iter_mut().enumerate() {
            let gradient: f64 = parts.iter().fold(0.0, |sum, part| sum + part[place]);
            *weight -= factor * gradient;
        }
        self.parts = parts;
    }

    fn sum_parts(&self, first: usize, parts: &mut [Vec<f64>]) {
        let size = self.examples.count().div_ceil(PARTS);
        for (part, gradient) in (first..).zip(parts) {
            let end = self.examples.count().min((part + 1) * size);
            self.sum(end.min(part * size)..end, gradient);
        }
    }

    /// The gradient of the cross-entropy of some records.
    fn sum(&self, records: Range<usize>, gradient: &mut [f64]) {
        gradient.fill(0.0);
        let classes = usize::from(self.examples.shape.classes);
        let mut errors = vec![0.0; classes];
        for record in records {
            let vector = self.examples.vector(record);
            score(&self.weights, self.numbers(vector), &mut errors);
            normalise(&mut errors);
            errors[usize::from(self.examples.labels[record])] -= 1.0;
            let rows = gradient.chunks_exact_mut(classes);
            let numbers = self.numbers(vector).chain([1.0]);
            for (number, row) in numbers.zip(rows).filter(|(number, _)| *number != 0.0) {
                for (place, error) in row.iter_mut().zip(&errors) {
                    *place += number * error;
                }
            }
        }
    }

    fn numbers<'b>(&'b self, vector: &'b [i8]) -> impl Iterator<Item = f64> + 'b {
        let scaled = |number: &i8| self.scaled[usize::from(number.wrapping_sub(-128) as u8)];
        vector.iter().map(scaled)
    }

    /// Weights for numbers as they are.
    fn finish(mut self) -> Vec<f64> {
        let bias = self.weights.len() - usize::from(self.examples.shape.classes);
        for weight in &mut self.weights[..bias] {
            *weight /= self.scale;
        }
        self.weights
    }
}
