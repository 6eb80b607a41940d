//! Licences as algebra: terms, how a model came from its sources, and what follows for it.
//!
//! Pure functions: the runtime that enforces them, wallets that explain them and auditors run the same code.

mod fold;
mod origin;
pub mod presets;
mod quotes;
mod refold;
mod terms;
mod uses;
mod words;

pub use fold::{
    check_origins, fold, royalties_fit, Folded, Gates, NeededGrant, Refusal, Source, Standing,
    Term, MAX_GATES, MAX_SOURCE_MODELS, MAX_SOURCE_POOLS,
};
pub use origin::Origin;
pub use quotes::{GrantProgress, GrantQuote, ModelQuote, Offer, UseQuote, UseRefusal};
pub use refold::{claimed_royalties, extend, refold, uphold, KnownSource, MAX_SOURCES};
pub use terms::{
    Family, Flaw, Gate, Generation, LegalText, LicenceTerms, RoyaltyTerms, UpfrontFee,
    MAX_ROYALTIES, MAX_SPDX, MAX_URI,
};
pub use uses::{Use, Uses};
