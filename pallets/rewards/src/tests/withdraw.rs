use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{assets::Asset, Balance};

/// Credits `amount` to an account, by a model of its own.
fn credit(account: AccountId, amount: Balance) {
    ProtocolFee::set(Perbill::zero());
    if !Splits::<Test>::contains_key(account as u32) {
        open_model(account as u32, &[], account);
    }
    let asset = Asset::Model(account as u32);
    assert_ok!(Rewards::pay(RuntimeOrigin::signed(1), asset, None, amount));
    assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), account as u32));
}

fn withdraw(account: AccountId) -> sp_runtime::DispatchResult {
    Rewards::withdraw(RuntimeOrigin::signed(account))
}

#[test]
fn all_that_was_credited_becomes_free_balance() {
    ExtBuilder.build_and_execute(|| {
        credit(50, 1_000);
        events();
        assert_ok!(withdraw(50));
        assert_eq!(Balances::balance(&50), 1_000);
        assert!(!Claimable::<Test>::contains_key(50));
        assert_eq!(
            events(),
            [Event::Withdrawn {
                account: 50,
                amount: 1_000
            }]
        );
        assert_eq!(Balances::balance(&Rewards::pot()), EXISTENTIAL_DEPOSIT);
    });
}

#[test]
fn too_little_to_live_on_waits_until_there_is_more() {
    ExtBuilder.build_and_execute(|| {
        credit(50, EXISTENTIAL_DEPOSIT - 1);
        assert_noop!(withdraw(50), Error::<Test>::BelowExistentialDeposit);
        credit(50, 1);
        assert_ok!(withdraw(50));
        assert_eq!(Balances::balance(&50), EXISTENTIAL_DEPOSIT);
        // An account that lives takes any amount.
        credit(50, 1);
        assert_ok!(withdraw(50));
        assert_eq!(Balances::balance(&50), EXISTENTIAL_DEPOSIT + 1);
    });
}

#[test]
fn an_account_that_was_reaped_is_made_again() {
    ExtBuilder.build_and_execute(|| {
        credit(2, 500);
        assert_ok!(Balances::transfer_allow_death(
            RuntimeOrigin::signed(2),
            3,
            ENDOWMENT
        ));
        assert_eq!(Balances::total_balance(&2), 0);
        assert_ok!(withdraw(2));
        assert_eq!(Balances::balance(&2), 500);
    });
}

#[test]
fn nothing_can_be_withdrawn_twice() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(withdraw(2), Error::<Test>::NothingToWithdraw);
        credit(2, 500);
        credit(3, 500);
        assert_ok!(withdraw(2));
        assert_noop!(withdraw(2), Error::<Test>::NothingToWithdraw);
    });
}

#[test]
fn withdrawing_must_be_signed() {
    ExtBuilder.build_and_execute(|| {
        credit(2, 500);
        assert_noop!(
            Rewards::withdraw(RuntimeOrigin::root()),
            DispatchError::BadOrigin
        );
    });
}
