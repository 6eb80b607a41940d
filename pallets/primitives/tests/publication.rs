//! Shadows, rows and their values against a naive reading of the rules: accuracies are counted from scratch by sorting all records,
//! values are Shapley values by definition, over all subsets of a round's newcomers.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use tributary_primitives::{
    ids::RecordId,
    valuation::{
        round_values, row_values, rows, shadows, squared_distance, Benchmark, Params, Record, Row,
        Shadow, SCALE,
    },
};

/// The first contribution of the round: lower ones are old.
const FIRST: u32 = 10;

/// A round on a small grid, where ties and copies are frequent.
#[derive(Clone, Debug)]
struct Round {
    params: Params,
    old: Vec<Point>,
    new: Vec<Point>,
    benchmark: Vec<Point>,
}

#[derive(Clone, Debug)]
struct Point {
    id: RecordId,
    label: u8,
    features: Vec<i8>,
}

impl Point {
    fn record(&self) -> Record<'_> {
        Record {
            id: self.id,
            label: self.label,
            features: &self.features,
        }
    }
}

impl Round {
    fn old(&self) -> Vec<Record<'_>> {
        self.old.iter().map(Point::record).collect()
    }

    fn newcomers(&self) -> Vec<Record<'_>> {
        self.new.iter().map(Point::record).collect()
    }

    fn benchmark(&self) -> Vec<Benchmark<'_>> {
        self.benchmark
            .iter()
            .map(|point| Benchmark {
                label: point.label,
                features: &point.features,
            })
            .collect()
    }

    fn shadows(&self) -> Vec<Shadow> {
        shadows(&self.params, &self.old(), &self.newcomers())
    }

    fn rows(&self) -> Vec<Row> {
        rows(
            &self.params,
            &self.old(),
            &self.newcomers(),
            &self.shadows(),
            &self.benchmark(),
        )
    }

    /// The newcomers that are valued.
    fn players(&self) -> Vec<&Point> {
        let shadows: BTreeSet<_> = self.shadows().iter().map(|pair| pair.shadow).collect();
        self.new
            .iter()
            .filter(|point| !shadows.contains(&point.id))
            .collect()
    }
}

fn naive_distance(one: &[i8], other: &[i8]) -> i64 {
    one.iter()
        .zip(other)
        .map(|(one, other)| (i64::from(*one) - i64::from(*other)).pow(2))
        .sum()
}

fn within(params: &Params, one: &Point, other: &Point) -> bool {
    naive_distance(&one.features, &other.features) <= i64::from(params.radius)
}

/// The records of `points` that count for `target`, nearest first.
fn ranking<'a>(params: &Params, points: &[&'a Point], target: &Point) -> Vec<&'a Point> {
    let mut ranking: Vec<_> = points
        .iter()
        .copied()
        .filter(|point| !within(params, point, target))
        .collect();
    ranking.sort_by_key(|point| (naive_distance(&point.features, &target.features), point.id));
    ranking
}

/// K C U(S) of some records, counted from scratch.
fn accuracy(params: &Params, points: &[&Point], target: &Point) -> i128 {
    let neighbours = usize::from(params.neighbours);
    let ranking = ranking(params, points, target);
    let nearest = &ranking[..neighbours.min(ranking.len())];
    let matching = nearest
        .iter()
        .filter(|point| point.label == target.label)
        .count();
    (matching * usize::from(params.classes) + neighbours - nearest.len()) as i128
}

fn factorial(number: usize) -> i128 {
    (1..=number as i128).product()
}

/// n! K C times the Shapley value of each player, by its definition.
fn shapley(params: &Params, old: &[Point], players: &[&Point], target: &Point) -> Vec<i128> {
    let worth: Vec<_> = (0..1usize << players.len())
        .map(|present| {
            let mut points: Vec<_> = old.iter().collect();
            points.extend(
                players
                    .iter()
                    .enumerate()
                    .filter(|(player, _)| present & (1 << player) != 0)
                    .map(|(_, point)| *point),
            );
            accuracy(params, &points, target)
        })
        .collect();
    (0..players.len())
        .map(|player| {
            (0..worth.len())
                .filter(|present| present & (1 << player) == 0)
                .map(|present| {
                    let others = present.count_ones() as usize;
                    factorial(others)
                        * factorial(players.len() - 1 - others)
                        * (worth[present | 1 << player] - worth[present])
                })
                .sum()
        })
        .collect()
}

fn points(
    contributions: core::ops::Range<u32>,
    most: usize,
    dimension: usize,
) -> impl Strategy<Value = Vec<Point>> {
    vec(
        (
            contributions,
            0..3u8,
            vec(-2..=2i8, dimension),
            any::<u16>(),
        ),
        0..=most,
    )
    .prop_map(|points| {
        let mut known = BTreeMap::new();
        for (contribution, label, features, position) in points {
            let id = RecordId {
                contribution,
                position,
            };
            known.insert(
                id,
                Point {
                    id,
                    label,
                    features,
                },
            );
        }
        known.into_values().collect::<Vec<_>>()
    })
    .prop_shuffle()
}

fn rounds(
    old: usize,
    new: usize,
    horizons: core::ops::RangeInclusive<u8>,
) -> impl Strategy<Value = Round> {
    (1..=3usize, 1..=8u8, horizons, 0..6u32, 1..=4u16).prop_flat_map(
        move |(dimension, neighbours, horizon, radius, classes)| {
            (
                points(0..FIRST, old, dimension),
                points(FIRST..FIRST + 4, new, dimension),
                points(0..1, 3, dimension),
            )
                .prop_map(move |(old, new, benchmark)| Round {
                    params: Params {
                        dimension: dimension as u16,
                        classes,
                        neighbours,
                        horizon: horizon.max(neighbours),
                        radius,
                    },
                    old,
                    new,
                    benchmark,
                })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn values_are_shapley_values_of_the_accuracy_counted_from_scratch(round in rounds(12, 7, 7..=32)) {
        let players = round.players();
        for (target, row) in round.benchmark.iter().zip(round.rows()) {
            let found = row_values(&round.params, FIRST, &row).expect("a row");
            let by_record: BTreeMap<_, _> = found.values.iter().copied().collect();
            prop_assert_eq!(by_record.len(), found.values.len());
            let truth = shapley(&round.params, &round.old, &players, target);
            for (player, value) in players.iter().zip(truth) {
                // A newcomer that the row does not list is worth nothing.
                let found = by_record.get(&player.id).copied().unwrap_or_default();
                prop_assert_eq!(found * factorial(players.len()), value * SCALE as i128);
            }
            prop_assert!(by_record.keys().all(|id| players.iter().any(|player| player.id == *id)));
        }
    }

    #[test]
    fn values_sum_to_the_accuracy_gained_whatever_the_horizon_leaves_out(round in rounds(40, 60, 1..=12)) {
        let old: Vec<_> = round.old.iter().collect();
        let players = round.players();
        let all: Vec<_> = old.iter().chain(&players).copied().collect();
        let sum = |points: &[&Point]| -> i128 {
            round
                .benchmark
                .iter()
                .map(|target| accuracy(&round.params, points, target))
                .sum::<i128>()
                * SCALE as i128
        };
        let found = round_values(&round.params, FIRST, &round.rows()).expect("rows");
        prop_assert_eq!(found.before as i128, sum(&old));
        prop_assert_eq!(found.after as i128, sum(&all));
        prop_assert_eq!(found.by_contribution.values().sum::<i128>(), sum(&all) - sum(&old));
    }

    #[test]
    fn rows_list_what_the_rules_say(round in rounds(12, 24, 1..=12)) {
        let neighbours = usize::from(round.params.neighbours);
        let horizon = usize::from(round.params.horizon);
        let players = round.players();
        let all: Vec<_> = round.old.iter().chain(players).collect();
        let rows = round.rows();
        prop_assert_eq!(rows.len(), round.benchmark.len());
        for (target, row) in round.benchmark.iter().zip(rows) {
            // Everybody in one ranking, of which the K-th old record is the end and newcomers beyond K* are left out.
            let (mut old, mut new) = (0, 0);
            let mut truth = Vec::new();
            for point in ranking(&round.params, &all, target) {
                let counter = if point.id.contribution < FIRST { &mut old } else { &mut new };
                *counter += 1;
                if point.id.contribution < FIRST || new <= horizon {
                    truth.push((point.id, point.label == target.label));
                }
                if old == neighbours {
                    break;
                }
            }
            let found: Vec<_> = row.entries.iter().map(|entry| (entry.record, entry.matches)).collect();
            prop_assert_eq!(found, truth);
        }
    }

    #[test]
    fn one_list_of_shadows_only_follows_from_the_rule(round in rounds(4, 7, 1..=8)) {
        // Of all sets of newcomers, exactly one holds just those that have an earlier record outside it within the radius.
        let mut newcomers: Vec<_> = round.new.iter().collect();
        newcomers.sort_by_key(|point| point.id);
        let witness = |listed: usize, shadow: usize| {
            let shadow = newcomers[shadow];
            let earlier = newcomers
                .iter()
                .enumerate()
                .filter(|(place, _)| listed & (1 << place) == 0)
                .map(|(_, point)| *point);
            round
                .old
                .iter()
                .chain(earlier)
                .filter(|point| point.id < shadow.id && point.label == shadow.label)
                .filter(|point| within(&round.params, point, shadow))
                .map(|point| point.id)
                .min()
        };
        let consistent: Vec<usize> = (0..1 << newcomers.len())
            .filter(|listed| {
                (0..newcomers.len())
                    .all(|place| (listed & (1 << place) != 0) == witness(*listed, place).is_some())
            })
            .collect();
        prop_assert_eq!(consistent.len(), 1);
        let truth: Vec<_> = (0..newcomers.len())
            .filter(|place| consistent[0] & (1 << place) != 0)
            .map(|place| Shadow {
                shadow: newcomers[place].id,
                witness: witness(consistent[0], place).expect("consistent"),
            })
            .collect();
        prop_assert_eq!(round.shadows(), truth);
    }

    #[test]
    fn distances_are_those_of_the_definition(
        vectors in vec((any::<i8>(), any::<i8>()), 0..=300),
    ) {
        let (one, other): (Vec<_>, Vec<_>) = vectors.into_iter().unzip();
        prop_assert_eq!(squared_distance(&one, &other) as i64, naive_distance(&one, &other));
    }

    #[test]
    fn no_input_panics(
        (dimension, classes, neighbours, horizon, radius) in any::<(u16, u16, u8, u8, u32)>(),
        records in vec((0..4u32, 0..40u16, 0..3u8, vec(any::<i8>(), 0..5)), 0..80),
        old in 0..80usize,
        target in vec(any::<i8>(), 0..5),
    ) {
        let params = Params { dimension, classes, neighbours, horizon, radius };
        let records: Vec<_> = records
            .iter()
            .map(|(contribution, position, label, features)| Record {
                id: RecordId { contribution: *contribution, position: *position },
                label: *label,
                features,
            })
            .collect();
        let (old, new) = records.split_at(old.min(records.len()));
        let shadows = shadows(&params, old, new);
        let benchmark = [Benchmark { label: 0, features: &target }];
        prop_assert_eq!(rows(&params, old, new, &shadows, &benchmark).len(), 1);
    }
}

/// A record on a line.
fn point(contribution: u32, position: u16, label: u8, place: i8) -> Point {
    Point {
        id: RecordId {
            contribution,
            position,
        },
        label,
        features: vec![place],
    }
}

/// A round on a line with K = 2, K* = 3, three classes, copies within 2 (squared: 4), and one benchmark record of class 0 at 0.
fn line(old: Vec<Point>, new: Vec<Point>) -> Round {
    Round {
        params: Params {
            dimension: 1,
            classes: 3,
            neighbours: 2,
            horizon: 3,
            radius: 4,
        },
        old,
        new,
        benchmark: vec![point(0, 0, 0, 0)],
    }
}

fn pairs(round: &Round) -> Vec<(RecordId, RecordId)> {
    round
        .shadows()
        .iter()
        .map(|pair| (pair.shadow, pair.witness))
        .collect()
}

fn places(round: &Round) -> Vec<(u32, u16)> {
    round.rows()[0]
        .entries
        .iter()
        .map(|entry| (entry.record.contribution, entry.record.position))
        .collect()
}

#[test]
fn a_copy_is_a_shadow_of_the_first_record_that_it_repeats() {
    let round = line(
        vec![point(3, 0, 1, 52), point(2, 9, 1, 50)],
        vec![point(11, 0, 1, 51)],
    );
    assert_eq!(pairs(&round), vec![(round.new[0].id, round.old[1].id)]);
}

#[test]
fn the_radius_itself_is_within_the_radius() {
    let at = |place| line(vec![point(3, 0, 1, 50)], vec![point(11, 0, 1, place)]);
    assert_eq!(pairs(&at(52)).len(), 1);
    assert_eq!(pairs(&at(53)).len(), 0);
    // The same holds for a benchmark record.
    let near = |place| line(vec![], vec![point(11, 0, 1, place)]);
    assert_eq!(places(&near(2)), vec![]);
    assert_eq!(places(&near(3)), vec![(11, 0)]);
}

#[test]
fn the_same_features_with_another_label_are_no_copy() {
    let round = line(
        vec![point(3, 0, 1, 50)],
        vec![point(11, 0, 2, 50), point(12, 0, 0, 50)],
    );
    assert_eq!(pairs(&round), vec![]);
}

#[test]
fn an_old_record_is_never_a_shadow() {
    let round = line(vec![point(3, 0, 1, 50), point(3, 1, 1, 50)], vec![]);
    assert_eq!(pairs(&round), vec![]);
}

#[test]
fn a_shadow_shadows_nobody() {
    // 52 repeats 50; 54 repeats only 52, which counts for nothing.
    let round = line(
        vec![],
        vec![
            point(11, 0, 1, 50),
            point(12, 0, 1, 52),
            point(13, 0, 1, 54),
        ],
    );
    assert_eq!(pairs(&round), vec![(round.new[1].id, round.new[0].id)]);
}

#[test]
fn the_order_in_which_records_are_given_does_not_matter() {
    let round = line(
        vec![],
        vec![
            point(13, 0, 1, 54),
            point(12, 1, 1, 52),
            point(12, 0, 1, 50),
        ],
    );
    assert_eq!(pairs(&round), vec![(round.new[1].id, round.new[2].id)]);
}

#[test]
fn equal_distances_are_ordered_by_record() {
    let round = line(
        vec![point(4, 0, 0, 20), point(3, 0, 0, -20)],
        vec![point(11, 1, 0, 10), point(11, 0, 1, -10)],
    );
    assert_eq!(places(&round), vec![(11, 0), (11, 1), (3, 0), (4, 0)]);
}

#[test]
fn nothing_follows_the_last_old_record() {
    // At the same distance as the K-th old one, a newcomer comes after it.
    let round = line(
        vec![point(3, 0, 0, 20), point(4, 0, 0, 30), point(5, 0, 0, 40)],
        vec![point(11, 0, 0, -30), point(11, 1, 1, 29)],
    );
    assert_eq!(places(&round), vec![(3, 0), (11, 1), (4, 0)]);
}

#[test]
fn with_few_old_records_newcomers_at_any_distance_are_listed() {
    let round = line(vec![point(3, 0, 0, 20)], vec![point(11, 0, 0, 120)]);
    assert_eq!(places(&round), vec![(3, 0), (11, 0)]);
}

#[test]
fn newcomers_beyond_the_horizon_are_left_out_and_old_records_after_them_stay() {
    let round = line(
        vec![point(3, 0, 0, 90)],
        (0..4)
            .map(|position| point(11, position, 0, 10 * position as i8 + 10))
            .collect(),
    );
    assert_eq!(places(&round), vec![(11, 0), (11, 1), (11, 2), (3, 0)]);
}

#[test]
fn a_copy_of_old_records_earns_nothing() {
    let old = vec![point(3, 0, 0, 10), point(3, 1, 0, -10)];
    let copies = old
        .iter()
        .map(|point| Point {
            id: RecordId {
                contribution: 11,
                ..point.id
            },
            ..point.clone()
        })
        .collect();
    let round = line(old, copies);
    let found = round_values(&round.params, FIRST, &round.rows()).expect("rows");
    assert_eq!(found.by_contribution.len(), 0);
    assert_eq!(found.before, found.after);
}
