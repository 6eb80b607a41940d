//! Contradictions between receipts and what was settled: every one is found and holds, and an honest receipt contradicts nothing.

use proptest::{collection::vec, prelude::*, sample::Index};
use sp_core::H256;
use tributary_primitives::{
    merkle::Range,
    metering::{leaves, Contradiction, NoContradiction, Receipt, Settled},
    Balance,
};

const GENESIS: H256 = H256([0x44; 32]);
const PRICE: Balance = 7;

/// Receipts of a channel's calls, which took so many units each.
fn receipts(units: &[u64]) -> Vec<Receipt> {
    (0u32..)
        .zip(units)
        .map(|(number, units)| Receipt {
            channel: 3,
            number,
            units: *units,
            amount: PRICE * Balance::from(*units),
            request: H256::repeat_byte(1),
            response: H256::from_low_u64_be(number.into()),
        })
        .collect()
}

/// What settles them all.
fn settled(receipts: &[Receipt]) -> Settled {
    let mut tree = Range::default();
    for (leaf, amount) in leaves(GENESIS, receipts) {
        tree.append(leaf, amount).expect("they are few");
    }
    let root = tree.root();
    Settled {
        count: tree.count,
        units: receipts.iter().map(|receipt| receipt.units).sum(),
        amount: root.sum,
        root: root.hash,
    }
}

/// Changes one thing about a receipt, and nothing about its number.
fn change(mut receipt: Receipt, what: usize) -> Receipt {
    match what % 5 {
        0 => receipt.channel += 1,
        1 => receipt.request = H256::repeat_byte(9),
        2 => receipt.response = H256::repeat_byte(9),
        3 => {
            receipt.units += 1;
            receipt.amount += PRICE;
        }
        _ => receipt.amount += 1,
    }
    receipt
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_a_host_signed_besides_convicts_it(
        units in vec(1..1_000u64, 1..70),
        of in any::<Index>(),
        what in any::<usize>(),
    ) {
        let honest = receipts(&units);
        let (settled, leaves) = (settled(&honest), leaves(GENESIS, &honest));
        let receipt = honest[of.index(honest.len())];
        prop_assert_eq!(Contradiction::find(GENESIS, &receipt, PRICE, &leaves), None);

        let lie = change(receipt, what);
        let found = Contradiction::find(GENESIS, &lie, PRICE, &leaves).expect("it is another");
        prop_assert_eq!(found.check(GENESIS, &lie, PRICE, &settled), Ok(()));
        // The same proof convicts nobody who signed what was settled.
        prop_assert!(found.check(GENESIS, &receipt, PRICE, &settled).is_err());
    }

    #[test]
    fn no_leaf_of_another_place_convicts_an_honest_host(
        units in vec(1..1_000u64, 2..70),
        of in any::<Index>(),
        other in any::<Index>(),
    ) {
        let honest = receipts(&units);
        let (settled, leaves) = (settled(&honest), leaves(GENESIS, &honest));
        let receipt = honest[of.index(honest.len())];
        // The path of the receipt's place, or of another one, with any leaf that was settled.
        for place in [of.index(honest.len()), other.index(honest.len())] {
            let path = tributary_primitives::merkle::prove(&leaves, place as u32).expect("it is there");
            for (leaf, amount) in &leaves {
                let made_up = Contradiction::Leaf { leaf: *leaf, amount: *amount, path: path.clone() };
                prop_assert!(made_up.check(GENESIS, &receipt, PRICE, &settled).is_err());
            }
        }
    }
}

#[test]
fn what_was_not_settled_convicts_nobody() {
    let all = receipts(&[1, 2, 3]);
    let (settled, leaves) = (settled(&all[..2]), leaves(GENESIS, &all[..2]));
    assert_eq!(Contradiction::find(GENESIS, &all[2], PRICE, &leaves), None);
    let path = Default::default();
    let (leaf, amount) = leaves[1];
    let made_up = Contradiction::Leaf { leaf, amount, path };
    let check = |receipt| made_up.check(GENESIS, receipt, PRICE, &settled);
    assert_eq!(check(&all[2]), Err(NoContradiction::NotSettled));
    assert_eq!(check(&all[0]), Err(NoContradiction::NotProven));
    assert_eq!(check(&all[1]), Err(NoContradiction::SameLeaf));
    let at_price = Contradiction::Price.check(GENESIS, &all[0], PRICE, &settled);
    assert_eq!(at_price, Err(NoContradiction::AtPrice));
}

#[test]
fn a_price_that_no_balance_holds_is_no_price() {
    let receipt = receipts(&[u64::MAX])[0];
    let check = |price| Contradiction::Price.check(GENESIS, &receipt, price, &Settled::default());
    assert_eq!(check(PRICE), Err(NoContradiction::AtPrice));
    assert_eq!(check(Balance::MAX), Ok(()));
}
