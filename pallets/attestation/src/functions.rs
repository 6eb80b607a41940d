//! What the calls do.

use frame_support::{
    dispatch::DispatchErrorWithPostInfo, pallet_prelude::*, traits::DefensiveOption,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{traits::CheckedAdd, ArithmeticError};
use tributary_primitives::{
    datanets::{FrozenRound, Phase, Recipe, Statement, MAX_CONTRIBUTIONS},
    hashing,
    ids::{DatanetId, RoundNumber},
    roles::Snapshots,
};

use crate::{Attestation, Config, Error, Event, Outcome, Outcomes, Pallet, Standing, WeightInfo};

/// A round that can be attested.
pub(crate) struct AttestedRound {
    recipe: Recipe,
    pub(crate) threshold: u8,
    frozen: FrozenRound,
}

impl AttestedRound {
    /// How many contributions were delivered.
    fn contributions(&self) -> u32 {
        self.frozen.delivered.len() as u32
    }

    /// The first block in which it cannot be attested any more.
    pub(crate) fn closes_at<T: Config>(&self) -> Result<BlockNumberFor<T>, ArithmeticError> {
        BlockNumberFor::<T>::from(self.frozen.revealed_at)
            .checked_add(&self.recipe.periods.window.into())
            .ok_or(ArithmeticError::Overflow)
    }

    /// Holds for what can be said of the round, as far as can be known without its records.
    fn ensure_possible<T: Config>(&self, statement: &Statement) -> DispatchResult {
        let Statement {
            before,
            after,
            values,
            ..
        } = statement;
        ensure!(
            values.iter().map(|value| value.number).eq(self
                .frozen
                .delivered
                .iter()
                .map(|found| found.number)),
            Error::<T>::ValuesMismatch
        );
        let moved = values.iter().try_fold(0u128, |moved, value| {
            moved.checked_add(value.value.unsigned_abs())
        });
        ensure!(
            moved.is_some_and(|moved| moved <= self.recipe.most_value()),
            Error::<T>::ValueOutOfRange
        );
        let unit = self.recipe.unit();
        ensure!(
            *before <= unit && *after <= unit,
            Error::<T>::AccuracyOutOfRange
        );
        ensure!(statement.sums_to_its_gain(), Error::<T>::NotTheGain);
        Ok(())
    }
}

/// What a statement brought about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    /// Others must say the same.
    Open,
    /// It was the last one needed: the round is final.
    Final,
}

/// What a refused statement costs. Several attestors say the same at a time, and one is the last that was needed: the others do not pay for a
/// round's end, which a statement of which something is wrong never reaches.
pub(crate) fn refused<T: Config>(error: DispatchError) -> DispatchErrorWithPostInfo {
    let before_the_end = [
        Error::<T>::RoundNotFound,
        Error::<T>::RoundIsOpen,
        Error::<T>::WrongPhase,
        Error::<T>::NotAttestor,
        Error::<T>::WindowClosed,
        Error::<T>::AlreadyAttested,
        Error::<T>::ValuesMismatch,
        Error::<T>::ValueOutOfRange,
        Error::<T>::AccuracyOutOfRange,
        Error::<T>::NotTheGain,
    ]
    .into_iter()
    .any(|early| DispatchError::from(early) == error);
    let weight = before_the_end.then(|| T::WeightInfo::attest(MAX_CONTRIBUTIONS));
    DispatchErrorWithPostInfo {
        post_info: weight.into(),
        error,
    }
}

impl<T: Config> Pallet<T> {
    /// A round of an attested datanet that is `Revealed`.
    pub(crate) fn attested(
        datanet: DatanetId,
        round: RoundNumber,
    ) -> Result<AttestedRound, DispatchError> {
        let phase = T::Snapshots::phase(datanet, round).ok_or(Error::<T>::RoundNotFound)?;
        let recipe = T::Snapshots::recipe(datanet).defensive_ok_or(Error::<T>::RoundNotFound)?;
        let threshold = recipe.evidence.threshold().ok_or(Error::<T>::RoundIsOpen)?;
        ensure!(phase == Phase::Revealed, Error::<T>::WrongPhase);
        let frozen =
            T::Snapshots::frozen(datanet, round).defensive_ok_or(Error::<T>::RoundNotFound)?;
        Ok(AttestedRound {
            recipe,
            threshold,
            frozen,
        })
    }

    pub(crate) fn do_attest(
        attestor: T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        statement: Statement,
    ) -> Result<(Ending, u32), DispatchError> {
        let attested = Self::attested(datanet, round)?;
        ensure!(
            T::Snapshots::providers(datanet, round).contains(&attestor),
            Error::<T>::NotAttestor
        );
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now < attested.closes_at::<T>()?, Error::<T>::WindowClosed);
        attested.ensure_possible::<T>(&statement)?;

        let hash = hashing::statement(datanet, round, attested.frozen.inputs, &statement);
        let mut standing = Standing::<T>::get(datanet, round);
        if let Some(index) = standing.iter().position(|said| said.attestor == attestor) {
            ensure!(
                standing[index].statement != hash,
                Error::<T>::AlreadyAttested
            );
            standing.remove(index);
        }
        // A round has no more attestors than there is room for.
        standing
            .try_push(Attestation {
                attestor: attestor.clone(),
                statement: hash,
            })
            .map_err(|_| Error::<T>::NotAttestor)?;
        let agreeing = standing.iter().filter(|said| said.statement == hash);
        // At most four.
        let count = agreeing.clone().count() as u8;
        let first = agreeing.map(|said| said.attestor.clone()).next();
        Self::deposit_event(Event::Attested {
            datanet,
            round,
            attestor,
            statement: hash,
            agreeing: count,
            threshold: attested.threshold,
        });

        let contributions = attested.contributions();
        if count < attested.threshold {
            Standing::<T>::insert(datanet, round, standing);
            return Ok((Ending::Open, contributions));
        }
        Standing::<T>::remove(datanet, round);
        let evaluator = first.defensive_ok_or(Error::<T>::NotAttestor)?;
        let threshold = attested.threshold;
        Self::conclude(datanet, round, evaluator, threshold, hash, statement)?;
        Ok((Ending::Final, contributions))
    }

    /// Makes final what attestors agreed on.
    fn conclude(
        datanet: DatanetId,
        round: RoundNumber,
        evaluator: T::AccountId,
        threshold: u8,
        hash: H256,
        statement: Statement,
    ) -> DispatchResult {
        let Statement {
            benchmark,
            before,
            after,
            values,
        } = statement;
        T::Snapshots::publish(datanet, round)?;
        T::Snapshots::conclude(datanet, round, &evaluator, values, before, after)?;
        Outcomes::<T>::insert(
            datanet,
            round,
            Outcome {
                evaluator: evaluator.clone(),
                statement: hash,
                benchmark,
                before,
                after,
                threshold,
            },
        );
        Self::deposit_event(Event::RoundAttested {
            datanet,
            round,
            evaluator,
            statement: hash,
            benchmark,
            before,
            after,
        });
        Ok(())
    }

    pub(crate) fn do_abandon(datanet: DatanetId, round: RoundNumber) -> Result<u32, DispatchError> {
        let attested = Self::attested(datanet, round)?;
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now >= attested.closes_at::<T>()?, Error::<T>::WindowOpen);
        Standing::<T>::remove(datanet, round);
        T::Snapshots::void(datanet, round)?;
        Self::deposit_event(Event::RoundAbandoned { datanet, round });
        Ok(attested.contributions())
    }
}
