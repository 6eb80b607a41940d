//! Datanets: created, handed on, retired.

use alloc::vec::Vec;

use codec::MaxEncodedLen;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use sp_runtime::DispatchError;
use tributary_primitives::{
    assets::Asset,
    datanets::{
        Periods, Recipe, EPOCHS_PER_CHALLENGING, KERNEL, MAX_CLASSES, MAX_CREW_SHARE,
        MAX_DIMENSION, MAX_ENTRIES, MAX_HORIZON, MAX_PERIOD, MAX_PROVIDERS, MAX_RECORDS,
        MAX_VESTING, WINDOW_PER_PUBLISHING,
    },
    ids::{DatanetId, TermsId},
    merkle::Range,
    roles::{EpochRandomness, Terms},
    Balance,
};

use crate::{
    Config, Datanet, DatanetOf, Datanets, Error, Event, HoldReason, Metadata, MetadataBytes,
    NextDatanet, Pallet, Providers, Recipes,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_create(
        steward: T::AccountId,
        recipe: Recipe,
        terms: TermsId,
        metadata: Vec<u8>,
    ) -> DispatchResult {
        Self::ensure_valid(&recipe)?;
        let metadata =
            MetadataBytes::try_from(metadata).map_err(|_| Error::<T>::MetadataTooLong)?;
        let datanet = NextDatanet::<T>::get();
        let next = datanet.checked_add(1).ok_or(Error::<T>::TooManyDatanets)?;

        let deposit = Self::datanet_deposit(&metadata)?;
        Self::hold(HoldReason::Datanet, &steward, deposit)?;
        T::Terms::attach_datanet(datanet, &steward, terms)?;
        NextDatanet::<T>::put(next);
        Recipes::<T>::insert(datanet, &recipe);
        Metadata::<T>::insert(datanet, metadata);
        Datanets::<T>::insert(
            datanet,
            Datanet {
                steward: steward.clone(),
                offered: None,
                deposit,
                providers: Providers::default(),
                rounds: 0,
                contributions: 0,
                pending: 0,
                retired: false,
                frozen: 0,
                withdrawn: 0,
            },
        );

        Self::deposit_event(Event::DatanetCreated {
            datanet,
            steward,
            recipe,
            terms,
            deposit,
        });
        Ok(())
    }

    /// Holds for a recipe that follows all rules.
    pub(crate) fn ensure_valid(recipe: &Recipe) -> DispatchResult {
        ensure!(
            recipe
                .evidence
                .threshold()
                .is_none_or(|threshold| (1..=MAX_PROVIDERS).contains(&threshold.into())),
            Error::<T>::InvalidThreshold
        );
        ensure!(
            (1..=MAX_DIMENSION).contains(&recipe.dimension),
            Error::<T>::InvalidDimension
        );
        ensure!(
            (2..=MAX_CLASSES).contains(&recipe.classes),
            Error::<T>::InvalidClasses
        );
        ensure!(
            (1..=recipe.horizon).contains(&recipe.neighbours),
            Error::<T>::InvalidNeighbours
        );
        ensure!(recipe.horizon <= MAX_HORIZON, Error::<T>::InvalidHorizon);
        let row = u32::from(recipe.neighbours) + u32::from(recipe.horizon);
        ensure!(
            recipe.benchmark > 0
                && recipe.benchmark.is_multiple_of(recipe.classes)
                && u32::from(recipe.benchmark) * row <= MAX_ENTRIES,
            Error::<T>::InvalidBenchmark
        );
        ensure!(
            (1..=recipe.max_records).contains(&recipe.min_records)
                && recipe.max_records <= MAX_RECORDS,
            Error::<T>::InvalidRecordBounds
        );
        ensure!(
            Self::bond_of(recipe, *recipe.bytes(recipe.max_records).end()).is_ok()
                && Self::fee_of(recipe, recipe.max_records).is_ok(),
            Error::<T>::InvalidPrices
        );
        let shares = [
            recipe.providers_share,
            recipe.evaluator_share,
            recipe.steward_share,
        ];
        // Three parts of at most 10^9 each.
        let crew: u32 = shares.iter().map(|share| share.deconstruct()).sum();
        ensure!(
            crew <= MAX_CREW_SHARE.deconstruct(),
            Error::<T>::CrewShareTooHigh
        );
        ensure!(recipe.vesting <= MAX_VESTING, Error::<T>::InvalidVesting);
        ensure!(periods_valid(&recipe.periods), Error::<T>::InvalidPeriods);
        // Else a steward could leave nobody the time to disprove anything.
        ensure!(
            recipe.periods.challenging >= T::Randomness::length().div_ceil(EPOCHS_PER_CHALLENGING),
            Error::<T>::ChallengingTooShort
        );
        ensure!(recipe.kernel == KERNEL, Error::<T>::UnknownKernel);
        Ok(())
    }

    /// What is held for a datanet before its first round: four items.
    fn datanet_deposit(metadata: &MetadataBytes) -> Result<Balance, DispatchError> {
        let fixed = DatanetOf::<T>::max_encoded_len()
            + Recipe::max_encoded_len()
            + Range::max_encoded_len();
        Self::price_of(4, (fixed + metadata.len()) as u32)
    }

    pub(crate) fn do_offer_transfer(
        steward: T::AccountId,
        datanet: DatanetId,
        new_steward: T::AccountId,
    ) -> DispatchResult {
        let mut found = Self::stewarded(datanet, &steward)?;
        ensure!(new_steward != steward, Error::<T>::AlreadySteward);
        found.offered = Some(new_steward.clone());
        Datanets::<T>::insert(datanet, found);

        Self::deposit_event(Event::TransferOffered {
            datanet,
            steward,
            to: new_steward,
        });
        Ok(())
    }

    pub(crate) fn do_withdraw_offer(steward: T::AccountId, datanet: DatanetId) -> DispatchResult {
        let mut found = Self::stewarded(datanet, &steward)?;
        ensure!(found.offered.take().is_some(), Error::<T>::NotOffered);
        Datanets::<T>::insert(datanet, found);

        Self::deposit_event(Event::OfferWithdrawn { datanet });
        Ok(())
    }

    pub(crate) fn do_accept_transfer(
        new_steward: T::AccountId,
        datanet: DatanetId,
    ) -> DispatchResult {
        let mut found = Self::datanet_of(datanet)?;
        let offered = found.offered.take().ok_or(Error::<T>::NotOffered)?;
        ensure!(offered == new_steward, Error::<T>::NotOfferedToSigner);

        Self::hold(HoldReason::Datanet, &new_steward, found.deposit)?;
        Self::release(HoldReason::Datanet, &found.steward, found.deposit)?;
        T::Terms::transfer(Asset::Datanet(datanet), &new_steward)?;
        let from = core::mem::replace(&mut found.steward, new_steward.clone());
        let deposit = found.deposit;
        Datanets::<T>::insert(datanet, found);

        Self::deposit_event(Event::Transferred {
            datanet,
            from,
            to: new_steward,
            deposit,
        });
        Ok(())
    }

    pub(crate) fn do_retire(steward: T::AccountId, datanet: DatanetId) -> DispatchResult {
        let mut found = Self::stewarded(datanet, &steward)?;
        ensure!(!found.retired, Error::<T>::DatanetRetired);
        T::Terms::retire(Asset::Datanet(datanet))?;
        found.retired = true;
        found.offered = None;
        Datanets::<T>::insert(datanet, found);

        Self::deposit_event(Event::Retired { datanet });
        Ok(())
    }
}

/// Whether every period is as long as it may be, and the window is long enough.
fn periods_valid(periods: &Periods) -> bool {
    let Periods {
        committing,
        delivering,
        revealing,
        publishing,
        challenging,
        window,
    } = *periods;
    [
        committing,
        delivering,
        revealing,
        publishing,
        challenging,
        window,
    ]
    .iter()
    .all(|period| (1..=MAX_PERIOD).contains(period))
        // Else whoever takes all places for proposals and publishes none leaves no time to another.
        && window
            .checked_sub(challenging)
            .is_some_and(|rest| rest / WINDOW_PER_PUBLISHING >= publishing)
}
