//! What hosts ask for, and where they are.

use super::*;

fn make(price: Balance, share: u32, endpoint: &[u8]) -> sp_runtime::DispatchResult {
    let endpoint = endpoint.to_vec().try_into().expect("it is short");
    let share = Perbill::from_percent(share);
    Metering::make_offer(signed("host"), MODEL, price, share, endpoint)
}

#[test]
fn an_offer_says_price_share_and_address() {
    hosted(|| {
        let found = Metering::offer_of(MODEL, account("host")).expect("it is made");
        assert_eq!((found.price, found.share), (PRICE, SHARE));
        assert_eq!(found.endpoint.to_vec(), b"http://host.example");
        assert_eq!(on_hold(HoldReason::Storage, "host"), found.deposit);
        assert!(found.deposit > 100);
    });
}

#[test]
fn another_offer_takes_the_place_of_the_first() {
    hosted(|| {
        let held = on_hold(HoldReason::Storage, "host");
        assert_ok!(make(9, 10, b"https://elsewhere.example:8080/v1"));
        let found = Metering::offer_of(MODEL, account("host")).expect("it is made");
        assert_eq!((found.price, found.share), (9, Perbill::from_percent(10)));
        assert_eq!(on_hold(HoldReason::Storage, "host"), held);
        assert_eq!(Metering::host(account("host")).unwrap().offers, 1);
    });
}

#[test]
fn what_is_agreed_stays_after_another_offer() {
    opened(|| {
        assert_ok!(make(9, 10, b"https://elsewhere.example"));
        assert_eq!((channel(0).price, channel(0).share), (PRICE, SHARE));
    });
}

#[test]
fn an_offer_that_makes_no_sense_is_refused() {
    hosted(|| {
        assert_noop!(make(0, 0, b"h"), Error::<Test>::PriceZero);
        assert_noop!(make(1, 71, b"h"), Error::<Test>::HostShareTooHigh);
        assert_noop!(make(1, 0, b""), Error::<Test>::InvalidEndpoint);
        assert_noop!(make(1, 0, b"http://a b"), Error::<Test>::InvalidEndpoint);
        assert_noop!(
            make(1, 0, "http://ö".as_bytes()),
            Error::<Test>::InvalidEndpoint
        );
    });
}

#[test]
fn only_hosts_offer() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(make(1, 0, b"h"), Error::<Test>::HostNotFound);
    });
}
