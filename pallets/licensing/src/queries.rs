//! What may be done and what it costs. Wallets ask here, and so do the calls: they cannot disagree.

use alloc::vec::Vec;

use tributary_primitives::{
    assets::{Asset, RoyaltyStack},
    ids::{ModelId, TermsId},
    licences::{
        check_origins, fold, refold, Folded, Generation, GrantProgress, GrantQuote, LicenceTerms,
        ModelQuote, NeededGrant, Origin, Refusal, Source, Term, Use, UseQuote, UseRefusal,
    },
};

use crate::{
    known_late::known_sources, types::*, Attachments, Changes, Config, Grants, Licences, Offers,
    Pallet, Sources,
};

impl<T: Config> Pallet<T> {
    /// See [`Pallet::quote_model`].
    pub(crate) fn do_quote_model(
        owner: &T::AccountId,
        terms: TermsId,
        origins: &[Origin],
    ) -> Result<ModelQuote, Refusal> {
        let folded = Self::folded(terms, origins)?;
        Ok(ModelQuote {
            royalties: folded.standing.stack,
            grants: Self::grant_quotes(&folded.grants, owner)?,
        })
    }

    /// What follows from terms and origins for a model of an owner who has all grants that they ask for.
    pub(crate) fn do_check_model(
        owner: &T::AccountId,
        terms: TermsId,
        origins: &[Origin],
    ) -> Result<Folded, Refusal> {
        let folded = Self::folded(terms, origins)?;
        Self::check_grants(&folded.grants, owner)?;
        Ok(folded)
    }

    /// See [`Pallet::check_source`].
    pub(crate) fn do_check_source(model: ModelId, origin: Origin) -> Result<RoyaltyStack, Refusal> {
        let asset = Asset::Model(model);
        let not_found = Refusal::by(asset, Term::NotFound);
        let attachment = Attachments::<T>::get(asset).ok_or(not_found)?;
        let mut sources = Sources::<T>::get(model);
        let owner = attachment.owner.clone();
        let folded = Self::extended(model, &owner, &attachment, &sources, origin)?;
        let terms = Self::terms(attachment.terms)?;
        let added = ModelSource {
            origin,
            upheld: false,
        };
        // There is room: those of its kind have been counted.
        let _ = sources.try_push(added);
        let assets = Self::assets_of(&sources).map_err(|_| not_found)?;
        let known = known_sources::<T>(&sources, &assets);
        Ok(refold(&terms, &folded.standing, &known).stack)
    }

    /// Whether an owner has all grants that are asked for.
    pub(crate) fn check_grants(
        needed: &[NeededGrant],
        owner: &T::AccountId,
    ) -> Result<(), Refusal> {
        for needed in needed {
            if Self::progress(needed.asset, needed.generation, owner) != GrantProgress::Granted {
                let term = Term::Grant(needed.generation);
                return Err(Refusal::through(needed.origin, needed.asset, term));
            }
        }
        Ok(())
    }

    /// See [`Pallet::can_use`].
    pub(crate) fn do_can_use(
        asset: Asset,
        intended: Use,
        who: &T::AccountId,
        units: u64,
        until: u32,
    ) -> Result<UseQuote, UseRefusal> {
        let refused = |term| UseRefusal::Licence(Refusal::by(asset, term));
        let attachment = Attachments::<T>::get(asset).ok_or(refused(Term::NotFound))?;
        if Self::do_stale(asset) {
            return Err(UseRefusal::Stale);
        }
        Self::check_standing(asset, &attachment, intended, until)?;
        let standing = &attachment.standing;
        let offer = Offers::<T>::get(asset);
        let mut quote = UseQuote {
            price: 0,
            host_share: offer.map(|offer| offer.host_share).unwrap_or_default(),
            royalties: standing.stack.clone(),
            late: standing.late.clone(),
            grants: Vec::new(),
            commercial: standing.commercial,
            attribution: standing.attribution,
        };
        match intended {
            Use::Infer => {
                let offer = offer.ok_or(UseRefusal::NotOffered)?;
                Self::reserved_with(&attachment, units)?;
                quote.price = offer
                    .price
                    .checked_mul(units.into())
                    .ok_or(UseRefusal::PriceOverflow)?;
            }
            Use::Train | Use::FineTune | Use::Modify | Use::Distil | Use::Retrieve => {
                if attachment.retired {
                    return Err(refused(Term::Retired));
                }
                let needed = Self::needed_by_children(asset, &attachment);
                quote.grants = Self::grant_quotes(&needed, who).map_err(UseRefusal::Licence)?;
            }
            Use::Evaluate | Use::Redistribute => (),
        }
        Ok(quote)
    }

    /// Whether what is folded allows a use in every block up to and including `until`.
    pub(crate) fn check_standing(
        asset: Asset,
        attachment: &AttachmentOf<T>,
        intended: Use,
        until: u32,
    ) -> Result<(), UseRefusal> {
        let refused = |term| Err(UseRefusal::Licence(Refusal::by(asset, term)));
        let standing = &attachment.standing;
        if standing.expired(until.max(Self::now())) {
            return refused(Term::Expired);
        }
        if !standing.direct.contains(intended) {
            return refused(Term::Direct(intended));
        }
        Ok(())
    }

    /// How many units of calls are reserved with so many more: as before where the terms have no quota.
    pub(crate) fn reserved_with(
        attachment: &AttachmentOf<T>,
        units: u64,
    ) -> Result<u64, UseRefusal> {
        let terms = Self::terms(attachment.terms).map_err(UseRefusal::Licence)?;
        let Some(quota) = terms.quota else {
            return Ok(attachment.reserved);
        };
        // No more than the quota is ever reserved.
        let left = quota.saturating_sub(attachment.reserved);
        if units > left {
            return Err(UseRefusal::QuotaExceeded { left });
        }
        Ok(attachment.reserved + units)
    }

    /// What follows from terms and origins, whoever has which grants.
    fn folded(terms: TermsId, origins: &[Origin]) -> Result<Folded, Refusal> {
        let terms = Self::terms(terms)?;
        // Before the reads, which it bounds.
        check_origins(origins.iter().copied())?;
        let attachments = (0u8..)
            .zip(origins)
            .map(|(position, origin)| Self::source(position, origin.asset()))
            .collect::<Result<Vec<_>, _>>()?;
        let sources: Vec<_> = origins
            .iter()
            .zip(&attachments)
            .map(|(origin, attachment)| Source {
                origin: *origin,
                standing: &attachment.standing,
            })
            .collect();
        fold(&terms, &sources, Self::now())
    }

    /// The asset of an origin, if it takes descendants.
    pub(crate) fn source(position: u8, asset: Asset) -> Result<AttachmentOf<T>, Refusal> {
        let refused = |term| Refusal::through(position, asset, term);
        let attachment = Attachments::<T>::get(asset).ok_or(refused(Term::NotFound))?;
        if attachment.retired {
            return Err(refused(Term::Retired));
        }
        if let Asset::Model(model) = asset {
            // What it says does not yet follow from what its sources say.
            let changed = attachment.folded < Changes::<T>::get();
            if changed && Self::is_stale(&attachment, &Sources::<T>::get(model)) {
                return Err(refused(Term::Stale));
            }
        }
        Ok(attachment)
    }

    /// Published terms.
    pub(crate) fn terms(terms: TermsId) -> Result<LicenceTerms, Refusal> {
        Licences::<T>::get(terms).ok_or(Refusal::own(Term::NotPublished))
    }

    /// The grants that whoever descends from an asset alone needs, ascending by asset.
    fn needed_by_children(asset: Asset, attachment: &AttachmentOf<T>) -> Vec<NeededGrant> {
        let needed = |asset, generation| NeededGrant {
            asset,
            generation,
            origin: 0,
        };
        let standing = &attachment.standing;
        let own = standing.gate.map(|_| needed(asset, Generation::First));
        let inherited = standing
            .gates
            .iter()
            .map(|ancestor| needed(*ancestor, Generation::Later));
        let mut all: Vec<_> = inherited.chain(own).collect();
        all.sort_by_key(|grant| grant.asset);
        all
    }

    /// What grants cost, and how far somebody has come with them.
    fn grant_quotes(
        needed: &[NeededGrant],
        who: &T::AccountId,
    ) -> Result<Vec<GrantQuote>, Refusal> {
        needed
            .iter()
            .map(|grant| {
                let NeededGrant {
                    asset, generation, ..
                } = *grant;
                let attachment = Attachments::<T>::get(asset).ok_or(Refusal::through(
                    grant.origin,
                    asset,
                    Term::NotFound,
                ))?;
                let terms = Self::terms(attachment.terms)?;
                Ok(GrantQuote {
                    asset,
                    generation,
                    approval: terms.asks_approval(generation) && attachment.owner != *who,
                    fee: terms.fee_of(generation),
                    progress: Self::progress(asset, generation, who),
                })
            })
            .collect()
    }

    /// How far somebody has come with a grant that is good for a generation.
    fn progress(asset: Asset, generation: Generation, who: &T::AccountId) -> GrantProgress {
        match Grants::<T>::get(asset, who).filter(|grant| grant.generation >= generation) {
            None => GrantProgress::Missing,
            Some(grant) if grant.approved => GrantProgress::Granted,
            Some(_) => GrantProgress::Applied,
        }
    }
}
