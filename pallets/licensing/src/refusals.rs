//! Refusals as errors.

use tributary_primitives::licences::{Flaw, Refusal, Term, UseRefusal};

use crate::{Config, Error};

/// A refusal to attach terms to a model, with as much of it as fits an error: the term by its name, and the position of the origin.
impl<T: Config> From<Refusal> for Error<T> {
    fn from(refusal: Refusal) -> Self {
        let Some(origin) = refusal.origin else {
            return match refusal.term {
                Term::Expired => Error::TermsExpired,
                Term::Stale => Error::ModelStale,
                _ => Error::TermsNotFound,
            };
        };
        match refusal.term {
            Term::NotPublished => Error::TermsNotFound,
            Term::NotFound => Error::OriginNotFound { origin },
            Term::Retired => Error::OriginRetired { origin },
            Term::Expired => Error::OriginExpired { origin },
            Term::Stale => Error::OriginStale { origin },
            Term::Direct(_) => Error::UseNotAllowed { origin },
            Term::Onward(uses) => Error::OnwardUseNotAllowed {
                origin,
                uses: uses.bits(),
            },
            Term::Commercial => Error::CommercialNotAllowed { origin },
            Term::ShareAlike => Error::ShareAlikeRequired { origin },
            Term::FamilyConflict => Error::FamilyConflict { origin },
            Term::Gates => Error::TooManyGates { origin },
            Term::Grant(_) => Error::GrantMissing { origin },
            Term::Stack => Error::StackTooLong { origin },
            Term::Royalties => Error::RoyaltiesTooHigh { origin },
            Term::Repeated => Error::OriginRepeated { origin },
            Term::TooManyOrigins => Error::TooManyOrigins { origin },
            Term::EndsEarlier => Error::OriginEndsEarlier { origin },
            Term::AsksDescendants => Error::OriginAsksDescendants { origin },
        }
    }
}

/// A refusal to answer calls of a model.
impl<T: Config> From<UseRefusal> for Error<T> {
    fn from(refusal: UseRefusal) -> Self {
        match refusal {
            UseRefusal::Licence(refusal) => match refusal.term {
                Term::NotFound => Error::AssetNotFound,
                Term::Expired => Error::AssetExpired,
                Term::Direct(_) => Error::CallsNotAllowed,
                _ => Error::TermsNotFound,
            },
            UseRefusal::NotOffered => Error::NotOffered,
            // What so many units cost is for whoever sells them to count.
            UseRefusal::QuotaExceeded { .. } | UseRefusal::PriceOverflow => Error::QuotaExceeded,
            UseRefusal::Stale => Error::ModelStale,
        }
    }
}

/// A flaw of terms that somebody wants to publish.
impl<T: Config> From<Flaw> for Error<T> {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Royalty => Error::RoyaltyOutOfBounds,
            Flaw::Fee => Error::EmptyFee,
            Flaw::Quota => Error::EmptyQuota,
            Flaw::Uri => Error::InvalidUri,
            Flaw::Spdx => Error::InvalidSpdx,
        }
    }
}
