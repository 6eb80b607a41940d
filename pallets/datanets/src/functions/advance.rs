//! How rounds move on until their benchmark is revealed.

use frame_support::{ensure, pallet_prelude::DispatchResult, weights::Weight};
use sp_runtime::DispatchError;
use tributary_primitives::{
    datanets::{Delivered, Phase, Recipe, MAX_CONTRIBUTIONS},
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
};

use super::epochs::Pick;
use crate::{
    Benchmarks, Config, Contribution, ContributionOf, Contributions, Deliveries, Error, Event,
    HoldReason, NewcomerList, Newcomers, Pallet, RoundOf, Rounds, Status, WeightInfo,
};

/// How `advance` moved a round on, for its weight.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// To `Delivering`.
    Delivering,
    /// To `Frozen`.
    Frozen {
        /// How many contributions were delivered.
        delivered: u32,
        /// How many were not.
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
    /// To `Void` out of `Frozen`, as there is no benchmark.
    NotRevealed {
        /// How many contributions were delivered.
        delivered: u32,
    },
}

impl Step {
    /// What it weighs.
    pub(crate) fn weight<W: WeightInfo>(&self) -> Weight {
        match *self {
            Step::Delivering => W::advance_delivering(),
            Step::Frozen { delivered, lapsed } => {
                W::advance_frozen(delivered).saturating_add(W::advance_lapsed(lapsed))
            }
            Step::Picked => W::advance_picked(),
            Step::Replaced => W::advance_replaced(),
            Step::NotCommitted { contributions } => W::advance_void(contributions),
            Step::NotDelivered { lapsed } => {
                W::advance_lapsed(lapsed).saturating_add(W::advance_void(0))
            }
            Step::NotRevealed { delivered } => {
                W::advance_replaced().saturating_add(W::advance_void(delivered))
            }
        }
    }

    /// What the longest one weighs. The weights are linear, so that one kind of contribution alone is the worst.
    pub(crate) fn longest<W: WeightInfo>() -> Weight {
        const ALL: u32 = MAX_CONTRIBUTIONS;
        [
            Step::Delivering,
            Step::Frozen {
                delivered: ALL,
                lapsed: 0,
            },
            Step::Frozen {
                delivered: 0,
                lapsed: ALL,
            },
            Step::Picked,
            Step::Replaced,
            Step::NotCommitted { contributions: ALL },
            Step::NotDelivered { lapsed: ALL },
            Step::NotRevealed { delivered: ALL },
        ]
        .iter()
        .fold(Weight::zero(), |longest, step| {
            longest.max(step.weight::<W>())
        })
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
                    Pick::Forgotten => Self::void_frozen(datanet, number, round, &recipe),
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

    /// `Committing` becomes `Delivering`, if there is something to deliver and something to value it by.
    fn end_committing(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
        recipe: &Recipe,
    ) -> Result<Step, DispatchError> {
        let contributions = round.committed;
        if contributions == 0 || Benchmarks::<T>::get(datanet, number).is_empty() {
            // A void round before a live one would let the next overtake it: what has ended says that all before it have.
            Self::ensure_last_ended(datanet, number)?;
            Self::void_round(datanet, number, round, recipe)?;
            return Ok(Step::NotCommitted { contributions });
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

    /// `Delivering` becomes `Frozen`, if anything was delivered. Undelivered contributions lapse.
    fn freeze(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
        recipe: &Recipe,
    ) -> Result<Step, DispatchError> {
        Self::ensure_last_ended(datanet, number)?;
        let mut newcomers = NewcomerList::default();
        let mut lapsed = 0u32;
        for contribution in round.numbers() {
            let found = Contributions::<T>::get(datanet, contribution)
                .ok_or(Error::<T>::ContributionNotFound)?;
            if found.status == Status::Delivered {
                round.inputs = hashing::extend_inputs(round.inputs, found.root);
                newcomers
                    .try_push(Delivered {
                        number: contribution,
                        records: found.records,
                    })
                    .map_err(|_| Error::<T>::TooManyContributions)?;
            } else {
                Self::lapse(datanet, contribution, found, recipe)?;
                lapsed = lapsed.checked_add(1).ok_or(Error::<T>::Overflow)?;
            }
        }
        if newcomers.is_empty() {
            Self::void_round(datanet, number, round, recipe)?;
            return Ok(Step::NotDelivered { lapsed });
        }
        let delivered = newcomers.len() as u32;
        Newcomers::<T>::insert(datanet, number, newcomers);
        round.phase = Phase::Frozen;
        round.deadline = None;
        round.frozen = Some(Self::epochs_recorded());
        Self::put_round(datanet, number, round);
        Ok(Step::Frozen { delivered, lapsed })
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
            bond,
            ..
        } = contribution;
        Self::burn(HoldReason::Contribution, &contributor, bond)?;
        let fee = Self::fee_of(recipe, records)?;
        Self::release(HoldReason::ValuationFee, &contributor, fee)?;
        Contributions::<T>::remove(datanet, number);
        Deliveries::<T>::remove(datanet, number);

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
        recipe: &Recipe,
    ) -> Result<Step, DispatchError> {
        let delivered = round.delivered;
        Self::void_round(datanet, number, round, recipe)?;
        Ok(Step::NotRevealed { delivered })
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
