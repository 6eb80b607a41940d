//! Channels end, and what is not called is the consumer's again.

use super::*;
use frame_support::traits::fungible::Inspect;

fn close(who: &str) -> Result<(), DispatchError> {
    Metering::close(signed(who), 0)
        .map(|_| ())
        .map_err(|error| error.error)
}

fn free() -> Balance {
    Balances::balance(&account("consumer"))
}

#[test]
fn a_host_ends_a_channel_at_once() {
    opened(|| {
        assert_ok!(settle(&[Book::new(0).calls(100).settlement()]));
        let before = free();
        assert_ok!(close("host"));
        let units = UNITS - 100;
        let returned = PRICE * Balance::from(units);
        assert_eq!(free(), before + returned);
        assert_eq!(on_hold(HoldReason::Calls, "consumer"), 0);
        assert_eq!(Reserved::get(MODEL).0, 100);
        assert_eq!(channel(0).stage, Stage::Ended { at: 1 });
        assert_eq!(
            last_event(),
            Event::ChannelEnded {
                channel: 0,
                returned,
                units
            }
        );
    });
}

#[test]
fn a_consumer_gives_notice_in_which_the_host_settles_the_last_voucher() {
    opened(|| {
        assert_ok!(close("consumer"));
        let until = 1 + A_DAY;
        assert_eq!(channel(0).stage, Stage::Closing { until });
        assert_eq!(last_event(), Event::ChannelClosing { channel: 0, until });
        assert_noop!(close("consumer"), Error::<Test>::AlreadyClosing);
        assert_noop!(close("stranger"), Error::<Test>::NotAuthorized);

        System::set_block_number(until - 1);
        let mut book = Book::new(0);
        assert_ok!(settle(&[book.calls(3).settlement()]));
        System::set_block_number(until);
        assert_noop!(
            settle(&[book.calls(1).settlement()]),
            Error::<Test>::ChannelOver
        );
        assert_ok!(close("stranger"));
        assert_eq!(Reserved::get(MODEL).0, 3);
    });
}

#[test]
fn a_host_can_end_what_its_consumer_closes() {
    opened(|| {
        assert_ok!(close("consumer"));
        assert_ok!(settle(&[Book::new(0).calls(3).settlement()]));
        assert_ok!(close("host"));
        assert_eq!(channel(0).settled.count, 3);
    });
}

#[test]
fn a_consumer_that_closes_before_the_host_settles_in_the_same_block_pays_the_same() {
    let paid = |first: &dyn Fn(), second: &dyn Fn()| {
        let mut held = 0;
        opened(|| {
            first();
            second();
            held = on_hold(HoldReason::Calls, "consumer");
            assert_eq!(channel(0).stage, Stage::Closing { until: 1 + A_DAY });
        });
        held
    };
    let closes = || assert_ok!(close("consumer"));
    let settles = || assert_ok!(settle(&[Book::new(0).calls(9).settlement()]));
    let rest = PRICE * Balance::from(UNITS - 9);
    assert_eq!(paid(&closes, &settles), rest);
    assert_eq!(paid(&settles, &closes), rest);
}

#[test]
fn a_consumer_gets_nothing_back_before_the_host_had_its_time() {
    opened(|| {
        let held = on_hold(HoldReason::Calls, "consumer");
        assert_ok!(close("consumer"));
        System::set_block_number(A_DAY);
        for (who, error) in [
            ("consumer", Error::<Test>::AlreadyClosing),
            ("stranger", Error::<Test>::NotAuthorized),
        ] {
            assert_noop!(close(who), error);
        }
        assert_eq!(on_hold(HoldReason::Calls, "consumer"), held);
        wait(1);
        assert_ok!(close("consumer"));
        assert_eq!(on_hold(HoldReason::Calls, "consumer"), 0);
    });
}

#[test]
fn what_has_expired_waits_as_long_and_ends_by_anybody() {
    opened(|| {
        System::set_block_number(EXPIRES + A_DAY - 1);
        assert_noop!(close("stranger"), Error::<Test>::NotAuthorized);
        System::set_block_number(EXPIRES + A_DAY);
        assert_ok!(close("stranger"));
    });
}

#[test]
fn closing_late_lengthens_nothing() {
    opened(|| {
        System::set_block_number(EXPIRES + A_DAY - 1);
        assert_ok!(close("consumer"));
        assert_eq!(
            channel(0).stage,
            Stage::Closing {
                until: EXPIRES + A_DAY
            }
        );
    });
}

#[test]
fn what_has_ended_does_not_end_again() {
    opened(|| {
        assert_ok!(close("host"));
        for who in ["host", "consumer", "stranger"] {
            assert_noop!(close(who), Error::<Test>::ChannelOver);
        }
        assert_noop!(
            settle(&[Book::new(0).calls(1).settlement()]),
            Error::<Test>::ChannelOver
        );
        assert_noop!(
            Metering::close(signed("host"), 1).map_err(|error| error.error),
            Error::<Test>::ChannelNotFound
        );
    });
}

#[test]
fn locked_money_comes_back_as_well() {
    opened(|| {
        lock("consumer");
        assert_ok!(close("host"));
        assert_eq!(on_hold(HoldReason::Calls, "consumer"), 0);
    });
}
