//! How rounds end: final with values, or void.

use alloc::vec::Vec;

use frame_support::{
    ensure,
    pallet_prelude::DispatchResult,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
    },
};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{
    assets::{Crew, Pool, Share},
    datanets::{Phase, Recipe, Value, Values},
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Range,
    roles::DataPools,
    Balance,
};

use crate::{
    pay::Rate, Admitted, Benchmarks, Config, ContributionOf, Contributions, Deliveries, Error,
    Event, HoldReason, Newcomers, Outcome, Pallet, Reveals, RoundOf, Rounds, Status,
};

/// What the contributions of a round come to.
struct Conclusion<'a, AccountId> {
    pool: Pool,
    recipe: &'a Recipe,
    evaluator: &'a AccountId,
    budget: Balance,
    rate: Rate,
    admitted: Range,
    paid: Balance,
    fees: Balance,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_conclude(
        datanet: DatanetId,
        number: RoundNumber,
        evaluator: &T::AccountId,
        values: Values,
        before: u128,
        after: u128,
    ) -> DispatchResult {
        let recipe = Self::recipe_of(datanet)?;
        let mut round = Self::round_of(datanet, number)?;
        ensure!(round.phase == Phase::Published, Error::<T>::WrongPhase);
        let newcomers = Newcomers::<T>::get(datanet, number);
        ensure!(
            values
                .iter()
                .map(|value| value.number)
                .eq(newcomers.iter().map(|newcomer| newcomer.number)),
            Error::<T>::ValuesMismatch
        );
        let positive = values
            .iter()
            .try_fold(0u128, |sum, value| sum.checked_add(weight(value)))
            .ok_or(Error::<T>::Overflow)?;
        let (price, budget) = round.price_and_budget();
        let pool = Pool {
            datanet,
            round: number,
        };
        let mut conclusion = Conclusion {
            pool,
            recipe: &recipe,
            evaluator,
            budget,
            rate: Rate::new(price, budget, recipe.unit(), positive),
            admitted: Admitted::<T>::get(datanet),
            paid: 0,
            fees: 0,
        };
        for value in values {
            Self::conclude_contribution(&mut conclusion, value)?;
        }

        let Conclusion {
            admitted,
            paid,
            fees,
            ..
        } = conclusion;
        let root = admitted.root();
        let count = admitted.count;
        let crew = Self::crew(datanet, &recipe, &round, evaluator)?;
        T::DataPools::open_pool(pool, root.hash, root.sum, count, crew)?;
        Admitted::<T>::insert(datanet, admitted);
        Self::close(datanet, number, &round)?;
        round.phase = Phase::Final;
        round.deadline = None;
        round.outcome = Some(Outcome {
            evaluator: evaluator.clone(),
            before,
            after,
        });
        Rounds::<T>::insert(datanet, number, round);

        Self::deposit_event(Event::RoundConcluded {
            datanet,
            round: number,
            evaluator: evaluator.clone(),
            before,
            after,
            admitted: count,
            root: root.hash,
            weight: root.sum,
            paid,
            fees,
        });
        Ok(())
    }

    /// Values a contribution: pays or burns, releases the rest of the bond, pays the fee, admits or rejects.
    fn conclude_contribution(
        conclusion: &mut Conclusion<'_, T::AccountId>,
        value: Value,
    ) -> DispatchResult {
        let Pool { datanet, round } = conclusion.pool;
        let mut found = Contributions::<T>::get(datanet, value.number)
            .ok_or(Error::<T>::ContributionNotFound)?;
        let weight = weight(&value);
        let bond = core::mem::take(&mut found.bond);
        let paid = conclusion.rate.amount(weight, conclusion.budget);
        let loss = if value.value < 0 {
            value.value.unsigned_abs()
        } else {
            0
        };
        let burnt = conclusion.rate.amount(loss, bond);
        Self::burn(HoldReason::Contribution, &found.contributor, burnt)?;
        let released = bond.checked_sub(burnt).ok_or(Error::<T>::Overflow)?;
        Self::release(HoldReason::Contribution, &found.contributor, released)?;
        let fee = Self::fee_of(conclusion.recipe, found.records)?;
        Self::pay_fee(&found.contributor, conclusion.evaluator, fee)?;
        if paid > 0 {
            T::DataPools::award(conclusion.pool, &found.contributor, paid)?;
        }
        conclusion.paid = conclusion
            .paid
            .checked_add(paid)
            .ok_or(Error::<T>::Overflow)?;
        conclusion.fees = conclusion
            .fees
            .checked_add(fee)
            .ok_or(Error::<T>::Overflow)?;

        found.value = value.value;
        found.status = if weight > 0 {
            conclusion
                .admitted
                .append(
                    hashing::weight_leaf(value.number, &found.contributor),
                    weight,
                )
                .map_err(|_| Error::<T>::Overflow)?;
            Status::Admitted
        } else {
            Status::Rejected
        };
        let (contributor, status) = (found.contributor.clone(), found.status);
        Contributions::<T>::insert(datanet, value.number, found);

        Self::deposit_event(Event::ContributionValued {
            datanet,
            round,
            contribution: value.number,
            contributor,
            value: value.value,
            weight,
            paid,
            burnt,
            status,
        });
        Ok(())
    }

    /// Pays a valuation fee out of what the contributor has on hold.
    fn pay_fee(
        contributor: &T::AccountId,
        evaluator: &T::AccountId,
        fee: Balance,
    ) -> DispatchResult {
        if fee == 0 {
            return Ok(());
        }
        T::Currency::transfer_on_hold(
            &HoldReason::ValuationFee.into(),
            contributor,
            evaluator,
            fee,
            Precision::Exact,
            Restriction::Free,
            Fortitude::Force,
        )
        .map(|_| ())
    }

    /// Who earns beside the contributors of a pool, no account twice: the steward; the providers of the revealed slices, equally for
    /// each slice; the evaluator. What is rounded down stays with the contributors.
    fn crew(
        datanet: DatanetId,
        recipe: &Recipe,
        round: &RoundOf<T>,
        evaluator: &T::AccountId,
    ) -> Result<Crew<T::AccountId>, DispatchError> {
        let steward = Self::datanet_of(datanet)?.steward;
        let seats = (round.seats.len() as u32).max(1);
        let slice = Perbill::from_parts(recipe.providers_share.deconstruct() / seats);
        let shares = [
            (&steward, recipe.steward_share),
            (evaluator, recipe.evaluator_share),
        ]
        .into_iter()
        .chain(round.seats.iter().map(|seat| (&seat.provider, slice)));

        let mut crew = Crew::<T::AccountId>::default();
        for (account, part) in shares.filter(|(_, part)| !part.is_zero()) {
            if let Some(share) = crew.iter_mut().find(|share| share.account == *account) {
                let parts = share.part.deconstruct().checked_add(part.deconstruct());
                share.part = Perbill::from_parts(parts.ok_or(Error::<T>::Overflow)?);
            } else {
                crew.try_push(Share {
                    account: account.clone(),
                    part,
                })
                .map_err(|_| Error::<T>::TooManyProviders)?;
            }
        }
        Ok(crew)
    }

    /// Ends a round without values: everything on hold goes back, except what was burnt before.
    pub(crate) fn void_round(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
        recipe: &Recipe,
    ) -> DispatchResult {
        // What was not delivered by the freeze has lapsed.
        let contributions: Vec<ContributionNumber> = if round.phase == Phase::Committing {
            round.numbers().collect()
        } else {
            let newcomers = Newcomers::<T>::get(datanet, number);
            newcomers.iter().map(|newcomer| newcomer.number).collect()
        };
        for contribution in contributions {
            let found = Contributions::<T>::take(datanet, contribution)
                .ok_or(Error::<T>::ContributionNotFound)?;
            Self::give_back(datanet, contribution, found, recipe)?;
        }
        Self::close(datanet, number, &round)?;
        let phase = core::mem::replace(&mut round.phase, Phase::Void);
        round.deadline = None;
        Rounds::<T>::insert(datanet, number, round);

        Self::deposit_event(Event::RoundVoided {
            datanet,
            round: number,
            phase,
        });
        Ok(())
    }

    /// Releases all that a contributor has on hold for a contribution of a void round.
    fn give_back(
        datanet: DatanetId,
        number: ContributionNumber,
        contribution: ContributionOf<T>,
        recipe: &Recipe,
    ) -> DispatchResult {
        let who = &contribution.contributor;
        Self::release(HoldReason::Contribution, who, contribution.bond)?;
        let fee = Self::fee_of(recipe, contribution.records)?;
        Self::release(HoldReason::ValuationFee, who, fee)?;
        Deliveries::<T>::remove(datanet, number);
        Ok(())
    }

    /// Releases the bonds of a round's providers, removes what was kept of its slices and newcomers, and gives the sponsor what is
    /// left of the budget.
    fn close(datanet: DatanetId, number: RoundNumber, round: &RoundOf<T>) -> DispatchResult {
        Newcomers::<T>::remove(datanet, number);
        for slices in Benchmarks::<T>::take(datanet, number) {
            Self::release(HoldReason::Provider, &slices.provider, slices.bond)?;
        }
        for seat in 0..round.seats.len() as u8 {
            Reveals::<T>::remove((datanet, number, seat));
        }
        if round.sponsorship.is_some() {
            T::DataPools::refund(Pool {
                datanet,
                round: number,
            })?;
        }
        Ok(())
    }
}

/// The weight of a value: itself if it is more than nothing.
fn weight(value: &Value) -> u128 {
    u128::try_from(value.value).unwrap_or(0)
}
