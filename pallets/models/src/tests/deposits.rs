use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use proptest::prelude::*;
use sp_runtime::ArithmeticError;
use tributary_primitives::licences::Origin;

use super::*;

/// What is held for a model, given the bytes of its edges, ancestors and metadata.
fn deposit(edges: usize, ancestors: usize, metadata: usize) -> u128 {
    // Each list begins with its length in compact form: one byte up to 63.
    let length = |entries: usize| if entries < 64 { 1 } else { 2 };
    // A model to be fine-tuned from is one byte of variant and four of identifier; the grade, whether it is a debt, and whether it is upheld are
    // one byte each.
    let bytes = ModelOf::<Test>::max_encoded_len()
        + 3 * TeamOf::<Test>::max_encoded_len()
        + NextTeamOf::<Test>::max_encoded_len()
        + length(edges)
        + 8 * edges
        // Eight places for the longest, which are of pools, and known since a block of eight bytes.
        + 8 * (9 + 1 + 9 + 1)
        + length(ancestors)
        + 4 * ancestors
        + length(metadata)
        + metadata
        // Forty-one royalties: payee, two rates, ceiling, two balances, a mark, since when it is held back; and sixteen that ended, each with two balances.
        + (1 + 41 * (9 + 4 + 4 + 17 + 2 * 16 + 1 + 17))
        + (1 + 16 * (5 + 2 * 16))
        // Balances of all of them, of the team, of the former one with a period, and of those before.
        + 3 * 16 + 4 * 16 + (1 + 4 + 4 * 16) + 16
        // Whether half waits, and what is set aside.
        + 1 + (1 + 4 + 1 + 3 * 16)
        // What has come in, and what had at two boundaries.
        + 4 * 16 + (4 + 2 * (16 + 17));
    8 * ITEM + BYTE * bytes as u128
}

#[test]
fn a_model_without_anything_pays_for_its_record_and_its_team() {
    ExtBuilder::default().build_and_execute(|| {
        base();
        assert_eq!(held(ALICE), deposit(0, 0, 0));
    });
}

#[test]
fn every_stored_byte_is_paid() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        let middle = child_of(parent);
        assert_ok!(register(
            CAROL,
            Registration {
                metadata: vec![b'x'; 300],
                ..registration(Kind::FineTune, vec![Origin::FineTunedFrom(middle)])
            }
        ));
        assert_eq!(held(CAROL), deposit(1, 2, 300));
        assert_eq!(
            crate::Models::<Test>::get(2).map(|model| model.deposit),
            Some(deposit(1, 2, 300))
        );
    });
}

#[test]
fn what_a_model_owes_does_not_change_what_is_held_for_it() {
    ExtBuilder::default().build_and_execute(|| {
        Royalties::set(32);
        base();
        assert_eq!(held(ALICE), deposit(0, 0, 0));
    });
}

#[test]
fn deposits_of_an_owner_add_up() {
    ExtBuilder::default().build_and_execute(|| {
        base();
        base();
        assert_eq!(held(ALICE), 2 * deposit(0, 0, 0));
    });
}

#[test]
fn a_deposit_that_no_balance_can_hold_is_an_error() {
    ExtBuilder::default().build_and_execute(|| {
        for (item, byte) in [
            (u128::MAX, BYTE),
            (ITEM, u128::MAX),
            // Seven items are almost the most that there is: their bytes are too much.
            (u128::MAX / 7, BYTE),
        ] {
            ItemPrice::set(item);
            BytePrice::set(byte);
            assert_noop!(
                register(ALICE, registration(Kind::Base, Vec::new())),
                ArithmeticError::Overflow
            );
        }
    });
}

#[test]
#[should_panic = "fits a balance"]
fn prices_that_could_overflow_fail_the_integrity_test() {
    BytePrice::set(u128::MAX >> 16);
    <Models as Hooks<u64>>::integrity_test();
}

#[test]
fn what_is_on_hold_does_not_change_with_the_price() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let deposit = held(ALICE);
        BytePrice::set(100 * BYTE);
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(ALICE),
            model,
            BOB
        ));
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_eq!((held(ALICE), held(BOB)), (0, deposit));
        base();
        assert!(held(ALICE) > deposit);
    });
}

#[test]
fn the_prices_of_this_runtime_pass_the_integrity_test() {
    <Models as Hooks<u64>>::integrity_test();
}

proptest! {
    #[test]
    fn a_price_is_linear_in_items_and_bytes(items in any::<u32>(), bytes in any::<u32>()) {
        prop_assert_eq!(
            Models::price_of(items, bytes as usize),
            Ok(u128::from(items) * ITEM + u128::from(bytes) * BYTE)
        );
    }
}
