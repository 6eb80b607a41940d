//! How a challenger finds what is wrong with a publication, and proves it.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use sp_core::H256;

use super::{
    publication::{shadows, Benchmark, Record},
    rows, squared_distance, Challenge, EntryFault, Features, Params, ProvenRecord, ProvenRow,
    ProvenShadow, Row, Shadow, ShadowFault, Unlisted,
};
use crate::{
    hashing,
    ids::{ContributionNumber, RecordId},
    merkle::prove_counted,
};

/// What is wrong with a publication, not proven yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Finding {
    /// See [`Challenge::Entry`].
    Entry {
        /// The row.
        row: u32,
        /// The entry.
        entry: u8,
        /// What is wrong with it.
        fault: FoundFault,
    },
    /// See [`Challenge::Order`].
    Order {
        /// The row.
        row: u32,
        /// The first of the two entries.
        entry: u8,
    },
    /// See [`Challenge::Missed`].
    Missed {
        /// The row.
        row: u32,
        /// What it does not list.
        record: RecordId,
    },
    /// See [`Challenge::NotShadow`].
    NotShadow {
        /// The pair's place in the list.
        index: u32,
        /// What is wrong with it.
        fault: FoundFault,
    },
    /// See [`Challenge::Shadow`].
    Shadow {
        /// What is not listed.
        record: RecordId,
        /// What it copies.
        witness: RecordId,
    },
}

/// What is wrong with an entry or a listed shadow: see [`EntryFault`] and [`ShadowFault`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FoundFault {
    /// It, or its witness, is no record of the round.
    Unknown,
    /// It, or its witness, is listed as a shadow at this place.
    Listed(u32),
    /// What it says of the records' contents is wrong.
    Wrong,
}

/// A round's data: all records, and the benchmark.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// The recipe's part.
    pub params: Params,
    /// The admitted records of earlier rounds, in any order.
    pub old: &'a [Record<'a>],
    /// The newcomers, in any order.
    pub new: &'a [Record<'a>],
    /// The benchmark.
    pub benchmark: &'a [Benchmark<'a>],
}

impl<'a> Data<'a> {
    /// The right publication.
    pub fn publication(&self) -> (Vec<Shadow>, Vec<Row>) {
        let shadows = shadows(&self.params, self.old, self.new);
        let rows = rows(&self.params, self.old, self.new, &shadows, self.benchmark);
        (shadows, rows)
    }

    /// All records, by identifier.
    fn records(&self) -> BTreeMap<RecordId, &'a Record<'a>> {
        let records = self.old.iter().chain(self.new);
        records.map(|record| (record.id, record)).collect()
    }
}

/// What is wrong with a publication of `data` that passed what is checked when it is published; nothing if it is right.
///
/// `right_shadows` and `right_rows` are what [`Data::publication`] says, however it was computed.
pub fn find(
    data: &Data<'_>,
    (right_shadows, right_rows): (&[Shadow], &[Row]),
    (published_shadows, published_rows): (&[Shadow], &[Row]),
) -> Option<Finding> {
    let search = Search {
        data,
        records: data.records(),
        listed: (0..)
            .zip(published_shadows)
            .map(|(index, pair)| (pair.shadow, index))
            .collect(),
    };
    search
        .wrong_shadow(right_shadows, published_shadows)
        .or_else(|| {
            (0..)
                .zip(right_rows.iter().zip(published_rows))
                .find_map(|(index, (right, published))| search.wrong_row(index, right, published))
        })
}

struct Search<'a> {
    data: &'a Data<'a>,
    records: BTreeMap<RecordId, &'a Record<'a>>,
    /// The places of the published shadows.
    listed: BTreeMap<RecordId, u32>,
}

impl Search<'_> {
    fn wrong_shadow(&self, right: &[Shadow], published: &[Shadow]) -> Option<Finding> {
        let unsupported = (0..).zip(published).find_map(|(index, pair)| {
            let fault = self.wrong_pair(pair)?;
            Some(Finding::NotShadow { index, fault })
        });
        let missing = || {
            let pair = right
                .iter()
                .find(|pair| !self.listed.contains_key(&pair.shadow))?;
            Some(Finding::Shadow {
                record: pair.shadow,
                witness: pair.witness,
            })
        };
        unsupported.or_else(missing)
    }

    fn wrong_pair(&self, pair: &Shadow) -> Option<FoundFault> {
        let Some(witness) = self.records.get(&pair.witness) else {
            return Some(FoundFault::Unknown);
        };
        if let Some(index) = self.listed.get(&pair.witness) {
            return Some(FoundFault::Listed(*index));
        }
        let copies = self.records.get(&pair.shadow).is_some_and(|shadow| {
            shadow.label == witness.label
                && squared_distance(shadow.features, witness.features)
                    <= u64::from(self.data.params.radius)
        });
        (!copies).then_some(FoundFault::Wrong)
    }

    fn wrong_row(&self, index: u32, right: &Row, published: &Row) -> Option<Finding> {
        if right == published {
            return None;
        }
        let target = self.data.benchmark.get(index as usize)?;
        let entry = (0..).zip(&published.entries).find_map(|(entry, listed)| {
            let fault = match (
                self.records.get(&listed.record),
                self.listed.get(&listed.record),
            ) {
                (None, _) => FoundFault::Unknown,
                (_, Some(place)) => FoundFault::Listed(*place),
                (Some(record), None) => {
                    let matches = record.label == target.label;
                    let within = squared_distance(record.features, target.features)
                        <= u64::from(self.data.params.radius);
                    if !within && matches == listed.matches {
                        return None;
                    }
                    FoundFault::Wrong
                }
            };
            Some(Finding::Entry {
                row: index,
                entry,
                fault,
            })
        });
        let order = || {
            let places: Vec<_> = published
                .entries
                .iter()
                .filter_map(|entry| {
                    let record = self.records.get(&entry.record)?;
                    Some((
                        squared_distance(record.features, target.features),
                        entry.record,
                    ))
                })
                .collect();
            let entry = (0..)
                .zip(places.windows(2))
                .find(|(_, pair)| pair[0] >= pair[1])
                .map(|(entry, _)| entry)?;
            Some(Finding::Order { row: index, entry })
        };
        let missed = || {
            let listed: BTreeSet<_> = published.entries.iter().map(|entry| entry.record).collect();
            let record = right
                .entries
                .iter()
                .map(|entry| entry.record)
                .find(|record| !listed.contains(record))?;
            Some(Finding::Missed { row: index, record })
        };
        entry.or_else(order).or_else(missed)
    }
}

/// A record as its leaf has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Content {
    /// Hash of the record as it was delivered: see [`hashing::raw_hash`].
    pub raw: H256,
    /// Its class.
    pub label: u8,
    /// The bytes of its vector.
    pub features: Vec<u8>,
}

impl Content {
    /// The record of these raw bytes, of which the encoder makes these features.
    pub fn new(raw: &[u8], label: u8, features: &[u8]) -> Self {
        Self {
            raw: hashing::raw_hash(raw),
            label,
            features: features.to_vec(),
        }
    }

    /// Its leaf.
    pub fn leaf(&self) -> H256 {
        hashing::proven_record_leaf(self.raw, self.label, &self.features)
    }
}

/// The contents of trees, from which proofs are made.
pub trait Contents {
    /// The records of a contribution that was admitted or is valued, in their order.
    fn contribution(&self, number: ContributionNumber) -> Option<Vec<Content>>;

    /// The slice that holds a record of the benchmark, and the record's position there.
    fn slice(&self, index: u32) -> Option<(Vec<Content>, u32)>;
}

/// Proves a finding. `first` is the round's first contribution.
///
/// `None` if the finding is not one of this publication and these contents.
pub fn prove(
    params: &Params,
    first: ContributionNumber,
    contents: &impl Contents,
    shadows: &[Shadow],
    rows: &[Row],
    finding: &Finding,
) -> Option<Challenge> {
    Prover {
        params,
        first,
        contents,
        shadows,
        rows,
        shadow_leaves: shadows.iter().map(hashing::shadow_leaf).collect(),
        row_leaves: rows.iter().map(hashing::row_leaf).collect(),
    }
    .prove(finding)
}

struct Prover<'a, C> {
    params: &'a Params,
    first: ContributionNumber,
    contents: &'a C,
    shadows: &'a [Shadow],
    rows: &'a [Row],
    shadow_leaves: Vec<H256>,
    row_leaves: Vec<H256>,
}

impl<C: Contents> Prover<'_, C> {
    fn prove(&self, finding: &Finding) -> Option<Challenge> {
        Some(match *finding {
            Finding::Entry { row, entry, fault } => {
                let proven = self.row(row)?;
                let listed = proven.row.entries.get(usize::from(entry))?.record;
                let fault = match fault {
                    FoundFault::Unknown => EntryFault::Unknown,
                    FoundFault::Listed(index) => EntryFault::Shadow(self.shadow(index)?),
                    FoundFault::Wrong => EntryFault::Wrong {
                        target: self.target(row)?,
                        record: self.record(listed)?,
                    },
                };
                Challenge::Entry {
                    row: proven,
                    entry,
                    fault,
                }
            }
            Finding::Order { row, entry } => {
                let proven = self.row(row)?;
                let entries = &proven.row.entries;
                let first = self.record(entries.get(usize::from(entry))?.record)?;
                let second = self.record(entries.get(usize::from(entry) + 1)?.record)?;
                Challenge::Order {
                    row: proven,
                    entry,
                    target: self.target(row)?,
                    first,
                    second,
                }
            }
            Finding::Missed { row, record } => self.missed(row, record)?,
            Finding::NotShadow { index, fault } => {
                let listed = self.shadow(index)?;
                let Shadow { shadow, witness } = listed.pair;
                let fault = match fault {
                    FoundFault::Unknown => ShadowFault::Unknown,
                    FoundFault::Listed(other) => ShadowFault::Listed(self.shadow(other)?),
                    FoundFault::Wrong => ShadowFault::Differs {
                        record: self.record(shadow)?,
                        witness: self.record(witness)?,
                    },
                };
                Challenge::NotShadow { listed, fault }
            }
            Finding::Shadow { record, witness } => Challenge::Shadow {
                id: record,
                record: self.record(record)?,
                unlisted: self.unlisted(record)?,
                witness_id: witness,
                witness: self.record(witness)?,
                witness_unlisted: self.unlisted_if_new(witness)?,
            },
        })
    }

    fn missed(&self, row: u32, record: RecordId) -> Option<Challenge> {
        let proven = self.row(row)?;
        let last = |new: bool, most: u8| {
            let of_kind: Vec<_> = proven
                .row
                .entries
                .iter()
                .map(|entry| entry.record)
                .filter(|record| self.is_new(*record) == new)
                .collect();
            match of_kind.last() {
                Some(last) if of_kind.len() >= usize::from(most) => self.record(*last).map(Some),
                _ => Some(None),
            }
        };
        let last_new = if self.is_new(record) {
            last(true, self.params.horizon)?
        } else {
            None
        };
        let last_old = last(false, self.params.neighbours)?;
        Some(Challenge::Missed {
            target: self.target(row)?,
            id: record,
            record: self.record(record)?,
            unlisted: self.unlisted_if_new(record)?,
            last_old,
            last_new,
            row: proven,
        })
    }

    fn is_new(&self, record: RecordId) -> bool {
        record.contribution >= self.first
    }

    fn record(&self, id: RecordId) -> Option<ProvenRecord> {
        let records = self.contents.contribution(id.contribution)?;
        proven_record(&records, id.position.into())
    }

    fn target(&self, row: u32) -> Option<ProvenRecord> {
        let (records, position) = self.contents.slice(row)?;
        proven_record(&records, position)
    }

    fn row(&self, index: u32) -> Option<ProvenRow> {
        Some(ProvenRow {
            index,
            row: self.rows.get(index as usize)?.clone(),
            path: prove_counted(&self.row_leaves, index)?,
        })
    }

    fn shadow(&self, index: u32) -> Option<ProvenShadow> {
        Some(ProvenShadow {
            index,
            pair: *self.shadows.get(index as usize)?,
            path: prove_counted(&self.shadow_leaves, index)?,
        })
    }

    fn unlisted(&self, record: RecordId) -> Option<Unlisted> {
        let next = self.shadows.partition_point(|pair| pair.shadow < record);
        let at = |index: usize| {
            let index = u32::try_from(index).ok()?;
            self.shadow(index)
        };
        Some(Unlisted {
            before: match next.checked_sub(1) {
                Some(index) => Some(at(index)?),
                None => None,
            },
            after: if next < self.shadows.len() {
                Some(at(next)?)
            } else {
                None
            },
        })
    }

    fn unlisted_if_new(&self, record: RecordId) -> Option<Option<Unlisted>> {
        if self.is_new(record) {
            self.unlisted(record).map(Some)
        } else {
            Some(None)
        }
    }
}

fn proven_record(records: &[Content], position: u32) -> Option<ProvenRecord> {
    let record = records.get(position as usize)?;
    let leaves: Vec<_> = records.iter().map(Content::leaf).collect();
    Some(ProvenRecord {
        raw: record.raw,
        label: record.label,
        features: Features::try_from(record.features.clone()).ok()?,
        path: prove_counted(&leaves, position)?,
    })
}
