//! What can be wrong with what the kernel is given.

use std::{error, fmt};

use crate::{Backend, MAX_DIMENSION, MAX_HORIZON};

/// Why nothing was computed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Error {
    /// Vectors have no numbers or more than [`MAX_DIMENSION`].
    Dimension,
    /// Numbers, labels and identifiers are not those of equally many records.
    Lengths,
    /// There are 2^32 records or more.
    TooMany,
    /// Vectors of different dimensions are to be compared.
    Differs,
    /// Not 1 <= K <= K* <= [`MAX_HORIZON`].
    Params,
    /// This processor has not got the instructions.
    Unavailable(Backend),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Dimension => write!(formatter, "a vector has 1 to {MAX_DIMENSION} numbers"),
            Self::Lengths => formatter
                .write_str("numbers, labels and identifiers of different counts of records"),
            Self::TooMany => formatter.write_str("2^32 records or more"),
            Self::Differs => formatter.write_str("vectors of different dimensions"),
            Self::Params => write!(formatter, "not 1 <= K <= K* <= {MAX_HORIZON}"),
            Self::Unavailable(backend) => write!(formatter, "this processor has no {backend:?}"),
        }
    }
}

impl error::Error for Error {}
