use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Generation},
};

use crate::{mock::*, Error, Event, Grants};

const ASSET: Asset = Asset::Model(0);

fn decline(owner: AccountId, applicant: AccountId) -> sp_runtime::DispatchResult {
    Licensing::decline(RuntimeOrigin::signed(owner), ASSET, applicant)
}

/// Bob has applied for a grant of Alice's model.
fn applied() {
    let terms = free().with_fee(500, Gate::First).with_approval(Gate::First);
    model(ALICE, 0, terms, &[]);
    assert_ok!(acquire(BOB, ASSET, Generation::First));
}

#[test]
fn who_is_declined_has_fee_and_deposit_back_and_may_apply_again() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(decline(ALICE, BOB));
        assert_eq!(Balances::free_balance(BOB), WEALTH);
        assert!(!Grants::<Test>::contains_key(ASSET, BOB));
        assert_eq!(
            last_event(),
            Event::GrantDeclined {
                asset: ASSET,
                applicant: BOB
            }
        );
        assert_ok!(acquire(BOB, ASSET, Generation::First));
    });
}

#[test]
fn a_retired_asset_still_declines() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(Licensing::do_retire(ASSET));
        assert_ok!(decline(ALICE, BOB));
    });
}

#[test]
fn what_was_given_is_not_taken_back() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(Licensing::approve(RuntimeOrigin::signed(ALICE), ASSET, BOB));
        assert_noop!(decline(ALICE, BOB), Error::<Test>::AlreadyApproved);
    });
}

#[test]
fn a_stranger_declines_nobody() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_noop!(decline(CAROL, BOB), Error::<Test>::NotAuthorized);
    });
}

#[test]
fn who_did_not_apply_is_not_declined() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(decline(ALICE, BOB), Error::<Test>::AssetNotFound);
        applied();
        assert_noop!(decline(ALICE, CAROL), Error::<Test>::GrantNotFound);
    });
}
