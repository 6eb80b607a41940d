use frame_support::{assert_noop, assert_ok};
use sp_core::H256;

use crate::{mock::*, Error, Event, HoldReason, Licences, Publications};

#[test]
fn the_publisher_takes_back_terms_that_nothing_is_under_and_the_deposit() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(free());
        assert_ok!(Licensing::retract(RuntimeOrigin::signed(CAROL), terms));
        assert_eq!(on_hold(HoldReason::Terms, CAROL), 0);
        assert!(!Licences::<Test>::contains_key(terms));
        assert!(!Publications::<Test>::contains_key(terms));
        assert_eq!(
            last_event(),
            Event::TermsRetracted {
                terms,
                publisher: CAROL
            }
        );
        // And publishes them again.
        published(free());
    });
}

#[test]
fn terms_that_an_asset_is_under_stay() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_noop!(
            Licensing::retract(RuntimeOrigin::signed(CAROL), free().id()),
            Error::<Test>::TermsInUse
        );
    });
}

#[test]
fn a_stranger_takes_back_nothing() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(free());
        assert_noop!(
            Licensing::retract(RuntimeOrigin::signed(ALICE), terms),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn unknown_terms_cannot_be_taken_back() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(
            Licensing::retract(RuntimeOrigin::signed(CAROL), H256::zero()),
            Error::<Test>::TermsNotFound
        );
    });
}

#[test]
fn the_deposit_that_was_held_is_released_whatever_it_would_be_now() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(free());
        BytePrice::set(3 * BYTE);
        assert_ok!(Licensing::retract(RuntimeOrigin::signed(CAROL), terms));
        assert_eq!(Balances::free_balance(CAROL), WEALTH);
    });
}
