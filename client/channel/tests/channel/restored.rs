//! A directory of receipts that is not the one that it should be: a number that is signed twice costs the bond.

use std::{fs, path::Path};

use tributary_channel::{host::Refusal, AddError, Totals};
use tributary_primitives::metering::Settled;

use crate::support::*;

fn settled(totals: &Totals) -> Settled {
    Settled {
        count: totals.count,
        units: totals.units,
        amount: totals.amount,
        root: totals.root,
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("there is room");
    for entry in fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("it is there");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("it is there").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("there is room");
        }
    }
}

#[test]
fn receipts_that_the_chain_has_settled_and_nobody_has_end_the_channel() {
    let both = Pairing::new(1);
    both.call(b"a");
    let Pairing {
        host,
        consumer,
        directory,
    } = both;
    drop(host);
    let (now, before) = (directory.path().join("host"), directory.path().join("old"));
    copy(&now, &before);
    let both = Pairing {
        host: open_host(directory.path()),
        consumer,
        directory,
    };
    both.call(b"b");
    let paid = both.consumer.final_voucher(CHANNEL).expect("it is signed");
    let last = both.ask(b"c", 1);
    let Pairing {
        host,
        consumer,
        directory,
    } = both;
    drop(host);
    fs::remove_dir_all(&now).expect("it is ours");
    fs::rename(&before, &now).expect("it is ours");

    let both = Pairing {
        host: open_host(directory.path()),
        consumer,
        directory,
    };
    let chain = settled(&Totals::from(&paid.voucher));
    both.host.mark_settled(CHANNEL, chain).expect("on disk");
    let outcome = |both: &Pairing| {
        let mut again = last.clone();
        // As whoever wants two receipts of one number makes it.
        again.number = 1;
        again.voucher = both.host.status(CHANNEL).expect("known").answered.voucher(
            CHANNEL,
            tributary_primitives::metering::order(
                1,
                tributary_primitives::metering::content(&again.request),
            ),
        );
        let Some(terms) = both.host.status(CHANNEL).map(|status| status.terms) else {
            panic!("it is known");
        };
        again.signature = consumer_key().sign(again.voucher.hash(terms.genesis, terms.model));
        serve(&both.host, &again)
    };
    assert!(matches!(
        outcome(&both),
        Err(Refusal::ReceiptsMissing(CHANNEL))
    ));
    let both = both.reopened();
    assert!(both.host.status(CHANNEL).expect("known").incomplete);
    assert!(matches!(
        outcome(&both),
        Err(Refusal::ReceiptsMissing(CHANNEL))
    ));
}

#[test]
fn another_tree_than_the_settled_one_ends_the_channel() {
    let both = Pairing::new(1);
    both.call(b"a");
    let last = both.ask(b"b", 1);
    let mut other = settled(&both.host.status(CHANNEL).expect("known").answered);
    other.root = sp_core::H256::repeat_byte(7);
    both.host.mark_settled(CHANNEL, other).expect("on disk");
    assert!(matches!(
        serve(&both.host, &last),
        Err(Refusal::ReceiptsMissing(CHANNEL))
    ));
}

#[test]
fn what_was_settled_of_ones_own_changes_nothing() {
    let both = Pairing::new(1);
    for request in [b"a", b"b", b"c", b"d"] {
        both.call(request);
        let chain = settled(&both.host.status(CHANNEL).expect("known").paid);
        both.host.mark_settled(CHANNEL, chain).expect("on disk");
    }
    assert!(!both.host.status(CHANNEL).expect("known").incomplete);
    let both = both.reopened();
    both.call(b"e");
}

#[test]
fn a_new_directory_answers_no_channel_that_is_older() {
    let both = Pairing::new(1);
    assert_eq!(both.host.begin_with(5).expect("on disk"), 5);
    assert_eq!(both.host.begin_with(9).expect("on disk"), 5);
    let both = both.reopened();
    assert_eq!(both.host.begin_with(2).expect("on disk"), 5);
    assert!(matches!(
        both.host.add(terms(4, 1)),
        Err(AddError::Older {
            channel: 4,
            first: 5
        })
    ));
    both.host.add(terms(5, 1)).expect("it is new");
    // What was there before the number was said stays.
    both.call(b"a");
}
