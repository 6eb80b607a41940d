//! Exact fractions of amounts, rounded once.

use super::Coin;
use sp_core::U256;

/// One, in billionths: parts and rates are counted in these.
pub(crate) const ONE: u32 = 1_000_000_000;

/// An amount, in billionths of a unit.
pub(crate) fn billionths(amount: Coin) -> U256 {
    part_of(ONE, amount)
}

/// A part of an amount, in billionths of a unit.
pub(crate) fn part_of(part: u32, amount: Coin) -> U256 {
    U256::from(part) * U256::from(amount)
}

/// Billionths of a unit, rounded down.
pub(crate) fn whole(billionths: U256) -> Coin {
    (billionths / ONE).as_u128()
}

/// A part of an amount, rounded down.
pub(crate) fn down(part: u32, amount: Coin) -> Coin {
    whole(part_of(part, amount))
}

/// A part of an amount, rounded up.
pub(crate) fn up(part: u32, amount: Coin) -> Coin {
    whole(part_of(part, amount) + (ONE - 1))
}

/// `amount x numerator / denominator`, rounded down.
pub(crate) fn fraction(amount: Coin, numerator: u128, denominator: u128) -> Coin {
    (U256::from(amount) * U256::from(numerator) / U256::from(denominator)).as_u128()
}

/// Half of the sum of two amounts, rounded down: the sum may be more than an amount can be.
pub(crate) fn mean(one: Coin, other: Coin) -> Coin {
    ((U256::from(one) + U256::from(other)) / 2).as_u128()
}

/// What those have who share an amount by parts that sum to one: the last one is rounded up, the others down.
pub(crate) fn shares(parts: &[u32], amount: Coin) -> Vec<Coin> {
    let last = parts.len() - 1;
    let places = parts.iter().enumerate();
    places
        .map(|(place, part)| {
            if place == last {
                up(*part, amount)
            } else {
                down(*part, amount)
            }
        })
        .collect()
}
