//! Authors who share what a contribution earns.

use crate::*;
use alloc::vec::Vec;
use frame_support::ensure;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use tributary_primitives::{
    assets::Authors,
    ids::{ContributionNumber, DatanetId},
    ledger, Balance,
};

/// How much a contribution has earned of something, from the beginning.
#[derive(Clone, Copy)]
pub(crate) struct Earning {
    /// What was shared out, what rounding holds back included.
    pub(crate) amount: Balance,
    /// Whether there is no more to come.
    pub(crate) all: bool,
}

impl Earning {
    /// Of something that can always bring more.
    pub(crate) fn so_far(amount: Balance) -> Self {
        Self { amount, all: false }
    }
}

impl<T: Config> Pallet<T> {
    /// Lets authors share all that a contribution will earn.
    pub(crate) fn do_share(
        datanet: DatanetId,
        contribution: ContributionNumber,
        authors: Authors<T::AccountId>,
    ) -> DispatchResult {
        Self::ensure_team(&authors)?;
        ensure!(
            !Payees::<T>::contains_key(datanet, contribution),
            Error::<T>::AuthorsNamed
        );
        Payees::<T>::insert(datanet, contribution, &authors);
        Self::deposit_event(Event::Shared {
            datanet,
            contribution,
            authors,
        });
        Ok(())
    }

    /// Hands an author's part to another account. Parts are paid by their places, so that what was shared out so far need not be known.
    pub(crate) fn do_hand_over(
        datanet: DatanetId,
        contribution: ContributionNumber,
        from: &T::AccountId,
        to: T::AccountId,
    ) -> DispatchResult {
        let mut authors =
            Payees::<T>::get(datanet, contribution).ok_or(Error::<T>::AuthorNotFound)?;
        let place = authors
            .iter()
            .position(|author| author.account == *from)
            .ok_or(Error::<T>::AuthorNotFound)?;
        ensure!(
            authors.iter().all(|author| author.account != to),
            Error::<T>::MemberTwice
        );
        authors[place].account = to.clone();
        Payees::<T>::insert(datanet, contribution, authors);
        Self::deposit_event(Event::HandedOver {
            datanet,
            contribution,
            from: from.clone(),
            to,
        });
        Ok(())
    }

    /// Credits those who are paid for a contribution with what it has earned since: its contributor, or its authors by their parts. Says how
    /// much was credited, and how many authors there are.
    pub(crate) fn credit_contribution(
        totals: &mut Totals,
        contributor: &T::AccountId,
        (datanet, contribution): (DatanetId, ContributionNumber),
        before: Earning,
        now: Earning,
        source: Source,
    ) -> Result<(Balance, u32), DispatchError> {
        let Some(authors) = Payees::<T>::get(datanet, contribution) else {
            let mut amount = now.amount;
            decrease(&mut amount, before.amount)?;
            Self::credit(totals, contributor, amount, source)?;
            return Ok((amount, 0));
        };
        let paid = ledger::author_shares(&authors, before.amount, before.all)?;
        let due = ledger::author_shares(&authors, now.amount, now.all)?;
        let mut credited = 0;
        for (author, amount) in authors.iter().zip(increases(&paid, &due)?) {
            increase(&mut credited, amount)?;
            Self::credit(totals, &author.account, amount, source)?;
        }
        Ok((credited, authors.len() as u32))
    }

    /// What those who are paid for a contribution were credited of what it has earned.
    pub(crate) fn credited_of(
        datanet: DatanetId,
        contribution: ContributionNumber,
        earning: Earning,
    ) -> Result<Balance, ArithmeticError> {
        match Payees::<T>::get(datanet, contribution) {
            Some(authors) => sum(ledger::author_shares(
                &authors,
                earning.amount,
                earning.all,
            )?),
            None => Ok(earning.amount),
        }
    }
}

/// How much more is due to each than has been paid.
pub(crate) fn increases(paid: &[Balance], due: &[Balance]) -> Result<Vec<Balance>, DispatchError> {
    paid.iter()
        .zip(due)
        .map(|(paid, due)| {
            let mut increase = *due;
            decrease(&mut increase, *paid)?;
            Ok(increase)
        })
        .collect()
}
