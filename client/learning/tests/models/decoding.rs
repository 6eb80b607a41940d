//! Models as bytes, and bytes that are no models.

use codec::{Compact, Encode};
use proptest::prelude::*;
use sp_runtime::traits::{BlakeTwo256, Hash};
use tributary_learning::{Error, Examples, Model, Shape};
use tributary_primitives::{datanets::Encoder, ids::RecordId};

use crate::support::{descent, examples, shape, source};

/// Bytes before the kind of a model without a parent: `tribmodl`, version, shape, source.
const HEAD: usize = 8 + 1 + 5 + 32 + 4 + 4 + 32 + 32 + 1;

fn both() -> [Model; 2] {
    let examples = examples(shape(3, 2), 20, 4, 1);
    [
        Model::softmax(&examples, source(), None, descent(3, 1)).unwrap(),
        Model::neighbours(examples, source(), 3).unwrap(),
    ]
}

fn refusal(bytes: &[u8]) -> Error {
    Model::from_bytes(bytes).expect_err("it is refused")
}

#[test]
fn a_model_is_read_as_it_was_written() {
    for model in both() {
        let bytes = model.to_bytes();
        let read = Model::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.weights_hash(), model.weights_hash());
        assert_eq!(model.weights_hash(), BlakeTwo256::hash(&bytes));
        assert_eq!((read.kind(), read.shape()), (model.kind(), model.shape()));
        assert_eq!(read.source(), model.source());
    }
}

#[test]
fn bytes_cut_off_anywhere_or_followed_by_more_are_refused() {
    for model in both() {
        let bytes = model.to_bytes();
        for length in 0..bytes.len() {
            refusal(&bytes[..length]);
        }
        let mut more = bytes.clone();
        more.push(0);
        refusal(&more);
    }
}

#[test]
fn other_formats_versions_and_kinds_are_refused() {
    let bytes = both()[0].to_bytes();
    for (place, says) in [(0, "does not begin"), (8, "version 9"), (HEAD, "variant")] {
        let mut changed = bytes.clone();
        changed[place] = 9;
        let error = refusal(&changed).to_string();
        assert!(error.contains(says), "{error}");
    }
}

fn encoded(tail: impl Encode) -> Vec<u8> {
    let head = &both()[0].to_bytes()[..HEAD];
    [head.to_vec(), tail.encode()].concat()
}

#[test]
fn weights_that_are_missing_not_finite_or_too_large_are_refused() {
    let right = [0.5f64; 8];
    Model::from_bytes(&encoded((1u8, right.to_vec()))).unwrap();
    let mut wrong: Vec<Vec<f64>> = [7, 9, 0].map(|length| vec![0.5; length]).to_vec();
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e13, f64::MAX] {
        let mut weights = right;
        weights[3] = number;
        wrong.push(weights.to_vec());
    }
    for weights in wrong {
        assert_eq!(refusal(&encoded((1u8, weights))), Error::Weights);
    }
}

fn id(contribution: u32, position: u16) -> RecordId {
    RecordId {
        contribution,
        position,
    }
}

#[test]
fn records_out_of_order_beyond_the_classes_or_of_other_counts_are_refused() {
    let file = |count: u8, ids: &[RecordId], labels: &[u8], numbers: &[i8]| {
        encoded((0u8, count, ids.to_vec(), labels.to_vec(), numbers.to_vec()))
    };
    let (one, two) = (id(1, 9), id(2, 0));
    Model::from_bytes(&file(2, &[one, two], &[0, 1], &[1; 6])).unwrap();
    let label = Error::Label { label: 2, last: 1 };
    for (bytes, error) in [
        (file(0, &[one, two], &[0, 1], &[1; 6]), Error::Neighbours),
        (file(33, &[one, two], &[0, 1], &[1; 6]), Error::Neighbours),
        (file(2, &[two, one], &[0, 1], &[1; 6]), Error::Order),
        (file(2, &[one, one], &[0, 1], &[1; 6]), Error::Order),
        (file(2, &[one, two], &[0, 2], &[1; 6]), label),
        (file(2, &[one, two], &[0], &[1; 6]), Error::Lengths),
        (file(2, &[one, two], &[0, 1], &[1; 5]), Error::Lengths),
        (file(2, &[], &[], &[]), Error::Records),
    ] {
        assert_eq!(refusal(&bytes), error);
    }
}

#[test]
fn shapes_that_no_datanet_has_are_refused() {
    let bytes = both()[0].to_bytes();
    for (place, number) in [(10, 0u16), (10, 1_025), (12, 0), (12, 257)] {
        let mut changed = bytes.clone();
        changed[place..place + 2].copy_from_slice(&number.to_le_bytes());
        assert_eq!(refusal(&changed), Error::Shape);
    }
    let shape = Shape {
        encoder: Encoder::Text,
        dimension: 0,
        classes: 2,
    };
    let none = Examples::new(shape, vec![id(0, 0)], vec![0], Vec::new());
    assert_eq!(none, Err(Error::Shape));
}

proptest! {
    #[test]
    fn whatever_is_read_is_written_again(place: prop::sample::Index, byte: u8, softmax: bool) {
        let [one, other] = both();
        let mut bytes = if softmax { one } else { other }.to_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(model) = Model::from_bytes(&bytes) {
            prop_assert_eq!(model.to_bytes(), bytes);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(claimed: u32, rest in prop::collection::vec(any::<u8>(), 0..200), kind in 0..3u8) {
        let lists = encoded((kind, Compact(claimed)));
        let _ = Model::from_bytes(&[lists, rest.clone()].concat());
        let _ = Model::from_bytes(&rest);
    }
}
