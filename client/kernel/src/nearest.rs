//! The few nearest of many, without sorting the many.

use crate::{
    index::{above, Search},
    tile::Window,
};

/// Where a record comes in a row: by distance, then by identifier. The identifier's key is followed by a bit that tells whether the
/// labels match.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place {
    pub(crate) distance: u32,
    pub(crate) tag: u64,
}

impl Place {
    /// After all others.
    pub(crate) const LAST: Self = Self {
        distance: u32::MAX,
        tag: u64::MAX,
    };

    pub(crate) fn new(distance: u32, key: u64, matches: bool) -> Self {
        Self {
            distance,
            tag: key << 1 | u64::from(matches),
        }
    }

    pub(crate) fn key(&self) -> u64 {
        self.tag >> 1
    }

    pub(crate) fn matches(&self) -> bool {
        self.tag & 1 == 1
    }
}

/// The nearest `count` places further than the radius and before a limit.
///
/// Candidates are collected until there are twice as many as are wanted, and a few; then the further half is dropped, and the limit
/// becomes the last that stays. That costs a few steps for each candidate, in whatever order they come.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    count: usize,
    label: u8,
    base: i32,
    radius: u32,
    limit: Place,
    reach: f32,
    places: Vec<Place>,
}

impl Nearest {
    /// `base` is that of the target, `label` its label.
    pub(crate) fn new(count: usize, label: u8, base: i32, radius: u32, limit: Place) -> Self {
        Self {
            count,
            label,
            base,
            radius,
            limit,
            reach: reach(limit),
            places: Vec::with_capacity(Self::room(count)),
        }
    }

    /// The same search for what comes before all but the first of these places, if there are as many as are wanted.
    pub(crate) fn before(&self, nearest: &[Place]) -> Self {
        let limit = nearest.get(self.count - 1).copied();
        let limit = limit.unwrap_or(self.limit);
        Self::new(self.count, self.label, self.base, self.radius, limit)
    }

    /// How many are wanted.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    fn room(count: usize) -> usize {
        2 * count + 16
    }

    /// The nearest, nearest first.
    pub(crate) fn finish(mut self) -> Vec<Place> {
        self.places.sort_unstable();
        self.places.truncate(self.count);
        self.places
    }
}

impl Search for Nearest {
    fn label(&self) -> u8 {
        self.label
    }

    fn reach(&self) -> f32 {
        self.reach
    }

    fn window(&self) -> Window {
        Window::new(self.base, Some(self.radius), self.limit.distance)
    }

    const BY_KEY: bool = false;

    fn wants(&self, _: u64) -> bool {
        true
    }

    fn offer(&mut self, distance: u32, key: u64, label: u8) -> bool {
        let place = Place::new(distance, key, label == self.label);
        if distance <= self.radius || place >= self.limit {
            return false;
        }
        self.places.push(place);
        self.places.len() == Self::room(self.count) && self.settle()
    }

    fn settle(&mut self) -> bool {
        if self.places.len() < self.count {
            return false;
        }
        let (_, last, _) = self.places.select_nth_unstable(self.count - 1);
        let is_nearer = *last < self.limit;
        self.limit = *last;
        self.reach = reach(self.limit);
        self.places.truncate(self.count);
        is_nearer
    }
}

fn reach(limit: Place) -> f32 {
    if limit == Place::LAST {
        f32::INFINITY
    } else {
        above(limit.distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_nearest_of_any_sequence_are_kept(
            distances in prop::collection::vec(0..40u32, 0..400),
            count in 1..=32usize,
            radius in 0..10u32,
            limit in prop_oneof![Just(Place::LAST), (0..40u32, 0..400u64).prop_map(|(distance, key)| Place::new(distance, key, false))],
            settle_at in 0..400usize,
        ) {
            let mut nearest = Nearest::new(count, 1, 0, radius, limit);
            let mut expected = Vec::new();
            for (key, distance) in (0..).zip(&distances) {
                let label = (key % 3) as u8;
                nearest.offer(*distance, key, label);
                if key as usize == settle_at {
                    nearest.settle();
                }
                let place = Place::new(*distance, key, label == 1);
                prop_assert_eq!((place.key(), place.matches()), (key, label == 1));
                if *distance > radius && place < limit {
                    expected.push(place);
                }
            }
            expected.sort();
            expected.truncate(count);
            prop_assert_eq!(nearest.finish(), expected);
        }
    }
}
