//! Sponsors' money: budgets of rounds, what contributions are paid of them at once, and what vests.

use crate::*;
use frame_support::{
    ensure,
    traits::{
        fungible::Mutate,
        tokens::{Fortitude, Precision, Preservation},
    },
};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use tributary_primitives::{assets::Pool, ids::ContributionNumber, ledger::Vesting, Balance};

impl<T: Config> Pallet<T> {
    /// Takes a sponsor's budget into the pot.
    pub(crate) fn do_sponsor(
        pool: Pool,
        sponsor: &T::AccountId,
        amount: Balance,
    ) -> DispatchResult {
        ensure!(
            !Budgets::<T>::contains_key(pool),
            Error::<T>::AlreadySponsored
        );
        if amount == 0 {
            return Ok(());
        }
        Self::take_in(sponsor, amount, Preservation::Preserve)?;
        PotTotals::<T>::try_mutate(|totals| {
            increase(&mut totals.sponsored, amount)?;
            increase(&mut totals.held.budgets, amount)
        })?;
        let budget = Budget {
            sponsor: sponsor.clone(),
            left: amount,
        };
        Budgets::<T>::insert(pool, budget);
        Self::deposit_event(Event::Sponsored {
            pool,
            sponsor: sponsor.clone(),
            amount,
        });
        Ok(())
    }

    /// Gives a contribution part of a round's budget: what is its own at once is credited, the rest vests once the pool is open.
    pub(crate) fn do_award(
        pool: Pool,
        contribution: ContributionNumber,
        account: &T::AccountId,
        amount: Balance,
        vesting: Vesting,
    ) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        let mut budget = Budgets::<T>::get(pool).ok_or(Error::<T>::BudgetExceeded)?;
        decrease(&mut budget.left, amount).map_err(|_| Error::<T>::BudgetExceeded)?;
        Budgets::<T>::insert(pool, budget);
        let later = vesting.unvested(amount, 0)?;
        let paid = vesting.vested(amount, 0)?;
        if later > 0 {
            let award = Award {
                account: account.clone(),
                amount,
                paid,
            };
            Awards::<T>::insert(pool, contribution, award);
        }
        Self::deposit_event(Event::Awarded {
            pool,
            contribution,
            account: account.clone(),
            amount,
        });
        PotTotals::<T>::try_mutate(|totals| {
            decrease(&mut totals.held.budgets, amount)?;
            increase(&mut totals.held.vesting, later)?;
            let source = Source::Award(pool, contribution);
            Self::credit(totals, account, paid, source)
        })
    }

    /// Credits contributions with what has vested.
    pub(crate) fn do_vest(awards: AwardList) -> DispatchResult {
        let mut totals = PotTotals::<T>::get();
        for (pool, contribution) in awards {
            let award = Awards::<T>::get(pool, contribution).ok_or(Error::<T>::AwardNotFound)?;
            let award = Self::vest_award(&mut totals, pool, contribution, award)?;
            Awards::<T>::insert(pool, contribution, award);
        }
        PotTotals::<T>::put(totals);
        Ok(())
    }

    /// Credits an award with what has vested.
    fn vest_award(
        totals: &mut Totals,
        pool: Pool,
        contribution: ContributionNumber,
        mut award: Award<T::AccountId>,
    ) -> Result<Award<T::AccountId>, DispatchError> {
        let mut amount = Self::vested(pool, &award)?;
        decrease(&mut amount, award.paid)?;
        increase(&mut award.paid, amount)?;
        decrease(&mut totals.held.vesting, amount)?;
        let source = Source::Award(pool, contribution);
        Self::credit(totals, &award.account, amount, source)?;
        Ok(award)
    }

    /// What of an award has vested by now, paid or not.
    pub(crate) fn vested(
        pool: Pool,
        award: &Award<T::AccountId>,
    ) -> Result<Balance, DispatchError> {
        let terms = Self::pool_terms(pool)?;
        let last = LastPool::<T>::get(pool.datanet).ok_or(Error::<T>::PoolNotFound)?;
        let last = Self::pool_terms(Pool {
            round: last,
            ..pool
        })?;
        let since = |now: u32, then: u32| now.checked_sub(then).ok_or(ArithmeticError::Underflow);
        let elapsed = terms.vesting.elapsed(
            since(last.ordinal, terms.ordinal)?,
            since(Self::now(), terms.opened)?,
        );
        Ok(terms.vesting.vested(award.amount, elapsed)?)
    }

    /// Ends the vesting of an award: what has vested is credited, the rest is burnt. Says how much that is.
    pub(crate) fn do_forfeit(
        pool: Pool,
        contribution: ContributionNumber,
    ) -> Result<Balance, DispatchError> {
        let Some(award) = Awards::<T>::take(pool, contribution) else {
            return Ok(0);
        };
        let mut totals = PotTotals::<T>::get();
        let award = Self::vest_award(&mut totals, pool, contribution, award)?;
        let mut burnt = award.amount;
        decrease(&mut burnt, award.paid)?;
        if burnt > 0 {
            T::Currency::burn_from(
                &Self::pot(),
                burnt,
                Preservation::Preserve,
                Precision::Exact,
                Fortitude::Polite,
            )?;
            decrease(&mut totals.held.vesting, burnt)?;
            increase(&mut totals.burnt, burnt)?;
        }
        PotTotals::<T>::put(totals);
        if burnt > 0 {
            Self::deposit_event(Event::Forfeited {
                pool,
                contribution,
                account: award.account,
                amount: burnt,
            });
        }
        Ok(burnt)
    }

    /// Credits what is left of a round's budget to its sponsor.
    pub(crate) fn do_refund(pool: Pool) -> DispatchResult {
        let Some(budget) = Budgets::<T>::take(pool) else {
            return Ok(());
        };
        PotTotals::<T>::try_mutate(|totals| {
            decrease(&mut totals.held.budgets, budget.left)?;
            Self::credit(totals, &budget.sponsor, budget.left, Source::Refund(pool))
        })
    }

    /// An award in numbers.
    pub(crate) fn award_statement(
        pool: Pool,
        contribution: ContributionNumber,
    ) -> Option<AwardStatement<T::AccountId>> {
        let award = Awards::<T>::get(pool, contribution)?;
        let vested = Self::vested(pool, &award).ok()?;
        Some(AwardStatement { award, vested })
    }
}
