//! What is true between any two blocks.

use frame_support::ensure;
use sp_runtime::TryRuntimeError;
use tributary_primitives::{
    datanets::Phase,
    ids::{DatanetId, RoundNumber},
    roles::Snapshots,
};

use crate::{AttestationsOf, Config, OutcomeOf, Outcomes, Pallet, Standing};

impl<T: Config> Pallet<T> {
    /// Checks every invariant over the whole state.
    ///
    /// 1. Statements stand only in attested rounds that are `Revealed`, where there is at least one. Each is of an attestor of the round, who
    ///    has no other.
    /// 2. Fewer attestors than must agree say the same: else the round would be final.
    /// 3. Rounds with an outcome are `Final` ones of attested datanets. As many agreed as the recipe asks for, and no accuracy is more than
    ///    1.0.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        for (datanet, round, standing) in Standing::<T>::iter() {
            Self::statements_are_of_attestors(datanet, round, &standing)?;
            Self::too_few_agree(datanet, round, &standing)?;
        }
        for (datanet, round, outcome) in Outcomes::<T>::iter() {
            Self::outcome_is_of_a_final_attested_round(datanet, round, &outcome)?;
        }
        Ok(())
    }

    fn statements_are_of_attestors(
        datanet: DatanetId,
        round: RoundNumber,
        standing: &AttestationsOf<T>,
    ) -> Result<(), TryRuntimeError> {
        ensure!(
            !standing.is_empty(),
            "a round without statements takes space"
        );
        let attestors = T::Snapshots::providers(datanet, round);
        for (index, said) in standing.iter().enumerate() {
            ensure!(
                attestors.contains(&said.attestor),
                "a statement is of an account that does not attest the round"
            );
            ensure!(
                standing[..index]
                    .iter()
                    .all(|other| other.attestor != said.attestor),
                "two statements of an attestor stand"
            );
        }
        Ok(())
    }

    fn too_few_agree(
        datanet: DatanetId,
        round: RoundNumber,
        standing: &AttestationsOf<T>,
    ) -> Result<(), TryRuntimeError> {
        let attested = Self::attested(datanet, round)
            .map_err(|_| "statements stand in a round that is not attested, or not revealed")?;
        ensure!(
            standing.iter().all(|said| {
                let same = standing
                    .iter()
                    .filter(|other| other.statement == said.statement);
                same.count() < usize::from(attested.threshold)
            }),
            "enough attestors agree, and the round goes on"
        );
        Ok(())
    }

    fn outcome_is_of_a_final_attested_round(
        datanet: DatanetId,
        round: RoundNumber,
        outcome: &OutcomeOf<T>,
    ) -> Result<(), TryRuntimeError> {
        ensure!(
            T::Snapshots::phase(datanet, round) == Some(Phase::Final),
            "a round that is not final has an outcome"
        );
        let recipe = T::Snapshots::recipe(datanet).ok_or("an attested datanet has no recipe")?;
        ensure!(
            recipe.evidence.threshold() == Some(outcome.threshold),
            "another number of attestors agreed than the recipe asks for"
        );
        ensure!(
            outcome.before <= recipe.unit() && outcome.after <= recipe.unit(),
            "an accuracy is more than 1.0"
        );
        Ok(())
    }
}
