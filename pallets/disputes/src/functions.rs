//! What the calls do.

use frame_support::{
    pallet_prelude::*,
    storage::with_storage_layer,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::{Fortitude, Precision},
        Defensive, Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{traits::Saturating, ArithmeticError};
use tributary_primitives::{
    ids::ModelId,
    roles::{Contention, Lineage},
    Balance,
};

use crate::{
    Appeal, Arbiters, ArbitersOf, Case, CaseId, CaseKind, CaseOf, Cases, Config, Error, Event,
    HoldReason, Lost, NextCase, OpenCases, Outcome, Pallet, Panel, Seat, Stage, StageOf,
    APPEAL_FACTOR, MAX_DOUBLINGS,
};

/// What those who judge have made of a case when its time is over.
enum Verdict {
    Upheld,
    Dismissed,
    /// Nothing.
    None,
}

impl From<bool> for Verdict {
    fn from(upheld: bool) -> Self {
        if upheld {
            Self::Upheld
        } else {
            Self::Dismissed
        }
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_appoint(arbiters: ArbitersOf<T>) -> DispatchResult {
        ensure!(Self::distinct(&arbiters), Error::<T>::DuplicateArbiter);
        Arbiters::<T>::put(&arbiters);
        Self::deposit_event(Event::Appointed { arbiters });
        Ok(())
    }

    /// Whether nobody is named twice.
    pub(crate) fn distinct(arbiters: &[T::AccountId]) -> bool {
        arbiters
            .iter()
            .enumerate()
            .all(|(index, arbiter)| !arbiters[..index].contains(arbiter))
    }

    /// What the next case about a model takes: twice as much after each one that was not upheld.
    pub(crate) fn bond(model: ModelId) -> Result<Balance, ArithmeticError> {
        let doublings = Lost::<T>::get(model).min(MAX_DOUBLINGS);
        T::Bond::get()
            .checked_mul(1 << doublings)
            .ok_or(ArithmeticError::Overflow)
    }

    pub(crate) fn do_open(
        plaintiff: T::AccountId,
        model: ModelId,
        contention: Contention,
        evidence: H256,
    ) -> Result<CaseId, DispatchError> {
        let kind = CaseKind::from(&contention);
        ensure!(
            !OpenCases::<T>::contains_key(model, kind),
            Error::<T>::AlreadyContested
        );
        let arbiters = Arbiters::<T>::get();
        ensure!(!arbiters.is_empty(), Error::<T>::NoArbiters);
        T::Lineage::contest(model, &contention)?;
        let bond = Self::bond(model)?;
        Self::hold(HoldReason::Plaintiff, &plaintiff, bond)?;

        let case = NextCase::<T>::get();
        let next = case.checked_add(1).ok_or(ArithmeticError::Overflow)?;
        NextCase::<T>::put(next);
        let panel = Self::impartial(arbiters, model, &contention, &plaintiff);
        let stage = if panel.is_empty() {
            Stage::Referred {
                appeal: None,
                until: Self::deadline(T::GovernancePeriod::get()),
            }
        } else {
            Stage::Hearing {
                until: Self::deadline(T::HearingPeriod::get()),
            }
        };
        OpenCases::<T>::insert(model, kind, case);
        Self::deposit_event(Event::Opened {
            case,
            model,
            plaintiff: plaintiff.clone(),
            contention,
            evidence,
            bond,
            stage: stage.clone(),
            // At most sixteen.
            panel: panel.len() as u32,
        });
        Cases::<T>::insert(
            case,
            Case {
                model,
                contention,
                evidence,
                plaintiff,
                bond,
                panel,
                stage,
            },
        );
        Ok(case)
    }

    /// The arbiters who are no party. Nobody if these are not more than half: who can name others as parties must not choose the few
    /// who are left to judge.
    fn impartial(
        arbiters: ArbitersOf<T>,
        model: ModelId,
        contention: &Contention,
        plaintiff: &T::AccountId,
    ) -> Panel<T::AccountId> {
        let half = arbiters.len() / 2;
        let mut panel = Panel::default();
        for arbiter in arbiters {
            if arbiter != *plaintiff && !T::Lineage::is_party(model, contention, &arbiter) {
                let seat = Seat {
                    arbiter,
                    vote: None,
                };
                panel
                    .try_push(seat)
                    .expect("a panel has room for all arbiters; qed");
            }
        }
        if panel.len() > half {
            panel
        } else {
            Panel::default()
        }
    }

    pub(crate) fn do_vote(arbiter: T::AccountId, id: CaseId, upheld: bool) -> DispatchResult {
        let mut case = Self::found(id)?;
        let Stage::Hearing { until } = case.stage else {
            return Err(Error::<T>::NotHeard.into());
        };
        ensure!(Self::now() < until, Error::<T>::HearingOver);
        ensure!(
            Arbiters::<T>::get().contains(&arbiter),
            Error::<T>::NotArbiter
        );
        let seat = case
            .panel
            .iter_mut()
            .find(|seat| seat.arbiter == arbiter)
            .ok_or(Error::<T>::NotOnPanel)?;
        ensure!(seat.vote.is_none(), Error::<T>::AlreadyVoted);
        seat.vote = Some(upheld);
        Self::deposit_event(Event::Voted {
            case: id,
            arbiter,
            upheld,
        });
        if case.votes(upheld) >= case.majority() {
            let until = Self::deadline(T::AppealPeriod::get());
            case.stage = Stage::Ruled { upheld, until };
            Self::deposit_event(Event::Ruled {
                case: id,
                upheld,
                until,
            });
        }
        Cases::<T>::insert(id, case);
        Ok(())
    }

    pub(crate) fn do_appeal(appellant: T::AccountId, id: CaseId) -> DispatchResult {
        let mut case = Self::found(id)?;
        let Stage::Ruled { upheld, until } = case.stage else {
            return Err(Error::<T>::NotRuled.into());
        };
        ensure!(Self::now() < until, Error::<T>::AppealOver);
        let bond = case
            .bond
            .checked_mul(APPEAL_FACTOR)
            .ok_or(ArithmeticError::Overflow)?;
        Self::hold(HoldReason::Appeal, &appellant, bond)?;
        let until = Self::deadline(T::GovernancePeriod::get());
        Self::deposit_event(Event::Appealed {
            case: id,
            appellant: appellant.clone(),
            bond,
            until,
        });
        case.stage = Stage::Referred {
            appeal: Some(Appeal {
                ruling: upheld,
                appellant,
                bond,
            }),
            until,
        };
        Cases::<T>::insert(id, case);
        Ok(())
    }

    pub(crate) fn do_decide(id: CaseId, upheld: bool) -> DispatchResult {
        let mut case = Self::found(id)?;
        let Stage::Referred { appeal, until } = case.stage else {
            return Err(Error::<T>::NotReferred.into());
        };
        ensure!(Self::now() < until, Error::<T>::DecisionOver);
        case.stage = Stage::Decided { appeal, upheld };
        Cases::<T>::insert(id, case);
        Self::deposit_event(Event::Decided { case: id, upheld });
        Ok(())
    }

    pub(crate) fn do_close(id: CaseId) -> Result<Outcome, DispatchError> {
        let case = Self::found(id)?;
        let verdict = Self::verdict(&case.stage).ok_or(Error::<T>::NotOver)?;
        let kind = CaseKind::from(&case.contention);
        let outcome = match verdict {
            Verdict::Upheld if Self::waits_for_another(case.model, kind) => {
                return Err(Error::<T>::MissingParentFirst.into());
            }
            Verdict::Upheld => Self::uphold(case.model, &case.contention)?,
            Verdict::Dismissed => {
                T::Lineage::conclude(case.model, &case.contention, false)?;
                Outcome::Dismissed
            }
            Verdict::None => {
                T::Lineage::conclude(case.model, &case.contention, false)?;
                Outcome::Lapsed
            }
        };
        Cases::<T>::remove(id);
        OpenCases::<T>::remove(case.model, kind);
        if matches!(outcome, Outcome::Dismissed | Outcome::Lapsed) {
            // No money: after the first few it changes nothing any more.
            Lost::<T>::mutate(case.model, |lost| *lost = lost.saturating_add(1));
        }

        let lost = outcome == Outcome::Dismissed;
        Self::settle(id, HoldReason::Plaintiff, &case.plaintiff, case.bond, lost);
        if let Some(appeal) = case.appeal() {
            let lost = match case.stage {
                Stage::Decided { upheld, .. } => upheld == appeal.ruling,
                _ => true,
            };
            Self::settle(id, HoldReason::Appeal, &appeal.appellant, appeal.bond, lost);
        }
        Self::deposit_event(Event::Closed {
            case: id,
            model: case.model,
            outcome,
        });
        Ok(outcome)
    }

    /// Whether a case that is upheld is carried out later: nothing changes what a model owes, or what waits, while a missing parent is claimed.
    fn waits_for_another(model: ModelId, kind: CaseKind) -> bool {
        kind != CaseKind::MissingParent
            && OpenCases::<T>::contains_key(model, CaseKind::MissingParent)
    }

    /// What is to be carried out. None while something can still happen.
    fn verdict(stage: &StageOf<T>) -> Option<Verdict> {
        let over = |until: &BlockNumberFor<T>| Self::now() >= *until;
        match stage {
            Stage::Hearing { until } => over(until).then_some(Verdict::None),
            Stage::Ruled { upheld, until } => over(until).then_some(Verdict::from(*upheld)),
            Stage::Referred { appeal, until } => over(until).then_some(
                appeal
                    .as_ref()
                    .map_or(Verdict::None, |appeal| Verdict::from(appeal.ruling)),
            ),
            Stage::Decided { upheld, .. } => Some(Verdict::from(*upheld)),
        }
    }

    /// Changes the ancestry, or leaves it as it was if that cannot be: an upheld case ends in any event.
    fn uphold(model: ModelId, contention: &Contention) -> Result<Outcome, DispatchError> {
        let Err(error) = with_storage_layer(|| T::Lineage::conclude(model, contention, true))
        else {
            return Ok(Outcome::Upheld);
        };
        // It is the caller who decides how many storage layers are left, and who must not decide the case by that.
        if let DispatchError::Transactional(_) = error {
            return Err(error);
        }
        T::Lineage::conclude(model, contention, false)?;
        Ok(Outcome::NotCarriedOut(error))
    }

    /// Burns a bond that is lost, or gives it back. No account can stand against it: money on hold stays whatever its owner does, locks and
    /// freezes do not matter, and if there is less on hold than there should be, the case ends all the same.
    fn settle(case: CaseId, reason: HoldReason, who: &T::AccountId, bond: Balance, lost: bool) {
        let reason = reason.into();
        let account = who.clone();
        if lost {
            let (precision, force) = (Precision::BestEffort, Fortitude::Force);
            let amount = T::Currency::burn_held(&reason, who, bond, precision, force)
                .defensive_unwrap_or_default();
            Self::deposit_event(Event::BondBurnt {
                case,
                account,
                amount,
            });
        } else {
            let amount = T::Currency::release(&reason, who, bond, Precision::BestEffort)
                .defensive_unwrap_or_default();
            Self::deposit_event(Event::BondReturned {
                case,
                account,
                amount,
            });
        }
    }

    /// Holds a bond, or says that the account has too little.
    fn hold(reason: HoldReason, who: &T::AccountId, bond: Balance) -> DispatchResult {
        let reason = reason.into();
        ensure!(
            T::Currency::can_hold(&reason, who, bond),
            Error::<T>::BondNotPayable
        );
        T::Currency::hold(&reason, who, bond)
    }

    fn found(case: CaseId) -> Result<CaseOf<T>, Error<T>> {
        Cases::<T>::get(case).ok_or(Error::<T>::CaseNotFound)
    }

    fn now() -> BlockNumberFor<T> {
        frame_system::Pallet::<T>::block_number()
    }

    /// The end of a period that begins now; the last block there is if it would end later, so that a case can be closed in any event.
    fn deadline(period: BlockNumberFor<T>) -> BlockNumberFor<T> {
        Self::now().saturating_add(period)
    }
}
