//! Nearest neighbours as they are valued.

use std::{sync::Arc, thread};

use proptest::prelude::*;
use tributary_learning::{Error, Examples, Input, Kind, Model, Neighbour, Shape};
use tributary_primitives::{
    datanets::Encoder,
    ids::RecordId,
    valuation::{self, squared_distance, Benchmark, Params, Record, SCALE},
};

use crate::support::{examples, shape, source, Numbers};

/// Records as the valuation has them, from the parts of examples.
struct Data {
    ids: Vec<RecordId>,
    labels: Vec<u8>,
    features: Vec<i8>,
}

fn data(shape: Shape, count: usize, seed: u64) -> Data {
    let mut numbers = Numbers(seed);
    let of = |_| RecordId {
        contribution: 0,
        position: 0,
    };
    let mut ids: Vec<RecordId> = (0..count).map(of).collect();
    for (index, id) in (0..).zip(&mut ids) {
        *id = RecordId {
            contribution: index / 5,
            position: (index % 5) as u16,
        };
    }
    Data {
        ids,
        labels: (0..count)
            .map(|_| numbers.below(shape.classes.into()) as u8)
            .collect(),
        features: (0..count * usize::from(shape.dimension))
            .map(|_| numbers.below(4) as i8)
            .collect(),
    }
}

impl Data {
    fn model(&self, shape: Shape, neighbours: u8) -> Model {
        let (ids, labels) = (self.ids.clone(), self.labels.clone());
        let examples = Examples::new(shape, ids, labels, self.features.clone()).unwrap();
        Model::neighbours(examples, source(), neighbours).unwrap()
    }

    fn vectors(&self, shape: Shape) -> std::slice::ChunksExact<'_, i8> {
        self.features.chunks_exact(shape.dimension.into())
    }
}

proptest! {
    #[test]
    fn neighbours_are_the_first_by_distance_and_record(
        (dimension, classes, count) in (1..6u16, 1..5u16, 1..150usize),
        neighbours in 1..=32u8,
        seed: u64,
    ) {
        let shape = shape(dimension, classes);
        let data = data(shape, count, seed);
        let model = data.model(shape, neighbours);
        for query in data.vectors(shape).take(10) {
            let mut expected: Vec<(u64, RecordId, u8)> = data.vectors(shape).zip(&data.ids).zip(&data.labels)
                .map(|((vector, id), label)| (squared_distance(vector, query), *id, *label))
                .collect();
            expected.sort_unstable();
            expected.truncate(neighbours.into());
            let prediction = model.predict(Input::Vector(query)).unwrap();
            let found: Vec<_> = prediction.neighbours.iter()
                .map(|near| (near.distance.into(), near.record, near.label))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_mean_score_of_the_right_class_is_the_accuracy_of_the_valuation(
        (dimension, classes, count) in (1..6u16, 1..5u16, 1..150usize),
        neighbours in 1..=32u8,
        seed: u64,
    ) {
        let shape = shape(dimension, classes);
        let data = data(shape, count, seed);
        let model = data.model(shape, neighbours);
        // Whatever lies within the radius is not valued, so the benchmark keeps away from all records.
        let mut numbers = Numbers(!seed);
        let benchmark: Vec<(Vec<i8>, u8)> = (0..20).map(|_| {
            let vector = (0..dimension).map(|_| 10 + numbers.below(3) as i8).collect();
            (vector, numbers.below(classes.into()) as u8)
        }).collect();
        let records: Vec<Record> = data.vectors(shape).zip(&data.ids).zip(&data.labels)
            .map(|((features, id), label)| Record { id: *id, label: *label, features })
            .collect();
        let targets: Vec<Benchmark> = benchmark.iter()
            .map(|(features, label)| Benchmark { label: *label, features })
            .collect();
        let params = Params { dimension, classes, neighbours, horizon: 32, radius: 0 };
        let rows = valuation::rows(&params, &records, &[], &[], &targets);
        let first = data.ids.last().unwrap().contribution + 1;
        let values = valuation::round_values(&params, first, &rows).unwrap();
        let unit = SCALE * u128::from(neighbours) * u128::from(classes) * targets.len() as u128;
        let expected = values.before as f64 / unit as f64;

        let score = |(vector, label): &(Vec<i8>, u8)| {
            model.predict(Input::Vector(vector)).unwrap().scores[usize::from(*label)]
        };
        let mean = benchmark.iter().map(score).sum::<f64>() / targets.len() as f64;
        prop_assert!((mean - expected).abs() < 1e-12, "{} {}", mean, expected);
    }
}

#[test]
fn of_classes_with_equal_votes_the_nearest_neighbours_wins() {
    let id = |position| RecordId {
        contribution: 4,
        position,
    };
    let ids = (0..4).map(id).collect();
    let records = Examples::new(shape(1, 3), ids, vec![0, 2, 1, 1], vec![30, 11, 12, 40]);
    let model = |neighbours| {
        Model::neighbours(records.clone().unwrap(), source(), neighbours)
            .unwrap()
            .predict(Input::Vector(&[10]))
            .unwrap()
    };
    let two = model(2);
    assert_eq!((two.label, two.scores), (2, vec![0.0, 0.5, 0.5]));
    let nearest = Neighbour {
        record: id(1),
        label: 2,
        distance: 1,
    };
    assert_eq!(two.neighbours[0], nearest);
    assert_eq!(model(4).label, 1);
    // Two of six are missing, each a guess among three classes.
    let six = model(6);
    assert_eq!(six.neighbours.len(), 4);
    let third = 2.0 / 3.0;
    let expected = [1.0, 2.0, 1.0].map(|votes: f64| (votes + third) / 6.0);
    assert_eq!((six.label, six.scores), (1, expected.to_vec()));
}

#[test]
fn a_record_that_is_asked_for_answers_itself() {
    let shape = shape(8, 3);
    let model = Model::neighbours(examples(shape, 200, 20, 1), source(), 1).unwrap();
    assert_eq!(model.kind(), Kind::Neighbours);
    let asked = data(shape, 1, 9);
    let prediction = model.predict(Input::Vector(&asked.features)).unwrap();
    assert!(prediction.neighbours[0].distance > 0);
    let own = asked.model(shape, 1);
    let prediction = own.predict(Input::Vector(&asked.features)).unwrap();
    assert_eq!(prediction.neighbours[0].distance, 0);
}

#[test]
fn many_threads_ask_one_model_at_once() {
    let shape = shape(16, 4);
    let model = Arc::new(Model::neighbours(examples(shape, 500, 9, 7), source(), 5).unwrap());
    let ask = |model: &Model| {
        let mut numbers = Numbers(3);
        let mut answers = Vec::new();
        for _ in 0..50 {
            let vector: Vec<i8> = (0..16).map(|_| numbers.below(50) as i8 - 25).collect();
            answers.push(model.predict(Input::Vector(&vector)).unwrap());
        }
        answers
    };
    let alone = ask(&model);
    thread::scope(|scope| {
        let one = || {
            let model = Arc::clone(&model);
            scope.spawn(move || ask(&model))
        };
        let all = [one(), one(), one()];
        for answers in all {
            assert_eq!(answers.join().unwrap(), alone);
        }
    });
}

#[test]
fn texts_are_asked_as_texts_and_vectors_as_vectors() {
    let texts = [
        ("the cat sat on the mat", 0),
        ("stocks fell sharply today", 1),
    ];
    let shape = Shape {
        encoder: Encoder::Text,
        dimension: 64,
        classes: 2,
    };
    let mut features = Vec::new();
    for (text, _) in texts {
        let vector = Encoder::Text.features(64, text.as_bytes()).unwrap();
        features.extend(vector.iter().map(|byte| *byte as i8));
    }
    let id = |position| RecordId {
        contribution: 0,
        position,
    };
    let records = Examples::new(shape, vec![id(0), id(1)], vec![0, 1], features).unwrap();
    let model = Model::neighbours(records, source(), 1).unwrap();
    let label = |text| model.predict(Input::Text(text)).map(|found| found.label);
    assert_eq!(label("The CAT sat on a mat"), Ok(0));
    assert_eq!(label("stocks fell"), Ok(1));
    let error = label(" ").unwrap_err();
    assert_eq!(error.to_string(), "the text has nothing to encode");
    let error = model.predict(Input::Vector(&[0; 64])).unwrap_err();
    assert_eq!(error.to_string(), "the model takes texts, not vectors");

    let vectors = Model::neighbours(examples(self::shape(3, 2), 5, 3, 1), source(), 1).unwrap();
    let error = vectors.predict(Input::Text("cat")).unwrap_err();
    assert_eq!(error.to_string(), "the model takes vectors, not texts");
    let error = vectors.predict(Input::Vector(&[1, 2])).unwrap_err();
    assert_eq!(error, Error::Dimension { got: 2, wanted: 3 });
}

#[test]
fn numbers_of_neighbours_that_the_kernel_does_not_count_are_refused() {
    for count in [0, 33] {
        let model = Model::neighbours(examples(shape(2, 2), 5, 3, 1), source(), count);
        assert_eq!(model.unwrap_err(), Error::Neighbours);
    }
}
