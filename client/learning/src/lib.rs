//! Models that are trained on what a datanet has admitted.
//!
//! | [`Kind`] | what it holds | how it answers |
//! |---|---|---|
//! | `Neighbours` | the records, by the identifiers that the chain has for them | by the K nearest, as they are valued: see [`Model::neighbours`] |
//! | `Softmax` | a weight for each number and class, and a bias for each class | by multinomial logistic regression: see [`Model::softmax`] |
//!
//! A model is a function of records, settings and, if it has one, its parent: the same to the bit on every machine and with any number of threads.
//! So whoever has the snapshot can train it again and compare [`Model::weights_hash`] with what stands on the chain.
//!
//! # Bytes
//!
//! SCALE, and there is one encoding of each model: `tribmodl`, the version (`u8`, 1), encoder (`u8`: 0 vectors, 1 texts), dimension and classes (`u16`
//! each), [`Source`], then the kind (`u8`) with
//!
//! - 0: the neighbours that answer (`u8`), identifiers (`u32`, `u16` each), labels and numbers of the records, each list length-prefixed;
//! - 1: weights (`f64`), length-prefixed: a row for each number of a vector and one for the bias, a column for each class.
//!
//! [`Model::from_bytes`] takes memory in proportion to the bytes that are there, whatever lengths they claim, and 64 MiB for an index.

mod error;
mod examples;
mod format;
mod model;
mod neighbours;
mod softmax;

pub use error::Error;
pub use examples::{Examples, Shape};
pub use model::{Input, Kind, Model, Neighbour, Prediction, Source};
pub use softmax::Descent;

/// The most classes: labels are bytes.
pub const MAX_CLASSES: u16 = 256;

/// The most records that a model is trained on.
pub const MAX_RECORDS: usize = 1 << 24;

/// The most steps of a descent.
pub const MAX_STEPS: u32 = 100_000;
