//! Spearman's rank correlation.

/// Whether two things that the same ones have go up together: Pearson's correlation of their ranks, equal ones sharing the mean of their
/// places. From -1 to 1; nothing where all are equal in one of the two.
pub(crate) fn spearman<A: Ord, B: Ord>(pairs: &[(A, B)]) -> Option<f64> {
    let one = deviations(pairs.iter().map(|(one, _)| one).collect());
    let other = deviations(pairs.iter().map(|(_, other)| other).collect());
    let product = |one: &[i128], other: &[i128]| -> i128 {
        one.iter().zip(other).map(|(one, other)| one * other).sum()
    };
    let squares = [product(&one, &one), product(&other, &other)];
    if squares.contains(&0) {
        return None;
    }
    // Sums of integers until here: the same digits in every language whose numbers are binary64.
    Some(product(&one, &other) as f64 / (squares[0] as f64 * squares[1] as f64).sqrt())
}

/// Twice how far the rank of each is from the mean rank.
fn deviations<T: Ord>(list: Vec<T>) -> Vec<i128> {
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by_key(|index| &list[*index]);
    let mut deviations = vec![0; list.len()];
    let mut places = 1i128;
    for equal in order.chunk_by(|one, other| list[*one] == list[*other]) {
        let last = places + equal.len() as i128 - 1;
        for index in equal {
            deviations[*index] = places + last - (list.len() as i128 + 1);
        }
        places = last + 1;
    }
    deviations
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values() {
        assert_eq!(spearman(&[(1, 10), (2, 20), (3, 25)]), Some(1.0));
        assert_eq!(spearman(&[(1, 9), (2, 8), (3, 1)]), Some(-1.0));
        // 1 - 6 x 8 / (5 x 24), by the formula for ranks without ties.
        let pairs = [(1, 2), (2, 1), (3, 5), (4, 3), (5, 4)];
        assert!((spearman(&pairs).unwrap() - 0.6).abs() < 1e-12);
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 x 5).
        let ties = [(0, 1), (7, 2), (7, 3), (9, 4)];
        assert!((spearman(&ties).unwrap() - (4.5f64 / 5.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn there_is_none_where_all_are_equal() {
        assert_eq!(spearman::<u8, u8>(&[]), None);
        assert_eq!(spearman(&[(1, 2)]), None);
        assert_eq!(spearman(&[(1, 2), (1, 3)]), None);
    }

    proptest! {
        #[test]
        fn it_is_bounded_symmetric_and_sees_ranks_only(
            (pairs, shuffled) in prop::collection::vec((0..20u64, any::<u64>()), 0..40)
                .prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle())),
        ) {
            let found = spearman(&pairs);
            let swapped: Vec<_> = pairs.iter().map(|(one, other)| (*other, *one)).collect();
            prop_assert_eq!(found, spearman(&swapped));
            prop_assert_eq!(found, spearman(&shuffled));
            let steeper: Vec<_> = pairs.iter().map(|(one, other)| (3 * one * one + 1, u128::from(*other) * 5)).collect();
            prop_assert_eq!(found, spearman(&steeper));
            prop_assert!(found.is_none_or(|found| found.abs() <= 1.0 + 1e-12));
            let same: Vec<_> = pairs.iter().map(|(one, _)| (*one, *one)).collect();
            prop_assert!(spearman(&same).is_none_or(|found| found == 1.0));
        }
    }
}
