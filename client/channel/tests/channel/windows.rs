//! Several calls at once.

use tributary_channel::{
    consumer::{Outgoing, Trouble},
    host::{Begun, Computation, Refusal},
};

use crate::support::*;

fn begin(both: &Pairing, outgoing: &Outgoing) -> Computation {
    match both.host.begin(&incoming(outgoing), NOW) {
        Ok(Begun::Compute(computation)) => computation,
        other => panic!("it is new, and {other:?}"),
    }
}

#[test]
fn as_many_calls_are_unpaid_as_the_window_has() {
    for window in 1..=4 {
        let both = Pairing::new(window);
        both.call(b"before");
        let all: Vec<_> = (0..window).map(|_| both.ask(b"question", 1)).collect();
        assert!(matches!(
            both.consumer.ask(CHANNEL, b"one more".into(), 1, NOW),
            Err(Trouble::Outstanding { number: 1 })
        ));
        let served: Vec<_> = all.iter().map(|call| both.answer(call)).collect();
        // One that pays none of them is refused.
        let mut more = all[0].clone();
        more.number = window + 1;
        more.voucher.order = tributary_primitives::metering::order(
            more.number,
            tributary_primitives::metering::content(&more.request),
        );
        let agreed = terms(CHANNEL, window);
        more.signature = consumer_key().sign(more.voucher.hash(agreed.genesis, agreed.model));
        match serve(&both.host, &more) {
            Err(Refusal::Unpaid { paid: 1, least: 2 }) => {}
            other => panic!("{other:?}"),
        }
        for one in &served {
            both.accept(one);
        }
        both.call(b"after");
        let paid = both.host.status(CHANNEL).expect("it is known").paid;
        assert_eq!(paid.count, window + 1);
    }
}

#[test]
fn answers_keep_the_order_of_their_numbers() {
    let both = Pairing::new(3);
    let all: Vec<_> = (0..3).map(|_| both.ask(b"question", 2)).collect();
    let mut begun: Vec<_> = all.iter().map(|call| begin(&both, call)).collect();
    let third = begun.remove(2).finish(1, b"third".into()).expect("right");
    let second = begun.remove(1).finish(2, b"second".into()).expect("right");
    assert_eq!(
        both.host
            .status(CHANNEL)
            .expect("it is known")
            .answered
            .count,
        0
    );
    assert!(matches!(
        serve(&both.host, &all[2]),
        Err(Refusal::InProgress { number: 2 })
    ));
    let first = begun.remove(0).finish(1, b"first".into()).expect("right");
    let served = [first, second, third].map(|commit| commit.wait().expect("on disk"));
    assert_eq!(served[1].receipt.receipt.units, 2);
    // They arrive the other way about, and the consumer stops in between.
    both.accept(&served[2]);
    both.accept(&served[2]);
    let both = both.reopened();
    let position = both.consumer.position(CHANNEL).expect("it is known");
    assert_eq!((position.owed.count, position.outstanding), (0, 2));
    assert_eq!(
        both.consumer.outstanding(CHANNEL).expect("on disk"),
        all[..2]
    );
    both.accept(&served[1]);
    both.accept(&served[0]);
    assert_eq!(
        both.consumer.position(CHANNEL).expect("it is known").owed,
        both.host.status(CHANNEL).expect("it is known").answered
    );
    for (outgoing, served) in all.iter().zip(&served) {
        assert_eq!(both.answer(outgoing), *served);
    }
}

#[test]
fn what_is_given_up_takes_what_comes_after_it_along() {
    let both = Pairing::new(3);
    let all: Vec<_> = (0..3).map(|_| both.ask(b"question", 1)).collect();
    let mut begun: Vec<_> = all.iter().map(|call| begin(&both, call)).collect();
    let third = begun.remove(2).finish(1, b"third".into()).expect("right");
    drop(begun.remove(0));
    assert!(matches!(third.wait(), Err(Refusal::GivenUp { number: 2 })));
    assert!(matches!(
        begun.remove(0).finish(1, b"second".into()),
        Err(Refusal::GivenUp { number: 1 })
    ));
    // The late end of one that was given up must not end another one of its number.
    for outgoing in &all {
        both.accept(&both.answer(outgoing));
    }
    assert_eq!(
        both.host
            .status(CHANNEL)
            .expect("it is known")
            .answered
            .count,
        3
    );
}

#[test]
fn an_old_computation_does_not_answer_for_a_new_one() {
    let both = Pairing::new(2);
    let (first, second) = (both.ask(b"a", 1), both.ask(b"b", 1));
    let (given_up, old) = (begin(&both, &first), begin(&both, &second));
    drop(given_up);
    let (new_first, new_second) = (begin(&both, &first), begin(&both, &second));
    assert!(matches!(
        old.finish(1, b"old".into()),
        Err(Refusal::GivenUp { number: 1 })
    ));
    let first = new_first.finish(1, b"first".into()).expect("right");
    let second = new_second.finish(1, b"second".into()).expect("right");
    assert_eq!(first.wait().expect("on disk").response, b"first");
    assert_eq!(second.wait().expect("on disk").response, b"second");
}
