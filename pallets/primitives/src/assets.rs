//! What can earn, and who is paid for it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::ConstU32;
use sp_runtime::{BoundedVec, Perbill};

use crate::{
    ids::{DatanetId, ModelId, RoundNumber},
    Balance,
};

/// The most royalties that a model owes.
pub const MAX_STACK: u32 = 32;
/// The most royalties that a model owes beyond those, to parents that it had left out.
pub const MAX_LATE: u32 = 8;
/// The most members of a team.
pub const MAX_TEAM: u32 = 16;
/// The most authors who share what a contribution earns.
pub const MAX_AUTHORS: u32 = 16;
/// The most accounts that earn beside the contributors of a data pool: the steward, the round's providers and its evaluator.
pub const MAX_CREW: u32 = 8;

/// Something that licences are attached to and that money is paid for.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    Hash,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    TypeInfo,
)]
pub enum Asset {
    /// A datanet, all its rounds.
    Datanet(DatanetId),
    /// A model.
    Model(ModelId),
}

/// The admitted contributions of a datanet up to and including a round.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    Hash,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    TypeInfo,
)]
pub struct Pool {
    /// The datanet.
    pub datanet: DatanetId,
    /// The last round that the pool contains.
    pub round: RoundNumber,
}

/// Who receives a royalty.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    Hash,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    TypeInfo,
)]
pub enum Payee {
    /// The team of a model.
    Model(ModelId),
    /// The contributors of a data pool, and its crew.
    Pool(Pool),
}

impl Payee {
    /// The asset whose licence asks for the royalty.
    pub fn asset(&self) -> Asset {
        match self {
            Payee::Model(model) => Asset::Model(*model),
            Payee::Pool(pool) => Asset::Datanet(pool.datanet),
        }
    }
}

/// One royalty that an asset owes out of its net.
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
pub struct Royalty {
    /// Who receives it.
    pub payee: Payee,
    /// Its part of the asset's net.
    pub rate: Perbill,
    /// The most that it ever comes to, in coin.
    pub ceiling: Option<Balance>,
}

/// The sum of all rates in billionths. Of rates there are a few dozen at the most.
pub fn billionths<'a>(royalties: impl IntoIterator<Item = &'a Royalty>) -> u64 {
    let parts = |royalty: &Royalty| u64::from(royalty.rate.deconstruct());
    royalties.into_iter().map(parts).sum()
}

/// All royalties that an asset owes, one for each earning asset, ascending by payee.
pub type RoyaltyStack = BoundedVec<Royalty, ConstU32<MAX_STACK>>;

/// Royalties to parents that a model had left out, and to what those owe: one for each earning asset.
pub type LateRoyalties = BoundedVec<Royalty, ConstU32<MAX_LATE>>;

/// An account and its part of something.
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
pub struct Share<AccountId> {
    /// Who receives the part.
    pub account: AccountId,
    /// The part.
    pub part: Perbill,
}

/// Those who share what a model earns: at least one, parts that sum to one, no account twice.
pub type Team<AccountId> = BoundedVec<Share<AccountId>, ConstU32<MAX_TEAM>>;

/// Those who share what a contribution earns, where it is not its contributor alone: at least one, parts that sum to one, no
/// account twice.
pub type Authors<AccountId> = BoundedVec<Share<AccountId>, ConstU32<MAX_AUTHORS>>;

/// Those who earn beside the contributors of a pool: parts that sum to at most 15 %.
pub type Crew<AccountId> = BoundedVec<Share<AccountId>, ConstU32<MAX_CREW>>;
