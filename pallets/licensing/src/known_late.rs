//! Sources that become known late, and what they come to for descendants.
//!
//! A model's standing follows from those of its sources. When one of these changes, the standings of descendants would have to follow: of how
//! many, nobody knows. So every change has a number, and each model keeps up to which it was folded: one of whose sources has changed since is
//! *stale* until somebody refolds it.

use alloc::{
    collections::{BTreeSet, VecDeque},
    vec::Vec,
};

use codec::Encode;
use frame_support::{defensive, ensure, traits::DefensiveOption};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use tributary_primitives::{
    assets::{Asset, LateRoyalties, RoyaltyStack, MAX_LATE},
    ids::ModelId,
    licences::{
        check_origins, claimed_royalties, extend, refold, uphold, Folded, KnownSource, Origin,
        Refusal, Source, Standing, Term,
    },
    roles::{Contention, Revenue},
};

use crate::{
    types::*, Attachments, Changes, Claims, Config, Error, Event, HoldReason, Licences, Pallet,
    Sources,
};

impl<T: Config> Pallet<T> {
    /// See [`Pallet::refold`]. Says how many sources the model has.
    pub(crate) fn do_refold(model: ModelId) -> Result<u32, DispatchError> {
        let attachment = Self::attachment(Asset::Model(model))?;
        Self::ensure_unclaimed(model)?;
        let sources = Sources::<T>::get(model);
        let assets = Self::assets_of(&sources)?;
        ensure!(
            assets
                .iter()
                .any(|source| source.changed > attachment.folded),
            Error::<T>::NotStale
        );
        let held = attachment.standing.clone();
        Self::renew(model, attachment, &held, &sources, &assets, false)?;
        Ok(sources.len() as u32)
    }

    /// A source that the owner of a model adds: owed within the bounds of a registration, which leaves the places for late royalties free.
    pub(crate) fn do_add_source(
        model: ModelId,
        owner: &T::AccountId,
        origin: Origin,
    ) -> Result<RoyaltyStack, DispatchError> {
        let mut attachment = Self::owned_by(Asset::Model(model), owner)?;
        ensure!(is_earlier(origin, model), Error::<T>::NotEarlier);
        Self::ensure_unclaimed(model)?;
        let mut sources = Sources::<T>::get(model);
        let folded = Self::extended(model, owner, &attachment, &sources, origin)
            .map_err(Error::<T>::from)?;

        let source = ModelSource {
            origin,
            upheld: false,
        };
        // The item and the places for late sources are paid since the registration.
        let deposit = Self::price_of(0, source.encoded_size())?;
        Self::hold(HoldReason::Asset, owner, deposit)?;
        attachment.deposit = attachment
            .deposit
            .checked_add(deposit)
            .ok_or(ArithmeticError::Overflow)?;
        Self::push(&mut sources, source)?;
        let assets = Self::assets_of(&sources)?;
        Self::deposit_event(Event::SourceAdded {
            model,
            origin,
            deposit,
        });
        let stack = Self::renew(model, attachment, &folded.standing, &sources, &assets, true)?;
        Self::use_up(folded.grants, owner, model)?;
        Ok(stack)
    }

    /// Sets aside what a missing source would bring, or holds back what a false one is owed.
    pub(crate) fn do_contest(model: ModelId, contention: &Contention) -> DispatchResult {
        let attachment = Self::attachment(Asset::Model(model))?;
        let sources = Sources::<T>::get(model);
        match *contention {
            Contention::MissingParent(origin) => {
                ensure!(is_earlier(origin, model), Error::<T>::NotEarlier);
                ensure!(is_missing(&sources, origin), Error::<T>::SourceKnown);
                ensure!(has_place(&sources), Error::<T>::TooManyLateSources);
                let source = Self::attachment(origin.asset())?;
                let source = Source {
                    origin,
                    standing: &source.standing,
                };
                let royalties = claimed_royalties(&attachment.standing, &source);
                // It may bring nothing that is not owed already.
                if !royalties.is_empty() {
                    T::Revenue::claim(model, royalties.clone())?;
                }
                Claims::<T>::insert(model, Claim { origin, royalties });
                Ok(())
            }
            Contention::FalseParent(origin) => {
                Self::place_of(&sources, origin)?;
                T::Revenue::freeze(model, origin.asset())
            }
            Contention::Reexecuted => Ok(()),
        }
    }

    /// Adds a missing source or takes out a false one, if it is upheld; either way nothing is set aside or held back any more.
    pub(crate) fn do_conclude(
        model: ModelId,
        contention: &Contention,
        upheld: bool,
    ) -> DispatchResult {
        match *contention {
            Contention::MissingParent(origin) => {
                let claimed = Claims::<T>::take(model).map(|claim| claim.royalties);
                if upheld {
                    Self::uphold_source(model, origin, &claimed.unwrap_or_default())?;
                }
                T::Revenue::close_claim(model)
            }
            Contention::FalseParent(origin) => {
                if upheld {
                    Self::strike_source(model, origin)?;
                }
                T::Revenue::unfreeze(model, origin.asset())
            }
            Contention::Reexecuted => Ok(()),
        }
    }

    /// Whether something changed along an ancestry that is not taken up, among the [`MAX_LOOKED_AT`] nearest assets of it.
    pub(crate) fn do_stale(asset: Asset) -> bool {
        let mut seen = BTreeSet::from([asset]);
        let mut pending = VecDeque::from([asset]);
        while let Some(next) = pending.pop_front() {
            let (Asset::Model(model), Some(attachment)) = (next, Attachments::<T>::get(next))
            else {
                continue;
            };
            for source in Sources::<T>::get(model) {
                let source = source.origin.asset();
                if Self::changed_since(source, &attachment) {
                    return true;
                }
                if seen.len() < MAX_LOOKED_AT && seen.insert(source) {
                    pending.push_back(source);
                }
            }
        }
        false
    }

    /// Whether a source of a model has changed since the model was folded.
    pub(crate) fn is_stale(attachment: &AttachmentOf<T>, sources: &SourceList) -> bool {
        let changed = |source: &ModelSource| {
            let source = source.origin.asset();
            Self::changed_since(source, attachment)
        };
        sources.iter().any(changed)
    }

    fn changed_since(source: Asset, attachment: &AttachmentOf<T>) -> bool {
        Attachments::<T>::get(source).is_some_and(|source| source.changed > attachment.folded)
    }

    /// Nothing else changes what a model owes while a source of it is claimed: what is set aside for that would become owed without a decision, or
    /// lose its place.
    fn ensure_unclaimed(model: ModelId) -> Result<(), Error<T>> {
        ensure!(!Claims::<T>::contains_key(model), Error::<T>::SourceClaimed);
        Ok(())
    }

    /// What follows for a model from one source more that its owner names, who has the grants that it asks for. A stale model is refolded first: else what
    /// it is about to inherit late would come in time, and not be handed on.
    pub(crate) fn extended(
        model: ModelId,
        owner: &T::AccountId,
        attachment: &AttachmentOf<T>,
        sources: &SourceList,
        origin: Origin,
    ) -> Result<Folded, Refusal> {
        if Self::is_stale(attachment, sources) {
            return Err(Refusal::by(Asset::Model(model), Term::Stale));
        }
        let named = || sources.iter().filter(|source| !source.upheld);
        // There are at most 32.
        let position = named().count() as u8;
        check_origins(named().map(|source| source.origin).chain([origin]))?;
        let asset = origin.asset();
        if sources.iter().any(|source| source.origin.asset() == asset) {
            return Err(Refusal::through(position, asset, Term::Repeated));
        }
        let source = Self::source(position, asset)?;
        let terms = Self::terms(attachment.terms)?;
        let source = Source {
            origin,
            standing: &source.standing,
        };
        let folded = extend(&terms, &attachment.standing, &source, position, Self::now())?;
        Self::check_grants(&folded.grants, owner)?;
        Ok(folded)
    }

    /// A source that was missing, and what was claimed because of it.
    fn uphold_source(model: ModelId, origin: Origin, claimed: &LateRoyalties) -> DispatchResult {
        let attachment = Self::attachment(Asset::Model(model))?;
        let mut sources = Sources::<T>::get(model);
        if !is_missing(&sources, origin) {
            // It is owed already.
            return Ok(());
        }
        let source = Self::attachment(origin.asset())?;
        let source = Source {
            origin,
            standing: &source.standing,
        };
        ensure!(is_earlier(origin, model), Error::<T>::NotEarlier);
        let held = uphold(&attachment.standing, &source, claimed);
        ensure!(has_place(&sources), Error::<T>::TooManyLateSources);
        let source = ModelSource {
            origin,
            upheld: true,
        };
        Self::push(&mut sources, source)?;
        let assets = Self::assets_of(&sources)?;
        Self::deposit_event(Event::SourceUpheld { model, origin });
        Self::renew(model, attachment, &held, &sources, &assets, false)?;
        Ok(())
    }

    /// A source that is none. Its place stays paid.
    fn strike_source(model: ModelId, origin: Origin) -> DispatchResult {
        let attachment = Self::attachment(Asset::Model(model))?;
        let mut sources = Sources::<T>::get(model);
        let place = Self::place_of(&sources, origin)?;
        sources.remove(place);
        let assets = Self::assets_of(&sources)?;
        let held = attachment.standing.clone();
        Self::deposit_event(Event::SourceStruck { model, origin });
        Self::renew(model, attachment, &held, &sources, &assets, false)?;
        Ok(())
    }

    /// Folds a model again from the present standings of its sources, `assets`, and keeps what follows. `held`: what it owes with precedence. `named`:
    /// because its owner has named a source. Says what is in its stack then.
    fn renew(
        model: ModelId,
        mut attachment: AttachmentOf<T>,
        held: &Standing,
        sources: &SourceList,
        assets: &[AttachmentOf<T>],
        named: bool,
    ) -> Result<RoyaltyStack, DispatchError> {
        let terms =
            Licences::<T>::get(attachment.terms).defensive_ok_or(Error::<T>::TermsNotFound)?;
        let standing = refold(&terms, held, &known_sources::<T>(sources, assets));
        let before = core::mem::replace(&mut attachment.standing, standing);
        let standing = &attachment.standing;
        if (&before.stack, &before.late) != (&standing.stack, &standing.late) {
            let (stack, late) = (standing.stack.clone(), standing.late.clone());
            if named {
                T::Revenue::add_royalties(model, stack, late)?;
            } else {
                T::Revenue::amend_royalties(model, stack, late)?;
            }
        }
        Self::deposit_event(Event::Refolded {
            model,
            royalties: standing.stack.clone(),
            late: standing.late.clone(),
        });
        let mut changes = Changes::<T>::get();
        if before.binds_descendants(standing) {
            changes = changes.checked_add(1).ok_or(ArithmeticError::Overflow)?;
            Changes::<T>::put(changes);
            attachment.changed = changes;
        }
        attachment.folded = changes;
        let stack = standing.stack.clone();
        Attachments::<T>::insert(Asset::Model(model), attachment);
        Sources::<T>::insert(model, sources);
        Ok(stack)
    }

    /// The assets of sources, in their order.
    pub(crate) fn assets_of(sources: &SourceList) -> Result<Vec<AttachmentOf<T>>, Error<T>> {
        sources
            .iter()
            .map(|source| Self::attachment(source.origin.asset()))
            .collect()
    }

    /// Where a source is in a list.
    fn place_of(sources: &SourceList, origin: Origin) -> Result<usize, Error<T>> {
        sources
            .iter()
            .position(|source| source.origin == origin)
            .ok_or(Error::<T>::SourceNotFound)
    }

    /// Adds a source, for which there is room: those of each kind are counted before.
    fn push(sources: &mut SourceList, source: ModelSource) -> Result<(), Error<T>> {
        sources.try_push(source).map_err(|_| {
            defensive!("named and late sources have places of their own");
            Error::<T>::TooManyLateSources
        })
    }
}

/// Sources with their assets, which are in the same order.
pub(crate) fn known_sources<'a, T: Config>(
    sources: &SourceList,
    assets: &'a [AttachmentOf<T>],
) -> Vec<KnownSource<'a>> {
    sources
        .iter()
        .zip(assets)
        .map(|(source, asset)| KnownSource {
            source: Source {
                origin: source.origin,
                standing: &asset.standing,
            },
            upheld: source.upheld,
        })
        .collect()
}

/// Whether a model can come from an asset: it was there before.
fn is_earlier(origin: Origin, model: ModelId) -> bool {
    match origin.asset() {
        Asset::Model(parent) => parent < model,
        Asset::Datanet(_) => true,
    }
}

/// Whether a model with these sources can come from an origin besides.
fn is_missing(sources: &SourceList, origin: Origin) -> bool {
    sources
        .iter()
        .all(|source| origin.is_beyond(&source.origin))
}

/// Whether there is a place for one more source that was missing.
fn has_place(sources: &SourceList) -> bool {
    let late = sources.iter().filter(|source| source.upheld).count();
    late < MAX_LATE as usize
}
