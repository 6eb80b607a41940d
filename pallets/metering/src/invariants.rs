//! What is true between any two extrinsics.

use alloc::collections::BTreeMap;

use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use sp_runtime::TryRuntimeError;
use tributary_primitives::{ids::ModelId, Balance};

use crate::{channels::price_of, *};

type Check = Result<(), TryRuntimeError>;

/// Adds to a sum of money.
fn add(sum: &mut Balance, amount: Balance) -> Check {
    *sum = sum.checked_add(amount).ok_or("more than all money")?;
    Ok(())
}

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet:
    ///
    /// 1. Identifiers of channels are below the next one.
    /// 2. What was settled of a channel are not more units than it reserved, at least one a call, at its price; and there is a root if there are calls.
    /// 3. A channel that is closing ends no later than one that expires.
    /// 4. Every channel and every offer has its host, which counts them.
    /// 5. A host has its bond on hold, which is none or at least the least.
    /// 6. Accounts have on hold for calls what their channels, until they end, have not paid; and for storage what their offers and channels take.
    /// 7. A model's totals are at least those of its channels that are kept.
    ///
    /// # Errors
    /// In words, which of them does not hold.
    pub fn do_try_state() -> Check {
        let mut sums = Sums::<T>::default();
        for (id, channel) in Channels::<T>::iter() {
            ensure!(
                id < NextChannel::<T>::get(),
                "the identifier of a channel is to be used again"
            );
            Self::settled_is_within(&channel)?;
            sums.count_channel(&channel)?;
        }
        for (_, host, offer) in Offers::<T>::iter() {
            let deposit = sums.storage.entry(host.clone()).or_default();
            add(deposit, offer.deposit)?;
            sums.hosts.entry(host).or_default().1 += 1;
        }
        Self::hosts_count_what_is_theirs(&mut sums)?;
        Self::holds_are_accounted_for(sums)
    }

    fn settled_is_within(channel: &ChannelOf<T>) -> Check {
        let settled = &channel.settled;
        ensure!(
            settled.units <= channel.units && settled.units >= settled.count.into(),
            "more is settled of a channel than it reserved, or a call took nothing"
        );
        ensure!(
            price_of(channel.price, settled.units) == Ok(settled.amount),
            "what is settled of a channel is not at its price"
        );
        if let Stage::Closing { until } = channel.stage {
            let end = channel.expires.checked_add(T::NoticePeriod::get());
            ensure!(
                end.is_none_or(|end| until <= end),
                "a channel that is closing lasts longer than others"
            );
        }
        Ok(())
    }

    fn hosts_count_what_is_theirs(sums: &mut Sums<T>) -> Check {
        for (who, host) in Hosts::<T>::iter() {
            let counted = sums.hosts.remove(&who).unwrap_or_default();
            ensure!(
                counted == (host.channels, host.offers),
                "a host does not count its channels and offers"
            );
            ensure!(
                host.bond == 0 || host.bond >= T::MinBond::get(),
                "a bond is below the least"
            );
            let held = T::Currency::balance_on_hold(&HoldReason::Bond.into(), &who);
            ensure!(held == host.bond, "a host has not its bond on hold");
        }
        ensure!(sums.hosts.is_empty(), "a channel or an offer has no host");
        for (model, (calls, gross)) in &sums.models {
            let totals = Calls::<T>::get(model);
            ensure!(
                totals.calls >= *calls && totals.gross >= *gross && totals.gross >= totals.net,
                "a model's totals are less than what its channels settled"
            );
        }
        Ok(())
    }

    fn holds_are_accounted_for(sums: Sums<T>) -> Check {
        let held = |reason: HoldReason, who| T::Currency::balance_on_hold(&reason.into(), who);
        for (who, amount) in &sums.calls {
            ensure!(
                held(HoldReason::Calls, who) == *amount,
                "an account has not on hold what its channels may still pay"
            );
        }
        for (who, amount) in &sums.storage {
            ensure!(
                held(HoldReason::Storage, who) == *amount,
                "an account has not on hold what its offers and channels take"
            );
        }
        Ok(())
    }
}

/// What channels and offers come to.
struct Sums<T: Config> {
    /// What accounts may still pay.
    calls: BTreeMap<T::AccountId, Balance>,
    /// What accounts have on hold for places in state.
    storage: BTreeMap<T::AccountId, Balance>,
    /// How many channels and offers hosts have.
    hosts: BTreeMap<T::AccountId, (u32, u32)>,
    /// How many calls of models were settled, and for how much.
    models: BTreeMap<ModelId, (u64, Balance)>,
}

impl<T: Config> Default for Sums<T> {
    fn default() -> Self {
        Self {
            calls: BTreeMap::new(),
            storage: BTreeMap::new(),
            hosts: BTreeMap::new(),
            models: BTreeMap::new(),
        }
    }
}

impl<T: Config> Sums<T> {
    fn count_channel(&mut self, channel: &ChannelOf<T>) -> Check {
        let consumer = || channel.consumer.clone();
        let calls = self.calls.entry(consumer()).or_default();
        if !matches!(channel.stage, Stage::Ended { .. }) {
            let units = channel
                .units
                .checked_sub(channel.settled.units)
                .ok_or("more is settled of a channel than it reserved")?;
            add(calls, price_of(channel.price, units)?)?;
        }
        let storage = self.storage.entry(consumer()).or_default();
        add(storage, channel.deposit)?;
        self.hosts.entry(channel.host.clone()).or_default().0 += 1;
        let (count, gross) = self.models.entry(channel.model).or_default();
        *count += u64::from(channel.settled.count);
        add(gross, channel.settled.amount)
    }
}
