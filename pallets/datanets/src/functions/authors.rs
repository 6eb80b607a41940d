//! Authors who share what a contribution earns.

use alloc::vec;

use codec::MaxEncodedLen;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{
    assets::{Authors, Share},
    datanets::Phase,
    ids::{ContributionNumber, DatanetId},
    roles::DataPools,
    Balance,
};

use crate::{Config, ContributionOf, Contributions, Error, Event, HoldReason, Pallet, Status};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_name_authors(
        contributor: T::AccountId,
        datanet: DatanetId,
        number: ContributionNumber,
        authors: Authors<T::AccountId>,
    ) -> DispatchResult {
        let found =
            Contributions::<T>::get(datanet, number).ok_or(Error::<T>::ContributionNotFound)?;
        ensure!(found.contributor == contributor, Error::<T>::NotAuthorized);
        // Who shares is settled before anybody has seen a record.
        let round = Self::round_of(datanet, found.round)?;
        Self::ensure_open(&round, Phase::Committing)?;
        let deposit = Self::put_authors(datanet, number, found, authors.clone())?;
        Self::deposit_event(Event::AuthorsNamed {
            datanet,
            contribution: number,
            authors,
            deposit,
        });
        Ok(())
    }

    pub(crate) fn do_hand_over(
        who: T::AccountId,
        datanet: DatanetId,
        number: ContributionNumber,
        to: T::AccountId,
    ) -> DispatchResult {
        let found =
            Contributions::<T>::get(datanet, number).ok_or(Error::<T>::ContributionNotFound)?;
        let deposit = if found.authors > 0 {
            T::DataPools::hand_over(datanet, number, &who, to.clone())?;
            0
        } else {
            ensure!(found.contributor == who, Error::<T>::NotAuthorized);
            ensure!(found.status != Status::Rejected, Error::<T>::EarnsNothing);
            ensure!(to != who, Error::<T>::AlreadyPaid);
            let whole = Share {
                account: to.clone(),
                part: Perbill::one(),
            };
            Self::put_authors(datanet, number, found, Authors::truncate_from(vec![whole]))?
        };

        Self::deposit_event(Event::HandedOver {
            datanet,
            contribution: number,
            from: who,
            to,
            deposit,
        });
        Ok(())
    }

    /// Lets authors share what a contribution will earn. Says what its contributor has on hold for their place, as part of the bond.
    fn put_authors(
        datanet: DatanetId,
        number: ContributionNumber,
        mut found: ContributionOf<T>,
        authors: Authors<T::AccountId>,
    ) -> Result<Balance, DispatchError> {
        // At most 16.
        found.authors = authors.len() as u8;
        T::DataPools::share(datanet, number, authors)?;
        let deposit = Self::authors_price(found.authors)?;
        Self::hold(HoldReason::Contribution, &found.contributor, deposit)?;
        found.bond = found
            .bond
            .checked_add(deposit)
            .ok_or(Error::<T>::Overflow)?;
        Contributions::<T>::insert(datanet, number, found);
        Ok(deposit)
    }

    /// The price of the place that so many authors take in state. Nothing for none.
    pub(crate) fn authors_price(authors: u8) -> Result<Balance, DispatchError> {
        if authors == 0 {
            return Ok(0);
        }
        // Sixteen at most, and how many they are.
        let bytes = 1 + u32::from(authors) * Share::<T::AccountId>::max_encoded_len() as u32;
        Self::price_of(1, bytes)
    }

    /// Forgets the authors of a contribution that is gone, or worth nothing.
    pub(crate) fn forget_authors(datanet: DatanetId, number: ContributionNumber, authors: u8) {
        if authors > 0 {
            T::DataPools::unshare(datanet, number);
        }
    }
}
