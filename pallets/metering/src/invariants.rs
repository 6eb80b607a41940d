//! What is true between any two extrinsics.

use alloc::collections::BTreeMap;

use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;
use tributary_primitives::{ids::ModelId, metering::Settled, Balance};

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
    /// 2. What was settled of a channel are not more units than it reserved, at least one a call, at its price; and nothing before its first call.
    /// 3. No channel has ended in a block that is still to come.
    /// 4. Every channel and every offer has its host, which counts them.
    /// 5. Every account has on hold for calls what its channels, until they end, have not paid; for storage what its offers and channels
    ///    take; and its bond if it is a host, else none.
    /// 6. A model's totals are at least those of its channels that are kept; each call took a unit at least; nobody had more than was paid.
    ///
    /// None of them compares what is kept with a constant: the next runtime may have another one, and what was agreed stays.
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
            sums.count_offer(host, &offer)?;
        }
        Self::hosts_count_what_is_theirs(&mut sums)?;
        Self::totals_are_those_of_channels(&sums.models)?;
        Self::holds_are_accounted_for(sums.held)
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
        ensure!(
            settled.count > 0 || *settled == Settled::default(),
            "something is settled of a channel without calls"
        );
        if let Stage::Ended { at } = channel.stage {
            ensure!(at <= Self::now(), "a channel has ended in a block to come");
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
            add(
                sums.held.entry(who).or_default().of(HoldReason::Bond),
                host.bond,
            )?;
        }
        ensure!(sums.hosts.is_empty(), "a channel or an offer has no host");
        Ok(())
    }

    fn totals_are_those_of_channels(models: &BTreeMap<ModelId, CallTotals>) -> Check {
        for (model, kept) in models {
            let totals = Calls::<T>::get(model);
            ensure!(
                totals.calls >= kept.calls
                    && totals.units >= kept.units
                    && totals.gross >= kept.gross,
                "a model's totals are less than what its channels settled"
            );
        }
        for totals in Calls::<T>::iter_values() {
            ensure!(
                totals.units >= totals.calls.into() && totals.gross >= totals.net,
                "a model's calls took less than a unit each, or it had more than was paid"
            );
        }
        Ok(())
    }

    /// Looks at every account, so that nothing stays on hold of one that has neither channels nor offers any more.
    fn holds_are_accounted_for(mut held: BTreeMap<T::AccountId, Held>) -> Check {
        for who in frame_system::Account::<T>::iter_keys() {
            let mut kept = held.remove(&who).unwrap_or_default();
            for (reason, wrong) in [
                (
                    HoldReason::Calls,
                    "an account has not on hold what its channels may still pay",
                ),
                (
                    HoldReason::Storage,
                    "an account has not on hold what its offers and channels take",
                ),
                (HoldReason::Bond, "an account has not its bond on hold"),
            ] {
                let amount = *kept.of(reason);
                let on_hold = T::Currency::balance_on_hold(&reason.into(), &who);
                ensure!(on_hold == amount, wrong);
            }
        }
        ensure!(
            held.into_values().all(|held| held == Held::default()),
            "something is kept for an account that does not exist"
        );
        Ok(())
    }
}

/// What an account has on hold.
#[derive(Default, Eq, PartialEq)]
struct Held {
    /// What it may still pay.
    calls: Balance,
    /// For places in state.
    storage: Balance,
    /// For the truth of its receipts.
    bond: Balance,
}

impl Held {
    /// What is on hold for this.
    fn of(&mut self, reason: HoldReason) -> &mut Balance {
        match reason {
            HoldReason::Calls => &mut self.calls,
            HoldReason::Storage => &mut self.storage,
            HoldReason::Bond => &mut self.bond,
        }
    }
}

/// What channels and offers come to.
struct Sums<T: Config> {
    /// What accounts must have on hold.
    held: BTreeMap<T::AccountId, Held>,
    /// How many channels and offers hosts have.
    hosts: BTreeMap<T::AccountId, (u32, u32)>,
    /// What of models was settled through channels that are kept. What models had of it is not known.
    models: BTreeMap<ModelId, CallTotals>,
}

impl<T: Config> Default for Sums<T> {
    fn default() -> Self {
        Self {
            held: BTreeMap::new(),
            hosts: BTreeMap::new(),
            models: BTreeMap::new(),
        }
    }
}

impl<T: Config> Sums<T> {
    fn count_channel(&mut self, channel: &ChannelOf<T>) -> Check {
        let settled = &channel.settled;
        let held = self.held.entry(channel.consumer.clone()).or_default();
        if !matches!(channel.stage, Stage::Ended { .. }) {
            let units = channel
                .units
                .checked_sub(settled.units)
                .ok_or("more is settled of a channel than it reserved")?;
            add(&mut held.calls, price_of(channel.price, units)?)?;
        }
        add(&mut held.storage, channel.deposit)?;
        self.hosts.entry(channel.host.clone()).or_default().0 += 1;
        let totals = self.models.entry(channel.model).or_default();
        totals.add(settled.count, settled.units, settled.amount, 0)?;
        Ok(())
    }

    fn count_offer(&mut self, host: T::AccountId, offer: &HostOffer) -> Check {
        let held = self.held.entry(host.clone()).or_default();
        add(&mut held.storage, offer.deposit)?;
        self.hosts.entry(host).or_default().1 += 1;
        Ok(())
    }
}
