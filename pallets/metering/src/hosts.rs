//! Hosts, their bonds and their offers.

use codec::MaxEncodedLen;
use frame_support::{
    ensure,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::Precision,
        Defensive, Get,
    },
};
use sp_runtime::{ArithmeticError, DispatchResult, Perbill};
use tributary_primitives::{deposits, ids::ModelId, ledger::MAX_HOST_SHARE, Balance};

use crate::*;

impl<T: Config> Pallet<T> {
    /// See [`Pallet::register`].
    pub(crate) fn do_register(
        who: T::AccountId,
        key: T::AccountId,
        bond: Balance,
    ) -> DispatchResult {
        ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooLow);
        let mut host = Hosts::<T>::get(&who).unwrap_or_else(|| Host {
            key: key.clone(),
            bond: 0,
            channels: 0,
            offers: 0,
        });
        match bond.checked_sub(host.bond) {
            Some(more) => Self::hold(HoldReason::Bond, &who, more)?,
            None => {
                ensure!(host.channels == 0, Error::<T>::ChannelsKept);
                Self::release(HoldReason::Bond, &who, host.bond - bond);
            }
        }
        host.bond = bond;
        host.key = key.clone();
        Hosts::<T>::insert(&who, host);
        Self::deposit_event(Event::HostRegistered {
            host: who,
            key,
            bond,
        });
        Ok(())
    }

    /// See [`Pallet::leave`].
    pub(crate) fn do_leave(who: T::AccountId) -> DispatchResult {
        let host = Self::registered(&who)?;
        ensure!(host.offers == 0, Error::<T>::OffersMade);
        ensure!(host.channels == 0, Error::<T>::ChannelsKept);
        Self::release(HoldReason::Bond, &who, host.bond);
        Hosts::<T>::remove(&who);
        Self::deposit_event(Event::HostLeft {
            host: who,
            bond: host.bond,
        });
        Ok(())
    }

    /// See [`Pallet::make_offer`].
    pub(crate) fn do_make_offer(
        who: T::AccountId,
        model: ModelId,
        price: Balance,
        share: Perbill,
        endpoint: Endpoint,
    ) -> DispatchResult {
        let mut host = Self::registered(&who)?;
        ensure!(price > 0, Error::<T>::PriceZero);
        // What hosts may ask for at the most by now is looked up when a channel opens.
        ensure!(share <= MAX_HOST_SHARE, Error::<T>::HostShareTooHigh);
        let readable = !endpoint.is_empty() && endpoint.iter().all(u8::is_ascii_graphic);
        ensure!(readable, Error::<T>::InvalidEndpoint);
        let deposit = match Offers::<T>::get(model, &who) {
            Some(offer) => offer.deposit,
            None => {
                let deposit = Self::offer_deposit()?;
                Self::hold(HoldReason::Storage, &who, deposit)?;
                host.offers = host
                    .offers
                    .checked_add(1)
                    .ok_or(ArithmeticError::Overflow)?;
                Hosts::<T>::insert(&who, host);
                deposit
            }
        };
        let offer = HostOffer {
            price,
            share,
            endpoint: endpoint.clone(),
            deposit,
        };
        Offers::<T>::insert(model, &who, offer);
        Self::deposit_event(Event::OfferMade {
            model,
            host: who,
            price,
            share,
            endpoint,
        });
        Ok(())
    }

    /// See [`Pallet::withdraw_offer`].
    pub(crate) fn do_withdraw_offer(who: T::AccountId, model: ModelId) -> DispatchResult {
        let offer = Offers::<T>::take(model, &who).ok_or(Error::<T>::OfferNotFound)?;
        Self::release(HoldReason::Storage, &who, offer.deposit);
        let mut host = Self::registered(&who)?;
        host.offers = host
            .offers
            .checked_sub(1)
            .ok_or(ArithmeticError::Underflow)?;
        Hosts::<T>::insert(&who, host);
        Self::deposit_event(Event::OfferWithdrawn { model, host: who });
        Ok(())
    }

    /// A host.
    pub(crate) fn registered(who: &T::AccountId) -> Result<HostOf<T>, Error<T>> {
        Hosts::<T>::get(who).ok_or(Error::<T>::HostNotFound)
    }

    /// Puts an amount on hold, if it is any.
    pub(crate) fn hold(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount > 0 {
            let reason = reason.into();
            let payable = T::Currency::can_hold(&reason, who, amount);
            ensure!(payable, Error::<T>::DepositNotPayable);
            T::Currency::hold(&reason, who, amount)?;
        }
        Ok(())
    }

    /// Releases an amount that is on hold. No account can stand against it: else a channel would never end.
    pub(crate) fn release(reason: HoldReason, who: &T::AccountId, amount: Balance) {
        if amount > 0 {
            let released = T::Currency::release(&reason.into(), who, amount, Precision::BestEffort)
                .defensive_unwrap_or_default();
            frame_support::defensive_assert!(released == amount, "what is kept is on hold");
        }
    }

    /// What a host has on hold for the place of an offer.
    pub(crate) fn offer_deposit() -> Result<Balance, ArithmeticError> {
        Self::deposit_for(HostOffer::max_encoded_len())
    }

    /// What a consumer has on hold for the place of a channel.
    pub(crate) fn channel_deposit() -> Result<Balance, ArithmeticError> {
        Self::deposit_for(ChannelOf::<T>::max_encoded_len())
    }

    /// What the place of a host is worth. It has its bond on hold instead of a deposit, and once that is lost nothing.
    pub(crate) fn place_of_host() -> Result<Balance, ArithmeticError> {
        Self::deposit_for(HostOf::<T>::max_encoded_len())
    }

    fn deposit_for(bytes: usize) -> Result<Balance, ArithmeticError> {
        let bytes = u32::try_from(bytes).map_err(|_| ArithmeticError::Overflow)?;
        let (per_item, per_byte) = (T::DepositPerItem::get(), T::DepositPerByte::get());
        deposits::price(per_item, per_byte, 1, bytes).ok_or(ArithmeticError::Overflow)
    }
}
