//! Which pallets are benchmarked.

frame_benchmarking::define_benchmarks!(
    [frame_benchmarking, BaselineBench::<Runtime>]
    [frame_system, SystemBench::<Runtime>]
    [frame_system_extensions, SystemExtensionsBench::<Runtime>]
    [pallet_timestamp, Timestamp]
    [pallet_babe, Babe]
    [pallet_grandpa, Grandpa]
    [pallet_balances, Balances]
    [pallet_transaction_payment, TransactionPayment]
    [pallet_utility, Utility]
    [pallet_proxy, Proxy]
    [pallet_multisig, Multisig]
    [pallet_sudo, Sudo]
    [pallet_rewards, Rewards]
    [pallet_licensing, Licensing]
    [pallet_datanets, Datanets]
    [pallet_valuation, Valuation]
    [pallet_attestation, Attestation]
    [pallet_models, Models]
    [pallet_disputes, Disputes]
    [pallet_metering, Metering]
);

/// Nothing is to be set up before a transaction can be paid for.
impl pallet_transaction_payment::BenchmarkConfig for crate::Runtime {}
