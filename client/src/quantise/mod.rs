//! From measurements to records: decimal numbers, arrays and images, by the scale that a datanet publishes.
//!
//! One after the other, in the order of their source: nothing but the records is kept.

mod decimals;
mod images;
mod npy;

use std::path::Path;

use anyhow::{Context as _, Result};
use tributary_primitives::datanets::Encoder;

use crate::{
    failure::misuse,
    records::{Records, Shape},
    scheme::Scheme,
};

/// Records from measurements, and how much of them was beyond what an integer can hold.
pub(crate) struct Quantised {
    /// The records.
    pub(crate) records: Records,
    /// For each number of a vector, how often it was clamped.
    pub(crate) clamped: Vec<u64>,
    /// Of how many records something was clamped.
    pub(crate) records_clamped: u64,
}

/// Quantises a file of decimal numbers (`.csv`), an array (`.npy`), or a folder of images. Labels are read from a file of their own where
/// the source has none.
pub(crate) fn read(
    source: &Path,
    labels: Option<&Path>,
    shape: Shape,
    scheme: &Scheme,
) -> Result<Quantised> {
    let what = || format!("reading {}", source.display());
    let mut taker = Taker::new(shape, scheme);
    let extension = source.extension().and_then(|extension| extension.to_str());
    if source.is_dir() {
        no_labels(
            labels,
            "images lie in folders that are named after their class",
        )?;
        images::read(source, &mut taker).with_context(what)?;
    } else if extension == Some("npy") {
        let Some(labels) = labels else {
            misuse!("an array has no labels: say where they are with --labels FILE");
        };
        npy::read(source, labels, &mut taker).with_context(what)?;
    } else if extension == Some("csv") {
        no_labels(labels, "a CSV file has them in a column")?;
        decimals::read(source, &mut taker).with_context(what)?;
    } else {
        misuse!(
            "cannot tell by its name what {} is: a .csv file, a .npy file, or a folder of images",
            source.display()
        );
    }
    taker.finish(source)
}

fn no_labels(labels: Option<&Path>, reason: &str) -> Result<()> {
    if labels.is_some() {
        misuse!("--labels is for arrays: {reason}");
    }
    Ok(())
}

/// Takes measurements and makes records of them.
struct Taker<'a> {
    shape: Shape,
    scheme: &'a Scheme,
    bytes: Vec<u8>,
    clamped: Vec<u64>,
    records_clamped: u64,
}

impl<'a> Taker<'a> {
    fn new(shape: Shape, scheme: &'a Scheme) -> Self {
        Self {
            shape,
            scheme,
            bytes: Vec::new(),
            clamped: vec![0; shape.dimension.into()],
            records_clamped: 0,
        }
    }

    /// Numbers of a vector.
    fn dimension(&self) -> usize {
        self.shape.dimension.into()
    }

    /// The class that a text stands for.
    fn label(&self, text: &str) -> Result<u8> {
        match self.scheme.label(text, self.shape.classes) {
            Some(label) => Ok(label),
            None => misuse!(
                "`{text}` is no class: neither a name that the metadata have nor a number from 0 to {}",
                i32::from(self.shape.classes) - 1
            ),
        }
    }

    /// The integer that stands for a number, and whether it had to be clamped. Without a scale, integers stand for themselves.
    fn quantise(&self, column: usize, number: f64) -> Result<(i8, bool)> {
        let Some(scale) = self.scheme.quantisation() else {
            let integer = number as i8;
            if f64::from(integer) != number {
                misuse!(
                    "{number} in column {column} is no integer from -128 to 127, and the datanet's metadata publish no `quantisation` for others"
                );
            }
            return Ok((integer, false));
        };
        match scale.quantise(column, number) {
            Some(found) => Ok(found),
            None => misuse!("{number} in column {column} is not a finite number"),
        }
    }

    /// Takes a record whose numbers are to be quantised, as many as a vector has.
    fn take(&mut self, numbers: impl IntoIterator<Item = f64>, label: u8) -> Result<()> {
        let mut clamped_any = false;
        for (column, number) in numbers.into_iter().enumerate() {
            let (integer, clamped) = self.quantise(column, number)?;
            self.clamped[column] += u64::from(clamped);
            clamped_any |= clamped;
            self.bytes.push(integer as u8);
        }
        self.records_clamped += u64::from(clamped_any);
        self.bytes.push(label);
        Ok(())
    }

    /// Takes a record whose numbers are what they are to be.
    fn take_integers(&mut self, numbers: impl IntoIterator<Item = i8>, label: u8) {
        self.bytes
            .extend(numbers.into_iter().map(|number| number as u8));
        self.bytes.push(label);
    }

    fn finish(self, source: &Path) -> Result<Quantised> {
        let records = Records::from_bytes(Encoder::Vector, self.shape.dimension, &self.bytes)?;
        if records.len() == 0 {
            misuse!("{} has no records", source.display());
        }
        Ok(Quantised {
            records,
            clamped: self.clamped,
            records_clamped: self.records_clamped,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{scheme::tests::scheme, state::tests::scratch};
    use std::fs;

    pub(super) const SHAPE: Shape = Shape {
        encoder: Encoder::Vector,
        dimension: 4,
        classes: 2,
    };

    /// Two by two, from 0 to 255.
    pub(super) fn grey() -> Scheme {
        let json = r#"{"classes": ["cat", "dog"], "quantisation": {"offset": 128, "scale": 1}, "image": {"width": 2, "height": 2}}"#;
        scheme(json, 4, 2).unwrap()
    }

    /// What an error says, with all that led to it.
    pub(super) fn refusal<T>(result: Result<T>) -> String {
        format!("{:#}", result.err().expect("it is refused"))
    }

    #[test]
    fn what_was_clamped_is_counted_by_column_and_record() {
        let scheme = grey();
        let mut taker = Taker::new(SHAPE, &scheme);
        taker.take([0.0, 255.0, 256.0, -1.0], 1).unwrap();
        taker.take([128.0, 127.0, 300.0, 0.0], 0).unwrap();
        taker.take([128.0; 4], 0).unwrap();
        let found = taker.finish(Path::new("x")).unwrap();
        assert_eq!(found.clamped, [0, 0, 2, 1]);
        assert_eq!(found.records_clamped, 2);
        let bytes = [-128, 127, 127, -128, 1, 0, -1, 127, -128, 0, 0, 0, 0, 0, 0]
            .map(|byte: i8| byte as u8);
        assert_eq!(found.records.to_bytes(), bytes);
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        let scheme = grey();
        let mut taker = Taker::new(SHAPE, &scheme);
        let error = refusal(taker.take([0.0, f64::NAN, 0.0, 0.0], 1));
        assert_eq!(error, "NaN in column 1 is not a finite number");
    }

    #[test]
    fn without_a_scale_integers_stand_for_themselves_and_nothing_else_does() {
        let plain = Scheme::default();
        let mut taker = Taker::new(SHAPE, &plain);
        taker.take([127.0, -128.0, 0.0, -1.0], 1).unwrap();
        for number in [0.5, 128.0, -129.0, f64::NAN, f64::INFINITY] {
            let mut taker = Taker::new(SHAPE, &plain);
            let error = refusal(taker.take([number; 4], 1));
            assert!(error.contains("publish no `quantisation`"), "{error}");
        }
        let found = taker.finish(Path::new("x")).unwrap();
        assert_eq!(found.records.to_bytes(), [127, 128, 0, 255, 1]);
    }

    #[test]
    fn a_source_is_told_by_its_name() {
        let folder = scratch();
        let at = |name: &str| folder.path().join(name);
        let scheme = grey();
        fs::write(at("a.csv"), "1,2,3,4,cat\n").unwrap();
        assert_eq!(
            read(&at("a.csv"), None, SHAPE, &scheme)
                .unwrap()
                .records
                .len(),
            1
        );
        let labels = at("labels.csv");
        for (source, labels, says) in [
            (at("a.csv"), Some(&*labels), "--labels is for arrays"),
            (at("a.npy"), None, "an array has no labels"),
            (at("a.txt"), None, "cannot tell by its name"),
            (at("none.csv"), None, "cannot read"),
        ] {
            let error = refusal(read(&source, labels, SHAPE, &scheme));
            assert!(error.contains(says), "{error}");
        }
        fs::write(at("b.csv"), "\n").unwrap();
        let error = refusal(read(&at("b.csv"), None, SHAPE, &scheme));
        assert!(error.contains("has no records"), "{error}");
    }
}
