use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn a_withdrawn_offer_cannot_be_accepted() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_ok!(Datanets::withdraw_offer(signed(STEWARD), 0));
        System::assert_last_event(Event::OfferWithdrawn { datanet: 0 }.into());
        assert_noop!(
            Datanets::accept_transfer(signed(ALICE), 0),
            Error::<Test>::NotOffered
        );
    });
}

#[test]
fn only_the_steward_withdraws() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_noop!(
            Datanets::withdraw_offer(signed(ALICE), 0),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Datanets::withdraw_offer(RuntimeOrigin::root(), 0),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn without_an_offer_there_is_nothing_to_withdraw() {
    execute(|| {
        assert_noop!(
            Datanets::withdraw_offer(signed(STEWARD), 0),
            Error::<Test>::DatanetNotFound
        );
        create(1);
        assert_noop!(
            Datanets::withdraw_offer(signed(STEWARD), 0),
            Error::<Test>::NotOffered
        );
    });
}
