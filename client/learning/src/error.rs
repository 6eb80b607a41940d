//! What goes wrong.

use thiserror::Error;

/// Why records make no model.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum NotTrained {
    /// There are none.
    #[error("there are no records to learn from")]
    NoRecords,
    /// Numbers, labels and places are not of the same number of records.
    #[error("features, labels and places are not of the same records")]
    Uneven,
    /// A label is no class.
    #[error("label {label} is none of {classes} classes")]
    NotAClass {
        /// The label.
        label: u8,
        /// How many classes there are.
        classes: u16,
    },
    /// The number of dimensions or classes is nothing that a datanet has.
    #[error("a model has between 1 and 1024 dimensions and between 2 and 256 classes")]
    Shape,
    /// Records do not stand in the order of contributions, and within each in their own.
    #[error("record {0} stands before one that comes earlier")]
    Order(usize),
    /// The number of neighbours cannot be one.
    #[error("a prediction looks at between 1 and {most} neighbours", most = crate::MAX_NEIGHBOURS)]
    Neighbours,
    /// The parent is of another kind or shape.
    #[error("the parent is not a softmax model of the same encoder, dimensions and classes")]
    Parent,
}

/// Why bytes are no model.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Broken {
    /// They are not of this format.
    #[error("the bytes are not those of a model")]
    NotAModel,
    /// They end early or late.
    #[error("the model is cut off, or has more bytes than it should")]
    Length,
    /// They say something that no training makes.
    #[error("the model cannot have been trained: {0}")]
    Impossible(#[from] NotTrained),
    /// A weight is no number, or not as many as there are classes and dimensions.
    #[error("the model's weights are not finite, or not as many as it has classes and dimensions")]
    Weights,
}

/// Why a model says nothing about an input.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum NotPredicted {
    /// The model takes vectors.
    #[error("the model takes vectors of {0} numbers, not texts")]
    NotAText(u16),
    /// The model takes texts.
    #[error("the model takes texts, not vectors")]
    NotAVector,
    /// The vector is of another length.
    #[error("the vector has {length} numbers, and the model takes {dimension}")]
    Dimension {
        /// Numbers of the vector.
        length: usize,
        /// Those that the model takes.
        dimension: u16,
    },
    /// The text cannot be encoded.
    #[error("the text is too long, or has nothing to encode")]
    Text,
}
