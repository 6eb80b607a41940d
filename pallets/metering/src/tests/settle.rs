//! Vouchers are paid once, each by itself.

use super::*;
use crate::{CallTotals, StatedUsage};
use frame_support::traits::{Currency, ExistenceRequirement};
use sp_runtime::MultiSignature;
use tributary_primitives::{
    assets::Pool,
    metering::{Settled, Usage, Voucher},
};

type Settlement = crate::Settlement<MultiSignature>;

fn left() -> Balance {
    on_hold(HoldReason::Calls, "consumer")
}

/// Settles as somebody who is not the host.
fn relayed(settlement: Settlement) -> sp_runtime::DispatchResult {
    let settlements = vec![settlement].try_into().expect("there is room");
    Metering::settle(signed("stranger"), settlements, Default::default())
}

/// A voucher for three calls of a unit, with something changed, and signed.
fn changed(change: impl FnOnce(&mut Voucher)) -> Settlement {
    let mut voucher = Book::new(0).calls(3).voucher();
    change(&mut voucher);
    settlement(voucher, &"voucher".into())
}

fn usage(model: u32, uses: u32) -> (u32, Usage) {
    let pool = Pool {
        datanet: 5,
        round: 2,
    };
    let usage = Usage {
        pool,
        contribution: 8,
        uses,
    };
    (model, usage)
}

#[test]
fn a_voucher_pays_all_calls_at_once() {
    opened(|| {
        let held = left();
        let mut book = Book::new(0);
        assert_ok!(settle(&[book.calls(99).call(11).settlement()]));
        assert_eq!(left(), held - 110 * PRICE);
        let voucher = book.voucher();
        let settled = Settled {
            count: 100,
            units: 110,
            amount: 770,
            root: voucher.root,
        };
        assert_eq!(channel(0).settled, settled);
        // 2 % of 770, and 30 % of 755, each rounded down.
        let net = 770 - 15 - 226;
        assert_eq!(Earned::get(), (226, net));
        let totals = CallTotals {
            calls: 100,
            units: 110,
            gross: 770,
            net,
        };
        assert_eq!(Metering::calls(MODEL), totals);
        assert_eq!(
            last_event(),
            Event::ChannelSettled {
                channel: 0,
                model: MODEL,
                calls: 100,
                paid: 770,
                net,
                settled,
            }
        );
    });
}

#[test]
fn a_later_voucher_pays_the_difference_whatever_lies_between() {
    opened(|| {
        let held = left();
        let mut book = Book::new(0);
        assert_ok!(settle(&[book.calls(2).settlement()]));
        // Nobody settled the vouchers of the next fifty calls.
        assert_ok!(settle(&[book.calls(50).settlement()]));
        assert_eq!(left(), held - 52 * PRICE);
        assert_eq!(Metering::calls(MODEL).calls, 52);
    });
}

#[test]
fn a_voucher_that_is_settled_again_pays_nothing() {
    opened(|| {
        let mut book = Book::new(0);
        let early = book.calls(2).settlement();
        let late = book.calls(3).settlement();
        assert_ok!(settle(std::slice::from_ref(&late)));
        for old in [late, early] {
            assert_noop!(settle(&[old]), Error::<Test>::VoucherOutdated);
        }
    });
}

#[test]
fn two_settlements_of_a_block_pay_as_one_does() {
    opened(|| {
        let held = left();
        let mut book = Book::new(0);
        let early = book.calls(2).settlement();
        let late = book.calls(3).settlement();
        assert_ok!(settle(&[early.clone(), late.clone()]));
        assert_noop!(settle(&[early, late]), Error::<Test>::VoucherOutdated);
        assert_eq!(left(), held - 5 * PRICE);
    });
}

#[test]
fn two_settlers_of_a_block_are_paid_once() {
    opened(|| {
        let held = left();
        let mut book = Book::new(0);
        let early = with_consent(book.calls(2).settlement(), &"receipts".into());
        let late = with_consent(book.calls(3).settlement(), &"receipts".into());
        // Each in a transaction of its own: the host and somebody who has the same vouchers, and a stale one in between.
        assert_ok!(settle(std::slice::from_ref(&early)));
        assert_noop!(relayed(early.clone()), Error::<Test>::VoucherOutdated);
        assert_ok!(relayed(late.clone()));
        for old in [early, late] {
            assert_noop!(
                settle(std::slice::from_ref(&old)),
                Error::<Test>::VoucherOutdated
            );
            assert_noop!(relayed(old), Error::<Test>::VoucherOutdated);
        }
        assert_eq!(left(), held - 5 * PRICE);
        assert_eq!(Metering::calls(MODEL).calls, 5);
    });
}

#[test]
fn a_voucher_that_is_in_a_call_twice_pays_once() {
    opened(|| {
        let held = left();
        let voucher = Book::new(0).calls(2).settlement();
        assert_ok!(settle(&[voucher.clone(), voucher]));
        assert_eq!(left(), held - 2 * PRICE);
        assert!(events().iter().any(|event| matches!(
            event,
            Event::SettlementFailed { index: 1, channel: 0, error }
                if *error == Error::<Test>::VoucherOutdated.into()
        )));
    });
}

#[test]
fn a_voucher_of_a_channel_that_is_forgotten_pays_through_no_other() {
    opened(|| {
        let voucher = Book::new(0).calls(2).settlement();
        assert_ok!(settle(std::slice::from_ref(&voucher)));
        assert_ok!(Metering::close(signed("host"), 0));
        wait(A_DAY);
        assert_ok!(Metering::forget(signed("host"), 0));
        // The same parties, keys and model.
        assert_ok!(open("consumer"));
        let held = left();
        assert_noop!(
            settle(std::slice::from_ref(&voucher)),
            Error::<Test>::ChannelNotFound
        );
        let mut moved = voucher;
        moved.voucher.channel = 1;
        assert_noop!(settle(&[moved]), Error::<Test>::InvalidSignature);
        assert_eq!(left(), held);
    });
}

#[test]
fn the_order_of_a_voucher_is_signed_as_well() {
    opened(|| {
        let mut settlement = changed(|voucher| voucher.order = H256::repeat_byte(1));
        let order = core::mem::take(&mut settlement.voucher.order);
        assert_noop!(
            settle(&[settlement.clone()]),
            Error::<Test>::InvalidSignature
        );
        settlement.voucher.order = order;
        assert_ok!(settle(&[settlement]));
    });
}

#[test]
fn keys_of_all_three_schemes_sign() {
    hosted(|| {
        for (id, key) in (0..).zip(Key::all()) {
            // Both keys of the channel are of the scheme.
            assert_ok!(Metering::register(signed("host"), key.account(), BOND));
            let (host, consumer) = (account("host"), signed("consumer"));
            assert_ok!(Metering::open(
                consumer,
                host,
                MODEL,
                key.account(),
                UNITS,
                PRICE,
                EXPIRES
            ));
            let voucher = Book::new(id).calls(1).voucher();
            assert_noop!(
                settle(&[settlement(voucher, &"voucher".into())]),
                Error::<Test>::InvalidSignature
            );
            assert_ok!(relayed(with_consent(settlement(voucher, &key), &key)));
        }
    });
}

#[test]
fn a_voucher_of_another_channel_model_or_chain_is_worth_nothing() {
    opened(|| {
        assert_ok!(open("consumer"));
        let key = Key::from("voucher");
        let mine = Book::new(0).calls(1).voucher();
        let signed_for = |channel, genesis, model| Settlement {
            voucher: mine,
            signature: key.sign(Voucher { channel, ..mine }.hash(genesis, model)),
            consent: None,
        };
        for wrong in [
            signed_for(1, genesis(), MODEL),
            signed_for(0, H256::zero(), MODEL),
            signed_for(0, genesis(), MODEL + 1),
        ] {
            assert_noop!(settle(&[wrong]), Error::<Test>::InvalidSignature);
        }
        assert_ok!(settle(&[signed_for(0, genesis(), MODEL)]));
    });
}

#[test]
fn what_a_channel_cannot_owe_is_refused() {
    opened(|| {
        for (wrong, error) in [
            (
                changed(|voucher| voucher.channel = 7),
                Error::<Test>::ChannelNotFound,
            ),
            (
                changed(|voucher| voucher.count = 0),
                Error::<Test>::VoucherOutdated,
            ),
            (
                changed(|voucher| voucher.units = 2),
                Error::<Test>::TooFewUnits,
            ),
            (
                changed(|voucher| voucher.amount += 1),
                Error::<Test>::AmountMismatch,
            ),
            (
                changed(|voucher| voucher.amount -= 1),
                Error::<Test>::AmountMismatch,
            ),
            (
                changed(|voucher| {
                    voucher.units = UNITS + 1;
                    voucher.amount = PRICE * Balance::from(UNITS + 1);
                }),
                Error::<Test>::UnitsExceeded,
            ),
        ] {
            assert_noop!(settle(&[wrong]), error);
        }
        assert_noop!(settle(&[]), Error::<Test>::NothingToSettle);
    });
}

#[test]
fn units_do_not_go_back() {
    opened(|| {
        assert_ok!(settle(&[changed(|voucher| {
            voucher.units = 10;
            voucher.amount = 10 * PRICE;
        })]));
        let later = changed(|voucher| {
            voucher.count = 4;
            voucher.units = 9;
            voucher.amount = 9 * PRICE;
        });
        assert_noop!(settle(&[later]), Error::<Test>::TooFewUnits);
    });
}

#[test]
fn all_that_is_reserved_can_be_called() {
    opened(|| {
        assert_ok!(settle(&[Book::new(0).call(UNITS).settlement()]));
        assert_eq!(left(), 0);
    });
}

#[test]
fn each_voucher_fails_alone() {
    hosted(|| {
        for _ in 0..3 {
            assert_ok!(open("consumer"));
        }
        let good = |channel| Book::new(channel).calls(2).settlement();
        let bad = changed(|voucher| voucher.channel = 9);
        let mut forged = good(1);
        forged.voucher.root = H256::zero();
        assert_ok!(settle(&[bad, good(0), forged, good(2)]));
        let counts = [0, 1, 2].map(|id| channel(id).settled.count);
        assert_eq!(counts, [2, 0, 2]);
        let failures: Vec<_> = events()
            .into_iter()
            .filter_map(|event| match event {
                Event::SettlementFailed {
                    index,
                    channel,
                    error,
                } => Some((index, channel, error)),
                _ => None,
            })
            .collect();
        // As they are stored in events.
        let stored = |error: Error<Test>| DispatchError::from(error).stripped();
        assert_eq!(
            failures
                .into_iter()
                .map(|(index, channel, error)| (index, channel, error.stripped()))
                .collect::<Vec<_>>(),
            [
                (0, 9, stored(Error::ChannelNotFound)),
                (2, 1, stored(Error::InvalidSignature))
            ]
        );
    });
}

#[test]
fn a_payment_that_fails_late_leaves_no_trace() {
    opened(|| {
        PayRefusal::set(Some(REFUSAL));
        assert_noop!(settle(&[Book::new(0).calls(1).settlement()]), REFUSAL);
        assert_eq!(Earned::get(), (0, 0));
    });
}

#[test]
fn others_settle_with_the_consent_of_the_receipt_key() {
    opened(|| {
        let plain = Book::new(0).calls(2).settlement();
        assert_noop!(relayed(plain.clone()), Error::<Test>::ConsentMissing);
        // The consumer's own consent is none.
        let own = with_consent(plain.clone(), &"voucher".into());
        assert_noop!(relayed(own), Error::<Test>::InvalidSignature);
        // The voucher's own signature is no consent, even of the right key.
        let hash = plain.voucher.hash(genesis(), MODEL);
        let no_consent = Settlement {
            consent: Some(Key::from("receipts").sign(hash)),
            ..plain.clone()
        };
        assert_noop!(relayed(no_consent), Error::<Test>::InvalidSignature);
        assert_ok!(relayed(with_consent(plain, &"receipts".into())));
        assert_eq!(channel(0).settled.count, 2);
    });
}

#[test]
fn votes_do_not_keep_what_is_owed() {
    opened(|| {
        lock("consumer");
        assert_ok!(settle(&[Book::new(0).calls(5).settlement()]));
    });
}

#[test]
fn a_consumer_who_has_left_everything_else_still_pays() {
    opened(|| {
        let consumer = account("consumer");
        let free = Balances::free_balance(&consumer) - EXISTENTIAL_DEPOSIT;
        let to = account("stranger");
        let all = ExistenceRequirement::AllowDeath;
        // What is on hold keeps the account, and the account what keeps it.
        assert!(
            <Balances as Currency<_>>::transfer(&consumer, &to, free + 1, all).is_err(),
            "an account with money on hold is not reaped"
        );
        assert_ok!(<Balances as Currency<_>>::transfer(
            &consumer, &to, free, all
        ));
        assert_ok!(settle(&[Book::new(0).call(UNITS).settlement()]));
        assert_ok!(Metering::close(signed("host"), 0));
        wait(A_DAY);
        assert_ok!(Metering::forget(signed("host"), 0));
        // Now nothing keeps it.
        let rest = Balances::free_balance(&consumer);
        assert_ok!(<Balances as Currency<_>>::transfer(
            &consumer, &to, rest, all
        ));
        assert_eq!(Balances::free_balance(&consumer), 0);
    });
}

#[test]
fn vouchers_are_taken_until_the_notice_after_the_end() {
    opened(|| {
        let mut book = Book::new(0);
        System::set_block_number(EXPIRES + A_DAY - 1);
        assert_ok!(settle(&[book.calls(1).settlement()]));
        System::set_block_number(EXPIRES + A_DAY);
        assert_noop!(
            settle(&[book.calls(1).settlement()]),
            Error::<Test>::ChannelOver
        );
    });
}

#[test]
fn a_host_states_usage_of_what_it_answers_here() {
    opened(|| {
        let state = |who: &str, settlement, usage: Vec<_>| {
            let settlements = vec![settlement].try_into().expect("there is room");
            let usage = StatedUsage::truncate_from(usage);
            Metering::settle(signed(who), settlements, usage)
        };
        let mut book = Book::new(0);
        let both = vec![usage(MODEL, 3), usage(MODEL + 1, 9)];
        assert_ok!(state("host", book.calls(1).settlement(), both.clone()));
        assert_eq!(
            last_event(),
            Event::UsageStated {
                host: account("host"),
                usage: StatedUsage::truncate_from(vec![usage(MODEL, 3)])
            }
        );
        // Whoever else settles states nothing.
        System::reset_events();
        let consented = with_consent(book.calls(1).settlement(), &"receipts".into());
        assert_ok!(state("stranger", consented, both));
        assert!(!events()
            .iter()
            .any(|event| matches!(event, Event::UsageStated { .. })));
        assert_eq!(Balances::total_issuance(), 4 * WEALTH + EXISTENTIAL_DEPOSIT);
    });
}
