use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use tributary_primitives::assets::Asset;

use super::*;

#[test]
fn a_retired_model_stays_with_its_deposit() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let before = crate::Models::<Test>::get(model).expect("it was registered");
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        assert_eq!(held(ALICE), before.deposit);
        assert_eq!(
            crate::Models::<Test>::get(model),
            Some(Model {
                retired: true,
                ..before
            })
        );
        assert_eq!(events().pop(), Some(Event::Retired { model }));
    });
}

#[test]
fn a_retired_model_stays_in_ancestries() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        let child = child_of(parent);
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), parent));
        let grandchild = child_of(child);
        assert_eq!(
            Ancestors::<Test>::get(grandchild).into_inner(),
            [parent, child]
        );
    });
}

#[test]
fn licensing_learns_of_it() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        RoleCalls::set(Vec::new());
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        assert_eq!(RoleCalls::get(), [RoleCall::Retire(Asset::Model(model))]);
    });
}

#[test]
fn a_retirement_that_licensing_refuses_does_not_happen() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        Refused::set(Some(RoleCalls::get().len()));
        assert_noop!(Models::retire(RuntimeOrigin::signed(ALICE), model), REFUSAL);
    });
}

#[test]
fn a_buyer_is_not_left_with_a_model_retired_after_the_offer() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            model,
            BOB
        ));
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotOffered
        );
        // Who wants it all the same can have it.
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            model,
            BOB
        ));
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
    });
}

#[test]
fn retirement_is_for_ever() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        assert_noop!(
            Models::retire(RuntimeOrigin::signed(ALICE), model),
            Error::<Test>::AlreadyRetired
        );
    });
}

#[test]
fn a_stranger_cannot_retire_a_model() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_noop!(
            Models::retire(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotAuthorized
        );
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(Models::retire(origin, model), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn an_unknown_model_cannot_be_retired() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Models::retire(RuntimeOrigin::signed(ALICE), 0),
            Error::<Test>::ModelNotFound
        );
    });
}
