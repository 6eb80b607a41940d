//! Labelled records from CSV and JSON Lines, and back.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use tributary_primitives::{
    datanets::Encoder,
    encoder::{RawRecord, TextError},
};

use super::{complaint, Records, Shape};
use crate::{failure::misuse, scheme::LABEL};

/// What a file of records looks like.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line for each vector: comma-separated integers, the label in the column `label`, or else in the last one. For each text: columns
    /// `text` and `label`, or else text and label in this order.
    Csv,
    /// An object for each record: `{"features": [1, 2], "label": 0}` or `{"text": "Hello", "label": 0}`.
    Jsonl,
}

impl Format {
    /// The format that is asked for, or else the one that a file's name stands for.
    pub(crate) fn of(asked: Option<Self>, path: &Path) -> Result<Self> {
        let by_name = || match path.extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        };
        match asked.or_else(by_name) {
            Some(format) => Ok(format),
            None => misuse!(
                "cannot tell the format of {} by its name: say --format csv or --format jsonl",
                path.display()
            ),
        }
    }
}

/// A vector as JSON Lines have it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct VectorLine {
    features: Vec<i64>,
    label: i64,
}

/// A text as JSON Lines have it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct TextLine {
    text: String,
    label: i64,
}

impl Records {
    /// Reads a file, `-` for standard input, and checks every record against the shape.
    pub(crate) fn read(path: &Path, format: Option<Format>, shape: Shape) -> Result<Self> {
        let format = Format::of(format, path)?;
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

    fn read_csv(input: impl Read, shape: Shape) -> Result<Self> {
        match shape.encoder {
            Encoder::Vector => Self::read_vectors(input, shape),
            Encoder::Text => Self::read_texts(input, shape),
        }
    }

    /// Reads CSV of vectors. The first line names the columns if it has no integer, or a column that is called `label`.
    fn read_vectors(input: impl Read, shape: Shape) -> Result<Self> {
        let mut records = Self::empty(shape.encoder, shape.dimension);
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
            if index == 0 {
                let label = row.iter().position(|name| name == LABEL);
                // A record with a mistake in it is no heading: left out, nobody would miss it.
                if label.is_some() || row.iter().all(|field| field.parse::<i64>().is_err()) {
                    label_column = label.unwrap_or(label_column);
                    continue;
                }
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
            records.push_vector(&numbers, label, shape, line)?;
        }
        Ok(records)
    }

    /// Reads CSV of texts. A first line with `text` and `label` names the columns.
    fn read_texts(input: impl Read, shape: Shape) -> Result<Self> {
        let mut records = Self::empty(shape.encoder, shape.dimension);
        let (mut text_column, mut label_column, mut columns) = (0, 1, 2);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(input);
        for (index, row) in reader.byte_records().enumerate() {
            let row = match row {
                Ok(row) => row,
                Err(error) => misuse!("line {}: {error}", index + 1),
            };
            let line = row.position().map_or(index as u64 + 1, csv::Position::line);
            let named = |name: &[u8]| row.iter().position(|field| field.trim_ascii() == name);
            if let (0, Some(text), Some(label)) = (index, named(b"text"), named(LABEL.as_bytes())) {
                (text_column, label_column, columns) = (text, label, row.len());
                continue;
            }
            let (Some(text), Some(label), true) = (
                row.get(text_column),
                row.get(label_column),
                row.len() == columns,
            ) else {
                misuse!(
                    "line {line}: {} columns where there should be {columns}: a text with commas or line breaks stands in quotes",
                    row.len()
                );
            };
            let label = String::from_utf8_lossy(label.trim_ascii());
            let Ok(label) = label.parse() else {
                misuse!(
                    "line {line}: the label `{label}` is not a number: classes are 0 to {}",
                    i32::from(shape.classes) - 1
                );
            };
            records.push_text(text, label, shape, line)?;
        }
        Ok(records)
    }

    /// Reads JSON Lines; empty lines are skipped.
    fn read_jsonl(input: impl Read, shape: Shape) -> Result<Self> {
        let mut records = Self::empty(shape.encoder, shape.dimension);
        for (line, text) in (1..).zip(BufReader::new(input).lines()) {
            let text = match text {
                Ok(text) => text,
                Err(error) => misuse!("line {line}: {error}"),
            };
            if text.trim().is_empty() {
                continue;
            }
            let pushed = match shape.encoder {
                Encoder::Vector => serde_json::from_str(&text).map(|record: VectorLine| {
                    records.push_vector(&record.features, record.label, shape, line)
                }),
                Encoder::Text => serde_json::from_str(&text).map(|record: TextLine| {
                    records.push_text(record.text.as_bytes(), record.label, shape, line)
                }),
            };
            match pushed {
                Ok(pushed) => pushed?,
                Err(error) => misuse!("line {line}: {error}"),
            }
        }
        Ok(records)
    }

    /// Adds a vector, if it has the shape that is asked for.
    fn push_vector(&mut self, features: &[i64], label: i64, shape: Shape, line: u64) -> Result<()> {
        if features.len() != usize::from(shape.dimension) {
            misuse!(
                "line {line}: {} features where the recipe asks for {}",
                features.len(),
                shape.dimension
            );
        }
        let mut bytes = Vec::with_capacity(features.len() + 1);
        for feature in features {
            match i8::try_from(*feature) {
                Ok(feature) => bytes.push(feature as u8),
                Err(_) => misuse!("line {line}: the feature {feature} is not between -128 and 127"),
            }
        }
        bytes.push(class(label, shape, line)?);
        self.push_line(&bytes, line)
    }

    /// Adds a text, if it can be encoded.
    fn push_text(&mut self, text: &[u8], label: i64, shape: Shape, line: u64) -> Result<()> {
        let label = class(label, shape, line)?;
        let Ok(length) = u16::try_from(text.len()) else {
            misuse!("line {line}: {}", complaint(TextError::TooLong));
        };
        self.push_line(&[&length.to_le_bytes(), text, &[label]].concat(), line)
    }

    fn push_line(&mut self, bytes: &[u8], line: u64) -> Result<()> {
        for record in self.encoder.records(self.dimension, bytes) {
            let record: RawRecord<'_> = record.expect("it was put together here; qed");
            if let Err(error) = self.push(&record) {
                misuse!("line {line}: {}", complaint(error));
            }
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
            let names: Vec<String> = match self.encoder {
                Encoder::Vector => (0..self.dimension).map(|n| format!("f{n}")).collect(),
                Encoder::Text => vec!["text".to_owned()],
            };
            writer.write_record(names.iter().map(String::as_str).chain([LABEL]))?;
        }
        for item in self.iter() {
            let label = item.label.to_string();
            match self.encoder {
                Encoder::Vector => {
                    let numbers = item.features.iter().map(|byte| (*byte as i8).to_string());
                    writer.write_record(numbers.chain([label]))?;
                }
                Encoder::Text => writer.write_record([item.raw, label.as_bytes()])?,
            }
        }
        Ok(writer.flush()?)
    }

    fn write_jsonl(&self, mut output: impl Write) -> Result<()> {
        for item in self.iter() {
            let label = item.label.into();
            match self.encoder {
                Encoder::Vector => {
                    let numbers = item.features.iter().map(|byte| i64::from(*byte as i8));
                    let features = numbers.collect();
                    serde_json::to_writer(&mut output, &VectorLine { features, label })?;
                }
                Encoder::Text => {
                    let text = String::from_utf8(item.raw.to_vec())?;
                    serde_json::to_writer(&mut output, &TextLine { text, label })?;
                }
            }
            output.write_all(b"\n")?;
        }
        Ok(output.flush()?)
    }
}

/// A label, if there is such a class.
fn class(label: i64, shape: Shape, line: u64) -> Result<u8> {
    match u8::try_from(label) {
        Ok(class) if u16::from(class) < shape.classes => Ok(class),
        _ => misuse!(
            "line {line}: the label {label} is not between 0 and {}",
            i32::from(shape.classes) - 1
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHAPE: Shape = Shape {
        encoder: Encoder::Vector,
        dimension: 2,
        classes: 3,
    };
    const TEXTS: Shape = Shape {
        encoder: Encoder::Text,
        dimension: 8,
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
        assert_eq!(
            csv("1,2,label\n1,-2,0\n127,-128,2\n").unwrap().to_bytes(),
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
        // The first record is not taken for a heading.
        assert_eq!(
            refusal(csv("1,0.5,0\n1,2,0\n")),
            "line 1: `0.5` is not an integer"
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

    fn texts(input: &[u8]) -> Result<Records> {
        Records::read_csv(input, TEXTS)
    }

    #[test]
    fn texts_are_read_with_and_without_names_of_columns() {
        let expected = super::super::tests::texts(
            8,
            &[
                (" Hello, \"you\"\nthere ", 1),
                ("plain", 0),
                ("d\u{e9}j\u{e0} vu", 2),
            ],
        );
        let plain = "\" Hello, \"\"you\"\"\nthere \",1\nplain, 0\nd\u{e9}j\u{e0} vu,2\n";
        assert_eq!(texts(plain.as_bytes()).unwrap(), expected);
        let named = format!("text,label\n{plain}");
        assert_eq!(texts(named.as_bytes()).unwrap(), expected);
        let turned = "label,text,from\n1,\" Hello, \"\"you\"\"\nthere \",x\n0,plain,y\n2,d\u{e9}j\u{e0} vu,z\n";
        assert_eq!(texts(turned.as_bytes()).unwrap(), expected);
        let lines = "{\"text\": \" Hello, \\\"you\\\"\\nthere \", \"label\": 1}\n{\"label\": 0, \"text\": \"plain\"}\n\n{\"text\": \"d\u{e9}j\\u00e0 vu\", \"label\": 2}\n";
        let read = Records::read_jsonl(lines.as_bytes(), TEXTS).unwrap();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_refusal_of_a_text_says_which_line_is_wrong_and_why() {
        assert_eq!(
            refusal(texts(b"text,label\none,0\n\"a\nb\",1\ncaf\xe9,1\n")),
            "line 5: the text is not UTF-8"
        );
        assert_eq!(
            refusal(texts(b"one,0\n  ,1\n")),
            "line 2: the text has nothing to encode"
        );
        for length in [16_385, 70_000] {
            let long = format!("one,0\n{},1\n", "a".repeat(length));
            assert_eq!(
                refusal(texts(long.as_bytes())),
                "line 2: the text is longer than 16384 bytes"
            );
        }
        assert_eq!(
            refusal(texts(b"one,0\na, b,1\n")),
            "line 2: 3 columns where there should be 2: a text with commas or line breaks stands in quotes"
        );
        assert_eq!(
            refusal(texts(b"text,label\none,tweet\n")),
            "line 2: the label `tweet` is not a number: classes are 0 to 2"
        );
        assert_eq!(
            refusal(texts(b"one,3\n")),
            "line 1: the label 3 is not between 0 and 2"
        );
        let unknown = Records::read_jsonl(&b"{\"features\":[1],\"label\":0}"[..], TEXTS);
        assert!(refusal(unknown).starts_with("line 1: unknown field `features`"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(raw in prop::collection::vec((any::<i8>(), any::<i8>(), 0..3u8), 1..40), heading: bool) {
            let bytes: Vec<u8> = raw.iter().flat_map(|(a, b, label)| [*a as u8, *b as u8, *label]).collect();
            let records = Records::from_bytes(Encoder::Vector, 2, &bytes).unwrap();
            let mut text = Vec::new();
            records.write(&mut text, Format::Csv, heading).unwrap();
            prop_assert_eq!(&Records::read_csv(&text[..], SHAPE).unwrap(), &records);
            text.clear();
            records.write(&mut text, Format::Jsonl, heading).unwrap();
            prop_assert_eq!(&Records::read_jsonl(&text[..], SHAPE).unwrap(), &records);
        }

        #[test]
        fn texts_that_are_written_are_read_again(list in prop::collection::vec(("[ -~\n\r\u{e4}\u{1f600}]{0,30}x", 0..3u8), 1..20), heading: bool) {
            let list: Vec<_> = list.iter().map(|(text, label)| (text.as_str(), *label)).collect();
            let records = super::super::tests::texts(8, &list);
            let mut text = Vec::new();
            records.write(&mut text, Format::Csv, heading).unwrap();
            prop_assert_eq!(&Records::read_csv(&text[..], TEXTS).unwrap(), &records);
            text.clear();
            records.write(&mut text, Format::Jsonl, heading).unwrap();
            prop_assert_eq!(&Records::read_jsonl(&text[..], TEXTS).unwrap(), &records);
        }
    }
}
