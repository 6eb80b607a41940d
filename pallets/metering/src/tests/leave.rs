//! Who answers no calls any more has the bond back.

use super::*;

fn leave() -> sp_runtime::DispatchResult {
    Metering::leave(signed("host"))
}

#[test]
fn a_host_without_channels_and_offers_can_leave() {
    hosted(|| {
        assert_noop!(leave(), Error::<Test>::OffersMade);
        assert_ok!(Metering::withdraw_offer(signed("host"), MODEL));
        assert_ok!(leave());
        assert_eq!(on_hold(HoldReason::Bond, "host"), 0);
        assert_eq!(
            last_event(),
            Event::HostLeft {
                host: account("host"),
                bond: BOND
            }
        );
        assert_noop!(leave(), Error::<Test>::HostNotFound);
    });
}

#[test]
fn the_bond_stands_until_the_last_channel_is_forgotten() {
    opened(|| {
        assert_ok!(Metering::withdraw_offer(signed("host"), MODEL));
        assert_noop!(leave(), Error::<Test>::ChannelsKept);
        assert_ok!(Metering::close(signed("host"), 0));
        assert_noop!(leave(), Error::<Test>::ChannelsKept);
        wait(A_DAY);
        assert_ok!(Metering::forget(signed("host"), 0));
        assert_ok!(leave());
    });
}
