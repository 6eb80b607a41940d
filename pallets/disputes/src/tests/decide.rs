use frame_support::assert_noop;
use sp_runtime::DispatchError;

use super::*;
use crate::{Error, Event, Stage};

#[test]
fn governance_decides_what_was_appealed_from() {
    for upheld in [true, false] {
        execute(|| {
            let id = appealed(true);
            wait(GOVERNANCE - 1);
            assert_ok!(decide(id, upheld));
            let Stage::Decided {
                appeal: Some(appeal),
                upheld: decided,
            } = case(id).stage
            else {
                panic!("it is decided");
            };
            assert_eq!((appeal.appellant, decided), (BOB, upheld));
            assert_eq!(last_event(), Event::Decided { case: id, upheld });
        });
    }
}

#[test]
fn governance_decides_what_it_hears_itself() {
    execute(|| {
        Parties::insert(MODEL, ARBITERS.to_vec());
        let id = open(ALICE);
        assert_noop!(vote(ARBITERS[0], id, true), Error::<Test>::NotHeard);
        assert_noop!(appeal(BOB, id), Error::<Test>::NotRuled);
        assert_ok!(decide(id, true));
        assert_eq!(close(id), Outcome::Upheld);
        assert_eq!(free(ALICE), WEALTH);
    });
}

#[test]
fn only_governance_decides() {
    execute(|| {
        let id = appealed(true);
        for origin in [signed(ALICE), signed(ARBITERS[0]), RuntimeOrigin::none()] {
            assert_noop!(Disputes::decide(origin, id, true), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn governance_does_not_decide_what_nobody_brought_to_it() {
    execute(|| {
        assert_noop!(decide(0, true), Error::<Test>::CaseNotFound);
        let id = open(ALICE);
        assert_noop!(decide(id, true), Error::<Test>::NotReferred);
        for arbiter in &ARBITERS[..3] {
            assert_ok!(vote(*arbiter, id, true));
        }
        assert_noop!(decide(id, false), Error::<Test>::NotReferred);
    });
}

#[test]
fn governance_decides_once() {
    execute(|| {
        let id = appealed(true);
        assert_ok!(decide(id, false));
        assert_noop!(decide(id, true), Error::<Test>::NotReferred);
        close(id);
        assert_noop!(decide(id, true), Error::<Test>::CaseNotFound);
    });
}

#[test]
fn governance_does_not_decide_too_late() {
    execute(|| {
        let id = appealed(true);
        wait(GOVERNANCE);
        assert_noop!(decide(id, false), Error::<Test>::DecisionOver);
        assert_eq!(close(id), Outcome::Upheld);
    });
}
