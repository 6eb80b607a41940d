use frame_support::{assert_noop, traits::fungible::Mutate};
use sp_runtime::DispatchError;

use super::*;
use crate::{Appeal, Error, Event, HoldReason, Stage};

#[test]
fn an_appeal_takes_twice_the_bond_and_brings_the_case_to_governance() {
    execute(|| {
        let id = ruled(true);
        wait(APPEAL - 1);
        assert_ok!(appeal(BOB, id));
        let (bond, until) = (2 * BOND, APPEAL + GOVERNANCE);
        assert_eq!(
            case(id).stage,
            Stage::Referred {
                appeal: Some(Appeal {
                    ruling: true,
                    appellant: BOB,
                    bond,
                }),
                until,
            }
        );
        assert_eq!(on_hold(HoldReason::Appeal, BOB), bond);
        assert_eq!(free(BOB), WEALTH - bond);
        assert_eq!(
            last_event(),
            Event::Appealed {
                case: id,
                appellant: BOB,
                bond,
                until
            }
        );
    });
}

#[test]
fn the_bond_of_an_appeal_is_that_of_the_case_not_of_the_next_one() {
    execute(|| {
        let id = ruled(true);
        crate::Lost::<Test>::insert(MODEL, 3);
        assert_ok!(appeal(BOB, id));
        assert_eq!(on_hold(HoldReason::Appeal, BOB), 2 * BOND);
    });
}

#[test]
fn a_plaintiff_may_appeal_and_has_both_bonds_on_hold() {
    execute(|| {
        let id = ruled(false);
        assert_ok!(appeal(ALICE, id));
        assert_eq!(on_hold(HoldReason::Plaintiff, ALICE), BOND);
        assert_eq!(on_hold(HoldReason::Appeal, ALICE), 2 * BOND);
    });
}

#[test]
fn a_plaintiff_who_appeals_to_gain_time_pays_for_it_and_gains_it_once() {
    execute(|| {
        let id = ruled(false);
        wait(APPEAL - 1);
        assert_ok!(appeal(ALICE, id));
        assert_noop!(appeal(ALICE, id), Error::<Test>::NotRuled);
        wait(GOVERNANCE - 1);
        assert_noop!(appeal(ALICE, id), Error::<Test>::NotRuled);
        wait(1);
        assert_eq!(close(id), Outcome::Dismissed);
        assert_eq!(free(ALICE), WEALTH - 3 * BOND);
    });
}

#[test]
fn nobody_appeals_from_nothing_or_twice() {
    execute(|| {
        assert_noop!(appeal(BOB, 0), Error::<Test>::CaseNotFound);
        let id = open(ALICE);
        assert_noop!(appeal(BOB, id), Error::<Test>::NotRuled);
        for arbiter in &ARBITERS[..3] {
            assert_ok!(vote(*arbiter, id, true));
        }
        assert_ok!(appeal(BOB, id));
        for who in [ALICE, BOB] {
            assert_noop!(appeal(who, id), Error::<Test>::NotRuled);
        }
        assert_ok!(decide(id, true));
        assert_noop!(appeal(BOB, id), Error::<Test>::NotRuled);
        close(id);
        assert_noop!(appeal(BOB, id), Error::<Test>::CaseNotFound);
    });
}

#[test]
fn nobody_appeals_too_late() {
    execute(|| {
        let id = ruled(true);
        wait(APPEAL);
        assert_noop!(appeal(BOB, id), Error::<Test>::AppealOver);
        assert_eq!(close(id), Outcome::Upheld);
    });
}

#[test]
fn who_has_too_little_does_not_appeal() {
    execute(|| {
        let id = ruled(true);
        assert_noop!(appeal(PAUPER, id), Error::<Test>::BondNotPayable);
        Balances::set_balance(&PAUPER, 2 * BOND + EXISTENTIAL_DEPOSIT - 1);
        assert_noop!(appeal(PAUPER, id), Error::<Test>::BondNotPayable);
        Balances::set_balance(&PAUPER, 2 * BOND + EXISTENTIAL_DEPOSIT);
        assert_ok!(appeal(PAUPER, id));
    });
}

#[test]
fn only_an_account_appeals() {
    execute(|| {
        let id = ruled(true);
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(Disputes::appeal(origin, id), DispatchError::BadOrigin);
        }
    });
}
