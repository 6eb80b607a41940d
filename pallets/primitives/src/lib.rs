#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod assets;
pub mod datanets;
pub mod deposits;
pub mod encoder;
pub mod hashing;
pub mod ids;
pub mod ledger;
pub mod licences;
pub mod merkle;
pub mod metering;
pub mod roles;
pub mod valuation;

/// Amounts of the chain's coin, in its smallest unit.
pub type Balance = u128;

/// Shares of money and rates of royalties, in billionths.
pub use sp_runtime::Perbill;
