//! What nothing can contradict any more is not kept.

use super::*;

#[test]
fn a_channel_is_forgotten_a_notice_period_after_its_end() {
    opened(|| {
        let deposit = on_hold(HoldReason::Storage, "consumer");
        let forget = || Metering::forget(signed("stranger"), 0);
        assert_noop!(forget(), Error::<Test>::NotOver);
        System::set_block_number(EXPIRES + 2 * A_DAY);
        // Its time is over, and nobody has ended it.
        assert_noop!(forget(), Error::<Test>::NotOver);
        assert_ok!(Metering::close(signed("stranger"), 0));
        wait(A_DAY - 1);
        assert_noop!(forget(), Error::<Test>::NotOver);
        wait(1);
        assert_ok!(forget());
        assert_eq!(on_hold(HoldReason::Storage, "consumer"), 0);
        assert_eq!(
            last_event(),
            Event::ChannelForgotten {
                channel: 0,
                deposit
            }
        );
        assert_noop!(forget(), Error::<Test>::ChannelNotFound);
        assert_eq!(Metering::host(account("host")).unwrap().channels, 0);
    });
}

#[test]
fn what_its_model_earned_is_remembered() {
    opened(|| {
        assert_ok!(settle(&[Book::new(0).calls(3).settlement()]));
        assert_ok!(Metering::close(signed("host"), 0));
        wait(A_DAY);
        assert_ok!(Metering::forget(signed("host"), 0));
        assert_eq!(Metering::calls(MODEL).calls, 3);
    });
}
