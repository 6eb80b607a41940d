//! Receipts that a host should not have signed.

use tributary_channel::{consumer::Trouble, host::Served};
use tributary_primitives::metering::{content, Contradiction, Receipt, Settled};

use crate::support::*;

/// What is settled when all receipts are.
fn settled(both: &Pairing) -> Settled {
    let voucher = both.consumer.final_voucher(CHANNEL).expect("it is signed");
    Settled {
        count: voucher.voucher.count,
        units: voucher.voucher.units,
        amount: voucher.voucher.amount,
        root: voucher.voucher.root,
    }
}

/// The same answer with another receipt, signed by the host.
fn signed(served: &Served, change: impl FnOnce(&mut Receipt)) -> Served {
    let mut other = served.clone();
    change(&mut other.receipt.receipt);
    let leaf = other.receipt.receipt.leaf(terms(CHANNEL, 1).genesis);
    other.receipt.signature = host_key().sign(leaf);
    other
}

fn refused(both: &Pairing, served: &Served) -> Trouble {
    let accepted = both
        .consumer
        .accept(CHANNEL, &served.response, served.receipt.clone());
    accepted.expect_err("it is wrong")
}

#[test]
fn a_second_receipt_contradicts_the_first_once_that_is_settled() {
    let both = Pairing::new(1);
    let served = both.call(b"a");
    both.call(b"b");
    let mut other = signed(&served, |receipt| receipt.response = content(b"other"));
    other.response = b"other".into();
    assert!(matches!(
        refused(&both, &other),
        Trouble::SignedTwice { number: 0 }
    ));

    let audit = both.consumer.audit(CHANNEL, &Settled::default());
    let audit = audit.expect("on disk");
    assert!(audit.same_tree && audit.contradictions.is_empty());
    assert_eq!(audit.pending, 1);

    let both = both.reopened();
    let settled = settled(&both);
    let audit = both.consumer.audit(CHANNEL, &settled).expect("on disk");
    assert!(audit.same_tree);
    let [(receipt, contradiction)] = &audit.contradictions[..] else {
        panic!("one: {audit:?}");
    };
    assert_eq!(*receipt, other.receipt);
    let genesis = terms(CHANNEL, 1).genesis;
    let checked = contradiction.check(genesis, &receipt.receipt, PRICE, &settled);
    assert_eq!(checked, Ok(()));
    // The receipt that is settled contradicts nothing.
    let first = contradiction.check(genesis, &served.receipt.receipt, PRICE, &settled);
    assert!(first.is_err());
}

#[test]
fn a_receipt_at_another_price_contradicts_the_channel() {
    let both = Pairing::new(1);
    let served = both.answer(&both.ask(b"a", 1));
    let dear = signed(&served, |receipt| receipt.amount += 1);
    refused(&both, &dear);
    let audit = both.consumer.audit(CHANNEL, &Settled::default());
    let audit = audit.expect("on disk");
    assert_eq!(audit.contradictions, [(dear.receipt, Contradiction::Price)]);
}

#[test]
fn what_is_not_signed_is_no_evidence_and_what_was_accepted_is_none_either() {
    let both = Pairing::new(1);
    let served = both.answer(&both.ask(b"a", 1));
    let mut forged = served.clone();
    forged.receipt.receipt.amount += 1;
    refused(&both, &forged);
    assert_eq!(both.consumer.rejected(CHANNEL, 9).expect("on disk"), []);
    // An answer that was cut on its way, with the receipt of the whole one.
    let mut cut = served.clone();
    cut.response.pop();
    refused(&both, &cut);
    both.accept(&served);
    let audit = both.consumer.audit(CHANNEL, &settled(&both));
    let audit = audit.expect("on disk");
    assert_eq!((audit.contradictions.len(), audit.pending), (0, 1));
}

#[test]
fn so_many_are_kept_of_a_number_and_none_of_a_channel_that_is_forgotten() {
    let both = Pairing::new(1);
    let served = both.answer(&both.ask(b"a", 1));
    for more in 1..5 {
        refused(&both, &signed(&served, |receipt| receipt.amount += more));
    }
    assert_eq!(
        both.consumer.rejected(CHANNEL, 9).expect("on disk").len(),
        2
    );
    both.consumer.remove(CHANNEL).expect("on disk");
    assert_eq!(both.consumer.rejected(CHANNEL, 9).expect("on disk"), []);
}

#[test]
fn without_the_receipts_nothing_is_proven_about_leaves() {
    let both = Pairing::new(1);
    let served = both.call(b"a");
    let other = signed(&served, |receipt| receipt.response = content(b"other"));
    refused(&both, &other);
    let mut foreign = settled(&both);
    foreign.root = sp_core::H256::repeat_byte(1);
    let audit = both.consumer.audit(CHANNEL, &foreign).expect("on disk");
    assert!(!audit.same_tree && audit.contradictions.is_empty());
}
