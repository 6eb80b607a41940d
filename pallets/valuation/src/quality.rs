//! Advice on the quality of a final round's records, which its evaluator publishes.

use frame_support::ensure;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchResult,
};
use tributary_primitives::ids::{DatanetId, RoundNumber};

use crate::{functions::extrinsic_index, Config, Error, Event, Outcomes, Pallet, Scores};

/// How many KiB scores are, the last one begun.
pub(crate) fn kibibytes(scores: &Scores) -> u32 {
    // At most 2^18 bytes.
    (scores.len() as u32).div_ceil(1_024)
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_publish_quality(
        evaluator: T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        batch: u16,
        scores: &Scores,
    ) -> DispatchResult {
        let outcome = Outcomes::<T>::get(datanet, round).ok_or(Error::<T>::RoundNotFinal)?;
        ensure!(outcome.evaluator == evaluator, Error::<T>::NotEvaluator);
        let extrinsic = extrinsic_index::<T>()?;
        ensure!(!scores.is_empty(), Error::<T>::EmptyBatch);
        Self::deposit_event(Event::QualityPublished {
            datanet,
            round,
            evaluator,
            batch,
            scores: scores.len() as u32,
            hash: BlakeTwo256::hash(scores),
            extrinsic,
        });
        Ok(())
    }
}
