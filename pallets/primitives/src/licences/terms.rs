//! Licence terms as their publisher states them.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{ConstU32, H256};
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    BoundedVec, Perbill,
};

use super::Uses;
use crate::{ids::TermsId, Balance};

/// The most bytes of the address of a legal text.
pub const MAX_URI: u32 = 256;
/// The most bytes of an SPDX identifier.
pub const MAX_SPDX: u32 = 64;
/// The most that all royalties of a model come to, and so the most that one can.
pub const MAX_ROYALTIES: Perbill = Perbill::from_percent(60);

/// A share-alike family: the hash of the legal text that all its terms answer to.
pub type Family = H256;

/// Who has to ask before making a descendant.
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
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    TypeInfo,
)]
pub enum Gate {
    /// Those who make a direct descendant.
    First,
    /// Those who make a descendant of any generation.
    Every,
}

impl Gate {
    /// Whether descendants of a generation have to ask.
    pub fn covers(self, generation: Generation) -> bool {
        match generation {
            Generation::First => true,
            Generation::Later => self == Gate::Every,
        }
    }
}

/// How far a descendant is from the asset whose licence it falls under.
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
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    TypeInfo,
)]
pub enum Generation {
    /// It descends from another descendant only.
    Later,
    /// It names the asset as its own origin.
    First,
}

/// What is paid to an asset before a descendant of it can be registered.
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
pub struct UpfrontFee {
    /// Coin for each descendant, at least 1.
    pub amount: Balance,
    /// Which descendants.
    pub gate: Gate,
}

/// What an asset asks of everything that its descendants earn, whatever lies between.
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
pub struct RoyaltyTerms {
    /// Part of each descendant's net: above 0, at most [`MAX_ROYALTIES`].
    pub rate: Perbill,
    /// The most that each descendant ever pays, in coin, at least 1.
    pub ceiling: Option<Balance>,
}

/// Where the legal text is, and which it is.
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
pub struct LegalText {
    /// Where it can be read: an address in printable ASCII, not empty.
    #[serde(with = "text")]
    pub uri: BoundedVec<u8, ConstU32<MAX_URI>>,
    /// BLAKE2b of its bytes, 32 bytes long.
    pub hash: H256,
    /// Its identifier in the SPDX licence list; empty where none fits.
    #[serde(default, with = "text")]
    pub spdx: BoundedVec<u8, ConstU32<MAX_SPDX>>,
}

impl LegalText {
    /// The text at an address. `None` if address or SPDX identifier are too long.
    pub fn new(uri: &str, hash: H256, spdx: &str) -> Option<Self> {
        Some(LegalText {
            uri: uri.as_bytes().to_vec().try_into().ok()?,
            hash,
            spdx: spdx.as_bytes().to_vec().try_into().ok()?,
        })
    }
}

/// The terms of a licence. They never change: other terms are others, with another identifier.
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
pub struct LicenceTerms {
    /// What may be done with the asset itself.
    pub direct: Uses,
    /// What may be done with its descendants of any generation.
    pub onward: Uses,
    /// Whether asset and descendants may be used for gain. A descendant of an asset that may not is not commercial either; what
    /// somebody uses it for is stated, not enforced.
    pub commercial: bool,
    /// The family that terms of descendants must belong to as well.
    pub share_alike: Option<Family>,
    /// Whether the makers must be named (stated, not enforced).
    pub attribution: bool,
    /// Whose descendants the asset's owner has to approve.
    pub approval: Option<Gate>,
    /// What is paid before a descendant can be registered.
    pub fee: Option<UpfrontFee>,
    /// What descendants owe of what they earn.
    pub royalty: Option<RoyaltyTerms>,
    /// The most units of calls that the asset itself may ever answer, at least 1.
    pub quota: Option<u64>,
    /// The first block at which nothing is allowed any more, for the asset and its descendants.
    pub expires: Option<u32>,
    /// What the law reads.
    pub text: LegalText,
}

/// What makes terms unfit for publication.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flaw {
    /// A royalty of rate 0, above [`MAX_ROYALTIES`], or with a ceiling of 0.
    Royalty,
    /// An upfront fee of 0.
    Fee,
    /// A quota of 0.
    Quota,
    /// An address that is empty, or has other characters than printable ASCII.
    Uri,
    /// An SPDX identifier with other characters than letters, digits, `.`, `-` and `+`.
    Spdx,
}

impl LicenceTerms {
    /// The identifier: BLAKE2b of the SCALE encoding. Equal terms have equal identifiers.
    pub fn id(&self) -> TermsId {
        BlakeTwo256::hash_of(self)
    }

    /// Whether they say what terms can say.
    pub fn check(&self) -> Result<(), Flaw> {
        if let Some(royalty) = &self.royalty {
            let fits = !royalty.rate.is_zero() && royalty.rate <= MAX_ROYALTIES;
            if !fits || royalty.ceiling == Some(0) {
                return Err(Flaw::Royalty);
            }
        }
        if self.fee.is_some_and(|fee| fee.amount == 0) {
            return Err(Flaw::Fee);
        }
        if self.quota == Some(0) {
            return Err(Flaw::Quota);
        }
        let uri = &self.text.uri;
        if uri.is_empty() || !uri.iter().all(u8::is_ascii_graphic) {
            return Err(Flaw::Uri);
        }
        let identifies = |byte: &u8| byte.is_ascii_alphanumeric() || b".-+".contains(byte);
        if !self.text.spdx.iter().all(identifies) {
            return Err(Flaw::Spdx);
        }
        Ok(())
    }

    /// Whether they allow nothing any more at a block.
    pub fn expired(&self, block: u32) -> bool {
        self.expires.is_some_and(|expires| expires <= block)
    }

    /// The widest of the gates for approval and fee.
    pub fn gate(&self) -> Option<Gate> {
        self.approval.max(self.fee.map(|fee| fee.gate))
    }

    /// Whether the owner has to approve a descendant of a generation.
    pub fn asks_approval(&self, generation: Generation) -> bool {
        self.approval.is_some_and(|gate| gate.covers(generation))
    }

    /// What is paid before a descendant of a generation can be registered; 0 if nothing.
    pub fn fee_of(&self, generation: Generation) -> Balance {
        self.fee
            .filter(|fee| fee.gate.covers(generation))
            .map_or(0, |fee| fee.amount)
    }

    /// The same, with a royalty.
    pub fn with_royalty(mut self, rate: Perbill, ceiling: Option<Balance>) -> Self {
        self.royalty = Some(RoyaltyTerms { rate, ceiling });
        self
    }

    /// The same, with an upfront fee.
    pub fn with_fee(mut self, amount: Balance, gate: Gate) -> Self {
        self.fee = Some(UpfrontFee { amount, gate });
        self
    }

    /// The same, with descendants to be approved.
    pub fn with_approval(mut self, gate: Gate) -> Self {
        self.approval = Some(gate);
        self
    }

    /// The same, until a block.
    pub fn with_expiry(mut self, block: u32) -> Self {
        self.expires = Some(block);
        self
    }

    /// The same, under another legal text.
    pub fn with_text(mut self, text: LegalText) -> Self {
        self.text = text;
        self
    }
}

/// Bounded bytes that read as text in human formats.
mod text {
    use alloc::string::String;

    use serde::{de::Error, Deserialize, Deserializer, Serializer};
    use sp_core::ConstU32;
    use sp_runtime::BoundedVec;

    pub(super) fn serialize<S: Serializer, const MAX: u32>(
        bytes: &BoundedVec<u8, ConstU32<MAX>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const MAX: u32>(
        deserializer: D,
    ) -> Result<BoundedVec<u8, ConstU32<MAX>>, D::Error> {
        String::deserialize(deserializer)?
            .into_bytes()
            .try_into()
            .map_err(|_| D::Error::custom("the text is too long"))
    }
}
