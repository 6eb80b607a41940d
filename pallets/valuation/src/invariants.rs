//! What is true between any two blocks.

use alloc::{collections::BTreeMap, vec::Vec};

use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::{traits::CheckedAdd, TryRuntimeError};
use tributary_primitives::{
    datanets::{Phase, SeatAccuracy},
    ids::{DatanetId, RoundNumber},
    roles::Snapshots,
    Balance,
};

use crate::{
    Config, Failures, HoldReason, Outcomes, Pallet, Progress, ProposalOf, Proposals, ProposalsOf,
    ProposedValues, Reopened,
};

impl<T: Config> Pallet<T> {
    /// Checks every invariant over the whole state.
    ///
    /// 1. What is held from an account for proposals is the sum of the bonds of its proposals that stand, for every account.
    /// 2. Proposals stand only in rounds that are `Revealed` or `Published`; complete ones only in rounds that are `Published`, and
    ///    only in these is one of a round's proposals complete. No account has two in a round. Deadlines lie so far within the window
    ///    that there is time to challenge after them, and do not decrease: proposals are in the order of their commitments.
    /// 3. A proposal has values exactly if it is complete: one for each delivered contribution, ascending, and their sum is the
    ///    accuracy after less the accuracy before. It has accuracies for each seat, and they sum to these.
    /// 4. Every row of a complete proposal and every shadow weighs 1: the sums of their trees are their numbers, and there is a row
    ///    for each record of the benchmark.
    /// 5. Only rounds that are `Revealed` or `Published` have a second window.
    /// 6. Lapsed and disproved proposals are counted only of rounds that are `Revealed` or `Published`.
    /// 7. Rounds with an outcome are `Final`.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::bonds_are_held()?;
        for (datanet, round, proposals) in Proposals::<T>::iter() {
            Self::proposals_are_in_order(datanet, round, &proposals)?;
            for proposal in &proposals {
                Self::values_sum_to_the_gain(datanet, round, proposal)?;
                Self::trees_count_their_leaves(datanet, proposal)?;
            }
        }
        Self::values_belong_to_proposals()?;
        Self::second_windows_are_of_standing_rounds()?;
        Self::failures_are_of_standing_rounds()?;
        Self::outcomes_are_of_final_rounds()
    }

    fn bonds_are_held() -> Result<(), TryRuntimeError> {
        let mut bonds = BTreeMap::<T::AccountId, Balance>::new();
        for proposal in Proposals::<T>::iter_values().flatten() {
            let bond = bonds.entry(proposal.proposer).or_default();
            *bond = bond
                .checked_add(proposal.bond)
                .ok_or("bonds are more than all money")?;
        }
        let reason = HoldReason::Proposal.into();
        for account in frame_system::Account::<T>::iter_keys() {
            let bond = bonds.remove(&account).unwrap_or_default();
            ensure!(
                T::Currency::balance_on_hold(&reason, &account) == bond,
                "what is held for proposals is not the sum of the bonds"
            );
        }
        ensure!(
            bonds.values().all(|bond| *bond == 0),
            "a proposal is of an account that does not exist"
        );
        Ok(())
    }

    fn proposals_are_in_order(
        datanet: DatanetId,
        round: RoundNumber,
        proposals: &ProposalsOf<T>,
    ) -> Result<(), TryRuntimeError> {
        let standing = Self::standing(datanet, round)
            .map_err(|_| "proposals stand in a round that is neither revealed nor published")?;
        let closes_at = Self::window_end(datanet, round, &standing)
            .map_err(|_| "a window ends beyond the last block")?;
        ensure!(
            !proposals.is_empty(),
            "a round without proposals takes space"
        );
        ensure!(
            proposals
                .windows(2)
                .all(|pair| pair[0].deadline <= pair[1].deadline),
            "proposals are not in the order of their commitments"
        );
        let challenging = standing.challenging();
        ensure!(
            proposals.iter().all(|proposal| {
                let examined = proposal.deadline.checked_add(&challenging.into());
                examined.is_some_and(|examined| examined < closes_at)
            }),
            "a proposal can be published too late in the window to be challenged"
        );
        let complete = proposals
            .iter()
            .any(|proposal| proposal.publication().is_some());
        ensure!(
            complete == (T::Snapshots::phase(datanet, round) == Some(Phase::Published)),
            "a round is not published exactly if a proposal is complete"
        );
        let mut proposers = proposals
            .iter()
            .map(|proposal| &proposal.proposer)
            .collect::<Vec<_>>();
        proposers.sort();
        ensure!(
            proposers.windows(2).all(|pair| pair[0] != pair[1]),
            "an account has two proposals in a round"
        );
        Ok(())
    }

    fn values_sum_to_the_gain(
        datanet: DatanetId,
        round: RoundNumber,
        proposal: &ProposalOf<T>,
    ) -> Result<(), TryRuntimeError> {
        let values = ProposedValues::<T>::get((datanet, round, &proposal.proposer));
        let Some(publication) = proposal.publication() else {
            ensure!(values.is_none(), "an incomplete proposal has values");
            return Ok(());
        };
        let values = values.ok_or("a complete proposal has no values")?;
        let frozen = T::Snapshots::frozen(datanet, round).ok_or("a valued round is not frozen")?;
        ensure!(
            values
                .iter()
                .map(|value| value.number)
                .eq(frozen.delivered.iter().map(|delivered| delivered.number)),
            "values are not those of the delivered contributions"
        );
        let gain = values
            .iter()
            .try_fold(0i128, |sum, value| sum.checked_add(value.value))
            .ok_or("values do not fit")?;
        ensure!(
            publication.before.checked_add_signed(gain) == Some(publication.after),
            "the values do not sum to the gain in accuracy"
        );
        let seats = &publication.seats;
        let sum = |of: fn(&SeatAccuracy) -> u128| {
            let mut seats = seats.iter();
            seats.try_fold(0u128, |sum, seat| sum.checked_add(of(seat)))
        };
        ensure!(
            seats.len() == usize::from(frozen.seats)
                && sum(|seat| seat.before) == Some(publication.before)
                && sum(|seat| seat.after) == Some(publication.after),
            "the accuracies of the seats are not those of the round"
        );
        Ok(())
    }

    fn trees_count_their_leaves(
        datanet: DatanetId,
        proposal: &ProposalOf<T>,
    ) -> Result<(), TryRuntimeError> {
        match &proposal.progress {
            Progress::Publishing { shadows, last } => {
                ensure!(
                    shadows.root().sum == u128::from(shadows.count),
                    "shadows do not weigh 1 each"
                );
                ensure!(
                    (shadows.count == 0) == last.is_none(),
                    "the last shadow is not kept"
                );
            }
            Progress::Complete(publication) => {
                let recipe =
                    T::Snapshots::recipe(datanet).ok_or("a valued datanet has no recipe")?;
                ensure!(
                    publication.rows.sum == u128::from(recipe.benchmark),
                    "there is not a row for each record of the benchmark"
                );
            }
        }
        Ok(())
    }

    fn values_belong_to_proposals() -> Result<(), TryRuntimeError> {
        for (datanet, round, proposer) in ProposedValues::<T>::iter_keys() {
            ensure!(
                Proposals::<T>::get(datanet, round)
                    .iter()
                    .any(|proposal| proposal.proposer == proposer),
                "values are of no proposal"
            );
        }
        Ok(())
    }

    fn second_windows_are_of_standing_rounds() -> Result<(), TryRuntimeError> {
        for (datanet, round) in Reopened::<T>::iter_keys() {
            ensure!(
                Self::standing(datanet, round).is_ok(),
                "a round that has ended has a second window"
            );
        }
        Ok(())
    }

    fn failures_are_of_standing_rounds() -> Result<(), TryRuntimeError> {
        for (datanet, round, failures) in Failures::<T>::iter() {
            ensure!(
                failures > 0 && Self::standing(datanet, round).is_ok(),
                "failed proposals are counted of a round that has ended, or none"
            );
        }
        Ok(())
    }

    fn outcomes_are_of_final_rounds() -> Result<(), TryRuntimeError> {
        for (datanet, round) in Outcomes::<T>::iter_keys() {
            ensure!(
                T::Snapshots::phase(datanet, round) == Some(Phase::Final),
                "a round that is not final has an outcome"
            );
        }
        Ok(())
    }
}
