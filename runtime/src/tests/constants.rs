use super::*;
use crate::configs::system::{RuntimeBlockLength, RuntimeBlockWeights, BLOCK_LENGTH};
use frame_support::dispatch::DispatchClass;

#[test]
fn normal_extrinsics_have_two_mebibytes_and_operational_ones_five() {
    let length = RuntimeBlockLength::get();
    assert_eq!(*length.max.get(DispatchClass::Normal), 2 * 1024 * 1024);
    assert_eq!(*length.max.get(DispatchClass::Operational), 5 * 1024 * 1024);
    assert_eq!(*length.max.get(DispatchClass::Mandatory), BLOCK_LENGTH);
}

#[test]
fn the_weights_of_blocks_are_consistent_and_leave_room_for_operational_ones() {
    let weights = RuntimeBlockWeights::get()
        .validate()
        .expect("the weights are consistent");
    let normal = weights
        .get(DispatchClass::Normal)
        .max_total
        .expect("bounded");
    assert_eq!(weights.max_block.ref_time(), 2_000_000_000_000);
    assert_eq!(normal.ref_time(), 1_500_000_000_000);
    assert!(weights
        .get(DispatchClass::Operational)
        .reserved
        .is_some_and(|reserved| reserved.ref_time() == 500_000_000_000));
}

#[test]
fn addresses_have_the_prefix_that_wallets_expect() {
    assert_eq!(<Runtime as frame_system::Config>::SS58Prefix::get(), 42);
}

#[test]
fn a_slot_lasts_three_seconds() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        assert_eq!(Babe::slot_duration(), 3_000);
        assert_eq!(time::MINUTES, 20);
        assert_eq!(time::DAYS, 28_800);
    });
}

#[test]
fn every_call_of_the_sdk_fits_into_a_block() {
    use frame_support::dispatch::GetDispatchInfo;
    let limit = RuntimeBlockWeights::get()
        .get(DispatchClass::Normal)
        .max_extrinsic
        .expect("bounded");
    let remark = RuntimeCall::from(frame_system::Call::<Runtime>::remark { remark: vec![] });
    let batch = RuntimeCall::from(pallet_utility::Call::<Runtime>::batch_all {
        calls: vec![remark.clone(); 1_000],
    });
    assert!(remark.get_dispatch_info().call_weight.all_lte(limit));
    assert!(batch.get_dispatch_info().call_weight.all_lte(limit));
}
