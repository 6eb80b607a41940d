//! How calls are paid.

use alloc::collections::BTreeSet;

use frame_support::{ensure, storage::with_storage_layer, weights::Weight};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use tributary_primitives::{
    hashing,
    ids::ModelId,
    metering::{Settled, Voucher},
    roles::CallRevenue,
    Balance,
};

use crate::{channels::price_of, *};

impl<T: Config> Pallet<T> {
    /// See [`Pallet::settle`].
    pub(crate) fn do_settle(
        signer: T::AccountId,
        settlements: SettlementsOf<T>,
        usage: StatedUsage,
    ) -> DispatchResult {
        let mut refused = None;
        let mut settled = false;
        let mut hosted = BTreeSet::new();
        for (index, settlement) in (0..).zip(settlements) {
            let channel = settlement.voucher.channel;
            match with_storage_layer(|| Self::settle_one(&signer, settlement)) {
                Ok(model) => {
                    settled = true;
                    hosted.extend(model);
                }
                // It is the caller who decides how many storage layers are left: nothing is said about the voucher.
                Err(error @ DispatchError::Transactional(_)) => return Err(error),
                Err(error) => {
                    refused.get_or_insert(error);
                    Self::deposit_event(Event::SettlementFailed {
                        index,
                        channel,
                        error,
                    });
                }
            }
        }
        if !settled {
            return Err(refused.unwrap_or(Error::<T>::NothingToSettle.into()));
        }
        let mut usage = usage;
        usage.retain(|(model, _)| hosted.contains(model));
        if !usage.is_empty() {
            Self::deposit_event(Event::UsageStated {
                host: signer,
                usage,
            });
        }
        Ok(())
    }

    /// What a call with so many vouchers and counts of uses weighs. The measured one that states usage has a voucher of its own.
    pub(crate) fn weight_of_settling(settlements: usize, usage: usize) -> Weight {
        // Both are bounded far below.
        let weight = T::WeightInfo::settle(settlements as u32);
        if usage == 0 {
            return weight;
        }
        weight.saturating_add(T::WeightInfo::state_usage(usage as u32))
    }

    /// Pays what one voucher says beyond what was paid. The model, if it is the signer who answers its calls.
    fn settle_one(
        signer: &T::AccountId,
        settlement: Settlement<T::Signature>,
    ) -> Result<Option<ModelId>, DispatchError> {
        let Settlement {
            voucher,
            signature,
            consent,
        } = settlement;
        let id = voucher.channel;
        let mut channel = Self::found(id)?;
        let taken = Self::end_of(&channel).is_some_and(|end| Self::now() < end);
        ensure!(taken, Error::<T>::ChannelOver);
        let (calls, units) = Self::more(&channel, &voucher)?;

        let hash = voucher.hash(Self::genesis(), channel.model);
        ensure!(
            Self::signed_by(&channel.key, hash, &signature),
            Error::<T>::InvalidSignature
        );
        let by_host = *signer == channel.host;
        if !by_host {
            let consent = consent.ok_or(Error::<T>::ConsentMissing)?;
            ensure!(
                Self::signed_by(&channel.receipt_key, hashing::consent(hash), &consent),
                Error::<T>::InvalidSignature
            );
        }

        let paid = price_of(channel.price, units)?;
        let net = T::Revenue::pay_held(
            channel.model,
            &channel.consumer,
            HoldReason::Calls.into(),
            paid,
            &channel.host,
            channel.share,
        )?
        .net;
        let model = channel.model;
        Calls::<T>::try_mutate(model, |totals| totals.add(calls, units, paid, net))?;
        channel.settled = Settled {
            count: voucher.count,
            units: voucher.units,
            amount: voucher.amount,
            root: voucher.root,
        };
        Self::deposit_event(Event::ChannelSettled {
            channel: id,
            model,
            calls,
            paid,
            net,
            settled: channel.settled,
        });
        Channels::<T>::insert(id, channel);
        Ok(by_host.then_some(model))
    }

    /// How many calls, and units, a voucher has more than what was settled, if it is one that the channel can have.
    fn more(channel: &ChannelOf<T>, voucher: &Voucher) -> Result<(u32, u64), DispatchError> {
        let settled = &channel.settled;
        let calls = voucher
            .count
            .checked_sub(settled.count)
            .filter(|calls| *calls > 0)
            .ok_or(Error::<T>::VoucherOutdated)?;
        let units = voucher
            .units
            .checked_sub(settled.units)
            .filter(|units| *units >= calls.into())
            .ok_or(Error::<T>::TooFewUnits)?;
        ensure!(voucher.units <= channel.units, Error::<T>::UnitsExceeded);
        ensure!(
            voucher.amount == price_of(channel.price, voucher.units)?,
            Error::<T>::AmountMismatch
        );
        Ok((calls, units))
    }
}

impl CallTotals {
    /// Counts calls more.
    pub(crate) fn add(
        &mut self,
        calls: u32,
        units: u64,
        paid: Balance,
        net: Balance,
    ) -> Result<(), ArithmeticError> {
        const OVERFLOW: ArithmeticError = ArithmeticError::Overflow;
        self.calls = self.calls.checked_add(calls.into()).ok_or(OVERFLOW)?;
        self.units = self.units.checked_add(units.into()).ok_or(OVERFLOW)?;
        self.gross = self.gross.checked_add(paid).ok_or(OVERFLOW)?;
        self.net = self.net.checked_add(net).ok_or(OVERFLOW)?;
        Ok(())
    }
}
