//! Who withdraws an offer takes no new channels.

use super::*;

#[test]
fn the_deposit_comes_back_and_channels_stay() {
    opened(|| {
        assert_ok!(Metering::withdraw_offer(signed("host"), MODEL));
        assert_eq!(on_hold(HoldReason::Storage, "host"), 0);
        assert_eq!(
            last_event(),
            Event::OfferWithdrawn {
                model: MODEL,
                host: account("host")
            }
        );
        assert_noop!(open("consumer"), Error::<Test>::OfferNotFound);
        assert_ok!(settle(&[Book::new(0).calls(1).settlement()]));
    });
}

#[test]
fn what_is_not_offered_cannot_be_withdrawn() {
    hosted(|| {
        for (who, model) in [("host", MODEL + 1), ("stranger", MODEL)] {
            assert_noop!(
                Metering::withdraw_offer(signed(who), model),
                Error::<Test>::OfferNotFound
            );
        }
    });
}
