//! What a host refuses: each for its own reason, and without a trace.

use sp_core::H256;
use tributary_channel::{
    consumer::Outgoing,
    host::{Begun, Refusal},
};
use tributary_primitives::metering::{content, order};

use crate::support::*;

/// Three calls, and the fourth as it is sent.
fn fourth(window: u32) -> (Pairing, Outgoing) {
    let both = Pairing::new(window);
    for request in [b"a", b"b", b"c"] {
        both.call(request);
    }
    let outgoing = both.ask(b"d", 2);
    (both, outgoing)
}

/// The same, signed again by the consumer after a change.
fn resigned(mut outgoing: Outgoing, change: impl FnOnce(&mut Outgoing)) -> Outgoing {
    change(&mut outgoing);
    outgoing.voucher.order = order(outgoing.number, content(&outgoing.request));
    signed(outgoing)
}

fn signed(mut outgoing: Outgoing) -> Outgoing {
    let agreed = terms(CHANNEL, 1);
    let hash = outgoing.voucher.hash(agreed.genesis, agreed.model);
    outgoing.signature = consumer_key().sign(hash);
    outgoing
}

/// What the host says to a changed call; the right one is answered afterwards.
fn refusal(change: impl FnOnce(Outgoing) -> Outgoing) -> Refusal {
    let (both, outgoing) = fourth(1);
    let before = both.host.status(CHANNEL);
    let best = both.host.best_voucher(CHANNEL);
    let refusal = serve(&both.host, &change(outgoing.clone())).expect_err("it is wrong");
    assert_eq!(both.host.status(CHANNEL), before);
    assert_eq!(both.host.best_voucher(CHANNEL), best);
    both.accept(&both.answer(&outgoing));
    refusal
}

#[test]
fn of_another_channel() {
    let refusal = refusal(|call| resigned(call, |call| call.voucher.channel += 1));
    assert!(matches!(refusal, Refusal::UnknownChannel(4)));
}

#[test]
fn signed_by_somebody_else() {
    let forged = refusal(|mut call| {
        let agreed = terms(CHANNEL, 1);
        call.signature = key(77).sign(call.voucher.hash(agreed.genesis, agreed.model));
        call
    });
    assert!(matches!(forged, Refusal::WrongSignature));
}

#[test]
fn signed_for_another_chain_or_model() {
    for (genesis, model) in [(H256::zero(), 5), (terms(CHANNEL, 1).genesis, 6)] {
        let refusal = refusal(|mut call| {
            call.signature = consumer_key().sign(call.voucher.hash(genesis, model));
            call
        });
        assert!(matches!(refusal, Refusal::WrongSignature));
    }
}

#[test]
fn signed_for_another_request_or_number() {
    let request = refusal(|mut call| {
        call.request = b"e".into();
        call
    });
    assert!(matches!(request, Refusal::OtherOrder));
    let number = refusal(|mut call| {
        call.number += 1;
        call
    });
    assert!(matches!(number, Refusal::OtherOrder));
    // The order is part of what is signed.
    let order_changed = refusal(|mut call| {
        call.request = b"e".into();
        call.voucher.order = order(call.number, content(b"e"));
        call
    });
    assert!(matches!(order_changed, Refusal::WrongSignature));
}

#[test]
fn with_other_totals() {
    let units = refusal(|call| resigned(call, |call| call.voucher.units -= 1));
    assert!(matches!(
        units,
        Refusal::WrongUnits {
            stated: 2,
            units: 3
        }
    ));
    let amount = refusal(|call| resigned(call, |call| call.voucher.amount -= 1));
    assert!(matches!(
        amount,
        Refusal::WrongAmount {
            stated: 20,
            amount: 21
        }
    ));
    let root = refusal(|call| resigned(call, |call| call.voucher.root = H256::zero()));
    assert!(matches!(root, Refusal::WrongRoot));
}

#[test]
fn that_pay_too_few_or_too_many() {
    let few = refusal(|call| resigned(call, |call| call.voucher.count -= 1));
    assert!(matches!(few, Refusal::Unpaid { paid: 2, least: 3 }));
    let many = refusal(|call| resigned(call, |call| call.voucher.count += 1));
    assert!(matches!(
        many,
        Refusal::NotAnswered {
            paid: 4,
            answered: 3
        }
    ));
}

#[test]
fn out_of_their_turn() {
    let later = refusal(|call| resigned(call, |call| call.number += 1));
    assert!(matches!(later, Refusal::NotNext { next: 3 }));
    let last = refusal(|call| resigned(call, |call| call.number = u32::MAX));
    assert!(matches!(last, Refusal::NotNext { next: 3 }));
}

#[test]
fn another_request_under_a_used_number() {
    let conflict = refusal(|call| {
        resigned(call, |call| {
            call.number = 2;
            call.request = b"not c".into();
        })
    });
    assert!(matches!(conflict, Refusal::Conflict { number: 2 }));
    let old = refusal(|call| resigned(call, |call| call.number = 1));
    assert!(matches!(old, Refusal::AnswerDropped { number: 1, next: 3 }));

    // Also of one that is being answered.
    let (both, outgoing) = fourth(1);
    let begun = both.host.begin(&incoming(&outgoing), NOW);
    let other = resigned(outgoing, |call| call.request = b"e".into());
    assert!(matches!(
        serve(&both.host, &other),
        Err(Refusal::Conflict { number: 3 })
    ));
    drop(begun);
}

#[test]
fn a_retry_by_somebody_else() {
    let (both, mut outgoing) = fourth(1);
    both.answer(&outgoing);
    outgoing.signature = key(77).sign(H256::zero());
    assert!(matches!(
        serve(&both.host, &outgoing),
        Err(Refusal::WrongSignature)
    ));
}

#[test]
fn after_the_channels_time() {
    let (both, outgoing) = fourth(1);
    assert!(matches!(
        both.host.begin(&incoming(&outgoing), EXPIRES),
        Err(Refusal::Expired { expires: EXPIRES })
    ));
    assert!(both.host.begin(&incoming(&outgoing), EXPIRES - 1).is_ok());
}

#[test]
fn for_more_units_than_are_left() {
    let exhausted = refusal(|mut call| {
        call.most = UNITS - 2;
        call
    });
    assert!(matches!(
        exhausted,
        Refusal::UnitsExhausted {
            most: 998,
            left: 997
        }
    ));
    let none = refusal(|mut call| {
        call.most = 0;
        call
    });
    assert!(matches!(
        none,
        Refusal::UnitsOutOfBounds { units: 0, most: 0 }
    ));
}

#[test]
fn units_that_may_be_taken_are_reserved() {
    let both = Pairing::new(2);
    let (first, second) = (both.ask(b"a", 600), both.ask(b"b", 400));
    let begun = both.host.begin(&incoming(&first), NOW);
    let Ok(Begun::Compute(computation)) = begun else {
        panic!("it is new");
    };
    assert_eq!(both.host.status(CHANNEL).expect("it is known").left, 400);
    let mut greedy = second.clone();
    greedy.most = 401;
    assert!(matches!(
        serve(&both.host, &greedy),
        Err(Refusal::UnitsExhausted {
            most: 401,
            left: 400
        })
    ));
    assert!(matches!(
        both.host.begin(&incoming(&second), NOW),
        Ok(Begun::Compute(_))
    ));
    let finished = computation.finish(10, b"answer".into());
    finished.expect("within bounds").wait().expect("on disk");
    assert_eq!(both.host.status(CHANNEL).expect("it is known").left, 990);
}

#[test]
fn units_beyond_what_was_said() {
    let (both, outgoing) = fourth(1);
    for units in [0, 3] {
        let Ok(Begun::Compute(computation)) = both.host.begin(&incoming(&outgoing), NOW) else {
            panic!("it is not answered");
        };
        assert!(matches!(
            computation.finish(units, b"answer".into()),
            Err(Refusal::UnitsOutOfBounds { most: 2, .. })
        ));
    }
    both.accept(&both.answer(&outgoing));
}

#[test]
fn without_a_call() {
    let (both, outgoing) = fourth(1);
    let last = both.consumer.final_voucher(CHANNEL).expect("it is known");
    assert_eq!(last.voucher.order, H256::zero());
    let mut wrong = last.voucher;
    wrong.amount += 1;
    assert!(matches!(
        both.host.take(wrong, &last.signature),
        Err(Refusal::WrongSignature)
    ));
    let agreed = terms(CHANNEL, 1);
    let sign = |voucher: &tributary_primitives::metering::Voucher| {
        consumer_key().sign(voucher.hash(agreed.genesis, agreed.model))
    };
    assert!(matches!(
        both.host.take(wrong, &sign(&wrong)),
        Err(Refusal::WrongAmount { .. })
    ));
    let taken = both.host.take(last.voucher, &last.signature);
    taken.expect("it is right").wait().expect("on disk");
    assert_eq!(both.host.best_voucher(CHANNEL), Some(last));
    let mut old = outgoing.voucher;
    old.count -= 1;
    assert!(matches!(
        both.host.take(old, &sign(&old)),
        Err(Refusal::Outdated { paid: 2, best: 3 })
    ));
}
