//! What a consumer refuses: each for its own reason, and without a trace.

use sp_core::H256;
use tributary_channel::{consumer::Trouble, host::Served};
use tributary_primitives::metering::{content, Receipt};

use crate::support::*;

/// What the consumer says to a changed answer, signed by the host; the right one is accepted afterwards.
fn trouble(change: impl FnOnce(&mut Receipt)) -> Trouble {
    trouble_of(|served| {
        change(&mut served.receipt.receipt);
        let leaf = served.receipt.receipt.leaf(terms(CHANNEL, 1).genesis);
        served.receipt.signature = host_key().sign(leaf);
    })
}

fn trouble_of(change: impl FnOnce(&mut Served)) -> Trouble {
    let both = Pairing::new(1);
    both.call(b"before");
    let served = both.answer(&both.ask(b"question", 2));
    let before = both.consumer.position(CHANNEL);
    let mut wrong = served.clone();
    change(&mut wrong);
    let trouble = both
        .consumer
        .accept(CHANNEL, &wrong.response, wrong.receipt)
        .expect_err("it is wrong");
    assert_eq!(both.consumer.position(CHANNEL), before);
    both.accept(&served);
    trouble
}

#[test]
fn of_another_channel() {
    assert!(matches!(
        trouble(|receipt| receipt.channel = 4),
        Trouble::OtherChannel {
            receipt: 4,
            call: CHANNEL
        }
    ));
}

#[test]
fn of_another_number() {
    assert!(matches!(
        trouble(|receipt| receipt.number = 2),
        Trouble::NotAsked { number: 2 }
    ));
}

#[test]
fn of_another_request_or_response() {
    assert!(matches!(
        trouble(|receipt| receipt.request = H256::zero()),
        Trouble::OtherRequest { number: 1 }
    ));
    assert!(matches!(
        trouble(|receipt| receipt.response = H256::zero()),
        Trouble::OtherResponse { number: 1 }
    ));
    assert!(matches!(
        trouble_of(|served| served.response.push(0)),
        Trouble::OtherResponse { number: 1 }
    ));
}

#[test]
fn of_more_units_than_were_allowed() {
    for units in [0, 3] {
        let trouble = trouble(|receipt| {
            receipt.units = units;
            receipt.amount = PRICE * u128::from(units);
        });
        assert!(matches!(
            trouble,
            Trouble::UnitsOutOfBounds {
                number: 1,
                most: 2,
                ..
            }
        ));
    }
}

#[test]
fn at_another_price() {
    assert!(matches!(
        trouble(|receipt| receipt.amount += 1),
        Trouble::WrongPrice { number: 1 }
    ));
}

#[test]
fn not_signed_by_the_host() {
    let unsigned = trouble_of(|served| served.receipt.receipt.units = 1);
    assert!(matches!(unsigned, Trouble::WrongSignature));
    let foreign = trouble_of(|served| {
        let leaf = served.receipt.receipt.leaf(terms(CHANNEL, 1).genesis);
        served.receipt.signature = key(77).sign(leaf);
    });
    assert!(matches!(foreign, Trouble::WrongSignature));
}

#[test]
fn signed_twice_under_one_number() {
    let both = Pairing::new(1);
    let mut served = both.call(b"question");
    served.response = b"another".into();
    served.receipt.receipt.response = content(&served.response);
    let leaf = served.receipt.receipt.leaf(terms(CHANNEL, 1).genesis);
    served.receipt.signature = host_key().sign(leaf);
    assert!(matches!(
        both.consumer
            .accept(CHANNEL, &served.response, served.receipt),
        Err(Trouble::SignedTwice { number: 0 })
    ));
}

#[test]
fn calls_that_cannot_be_made() {
    let both = Pairing::new(1);
    let ask = |most, block| both.consumer.ask(CHANNEL, b"question".into(), most, block);
    assert!(matches!(
        both.consumer.ask(4, Vec::new(), 1, NOW),
        Err(Trouble::UnknownChannel(4))
    ));
    assert!(matches!(
        ask(1, EXPIRES),
        Err(Trouble::Expired { expires: EXPIRES })
    ));
    assert!(matches!(ask(0, NOW), Err(Trouble::NoUnits)));
    assert!(matches!(
        ask(UNITS + 1, NOW),
        Err(Trouble::UnitsExhausted {
            most: 1_001,
            left: UNITS
        })
    ));
    let outgoing = both.ask(b"question", 1);
    assert!(matches!(
        ask(1, NOW),
        Err(Trouble::Outstanding { number: 0 })
    ));
    assert_eq!(
        both.consumer.outstanding(CHANNEL).expect("on disk"),
        [outgoing]
    );
}

#[test]
fn a_call_that_was_refused_can_be_taken_back() {
    let both = Pairing::new(2);
    let (first, second) = (both.ask(b"a", 1), both.ask(b"b", 1));
    let withdraw = |number| both.consumer.withdraw(CHANNEL, number);
    assert!(matches!(withdraw(0), Err(Trouble::NotLast { number: 0 })));
    assert!(matches!(withdraw(2), Err(Trouble::NotAsked { number: 2 })));
    withdraw(1)
        .expect("it is the last")
        .wait()
        .expect("on disk");
    both.accept(&both.answer(&first));
    assert!(matches!(withdraw(0), Err(Trouble::NotAsked { number: 0 })));
    let both = both.reopened();
    assert_eq!(both.consumer.outstanding(CHANNEL).expect("on disk"), []);
    let again = both.ask(b"c", 1);
    assert_eq!(again.number, second.number);
    both.accept(&both.answer(&again));
}
