//! A channel fixes what is agreed, and what it may cost.

use super::*;
use tributary_primitives::licences::Offer;

fn open_for(units: u64, most: Balance, expires: u32) -> sp_runtime::DispatchResult {
    let (host, key) = (account("host"), account("voucher"));
    Metering::open(signed("consumer"), host, MODEL, key, units, most, expires)
}

fn asked(price: Balance, share: u32) {
    Asked::set(Offer {
        price,
        host_share: Perbill::from_percent(share),
    });
}

#[test]
fn what_is_offered_is_agreed() {
    hosted(|| {
        assert_ok!(open("consumer"));
        let found = channel(0);
        assert_eq!(
            (found.price, found.share, found.units, found.expires),
            (PRICE, SHARE, UNITS, EXPIRES)
        );
        assert_eq!(
            (found.consumer, found.host, found.key, found.receipt_key),
            (
                account("consumer"),
                account("host"),
                account("voucher"),
                account("receipts")
            )
        );
        assert_eq!(found.stage, Stage::Open);
        let calls = PRICE * Balance::from(UNITS);
        assert_eq!(on_hold(HoldReason::Calls, "consumer"), calls);
        let deposit = Metering::deposit_of_channel();
        assert_eq!(found.deposit, deposit);
        assert_eq!(on_hold(HoldReason::Storage, "consumer"), deposit);
        // Up to the last block in which calls are answered.
        assert_eq!(Reserved::get(MODEL), (UNITS, EXPIRES - 1));
        assert!(matches!(
            last_event(),
            Event::ChannelOpened {
                channel: 0,
                units: UNITS,
                price: PRICE,
                ..
            }
        ));
    });
}

#[test]
fn identifiers_are_never_used_twice() {
    opened(|| {
        assert_ok!(Metering::close(signed("host"), 0));
        wait(A_DAY);
        assert_ok!(Metering::forget(signed("host"), 0));
        assert_ok!(open("consumer"));
        assert_eq!(Metering::channel(0), None);
        assert_eq!(channel(1).units, UNITS);
    });
}

#[test]
fn nobody_pays_more_than_expected() {
    hosted(|| {
        assert_noop!(
            open_for(1, PRICE - 1, EXPIRES),
            Error::<Test>::PriceAboveLimit
        );
        assert_ok!(open_for(1, PRICE + 100, EXPIRES));
        assert_eq!(channel(0).price, PRICE);
    });
}

#[test]
fn a_channel_lasts_a_block_at_least_and_not_for_ever() {
    hosted(|| {
        for expires in [0, 1, 1 + LONGEST + 1, u32::MAX] {
            assert_noop!(
                open_for(1, PRICE, expires),
                Error::<Test>::DurationOutOfBounds
            );
        }
        assert_ok!(open_for(1, PRICE, 2));
        assert_ok!(open_for(1, PRICE, 1 + LONGEST));
    });
}

#[test]
fn the_price_leaves_the_model_what_its_owner_asks_for() {
    hosted(|| {
        // 7 x 98 % x 70 % = 4.802: without rounding, as rounding is in the model's favour.
        asked(4, 40);
        assert_ok!(open("consumer"));
        asked(5, 40);
        assert_noop!(open("consumer"), Error::<Test>::PriceTooLow);
    });
}

#[test]
fn a_host_keeps_no_more_than_owner_and_chain_allow() {
    hosted(|| {
        asked(1, 29);
        assert_noop!(open("consumer"), Error::<Test>::HostShareTooHigh);
        asked(1, 30);
        assert_ok!(open("consumer"));
        Rates::mutate(|rates| rates.host_max = Perbill::from_percent(29));
        assert_noop!(open("consumer"), Error::<Test>::HostShareTooHigh);
    });
}

#[test]
fn what_the_licence_refuses_is_refused() {
    hosted(|| {
        ReserveRefusal::set(Some(REFUSAL));
        assert_noop!(open("consumer"), REFUSAL);
    });
}

#[test]
fn who_cannot_pay_opens_no_channel() {
    hosted(|| {
        assert_noop!(open("pauper"), Error::<Test>::DepositNotPayable);
        // All but the existential deposit and the place in state.
        let most = (WEALTH - EXISTENTIAL_DEPOSIT - Metering::deposit_of_channel()) / PRICE;
        let most = most as u64;
        assert_noop!(
            open_for(most + 1, PRICE, EXPIRES),
            Error::<Test>::DepositNotPayable
        );
        assert_ok!(open_for(most, PRICE, EXPIRES));
    });
}

#[test]
fn what_makes_no_sense_is_refused() {
    hosted(|| {
        assert_noop!(open_for(0, PRICE, EXPIRES), Error::<Test>::NoUnits);
        let open = |host, model| {
            let (consumer, key) = (signed("consumer"), account("voucher"));
            Metering::open(consumer, account(host), model, key, 1, PRICE, EXPIRES)
        };
        assert_noop!(open("stranger", MODEL), Error::<Test>::OfferNotFound);
        assert_noop!(open("host", MODEL + 1), Error::<Test>::OfferNotFound);
    });
}

#[test]
fn a_price_that_does_not_fit_is_refused() {
    hosted(|| {
        let endpoint = b"h".to_vec().try_into().expect("it is short");
        assert_ok!(Metering::make_offer(
            signed("host"),
            MODEL,
            Balance::MAX,
            SHARE,
            endpoint
        ));
        assert_noop!(
            open_for(2, Balance::MAX, EXPIRES),
            DispatchError::Arithmetic(sp_runtime::ArithmeticError::Overflow)
        );
    });
}
