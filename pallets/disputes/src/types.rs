//! What the pallet keeps of a case.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::{BoundedVec, DispatchError};
use tributary_primitives::{ids::ModelId, roles::Contention, Balance};

/// The most arbiters that are in office at a time.
pub const MAX_ARBITERS: u32 = 16;

/// How often the bond of a model's cases doubles at the most.
pub const MAX_DOUBLINGS: u32 = 6;

/// How many times the bond of a case that of its appeal is.
pub const APPEAL_FACTOR: Balance = 2;

/// A case, counted from 0. None is ever used twice, so that a vote cannot be meant for one case and count in the next.
pub type CaseId = u32;

/// The arbiters in office, in the order in which they were named.
pub type ArbitersOf<T> = BoundedVec<<T as frame_system::Config>::AccountId, ConstU32<MAX_ARBITERS>>;

/// The arbiters who hear a case.
pub type Panel<AccountId> = BoundedVec<Seat<AccountId>, ConstU32<MAX_ARBITERS>>;

/// A case of this chain.
pub type CaseOf<T> = Case<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// The stage of a case of this chain.
pub type StageOf<T> = Stage<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// An arbiter who hears a case.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Seat<AccountId> {
    /// The arbiter.
    pub arbiter: AccountId,
    /// Whether the case should be upheld, once the arbiter has said so.
    pub vote: Option<bool>,
}

/// An appeal from a ruling.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Appeal<AccountId> {
    /// Whether the ruling upheld the case.
    pub ruling: bool,
    /// Who appealed.
    pub appellant: AccountId,
    /// What the appellant has on hold for it.
    pub bond: Balance,
}

/// How far a case is. `until` is the first block in which what the stage waits for is too late.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub enum Stage<AccountId, BlockNumber> {
    /// The panel votes.
    Hearing {
        /// Without a ruling by then the case lapses.
        until: BlockNumber,
    },
    /// More than half of the panel agree.
    Ruled {
        /// Whether they uphold the case.
        upheld: bool,
        /// Without an appeal by then the ruling stands.
        until: BlockNumber,
    },
    /// It is for governance to decide.
    Referred {
        /// The appeal that brought it there. None if too few arbiters were impartial to hear it at all.
        appeal: Option<Appeal<AccountId>>,
        /// Without a decision by then the ruling stands, or the case lapses if there is none.
        until: BlockNumber,
    },
    /// Governance has decided.
    Decided {
        /// The appeal that brought it there.
        appeal: Option<Appeal<AccountId>>,
        /// Whether the case is upheld.
        upheld: bool,
    },
}

/// What a case is about, but for the parent.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub enum CaseKind {
    /// A parent is missing.
    MissingParent,
    /// A parent is none.
    FalseParent,
    /// The model was made again.
    Reexecuted,
}

impl From<&Contention> for CaseKind {
    fn from(contention: &Contention) -> Self {
        match contention {
            Contention::MissingParent(_) => Self::MissingParent,
            Contention::FalseParent(_) => Self::FalseParent,
            Contention::Reexecuted => Self::Reexecuted,
        }
    }
}

/// What is contested about a model, by whom, and how far it is.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Case<AccountId, BlockNumber> {
    /// The model.
    pub model: ModelId,
    /// What is contested about it.
    pub contention: Contention,
    /// Hash of the evidence, which is published elsewhere.
    pub evidence: H256,
    /// Who opened the case.
    pub plaintiff: AccountId,
    /// What the plaintiff has on hold for it.
    pub bond: Balance,
    /// Who hears it: the arbiters who were in office and no party when it was opened.
    pub panel: Panel<AccountId>,
    /// How far it is.
    pub stage: Stage<AccountId, BlockNumber>,
}

impl<AccountId, BlockNumber> Case<AccountId, BlockNumber> {
    /// How many of the panel must agree: more than half, whatever becomes of the arbiters meanwhile.
    pub fn majority(&self) -> usize {
        self.panel.len() / 2 + 1
    }

    /// How many of the panel said this.
    pub fn votes(&self, upheld: bool) -> usize {
        self.panel
            .iter()
            .filter(|seat| seat.vote == Some(upheld))
            .count()
    }

    /// The appeal, if there was one.
    pub fn appeal(&self) -> Option<&Appeal<AccountId>> {
        match &self.stage {
            Stage::Hearing { .. } | Stage::Ruled { .. } => None,
            Stage::Referred { appeal, .. } | Stage::Decided { appeal, .. } => appeal.as_ref(),
        }
    }
}

/// How a case ended.
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
pub enum Outcome {
    /// The plaintiff is right, and the ancestry has changed.
    Upheld,
    /// The plaintiff is right, but there is no room for it: the ancestry is as before.
    NotCarriedOut(DispatchError),
    /// The plaintiff is not right.
    Dismissed,
    /// Nobody has said in time whether the plaintiff is right.
    Lapsed,
}
