//! What nothing can contradict any more is not kept.

use tributary_primitives::metering::Contradiction;

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

/// Keys of all that the pallet stores.
fn stored() -> Vec<Vec<u8>> {
    let prefix = sp_io::hashing::twox_128(b"Metering");
    let mut keys = Vec::new();
    let mut last = prefix.to_vec();
    while let Some(key) = sp_io::storage::next_key(&last) {
        if !key.starts_with(&prefix) {
            break;
        }
        keys.push(key.clone());
        last = key;
    }
    keys
}

#[test]
fn when_everybody_has_gone_a_number_and_the_totals_of_called_models_are_left() {
    opened(|| {
        assert_ok!(open("stranger"));
        assert_ok!(settle(&[Book::new(0).calls(3).settlement()]));
        let mut receipt = Book::new(1).calls(1).receipts[0];
        receipt.amount += 1;
        let signature = Key::from("receipts").sign(receipt.leaf(genesis()));
        let contradiction = Box::new(Contradiction::Price);
        assert_ok!(Metering::challenge(
            signed("stranger"),
            receipt,
            signature,
            contradiction
        ));
        for id in 0..2 {
            assert_ok!(Metering::close(signed("host"), id));
        }
        wait(A_DAY);
        for id in 0..2 {
            assert_ok!(Metering::forget(signed("stranger"), id));
        }
        assert_ok!(Metering::withdraw_offer(signed("host"), MODEL));
        assert_ok!(Metering::leave(signed("host")));
        let mut left = vec![
            crate::NextChannel::<Test>::hashed_key().to_vec(),
            crate::Calls::<Test>::hashed_key_for(MODEL),
        ];
        left.sort();
        assert_eq!(stored(), left);
        for who in ["consumer", "stranger", "host"] {
            assert_eq!(on_hold(HoldReason::Storage, who), 0);
        }
    });
}
