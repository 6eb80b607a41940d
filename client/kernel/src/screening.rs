//! Advice on quality, from records alone: which labels fit what lies around them.
//!
//! Nothing is paid by it. It needs no benchmark and trains nothing: all of it comes from the 32 nearest other records of each record, in
//! integers, so that everybody who has the data gets the same numbers.
//!
//! A record's score is the sum of its ranks by four measures (equal ones have the same rank, the mean of those they take up):
//!
//! 1. **Margin.** Its neighbours vote, the j-th nearest with weight 1/j. Votes for its label, less those for the label that has most
//!    of the others.
//! 2. **Use.** Each other record is a benchmark, and its 32 neighbours are the players of a K-NN Shapley game with K = 3 (Theorem 1 of R.
//!    Jia et al., PVLDB 12(11), 2019). What the record is worth to those that it is a neighbour of.
//! 3. **Agreement**, and
//! 4. **use, once more**, with what the first two say of the others: votes and benchmarks count by the rank of the sum of the voter's first two
//!    ranks. Agreement is the share of the votes for the record's label.
//!
//! `docs/evidence.md` compares it with others, and says on which data it was chosen.

use std::collections::HashSet;

use crate::{
    index::{above, Index, Queries, Search, Searcher},
    nearest::Place,
    tile::Window,
    Error, Id, Machine, Records, Shadow,
};

/// Neighbours that are asked about a record.
pub const NEIGHBOURS: usize = 32;

/// Records whose neighbours a thread looks for at a time.
const PART: usize = 2_048;

/// A record near another one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Neighbour {
    /// Its place in the order of the data.
    pub index: u32,
    /// Its squared distance.
    pub distance: u32,
}

/// The 32 nearest other records of each record, or all, in order of (squared distance, identifier).
///
/// # Errors
///
/// None that [`Records`] does not have.
pub fn neighbours(machine: Machine, records: &Records) -> Result<Vec<Vec<Neighbour>>, Error> {
    let count = records.len();
    if count == 0 {
        return Ok(Vec::new());
    }
    // A record's key is its place in the order of identifiers: it decides among equally distant ones, and leads back to the record.
    let mut order: Vec<u32> = (0..).take(count).collect();
    order.sort_unstable_by_key(|index| records.ids[*index as usize]);
    let mut keys = vec![0; count];
    for (key, index) in (0..).zip(&order) {
        keys[*index as usize] = key;
    }
    let (index, homes) = Index::gather(machine, records.vectors, &keys, records.labels);
    // Those of a cell together: they reach the same cells.
    let mut places: Vec<u32> = (0..).take(count).collect();
    places.sort_unstable_by_key(|place| (homes[*place as usize].cell, *place));
    let parts = machine.parts(count, PART, |part| {
        let part = || places[part.clone()].iter().map(|place| *place as usize);
        let vectors = part().map(|place| records.vectors.get(place));
        let queries = Queries::new(records.vectors.dimension, vectors, |_| {
            part().map(|place| homes[place]).collect()
        });
        let searches = part().enumerate().map(|(query, place)| {
            let base = queries.targets.base(query);
            Others::new(keys[place], records.labels[place], base)
        });
        let mut searcher = Searcher::new(machine, &index, &queries, searches.collect());
        searcher.search_homes();
        searcher.search_others();
        let found = searcher.searches.into_iter().map(|search| {
            let found = search.finish().into_iter().map(|place| Neighbour {
                index: order[place.key() as usize],
                distance: place.distance,
            });
            found.collect()
        });
        found.collect::<Vec<_>>()
    });
    let mut lists = vec![Vec::new(); count];
    for (place, list) in places.into_iter().zip(parts.into_iter().flatten()) {
        lists[place as usize] = list;
    }
    Ok(lists)
}

/// The nearest others of a record. Unlike those of a benchmark record, they may lie in the same place.
struct Others {
    own: u64,
    label: u8,
    base: i32,
    limit: Place,
    reach: f32,
    places: Vec<Place>,
}

impl Others {
    /// Candidates that are collected before the further ones are dropped.
    const ROOM: usize = 2 * NEIGHBOURS + 16;

    fn new(own: u64, label: u8, base: i32) -> Self {
        Self {
            own,
            label,
            base,
            limit: Place::LAST,
            reach: f32::INFINITY,
            places: Vec::with_capacity(Self::ROOM),
        }
    }

    fn finish(mut self) -> Vec<Place> {
        self.places.sort_unstable();
        self.places.truncate(NEIGHBOURS);
        self.places
    }
}

impl Search for Others {
    const BY_KEY: bool = false;

    fn label(&self) -> u8 {
        self.label
    }

    fn reach(&self) -> f32 {
        self.reach
    }

    fn window(&self) -> Window {
        Window::new(self.base, None, self.limit.distance)
    }

    fn wants(&self, _: u64) -> bool {
        true
    }

    fn offer(&mut self, distance: u32, key: u64, label: u8) -> bool {
        let place = Place::new(distance, key, label == self.label);
        if key == self.own || place >= self.limit {
            return false;
        }
        self.places.push(place);
        self.places.len() == Self::ROOM && self.settle()
    }

    fn settle(&mut self) -> bool {
        if self.places.len() < NEIGHBOURS {
            return false;
        }
        let (_, last, _) = self.places.select_nth_unstable(NEIGHBOURS - 1);
        let is_nearer = *last < self.limit;
        self.limit = *last;
        self.reach = above(self.limit.distance);
        self.places.truncate(NEIGHBOURS);
        is_nearer
    }
}

/// The advisory quality of each record: the lower, the less its label fits. Between 8 and 8 times the number of records.
///
/// Takes 300 bytes a record besides what [`neighbours`] takes.
///
/// # Errors
///
/// As [`neighbours`].
pub fn screen(machine: Machine, records: &Records) -> Result<Vec<u64>, Error> {
    let lists = neighbours(machine, records)?;
    let graph = Graph {
        labels: records.labels,
        lists: &lists,
    };
    let equal = vec![1; lists.len()];
    let margin = ranks(&graph.margins());
    let used = ranks(&graph.uses(&equal));
    let first: Vec<u64> = margin
        .iter()
        .zip(&used)
        .map(|(one, two)| one + two)
        .collect();
    let trust = ranks(&first);
    let agreement = ranks(&graph.agreements(&trust));
    let used = ranks(&graph.uses(&trust));
    let second = agreement.iter().zip(used);
    Ok(first
        .iter()
        .zip(second)
        .map(|(first, (agreement, used))| first + agreement + used)
        .collect())
}

/// The byte of a record that copies an earlier one.
pub const COPY: u8 = 0;

/// The advisory quality of a round's newcomers in one byte each, in their order, as the round's evaluator publishes it: [`COPY`] for a
/// listed shadow; else where the record stands among all that are scored, from 1, the worst, to 255, the best.
///
/// Scored, by [`screen`], are the records that answer in the round: `old`, those admitted before it, and of the newcomers those that
/// `shadows` does not list, so that copies do not vouch for what they copy. Of n records, one that x others are below and y others
/// equal has the byte
///
/// ```text
/// 1 + floor(127 (2 x + y) / (n - 1)),    128 if n = 1
/// ```
///
/// So equal scores have the same byte, and a tenth of all that is scored has less than 27, whether it was admitted before or is new.
///
/// # Errors
///
/// [`Error::Differs`] if dimensions do, [`Error::TooMany`].
pub fn quality(
    machine: Machine,
    old: &Records,
    new: &Records,
    shadows: &[Shadow],
) -> Result<Vec<u8>, Error> {
    if old.vectors.dimension != new.vectors.dimension {
        return Err(Error::Differs);
    }
    let listed: HashSet<Id> = shadows.iter().map(|pair| pair.shadow).collect();
    let originals = (0..new.len()).filter(|place| !listed.contains(&new.ids[*place]));
    let originals: Vec<usize> = originals.collect();

    let mut features: Vec<i8> = old.vectors.iter().flatten().copied().collect();
    let mut labels = old.labels.to_vec();
    let mut ids = old.ids.to_vec();
    for place in &originals {
        features.extend(new.vectors.get(*place));
        labels.push(new.labels[*place]);
        ids.push(new.ids[*place]);
    }
    let scored = Records::new(new.vectors.dimension, &features, &labels, &ids)?;
    let standings = standings(&screen(machine, &scored)?);

    let mut bytes = vec![COPY; new.len()];
    for (place, standing) in originals.into_iter().zip(&standings[old.len()..]) {
        bytes[place] = *standing;
    }
    Ok(bytes)
}

/// Where each score stands among all, from 1 to 255.
fn standings(scores: &[u64]) -> Vec<u8> {
    let others = scores.len().saturating_sub(1) as u64;
    let standing = |rank: u64| match others {
        0 => 128,
        // A rank is 2 + 2 x + y: what is below counts twice, what is equal once.
        _ => 1 + (127 * (rank - 2) / others) as u8,
    };
    ranks(scores).into_iter().map(standing).collect()
}

/// Neighbours that answer in the games.
const ANSWERING: u64 = 3;

/// The least common multiple of 1 to 32: what makes all shares of votes integers.
const SCALE: u64 = 144_403_552_893_600;

/// Digits of a quotient of votes, in bits.
const DIGITS: u32 = 32;

/// Records and their neighbours.
struct Graph<'a> {
    labels: &'a [u8],
    lists: &'a [Vec<Neighbour>],
}

// Nothing below overflows: there are fewer than 2^32 records, a rank is below 2^33, 32 votes below 2^50, a value in a game below 2^52.
impl Graph<'_> {
    /// The neighbours of a record with their votes' weights: place, label, weight.
    fn votes(&self, index: usize) -> impl Iterator<Item = (usize, u8, u64)> + '_ {
        let neighbours = (1..).zip(&self.lists[index]);
        neighbours.map(|(place, neighbour): (u64, _)| {
            let neighbour = neighbour.index as usize;
            (neighbour, self.labels[neighbour], SCALE / place)
        })
    }

    fn margins(&self) -> Vec<i64> {
        let margin = |index: usize| {
            let mut votes = [0u64; 256];
            for (_, label, weight) in self.votes(index) {
                votes[usize::from(label)] += weight;
            }
            let own = std::mem::take(&mut votes[usize::from(self.labels[index])]);
            own as i64 - votes.into_iter().max().unwrap_or_default() as i64
        };
        (0..self.lists.len()).map(margin).collect()
    }

    fn agreements(&self, trust: &[u64]) -> Vec<u128> {
        let agreement = |index: usize| {
            let (mut own, mut all) = (0, 0);
            for (neighbour, label, weight) in self.votes(index) {
                let vote = u128::from(weight) * u128::from(trust[neighbour]);
                all += vote;
                if label == self.labels[index] {
                    own += vote;
                }
            }
            (own << DIGITS) / all.max(1)
        };
        (0..self.lists.len()).map(agreement).collect()
    }

    /// The values of all records, with every record as a benchmark that counts by its trust.
    fn uses(&self, trust: &[u64]) -> Vec<i128> {
        let mut values = vec![0; self.lists.len()];
        for (index, list) in self.lists.iter().enumerate() {
            let (mut value, mut further) = (0, 0);
            for (place, neighbour) in list.iter().enumerate().rev() {
                let place = place as u64 + 1;
                let neighbour = neighbour.index as usize;
                let matches = i128::from(self.labels[neighbour] == self.labels[index]);
                let share = place.min(ANSWERING) * (SCALE / place);
                value += (matches - further) * i128::from(share);
                further = matches;
                values[neighbour] += value * i128::from(trust[index]);
            }
        }
        values
    }
}

/// Ranks, twice: the least has 2, and equal ones have the mean of theirs.
fn ranks<T: Copy + Ord>(values: &[T]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by_key(|index| values[*index]);
    let mut ranks = vec![0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let count = equal.len() as u64;
        for index in equal {
            ranks[*index] = 2 * before + count + 1;
        }
        before += count;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use proptest::prelude::*;
    use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};

    use super::*;
    use crate::Backend;

    struct Data {
        dimension: usize,
        features: Vec<i8>,
        labels: Vec<u8>,
        ids: Vec<Id>,
    }

    impl Data {
        /// Numbers from a small range, so that many are equally far apart, and many in one place; identifiers in no order.
        fn new(dimension: usize, count: usize, range: i8, seed: u64) -> Self {
            let mut random = StdRng::seed_from_u64(seed);
            let features = (0..count * dimension).map(|_| random.random_range(-range..=range));
            let features = features.collect();
            let labels = (0..count).map(|_| random.random_range(0..3)).collect();
            let mut ids: Vec<Id> = (0..count).map(|number| Id::of(number as u64 * 7)).collect();
            ids.shuffle(&mut random);
            Self {
                dimension,
                features,
                labels,
                ids,
            }
        }

        fn records(&self) -> Records<'_> {
            Records::new(self.dimension, &self.features, &self.labels, &self.ids).unwrap()
        }

        fn vector(&self, index: usize) -> &[i8] {
            &self.features[index * self.dimension..][..self.dimension]
        }

        fn distance(&self, one: usize, other: usize) -> u32 {
            let pairs = self.vector(one).iter().zip(self.vector(other));
            pairs
                .map(|(one, other)| (i32::from(*one) - i32::from(*other)).unsigned_abs().pow(2))
                .sum()
        }

        /// All others sorted.
        fn neighbours(&self, index: usize) -> Vec<Neighbour> {
            let others = (0..self.labels.len()).filter(|other| *other != index);
            let mut others: Vec<_> = others
                .map(|other| (self.distance(index, other), self.ids[other], other))
                .collect();
            others.sort();
            let others = others.into_iter().take(NEIGHBOURS);
            others
                .map(|(distance, _, other)| Neighbour {
                    index: other as u32,
                    distance,
                })
                .collect()
        }
    }

    fn machines() -> impl Iterator<Item = Machine> {
        Backend::available().into_iter().flat_map(|backend| {
            [1, 2].map(|threads| Machine::new(backend, NonZero::new(threads).unwrap()).unwrap())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn neighbours_are_the_nearest_others(
            dimension in prop_oneof![1..6usize, 60..70usize],
            count in prop_oneof![0..40usize, 40..600usize],
            range in prop_oneof![Just(0i8), Just(1), Just(100)],
            seed: u64,
        ) {
            let data = Data::new(dimension, count, range, seed);
            let expected: Vec<_> = (0..count).map(|index| data.neighbours(index)).collect();
            for machine in machines() {
                prop_assert_eq!(&neighbours(machine, &data.records()).unwrap(), &expected);
            }
        }

        #[test]
        fn scores_do_not_depend_on_the_order_of_the_data(count in 1..200usize, seed: u64) {
            let data = Data::new(3, count, 10, seed);
            let scores = screen(Machine::detect(), &data.records()).unwrap();
            let mut order: Vec<usize> = (0..count).collect();
            order.shuffle(&mut StdRng::seed_from_u64(seed));
            let moved = Data {
                dimension: 3,
                features: order.iter().flat_map(|index| data.vector(*index)).copied().collect(),
                labels: order.iter().map(|index| data.labels[*index]).collect(),
                ids: order.iter().map(|index| data.ids[*index]).collect(),
            };
            let expected: Vec<u64> = order.iter().map(|index| scores[*index]).collect();
            prop_assert_eq!(screen(Machine::detect(), &moved.records()).unwrap(), expected);
            prop_assert_eq!(scores.iter().sum::<u64>(), 4 * (count * (count + 1)) as u64);
        }

        #[test]
        fn uses_sum_to_what_the_three_nearest_get_right(count in 4..200usize, seed: u64) {
            let data = Data::new(2, count, 20, seed);
            let lists = neighbours(Machine::detect(), &data.records()).unwrap();
            let graph = Graph { labels: &data.labels, lists: &lists };
            let right = |index: usize| {
                let nearest = lists[index][..3].iter();
                nearest.filter(|near| data.labels[near.index as usize] == data.labels[index]).count()
            };
            let right: usize = (0..count).map(right).sum();
            let sum: i128 = graph.uses(&vec![1; count]).into_iter().sum();
            prop_assert_eq!(sum, right as i128 * i128::from(SCALE));
        }
    }

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[5, 1, 5, 9]), [5, 2, 5, 8]);
        assert_eq!(ranks::<u8>(&[]), []);
    }

    #[test]
    fn wrong_labels_have_the_lowest_scores() {
        let mut data = Data::new(4, 300, 30, 1);
        for index in 0..300 {
            data.labels[index] = (index % 2) as u8;
            for number in &mut data.features[index * 4..][..4] {
                *number += if index % 2 == 0 { -60 } else { 60 };
            }
        }
        let wrong = [3, 40, 77, 120, 121, 260];
        for index in wrong {
            data.labels[index] ^= 1;
        }
        let scores = screen(Machine::detect(), &data.records()).unwrap();
        let highest = wrong.map(|index| scores[index]).into_iter().max().unwrap();
        let others = (0..300).filter(|index| !wrong.contains(index));
        assert!(
            others.clone().count() == 294
                && others.into_iter().all(|index| scores[index] > highest)
        );
    }

    #[test]
    fn a_byte_says_where_a_score_stands() {
        assert_eq!(standings(&[]), []);
        assert_eq!(standings(&[77]), [128]);
        assert_eq!(standings(&[5, 5]), [128, 128]);
        assert_eq!(standings(&[9, 5]), [255, 1]);
        // 1 + 127 * 2 / 3, 1 + 127 * 4 / 3, each rounded down.
        assert_eq!(standings(&[10, 20, 30, 40]), [1, 85, 170, 255]);
        assert_eq!(standings(&[10, 20, 20, 40]), [1, 128, 128, 255]);
        let many: Vec<u64> = (0..10_000).collect();
        let bytes = standings(&many);
        assert!(bytes.is_sorted());
        assert_eq!(bytes.iter().filter(|byte| **byte < 27).count(), 1_024);
        assert_eq!(bytes.iter().filter(|byte| **byte == 255).count(), 1);
    }

    #[test]
    fn newcomers_stand_among_what_was_there_and_copies_are_left_out() {
        let data = Data::new(3, 200, 20, 5);
        let part = |range: std::ops::Range<usize>| {
            let features = &data.features[3 * range.start..3 * range.end];
            let labels = &data.labels[range.clone()];
            Records::new(3, features, labels, &data.ids[range]).unwrap()
        };
        let (old, new) = (part(0..120), part(120..200));
        let listed = [3, 40, 79];
        let mut shadows = listed.map(|place| Shadow {
            shadow: new.ids[place],
            witness: old.ids[0],
        });
        shadows.sort();
        let bytes = quality(Machine::detect(), &old, &new, &shadows).unwrap();

        let rest: Vec<usize> = (0..200)
            .filter(|index| *index < 120 || !listed.contains(&(index - 120)))
            .collect();
        let kept = Data {
            dimension: 3,
            features: rest
                .iter()
                .flat_map(|index| data.vector(*index))
                .copied()
                .collect(),
            labels: rest.iter().map(|index| data.labels[*index]).collect(),
            ids: rest.iter().map(|index| data.ids[*index]).collect(),
        };
        let scores = screen(Machine::detect(), &kept.records()).unwrap();
        let mut expected = vec![COPY; 80];
        for (index, score) in rest.iter().zip(&scores) {
            let below = scores.iter().filter(|other| *other < score).count();
            let equal = scores.iter().filter(|other| *other == score).count() - 1;
            if *index >= 120 {
                let standing = 127 * (2 * below + equal) / (scores.len() - 1);
                expected[index - 120] = 1 + standing as u8;
            }
        }
        assert_eq!(bytes, expected);
        assert!(listed.iter().all(|place| bytes[*place] == COPY));
        assert_eq!(bytes.iter().filter(|byte| **byte == COPY).count(), 3);
    }

    #[test]
    fn a_copy_does_not_vouch_for_what_it_copies() {
        // A wrong label among right ones, and as many copies of it as neighbours are asked.
        let mut data = Data::new(2, 100, 5, 3);
        data.labels.fill(0);
        data.labels[99] = 1;
        let copies = NEIGHBOURS as u32;
        let of = data.vector(99).to_vec();
        data.features.extend(of.repeat(NEIGHBOURS));
        data.labels.extend([1; NEIGHBOURS]);
        data.ids = (0..100 + u64::from(copies)).map(Id::of).collect();
        let none = Records::new(2, &[], &[], &[]).unwrap();
        let shadows: Vec<Shadow> = data.ids[100..]
            .iter()
            .map(|shadow| Shadow {
                shadow: *shadow,
                witness: data.ids[99],
            })
            .collect();
        let byte =
            |shadows| quality(Machine::detect(), &none, &data.records(), shadows).unwrap()[99];
        assert_eq!(byte(&shadows), 1);
        assert!(byte(&[]) > 128);
    }

    #[test]
    fn vectors_of_other_dimensions_are_not_compared() {
        let (old, new) = (Data::new(2, 9, 9, 1), Data::new(3, 9, 9, 1));
        let found = quality(Machine::detect(), &old.records(), &new.records(), &[]);
        assert_eq!(found, Err(Error::Differs));
    }

    #[test]
    fn one_record_has_nobody_to_be_compared_with() {
        let data = Data::new(5, 1, 9, 1);
        assert_eq!(screen(Machine::detect(), &data.records()), Ok(vec![8]));
        let none = Data::new(5, 0, 9, 1);
        assert_eq!(screen(Machine::detect(), &none.records()), Ok(vec![]));
    }
}
