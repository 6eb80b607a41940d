//! How channels begin and end.

use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
        Defensive, Get,
    },
};
use sp_core::H256;
use sp_runtime::{
    traits::{SaturatedConversion, Verify, Zero},
    ArithmeticError, DispatchError, DispatchResult,
};
use tributary_primitives::{
    ids::ChannelId,
    ledger,
    metering::{Contradiction, NoContradiction, Receipt, Settled},
    roles::{CallLicences, CallRevenue},
    Balance,
};

use crate::*;

impl<T: Config> Pallet<T> {
    /// See [`Pallet::open`].
    pub(crate) fn do_open(
        consumer: T::AccountId,
        wanted: Wanted<T::AccountId>,
    ) -> Result<ChannelId, DispatchError> {
        let Wanted {
            host,
            model,
            key,
            units,
            price: most,
            expires,
        } = wanted;
        ensure!(units > 0, Error::<T>::NoUnits);
        let lasts = expires.saturating_sub(Self::now());
        ensure!(
            (1..=T::MaxDuration::get()).contains(&lasts),
            Error::<T>::DurationOutOfBounds
        );
        let offer = Offers::<T>::get(model, &host).ok_or(Error::<T>::OfferNotFound)?;
        ensure!(offer.price <= most, Error::<T>::PriceAboveLimit);
        let mut registered = Self::registered(&host)?;
        ensure!(
            registered.bond >= T::MinBond::get(),
            Error::<T>::HostWithoutBond
        );
        // The last block in which calls are answered.
        let asked = T::Licences::reserve(model, units, expires - 1)?;
        let rates = T::Revenue::rates();
        ensure!(
            offer.share <= asked.host_share.min(rates.host_max),
            Error::<T>::HostShareTooHigh
        );
        ensure!(
            ledger::covers(offer.price, rates.protocol_fee, offer.share, asked.price),
            Error::<T>::PriceTooLow
        );
        let funds = price_of(offer.price, units)?;
        let deposit = Self::channel_deposit()?;
        Self::hold(HoldReason::Calls, &consumer, funds)?;
        Self::hold(HoldReason::Storage, &consumer, deposit)?;

        let id = NextChannel::<T>::get();
        NextChannel::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
        registered.channels = registered
            .channels
            .checked_add(1)
            .ok_or(ArithmeticError::Overflow)?;
        let receipt_key = registered.key.clone();
        Hosts::<T>::insert(&host, registered);
        Self::deposit_event(Event::ChannelOpened {
            channel: id,
            consumer: consumer.clone(),
            host: host.clone(),
            model,
            key: key.clone(),
            receipt_key: receipt_key.clone(),
            price: offer.price,
            share: offer.share,
            units,
            expires,
            deposit,
        });
        let channel = Channel {
            consumer,
            host,
            model,
            key,
            receipt_key,
            price: offer.price,
            share: offer.share,
            units,
            expires,
            settled: Settled::default(),
            stage: Stage::Open,
            challenged: false,
            deposit,
        };
        Channels::<T>::insert(id, channel);
        Ok(id)
    }

    /// See [`Pallet::close`]. Whether the channel has ended.
    pub(crate) fn do_close(who: T::AccountId, id: ChannelId) -> Result<bool, DispatchError> {
        let mut channel = Self::found(id)?;
        let end = Self::end_of(&channel).ok_or(Error::<T>::ChannelOver)?;
        let over = Self::now() >= end;
        if over || who == channel.host {
            Self::end(id, channel)?;
            return Ok(true);
        }
        ensure!(who == channel.consumer, Error::<T>::NotAuthorized);
        ensure!(channel.stage == Stage::Open, Error::<T>::AlreadyClosing);
        // One that has expired ends no later for being closed.
        let until = end.min(Self::after_notice(Self::now()));
        channel.stage = Stage::Closing { until };
        Channels::<T>::insert(id, channel);
        Self::deposit_event(Event::ChannelClosing { channel: id, until });
        Ok(false)
    }

    /// Gives back what is not paid and not called.
    fn end(id: ChannelId, mut channel: ChannelOf<T>) -> DispatchResult {
        let units = channel
            .units
            .checked_sub(channel.settled.units)
            .ok_or(ArithmeticError::Underflow)?;
        let returned = price_of(channel.price, units)?;
        Self::release(HoldReason::Calls, &channel.consumer, returned);
        T::Licences::refund(channel.model, units)?;
        channel.stage = Stage::Ended { at: Self::now() };
        Channels::<T>::insert(id, channel);
        Self::deposit_event(Event::ChannelEnded {
            channel: id,
            returned,
            units,
        });
        Ok(())
    }

    /// See [`Pallet::challenge`].
    pub(crate) fn do_challenge(
        challenger: T::AccountId,
        receipt: Receipt,
        signature: T::Signature,
        contradiction: &Contradiction,
    ) -> DispatchResult {
        let id = receipt.channel;
        let mut channel = Self::found(id)?;
        ensure!(!channel.challenged, Error::<T>::AlreadyChallenged);
        ensure!(!Self::is_past(&channel), Error::<T>::ChallengeOver);
        let genesis = Self::genesis();
        ensure!(
            Self::signed_by(&channel.receipt_key, receipt.leaf(genesis), &signature),
            Error::<T>::InvalidSignature
        );
        contradiction
            .check(genesis, &receipt, channel.price, &channel.settled)
            .map_err(Error::<T>::from)?;
        let host = channel.host.clone();
        let (reward, burnt) = Self::slash(&host, &challenger)?;
        channel.challenged = true;
        Channels::<T>::insert(id, channel);
        Self::deposit_event(Event::HostChallenged {
            channel: id,
            host,
            challenger,
            number: receipt.number,
            reward,
            burnt,
        });
        Ok(())
    }

    /// Takes a host's bond: half of it for the challenger, rounded down, the rest is burnt.
    fn slash(
        who: &T::AccountId,
        challenger: &T::AccountId,
    ) -> Result<(Balance, Balance), DispatchError> {
        let mut host = Self::registered(who)?;
        ensure!(host.bond > 0, Error::<T>::HostWithoutBond);
        let reward = host.bond / 2;
        let rest = host.bond - reward;
        let reason = HoldReason::Bond.into();
        let (precision, force) = (Precision::Exact, Fortitude::Force);
        let restriction = Restriction::Free;
        T::Currency::transfer_on_hold(
            &reason,
            who,
            challenger,
            reward,
            precision,
            restriction,
            force,
        )?;
        T::Currency::burn_held(&reason, who, rest, precision, force)?;
        host.bond = 0;
        Hosts::<T>::insert(who, host);
        Ok((reward, rest))
    }

    /// See [`Pallet::forget`].
    pub(crate) fn do_forget(id: ChannelId) -> DispatchResult {
        let channel = Self::found(id)?;
        ensure!(Self::is_past(&channel), Error::<T>::NotOver);
        Channels::<T>::remove(id);
        Self::release(HoldReason::Storage, &channel.consumer, channel.deposit);
        if let Ok(mut host) = Self::registered(&channel.host).defensive() {
            host.channels = host
                .channels
                .checked_sub(1)
                .ok_or(ArithmeticError::Underflow)?;
            Hosts::<T>::insert(&channel.host, host);
        }
        Self::deposit_event(Event::ChannelForgotten {
            channel: id,
            deposit: channel.deposit,
        });
        Ok(())
    }

    /// A channel that is kept.
    pub(crate) fn found(id: ChannelId) -> Result<ChannelOf<T>, Error<T>> {
        Channels::<T>::get(id).ok_or(Error::<T>::ChannelNotFound)
    }

    /// The first block in which a channel takes no voucher. None if it has ended.
    pub(crate) fn end_of(channel: &ChannelOf<T>) -> Option<u32> {
        match channel.stage {
            Stage::Open => Some(Self::after_notice(channel.expires)),
            Stage::Closing { until } => Some(until),
            Stage::Ended { .. } => None,
        }
    }

    /// Whether a channel has ended so long ago that nothing contradicts it any more.
    fn is_past(channel: &ChannelOf<T>) -> bool {
        matches!(channel.stage, Stage::Ended { at } if Self::now() >= Self::after_notice(at))
    }

    /// The end of a notice period; the last block there is if it would end later.
    fn after_notice(block: u32) -> u32 {
        block.saturating_add(T::NoticePeriod::get())
    }

    /// The block that is executed. No chain of 3-second blocks reaches 2^32 within 400 years.
    pub(crate) fn now() -> u32 {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// The hash of the chain's first block, which is kept for ever.
    pub(crate) fn genesis() -> H256 {
        frame_system::Pallet::<T>::block_hash(
            frame_system::pallet_prelude::BlockNumberFor::<T>::zero(),
        )
    }

    /// Whether a key has signed a hash.
    pub(crate) fn signed_by(key: &T::AccountId, hash: H256, signature: &T::Signature) -> bool {
        signature.verify(hash.as_bytes(), key)
    }
}

/// What units cost at a channel's price.
pub(crate) fn price_of(price: Balance, units: u64) -> Result<Balance, ArithmeticError> {
    price
        .checked_mul(units.into())
        .ok_or(ArithmeticError::Overflow)
}

impl<T: Config> From<NoContradiction> for Error<T> {
    fn from(reason: NoContradiction) -> Self {
        match reason {
            NoContradiction::AtPrice => Self::ReceiptAtPrice,
            NoContradiction::NotSettled => Self::ReceiptNotSettled,
            NoContradiction::NotProven => Self::LeafNotProven,
            NoContradiction::SameLeaf => Self::ReceiptSettled,
        }
    }
}
