//! What disproves a publication: a few records, rows and shadows of it, proven against the roots that the chain keeps.
//!
//! A publication is a list of shadows and one row for each benchmark record. Each of its items follows from the delivered records, and
//! a wrong item can be refuted by itself: [`disproves`] needs at most four records whatever the amount of data. What is checked when
//! rows and shadows are published (bounds, order of the shadows, existence of listed newcomers) is taken as given here.
//!
//! A publication that no [`Challenge`] disproves is the right one, but for the choice of witnesses, on which no value depends:
//!
//! - the first newcomer, in the order of priority, that is listed and should not be is refuted by [`Challenge::NotShadow`], as what
//!   its witness must be is right for all earlier ones; the first that should be and is not by [`Challenge::Shadow`];
//! - the shadows being right, a row whose entries are all refuted by none of [`Challenge::Entry`] and [`Challenge::Order`] lists
//!   eligible records in order, and if it is not the right row one of the right row's entries is missing: [`Challenge::Missed`].

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

use super::{squared_distance, Params, Row, Shadow};
use crate::{
    datanets::{MAX_DIMENSION, MAX_HORIZON},
    hashing,
    ids::{ContributionNumber, RecordId},
    merkle::{verify_counted, CountedPath, Node, Tree},
};

/// The most encoded bytes of a [`Challenge`].
pub const MAX_CHALLENGE: u32 = 16 * 1_024;

/// A vector of `i8`, as bytes.
pub type Features = BoundedVec<u8, ConstU32<{ MAX_DIMENSION as u32 }>>;

/// A record of a contribution or of a benchmark slice, and that it is one.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct ProvenRecord {
    /// Hash of the record as it was delivered: see [`hashing::raw_hash`].
    pub raw: H256,
    /// Its class.
    pub label: u8,
    /// What the encoder made of it.
    pub features: Features,
    /// From its leaf to the root of the contribution or slice.
    pub path: CountedPath,
}

impl ProvenRecord {
    fn vector(&self) -> Vec<i8> {
        self.features.iter().map(|byte| *byte as i8).collect()
    }

    fn leaf(&self) -> H256 {
        hashing::proven_record_leaf(self.raw, self.label, &self.features)
    }
}

/// A row of a publication, and that it is one.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct ProvenRow {
    /// Its benchmark record, counted from 0.
    pub index: u32,
    /// The row.
    pub row: Row,
    /// From its leaf to the root of the rows.
    pub path: CountedPath,
}

/// A shadow of a publication, and that it is one.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct ProvenShadow {
    /// Its place in the list, counted from 0.
    pub index: u32,
    /// The shadow and its witness.
    pub pair: Shadow,
    /// From its leaf to the root of the shadows.
    pub path: CountedPath,
}

/// That a record is not listed as a shadow: the neighbours in the list between which it would lie.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Unlisted {
    /// The last shadow before it; none if it comes before all.
    pub before: Option<ProvenShadow>,
    /// The first shadow after it; none if it comes after all.
    pub after: Option<ProvenShadow>,
}

/// What is wrong with an entry of a row.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub enum EntryFault {
    /// It names a record that is neither admitted nor of this round, or that lies beyond its contribution's last one.
    Unknown,
    /// The publication lists it as a shadow.
    Shadow(ProvenShadow),
    /// It lies within the duplicate radius of the benchmark record, or its match bit is wrong.
    Wrong {
        /// The benchmark record.
        target: ProvenRecord,
        /// The record.
        record: ProvenRecord,
    },
}

/// What is wrong with a listed shadow.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub enum ShadowFault {
    /// Its witness is neither admitted nor of this round, or lies beyond its contribution's last record.
    Unknown,
    /// Its witness is listed as a shadow as well.
    Listed(ProvenShadow),
    /// It has another label than its witness, or lies further from it than the duplicate radius.
    Differs {
        /// The shadow.
        record: ProvenRecord,
        /// Its witness.
        witness: ProvenRecord,
    },
}

/// What is wrong with a publication. Each kind names what it is about and proves it.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub enum Challenge {
    /// A row lists a record that does not belong there, or says wrongly whether it matches.
    Entry {
        /// The row.
        row: ProvenRow,
        /// Which of its entries, counted from 0.
        entry: u8,
        /// What is wrong with it.
        fault: EntryFault,
    },
    /// Two neighbouring entries of a row are not ascending by (squared distance, record).
    Order {
        /// The row.
        row: ProvenRow,
        /// The first of the two entries, counted from 0.
        entry: u8,
        /// The benchmark record.
        target: ProvenRecord,
        /// The first entry's record.
        first: ProvenRecord,
        /// The second entry's record.
        second: ProvenRecord,
    },
    /// A row does not list a record that belongs there.
    Missed {
        /// The row.
        row: ProvenRow,
        /// The benchmark record.
        target: ProvenRecord,
        /// The record's identifier.
        id: RecordId,
        /// The record.
        record: ProvenRecord,
        /// That it is not listed as a shadow, if it is a newcomer.
        unlisted: Option<Unlisted>,
        /// The last old record that the row lists, if it lists K.
        last_old: Option<ProvenRecord>,
        /// The last newcomer that the row lists, if the missed one is a newcomer and it lists K*.
        last_new: Option<ProvenRecord>,
    },
    /// A newcomer is listed as a shadow of a record that it does not copy, or that cannot be a witness.
    NotShadow {
        /// The listed pair.
        listed: ProvenShadow,
        /// What is wrong with it.
        fault: ShadowFault,
    },
    /// A newcomer is not listed although it copies an earlier record that is not listed either.
    Shadow {
        /// The newcomer's identifier.
        id: RecordId,
        /// The newcomer.
        record: ProvenRecord,
        /// That it is not listed.
        unlisted: Unlisted,
        /// The earlier record's identifier.
        witness_id: RecordId,
        /// The earlier record.
        witness: ProvenRecord,
        /// That it is not listed either, if it is a newcomer.
        witness_unlisted: Option<Unlisted>,
    },
}

/// What the chain keeps of a round and of a publication for it.
#[derive(Clone, Debug)]
pub struct Publication<Contributions> {
    /// The recipe's part.
    pub params: Params,
    /// The round's first contribution: lower ones are of earlier rounds.
    pub first: ContributionNumber,
    /// The slices of the benchmark, in its order.
    pub slices: Vec<Tree>,
    /// Root of the published rows; its sum is their number.
    pub rows: Node,
    /// Root of the published shadows; its sum is their number.
    pub shadows: Node,
    /// The tree of a contribution, if it was admitted in an earlier round or is valued in this one.
    pub contributions: Contributions,
}

/// Why a challenge disproves nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChallengeError {
    /// It names a row, an entry or a record that is not there, or leaves out what its kind must prove.
    Malformed,
    /// A record, row or shadow is not what its path leads to.
    InvalidProof,
    /// Everything in it is true, and nothing of the publication is wrong by it.
    NothingDisproved,
}

use ChallengeError::{InvalidProof, Malformed, NothingDisproved};

/// Whether a challenge disproves a publication.
///
/// # Errors
///
/// It does not, and why.
pub fn disproves<Contributions>(
    publication: &Publication<Contributions>,
    challenge: &Challenge,
) -> Result<(), ChallengeError>
where
    Contributions: Fn(ContributionNumber) -> Option<Tree>,
{
    let disproved = match challenge {
        Challenge::Entry { row, entry, fault } => publication.entry(row, *entry, fault)?,
        Challenge::Order {
            row,
            entry,
            target,
            first,
            second,
        } => publication.order(row, *entry, target, [first, second])?,
        Challenge::Missed {
            row,
            target,
            id,
            record,
            unlisted,
            last_old,
            last_new,
        } => {
            let missed = Missed {
                row,
                target,
                id: *id,
                record,
                unlisted: unlisted.as_ref(),
                last_old: last_old.as_ref(),
                last_new: last_new.as_ref(),
            };
            publication.missed(&missed)?
        }
        Challenge::NotShadow { listed, fault } => publication.not_shadow(listed, fault)?,
        Challenge::Shadow {
            id,
            record,
            unlisted,
            witness_id,
            witness,
            witness_unlisted,
        } => {
            publication.unlisted(*id, unlisted)?;
            if publication.is_new(*witness_id) {
                let unlisted = witness_unlisted.as_ref().ok_or(Malformed)?;
                publication.unlisted(*witness_id, unlisted)?;
            }
            publication.is_new(*id)
                && witness_id < id
                && publication.is_copy((*id, record), (*witness_id, witness))?
        }
    };
    if disproved {
        Ok(())
    } else {
        Err(NothingDisproved)
    }
}

/// The parts of [`Challenge::Missed`].
struct Missed<'a> {
    row: &'a ProvenRow,
    target: &'a ProvenRecord,
    id: RecordId,
    record: &'a ProvenRecord,
    unlisted: Option<&'a Unlisted>,
    last_old: Option<&'a ProvenRecord>,
    last_new: Option<&'a ProvenRecord>,
}

impl<Contributions> Publication<Contributions>
where
    Contributions: Fn(ContributionNumber) -> Option<Tree>,
{
    fn entry(
        &self,
        row: &ProvenRow,
        entry: u8,
        fault: &EntryFault,
    ) -> Result<bool, ChallengeError> {
        self.row(row)?;
        let listed = row.row.entries.get(usize::from(entry)).ok_or(Malformed)?;
        match fault {
            EntryFault::Unknown => Ok(self.tree_of(listed.record).is_none()),
            EntryFault::Shadow(shadow) => {
                self.shadow(shadow)?;
                Ok(shadow.pair.shadow == listed.record)
            }
            EntryFault::Wrong { target, record } => {
                self.target(row.index, target)?;
                self.record(listed.record, record)?;
                let matches = record.label == target.label;
                Ok(self.is_within(record, target) || matches != listed.matches)
            }
        }
    }

    fn order(
        &self,
        row: &ProvenRow,
        entry: u8,
        target: &ProvenRecord,
        records: [&ProvenRecord; 2],
    ) -> Result<bool, ChallengeError> {
        self.row(row)?;
        self.target(row.index, target)?;
        let place = |index: usize, record: &ProvenRecord| {
            let listed = row.row.entries.get(index).ok_or(Malformed)?;
            self.record(listed.record, record)?;
            Ok((distance(record, target), listed.record))
        };
        let entry = usize::from(entry);
        Ok(place(entry, records[0])? >= place(entry + 1, records[1])?)
    }

    fn missed(&self, missed: &Missed<'_>) -> Result<bool, ChallengeError> {
        let Missed {
            row,
            target,
            id,
            record,
            ..
        } = *missed;
        self.row(row)?;
        self.target(row.index, target)?;
        self.record(id, record)?;
        let is_new = self.is_new(id);
        if is_new {
            self.unlisted(id, missed.unlisted.ok_or(Malformed)?)?;
        }
        let entries = &row.row.entries;
        if entries.iter().any(|entry| entry.record == id) || self.is_within(record, target) {
            return Ok(false);
        }
        let place = (distance(record, target), id);
        // Whether it comes before the last of those of its kind, if there are as many as a row takes.
        let comes_before = |new: bool, most: u8, last: Option<&ProvenRecord>| {
            let mut of_kind = entries
                .iter()
                .filter(|entry| self.is_new(entry.record) == new)
                .map(|entry| entry.record);
            let count = of_kind.clone().count();
            let Some(last_id) = of_kind.next_back().filter(|_| count >= usize::from(most)) else {
                return Ok(true);
            };
            let last = last.ok_or(Malformed)?;
            self.record(last_id, last)?;
            Ok(place < (distance(last, target), last_id))
        };
        let horizon = self.params.horizon.min(MAX_HORIZON);
        Ok(
            comes_before(false, self.params.neighbours, missed.last_old)?
                && (!is_new || comes_before(true, horizon, missed.last_new)?),
        )
    }

    fn not_shadow(
        &self,
        listed: &ProvenShadow,
        fault: &ShadowFault,
    ) -> Result<bool, ChallengeError> {
        self.shadow(listed)?;
        let Shadow { shadow, witness } = listed.pair;
        match fault {
            ShadowFault::Unknown => Ok(self.tree_of(witness).is_none()),
            ShadowFault::Listed(other) => {
                self.shadow(other)?;
                Ok(other.pair.shadow == witness)
            }
            ShadowFault::Differs {
                record,
                witness: proven,
            } => Ok(!self.is_copy((shadow, record), (witness, proven))?),
        }
    }

    /// Whether two records have the same label and lie within the duplicate radius of each other.
    fn is_copy(
        &self,
        (id, record): (RecordId, &ProvenRecord),
        (other_id, other): (RecordId, &ProvenRecord),
    ) -> Result<bool, ChallengeError> {
        self.record(id, record)?;
        self.record(other_id, other)?;
        Ok(record.label == other.label && self.is_within(record, other))
    }

    fn is_new(&self, record: RecordId) -> bool {
        record.contribution >= self.first
    }

    fn is_within(&self, one: &ProvenRecord, other: &ProvenRecord) -> bool {
        distance(one, other) <= u64::from(self.params.radius)
    }

    /// The tree of a record's contribution, if it has such a record.
    fn tree_of(&self, record: RecordId) -> Option<Tree> {
        (self.contributions)(record.contribution)
            .filter(|tree| u32::from(record.position) < tree.count)
    }

    /// Checks that a record is one.
    fn record(&self, id: RecordId, record: &ProvenRecord) -> Result<(), ChallengeError> {
        let tree = self.tree_of(id).ok_or(Malformed)?;
        proven(tree, id.position.into(), record.leaf(), &record.path)
    }

    /// Checks that a record is the one of the benchmark that a row is about.
    fn target(&self, row: u32, record: &ProvenRecord) -> Result<(), ChallengeError> {
        let mut index = row;
        for slice in &self.slices {
            match index.checked_sub(slice.count) {
                None => return proven(*slice, index, record.leaf(), &record.path),
                Some(rest) => index = rest,
            }
        }
        Err(Malformed)
    }

    /// Checks that a row is one of the publication.
    fn row(&self, row: &ProvenRow) -> Result<(), ChallengeError> {
        let leaf = hashing::row_leaf(&row.row);
        proven(counted(self.rows)?, row.index, leaf, &row.path)
    }

    /// Checks that a shadow is one of the publication.
    fn shadow(&self, shadow: &ProvenShadow) -> Result<(), ChallengeError> {
        let leaf = hashing::shadow_leaf(&shadow.pair);
        proven(counted(self.shadows)?, shadow.index, leaf, &shadow.path)
    }

    /// Checks that the publication does not list a record as a shadow. Its list is ascending.
    fn unlisted(&self, record: RecordId, proof: &Unlisted) -> Result<(), ChallengeError> {
        let Tree { count, .. } = counted(self.shadows)?;
        for neighbour in [&proof.before, &proof.after].into_iter().flatten() {
            self.shadow(neighbour)?;
        }
        let before = proof.before.as_ref();
        let after = proof.after.as_ref();
        let next = before.map_or(Some(0), |shadow| shadow.index.checked_add(1));
        let adjacent = next == Some(after.map_or(count, |shadow| shadow.index));
        let between = before.is_none_or(|shadow| shadow.pair.shadow < record)
            && after.is_none_or(|shadow| record < shadow.pair.shadow);
        if adjacent && between {
            Ok(())
        } else {
            Err(InvalidProof)
        }
    }
}

fn distance(one: &ProvenRecord, other: &ProvenRecord) -> u64 {
    squared_distance(&one.vector(), &other.vector())
}

fn counted(root: Node) -> Result<Tree, ChallengeError> {
    Ok(Tree {
        root: root.hash,
        count: root.sum.try_into().map_err(|_| Malformed)?,
    })
}

fn proven(tree: Tree, index: u32, leaf: H256, path: &CountedPath) -> Result<(), ChallengeError> {
    if verify_counted(tree, index, leaf, path) {
        Ok(())
    } else {
        Err(InvalidProof)
    }
}
