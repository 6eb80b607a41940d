//! The commands, one file for each group.

pub(crate) mod account;
pub(crate) mod attest;
pub(crate) mod challenge;
pub(crate) mod claim;
mod collect;
pub(crate) mod consent;
pub(crate) mod contribute;
pub(crate) mod datanet;
pub(crate) mod estimate;
pub(crate) mod evaluate;
pub(crate) mod export;
pub(crate) mod hand_over;
pub(crate) mod key;
pub(crate) mod licence;
pub(crate) mod model;
pub(crate) mod pay;
pub(crate) mod records;
pub(crate) mod round;
pub(crate) mod slices;
pub(crate) mod statement;
pub(crate) mod vest;
pub(crate) mod watch;
