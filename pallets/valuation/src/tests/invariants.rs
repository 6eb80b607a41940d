//! Each invariant notices what it is there for.

use frame_support::{
    assert_ok,
    traits::{fungible::MutateHold, tokens::Precision},
};
use sp_runtime::TryRuntimeError;
use tributary_primitives::datanets::Phase;

use super::*;
use crate::{HoldReason, Outcomes, Progress, ProposalsOf, ProposedValues, Reopened};

/// Alice's proposal is complete, Bob's has a shadow; then something goes wrong.
fn assert_noticed(damage: impl FnOnce(), expected: &'static str) {
    ExtBuilder.build().execute_with(|| {
        work().commit_and_publish(ALICE);
        work().commit(BOB);
        publish_shadows(BOB, &work().shadows);
        assert_ok!(Valuation::do_try_state());
        damage();
        assert_eq!(
            Valuation::do_try_state(),
            Err(TryRuntimeError::Other(expected))
        );
    });
}

fn change_proposals(change: impl FnOnce(&mut ProposalsOf<Test>)) {
    Proposals::<Test>::mutate(DATANET, ROUND, change);
}

#[test]
fn a_bond_that_is_not_held_is_noticed() {
    assert_noticed(
        || {
            let reason = HoldReason::Proposal.into();
            assert_ok!(Balances::release(&reason, &BOB, 1, Precision::Exact));
        },
        "what is held for proposals is not the sum of the bonds",
    );
}

#[test]
fn a_hold_without_a_proposal_is_noticed() {
    assert_noticed(
        || {
            assert_ok!(Balances::hold(&HoldReason::Proposal.into(), &EVE, 1));
        },
        "what is held for proposals is not the sum of the bonds",
    );
}

#[test]
fn a_proposal_of_a_round_that_has_ended_is_noticed() {
    assert_noticed(
        || change_round(|round| round.phase = Phase::Final),
        "proposals stand in a round that is neither revealed nor published",
    );
}

#[test]
fn a_complete_proposal_in_an_unpublished_round_is_noticed() {
    assert_noticed(
        || change_round(|round| round.phase = Phase::Revealed),
        "a round is not published exactly if a proposal is complete",
    );
}

#[test]
fn an_empty_list_of_proposals_is_noticed() {
    assert_noticed(
        || Proposals::<Test>::insert(DATANET + 1, ROUND, ProposalsOf::<Test>::default()),
        "proposals stand in a round that is neither revealed nor published",
    );
    assert_noticed(
        || {
            StubRounds::insert((DATANET, ROUND + 1), round());
            Proposals::<Test>::insert(DATANET, ROUND + 1, ProposalsOf::<Test>::default());
        },
        "a round without proposals takes space",
    );
}

#[test]
fn proposals_out_of_order_are_noticed() {
    assert_noticed(
        || change_proposals(|proposals| proposals[0].deadline += 1),
        "proposals are not in the order of their commitments",
    );
}

#[test]
fn a_deadline_that_leaves_no_time_to_challenge_is_noticed() {
    assert_noticed(
        || change_proposals(|proposals| proposals[1].deadline = CLOSES_AT - CHALLENGING),
        "a proposal can be published too late in the window to be challenged",
    );
}

#[test]
fn two_proposals_of_an_account_are_noticed() {
    assert_noticed(
        || {
            assert_ok!(Balances::hold(&HoldReason::Proposal.into(), &BOB, BOND));
            change_proposals(|proposals| {
                let second = proposals[1].clone();
                proposals.try_push(second).unwrap();
            });
        },
        "an account has two proposals in a round",
    );
}

#[test]
fn values_that_do_not_sum_to_the_gain_are_noticed() {
    assert_noticed(
        || {
            ProposedValues::<Test>::mutate((DATANET, ROUND, ALICE), |values| {
                values.as_mut().unwrap()[2].value += 1
            })
        },
        "the values do not sum to the gain in accuracy",
    );
}

#[test]
fn values_of_other_contributions_are_noticed() {
    assert_noticed(
        || {
            ProposedValues::<Test>::mutate((DATANET, ROUND, ALICE), |values| {
                values.as_mut().unwrap()[1].number = 5
            })
        },
        "values are not those of the delivered contributions",
    );
}

#[test]
fn missing_values_are_noticed() {
    assert_noticed(
        || ProposedValues::<Test>::remove((DATANET, ROUND, ALICE)),
        "a complete proposal has no values",
    );
}

#[test]
fn values_too_many_are_noticed() {
    let copy = |account: AccountId| {
        let values = ProposedValues::<Test>::get((DATANET, ROUND, ALICE)).unwrap();
        ProposedValues::<Test>::insert((DATANET, ROUND, account), values);
    };
    assert_noticed(|| copy(BOB), "an incomplete proposal has values");
    assert_noticed(|| copy(EVE), "values are of no proposal");
}

#[test]
fn a_tree_with_other_weights_is_noticed() {
    assert_noticed(
        || {
            change_proposals(|proposals| {
                if let Progress::Publishing { shadows, .. } = &mut proposals[1].progress {
                    shadows.append(H256::zero(), 2).unwrap();
                }
            })
        },
        "shadows do not weigh 1 each",
    );
    assert_noticed(
        || {
            change_proposals(|proposals| {
                if let Progress::Publishing { last, .. } = &mut proposals[1].progress {
                    *last = None;
                }
            })
        },
        "the last shadow is not kept",
    );
}

#[test]
fn a_missing_row_is_noticed() {
    assert_noticed(
        || {
            change_proposals(|proposals| {
                if let Progress::Complete(publication) = &mut proposals[0].progress {
                    publication.rows.sum -= 1;
                }
            })
        },
        "there is not a row for each record of the benchmark",
    );
}

#[test]
fn a_second_window_of_no_round_is_noticed() {
    assert_noticed(
        || Reopened::<Test>::insert(DATANET, ROUND + 1, CLOSES_AT),
        "a round that has ended has a second window",
    );
}

#[test]
fn an_outcome_of_a_round_that_is_not_final_is_noticed() {
    assert_noticed(
        || {
            Outcomes::<Test>::insert(
                DATANET,
                ROUND,
                crate::Outcome {
                    evaluator: ALICE,
                    publication: proposals()[0].publication().unwrap().clone(),
                },
            )
        },
        "a round that is not final has an outcome",
    );
}

#[test]
fn accuracies_of_seats_that_do_not_sum_to_those_of_the_round_are_noticed() {
    let change = |change: fn(&mut crate::Publication)| {
        assert_noticed(
            || {
                change_proposals(|proposals| {
                    for proposal in proposals.iter_mut() {
                        if let crate::Progress::Complete(publication) = &mut proposal.progress {
                            change(publication);
                        }
                    }
                });
            },
            "the accuracies of the seats are not those of the round",
        );
    };
    change(|publication| publication.seats[0].before += 1);
    change(|publication| publication.seats[2].after -= 1);
    change(|publication| {
        publication.seats.pop();
    });
}
