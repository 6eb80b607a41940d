use frame_support::{
    assert_noop,
    dispatch::DispatchErrorWithPostInfo,
    storage::with_storage_layer,
    traits::{
        fungible::{Mutate, MutateHold},
        tokens::{Fortitude, Precision},
    },
};
use sp_runtime::{DispatchError, TransactionalError};

use super::*;
use crate::{Cases, Error, Event, HoldReason, Lost, OpenCases};

/// Nothing is left of a case but what it says about the model's later ones.
fn assert_gone(lost: u32) {
    assert_eq!(Cases::<Test>::iter().count(), 0);
    assert_eq!(OpenCases::<Test>::iter().count(), 0);
    assert_eq!(Contentions::iter().count(), 0);
    assert_eq!(Lost::<Test>::get(MODEL), lost);
    for who in [ALICE, BOB] {
        assert_eq!(on_hold(HoldReason::Plaintiff, who), 0);
        assert_eq!(on_hold(HoldReason::Appeal, who), 0);
    }
}

/// Checks what became of the bonds of Alice, who opened the case, and of Bob, who appealed.
fn assert_burnt(alice: Balance, bob: Balance) {
    assert_eq!(free(ALICE), WEALTH - alice);
    assert_eq!(free(BOB), WEALTH - bob);
    let before = 7 * WEALTH + EXISTENTIAL_DEPOSIT;
    assert_eq!(Balances::total_issuance(), before - alice - bob);
}

#[test]
fn a_ruling_that_nobody_appeals_from_is_carried_out() {
    execute(|| {
        let id = ruled(true);
        wait(APPEAL);
        assert_eq!(close(id), Outcome::Upheld);
        assert_gone(0);
        assert_burnt(0, 0);
        assert_eq!(Record::get()[1..], [Heard::Concluded(MODEL, MISSING, true)]);
        let all = events();
        assert_eq!(
            all[all.len() - 2..],
            [
                Event::BondReturned {
                    case: id,
                    account: ALICE,
                    amount: BOND
                },
                Event::Closed {
                    case: id,
                    model: MODEL,
                    outcome: Outcome::Upheld
                },
            ]
        );
    });
}

#[test]
fn a_case_that_is_dismissed_costs_its_bond() {
    execute(|| {
        let id = ruled(false);
        wait(APPEAL);
        assert_eq!(close(id), Outcome::Dismissed);
        assert_gone(1);
        assert_burnt(BOND, 0);
        assert_eq!(
            Record::get()[1..],
            [Heard::Concluded(MODEL, MISSING, false)]
        );
        assert!(events().contains(&Event::BondBurnt {
            case: id,
            account: ALICE,
            amount: BOND
        }));
    });
}

#[test]
fn a_case_that_nobody_judges_lapses() {
    execute(|| {
        let id = open(ALICE);
        assert_ok!(vote(ARBITERS[0], id, true));
        assert_ok!(vote(ARBITERS[1], id, true));
        wait(HEARING);
        assert_eq!(close(id), Outcome::Lapsed);
        assert_gone(1);
        assert_burnt(0, 0);
        assert_eq!(
            Record::get()[1..],
            [Heard::Concluded(MODEL, MISSING, false)]
        );
    });
}

#[test]
fn a_case_that_governance_hears_and_does_not_decide_lapses() {
    execute(|| {
        Parties::insert(MODEL, ARBITERS.to_vec());
        let id = open(ALICE);
        wait(GOVERNANCE - 1);
        assert_noop!(try_close(id), Error::<Test>::NotOver);
        wait(1);
        assert_eq!(close(id), Outcome::Lapsed);
        assert_gone(1);
        assert_burnt(0, 0);
    });
}

#[test]
fn what_governance_decides_is_carried_out_and_bonds_follow_it() {
    for (ruling, decision, alice, bob) in [
        (true, true, 0, 2 * BOND),
        (true, false, BOND, 0),
        (false, true, 0, 0),
        (false, false, BOND, 2 * BOND),
    ] {
        execute(|| {
            let id = appealed(ruling);
            assert_ok!(decide(id, decision));
            let expected = if decision {
                Outcome::Upheld
            } else {
                Outcome::Dismissed
            };
            assert_eq!(close(id), expected);
            assert_gone(u32::from(!decision));
            assert_burnt(alice, bob);
            assert_eq!(
                Record::get()[1..],
                [Heard::Concluded(MODEL, MISSING, decision)]
            );
        });
    }
}

#[test]
fn a_ruling_stands_if_governance_does_not_decide() {
    for (ruling, alice) in [(true, 0), (false, BOND)] {
        execute(|| {
            let id = appealed(ruling);
            wait(GOVERNANCE);
            close(id);
            assert_gone(u32::from(!ruling));
            assert_burnt(alice, 2 * BOND);
        });
    }
}

#[test]
fn nothing_is_closed_while_something_can_happen() {
    execute(|| {
        let id = open(ALICE);
        wait(HEARING - 1);
        assert_noop!(try_close(id), Error::<Test>::NotOver);
        for arbiter in &ARBITERS[..3] {
            assert_ok!(vote(*arbiter, id, true));
        }
        wait(APPEAL - 1);
        assert_noop!(try_close(id), Error::<Test>::NotOver);
        assert_ok!(appeal(BOB, id));
        wait(GOVERNANCE - 1);
        assert_noop!(try_close(id), Error::<Test>::NotOver);
        wait(1);
        close(id);
    });
}

#[test]
fn a_case_is_closed_once_by_an_account() {
    execute(|| {
        assert_noop!(try_close(0), Error::<Test>::CaseNotFound);
        let id = ruled(false);
        wait(APPEAL);
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Disputes::close(origin, id),
                DispatchErrorWithPostInfo::from(DispatchError::BadOrigin)
            );
        }
        close(id);
        assert_noop!(try_close(id), Error::<Test>::CaseNotFound);
        assert_burnt(BOND, 0);
    });
}

#[test]
fn locked_bonds_are_burnt_and_returned() {
    for (decision, alice, bob) in [(true, 0, 2 * BOND), (false, BOND, 0)] {
        execute(|| {
            let id = appealed(true);
            lock(ALICE);
            lock(BOB);
            assert_ok!(decide(id, decision));
            close(id);
            assert_gone(u32::from(!decision));
            assert_burnt(alice, bob);
        });
    }
}

#[test]
fn an_account_that_was_emptied_and_locked_holds_up_nothing() {
    for (ruling, left) in [(true, BOND), (false, 0)] {
        execute(|| {
            let id = ruled(ruling);
            let all = WEALTH - BOND - EXISTENTIAL_DEPOSIT;
            assert_ok!(Balances::transfer_allow_death(signed(ALICE), BOB, all));
            lock(ALICE);
            wait(APPEAL);
            close(id);
            assert_gone(u32::from(!ruling));
            assert_eq!(free(ALICE), EXISTENTIAL_DEPOSIT + left);
        });
    }
}

#[test]
fn a_bond_that_is_not_on_hold_any_more_holds_up_nothing() {
    for (ruling, left) in [(true, BOND - 1), (false, 0)] {
        execute(|| {
            let id = ruled(ruling);
            assert_ok!(Balances::burn_held(
                &HoldReason::Plaintiff.into(),
                &ALICE,
                1,
                Precision::Exact,
                Fortitude::Force
            ));
            wait(APPEAL);
            close(id);
            assert_gone(u32::from(!ruling));
            assert_eq!(free(ALICE), WEALTH - BOND + left);
        });
    }
}

#[test]
fn bonds_of_an_accounts_other_cases_stay_on_hold() {
    execute(|| {
        let id = ruled(false);
        assert_ok!(try_open(ALICE, MODEL + 1, MISSING));
        wait(APPEAL);
        close(id);
        assert_eq!(on_hold(HoldReason::Plaintiff, ALICE), BOND);
        assert_eq!(free(ALICE), WEALTH - 2 * BOND);
    });
}

#[test]
fn what_is_upheld_besides_is_carried_out_once_no_parent_seems_to_be_missing() {
    for contention in [FALSE, Contention::Reexecuted] {
        execute(|| {
            assert_ok!(try_open(BOB, MODEL, contention));
            let missing = ruled(true);
            for arbiter in &ARBITERS[..3] {
                assert_ok!(vote(*arbiter, 0, true));
            }
            wait(APPEAL);
            assert_noop!(try_close(0), Error::<Test>::MissingParentFirst);
            assert_eq!(close(missing), Outcome::Upheld);
            assert_eq!(close(0), Outcome::Upheld);
            assert_gone(0);
        });
    }
}

#[test]
fn what_is_not_upheld_ends_whatever_else_is_contested() {
    execute(|| {
        assert_ok!(try_open(BOB, MODEL, FALSE));
        for arbiter in &ARBITERS[..3] {
            assert_ok!(vote(*arbiter, 0, false));
        }
        wait(APPEAL);
        let missing = open(ALICE);
        assert_eq!(close(0), Outcome::Dismissed);
        assert_eq!(Disputes::cases_of(MODEL), [missing]);
        // The next case costs twice as much, of whatever kind.
        assert_ok!(try_open(BOB, MODEL, FALSE));
        assert_eq!(on_hold(HoldReason::Plaintiff, BOB), 2 * BOND);
    });
}

#[test]
fn a_case_that_is_upheld_and_has_no_room_ends_without_a_change() {
    execute(|| {
        UpholdRefusal::set(Some(REFUSAL));
        let id = ruled(true);
        wait(APPEAL);
        assert_eq!(close(id), Outcome::NotCarriedOut(REFUSAL));
        // Who is right loses nothing, and nothing of what failed is left.
        assert_gone(0);
        assert_burnt(0, 0);
        assert_eq!(
            Record::get()[1..],
            [Heard::Concluded(MODEL, MISSING, false)]
        );
        UpholdRefusal::set(None);
        let again = open(ALICE);
        assert_eq!(again, id + 1);
    });
}

#[test]
fn the_appeal_from_a_ruling_that_has_no_room_is_lost_all_the_same() {
    execute(|| {
        UpholdRefusal::set(Some(REFUSAL));
        let id = appealed(true);
        wait(GOVERNANCE);
        assert_eq!(close(id), Outcome::NotCarriedOut(REFUSAL));
        assert_gone(0);
        assert_burnt(0, 2 * BOND);
    });
}

#[test]
fn what_is_set_aside_is_not_forgotten_if_it_cannot_be_given_back() {
    execute(|| {
        let id = ruled(false);
        wait(APPEAL);
        LiftRefusal::set(Some(REFUSAL));
        assert_noop!(try_close(id), REFUSAL);
        LiftRefusal::set(None);
        assert_eq!(close(id), Outcome::Dismissed);
        assert_gone(1);

        UpholdRefusal::set(Some(REFUSAL));
        LiftRefusal::set(Some(REFUSAL));
        let id = ruled(true);
        wait(APPEAL);
        assert_noop!(try_close(id), REFUSAL);
        UpholdRefusal::set(None);
        assert_eq!(close(id), Outcome::Upheld);
    });
}

#[test]
fn who_nests_the_call_so_deep_that_nothing_can_be_undone_does_not_decide_the_case() {
    fn nested(layers: u32, call: &dyn Fn() -> DispatchResult) -> DispatchResult {
        if layers == 0 {
            return call();
        }
        with_storage_layer(|| nested(layers - 1, call))
    }
    // There can be 255, and the call is one.
    execute(|| {
        let id = ruled(true);
        wait(APPEAL);
        assert_noop!(
            nested(254, &|| try_close(id)),
            DispatchError::Transactional(TransactionalError::LimitReached)
        );
        assert_ok!(nested(253, &|| try_close(id)));
        assert_gone(0);
        assert_eq!(Record::get()[1..], [Heard::Concluded(MODEL, MISSING, true)]);
    });
}

#[test]
fn sham_cases_that_hold_a_models_place_cost_more_each_time() {
    execute(|| {
        let mut burnt = 0;
        for doublings in 0..8u32 {
            let bond = BOND << doublings.min(6);
            let id = ruled(false);
            assert_ok!(appeal(ALICE, id));
            wait(GOVERNANCE);
            close(id);
            burnt += 3 * bond;
            assert_burnt(burnt, 0);
        }
        // Who is right has the same bond back.
        Balances::set_balance(&ALICE, WEALTH);
        let id = ruled(true);
        assert_eq!(on_hold(HoldReason::Plaintiff, ALICE), 64 * BOND);
        wait(APPEAL);
        close(id);
        assert_eq!(free(ALICE), WEALTH);
    });
}
