//! What the pallet keeps of attestations.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;
use tributary_primitives::datanets::MAX_PROVIDERS;

/// What an attestor says of a round.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Attestation<AccountId> {
    /// The attestor.
    pub attestor: AccountId,
    /// Hash of its statement: see `hashing::statement`.
    pub statement: H256,
}

/// What attestors agreed on.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Outcome<AccountId> {
    /// The first of those who agreed.
    pub evaluator: AccountId,
    /// Hash of their statement.
    pub statement: H256,
    /// Root of the benchmark's records.
    pub benchmark: H256,
    /// Accuracy before the newcomers, over L K C T.
    pub before: u128,
    /// Accuracy with them, over L K C T.
    pub after: u128,
    /// How many agreed, which is as many as had to.
    pub threshold: u8,
}

/// The statements that stand in a round, in the order in which they were made.
pub type Attestations<AccountId> = BoundedVec<Attestation<AccountId>, ConstU32<MAX_PROVIDERS>>;
/// The statements of a round of this chain.
pub type AttestationsOf<T> = Attestations<<T as frame_system::Config>::AccountId>;
/// An outcome of this chain.
pub type OutcomeOf<T> = Outcome<<T as frame_system::Config>::AccountId>;
