//! What a channel fixes.

use codec::{Decode, Encode};
use sp_core::H256;
use sp_runtime::AccountId32;
use thiserror::Error;
use tributary_primitives::{
    ids::{ChannelId, ModelId},
    Balance,
};

/// The most calls that a host answers before it is paid for any of them.
pub const MAX_WINDOW: u32 = 64;

/// What a channel fixes: the same on both sides, from its opening to its end.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Terms {
    /// Hash of the chain's first block.
    pub genesis: H256,
    /// The channel.
    pub channel: ChannelId,
    /// The model that answers.
    pub model: ModelId,
    /// What a unit costs.
    pub price: Balance,
    /// How many units are reserved.
    pub units: u64,
    /// The first block in which no new calls are answered.
    pub expires: u32,
    /// Signs vouchers, for the consumer.
    pub voucher_key: AccountId32,
    /// Signs receipts, for the host.
    pub receipt_key: AccountId32,
    /// How many calls the host answers before it is paid for the first of them; 1 unless both sides agree on more.
    pub window: u32,
}

/// Why terms cannot be those of a channel.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum UnusableTerms {
    /// No call could be made, or too many would not be paid.
    #[error("a host answers between 1 and {MAX_WINDOW} calls before it is paid")]
    Window,
    /// Amounts do not fit.
    #[error("all units of the channel together cost more than there can be")]
    Price,
}

impl Terms {
    /// Whether amounts of all that the channel reserves fit.
    pub fn check(&self) -> Result<(), UnusableTerms> {
        if !(1..=MAX_WINDOW).contains(&self.window) {
            return Err(UnusableTerms::Window);
        }
        self.cost(self.units)
            .map(|_| ())
            .ok_or(UnusableTerms::Price)
    }

    /// What units cost. `None` if that does not fit.
    pub fn cost(&self, units: u64) -> Option<Balance> {
        self.price.checked_mul(units.into())
    }
}
