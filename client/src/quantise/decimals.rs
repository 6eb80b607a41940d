//! Decimal numbers, separated by commas.

use std::{fs::File, io::Read, path::Path};

use anyhow::Result;
use csv::StringRecord;

use super::Taker;
use crate::{failure::misuse, scheme::LABEL};

/// Quantises a file of decimal numbers.
pub(super) fn read(path: &Path, taker: &mut Taker) -> Result<()> {
    match File::open(path) {
        Ok(file) => read_from(file, taker),
        Err(error) => misuse!("cannot read {}: {error}", path.display()),
    }
}

/// Reads lines. The first one names the columns if it has no number, or one that is called `label`.
fn read_from(input: impl Read, taker: &mut Taker) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(input);
    let mut order: Vec<usize> = (0..taker.dimension()).collect();
    let mut label_column = taker.dimension();
    for (index, row) in reader.records().enumerate() {
        let row = match row {
            Ok(row) => row,
            Err(error) => misuse!("line {}: {error}", index + 1),
        };
        let line = row.position().map_or(index as u64 + 1, csv::Position::line);
        let columns = taker.dimension() + 1;
        if row.len() != columns {
            misuse!(
                "line {line}: {} columns where the recipe asks for {} features and a label",
                row.len(),
                taker.dimension()
            );
        }
        if index == 0 && names_columns(&row) {
            (order, label_column) = arrange(&row, taker)?;
            continue;
        }
        let mut numbers = Vec::with_capacity(columns);
        for column in &order {
            match row[*column].parse::<f64>() {
                Ok(number) => numbers.push(number),
                Err(_) => misuse!("line {line}: `{}` is not a number", &row[*column]),
            }
        }
        let label = taker.label(&row[label_column]);
        let taken = label.and_then(|label| taker.take(numbers, label));
        if let Err(error) = taken {
            misuse!("line {line}: {error}");
        }
    }
    Ok(())
}

fn names_columns(row: &StringRecord) -> bool {
    let no_number = |field: &str| field.parse::<f64>().is_err();
    row.iter().any(|field| field == LABEL) || row.iter().all(no_number)
}

/// Where the numbers of a vector and the label stand: by name where the metadata name the columns.
fn arrange(names: &StringRecord, taker: &Taker) -> Result<(Vec<usize>, usize)> {
    let label = names.iter().position(|name| name == LABEL);
    let label = label.unwrap_or(names.len() - 1);
    let wanted = taker.scheme.columns();
    if wanted.is_empty() {
        let others = (0..names.len()).filter(|column| *column != label);
        return Ok((others.collect(), label));
    }
    let mut order = Vec::with_capacity(wanted.len());
    for name in wanted {
        match names.iter().position(|other| other == name) {
            Some(column) if column != label => order.push(column),
            _ => misuse!("line 1: there is no column `{name}`, which the datanet's metadata name"),
        }
    }
    Ok((order, label))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{grey, refusal, SHAPE};
    use super::*;
    use crate::{
        records::{Records, Shape},
        scheme::{tests::scheme, Scheme},
    };

    fn quantised(text: &str, scheme: &Scheme, shape: Shape) -> Result<Records> {
        let mut taker = Taker::new(shape, scheme);
        read_from(text.as_bytes(), &mut taker)?;
        Ok(taker.finish(Path::new("x"))?.records)
    }

    fn bytes(text: &str) -> Vec<i8> {
        let found = quantised(text, &grey(), SHAPE).unwrap().to_bytes();
        found.into_iter().map(|byte| byte as i8).collect()
    }

    #[test]
    fn decimals_are_read_with_and_without_names_of_columns() {
        let expected = [-127, -126, -125, -124, 1];
        for text in [
            "1,2.0,3e0,4.4,dog\n",
            "1, 2, 3, 4, 1\r\n",
            "a,b,c,d,species\n1,2,3,4,dog\n",
            "label,a,b,c,d\ndog,1,2,3,4\n",
            "1,2,3,4,label\n1,2,3,4,dog",
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn columns_that_have_names_are_found_by_them() {
        let json = r#"{"columns": ["x", "y"], "quantisation": {"offset": 0, "scale": [1, 0.5]}}"#;
        let named = scheme(json, 2, 2).unwrap();
        let shape = Shape {
            dimension: 2,
            ..SHAPE
        };
        let found = quantised("y,label,x\n1,0,2\n", &named, shape).unwrap();
        assert_eq!(found.to_bytes(), [2, 2, 0]);
        let error = refusal(quantised("y,label,z\n1,0,2\n", &named, shape));
        assert!(error.contains("there is no column `x`"), "{error}");
        // Without names they come in the order of the metadata.
        assert_eq!(
            quantised("2,1,0\n", &named, shape).unwrap().to_bytes(),
            [2, 2, 0]
        );
    }

    #[test]
    fn a_refusal_says_which_line_is_wrong_and_why() {
        for (text, says) in [
            ("1,2,3,4,0\n1,x,3,4,0\n", "line 2: `x` is not a number"),
            ("x,2,3,4,cat\n", "line 1: `x` is not a number"),
            (
                "1,2,3,4,0\n1,nan,3,4,0\n",
                "line 2: NaN in column 1 is not a finite number",
            ),
            ("1,2,3,4,0\n1,,3,4,0\n", "line 2: `` is not a number"),
            ("1,2,3,4,0\n1,2,3,4,2\n", "line 2: `2` is no class"),
            ("1,2,3,4,0\n1,2,3,4,bird\n", "line 2: `bird` is no class"),
            (
                "1,2,3,4,0\n1,2,3,0\n",
                "line 2: 4 columns where the recipe asks for 4 features and a label",
            ),
        ] {
            let error = refusal(quantised(text, &grey(), SHAPE));
            assert!(error.starts_with(says), "{error}");
        }
    }
}
