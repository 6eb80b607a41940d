use thiserror::Error;
use tributary_kernel::{MAX_DIMENSION, MAX_HORIZON};
use tributary_primitives::encoder::{TextError, MAX_TEXT};

use crate::{MAX_CLASSES, MAX_RECORDS, MAX_STEPS};

/// Why there is no model, or no prediction.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Error {
    /// The bytes are not those of a model.
    #[error("this is no model: {0}")]
    Bytes(String),
    /// Vectors or classes that no datanet has.
    #[error("a model has vectors of 1 to {MAX_DIMENSION} numbers and 1 to {MAX_CLASSES} classes")]
    Shape,
    /// Nothing to learn from, or more than fits.
    #[error("a model is trained on 1 to {MAX_RECORDS} records")]
    Records,
    /// Identifiers, labels and numbers are not those of equally many records.
    #[error("numbers, labels and identifiers of different counts of records")]
    Lengths,
    /// Identifiers that do not ascend, or occur twice.
    #[error("the identifiers of records do not ascend")]
    Order,
    /// A label beyond the classes.
    #[error("the label {label} is not between 0 and {last}")]
    Label {
        /// The label.
        label: u8,
        /// The last class.
        last: u16,
    },
    /// A number of neighbours that the kernel does not count.
    #[error("1 to {MAX_HORIZON} neighbours answer")]
    Neighbours,
    /// A number of steps that is none.
    #[error("1 to {MAX_STEPS} steps lead to a model")]
    Steps,
    /// A weight is missing, not finite, or too large.
    #[error("weights are missing, not finite or too large")]
    Weights,
    /// A parent of another kind or shape.
    #[error("the parent is not a softmax model of the same encoder, dimension and classes")]
    Parent,
    /// A vector for a model of texts, or the other way round.
    #[error("the model takes {0}")]
    Input(&'static str),
    /// A vector of another dimension.
    #[error("{got} numbers where the model takes {wanted}")]
    Dimension {
        /// Numbers that were given.
        got: usize,
        /// Numbers that the model takes.
        wanted: u16,
    },
    /// A text that cannot be encoded.
    #[error("{}", complaint(.0))]
    Text(TextError),
}

fn complaint(error: &TextError) -> String {
    match error {
        TextError::TooLong => format!("the text is longer than {MAX_TEXT} bytes"),
        TextError::NotUtf8 => "the text is not UTF-8".to_owned(),
        TextError::NothingToEncode => "the text has nothing to encode".to_owned(),
    }
}
