//! How evenly amounts are spread, and whether one thing goes with another: measures of lists, without knowledge of what is in them.
//!
//! Amounts are integers and so is all arithmetic on them, so that whoever computes the same from the same amounts has the same digits.

mod concentration;
mod ranks;

pub(crate) use self::{
    concentration::{Concentration, Ratio},
    ranks::spearman,
};
