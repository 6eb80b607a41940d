use super::difference;
use crate::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
use sp_runtime::ArithmeticError;

/// How half of what a sponsor pays vests: in equal parts, one with every final round that follows, or after so many blocks where none
/// comes in time.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct Vesting {
    /// In how many parts; 0 pays everything at once.
    pub parts: u8,
    /// After how many blocks a part vests at the latest, counted from the part before; with 0 everything has vested.
    pub blocks: u32,
}

impl Vesting {
    /// How many parts have vested after so many final rounds and so many blocks: whichever gives more, and all of them at the most.
    pub fn elapsed(&self, rounds: u32, blocks: u32) -> u8 {
        let by_blocks = blocks.checked_div(self.blocks).unwrap_or(u32::MAX);
        let parts = rounds.max(by_blocks).min(self.parts.into());
        // At most `parts`, which is a `u8`.
        parts as u8
    }

    /// What of `amount` has vested with `elapsed` parts: half of it at once, rounded up, all of it with the last part. Never less with more
    /// parts, or of more.
    pub fn vested(&self, amount: Balance, elapsed: u8) -> Result<Balance, ArithmeticError> {
        difference(amount, self.unvested(amount, elapsed)?)
    }

    /// What of `amount` has not vested with `elapsed` parts: `amount (parts - elapsed) / (2 parts)`, rounded down.
    pub fn unvested(&self, amount: Balance, elapsed: u8) -> Result<Balance, ArithmeticError> {
        let Some(left) = self.parts.checked_sub(elapsed).filter(|left| *left > 0) else {
            return Ok(0);
        };
        // Half of `amount` at the most.
        multiply_by_rational_with_rounding(
            amount,
            left.into(),
            2 * u128::from(self.parts),
            Rounding::Down,
        )
        .ok_or(ArithmeticError::Overflow)
    }
}
