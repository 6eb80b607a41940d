//! Tributary's own pallets, plugged together: metering -> licensing, rewards; disputes -> models -> valuation, attestation -> datanets -> licensing -> rewards.

use crate::{
    currency::{deposit, TRIB},
    time::DAYS,
    AccountId, Attestation, Balance, Balances, Datanets, Epochs, Licensing, Models, Rewards,
    Runtime, RuntimeHoldReason, Signature, Valuation,
};
use frame_support::{parameter_types, traits::Get, PalletId};
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_runtime::{
    traits::{AccountIdConversion, SaturatedConversion},
    Perbill,
};
use tributary_primitives::{
    datanets::FinalRound,
    ids::{DatanetId, RoundNumber},
    roles::{EpochRandomness, Rounds},
};

parameter_types! {
    /// Holds everything that has been paid and not yet withdrawn.
    pub const PotId: PalletId = PalletId(*b"trib/pot");
    /// The protocol's part of every payment.
    pub const ProtocolFee: Perbill = Perbill::from_percent(2);
    /// The most that a host may keep of a payment, after the protocol fee.
    pub const HostMax: Perbill = Perbill::from_percent(50);
    /// Half of what a model's team keeps waits for one to two of these: 28 days.
    pub const EscrowPeriod: u32 = 28 * DAYS;
    /// Where protocol fees go. Nobody has its key: it waits for governance.
    pub Treasury: AccountId = PalletId(*b"trib/trs").into_account_truncating();
    /// Between the announcement of another team and the change: a week.
    pub const TeamNotice: u32 = 7 * DAYS;
    /// The least that a host has on hold for the truth of its receipts.
    pub const HostBond: Balance = 100 * TRIB;
    /// The longest that a channel lasts: a quarter of a year.
    pub const ChannelDuration: u32 = 90 * DAYS;
    /// The bond of the first case about a model.
    pub const DisputeBond: Balance = 100 * TRIB;
    /// Held for each storage item of a model, a datanet or a licence.
    pub const DepositPerItem: Balance = deposit(1, 0);
    /// Held for each stored byte of a model, a datanet or a licence.
    pub const DepositPerByte: Balance = deposit(0, 1);
}

/// So many epochs, in blocks: a live network has six a day, a test network two a minute or so.
pub struct InEpochs<const EPOCHS: u32>;

impl<const EPOCHS: u32> Get<u32> for InEpochs<EPOCHS> {
    fn get() -> u32 {
        BabeRandomness::length().saturating_mul(EPOCHS)
    }
}

/// BABE's randomness.
pub struct BabeRandomness;

impl EpochRandomness for BabeRandomness {
    fn current() -> H256 {
        H256(pallet_babe::NextRandomness::<Runtime>::get())
    }

    fn epoch() -> u64 {
        pallet_babe::EpochIndex::<Runtime>::get()
    }

    fn length() -> u32 {
        // A week of slots at the most.
        <Epochs as Get<u64>>::get().saturated_into()
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn advance() {
        let epoch = Self::epoch() + 1;
        pallet_babe::EpochIndex::<Runtime>::put(epoch);
        pallet_babe::NextRandomness::<Runtime>::put(sp_io::hashing::blake2_256(
            &epoch.to_le_bytes(),
        ));
    }
}

impl pallet_rewards::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type PalletId = PotId;
    type ProtocolFee = ProtocolFee;
    type HostMax = HostMax;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type EscrowPeriod = EscrowPeriod;
    type Treasury = Treasury;
    type WeightInfo = pallet_rewards::weights::SubstrateWeight<Runtime>;
}

impl pallet_licensing::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Revenue = Rewards;
    type MaxHostShare = HostMax;
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = pallet_licensing::weights::SubstrateWeight<Runtime>;
}

impl pallet_datanets::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Terms = Licensing;
    type DataPools = Rewards;
    type Randomness = BabeRandomness;
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = pallet_datanets::weights::SubstrateWeight<Runtime>;
}

impl pallet_valuation::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Snapshots = Datanets;
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = pallet_valuation::weights::SubstrateWeight<Runtime>;
}

impl pallet_attestation::Config for Runtime {
    type Snapshots = Datanets;
    type WeightInfo = pallet_attestation::weights::SubstrateWeight<Runtime>;
}

/// Final rounds, measured or attested: a datanet has rounds of one kind only.
pub struct FinalRounds;

impl Rounds for FinalRounds {
    fn usable(datanet: DatanetId, round: RoundNumber) -> Option<FinalRound> {
        Valuation::usable(datanet, round).or_else(|| Attestation::usable(datanet, round))
    }

    /// One that is asked for twice.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn prepare_final(datanet: DatanetId, round: RoundNumber) {
        Attestation::prepare_final(datanet, round);
    }
}

impl pallet_models::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Rounds = FinalRounds;
    type Terms = Licensing;
    type Revenue = Rewards;
    type TeamNotice = TeamNotice;
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = pallet_models::weights::SubstrateWeight<Runtime>;
}

impl pallet_disputes::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Lineage = Models;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type Bond = DisputeBond;
    // A week on a live network.
    type HearingPeriod = InEpochs<42>;
    // A day: an appeal only has to be made by then.
    type AppealPeriod = InEpochs<6>;
    // Four weeks.
    type GovernancePeriod = InEpochs<168>;
    type WeightInfo = pallet_disputes::weights::SubstrateWeight<Runtime>;
}

impl pallet_metering::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Signature = Signature;
    type Licences = Licensing;
    type Revenue = Rewards;
    type MinBond = HostBond;
    // A day on a live network.
    type NoticePeriod = InEpochs<6>;
    type MaxDuration = ChannelDuration;
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = pallet_metering::weights::SubstrateWeight<Runtime>;
}
