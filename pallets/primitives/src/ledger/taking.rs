use crate::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::U512;
use sp_runtime::Perbill;

/// The most that the protocol may have of a payment.
pub const MAX_PROTOCOL_FEE: Perbill = Perbill::from_percent(5);
/// The most that hosts may have of what the protocol's fee leaves of a payment.
pub const MAX_HOST_SHARE: Perbill = Perbill::from_percent(70);

/// What is taken of payments.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct TakingRates {
    /// The protocol's part of every payment. At most [`MAX_PROTOCOL_FEE`].
    pub protocol_fee: Perbill,
    /// The most that hosts may ask for of what the fee leaves. At most [`MAX_HOST_SHARE`].
    pub host_max: Perbill,
}

/// A payment's parts. They sum to its gross.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Taking {
    /// The protocol's.
    pub fee: Balance,
    /// The host's.
    pub host: Balance,
    /// The asset's.
    pub net: Balance,
}

/// Divides a payment: the protocol has `fee` of it, rounded down; the host has `host` of what the fee leaves, rounded down; the
/// asset has the rest.
pub fn take(gross: Balance, fee: Perbill, host: Perbill) -> Taking {
    // Parts of a whole are not above it: no difference is below zero.
    let fee = fee.mul_floor(gross);
    let after_fee = gross - fee;
    let host = host.mul_floor(after_fee);
    Taking {
        fee,
        host,
        net: after_fee - host,
    }
}

/// Whether an asset has at least `asked` of a payment of `price`, and of every payment of a multiple of both.
///
/// Without rounding: `price (1 - fee) (1 - host) >= asked`. What [`take`] leaves the asset is never less, as the others' parts are rounded down.
pub fn covers(price: Balance, fee: Perbill, host: Perbill, asked: Balance) -> bool {
    let rest = |part: Perbill| U512::from(Perbill::one().deconstruct() - part.deconstruct());
    let billion = U512::from(Perbill::one().deconstruct());
    U512::from(price) * rest(fee) * rest(host) >= U512::from(asked) * billion * billion
}
