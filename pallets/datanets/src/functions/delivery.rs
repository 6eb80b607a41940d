//! Records that come in batches, in the open: contributions and benchmark slices.

use frame_support::{ensure, weights::Weight};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchError,
};
use tributary_primitives::{
    datanets::{Phase, Recipe, MAX_BATCH, MAX_ENTRIES, MAX_RECORDS},
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Range,
};

use crate::{Config, Contributions, Deliveries, Error, Event, Pallet, Rounds, Status, WeightInfo};

/// What a call delivers.
pub(crate) struct Batch<'a> {
    /// Its number.
    pub(crate) number: u16,
    /// Its records, one after the other.
    pub(crate) bytes: &'a [u8],
    /// The salt of the commitment, with the last batch.
    pub(crate) salt: Option<[u8; 32]>,
}

/// What came of a batch.
pub(crate) struct Taken {
    /// How many records it has.
    pub(crate) records: u32,
    /// Hash of its bytes.
    pub(crate) hash: H256,
    /// The extrinsic of this block that it is in.
    pub(crate) extrinsic: u32,
    /// The salt, if it was the last.
    pub(crate) complete: Option<[u8; 32]>,
}

/// The weight of `deliver` with so many bytes: by its records, or as many as they may be; and by its bytes.
pub(crate) fn delivery_weight<T: Config>(bytes: usize, records: Option<u32>) -> Weight {
    let (records, kibibytes) = measure(bytes, records, MAX_RECORDS.into());
    T::WeightInfo::deliver(records).saturating_add(T::WeightInfo::deliver_bytes(kibibytes))
}

/// The weight of `reveal` with so many bytes: by its records, or as many as they may be; and by its bytes.
pub(crate) fn reveal_weight<T: Config>(bytes: usize, records: Option<u32>) -> Weight {
    // A row has room for at least two entries.
    let (records, kibibytes) = measure(bytes, records, MAX_ENTRIES / 2);
    T::WeightInfo::reveal(records).saturating_add(T::WeightInfo::reveal_bytes(kibibytes))
}

/// Records and KiB of a batch. A record has at least two bytes; more than fits a batch is refused before it is looked at.
fn measure(bytes: usize, records: Option<u32>, most: u32) -> (u32, u32) {
    let bytes = (bytes as u32).min(MAX_BATCH);
    let records = records.unwrap_or((bytes / 2).min(most));
    (records, bytes.div_ceil(1_024))
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_deliver(
        contributor: T::AccountId,
        datanet: DatanetId,
        number: RoundNumber,
        contribution: ContributionNumber,
        batch: Batch<'_>,
    ) -> Result<u32, DispatchError> {
        let recipe = Self::recipe_of(datanet)?;
        let mut round = Self::round_of(datanet, number)?;
        Self::ensure_open(&round, Phase::Delivering)?;
        let mut found = Contributions::<T>::get(datanet, contribution)
            .filter(|found| found.round == number)
            .ok_or(Error::<T>::ContributionNotFound)?;
        ensure!(found.contributor == contributor, Error::<T>::NotAuthorized);
        let mut delivery =
            Deliveries::<T>::get(datanet, contribution).ok_or(Error::<T>::AlreadyDelivered)?;

        let taken = Self::take_batch(
            &recipe,
            &batch,
            &mut delivery.next,
            &mut delivery.records,
            found.records.into(),
            |_| Ok(()),
        )?;
        Self::deposit_event(Event::BatchDelivered {
            datanet,
            round: number,
            contribution,
            batch: batch.number,
            records: taken.records,
            extrinsic: taken.extrinsic,
            hash: taken.hash,
        });
        let Some(salt) = taken.complete else {
            Deliveries::<T>::insert(datanet, contribution, delivery);
            return Ok(taken.records);
        };

        let root = delivery.records.root().hash;
        ensure!(
            hashing::commitment(&contributor, datanet, number, &salt, root) == delivery.commitment,
            Error::<T>::CommitmentMismatch
        );
        found.root = root;
        found.status = Status::Delivered;
        round.delivered = round.delivered.checked_add(1).ok_or(Error::<T>::Overflow)?;
        Contributions::<T>::insert(datanet, contribution, found);
        Deliveries::<T>::remove(datanet, contribution);
        Rounds::<T>::insert(datanet, number, round);
        Self::deposit_event(Event::DeliveryCompleted {
            datanet,
            round: number,
            contribution,
            root,
            batches: delivery.next,
        });
        Ok(taken.records)
    }

    /// Appends a batch to the records that came before, of which there are `total` in the end.
    ///
    /// `next` is the number of the next batch; `label` sees the label of each record.
    pub(crate) fn take_batch(
        recipe: &Recipe,
        batch: &Batch<'_>,
        next: &mut u16,
        records: &mut Range,
        total: u32,
        mut label: impl FnMut(u8) -> Result<(), Error<T>>,
    ) -> Result<Taken, DispatchError> {
        let extrinsic = extrinsic_index::<T>()?;
        ensure!(!batch.bytes.is_empty(), Error::<T>::EmptyBatch);
        ensure!(
            batch.bytes.len() <= MAX_BATCH as usize,
            Error::<T>::BatchTooLong
        );
        if batch.number == 0 {
            *records = Range::default();
        } else {
            ensure!(batch.number == *next, Error::<T>::BatchOutOfOrder);
        }
        *next = batch.number.checked_add(1).ok_or(Error::<T>::Overflow)?;

        let size = recipe.record_bytes() as usize;
        ensure!(
            batch.bytes.len().is_multiple_of(size),
            Error::<T>::BatchNotWhole
        );
        let count = (batch.bytes.len() / size) as u32;
        let sum = records
            .count
            .checked_add(count)
            .ok_or(Error::<T>::Overflow)?;
        ensure!(sum <= total, Error::<T>::TooManyRecords);
        match batch.salt {
            None => ensure!(sum < total, Error::<T>::SaltMissing),
            Some(_) => ensure!(sum == total, Error::<T>::SaltTooEarly),
        }
        for record in batch.bytes.chunks_exact(size) {
            // A record has its features and then one byte more.
            let Some((class, features)) = record.split_last() else {
                continue;
            };
            ensure!(
                u16::from(*class) < recipe.classes,
                Error::<T>::LabelOutOfRange
            );
            label(*class)?;
            records
                .append(hashing::record_leaf(features, *class, features), 1)
                .map_err(|_| Error::<T>::Overflow)?;
        }
        Ok(Taken {
            records: count,
            hash: BlakeTwo256::hash(batch.bytes),
            extrinsic,
            complete: batch.salt,
        })
    }
}

/// The extrinsic of this block that runs. The index alone is there in hooks as well, where no block body holds the records.
fn extrinsic_index<T: Config>() -> Result<u32, Error<T>> {
    match frame_system::Pallet::<T>::execution_phase() {
        Some(frame_system::Phase::ApplyExtrinsic(index)) => Ok(index),
        _ => Err(Error::<T>::NotInExtrinsic),
    }
}
