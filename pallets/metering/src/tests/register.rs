//! Who answers calls has a bond on hold for the truth of its receipts.

use codec::MaxEncodedLen;
use frame_support::traits::Hooks;

use super::*;
use crate::Host;

fn register(key: &str, bond: Balance) -> sp_runtime::DispatchResult {
    Metering::register(signed("host"), account(key), bond)
}

#[test]
fn a_host_has_its_bond_on_hold() {
    ExtBuilder::build_and_execute(|| {
        assert_ok!(register("receipts", BOND));
        assert_eq!(on_hold(HoldReason::Bond, "host"), BOND);
        assert_eq!(
            events(),
            [Event::HostRegistered {
                host: account("host"),
                key: account("receipts"),
                bond: BOND
            }]
        );
    });
}

#[test]
fn a_bond_is_not_below_the_least() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(register("receipts", BOND - 1), Error::<Test>::BondTooLow);
        assert_noop!(
            Metering::register(signed("pauper"), account("receipts"), BOND),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn a_bond_can_be_raised_at_any_time_and_lowered_while_it_stands_for_nothing() {
    opened(|| {
        assert_ok!(register("receipts", 2 * BOND));
        assert_eq!(on_hold(HoldReason::Bond, "host"), 2 * BOND);
        assert_noop!(register("receipts", BOND), Error::<Test>::ChannelsKept);
        assert_ok!(Metering::close(signed("host"), 0));
        // It stands for the receipts of a channel that has ended as well.
        assert_noop!(register("receipts", BOND), Error::<Test>::ChannelsKept);
        wait(A_DAY);
        assert_ok!(Metering::forget(signed("stranger"), 0));
        assert_ok!(register("receipts", BOND));
        assert_eq!(on_hold(HoldReason::Bond, "host"), BOND);
    });
}

#[test]
fn another_key_signs_the_receipts_of_channels_to_come() {
    opened(|| {
        assert_ok!(register("others", BOND));
        assert_ok!(open("consumer"));
        assert_eq!(channel(0).receipt_key, account("receipts"));
        assert_eq!(channel(1).receipt_key, account("others"));
    });
}

#[test]
fn a_host_whose_bond_is_below_the_least_by_now_takes_no_channel_before_it_has_more() {
    opened(|| {
        MinBond::set(BOND + 1);
        assert_noop!(open("consumer"), Error::<Test>::HostWithoutBond);
        // What is agreed goes on.
        assert_ok!(settle(&[Book::new(0).calls(1).settlement()]));
        assert_ok!(register("receipts", BOND + 1));
        assert_ok!(open("consumer"));
    });
}

/// The integrity test of a runtime whose least bond is so much above twice the price of a host's place.
fn check_bond(more: i128) {
    ExtBuilder::build_and_execute(|| {
        let bytes = Host::<AccountId>::max_encoded_len() as Balance;
        let least = 2 * (ITEM + bytes * BYTE);
        MinBond::set(least.checked_add_signed(more).expect("it is small"));
        Metering::integrity_test();
    });
}

#[test]
fn what_is_burnt_of_the_least_bond_pays_for_a_place() {
    check_bond(0);
}

#[test]
#[should_panic(expected = "what is burnt of a bond pays for the place of the host that lost it")]
fn a_least_bond_that_does_not_pay_for_a_place_fails_the_integrity_test() {
    check_bond(-1);
}
