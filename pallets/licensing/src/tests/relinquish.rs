use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Generation},
};

use crate::{mock::*, Error, Event, Grants};

const ASSET: Asset = Asset::Model(0);

fn relinquish(who: AccountId) -> sp_runtime::DispatchResult {
    Licensing::relinquish(RuntimeOrigin::signed(who), ASSET)
}

#[test]
fn an_application_is_given_up_with_fee_and_deposit_released() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_fee(500, Gate::First).with_approval(Gate::First);
        model(ALICE, 0, terms, &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));
        assert_ok!(relinquish(BOB));
        assert_eq!(Balances::free_balance(BOB), WEALTH);
        assert!(!Grants::<Test>::contains_key(ASSET, BOB));
        assert_eq!(
            last_event(),
            Event::GrantRelinquished {
                asset: ASSET,
                grantee: BOB
            }
        );
    });
}

#[test]
fn a_grant_is_given_up_with_the_deposit_released_and_the_fee_paid() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free().with_fee(500, Gate::First), &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));
        assert_ok!(relinquish(BOB));
        assert_eq!(Balances::free_balance(BOB), WEALTH - 500);
        // And a dearer one for the same asset is acquired anew.
        assert_ok!(acquire(BOB, ASSET, Generation::First));
    });
}

#[test]
fn a_grant_of_a_retired_or_expired_asset_can_be_given_up() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_approval(Gate::First).with_expiry(9);
        model(ALICE, 0, terms, &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));
        assert_ok!(Licensing::do_retire(ASSET));
        System::set_block_number(9);
        assert_ok!(relinquish(BOB));
    });
}

#[test]
fn who_has_nothing_gives_nothing_up() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(relinquish(BOB), Error::<Test>::GrantNotFound);
    });
}
