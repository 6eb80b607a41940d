use crate::Balance;
use sp_runtime::Perbill;

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

/// A host asks for more than the most that hosts may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HostAboveMaximum;

/// Divides a payment: the protocol has `fee` of it, rounded down; the host has `host`, in coin, which is at most `host_max` of
/// what the fee leaves, rounded down; the asset has the rest.
pub fn take(
    gross: Balance,
    fee: Perbill,
    host: Balance,
    host_max: Perbill,
) -> Result<Taking, HostAboveMaximum> {
    let fee = fee.mul_floor(gross);
    let after_fee = gross.checked_sub(fee).ok_or(HostAboveMaximum)?;
    if host > host_max.mul_floor(after_fee) {
        return Err(HostAboveMaximum);
    }
    let net = after_fee.checked_sub(host).ok_or(HostAboveMaximum)?;
    Ok(Taking { fee, host, net })
}
