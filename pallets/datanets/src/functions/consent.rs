//! Withdrawal of consent: later rounds are trained on, and pay, without a contribution.

use frame_support::{ensure, pallet_prelude::DispatchResult};
use tributary_primitives::{
    assets::Pool,
    ids::{ContributionNumber, DatanetId, RoundNumber},
    roles::DataPools,
};

use crate::{Config, Contributions, Datanets, Error, Event, Pallet, RoundOf, Status};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_withdraw_consent(
        contributor: T::AccountId,
        datanet: DatanetId,
        number: ContributionNumber,
    ) -> DispatchResult {
        let mut found = Self::datanet_of(datanet)?;
        let mut contribution =
            Contributions::<T>::get(datanet, number).ok_or(Error::<T>::ContributionNotFound)?;
        ensure!(
            contribution.contributor == contributor,
            Error::<T>::NotAuthorized
        );
        ensure!(
            contribution.status == Status::Admitted,
            Error::<T>::NotAdmitted
        );
        ensure!(
            contribution.withdrawn.is_none(),
            Error::<T>::ConsentAlreadyWithdrawn
        );

        // What is frozen is fixed, with all that others rely on.
        let since = found
            .frozen
            .checked_add(1)
            .ok_or(Error::<T>::TooManyRounds)?;
        // What is admitted is worth more than nothing.
        let weight = u128::try_from(contribution.value).map_err(|_| Error::<T>::NotAdmitted)?;
        found.withdrawn = found
            .withdrawn
            .checked_add(weight)
            .ok_or(Error::<T>::Overflow)?;
        contribution.withdrawn = Some(since);
        T::DataPools::exclude(datanet, number, weight, since)?;
        // What vests does so while a contribution stays live.
        let pool = Pool {
            datanet,
            round: contribution.round,
        };
        T::DataPools::forfeit(pool, number)?;
        Datanets::<T>::insert(datanet, found);
        Contributions::<T>::insert(datanet, number, contribution);

        Self::deposit_event(Event::ConsentWithdrawn {
            datanet,
            contribution: number,
            contributor,
            weight,
            since,
        });
        Ok(())
    }

    /// A round freezes: its snapshot and its pool leave out what was withdrawn before.
    pub(crate) fn leave_out_withdrawn(
        datanet: DatanetId,
        number: RoundNumber,
        round: &mut RoundOf<T>,
    ) -> DispatchResult {
        let mut found = Self::datanet_of(datanet)?;
        round.withdrawn = found.withdrawn;
        found.frozen = number;
        Datanets::<T>::insert(datanet, found);
        Ok(())
    }
}
