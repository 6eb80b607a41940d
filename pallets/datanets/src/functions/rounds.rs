//! Rounds: their providers and sponsors, how they open, and what is committed to them.

use alloc::vec::Vec;

use codec::MaxEncodedLen;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use sp_core::H256;
use sp_runtime::DispatchError;
use tributary_primitives::{
    assets::Pool,
    datanets::{Delivered, Evidence, Phase, Recipe, MAX_CONTRIBUTIONS},
    ids::{DatanetId, RoundNumber},
    roles::DataPools,
    Balance,
};

use crate::{
    Config, Contribution, ContributionOf, Contributions, Datanets, Deliveries, Delivery, Error,
    Event, HoldReason, Pallet, Pledge, PledgeOf, Pledges, Providers, Round, RoundOf, Rounds, Seats,
    Sponsorship, Status,
};

/// What is kept for ever of a round: itself, how its valuation came out, its pool and the pool's account. Each is shorter than a round.
const ROUND_ITEMS: u32 = 4;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_appoint_providers(
        steward: T::AccountId,
        datanet: DatanetId,
        providers: Vec<T::AccountId>,
    ) -> DispatchResult {
        let mut found = Self::stewarded(datanet, &steward)?;
        ensure!(!found.retired, Error::<T>::DatanetRetired);
        let providers = Providers::<T::AccountId>::try_from(providers)
            .map_err(|_| Error::<T>::TooManyProviders)?;
        ensure!(!providers.is_empty(), Error::<T>::NoProviders);
        ensure!(
            (1..providers.len()).all(|index| !providers[..index].contains(&providers[index])),
            Error::<T>::DuplicateProvider
        );
        Self::ensure_can_measure(&Self::recipe_of(datanet)?, providers.len() as u32)?;
        found.providers = providers.clone();
        Datanets::<T>::insert(datanet, found);

        Self::deposit_event(Event::ProvidersAppointed { datanet, providers });
        Ok(())
    }

    /// Holds if so many providers can supply a recipe's benchmark, or attest its rounds.
    pub(crate) fn ensure_can_measure(recipe: &Recipe, providers: u32) -> DispatchResult {
        match recipe.evidence {
            Evidence::Open => ensure!(
                u32::from(recipe.benchmark).is_multiple_of(u32::from(recipe.classes) * providers),
                Error::<T>::BenchmarkNotDivisible
            ),
            Evidence::Attested { threshold } => {
                ensure!(providers >= threshold.into(), Error::<T>::TooFewAttestors)
            }
        }
        Ok(())
    }

    pub(crate) fn do_pledge(
        sponsor: T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        providers: Vec<T::AccountId>,
        price: Balance,
        budget: Balance,
    ) -> DispatchResult {
        let found = Self::datanet_of(datanet)?;
        ensure!(!found.retired, Error::<T>::DatanetRetired);
        ensure!(round > found.rounds, Error::<T>::RoundOpened);
        ensure!(!providers.is_empty(), Error::<T>::NoProviders);
        ensure!(
            found.providers.as_slice() == providers.as_slice(),
            Error::<T>::OtherProviders
        );
        ensure!(price > 0 && budget > 0, Error::<T>::EmptyPledge);
        ensure!(
            !Pledges::<T>::contains_key(datanet, &sponsor),
            Error::<T>::AlreadyPledged
        );
        let deposit = Self::price_of(1, PledgeOf::<T>::max_encoded_len() as u32)?;
        let pledge = Pledge {
            round,
            providers: found.providers,
            price,
            budget,
            deposit,
        };
        Self::hold(HoldReason::Pledge, &sponsor, Self::pledge_hold(&pledge)?)?;
        let providers = pledge.providers.clone();
        Pledges::<T>::insert(datanet, &sponsor, pledge);

        Self::deposit_event(Event::Pledged {
            datanet,
            sponsor,
            round,
            providers,
            price,
            budget,
            deposit,
        });
        Ok(())
    }

    /// What is on hold for a pledge.
    pub(crate) fn pledge_hold(pledge: &PledgeOf<T>) -> Result<Balance, DispatchError> {
        // More money than there can be is more than the sponsor has.
        Ok(pledge
            .budget
            .checked_add(pledge.deposit)
            .ok_or(Error::<T>::DepositNotPayable)?)
    }

    /// Removes a pledge and releases what is on hold for it.
    fn take_pledge(
        datanet: DatanetId,
        sponsor: &T::AccountId,
    ) -> Result<(PledgeOf<T>, Balance), DispatchError> {
        let pledge = Pledges::<T>::take(datanet, sponsor).ok_or(Error::<T>::PledgeNotFound)?;
        let released = Self::pledge_hold(&pledge)?;
        Self::release(HoldReason::Pledge, sponsor, released)?;
        Ok((pledge, released))
    }

    pub(crate) fn do_withdraw_pledge(sponsor: T::AccountId, datanet: DatanetId) -> DispatchResult {
        let (_, released) = Self::take_pledge(datanet, &sponsor)?;

        Self::deposit_event(Event::PledgeWithdrawn {
            datanet,
            sponsor,
            released,
        });
        Ok(())
    }

    pub(crate) fn do_open_round(
        steward: T::AccountId,
        datanet: DatanetId,
        sponsor: Option<T::AccountId>,
    ) -> DispatchResult {
        let mut found = Self::stewarded(datanet, &steward)?;
        ensure!(!found.retired, Error::<T>::DatanetRetired);
        ensure!(!found.providers.is_empty(), Error::<T>::NoProviders);
        ensure!(
            Rounds::<T>::get(datanet, found.rounds)
                .is_none_or(|last| last.phase != Phase::Committing),
            Error::<T>::LastRoundCommitting
        );
        let recipe = Self::recipe_of(datanet)?;
        let deadline = Self::deadline(recipe.periods.committing)?;
        let round = found
            .rounds
            .checked_add(1)
            .ok_or(Error::<T>::TooManyRounds)?;

        let deposit = Self::price_of(
            ROUND_ITEMS,
            ROUND_ITEMS * RoundOf::<T>::max_encoded_len() as u32,
        )?;
        Self::hold(HoldReason::Datanet, &steward, deposit)?;
        found.deposit = found
            .deposit
            .checked_add(deposit)
            .ok_or(Error::<T>::Overflow)?;
        let sponsorship = match sponsor {
            Some(sponsor) => {
                let (pledge, _) = Self::take_pledge(datanet, &sponsor)?;
                // Else a steward could have the money measured by others than those whom the sponsor trusts.
                ensure!(pledge.round == round, Error::<T>::OtherRound);
                ensure!(
                    pledge.providers == found.providers,
                    Error::<T>::OtherProviders
                );
                T::DataPools::sponsor(Pool { datanet, round }, &sponsor, pledge.budget)?;
                Some(Sponsorship {
                    sponsor,
                    price: pledge.price,
                    budget: pledge.budget,
                })
            }
            None => None,
        };
        found.rounds = round;
        let first = found.contributions;
        let providers = found.providers.clone();
        Datanets::<T>::insert(datanet, found);
        Rounds::<T>::insert(
            datanet,
            round,
            Round {
                phase: Phase::Committing,
                deadline: Some(deadline),
                first,
                committed: 0,
                delivered: 0,
                carried: 0,
                providers: providers.clone(),
                sponsorship: sponsorship.clone(),
                frozen: None,
                randomness: None,
                seats: Seats::default(),
                inputs: H256::zero(),
                revealed_at: 0,
                outcome: None,
                withdrawn: 0,
            },
        );

        Self::deposit_event(Event::RoundOpened {
            datanet,
            round,
            providers,
            sponsorship,
            first,
            deadline,
        });
        Ok(())
    }

    /// The deposit of a contribution and its bond: by bytes, and at least the price of what is stored until it is valued.
    pub(crate) fn bond_of(recipe: &Recipe, bytes: u32) -> Result<Balance, DispatchError> {
        let stored = ContributionOf::<T>::max_encoded_len()
            + Delivery::max_encoded_len()
            + Delivered::max_encoded_len();
        let by_bytes = recipe
            .deposit_per_byte
            .checked_mul(bytes.into())
            .ok_or(Error::<T>::Overflow)?;
        Ok(by_bytes.max(Self::price_of(2, stored as u32)?))
    }

    /// What a contribution keeps on hold after its bond for each item in state: its own, and that of an award that vests, which is
    /// shorter.
    pub(crate) fn place_of() -> Result<Balance, DispatchError> {
        Self::price_of(1, ContributionOf::<T>::max_encoded_len() as u32)
    }

    /// The valuation fee of a contribution.
    pub(crate) fn fee_of(recipe: &Recipe, records: u16) -> Result<Balance, DispatchError> {
        Ok(recipe
            .fee_per_record
            .checked_mul(records.into())
            .ok_or(Error::<T>::Overflow)?)
    }

    pub(crate) fn do_commit(
        contributor: T::AccountId,
        datanet: DatanetId,
        number: RoundNumber,
        commitment: H256,
        records: u16,
        bytes: u32,
    ) -> DispatchResult {
        let mut found = Self::datanet_of(datanet)?;
        let mut round = Self::round_of(datanet, number)?;
        Self::ensure_open(&round, Phase::Committing)?;
        let recipe = Self::recipe_of(datanet)?;
        ensure!(
            (recipe.min_records..=recipe.max_records).contains(&records),
            Error::<T>::RecordsOutOfBounds
        );
        ensure!(
            recipe.bytes(records).contains(&bytes),
            Error::<T>::BytesOutOfBounds
        );
        found.pending = found
            .pending
            .checked_add(1)
            .filter(|pending| *pending <= MAX_CONTRIBUTIONS)
            .ok_or(Error::<T>::TooManyContributions)?;
        let contribution = found.contributions;
        found.contributions = contribution
            .checked_add(1)
            .ok_or(Error::<T>::TooManyContributions)?;
        round.committed = round
            .committed
            .checked_add(1)
            .ok_or(Error::<T>::TooManyContributions)?;

        let bond = Self::bond_of(&recipe, bytes)?;
        let fee = Self::fee_of(&recipe, records)?;
        Self::hold(HoldReason::Contribution, &contributor, bond)?;
        Self::hold(HoldReason::ValuationFee, &contributor, fee)?;
        Datanets::<T>::insert(datanet, found);
        Rounds::<T>::insert(datanet, number, round);
        Contributions::<T>::insert(
            datanet,
            contribution,
            Contribution {
                contributor: contributor.clone(),
                committed_to: number,
                round: number,
                root: H256::zero(),
                records,
                bytes,
                authors: 0,
                bond,
                status: Status::Committed,
                value: 0,
                withdrawn: None,
            },
        );
        Deliveries::<T>::insert(
            datanet,
            contribution,
            Delivery {
                commitment,
                next: 0,
                records: Default::default(),
                bytes: 0,
            },
        );

        Self::deposit_event(Event::ContributionCommitted {
            datanet,
            round: number,
            contribution,
            contributor,
            commitment,
            records,
            bytes,
            bond,
            fee,
        });
        Ok(())
    }
}
