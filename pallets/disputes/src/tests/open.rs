use frame_support::{assert_noop, traits::fungible::Mutate};
use sp_runtime::DispatchError;
use tributary_primitives::licences::Origin;

use super::*;
use crate::{
    Case, Cases, Error, Event, HoldReason, Lost, NextCase, OpenCases, Panel, Seat, Stage,
    MAX_DOUBLINGS,
};

fn panel(arbiters: &[AccountId]) -> Panel<AccountId> {
    let seats = arbiters.iter().map(|arbiter| Seat {
        arbiter: *arbiter,
        vote: None,
    });
    Panel::truncate_from(seats.collect())
}

#[test]
fn a_case_is_kept_and_its_bond_held() {
    execute(|| {
        assert_ok!(try_open(ALICE, MODEL, MISSING));
        let stage = Stage::Hearing { until: 1 + HEARING };
        assert_eq!(
            case(0),
            Case {
                model: MODEL,
                contention: MISSING,
                evidence: EVIDENCE,
                plaintiff: ALICE,
                bond: BOND,
                panel: panel(&ARBITERS),
                stage: stage.clone(),
            }
        );
        assert_eq!(Disputes::cases_of(MODEL), [0]);
        assert_eq!(on_hold(HoldReason::Plaintiff, ALICE), BOND);
        assert_eq!(free(ALICE), WEALTH - BOND);
        assert_eq!(Record::get(), vec![Heard::Contested(MODEL, MISSING)]);
        assert_eq!(
            events(),
            vec![Event::Opened {
                case: 0,
                model: MODEL,
                plaintiff: ALICE,
                contention: MISSING,
                evidence: EVIDENCE,
                bond: BOND,
                stage,
                panel: 5,
            }]
        );
    });
}

#[test]
fn a_model_has_one_case_of_a_kind_at_a_time() {
    let of_each_kind = [FALSE, MISSING, Contention::Reexecuted];
    execute(|| {
        for contention in of_each_kind {
            assert_ok!(try_open(ALICE, MODEL, contention));
        }
        let other = Contention::MissingParent(Origin::FineTunedFrom(1));
        for contention in of_each_kind.into_iter().chain([other]) {
            assert_noop!(
                try_open(BOB, MODEL, contention),
                Error::<Test>::AlreadyContested
            );
        }
        assert_ok!(try_open(ALICE, MODEL + 1, FALSE));
        assert_eq!(Disputes::cases_of(MODEL), [0, 1, 2]);
        assert_eq!(on_hold(HoldReason::Plaintiff, ALICE), 4 * BOND);
        assert_eq!(NextCase::<Test>::get(), 4);
    });
}

#[test]
fn who_has_too_little_opens_nothing() {
    execute(|| {
        assert_noop!(
            try_open(PAUPER, MODEL, MISSING),
            Error::<Test>::BondNotPayable
        );
        // The existential deposit stays free.
        Balances::set_balance(&PAUPER, BOND + EXISTENTIAL_DEPOSIT - 1);
        assert_noop!(
            try_open(PAUPER, MODEL, MISSING),
            Error::<Test>::BondNotPayable
        );
        Balances::set_balance(&PAUPER, BOND + EXISTENTIAL_DEPOSIT);
        assert_ok!(try_open(PAUPER, MODEL, MISSING));
    });
}

#[test]
fn locked_money_is_a_bond_like_any_other() {
    execute(|| {
        lock(ALICE);
        open(ALICE);
        assert_eq!(on_hold(HoldReason::Plaintiff, ALICE), BOND);
    });
}

#[test]
fn what_the_ancestry_does_not_let_be_contested_is_refused() {
    execute(|| {
        assert_noop!(
            try_open(ALICE, MODELS, MISSING),
            DispatchError::Other("there is no such model")
        );
        ContestRefusal::set(Some(REFUSAL));
        assert_noop!(try_open(ALICE, MODEL, MISSING), REFUSAL);
    });
}

#[test]
fn only_an_account_opens_a_case() {
    execute(|| {
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Disputes::open(origin, MODEL, MISSING, EVIDENCE),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn nothing_is_contested_without_arbiters() {
    ExtBuilder::default().arbiters([]).build_and_execute(|| {
        assert_noop!(try_open(ALICE, MODEL, MISSING), Error::<Test>::NoArbiters);
    });
}

#[test]
fn parties_and_plaintiffs_are_not_on_the_panel() {
    execute(|| {
        Parties::insert(MODEL, vec![BOB, ARBITERS[1]]);
        let id = open(ARBITERS[0]);
        assert_eq!(case(id).panel, panel(&ARBITERS[2..]));
        assert_eq!(case(id).majority(), 2);
    });
}

#[test]
fn a_party_may_be_the_plaintiff_at_the_same_price() {
    execute(|| {
        Parties::insert(MODEL, vec![BOB]);
        assert_eq!(case(open(BOB)).bond, BOND);
    });
}

#[test]
fn governance_hears_what_half_of_the_arbiters_are_parties_to() {
    let referred = |arbiters: &[AccountId], parties: &[AccountId]| {
        let mut referred = false;
        ExtBuilder::default()
            .arbiters(arbiters.to_vec())
            .build_and_execute(|| {
                Parties::insert(MODEL, parties.to_vec());
                let case = case(open(ALICE));
                let until = 1 + GOVERNANCE;
                referred = case.stage
                    == Stage::Referred {
                        appeal: None,
                        until,
                    };
                assert_eq!(referred, case.panel.is_empty());
            });
        referred
    };
    assert!(!referred(&ARBITERS, &ARBITERS[..2]));
    assert!(referred(&ARBITERS, &ARBITERS[..3]));
    assert!(referred(&ARBITERS, &ARBITERS));
    assert!(!referred(&ARBITERS[..4], &ARBITERS[..1]));
    assert!(referred(&ARBITERS[..4], &ARBITERS[..2]));
    assert!(!referred(&ARBITERS[..1], &[]));
    assert!(referred(&ARBITERS[..1], &ARBITERS[..1]));
}

#[test]
fn each_case_that_is_lost_doubles_the_next_ones_bond_six_times_at_most() {
    execute(|| {
        let mut expected = BOND;
        for lost in 0..MAX_DOUBLINGS + 2 {
            assert_eq!(Disputes::bond_for(MODEL), Some(expected));
            // Another model's is as it was.
            assert_eq!(Disputes::bond_for(MODEL + 1), Some(BOND));
            // Another account changes nothing.
            let id = open(if lost % 2 == 0 { ALICE } else { BOB });
            assert_eq!(case(id).bond, expected);
            wait(HEARING);
            assert_eq!(close(id), Outcome::Lapsed);
            if lost < MAX_DOUBLINGS {
                expected *= 2;
            }
        }
        assert_eq!(expected, 64 * BOND);
        Lost::<Test>::insert(MODEL, u32::MAX);
        let id = open(ALICE);
        wait(HEARING);
        assert_eq!(close(id), Outcome::Lapsed);
        assert_eq!(Lost::<Test>::get(MODEL), u32::MAX);
    });
}

#[test]
fn identifiers_are_not_used_twice() {
    execute(|| {
        let first = open(ALICE);
        wait(HEARING);
        close(first);
        assert_eq!(open(ALICE), first + 1);
        NextCase::<Test>::put(u32::MAX);
        assert_noop!(
            try_open(ALICE, MODEL + 1, MISSING),
            sp_runtime::ArithmeticError::Overflow
        );
    });
}

#[test]
fn a_case_that_is_opened_before_the_last_block_can_be_closed_in_it() {
    execute(|| {
        System::set_block_number(u32::MAX - 1);
        let id = open(ALICE);
        assert_eq!(case(id).stage, Stage::Hearing { until: u32::MAX });
        assert_noop!(try_close(id), Error::<Test>::NotOver);
        System::set_block_number(u32::MAX);
        assert_eq!(close(id), Outcome::Lapsed);
        assert_eq!(Cases::<Test>::iter().count(), 0);
        assert_eq!(OpenCases::<Test>::iter().count(), 0);
    });
}
