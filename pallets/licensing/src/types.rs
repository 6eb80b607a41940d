//! What is kept of terms, assets and grants.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::{traits::StaticLookup, BoundedVec};
use tributary_primitives::{
    assets::LateRoyalties,
    ids::TermsId,
    licences::{Generation, Origin, Standing, MAX_SOURCES},
    Balance,
};

pub use tributary_primitives::licences::Offer;

/// The most assets of an ancestry, the nearest first, that are asked whether they are stale. More can be there only if ancestors of a model
/// got ancestors after it was registered.
pub const MAX_LOOKED_AT: usize = 1_024;

/// Who put terms on chain, and how many assets are under them.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Publication<AccountId> {
    /// Who has the deposit on hold.
    pub publisher: AccountId,
    /// What is on hold for storing the terms.
    pub deposit: Balance,
    /// How many assets are under them. They can be retracted while it is none.
    pub assets: u32,
}

/// An asset under terms.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Attachment<AccountId> {
    /// Who makes its offer and approves descendants. Has the deposit on hold.
    pub owner: AccountId,
    /// Its terms.
    pub terms: TermsId,
    /// What they and those of its ancestors ask of descendants.
    pub standing: Standing,
    /// Whether it takes no descendants and gives no grants any more.
    pub retired: bool,
    /// What is on hold for storing this and the offer.
    pub deposit: Balance,
    /// The number of the last change of what it asks of descendants, of all that there were on the chain. 0 if it is as it was registered.
    pub changed: u64,
    /// How many of these changes there were when it was folded: those of its sources until then are taken up.
    pub folded: u64,
    /// How many units of calls of it were answered or are reserved. Counted where its terms have a quota.
    pub reserved: u64,
}

/// What a model comes from.
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
pub struct ModelSource {
    /// How it came from what.
    pub origin: Origin,
    /// Whether its owner had left it out and others showed it.
    pub upheld: bool,
}

/// What a model comes from: at most 16 models and 16 pools that its owner names, and at most 8 sources that they had left out.
pub type SourceList = BoundedVec<ModelSource, ConstU32<MAX_SOURCES>>;

/// A source that somebody says a model was registered without.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Claim {
    /// How the model is said to come from what.
    pub origin: Origin,
    /// What it would owe late because of that: what the source comes to owe meanwhile is not claimed.
    pub royalties: LateRoyalties,
}

/// The right of an account to make one descendant of an asset, or the application for it.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Grant {
    /// The farthest that the descendant may be: a grant for the first generation is good for later ones too.
    pub generation: Generation,
    /// Whether it can be used. Else it waits for the asset's owner.
    pub approved: bool,
    /// What is on hold for the upfront fee, while it waits.
    pub fee: Balance,
    /// What is on hold for storing it.
    pub deposit: Balance,
}

/// [`Publication`] by an account of the runtime.
pub type PublicationOf<T> = Publication<<T as frame_system::Config>::AccountId>;
/// [`Attachment`] to an asset of an account of the runtime.
pub type AttachmentOf<T> = Attachment<<T as frame_system::Config>::AccountId>;
/// How calls name an account.
pub type AccountIdLookupOf<T> = <<T as frame_system::Config>::Lookup as StaticLookup>::Source;
