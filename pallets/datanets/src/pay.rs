//! What a sponsor pays for values, and what contributors lose by negative ones.
//!
//! An accuracy of 1.0, which is `unit` in values, costs `price`. If all positive values together cost more than `budget`, everything is
//! scaled down by the same factor f = budget / (their cost). So pay is linear in value: whoever splits a contribution has
//! the same, but for what is rounded down, less than one smallest unit for each part.

use sp_core::U256;
use tributary_primitives::Balance;

/// The money of one smallest part of value, as a fraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Rate {
    numerator: u128,
    denominator: u128,
}

impl Rate {
    /// The rate at which a round pays whose positive values sum to `positive`.
    ///
    /// `unit` is accuracy 1.0 as values count it, and not 0. Without positive values nothing is scaled down.
    pub(crate) fn new(price: Balance, budget: Balance, unit: u128, positive: u128) -> Self {
        // Products of two `u128` fit U256.
        let cost = U256::from(price) * U256::from(positive);
        let available = U256::from(budget) * U256::from(unit);
        if cost > available {
            Self {
                numerator: budget,
                denominator: positive,
            }
        } else {
            Self {
                numerator: price,
                denominator: unit,
            }
        }
    }

    /// What `value` comes to, rounded down, and at most `ceiling`.
    ///
    /// The positive values of a round come to at most its budget together, with the budget as ceiling of each.
    pub(crate) fn amount(&self, value: u128, ceiling: Balance) -> Balance {
        // The denominator is not 0: it is `unit`, or a sum whose cost is more than nothing.
        let amount =
            U256::from(self.numerator) * U256::from(value) / U256::from(self.denominator.max(1));
        amount.min(U256::from(ceiling)).low_u128()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Price, budget and positive values of a round.
    fn rounds() -> impl Strategy<Value = (Balance, Balance, u128, Vec<u128>)> {
        (
            0..=u128::from(u64::MAX),
            0..=u128::from(u64::MAX),
            1..=1u128 << 76,
            proptest::collection::vec(1..=1u128 << 76, 1..20),
        )
    }

    proptest! {
        #[test]
        fn a_round_never_pays_more_than_its_budget((price, budget, unit, values) in rounds()) {
            let positive = values.iter().sum();
            let rate = Rate::new(price, budget, unit, positive);
            let paid: u128 = values.iter().map(|value| rate.amount(*value, budget)).sum();
            prop_assert!(paid <= budget);
        }

        #[test]
        fn a_sponsor_never_pays_more_than_the_price((price, budget, unit, values) in rounds()) {
            let positive = values.iter().sum();
            let rate = Rate::new(price, budget, unit, positive);
            for value in values {
                let full = U256::from(price) * U256::from(value) / U256::from(unit);
                prop_assert!(U256::from(rate.amount(value, budget)) <= full);
            }
        }

        #[test]
        fn a_small_budget_is_paid_out_but_for_what_is_rounded_down(
            (price, budget, unit, values) in rounds(),
        ) {
            let positive: u128 = values.iter().sum();
            let rate = Rate::new(price, budget, unit, positive);
            let paid: u128 = values.iter().map(|value| rate.amount(*value, budget)).sum();
            let cost = U256::from(price) * U256::from(positive) / U256::from(unit);
            let due = cost.min(U256::from(budget)).low_u128();
            prop_assert!(paid <= due);
            prop_assert!(due - paid <= values.len() as u128);
        }

        #[test]
        fn splitting_a_contribution_changes_nothing_but_what_is_rounded_down(
            (price, budget, unit, values) in rounds(),
            part in 0u128..=1 << 76,
        ) {
            let positive = values.iter().sum();
            let rate = Rate::new(price, budget, unit, positive);
            let whole = rate.amount(values[0], budget);
            let part = part % (values[0] + 1);
            let parts = rate.amount(part, budget) + rate.amount(values[0] - part, budget);
            prop_assert!(parts <= whole);
            prop_assert!(whole - parts <= 1);
        }

        #[test]
        fn no_positive_value_of_a_round_reaches_the_ceiling_of_its_budget(
            (price, budget, unit, values) in rounds(),
        ) {
            let positive = values.iter().sum();
            let rate = Rate::new(price, budget, unit, positive);
            for value in values {
                prop_assert_eq!(rate.amount(value, budget), rate.amount(value, u128::MAX));
            }
        }
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let rate = Rate::new(u128::MAX, u128::MAX, 1, u128::MAX);
        assert_eq!(rate.amount(u128::MAX, u128::MAX), u128::MAX);
        assert_eq!(rate.amount(1, u128::MAX), 1);
        let rate = Rate::new(u128::MAX, u128::MAX, 1, 0);
        assert_eq!(rate.amount(u128::MAX, 7), 7);
    }

    #[test]
    fn a_price_that_the_budget_covers_is_paid_in_full() {
        // A tenth of accuracy at 50 for all of it.
        let rate = Rate::new(50, 5, 1_000, 100);
        assert_eq!(rate.amount(100, 5), 5);
        assert_eq!(rate.amount(59, 5), 2);
        // The same value where only 4 are there.
        let rate = Rate::new(50, 4, 1_000, 100);
        assert_eq!(rate.amount(100, 4), 4);
        assert_eq!(rate.amount(59, 4), 2);
    }

    #[test]
    fn without_positive_values_losses_are_at_the_full_price() {
        let rate = Rate::new(50, 5, 1_000, 0);
        assert_eq!(rate.amount(200, 100), 10);
        assert_eq!(rate.amount(200, 7), 7);
    }
}
