//! Records that come in batches, in the open: contributions and benchmark slices. And references to records that do not.

use alloc::vec::Vec;

use frame_support::{ensure, pallet_prelude::DispatchResult, weights::Weight};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchError,
};
use tributary_primitives::{
    datanets::{Encoder, Evidence, Phase, Recipe, MAX_BATCH, MAX_ENTRIES, MAX_RECORDS},
    encoder::TextError,
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Range,
};

use crate::{
    Config, ContributionOf, Contributions, Deliveries, Delivery, Error, Event, Pallet,
    ReferenceBytes, RoundOf, Rounds, Status, WeightInfo,
};

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

impl Taken {
    /// What it is charged for.
    pub(crate) fn measured(&self, recipe: &Recipe) -> Measured {
        Measured {
            encoder: recipe.encoder,
            records: self.records,
        }
    }
}

/// How far something is delivered.
pub(crate) struct Progress<'a> {
    /// The number of the next batch.
    pub(crate) next: &'a mut u16,
    /// The records so far.
    pub(crate) records: &'a mut Range,
    /// How many bytes they are.
    pub(crate) bytes: &'a mut u32,
}

/// How much there is in the end.
pub(crate) struct Whole {
    /// How many records there are.
    pub(crate) records: u32,
    /// How many bytes they are at the most.
    pub(crate) bytes: u32,
}

/// A contribution that must still be delivered, with its round and how far it has come.
struct ToDeliver<T: Config> {
    round: RoundOf<T>,
    contribution: ContributionOf<T>,
    delivery: Delivery,
}

/// What a delivered batch turned out to be.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    /// How its records are encoded.
    pub(crate) encoder: Encoder,
    /// How many there are.
    pub(crate) records: u32,
}

/// The weight of `deliver` with so many bytes: of what they turned out to be, or of the worst that they may be.
pub(crate) fn delivery_weight<T: Config>(bytes: usize, found: Option<Measured>) -> Weight {
    weight(
        bytes,
        found,
        MAX_RECORDS.into(),
        |encoder, records, k| match encoder {
            Encoder::Vector => [
                T::WeightInfo::deliver(records),
                T::WeightInfo::deliver_bytes(k),
            ],
            Encoder::Text => [
                T::WeightInfo::deliver_text(records),
                T::WeightInfo::deliver_text_bytes(k),
            ],
        },
    )
}

/// The weight of `reveal` with so many bytes: of what they turned out to be, or of the worst that they may be.
pub(crate) fn reveal_weight<T: Config>(bytes: usize, found: Option<Measured>) -> Weight {
    // A row has room for at least two entries.
    let most = MAX_ENTRIES / 2;
    weight(bytes, found, most, |encoder, records, k| match encoder {
        Encoder::Vector => [
            T::WeightInfo::reveal(records),
            T::WeightInfo::reveal_bytes(k),
        ],
        Encoder::Text => [
            T::WeightInfo::reveal_text(records),
            T::WeightInfo::reveal_text_bytes(k),
        ],
    })
}

/// The weight of a batch by encoder, records and KiB: of what was found, or of as many of the shortest records as fit, at most `most`, of
/// the encoder for which that is more. A batch that is too long is refused before it is looked at.
fn weight(
    bytes: usize,
    found: Option<Measured>,
    most: u32,
    parts: impl Fn(Encoder, u32, u32) -> [Weight; 2],
) -> Weight {
    let bytes = (bytes as u32).min(MAX_BATCH);
    let of = |encoder, records| {
        let [records, bytes] = parts(encoder, records, bytes.div_ceil(1_024));
        records.saturating_add(bytes)
    };
    let worst = |encoder: Encoder| {
        let shortest = *encoder.record_bytes(1).start();
        of(encoder, (bytes / shortest).min(most))
    };
    match found {
        Some(Measured { encoder, records }) => of(encoder, records),
        None => worst(Encoder::Vector).max(worst(Encoder::Text)),
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_deliver(
        contributor: T::AccountId,
        datanet: DatanetId,
        number: RoundNumber,
        contribution: ContributionNumber,
        batch: Batch<'_>,
    ) -> Result<Measured, DispatchError> {
        let recipe = Self::open_recipe(datanet)?;
        let ToDeliver {
            round,
            contribution: found,
            mut delivery,
        } = Self::to_deliver(&contributor, datanet, number, contribution)?;

        let so_far = Progress {
            next: &mut delivery.next,
            records: &mut delivery.records,
            bytes: &mut delivery.bytes,
        };
        let whole = Whole {
            records: found.records.into(),
            bytes: found.bytes,
        };
        let taken = Self::take_batch(&recipe, &batch, so_far, whole, |_| Ok(()))?;
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
            return Ok(taken.measured(&recipe));
        };

        ensure!(delivery.bytes == found.bytes, Error::<T>::TooFewBytes);
        let root = delivery.records.root().hash;
        let batches = delivery.next;
        let delivered = ToDeliver {
            round,
            contribution: found,
            delivery,
        };
        Self::put_delivered(datanet, contribution, delivered, root, &salt)?;
        Self::deposit_event(Event::DeliveryCompleted {
            datanet,
            round: number,
            contribution,
            root,
            batches,
        });
        Ok(taken.measured(&recipe))
    }

    pub(crate) fn do_deliver_reference(
        contributor: T::AccountId,
        datanet: DatanetId,
        number: RoundNumber,
        contribution: ContributionNumber,
        root: H256,
        reference: Vec<u8>,
        salt: [u8; 32],
    ) -> DispatchResult {
        let recipe = Self::recipe_of(datanet)?;
        ensure!(recipe.evidence != Evidence::Open, Error::<T>::DatanetIsOpen);
        let found = Self::to_deliver(&contributor, datanet, number, contribution)?;
        let reference =
            ReferenceBytes::try_from(reference).map_err(|_| Error::<T>::ReferenceTooLong)?;
        // No records have it, and it says that nothing is delivered.
        ensure!(!root.is_zero(), Error::<T>::RootMissing);
        Self::put_delivered(datanet, contribution, found, root, &salt)?;
        Self::deposit_event(Event::ReferenceDelivered {
            datanet,
            round: number,
            contribution,
            root,
            reference,
        });
        Ok(())
    }

    /// What an account must still deliver to a round.
    fn to_deliver(
        contributor: &T::AccountId,
        datanet: DatanetId,
        number: RoundNumber,
        contribution: ContributionNumber,
    ) -> Result<ToDeliver<T>, DispatchError> {
        let round = Self::round_of(datanet, number)?;
        Self::ensure_open(&round, Phase::Delivering)?;
        let found = Contributions::<T>::get(datanet, contribution)
            .filter(|found| found.round == number)
            .ok_or(Error::<T>::ContributionNotFound)?;
        ensure!(found.contributor == *contributor, Error::<T>::NotAuthorized);
        let delivery =
            Deliveries::<T>::get(datanet, contribution).ok_or(Error::<T>::AlreadyDelivered)?;
        Ok(ToDeliver {
            round,
            contribution: found,
            delivery,
        })
    }

    /// Stores a contribution as delivered, if its root is the one that was committed to.
    fn put_delivered(
        datanet: DatanetId,
        contribution: ContributionNumber,
        delivered: ToDeliver<T>,
        root: H256,
        salt: &[u8; 32],
    ) -> DispatchResult {
        let ToDeliver {
            mut round,
            contribution: mut found,
            delivery,
        } = delivered;
        let number = found.round;
        ensure!(
            hashing::commitment(&found.contributor, datanet, number, salt, root)
                == delivery.commitment,
            Error::<T>::CommitmentMismatch
        );
        found.root = root;
        found.status = Status::Delivered;
        round.delivered = round.delivered.checked_add(1).ok_or(Error::<T>::Overflow)?;
        Contributions::<T>::insert(datanet, contribution, found);
        Deliveries::<T>::remove(datanet, contribution);
        Rounds::<T>::insert(datanet, number, round);
        Ok(())
    }

    /// Appends a batch to what came before. `label` sees the label of each record.
    pub(crate) fn take_batch(
        recipe: &Recipe,
        batch: &Batch<'_>,
        so_far: Progress<'_>,
        whole: Whole,
        mut label: impl FnMut(u8) -> Result<(), Error<T>>,
    ) -> Result<Taken, DispatchError> {
        let Progress {
            next,
            records,
            bytes,
        } = so_far;
        let extrinsic = extrinsic_index::<T>()?;
        ensure!(!batch.bytes.is_empty(), Error::<T>::EmptyBatch);
        ensure!(
            batch.bytes.len() <= MAX_BATCH as usize,
            Error::<T>::BatchTooLong
        );
        if batch.number == 0 {
            *records = Range::default();
            *bytes = 0;
        } else {
            ensure!(batch.number == *next, Error::<T>::BatchOutOfOrder);
        }
        *next = batch.number.checked_add(1).ok_or(Error::<T>::Overflow)?;

        let count = Self::count(recipe, batch.bytes)?;
        let sum = records
            .count
            .checked_add(count)
            .ok_or(Error::<T>::Overflow)?;
        ensure!(sum <= whole.records, Error::<T>::TooManyRecords);
        // A batch has at most 2^18 bytes.
        *bytes = bytes
            .checked_add(batch.bytes.len() as u32)
            .ok_or(Error::<T>::Overflow)?;
        ensure!(*bytes <= whole.bytes, Error::<T>::TooManyBytes);
        match batch.salt {
            None => ensure!(sum < whole.records, Error::<T>::SaltMissing),
            Some(_) => ensure!(sum == whole.records, Error::<T>::SaltTooEarly),
        }
        for record in recipe.encoder.records(recipe.dimension, batch.bytes) {
            let record = record.map_err(|_| Error::<T>::BatchNotWhole)?;
            ensure!(
                u16::from(record.label) < recipe.classes,
                Error::<T>::LabelOutOfRange
            );
            label(record.label)?;
            let features = recipe
                .encoder
                .features(recipe.dimension, record.raw)
                .map_err(refused::<T>)?;
            let leaf = hashing::record_leaf(record.raw, record.label, &features);
            records.append(leaf, 1).map_err(|_| Error::<T>::Overflow)?;
        }
        Ok(Taken {
            records: count,
            hash: BlakeTwo256::hash(batch.bytes),
            extrinsic,
            complete: batch.salt,
        })
    }

    /// How many records a batch has, before any is encoded.
    fn count(recipe: &Recipe, bytes: &[u8]) -> Result<u32, Error<T>> {
        let mut count = 0u32;
        for record in recipe.encoder.records(recipe.dimension, bytes) {
            record.map_err(|_| Error::<T>::BatchNotWhole)?;
            count = count.checked_add(1).ok_or(Error::<T>::Overflow)?;
        }
        Ok(count)
    }
}

fn refused<T: Config>(error: TextError) -> Error<T> {
    match error {
        TextError::TooLong => Error::TextTooLong,
        TextError::NotUtf8 => Error::TextNotUtf8,
        TextError::NothingToEncode => Error::NothingToEncode,
    }
}

/// The extrinsic of this block that runs. The index alone is there in hooks as well, where no block body holds the records.
fn extrinsic_index<T: Config>() -> Result<u32, Error<T>> {
    match frame_system::Pallet::<T>::execution_phase() {
        Some(frame_system::Phase::ApplyExtrinsic(index)) => Ok(index),
        _ => Err(Error::<T>::NotInExtrinsic),
    }
}
