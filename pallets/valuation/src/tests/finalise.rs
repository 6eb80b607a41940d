use frame_support::{assert_noop, dispatch::DispatchResultWithPostInfo};
use sp_runtime::DispatchError;
use tributary_primitives::datanets::Phase;

use super::*;
use crate::{Error, Event, Outcome, Outcomes, ProposedValues, Publication, Reopened};

fn try_finalise() -> DispatchResultWithPostInfo {
    Valuation::finalise(RuntimeOrigin::signed(EVE), DATANET, ROUND)
}

fn assert_nothing_stands() {
    assert_eq!(Proposals::<Test>::iter().count(), 0);
    assert_eq!(ProposedValues::<Test>::iter().count(), 0);
    assert_eq!(Reopened::<Test>::iter().count(), 0);
    for account in [ALICE, BOB, CHARLIE, DAVE, EVE] {
        assert_eq!(held(account), 0);
    }
}

#[test]
fn a_complete_proposal_is_final_when_the_window_ends() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        go_to(CLOSES_AT);
        finalise();

        let concluded = round().concluded.unwrap();
        assert_eq!(round().phase, Phase::Final);
        assert_eq!(concluded.evaluator, ALICE);
        assert_eq!((concluded.before, concluded.after), (BEFORE, AFTER));
        let values: Vec<_> = concluded
            .values
            .iter()
            .map(|value| (value.number, value.value))
            .collect();
        assert_eq!(values, VALUES);
        assert_eq!(
            Outcomes::<Test>::get(DATANET, ROUND),
            Some(Outcome {
                evaluator: ALICE,
                publication: Publication {
                    rows: work().rows_root(),
                    shadows: work().shadows_root(),
                    before: BEFORE,
                    after: AFTER,
                    seats: seats(),
                },
            })
        );
        assert_nothing_stands();
        assert_eq!(total(ALICE), FUNDS);
        System::assert_last_event(
            Event::RoundFinalised {
                datanet: DATANET,
                round: ROUND,
                evaluator: ALICE,
                before: BEFORE,
                after: AFTER,
                seats: seats(),
            }
            .into(),
        );
    });
}

#[test]
fn of_complete_proposals_the_one_that_was_committed_first_is_final() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        other_work().commit_and_publish(BOB);
        other_work().commit_and_publish(CHARLIE);
        go_to(REVEALED_AT + 1);
        work().publish(ALICE);
        go_to(CLOSES_AT);
        finalise();

        assert_eq!(round().concluded.unwrap().evaluator, ALICE);
        assert_nothing_stands();
        for account in [ALICE, BOB, CHARLIE] {
            assert_eq!(
                total(account),
                FUNDS,
                "every complete proposal's bond is back"
            );
        }
    });
}

#[test]
fn an_earlier_proposal_that_lapsed_gives_way_and_loses_its_bond() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        other_work().commit_and_publish(BOB);
        go_to(CLOSES_AT);
        finalise();

        assert_eq!(round().concluded.unwrap().evaluator, BOB);
        assert_nothing_stands();
        assert_eq!(total(ALICE), FUNDS - BOND);
        assert_eq!(total(BOB), FUNDS);
        System::assert_has_event(
            Event::ProposalLapsed {
                datanet: DATANET,
                round: ROUND,
                proposer: ALICE,
                bond: BOND,
            }
            .into(),
        );
    });
}

#[test]
fn a_proposal_of_the_last_possible_block_becomes_final() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT - CHALLENGING - PUBLISHING - 1);
        work().commit(ALICE);
        go_to(CLOSES_AT - CHALLENGING - 1);
        work().publish(ALICE);
        go_to(CLOSES_AT - 1);
        assert_noop!(try_finalise(), Error::<Test>::WindowOpen);
        go_to(CLOSES_AT);
        finalise();
        assert_eq!(round().phase, Phase::Final);
    });
}

#[test]
fn without_a_complete_proposal_the_window_reopens() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        let late = CLOSES_AT + 3;
        go_to(late);
        finalise();

        assert_eq!(round().phase, Phase::Revealed);
        assert_eq!(Reopened::<Test>::get(DATANET, ROUND), Some(late + WINDOW));
        assert_eq!(proposers(), [] as [AccountId; 0]);
        assert_eq!(total(ALICE), FUNDS - BOND);
        System::assert_last_event(
            Event::WindowReopened {
                datanet: DATANET,
                round: ROUND,
                closes_at: late + WINDOW,
            }
            .into(),
        );
        assert_noop!(try_finalise(), Error::<Test>::WindowOpen);
    });
}

#[test]
fn a_proposal_of_the_second_window_becomes_final() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        finalise();
        work().commit_and_publish(ALICE);
        go_to(CLOSES_AT + WINDOW - 1);
        assert_noop!(try_finalise(), Error::<Test>::WindowOpen);
        go_to(CLOSES_AT + WINDOW);
        finalise();
        assert_eq!(round().concluded.unwrap().evaluator, ALICE);
        assert_nothing_stands();
    });
}

#[test]
fn without_a_complete_proposal_in_either_window_the_round_is_void() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        finalise();
        work().commit(ALICE);
        go_to(CLOSES_AT + WINDOW);
        finalise();

        assert_eq!(round().phase, Phase::Void);
        assert_nothing_stands();
        assert_eq!(total(ALICE), FUNDS - BOND);
        assert_eq!(Outcomes::<Test>::get(DATANET, ROUND), None);
        System::assert_last_event(
            Event::RoundAbandoned {
                datanet: DATANET,
                round: ROUND,
            }
            .into(),
        );
    });
}

#[test]
fn a_round_ends_once() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        go_to(CLOSES_AT);
        finalise();
        assert_noop!(try_finalise(), Error::<Test>::WrongPhase);
    });
}

#[test]
fn a_void_round_stays_void() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        finalise();
        go_to(CLOSES_AT + WINDOW);
        finalise();
        assert_noop!(try_finalise(), Error::<Test>::WrongPhase);
    });
}

#[test]
fn only_an_account_finalises() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Valuation::finalise(origin, DATANET, ROUND),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn an_unknown_round_is_not_finalised() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        assert_noop!(
            Valuation::finalise(RuntimeOrigin::signed(EVE), DATANET, ROUND + 1),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn a_round_whose_benchmark_is_not_complete_is_not_finalised() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        for phase in [Phase::Committing, Phase::Delivering, Phase::Frozen] {
            change_round(|round| round.phase = phase);
            assert_noop!(try_finalise(), Error::<Test>::WrongPhase);
        }
    });
}

#[test]
fn a_round_is_not_finalised_while_its_window_is_open() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        for block in [REVEALED_AT, CLOSES_AT - 1] {
            go_to(block);
            assert_noop!(try_finalise(), Error::<Test>::WindowOpen);
        }
    });
}

#[test]
fn all_stays_as_it_was_if_the_round_cannot_be_concluded() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        work().commit(BOB);
        go_to(CLOSES_AT);
        change_round(|round| round.stuck = true);
        assert_noop!(try_finalise(), DispatchError::Other("the round is stuck"));
        assert_eq!(held(ALICE), BOND);
        assert_eq!(held(BOB), BOND);
    });
}
