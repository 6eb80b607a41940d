//! What is wrong with the state is found.

use super::*;
use crate::{Arbiters, ArbitersOf, CaseKind, CaseOf, Cases, NextCase, OpenCases, Seat, Stage};

/// Does something that no call does, and expects to be found out.
fn found(prepare: impl FnOnce(), wrong: impl FnOnce(), expected: &'static str) {
    ExtBuilder::default().build().execute_with(|| {
        prepare();
        assert_eq!(Disputes::do_try_state(), Ok(()));
        wrong();
        assert_eq!(Disputes::do_try_state(), Err(expected.into()));
    });
}

fn change(change: impl FnOnce(&mut CaseOf<Test>)) {
    Cases::<Test>::mutate(0, |case| change(case.as_mut().expect("the case is open")));
}

fn opened() {
    open(ALICE);
}

#[test]
fn arbiters_are_there_once() {
    found(
        || {},
        || Arbiters::<Test>::put(ArbitersOf::<Test>::truncate_from(vec![1, 1])),
        "an account is an arbiter twice",
    );
}

#[test]
fn a_model_and_its_case_name_each_other() {
    let expected = "a case is not the one of its kind that its model has";
    let kind = CaseKind::MissingParent;
    found(opened, || OpenCases::<Test>::remove(MODEL, kind), expected);
    found(
        opened,
        || OpenCases::<Test>::insert(MODEL, kind, 7),
        expected,
    );
    found(
        opened,
        || OpenCases::<Test>::insert(MODEL, CaseKind::Reexecuted, 7),
        "a model has a case that does not exist",
    );
    found(
        opened,
        || NextCase::<Test>::put(0),
        "the identifier of a case is to be used again",
    );
}

#[test]
fn panels_are_impartial() {
    found(
        opened,
        || change(|case| case.panel[1] = case.panel[0].clone()),
        "an arbiter is on a panel twice",
    );
    found(
        opened,
        || change(|case| case.panel[0].arbiter = ALICE),
        "a plaintiff is on the panel",
    );
    let expected = "a case is heard by nobody, or has a panel and is not heard";
    found(opened, || change(|case| case.panel.clear()), expected);
    found(
        || {
            Parties::insert(MODEL, ARBITERS.to_vec());
            open(ALICE);
        },
        || {
            change(|case| {
                let seat = Seat {
                    arbiter: BOB,
                    vote: None,
                };
                case.panel.try_push(seat).expect("one is few");
            })
        },
        expected,
    );
}

#[test]
fn a_majority_rules() {
    let expected = "the ruling is not what a majority said";
    let ruled = || {
        ruled(true);
    };
    found(
        opened,
        || {
            change(|case| {
                for seat in case.panel.iter_mut().take(3) {
                    seat.vote = Some(false);
                }
            })
        },
        expected,
    );
    found(ruled, || change(|case| case.panel[0].vote = None), expected);
    found(
        ruled,
        || {
            change(|case| {
                case.stage = Stage::Ruled {
                    upheld: false,
                    until: 100,
                }
            })
        },
        expected,
    );
    found(
        || {
            appealed(true);
        },
        || change(|case| case.panel[0].vote = Some(false)),
        expected,
    );
}

#[test]
fn bonds_are_on_hold_to_the_last_unit() {
    let expected = "an account has not on hold what its cases and appeals take";
    found(opened, || change(|case| case.bond -= 1), expected);
    found(opened, || change(|case| case.plaintiff = BOB), expected);
    let two = || {
        appealed(true);
        assert_ok!(try_open(BOB, MODEL + 1, FALSE));
    };
    found(
        two,
        || {
            change(|case| {
                if let Stage::Referred {
                    appeal: Some(appeal),
                    ..
                } = &mut case.stage
                {
                    appeal.appellant = ALICE;
                }
            })
        },
        expected,
    );
    found(
        two,
        || {
            change(|case| {
                if let Stage::Referred {
                    appeal: Some(appeal),
                    ..
                } = &mut case.stage
                {
                    appeal.bond -= 1;
                }
            })
        },
        "the bond of an appeal is not the multiple of the case's",
    );
}

#[test]
fn periods_last() {
    let expected = "a period is over before it begins";
    found(opened, || TimeToVote::set(0), expected);
    found(opened, || TimeToAppeal::set(0), expected);
    found(opened, || TimeToDecide::set(0), expected);
}
