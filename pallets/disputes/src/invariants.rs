//! What is true between any two blocks.

use alloc::collections::BTreeMap;

use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use sp_runtime::{traits::Zero, TryRuntimeError};
use tributary_primitives::Balance;

use crate::{
    Arbiters, CaseId, CaseKind, CaseOf, Cases, Config, HoldReason, NextCase, OpenCases, Pallet,
    Stage, APPEAL_FACTOR,
};

impl<T: Config> Pallet<T> {
    /// Checks every invariant over the whole state.
    ///
    /// 1. No account is an arbiter twice.
    /// 2. Every case is the one of its kind that its model has, every model's case exists, and identifiers are below the next one.
    /// 3. A panel has no account twice, and the plaintiff is not on it. It is empty where a case went to governance without a hearing, and
    ///    nowhere else.
    /// 4. As long as a case is heard, neither side has a majority; what was ruled, a majority said.
    /// 5. The bond of an appeal is a multiple of the case's.
    /// 6. What each account has on hold here are the bonds of its cases and of its appeals, to the last unit.
    /// 7. All periods last.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        ensure!(
            Self::distinct(&Arbiters::<T>::get()),
            "an account is an arbiter twice"
        );
        for (id, case) in Cases::<T>::iter() {
            Self::case_is_its_models(id, &case)?;
            Self::panel_is_impartial(&case)?;
            Self::majority_rules(&case)?;
            Self::appeals_cost_more(&case)?;
        }
        ensure!(
            OpenCases::<T>::iter_values().all(Cases::<T>::contains_key),
            "a model has a case that does not exist"
        );
        Self::bonds_are_on_hold()?;
        Self::periods_last()
    }

    fn case_is_its_models(id: CaseId, case: &CaseOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(
            OpenCases::<T>::get(case.model, CaseKind::from(&case.contention)) == Some(id),
            "a case is not the one of its kind that its model has"
        );
        ensure!(
            id < NextCase::<T>::get(),
            "the identifier of a case is to be used again"
        );
        Ok(())
    }

    fn panel_is_impartial(case: &CaseOf<T>) -> Result<(), TryRuntimeError> {
        for (index, seat) in case.panel.iter().enumerate() {
            ensure!(
                case.panel[..index]
                    .iter()
                    .all(|other| other.arbiter != seat.arbiter),
                "an arbiter is on a panel twice"
            );
            ensure!(
                seat.arbiter != case.plaintiff,
                "a plaintiff is on the panel"
            );
        }
        let unheard = matches!(
            case.stage,
            Stage::Referred { appeal: None, .. } | Stage::Decided { appeal: None, .. }
        );
        ensure!(
            unheard == case.panel.is_empty(),
            "a case is heard by nobody, or has a panel and is not heard"
        );
        Ok(())
    }

    fn majority_rules(case: &CaseOf<T>) -> Result<(), TryRuntimeError> {
        let agreed = |upheld| case.votes(upheld) >= case.majority();
        let ruling = match &case.stage {
            Stage::Hearing { .. } => None,
            Stage::Ruled { upheld, .. } => Some(*upheld),
            Stage::Referred { appeal, .. } | Stage::Decided { appeal, .. } => {
                appeal.as_ref().map(|appeal| appeal.ruling)
            }
        };
        ensure!(
            [true, false]
                .into_iter()
                .all(|upheld| agreed(upheld) == (ruling == Some(upheld))),
            "the ruling is not what a majority said"
        );
        Ok(())
    }

    fn appeals_cost_more(case: &CaseOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(
            case.appeal()
                .is_none_or(|appeal| Some(appeal.bond) == case.bond.checked_mul(APPEAL_FACTOR)),
            "the bond of an appeal is not the multiple of the case's"
        );
        Ok(())
    }

    fn bonds_are_on_hold() -> Result<(), TryRuntimeError> {
        let mut bonds = BTreeMap::<T::AccountId, (Balance, Balance)>::new();
        let add = |sum: &mut Balance, bond| {
            *sum = sum
                .checked_add(bond)
                .ok_or("bonds are more than all money")?;
            Ok::<_, TryRuntimeError>(())
        };
        for case in Cases::<T>::iter_values() {
            if let Some(appeal) = case.appeal() {
                let appellant = bonds.entry(appeal.appellant.clone()).or_default();
                add(&mut appellant.1, appeal.bond)?;
            }
            add(&mut bonds.entry(case.plaintiff).or_default().0, case.bond)?;
        }
        for (who, (cases, appeals)) in bonds {
            let held = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), &who);
            ensure!(
                held(HoldReason::Plaintiff) == cases && held(HoldReason::Appeal) == appeals,
                "an account has not on hold what its cases and appeals take"
            );
        }
        Ok(())
    }

    fn periods_last() -> Result<(), TryRuntimeError> {
        ensure!(
            [
                T::HearingPeriod::get(),
                T::AppealPeriod::get(),
                T::GovernancePeriod::get()
            ]
            .iter()
            .all(|period| !period.is_zero()),
            "a period is over before it begins"
        );
        Ok(())
    }
}
