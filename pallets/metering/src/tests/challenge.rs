//! A host whose receipt contradicts what was settled loses its bond, once a channel.

use super::*;
use frame_support::traits::fungible::Inspect;
use tributary_primitives::metering::{leaves, Contradiction, Receipt};

/// A settled channel of five calls.
fn settled(test: impl FnOnce(Book)) {
    opened(|| {
        let mut book = Book::new(0);
        assert_ok!(settle(&[book.calls(5).settlement()]));
        test(book);
    });
}

fn challenge(
    receipt: Receipt,
    key: &str,
    contradiction: &Contradiction,
) -> sp_runtime::DispatchResult {
    let signature = Key::from(key).sign(receipt.leaf(genesis()));
    let contradiction = Box::new(contradiction.clone());
    Metering::challenge(signed("stranger"), receipt, signature, contradiction)
}

/// Another answer to the same call.
fn other(receipt: &Receipt) -> Receipt {
    Receipt {
        response: H256::repeat_byte(8),
        ..*receipt
    }
}

fn found(book: &Book, receipt: &Receipt) -> Contradiction {
    let leaves = leaves(genesis(), &book.receipts);
    Contradiction::find(genesis(), receipt, PRICE, &leaves).expect("they contradict")
}

#[test]
fn a_second_receipt_of_a_number_costs_the_bond() {
    settled(|book| {
        let lie = other(&book.receipts[3]);
        let issuance = Balances::total_issuance();
        let before = Balances::balance(&account("stranger"));
        assert_ok!(challenge(lie, "receipts", &found(&book, &lie)));
        let (reward, burnt) = (BOND / 2, BOND - BOND / 2);
        assert_eq!(Balances::balance(&account("stranger")), before + reward);
        assert_eq!(Balances::total_issuance(), issuance - burnt);
        assert_eq!(on_hold(HoldReason::Bond, "host"), 0);
        assert_eq!(
            last_event(),
            Event::HostChallenged {
                channel: 0,
                host: account("host"),
                challenger: account("stranger"),
                number: 3,
                reward,
                burnt
            }
        );
    });
}

#[test]
fn a_receipt_at_another_price_costs_the_bond_before_it_is_settled() {
    opened(|| {
        for amount in [PRICE + 1, PRICE - 1] {
            let mut receipt = Book::new(0).calls(1).receipts[0];
            receipt.amount = amount;
            let contradiction = Contradiction::find(genesis(), &receipt, PRICE, &[]);
            assert_eq!(contradiction, Some(Contradiction::Price));
            let challenged = frame_support::storage::with_storage_layer(|| {
                challenge(receipt, "receipts", &Contradiction::Price)?;
                // The other one is as good.
                Err::<(), _>(DispatchError::CannotLookup)
            });
            assert_eq!(challenged, Err(DispatchError::CannotLookup));
        }
    });
}

#[test]
fn an_honest_receipt_contradicts_nothing() {
    settled(|book| {
        let honest = book.receipts[3];
        let all = leaves(genesis(), &book.receipts);
        assert_eq!(
            Contradiction::find(genesis(), &honest, PRICE, &all),
            None,
            "nothing is found"
        );
        let lie = other(&honest);
        let Contradiction::Leaf { path, .. } = found(&book, &lie) else {
            panic!("it is at its price");
        };
        let leaf = |receipt: &Receipt| Contradiction::Leaf {
            leaf: receipt.leaf(genesis()),
            amount: receipt.amount,
            path: path.clone(),
        };
        for (contradiction, error) in [
            (Contradiction::Price, Error::<Test>::ReceiptAtPrice),
            (leaf(&honest), Error::<Test>::ReceiptSettled),
            // A leaf that was never settled, or not under this number.
            (leaf(&lie), Error::<Test>::LeafNotProven),
            (leaf(&book.receipts[2]), Error::<Test>::LeafNotProven),
        ] {
            assert_noop!(challenge(honest, "receipts", &contradiction), error);
        }
    });
}

#[test]
fn what_is_not_settled_contradicts_nothing() {
    settled(|mut book| {
        // Signed, and the consumer has vanished with it.
        let unpaid = book.calls(1).receipts[5];
        let Contradiction::Leaf { leaf, amount, path } = found(&book, &other(&unpaid)) else {
            panic!("it is at its price");
        };
        let contradiction = Contradiction::Leaf { leaf, amount, path };
        assert_noop!(
            challenge(other(&unpaid), "receipts", &contradiction),
            Error::<Test>::ReceiptNotSettled
        );
    });
}

#[test]
fn only_what_the_host_signed_is_held_against_it() {
    settled(|book| {
        let lie = other(&book.receipts[3]);
        let contradiction = found(&book, &lie);
        for key in ["voucher", "host", "stranger"] {
            assert_noop!(
                challenge(lie, key, &contradiction),
                Error::<Test>::InvalidSignature
            );
        }
        let elsewhere = Receipt { channel: 1, ..lie };
        assert_noop!(
            challenge(elsewhere, "receipts", &contradiction),
            Error::<Test>::ChannelNotFound
        );
    });
}

#[test]
fn a_receipt_is_held_against_its_own_channel_alone() {
    settled(|book| {
        assert_ok!(open("consumer"));
        let lie = other(&book.receipts[3]);
        // The host has the same key in both.
        let signature = Key::from("receipts").sign(lie.leaf(genesis()));
        let elsewhere = Receipt { channel: 1, ..lie };
        for contradiction in [found(&book, &lie), Contradiction::Price] {
            let contradiction = Box::new(contradiction);
            assert_noop!(
                Metering::challenge(
                    signed("stranger"),
                    elsewhere,
                    signature.clone(),
                    contradiction
                ),
                Error::<Test>::InvalidSignature
            );
        }
    });
}

#[test]
fn a_challenge_that_is_copied_pays_whoever_is_first_and_once() {
    settled(|book| {
        let lie = other(&book.receipts[3]);
        let contradiction = Box::new(found(&book, &lie));
        let signature = Key::from("receipts").sign(lie.leaf(genesis()));
        let challenge =
            |who| Metering::challenge(signed(who), lie, signature.clone(), contradiction.clone());
        let issuance = Balances::total_issuance();
        let before = Balances::balance(&account("stranger"));
        // Has seen the stranger's challenge, and is in the block before it.
        assert_ok!(challenge("pauper"));
        let (reward, burnt) = (BOND / 2, BOND - BOND / 2);
        assert_eq!(
            Balances::balance(&account("pauper")),
            EXISTENTIAL_DEPOSIT + reward
        );
        assert_noop!(challenge("stranger"), Error::<Test>::AlreadyChallenged);
        assert_noop!(challenge("pauper"), Error::<Test>::AlreadyChallenged);
        assert_eq!(Balances::balance(&account("stranger")), before);
        assert_eq!(Balances::total_issuance(), issuance - burnt);
    });
}

#[test]
fn a_host_that_convicted_itself_has_nothing_to_lose_in_other_channels_until_it_has_another_bond() {
    settled(|book| {
        assert_ok!(open("consumer"));
        let mut second = Book::new(1);
        assert_ok!(settle(&[second.calls(2).settlement()]));
        let own = other(&book.receipts[0]);
        let contradiction = Box::new(found(&book, &own));
        let signature = Key::from("receipts").sign(own.leaf(genesis()));
        assert_ok!(Metering::challenge(
            signed("host"),
            own,
            signature,
            contradiction
        ));
        let lie = other(&second.receipts[0]);
        let convict = || challenge(lie, "receipts", &found(&second, &lie));
        assert_noop!(convict(), Error::<Test>::HostWithoutBond);
        // It takes no channel without one, and the next one stands for the old lie as well.
        assert_noop!(open("consumer"), Error::<Test>::HostWithoutBond);
        assert_ok!(Metering::register(
            signed("host"),
            account("receipts"),
            BOND
        ));
        assert_ok!(convict());
    });
}

#[test]
fn a_channel_costs_the_bond_once() {
    settled(|book| {
        assert_ok!(open("consumer"));
        let lie = other(&book.receipts[3]);
        assert_ok!(challenge(lie, "receipts", &found(&book, &lie)));
        // Another bond is not lost by the same channel, nor by any while there is none.
        let mut receipt = Book::new(1).calls(1).receipts[0];
        receipt.amount += 1;
        assert_noop!(
            challenge(receipt, "receipts", &Contradiction::Price),
            Error::<Test>::HostWithoutBond
        );
        assert_noop!(open("consumer"), Error::<Test>::HostWithoutBond);
        assert_ok!(Metering::register(
            signed("host"),
            account("receipts"),
            BOND
        ));
        let second = other(&book.receipts[1]);
        assert_noop!(
            challenge(second, "receipts", &found(&book, &second)),
            Error::<Test>::AlreadyChallenged
        );
        assert_ok!(challenge(receipt, "receipts", &Contradiction::Price));
    });
}

#[test]
fn a_channel_that_has_ended_is_contradicted_for_a_notice_period() {
    settled(|book| {
        let lie = other(&book.receipts[0]);
        let contradiction = found(&book, &lie);
        assert_ok!(Metering::close(signed("host"), 0));
        wait(A_DAY);
        assert_noop!(
            challenge(lie, "receipts", &contradiction),
            Error::<Test>::ChallengeOver
        );
        System::set_block_number(A_DAY);
        assert_ok!(challenge(lie, "receipts", &contradiction));
    });
}

#[test]
fn a_channel_that_is_closing_or_that_nobody_ended_is_contradicted_however_late() {
    settled(|book| {
        let lie = other(&book.receipts[0]);
        let contradiction = found(&book, &lie);
        let convicts = || {
            let outcome = frame_support::storage::with_storage_layer(|| {
                challenge(lie, "receipts", &contradiction)?;
                // So that it can be tried again.
                Err::<(), _>(DispatchError::CannotLookup)
            });
            assert_eq!(outcome, Err(DispatchError::CannotLookup));
        };
        System::set_block_number(EXPIRES - 1);
        assert_ok!(Metering::close(signed("consumer"), 0));
        convicts();
        // Its time is over, and so is the notice period after it; the bond stands until it has ended and is forgotten.
        System::set_block_number(EXPIRES + 10 * A_DAY);
        convicts();
        assert_ok!(Metering::close(signed("stranger"), 0));
        wait(A_DAY - 1);
        convicts();
        wait(1);
        assert_noop!(
            challenge(lie, "receipts", &contradiction),
            Error::<Test>::ChallengeOver
        );
    });
}

#[test]
fn what_is_forgotten_convicts_nobody() {
    settled(|book| {
        let lie = other(&book.receipts[0]);
        let contradiction = found(&book, &lie);
        assert_ok!(Metering::close(signed("host"), 0));
        wait(A_DAY);
        assert_ok!(Metering::forget(signed("stranger"), 0));
        assert_noop!(
            challenge(lie, "receipts", &contradiction),
            Error::<Test>::ChannelNotFound
        );
        assert_eq!(on_hold(HoldReason::Bond, "host"), BOND);
    });
}

#[test]
fn locks_do_not_keep_a_bond() {
    settled(|book| {
        lock("host");
        let lie = other(&book.receipts[0]);
        assert_ok!(challenge(lie, "receipts", &found(&book, &lie)));
        assert_eq!(on_hold(HoldReason::Bond, "host"), 0);
    });
}

#[test]
fn a_host_that_convicts_itself_loses_half_all_the_same() {
    settled(|book| {
        let lie = other(&book.receipts[0]);
        let signature = Key::from("receipts").sign(lie.leaf(genesis()));
        let contradiction = Box::new(found(&book, &lie));
        let before = Balances::total_balance(&account("host"));
        assert_ok!(Metering::challenge(
            signed("host"),
            lie,
            signature,
            contradiction
        ));
        let after = Balances::total_balance(&account("host"));
        assert_eq!(before - after, BOND - BOND / 2);
    });
}
