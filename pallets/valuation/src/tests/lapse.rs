use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};

use super::*;
use crate::{Error, Event};

fn lapse(proposer: AccountId) -> DispatchResult {
    Valuation::lapse(RuntimeOrigin::signed(EVE), DATANET, ROUND, proposer)
}

#[test]
fn anybody_ends_an_overdue_proposal_and_its_bond_is_burnt() {
    ExtBuilder.build_and_execute(|| {
        let issued = Balances::total_issuance();
        work().commit(ALICE);
        go_to(REVEALED_AT + 1);
        work().commit(BOB);
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_ok!(lapse(ALICE));

        assert_eq!(proposers(), [BOB]);
        assert_eq!(held(ALICE), 0);
        assert_eq!(total(ALICE), FUNDS - BOND);
        assert_eq!(Balances::total_issuance(), issued - BOND);
        System::assert_last_event(
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
fn the_last_proposal_of_a_round_leaves_nothing_behind() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        publish_shadows(ALICE, &work().shadows);
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_ok!(lapse(ALICE));
        assert!(!Proposals::<Test>::contains_key(DATANET, ROUND));
    });
}

#[test]
fn what_was_lost_is_the_bond_of_this_round_only() {
    ExtBuilder.build_and_execute(|| {
        StubRounds::insert((DATANET, ROUND + 1), round());
        work().commit(ALICE);
        go_to(REVEALED_AT + 1);
        assert_ok!(Valuation::commit_proposal(
            RuntimeOrigin::signed(ALICE),
            DATANET,
            ROUND + 1,
            H256::zero()
        ));
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_ok!(lapse(ALICE));
        assert_eq!(held(ALICE), BOND);
    });
}

#[test]
fn only_an_account_ends_a_proposal() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        go_to(REVEALED_AT + PUBLISHING + 1);
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Valuation::lapse(origin, DATANET, ROUND, ALICE),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn a_proposal_that_does_not_stand_cannot_lapse() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_noop!(lapse(BOB), Error::<Test>::ProposalNotFound);
        assert_noop!(
            Valuation::lapse(RuntimeOrigin::signed(EVE), DATANET, ROUND + 1, ALICE),
            Error::<Test>::ProposalNotFound
        );
        assert_ok!(lapse(ALICE));
        assert_noop!(lapse(ALICE), Error::<Test>::ProposalNotFound);
    });
}

#[test]
fn a_proposal_with_time_left_cannot_lapse() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        go_to(REVEALED_AT + PUBLISHING);
        assert_noop!(lapse(ALICE), Error::<Test>::ProposalNotOverdue);
    });
}

#[test]
fn a_complete_proposal_cannot_lapse() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_noop!(lapse(ALICE), Error::<Test>::ProposalNotOverdue);
    });
}
