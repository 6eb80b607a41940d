//! What the calls do.

use alloc::{collections::BTreeSet, vec::Vec};

use codec::{Encode, MaxEncodedLen};
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
    traits::CheckedAdd, ArithmeticError, DispatchError, DispatchResult, FixedI128, Perbill,
};
use tributary_primitives::{
    assets::{billionths, Asset, RoyaltyStack, Share, MAX_LATE},
    deposits::price,
    ids::ModelId,
    ledger::{Inflow, Marks, Split},
    licences::Origin,
    roles::{Revenue, Rounds, Terms},
    Balance,
};

use crate::{
    ancestry, types::*, Ancestors, Config, Edges, Error, EvaluationCounts, Evaluations, Event,
    HoldReason, Metadata, Models, NextModel, NextTeams, Pallet, Teams,
};

/// Storage items of a model: the model, its edges, ancestors, teams and metadata; its ledger's division and its ledger's account.
const MODEL_ITEMS: u32 = 8;
/// Balances in the account of a model's ledger besides what there is to divide and what there was: all that was paid for it, and hosts' part of that.
const TAKINGS_BESIDES: usize = 2;
/// Storage items of an evaluation: the evaluation, and its evaluator's count.
const EVALUATION_ITEMS: u32 = 2;

impl<T: Config> Pallet<T> {
    /// See [`Pallet::register`].
    pub(crate) fn do_register(
        owner: T::AccountId,
        registration: RegistrationOf<T>,
    ) -> Result<ModelId, DispatchError> {
        let Registration {
            kind,
            origins,
            weights_hash,
            recipe_hash,
            terms,
            royalties_at_most,
            team,
            metadata,
        } = registration;
        let origins = Self::checked_origins(kind, origins)?;
        let team = Self::checked_team(team)?;
        let metadata =
            MetadataBytes::try_from(metadata).map_err(|_| Error::<T>::MetadataTooLong)?;
        let ancestors = Self::checked_ancestors(&origins)?;
        for pool in origins.iter().filter_map(Origin::pool) {
            ensure!(
                T::Rounds::usable(pool.datanet, pool.round).is_some(),
                Error::<T>::RoundNotFinal
            );
        }

        let model = NextModel::<T>::get();
        NextModel::<T>::put(model.checked_add(1).ok_or(Error::<T>::TooManyModels)?);
        let stack = T::Terms::attach_model(model, &owner, terms, &origins)?;
        Self::ensure_quoted(&stack, royalties_at_most)?;

        // As many as there are origins, whose bound is lower: nothing is truncated.
        let edges =
            EdgeListOf::<T>::truncate_from(origins.iter().copied().map(Edge::from).collect());
        let deposit = Self::model_deposit(&edges, &ancestors, &metadata)?;
        Self::hold(HoldReason::Model, &owner, deposit)?;
        T::Revenue::open(model, stack, team.clone())?;

        Models::<T>::insert(
            model,
            Model {
                owner: owner.clone(),
                offered_to: None,
                kind,
                weights_hash,
                recipe_hash,
                terms,
                registered: frame_system::Pallet::<T>::block_number(),
                retired: false,
                reexecuted: None,
                ancestry_changed: false,
                naming_forfeited: false,
                evaluations: 0,
                deposit,
            },
        );
        Edges::<T>::insert(model, edges);
        Ancestors::<T>::insert(model, ancestors);
        Teams::<T>::insert(model, &team);
        Metadata::<T>::insert(model, metadata);
        Self::deposit_event(Event::Registered {
            model,
            owner,
            kind,
            origins,
            weights_hash,
            recipe_hash,
            terms,
            team,
            deposit,
        });
        Ok(model)
    }

    /// See [`Pallet::offer_transfer`].
    pub(crate) fn do_offer_transfer(
        owner: T::AccountId,
        model: ModelId,
        to: T::AccountId,
    ) -> DispatchResult {
        let mut details = Self::owned_by(model, &owner)?;
        ensure!(to != owner, Error::<T>::AlreadyOwner);
        details.offered_to = Some(to.clone());
        Models::<T>::insert(model, details);
        Self::deposit_event(Event::TransferOffered { model, owner, to });
        Ok(())
    }

    /// See [`Pallet::withdraw_offer`].
    pub(crate) fn do_withdraw_offer(owner: T::AccountId, model: ModelId) -> DispatchResult {
        let mut details = Self::owned_by(model, &owner)?;
        ensure!(details.offered_to.is_some(), Error::<T>::NotOffered);
        details.offered_to = None;
        Models::<T>::insert(model, details);
        Self::deposit_event(Event::OfferWithdrawn { model });
        Ok(())
    }

    /// See [`Pallet::accept_transfer`].
    pub(crate) fn do_accept_transfer(to: T::AccountId, model: ModelId) -> DispatchResult {
        let mut details = Models::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let offered_to = details.offered_to.take().ok_or(Error::<T>::NotOffered)?;
        ensure!(offered_to == to, Error::<T>::NotOfferedToSigner);

        let deposit = details.deposit;
        Self::hold(HoldReason::Model, &to, deposit)?;
        let from = core::mem::replace(&mut details.owner, to.clone());
        T::Currency::release(&HoldReason::Model.into(), &from, deposit, Precision::Exact)?;
        T::Terms::transfer(Asset::Model(model), &to)?;
        // What the former owner announced is not what the new one bought.
        NextTeams::<T>::remove(model);

        Models::<T>::insert(model, details);
        Self::deposit_event(Event::Transferred {
            model,
            from,
            to,
            deposit,
        });
        Ok(())
    }

    /// See [`Pallet::announce_team`].
    pub(crate) fn do_announce_team(
        owner: T::AccountId,
        model: ModelId,
        team: Vec<Share<T::AccountId>>,
    ) -> DispatchResult {
        Self::owned_by(model, &owner)?;
        let team = Self::checked_team(team)?;
        let notice = T::TeamNotice::get();
        let from = frame_system::Pallet::<T>::block_number()
            .checked_add(&notice)
            .ok_or(ArithmeticError::Overflow)?;
        // Else an old announcement would be a change without notice.
        let until = from.checked_add(&notice).ok_or(ArithmeticError::Overflow)?;
        let next = NextTeam {
            team: team.clone(),
            from,
            until,
        };
        NextTeams::<T>::insert(model, next);
        Self::deposit_event(Event::TeamAnnounced {
            model,
            team,
            from,
            until,
        });
        Ok(())
    }

    /// See [`Pallet::change_team`].
    pub(crate) fn do_change_team(model: ModelId) -> DispatchResult {
        let mut details = Models::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let NextTeam { team, from, until } =
            NextTeams::<T>::get(model).ok_or(Error::<T>::NoTeamAnnounced)?;
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now >= from, Error::<T>::NoticeNotOver);
        ensure!(now <= until, Error::<T>::AnnouncementLapsed);
        T::Revenue::amend_team(model, team.clone())?;
        NextTeams::<T>::remove(model);
        // Whoever was offered the model was offered it with its former team.
        details.offered_to = None;
        Models::<T>::insert(model, details);
        Teams::<T>::insert(model, &team);
        Self::deposit_event(Event::TeamChanged { model, team });
        Ok(())
    }

    /// See [`Pallet::retire`].
    pub(crate) fn do_retire(owner: T::AccountId, model: ModelId) -> DispatchResult {
        let mut details = Self::owned_by(model, &owner)?;
        ensure!(!details.retired, Error::<T>::AlreadyRetired);
        details.retired = true;
        // Else the owner could retire a model between its sale and its acceptance.
        details.offered_to = None;
        T::Terms::retire(Asset::Model(model))?;
        Models::<T>::insert(model, details);
        Self::deposit_event(Event::Retired { model });
        Ok(())
    }

    /// See [`Pallet::cosign`].
    pub(crate) fn do_cosign(
        cosigner: T::AccountId,
        model: ModelId,
        origin: Origin,
    ) -> DispatchResult {
        let mut edges = Edges::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let Asset::Model(parent) = origin.asset() else {
            return Err(Error::<T>::NotAModel.into());
        };
        let edge = edges
            .iter_mut()
            .find(|edge| edge.origin == origin)
            .ok_or(Error::<T>::EdgeNotFound)?;
        Self::owned_by(parent, &cosigner)?;
        ensure!(edge.grade < Grade::CoSigned, Error::<T>::AlreadyCoSigned);
        edge.grade = Grade::CoSigned;
        Edges::<T>::insert(model, edges);
        Self::deposit_event(Event::CoSigned {
            model,
            origin,
            cosigner,
        });
        Ok(())
    }

    /// See [`Pallet::evaluate`].
    pub(crate) fn do_evaluate(
        evaluator: T::AccountId,
        model: ModelId,
        benchmark: Vec<u8>,
        metric: Vec<u8>,
        score: FixedI128,
        evidence: H256,
    ) -> DispatchResult {
        let mut details = Models::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let benchmark = Self::checked_name(benchmark)?;
        let metric = Self::checked_name(metric)?;
        let own = EvaluationCounts::<T>::get(model, &evaluator);
        ensure!(own < MAX_EVALUATIONS, Error::<T>::TooManyEvaluations);
        let number = details.evaluations;
        details.evaluations = number
            .checked_add(1)
            .ok_or(Error::<T>::TooManyEvaluations)?;

        let mut evaluation = Evaluation {
            evaluator: evaluator.clone(),
            benchmark: benchmark.clone(),
            metric: metric.clone(),
            score,
            evidence,
            evaluated: frame_system::Pallet::<T>::block_number(),
            deposit: 0,
        };
        let deposit = Self::evaluation_deposit(&evaluation)?;
        evaluation.deposit = deposit;
        Self::hold(HoldReason::Evaluation, &evaluator, deposit)?;

        Models::<T>::insert(model, details);
        Evaluations::<T>::insert(model, number, evaluation);
        EvaluationCounts::<T>::insert(
            model,
            &evaluator,
            own.checked_add(1).ok_or(Error::<T>::TooManyEvaluations)?,
        );
        Self::deposit_event(Event::Evaluated {
            model,
            number,
            evaluator,
            benchmark,
            metric,
            score,
            evidence,
            deposit,
        });
        Ok(())
    }

    /// The origins, if there are not too many, each leads elsewhere, and they are those of the kind.
    pub(crate) fn checked_origins(kind: Kind, origins: Vec<Origin>) -> Result<Origins, Error<T>> {
        ensure!(
            count_parents(&origins) <= MAX_PARENTS,
            Error::<T>::TooManyParents
        );
        let origins = Origins::try_from(origins).map_err(|_| Error::<T>::TooManyRounds)?;
        ensure!(
            count_rounds(&origins) <= MAX_ROUNDS,
            Error::<T>::TooManyRounds
        );

        let assets: BTreeSet<Asset> = origins.iter().map(Origin::asset).collect();
        ensure!(assets.len() == origins.len(), Error::<T>::DuplicateOrigin);

        ensure!(
            origins.iter().all(|origin| kind.may_have(origin)),
            Error::<T>::OriginNotAllowed
        );
        let makers = origins
            .iter()
            .filter(|origin| kind.is_made_by(origin))
            .count();
        ensure!(makers >= *kind.makers().start(), Error::<T>::OriginMissing);
        ensure!(makers <= *kind.makers().end(), Error::<T>::TooManySources);
        Ok(origins)
    }

    /// The whole ancestry of a model with these origins, if all parents can have children.
    fn checked_ancestors(origins: &[Origin]) -> Result<AncestorSet, Error<T>> {
        let mut parents = Vec::new();
        for origin in origins {
            let Asset::Model(parent) = origin.asset() else {
                continue;
            };
            let details = Models::<T>::get(parent).ok_or(Error::<T>::ParentNotFound)?;
            ensure!(!details.retired, Error::<T>::ParentRetired);
            parents.push((parent, Ancestors::<T>::get(parent)));
        }
        ancestry::union(
            parents
                .iter()
                .map(|(parent, ancestors)| (*parent, ancestors)),
        )
        .map_err(|_| Error::<T>::TooManyAncestors)
    }

    /// The team, if it has members, none twice, and their parts are exactly one.
    pub(crate) fn checked_team(team: Vec<Share<T::AccountId>>) -> Result<TeamOf<T>, Error<T>> {
        ensure!(!team.is_empty(), Error::<T>::EmptyTeam);
        let team = TeamOf::<T>::try_from(team).map_err(|_| Error::<T>::TooManyMembers)?;
        let accounts: BTreeSet<&T::AccountId> = team.iter().map(|share| &share.account).collect();
        ensure!(accounts.len() == team.len(), Error::<T>::DuplicateMember);
        ensure!(
            team.iter().all(|share| share.part.deconstruct() > 0),
            Error::<T>::EmptyPart
        );
        let sum = team
            .iter()
            .try_fold(0u32, |sum, share| sum.checked_add(share.part.deconstruct()));
        ensure!(
            sum == Some(Perbill::one().deconstruct()),
            Error::<T>::PartsNotOne
        );
        Ok(team)
    }

    /// The name, if it is neither empty nor too long.
    fn checked_name(name: Vec<u8>) -> Result<Name, Error<T>> {
        ensure!(!name.is_empty(), Error::<T>::EmptyName);
        Name::try_from(name).map_err(|_| Error::<T>::NameTooLong)
    }

    /// The model, if it is this account's.
    pub(crate) fn owned_by(model: ModelId, owner: &T::AccountId) -> Result<ModelOf<T>, Error<T>> {
        let details = Models::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        ensure!(details.owner == *owner, Error::<T>::NotAuthorized);
        Ok(details)
    }

    /// Puts a deposit on hold.
    pub(crate) fn hold(
        reason: HoldReason,
        who: &T::AccountId,
        deposit: Balance,
    ) -> Result<(), Error<T>> {
        T::Currency::hold(&reason.into(), who, deposit).map_err(|_| Error::<T>::DepositNotPayable)
    }

    /// The deposit for a model: what is kept here, record and teams at their longest, so that neither an offer nor another team
    /// changes it, with the places for sources that its owner left out; and what is kept in the ledger of what it earns: its teams again, and as many
    /// royalties as it can come to owe by what others do.
    pub(crate) fn model_deposit(
        edges: &EdgeListOf<T>,
        ancestors: &AncestorSet,
        metadata: &MetadataBytes,
    ) -> Result<Balance, ArithmeticError> {
        let here = ModelOf::<T>::max_encoded_len()
            + TeamOf::<T>::max_encoded_len()
            + NextTeamOf::<T>::max_encoded_len()
            + edges.encoded_size()
            + MAX_LATE as usize * Edge::<BlockNumberFor<T>>::max_encoded_len()
            + ancestors.encoded_size()
            + metadata.encoded_size();
        let ledger = Split::<T::AccountId>::max_encoded_len()
            + Inflow::max_encoded_len()
            + Marks::max_encoded_len()
            + TAKINGS_BESIDES * Balance::max_encoded_len();
        // Each part is bounded, and all of them together are some kilobytes.
        Self::price_of(MODEL_ITEMS, here + ledger)
    }

    /// Royalties come to no more than the owner of a model has agreed to.
    pub(crate) fn ensure_quoted(stack: &RoyaltyStack, at_most: Perbill) -> Result<(), Error<T>> {
        let agreed = billionths(stack) <= u64::from(at_most.deconstruct());
        ensure!(agreed, Error::<T>::RoyaltiesAboveQuoted);
        Ok(())
    }

    /// The deposit for an evaluation.
    pub(crate) fn evaluation_deposit(
        evaluation: &EvaluationOf<T>,
    ) -> Result<Balance, ArithmeticError> {
        Self::price_of(EVALUATION_ITEMS, evaluation.encoded_size())
    }

    /// What is held for storage items with so many bytes in all.
    pub(crate) fn price_of(items: u32, bytes: usize) -> Result<Balance, ArithmeticError> {
        let bytes = u32::try_from(bytes).map_err(|_| ArithmeticError::Overflow)?;
        let (per_item, per_byte) = (T::DepositPerItem::get(), T::DepositPerByte::get());
        price(per_item, per_byte, items, bytes).ok_or(ArithmeticError::Overflow)
    }
}
