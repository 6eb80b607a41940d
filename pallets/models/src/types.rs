//! What the pallet keeps of a model.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::{traits::StaticLookup, BoundedVec, FixedI128, Perbill};
use tributary_primitives::{
    assets::{Share, Team},
    datanets::FinalRound,
    ids::{ModelId, TermsId},
    licences::{Origin, MAX_SOURCES, MAX_SOURCE_MODELS, MAX_SOURCE_POOLS},
    Balance,
};

/// The most models that a model comes from directly.
pub const MAX_PARENTS: u32 = MAX_SOURCE_MODELS;
/// The most datanets that a model learned from or looks up.
pub const MAX_ROUNDS: u32 = MAX_SOURCE_POOLS;
/// The most origins that a model is registered with.
pub const MAX_ORIGINS: u32 = MAX_PARENTS + MAX_ROUNDS;
/// The most edges of a model: those, and as many as there are places for sources that its owner had left out.
pub const MAX_EDGES: u32 = MAX_SOURCES;
/// The most models in the whole ancestry of a model, as its owner names it.
pub const MAX_ANCESTORS: u32 = 256;
/// The most models that a lineage shows.
pub const MAX_RELATIVES: usize = 1_024;
/// The most bytes of a model's metadata.
pub const MAX_METADATA: u32 = 4_096;
/// The most evaluations of one model by one account.
pub const MAX_EVALUATIONS: u32 = 64;
/// The most bytes of a benchmark's or a metric's name.
pub const MAX_NAME: u32 = 64;

/// An account as calls name it.
pub type AccountIdLookupOf<T> = <<T as frame_system::Config>::Lookup as StaticLookup>::Source;
/// A model of this chain.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// A model's team on this chain.
pub type TeamOf<T> = Team<<T as frame_system::Config>::AccountId>;
/// An announced team on this chain.
pub type NextTeamOf<T> = NextTeam<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// An evaluation on this chain.
pub type EvaluationOf<T> = Evaluation<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// A model with all that was declared of it, on this chain.
pub type DetailsOf<T> = Details<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// A model within an ancestry, on this chain.
pub type RelativeOf<T> = Relative<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// Where a model comes from, on this chain.
pub type EdgeListOf<T> = EdgeList<BlockNumberFor<T>>;
/// What is registered as a model, on this chain.
pub(crate) type RegistrationOf<T> = Registration<<T as frame_system::Config>::AccountId>;

/// Where a model comes from, before anybody confirms it, in the order in which it is declared.
pub type Origins = BoundedVec<Origin, ConstU32<MAX_ORIGINS>>;
/// Where a model comes from, in the order in which it became known.
pub type EdgeList<BlockNumber> = BoundedVec<Edge<BlockNumber>, ConstU32<MAX_EDGES>>;
/// Every model in the ancestry of a model as its owner named it, ascending.
pub type AncestorSet = BoundedVec<ModelId, ConstU32<MAX_ANCESTORS>>;
/// What a model says of itself: text or JSON, among other things where its weights can be fetched.
pub type MetadataBytes = BoundedVec<u8, ConstU32<MAX_METADATA>>;
/// The name of a benchmark or a metric.
pub type Name = BoundedVec<u8, ConstU32<MAX_NAME>>;

/// A team that takes a model over after a notice.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct NextTeam<AccountId, BlockNumber> {
    /// Who is to share what the model earns.
    pub team: Team<AccountId>,
    /// The first block in which the change can be made.
    pub from: BlockNumber,
    /// The last one.
    pub until: BlockNumber,
}

/// How a model was made.
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
pub enum Kind {
    /// Trained from nothing but data.
    Base,
    /// The weights of another model, trained further.
    FineTune,
    /// Weights that work together with those of another model only.
    Adapter,
    /// The weights of several models made into one.
    Merge,
    /// Trained on the answers of another model.
    Distill,
    /// The weights of another model at a lower precision.
    Quantize,
}

impl Kind {
    /// Whether this origin is the one that makes a model to be of this kind.
    pub fn is_made_by(self, origin: &Origin) -> bool {
        matches!(
            (self, origin),
            (Kind::FineTune, Origin::FineTunedFrom(_))
                | (Kind::Adapter, Origin::AdapterOf(_))
                | (Kind::Merge, Origin::MergedFrom(_))
                | (Kind::Distill, Origin::DistilledFrom(_))
                | (Kind::Quantize, Origin::QuantizedFrom(_))
        )
    }

    /// Whether a model of this kind may have this origin.
    ///
    /// Data is open to every kind, and so are the answers of other models but for a base model, which comes from no model.
    /// Weights come in by the way that makes the kind, and by no other.
    pub fn may_have(self, origin: &Origin) -> bool {
        match origin {
            Origin::TrainedOn(_) | Origin::RetrievesFrom(_) => true,
            Origin::DistilledFrom(_) => self != Kind::Base,
            Origin::FineTunedFrom(_)
            | Origin::AdapterOf(_)
            | Origin::MergedFrom(_)
            | Origin::QuantizedFrom(_) => self.is_made_by(origin),
        }
    }

    /// How many origins a model of this kind has of those that make it one.
    pub fn makers(self) -> RangeInclusive<usize> {
        match self {
            Kind::Base => 0..=0,
            Kind::FineTune | Kind::Adapter | Kind::Distill => 1..=MAX_PARENTS as usize,
            Kind::Merge => 2..=MAX_PARENTS as usize,
            Kind::Quantize => 1..=1,
        }
    }
}

/// How well an edge is supported. A higher grade is greater.
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
pub enum Grade {
    /// The model's owner says so, or it was decided in a dispute.
    Declared,
    /// The parent's owner says so, too.
    CoSigned,
    /// Somebody made the model again from it.
    ReExecuted,
}

/// One source of a model.
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
pub struct Edge<BlockNumber> {
    /// How the model came from which source.
    pub origin: Origin,
    /// How well that is supported.
    pub grade: Grade,
    /// The block since which it is known, if the model was registered without it.
    pub debt: Option<BlockNumber>,
    /// Whether it was decided in a dispute: it then takes none of the owner's places.
    pub upheld: bool,
}

impl<BlockNumber> From<Origin> for Edge<BlockNumber> {
    fn from(origin: Origin) -> Self {
        Edge {
            origin,
            grade: Grade::Declared,
            debt: None,
            upheld: false,
        }
    }
}

/// What is registered as a model.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Registration<AccountId> {
    /// How it was made.
    pub(crate) kind: Kind,
    /// Where it comes from: at most [`MAX_PARENTS`] models and [`MAX_ROUNDS`] datanets, none twice.
    pub(crate) origins: Vec<Origin>,
    /// Hash of its weights.
    pub(crate) weights_hash: H256,
    /// Hash of how it was made: code, settings, order of the data.
    pub(crate) recipe_hash: H256,
    /// Its licence.
    pub(crate) terms: TermsId,
    /// The most that its royalties come to together.
    pub(crate) royalties_at_most: Perbill,
    /// Who shares what it earns.
    pub(crate) team: Vec<Share<AccountId>>,
    /// What it says of itself, at most [`MAX_METADATA`] bytes.
    pub(crate) metadata: Vec<u8>,
}

/// A registered model. Never removed.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Model<AccountId, BlockNumber> {
    /// Who decides about it and has its deposit on hold.
    pub owner: AccountId,
    /// Who may become its owner by accepting.
    pub offered_to: Option<AccountId>,
    /// How it was made.
    pub kind: Kind,
    /// Hash of its weights. Nobody checks that it is the first registration of these weights.
    pub weights_hash: H256,
    /// Hash of how it was made: code, settings, order of the data.
    pub recipe_hash: H256,
    /// Its licence.
    pub terms: TermsId,
    /// The block in which it was registered.
    pub registered: BlockNumber,
    /// Whether it has no new descendants any more. Once set, never cleared.
    pub retired: bool,
    /// The block since which it is known that it was made again as its recipe says, from the sources that it names.
    pub reexecuted: Option<BlockNumber>,
    /// Whether what it comes from became known to be another since somebody last set out to show that it was made again.
    pub ancestry_changed: bool,
    /// Whether a parent that an owner had named was struck. Once set, never cleared: no owner names its parents any more, nor a later one.
    pub naming_forfeited: bool,
    /// How many evaluations it has.
    pub evaluations: u32,
    /// What its owner has on hold for it.
    pub deposit: Balance,
}

/// What somebody found a model to be worth on a benchmark. Never changed, never removed.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Evaluation<AccountId, BlockNumber> {
    /// Who says so, and has its deposit on hold.
    pub evaluator: AccountId,
    /// What the model was tried on.
    pub benchmark: Name,
    /// What was measured, as in "accuracy" or "perplexity".
    pub metric: Name,
    /// What came out, with 18 decimals.
    pub score: FixedI128,
    /// Hash of what lets others check it: answers, settings, logs.
    pub evidence: H256,
    /// The block in which it was added.
    pub evaluated: BlockNumber,
    /// What the evaluator has on hold for it.
    pub deposit: Balance,
}

/// A model with all that was declared of it, for readers.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Details<AccountId, BlockNumber> {
    /// The model.
    pub model: Model<AccountId, BlockNumber>,
    /// Where it comes from.
    pub edges: EdgeList<BlockNumber>,
    /// What it says of itself.
    pub metadata: MetadataBytes,
}

/// A model within an ancestry, for readers.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Relative<AccountId, BlockNumber> {
    /// Its identifier.
    pub id: ModelId,
    /// The model.
    pub model: Model<AccountId, BlockNumber>,
    /// Where it comes from.
    pub edges: EdgeList<BlockNumber>,
    /// The rounds among that, with what was reached before and with them, and whether it was measured.
    pub data: Vec<FinalRound>,
}

/// How many of the origins are models.
pub(crate) fn count_parents(origins: &[Origin]) -> u32 {
    // A vector in memory has fewer than 2^32 origins.
    origins
        .iter()
        .filter(|origin| origin.pool().is_none())
        .count() as u32
}

/// How many of the origins are rounds of datanets.
pub(crate) fn count_rounds(origins: &[Origin]) -> u32 {
    // A vector in memory has fewer than 2^32 origins.
    origins
        .iter()
        .filter(|origin| origin.pool().is_some())
        .count() as u32
}
