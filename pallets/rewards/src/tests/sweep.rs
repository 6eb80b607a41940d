use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use sp_runtime::DispatchError;
use tributary_primitives::{assets::Asset, Balance};

fn sweep() -> sp_runtime::DispatchResult {
    Rewards::sweep(RuntimeOrigin::signed(9))
}

fn pay(gross: Balance) {
    if !Splits::<Test>::contains_key(0) {
        open_model(0, &[], 20);
    }
    let asset = Asset::Model(0);
    assert_ok!(Rewards::pay(RuntimeOrigin::signed(1), asset, None, gross));
}

#[test]
fn fees_and_gifts_go_to_the_treasury_and_nothing_else() {
    ExtBuilder.build_and_execute(|| {
        pay(1_000);
        give(Rewards::pot(), 33);
        events();
        assert_ok!(sweep());
        assert_eq!(Balances::balance(&TREASURY_ACCOUNT), 53);
        assert_eq!(
            Balances::balance(&Rewards::pot()),
            EXISTENTIAL_DEPOSIT + 980
        );
        assert_eq!(
            events(),
            [Event::Swept {
                fees: 20,
                surplus: 33
            }]
        );
        assert_noop!(sweep(), Error::<Test>::NothingToSweep);
    });
}

#[test]
fn a_new_chain_has_nothing_to_sweep() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(sweep(), Error::<Test>::NothingToSweep);
    });
}

#[test]
fn too_little_for_a_treasury_without_account_waits() {
    ExtBuilder.build_and_execute(|| {
        pay(450);
        assert_noop!(sweep(), Error::<Test>::BelowExistentialDeposit);
        pay(50);
        assert_ok!(sweep());
        assert_eq!(Balances::balance(&TREASURY_ACCOUNT), 10);
    });
}

#[test]
fn sweeping_must_be_signed() {
    ExtBuilder.build_and_execute(|| {
        pay(1_000);
        assert_noop!(
            Rewards::sweep(RuntimeOrigin::none()),
            DispatchError::BadOrigin
        );
    });
}
