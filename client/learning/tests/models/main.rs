//! Models against their definitions.

mod decoding;
mod neighbours;
mod softmax;
mod support;
