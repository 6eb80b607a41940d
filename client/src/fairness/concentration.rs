//! Gini coefficient, Herfindahl-Hirschman index, share of the ten largest, Nakamoto coefficient.

use anyhow::{Context as _, Result};
use serde::{Serialize, Serializer};
use serde_json::{json, Value};
use sp_core::U512;

use crate::money::Amount;

/// How many are the largest few.
const TOP: usize = 10;

/// A part of a whole in billionths, rounded down.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Ratio(u32);

impl Ratio {
    const ONE: u32 = 1_000_000_000;

    /// `part / whole`; the part must not be larger. Nothing of nothing is nothing.
    fn of(part: U512, whole: U512) -> Self {
        let billionths = (part * U512::from(Self::ONE)).checked_div(whole);
        Self(billionths.map_or(0, |billionths| billionths.low_u32()))
    }

    /// A part of an amount.
    pub(crate) fn of_amounts(part: u128, whole: u128) -> Self {
        Self::of(part.min(whole).into(), whole.into())
    }

    /// The nearest to a number between 0 and 1.
    pub(crate) fn rounded(number: f64) -> Self {
        Self((number.clamp(0.0, 1.0) * f64::from(Self::ONE)).round() as u32)
    }

    /// This part of an amount, rounded down.
    pub(crate) fn times(self, amount: u128) -> u128 {
        let part = U512::from(amount) * U512::from(self.0) / U512::from(Self::ONE);
        // At most the amount.
        part.low_u128()
    }

    /// As a number of one. Not for money.
    fn value(self) -> f64 {
        f64::from(self.0) / f64::from(Self::ONE)
    }

    /// In percent, for people.
    pub(crate) fn percent(self) -> String {
        format!("{:.2} %", 100.0 * self.value())
    }
}

impl std::fmt::Display for Ratio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.4}", self.value())
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

/// How concentrated amounts are.
///
/// Amounts of nothing are not counted. An account costs next to nothing, and so does data that earns nothing: whoever made a thousand
/// of either could else make any distribution look as unequal as they like. The other three measures are the same with and without.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Concentration {
    /// How many have something.
    pub(crate) count: usize,
    /// What they have together.
    pub(crate) total: u128,
    /// The mean absolute difference of all pairs, an amount with itself among them, over twice the mean: 0 where all have the same,
    /// `(n - 1) / n` where one has all.
    pub(crate) gini: Ratio,
    /// The sum of the squares of all parts: 1/n where all have the same, 1 where one has all.
    pub(crate) hhi: Ratio,
    /// What the ten largest have of all.
    pub(crate) top: Ratio,
    /// The fewest who have more than half together.
    pub(crate) nakamoto: usize,
}

impl Concentration {
    /// Measures amounts, in whatever order they come.
    pub(crate) fn of(amounts: impl IntoIterator<Item = u128>) -> Result<Self> {
        let mut amounts: Vec<u128> = amounts.into_iter().filter(|amount| *amount > 0).collect();
        amounts.sort_unstable();
        let total = amounts
            .iter()
            .try_fold(0u128, |sum, amount| sum.checked_add(*amount))
            .context("the amounts are more than can be counted")?;
        let whole = U512::from(total);
        let count = amounts.len();
        let (mut ranked, mut squares) = (U512::zero(), U512::zero());
        for (rank, amount) in (1u64..).zip(&amounts) {
            let amount = U512::from(*amount);
            ranked += amount * U512::from(rank);
            squares += amount * amount;
        }
        // Ascending, an amount is the larger one of as many pairs as come before it, and the smaller one of the others.
        let larger = ranked * U512::from(2);
        let smaller = whole * U512::from(count as u64 + 1);
        let largest = amounts.iter().rev();
        let top: u128 = largest.clone().take(TOP).sum();
        let (half, mut sum) = (total / 2, 0);
        let needed = largest.take_while(|amount| {
            let missing = sum <= half;
            sum += **amount;
            missing
        });
        let nakamoto = needed.count();
        Ok(Self {
            count,
            total,
            gini: Ratio::of(larger - smaller, whole * U512::from(count as u64)),
            hhi: Ratio::of(squares, whole * whole),
            top: Ratio::of_amounts(top, total),
            nakamoto,
        })
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "count": self.count,
            "total": Amount(self.total),
            "gini": self.gini,
            "hhi": self.hhi,
            "top10": self.top,
            "nakamoto": self.nakamoto,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(amounts: &[u128]) -> Concentration {
        Concentration::of(amounts.iter().copied()).unwrap()
    }

    const fn billionths(number: u32) -> Ratio {
        Ratio(number)
    }

    #[test]
    fn nothing_is_not_concentrated() {
        assert_eq!(of(&[]), Concentration::default());
        assert_eq!(of(&[0, 0]), Concentration::default());
    }

    #[test]
    fn known_values() {
        let all_the_same = of(&[5; 20]);
        assert_eq!(all_the_same.gini, billionths(0));
        assert_eq!(all_the_same.hhi, billionths(50_000_000));
        assert_eq!(all_the_same.top, billionths(500_000_000));
        assert_eq!(all_the_same.nakamoto, 11);
        let one_has_all = of(&[7, 0, 0]);
        assert_eq!((one_has_all.count, one_has_all.nakamoto), (1, 1));
        assert_eq!(one_has_all.hhi, billionths(1_000_000_000));
        // Differences of 1, 2, 3, 4 in pairs: 2 (3 x 1 + 2 x 2 + 1 x 3) = 20, over 2 x 16 x 2.5.
        let ascending = of(&[3, 1, 4, 2]);
        assert_eq!(ascending.gini, billionths(250_000_000));
        assert_eq!(ascending.hhi, billionths(300_000_000));
        assert_eq!((ascending.total, ascending.nakamoto), (10, 2));
        assert_eq!(of(&[1, 99]).gini, billionths(490_000_000));
    }

    #[test]
    fn a_ratio_of_an_amount_is_rounded_down() {
        assert_eq!(Ratio::rounded(0.25).times(10), 2);
        assert_eq!(Ratio::rounded(2.0).times(u128::MAX), u128::MAX);
        assert_eq!(Ratio::rounded(-1.0).times(u128::MAX), 0);
        assert_eq!(Ratio::of_amounts(1, 3), billionths(333_333_333));
        assert_eq!(Ratio::of_amounts(1, 0), billionths(0));
    }

    #[test]
    fn half_is_not_more_than_half() {
        assert_eq!(of(&[5, 5]).nakamoto, 2);
        assert_eq!(of(&[6, 5]).nakamoto, 1);
        assert_eq!(of(&[4, 4, 3]).nakamoto, 2);
        assert_eq!(of(&[1, 1, 1]).nakamoto, 2);
        assert_eq!(of(&[10, 5, 5]).nakamoto, 2);
    }

    #[test]
    fn amounts_that_cannot_be_counted_are_an_error() {
        assert!(Concentration::of([u128::MAX, 1]).is_err());
        let most = of(&[u128::MAX - 1, 1]);
        assert_eq!((most.total, most.nakamoto), (u128::MAX, 1));
    }

    /// The definition of the Gini coefficient, pair by pair: the sum of all differences, over 2 n times the sum of all.
    fn by_pairs(amounts: &[u128]) -> f64 {
        let pairs = amounts
            .iter()
            .flat_map(|one| amounts.iter().map(|other| one.abs_diff(*other)));
        let differences: u128 = pairs.sum();
        let total: u128 = amounts.iter().sum();
        differences as f64 / (2 * amounts.len() as u128 * total) as f64
    }

    /// The definition of the Nakamoto coefficient: tries from the largest on.
    fn by_trying(amounts: &[u128]) -> usize {
        let mut sorted = amounts.to_vec();
        sorted.sort_unstable_by(|one, other| other.cmp(one));
        let total: u128 = sorted.iter().sum();
        let enough = |count: &usize| 2 * sorted[..*count].iter().sum::<u128>() > total;
        (1..=sorted.len()).find(enough).unwrap()
    }

    proptest! {
        #[test]
        fn measures_are_what_they_are_defined_as(amounts in prop::collection::vec(1..1u128 << 60, 1..40)) {
            let found = of(&amounts);
            prop_assert!((found.gini.value() - by_pairs(&amounts)).abs() < 2e-9);
            prop_assert_eq!(found.nakamoto, by_trying(&amounts));
        }

        #[test]
        fn measures_are_bounded(amounts in prop::collection::vec(any::<u64>(), 0..60)) {
            let found = Concentration::of(amounts.iter().map(|amount| u128::from(*amount))).unwrap();
            let n = found.count as f64;
            prop_assert!(found.gini.value() <= (n - 1.0).max(0.0) / n.max(1.0));
            prop_assert!(found.hhi.0 <= Ratio::ONE && found.top.0 <= Ratio::ONE);
            prop_assert!(n == 0.0 || found.hhi.value() >= 1.0 / n - 1e-9);
            prop_assert!(found.nakamoto <= found.count / 2 + 1);
            prop_assert!(found.count > TOP || n == 0.0 || found.top.0 == Ratio::ONE);
        }

        #[test]
        fn neither_order_nor_scale_nor_nothing_matters(
            (amounts, shuffled) in prop::collection::vec(0..1u128 << 60, 0..40)
                .prop_flat_map(|amounts| (Just(amounts.clone()), Just(amounts).prop_shuffle())),
            scale in 1..1u128 << 60,
            nothing in 0..5usize,
        ) {
            let mut scaled: Vec<_> = shuffled.iter().map(|amount| amount * scale).collect();
            scaled.extend(vec![0; nothing]);
            let (found, of_scaled) = (of(&amounts), of(&scaled));
            prop_assert_eq!(of_scaled.total, found.total * scale);
            prop_assert_eq!(Concentration { total: found.total, ..of_scaled }, found);
        }
    }
}
