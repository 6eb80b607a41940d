//! How rounds end: final with values, or void.

use alloc::vec::Vec;

use frame_support::{
    ensure,
    pallet_prelude::DispatchResult,
    traits::{
        fungible::{Inspect, MutateHold},
        tokens::{DepositConsequence, Fortitude, Precision, Provenance, Restriction},
    },
};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{
    assets::{Crew, Pool, Share},
    datanets::{Evidence, Phase, Recipe, Value, Values},
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Range,
    roles::DataPools,
    Balance,
};

use crate::{
    pay::Rate, Admitted, Benchmarks, Config, ContributionOf, Contributions, Datanets, Deliveries,
    Error, Event, HoldReason, Newcomers, Outcome, Pallet, Reveals, RoundOf, Rounds, Status,
    Waiting,
};

/// What the contributions of a round come to.
struct Conclusion<'a, AccountId> {
    pool: Pool,
    recipe: &'a Recipe,
    evaluator: &'a AccountId,
    budget: Balance,
    /// What a contribution keeps on hold for each place in state.
    place: Balance,
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
            place: Self::place_of()?,
            rate: Rate::new(price, budget, recipe.unit(), positive),
            admitted: Admitted::<T>::get(datanet),
            paid: 0,
            fees: 0,
        };
        let valued = values.len() as u32;
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
        T::DataPools::open_pool(
            pool,
            root.hash,
            root.sum,
            round.withdrawn,
            count,
            crew,
            recipe.vesting(),
        )?;
        Admitted::<T>::insert(datanet, admitted);
        Newcomers::<T>::remove(datanet, number);
        Self::no_longer_pending(datanet, valued)?;
        Self::close(datanet, number, &round)?;
        let withdrawn = round.withdrawn;
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
            withdrawn,
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
        let bond = found.bond;
        let paid = conclusion.rate.amount(weight, conclusion.budget);
        let loss = if value.value < 0 {
            value.value.unsigned_abs()
        } else {
            0
        };
        let burnt = conclusion.rate.amount(loss, bond);
        Self::burn(HoldReason::Contribution, &found.contributor, burnt)?;
        let left = bond.checked_sub(burnt).ok_or(Error::<T>::Overflow)?;
        let vesting = conclusion.recipe.vesting();
        if weight == 0 {
            Self::forget_authors(datanet, value.number, found.authors);
            found.authors = 0;
        }
        // Authors ask for all of their pay, so that all of it is kept.
        let kept = vesting.unvested(paid, 0)? > 0 || found.authors > 0 && paid > 0;
        let place = conclusion
            .place
            .checked_mul(1 + Balance::from(kept))
            .and_then(|place| place.checked_add(Self::authors_price(found.authors).ok()?))
            .ok_or(Error::<T>::Overflow)?;
        found.bond = left.min(place);
        let released = left.checked_sub(found.bond).ok_or(Error::<T>::Overflow)?;
        Self::release(HoldReason::Contribution, &found.contributor, released)?;
        let fee = Self::fee_of(conclusion.recipe, found.records)?;
        let fee = Self::pay_fee(&found.contributor, conclusion.evaluator, fee)?;
        if paid > 0 {
            T::DataPools::award(
                conclusion.pool,
                value.number,
                &found.contributor,
                paid,
                vesting,
            )?;
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
        let records = found.records;
        Contributions::<T>::insert(datanet, value.number, found);

        Self::deposit_event(Event::ContributionValued {
            datanet,
            round,
            contribution: value.number,
            contributor,
            records,
            value: value.value,
            weight,
            paid,
            burnt,
            status,
        });
        Ok(())
    }

    /// Pays a valuation fee out of what the contributor has on hold, or gives it back if the evaluator cannot receive it. Says what was paid.
    fn pay_fee(
        contributor: &T::AccountId,
        evaluator: &T::AccountId,
        fee: Balance,
    ) -> Result<Balance, DispatchError> {
        if fee == 0 {
            return Ok(0);
        }
        // An attestor has no bond that keeps its account: one that is gone must not hold up the round.
        let received = T::Currency::can_deposit(evaluator, fee, Provenance::Extant);
        if received != DepositConsequence::Success {
            Self::release(HoldReason::ValuationFee, contributor, fee)?;
            return Ok(0);
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
    }

    /// Who earns beside the contributors of a pool, no account twice: the steward; the providers of the revealed slices, equally for
    /// each slice, or the attestors, equally; the evaluator. What is rounded down stays with the contributors.
    fn crew(
        datanet: DatanetId,
        recipe: &Recipe,
        round: &RoundOf<T>,
        evaluator: &T::AccountId,
    ) -> Result<Crew<T::AccountId>, DispatchError> {
        let steward = Self::datanet_of(datanet)?.steward;
        let providers: Vec<_> = match recipe.evidence {
            Evidence::Open => round.seats.iter().map(|seat| &seat.provider).collect(),
            Evidence::Attested { .. } => round.providers.iter().collect(),
        };
        let count = (providers.len() as u32).max(1);
        let equal = Perbill::from_parts(recipe.providers_share.deconstruct() / count);
        let shares = [
            (&steward, recipe.steward_share),
            (evaluator, recipe.evaluator_share),
        ]
        .into_iter()
        .chain(providers.into_iter().map(|provider| (provider, equal)));

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

    /// Ends a round without values. What was delivered to it is public and cannot be committed again ahead of those who read it: it
    /// waits, with bond and fee, for the next round to value it.
    pub(crate) fn void_round(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
    ) -> DispatchResult {
        let mut waiting = Newcomers::<T>::take(datanet, number);
        // There is room for everything without a value.
        waiting
            .try_extend(Waiting::<T>::take(datanet).into_iter())
            .map_err(|_| Error::<T>::TooManyContributions)?;
        let count = waiting.len() as u32;
        if count > 0 {
            Waiting::<T>::insert(datanet, waiting);
        }
        Self::close(datanet, number, &round)?;
        let phase = core::mem::replace(&mut round.phase, Phase::Void);
        round.deadline = None;
        Rounds::<T>::insert(datanet, number, round);

        Self::deposit_event(Event::RoundVoided {
            datanet,
            round: number,
            phase,
            waiting: count,
        });
        Ok(())
    }

    /// Removes the contributions of a round that are not delivered, as it comes to nothing first, and releases all that is on hold for
    /// them.
    pub(crate) fn give_all_back(
        datanet: DatanetId,
        round: &RoundOf<T>,
        recipe: &Recipe,
    ) -> DispatchResult {
        for number in round.numbers() {
            let found = Contributions::<T>::take(datanet, number)
                .ok_or(Error::<T>::ContributionNotFound)?;
            Self::give_back(&found, recipe)?;
            Deliveries::<T>::remove(datanet, number);
            Self::forget_authors(datanet, number, found.authors);
        }
        Self::no_longer_pending(datanet, round.committed)
    }

    /// Releases bond and fee of a contribution that has no value yet.
    fn give_back(
        contribution: &ContributionOf<T>,
        recipe: &Recipe,
    ) -> Result<Balance, DispatchError> {
        let who = &contribution.contributor;
        Self::release(HoldReason::Contribution, who, contribution.bond)?;
        let fee = Self::fee_of(recipe, contribution.records)?;
        Self::release(HoldReason::ValuationFee, who, fee)?;
        Ok(contribution
            .bond
            .checked_add(fee)
            .ok_or(Error::<T>::Overflow)?)
    }

    /// So many contributions of a datanet were valued, or are gone.
    pub(crate) fn no_longer_pending(datanet: DatanetId, count: u32) -> DispatchResult {
        if count == 0 {
            return Ok(());
        }
        let mut found = Self::datanet_of(datanet)?;
        found.pending = found
            .pending
            .checked_sub(count)
            .ok_or(Error::<T>::Overflow)?;
        Datanets::<T>::insert(datanet, found);
        Ok(())
    }

    pub(crate) fn do_reclaim(
        contributor: T::AccountId,
        datanet: DatanetId,
        number: ContributionNumber,
    ) -> DispatchResult {
        let recipe = Self::recipe_of(datanet)?;
        let found =
            Contributions::<T>::get(datanet, number).ok_or(Error::<T>::ContributionNotFound)?;
        ensure!(found.contributor == contributor, Error::<T>::NotAuthorized);
        let released = match found.status {
            Status::Rejected => {
                Self::release(HoldReason::Contribution, &contributor, found.bond)?;
                found.bond
            }
            Status::Delivered => {
                let mut waiting = Waiting::<T>::get(datanet);
                let index = waiting
                    .binary_search_by_key(&number, |newcomer| newcomer.number)
                    .map_err(|_| Error::<T>::NotReclaimable)?;
                waiting.remove(index);
                if waiting.is_empty() {
                    Waiting::<T>::remove(datanet);
                } else {
                    Waiting::<T>::insert(datanet, waiting);
                }
                Self::no_longer_pending(datanet, 1)?;
                Self::give_back(&found, &recipe)?
            }
            Status::Committed | Status::Admitted => return Err(Error::<T>::NotReclaimable.into()),
        };
        Contributions::<T>::remove(datanet, number);
        Self::forget_authors(datanet, number, found.authors);

        Self::deposit_event(Event::ContributionReclaimed {
            datanet,
            contribution: number,
            contributor,
            released,
        });
        Ok(())
    }

    /// Releases the bonds of a round's providers, removes what was kept of its slices, and gives the sponsor what is
    /// left of the budget.
    fn close(datanet: DatanetId, number: RoundNumber, round: &RoundOf<T>) -> DispatchResult {
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
