//! Right calls, their retries, and what settles them.

use std::sync::Arc;

use tributary_channel::{
    host::{Begun, Refusal},
    AddError, Consumer, Host, Totals, UnusableTerms,
};
use tributary_primitives::{
    merkle::Range,
    metering::{content, order, Contradiction, Settled},
};

use crate::support::*;

#[test]
fn calls_are_answered_and_paid_by_the_next_one() {
    let both = Pairing::new(1);
    let mut range = Range::default();
    for number in 0..20 {
        let outgoing = both.ask(b"question", 3);
        assert_eq!((outgoing.number, outgoing.voucher.count), (number, number));
        assert_eq!(outgoing.voucher.order, order(number, content(b"question")));
        assert_eq!(outgoing.voucher.root, range.root().hash);
        let served = both.answer(&outgoing);
        both.accept(&served);
        let receipt = served.receipt.receipt;
        assert_eq!(receipt.units, 1 + u64::from(number) % 3);
        assert_eq!(receipt.amount, PRICE * u128::from(receipt.units));
        range
            .append(receipt.leaf(terms(CHANNEL, 1).genesis), receipt.amount)
            .expect("they are few");
    }
    let status = both.host.status(CHANNEL).expect("it is known");
    assert_eq!(status.answered.root, range.root().hash);
    assert_eq!((status.answered.count, status.paid.count), (20, 19));
    let owed = both.consumer.position(CHANNEL).expect("it is known").owed;
    assert_eq!(owed, status.answered);
}

#[test]
fn keys_of_all_schemes_sign_on_both_sides() {
    for (voucher_key, receipt_key) in schemes(1).into_iter().zip(schemes(2).into_iter().rev()) {
        let mut agreed = terms(CHANNEL, 1);
        agreed.voucher_key = voucher_key.account();
        agreed.receipt_key = receipt_key.account();
        let directory = tempfile::TempDir::new().expect("there is room");
        let both = Pairing {
            host: Host::open(&directory.path().join("host"), vec![receipt_key])
                .expect("the directory is free"),
            consumer: Consumer::open(&directory.path().join("consumer"), vec![voucher_key])
                .expect("the directory is free"),
            directory,
        };
        both.host.add(agreed.clone()).expect("it is new");
        both.consumer.add(agreed).expect("it is new");
        both.call(b"first");
        both.call(b"second");
        let last = both.consumer.final_voucher(CHANNEL).expect("it is known");
        let taken = both.host.take(last.voucher, &last.signature);
        taken.expect("it is right").wait().expect("it is on disk");
    }
}

#[test]
fn a_retry_has_the_same_bytes_and_is_paid_once() {
    let both = Pairing::new(1);
    both.call(b"before");
    let outgoing = both.ask(b"question", 1);
    let served = both.answer(&outgoing);
    for _ in 0..3 {
        assert_eq!(both.answer(&outgoing), served);
        both.accept(&served);
    }
    let both = both.reopened();
    assert_eq!(both.answer(&outgoing), served);
    both.accept(&served);
    assert_eq!(
        both.host
            .status(CHANNEL)
            .expect("it is known")
            .answered
            .count,
        2
    );
    let owed = both.consumer.position(CHANNEL).expect("it is known").owed;
    assert_eq!((owed.count, owed.amount), (2, 2 * PRICE));
    // Also after the channel's time, since it was answered before.
    assert!(matches!(
        both.host.begin(&incoming(&outgoing), EXPIRES),
        Ok(Begun::Served(again)) if again == served
    ));
}

#[test]
fn an_answer_is_dropped_once_it_is_paid() {
    let both = Pairing::new(1);
    let first = both.ask(b"first", 1);
    both.accept(&both.answer(&first));
    assert_eq!(both.answer(&first).response, b"answer to first");
    both.call(b"second");
    assert!(matches!(
        serve(&both.host, &first),
        Err(Refusal::AnswerDropped { number: 0, next: 2 })
    ));
}

#[test]
fn nobody_else_computes_a_call_meanwhile() {
    let both = Pairing::new(1);
    let outgoing = both.ask(b"question", 1);
    let begun = both.host.begin(&incoming(&outgoing), NOW);
    let Ok(Begun::Compute(computation)) = begun else {
        panic!("it is new");
    };
    assert_eq!(
        (
            computation.channel(),
            computation.number(),
            computation.most()
        ),
        (CHANNEL, 0, 1)
    );
    assert!(matches!(
        serve(&both.host, &outgoing),
        Err(Refusal::InProgress { number: 0 })
    ));
    drop(computation);
    let served = both.answer(&outgoing);
    assert_eq!(served.receipt.receipt.number, 0);
}

#[test]
fn many_calls_at_once_are_judged_like_each_alone() {
    let directory = tempfile::TempDir::new().expect("there is room");
    let (host, consumer) = (open_host(directory.path()), open_consumer(directory.path()));
    let mut all: Vec<_> = (0..150)
        .map(|channel| {
            host.add(terms(channel, 1)).expect("it is new");
            consumer.add(terms(channel, 1)).expect("it is new");
            let outgoing = consumer.ask(channel, b"question".into(), 1, NOW);
            outgoing.expect("it may be asked").wait().expect("on disk")
        })
        .collect();
    // Signatures of other calls, and one of a scheme that is not checked together.
    all[3].signature = all[4].signature.clone();
    all[70].signature = schemes(1)[1].sign(all[70].voucher.hash(terms(70, 1).genesis, 5));
    all[100].number = 8;
    let calls: Vec<_> = all.iter().map(incoming).collect();
    for (place, outcome) in host.begin_all(&calls, NOW).into_iter().enumerate() {
        match place {
            3 | 70 => assert!(matches!(outcome, Err(Refusal::WrongSignature))),
            100 => assert!(matches!(outcome, Err(Refusal::OtherOrder))),
            _ => assert!(matches!(
                outcome,
                Ok(Begun::Compute(computation)) if computation.channel() == place as u64
            )),
        }
    }
}

#[test]
fn what_is_not_settled_is_listed_until_it_is() {
    let both = Pairing::new(1);
    both.call(b"first");
    assert_eq!(both.host.unsettled(), []);
    both.call(b"second");
    let [unsettled] = &both.host.unsettled()[..] else {
        panic!("one call is paid");
    };
    assert_eq!((unsettled.amount, unsettled.expires), (PRICE, EXPIRES));
    let paid = unsettled.voucher.voucher;
    let settled = Settled {
        count: paid.count,
        units: paid.units,
        amount: paid.amount,
        root: paid.root,
    };
    both.host
        .mark_settled(CHANNEL, settled)
        .expect("it is known");
    assert_eq!(both.host.unsettled(), []);

    let last = both.consumer.final_voucher(CHANNEL).expect("it is known");
    let taken = both.host.take(last.voucher, &last.signature);
    taken.expect("it is right").wait().expect("it is on disk");
    let both = both.reopened();
    assert_eq!(both.host.best_voucher(CHANNEL), Some(last));
    assert_eq!(both.host.unsettled()[0].amount, PRICE);
    // An older settlement is no news.
    both.host
        .mark_settled(CHANNEL, Settled::default())
        .expect("it is known");
    let status = both.host.status(CHANNEL).expect("it is known");
    assert_eq!(status.settled, Totals::from(settled));
}

#[test]
fn both_sides_can_show_a_contradiction() {
    let both = Pairing::new(1);
    for _ in 0..5 {
        both.call(b"question");
    }
    let agreed = terms(CHANNEL, 1);
    let leaves = both.host.leaves(CHANNEL, 5).expect("they are on disk");
    assert_eq!(leaves, both.consumer.leaves(CHANNEL, 5).expect("on disk"));
    let kept = both.consumer.receipts(CHANNEL, 0, 10).expect("on disk");
    assert_eq!(kept, both.host.receipts(CHANNEL, 0, 10).expect("on disk"));
    assert_eq!(
        kept[2..4],
        both.host.receipts(CHANNEL, 2, 2).expect("on disk")
    );
    let mut other = kept[3].receipt;
    let find = |receipt: &_| Contradiction::find(agreed.genesis, receipt, PRICE, &leaves);
    assert_eq!(find(&other), None);
    other.response = content(b"another");
    let contradiction = find(&other).expect("another response");
    let owed = both.consumer.position(CHANNEL).expect("it is known").owed;
    let settled = Settled {
        count: owed.count,
        units: owed.units,
        amount: owed.amount,
        root: owed.root,
    };
    assert_eq!(
        contradiction.check(agreed.genesis, &other, PRICE, &settled),
        Ok(())
    );
}

#[test]
fn terms_are_those_that_were_added() {
    let both = Pairing::new(1);
    let same = terms(CHANNEL, 1);
    both.host.add(same.clone()).expect("nothing new");
    both.consumer.add(same.clone()).expect("nothing new");
    let mut other = same.clone();
    other.price += 1;
    assert!(matches!(
        both.host.add(other.clone()),
        Err(AddError::OtherTerms(CHANNEL))
    ));
    assert!(matches!(
        both.consumer.add(other),
        Err(AddError::OtherTerms(CHANNEL))
    ));

    let mut foreign = terms(4, 1);
    (foreign.voucher_key, foreign.receipt_key) = (stranger(), stranger());
    assert!(matches!(
        both.host.add(foreign.clone()),
        Err(AddError::KeyMissing(4))
    ));
    assert!(matches!(
        both.consumer.add(foreign),
        Err(AddError::KeyMissing(4))
    ));

    for window in [0, tributary_channel::MAX_WINDOW + 1] {
        assert_eq!(terms(4, window).check(), Err(UnusableTerms::Window));
    }
    let mut dear = terms(4, 1);
    dear.price = u128::MAX;
    assert!(matches!(
        both.host.add(dear),
        Err(AddError::Unusable(UnusableTerms::Price))
    ));
}

#[test]
fn answers_can_be_awaited() {
    let both = Arc::new(Pairing::new(1));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("threads start")
        .block_on({
            let both = both.clone();
            async move {
                let asked = both.consumer.ask(CHANNEL, b"question".into(), 1, NOW);
                let outgoing = asked.expect("it may be asked").await.expect("on disk");
                let begun = both.host.begin(&incoming(&outgoing), NOW);
                let Ok(Begun::Compute(computation)) = begun else {
                    panic!("it is new");
                };
                let finished = computation.finish(1, b"answer".into());
                let served = tokio::spawn(finished.expect("it is right"))
                    .await
                    .expect("no panic")
                    .expect("it is on disk");
                let accepted = both
                    .consumer
                    .accept(CHANNEL, &served.response, served.receipt);
                accepted.expect("it is right").await.expect("it is on disk");
            }
        });
    assert_eq!(
        both.consumer
            .position(CHANNEL)
            .expect("it is known")
            .owed
            .count,
        1
    );
}
