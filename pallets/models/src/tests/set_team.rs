use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use super::*;

fn halves() -> TeamOf<Test> {
    TeamOf::<Test>::truncate_from(vec![share(BOB, 500_000_000), share(CAROL, 500_000_000)])
}

#[test]
fn another_team_is_kept_and_pushed_to_the_ledger() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        RoleCalls::set(Vec::new());
        assert_ok!(Models::set_team(
            RuntimeOrigin::signed(ALICE),
            model,
            halves().into_inner()
        ));
        assert_eq!(Teams::<Test>::get(model), Some(halves()));
        assert_eq!(RoleCalls::get(), [RoleCall::Amend(model, halves())]);
        assert_eq!(
            events().pop(),
            Some(Event::TeamChanged {
                model,
                team: halves()
            })
        );
    });
}

#[test]
fn a_larger_team_costs_no_further_deposit() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let deposit = held(ALICE);
        assert_ok!(Models::set_team(
            RuntimeOrigin::signed(ALICE),
            model,
            halves().into_inner()
        ));
        assert_eq!(held(ALICE), deposit);
    });
}

#[test]
fn the_team_of_a_retired_model_can_change() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        assert_ok!(Models::set_team(
            RuntimeOrigin::signed(ALICE),
            model,
            halves().into_inner()
        ));
    });
}

#[test]
fn only_the_owner_can_set_a_team() {
    ExtBuilder::default().build_and_execute(|| {
        let model = registered(BOB, Kind::Base, Vec::new());
        // Alice is the team, and that is not enough.
        for stranger in [ALICE, CAROL] {
            assert_noop!(
                Models::set_team(
                    RuntimeOrigin::signed(stranger),
                    model,
                    halves().into_inner()
                ),
                Error::<Test>::NotAuthorized
            );
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::set_team(origin, model, halves().into_inner()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn an_unknown_model_has_no_team() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Models::set_team(RuntimeOrigin::signed(ALICE), 0, halves().into_inner()),
            Error::<Test>::ModelNotFound
        );
    });
}

#[test]
fn a_change_that_the_ledger_refuses_leaves_the_team_as_it_was() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        Refused::set(Some(RoleCalls::get().len()));
        assert_noop!(
            Models::set_team(RuntimeOrigin::signed(ALICE), model, halves().into_inner()),
            REFUSAL
        );
    });
}
