//! Labelled records: vectors or texts, as bytes on the chain, and what the datanet's encoder makes of them.

mod files;

use anyhow::{bail, Result};
pub(crate) use files::Format;
use subxt::utils::H256;
use tributary_primitives::{
    datanets::{Encoder, Recipe, MAX_BATCH},
    encoder::{RawRecord, TextError, MAX_TEXT},
    hashing::record_leaf,
    merkle::{Node, Range},
};

/// What a datanet asks of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Shape {
    /// How a record becomes a vector.
    pub(crate) encoder: Encoder,
    /// Numbers of a vector.
    pub(crate) dimension: u16,
    /// Labels are below this.
    pub(crate) classes: u16,
}

impl From<&Recipe> for Shape {
    fn from(recipe: &Recipe) -> Self {
        Self {
            encoder: recipe.encoder,
            dimension: recipe.dimension,
            classes: recipe.classes,
        }
    }
}

/// Records of one kind, one after the other as on the chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Records {
    encoder: Encoder,
    dimension: u16,
    bytes: Vec<u8>,
    /// Where each record ends.
    ends: Vec<usize>,
    /// The vectors of texts. Vectors lie among the bytes already.
    features: Vec<u8>,
}

/// A record, seen in all ways.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Item<'a> {
    /// As it lies on the chain.
    pub(crate) bytes: &'a [u8],
    /// What the encoder takes: a vector's bytes, or a text.
    pub(crate) raw: &'a [u8],
    /// The bytes of its vector.
    pub(crate) features: &'a [u8],
    /// Its class.
    pub(crate) label: u8,
}

impl Records {
    /// No records yet.
    fn empty(encoder: Encoder, dimension: u16) -> Self {
        Self {
            encoder,
            dimension,
            bytes: Vec::new(),
            ends: Vec::new(),
            features: Vec::new(),
        }
    }

    /// Records as they lie on the chain. Fails if the last one is cut off, or one cannot be encoded.
    pub(crate) fn from_bytes(encoder: Encoder, dimension: u16, bytes: &[u8]) -> Result<Self> {
        let mut records = Self::empty(encoder, dimension);
        for record in encoder.records(dimension, bytes) {
            let Ok(record) = record else {
                bail!("{} bytes are not a whole number of records", bytes.len());
            };
            if let Err(error) = records.push(&record) {
                bail!("record {}: {}", records.len(), complaint(error));
            }
        }
        Ok(records)
    }

    /// Adds a record.
    fn push(&mut self, record: &RawRecord<'_>) -> Result<(), TextError> {
        if self.encoder == Encoder::Text {
            let features = self.encoder.features(self.dimension, record.raw)?;
            self.features.extend_from_slice(&features);
        }
        self.bytes.extend_from_slice(record.bytes);
        self.ends.push(self.bytes.len());
        Ok(())
    }

    /// How a record becomes a vector.
    pub(crate) fn encoder(&self) -> Encoder {
        self.encoder
    }

    /// Numbers of a vector.
    pub(crate) fn dimension(&self) -> u16 {
        self.dimension
    }

    /// Records as they lie on the chain.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// Bytes of all records.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// How many records.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The records.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Item<'_>> + Clone {
        let dimension = usize::from(self.dimension);
        (0..self.len()).map(move |index| {
            let begin = index.checked_sub(1).map_or(0, |before| self.ends[before]);
            let bytes = &self.bytes[begin..self.ends[index]];
            let (label, front) = bytes.split_last().expect("a record has a label; qed");
            let (raw, features) = match self.encoder {
                Encoder::Vector => (front, front),
                Encoder::Text => (
                    &front[2..],
                    &self.features[index * dimension..][..dimension],
                ),
            };
            Item {
                bytes,
                raw,
                features,
                label: *label,
            }
        })
    }

    /// Some of the records, by their places.
    pub(crate) fn only(&self, wanted: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self::empty(self.encoder, self.dimension);
        for (_, item) in self.iter().enumerate().filter(|(place, _)| wanted(*place)) {
            kept.bytes.extend_from_slice(item.bytes);
            kept.ends.push(kept.bytes.len());
            if self.encoder == Encoder::Text {
                kept.features.extend_from_slice(item.features);
            }
        }
        kept
    }

    /// Root of the tree of the records, each of weight 1.
    pub(crate) fn root(&self) -> Node {
        let mut range = Range::default();
        for item in self.iter() {
            range
                .append(record_leaf(item.raw, item.label, item.features), 1)
                .expect("memory holds fewer than 2^32 records; qed");
        }
        range.root()
    }

    /// Hash of the root.
    pub(crate) fn root_hash(&self) -> H256 {
        self.root().hash
    }

    /// The records as the chain takes them: whole records, at most [`MAX_BATCH`] bytes at a time.
    pub(crate) fn batches(&self) -> Vec<&[u8]> {
        let mut batches = Vec::new();
        let (mut begin, mut end) = (0, 0);
        for next in &self.ends {
            if next - begin > MAX_BATCH as usize {
                batches.push(&self.bytes[begin..end]);
                begin = end;
            }
            end = *next;
        }
        if end > begin {
            batches.push(&self.bytes[begin..end]);
        }
        batches
    }
}

/// Why a text cannot be encoded, for people.
fn complaint(error: TextError) -> String {
    match error {
        TextError::TooLong => format!("the text is longer than {MAX_TEXT} bytes"),
        TextError::NotUtf8 => "the text is not UTF-8".to_owned(),
        TextError::NothingToEncode => "the text has nothing to encode".to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Records of texts.
    pub(crate) fn texts(dimension: u16, texts: &[(&str, u8)]) -> Records {
        let mut bytes = Vec::new();
        for (text, label) in texts {
            bytes.extend((text.len() as u16).to_le_bytes());
            bytes.extend(text.as_bytes());
            bytes.push(*label);
        }
        Records::from_bytes(Encoder::Text, dimension, &bytes).unwrap()
    }

    #[test]
    fn bytes_that_end_within_a_record_are_refused() {
        assert!(Records::from_bytes(Encoder::Vector, 2, &[0; 7]).is_err());
        let records = Records::from_bytes(Encoder::Vector, 2, &[0; 6]).unwrap();
        assert_eq!(records.len(), 2);
        assert!(Records::from_bytes(Encoder::Text, 2, &[2, 0, b'a', 0]).is_err());
    }

    #[test]
    fn texts_that_cannot_be_encoded_are_refused() {
        let error = Records::from_bytes(Encoder::Text, 8, &[1, 0, b'a', 0, 1, 0, b' ', 0]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "record 1: the text has nothing to encode"
        );
    }

    #[test]
    fn the_root_is_that_of_the_tree_of_records_and_its_sum_their_number() {
        let bytes = [1, 2, 0, 3, 4, 1, 5, 6, 2];
        let records = Records::from_bytes(Encoder::Vector, 2, &bytes).unwrap();
        let mut range = Range::default();
        for (features, label) in [([1, 2], 0), ([3, 4], 1), ([5, 6], 2)] {
            range
                .append(record_leaf(&features, label, &features), 1)
                .unwrap();
        }
        assert_eq!(records.root(), range.root());
        assert_eq!(records.root().sum, 3);
    }

    #[test]
    fn the_leaves_of_texts_have_text_and_vector() {
        let records = texts(16, &[("one", 0), ("another text", 1)]);
        let mut range = Range::default();
        for (text, label) in [("one", 0), ("another text", 1)] {
            let features = Encoder::Text.features(16, text.as_bytes()).unwrap();
            range
                .append(record_leaf(text.as_bytes(), label, &features), 1)
                .unwrap();
        }
        assert_eq!(records.root(), range.root());
        assert!(records.iter().all(|item| item.features.len() == 16));
    }

    #[test]
    fn some_of_the_records_are_what_they_were() {
        let list = [("one", 0), ("another text", 1), ("third", 0)];
        let some = texts(16, &list).only(|place| place != 1);
        assert_eq!(some, texts(16, &[list[0], list[2]]));
        let bytes = [1, 2, 0, 3, 4, 1, 5, 6, 2];
        let records = Records::from_bytes(Encoder::Vector, 2, &bytes).unwrap();
        let last = Records::from_bytes(Encoder::Vector, 2, &bytes[6..]).unwrap();
        assert_eq!(records.only(|place| place == 2), last);
        assert_eq!(records.only(|_| false).len(), 0);
    }

    proptest! {
        #[test]
        fn batches_are_whole_records_that_fit_and_make_up_the_whole(dimension in 1..1_024u16, count in 1..2_000usize) {
            let width = usize::from(dimension) + 1;
            let bytes = vec![7; width * count];
            let records = Records::from_bytes(Encoder::Vector, dimension, &bytes).unwrap();
            let batches = records.batches();
            prop_assert!(batches.iter().all(|batch| batch.len() <= MAX_BATCH as usize && batch.len() % width == 0 && !batch.is_empty()));
            prop_assert_eq!(batches.concat(), records.to_bytes());
        }

        #[test]
        fn batches_of_texts_are_whole_records_as_well(lengths in prop::collection::vec(1..16_384usize, 1..60)) {
            let letters: Vec<String> = lengths.iter().map(|length| "a".repeat(*length)).collect();
            let list: Vec<(&str, u8)> = letters.iter().map(|text| (text.as_str(), 0)).collect();
            let records = texts(8, &list);
            let batches = records.batches();
            prop_assert_eq!(batches.concat(), records.to_bytes());
            let mut count = 0;
            for batch in batches {
                prop_assert!(batch.len() <= MAX_BATCH as usize);
                count += Records::from_bytes(Encoder::Text, 8, batch).unwrap().len();
            }
            prop_assert_eq!(count, lengths.len());
        }
    }
}
