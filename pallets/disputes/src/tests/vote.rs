use frame_support::assert_noop;
use sp_runtime::DispatchError;

use super::*;
use crate::{Error, Event, Stage};

#[test]
fn more_than_half_of_the_panel_rule() {
    for upheld in [true, false] {
        execute(|| {
            let id = open(ALICE);
            assert_ok!(vote(ARBITERS[0], id, upheld));
            assert_ok!(vote(ARBITERS[1], id, !upheld));
            assert_ok!(vote(ARBITERS[2], id, upheld));
            assert_eq!(case(id).stage, Stage::Hearing { until: 1 + HEARING });
            wait(3);
            assert_ok!(vote(ARBITERS[4], id, upheld));
            let until = 4 + APPEAL;
            assert_eq!(case(id).stage, Stage::Ruled { upheld, until });
            assert_eq!(
                events()[1..],
                [
                    voted(ARBITERS[0], upheld),
                    voted(ARBITERS[1], !upheld),
                    voted(ARBITERS[2], upheld),
                    voted(ARBITERS[4], upheld),
                    Event::Ruled {
                        case: id,
                        upheld,
                        until
                    },
                ]
            );
        });
    }
}

fn voted(arbiter: AccountId, upheld: bool) -> Event<Test> {
    Event::Voted {
        case: 0,
        arbiter,
        upheld,
    }
}

#[test]
fn a_single_arbiter_rules_alone() {
    ExtBuilder::default().arbiters([11]).build_and_execute(|| {
        let id = open(ALICE);
        assert_ok!(vote(11, id, true));
        assert!(matches!(case(id).stage, Stage::Ruled { upheld: true, .. }));
    });
}

#[test]
fn half_of_the_panel_do_not_rule() {
    ExtBuilder::default()
        .arbiters(100..116)
        .build_and_execute(|| {
            let id = open(ALICE);
            for arbiter in 100..116 {
                assert_ok!(vote(arbiter, id, arbiter % 2 == 0));
            }
            assert!(matches!(case(id).stage, Stage::Hearing { .. }));
            wait(HEARING);
            assert_eq!(close(id), Outcome::Lapsed);
        });
}

#[test]
fn a_vote_is_final() {
    execute(|| {
        let id = open(ALICE);
        assert_ok!(vote(ARBITERS[0], id, true));
        for upheld in [true, false] {
            assert_noop!(vote(ARBITERS[0], id, upheld), Error::<Test>::AlreadyVoted);
        }
    });
}

#[test]
fn only_arbiters_vote() {
    execute(|| {
        let id = open(ALICE);
        for who in [ALICE, BOB, PAUPER] {
            assert_noop!(vote(who, id, true), Error::<Test>::NotArbiter);
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(Disputes::vote(origin, id, true), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn who_was_a_party_at_the_opening_does_not_vote_after_handing_it_on() {
    execute(|| {
        Parties::insert(MODEL, vec![ARBITERS[0]]);
        let id = open(ARBITERS[1]);
        Parties::remove(MODEL);
        for party in &ARBITERS[..2] {
            assert_noop!(vote(*party, id, true), Error::<Test>::NotOnPanel);
        }
    });
}

#[test]
fn nobody_can_take_a_seat_from_an_arbiter_by_making_a_party_of_them() {
    execute(|| {
        let id = open(ALICE);
        Parties::insert(MODEL, ARBITERS.to_vec());
        for arbiter in &ARBITERS[..3] {
            assert_ok!(vote(*arbiter, id, true));
        }
        assert!(matches!(case(id).stage, Stage::Ruled { upheld: true, .. }));
    });
}

#[test]
fn votes_count_until_the_hearing_is_over() {
    execute(|| {
        let id = open(ALICE);
        wait(HEARING - 1);
        assert_ok!(vote(ARBITERS[0], id, true));
        assert_noop!(try_close(id), Error::<Test>::NotOver);
        wait(1);
        assert_noop!(vote(ARBITERS[1], id, true), Error::<Test>::HearingOver);
    });
}

#[test]
fn nobody_votes_on_what_is_not_heard() {
    execute(|| {
        assert_noop!(vote(ARBITERS[0], 0, true), Error::<Test>::CaseNotFound);
        let id = ruled(true);
        assert_noop!(vote(ARBITERS[3], id, false), Error::<Test>::NotHeard);
        assert_ok!(appeal(BOB, id));
        assert_noop!(vote(ARBITERS[3], id, false), Error::<Test>::NotHeard);
        assert_ok!(decide(id, true));
        assert_noop!(vote(ARBITERS[3], id, false), Error::<Test>::NotHeard);
        close(id);
        assert_noop!(vote(ARBITERS[3], id, false), Error::<Test>::CaseNotFound);
    });
}

#[test]
fn a_vote_for_one_case_does_not_count_in_the_next() {
    execute(|| {
        let first = open(ALICE);
        assert_ok!(vote(ARBITERS[0], first, true));
        wait(HEARING);
        close(first);
        let second = open(ALICE);
        assert_eq!(case(second).votes(true), 0);
        assert_noop!(vote(ARBITERS[1], first, true), Error::<Test>::CaseNotFound);
        assert_ok!(vote(ARBITERS[0], second, false));
    });
}

#[test]
fn a_ruling_just_before_the_last_block_can_be_carried_out_in_it() {
    execute(|| {
        System::set_block_number(u32::MAX - 1);
        let id = ruled(true);
        assert_ok!(appeal(BOB, id));
        System::set_block_number(u32::MAX);
        assert_eq!(close(id), Outcome::Upheld);
    });
}
