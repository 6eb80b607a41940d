use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate};
use sp_runtime::traits::Zero;
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Generation},
};

use crate::{mock::*, Error, Event, Grant, Grants, HoldReason};

const ASSET: Asset = Asset::Model(0);

fn deposit() -> u128 {
    ITEM + Grant::max_encoded_len() as u128 * BYTE
}

#[test]
fn a_fee_without_approval_is_paid_at_once_for_the_grant() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free().with_fee(500, Gate::First), &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));

        assert_eq!(Payments::get(), [(ASSET, BOB, 500)]);
        assert_eq!(
            Grants::<Test>::get(ASSET, BOB),
            Some(Grant {
                generation: Generation::First,
                approved: true,
                fee: 0,
                deposit: deposit()
            })
        );
        assert_eq!(on_hold(HoldReason::Grant, BOB), deposit());
        assert_eq!(on_hold(HoldReason::Fee, BOB), 0);
        assert_eq!(Balances::free_balance(BOB), WEALTH - 500 - deposit());
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
fn where_approval_is_asked_for_the_fee_waits_on_hold() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_fee(500, Gate::First).with_approval(Gate::First);
        model(ALICE, 0, terms, &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));

        assert!(Payments::get().is_empty());
        assert_eq!(
            Grants::<Test>::get(ASSET, BOB),
            Some(Grant {
                generation: Generation::First,
                approved: false,
                fee: 500,
                deposit: deposit()
            })
        );
        assert_eq!(on_hold(HoldReason::Fee, BOB), 500);
        assert_eq!(
            last_event(),
            Event::GrantRequested {
                asset: ASSET,
                applicant: BOB,
                generation: Generation::First,
                fee: 500
            }
        );
    });
}

#[test]
fn owners_need_no_approval_of_their_own_but_pay_the_fee() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_fee(500, Gate::First).with_approval(Gate::First);
        model(ALICE, 0, terms, &[]);
        assert_ok!(acquire(ALICE, ASSET, Generation::First));
        assert_eq!(Payments::get(), [(ASSET, ALICE, 500)]);
        assert!(Grants::<Test>::get(ASSET, ALICE).unwrap().approved);
    });
}

#[test]
fn each_gate_asks_the_generations_that_it_is_for() {
    ExtBuilder::build_and_execute(|| {
        // Children pay and are approved; later descendants pay only.
        let terms = free().with_fee(500, Gate::Every).with_approval(Gate::First);
        model(ALICE, 0, terms, &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::Later));
        assert_eq!(Payments::get(), [(ASSET, BOB, 500)]);
        assert_ok!(acquire(CAROL, ASSET, Generation::First));
        assert_eq!(on_hold(HoldReason::Fee, CAROL), 500);

        // Children pay and are approved; later descendants are approved only.
        let terms = free().with_fee(500, Gate::First).with_approval(Gate::Every);
        model(ALICE, 1, terms, &[]);
        assert_ok!(acquire(BOB, Asset::Model(1), Generation::Later));
        let grant = Grants::<Test>::get(Asset::Model(1), BOB).unwrap();
        assert!(!grant.approved && grant.fee.is_zero());
    });
}

#[test]
fn what_is_not_asked_for_is_not_given() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        for generation in [Generation::First, Generation::Later] {
            assert_noop!(
                acquire(BOB, ASSET, generation),
                Error::<Test>::GrantNotNeeded
            );
        }
        model(ALICE, 1, free().with_approval(Gate::First), &[]);
        assert_noop!(
            acquire(BOB, Asset::Model(1), Generation::Later),
            Error::<Test>::GrantNotNeeded
        );
    });
}

#[test]
fn an_account_has_one_application_or_grant_at_a_time() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free().with_approval(Gate::Every), &[]);
        model(ALICE, 1, free().with_fee(5, Gate::Every), &[]);
        for asset in [ASSET, Asset::Model(1)] {
            assert_ok!(acquire(BOB, asset, Generation::First));
            for generation in [Generation::First, Generation::Later] {
                assert_noop!(
                    acquire(BOB, asset, generation),
                    Error::<Test>::AlreadyAcquired
                );
            }
        }
    });
}

#[test]
fn a_retired_asset_gives_no_grants() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free().with_approval(Gate::Every), &[]);
        assert_ok!(Licensing::do_retire(ASSET));
        assert_noop!(
            acquire(BOB, ASSET, Generation::First),
            Error::<Test>::AssetRetired
        );
    });
}

#[test]
fn an_asset_whose_terms_or_ancestors_expired_gives_no_grants() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_expiry(9), &[]);
        model(ALICE, 1, free().with_approval(Gate::First), &[base]);
        System::set_block_number(9);
        assert_noop!(
            acquire(BOB, Asset::Model(1), Generation::First),
            Error::<Test>::AssetExpired
        );
    });
}

#[test]
fn an_unknown_asset_gives_no_grants() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(
            acquire(BOB, ASSET, Generation::First),
            Error::<Test>::AssetNotFound
        );
    });
}

#[test]
fn an_applicant_without_money_is_refused() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_fee(500, Gate::First).with_approval(Gate::First);
        model(ALICE, 0, terms, &[]);
        assert_noop!(
            acquire(PAUPER, ASSET, Generation::First),
            Error::<Test>::DepositNotPayable
        );
        // Enough for the deposit, not for the fee.
        Balances::set_balance(&PAUPER, EXISTENTIAL_DEPOSIT + deposit() + 499);
        assert_noop!(
            acquire(PAUPER, ASSET, Generation::First),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn a_payment_that_fails_leaves_no_grant_and_no_deposit() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free().with_fee(500, Gate::First), &[]);
        Unpayable::set(true);
        assert_noop!(acquire(BOB, ASSET, Generation::First), REFUSAL);
    });
}
