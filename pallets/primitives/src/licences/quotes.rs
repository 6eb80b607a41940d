//! What a wallet shows before a signature.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

use super::{Generation, Refusal};
use crate::{
    assets::{Asset, LateRoyalties, RoyaltyStack},
    Balance,
};

/// What the owner of an asset asks from now on of those who use it.
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
pub struct Offer {
    /// The least net of a unit, in coin.
    pub price: Balance,
    /// The largest part of a payment, after the protocol fee, that a host may keep.
    pub host_share: Perbill,
}

/// How far somebody has come with a grant.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum GrantProgress {
    /// It has to be acquired; one that is good for later generations only has to be used or given up before.
    Missing,
    /// It is applied for, and not approved yet.
    Applied,
    /// It is there to be used.
    Granted,
}

/// A grant that somebody needs to make a descendant.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct GrantQuote {
    /// The asset that gives it.
    pub asset: Asset,
    /// The descendant's generation, seen from the asset.
    pub generation: Generation,
    /// Whether the asset's owner has to approve it.
    pub approval: bool,
    /// What it costs, in coin.
    pub fee: Balance,
    /// How far they have come with it.
    pub progress: GrantProgress,
}

/// What a model with certain terms and origins would owe, and what its owner needs.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct ModelQuote {
    /// The royalties that it would owe.
    pub royalties: RoyaltyStack,
    /// The grants that it would use up, ascending by asset.
    pub grants: Vec<GrantQuote>,
}

/// What a use of an asset costs, and who earns from it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct UseQuote {
    /// The least net of all units, in coin: what the asset earns after protocol fee and host share. 0 for uses that are not
    /// counted in units.
    pub price: Balance,
    /// The largest part of a payment, after the protocol fee, that a host may keep.
    pub host_share: Perbill,
    /// Who has a part of the net; the rest is the asset's own.
    pub royalties: RoyaltyStack,
    /// Who has a part of it besides, because they became known as ancestors late: out of what would be the asset's own.
    pub late: LateRoyalties,
    /// The grants that making a descendant in this way asks for, ascending by asset.
    pub grants: Vec<GrantQuote>,
    /// Whether the asset may be used for gain.
    pub commercial: bool,
    /// Whether its makers must be named.
    pub attribution: bool,
}

/// What stands against a use of an asset.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum UseRefusal {
    /// A term of its licence.
    Licence(Refusal),
    /// Its owner has made no offer.
    NotOffered,
    /// Its terms allow fewer units, or so many of them are answered and reserved already.
    QuotaExceeded {
        /// The most units that can still be reserved.
        left: u64,
    },
    /// The price of all units is more than there can be of the coin.
    PriceOverflow,
    /// Something changed along its ancestry that it, or an ancestor, has not taken up. Anybody may refold them, the oldest first.
    Stale,
}
