//! The value of one contribution taken apart: by its own records, by those of the benchmark, by their classes. The same integers as the
//! contribution's value, added up in other ways.

use std::collections::BTreeMap;

use anyhow::{anyhow, Context as _, Result};
use serde_json::{json, Value};
use tributary_primitives::{
    ids::RecordId,
    valuation::{row_values, Params, Row},
};

use crate::{
    output::Grid,
    records::Records,
    scheme::Scheme,
    valuation::{accuracy, points},
};

/// What a contribution is worth, part by part. Values are over L K C T, the accuracies of a single benchmark record over L K C.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Breakdown {
    /// What each of its records is worth, by position.
    pub(crate) records: Vec<RecordShare>,
    /// What it is worth at each record of the benchmark, in its order.
    pub(crate) points: Vec<PointShare>,
}

/// What a record of a contribution is worth.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct RecordShare {
    /// Its value.
    pub(crate) value: i128,
    /// How many rows list it.
    pub(crate) rows: u32,
}

/// What a contribution is worth at one record of a benchmark.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct PointShare {
    /// The contribution's value there.
    pub(crate) value: i128,
    /// How right the old records alone answer.
    pub(crate) before: u128,
    /// How right old records and all newcomers answer.
    pub(crate) after: u128,
}

/// What a contribution is worth at all records of a class of a benchmark.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct ClassShare {
    /// How many records of the benchmark have the class.
    pub(crate) points: u32,
    /// The contribution's value at these.
    pub(crate) value: i128,
    /// The sum of the accuracies of the old records alone, over L K C.
    pub(crate) before: u128,
    /// The sum of the accuracies with all newcomers, over L K C.
    pub(crate) after: u128,
}

impl Breakdown {
    /// Takes apart what rows say of a contribution of so many records. `first` is the round's first contribution.
    pub(crate) fn of(
        params: &Params,
        first: u32,
        rows: &[Row],
        contribution: u32,
        records: usize,
    ) -> Result<Self> {
        let mut shares = vec![RecordShare::default(); records];
        let mut points = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let worth = row_values(params, first, row)
                .map_err(|error| anyhow!("row {index} is none: {error:?}"))?;
            let mut point = PointShare {
                value: 0,
                before: worth.before,
                after: worth.after,
            };
            let own = worth.values.into_iter();
            for (record, value) in own.filter(|(id, _)| id.contribution == contribution) {
                let share = shares
                    .get_mut(usize::from(record.position))
                    .with_context(|| {
                        format!(
                            "row {index} lists record {} of contribution {contribution}, which has {records}",
                            record.position
                        )
                    })?;
                share.value += value;
                share.rows += 1;
                point.value += value;
            }
            points.push(point);
        }
        Ok(Self {
            records: shares,
            points,
        })
    }

    /// The value of the contribution.
    pub(crate) fn value(&self) -> i128 {
        self.points.iter().map(|point| point.value).sum()
    }

    /// Accuracy of the old records alone and with all newcomers, over L K C T.
    pub(crate) fn accuracies(&self) -> (u128, u128) {
        let sum = |part: fn(&PointShare) -> u128| self.points.iter().map(part).sum();
        (sum(|point| point.before), sum(|point| point.after))
    }

    /// By class, ascending. `labels` are those of the benchmark, in its order.
    pub(crate) fn classes(&self, labels: &[u8]) -> BTreeMap<u8, ClassShare> {
        let mut classes: BTreeMap<u8, ClassShare> = BTreeMap::new();
        for (point, label) in self.points.iter().zip(labels) {
            let class = classes.entry(*label).or_default();
            class.points += 1;
            class.value += point.value;
            class.before += point.before;
            class.after += point.after;
        }
        classes
    }

    /// The records of the benchmark that it helped most and hurt most, by their index.
    pub(crate) fn extreme_points(&self, most: usize) -> Extremes {
        Extremes::of(self.points.iter().map(|point| point.value), most)
    }

    /// Its own records that earned most and lost most, by their position.
    pub(crate) fn extreme_records(&self, most: usize) -> Extremes {
        Extremes::of(self.records.iter().map(|record| record.value), most)
    }
}

/// A breakdown with what names its parts, to be shown.
pub(crate) struct Shown<'a> {
    /// The breakdown.
    pub(crate) breakdown: &'a Breakdown,
    /// Classes of the benchmark, in its order.
    pub(crate) benchmark: &'a [u8],
    /// Names of classes.
    pub(crate) scheme: &'a Scheme,
    /// Accuracy 1.0 of the whole benchmark.
    pub(crate) unit: u128,
}

impl Shown<'_> {
    /// Accuracy 1.0 at one of the benchmark's records.
    pub(crate) fn one(&self) -> u128 {
        self.unit / self.benchmark.len().max(1) as u128
    }

    /// A line for each class.
    pub(crate) fn class_table(&self) -> Grid {
        let mut table = Grid::new(["class", ">records", ">points", ">before", ">after"]);
        for (label, class) in self.breakdown.classes(self.benchmark) {
            let whole = self.one() * u128::from(class.points);
            table.row([
                &self.scheme.class(label),
                &class.points,
                &points(class.value, self.unit),
                &accuracy(class.before, whole),
                &accuracy(class.after, whole),
            ]);
        }
        table
    }

    /// The classes, for programs.
    pub(crate) fn classes_json(&self) -> Vec<Value> {
        let classes = self.breakdown.classes(self.benchmark).into_iter();
        let classes = classes.map(|(label, class)| {
            json!({
                "class": label,
                "name": self.scheme.name(label),
                "records": class.points,
                "value": class.value.to_string(),
                "before": class.before.to_string(),
                "after": class.after.to_string(),
            })
        });
        classes.collect()
    }

    /// A line for each of some records of the contribution, with its class.
    pub(crate) fn record_table(&self, positions: &[usize], class: impl Fn(usize) -> u8) -> Grid {
        let mut table = Grid::new([">record", "class", ">points", ">counted at"]);
        for position in positions {
            let record = &self.breakdown.records[*position];
            table.row([
                position,
                &self.scheme.class(class(*position)),
                &points(record.value, self.unit),
                &record.rows,
            ]);
        }
        table
    }
}

/// Where values are furthest above and below nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Extremes {
    /// Places of the largest positive values, largest first.
    pub(crate) highest: Vec<usize>,
    /// Places of the smallest negative values, smallest first.
    pub(crate) lowest: Vec<usize>,
}

impl Extremes {
    fn of(values: impl Iterator<Item = i128>, most: usize) -> Self {
        let mut places: Vec<(i128, usize)> =
            values.zip(0..).filter(|(value, _)| *value != 0).collect();
        // Of equal ones the first.
        places.sort_unstable();
        let lowest = places.iter().filter(|(value, _)| *value < 0);
        let lowest = lowest.take(most).map(|(_, place)| *place).collect();
        places.sort_unstable_by_key(|(value, place)| (-value, *place));
        let highest = places.iter().filter(|(value, _)| *value > 0);
        let highest = highest.take(most).map(|(_, place)| *place).collect();
        Self { highest, lowest }
    }
}

/// The records that answer at a record of a benchmark, nearest first: of the old ones alone, and of old ones and newcomers. Fewer than K
/// if phantoms answer, too.
pub(crate) fn answering(params: &Params, first: u32, row: &Row) -> (Vec<RecordId>, Vec<RecordId>) {
    let neighbours = usize::from(params.neighbours);
    let records = row.entries.iter().map(|entry| entry.record);
    let old = records.clone().filter(|id| id.contribution < first);
    (
        old.take(neighbours).collect(),
        records.take(neighbours).collect(),
    )
}

/// The classes of records, in their order.
pub(crate) fn labels(records: &Records) -> impl Iterator<Item = u8> + '_ {
    records.iter().map(|item| item.label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tributary_primitives::valuation::{round_values, RowEntry, SCALE};

    const PARAMS: Params = Params {
        dimension: 1,
        classes: 2,
        neighbours: 2,
        horizon: 3,
        radius: 0,
    };
    /// An accuracy of one at a single record of a benchmark.
    const ONE: u128 = SCALE * 4;

    fn row(entries: &[(u32, u16, bool)]) -> Row {
        let entries = entries
            .iter()
            .map(|(contribution, position, matches)| RowEntry {
                record: RecordId {
                    contribution: *contribution,
                    position: *position,
                },
                matches: *matches,
            });
        Row {
            entries: entries.collect::<Vec<_>>().try_into().unwrap(),
        }
    }

    #[test]
    fn a_value_is_found_at_the_records_that_earned_and_lost_it() {
        // Two wrong old records; a right and a wrong newcomer before them.
        let rows = [
            row(&[(2, 0, true), (0, 0, false), (1, 0, false)]),
            row(&[(2, 1, false), (0, 0, true), (1, 0, true)]),
            row(&[(0, 0, true), (1, 0, true)]),
        ];
        let found = Breakdown::of(&PARAMS, 2, &rows, 2, 3).unwrap();
        let half = (ONE / 2) as i128;
        let share = |value, rows| RecordShare { value, rows };
        assert_eq!(
            found.records,
            [share(half, 1), share(-half, 1), share(0, 0)]
        );
        let point = |value, before, after| PointShare {
            value,
            before,
            after,
        };
        assert_eq!(
            found.points,
            [
                point(half, 0, ONE / 2),
                point(-half, ONE, ONE / 2),
                point(0, ONE, ONE)
            ]
        );
        assert_eq!(found.value(), 0);
        assert_eq!(found.accuracies(), (2 * ONE, 2 * ONE));
        let points = found.extreme_points(5);
        assert_eq!((points.highest, points.lowest), (vec![0], vec![1]));
        let classes = found.classes(&[1, 0, 1]);
        let class = |points, value, before, after| ClassShare {
            points,
            value,
            before,
            after,
        };
        assert_eq!(classes[&0], class(1, -half, ONE, ONE / 2));
        assert_eq!(classes[&1], class(2, half, ONE, ONE / 2 + ONE));
    }

    #[test]
    fn a_row_that_lists_a_record_which_the_contribution_does_not_have_is_an_error() {
        let error = Breakdown::of(&PARAMS, 0, &[row(&[(0, 3, true)])], 0, 3).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("lists record 3 of contribution 0"),
            "{error}"
        );
    }

    #[test]
    fn extremes_leave_out_what_is_nothing_and_keep_the_first_of_equals() {
        let values = [0, 5, -2, 5, 9, -7, 0];
        let found = Extremes::of(values.into_iter(), 2);
        assert_eq!((found.highest, found.lowest), (vec![4, 1], vec![5, 2]));
        let none = Extremes::of([0, 0].into_iter(), 2);
        assert!(none.highest.is_empty() && none.lowest.is_empty());
    }

    #[test]
    fn phantoms_answer_where_records_are_too_few() {
        let row = row(&[(3, 0, true), (1, 4, false)]);
        let id = |contribution, position| RecordId {
            contribution,
            position,
        };
        let (before, after) = answering(&PARAMS, 2, &row);
        assert_eq!(before, [id(1, 4)]);
        assert_eq!(after, [id(3, 0), id(1, 4)]);
    }

    /// Rows of contributions 0 to 4, of which those from 2 on are new, each with records 0 to 9.
    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let old = prop::collection::btree_map((0..2u32, 0..10u16), any::<(u8, bool)>(), 0..=2);
        let new = prop::collection::btree_map((2..5u32, 0..10u16), any::<(u8, bool)>(), 0..=3);
        let row = (old, new).prop_map(|(old, new)| {
            let full = old.len() == 2;
            let mut entries: Vec<_> = old.into_iter().chain(new).collect();
            entries.sort_by_key(|((contribution, _), (place, _))| (*place, *contribution));
            let is_old = |entry: &((u32, u16), _)| entry.0 .0 < 2;
            while full && !entries.last().is_some_and(is_old) {
                entries.pop();
            }
            let entries: Vec<_> = entries
                .into_iter()
                .map(|((contribution, position), (_, matches))| (contribution, position, matches))
                .collect();
            self::row(&entries)
        });
        prop::collection::vec(row, 0..20)
    }

    proptest! {
        #[test]
        fn however_it_is_taken_apart_it_adds_up_to_what_the_chain_computes(rows in rows(), labels in prop::collection::vec(0..3u8, 20)) {
            let whole = round_values(&PARAMS, 2, &rows).unwrap();
            let mut sum = 0;
            for contribution in 2..5 {
                let found = Breakdown::of(&PARAMS, 2, &rows, contribution, 10).unwrap();
                let value = whole.by_contribution.get(&contribution).copied().unwrap_or_default();
                prop_assert_eq!(found.value(), value);
                prop_assert_eq!(found.records.iter().map(|record| record.value).sum::<i128>(), value);
                let classes = found.classes(&labels[..rows.len()]);
                prop_assert_eq!(classes.values().map(|class| class.value).sum::<i128>(), value);
                prop_assert_eq!(classes.values().map(|class| class.points as usize).sum::<usize>(), rows.len());
                prop_assert_eq!(found.accuracies(), (whole.before, whole.after));
                sum += value;
            }
            prop_assert_eq!(sum, whole.after as i128 - whole.before as i128);
        }
    }
}
