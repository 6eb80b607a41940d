//! Randomness that comes after a round has frozen.

use sp_core::H256;
use tributary_primitives::roles::EpochRandomness;

use crate::{
    Config, EpochCount, EpochRecord, Epochs, LastEpoch, Pallet, EPOCHS_KEPT, PICKING_CHANGE,
};

/// What is known of the randomness that picks a round's slices.
pub(crate) enum Pick {
    /// The change of epoch that brings it has not come yet.
    NotYet,
    /// This is it.
    Known(H256),
    /// It was overwritten by that of later epochs.
    Forgotten,
}

impl<T: Config> Pallet<T> {
    /// Records the epoch that is running, if it is not the last one recorded. Says whether it was not.
    pub(crate) fn note_epoch() -> bool {
        let epoch = T::Randomness::epoch();
        let last = LastEpoch::<T>::get();
        if last.is_some_and(|last| last.epoch == epoch) {
            return false;
        }
        let number = last.map_or(0, |last| last.recorded);
        // More epochs than fit a `u64` never come.
        let Some(recorded) = number.checked_add(1) else {
            return false;
        };
        Epochs::<T>::insert(
            number % EPOCHS_KEPT,
            EpochRecord {
                epoch,
                start: Self::now(),
                randomness: T::Randomness::current(),
            },
        );
        LastEpoch::<T>::put(EpochCount { recorded, epoch });
        true
    }

    /// How many changes of epoch were recorded.
    pub(crate) fn epochs_recorded() -> u64 {
        LastEpoch::<T>::get().map_or(0, |last| last.recorded)
    }

    /// The randomness that picks the slices of a round that froze when `frozen` changes were recorded.
    pub(crate) fn picking_randomness(frozen: u64) -> Pick {
        // Records are counted from 0: the first change after the freeze has number `frozen`.
        let recorded = Self::epochs_recorded();
        let Some(number) = frozen
            .checked_add(PICKING_CHANGE - 1)
            .filter(|number| *number < recorded)
        else {
            return Pick::NotYet;
        };
        if number
            .checked_add(EPOCHS_KEPT)
            .is_some_and(|end| end < recorded)
        {
            return Pick::Forgotten;
        }
        Epochs::<T>::get(number % EPOCHS_KEPT)
            .map_or(Pick::Forgotten, |record| Pick::Known(record.randomness))
    }
}
