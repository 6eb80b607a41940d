//! The pallets' configuration, by subject.

pub mod consensus;
pub mod money;
pub mod system;
pub mod tributary;
pub mod utility;
