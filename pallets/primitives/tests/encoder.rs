//! The text encoder by the test vectors that another implementation (`scripts/lib/encoder.mjs`) made, and by what must hold of any text.

use proptest::prelude::*;
use serde::Deserialize;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};
use tributary_primitives::{
    datanets::Encoder,
    encoder::{text::features, NotWhole, TextError, MAX_TEXT},
};

const TEST_VECTORS: &str = include_str!("../../../scripts/data/encoder.json");
const SNIPPETS: &str = include_str!("../../../scripts/data/snippets.csv");

#[derive(Deserialize)]
struct TestVectors {
    vectors: Vec<TestVector>,
    refused: Vec<Refused>,
    snippets: Vec<Sample>,
}

#[derive(Deserialize)]
struct TestVector {
    dimension: u16,
    text: String,
    #[serde(default = "once")]
    times: usize,
    #[serde(default)]
    then: String,
    vector: Vec<i8>,
}

#[derive(Deserialize)]
struct Refused {
    dimension: u16,
    hex: String,
    why: String,
}

/// Every so many snippets, from the first on.
#[derive(Deserialize)]
struct Sample {
    dimension: u16,
    every: usize,
    blake2b: H256,
}

fn once() -> usize {
    1
}

fn test_vectors() -> TestVectors {
    serde_json::from_str(TEST_VECTORS).expect("the file is JSON")
}

fn vector(text: &[u8], dimension: u16) -> Result<Vec<i8>, TextError> {
    let bytes = features(text, dimension)?;
    Ok(bytes.into_iter().map(|byte| byte as i8).collect())
}

/// The snippets with their kinds: CSV whose quoted fields have no line breaks.
fn snippets() -> Vec<(String, &'static str)> {
    let (_, lines) = SNIPPETS.split_once('\n').expect("there is a header");
    let snippet = |line: &'static str| {
        let (text, kind) = line.rsplit_once(',').expect("a line has two fields");
        let text = match text.strip_prefix('"') {
            Some(rest) => rest
                .strip_suffix('"')
                .expect("a quote ends")
                .replace("\"\"", "\""),
            None => text.to_owned(),
        };
        (text, kind)
    };
    lines.lines().map(snippet).collect()
}

#[test]
fn texts_have_the_vectors_that_another_implementation_made() {
    for case in test_vectors().vectors {
        let text = case.text.repeat(case.times) + &case.then;
        assert_eq!(
            vector(text.as_bytes(), case.dimension),
            Ok(case.vector),
            "{}",
            case.text
        );
    }
}

#[test]
fn texts_without_a_vector_are_refused_by_both_implementations() {
    for case in test_vectors().refused {
        let bytes: Vec<u8> = (0..case.hex.len())
            .step_by(2)
            .map(|place| u8::from_str_radix(&case.hex[place..place + 2], 16).expect("it is hex"))
            .collect();
        let error = vector(&bytes, case.dimension).expect_err("it is refused");
        assert_eq!(format!("{error:?}"), case.why, "{}", case.hex);
    }
}

#[test]
fn snippets_have_the_vectors_that_another_implementation_made() {
    let snippets = snippets();
    assert_eq!(snippets.len(), 4_000);
    for sample in test_vectors().snippets {
        let mut all = Vec::new();
        for (text, _) in snippets.iter().step_by(sample.every) {
            all.extend(features(text.as_bytes(), sample.dimension).expect("it has a vector"));
        }
        assert_eq!(<BlakeTwo256 as Hash>::hash(&all), sample.blake2b);
    }
}

#[test]
fn a_text_has_at_most_16_kibibytes() {
    let longest = vec![b'a'; usize::from(MAX_TEXT)];
    assert!(features(&longest, 1_024).is_ok());
    assert_eq!(
        features(&[&longest[..], b" "].concat(), 1_024),
        Err(TextError::TooLong)
    );
}

#[test]
fn upper_case_and_white_space_make_no_difference_where_they_are_ascii() {
    let same = |one: &str, other: &str| {
        features(one.as_bytes(), 256).unwrap() == features(other.as_bytes(), 256).unwrap()
    };
    assert!(same("Two words", "\u{b} tWO\r\n\tWORDS \u{c}"));
    assert!(!same("two words", "twowords"));
    assert!(!same("\u{e4}", "\u{c4}"));
    assert!(!same("two words", "two\u{a0}words"));
}

/// Of 1,000 snippets, how often the five nearest others have the same kind, in hundredths of a percent.
fn agreement(dimension: u16) -> usize {
    let vectors: Vec<_> = snippets()
        .into_iter()
        .map(|(text, kind)| (vector(text.as_bytes(), dimension).unwrap(), kind))
        .collect();
    let mut right = 0;
    for (target, kind) in vectors.iter().step_by(4) {
        let mut others: Vec<_> = vectors
            .iter()
            .map(|(other, kind)| {
                let difference = |(one, other): (&i8, &i8)| {
                    let difference = i32::from(*one) - i32::from(*other);
                    difference * difference
                };
                let distance: i32 = target.iter().zip(other).map(difference).sum();
                (distance, kind)
            })
            .collect();
        // The nearest one is the target itself.
        others.select_nth_unstable(5);
        right += others[..=5]
            .iter()
            .filter(|(_, other)| *other == kind)
            .count()
            - 1;
    }
    right * 10_000 / (5 * 1_000)
}

#[test]
fn texts_of_a_kind_lie_together() {
    let (narrow, wide) = (agreement(256), agreement(1_024));
    println!(
        "the five nearest of the same kind: {narrow} of 10,000 at d = 256, {wide} at d = 1,024"
    );
    assert!(narrow > 5_000, "{narrow}");
    assert!(wide > 5_700, "{wide}");
}

/// The definition of the last step: the integer next to 16 sqrt(d) a / sqrt(S), by comparing squares.
fn is_nearest(size: u64, sum: u64, squares: u64, dimension: u64) -> bool {
    let (size, sum, squares) = (u128::from(size), u128::from(sum), u128::from(squares));
    // (2 size - 1)^2 S <= 4 * 256 d a^2 < (2 size + 1)^2 S
    let exact = 1_024 * u128::from(dimension) * sum * sum;
    let lower = size == 0 || (2 * size - 1).pow(2) * squares <= exact;
    lower && exact < (2 * size + 1).pow(2) * squares
}

proptest! {
    #[test]
    fn numbers_are_rounded_to_the_nearest_and_halves_away_from_zero(
        sum in 1..1u64 << 17,
        others in 0..1u64 << 34,
        dimension in 1..=1_024u64,
    ) {
        let squares = sum * sum + others;
        let size = (1_024 * dimension * sum * sum / squares).isqrt().div_ceil(2);
        prop_assert!(is_nearest(size, sum, squares, dimension));
    }

    #[test]
    fn a_vector_is_of_the_fixed_norm_but_for_rounding_and_clamping(
        text in "[a-zA-Z0-9 .,!\u{e4}\u{65e5}\u{1f600}]{1,400}",
        dimension in 1..=1_024u16,
    ) {
        let Ok(vector) = vector(text.as_bytes(), dimension) else {
            return Ok(());
        };
        prop_assert_eq!(vector.len(), usize::from(dimension));
        let squares: u64 = vector.iter().map(|number| i64::from(*number).pow(2) as u64).sum();
        prop_assert!(squares > 0);
        prop_assert!(vector.iter().all(|number| *number != i8::MIN));
        if vector.iter().all(|number| number.unsigned_abs() < 127) {
            // Each number is at most half off: |v| is within sqrt(d) / 2 of 16 sqrt(d).
            let dimension = u64::from(dimension);
            prop_assert!(4 * squares <= 33 * 33 * dimension && 4 * squares >= 31 * 31 * dimension);
        }
    }

    #[test]
    fn any_bytes_are_encoded_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        dimension in 0..=1_024u16,
    ) {
        match features(&bytes, dimension) {
            Ok(vector) => prop_assert_eq!(vector.len(), usize::from(dimension)),
            Err(TextError::NotUtf8) => prop_assert!(std::str::from_utf8(&bytes).is_err()),
            Err(error) => prop_assert_eq!(error, TextError::NothingToEncode),
        }
    }

    #[test]
    fn records_are_read_as_they_were_written(
        texts in prop::collection::vec(("[ -~]{0,40}", any::<u8>()), 0..20),
        cut in 1..3usize,
    ) {
        let mut bytes = Vec::new();
        for (text, label) in &texts {
            bytes.extend((text.len() as u16).to_le_bytes());
            bytes.extend(text.as_bytes());
            bytes.push(*label);
        }
        let read: Vec<_> = Encoder::Text
            .records(8, &bytes)
            .map(|record| {
                let record = record.unwrap();
                (String::from_utf8(record.raw.to_vec()).unwrap(), record.label)
            })
            .collect();
        prop_assert_eq!(&read, &texts);
        let whole: usize = Encoder::Text.records(8, &bytes).map(|record| record.unwrap().bytes.len()).sum();
        prop_assert_eq!(whole, bytes.len());
        if !texts.is_empty() {
            let mut cut_off = Encoder::Text.records(8, &bytes[..bytes.len() - cut]);
            prop_assert!(cut_off.by_ref().take(texts.len() - 1).all(|record| record.is_ok()));
            prop_assert_eq!(cut_off.next(), Some(Err(NotWhole)));
            prop_assert_eq!(cut_off.next(), None);
        }
    }

    #[test]
    fn vectors_are_their_records(dimension in 1..=40u16, count in 0..20usize) {
        let width = usize::from(dimension) + 1;
        let bytes: Vec<u8> = (0..width * count).map(|number| number as u8).collect();
        let mut read = Vec::new();
        for record in Encoder::Vector.records(dimension, &bytes) {
            let record = record.unwrap();
            prop_assert_eq!(&*Encoder::Vector.features(dimension, record.raw).unwrap(), record.raw);
            read.extend(record.raw);
            read.push(record.label);
        }
        prop_assert_eq!(read, bytes);
    }
}

#[test]
fn the_longest_text_makes_the_longest_record() {
    let mut bytes = MAX_TEXT.to_le_bytes().to_vec();
    bytes.resize(usize::from(MAX_TEXT) + 3, b'a');
    assert_eq!(bytes.len() as u32, *Encoder::Text.record_bytes(8).end());
    let records: Vec<_> = Encoder::Text.records(8, &bytes).collect();
    assert!(matches!(&records[..], [Ok(record)] if record.raw.len() == usize::from(MAX_TEXT)));
}
