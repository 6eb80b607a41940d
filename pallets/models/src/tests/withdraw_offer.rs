use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use super::*;

fn offered_to_bob() -> u32 {
    let model = base();
    assert_ok!(Models::offer_transfer(
        RuntimeOrigin::signed(ALICE),
        model,
        BOB
    ));
    model
}

#[test]
fn a_withdrawn_offer_cannot_be_accepted() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to_bob();
        assert_ok!(Models::withdraw_offer(RuntimeOrigin::signed(ALICE), model));
        assert_eq!(events().pop(), Some(Event::OfferWithdrawn { model }));
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotOffered
        );
    });
}

#[test]
fn only_the_owner_can_withdraw_an_offer() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to_bob();
        assert_noop!(
            Models::withdraw_offer(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotAuthorized
        );
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::withdraw_offer(origin, model),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn there_must_be_an_offer() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Models::withdraw_offer(RuntimeOrigin::signed(ALICE), 0),
            Error::<Test>::ModelNotFound
        );
        let model = base();
        assert_noop!(
            Models::withdraw_offer(RuntimeOrigin::signed(ALICE), model),
            Error::<Test>::NotOffered
        );
    });
}
