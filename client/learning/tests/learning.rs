//! Models: what they say, that they are the same whoever trains them, and bytes that are none.

use std::num::NonZero;

use codec::Encode;
use proptest::prelude::*;
use tributary_learning::{
    nearest, softmax, Broken, Data, Input, Kind, Model, NotPredicted, NotTrained, Place, Shape,
    Source, MAX_NEIGHBOURS,
};
use tributary_primitives::datanets::Encoder;

const SHAPE: Shape = Shape {
    encoder: Encoder::Vector,
    dimension: 3,
    classes: 3,
};

fn threads(count: usize) -> NonZero<usize> {
    NonZero::new(count).expect("it is some")
}

fn place(contribution: u32, record: u32) -> Place {
    Place {
        contribution,
        record,
    }
}

fn data(records: &[([i8; 3], u8)]) -> Data {
    let mut data = Data::default();
    for (record, (features, label)) in (0..).zip(records) {
        data.push(features, *label, place(0, record));
    }
    data
}

/// Records around three centres, as a generator of small numbers draws them.
fn clusters(count: u32) -> Data {
    let mut state = 7u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as i8 / 8
    };
    let mut data = Data::default();
    for record in 0..count {
        let label = (record % 3) as u8;
        let mut features = [draw(), draw(), draw()];
        features[usize::from(label)] += 40;
        data.push(&features, label, place(record / 100, record % 100));
    }
    data
}

fn trained(data: &Data, count: usize) -> Model {
    softmax(Source::default(), SHAPE, data, None, threads(count)).expect("they are records")
}

fn right(model: &Model, data: &Data) -> usize {
    let pairs = data.features.chunks(3).zip(&data.labels);
    pairs
        .filter(|(features, label)| {
            let said = model.predict(Input::Vector(features)).expect("a vector");
            said.label == **label
        })
        .count()
}

#[test]
fn the_same_records_make_the_same_weights_with_any_number_of_threads() {
    let data = clusters(5_000);
    let one = trained(&data, 1).to_bytes();
    for count in [2, 3, 7, 64] {
        assert_eq!(trained(&data, count).to_bytes(), one, "{count} threads");
    }
}

/// Another hash means that others cannot check what was registered before: a new format, not a new number here.
#[test]
fn the_weights_are_those_that_they_were() {
    let softmax = trained(&clusters(1_000), 2).weights_hash();
    let nearest = nearest(Source::default(), SHAPE, clusters(1_000), 5);
    let nearest = nearest.expect("they are records").weights_hash();
    assert_eq!([softmax, nearest].map(|hash| format!("{hash:?}")), PINNED,);
}

const PINNED: [&str; 2] = [
    "0xddffc9b83cdf8ead4a528392459dcf81af1aaba233ec1093c5061bc38cd849b0",
    "0x8f286e0db6879f984f9ce6f0d3beee3dadb2b70b88fc88d08133bbaf3d6624a3",
];

#[test]
fn softmax_learns_what_can_be_told_apart() {
    let data = clusters(900);
    let model = trained(&data, 2);
    assert_eq!(model.kind(), Kind::Softmax);
    assert!(right(&model, &data) > 880);
    let said = model.predict(Input::Vector(&[50, 0, 0])).expect("a vector");
    assert_eq!((said.label, said.neighbours.len()), (0, 0));
    let sum: f64 = said.scores.iter().sum();
    assert!((sum - 1.0).abs() < 1e-12 && said.scores[0] > 0.9);
}

#[test]
fn a_child_goes_on_from_its_parent() {
    let parent = trained(&clusters(300), 1);
    // Twice as long: the scale is another one, and what the parent says of its own records is kept at the start.
    let mut data = clusters(300);
    for number in &mut data.features {
        *number *= 2;
    }
    let child = softmax(Source::default(), SHAPE, &data, Some(&parent), threads(1));
    let child = child.expect("the shapes are the same");
    let alone = trained(&data, 1);
    assert_ne!(child.to_bytes(), alone.to_bytes());
    assert!(right(&child, &data) >= right(&alone, &data) - 3);
}

#[test]
fn parents_of_other_kinds_and_shapes_are_refused() {
    let data = clusters(30);
    let other = nearest(Source::default(), SHAPE, data.clone(), 3).expect("records");
    let refused = softmax(Source::default(), SHAPE, &data, Some(&other), threads(1));
    assert_eq!(refused.expect_err("another kind"), NotTrained::Parent);
    let wider = Shape {
        classes: 4,
        ..SHAPE
    };
    let parent = trained(&data, 1);
    let refused = softmax(Source::default(), wider, &data, Some(&parent), threads(1));
    assert_eq!(refused.expect_err("another shape"), NotTrained::Parent);
}

#[test]
fn neighbours_vote_and_are_named() {
    let data = data(&[
        ([0, 0, 0], 0),
        ([2, 0, 0], 1),
        ([0, 3, 0], 1),
        ([0, 0, 90], 2),
    ]);
    let model = nearest(Source::default(), SHAPE, data, 3).expect("records");
    let said = model.predict(Input::Vector(&[0, 0, 0])).expect("a vector");
    assert_eq!(said.label, 1);
    let found: Vec<_> = said
        .neighbours
        .iter()
        .map(|near| (near.place.record, near.label, near.distance))
        .collect();
    assert_eq!(found, [(0, 0, 0), (1, 1, 4), (2, 1, 9)]);
    assert_eq!(said.scores, [1.0 / 3.0, 2.0 / 3.0, 0.0]);
}

#[test]
fn of_equals_the_first_record_and_the_nearest_class_win() {
    let data = data(&[([1, 0, 0], 2), ([-1, 0, 0], 0), ([0, 1, 0], 1)]);
    let model = nearest(Source::default(), SHAPE, data, 2).expect("records");
    let said = model.predict(Input::Vector(&[0, 0, 0])).expect("a vector");
    assert_eq!(said.neighbours[0].place.record, 0);
    assert_eq!(said.neighbours[1].place.record, 1);
    assert_eq!(said.label, 2);
}

#[test]
fn texts_are_encoded_as_their_datanet_does() {
    let shape = Shape {
        encoder: Encoder::Text,
        dimension: 64,
        classes: 2,
    };
    let mut data = Data::default();
    for (record, (text, label)) in (0..).zip([("good morning", 0), ("bad night", 1)]) {
        let encoded = Encoder::Text.features(64, text.as_bytes());
        let encoded = encoded.expect("it has words");
        let features: Vec<i8> = encoded.iter().map(|byte| byte.cast_signed()).collect();
        data.push(&features, label, place(0, record));
    }
    let model = nearest(Source::default(), shape, data, 1).expect("records");
    let said = model.predict(Input::Text("bad night")).expect("a text");
    assert_eq!((said.label, said.neighbours[0].distance), (1, 0));
    assert_eq!(
        model.predict(Input::Vector(&[0; 64])),
        Err(NotPredicted::NotAVector)
    );
    assert_eq!(model.predict(Input::Text(" ")), Err(NotPredicted::Text));
}

#[test]
fn inputs_that_are_none_are_refused() {
    let model = trained(&clusters(30), 1);
    assert_eq!(
        model.predict(Input::Vector(&[1, 2])),
        Err(NotPredicted::Dimension {
            length: 2,
            dimension: 3
        })
    );
    assert_eq!(
        model.predict(Input::Text("one")),
        Err(NotPredicted::NotAText(3))
    );
}

#[test]
fn records_that_are_none_are_refused() {
    let refused = |change: &dyn Fn(&mut Data, &mut Shape, &mut u16)| {
        let (mut data, mut shape, mut neighbours) = (clusters(30), SHAPE, 3);
        change(&mut data, &mut shape, &mut neighbours);
        nearest(Source::default(), shape, data, neighbours).expect_err("it is wrong")
    };
    assert_eq!(
        refused(&|data, _, _| *data = Data::default()),
        NotTrained::NoRecords
    );
    assert_eq!(
        refused(&|data, _, _| data.features.truncate(89)),
        NotTrained::Uneven
    );
    assert_eq!(
        refused(&|data, _, _| data.places.truncate(29)),
        NotTrained::Uneven
    );
    assert_eq!(
        refused(&|data, _, _| data.labels[4] = 3),
        NotTrained::NotAClass {
            label: 3,
            classes: 3
        }
    );
    assert_eq!(
        refused(&|data, _, _| data.places.swap(4, 5)),
        NotTrained::Order(5)
    );
    assert_eq!(refused(&|_, shape, _| shape.classes = 1), NotTrained::Shape);
    assert_eq!(
        refused(&|_, shape, _| shape.dimension = 0),
        NotTrained::Shape
    );
    for wrong in [0, MAX_NEIGHBOURS + 1] {
        assert_eq!(
            refused(&|_, _, neighbours| *neighbours = wrong),
            NotTrained::Neighbours
        );
    }
}

#[test]
fn bytes_that_are_no_model_are_refused() {
    let model = trained(&clusters(30), 1);
    let bytes = model.to_bytes();
    assert_eq!(Model::from_bytes(&bytes), Ok(model));
    assert_eq!(Model::from_bytes(b""), Err(Broken::NotAModel));
    for length in 16..bytes.len() {
        assert_eq!(Model::from_bytes(&bytes[..length]), Err(Broken::Length));
    }
    let more = [&bytes[..], &[0]].concat();
    assert_eq!(Model::from_bytes(&more), Err(Broken::Length));

    // A length that is not there takes no memory.
    let (_, weights) = bytes.split_at(bytes.len() - 12 * 8);
    let front = &bytes[..bytes.len() - 12 * 8 - 1];
    let endless = [front, &codec::Compact(u32::MAX).encode(), weights].concat();
    assert_eq!(Model::from_bytes(&endless), Err(Broken::Length));
    let short = [front, &codec::Compact(11u32).encode(), &weights[8..]].concat();
    assert_eq!(Model::from_bytes(&short), Err(Broken::Weights));

    let place = bytes.len() - 8;
    for wrong in [f64::NAN, f64::INFINITY] {
        let mut bytes = bytes.clone();
        bytes[place..].copy_from_slice(&wrong.to_le_bytes());
        assert_eq!(Model::from_bytes(&bytes), Err(Broken::Weights));
    }
}

proptest! {
    #[test]
    fn whatever_changes_a_model_is_read_or_refused(place in 0usize..1_000, value: u8) {
        let models = [
            trained(&clusters(12), 1),
            nearest(Source::default(), SHAPE, clusters(12), 3).expect("records"),
        ];
        for model in models {
            let mut bytes = model.to_bytes();
            let place = place % bytes.len();
            bytes[place] = value;
            if let Ok(read) = Model::from_bytes(&bytes) {
                prop_assert_eq!(read.to_bytes(), bytes);
                let said = read.predict(Input::Vector(&[1, 2, 3]));
                prop_assert!(said.is_ok() || read.shape() != SHAPE);
            }
        }
    }

    #[test]
    fn neighbours_are_those_that_sorting_finds(
        records in prop::collection::vec((prop::array::uniform3(-3i8..3), 0u8..3), 1..60),
        vector in prop::array::uniform3(-3i8..3),
        count in 1u16..70,
    ) {
        let model = nearest(Source::default(), SHAPE, data(&records), count).expect("records");
        let said = model.predict(Input::Vector(&vector)).expect("a vector");
        let mut sorted: Vec<_> = (0u32..)
            .zip(&records)
            .map(|(record, (features, _))| {
                let distance: i32 = features
                    .iter()
                    .zip(vector)
                    .map(|(one, other)| (i32::from(*one) - i32::from(other)).pow(2))
                    .sum();
                (distance.unsigned_abs(), record)
            })
            .collect();
        sorted.sort_unstable();
        sorted.truncate(count.into());
        let found: Vec<_> = said.neighbours.iter().map(|near| (near.distance, near.place.record)).collect();
        prop_assert_eq!(found, sorted);
    }
}
