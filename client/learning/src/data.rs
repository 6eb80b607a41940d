//! Records to learn from.

use codec::{Decode, Encode};

use crate::{NotTrained, Shape};

/// Which record of a datanet it is.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// The contribution.
    pub contribution: u32,
    /// Its record, counted from 0.
    pub record: u32,
}

/// Labelled vectors, one after the other, in the order of their places.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Data {
    /// As many numbers of each record as the shape has dimensions.
    pub features: Vec<i8>,
    /// A class of each record.
    pub labels: Vec<u8>,
    /// Where each record comes from, rising.
    pub places: Vec<Place>,
}

impl Data {
    /// How many records.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Adds a record.
    pub fn push(&mut self, features: &[i8], label: u8, place: Place) {
        self.features.extend_from_slice(features);
        self.labels.push(label);
        self.places.push(place);
    }

    /// Whether these are records of a shape.
    pub(crate) fn check(&self, shape: Shape) -> Result<(), NotTrained> {
        shape.check()?;
        if self.is_empty() {
            return Err(NotTrained::NoRecords);
        }
        let dimension = usize::from(shape.dimension);
        let numbers = self.len().checked_mul(dimension);
        if numbers != Some(self.features.len()) || self.places.len() != self.len() {
            return Err(NotTrained::Uneven);
        }
        let classes = shape.classes;
        if let Some(label) = self
            .labels
            .iter()
            .find(|label| u16::from(**label) >= classes)
        {
            let label = *label;
            return Err(NotTrained::NotAClass { label, classes });
        }
        let fallen = self.places.windows(2).position(|two| two[0] >= two[1]);
        fallen.map_or(Ok(()), |place| Err(NotTrained::Order(place + 1)))
    }
}
