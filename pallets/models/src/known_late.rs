//! What becomes known late of where a model comes from: by its owner, or in a dispute.
//!
//! What an owner names takes the places that a registration has. What is upheld in a dispute has places of its own and is bound by nothing
//! else: neither full lists, nor a full ancestry, nor retirement are a way to be safe from it.

use alloc::{
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};

use codec::Encode;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{ArithmeticError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Asset, Pool, MAX_LATE},
    ids::ModelId,
    licences::Origin,
    roles::{Contention, Revenue, Rounds, Terms},
};

use crate::{
    ancestry, types::*, Ancestors, Config, Edges, Error, Event, HoldReason, Models, Pallet, Teams,
};

impl<T: Config> Pallet<T> {
    /// See [`Pallet::add_parent`].
    pub(crate) fn do_add_parent(
        owner: T::AccountId,
        model: ModelId,
        origin: Origin,
        royalties_at_most: Perbill,
    ) -> DispatchResult {
        let mut details = Self::owned_by(model, &owner)?;
        ensure!(!details.naming_forfeited, Error::<T>::NamingForfeited);
        let mut edges = Edges::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let asset = origin.asset();
        ensure!(
            edges.iter().all(|edge| edge.origin.asset() != asset),
            Error::<T>::DuplicateOrigin
        );
        let named = edges.iter().filter(|edge| !edge.upheld);
        let named: Vec<_> = named.map(|edge| edge.origin).chain([origin]).collect();
        ensure!(
            count_parents(&named) <= MAX_PARENTS,
            Error::<T>::TooManyParents
        );
        ensure!(
            count_rounds(&named) <= MAX_ROUNDS,
            Error::<T>::TooManyRounds
        );
        Self::ensure_earlier(model, origin)?;
        let before = Ancestors::<T>::get(model);
        let ancestors = match asset {
            Asset::Model(parent) => {
                let retired = Models::<T>::get(parent).is_none_or(|parent| parent.retired);
                ensure!(!retired, Error::<T>::ParentRetired);
                ancestry::with_parent(&before, parent, &Ancestors::<T>::get(parent))
                    .map_err(|_| Error::<T>::TooManyAncestors)?
            }
            Asset::Datanet(_) => before.clone(),
        };

        let edge = Self::debt(origin, false);
        // The items and the places for upheld edges are paid since the registration; an ancestry never gets shorter by a parent.
        let longer = ancestors
            .encoded_size()
            .saturating_sub(before.encoded_size());
        let deposit = Self::price_of(0, edge.encoded_size() + longer)?;
        Self::hold(HoldReason::Model, &owner, deposit)?;
        details.deposit = details
            .deposit
            .checked_add(deposit)
            .ok_or(ArithmeticError::Overflow)?;
        edges
            .try_push(edge)
            .map_err(|_| Error::<T>::TooManyParents)?;
        let stack = T::Terms::add_source(model, &owner, origin)?;
        Self::ensure_quoted(&stack, royalties_at_most)?;
        Models::<T>::insert(model, details);
        Edges::<T>::insert(model, edges);
        Ancestors::<T>::insert(model, ancestors);
        Self::deposit_event(Event::ParentAdded {
            model,
            origin,
            deposit,
        });
        Self::ancestry_changed(model)
    }

    /// See [`Lineage::is_party`](tributary_primitives::roles::Lineage::is_party).
    pub(crate) fn do_is_party(model: ModelId, contention: &Contention, who: &T::AccountId) -> bool {
        if Self::earns(model, who) {
            return true;
        }
        let (Contention::MissingParent(origin) | Contention::FalseParent(origin)) = contention
        else {
            return false;
        };
        let asset = origin.asset();
        T::Terms::owner(asset).as_ref() == Some(who)
            || matches!(asset, Asset::Model(parent) if Self::earns(parent, who))
    }

    /// See [`Lineage::contest`](tributary_primitives::roles::Lineage::contest).
    pub(crate) fn do_contest(model: ModelId, contention: &Contention) -> DispatchResult {
        let mut details = Models::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let edges = Edges::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        match *contention {
            Contention::MissingParent(origin) => {
                ensure!(is_missing(&edges, origin), Error::<T>::NotMissing);
                ensure!(has_place(&edges), Error::<T>::TooManyUpheld);
                Self::ensure_earlier(model, origin)?;
            }
            Contention::FalseParent(origin) => {
                ensure!(
                    edges.iter().any(|edge| edge.origin == origin),
                    Error::<T>::EdgeNotFound
                );
            }
            Contention::Reexecuted => {
                ensure!(details.reexecuted.is_none(), Error::<T>::AlreadyReexecuted);
                details.ancestry_changed = false;
                Models::<T>::insert(model, details);
            }
        }
        T::Terms::contest(model, contention)?;
        Self::deposit_event(Event::Contested {
            model,
            contention: *contention,
        });
        Ok(())
    }

    /// See [`Lineage::conclude`](tributary_primitives::roles::Lineage::conclude).
    pub(crate) fn do_conclude(
        model: ModelId,
        contention: &Contention,
        upheld: bool,
    ) -> DispatchResult {
        match *contention {
            Contention::MissingParent(origin) if upheld => Self::uphold_parent(model, origin)?,
            Contention::FalseParent(origin) if upheld => Self::strike_parent(model, origin)?,
            Contention::Reexecuted if upheld => Self::reexecuted(model)?,
            contention => {
                ensure!(Models::<T>::contains_key(model), Error::<T>::ModelNotFound);
                Self::deposit_event(Event::ContentionEnded { model, contention });
            }
        }
        T::Terms::conclude(model, contention, upheld)?;
        match contention {
            Contention::MissingParent(_) | Contention::FalseParent(_) if upheld => {
                Self::ancestry_changed(model)
            }
            _ => Ok(()),
        }
    }

    /// See [`Pallet::lineage`].
    pub(crate) fn do_lineage(model: ModelId) -> Option<Vec<RelativeOf<T>>> {
        let mut found = BTreeMap::new();
        let mut pending = VecDeque::from([model]);
        while let Some(id) = pending.pop_front() {
            if found.len() >= MAX_RELATIVES || found.contains_key(&id) {
                continue;
            }
            let edges = Edges::<T>::get(id)?;
            let mut data = Vec::new();
            for edge in &edges {
                match edge.origin.asset() {
                    Asset::Model(parent) => pending.push_back(parent),
                    Asset::Datanet(_) => data.extend(
                        edge.origin
                            .pool()
                            .and_then(|pool| T::Rounds::usable(pool.datanet, pool.round)),
                    ),
                }
            }
            let model = Models::<T>::get(id)?;
            let relative = Relative {
                id,
                model,
                edges,
                data,
            };
            found.insert(id, relative);
        }
        Some(found.into_values().collect())
    }

    /// Adds a parent that was missing.
    fn uphold_parent(model: ModelId, origin: Origin) -> DispatchResult {
        let mut edges = Edges::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        // Else there is an edge already.
        if is_missing(&edges, origin) {
            ensure!(has_place(&edges), Error::<T>::TooManyUpheld);
            edges
                .try_push(Self::debt(origin, true))
                .map_err(|_| Error::<T>::TooManyUpheld)?;
            Edges::<T>::insert(model, edges);
        }
        Self::deposit_event(Event::ParentUpheld { model, origin });
        Ok(())
    }

    /// Takes out a parent that is none. Its place stays paid. If an owner had named it, no owner of the model names any more: else it could name, have
    /// struck and name again what takes the place of the parents that it hides.
    fn strike_parent(model: ModelId, origin: Origin) -> DispatchResult {
        let mut edges = Edges::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let place = edges
            .iter()
            .position(|edge| edge.origin == origin)
            .ok_or(Error::<T>::EdgeNotFound)?;
        let named = !edges.remove(place).upheld;
        if named {
            Models::<T>::mutate_extant(model, |details| details.naming_forfeited = true);
        }
        let parents: Vec<_> = edges
            .iter()
            .filter(|edge| !edge.upheld)
            .filter_map(|edge| match edge.origin.asset() {
                Asset::Model(parent) => Some((parent, Ancestors::<T>::get(parent))),
                Asset::Datanet(_) => None,
            })
            .collect();
        Ancestors::<T>::mutate(model, |ancestors| {
            let parents = parents.iter().map(|(parent, theirs)| (*parent, theirs));
            *ancestors = ancestry::kept(ancestors, parents);
        });
        Edges::<T>::insert(model, edges);
        Self::deposit_event(Event::ParentStruck { model, origin });
        Ok(())
    }

    /// The model is what its recipe makes of its sources: nothing of what it earns needs to wait.
    fn reexecuted(model: ModelId) -> DispatchResult {
        let mut details = Models::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        ensure!(!details.ancestry_changed, Error::<T>::AncestryChanged);
        details.reexecuted = Some(frame_system::Pallet::<T>::block_number());
        // Whoever was offered the model was offered it with what was known of it.
        details.offered_to = None;
        Models::<T>::insert(model, details);
        Self::grade_all(model, Grade::ReExecuted);
        T::Revenue::release(model)?;
        Self::deposit_event(Event::Reexecuted { model });
        Ok(())
    }

    /// What was said of a model with the ancestry that it had does not hold any more: neither an offer of it, nor that it was made again from all
    /// that it comes from.
    fn ancestry_changed(model: ModelId) -> DispatchResult {
        let mut details = Models::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        details.offered_to = None;
        details.ancestry_changed = true;
        let was_reexecuted = details.reexecuted.take().is_some();
        Models::<T>::insert(model, details);
        if !was_reexecuted {
            return Ok(());
        }
        Self::grade_all(model, Grade::Declared);
        T::Revenue::resume(model)?;
        Self::deposit_event(Event::ReexecutionOverturned { model });
        Ok(())
    }

    /// Gives all edges of a model the same grade.
    fn grade_all(model: ModelId, grade: Grade) {
        Edges::<T>::mutate(model, |edges| {
            for edge in edges.iter_mut().flat_map(|edges| edges.iter_mut()) {
                edge.grade = grade;
            }
        });
    }

    /// An edge that becomes known now.
    fn debt(origin: Origin, upheld: bool) -> Edge<BlockNumberFor<T>> {
        Edge {
            debt: Some(frame_system::Pallet::<T>::block_number()),
            upheld,
            ..Edge::from(origin)
        }
    }

    /// Whether a model can have come from an origin: it was there before.
    fn ensure_earlier(model: ModelId, origin: Origin) -> Result<(), Error<T>> {
        match origin.asset() {
            Asset::Model(parent) => {
                ensure!(parent < model, Error::<T>::ParentNotEarlier);
                ensure!(
                    Models::<T>::contains_key(parent),
                    Error::<T>::ParentNotFound
                );
            }
            Asset::Datanet(_) => {
                let usable = |pool: Pool| T::Rounds::usable(pool.datanet, pool.round).is_some();
                ensure!(origin.pool().is_some_and(usable), Error::<T>::RoundNotFinal);
            }
        }
        Ok(())
    }

    /// Whether an account owns a model or has a part of what it earns.
    fn earns(model: ModelId, who: &T::AccountId) -> bool {
        Models::<T>::get(model).is_some_and(|details| details.owner == *who)
            || Teams::<T>::get(model)
                .is_some_and(|team| team.iter().any(|share| share.account == *who))
    }
}

/// Whether a model with these edges can come from an origin besides.
fn is_missing<BlockNumber>(edges: &EdgeList<BlockNumber>, origin: Origin) -> bool {
    edges.iter().all(|edge| origin.is_beyond(&edge.origin))
}

/// Whether there is a place for one more upheld edge.
fn has_place<BlockNumber>(edges: &EdgeList<BlockNumber>) -> bool {
    edges.iter().filter(|edge| edge.upheld).count() < MAX_LATE as usize
}
