//! Challenges put together from parts each of which is proven, but which do not belong together.

use tributary_primitives::{
    ids::RecordId,
    valuation::{
        Challenge, EntryFault, ProvenRecord, ProvenRow, ProvenShadow, ShadowFault, Unlisted,
    },
};

use crate::rounds::Random;

/// Parts of challenges, with which those of others are mixed.
#[derive(Clone, Default)]
pub(crate) struct Stock {
    ids: Vec<RecordId>,
    records: Vec<ProvenRecord>,
    rows: Vec<ProvenRow>,
    shadows: Vec<ProvenShadow>,
    unlisted: Vec<Unlisted>,
    whole: Vec<Whole>,
}

/// A record with its identifier, and what says that it is not listed as a shadow.
type Whole = (RecordId, ProvenRecord, Option<Unlisted>);

impl Stock {
    /// All parts of some challenges.
    pub(crate) fn of(challenges: &[Challenge]) -> Self {
        let mut stock = Self::default();
        for challenge in challenges {
            stock.whole.extend(whole_of(challenge));
            let challenge = &mut challenge.clone();
            let parts = Parts::of(challenge);
            stock.ids.extend(cloned(parts.ids));
            for row in &parts.rows {
                let listed = row.row.entries.iter().map(|entry| entry.record);
                stock.ids.extend(listed);
            }
            for shadow in &parts.shadows {
                stock.ids.extend([shadow.pair.shadow, shadow.pair.witness]);
            }
            stock.records.extend(cloned(parts.records));
            stock.rows.extend(cloned(parts.rows));
            stock.shadows.extend(cloned(parts.shadows));
            stock.unlisted.extend(cloned(parts.unlisted));
        }
        stock
    }
}

fn cloned<Part: Clone>(parts: Vec<&mut Part>) -> impl Iterator<Item = Part> + '_ {
    parts.into_iter().map(|part| part.clone())
}

fn whole_of(challenge: &Challenge) -> Vec<Whole> {
    match challenge.clone() {
        Challenge::Missed {
            id,
            record,
            unlisted,
            ..
        } => vec![(id, record, unlisted)],
        Challenge::Shadow {
            id,
            record,
            unlisted,
            witness_id,
            witness,
            witness_unlisted,
        } => vec![
            (id, record, Some(unlisted)),
            (witness_id, witness, witness_unlisted),
        ],
        _ => Vec::new(),
    }
}

/// The parts of a challenge.
#[derive(Default)]
struct Parts<'a> {
    ids: Vec<&'a mut RecordId>,
    places: Vec<&'a mut u8>,
    records: Vec<&'a mut ProvenRecord>,
    rows: Vec<&'a mut ProvenRow>,
    shadows: Vec<&'a mut ProvenShadow>,
    unlisted: Vec<&'a mut Unlisted>,
}

impl<'a> Parts<'a> {
    fn of(challenge: &'a mut Challenge) -> Self {
        let mut parts = Self::default();
        match challenge {
            Challenge::Entry { row, entry, fault } => {
                parts.rows.push(row);
                parts.places.push(entry);
                match fault {
                    EntryFault::Unknown => {}
                    EntryFault::Shadow(shadow) => parts.shadows.push(shadow),
                    EntryFault::Wrong { target, record } => parts.records.extend([target, record]),
                }
            }
            Challenge::Order {
                row,
                entry,
                target,
                first,
                second,
            } => {
                parts.rows.push(row);
                parts.places.push(entry);
                parts.records.extend([target, first, second]);
            }
            Challenge::Missed {
                row,
                target,
                id,
                record,
                unlisted,
                last_old,
                last_new,
            } => {
                parts.rows.push(row);
                parts.ids.push(id);
                parts.records.extend([target, record]);
                parts.records.extend(last_old);
                parts.records.extend(last_new);
                parts.unlisted.extend(unlisted);
            }
            Challenge::NotShadow { listed, fault } => {
                parts.shadows.push(listed);
                match fault {
                    ShadowFault::Unknown => {}
                    ShadowFault::Listed(other) => parts.shadows.push(other),
                    ShadowFault::Differs { record, witness } => {
                        parts.records.extend([record, witness]);
                    }
                }
            }
            Challenge::Shadow {
                id,
                record,
                unlisted,
                witness_id,
                witness,
                witness_unlisted,
            } => {
                parts.ids.extend([id, witness_id]);
                parts.records.extend([record, witness]);
                parts.unlisted.push(unlisted);
                parts.unlisted.extend(witness_unlisted);
            }
        }
        parts
    }
}

/// Changes a challenge; leaves it as it is if it has no such part.
type Change = fn(&mut Challenge, &Stock, &mut Random);

pub(crate) const CHANGES: [Change; 14] = [
    another_record,
    another_path,
    other_contents,
    exchanged_records,
    another_identifier,
    another_whole_record,
    exchanged_roles,
    another_place,
    another_row,
    exchanged_entries,
    another_shadow,
    another_gap,
    left_out,
    another_kind,
];

fn any<Item>(mut items: Vec<Item>, random: &mut Random) -> Option<Item> {
    let count = items.len() as u64;
    (count > 0).then(|| items.swap_remove(random.below(count) as usize))
}

fn one_of<Item: Clone>(items: &[Item], random: &mut Random) -> Option<Item> {
    let count = items.len() as u64;
    (count > 0).then(|| items[random.below(count) as usize].clone())
}

/// Puts something from the stock in the place of one of the parts.
fn put<Part: Clone>(parts: Vec<&mut Part>, stock: &[Part], random: &mut Random) {
    if let (Some(part), Some(other)) = (any(parts, random), one_of(stock, random)) {
        *part = other;
    }
}

/// The record of another contribution, of a slice or of another round, with its path.
fn another_record(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    put(Parts::of(challenge).records, &stock.records, random);
}

fn another_path(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    let record = any(Parts::of(challenge).records, random);
    if let (Some(record), Some(other)) = (record, one_of(&stock.records, random)) {
        record.path = other.path;
    }
}

/// The label or the features of another record, under the same path.
fn other_contents(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    let record = any(Parts::of(challenge).records, random);
    if let (Some(record), Some(other)) = (record, one_of(&stock.records, random)) {
        match random.below(2) {
            0 => record.label = other.label,
            _ => record.features = other.features,
        }
    }
}

/// Two records that change places: neighbours of a row, the last old and the last new one, a shadow and its witness.
fn exchanged_records(challenge: &mut Challenge, _: &Stock, random: &mut Random) {
    let mut records = Parts::of(challenge).records;
    if records.len() > 1 {
        let place = random.below(records.len() as u64 - 1) as usize;
        let (left, right) = records.split_at_mut(place + 1);
        std::mem::swap(left[place], right[0]);
    }
}

fn another_identifier(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    put(Parts::of(challenge).ids, &stock.ids, random);
}

/// Another record with all that is proven of it: an old one for a new one, a record as the witness of itself.
fn another_whole_record(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    let Some((other, proven, gap)) = one_of(&stock.whole, random) else {
        return;
    };
    match challenge {
        Challenge::Missed {
            id,
            record,
            unlisted,
            ..
        } => (*id, *record, *unlisted) = (other, proven, gap),
        Challenge::Shadow {
            id,
            record,
            unlisted,
            witness_id,
            witness,
            witness_unlisted,
        } => match (random.below(2), gap) {
            (0, Some(gap)) => (*id, *record, *unlisted) = (other, proven, gap),
            (_, gap) => (*witness_id, *witness, *witness_unlisted) = (other, proven, gap),
        },
        _ => {}
    }
}

/// What is not listed becomes the witness, and its witness what is not listed.
fn exchanged_roles(challenge: &mut Challenge, _: &Stock, _: &mut Random) {
    match challenge {
        Challenge::Shadow {
            id,
            record,
            unlisted,
            witness_id,
            witness,
            witness_unlisted,
        } => {
            std::mem::swap(id, witness_id);
            std::mem::swap(record, witness);
            if let Some(witness_unlisted) = witness_unlisted {
                std::mem::swap(unlisted, witness_unlisted);
            }
        }
        Challenge::NotShadow { listed, .. } => {
            std::mem::swap(&mut listed.pair.shadow, &mut listed.pair.witness);
        }
        Challenge::Missed {
            last_old, last_new, ..
        } => std::mem::swap(last_old, last_new),
        _ => {}
    }
}

/// Another entry of the row, another row's number, or another place in the list of shadows.
fn another_place(challenge: &mut Challenge, _: &Stock, random: &mut Random) {
    let parts = Parts::of(challenge);
    let number = random.below(6) as u32;
    let rows = parts.rows.into_iter().map(|row| &mut row.index);
    let shadows = parts.shadows.into_iter().map(|shadow| &mut shadow.index);
    let places = parts.places;
    if !places.is_empty() && random.below(2) == 0 {
        places.into_iter().for_each(|place| *place = number as u8);
    } else if let Some(index) = any(rows.chain(shadows).collect(), random) {
        *index = number;
    }
}

/// Another row, of this publication or of a wrong one; or another one's entries under the same path.
fn another_row(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    let row = any(Parts::of(challenge).rows, random);
    if let (Some(row), Some(other)) = (row, one_of(&stock.rows, random)) {
        match random.below(3) {
            0 => row.row = other.row,
            _ => *row = other,
        }
    }
}

/// Two neighbours of the row, changing places.
fn exchanged_entries(challenge: &mut Challenge, _: &Stock, random: &mut Random) {
    for row in Parts::of(challenge).rows {
        let entries = &mut row.row.entries;
        if entries.len() > 1 {
            let place = random.below(entries.len() as u64 - 1) as usize;
            entries.as_mut().swap(place, place + 1);
        }
    }
}

fn another_shadow(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    put(Parts::of(challenge).shadows, &stock.shadows, random);
}

/// Other neighbours in the list of shadows: another record's, or one of them only.
fn another_gap(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    let gap = any(Parts::of(challenge).unlisted, random);
    if let (Some(gap), Some(other)) = (gap, one_of(&stock.unlisted, random)) {
        match random.below(6) {
            0 => gap.before = None,
            1 => gap.after = None,
            2 => gap.before = other.before,
            3 => gap.after = other.after,
            _ => *gap = other,
        }
    }
}

/// Something is not proven at all.
fn left_out(challenge: &mut Challenge, _: &Stock, random: &mut Random) {
    match challenge {
        Challenge::Entry { fault, .. } => *fault = EntryFault::Unknown,
        Challenge::NotShadow { fault, .. } => *fault = ShadowFault::Unknown,
        Challenge::Missed {
            unlisted,
            last_old,
            last_new,
            ..
        } => match random.below(3) {
            0 => *unlisted = None,
            1 => *last_old = None,
            _ => *last_new = None,
        },
        Challenge::Shadow {
            witness_unlisted, ..
        } => *witness_unlisted = None,
        Challenge::Order { .. } => {}
    }
}

/// The same parts, as a challenge of another kind.
fn another_kind(challenge: &mut Challenge, stock: &Stock, random: &mut Random) {
    let place = random.below(4) as u8;
    let gap = one_of(&stock.unlisted, random);
    let other = match challenge.clone() {
        Challenge::Order {
            row,
            entry,
            target,
            first: record,
            ..
        } if random.below(2) == 0 => Challenge::Entry {
            row,
            entry,
            fault: EntryFault::Wrong { target, record },
        },
        Challenge::Order {
            row,
            target,
            first,
            second,
            ..
        } => {
            let Some(id) = one_of(&stock.ids, random) else {
                return;
            };
            Challenge::Missed {
                row,
                target,
                id,
                record: first.clone(),
                unlisted: gap,
                last_old: Some(second),
                last_new: Some(first),
            }
        }
        Challenge::Entry {
            row,
            entry,
            fault: EntryFault::Wrong { target, record },
        } => {
            let Some(second) = one_of(&stock.records, random) else {
                return;
            };
            Challenge::Order {
                row,
                entry,
                target,
                first: record,
                second,
            }
        }
        Challenge::Entry {
            fault: EntryFault::Shadow(listed),
            ..
        } => Challenge::NotShadow {
            listed: listed.clone(),
            fault: ShadowFault::Listed(listed),
        },
        Challenge::Missed {
            row,
            target,
            record,
            last_old: Some(last),
            ..
        } => Challenge::Order {
            row,
            entry: place,
            target,
            first: last,
            second: record,
        },
        Challenge::Missed {
            row,
            target,
            record,
            ..
        } => Challenge::Entry {
            row,
            entry: place,
            fault: EntryFault::Wrong { target, record },
        },
        Challenge::NotShadow {
            listed,
            fault: ShadowFault::Differs { record, witness },
        } => {
            let Some(unlisted) = gap else { return };
            Challenge::Shadow {
                id: listed.pair.shadow,
                record,
                unlisted: unlisted.clone(),
                witness_id: listed.pair.witness,
                witness,
                witness_unlisted: Some(unlisted),
            }
        }
        Challenge::Shadow {
            record, witness, ..
        } => {
            let Some(listed) = one_of(&stock.shadows, random) else {
                return;
            };
            Challenge::NotShadow {
                listed,
                fault: ShadowFault::Differs { record, witness },
            }
        }
        other => other,
    };
    *challenge = other;
}
