//! How rounds move on until their benchmark is revealed, or until they can be attested.

use alloc::vec::Vec;

use frame_support::{
    dispatch::DispatchErrorWithPostInfo, ensure, pallet_prelude::DispatchResult, weights::Weight,
};
use sp_core::H256;
use sp_runtime::DispatchError;
use tributary_primitives::{
    datanets::{most_seats, Delivered, Evidence, Phase, Recipe, MAX_CONTRIBUTIONS},
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
};

use super::epochs::Pick;
use crate::{
    Benchmarks, Config, Contribution, ContributionOf, Contributions, Deliveries, Error, Event,
    HoldReason, NewcomerList, Newcomers, Pallet, RoundOf, Rounds, Status, Waiting, WeightInfo,
};

/// How `advance` moved a round on, for its weight.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// To `Delivering`.
    Delivering,
    /// To `Frozen`, or to `Revealed` where the round is attested.
    Frozen {
        /// How many contributions are delivered: its own, and those of a void round that it values.
        newcomers: u32,
        /// How many were not delivered.
        lapsed: u32,
    },
    /// Slices were picked.
    Picked,
    /// Slices were picked in the place of others.
    Replaced,
    /// To `Void` out of `Committing`, as `contributions` went back.
    NotCommitted {
        /// How many contributions there were.
        contributions: u32,
    },
    /// To `Void` out of `Delivering`, as nothing was delivered.
    NotDelivered {
        /// How many contributions lapsed.
        lapsed: u32,
    },
    /// To `Void` out of `Frozen`, as there is no benchmark. Newcomers wait for the next round.
    NotRevealed,
}

impl Step {
    /// What it weighs.
    pub(crate) fn weight<W: WeightInfo>(&self) -> Weight {
        match *self {
            Step::Delivering => W::advance_delivering(),
            Step::Frozen { newcomers, lapsed } => {
                W::advance_frozen(newcomers).saturating_add(W::advance_lapsed(lapsed))
            }
            Step::Picked => W::advance_picked(),
            Step::Replaced => W::advance_replaced(),
            // What ends a round, providers' bonds above all, weighs as much as out of `Frozen`.
            Step::NotCommitted { contributions } => {
                W::advance_void(contributions).saturating_add(W::advance_unrevealed())
            }
            Step::NotDelivered { lapsed } => {
                W::advance_lapsed(lapsed).saturating_add(W::advance_unrevealed())
            }
            Step::NotRevealed => W::advance_unrevealed(),
        }
    }

    /// What the longest one weighs. The weights are linear, so that one kind of contribution alone is the worst.
    pub(crate) fn longest<W: WeightInfo>() -> Weight {
        const ALL: u32 = MAX_CONTRIBUTIONS;
        [
            Step::Delivering,
            Step::Frozen {
                newcomers: ALL,
                lapsed: 0,
            },
            Step::Frozen {
                newcomers: 0,
                lapsed: ALL,
            },
            Step::Picked,
            Step::Replaced,
            Step::NotCommitted { contributions: ALL },
            Step::NotDelivered { lapsed: ALL },
            Step::NotRevealed,
        ]
        .iter()
        .fold(Weight::zero(), |longest, step| {
            longest.max(step.weight::<W>())
        })
    }
}

/// What a refused `advance` costs. Many wait for the same step, and one takes it: where nothing but the phase and its deadline was looked
/// at, the others do not pay for the longest.
pub(crate) fn refused<T: Config>(error: DispatchError) -> DispatchErrorWithPostInfo {
    let early = [
        Error::<T>::DatanetNotFound,
        Error::<T>::RoundNotFound,
        Error::<T>::WrongPhase,
        Error::<T>::TooEarly,
        Error::<T>::LastRoundNotEnded,
        Error::<T>::RandomnessNotKnown,
    ]
    .into_iter()
    .any(|early| DispatchError::from(early) == error);
    let weight = early.then(T::WeightInfo::advance_delivering);
    DispatchErrorWithPostInfo {
        post_info: weight.into(),
        error,
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_advance(
        datanet: DatanetId,
        number: RoundNumber,
    ) -> Result<Step, DispatchError> {
        let recipe = Self::recipe_of(datanet)?;
        let round = Self::round_of(datanet, number)?;
        match round.phase {
            Phase::Committing => {
                ensure!(Self::is_over(&round), Error::<T>::TooEarly);
                Self::end_committing(datanet, number, round, &recipe)
            }
            Phase::Delivering => {
                // Nobody is waited for once everything is delivered.
                ensure!(
                    Self::is_over(&round) || round.delivered == round.committed,
                    Error::<T>::TooEarly
                );
                Self::freeze(datanet, number, round, &recipe)
            }
            Phase::Frozen if round.seats.is_empty() => {
                // A frozen round keeps when it froze.
                let frozen = round.frozen.ok_or(Error::<T>::WrongPhase)?;
                match Self::picking_randomness(frozen) {
                    Pick::NotYet => Err(Error::<T>::RandomnessNotKnown.into()),
                    Pick::Known(randomness) => {
                        Self::pick_slices(datanet, number, round, &recipe, randomness)
                    }
                    Pick::Forgotten => Self::void_frozen(datanet, number, round),
                }
            }
            Phase::Frozen => {
                ensure!(Self::is_over(&round), Error::<T>::TooEarly);
                Self::replace_slices(datanet, number, round, &recipe)
            }
            Phase::Revealed | Phase::Published | Phase::Final | Phase::Void => {
                Err(Error::<T>::WrongPhase.into())
            }
        }
    }

    /// `Committing` becomes `Delivering`, if there is something to value and something to value it by.
    fn end_committing(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
        recipe: &Recipe,
    ) -> Result<Step, DispatchError> {
        let contributions = round.committed;
        let unmeasured = match recipe.evidence {
            // Those who are there must be able to fill all seats, each no more than it may have.
            Evidence::Open => {
                let providers = round.providers.len() as u32;
                let committed = Benchmarks::<T>::get(datanet, number).len() as u32;
                committed * most_seats(providers) < providers
            }
            // Attestors commit nothing.
            Evidence::Attested { .. } => false,
        };
        if contributions == 0 || unmeasured {
            // A void round before a live one would let the next overtake it: what has ended says that all before it have. And only
            // then is it known whether newcomers of theirs wait.
            Self::ensure_last_ended(datanet, number)?;
            if unmeasured || Waiting::<T>::get(datanet).is_empty() {
                Self::give_all_back(datanet, &round, recipe)?;
                Self::void_round(datanet, number, round)?;
                return Ok(Step::NotCommitted { contributions });
            }
        }
        round.phase = Phase::Delivering;
        round.deadline = Some(Self::deadline(recipe.periods.delivering)?);
        Self::put_round(datanet, number, round);
        Ok(Step::Delivering)
    }

    /// Holds if the round before, and with it every earlier one, has ended.
    fn ensure_last_ended(datanet: DatanetId, number: RoundNumber) -> DispatchResult {
        let last = number
            .checked_sub(1)
            .and_then(|last| Rounds::<T>::get(datanet, last));
        ensure!(
            last.is_none_or(|last| last.ended()),
            Error::<T>::LastRoundNotEnded
        );
        Ok(())
    }

    /// `Delivering` becomes `Frozen`, if there is anything to value. Undelivered contributions lapse. Where nobody reveals a benchmark, as
    /// attestors have one, the round is `Revealed` at once.
    ///
    /// What a void round left is valued by itself, before what this one has: who committed here may have read it, and in one game with it
    /// records that mimic others share their value.
    fn freeze(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
        recipe: &Recipe,
    ) -> Result<Step, DispatchError> {
        Self::ensure_last_ended(datanet, number)?;
        let mut own = NewcomerList::default();
        let mut roots = Vec::new();
        let mut lapsed = 0u32;
        for contribution in round.numbers() {
            let found = Contributions::<T>::get(datanet, contribution)
                .ok_or(Error::<T>::ContributionNotFound)?;
            if found.status == Status::Delivered {
                roots.push(found.root);
                own.try_push(Delivered {
                    number: contribution,
                    records: found.records,
                })
                .map_err(|_| Error::<T>::TooManyContributions)?;
            } else {
                Self::lapse(datanet, contribution, found, recipe)?;
                lapsed = lapsed.checked_add(1).ok_or(Error::<T>::Overflow)?;
            }
        }
        Self::no_longer_pending(datanet, lapsed)?;

        let mut waiting = Waiting::<T>::take(datanet);
        let (group, group_roots) = Self::take_first_group(datanet, number, &mut waiting)?;
        let looked_at = (own.len() + group.len()) as u32;
        round.carried = group.len() as u32;
        let (newcomers, roots) = if group.is_empty() {
            (own, roots)
        } else {
            // Its own wait behind what waits already: there is room for everything without a value.
            waiting
                .try_extend(own.into_iter())
                .map_err(|_| Error::<T>::TooManyContributions)?;
            (group, group_roots)
        };
        if newcomers.is_empty() {
            Self::void_round(datanet, number, round)?;
            return Ok(Step::NotDelivered { lapsed });
        }
        if !waiting.is_empty() {
            Waiting::<T>::insert(datanet, waiting);
        }
        round.inputs = roots.into_iter().fold(round.inputs, hashing::extend_inputs);
        Newcomers::<T>::insert(datanet, number, newcomers);
        round.phase = match recipe.evidence {
            Evidence::Open => Phase::Frozen,
            Evidence::Attested { .. } => {
                round.revealed_at = Self::now();
                Phase::Revealed
            }
        };
        round.deadline = None;
        round.frozen = Some(Self::epochs_recorded());
        Self::leave_out_withdrawn(datanet, number, &mut round)?;
        Self::put_round(datanet, number, round);
        Ok(Step::Frozen {
            newcomers: looked_at,
            lapsed,
        })
    }

    /// Takes what the first of void rounds left out of what waits, for round `number` to value it; with its roots.
    fn take_first_group(
        datanet: DatanetId,
        number: RoundNumber,
        waiting: &mut NewcomerList,
    ) -> Result<(NewcomerList, Vec<H256>), DispatchError> {
        let mut roots = Vec::new();
        let mut left_by = None;
        for newcomer in waiting.iter() {
            let mut found = Contributions::<T>::get(datanet, newcomer.number)
                .ok_or(Error::<T>::ContributionNotFound)?;
            if *left_by.get_or_insert(found.committed_to) != found.committed_to {
                break;
            }
            roots.push(found.root);
            found.round = number;
            Contributions::<T>::insert(datanet, newcomer.number, found);
        }
        let group: Vec<_> = waiting.drain(..roots.len()).collect();
        let group = group
            .try_into()
            .map_err(|_| Error::<T>::TooManyContributions)?;
        Ok((group, roots))
    }

    /// Removes a contribution that was not delivered in time: its deposit is burnt, its fee goes back.
    fn lapse(
        datanet: DatanetId,
        number: ContributionNumber,
        contribution: ContributionOf<T>,
        recipe: &Recipe,
    ) -> DispatchResult {
        let Contribution {
            contributor,
            round,
            records,
            authors,
            bond,
            ..
        } = contribution;
        Self::burn(HoldReason::Contribution, &contributor, bond)?;
        let fee = Self::fee_of(recipe, records)?;
        Self::release(HoldReason::ValuationFee, &contributor, fee)?;
        Contributions::<T>::remove(datanet, number);
        Deliveries::<T>::remove(datanet, number);
        Self::forget_authors(datanet, number, authors);

        Self::deposit_event(Event::ContributionLapsed {
            datanet,
            round,
            contribution: number,
            contributor,
            burnt: bond,
        });
        Ok(())
    }

    /// `Frozen` becomes `Void`: nothing can be revealed.
    pub(crate) fn void_frozen(
        datanet: DatanetId,
        number: RoundNumber,
        round: RoundOf<T>,
    ) -> Result<Step, DispatchError> {
        Self::void_round(datanet, number, round)?;
        Ok(Step::NotRevealed)
    }

    /// Stores a round that goes on in another phase.
    pub(crate) fn put_round(datanet: DatanetId, number: RoundNumber, round: RoundOf<T>) {
        let (phase, deadline) = (round.phase, round.deadline);
        Rounds::<T>::insert(datanet, number, round);
        Self::deposit_event(Event::PhaseChanged {
            datanet,
            round: number,
            phase,
            deadline,
        });
    }
}
