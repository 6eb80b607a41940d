//! Distances as floating-point numbers, rounded to the safe side.
//!
//! A bound only ever decides what is looked at, so it must err in one direction. The margin is eight units in the last place: more
//! than the few operations that follow it can lose.

const MARGIN: f32 = 1e-6;

/// A little more than the root.
#[inline]
pub(crate) fn above(squared: u32) -> f32 {
    (squared as f32).sqrt() * (1.0 + MARGIN)
}

/// A little less than the root.
#[inline]
pub(crate) fn below(squared: u32) -> f32 {
    (squared as f32).sqrt() * (1.0 - MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_on_their_side_and_sums_and_squares_stay_there() {
        for root in (0..8_160u32).chain([11_585, 65_535]) {
            let exact = f64::from(root);
            assert!(f64::from(above(root * root)) >= exact);
            assert!(f64::from(below(root * root)) <= exact);
            let other = root / 3;
            let sum = above(root * root) + above(other * other);
            assert!(f64::from(sum * sum) >= (exact + f64::from(other)).powi(2));
        }
    }
}
