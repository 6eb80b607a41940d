//! Softmax: descent, sameness, parents.

use proptest::prelude::*;
use tributary_learning::{Error, Examples, Input, Kind, Model};
use tributary_primitives::ids::RecordId;

use crate::support::{descent, examples, shape, source};

fn train(examples: &Examples, parent: Option<&Model>, steps: u32, threads: usize) -> Model {
    Model::softmax(examples, source(), parent, descent(steps, threads)).unwrap()
}

#[test]
fn a_trained_model_is_the_same_to_the_bit_with_any_number_of_threads_and_on_every_machine() {
    let examples = examples(shape(12, 5), 333, 25, 11);
    let one = train(&examples, None, 40, 1);
    for threads in [2, 3, 7, 64] {
        let other = train(&examples, None, 40, threads);
        assert_eq!(other.to_bytes(), one.to_bytes(), "{threads} threads");
    }
    // Computed once. Whoever changes it changes what stands on chains.
    assert_eq!(format!("{:x}", one.weights_hash()), PINNED);
    let child = train(&examples, Some(&one), 40, 3);
    assert_eq!(format!("{:x}", child.weights_hash()), PINNED_CHILD);
}

const PINNED: &str = "ea192f766efba966f62f9a78ffa53224b8ef0522ec1ef8c86066e6ec66442c3c";
const PINNED_CHILD: &str = "5cdb141e87b3217851c6675c368854d92235f034e347b4830a1a8cc6c75f7eb5";

/// The mean cross-entropy of a model on vectors with labels, and the part of them that it tells.
fn quality(model: &Model, vectors: &[Vec<i8>], labels: &[u8]) -> (f64, f64) {
    let (mut loss, mut right) = (0.0, 0.0);
    for (vector, label) in vectors.iter().zip(labels) {
        let prediction = model.predict(Input::Vector(vector)).unwrap();
        loss -= prediction.scores[usize::from(*label)].ln();
        right += f64::from(u8::from(prediction.label == *label));
    }
    (loss / labels.len() as f64, right / labels.len() as f64)
}

fn vectors_and_labels() -> impl Strategy<Value = (Vec<Vec<i8>>, Vec<u8>)> {
    (1..6usize, 1..30usize).prop_flat_map(|(dimension, count)| {
        let vector = prop::collection::vec(any::<i8>(), dimension);
        (
            prop::collection::vec(vector, count),
            prop::collection::vec(0..4u8, count),
        )
    })
}

fn from_parts(vectors: &[Vec<i8>], labels: &[u8]) -> Examples {
    let id = |position| RecordId {
        contribution: 1,
        position,
    };
    let ids = (0..).take(labels.len()).map(id).collect();
    let shape = shape(vectors[0].len() as u16, 4);
    Examples::new(shape, ids, labels.to_vec(), vectors.concat()).unwrap()
}

proptest! {
    #[test]
    fn no_step_makes_it_worse((vectors, labels) in vectors_and_labels()) {
        let examples = from_parts(&vectors, &labels);
        let mut before = 4f64.ln();
        for steps in 1..20 {
            let (loss, _) = quality(&train(&examples, None, steps, 1), &vectors, &labels);
            prop_assert!(loss <= before + 1e-12, "{} after {} after step {}", loss, before, steps);
            before = loss;
        }
    }

    #[test]
    fn scores_are_chances_whatever_is_asked((vectors, labels) in vectors_and_labels(), asked: i8) {
        let model = train(&from_parts(&vectors, &labels), None, 20, 2);
        let vector = vec![asked; vectors[0].len()];
        let prediction = model.predict(Input::Vector(&vector)).unwrap();
        prop_assert!(prediction.scores.iter().all(|score| (0.0..=1.0).contains(score)));
        prop_assert!((prediction.scores.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let most = prediction.scores.iter().copied().fold(0.0, f64::max);
        prop_assert_eq!(prediction.scores[usize::from(prediction.label)], most);
    }
}

#[test]
fn what_can_be_told_apart_is_learnt() {
    let vectors: Vec<Vec<i8>> = (0..90)
        .map(|index: i8| match index % 3 {
            0 => vec![90 + index % 7, index % 5],
            1 => vec![index % 5, 90 + index % 7],
            _ => vec![-60 - index % 7, -60 - index % 5],
        })
        .collect();
    let labels: Vec<u8> = (0..90).map(|index| index % 3).collect();
    let model = train(&from_parts(&vectors, &labels), None, 200, 2);
    assert_eq!(model.kind(), Kind::Softmax);
    let (loss, right) = quality(&model, &vectors, &labels);
    assert_eq!(right, 1.0);
    assert!(loss < 0.1, "{loss}");
}

#[test]
fn a_child_goes_on_where_its_parent_was() {
    let examples = examples(shape(6, 3), 100, 9, 2);
    let parent = train(&examples, None, 30, 1);
    assert_eq!(parent.source().parent, None);
    let child = train(&examples, Some(&parent), 1, 1);
    assert_eq!(child.source().parent, Some(parent.weights_hash()));
    let other = train(&examples, None, 1, 1);
    // Not to the bit: weights are written for numbers as they are.
    let vector = [3, -2, 1, 0, 5, 9];
    let scores = |model: &Model| model.predict(Input::Vector(&vector)).unwrap().scores[0];
    let further = train(&examples, None, 31, 1);
    assert!((scores(&child) - scores(&further)).abs() < 1e-9);
    assert!((scores(&child) - scores(&other)).abs() > 1e-3);
}

#[test]
fn parents_of_another_kind_or_shape_are_refused() {
    let own = examples(shape(3, 2), 20, 4, 1);
    let neighbours = Model::neighbours(own.clone(), source(), 3).unwrap();
    let classes = train(&examples(shape(3, 3), 20, 4, 1), None, 1, 1);
    let dimension = train(&examples(shape(4, 2), 20, 4, 1), None, 1, 1);
    for parent in [neighbours, classes, dimension] {
        let child = Model::softmax(&own, source(), Some(&parent), descent(1, 1));
        assert_eq!(child.unwrap_err(), Error::Parent);
    }
}

#[test]
fn numbers_of_steps_are_bounded() {
    for steps in [0, 100_001] {
        let model = Model::softmax(
            &examples(shape(3, 2), 9, 4, 1),
            source(),
            None,
            descent(steps, 1),
        );
        assert_eq!(model.unwrap_err(), Error::Steps);
    }
}

#[test]
fn vectors_of_zeros_are_learnt_by_the_bias_alone() {
    let vectors = vec![vec![0, 0]; 4];
    let model = train(&from_parts(&vectors, &[1, 1, 1, 3]), None, 2_000, 1);
    let scores = model.predict(Input::Vector(&[0, 0])).unwrap().scores;
    assert!((scores[1] - 0.75).abs() < 0.01, "{scores:?}");
    assert!((scores[3] - 0.25).abs() < 0.01, "{scores:?}");
}
