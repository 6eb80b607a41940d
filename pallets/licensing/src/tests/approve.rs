use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Generation},
};

use crate::{mock::*, Error, Event, Grants, HoldReason};

const ASSET: Asset = Asset::Model(0);

fn approve(owner: AccountId, applicant: AccountId) -> sp_runtime::DispatchResult {
    Licensing::approve(RuntimeOrigin::signed(owner), ASSET, applicant)
}

/// Bob has applied for a grant of Alice's model.
fn applied() {
    let terms = free().with_fee(500, Gate::First).with_approval(Gate::Every);
    model(ALICE, 0, terms, &[]);
    assert_ok!(acquire(BOB, ASSET, Generation::First));
}

#[test]
fn with_the_approval_the_fee_is_paid_and_the_grant_is_there() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(approve(ALICE, BOB));
        assert_eq!(Payments::get(), [(ASSET, BOB, 500)]);
        assert_eq!(on_hold(HoldReason::Fee, BOB), 0);
        assert!(Grants::<Test>::get(ASSET, BOB).unwrap().approved);
        assert_eq!(
            last_event(),
            Event::GrantGiven {
                asset: ASSET,
                grantee: BOB,
                generation: Generation::First,
                fee: 500
            }
        );
    });
}

#[test]
fn where_no_fee_is_asked_for_nothing_is_paid() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(acquire(CAROL, ASSET, Generation::Later));
        assert_ok!(approve(ALICE, CAROL));
        assert!(Payments::get().is_empty());
        assert!(Grants::<Test>::get(ASSET, CAROL).unwrap().approved);
    });
}

#[test]
fn after_a_transfer_the_new_owner_approves() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(Licensing::do_transfer(ASSET, &CAROL));
        assert_noop!(approve(ALICE, BOB), Error::<Test>::NotAuthorized);
        assert_ok!(approve(CAROL, BOB));
    });
}

#[test]
fn an_applicant_does_not_approve_themselves() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_noop!(approve(BOB, BOB), Error::<Test>::NotAuthorized);
    });
}

#[test]
fn what_is_approved_is_not_approved_again() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(approve(ALICE, BOB));
        assert_noop!(approve(ALICE, BOB), Error::<Test>::AlreadyApproved);
    });
}

#[test]
fn who_did_not_apply_is_not_approved() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_noop!(approve(ALICE, CAROL), Error::<Test>::GrantNotFound);
    });
}

#[test]
fn a_retired_asset_takes_no_fee_any_more() {
    ExtBuilder::build_and_execute(|| {
        applied();
        assert_ok!(Licensing::do_retire(ASSET));
        assert_noop!(approve(ALICE, BOB), Error::<Test>::AssetRetired);
    });
}

#[test]
fn an_expired_asset_takes_no_fee_any_more() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_approval(Gate::Every).with_expiry(9);
        model(ALICE, 0, terms, &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));
        System::set_block_number(9);
        assert_noop!(approve(ALICE, BOB), Error::<Test>::AssetExpired);
    });
}

#[test]
fn an_unknown_asset_approves_nobody() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(approve(ALICE, BOB), Error::<Test>::AssetNotFound);
    });
}

#[test]
fn a_payment_that_fails_leaves_the_application_and_the_hold() {
    ExtBuilder::build_and_execute(|| {
        applied();
        Unpayable::set(true);
        assert_noop!(approve(ALICE, BOB), REFUSAL);
        assert_eq!(on_hold(HoldReason::Fee, BOB), 500);
    });
}
