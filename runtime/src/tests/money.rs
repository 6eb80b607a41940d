use super::*;
use crate::{
    configs::money::ExecutionFee,
    currency::{deposit, BASE_FEE, EXISTENTIAL_DEPOSIT, MICRO, MILLI, TRIB},
};
use frame_support::weights::{constants::ExtrinsicBaseWeight, WeightToFee};
use pallet_transaction_payment::Multiplier;
use sp_runtime::traits::One;

fn transfer(to: &AccountId, value: Balance) -> RuntimeCall {
    pallet_balances::Call::<Runtime>::transfer_keep_alive {
        dest: to.clone().into(),
        value,
    }
    .into()
}

#[test]
fn units_and_prices_are_what_they_say() {
    assert_eq!(TRIB, 10u128.pow(12));
    assert_eq!(EXISTENTIAL_DEPOSIT, TRIB / 1_000);
    assert_eq!(deposit(1, 100), 20 * MILLI);
    assert_eq!(deposit(0, 1), 100 * MICRO);
    let all = deposit(u32::MAX, u32::MAX);
    assert_eq!(all, u128::from(u32::MAX) * (10 * MILLI + 100 * MICRO));
}

#[test]
fn an_extrinsic_that_does_nothing_pays_the_base_fee() {
    let fee = ExecutionFee::weight_to_fee(&ExtrinsicBaseWeight::get());
    // The coefficient is a fraction of a billion.
    assert!(BASE_FEE.abs_diff(fee) <= 1, "{fee}");
}

#[test]
fn a_heavier_call_pays_in_proportion() {
    let base = ExtrinsicBaseWeight::get();
    let fee = ExecutionFee::weight_to_fee(&(base * 1_000));
    assert!((1_000 * BASE_FEE).abs_diff(fee) <= 1_000, "{fee}");
}

#[test]
fn the_author_of_the_block_gets_the_whole_fee() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        let (eve, ferdie) = (Sr25519Keyring::Eve, Sr25519Keyring::Ferdie.to_account_id());
        let author = Session::validators()[2].clone();
        let balance = |who: &AccountId| Balances::free_balance(who);
        let before = (
            balance(&eve.to_account_id()),
            balance(&ferdie),
            balance(&author),
        );
        let issuance = Balances::total_issuance();

        begin_block(FIRST_SLOT, 2);
        assert_eq!(apply(eve, 0, transfer(&ferdie, 5 * TRIB)), Ok(Ok(())));
        end_block();

        let fee = before.0 - 5 * TRIB - balance(&eve.to_account_id());
        assert!(fee > BASE_FEE && fee < 10 * MILLI, "{fee}");
        assert_eq!(balance(&ferdie), before.1 + 5 * TRIB);
        assert_eq!(balance(&author), before.2 + fee);
        assert_eq!(Balances::total_issuance(), issuance);
    });
}

#[test]
fn an_author_without_an_account_gets_nothing_and_the_fee_is_burnt() {
    let mut json = genesis_json(DEV_RUNTIME_PRESET, json!({}));
    let balances = json["balances"]["balances"].as_array_mut().expect("a list");
    let alice = serde_json::to_value(Sr25519Keyring::Alice.to_account_id()).expect("an address");
    balances.retain(|entry| entry[0] != alice);
    network_of(json).execute_with(|| {
        let alice = Sr25519Keyring::Alice.to_account_id();
        let bob = Sr25519Keyring::Bob;
        let balance = Balances::free_balance(bob.to_account_id());
        let issuance = Balances::total_issuance();
        begin_block(FIRST_SLOT, 0);
        let call = frame_system::Call::<Runtime>::remark { remark: vec![] };
        assert_eq!(apply(bob, 0, call), Ok(Ok(())));
        end_block();
        assert_eq!(Balances::free_balance(&alice), 0);
        let paid = balance - Balances::free_balance(bob.to_account_id());
        assert!(paid > 0);
        assert_eq!(issuance - Balances::total_issuance(), paid);
    });
}

#[test]
fn an_idle_chain_keeps_its_prices() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        empty_blocks(FIRST_SLOT, FIRST_SLOT + 30);
        assert_eq!(
            pallet_transaction_payment::NextFeeMultiplier::<Runtime>::get(),
            Multiplier::one()
        );
    });
}

#[test]
fn a_full_block_makes_the_next_one_dearer() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        begin_block(FIRST_SLOT, 0);
        let normal = <Runtime as frame_system::Config>::BlockWeights::get()
            .get(frame_support::dispatch::DispatchClass::Normal)
            .max_total
            .expect("bounded");
        System::register_extra_weight_unchecked(
            normal,
            frame_support::dispatch::DispatchClass::Normal,
        );
        end_block();
        let multiplier = pallet_transaction_payment::NextFeeMultiplier::<Runtime>::get();
        // 1 + v (1 - s'), v = 0.00012, s' = 0.25, and a term of second order.
        assert!(multiplier > Multiplier::from_rational(100_009, 100_000));
        assert!(multiplier < Multiplier::from_rational(100_010, 100_000));
    });
}
