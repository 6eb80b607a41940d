//! What the pallet keeps of datanets, rounds, contributions and benchmark slices.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::{traits::StaticLookup, BoundedVec};
use tributary_primitives::{
    datanets::{
        Delivered, Phase, Recipe, MAX_CLASSES, MAX_CONTRIBUTIONS, MAX_PROVIDERS, MAX_REFERENCE,
        MAX_SLICES,
    },
    ids::{ContributionNumber, RoundNumber},
    merkle::{Node, Range},
    Balance,
};

/// The most bytes of a datanet's metadata.
pub const MAX_METADATA: u32 = 4_096;
/// The most contributions of one answer of a view function.
pub const PAGE: usize = 64;
/// How many changes of epoch are remembered: a round must be advanced before the one that picks its slices is forgotten.
pub const EPOCHS_KEPT: u64 = 64;
/// Which change of epoch after the freeze picks the slices, counted from 1. The first brings randomness of the very epoch of the
/// freeze, known in part to whoever freezes; the second is of an epoch that had not begun.
pub const PICKING_CHANGE: u64 = 2;

/// An account as calls name it.
pub type AccountIdLookupOf<T> = <<T as frame_system::Config>::Lookup as StaticLookup>::Source;
/// A datanet of this chain.
pub type DatanetOf<T> = Datanet<<T as frame_system::Config>::AccountId>;
/// A datanet with all that was declared of it, on this chain.
pub type DetailsOf<T> = Details<<T as frame_system::Config>::AccountId>;
/// A round of this chain.
pub type RoundOf<T> = Round<<T as frame_system::Config>::AccountId>;
/// A contribution of this chain.
pub type ContributionOf<T> = Contribution<<T as frame_system::Config>::AccountId>;
/// A pledge of this chain.
pub type PledgeOf<T> = Pledge<<T as frame_system::Config>::AccountId>;
/// The slices that a round's providers committed, on this chain.
pub type BenchmarkOf<T> = Benchmark<<T as frame_system::Config>::AccountId>;

/// What a datanet says of itself: text or JSON.
pub type MetadataBytes = BoundedVec<u8, ConstU32<MAX_METADATA>>;
/// Where the records of a contribution lie for those who are let in, such as a URI.
pub type ReferenceBytes = BoundedVec<u8, ConstU32<MAX_REFERENCE>>;
/// Accounts that supply the benchmark of a round, or attest the round, each at most once.
pub type Providers<AccountId> = BoundedVec<AccountId, ConstU32<MAX_PROVIDERS>>;
/// The commitments of a provider's slices, by slice number.
pub type SliceHashes = BoundedVec<H256, ConstU32<MAX_SLICES>>;
/// What the providers of a round committed, in the order of their commitments.
pub type Benchmark<AccountId> = BoundedVec<Slices<AccountId>, ConstU32<MAX_PROVIDERS>>;
/// The parts of a round's benchmark, in the order of its records.
pub type Seats<AccountId> = BoundedVec<Seat<AccountId>, ConstU32<MAX_PROVIDERS>>;
/// Delivered contributions that wait for their values, ascending by number.
pub type NewcomerList = BoundedVec<Delivered, ConstU32<MAX_CONTRIBUTIONS>>;

/// A datanet, but for its recipe.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Datanet<AccountId> {
    /// Who decides about its rounds.
    pub steward: AccountId,
    /// Who may become the steward by accepting.
    pub offered: Option<AccountId>,
    /// On hold from the steward for what is stored.
    pub deposit: Balance,
    /// Who supplies the benchmark of the rounds opened from now on, or attests them.
    pub providers: Providers<AccountId>,
    /// The last round; 0 before the first.
    pub rounds: RoundNumber,
    /// The number of the next contribution, which is how many were committed.
    pub contributions: ContributionNumber,
    /// How many contributions have neither a value yet nor are gone: at most as many as a round can have, as a void round leaves its
    /// own to the next one.
    pub pending: u32,
    /// Whether no round is opened any more.
    pub retired: bool,
    /// The last round that froze; 0 before the first. What is withdrawn is left out from the next one on.
    pub frozen: RoundNumber,
    /// Weight of the admitted contributions of which consent was withdrawn.
    pub withdrawn: u128,
}

/// A datanet with all that was declared of it, and the weights of what was admitted.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct Details<AccountId> {
    /// The datanet.
    pub datanet: Datanet<AccountId>,
    /// Its recipe.
    pub recipe: Recipe,
    /// What it says of itself.
    pub metadata: MetadataBytes,
    /// How many contributions are admitted, withdrawn ones included.
    pub admitted: u32,
    /// Root and sum of their weights.
    pub weights: Node,
}

/// Money that waits for a round of a datanet.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Pledge<AccountId> {
    /// The round that may take it, and no other.
    pub round: RoundNumber,
    /// Who must supply that round's benchmark: a sponsor buys a measurement by these and by nobody else.
    pub providers: Providers<AccountId>,
    /// Paid for an accuracy of 1.0.
    pub price: Balance,
    /// The most that is paid in all.
    pub budget: Balance,
    /// On hold beside the budget for what is stored.
    pub deposit: Balance,
}

/// What a round's contributors are paid besides what their data will earn.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Sponsorship<AccountId> {
    /// Who pays, and has what is left back.
    pub sponsor: AccountId,
    /// Paid for an accuracy of 1.0.
    pub price: Balance,
    /// The most that is paid in all.
    pub budget: Balance,
}

/// A round of a datanet.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Round<AccountId> {
    /// Where it stands.
    pub phase: Phase,
    /// The last block of `Committing`, of `Delivering`, or in which picked slices are revealed; nothing where no such block is set.
    pub deadline: Option<u32>,
    /// The number of its first commitment.
    pub first: ContributionNumber,
    /// How many contributions were committed.
    pub committed: u32,
    /// How many of them are delivered.
    pub delivered: u32,
    /// How many contributions of a void round it values; 0 if it values its own. What it then has itself waits for the next one.
    pub carried: u32,
    /// Who supplies the benchmark, each an equal part, or attests the round.
    pub providers: Providers<AccountId>,
    /// The sponsor's money, if there is a sponsor.
    pub sponsorship: Option<Sponsorship<AccountId>>,
    /// How many changes of epoch were recorded when it froze.
    pub frozen: Option<u64>,
    /// What picks the slices.
    pub randomness: Option<H256>,
    /// The picked slices: empty before, then one for each provider. None where the round is attested.
    pub seats: Seats<AccountId>,
    /// Rolling hash of the delivered roots, ascending by number, and then of the revealed slices' roots, in the order of the
    /// seats.
    pub inputs: H256,
    /// The block in which the benchmark was complete, or in which it froze where it is attested; 0 before.
    pub revealed_at: u32,
    /// How it came out, once it is final.
    pub outcome: Option<Outcome<AccountId>>,
    /// Weight of the admitted contributions of which consent was withdrawn before it froze: its snapshot and its pool leave them out.
    pub withdrawn: u128,
}

impl<AccountId> Round<AccountId> {
    /// The numbers of its contributions, lapsed ones included, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = ContributionNumber> {
        (self.first..=ContributionNumber::MAX).take(self.committed as usize)
    }

    /// Whether it is final or void.
    pub fn ended(&self) -> bool {
        matches!(self.phase, Phase::Final | Phase::Void)
    }

    /// The sponsor's price and budget, both 0 without a sponsor.
    pub fn price_and_budget(&self) -> (Balance, Balance) {
        self.sponsorship.as_ref().map_or((0, 0), |sponsorship| {
            (sponsorship.price, sponsorship.budget)
        })
    }
}

/// How a final round came out.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Outcome<AccountId> {
    /// Whose valuation stands, or who was the first to state what attestors agreed on.
    pub evaluator: AccountId,
    /// Accuracy before the newcomers, over L K C T.
    pub before: u128,
    /// Accuracy with them, over L K C T.
    pub after: u128,
}

/// A part of a round's benchmark: the slice that is picked for it, and what was revealed.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Seat<AccountId> {
    /// Whose slice it is.
    pub provider: AccountId,
    /// The slice's number.
    pub slice: u8,
    /// How often another slice was picked for this seat before.
    pub attempt: u8,
    /// Root of the slice's records, once it is revealed.
    pub root: Option<H256>,
}

/// What a provider committed for a round.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Slices<AccountId> {
    /// The provider.
    pub provider: AccountId,
    /// The commitments of its slices.
    pub hashes: SliceHashes,
    /// On hold from the provider; 0 once it was burnt.
    pub bond: Balance,
    /// The slices that were picked, a bit each.
    pub picked: u16,
    /// Whether the provider left a picked slice unrevealed: no other slice of it is picked any more.
    pub silent: bool,
}

impl<AccountId> Slices<AccountId> {
    /// The numbers of the slices that can still be picked.
    pub fn unpicked(&self) -> impl Iterator<Item = u8> + '_ {
        (0..MAX_SLICES as u8)
            .take(if self.silent { 0 } else { self.hashes.len() })
            .filter(|number| self.picked & (1 << number) == 0)
    }
}

/// How far a picked slice is revealed.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Reveal {
    /// The number of the next batch.
    pub next: u16,
    /// The records so far, each of weight 1.
    pub records: Range,
    /// How many bytes they are.
    pub bytes: u32,
    /// How many of them there are of each class.
    pub classes: BoundedVec<u16, ConstU32<{ MAX_CLASSES as u32 }>>,
}

/// How far a contribution is delivered.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Delivery {
    /// What was committed to.
    pub commitment: H256,
    /// The number of the next batch.
    pub next: u16,
    /// The records so far, each of weight 1.
    pub records: Range,
    /// How many bytes they are.
    pub bytes: u32,
}

/// A contribution of a round.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Contribution<AccountId> {
    /// Whose it is.
    pub contributor: AccountId,
    /// The round that it was committed to and delivered in.
    pub committed_to: RoundNumber,
    /// The round that values it: a later one if that one is void.
    pub round: RoundNumber,
    /// Root of its records; zero until all are delivered.
    pub root: H256,
    /// How many records it has.
    pub records: u16,
    /// How many bytes they are.
    pub bytes: u32,
    /// How many authors share what it earns; 0 if it is its contributor's alone.
    pub authors: u8,
    /// On hold from the contributor: the bond until it is valued, then what is left of it for the place that it takes in state.
    pub bond: Balance,
    /// How far it has come.
    pub status: Status,
    /// What it is worth, over L K C T; 0 until it was valued.
    pub value: i128,
    /// The first round whose snapshot and pool leave it out, if consent was withdrawn.
    pub withdrawn: Option<RoundNumber>,
}

/// How far a contribution has come.
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
pub enum Status {
    /// It must be delivered.
    Committed,
    /// Its records are in blocks, or a reference to them is; their root is known.
    Delivered,
    /// It is worth more than nothing: later records are compared with it for ever, also if consent is withdrawn.
    Admitted,
    /// It is worth nothing or less: anybody may commit its records again.
    Rejected,
}

/// How many changes of epoch were seen.
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
pub struct EpochCount {
    /// How many records were ever made.
    pub recorded: u64,
    /// The epoch of the last one.
    pub epoch: u64,
}

/// A change of epoch.
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
pub struct EpochRecord {
    /// The epoch that began.
    pub epoch: u64,
    /// Its first block.
    pub start: u32,
    /// What the epoch before produced.
    pub randomness: H256,
}
