use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use super::*;

/// Announces halves for a model of Alice's and lets the notice go by.
fn announced(model: u32) {
    assert_ok!(Models::announce_team(
        RuntimeOrigin::signed(ALICE),
        model,
        halves().into_inner()
    ));
    System::set_block_number(System::block_number() + NOTICE);
}

fn change(model: u32) -> sp_runtime::DispatchResult {
    Models::change_team(RuntimeOrigin::signed(CAROL), model)
}

#[test]
fn anybody_lets_the_announced_team_in() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let deposit = held(ALICE);
        announced(model);
        RoleCalls::set(Vec::new());
        assert_ok!(change(model));
        assert_eq!(Teams::<Test>::get(model), Some(halves()));
        assert_eq!(RoleCalls::get(), [RoleCall::Amend(model, halves())]);
        assert_eq!(held(ALICE), deposit);
        assert_eq!(
            events().pop(),
            Some(Event::TeamChanged {
                model,
                team: halves()
            })
        );
        assert_noop!(change(model), Error::<Test>::NoTeamAnnounced);
    });
}

#[test]
fn nobody_is_let_in_before_the_notice_is_over() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        announced(model);
        System::set_block_number(System::block_number() - 1);
        assert_noop!(change(model), Error::<Test>::NoticeNotOver);
    });
}

#[test]
fn an_old_announcement_is_no_notice() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        announced(model);
        System::set_block_number(System::block_number() + NOTICE + 1);
        assert_noop!(change(model), Error::<Test>::AnnouncementLapsed);
        System::set_block_number(System::block_number() - 1);
        assert_ok!(change(model));
    });
}

#[test]
fn nobody_buys_a_model_with_another_team_than_it_was_offered_with() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        announced(model);
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            model,
            BOB
        ));
        assert_ok!(change(model));
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotOffered
        );
    });
}

#[test]
fn the_team_of_a_retired_model_can_change() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        announced(model);
        assert_ok!(change(model));
    });
}

#[test]
fn what_was_announced_before_a_sale_is_void() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        announced(model);
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            model,
            BOB
        ));
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_noop!(change(model), Error::<Test>::NoTeamAnnounced);
    });
}

#[test]
fn without_model_announcement_or_signature_nothing_changes() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(change(0), Error::<Test>::ModelNotFound);
        let model = base();
        assert_noop!(change(model), Error::<Test>::NoTeamAnnounced);
        assert_noop!(
            Models::change_team(RuntimeOrigin::root(), model),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn a_change_that_the_ledger_refuses_leaves_the_team_as_it_was() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        announced(model);
        Refused::set(Some(RoleCalls::get().len()));
        assert_noop!(change(model), REFUSAL);
    });
}
