//! From rows to values: what the runtime computes.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{Params, Row, RowEntry, SCALE};
use crate::{
    datanets::MAX_HORIZON,
    ids::{ContributionNumber, RecordId},
};

/// What a row comes to. One is L K C.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowValues {
    /// The values of its newcomers, nearest first. They sum to `after` - `before`.
    pub values: Vec<(RecordId, i128)>,
    /// Accuracy of the old records alone.
    pub before: u128,
    /// Accuracy with the newcomers.
    pub after: u128,
}

/// What a round comes to. One is L K C T.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RoundValues {
    /// The values of the contributions that some row lists. They sum to `after` - `before`.
    pub by_contribution: BTreeMap<ContributionNumber, i128>,
    /// Accuracy of the old records alone.
    pub before: u128,
    /// Accuracy with the newcomers.
    pub after: u128,
}

impl RoundValues {
    /// Adds what other rows come to. No sum of less than 2^32 rows can overflow.
    fn add(&mut self, other: &Self) {
        self.before += other.before;
        self.after += other.after;
        for (number, value) in &other.by_contribution {
            *self.by_contribution.entry(*number).or_default() += value;
        }
    }

    /// What a round comes to whose parts come to these.
    pub fn of_parts(parts: &[Self]) -> Self {
        let mut sums = Self::default();
        for part in parts {
            sums.add(part);
        }
        sums
    }
}

/// Why a row is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RowError {
    /// It lists more than K old records.
    TooManyOld,
    /// It lists more than K* newcomers, or more than 32.
    TooManyNew,
    /// It lists something after its K-th old record.
    AfterLastOld,
    /// It lists a record twice.
    Repeated,
}

/// The values of a row's newcomers. `first` is the round's first contribution: lower ones are old.
///
/// # The recursion
///
/// Let m = 1 for an entry that matches, 0 for another, 1/C for a phantom. Then K U(S) is the sum, over entries e, of m_e times the
/// game "e is among the K nearest of old and S", and Shapley values add up over games. With a old records and b newcomers before e,
/// e (if it is there) is among the K nearest just if at most q = K - 1 - a of those b are in S. So, over all orders of arrival:
///
/// - a newcomer e itself is let in with the probability min(1, (q + 1) / (b + 1)) that at most q of the b came before it; this, times
///   m_e, is its own value in the game;
/// - if b > q, each of the b newcomers before a newcomer e loses an equal part of what e does not get to keep: the game is worth
///   nothing with all of them there, so the part is m_e (q + 1) / (b (b + 1));
/// - if b > q, the b newcomers before an old record or phantom e share its being pushed out: m_e / b each.
///
/// A newcomer's value is its own part less the parts of all entries after it, divided by K. One pass from the back does it.
///
/// # Why the results are integers
///
/// Over L K C a match counts C and a phantom 1, and L is divisible by all of 1 to 32. A newcomer has b <= 31, so L (q + 1) / (b + 1)
/// is an integer, and so is L (q + 1) / (b (b + 1)) = (q + 1) (L / b - L / (b + 1)). An old record or phantom has b <= 32, and needs
/// L / b only.
///
/// # Errors
///
/// The row breaks one of its bounds or lists a record twice. Whether it lists the right records is not decided here.
pub fn row_values(
    params: &Params,
    first: ContributionNumber,
    row: &Row,
) -> Result<RowValues, RowError> {
    let neighbours = usize::from(params.neighbours);
    let horizon = usize::from(params.horizon.min(MAX_HORIZON));
    let is_old = |entry: &RowEntry| entry.record.contribution < first;

    let mut old_before = row.entries.iter().filter(|entry| is_old(entry)).count();
    let mut new_before = row.entries.len() - old_before;
    if old_before > neighbours {
        return Err(RowError::TooManyOld);
    }
    if new_before > horizon {
        return Err(RowError::TooManyNew);
    }
    if old_before == neighbours && row.entries.last().is_some_and(|last| !is_old(last)) {
        return Err(RowError::AfterLastOld);
    }
    if repeats(row) {
        return Err(RowError::Repeated);
    }

    // No sum below can overflow: C < 2^16, L < 2^48, fewer than 2^9 entries and phantoms, none counts more than 2^64.
    let matched = i128::from(params.classes);
    let phantoms = neighbours - old_before;
    // Of the phantoms, of which the last has q = 0, those with q < b are pushed out.
    let pushed_out = phantoms.min(new_before);
    let mut before = integer(phantoms) * part(1);
    let mut after = integer(phantoms - pushed_out) * part(1);
    let mut tails = if pushed_out > 0 {
        integer(pushed_out) * part(new_before)
    } else {
        0
    };

    let mut values = Vec::with_capacity(new_before);
    for entry in row.entries.iter().rev() {
        let weight = if entry.matches { matched } else { 0 };
        let old = is_old(entry);
        if old {
            old_before -= 1;
        } else {
            new_before -= 1;
        }
        // q + 1: at least 1, for nothing follows the K-th old record.
        let room = neighbours - old_before;
        let stays = new_before < room;
        if old {
            before += weight * part(1);
            if !stays {
                tails += weight * part(new_before);
            }
        } else if stays {
            values.push((entry.record, weight * part(1) - tails));
        } else {
            let own = weight * integer(room);
            values.push((entry.record, own * part(new_before + 1) - tails));
            tails += own * (part(new_before) - part(new_before + 1));
        }
        if stays {
            after += weight * part(1);
        }
    }
    values.reverse();
    Ok(RowValues {
        values,
        before: before.unsigned_abs(),
        after: after.unsigned_abs(),
    })
}

/// The values of a round: the sums over its rows, of which there are at most 2^32 - 1.
///
/// # Errors
///
/// The first row that is none, by its index, and why.
pub fn round_values<'a>(
    params: &Params,
    first: ContributionNumber,
    rows: impl IntoIterator<Item = &'a Row>,
) -> Result<RoundValues, (u32, RowError)> {
    let mut sums = RoundValues::default();
    // No sum can overflow: a row comes to less than 2^80, and there are fewer than 2^32.
    for (index, row) in (0..u32::MAX).zip(rows) {
        let row = row_values(params, first, row).map_err(|error| (index, error))?;
        sums.before += row.before;
        sums.after += row.after;
        for (record, value) in row.values {
            *sums.by_contribution.entry(record.contribution).or_default() += value;
        }
    }
    Ok(sums)
}

/// The values of a round by the seats of its benchmark, of which there are at least one: each has an equal part of the rows, one after the
/// other. What slices disagree about shows here: the same newcomers, measured by each of them alone.
///
/// # Errors
///
/// The first row that is none, by its index, and why.
pub fn seat_values(
    params: &Params,
    first: ContributionNumber,
    rows: &[Row],
    seats: u8,
) -> Result<Vec<RoundValues>, (u32, RowError)> {
    let size = rows.len().div_ceil(usize::from(seats).max(1)).max(1);
    rows.chunks(size)
        .zip((0u32..).step_by(size))
        .map(|(part, start)| {
            round_values(params, first, part).map_err(|(index, error)| (start + index, error))
        })
        .collect()
}

/// L / `count`, for a count of 1 to 32.
fn part(count: usize) -> i128 {
    const UNIT: u64 = SCALE as u64;
    i128::from(UNIT / count as u64)
}

fn integer(count: usize) -> i128 {
    count as i128
}

fn repeats(row: &Row) -> bool {
    let mut records: Vec<_> = row.entries.iter().map(|entry| entry.record).collect();
    records.sort_unstable();
    records.windows(2).any(|pair| pair[0] == pair[1])
}
