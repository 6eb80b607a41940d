//! What is learnt from.

use tributary_kernel::{Id, MAX_DIMENSION};
use tributary_primitives::{datanets::Encoder, ids::RecordId};

use crate::{Error, MAX_CLASSES, MAX_RECORDS};

/// What a model takes and tells apart: the recipe's encoder, dimension and classes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shape {
    /// How a record becomes a vector.
    pub encoder: Encoder,
    /// Numbers of a vector.
    pub dimension: u16,
    /// Labels are below this.
    pub classes: u16,
}

impl Shape {
    /// Whether a datanet can have it.
    pub(crate) fn check(self) -> Result<(), Error> {
        let fits = (1..=MAX_DIMENSION).contains(&self.dimension.into())
            && (1..=MAX_CLASSES).contains(&self.classes);
        if fits {
            Ok(())
        } else {
            Err(Error::Shape)
        }
    }
}

/// Labelled records, ascending by identifier.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Examples {
    pub(crate) shape: Shape,
    pub(crate) ids: Vec<RecordId>,
    pub(crate) labels: Vec<u8>,
    pub(crate) features: Vec<i8>,
}

impl Examples {
    /// Records of a shape. Their vectors lie one after the other in `features`.
    ///
    /// # Errors
    ///
    /// [`Error::Shape`], [`Error::Records`], [`Error::Lengths`], [`Error::Order`] or [`Error::Label`].
    pub fn new(
        shape: Shape,
        ids: Vec<RecordId>,
        labels: Vec<u8>,
        features: Vec<i8>,
    ) -> Result<Self, Error> {
        shape.check()?;
        if !(1..=MAX_RECORDS).contains(&ids.len()) {
            return Err(Error::Records);
        }
        let numbers = ids.len().checked_mul(shape.dimension.into());
        if labels.len() != ids.len() || numbers != Some(features.len()) {
            return Err(Error::Lengths);
        }
        if !ids.is_sorted_by(|one, next| one < next) {
            return Err(Error::Order);
        }
        let beyond = |label: &&u8| u16::from(**label) >= shape.classes;
        if let Some(label) = labels.iter().find(beyond) {
            return Err(Error::Label {
                label: *label,
                last: shape.classes - 1,
            });
        }
        Ok(Self {
            shape,
            ids,
            labels,
            features,
        })
    }

    /// How many there are, at least one.
    pub(crate) fn count(&self) -> usize {
        self.ids.len()
    }

    /// The vector of a record.
    pub(crate) fn vector(&self, index: usize) -> &[i8] {
        let dimension = usize::from(self.shape.dimension);
        &self.features[index * dimension..][..dimension]
    }

    /// Identifiers as the kernel has them.
    pub(crate) fn kernel_ids(&self) -> Vec<Id> {
        let id = |id: &RecordId| Id {
            contribution: id.contribution,
            position: id.position,
        };
        self.ids.iter().map(id).collect()
    }
}
