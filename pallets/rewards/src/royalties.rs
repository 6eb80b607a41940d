//! How the royalties of a model change: sources that were left out, claims, disputes.

use crate::*;
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{fungible::Inspect, Get},
    BoundedVec,
};
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    assets::{billionths, Asset, LateRoyalties, Payee, Royalty, RoyaltyStack, MAX_LATE},
    ids::ModelId,
    ledger::{self, Ground, RebaseError, Split},
    Perbill,
};

impl<T: Config> Pallet<T> {
    /// Checks what a model is to owe, and says at which rates that is.
    pub(crate) fn prepare_stack(model: ModelId, stack: &mut RoyaltyStack) -> DispatchResult {
        let ascending = stack.windows(2).all(|pair| {
            pair[0].payee < pair[1].payee && pair[0].payee.asset() != pair[1].payee.asset()
        });
        ensure!(ascending, Error::<T>::RoyaltiesNotAscending);
        // Data of which nothing was admitted is lineage without payee, and has no part in the top-up either.
        Self::keep_payable(model, stack)?;
        ledger::top_up(stack);
        Ok(())
    }

    /// Checks that payees exist and none is the model itself, and names those who are paid: for a round of which nothing earns any more the
    /// pool of the last one before it, so that the withdrawal of all records cancels nothing that an ancestor owes; without one, nobody.
    ///
    /// A circle of several models would do no harm: of royalties none are owed.
    fn keep_payable<Most: Get<u32>>(
        model: ModelId,
        royalties: &mut BoundedVec<Royalty, Most>,
    ) -> DispatchResult {
        let mut payable = Vec::with_capacity(royalties.len());
        for royalty in royalties.iter() {
            let payee = match royalty.payee {
                Payee::Model(parent) => {
                    let exists = parent != model && Splits::<T>::contains_key(parent);
                    ensure!(exists, Error::<T>::PayeeNotFound);
                    Some(royalty.payee)
                }
                Payee::Pool(pool) => Self::earning_pool(pool)
                    .map_err(|_| Error::<T>::PayeeNotFound)?
                    .map(Payee::Pool),
            };
            payable.extend(payee.map(|payee| Royalty { payee, ..*royalty }));
        }
        // No more than there were.
        *royalties = BoundedVec::truncate_from(payable);
        Ok(())
    }

    /// Gives a model other royalties, after the present ones have been paid.
    ///
    /// `named`: the model's owner has named what was left out, so that those who are new have their part of what waits.
    pub(crate) fn do_amend_royalties(
        model: ModelId,
        mut stack: RoyaltyStack,
        mut late: LateRoyalties,
        named: bool,
    ) -> DispatchResult {
        Self::prepare_stack(model, &mut stack)?;
        Self::keep_payable(model, &mut late)?;
        let mut assets: Vec<_> = late.iter().map(|royalty| royalty.payee.asset()).collect();
        assets.extend(stack.iter().map(|royalty| royalty.payee.asset()));
        assets.sort_unstable();
        ensure!(
            assets.windows(2).all(|pair| pair[0] != pair[1]),
            Error::<T>::RoyaltyOwed
        );
        let set_aside = Self::change(model, |split, account| {
            let (received, marks) = (account.takings.net, &mut account.marks);
            if named {
                // What is set aside for a claim could not be given back to where it was.
                ensure!(!split.is_claimed(), Error::<T>::AlreadyClaimed);
                Self::ensure_leaves_late_royalties(split, &stack, &late)?;
                // Else anybody could keep an owner from naming by a payment of dust.
                let forgiven = T::Currency::minimum_balance();
                let rebased =
                    split.rebase_from_what_waits(received, marks, &stack, &late, forgiven);
                rebased.map(Some).map_err(Self::rebase_error)
            } else {
                let rebased = split.rebase(received, marks, &stack, &late);
                rebased.map(|()| None).map_err(Self::rebase_error)
            }
        })?;
        Self::deposit_event(Event::RoyaltiesAmended {
            model,
            royalties: stack,
            late,
            set_aside,
        });
        Ok(())
    }

    /// What an owner names leaves as much for late royalties as they had: else the owner took back what was decided.
    fn ensure_leaves_late_royalties(
        split: &Split<T::AccountId>,
        stack: &RoyaltyStack,
        late: &LateRoyalties,
    ) -> Result<(), Error<T>> {
        let one = u64::from(Perbill::one().deconstruct());
        // Those of the stack are asked for as they apply.
        let entries = split.royalties().entries().iter();
        let before: u64 = entries
            .map(|entry| u64::from(entry.asked.deconstruct()))
            .sum();
        let next = billionths(stack.iter().chain(late));
        ensure!(next <= before.max(one), Error::<T>::RatesAboveOne);
        Ok(())
    }

    /// Sets aside what is claimed.
    pub(crate) fn do_claim_royalties(
        model: ModelId,
        mut royalties: LateRoyalties,
    ) -> DispatchResult {
        Self::keep_payable(model, &mut royalties)?;
        let set_aside = Self::change(model, |split, account| {
            ensure!(!split.is_claimed(), Error::<T>::AlreadyClaimed);
            let entries = split.royalties().entries();
            let late = entries.iter().filter(|entry| entry.ground == Ground::Late);
            // One may take the place of another that is late.
            let places = (MAX_LATE as usize).saturating_sub(late.count()).max(1);
            ensure!(royalties.len() <= places, Error::<T>::TooManyLate);
            let mut assets: Vec<_> = entries.iter().map(|entry| entry.payee.asset()).collect();
            for royalty in &royalties {
                let asset = royalty.payee.asset();
                ensure!(!assets.contains(&asset), Error::<T>::RoyaltyOwed);
                assets.push(asset);
            }
            let received = account.takings.net;
            split
                .claim(received, &mut account.marks, &royalties)
                .map_err(Self::rebase_error)
        })?;
        Self::deposit_event(Event::RoyaltiesClaimed {
            model,
            royalties,
            set_aside,
        });
        Ok(())
    }

    /// Gives back what is claimed and not owed.
    pub(crate) fn do_close_claim(model: ModelId) -> DispatchResult {
        let split = Splits::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        if !split.is_claimed() {
            return Ok(());
        }
        let returned = Self::change(model, |split, account| {
            let received = account.takings.net;
            split
                .close_claim(received, &mut account.marks)
                .map_err(Self::rebase_error)
        })?;
        Self::deposit_event(Event::ClaimClosed { model, returned });
        Ok(())
    }

    /// Holds back what a model owes for an asset, or pays it again.
    pub(crate) fn do_set_frozen(model: ModelId, asset: Asset, frozen: bool) -> DispatchResult {
        let changed = Self::change(model, |split, account| {
            Ok(split.set_frozen(account.takings.net, asset, frozen))
        })?;
        if changed {
            Self::deposit_event(match frozen {
                true => Event::RoyaltyFrozen { model, asset },
                false => Event::RoyaltyUnfrozen { model, asset },
            });
        }
        Ok(())
    }

    /// Lets nothing of what a model's team keeps wait any more.
    pub(crate) fn do_release(model: ModelId) -> DispatchResult {
        Self::change(model, |split, _| Ok(split.release()?))?;
        Self::deposit_event(Event::EscrowReleased { model });
        Ok(())
    }

    /// Lets half of what a model's team keeps wait again.
    pub(crate) fn do_resume(model: ModelId) -> DispatchResult {
        let waited = Self::change(model, |split, account| {
            let waited = split.waits();
            split.resume(account.takings.net, &mut account.marks)?;
            Ok(waited)
        })?;
        if !waited {
            Self::deposit_event(Event::EscrowResumed { model });
        }
        Ok(())
    }

    /// Changes how a model divides what comes in from now on: what is due by now is paid before.
    fn change<R>(
        model: ModelId,
        change: impl FnOnce(&mut Split<T::AccountId>, &mut ModelAccount) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        let (mut split, mut account, _) = Self::settled(model)?;
        account.marks = Self::marks(&account);
        let result = change(&mut split, &mut account)?;
        Splits::<T>::insert(model, split);
        ModelAccounts::<T>::insert(model, account);
        Ok(result)
    }

    fn rebase_error(error: RebaseError) -> DispatchError {
        match error {
            RebaseError::RatesAboveOne => Error::<T>::RatesAboveOne.into(),
            RebaseError::TooMany => Error::<T>::TooManyLate.into(),
            RebaseError::WaitsTooLittle => Error::<T>::WaitsTooLittle.into(),
            RebaseError::Arithmetic(error) => error.into(),
        }
    }
}
