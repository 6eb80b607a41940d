use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use super::*;

fn offered_to(model: u32) -> Option<AccountId> {
    crate::Models::<Test>::get(model).and_then(|model| model.offered_to)
}

#[test]
fn an_offer_changes_nothing_but_who_may_accept() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let before = crate::Models::<Test>::get(model);
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            model,
            BOB
        ));
        let expected = before.map(|before| Model {
            offered_to: Some(BOB),
            ..before
        });
        assert_eq!(crate::Models::<Test>::get(model), expected);
        assert_eq!(held(BOB), 0);
        assert_eq!(
            events().pop(),
            Some(Event::TransferOffered {
                model,
                owner: ALICE,
                to: BOB
            })
        );
    });
}

#[test]
fn a_later_offer_replaces_an_earlier_one() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        for to in [BOB, CAROL] {
            assert_ok!(Models::offer_transfer(
                RuntimeOrigin::signed(ALICE),
                model,
                to
            ));
        }
        assert_eq!(offered_to(model), Some(CAROL));
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotOfferedToSigner
        );
    });
}

#[test]
fn only_the_owner_can_offer() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_noop!(
            Models::offer_transfer(RuntimeOrigin::signed(BOB), model, BOB),
            Error::<Test>::NotAuthorized
        );
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::offer_transfer(origin, model, BOB),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn an_owner_cannot_be_offered_their_own() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_noop!(
            Models::offer_transfer(RuntimeOrigin::signed(ALICE), model, ALICE),
            Error::<Test>::AlreadyOwner
        );
    });
}

#[test]
fn an_unknown_model_cannot_be_offered() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Models::offer_transfer(RuntimeOrigin::signed(ALICE), 0, BOB),
            Error::<Test>::ModelNotFound
        );
    });
}
