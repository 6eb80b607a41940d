use crate::{mock::*, *};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Inspect, LockableCurrency, WithdrawReasons},
};
use sp_runtime::{DispatchError, Perbill, TokenError};
use tributary_primitives::{assets::Asset, roles::Cause, Balance};

fn pay(
    payer: AccountId,
    asset: Asset,
    round: Option<u32>,
    gross: Balance,
) -> sp_runtime::DispatchResult {
    Rewards::pay(RuntimeOrigin::signed(payer), asset, round, gross)
}

#[test]
fn money_for_a_model_waits_in_its_ledger_less_the_fee() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        events();
        assert_ok!(pay(1, Asset::Model(0), None, 1_049));

        assert_eq!(Balances::balance(&1), ENDOWMENT - 1_049);
        assert_eq!(
            Balances::balance(&Rewards::pot()),
            EXISTENTIAL_DEPOSIT + 1_049
        );
        let takings = Takings {
            gross: 1_049,
            hosts: 0,
            net: 1_029,
            royalties: 0,
        };
        assert_eq!(ModelAccounts::<Test>::get(0).unwrap().takings, takings);
        let totals = PotTotals::<Test>::get();
        assert_eq!((totals.held.models, totals.held.fees), (1_029, 20));
        assert_eq!(claimable(20), 0);
        assert_eq!(
            events(),
            [Event::Paid {
                asset: Asset::Model(0),
                round: None,
                payer: 1,
                gross: 1_049,
                fee: 20,
                host: 0,
                net: 1_029,
                cause: Cause::Payment,
            }]
        );
    });
}

#[test]
fn money_for_a_datanet_goes_to_the_round_named_or_to_the_last() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(20, 1)]).open(pool(3, 1), crew(&[]));
        Admitted(vec![(20, 1), (21, 1)]).open(pool(3, 4), crew(&[]));
        assert_ok!(pay(1, Asset::Datanet(3), Some(1), 100));
        assert_ok!(pay(1, Asset::Datanet(3), None, 1_000));
        let net = |round| {
            PoolAccounts::<Test>::get(pool(3, round))
                .unwrap()
                .takings
                .net
        };
        assert_eq!([1, 4].map(net), [98, 980]);
        assert!(matches!(
            events()[..],
            [
                ..,
                Event::Paid { round: Some(1), .. },
                Event::Paid { round: Some(4), .. }
            ]
        ));
    });
}

#[test]
fn no_parameter_makes_the_fee_more_than_five_per_cent() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        ProtocolFee::set(Perbill::from_percent(50));
        assert_ok!(pay(1, Asset::Model(0), None, 1_000));
        assert_eq!(PotTotals::<Test>::get().held.fees, 50);
    });
}

#[test]
fn one_unit_arrives_whole() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        assert_ok!(pay(1, Asset::Model(0), None, 1));
        assert_eq!(PotTotals::<Test>::get().held.models, 1);
    });
}

#[test]
fn everything_a_payer_has_can_be_paid() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        assert_ok!(pay(1, Asset::Model(0), None, ENDOWMENT));
        assert_eq!(Balances::total_balance(&1), 0);
        assert_eq!(PotTotals::<Test>::get().gross, ENDOWMENT);
    });
}

#[test]
fn the_largest_amounts_are_counted_or_refused_but_never_wrap() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        let most = Balance::MAX - Balances::total_issuance();
        give(20, most);
        assert_ok!(pay(20, Asset::Model(0), None, most));
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 0));
        assert_ok!(Rewards::withdraw(RuntimeOrigin::signed(20)));
        assert_noop!(
            pay(20, Asset::Model(0), None, claimable(20) + most / 2),
            DispatchError::Arithmetic(sp_runtime::ArithmeticError::Overflow)
        );
    });
}

#[test]
fn what_cannot_be_paid_for_is_refused() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        Admitted(vec![]).open(pool(0, 1), crew(&[]));
        Admitted(vec![(20, 1)]).open(pool(1, 1), crew(&[]));
        for (asset, round, error) in [
            (Asset::Model(1), None, Error::<Test>::ModelNotFound),
            (Asset::Model(0), Some(1), Error::<Test>::ModelHasNoRounds),
            (Asset::Datanet(0), None, Error::<Test>::PoolWithoutWeight),
            (Asset::Datanet(0), Some(1), Error::<Test>::PoolWithoutWeight),
            (Asset::Datanet(1), Some(2), Error::<Test>::PoolNotFound),
            (Asset::Datanet(2), None, Error::<Test>::NoFinalRound),
            (Asset::Datanet(2), Some(1), Error::<Test>::PoolNotFound),
        ] {
            assert_noop!(pay(1, asset, round, 100), error);
        }
        assert_noop!(pay(1, Asset::Model(0), None, 0), Error::<Test>::ZeroAmount);
    });
}

#[test]
fn a_payment_must_be_signed() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                Rewards::pay(origin, Asset::Model(0), None, 1),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn a_payer_with_too_little_is_told_so() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        assert_noop!(
            pay(1, Asset::Model(0), None, ENDOWMENT + 1),
            TokenError::FundsUnavailable
        );
        assert_noop!(
            pay(50, Asset::Model(0), None, 1),
            TokenError::FundsUnavailable
        );
    });
}

#[test]
fn locked_money_stays_where_it_is() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        Balances::set_lock(*b"votelock", &1, ENDOWMENT - 5, WithdrawReasons::all());
        assert_noop!(pay(1, Asset::Model(0), None, 6), TokenError::Frozen);
        assert_ok!(pay(1, Asset::Model(0), None, 5));
    });
}

#[test]
fn the_pot_cannot_pay_itself() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        give(Rewards::pot(), 1_000);
        assert_noop!(
            pay(Rewards::pot(), Asset::Model(0), None, 500),
            Error::<Test>::PotCannotPay
        );
    });
}
