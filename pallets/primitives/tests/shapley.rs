//! The recursion against independent truths: the definition of the Shapley value over all subsets, the published theorem, and what
//! must change when an element changes.

use proptest::{collection::vec, prelude::*};
use tributary_primitives::{
    datanets::MAX_HORIZON,
    ids::RecordId,
    valuation::{
        round_values, row_values, seat_values, Params, RoundValues, Row, RowEntry, RowError,
        RowValues, SCALE,
    },
};

/// The first contribution of the round: lower ones are old.
const FIRST: u32 = 10;

/// A record on a line, by its place in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Element {
    is_new: bool,
    matches: bool,
}

fn params(neighbours: u8, horizon: u8, classes: u16) -> Params {
    Params {
        dimension: 1,
        classes,
        neighbours,
        horizon,
        radius: 0,
    }
}

fn row(elements: &[Element]) -> Row {
    let entries: Vec<_> = elements
        .iter()
        .zip(0..)
        .map(|(element, position)| RowEntry {
            record: RecordId {
                contribution: if element.is_new { FIRST } else { FIRST - 1 },
                position,
            },
            matches: element.matches,
        })
        .collect();
    Row {
        entries: entries.try_into().expect("at most 64"),
    }
}

fn values(params: &Params, elements: &[Element]) -> RowValues {
    row_values(params, FIRST, &row(elements)).expect("a row")
}

fn numbers(values: &RowValues) -> Vec<i128> {
    values.values.iter().map(|(_, value)| *value).collect()
}

fn gain(values: &RowValues) -> i128 {
    values.after as i128 - values.before as i128
}

/// K C U(S), counted from scratch: the first K of the old elements and of the newcomers whose bit in `present` is set; phantoms
/// fill up.
fn accuracy(params: &Params, elements: &[Element], present: u32) -> i128 {
    let mut bit = 0;
    let mut places = i128::from(params.neighbours);
    let mut sum = 0;
    for element in elements {
        let is_there = if element.is_new {
            bit += 1;
            present & (1 << (bit - 1)) != 0
        } else {
            true
        };
        if is_there && places > 0 {
            places -= 1;
            sum += if element.matches {
                i128::from(params.classes)
            } else {
                0
            };
        }
    }
    sum + places
}

fn factorial(number: u32) -> i128 {
    (1..=i128::from(number)).product()
}

/// n! K C times the Shapley value of each newcomer, by its definition: the sum over the subsets S of the others of
/// |S|! (n - 1 - |S|)! (U(S and it) - U(S)).
fn shapley(params: &Params, elements: &[Element]) -> Vec<i128> {
    let players = elements.iter().filter(|element| element.is_new).count() as u32;
    let worth: Vec<_> = (0..1u32 << players)
        .map(|present| accuracy(params, elements, present))
        .collect();
    (0..players)
        .map(|player| {
            (0..1u32 << players)
                .filter(|present| present & (1 << player) == 0)
                .map(|present| {
                    let others = present.count_ones();
                    factorial(others)
                        * factorial(players - 1 - others)
                        * (worth[(present | 1 << player) as usize] - worth[present as usize])
                })
                .sum()
        })
        .collect()
}

fn assert_is_shapley(params: &Params, elements: &[Element]) {
    let players = elements.iter().filter(|element| element.is_new).count() as u32;
    let found = values(params, elements);
    // Both sides over L K C n!.
    let found_numbers: Vec<_> = numbers(&found)
        .iter()
        .map(|value| value * factorial(players))
        .collect();
    let truth: Vec<_> = shapley(params, elements)
        .iter()
        .map(|value| value * SCALE as i128)
        .collect();
    assert_eq!(found_numbers, truth, "{params:?} {elements:?}");
    let everybody = (1 << players) - 1;
    let unit = SCALE as i128;
    assert_eq!(
        found.before as i128,
        accuracy(params, elements, 0) * unit,
        "{params:?} {elements:?}"
    );
    assert_eq!(
        found.after as i128,
        accuracy(params, elements, everybody) * unit,
        "{params:?} {elements:?}"
    );
}

/// All ways to order `new` newcomers and `old` old elements, none after the K-th old one.
fn arrangements(new: usize, old: usize, neighbours: u8) -> Vec<Vec<bool>> {
    let length = new + old;
    (0..1u32 << length)
        .filter(|newcomers| newcomers.count_ones() as usize == new)
        .map(|newcomers| {
            (0..length)
                .map(|place| newcomers & (1 << place) != 0)
                .collect()
        })
        .filter(|order: &Vec<bool>| {
            old < usize::from(neighbours) || order.last().is_none_or(|is_new| !is_new)
        })
        .collect()
}

fn elements(order: &[bool], matches: impl Fn(usize) -> bool) -> Vec<Element> {
    order
        .iter()
        .enumerate()
        .map(|(place, is_new)| Element {
            is_new: *is_new,
            matches: matches(place),
        })
        .collect()
}

#[test]
fn every_small_game_has_the_shapley_values_of_its_definition() {
    let mut games = 0;
    for neighbours in 1..=8u8 {
        for new in 0..=7 {
            for old in 0..=usize::from(neighbours) {
                if new + old > 8 {
                    continue;
                }
                for order in arrangements(new, old, neighbours) {
                    for matches in 0..1u32 << order.len() {
                        let classes = [2, 3, 10, 256][games % 4];
                        assert_is_shapley(
                            &params(neighbours, 32, classes),
                            &elements(&order, |place| matches & (1 << place) != 0),
                        );
                        games += 1;
                    }
                }
            }
        }
    }
    assert!(games > 100_000, "{games} games");
}

#[test]
fn larger_games_have_the_shapley_values_of_their_definition_for_every_single_match() {
    // Values are linear in the match bits (see below), so that single matches decide all games.
    let mut games = 0;
    for neighbours in 1..=8u8 {
        for new in 0..=7 {
            for old in 0..=usize::from(neighbours) {
                if new + old <= 8 {
                    continue;
                }
                for order in arrangements(new, old, neighbours) {
                    // One element after the other, and none.
                    for matching in 0..=order.len() {
                        let params = params(neighbours, 32, 10);
                        assert_is_shapley(&params, &elements(&order, |place| place == matching));
                        games += 1;
                    }
                }
            }
        }
    }
    assert!(games > 100_000, "{games} games");
}

/// K, K* and C of a recipe.
fn any_params() -> impl Strategy<Value = Params> {
    (1..=32u8)
        .prop_flat_map(|neighbours| (Just(neighbours), neighbours..=32, 1..=256u16))
        .prop_map(|(neighbours, horizon, classes)| params(neighbours, horizon, classes))
}

/// A row as large as a recipe allows, or smaller.
fn any_row() -> impl Strategy<Value = (Params, Vec<Element>)> {
    any_params()
        .prop_flat_map(|params| {
            (
                Just(params),
                0..=usize::from(params.neighbours),
                0..=usize::from(params.horizon),
            )
        })
        .prop_flat_map(|(params, old, new)| {
            let order: Vec<_> = (0..old + new).map(|place| place < new).collect();
            (
                Just((params, old)),
                Just(order).prop_shuffle(),
                vec(any::<bool>(), old + new),
            )
        })
        .prop_map(|((params, old), mut order, matches)| {
            if old == usize::from(params.neighbours) {
                // The K-th old one goes to the end.
                let last = order.iter().rposition(|is_new| !is_new).expect("K > 0");
                order[last..].rotate_left(1);
            }
            (params, elements(&order, |place| matches[place]))
        })
}

/// A row with a newcomer, and one of its places.
fn any_row_and_place() -> impl Strategy<Value = (Params, Vec<Element>, usize)> {
    any_row()
        .prop_filter("not empty", |(_, elements)| !elements.is_empty())
        .prop_flat_map(|(params, elements)| {
            let places = 0..elements.len();
            (Just(params), Just(elements), places)
        })
}

/// Old elements and newcomers before a place.
fn before(elements: &[Element], place: usize) -> (i128, i128) {
    let new = elements[..place]
        .iter()
        .filter(|element| element.is_new)
        .count() as i128;
    (place as i128 - new, new)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn values_sum_to_the_gain_in_accuracy((params, elements) in any_row()) {
        let found = values(&params, &elements);
        prop_assert_eq!(numbers(&found).iter().sum::<i128>(), gain(&found));
    }

    #[test]
    fn nobody_gains_or_loses_more_than_one_of_k_answers((params, elements) in any_row()) {
        let most = SCALE * u128::from(params.classes);
        let found = values(&params, &elements);
        prop_assert!(numbers(&found).iter().all(|value| value.unsigned_abs() <= most));
    }

    #[test]
    fn accuracies_are_those_of_the_nearest((params, elements) in any_row()) {
        let found = values(&params, &elements);
        let everybody = u32::MAX;
        prop_assert_eq!(found.before as i128, accuracy(&params, &elements, 0) * SCALE as i128);
        prop_assert_eq!(found.after as i128, accuracy(&params, &elements, everybody) * SCALE as i128);
        prop_assert!(found.after <= SCALE * u128::from(params.neighbours) * u128::from(params.classes));
    }

    #[test]
    fn values_are_linear_in_the_matches((params, elements) in any_row(), mask in vec(any::<bool>(), 64)) {
        let with = |keep: &dyn Fn(usize) -> bool| {
            let mut part = elements.clone();
            for (place, element) in part.iter_mut().enumerate() {
                element.matches &= keep(place);
            }
            numbers(&values(&params, &part))
        };
        let (one, other) = (with(&|place| mask[place]), with(&|place| !mask[place]));
        let (all, none) = (with(&|_| true), with(&|_| false));
        for place in 0..all.len() {
            prop_assert_eq!(one[place] + other[place], all[place] + none[place]);
        }
    }

    #[test]
    fn a_match_changes_its_own_value_and_those_before_it_only(
        (params, elements, place) in any_row_and_place(),
    ) {
        let with = |matches| {
            let mut changed = elements.clone();
            changed[place].matches = matches;
            values(&params, &changed)
        };
        let (right, wrong) = (with(true), with(false));
        let (old, new) = before(&elements, place);
        let unit = SCALE as i128 * i128::from(params.classes);
        // q + 1, and what the definition says of a match that is not pushed out, of one that is, and of those before it.
        let room = i128::from(params.neighbours) - old;
        let element = elements[place];
        let own = if new < room { unit } else { unit * room / (new + 1) };
        let tail = match (new >= room, element.is_new) {
            (false, _) => 0,
            (true, true) => unit * room / (new * (new + 1)),
            (true, false) => unit / new,
        };
        for (index, (one, other)) in numbers(&right).into_iter().zip(numbers(&wrong)).enumerate() {
            let difference = match (index as i128).cmp(&new) {
                core::cmp::Ordering::Less => -tail,
                core::cmp::Ordering::Equal if element.is_new => own,
                _ => 0,
            };
            prop_assert_eq!(one - other, difference);
        }
        prop_assert_eq!(right.before > wrong.before, !element.is_new);
        prop_assert_eq!(right.after > wrong.after, new < room);
    }

    #[test]
    fn neighbouring_newcomers_differ_as_the_theorem_has_it((params, elements) in any_row()) {
        // Jia et al., the step of Theorem 1, with q + 1 for K: two newcomers next to each other with b before the first.
        let found = numbers(&values(&params, &elements));
        let unit = SCALE as i128 * i128::from(params.classes);
        for (place, pair) in elements.windows(2).enumerate() {
            if !pair[0].is_new || !pair[1].is_new {
                continue;
            }
            let (old, new) = before(&elements, place);
            let room = i128::from(params.neighbours) - old;
            let matches = i128::from(pair[0].matches) - i128::from(pair[1].matches);
            prop_assert_eq!(
                (found[new as usize] - found[new as usize + 1]) * (new + 1),
                matches * unit * room.min(new + 1)
            );
        }
    }

    #[test]
    fn without_old_records_the_values_are_those_of_theorem_1(
        (params, matches) in any_params().prop_flat_map(|params| {
            (Just(params), vec(any::<bool>(), usize::from(params.neighbours)..=32))
        }),
    ) {
        // Jia et al., Theorem 1 (there for n >= K): s_n = m_n / n and s_i = s_(i+1) + (m_i - m_(i+1)) / K min(K, i) / i.
        // Their game has no phantoms: the values of the row without any match, which are the phantoms' doing, are taken off.
        let neighbours = i128::from(params.neighbours);
        let params = Params { horizon: 32, ..params };
        let newcomers = vec![true; matches.len()];
        let with = numbers(&values(&params, &elements(&newcomers, |place| matches[place])));
        let without = numbers(&values(&params, &elements(&newcomers, |_| false)));
        let found: Vec<_> = with.iter().zip(&without).map(|(with, without)| with - without).collect();

        // Over L K C, for which each division below leaves no remainder.
        let unit = SCALE as i128 * i128::from(params.classes);
        let mut truth = vec![0; matches.len()];
        let mut following: Option<(usize, i128)> = None;
        for place in (0..matches.len()).rev() {
            let rank = place as i128 + 1;
            let value = match following {
                None => i128::from(matches[place]) * unit * neighbours / rank,
                Some((next, value)) => {
                    let difference = i128::from(matches[place]) - i128::from(matches[next]);
                    value + difference * unit * neighbours.min(rank) / rank
                }
            };
            truth[place] = value;
            following = Some((place, value));
        }
        prop_assert_eq!(found, truth);
    }

    #[test]
    fn a_round_is_the_sum_of_its_rows(rows in vec(any_row(), 0..6), split in 0..32u16) {
        let params = params(32, 32, 10);
        let rows: Vec<_> = rows
            .iter()
            .map(|(_, elements)| {
                let mut row = row(elements);
                // Two contributions share the newcomers.
                for entry in row.entries.as_mut() {
                    if entry.record.contribution == FIRST && entry.record.position >= split {
                        entry.record.contribution = FIRST + 7;
                    }
                }
                row
            })
            .filter(|row| row_values(&params, FIRST, row).is_ok())
            .collect();
        let round = round_values(&params, FIRST, &rows).expect("rows");
        let each: Vec<_> = rows
            .iter()
            .map(|row| row_values(&params, FIRST, row).expect("a row"))
            .collect();
        prop_assert_eq!(round.before, each.iter().map(|row| row.before).sum::<u128>());
        prop_assert_eq!(round.after, each.iter().map(|row| row.after).sum::<u128>());
        for number in [FIRST, FIRST + 7] {
            let sum: i128 = each
                .iter()
                .flat_map(|row| &row.values)
                .filter(|(record, _)| record.contribution == number)
                .map(|(_, value)| *value)
                .sum();
            prop_assert_eq!(round.by_contribution.get(&number).copied().unwrap_or_default(), sum);
        }
        prop_assert_eq!(
            round.by_contribution.values().sum::<i128>(),
            round.after as i128 - round.before as i128
        );

        for seats in 1..=4u8 {
            let parts = seat_values(&params, FIRST, &rows, seats).expect("rows");
            prop_assert_eq!(&RoundValues::of_parts(&parts), &round);
            if rows.len().is_multiple_of(seats.into()) && !rows.is_empty() {
                prop_assert_eq!(parts.len(), usize::from(seats));
                let size = rows.len() / usize::from(seats);
                for (part, own) in parts.iter().zip(rows.chunks(size)) {
                    prop_assert_eq!(part, &round_values(&params, FIRST, own).expect("rows"));
                }
            }
        }
    }

    #[test]
    fn no_input_panics(
        (dimension, classes, neighbours, horizon, radius) in any::<(u16, u16, u8, u8, u32)>(),
        first in any::<u32>(),
        entries in vec((0..4u32, 0..40u16, any::<bool>()), 0..=64),
        far in any::<bool>(),
    ) {
        let entries: Vec<_> = entries
            .into_iter()
            .map(|(contribution, position, matches)| RowEntry {
                record: RecordId { contribution: if far { u32::MAX - contribution } else { contribution }, position },
                matches,
            })
            .collect();
        let row = Row { entries: entries.try_into().expect("at most 64") };
        let params = Params { dimension, classes, neighbours, horizon, radius };
        for first in [first, 2, 0, u32::MAX] {
            if let Ok(found) = row_values(&params, first, &row) {
                prop_assert_eq!(numbers(&found).iter().sum::<i128>(), gain(&found));
            }
        }
    }
}

#[test]
fn the_scale_is_divisible_by_every_number_up_to_the_horizon() {
    fn greatest_common_divisor(one: u128, other: u128) -> u128 {
        if other == 0 {
            one
        } else {
            greatest_common_divisor(other, one % other)
        }
    }
    let least = (1..=u128::from(MAX_HORIZON)).fold(1, |multiple, number| {
        multiple / greatest_common_divisor(multiple, number) * number
    });
    assert_eq!(SCALE, least);
    const { assert!(SCALE < 1 << 48) };
}

#[test]
fn the_largest_denominators_divide_the_scale() {
    // 32 newcomers, the last with b = 31: own part over 32, part of those before over 31 x 32. Then an old record with b = 32.
    // Plain fractions over 31 x 32 say what each must be.
    let params = params(1, 32, 2);
    let mut places = vec![
        Element {
            is_new: true,
            matches: false
        };
        33
    ];
    places[31].matches = true;
    places[32].is_new = false;
    let found = numbers(&values(&params, &places));
    let unit = 2 * SCALE as i128;
    assert_eq!(found[31] * 32, unit);
    for value in &found[..31] {
        assert_eq!(value * 31 * 32, -unit);
    }

    places[31].matches = false;
    places[32].matches = true;
    let found = numbers(&values(&params, &places));
    for value in &found {
        assert_eq!(value * 32, -unit);
    }
}

#[test]
fn an_empty_row_is_answered_by_chance() {
    let found = values(&params(5, 32, 10), &[]);
    assert_eq!(found.values, vec![]);
    assert_eq!(found.before, 5 * SCALE);
    assert_eq!(found.after, 5 * SCALE);
}

#[test]
fn a_lone_newcomer_is_paid_for_what_it_is_better_than_chance() {
    let newcomer = |matches| Element {
        is_new: true,
        matches,
    };
    let params = params(1, 1, 10);
    // Over L K C, a match is 10 L and a guess L.
    let scale = SCALE as i128;
    assert_eq!(
        numbers(&values(&params, &[newcomer(true)])),
        vec![9 * scale]
    );
    assert_eq!(numbers(&values(&params, &[newcomer(false)])), vec![-scale]);
}

mod refusals {
    use super::*;

    const NEW: Element = Element {
        is_new: true,
        matches: true,
    };
    const OLD: Element = Element {
        is_new: false,
        matches: true,
    };

    fn refusal(params: &Params, row: &Row) -> RowError {
        row_values(params, FIRST, row).expect_err("no row")
    }

    #[test]
    fn more_old_records_than_neighbours_are_refused() {
        let params = params(2, 4, 10);
        assert_eq!(
            refusal(&params, &row(&[OLD, OLD, OLD])),
            RowError::TooManyOld
        );
        assert!(row_values(&params, FIRST, &row(&[OLD, OLD])).is_ok());
    }

    #[test]
    fn more_newcomers_than_the_horizon_are_refused() {
        let params = params(2, 4, 10);
        assert_eq!(refusal(&params, &row(&[NEW; 5])), RowError::TooManyNew);
        assert!(row_values(&params, FIRST, &row(&[NEW; 4])).is_ok());
    }

    #[test]
    fn more_newcomers_than_the_scale_allows_are_refused_whatever_the_horizon() {
        let params = params(2, 255, 10);
        assert_eq!(refusal(&params, &row(&[NEW; 33])), RowError::TooManyNew);
        assert!(row_values(&params, FIRST, &row(&[NEW; 32])).is_ok());
    }

    #[test]
    fn a_newcomer_after_the_last_old_record_is_refused() {
        let params = params(2, 4, 10);
        assert_eq!(
            refusal(&params, &row(&[OLD, NEW, OLD, NEW])),
            RowError::AfterLastOld
        );
        assert!(row_values(&params, FIRST, &row(&[OLD, NEW, OLD])).is_ok());
        // With fewer than K old records there is no last one.
        assert!(row_values(&params, FIRST, &row(&[OLD, NEW])).is_ok());
    }

    #[test]
    fn a_record_listed_twice_is_refused() {
        let params = params(3, 4, 10);
        for (twice, again) in [(0, 2), (1, 3)] {
            let mut repeated = row(&[OLD, NEW, OLD, NEW]);
            assert!(row_values(&params, FIRST, &repeated).is_ok());
            let entries = repeated.entries.as_mut();
            entries[again].record = entries[twice].record;
            assert_eq!(refusal(&params, &repeated), RowError::Repeated);
        }
    }

    #[test]
    fn a_round_says_which_row_is_none() {
        let params = params(2, 4, 10);
        let rows = [row(&[OLD, NEW, OLD]), row(&[OLD, OLD, OLD]), row(&[])];
        assert_eq!(
            round_values(&params, FIRST, &rows),
            Err((1, RowError::TooManyOld))
        );
        for seats in 1..=3 {
            assert_eq!(
                seat_values(&params, FIRST, &rows, seats),
                Err((1, RowError::TooManyOld))
            );
        }
    }
}
