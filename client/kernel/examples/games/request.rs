//! What is asked.

use std::io::Read;

use tributary_kernel::{Benchmark, Id};
use tributary_primitives::{
    ids::RecordId,
    valuation::{Row, RowEntry},
};

use crate::Result;

/// A request: its words, and the bytes that follow.
pub(crate) struct Request<'a> {
    words: Vec<&'a str>,
    input: &'a mut dyn Read,
}

impl<'a> Request<'a> {
    pub(crate) fn new(line: &'a str, input: &'a mut dyn Read) -> Result<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() {
            return Err("an empty request".into());
        }
        Ok(Self { words, input })
    }

    pub(crate) fn name(&self) -> &'a str {
        self.words[0]
    }

    /// The numbers after the name.
    pub(crate) fn numbers<const COUNT: usize>(&self) -> Result<[usize; COUNT]> {
        let numbers = self.words[1..].iter().map(|word| word.parse());
        let numbers: Vec<usize> = numbers.collect::<std::result::Result<_, _>>()?;
        numbers
            .try_into()
            .map_err(|_| format!("{} takes {COUNT} numbers", self.name()).into())
    }

    pub(crate) fn records(&mut self, dimension: usize, count: usize) -> Result<Records> {
        let Tests {
            features, labels, ..
        } = self.benchmark(dimension, count)?;
        let contributions = self.bytes(4 * count)?;
        let positions = self.bytes(2 * count)?;
        let contributions = contributions.as_chunks::<4>().0.iter();
        let ids = contributions.zip(positions.as_chunks::<2>().0);
        let ids = ids.map(|(contribution, position)| Id {
            contribution: u32::from_le_bytes(*contribution),
            position: u16::from_le_bytes(*position),
        });
        Ok(Records {
            dimension,
            features,
            labels,
            ids: ids.collect(),
        })
    }

    pub(crate) fn benchmark(&mut self, dimension: usize, count: usize) -> Result<Tests> {
        let features = self.bytes(dimension * count)?;
        Ok(Tests {
            dimension,
            features: features.into_iter().map(|byte| byte as i8).collect(),
            labels: self.bytes(count)?,
        })
    }

    pub(crate) fn row(&mut self) -> Result<Row> {
        let count = self.bytes(2)?;
        let count = usize::from(u16::from_le_bytes([count[0], count[1]]));
        let entries = self.bytes(7 * count)?;
        let entries = entries.as_chunks::<7>().0.iter();
        let entries = entries.map(|[a, b, c, d, e, f, matches]| RowEntry {
            record: RecordId {
                contribution: u32::from_le_bytes([*a, *b, *c, *d]),
                position: u16::from_le_bytes([*e, *f]),
            },
            matches: *matches != 0,
        });
        let entries: Vec<RowEntry> = entries.collect();
        let entries = entries.try_into().map_err(|_| "a row is too long")?;
        Ok(Row { entries })
    }

    fn bytes(&mut self, count: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Records of a round.
pub(crate) struct Records {
    dimension: usize,
    features: Vec<i8>,
    labels: Vec<u8>,
    pub(crate) ids: Vec<Id>,
}

impl Records {
    pub(crate) fn borrow(&self) -> Result<tributary_kernel::Records<'_>> {
        let Self {
            dimension,
            features,
            labels,
            ids,
        } = self;
        Ok(tributary_kernel::Records::new(
            *dimension, features, labels, ids,
        )?)
    }
}

/// Benchmark records.
pub(crate) struct Tests {
    dimension: usize,
    features: Vec<i8>,
    labels: Vec<u8>,
}

impl Tests {
    pub(crate) fn borrow(&self) -> Result<Benchmark<'_>> {
        Ok(Benchmark::new(
            self.dimension,
            &self.features,
            &self.labels,
        )?)
    }

    /// The same as records of a round, in their order.
    pub(crate) fn numbered(self) -> Records {
        let ids = (0..self.labels.len()).map(|index| Id {
            contribution: (index >> 16) as u32,
            position: index as u16,
        });
        Records {
            ids: ids.collect(),
            dimension: self.dimension,
            features: self.features,
            labels: self.labels,
        }
    }
}
