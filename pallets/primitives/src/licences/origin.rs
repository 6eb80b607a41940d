//! How a model came from its sources.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

use super::Use;
use crate::{
    assets::{Asset, Payee, Pool},
    ids::ModelId,
};

/// How a model came from one of its sources.
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
pub enum Origin {
    /// Fine-tuned from a model: asks for the use `FineTune`.
    FineTunedFrom(ModelId),
    /// An adapter of a model: asks for the use `FineTune`.
    AdapterOf(ModelId),
    /// Merged from a model and others: asks for the use `Modify`.
    MergedFrom(ModelId),
    /// Distilled from the answers of a model: asks for the use `Distil`.
    DistilledFrom(ModelId),
    /// A quantisation of a model: asks for the use `Modify`.
    QuantizedFrom(ModelId),
    /// Trained on the admitted records of a datanet up to a final round: asks for the use `Train`.
    TrainedOn(Pool),
    /// Answers by looking up the admitted records of a datanet up to a final round: asks for the use `Retrieve`.
    RetrievesFrom(Pool),
}

impl Origin {
    /// The asset that this origin leads to.
    pub fn asset(&self) -> Asset {
        self.payee().asset()
    }

    /// Who receives the royalty that this origin's asset may ask for.
    pub fn payee(&self) -> Payee {
        match self {
            Origin::FineTunedFrom(model)
            | Origin::AdapterOf(model)
            | Origin::MergedFrom(model)
            | Origin::DistilledFrom(model)
            | Origin::QuantizedFrom(model) => Payee::Model(*model),
            Origin::TrainedOn(pool) | Origin::RetrievesFrom(pool) => Payee::Pool(*pool),
        }
    }

    /// The pool that this origin pays, where it leads to a datanet.
    pub fn pool(&self) -> Option<Pool> {
        match self {
            Origin::TrainedOn(pool) | Origin::RetrievesFrom(pool) => Some(*pool),
            _ => None,
        }
    }

    /// The use that the terms of the source must allow.
    pub fn asks_for(&self) -> Use {
        match self {
            Origin::FineTunedFrom(_) | Origin::AdapterOf(_) => Use::FineTune,
            Origin::MergedFrom(_) | Origin::QuantizedFrom(_) => Use::Modify,
            Origin::DistilledFrom(_) => Use::Distil,
            Origin::TrainedOn(_) => Use::Train,
            Origin::RetrievesFrom(_) => Use::Retrieve,
        }
    }

    /// Whether a model that names another origin can come from this one as well: it leads to another asset, or to a later round of the same
    /// datanet, which contains more.
    pub fn is_beyond(&self, known: &Origin) -> bool {
        match (self.pool(), known.pool()) {
            (Some(one), Some(other)) if one.datanet == other.datanet => one.round > other.round,
            _ => self.asset() != known.asset(),
        }
    }
}
