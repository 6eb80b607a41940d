use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{ArithmeticError, DispatchError};
use tributary_primitives::{
    datanets::{Phase, Value},
    merkle::Range,
};

use super::*;
use crate::{Error, Event, Failures, Progress, Proposal, ProposalOf};

const COMMITMENT: H256 = H256::repeat_byte(0xcc);

fn propose(account: AccountId) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Valuation::commit_proposal(RuntimeOrigin::signed(account), DATANET, ROUND, COMMITMENT)
}

#[test]
fn an_evaluator_commits_a_proposal_and_its_bond_is_held() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(propose(ALICE));

        let deadline = REVEALED_AT + PUBLISHING;
        assert_eq!(
            proposals(),
            [Proposal {
                proposer: ALICE,
                commitment: COMMITMENT,
                bond: BOND,
                deadline,
                progress: Progress::Publishing {
                    shadows: Range::default(),
                    last: None,
                },
            }]
        );
        assert_eq!(held(ALICE), BOND);
        assert_eq!(round().phase, Phase::Revealed);
        System::assert_last_event(
            Event::ProposalCommitted {
                datanet: DATANET,
                round: ROUND,
                proposer: ALICE,
                commitment: COMMITMENT,
                bond: BOND,
                deadline,
            }
            .into(),
        );
    });
}

#[test]
fn the_bond_is_the_budget_where_that_is_more() {
    ExtBuilder.build_and_execute(|| {
        change_round(|round| round.frozen.budget = BOND + 1);
        assert_ok!(propose(ALICE));
        assert_eq!(held(ALICE), BOND + 1);
    });
}

#[test]
fn a_round_that_is_published_takes_further_proposals() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        assert_eq!(round().phase, Phase::Published);
        assert_ok!(propose(BOB));
        assert_eq!(proposers(), [ALICE, BOB]);
    });
}

#[test]
fn only_an_account_proposes() {
    ExtBuilder.build_and_execute(|| {
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Valuation::commit_proposal(origin, DATANET, ROUND, COMMITMENT),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn what_does_not_exist_cannot_be_valued() {
    ExtBuilder.build_and_execute(|| {
        for (datanet, round) in [(DATANET, ROUND + 1), (DATANET + 1, ROUND)] {
            assert_noop!(
                Valuation::commit_proposal(
                    RuntimeOrigin::signed(ALICE),
                    datanet,
                    round,
                    COMMITMENT
                ),
                Error::<Test>::RoundNotFound
            );
        }
    });
}

#[test]
fn a_round_in_another_phase_takes_no_proposals() {
    ExtBuilder.build_and_execute(|| {
        for phase in [
            Phase::Committing,
            Phase::Delivering,
            Phase::Frozen,
            Phase::Final,
            Phase::Void,
        ] {
            change_round(|round| round.phase = phase);
            assert_noop!(propose(ALICE), Error::<Test>::WrongPhase);
        }
    });
}

#[test]
fn an_account_without_the_bond_cannot_propose() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(propose(PAUPER), Error::<Test>::DepositNotPayable);
    });
}

#[test]
fn an_account_has_one_proposal_at_a_time_in_a_round() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(propose(ALICE));
        assert_noop!(propose(ALICE), Error::<Test>::AlreadyProposed);
    });
}

#[test]
fn an_account_with_a_complete_proposal_cannot_propose_again() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_noop!(propose(ALICE), Error::<Test>::AlreadyProposed);
    });
}

#[test]
fn an_account_proposes_in_two_rounds_and_both_bonds_are_held() {
    ExtBuilder.build_and_execute(|| {
        StubRounds::insert((DATANET, ROUND + 1), round());
        assert_ok!(propose(ALICE));
        assert_ok!(Valuation::commit_proposal(
            RuntimeOrigin::signed(ALICE),
            DATANET,
            ROUND + 1,
            COMMITMENT
        ));
        assert_eq!(held(ALICE), 2 * BOND);
    });
}

#[test]
fn a_fifth_proposal_finds_no_place() {
    ExtBuilder.build_and_execute(|| {
        for account in [ALICE, BOB, CHARLIE, DAVE] {
            assert_ok!(propose(account));
        }
        assert_noop!(propose(EVE), Error::<Test>::TooManyProposals);
    });
}

#[test]
fn lapsed_proposals_make_room_and_their_bonds_are_burnt() {
    ExtBuilder.build_and_execute(|| {
        let issued = Balances::total_issuance();
        assert_ok!(propose(ALICE));
        assert_ok!(propose(BOB));
        go_to(REVEALED_AT + 1);
        assert_ok!(propose(CHARLIE));
        assert_ok!(propose(DAVE));

        go_to(REVEALED_AT + PUBLISHING);
        assert_noop!(propose(EVE), Error::<Test>::TooManyProposals);
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_ok!(propose(EVE));

        assert_eq!(proposers(), [CHARLIE, DAVE, EVE]);
        for account in [ALICE, BOB] {
            assert_eq!(held(account), 0);
            assert_eq!(total(account), FUNDS - BOND);
            System::assert_has_event(
                Event::ProposalLapsed {
                    datanet: DATANET,
                    round: ROUND,
                    proposer: account,
                    bond: BOND,
                }
                .into(),
            );
        }
        assert_eq!(Balances::total_issuance(), issued - 2 * BOND);
    });
}

#[test]
fn an_evaluator_whose_proposal_lapsed_may_try_again_with_another_bond() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(propose(ALICE));
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_ok!(propose(ALICE));
        assert_eq!(proposers(), [ALICE]);
        assert_eq!(held(ALICE), 2 * BOND);
        assert_eq!(total(ALICE), FUNDS - BOND);
    });
}

#[test]
fn a_bond_doubles_with_every_proposal_that_lapsed_in_the_round() {
    ExtBuilder.build_and_execute(|| {
        let bond = || Valuation::bond(DATANET, ROUND);
        assert_eq!(bond(), Some(BOND));
        for account in [ALICE, BOB] {
            assert_ok!(propose(account));
        }
        assert_eq!(bond(), Some(BOND));
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_eq!(bond(), Some(4 * BOND));
        assert_ok!(propose(CHARLIE));
        assert_eq!(held(CHARLIE), 4 * BOND);
        // Another round has its own count.
        StubRounds::insert((DATANET, ROUND + 1), round());
        assert_eq!(Valuation::bond(DATANET, ROUND + 1), Some(BOND));
        // One that is removed by hand counts, too.
        go_to(REVEALED_AT + 2 * PUBLISHING + 2);
        assert_ok!(Valuation::lapse(
            RuntimeOrigin::signed(EVE),
            DATANET,
            ROUND,
            CHARLIE
        ));
        assert_eq!(bond(), Some(8 * BOND));
        // A window that reopens begins anew.
        go_to(CLOSES_AT);
        finalise();
        assert_eq!(bond(), Some(BOND));
        go_to(CLOSES_AT + WINDOW);
        finalise();
        assert_eq!(bond(), None);
    });
}

#[test]
fn a_bond_that_is_more_than_there_is_money_is_refused() {
    ExtBuilder.build_and_execute(|| {
        let expensive = tributary_primitives::Balance::MAX / 8;
        change_round(|round| round.recipe.evaluator_bond = expensive);
        assert_noop!(propose(ALICE), Error::<Test>::DepositNotPayable);
        Failures::<Test>::insert(DATANET, ROUND, 4);
        assert_noop!(propose(ALICE), ArithmeticError::Overflow);
        Failures::<Test>::remove(DATANET, ROUND);
    });
}

#[test]
fn a_bond_doubles_four_times_and_no_more() {
    ExtBuilder.build_and_execute(|| {
        for (failures, factor) in [(3, 8), (4, 16), (5, 16), (u32::MAX, 16)] {
            Failures::<Test>::insert(DATANET, ROUND, failures);
            assert_eq!(Valuation::bond(DATANET, ROUND), Some(factor * BOND));
        }
        Failures::<Test>::remove(DATANET, ROUND);
    });
}

#[test]
fn the_bond_is_the_price_of_what_is_stored_where_that_is_more() {
    ExtBuilder.build_and_execute(|| {
        DepositPerByte::set(1);
        let values = 3 * Value::max_encoded_len();
        let stored = 2 + (ProposalOf::<Test>::max_encoded_len() + values) as u128;
        assert!(stored > BOND);
        assert_ok!(propose(ALICE));
        assert_eq!(held(ALICE), stored);
    });
}

#[test]
fn all_of_the_time_to_publish_and_then_to_challenge_must_lie_within_the_window() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT - CHALLENGING - PUBLISHING);
        assert_noop!(propose(ALICE), Error::<Test>::TooLateToPublish);
        go_to(CLOSES_AT - CHALLENGING - PUBLISHING - 1);
        assert_ok!(propose(ALICE));
        assert_eq!(proposals()[0].deadline, CLOSES_AT - CHALLENGING - 1);
    });
}

#[test]
fn nobody_proposes_after_the_window() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT - 1);
        assert_noop!(propose(ALICE), Error::<Test>::TooLateToPublish);
        go_to(CLOSES_AT);
        assert_noop!(propose(ALICE), Error::<Test>::WindowClosed);
    });
}

#[test]
fn a_reopened_window_takes_proposals_until_its_own_end() {
    ExtBuilder.build_and_execute(|| {
        let reopened_at = CLOSES_AT + 7;
        go_to(reopened_at);
        finalise();
        go_to(reopened_at + WINDOW - CHALLENGING - PUBLISHING - 1);
        assert_ok!(propose(ALICE));
        go_to(reopened_at + WINDOW - CHALLENGING - PUBLISHING);
        assert_noop!(propose(BOB), Error::<Test>::TooLateToPublish);
        go_to(reopened_at + WINDOW);
        assert_noop!(propose(BOB), Error::<Test>::WindowClosed);
    });
}

#[test]
fn periods_beyond_the_last_block_are_refused() {
    ExtBuilder.build_and_execute(|| {
        let sound = round();
        change_round(|round| round.recipe.periods.window = u32::MAX);
        assert_noop!(propose(ALICE), ArithmeticError::Overflow);
        change_round(|round| {
            round.recipe.periods.window = sound.recipe.periods.window;
            round.recipe.periods.publishing = u32::MAX;
        });
        assert_noop!(propose(ALICE), ArithmeticError::Overflow);
    });
}
