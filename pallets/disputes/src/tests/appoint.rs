use frame_support::assert_noop;
use sp_runtime::DispatchError;

use super::*;
use crate::{Arbiters, ArbitersOf, Error, Event, Stage};

fn appoint(arbiters: &[AccountId]) -> DispatchResult {
    let arbiters = ArbitersOf::<Test>::truncate_from(arbiters.to_vec());
    Disputes::appoint(RuntimeOrigin::root(), arbiters)
}

#[test]
fn governance_puts_others_in_the_place_of_the_arbiters() {
    execute(|| {
        assert_ok!(appoint(&[1, 2]));
        assert_eq!(Disputes::arbiters(), vec![1, 2]);
        let arbiters = Disputes::arbiters();
        assert_eq!(last_event(), Event::Appointed { arbiters });
    });
}

#[test]
fn only_governance_appoints() {
    execute(|| {
        for origin in [signed(ALICE), signed(ARBITERS[0]), RuntimeOrigin::none()] {
            assert_noop!(
                Disputes::appoint(origin, Default::default()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn nobody_is_an_arbiter_twice() {
    execute(|| {
        assert_noop!(appoint(&[1, 2, 1]), Error::<Test>::DuplicateArbiter);
        assert_noop!(appoint(&[7, 7]), Error::<Test>::DuplicateArbiter);
    });
}

#[test]
fn sixteen_are_appointed_and_none() {
    execute(|| {
        let most: Vec<_> = (100..116).collect();
        assert_ok!(appoint(&most));
        assert_eq!(Arbiters::<Test>::get(), most);
        assert_ok!(appoint(&[]));
        assert_noop!(try_open(ALICE, MODEL, MISSING), Error::<Test>::NoArbiters);
    });
}

#[test]
fn the_vote_of_an_arbiter_who_leaves_counts() {
    execute(|| {
        let case = open(ALICE);
        assert_ok!(vote(ARBITERS[0], case, true));
        assert_ok!(appoint(&ARBITERS[1..]));
        assert_noop!(vote(ARBITERS[0], case, true), Error::<Test>::NotArbiter);
        assert_ok!(vote(ARBITERS[1], case, true));
        assert!(matches!(stage(case), Stage::Hearing { .. }));
        assert_ok!(vote(ARBITERS[2], case, true));
        assert!(matches!(stage(case), Stage::Ruled { upheld: true, .. }));
    });
}

#[test]
fn an_arbiter_who_leaves_votes_no_more_until_back_in_office() {
    execute(|| {
        let case = open(ALICE);
        assert_ok!(appoint(&ARBITERS[1..]));
        assert_noop!(vote(ARBITERS[0], case, true), Error::<Test>::NotArbiter);
        assert_ok!(appoint(&ARBITERS));
        assert_ok!(vote(ARBITERS[0], case, true));
        assert_ok!(appoint(&[]));
        assert_ok!(appoint(&ARBITERS));
        assert_noop!(vote(ARBITERS[0], case, true), Error::<Test>::AlreadyVoted);
    });
}

#[test]
fn who_comes_later_does_not_judge_an_earlier_case_and_changes_no_majority() {
    execute(|| {
        let case = open(ALICE);
        let newcomers: Vec<_> = ARBITERS[..3].iter().copied().chain(100..113).collect();
        assert_ok!(appoint(&newcomers));
        assert_noop!(vote(100, case, true), Error::<Test>::NotOnPanel);
        for arbiter in &ARBITERS[..3] {
            assert_ok!(vote(*arbiter, case, false));
        }
        assert!(matches!(stage(case), Stage::Ruled { upheld: false, .. }));
    });
}

#[test]
fn a_party_who_becomes_arbiter_does_not_judge() {
    execute(|| {
        Parties::insert(MODEL, vec![BOB]);
        let case = open(ALICE);
        let parties: Vec<_> = ARBITERS.into_iter().chain([ALICE, BOB]).collect();
        assert_ok!(appoint(&parties));
        for party in [ALICE, BOB] {
            assert_noop!(vote(party, case, true), Error::<Test>::NotOnPanel);
        }
    });
}

#[test]
#[should_panic(expected = "an account is an arbiter twice")]
fn a_genesis_with_an_arbiter_twice_is_no_genesis() {
    ExtBuilder::default().arbiters([1, 1]).build();
}

#[test]
#[should_panic(expected = "there are at most 16 arbiters")]
fn a_genesis_with_seventeen_arbiters_is_no_genesis() {
    ExtBuilder::default().arbiters(100..117).build();
}

fn stage(id: CaseId) -> crate::StageOf<Test> {
    case(id).stage
}
