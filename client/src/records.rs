//! Labelled vectors: from CSV and JSON Lines, as bytes on the chain, and back.
//!
//! A record on the chain is its d features, each an `i8`, followed by the byte of its label.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use subxt::utils::H256;
use tributary_primitives::{
    datanets::MAX_BATCH,
    hashing::record_leaf,
    merkle::{Node, Range},
};

use crate::failure::misuse;

/// What a file of records looks like.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line of comma-separated integers for each record; the label in the column `label`, or else in the last one.
    Csv,
    /// An object for each record: `{"features": [1, 2], "label": 0}`.
    Jsonl,
}

impl Format {
    /// The format that a file's name stands for.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }
}

/// What a datanet asks of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Shape {
    /// Numbers of a vector.
    pub(crate) dimension: u16,
    /// Labels are below this.
    pub(crate) classes: u16,
}

/// Records of one dimension, one after the other as on the chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Records {
    dimension: u16,
    bytes: Vec<u8>,
}

/// A record as JSON Lines have it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    features: Vec<i64>,
    label: i64,
}

impl Records {
    /// No records yet.
    fn empty(dimension: u16) -> Self {
        Self {
            dimension,
            bytes: Vec::new(),
        }
    }

    /// Records as they lie on the chain. Fails if the last one is cut off.
    pub(crate) fn from_bytes(dimension: u16, bytes: Vec<u8>) -> Result<Self> {
        let records = Self { dimension, bytes };
        anyhow::ensure!(
            records.bytes.len().is_multiple_of(records.width()),
            "{} bytes are not a whole number of records of {} bytes",
            records.bytes.len(),
            records.width()
        );
        Ok(records)
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
        self.bytes.len() / self.width()
    }

    /// The records, each a vector's bytes and a label.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], u8)> + Clone {
        self.bytes.chunks_exact(self.width()).map(|record| {
            let (label, features) = record.split_last().expect("a record has a label; qed");
            (features, *label)
        })
    }

    /// Root of the tree of the records, each of weight 1.
    pub(crate) fn root(&self) -> Node {
        let mut range = Range::default();
        for (features, label) in self.iter() {
            range
                .append(record_leaf(features, label, features), 1)
                .expect("memory holds fewer than 2^32 records; qed");
        }
        range.root()
    }

    /// Hash of the root.
    pub(crate) fn root_hash(&self) -> H256 {
        self.root().hash
    }

    /// The records as the chain takes them: whole records, at most [`MAX_BATCH`] bytes at a time.
    pub(crate) fn batches(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let records = (MAX_BATCH as usize / self.width()).max(1);
        self.bytes.chunks(records * self.width())
    }

    /// Reads a file, `-` for standard input, and checks every record against the shape.
    pub(crate) fn read(path: &Path, format: Option<Format>, shape: Shape) -> Result<Self> {
        let Some(format) = format.or_else(|| Format::of(path)) else {
            misuse!(
                "cannot tell the format of {} by its name: say --format csv or --format jsonl",
                path.display()
            );
        };
        let input: Box<dyn Read> = if path == Path::new("-") {
            Box::new(std::io::stdin())
        } else {
            match File::open(path) {
                Ok(file) => Box::new(file),
                Err(error) => misuse!("cannot read {}: {error}", path.display()),
            }
        };
        let records = match format {
            Format::Csv => Self::read_csv(input, shape),
            Format::Jsonl => Self::read_jsonl(input, shape),
        }
        .with_context(|| format!("reading {}", path.display()))?;
        if records.len() == 0 {
            misuse!("{} has no records", path.display());
        }
        Ok(records)
    }

    /// Reads CSV. A first line that is not all numbers names the columns.
    pub(crate) fn read_csv(input: impl Read, shape: Shape) -> Result<Self> {
        let mut records = Self::empty(shape.dimension);
        let mut label_column = usize::from(shape.dimension);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(input);
        for (index, row) in reader.records().enumerate() {
            let row = match row {
                Ok(row) => row,
                Err(error) => misuse!("line {}: {error}", index + 1),
            };
            let line = row.position().map_or(index as u64 + 1, csv::Position::line);
            if index == 0 && row.iter().any(|field| field.parse::<i64>().is_err()) {
                if let Some(column) = row.iter().position(|name| name == "label") {
                    label_column = column;
                }
                continue;
            }
            let mut numbers = Vec::with_capacity(row.len());
            for field in &row {
                match field.parse::<i64>() {
                    Ok(number) => numbers.push(number),
                    Err(_) => misuse!("line {line}: `{field}` is not an integer"),
                }
            }
            let columns = usize::from(shape.dimension) + 1;
            if numbers.len() != columns {
                misuse!(
                    "line {line}: {} columns where the recipe asks for {} features and a label",
                    numbers.len(),
                    shape.dimension
                );
            }
            let label = numbers.remove(label_column.min(columns - 1));
            records.push(&numbers, label, shape, line)?;
        }
        Ok(records)
    }

    /// Reads JSON Lines; empty lines are skipped.
    pub(crate) fn read_jsonl(input: impl Read, shape: Shape) -> Result<Self> {
        let mut records = Self::empty(shape.dimension);
        for (line, text) in (1..).zip(BufReader::new(input).lines()) {
            let text = text.with_context(|| format!("line {line}"))?;
            if text.trim().is_empty() {
                continue;
            }
            let record: Line = match serde_json::from_str(&text) {
                Ok(record) => record,
                Err(error) => misuse!("line {line}: {error}"),
            };
            records.push(&record.features, record.label, shape, line)?;
        }
        Ok(records)
    }

    /// Adds a record, if it has the shape that is asked for.
    fn push(&mut self, features: &[i64], label: i64, shape: Shape, line: u64) -> Result<()> {
        if features.len() != usize::from(shape.dimension) {
            misuse!(
                "line {line}: {} features where the recipe asks for {}",
                features.len(),
                shape.dimension
            );
        }
        for feature in features {
            match i8::try_from(*feature) {
                Ok(feature) => self.bytes.push(feature as u8),
                Err(_) => misuse!("line {line}: the feature {feature} is not between -128 and 127"),
            }
        }
        match u8::try_from(label) {
            Ok(label) if u16::from(label) < shape.classes => self.bytes.push(label),
            _ => misuse!(
                "line {line}: the label {label} is not between 0 and {}",
                i32::from(shape.classes) - 1
            ),
        }
        Ok(())
    }

    /// Writes the records, with names of columns only if `heading` asks for them.
    pub(crate) fn write(&self, output: impl Write, format: Format, heading: bool) -> Result<()> {
        match format {
            Format::Csv => self.write_csv(output, heading),
            Format::Jsonl => self.write_jsonl(output),
        }
        .context("writing records")
    }

    fn write_csv(&self, output: impl Write, heading: bool) -> Result<()> {
        let mut writer = csv::Writer::from_writer(output);
        if heading {
            let names = (0..self.dimension).map(|number| format!("f{number}"));
            writer.write_record(names.chain(["label".to_owned()]))?;
        }
        for (features, label) in self.iter() {
            let numbers = features.iter().map(|feature| (*feature as i8).to_string());
            writer.write_record(numbers.chain([label.to_string()]))?;
        }
        Ok(writer.flush()?)
    }

    fn write_jsonl(&self, mut output: impl Write) -> Result<()> {
        for (features, label) in self.iter() {
            let features = features
                .iter()
                .map(|feature| i64::from(*feature as i8))
                .collect();
            serde_json::to_writer(
                &mut output,
                &Line {
                    features,
                    label: label.into(),
                },
            )?;
            output.write_all(b"\n")?;
        }
        Ok(output.flush()?)
    }

    /// Bytes of a record.
    fn width(&self) -> usize {
        usize::from(self.dimension) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHAPE: Shape = Shape {
        dimension: 2,
        classes: 3,
    };

    fn csv(text: &str) -> Result<Records> {
        Records::read_csv(text.as_bytes(), SHAPE)
    }

    fn jsonl(text: &str) -> Result<Records> {
        Records::read_jsonl(text.as_bytes(), SHAPE)
    }

    fn refusal(result: Result<Records>) -> String {
        result.expect_err("it is refused").to_string()
    }

    #[test]
    fn csv_is_read_with_and_without_names_of_columns() {
        let bytes = vec![1, 254, 0, 127, 128, 2];
        assert_eq!(csv("1,-2,0\n127,-128,2\n").unwrap().to_bytes(), bytes);
        assert_eq!(
            csv("a,b,label\n1,-2,0\n127, -128,2\n").unwrap().to_bytes(),
            bytes
        );
        assert_eq!(
            csv("label,a,b\n0,1,-2\n2,127,-128\n").unwrap().to_bytes(),
            bytes
        );
        assert_eq!(
            csv("x,y,class\r\n1,-2,0\r\n127,-128,2").unwrap().to_bytes(),
            bytes
        );
    }

    #[test]
    fn jsonl_is_read_and_empty_lines_are_skipped() {
        let text = "{\"features\":[1,-2],\"label\":0}\n\n{\"label\":2,\"features\":[127,-128]}\n";
        assert_eq!(
            jsonl(text).unwrap().to_bytes(),
            vec![1, 254, 0, 127, 128, 2]
        );
    }

    #[test]
    fn a_refusal_says_which_line_is_wrong_and_why() {
        assert_eq!(
            refusal(csv("1,2,0\n1,2\n")),
            "line 2: 2 columns where the recipe asks for 2 features and a label"
        );
        assert_eq!(
            refusal(csv("1,2,0\n1,128,0\n")),
            "line 2: the feature 128 is not between -128 and 127"
        );
        assert_eq!(
            refusal(csv("a,b,label\n1,2,3\n")),
            "line 2: the label 3 is not between 0 and 2"
        );
        assert_eq!(
            refusal(csv("1,2,0\n1,x,0\n")),
            "line 2: `x` is not an integer"
        );
        assert_eq!(
            refusal(csv("1,2,0\n1,0.5,0\n")),
            "line 2: `0.5` is not an integer"
        );
        assert_eq!(
            refusal(jsonl("{\"features\":[1],\"label\":0}")),
            "line 1: 1 features where the recipe asks for 2"
        );
        assert_eq!(
            refusal(jsonl("{\"features\":[1,2],\"label\":-1}")),
            "line 1: the label -1 is not between 0 and 2"
        );
        assert!(refusal(jsonl("{\"features\":[1,2]}")).starts_with("line 1: missing field `label`"));
    }

    #[test]
    fn bytes_that_end_within_a_record_are_refused() {
        assert!(Records::from_bytes(2, vec![0; 7]).is_err());
        assert_eq!(Records::from_bytes(2, vec![0; 6]).unwrap().len(), 2);
    }

    #[test]
    fn the_root_is_that_of_the_tree_of_records_and_its_sum_their_number() {
        let records = csv("1,2,0\n3,4,1\n5,6,2\n").unwrap();
        let mut range = Range::default();
        for (features, label) in [([1, 2], 0), ([3, 4], 1), ([5, 6], 2)] {
            range
                .append(record_leaf(&features, label, &features), 1)
                .unwrap();
        }
        assert_eq!(records.root(), range.root());
        assert_eq!(records.root().sum, 3);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(raw in prop::collection::vec((any::<i8>(), any::<i8>(), 0..3u8), 1..40), heading: bool) {
            let bytes = raw.iter().flat_map(|(a, b, label)| [*a as u8, *b as u8, *label]).collect();
            let records = Records::from_bytes(2, bytes).unwrap();
            let mut text = Vec::new();
            records.write(&mut text, Format::Csv, heading).unwrap();
            prop_assert_eq!(&Records::read_csv(&text[..], SHAPE).unwrap(), &records);
            text.clear();
            records.write(&mut text, Format::Jsonl, heading).unwrap();
            prop_assert_eq!(&Records::read_jsonl(&text[..], SHAPE).unwrap(), &records);
        }

        #[test]
        fn batches_are_whole_records_that_fit_and_make_up_the_whole(dimension in 1..1_024u16, count in 1..2_000usize) {
            let width = usize::from(dimension) + 1;
            let records = Records::from_bytes(dimension, vec![7; width * count]).unwrap();
            let batches: Vec<_> = records.batches().collect();
            prop_assert!(batches.iter().all(|batch| batch.len() <= MAX_BATCH as usize && batch.len() % width == 0 && !batch.is_empty()));
            prop_assert_eq!(batches.concat(), records.to_bytes());
        }
    }
}
