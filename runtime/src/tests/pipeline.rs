use super::*;
use sp_runtime::transaction_validity::InvalidTransaction;

fn remark(length: u32) -> RuntimeCall {
    frame_system::Call::<Runtime>::remark {
        remark: vec![0; length as usize],
    }
    .into()
}

/// Runs `test` inside the first block of the development network.
fn in_block(test: impl FnOnce()) {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        begin_block(FIRST_SLOT, 0);
        test();
        end_block();
    });
}

#[test]
fn a_signed_transaction_counts_up_the_nonce() {
    in_block(|| {
        let bob = Sr25519Keyring::Bob;
        assert_eq!(apply(bob, 0, remark(1)), Ok(Ok(())));
        assert_eq!(apply(bob, 1, remark(1)), Ok(Ok(())));
        assert_eq!(System::account_nonce(bob.to_account_id()), 2);
    });
}

#[test]
fn a_replayed_transaction_is_refused() {
    in_block(|| {
        let transaction = signed(Sr25519Keyring::Bob, 0, remark(1));
        assert_eq!(Executive::apply_extrinsic(transaction.clone()), Ok(Ok(())));
        assert_eq!(
            Executive::apply_extrinsic(transaction),
            Err(InvalidTransaction::Stale.into())
        );
    });
}

#[test]
fn a_transaction_for_another_chain_is_refused() {
    in_block(|| {
        let genesis = System::block_hash(0);
        frame_system::BlockHash::<Runtime>::insert(0, Hash::repeat_byte(7));
        let foreign = signed(Sr25519Keyring::Bob, 0, remark(1));
        frame_system::BlockHash::<Runtime>::insert(0, genesis);
        assert_eq!(
            Executive::apply_extrinsic(foreign),
            Err(InvalidTransaction::BadProof.into())
        );
    });
}

#[test]
fn somebody_elses_signature_is_refused() {
    in_block(|| {
        let mut transaction = signed(Sr25519Keyring::Bob, 0, remark(1));
        transaction.function = remark(2);
        assert_eq!(
            Executive::apply_extrinsic(transaction),
            Err(InvalidTransaction::BadProof.into())
        );
    });
}

#[test]
fn an_account_without_money_sends_nothing() {
    let mut json = genesis_json(DEV_RUNTIME_PRESET, json!({}));
    json["balances"]["balances"] = json!([]);
    network_of(json).execute_with(|| {
        begin_block(FIRST_SLOT, 0);
        assert_eq!(
            apply(Sr25519Keyring::Bob, 0, remark(1)),
            Err(InvalidTransaction::Payment.into())
        );
        end_block();
    });
}

#[test]
fn normal_extrinsics_stop_at_two_mebibytes() {
    in_block(|| {
        let bob = Sr25519Keyring::Bob;
        assert_eq!(apply(bob, 0, remark(1024 * 1024)), Ok(Ok(())));
        assert_eq!(
            apply(bob, 1, remark(1024 * 1024)),
            Err(InvalidTransaction::ExhaustsResources.into())
        );
        assert_eq!(apply(bob, 1, remark(1000 * 1024)), Ok(Ok(())));
    });
}

#[test]
fn a_block_can_be_executed_again_as_it_was_built() {
    let (header, extrinsics) = network(DEV_RUNTIME_PRESET).execute_with(|| {
        begin_block(FIRST_SLOT, 0);
        // Signed inside the block, where the genesis hash is known.
        let transaction = signed(Sr25519Keyring::Bob, 0, remark(10));
        assert_eq!(Executive::apply_extrinsic(transaction.clone()), Ok(Ok(())));
        (end_block(), vec![inherent(FIRST_SLOT), transaction])
    });
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        let block = Block { header, extrinsics };
        Executive::execute_block(block.into());
        let bob = Sr25519Keyring::Bob.to_account_id();
        assert_eq!(System::account_nonce(bob), 1);
    });
}
