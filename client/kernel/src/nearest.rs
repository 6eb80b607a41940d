//! The few nearest of many, without sorting the many.

use crate::{
    index::{above, Search, Searcher},
    input::{Vectors, MAX_HORIZON},
    tile::Window,
    Error, Id, Index, Machine,
};

/// Queries that a thread searches for at a time.
const PART: usize = 256;

/// A record near a query.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Neighbour {
    /// The record.
    pub id: Id,
    /// Its squared distance.
    pub distance: u32,
}

/// The `count` nearest records of each query, or all if there are fewer, ascending by (squared distance, record). Vectors of queries lie one
/// after the other.
///
/// These are the old entries of [`rows`](crate::rows), but that no record is left out for being too near: a query measures nothing.
///
/// # Errors
///
/// [`Error::Params`] unless `count` is 1 to [`MAX_HORIZON`], [`Error::Lengths`] unless the queries are whole vectors of the index's dimension, or
/// [`Error::TooMany`].
pub fn nearest(
    machine: Machine,
    count: usize,
    index: &Index,
    queries: &[i8],
) -> Result<Vec<Vec<Neighbour>>, Error> {
    if !(1..=MAX_HORIZON).contains(&count) {
        return Err(Error::Params);
    }
    let dimension = index.dimension();
    let vectors = Vectors::new(dimension, queries, queries.len() / dimension)?;
    if index.is_empty() {
        return Ok(vec![Vec::new(); vectors.len()]);
    }
    let parts = machine.parts(vectors.len(), PART, |part| {
        let queries = index.queries(machine, part.clone().map(|query| vectors.get(query)));
        let searches = (0..part.len()).map(|query| {
            let base = queries.targets.base(query);
            Nearest::new(count, 0, base, None, Place::LAST)
        });
        let mut searcher = Searcher::new(machine, index, &queries, searches.collect());
        searcher.search_homes();
        searcher.search_others();
        let found = searcher.searches.into_iter().map(Nearest::finish);
        found.map(neighbours).collect::<Vec<_>>()
    });
    Ok(parts.into_iter().flatten().collect())
}

fn neighbours(places: Vec<Place>) -> Vec<Neighbour> {
    let neighbour = |place: Place| Neighbour {
        id: Id::of(place.key()),
        distance: place.distance,
    };
    places.into_iter().map(neighbour).collect()
}

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

/// The nearest `count` places before a limit, and further than the radius if there is one.
///
/// Candidates are collected until there are twice as many as are wanted, and a few; then the further half is dropped, and the limit
/// becomes the last that stays. That costs a few steps for each candidate, in whatever order they come.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    count: usize,
    label: u8,
    base: i32,
    radius: Option<u32>,
    limit: Place,
    reach: f32,
    places: Vec<Place>,
}

impl Nearest {
    /// `base` is that of the target, `label` its label.
    pub(crate) fn new(
        count: usize,
        label: u8,
        base: i32,
        radius: Option<u32>,
        limit: Place,
    ) -> Self {
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
        Window::new(self.base, self.radius, self.limit.distance)
    }

    const BY_KEY: bool = false;

    fn wants(&self, _: u64) -> bool {
        true
    }

    fn offer(&mut self, distance: u32, key: u64, label: u8) -> bool {
        let place = Place::new(distance, key, label == self.label);
        let is_repeated = self.radius.is_some_and(|radius| distance <= radius);
        if is_repeated || place >= self.limit {
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
            radius in prop::option::of(0..10u32),
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
                if radius.is_none_or(|radius| *distance > radius) && place < limit {
                    expected.push(place);
                }
            }
            expected.sort();
            expected.truncate(count);
            prop_assert_eq!(nearest.finish(), expected);
        }
    }
}
