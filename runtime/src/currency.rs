//! Units of money, and what storage and block space cost.

use crate::Balance;

/// One TRIB. Its smallest unit is a millionth of a millionth.
pub const TRIB: Balance = 1_000_000_000_000;
/// A thousandth of a TRIB.
pub const MILLI: Balance = TRIB / 1_000;
/// A millionth of a TRIB.
pub const MICRO: Balance = MILLI / 1_000;

/// An account with less than this is removed from state.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI;

/// What an extrinsic that does nothing pays for its execution.
pub const BASE_FEE: Balance = 100 * MICRO;
/// What each byte of an extrinsic pays. It stays in block bodies, which pruned nodes may forget.
pub const BYTE_FEE: Balance = MICRO;

/// What is held while `items` storage items with `bytes` bytes in all are kept. State is what every
/// node keeps for ever, so a byte of it is a hundred times as dear as one in a block body, and is
/// paid back when it goes.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
    // At most 2^32 * (10 MILLI + 100 MICRO) < 2^66.
    items as Balance * 10 * MILLI + bytes as Balance * 100 * MICRO
}
