//! Arrays as NumPy writes them: `.npy`, of the versions 1 to 3 of the format.
//!
//! A magic number, a header that says of which type and shape the array is, then its numbers one after the other
//! (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>).

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use anyhow::{Context as _, Result};

use super::Taker;
use crate::failure::misuse;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Headers are some hundred bytes long.
const LONGEST_HEADER: usize = 1 << 16;

/// Quantises an array of vectors, whose labels stand in another file: an array of integers, or text with one on each line.
pub(super) fn read(path: &Path, labels: &Path, taker: &mut Taker) -> Result<()> {
    let mut array = Array::open(path)?;
    let [count, shape @ ..] = &array.shape[..] else {
        misuse!("it is a single number and not an array of vectors");
    };
    let (count, shape) = (*count, shape.to_vec());
    let numbers = shape
        .iter()
        .try_fold(1usize, |product, size| product.checked_mul(*size));
    if numbers != Some(taker.dimension()) {
        misuse!(
            "its vectors have the shape {shape:?} where the recipe asks for {} features",
            taker.dimension()
        );
    }
    if let (Some((width, height)), [rows, columns]) = (taker.scheme.image(), &shape[..]) {
        if (*rows, *columns) != (height as usize, width as usize) {
            misuse!(
                "its images have {rows} rows of {columns} where the datanet's have {height} of {width}"
            );
        }
    }
    let classes =
        read_labels(labels, taker).with_context(|| format!("reading {}", labels.display()))?;
    if classes.len() != count {
        misuse!(
            "it has {count} vectors, and {} has {} labels",
            labels.display(),
            classes.len()
        );
    }
    for (position, label) in classes.into_iter().enumerate() {
        let numbers = array.next(taker.dimension())?;
        let taken = match numbers {
            Numbers::Decimals(numbers) => taker.take(numbers, label),
            Numbers::Integers(numbers) => {
                taker.take_integers(numbers, label);
                Ok(())
            }
        };
        if let Err(error) = taken {
            misuse!("vector {position}: {error}");
        }
    }
    array.end()
}

/// Classes of vectors.
fn read_labels(path: &Path, taker: &Taker) -> Result<Vec<u8>> {
    if path.extension().is_some_and(|extension| extension == "npy") {
        let mut array = Array::open(path)?;
        let [count] = array.shape[..] else {
            misuse!(
                "it has the shape {:?} and is not a list of labels",
                array.shape
            );
        };
        let mut labels = Vec::new();
        for position in 0..count {
            let label = array.next_integer()?;
            match taker.label(&label.to_string()) {
                Ok(label) => labels.push(label),
                Err(error) => misuse!("label {position}: {error}"),
            }
        }
        array.end()?;
        return Ok(labels);
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => misuse!("cannot read it: {error}"),
    };
    let mut labels = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        match taker.label(text.trim()) {
            Ok(label) => labels.push(label),
            Err(error) => misuse!("line {line}: {error}"),
        }
    }
    Ok(labels)
}

/// What an array is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Type {
    F32,
    F64,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
}

impl Type {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "f4" => Self::F32,
            "f8" => Self::F64,
            "i1" => Self::I8,
            "u1" => Self::U8,
            "i2" => Self::I16,
            "u2" => Self::U16,
            "i4" => Self::I32,
            "u4" => Self::U32,
            "i8" => Self::I64,
            "u8" => Self::U64,
            _ => return None,
        })
    }

    fn bytes(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }
}

/// The numbers of a vector.
enum Numbers {
    /// To be quantised.
    Decimals(Vec<f64>),
    /// As they are to be.
    Integers(Vec<i8>),
}

/// An array that is being read.
struct Array {
    shape: Vec<usize>,
    of: Type,
    big_endian: bool,
    rest: Box<dyn Read>,
}

impl Array {
    fn open(path: &Path) -> Result<Self> {
        match File::open(path) {
            Ok(file) => Self::read(Box::new(BufReader::new(file))),
            Err(error) => misuse!("cannot read {}: {error}", path.display()),
        }
    }

    fn read(mut input: Box<dyn Read>) -> Result<Self> {
        let what = "it is no NumPy array";
        let mut fill = |bytes: &mut [u8]| -> Result<()> {
            match input.read_exact(bytes) {
                Ok(()) => Ok(()),
                Err(error) => misuse!("{what}: {error}"),
            }
        };
        let mut start = [0; 8];
        fill(&mut start)?;
        let mut length = [0; 4];
        let used = match start[6] {
            1 => 2,
            2 | 3 => 4,
            _ => 0,
        };
        if !start.starts_with(MAGIC) || used == 0 {
            misuse!("{what} of the format's versions 1 to 3");
        }
        fill(&mut length[..used])?;
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST_HEADER {
            misuse!("{what}: its header has {length} bytes");
        }
        let mut header = vec![0; length];
        fill(&mut header)?;
        let header = String::from_utf8_lossy(&header);
        let Header {
            descr,
            fortran_order,
            shape,
        } = match Header::read(&header) {
            Some(header) => header,
            None => misuse!("{what}: its header is {}", header.trim()),
        };
        if fortran_order && shape.len() > 1 {
            misuse!("it is stored column by column: save np.ascontiguousarray of it");
        }
        let (order, of) = descr.split_at_checked(1).unwrap_or_default();
        let of = match (order, Type::of(of)) {
            ("<" | ">" | "|", Some(of)) => of,
            _ => misuse!("it holds `{descr}`: save it as float32, float64, int8 or uint8, labels as integers"),
        };
        Ok(Self {
            shape,
            of,
            big_endian: order == ">",
            rest: input,
        })
    }

    /// The bytes of the next number, least first.
    fn next_bytes(&mut self) -> Result<[u8; 8]> {
        let mut bytes = [0; 8];
        let own = &mut bytes[..self.of.bytes()];
        if self.rest.read_exact(own).is_err() {
            misuse!("it ends before all of its numbers");
        }
        if self.big_endian {
            own.reverse();
        }
        Ok(bytes)
    }

    /// The next numbers.
    fn next(&mut self, count: usize) -> Result<Numbers> {
        if self.of == Type::I8 {
            let numbers = (0..count).map(|_| Ok(self.next_bytes()?[0] as i8));
            return numbers.collect::<Result<_>>().map(Numbers::Integers);
        }
        let numbers = (0..count).map(|_| {
            let bytes = self.next_bytes()?;
            Ok(match self.of {
                Type::F64 => f64::from_le_bytes(bytes),
                Type::F32 => f32::from_bits(u64::from_le_bytes(bytes) as u32).into(),
                Type::U8 => bytes[0].into(),
                _ => misuse!("vectors of this type are not quantised: save them as float32, float64, int8 or uint8"),
            })
        });
        numbers.collect::<Result<_>>().map(Numbers::Decimals)
    }

    /// The next number, which must be an integer.
    fn next_integer(&mut self) -> Result<i128> {
        let bytes = u64::from_le_bytes(self.next_bytes()?);
        Ok(match self.of {
            Type::F32 | Type::F64 => misuse!("labels are integers, and these are decimal numbers"),
            Type::I8 => i128::from(bytes as i8),
            Type::I16 => i128::from(bytes as i16),
            Type::I32 => i128::from(bytes as i32),
            Type::I64 => i128::from(bytes as i64),
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => i128::from(bytes),
        })
    }

    /// Makes sure that nothing is left.
    fn end(mut self) -> Result<()> {
        match self.rest.read(&mut [0]) {
            Ok(0) => Ok(()),
            _ => misuse!("it goes on after its last number"),
        }
    }
}

/// A header: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`.
#[derive(Debug, Eq, PartialEq)]
struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Header {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim().strip_prefix('{')?.strip_suffix('}')?;
        let after = |key: &str| {
            let (_, rest) = text.split_once(&format!("'{key}':"))?;
            Some(rest.trim_start())
        };
        let (descr, _) = after("descr")?.strip_prefix('\'')?.split_once('\'')?;
        let (order, _) = after("fortran_order")?.split_once([',', ' '])?;
        let (shape, _) = after("shape")?.strip_prefix('(')?.split_once(')')?;
        let sizes = shape
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty());
        Some(Self {
            descr: descr.to_owned(),
            fortran_order: match order {
                "True" => true,
                "False" => false,
                _ => return None,
            },
            shape: sizes.map(|size| size.parse().ok()).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{grey, refusal, SHAPE};
    use super::*;
    use crate::{
        failure::Misuse,
        quantise::{self, Quantised},
        scheme::Scheme,
        state::tests::scratch,
    };
    use std::fs;

    /// An array as NumPy writes it, of a version of the format.
    fn npy(version: u8, descr: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let length = header.len() as u32;
        let length = length.to_le_bytes();
        let length = if version == 1 { &length[..2] } else { &length };
        [MAGIC, &[version, 0], length, header.as_bytes(), numbers].concat()
    }

    fn floats(numbers: &[f32]) -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    fn quantised(
        array: &[u8],
        labels: &[u8],
        extension: &str,
        scheme: &Scheme,
    ) -> Result<Quantised> {
        let folder = scratch();
        let place = |name: String| folder.path().join(name);
        let (source, other) = (place("a.npy".into()), place(format!("labels.{extension}")));
        fs::write(&source, array).unwrap();
        fs::write(&other, labels).unwrap();
        quantise::read(&source, Some(&other), SHAPE, scheme)
    }

    fn signed(found: &Quantised) -> Vec<i8> {
        found
            .records
            .to_bytes()
            .into_iter()
            .map(|byte| byte as i8)
            .collect()
    }

    #[test]
    fn floats_are_quantised_and_labels_come_from_arrays_and_text() {
        let numbers = floats(&[128.0, 129.0, 1_000.0, 127.4, 0.0, 1.0, 2.0, 255.0]);
        let expected = [0, 1, 127, -1, 1, -128, -127, -126, 127, 0];
        for version in [1, 2, 3] {
            let array = npy(version, "<f4", "(2, 4)", &numbers);
            for (labels, extension) in [
                (
                    npy(
                        1,
                        "<i8",
                        "(2,)",
                        &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                    ),
                    "npy",
                ),
                (npy(1, "|u1", "(2,)", &[1, 0]), "npy"),
                (npy(1, ">i2", "(2,)", &[0, 1, 0, 0]), "npy"),
                (b"dog\n0\n".to_vec(), "txt"),
            ] {
                let found = quantised(&array, &labels, extension, &grey()).unwrap();
                assert_eq!(signed(&found), expected);
                assert_eq!(found.clamped, [0, 0, 1, 0]);
            }
        }
    }

    #[test]
    fn doubles_and_big_endian_numbers_are_the_same_numbers() {
        let doubles: Vec<u8> = [1.0f64, 2.0, 3.0, 4.0]
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let swapped: Vec<u8> = [1.0f32, 2.0, 3.0, 4.0]
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect();
        let images = npy(1, "|u1", "(1, 2, 2)", &[1, 2, 3, 4]);
        for array in [
            npy(1, "<f8", "(1, 4)", &doubles),
            npy(1, ">f4", "(1, 4)", &swapped),
            images,
        ] {
            let found = quantised(&array, b"0", "txt", &grey()).unwrap();
            assert_eq!(signed(&found), [-127, -126, -125, -124, 0]);
        }
    }

    #[test]
    fn bytes_with_a_sign_are_taken_as_they_are() {
        let array = npy(1, "|i1", "(1, 4)", &[1, 2, 0xff, 0x80]);
        let found = quantised(&array, b"1", "csv", &Scheme::default()).unwrap();
        assert_eq!(signed(&found), [1, 2, -1, -128, 1]);
    }

    #[test]
    fn what_is_cut_off_is_misuse_wherever_it_ends() {
        let whole = npy(1, "<f4", "(1, 4)", &floats(&[0.0; 4]));
        for length in [0, 7, 9, 30, whole.len() - 1] {
            let error = quantised(&whole[..length], b"0", "txt", &grey());
            let error = error.err().expect("it is refused");
            assert!(error.downcast_ref::<Misuse>().is_some(), "{error:#}");
        }
    }

    #[test]
    fn what_is_no_array_of_vectors_is_refused_with_the_reason() {
        let four = floats(&[0.0; 4]);
        let mut columns = npy(1, "<f4", "(1, 4)", &four);
        let place = columns
            .windows(5)
            .position(|part| part == b"False")
            .unwrap();
        columns.splice(place..place + 5, *b"True ");
        for (array, labels, says) in [
            (
                b"PK\x03\x04 and so on".to_vec(),
                "0",
                "it is no NumPy array",
            ),
            (npy(4, "<f4", "(1, 4)", &four), "0", "it is no NumPy array"),
            (npy(1, "<f2", "(1, 4)", &four), "0", "it holds `<f2`"),
            (npy(1, "<i4", "(1, 4)", &four), "0", "not quantised"),
            (
                npy(1, "<f4", "(1, 5)", &four),
                "0",
                "its vectors have the shape [5]",
            ),
            (
                npy(1, "<f4", "(1, 1, 4)", &four),
                "0",
                "its images have 1 rows of 4",
            ),
            (npy(1, "<f4", "()", &four), "0", "a single number"),
            (
                npy(1, "<f4", "(2, 4)", &four),
                "0\n1",
                "it ends before all of its numbers",
            ),
            (
                npy(1, "<f4", "(1, 4)", &[four.clone(), vec![0]].concat()),
                "0",
                "it goes on after its last number",
            ),
            (npy(1, "<f4", "(1, 4)", &four), "0\n1", "it has 1 vectors"),
            (
                npy(1, "<f4", "(1, 4)", &four),
                "bird",
                "line 1: `bird` is no class",
            ),
            (
                npy(1, "<f4", "(1, 4)", &floats(&[0.0, f32::NAN, 0.0, 0.0])),
                "0",
                "vector 0: NaN in column 1",
            ),
            (columns, "0", "np.ascontiguousarray"),
        ] {
            let error = refusal(quantised(&array, labels.as_bytes(), "txt", &grey()));
            assert!(error.contains(says), "{says}: {error}");
        }
        let labels = npy(1, "<f4", "(1,)", &floats(&[0.0]));
        let error = refusal(quantised(
            &npy(1, "<f4", "(1, 4)", &four),
            &labels,
            "npy",
            &grey(),
        ));
        assert!(error.contains("labels are integers"), "{error}");
    }

    #[test]
    fn headers_are_read_as_numpy_writes_them() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }     \n";
        let expected = Header {
            descr: "<f4".into(),
            fortran_order: false,
            shape: vec![3, 2],
        };
        assert_eq!(Header::read(header), Some(expected));
        for wrong in [
            "",
            "{}",
            "{'descr': '<f4', 'fortran_order': No, 'shape': (3, 2), }",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }",
        ] {
            assert_eq!(Header::read(wrong), None, "{wrong}");
        }
    }
}
