//! Publications in which one item is wrong, among those that the chain lets anybody publish.

use std::collections::BTreeSet;

use tributary_primitives::{
    ids::RecordId,
    valuation::{row_values, rows, Row, RowEntry, Shadow},
};

use crate::rounds::Round;

/// A publication that is not the right one.
#[derive(Clone)]
pub(crate) struct Lie {
    pub(crate) shadows: Vec<Shadow>,
    pub(crate) rows: Vec<Row>,
}

/// The right publication with every item changed in turn: in rows each identifier, each bit and the order, records left out and
/// put in; shadows left out, put in, and with other witnesses.
pub(crate) fn lies(round: &Round, shadows: &[Shadow], rows: &[Row]) -> Vec<Lie> {
    let mut lies = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        for entries in wrong_rows(round, row) {
            let mut rows = rows.to_vec();
            rows[index].entries = entries.try_into().expect("no longer than a row may be");
            lies.push(Lie {
                shadows: shadows.to_vec(),
                rows,
            });
        }
    }
    for list in wrong_shadows(round, shadows) {
        // As they were, and as they follow from the wrong list.
        let consistent = rows_given(round, &list);
        if consistent != rows {
            lies.push(Lie {
                shadows: list.clone(),
                rows: consistent,
            });
        }
        lies.push(Lie {
            shadows: list,
            rows: rows.to_vec(),
        });
    }
    lies.retain(|lie| is_publishable(round, lie));
    lies
}

/// Every record that a row could name: those that count, those that do not, and those that do not exist.
fn candidates(round: &Round) -> Vec<RowEntry> {
    let beyond = round
        .contributions
        .iter()
        .map(|(number, (_, points))| RecordId {
            contribution: *number,
            position: points.len() as u16,
        });
    let nowhere = RecordId {
        contribution: u32::MAX,
        position: 0,
    };
    let records = round.known().chain(round.uncounted()).map(|point| point.id);
    records
        .chain(beyond)
        .chain([nowhere])
        .flat_map(|record| [true, false].map(|matches| RowEntry { record, matches }))
        .collect()
}

fn wrong_rows(round: &Round, row: &Row) -> Vec<Vec<RowEntry>> {
    let right = row.entries.to_vec();
    let mut wrong = Vec::new();
    let mut add = |change: &dyn Fn(&mut Vec<RowEntry>)| {
        let mut entries = right.clone();
        change(&mut entries);
        if entries != right {
            wrong.push(entries);
        }
    };
    for place in 0..right.len() {
        add(&|entries| entries[place].matches ^= true);
        add(&|entries| {
            entries.remove(place);
        });
        for other in 0..place {
            add(&|entries| entries.swap(place, other));
        }
    }
    for candidate in candidates(round) {
        for place in 0..=right.len() {
            add(&|entries| entries.insert(place, candidate));
            if place < right.len() {
                add(&|entries| entries[place] = candidate);
            }
        }
    }
    add(&|entries| entries.clear());
    wrong
}

fn wrong_shadows(round: &Round, right: &[Shadow]) -> Vec<Vec<Shadow>> {
    let listed: BTreeSet<RecordId> = right.iter().map(|pair| pair.shadow).collect();
    let mut wrong: Vec<Vec<Shadow>> = Vec::new();
    for place in 0..right.len() {
        let mut list = right.to_vec();
        list.remove(place);
        wrong.push(list);
    }
    let witnesses: BTreeSet<RecordId> = candidates(round)
        .into_iter()
        .map(|entry| entry.record)
        .collect();
    for witness in &witnesses {
        for (place, pair) in right.iter().enumerate() {
            let mut list = right.to_vec();
            list[place].witness = *witness;
            if pair.witness != *witness {
                wrong.push(list);
            }
        }
        for point in round.newcomers() {
            let pair = Shadow {
                shadow: point.id,
                witness: *witness,
            };
            if !listed.contains(&point.id) {
                let mut list = right.to_vec();
                list.push(pair);
                list.sort();
                wrong.push(list);
            }
        }
    }
    wrong
}

fn rows_given(round: &Round, shadows: &[Shadow]) -> Vec<Row> {
    rows(
        &round.params,
        &round.admitted(),
        &round.newcomers(),
        shadows,
        &round.benchmark(),
    )
}

/// Whether the chain accepts it: see the calls of the valuation pallet.
fn is_publishable(round: &Round, lie: &Lie) -> bool {
    let newcomers: BTreeSet<RecordId> = round.newcomers().iter().map(|record| record.id).collect();
    let ascending = lie
        .shadows
        .windows(2)
        .all(|pair| pair[0].shadow < pair[1].shadow);
    let pairs = lie
        .shadows
        .iter()
        .all(|pair| pair.witness < pair.shadow && newcomers.contains(&pair.shadow));
    let rows = lie.rows.iter().all(|row| {
        let exist = row.entries.iter().all(|entry| {
            entry.record.contribution < round.first || newcomers.contains(&entry.record)
        });
        exist && row_values(&round.params, round.first, row).is_ok()
    });
    ascending && pairs && rows
}
