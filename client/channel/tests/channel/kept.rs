//! What is on disk, and for how long.

use tributary_channel::{
    consumer::Trouble,
    host::{Begun, Refusal},
    AddError, Consumer, Host, StoreError,
};

use crate::support::*;

#[test]
fn a_call_that_was_not_answered_is_made_again_as_it_was() {
    let both = Pairing::new(1);
    both.call(b"before");
    let outgoing = both.ask(b"question", 1);
    let both = both.reopened();
    let outstanding = both.consumer.outstanding(CHANNEL).expect("on disk");
    assert_eq!(outstanding, [outgoing]);
    let served = both.answer(&outstanding[0]);
    // The answer is lost on its way, and both sides stop.
    let both = both.reopened();
    let outstanding = both.consumer.outstanding(CHANNEL).expect("on disk");
    assert_eq!(both.answer(&outstanding[0]), served);
    both.accept(&served);
    let both = both.reopened();
    assert_eq!(both.consumer.outstanding(CHANNEL).expect("on disk"), []);
    both.call(b"after");
    assert_eq!(
        both.host.status(CHANNEL).expect("it is known").paid.count,
        2
    );
}

#[test]
fn an_answer_of_which_nobody_hears_is_kept() {
    let both = Pairing::new(1);
    let outgoing = both.ask(b"question", 1);
    let begun = both.host.begin(&incoming(&outgoing), NOW);
    let Ok(Begun::Compute(computation)) = begun else {
        panic!("it is new");
    };
    drop(
        computation
            .finish(1, b"only once".into())
            .expect("it is right"),
    );
    let both = both.reopened();
    assert_eq!(both.answer(&outgoing).response, b"only once");
}

#[test]
fn what_is_over_is_forgotten() {
    let both = Pairing::new(1);
    for request in [b"a", b"b"] {
        both.call(request);
    }
    let outgoing = both.ask(b"c", 1);
    let begun = both.host.begin(&incoming(&outgoing), NOW);
    let Ok(Begun::Compute(computation)) = begun else {
        panic!("it is new");
    };
    both.host.add(terms(4, 1)).expect("it is new");
    both.host.remove(CHANNEL).expect("on disk");
    both.consumer.remove(CHANNEL).expect("on disk");
    assert!(matches!(
        computation.finish(1, b"late".into()),
        Err(Refusal::GivenUp { number: 2 })
    ));
    let both = both.reopened();
    assert_eq!(both.host.channels(), [4]);
    assert!(both.consumer.channels().is_empty());
    assert_eq!(both.host.status(CHANNEL), None);
    assert_eq!(both.consumer.position(CHANNEL), None);
    assert_eq!(both.host.receipts(CHANNEL, 0, 9).expect("on disk"), []);
    assert_eq!(both.consumer.receipts(CHANNEL, 0, 9).expect("on disk"), []);
    assert!(matches!(
        serve(&both.host, &outgoing),
        Err(Refusal::UnknownChannel(CHANNEL))
    ));
}

#[test]
fn a_directory_has_one_owner() {
    let both = Pairing::new(1);
    let host = both.directory.path().join("host");
    let second = Host::open(&host, vec![host_key()]);
    assert!(matches!(
        second.err(),
        Some(AddError::Store(StoreError::Database(_)))
    ));
}

#[test]
fn channels_whose_keys_are_missing_are_not_forgotten() {
    let both = Pairing::new(1);
    both.call(b"a");
    let last = both.ask(b"b", 1);
    let kept = both.answer(&last);
    both.accept(&kept);
    let Pairing {
        host,
        consumer,
        directory,
    } = both;
    drop((host, consumer));
    let (host, consumer) = (
        Host::open(&directory.path().join("host"), vec![key(77)]),
        Consumer::open(&directory.path().join("consumer"), vec![key(77)]),
    );
    let both = Pairing {
        host: host.expect("it is free"),
        consumer: consumer.expect("it is free"),
        directory,
    };
    let status = both.host.status(CHANNEL).expect("it is known");
    assert_eq!((status.answered.count, status.signs), (2, false));
    // What was paid is settled as ever.
    assert_eq!(both.host.unsettled()[0].amount, PRICE);
    assert_eq!(both.answer(&last), kept);
    assert!(matches!(
        both.consumer.ask(CHANNEL, b"c".into(), 1, NOW),
        Err(Trouble::KeyMissing(CHANNEL))
    ));
    assert_eq!(
        both.consumer
            .receipts(CHANNEL, 0, 9)
            .expect("on disk")
            .len(),
        2
    );
    assert!(matches!(
        both.host.add(terms(4, 1)),
        Err(AddError::KeyMissing(4))
    ));
    // With the consumer's key alone, a call is made that is not answered.
    let Pairing {
        host,
        consumer,
        directory,
    } = both;
    drop(consumer);
    let both = Pairing {
        host,
        consumer: open_consumer(directory.path()),
        directory,
    };
    let outgoing = both.ask(b"c", 1);
    assert!(matches!(
        serve(&both.host, &outgoing),
        Err(Refusal::KeyMissing(CHANNEL))
    ));
    let both = both.reopened();
    both.accept(&both.answer(&outgoing));
}
