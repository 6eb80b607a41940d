//! What a datanet fixes once and for all, and what its rounds hand on.

use core::ops::RangeInclusive;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{ConstU32, H256};
use sp_runtime::{BoundedVec, Perbill};

use crate::{
    ids::{ContributionNumber, DatanetId, RoundNumber},
    ledger::Vesting,
    valuation::SCALE,
    Balance,
};

/// The most contributions of a round.
pub const MAX_CONTRIBUTIONS: u32 = 1_024;
/// The most numbers of a record's features.
pub const MAX_DIMENSION: u16 = 1_024;
/// The most classes of a datanet.
pub const MAX_CLASSES: u16 = 256;
/// The largest horizon, K*.
pub const MAX_HORIZON: u8 = 32;
/// The most entries of all rows of a proposal: T (K + K*).
pub const MAX_ENTRIES: u32 = 40_960;
/// The most records of a contribution.
pub const MAX_RECORDS: u16 = 4_096;
/// The most bytes of one delivered batch.
pub const MAX_BATCH: u32 = 256 * 1_024;
/// The most bytes of a round's benchmark, a part of which is each slice's: those of the largest one of vectors. Whoever values a round
/// reads them, and has no more for longer texts.
pub const MAX_BENCHMARK_BYTES: u32 = MAX_ENTRIES / 2 * (MAX_DIMENSION as u32 + 1);
/// The most bytes that say where the records of a contribution lie that is not delivered in the open.
pub const MAX_REFERENCE: u32 = 256;
/// The most providers of a round, or its most attestors.
pub const MAX_PROVIDERS: u32 = 4;
/// The most seats of a round's benchmark that one of so many providers can have: its own, and in the place of others until it has half of all.
///
/// Whoever appoints several providers trusts none of them with the measurement alone, and a sponsor buys it from all of them. If those who are
/// there cannot fill all seats, the round is void.
pub const fn most_seats(providers: u32) -> u32 {
    let half = providers / 2;
    if half > 1 {
        half
    } else {
        1
    }
}

/// The fewest slices that a provider commits.
pub const MIN_SLICES: u32 = 4;
/// The most slices that a provider commits.
pub const MAX_SLICES: u32 = 16;
/// The longest period of a phase: a year of blocks of three seconds, so that no recipe can lock what is on hold for ever.
pub const MAX_PERIOD: u32 = 10_512_000;
/// The most parts in which half of what a sponsor pays vests.
pub const MAX_VESTING: u8 = 16;
/// How often the time to publish a proposal fits the part of the window in which proposals are made, at the least: places that are
/// taken and left empty come back while there is still time for others.
pub const WINDOW_PER_PUBLISHING: u32 = 4;
/// Which part of an epoch the time to challenge is at the least. Epochs are as long as a network's people are slow: a minute on test networks,
/// four hours on a live one, where a checker has 24 minutes to fetch a round, to value it and to be included.
pub const EPOCHS_PER_CHALLENGING: u32 = 10;
/// The rules of the valuation that this version knows: those of [`crate::valuation`].
pub const KERNEL: u16 = 1;
/// The largest part of a datanet's revenue that providers, evaluators and steward have together.
pub const MAX_CREW_SHARE: Perbill = Perbill::from_percent(15);

/// How a record becomes a vector of `i8`: see [`crate::encoder`].
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub enum Encoder {
    /// A record is its vector.
    Vector,
    /// A record is a text, of which features are hashed.
    Text,
}

/// How others can know what a datanet's rounds are worth; immutable.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub enum Evidence {
    /// Records lie in blocks, so that anybody can check a valuation and disprove it: values are *measured*.
    Open,
    /// Only roots of records and references to them are on the chain, for data too large or private. Values are what attestors say,
    /// whom the steward appoints in the place of providers: *attested*, never measured.
    Attested {
        /// How many attestors of a round must say the same: 1 to [`MAX_PROVIDERS`].
        threshold: u8,
    },
}

impl Evidence {
    /// How many attestors must say the same; nothing where records are open.
    pub const fn threshold(self) -> Option<u8> {
        match self {
            Self::Open => None,
            Self::Attested { threshold } => Some(threshold),
        }
    }
}

/// What a datanet pays, asks and waits for; immutable.
#[derive(
    Clone,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub struct Recipe {
    /// How others can know what rounds are worth.
    pub evidence: Evidence,
    /// How a record becomes a vector.
    pub encoder: Encoder,
    /// Numbers of a vector, d.
    pub dimension: u16,
    /// Number of classes, C: labels are 0 to C - 1.
    pub classes: u16,
    /// Neighbours that answer, K.
    pub neighbours: u8,
    /// Newcomers that a row lists at the most, K*.
    pub horizon: u8,
    /// Squared distance up to which a later record of the same label is a copy.
    pub radius: u32,
    /// Records of a round's benchmark, T: a multiple of classes x providers, of classes where rounds are attested.
    pub benchmark: u16,
    /// Fewest records of a contribution.
    pub min_records: u16,
    /// Most records of a contribution.
    pub max_records: u16,
    /// Held for each byte of a contribution, in all at least the price of what is stored: burnt if it is not delivered, its bond
    /// once it is.
    pub deposit_per_byte: Balance,
    /// Paid for each record to the evaluator whose proposal becomes final.
    pub fee_per_record: Balance,
    /// Least bond of a benchmark provider; the round's budget, or the price of what is stored, if that is more.
    pub provider_bond: Balance,
    /// Least bond of an evaluator; the round's budget if that is more.
    pub evaluator_bond: Balance,
    /// Part of the datanet's revenue for the providers or attestors of a round, equally.
    pub providers_share: Perbill,
    /// Part of the datanet's revenue for the evaluator of a round.
    pub evaluator_share: Perbill,
    /// Part of the datanet's revenue for the steward.
    pub steward_share: Perbill,
    /// In how many parts half of what sponsors pay vests, one with every final round that follows; at most [`MAX_VESTING`], 0 pays
    /// everything at once.
    pub vesting: u8,
    /// Deadlines of a round's phases.
    pub periods: Periods,
    /// The rules of the valuation that apply.
    pub kernel: u16,
}

impl Recipe {
    /// The fewest and the most bytes of so many records as they are delivered. At most 65,535 times 65,536.
    pub fn bytes(&self, records: u16) -> RangeInclusive<u32> {
        let each = self.encoder.record_bytes(self.dimension);
        let records = u32::from(records);
        records * each.start()..=records * each.end()
    }

    /// Accuracy 1.0 as values count it: L K C T. At most 2^48 * 2^5 * 2^8 * 2^15.
    pub fn unit(&self) -> u128 {
        SCALE * u128::from(self.neighbours) * u128::from(self.classes) * u128::from(self.benchmark)
    }

    /// The most that the contributions of a round can gain and lose together: in each of T rows at most K* newcomers count, and each moves one K-th
    /// of the answer.
    pub fn most_value(&self) -> u128 {
        SCALE * u128::from(self.horizon) * u128::from(self.classes) * u128::from(self.benchmark)
    }

    /// How what sponsors pay vests. Where no round is final in time, a part vests once a round could have been.
    pub fn vesting(&self) -> Vesting {
        Vesting {
            parts: self.vesting,
            blocks: self.periods.round(),
        }
    }
}

/// How many blocks each phase of a round lasts at the most; each at least 1 and at most [`MAX_PERIOD`].
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub struct Periods {
    /// Contributions and slices are committed.
    pub committing: u32,
    /// Contributions are delivered.
    pub delivering: u32,
    /// A picked slice is revealed, counted from its pick.
    pub revealing: u32,
    /// A proposal is published, counted from its commitment.
    pub publishing: u32,
    /// A published proposal can be challenged before it may become final, at the least. A tenth of an epoch or more
    /// ([`EPOCHS_PER_CHALLENGING`]).
    pub challenging: u32,
    /// Proposals are made and examined; reopened once if none stands at its end. At least `challenging` and
    /// [`WINDOW_PER_PUBLISHING`] times `publishing`, as a proposal is committed only while all its time to publish lies within the
    /// window, and `challenging` blocks are left then.
    pub window: u32,
}

impl Periods {
    /// How many blocks the phases of a round last at the most, its window reopened once, but for the wait for randomness and for silent
    /// providers. At most [`MAX_PERIOD`], so that no recipe locks up what vests.
    pub fn round(&self) -> u32 {
        // Periods of a valid recipe are a year each at the most.
        let blocks = u64::from(self.committing)
            + u64::from(self.delivering)
            + u64::from(self.revealing)
            + 2 * u64::from(self.window);
        blocks.min(MAX_PERIOD.into()) as u32
    }
}

/// The phase of a round.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub enum Phase {
    /// Contributions and benchmark slices are committed.
    Committing,
    /// Contributions are delivered.
    Delivering,
    /// Nothing is delivered any more; slices are picked by later randomness and revealed.
    Frozen,
    /// The benchmark is complete; proposals are committed and published.
    Revealed,
    /// At least one complete proposal stands; more may follow until the window ends.
    Published,
    /// Values, admissions and the pool stand for ever.
    Final,
    /// The round came to nothing; what was delivered to it waits for another to value it.
    Void,
}

/// What a valuation needs to know of a contribution of the round.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Delivered {
    /// Its number.
    pub number: ContributionNumber,
    /// How many records it delivered.
    pub records: u16,
}

/// What a valuation needs to know of a round whose benchmark is complete.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct FrozenRound {
    /// Where the round's newcomers begin: of lower numbers only those admitted earlier count.
    pub first: ContributionNumber,
    /// Contributions delivered in this round, or in void ones before it, ascending by number.
    pub delivered: BoundedVec<Delivered, ConstU32<MAX_CONTRIBUTIONS>>,
    /// Rolling hash of the delivered roots and the revealed slices, in that order.
    pub inputs: H256,
    /// Sponsor's budget.
    pub budget: Balance,
    /// How many equal parts the benchmark has, one after the other: a slice each. None where the round is attested.
    pub seats: u8,
    /// The block at which the benchmark was complete and the first window began; that of the freeze where the round is attested.
    pub revealed_at: u32,
}

/// What a contribution turned out to be worth: the sum over its records and all rows, over L K C.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct Value {
    /// The contribution.
    pub number: ContributionNumber,
    /// Its value.
    pub value: i128,
}

/// The values of a round's delivered contributions, ascending by number.
pub type Values = BoundedVec<Value, ConstU32<MAX_CONTRIBUTIONS>>;

/// Accuracies on a seat's slice alone.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct SeatAccuracy {
    /// Before the newcomers, over L K C T: what the slice adds to that of the whole benchmark. Over its own records, it is this times the
    /// number of seats.
    pub before: u128,
    /// With them, over L K C T.
    pub after: u128,
}

/// What an attestor says that a round came to: accuracies and values by the same rules as of open data, of records that only attestors and
/// contributors see.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Statement {
    /// Root of the benchmark's T records, each of weight 1: whoever is let in to the data later can tell what it was measured by.
    pub benchmark: H256,
    /// Accuracy before the newcomers, over L K C T.
    pub before: u128,
    /// Accuracy with them, over L K C T.
    pub after: u128,
    /// What each delivered contribution is worth, ascending by number. They sum to the gain in accuracy.
    pub values: Values,
}

impl Statement {
    /// Whether the values sum to the gain in accuracy, exactly.
    pub fn sums_to_its_gain(&self) -> bool {
        let gain = self
            .values
            .iter()
            .try_fold(0i128, |sum, value| sum.checked_add(value.value));
        gain.and_then(|gain| self.before.checked_add_signed(gain)) == Some(self.after)
    }
}

/// The accuracies of all seats, which sum to those of the round.
pub type SeatAccuracies = BoundedVec<SeatAccuracy, ConstU32<MAX_PROVIDERS>>;

/// A round that is final, as others see it.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct FinalRound {
    /// The datanet.
    pub datanet: DatanetId,
    /// The round.
    pub round: RoundNumber,
    /// Accuracy before the newcomers, over L K C T.
    pub before: u128,
    /// Accuracy with them, over L K C T.
    pub after: u128,
    /// Whether these are measured or attested.
    pub evidence: Evidence,
}

#[cfg(test)]
mod tests {
    use super::most_seats;

    #[test]
    fn only_a_single_provider_measures_alone() {
        assert_eq!([1, 2, 3, 4].map(most_seats), [1, 1, 1, 2]);
        for providers in 2..=4 {
            assert!(2 * most_seats(providers) <= providers);
        }
    }
}
