//! What an evaluator derives from a round's records, at the speed of the processor.
//!
//! [`shadows`] and [`rows`] compute what the functions of the same names in `tributary_primitives::valuation` do, to the bit: those are
//! the reference, short enough to be read; these are for a million records. [`knn_shapley`] is the valuation without old
//! records, phantoms and horizon, for comparison with other implementations.
//!
//! # How
//!
//! - The distance of x and t is |x|² + |t|² - 2 x t. Sixty-four vectors lie side by side, four numbers of each in a word, so that one
//!   instruction multiplies four numbers of sixteen vectors with those of a target. A tile of targets stays in registers.
//! - Most distances are compared with a bound in registers and forgotten. What passes goes to a short list that is halved when it is
//!   full: nothing is sorted but the few that are published.
//! - An [`Index`] divides records into cells around centres. The triangle inequality tells which cells a ball cannot reach. It serves
//!   neighbours and copies alike, and grows with admitted records from round to round. Bounds are rounded to the safe side: they change
//!   how long something takes, never what comes out.
//!
//! All distances are integers: for 1,024 numbers from -128 to 127 a squared distance is below 2^27.
//!
//! # Memory
//!
//! [`rows`] reads newcomers where they lie, and takes 3 KiB a benchmark record for each thread. An index takes, per record, its numbers
//! and 17 bytes; between its centres, of which there are at most 4,096, 64 MiB; while it is built, 16 bytes a record more. [`shadows`]
//! has an index of the newcomers and some 80 bytes for each. A thread that searches an index takes 48 MiB at most, and
//! 64 KiB for each number of a vector.

mod error;
mod index;
mod input;
mod machine;
mod nearest;
mod packed;
mod rows;
pub mod screening;
mod shadows;
mod shapley;
mod tile;
pub mod yardstick;

pub use error::Error;
pub use index::Index;
pub use input::{Benchmark, Id, Params, Records, MAX_DIMENSION, MAX_HORIZON};
pub use machine::{Backend, Machine};
pub use nearest::{nearest, Neighbour};
pub use rows::{rows, Entry, Row};
pub use shadows::{shadows, Shadow};
pub use shapley::knn_shapley;
