//! What calls cost is taken of what is on hold for them.

use crate::{mock::*, *};
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        fungible::{Inspect, InspectHold, MutateHold},
        LockableCurrency, WithdrawReasons,
    },
};
use sp_runtime::{DispatchError, Perbill, TokenError};
use tributary_primitives::{
    assets::Asset,
    ledger::Taking,
    roles::{CallRevenue, Cause},
    Balance,
};

const MODEL: u32 = 0;
const CONSUMER: AccountId = 1;
const HOST: AccountId = 30;

/// A model of 20's, and money of the consumer on hold for calls.
fn held(amount: Balance) {
    open_model(MODEL, &[], 20);
    assert_ok!(Balances::hold(&Reason::Calls, &CONSUMER, amount));
    events();
}

fn pay(gross: Balance, share: u32) -> Result<Taking, DispatchError> {
    let share = Perbill::from_percent(share);
    <Rewards as CallRevenue<_>>::pay_held(MODEL, &CONSUMER, Reason::Calls, gross, &HOST, share)
}

fn on_hold() -> Balance {
    Balances::balance_on_hold(&Reason::Calls, &CONSUMER)
}

#[test]
fn the_fee_the_host_and_the_model_have_their_parts() {
    ExtBuilder.build_and_execute(|| {
        held(1_500);
        let free = Balances::balance(&CONSUMER);
        // 2 % of 1,049 and a half of 1,029, each rounded down.
        let taking = Taking {
            fee: 20,
            host: 514,
            net: 515,
        };
        assert_eq!(pay(1_049, 50), Ok(taking));
        assert_eq!((on_hold(), Balances::balance(&CONSUMER)), (451, free));
        assert_eq!(claimable(HOST), 514);
        let takings = ModelAccounts::<Test>::get(MODEL).unwrap().takings;
        assert_eq!(
            (takings.gross, takings.hosts, takings.net),
            (1_049, 514, 515)
        );
        assert_eq!(
            events(),
            [
                Event::Paid {
                    asset: Asset::Model(MODEL),
                    round: None,
                    payer: CONSUMER,
                    gross: 1_049,
                    fee: 20,
                    host: 514,
                    net: 515,
                    cause: Cause::Calls,
                },
                Event::Credited {
                    account: HOST,
                    amount: 514,
                    source: Source::Hosting(Asset::Model(MODEL)),
                }
            ]
        );
    });
}

#[test]
fn what_was_agreed_is_paid_after_hosts_may_ask_for_less() {
    ExtBuilder.build_and_execute(|| {
        held(1_000);
        HostMax::set(Perbill::from_percent(10));
        assert_eq!(pay(1_000, 70).map(|taking| taking.host), Ok(686));
    });
}

#[test]
fn no_host_has_more_than_its_bound_of_what_the_fee_leaves() {
    ExtBuilder.build_and_execute(|| {
        held(1_000);
        HostMax::set(Perbill::one());
        assert_noop!(pay(1_000, 71), Error::<Test>::HostShareTooHigh);
    });
}

#[test]
fn locks_do_not_keep_what_is_on_hold() {
    ExtBuilder.build_and_execute(|| {
        held(1_000);
        Balances::set_lock(*b"votelock", &CONSUMER, ENDOWMENT, WithdrawReasons::all());
        assert_ok!(pay(1_000, 0));
        assert_eq!(on_hold(), 0);
    });
}

#[test]
fn only_what_is_on_hold_for_calls_pays_for_them() {
    ExtBuilder.build_and_execute(|| {
        held(1_000);
        assert_ok!(Balances::hold(&Reason::Other, &CONSUMER, 1_000));
        assert_noop!(pay(1_001, 0), TokenError::FundsUnavailable);
    });
}

#[test]
fn a_model_without_a_ledger_is_not_paid() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Balances::hold(&Reason::Calls, &CONSUMER, 1_000));
        assert_noop!(pay(10, 0), Error::<Test>::ModelNotFound);
    });
}
