//! Records as the kernel takes them: flat, borrowed.

use crate::Error;

/// The most numbers of a vector.
pub const MAX_DIMENSION: usize = 1_024;

/// The most newcomers of a row, and the most neighbours that answer.
pub const MAX_HORIZON: usize = 32;

/// A record's identifier. Their order is priority.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Id {
    /// The contribution's number.
    pub contribution: u32,
    /// Position in the contribution.
    pub position: u16,
}

impl Id {
    /// The identifier as one number of 48 bits, in the same order.
    pub(crate) fn key(self) -> u64 {
        u64::from(self.contribution) << 16 | u64::from(self.position)
    }

    /// The identifier of a key.
    pub(crate) fn of(key: u64) -> Self {
        Self {
            contribution: (key >> 16) as u32,
            position: key as u16,
        }
    }
}

/// Vectors of the same dimension, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vectors<'a> {
    pub(crate) dimension: usize,
    numbers: &'a [i8],
}

impl<'a> Vectors<'a> {
    pub(crate) fn new(dimension: usize, numbers: &'a [i8], count: usize) -> Result<Self, Error> {
        check_dimension(dimension)?;
        if u32::try_from(count).map_or(true, |count| count == u32::MAX) {
            return Err(Error::TooMany);
        }
        if count.checked_mul(dimension) != Some(numbers.len()) {
            return Err(Error::Lengths);
        }
        Ok(Self { dimension, numbers })
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len() / self.dimension
    }

    pub(crate) fn get(&self, index: usize) -> &'a [i8] {
        &self.numbers[index * self.dimension..][..self.dimension]
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &'a [i8]> {
        self.numbers.chunks_exact(self.dimension)
    }
}

pub(crate) fn check_dimension(dimension: usize) -> Result<(), Error> {
    if (1..=MAX_DIMENSION).contains(&dimension) {
        Ok(())
    } else {
        Err(Error::Dimension)
    }
}

/// Records, admitted or new, in any order. No identifier occurs twice.
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    pub(crate) vectors: Vectors<'a>,
    pub(crate) labels: &'a [u8],
    pub(crate) ids: &'a [Id],
}

impl<'a> Records<'a> {
    /// Records whose vectors of `dimension` numbers lie one after the other in `features`.
    ///
    /// # Errors
    ///
    /// [`Error::Dimension`], [`Error::Lengths`] or [`Error::TooMany`].
    pub fn new(
        dimension: usize,
        features: &'a [i8],
        labels: &'a [u8],
        ids: &'a [Id],
    ) -> Result<Self, Error> {
        if labels.len() != ids.len() {
            return Err(Error::Lengths);
        }
        Ok(Self {
            vectors: Vectors::new(dimension, features, labels.len())?,
            labels,
            ids,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Records that others are measured by, in an order of their own.
#[derive(Clone, Copy, Debug)]
pub struct Benchmark<'a> {
    pub(crate) vectors: Vectors<'a>,
    pub(crate) labels: &'a [u8],
}

impl<'a> Benchmark<'a> {
    /// Records whose vectors of `dimension` numbers lie one after the other in `features`.
    ///
    /// # Errors
    ///
    /// [`Error::Dimension`], [`Error::Lengths`] or [`Error::TooMany`].
    pub fn new(dimension: usize, features: &'a [i8], labels: &'a [u8]) -> Result<Self, Error> {
        Ok(Self {
            vectors: Vectors::new(dimension, features, labels.len())?,
            labels,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// What rows need of a recipe.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Params {
    pub(crate) neighbours: usize,
    pub(crate) horizon: usize,
    pub(crate) radius: u32,
}

impl Params {
    /// K neighbours that answer, K* newcomers that a row lists at the most, and the squared distance up to which a record repeats
    /// another one.
    ///
    /// # Errors
    ///
    /// [`Error::Params`].
    pub fn new(neighbours: usize, horizon: usize, radius: u32) -> Result<Self, Error> {
        if 1 <= neighbours && neighbours <= horizon && horizon <= MAX_HORIZON {
            Ok(Self {
                neighbours,
                horizon,
                radius,
            })
        } else {
            Err(Error::Params)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_order_of_identifiers() {
        let ids = [(0, 0), (0, u16::MAX), (1, 0), (u32::MAX, 7), (u32::MAX, 8)].map(
            |(contribution, position)| Id {
                contribution,
                position,
            },
        );
        assert!(ids.is_sorted() && ids.map(Id::key).is_sorted());
        assert_eq!(ids.map(Id::key).map(Id::of), ids);
    }

    #[test]
    fn misshapen_input_is_refused() {
        let id = Id {
            contribution: 0,
            position: 0,
        };
        assert_eq!(Records::new(0, &[], &[], &[]).err(), Some(Error::Dimension));
        assert_eq!(
            Records::new(1_025, &[], &[], &[]).err(),
            Some(Error::Dimension)
        );
        assert_eq!(
            Records::new(2, &[1], &[0], &[id]).err(),
            Some(Error::Lengths)
        );
        assert_eq!(Records::new(1, &[1], &[0], &[]).err(), Some(Error::Lengths));
        assert_eq!(Benchmark::new(1, &[1, 2], &[0]).err(), Some(Error::Lengths));
        for (neighbours, horizon) in [(0, 1), (2, 1), (1, 33)] {
            assert_eq!(Params::new(neighbours, horizon, 0), Err(Error::Params));
        }
    }
}
