#![doc = include_str!("../README.md")]

mod data;
mod error;
mod model;
mod nearest;
mod softmax;

pub use data::{Data, Place};
pub use error::{Broken, NotPredicted, NotTrained};
pub use model::{Input, Kind, Model, Neighbour, Prediction, Shape, Source};
pub use nearest::{nearest, MAX_NEIGHBOURS};
pub use softmax::softmax;
