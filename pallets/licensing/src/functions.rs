//! What the calls do, and what others' calls do here.

use alloc::vec::Vec;

use codec::{Encode, MaxEncodedLen};
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, DefensiveOption, Get},
};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult, SaturatedConversion};
use tributary_primitives::{
    assets::{Asset, RoyaltyStack, MAX_LATE},
    deposits::price,
    ids::{DatanetId, ModelId, TermsId},
    licences::{Generation, LicenceTerms, NeededGrant, Offer, Origin, Standing, Use, Uses},
    roles::{Cause, Revenue},
    Balance,
};

use crate::{
    types::*, Attachments, Changes, Config, Error, Event, Grants, HoldReason, Licences, Offers,
    Pallet, Publications, Sources,
};

/// Storage items of terms: they, and who published them.
const TERMS_ITEMS: u32 = 2;
/// Storage items of an asset: its attachment, and its offer.
const ASSET_ITEMS: u32 = 2;
/// Storage items of a model: its sources besides.
const MODEL_ITEMS: u32 = ASSET_ITEMS + 1;

impl<T: Config> Pallet<T> {
    /// See [`Pallet::publish`].
    pub(crate) fn do_publish(publisher: T::AccountId, terms: LicenceTerms) -> DispatchResult {
        terms.check().map_err(Error::<T>::from)?;
        ensure!(!terms.expired(Self::now()), Error::<T>::TermsExpired);
        let id = terms.id();
        ensure!(
            !Licences::<T>::contains_key(id),
            Error::<T>::TermsAlreadyPublished
        );

        let mut publication = Publication {
            publisher: publisher.clone(),
            deposit: 0,
            assets: 0,
        };
        let bytes = [terms.encoded_size(), publication.encoded_size()];
        let deposit = Self::price_of(TERMS_ITEMS, bytes.iter().sum())?;
        Self::hold(HoldReason::Terms, &publisher, deposit)?;
        publication.deposit = deposit;
        Licences::<T>::insert(id, terms);
        Publications::<T>::insert(id, publication);
        Self::deposit_event(Event::TermsPublished {
            terms: id,
            publisher,
            deposit,
        });
        Ok(())
    }

    /// See [`Pallet::retract`].
    pub(crate) fn do_retract(publisher: T::AccountId, terms: TermsId) -> DispatchResult {
        let publication = Publications::<T>::get(terms).ok_or(Error::<T>::TermsNotFound)?;
        ensure!(
            publication.publisher == publisher,
            Error::<T>::NotAuthorized
        );
        ensure!(publication.assets == 0, Error::<T>::TermsInUse);
        Self::release(HoldReason::Terms, &publisher, publication.deposit)?;
        Licences::<T>::remove(terms);
        Publications::<T>::remove(terms);
        Self::deposit_event(Event::TermsRetracted { terms, publisher });
        Ok(())
    }

    /// See [`Pallet::make_offer`].
    pub(crate) fn do_make_offer(owner: T::AccountId, asset: Asset, offer: Offer) -> DispatchResult {
        Self::owned_by(asset, &owner)?;
        ensure!(
            offer.host_share <= T::MaxHostShare::get(),
            Error::<T>::HostShareTooHigh
        );
        Offers::<T>::insert(asset, offer);
        Self::deposit_event(Event::OfferMade {
            asset,
            price: offer.price,
            host_share: offer.host_share,
        });
        Ok(())
    }

    /// See [`Pallet::acquire`].
    pub(crate) fn do_acquire(
        applicant: T::AccountId,
        asset: Asset,
        generation: Generation,
    ) -> DispatchResult {
        let attachment = Self::attachment(asset)?;
        Self::ensure_gives_grants(&attachment)?;
        let gate = attachment.standing.gate;
        ensure!(
            gate.is_some_and(|gate| gate.covers(generation)),
            Error::<T>::GrantNotNeeded
        );
        ensure!(
            !Grants::<T>::contains_key(asset, &applicant),
            Error::<T>::AlreadyAcquired
        );

        let terms =
            Licences::<T>::get(attachment.terms).defensive_ok_or(Error::<T>::TermsNotFound)?;
        let fee = terms.fee_of(generation);
        let waits = terms.asks_approval(generation) && attachment.owner != applicant;
        let deposit = Self::grant_deposit()?;
        Self::hold(HoldReason::Grant, &applicant, deposit)?;
        if waits {
            Self::hold(HoldReason::Fee, &applicant, fee)?;
        } else {
            Self::pay_fee(asset, &applicant, fee)?;
        }
        let grant = Grant {
            generation,
            approved: !waits,
            fee: if waits { fee } else { 0 },
            deposit,
        };
        Grants::<T>::insert(asset, &applicant, grant);
        Self::deposit_event(if waits {
            Event::GrantRequested {
                asset,
                applicant,
                generation,
                fee,
            }
        } else {
            Event::GrantGiven {
                asset,
                grantee: applicant,
                generation,
                fee,
            }
        });
        Ok(())
    }

    /// See [`Pallet::approve`].
    pub(crate) fn do_approve(
        owner: T::AccountId,
        asset: Asset,
        applicant: T::AccountId,
    ) -> DispatchResult {
        let attachment = Self::owned_by(asset, &owner)?;
        Self::ensure_gives_grants(&attachment)?;
        let mut grant = Self::application(asset, &applicant)?;
        let fee = core::mem::take(&mut grant.fee);
        grant.approved = true;
        let generation = grant.generation;
        Grants::<T>::insert(asset, &applicant, grant);
        Self::release(HoldReason::Fee, &applicant, fee)?;
        Self::pay_fee(asset, &applicant, fee)?;
        Self::deposit_event(Event::GrantGiven {
            asset,
            grantee: applicant,
            generation,
            fee,
        });
        Ok(())
    }

    /// See [`Pallet::decline`].
    pub(crate) fn do_decline(
        owner: T::AccountId,
        asset: Asset,
        applicant: T::AccountId,
    ) -> DispatchResult {
        Self::owned_by(asset, &owner)?;
        let grant = Self::application(asset, &applicant)?;
        Self::drop_grant(asset, &applicant, grant)?;
        Self::deposit_event(Event::GrantDeclined { asset, applicant });
        Ok(())
    }

    /// See [`Pallet::relinquish`].
    pub(crate) fn do_relinquish(grantee: T::AccountId, asset: Asset) -> DispatchResult {
        let grant = Grants::<T>::get(asset, &grantee).ok_or(Error::<T>::GrantNotFound)?;
        Self::drop_grant(asset, &grantee, grant)?;
        Self::deposit_event(Event::GrantRelinquished { asset, grantee });
        Ok(())
    }

    /// Attaches terms to a datanet, which has no ancestors.
    pub(crate) fn do_attach_datanet(
        datanet: DatanetId,
        steward: &T::AccountId,
        id: TermsId,
    ) -> DispatchResult {
        let terms = Licences::<T>::get(id).ok_or(Error::<T>::TermsNotFound)?;
        ensure!(!terms.expired(Self::now()), Error::<T>::TermsExpired);
        ensure!(terms.royalty.is_some(), Error::<T>::RoyaltyRequired);
        let feeds_models = Uses::of(&[Use::Train, Use::Retrieve]);
        ensure!(
            !terms.direct.and(feeds_models).is_empty() && terms.onward.contains(Use::Infer),
            Error::<T>::NotForDatanets
        );
        let standing = Standing::root(&terms);
        Self::attach(
            Asset::Datanet(datanet),
            steward,
            id,
            standing,
            &SourceList::new(),
        )
    }

    /// Attaches terms to a model and uses up the grants that they ask for: the royalties that it owes.
    pub(crate) fn do_attach_model(
        model: ModelId,
        owner: &T::AccountId,
        terms: TermsId,
        origins: &[Origin],
    ) -> Result<RoyaltyStack, DispatchError> {
        let folded = Self::do_check_model(owner, terms, origins).map_err(Error::<T>::from)?;
        let stack = folded.standing.stack.clone();
        // As many as were checked, whose bound is lower: nothing is truncated.
        let sources = SourceList::truncate_from(
            origins
                .iter()
                .map(|origin| ModelSource {
                    origin: *origin,
                    upheld: false,
                })
                .collect(),
        );
        let asset = Asset::Model(model);
        Self::attach(asset, owner, terms, folded.standing, &sources)?;
        if !sources.is_empty() {
            Sources::<T>::insert(model, sources);
        }
        Self::use_up(folded.grants, owner, model)?;
        Ok(stack)
    }

    /// Uses up the grants that a model needs.
    pub(crate) fn use_up(
        grants: Vec<NeededGrant>,
        owner: &T::AccountId,
        model: ModelId,
    ) -> DispatchResult {
        let mut released: Balance = 0;
        for needed in grants {
            let grant = Grants::<T>::take(needed.asset, owner)
                .defensive_ok_or(Error::<T>::GrantNotFound)?;
            released = released
                .checked_add(grant.deposit)
                .ok_or(ArithmeticError::Overflow)?;
            Self::deposit_event(Event::GrantUsed {
                asset: needed.asset,
                grantee: owner.clone(),
                model,
            });
        }
        Self::release(HoldReason::Grant, owner, released)
    }

    /// Another owner has the asset, and its deposit on hold.
    pub(crate) fn do_transfer(asset: Asset, to: &T::AccountId) -> DispatchResult {
        let mut attachment = Self::attachment(asset)?;
        let deposit = attachment.deposit;
        Self::hold(HoldReason::Asset, to, deposit)?;
        Self::release(HoldReason::Asset, &attachment.owner, deposit)?;
        let from = core::mem::replace(&mut attachment.owner, to.clone());
        Attachments::<T>::insert(asset, attachment);
        Self::deposit_event(Event::OwnerChanged {
            asset,
            from,
            to: to.clone(),
            deposit,
        });
        Ok(())
    }

    /// The asset takes no descendants and gives no grants any more.
    pub(crate) fn do_retire(asset: Asset) -> DispatchResult {
        let mut attachment = Self::attachment(asset)?;
        ensure!(!attachment.retired, Error::<T>::AssetRetired);
        attachment.retired = true;
        Attachments::<T>::insert(asset, attachment);
        Self::deposit_event(Event::AssetRetired { asset });
        Ok(())
    }

    /// Stores an asset with its terms and standing, and puts its deposit on hold.
    fn attach(
        asset: Asset,
        owner: &T::AccountId,
        terms: TermsId,
        standing: Standing,
        sources: &SourceList,
    ) -> DispatchResult {
        ensure!(
            !Attachments::<T>::contains_key(asset),
            Error::<T>::AlreadyAttached
        );
        let mut publication =
            Publications::<T>::get(terms).defensive_ok_or(Error::<T>::TermsNotFound)?;
        publication.assets = publication
            .assets
            .checked_add(1)
            .ok_or(ArithmeticError::Overflow)?;
        Publications::<T>::insert(terms, publication);

        let royalties = standing.stack.clone();
        let mut attachment = Attachment {
            owner: owner.clone(),
            terms,
            standing,
            retired: false,
            deposit: 0,
            changed: 0,
            folded: Changes::<T>::get(),
            reserved: 0,
        };
        let deposit = Self::asset_deposit(asset, &attachment, sources)?;
        Self::hold(HoldReason::Asset, owner, deposit)?;
        attachment.deposit = deposit;
        Attachments::<T>::insert(asset, attachment);
        Self::deposit_event(Event::TermsAttached {
            asset,
            terms,
            owner: owner.clone(),
            royalties,
            deposit,
        });
        Ok(())
    }

    /// The block that is executed. No chain of 3-second blocks reaches 2^32 within 400 years.
    pub(crate) fn now() -> u32 {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// The asset with its terms.
    pub(crate) fn attachment(asset: Asset) -> Result<AttachmentOf<T>, Error<T>> {
        Attachments::<T>::get(asset).ok_or(Error::<T>::AssetNotFound)
    }

    /// The asset, if it is this account's.
    pub(crate) fn owned_by(
        asset: Asset,
        owner: &T::AccountId,
    ) -> Result<AttachmentOf<T>, Error<T>> {
        let attachment = Self::attachment(asset)?;
        ensure!(attachment.owner == *owner, Error::<T>::NotAuthorized);
        Ok(attachment)
    }

    /// Whether a grant of the asset could be used.
    fn ensure_gives_grants(attachment: &AttachmentOf<T>) -> Result<(), Error<T>> {
        ensure!(!attachment.retired, Error::<T>::AssetRetired);
        ensure!(
            !attachment.standing.expired(Self::now()),
            Error::<T>::AssetExpired
        );
        Ok(())
    }

    /// An application that waits for a decision.
    fn application(asset: Asset, applicant: &T::AccountId) -> Result<Grant, Error<T>> {
        let grant = Grants::<T>::get(asset, applicant).ok_or(Error::<T>::GrantNotFound)?;
        ensure!(!grant.approved, Error::<T>::AlreadyApproved);
        Ok(grant)
    }

    /// Removes a grant or an application, and releases what is on hold for it.
    fn drop_grant(asset: Asset, grantee: &T::AccountId, grant: Grant) -> DispatchResult {
        Grants::<T>::remove(asset, grantee);
        Self::release(HoldReason::Fee, grantee, grant.fee)?;
        Self::release(HoldReason::Grant, grantee, grant.deposit)
    }

    /// Pays an upfront fee, if there is one.
    fn pay_fee(asset: Asset, payer: &T::AccountId, fee: Balance) -> DispatchResult {
        if fee == 0 {
            return Ok(());
        }
        T::Revenue::pay(asset, None, payer, fee, Cause::Licence)
    }

    /// Puts an amount on hold, if it is any.
    pub(crate) fn hold(
        reason: HoldReason,
        who: &T::AccountId,
        amount: Balance,
    ) -> Result<(), Error<T>> {
        if amount == 0 {
            return Ok(());
        }
        T::Currency::hold(&reason.into(), who, amount).map_err(|_| Error::<T>::DepositNotPayable)
    }

    /// Releases an amount that is on hold, if it is any.
    fn release(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount > 0 {
            T::Currency::release(&reason.into(), who, amount, Precision::Exact)?;
        }
        Ok(())
    }

    /// The deposit for an asset: its attachment, and an offer, so that making one is free. What a model owes can become more by what
    /// others do: the attachment is paid at its longest, and so are the places for sources that its owner left out.
    pub(crate) fn asset_deposit(
        asset: Asset,
        attachment: &AttachmentOf<T>,
        sources: &SourceList,
    ) -> Result<Balance, ArithmeticError> {
        let offer = Offer::max_encoded_len();
        match asset {
            Asset::Datanet(_) => Self::price_of(ASSET_ITEMS, attachment.encoded_size() + offer),
            Asset::Model(_) => {
                let late = MAX_LATE as usize * ModelSource::max_encoded_len();
                let attachment = AttachmentOf::<T>::max_encoded_len();
                let bytes = attachment + offer + sources.encoded_size() + late;
                Self::price_of(MODEL_ITEMS, bytes)
            }
        }
    }

    /// The deposit for a grant or an application.
    pub(crate) fn grant_deposit() -> Result<Balance, ArithmeticError> {
        Self::price_of(1, Grant::max_encoded_len())
    }

    /// What is held for storage items with so many bytes in all.
    pub(crate) fn price_of(items: u32, bytes: usize) -> Result<Balance, ArithmeticError> {
        let bytes = u32::try_from(bytes).map_err(|_| ArithmeticError::Overflow)?;
        let (per_item, per_byte) = (T::DepositPerItem::get(), T::DepositPerByte::get());
        price(per_item, per_byte, items, bytes).ok_or(ArithmeticError::Overflow)
    }
}
