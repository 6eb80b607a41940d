use super::*;
use sp_runtime::traits::TransactionExtension;

#[test]
fn metadata_comes_in_the_versions_14_to_16() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        assert_eq!(Runtime::metadata_versions(), vec![14, 15, 16]);
        for version in [14u8, 15, 16] {
            let metadata = Runtime::metadata_at_version(version.into()).expect("supported");
            assert_eq!(metadata[..5], [b'm', b'e', b't', b'a', version]);
        }
        assert!(Runtime::metadata_at_version(13).is_none());
    });
}

#[test]
fn wallets_see_the_epoch_of_their_network() {
    let epoch_in_metadata = || {
        Runtime::metadata_ir()
            .pallets
            .iter()
            .find(|pallet| pallet.name == "Babe")
            .and_then(|babe| {
                babe.constants
                    .iter()
                    .find(|item| item.name == "EpochDuration")
            })
            .map(|constant| constant.value.clone())
    };
    network(DEV_RUNTIME_PRESET)
        .execute_with(|| assert_eq!(epoch_in_metadata(), Some(20u64.encode())));
    TestExternalities::default()
        .execute_with(|| assert_eq!(epoch_in_metadata(), Some(4_800u64.encode())));
}

#[test]
fn transactions_are_checked_in_the_order_that_wallets_know() {
    let names: Vec<_> = TxExtension::metadata()
        .into_iter()
        .map(|extension| extension.identifier)
        .collect();
    assert_eq!(
        names,
        [
            "AuthorizeCall",
            "CheckNonZeroSender",
            "CheckSpecVersion",
            "CheckTxVersion",
            "CheckGenesis",
            "CheckMortality",
            "CheckNonce",
            "CheckWeight",
            "ChargeTransactionPayment",
            "CheckMetadataHash",
            "WeightReclaim",
        ]
    );
}

#[test]
fn pallets_keep_their_indexes() {
    let pallets: Vec<_> = network(DEV_RUNTIME_PRESET)
        .execute_with(Runtime::metadata_ir)
        .pallets
        .iter()
        .map(|pallet| (pallet.index, pallet.name))
        .collect();
    assert_eq!(
        pallets,
        [
            (0, "System"),
            (1, "Balances"),
            (2, "Timestamp"),
            (3, "Epochs"),
            (4, "Babe"),
            (5, "Session"),
            (6, "Historical"),
            (7, "Authorship"),
            (8, "Offences"),
            (9, "Grandpa"),
            (10, "TransactionPayment"),
            (12, "Utility"),
            (13, "Proxy"),
            (14, "Multisig"),
            (15, "Sudo"),
            (20, "Rewards"),
            (21, "Licensing"),
            (22, "Datanets"),
            (23, "Valuation"),
            (24, "Models"),
            (25, "Attestation"),
            (26, "Disputes"),
            (27, "Metering"),
        ]
    );
}

#[test]
fn arithmetic_that_overflows_stops_the_blob() {
    let blob = WASM_BINARY_BLOATY.expect("tests are built with the blob");
    for what in ["add", "subtract", "multiply"] {
        let message = format!("attempt to {what} with overflow");
        assert!(
            blob.windows(message.len())
                .any(|window| window == message.as_bytes()),
            "the blob is built without overflow checks"
        );
    }
}

#[test]
fn the_runtime_says_which_apis_it_has() {
    let version = <Runtime as frame_system::Config>::Version::get();
    // Core, Metadata, BlockBuilder, TaggedTransactionQueue, OffchainWorkerApi, BabeApi, GrandpaApi,
    // SessionKeys, AccountNonceApi, TransactionPaymentApi, TransactionPaymentCallApi, GenesisBuilder,
    // RuntimeViewFunction.
    assert!(version.apis.len() >= 13);
    assert_eq!(version.spec_name, "tributary");
}
