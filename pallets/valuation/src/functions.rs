//! What the calls do.

use frame_support::{
    defensive,
    pallet_prelude::*,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
        DefensiveOption, Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{traits::CheckedAdd, ArithmeticError};
use tributary_primitives::{
    datanets::{
        Evidence, FrozenRound, Phase, Recipe, SeatAccuracies, SeatAccuracy, Value, Values,
        MAX_ENTRIES,
    },
    deposits::price,
    hashing,
    ids::{DatanetId, RecordId, RoundNumber},
    merkle::{Overflow, Range},
    roles::Snapshots,
    valuation::{
        self, disproves, seat_values, Challenge, ChallengeError, Params, RoundValues, Row, RowError,
    },
    Balance,
};

use crate::{
    Config, Error, Event, Failures, HoldReason, Outcome, Outcomes, Pallet, Progress, Proposal,
    ProposalOf, Proposals, ProposalsOf, ProposedValues, Publication, Reopened, Rows, ShadowChunk,
    WeightInfo, MAX_DOUBLINGS,
};

/// What is kept of a proposal: itself and its values.
const PROPOSAL_ITEMS: u32 = 2;

/// A round of which proposals may stand.
pub(crate) struct Standing {
    recipe: Recipe,
    phase: Phase,
    frozen: FrozenRound,
}

impl Standing {
    /// How many contributions were delivered.
    fn contributions(&self) -> u32 {
        self.frozen.delivered.len() as u32
    }

    /// How many blocks a complete proposal can be challenged at the least.
    pub(crate) fn challenging(&self) -> u32 {
        self.recipe.periods.challenging
    }

    /// Whether a record was delivered in this round.
    fn delivered(&self, record: &RecordId) -> bool {
        let delivered = &self.frozen.delivered;
        delivered
            .binary_search_by_key(&record.contribution, |delivered| delivered.number)
            .is_ok_and(|index| record.position < delivered[index].records)
    }

    /// Whether all of a row's records that claim to be newcomers are. Old ones can only be told by their contents.
    fn newcomers_exist(&self, row: &Row) -> bool {
        row.entries.iter().all(|entry| {
            entry.record.contribution < self.frozen.first || self.delivered(&entry.record)
        })
    }
}

/// What follows from rows.
struct Derived {
    values: Values,
    before: u128,
    after: u128,
    seats: SeatAccuracies,
}

/// How a window ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    /// A complete proposal is final.
    Final,
    /// None was complete: the window is open once more.
    Reopened,
    /// None was complete for the second time.
    Void,
}

/// How many records the rows list together.
pub(crate) fn entries(rows: &Rows) -> u32 {
    // At most 20,480 rows of 64: far below `u32::MAX`.
    rows.iter().map(|row| row.entries.len() as u32).sum()
}

/// The weight of a challenge in a round of so many contributions.
pub(crate) fn challenge_weight<T: Config>(challenge: &Challenge, contributions: u32) -> Weight {
    type W<T> = <T as Config>::WeightInfo;
    match challenge {
        Challenge::Entry { .. } => W::<T>::challenge_entry(contributions),
        Challenge::Order { .. } => W::<T>::challenge_order(contributions),
        Challenge::Missed { .. } => W::<T>::challenge_missed(contributions),
        Challenge::NotShadow { .. } => W::<T>::challenge_not_shadow(contributions),
        Challenge::Shadow { .. } => W::<T>::challenge_shadow(contributions),
    }
}

impl<T: Config> From<ChallengeError> for Error<T> {
    fn from(error: ChallengeError) -> Self {
        match error {
            ChallengeError::Malformed => Error::ChallengeMalformed,
            ChallengeError::InvalidProof => Error::InvalidProof,
            ChallengeError::NothingDisproved => Error::NothingDisproved,
        }
    }
}

impl<T: Config> From<RowError> for Error<T> {
    fn from(error: RowError) -> Self {
        match error {
            RowError::TooManyOld => Error::TooManyOld,
            RowError::TooManyNew => Error::TooManyNew,
            RowError::AfterLastOld => Error::AfterLastOld,
            RowError::Repeated => Error::RepeatedRecord,
        }
    }
}

impl<T: Config> Pallet<T> {
    /// A round that is `Revealed` or `Published`.
    pub(crate) fn standing(
        datanet: DatanetId,
        round: RoundNumber,
    ) -> Result<Standing, DispatchError> {
        let phase = T::Snapshots::phase(datanet, round).ok_or(Error::<T>::RoundNotFound)?;
        ensure!(
            matches!(phase, Phase::Revealed | Phase::Published),
            Error::<T>::WrongPhase
        );
        let recipe = T::Snapshots::recipe(datanet).defensive_ok_or(Error::<T>::RoundNotFound)?;
        ensure!(
            recipe.evidence == Evidence::Open,
            Error::<T>::RoundIsAttested
        );
        let frozen =
            T::Snapshots::frozen(datanet, round).defensive_ok_or(Error::<T>::RoundNotFound)?;
        Ok(Standing {
            recipe,
            phase,
            frozen,
        })
    }

    /// The block from which on a round can be finalised: the first after its window.
    pub(crate) fn window_end(
        datanet: DatanetId,
        round: RoundNumber,
        standing: &Standing,
    ) -> Result<BlockNumberFor<T>, ArithmeticError> {
        match Reopened::<T>::get(datanet, round) {
            Some(closes_at) => Ok(closes_at),
            None => later::<T>(
                standing.frozen.revealed_at.into(),
                standing.recipe.periods.window,
            ),
        }
    }

    /// The bond of a proposal in a round in which so many have lapsed or were disproved.
    pub(crate) fn bond_after(
        standing: &Standing,
        failures: u32,
    ) -> Result<Balance, ArithmeticError> {
        let values = Value::max_encoded_len() * standing.frozen.delivered.len();
        // At most 1,024 values of some bytes.
        let bytes = (ProposalOf::<T>::max_encoded_len() + values) as u32;
        let stored = price(
            T::DepositPerItem::get(),
            T::DepositPerByte::get(),
            PROPOSAL_ITEMS,
            bytes,
        )
        .ok_or(ArithmeticError::Overflow)?;
        let least = standing
            .recipe
            .evaluator_bond
            .max(standing.frozen.budget)
            .max(stored);
        2u128
            .checked_pow(failures.min(MAX_DOUBLINGS))
            .and_then(|factor| least.checked_mul(factor))
            .ok_or(ArithmeticError::Overflow)
    }

    pub(crate) fn do_commit_proposal(
        proposer: T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        commitment: H256,
    ) -> Result<u32, DispatchError> {
        let standing = Self::standing(datanet, round)?;
        let now = frame_system::Pallet::<T>::block_number();
        let closes_at = Self::window_end(datanet, round, &standing)?;
        ensure!(now < closes_at, Error::<T>::WindowClosed);
        let deadline = later::<T>(now, standing.recipe.periods.publishing)?;
        let examined = later::<T>(deadline, standing.challenging())?;
        ensure!(examined < closes_at, Error::<T>::TooLateToPublish);

        let mut proposals = Proposals::<T>::get(datanet, round);
        Self::remove_lapsed(datanet, round, &mut proposals)?;
        ensure!(
            proposals
                .iter()
                .all(|proposal| proposal.proposer != proposer),
            Error::<T>::AlreadyProposed
        );
        let bond = Self::bond_after(&standing, Failures::<T>::get(datanet, round))?;
        proposals
            .try_push(Proposal {
                proposer: proposer.clone(),
                commitment,
                bond,
                deadline,
                progress: Progress::Publishing {
                    shadows: Range::default(),
                    last: None,
                },
            })
            .map_err(|_| Error::<T>::TooManyProposals)?;
        T::Currency::hold(&HoldReason::Proposal.into(), &proposer, bond)
            .map_err(|_| Error::<T>::DepositNotPayable)?;
        Proposals::<T>::insert(datanet, round, proposals);

        Self::deposit_event(Event::ProposalCommitted {
            datanet,
            round,
            proposer,
            commitment,
            bond,
            deadline,
        });
        Ok(standing.contributions())
    }

    pub(crate) fn do_publish_shadows(
        proposer: &T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        chunk: &ShadowChunk,
    ) -> Result<u32, DispatchError> {
        let standing = Self::standing(datanet, round)?;
        let mut proposals = Proposals::<T>::get(datanet, round);
        let proposal = Self::in_time(&mut proposals, proposer)?;
        let Progress::Publishing { shadows, last } = &mut proposal.progress else {
            return Err(Error::<T>::ProposalComplete.into());
        };

        let extrinsic = extrinsic_index::<T>()?;
        ensure!(!chunk.is_empty(), Error::<T>::EmptyChunk);
        for pair in chunk {
            ensure!(
                last.is_none_or(|last| last < pair.shadow),
                Error::<T>::ShadowsNotAscending
            );
            ensure!(pair.witness < pair.shadow, Error::<T>::WitnessNotEarlier);
            ensure!(
                standing.delivered(&pair.shadow),
                Error::<T>::NewcomerNotFound
            );
            shadows
                .append(hashing::shadow_leaf(pair), 1)
                .map_err(overflow)?;
            *last = Some(pair.shadow);
        }
        let (count, root) = (shadows.count, shadows.root().hash);
        Proposals::<T>::insert(datanet, round, proposals);

        Self::deposit_event(Event::ShadowsPublished {
            datanet,
            round,
            proposer: proposer.clone(),
            count,
            root,
            extrinsic,
        });
        Ok(standing.contributions())
    }

    pub(crate) fn do_publish_rows(
        proposer: &T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        inputs: H256,
        rows: &Rows,
    ) -> Result<u32, DispatchError> {
        let standing = Self::standing(datanet, round)?;
        let mut proposals = Proposals::<T>::get(datanet, round);
        let proposal = Self::in_time(&mut proposals, proposer)?;
        let Progress::Publishing { shadows, .. } = &proposal.progress else {
            return Err(Error::<T>::ProposalComplete.into());
        };

        let extrinsic = extrinsic_index::<T>()?;
        ensure!(inputs == standing.frozen.inputs, Error::<T>::ForeignInputs);
        let range = Self::check_rows(&standing, rows)?;
        let (rows_root, shadows_root) = (range.root(), shadows.root());
        let payload = hashing::payload(inputs, shadows_root.hash, rows_root.hash);
        ensure!(
            proposal.commitment == hashing::proposal_commitment(proposer, datanet, round, payload),
            Error::<T>::CommitmentMismatch
        );
        let Derived {
            values,
            before,
            after,
            seats,
        } = Self::derive(&standing, rows)?;

        proposal.progress = Progress::Complete(Publication {
            rows: rows_root,
            shadows: shadows_root,
            before,
            after,
            seats: seats.clone(),
        });
        Proposals::<T>::insert(datanet, round, proposals);
        ProposedValues::<T>::insert((datanet, round, proposer), values);
        if standing.phase == Phase::Revealed {
            T::Snapshots::publish(datanet, round)?;
        }

        Self::deposit_event(Event::ProposalPublished {
            datanet,
            round,
            proposer: proposer.clone(),
            rows: rows_root.hash,
            shadows: shadows_root.hash,
            before,
            after,
            seats,
            extrinsic,
        });
        Ok(standing.contributions())
    }

    pub(crate) fn do_lapse(
        proposer: &T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
    ) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let mut proposals = Proposals::<T>::get(datanet, round);
        let index = proposals
            .iter()
            .position(|proposal| proposal.proposer == *proposer)
            .ok_or(Error::<T>::ProposalNotFound)?;
        ensure!(
            proposals[index].has_lapsed(now),
            Error::<T>::ProposalNotOverdue
        );
        Self::burn_bond(datanet, round, &proposals.remove(index))?;
        if proposals.is_empty() {
            Proposals::<T>::remove(datanet, round);
        } else {
            Proposals::<T>::insert(datanet, round, proposals);
        }
        Ok(())
    }

    pub(crate) fn do_finalise(
        datanet: DatanetId,
        round: RoundNumber,
    ) -> Result<(Ending, u32), DispatchError> {
        let standing = Self::standing(datanet, round)?;
        let now = frame_system::Pallet::<T>::block_number();
        let closes_at = Self::window_end(datanet, round, &standing)?;
        ensure!(now >= closes_at, Error::<T>::WindowOpen);

        // Every deadline lies within the window: what is not complete has lapsed.
        let mut proposals = Proposals::<T>::take(datanet, round);
        Self::remove_lapsed(datanet, round, &mut proposals)?;
        let ending = if !proposals.is_empty() {
            Reopened::<T>::remove(datanet, round);
            Failures::<T>::remove(datanet, round);
            Self::conclude(datanet, round, proposals)?;
            Ending::Final
        } else if Reopened::<T>::take(datanet, round).is_some() {
            T::Snapshots::void(datanet, round)?;
            Failures::<T>::remove(datanet, round);
            Self::deposit_event(Event::RoundAbandoned { datanet, round });
            Ending::Void
        } else {
            // Who emptied the first window pays for the second one from the beginning, and nobody else has to outbid that.
            Failures::<T>::remove(datanet, round);
            let closes_at = later::<T>(now, standing.recipe.periods.window)?;
            Reopened::<T>::insert(datanet, round, closes_at);
            Self::deposit_event(Event::WindowReopened {
                datanet,
                round,
                closes_at,
            });
            Ending::Reopened
        };
        Ok((ending, standing.contributions()))
    }

    pub(crate) fn do_challenge(
        challenger: &T::AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        proposer: &T::AccountId,
        challenge: &Challenge,
    ) -> Result<u32, DispatchError> {
        let standing = Self::standing(datanet, round)?;
        let mut proposals = Proposals::<T>::get(datanet, round);
        let index = proposals
            .iter()
            .position(|proposal| proposal.proposer == *proposer)
            .ok_or(Error::<T>::ProposalNotFound)?;
        let published = proposals[index]
            .publication()
            .ok_or(Error::<T>::ProposalNotComplete)?;
        let published = valuation::Publication {
            params: Params::from(&standing.recipe),
            first: standing.frozen.first,
            slices: T::Snapshots::slices(datanet, round),
            rows: published.rows,
            shadows: published.shadows,
            contributions: |number| T::Snapshots::tree(datanet, round, number),
        };
        disproves(&published, challenge).map_err(Error::<T>::from)?;

        let Proposal { bond, .. } = proposals.remove(index);
        let (reward, burnt) = Self::forfeit(proposer, challenger, bond)?;
        ProposedValues::<T>::remove((datanet, round, proposer));
        Self::count_failure(datanet, round)?;
        if proposals
            .iter()
            .all(|proposal| proposal.publication().is_none())
        {
            T::Snapshots::unpublish(datanet, round)?;
        }
        if proposals.is_empty() {
            Proposals::<T>::remove(datanet, round);
        } else {
            Proposals::<T>::insert(datanet, round, proposals);
        }

        Self::deposit_event(Event::ProposalDisproved {
            datanet,
            round,
            proposer: proposer.clone(),
            challenger: challenger.clone(),
            reward,
            burnt,
        });
        Ok(standing.contributions())
    }

    /// Gives half of a disproved proposal's bond, rounded down, to the challenger and burns the rest: who disproves their own loses.
    fn forfeit(
        proposer: &T::AccountId,
        challenger: &T::AccountId,
        bond: Balance,
    ) -> Result<(Balance, Balance), DispatchError> {
        let reason = HoldReason::Proposal.into();
        let burnt = bond.div_ceil(2);
        T::Currency::burn_held(&reason, proposer, burnt, Precision::Exact, Fortitude::Force)?;
        let reward = bond.checked_sub(burnt).ok_or(ArithmeticError::Underflow)?;
        T::Currency::transfer_on_hold(
            &reason,
            proposer,
            challenger,
            reward,
            Precision::Exact,
            Restriction::Free,
            Fortitude::Force,
        )?;
        Ok((reward, burnt))
    }

    fn count_failure(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        Failures::<T>::try_mutate(datanet, round, |failures| {
            *failures = failures.checked_add(1).ok_or(ArithmeticError::Overflow)?;
            Ok(())
        })
    }

    /// The proposal of an account, unless its time to publish is over.
    fn in_time<'a>(
        proposals: &'a mut ProposalsOf<T>,
        proposer: &T::AccountId,
    ) -> Result<&'a mut ProposalOf<T>, Error<T>> {
        let now = frame_system::Pallet::<T>::block_number();
        let proposal = proposals
            .iter_mut()
            .find(|proposal| proposal.proposer == *proposer)
            .ok_or(Error::<T>::ProposalNotFound)?;
        ensure!(!proposal.has_lapsed(now), Error::<T>::ProposalOverdue);
        Ok(proposal)
    }

    /// Folds the rows, once their number is right and each newcomer in them exists.
    fn check_rows(standing: &Standing, rows: &Rows) -> Result<Range, DispatchError> {
        ensure!(
            rows.len() == usize::from(standing.recipe.benchmark),
            Error::<T>::WrongNumberOfRows
        );
        ensure!(entries(rows) <= MAX_ENTRIES, Error::<T>::TooManyEntries);
        let mut range = Range::default();
        for row in rows {
            ensure!(standing.newcomers_exist(row), Error::<T>::NewcomerNotFound);
            range.append(hashing::row_leaf(row), 1).map_err(overflow)?;
        }
        Ok(range)
    }

    /// What each delivered contribution is worth, and the accuracies before and after, of all slices together and of each.
    fn derive(standing: &Standing, rows: &Rows) -> Result<Derived, DispatchError> {
        let params = Params::from(&standing.recipe);
        let FrozenRound { first, seats, .. } = standing.frozen;
        let parts = seat_values(&params, first, rows, seats)
            .map_err(|(_, error)| Error::<T>::from(error))?;
        let accuracies = parts.iter().map(|part| SeatAccuracy {
            before: part.before,
            after: part.after,
        });
        let seats = SeatAccuracies::truncate_from(accuracies.collect());
        let derived = RoundValues::of_parts(&parts);
        let mut values = Values::new();
        for delivered in &standing.frozen.delivered {
            let number = delivered.number;
            let value = derived
                .by_contribution
                .get(&number)
                .copied()
                .unwrap_or_default();
            if values.try_push(Value { number, value }).is_err() {
                defensive!("as many values as delivered contributions, whose bound is the same");
            }
        }
        Ok(Derived {
            values,
            before: derived.before,
            after: derived.after,
            seats,
        })
    }

    /// Makes the first of complete proposals final and removes all of them.
    fn conclude(
        datanet: DatanetId,
        round: RoundNumber,
        proposals: ProposalsOf<T>,
    ) -> DispatchResult {
        let mut first = None;
        for proposal in proposals {
            let Proposal {
                proposer,
                bond,
                progress,
                ..
            } = proposal;
            T::Currency::release(
                &HoldReason::Proposal.into(),
                &proposer,
                bond,
                Precision::Exact,
            )?;
            let values = ProposedValues::<T>::take((datanet, round, &proposer));
            if let (None, Progress::Complete(publication), Some(values)) =
                (&first, progress, values)
            {
                first = Some((proposer, publication, values));
            }
        }
        let (evaluator, publication, values) =
            first.defensive_ok_or(Error::<T>::ProposalNotFound)?;
        let (before, after) = (publication.before, publication.after);
        let seats = publication.seats.clone();
        T::Snapshots::conclude(datanet, round, &evaluator, values, before, after)?;
        Outcomes::<T>::insert(
            datanet,
            round,
            Outcome {
                evaluator: evaluator.clone(),
                publication,
            },
        );
        Self::deposit_event(Event::RoundFinalised {
            datanet,
            round,
            evaluator,
            before,
            after,
            seats,
        });
        Ok(())
    }

    /// Removes the proposals whose time to publish is over, and burns their bonds.
    fn remove_lapsed(
        datanet: DatanetId,
        round: RoundNumber,
        proposals: &mut ProposalsOf<T>,
    ) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        for proposal in proposals.iter().filter(|proposal| proposal.has_lapsed(now)) {
            Self::burn_bond(datanet, round, proposal)?;
        }
        proposals.retain(|proposal| !proposal.has_lapsed(now));
        Ok(())
    }

    fn burn_bond(
        datanet: DatanetId,
        round: RoundNumber,
        proposal: &ProposalOf<T>,
    ) -> DispatchResult {
        let burnt = T::Currency::burn_held(
            &HoldReason::Proposal.into(),
            &proposal.proposer,
            proposal.bond,
            Precision::Exact,
            Fortitude::Force,
        )?;
        Self::count_failure(datanet, round)?;
        Self::deposit_event(Event::ProposalLapsed {
            datanet,
            round,
            proposer: proposal.proposer.clone(),
            bond: burnt,
        });
        Ok(())
    }
}

/// The block that comes `period` blocks after another.
fn later<T: Config>(
    block: BlockNumberFor<T>,
    period: u32,
) -> Result<BlockNumberFor<T>, ArithmeticError> {
    block
        .checked_add(&period.into())
        .ok_or(ArithmeticError::Overflow)
}

/// The extrinsic of this block that runs. The index alone is there in hooks as well, where no block body holds what is published.
pub(crate) fn extrinsic_index<T: Config>() -> Result<u32, Error<T>> {
    match frame_system::Pallet::<T>::execution_phase() {
        Some(frame_system::Phase::ApplyExtrinsic(index)) => Ok(index),
        _ => Err(Error::<T>::NotInExtrinsic),
    }
}

fn overflow(_: Overflow) -> ArithmeticError {
    ArithmeticError::Overflow
}
