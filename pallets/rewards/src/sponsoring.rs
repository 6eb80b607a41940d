//! Sponsors' money: budgets of rounds, what contributions are paid of them at once, and what vests.

use crate::{authors::Earning, *};
use frame_support::weights::Weight;
use frame_support::{
    ensure,
    traits::{
        fungible::Mutate,
        tokens::{Fortitude, Precision, Preservation},
    },
};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use tributary_primitives::{
    assets::{Pool, MAX_AUTHORS},
    ids::ContributionNumber,
    ledger::Vesting,
    Balance,
};

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

    /// Gives a contribution part of a round's budget: what is its own at once is credited, the rest vests once the pool is open. Authors, of whom
    /// there may be 16 for each of a thousand contributions, ask for all of it.
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
        let shared = Payees::<T>::contains_key(pool.datanet, contribution);
        let paid = if shared {
            0
        } else {
            vesting.vested(amount, 0)?
        };
        let mut later = amount;
        decrease(&mut later, paid)?;
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

    /// The most that a call for so many awards costs: each may be of a contribution with the most authors.
    pub(crate) fn weight_of_awards(awards: u32) -> Weight {
        T::WeightInfo::vest(awards).saturating_add(Self::weight_of_authors(awards, MAX_AUTHORS))
    }

    /// Credits contributions with what has vested. Says what it cost.
    pub(crate) fn do_vest(awards: AwardList) -> Result<Weight, DispatchError> {
        let mut weight = Self::weight_of_awards(awards.len() as u32);
        let mut totals = PotTotals::<T>::get();
        for (pool, contribution) in awards {
            let authors = Awards::<T>::try_mutate(pool, contribution, |entry| {
                let award = entry.take().ok_or(Error::<T>::AwardNotFound)?;
                let vested = Self::vested(pool, &award)?;
                let now = Earning {
                    amount: vested,
                    all: vested == award.amount,
                };
                let (award, authors) =
                    Self::vest_award(&mut totals, pool, contribution, award, now)?;
                *entry = Some(award);
                Ok::<_, DispatchError>(authors)
            })?;
            weight = weight.saturating_sub(Self::unused_by(authors));
        }
        PotTotals::<T>::put(totals);
        Ok(weight)
    }

    /// Credits an award with what has vested. Says how many authors it has.
    fn vest_award(
        totals: &mut Totals,
        pool: Pool,
        contribution: ContributionNumber,
        mut award: Award<T::AccountId>,
        now: Earning,
    ) -> Result<(Award<T::AccountId>, u32), DispatchError> {
        let (amount, authors) = Self::credit_contribution(
            totals,
            &award.account,
            (pool.datanet, contribution),
            award.earning(),
            now,
            Source::Award(pool, contribution),
        )?;
        award.paid = now.amount;
        decrease(&mut totals.held.vesting, amount)?;
        Ok((award, authors))
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
        // There is no more to come: what rounding held back of what has vested goes to the last author.
        let now = Earning {
            amount: Self::vested(pool, &award)?,
            all: true,
        };
        let (award, _) = Self::vest_award(&mut totals, pool, contribution, award, now)?;
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
        if burnt == 0 {
            // Nothing was left to vest: it stays.
            Awards::<T>::insert(pool, contribution, award);
        } else {
            Self::deposit_event(Event::Forfeited {
                pool,
                contribution,
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
