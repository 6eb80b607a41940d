//! What is wrong with the state is found.

use frame_support::traits::fungible::MutateHold;
use tributary_primitives::metering::Settled;

use super::*;
use crate::{CallTotals, Calls, ChannelOf, Channels, Host, HostOf, Hosts, NextChannel, Offers};

/// Does something that no call does to a channel with money and calls, and expects to be found out.
fn found(wrong: impl FnOnce(), expected: &'static str) {
    ExtBuilder::build().execute_with(|| {
        assert_ok!(Metering::register(
            signed("host"),
            account("receipts"),
            BOND
        ));
        assert_ok!(offer());
        assert_ok!(open("consumer"));
        assert_ok!(settle(&[Book::new(0).calls(3).settlement()]));
        assert_eq!(Metering::do_try_state(), Ok(()));
        wrong();
        assert_eq!(Metering::do_try_state(), Err(expected.into()));
    });
}

fn channel(change: impl FnOnce(&mut ChannelOf<Test>)) {
    Channels::<Test>::mutate(0, |channel| change(channel.as_mut().expect("it is kept")));
}

fn host(change: impl FnOnce(&mut HostOf<Test>)) {
    Hosts::<Test>::mutate(account("host"), |host| {
        change(host.as_mut().expect("it is a host"))
    });
}

#[test]
fn identifiers_are_counted_up() {
    found(
        || NextChannel::<Test>::put(0),
        "the identifier of a channel is to be used again",
    );
}

#[test]
fn no_more_is_settled_than_was_reserved_at_its_price() {
    let expected = "more is settled of a channel than it reserved, or a call took nothing";
    found(|| channel(|channel| channel.units = 2), expected);
    found(|| channel(|channel| channel.settled.count = 4), expected);
    let expected = "what is settled of a channel is not at its price";
    found(|| channel(|channel| channel.settled.amount += 1), expected);
}

#[test]
fn before_its_first_call_nothing_is_settled_of_a_channel() {
    let expected = "something is settled of a channel without calls";
    found(|| channel(|channel| channel.settled.count = 0), expected);
    let root = Settled {
        root: H256::repeat_byte(1),
        ..Settled::default()
    };
    found(|| channel(|channel| channel.settled = root), expected);
}

#[test]
fn nothing_ends_in_a_block_to_come() {
    let stage = |at| move || channel(|channel| channel.stage = Stage::Ended { at });
    found(stage(2), "a channel has ended in a block to come");
}

#[test]
fn hosts_count_channels_and_offers() {
    let expected = "a host does not count its channels and offers";
    found(|| host(|host| host.channels = 2), expected);
    found(|| host(|host| host.offers = 0), expected);
    found(|| Offers::<Test>::remove(MODEL, account("host")), expected);
    found(
        || Hosts::<Test>::remove(account("host")),
        "a channel or an offer has no host",
    );
}

#[test]
fn bonds_are_on_hold() {
    let expected = "an account has not its bond on hold";
    for bond in [0, BOND - 1, BOND + 1] {
        found(|| host(|host| host.bond = bond), expected);
    }
}

#[test]
fn nothing_is_on_hold_of_who_has_no_channel_offer_or_bond() {
    for (reason, expected) in [
        (
            HoldReason::Calls,
            "an account has not on hold what its channels may still pay",
        ),
        (
            HoldReason::Storage,
            "an account has not on hold what its offers and channels take",
        ),
        (HoldReason::Bond, "an account has not its bond on hold"),
    ] {
        let stranger = account("stranger");
        let hold = || assert_ok!(Balances::hold(&reason.into(), &stranger, 1));
        found(hold, expected);
    }
}

#[test]
fn nothing_is_kept_for_who_does_not_exist() {
    let host = Host {
        key: account("receipts"),
        bond: BOND,
        channels: 0,
        offers: 0,
    };
    found(
        || Hosts::<Test>::insert(account("nobody"), host),
        "something is kept for an account that does not exist",
    );
}

#[test]
fn what_may_still_be_paid_is_on_hold_to_the_last_unit() {
    let expected = "an account has not on hold what its channels may still pay";
    found(|| channel(|channel| channel.units += 1), expected);
    found(
        || channel(|channel| channel.stage = Stage::Ended { at: 1 }),
        expected,
    );
    let expected = "an account has not on hold what its offers and channels take";
    found(|| channel(|channel| channel.deposit += 1), expected);
}

#[test]
fn a_models_totals_are_those_of_its_channels_at_least() {
    let totals = |change: fn(&mut CallTotals)| move || Calls::<Test>::mutate(MODEL, change);
    let expected = "a model's totals are less than what its channels settled";
    found(totals(|totals| totals.calls -= 1), expected);
    found(totals(|totals| totals.units -= 1), expected);
    found(totals(|totals| totals.gross -= 1), expected);
}

#[test]
fn a_models_totals_make_sense() {
    let totals = |change: fn(&mut CallTotals)| move || Calls::<Test>::mutate(MODEL, change);
    let expected = "a model's calls took less than a unit each, or it had more than was paid";
    found(totals(|totals| totals.calls = 4), expected);
    found(totals(|totals| totals.net = totals.gross + 1), expected);
}

#[test]
fn a_runtime_with_other_constants_finds_nothing_wrong_and_gives_everything_back() {
    let changes: [fn(); 6] = [
        || MinBond::set(2 * BOND),
        || NoticePeriod::set(1),
        || NoticePeriod::set(10 * A_DAY),
        || MaxDuration::set(1),
        || DepositPerItem::set(10 * ITEM),
        || DepositPerByte::set(0),
    ];
    for change in changes {
        hosted(|| {
            for _ in 0..3 {
                assert_ok!(open("consumer"));
            }
            assert_ok!(settle(&[Book::new(0).calls(3).settlement()]));
            // One is open, one has ended, and one is about to.
            assert_ok!(Metering::close(signed("host"), 1));
            System::set_block_number(EXPIRES - 1);
            assert_ok!(Metering::close(signed("consumer"), 2));
            change();
            assert_eq!(Metering::do_try_state(), Ok(()));

            System::set_block_number(EXPIRES + 10 * A_DAY);
            for id in [0, 2] {
                assert_ok!(Metering::close(signed("stranger"), id));
            }
            wait(10 * A_DAY);
            for id in 0..3 {
                assert_ok!(Metering::forget(signed("stranger"), id));
            }
            assert_ok!(Metering::withdraw_offer(signed("host"), MODEL));
            assert_ok!(Metering::leave(signed("host")));
            for who in ["consumer", "host"] {
                for reason in [HoldReason::Calls, HoldReason::Storage, HoldReason::Bond] {
                    assert_eq!(on_hold(reason, who), 0);
                }
            }
        });
    }
}
