//! What is wrong with the state is found.

use super::*;
use crate::{Calls, ChannelOf, Channels, HostOf, Hosts, NextChannel, Offers};

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
fn closing_lengthens_nothing() {
    let stage = |until| move || channel(|channel| channel.stage = Stage::Closing { until });
    let expected = "a channel that is closing lasts longer than others";
    found(stage(EXPIRES + A_DAY + 1), expected);
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
    found(
        || host(|host| host.bond = BOND - 1),
        "a bond is below the least",
    );
    found(
        || host(|host| host.bond = BOND + 1),
        "a host has not its bond on hold",
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
    found(
        || Calls::<Test>::mutate(MODEL, |totals| totals.calls = 2),
        "a model's totals are less than what its channels settled",
    );
}
