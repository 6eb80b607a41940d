//! Blocks: how much fits into one, and how accounts, hashes and addresses look.

use crate::{
    AccountId, Balance, BlockNumber, Hash, Nonce, PalletInfo, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeOrigin, RuntimeTask, UncheckedExtrinsic, VERSION,
};
use frame_support::{
    derive_impl,
    dispatch::DispatchClass,
    parameter_types,
    weights::{
        constants::{
            BlockExecutionWeight, ExtrinsicBaseWeight, RocksDbWeight, WEIGHT_REF_TIME_PER_SECOND,
        },
        Weight,
    },
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::Perbill;
use sp_version::RuntimeVersion;

/// What Normal extrinsics may fill of a block's length: delivered records, above all.
pub const NORMAL_LENGTH: u32 = 2 * 1024 * 1024;
/// A block's length. Lengths are counted together whatever their class, so what lies above
/// [`NORMAL_LENGTH`] is reserved for Operational extrinsics, such as challenges.
pub const BLOCK_LENGTH: u32 = 5 * 1024 * 1024;

/// The time that a block's execution may take on reference hardware: two of a slot's three seconds.
/// Proof size is not limited: no light client or relay chain executes blocks by proof.
const BLOCK_WEIGHT: Weight = Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, u64::MAX);
/// What Normal extrinsics may fill of a block's weight.
const NORMAL_RATIO: Perbill = Perbill::from_percent(75);
/// What hooks are expected to use of a block's weight on average.
const HOOKS_RATIO: Perbill = Perbill::from_percent(10);

parameter_types! {
    /// Blocks whose hash the runtime remembers, and so the longest life of a mortal transaction:
    /// three hours.
    pub const BlockHashCount: BlockNumber = 4096;
    /// The runtime's version.
    pub const Version: RuntimeVersion = VERSION;
    /// Addresses begin with 5.
    pub const Ss58Prefix: u16 = 42;
    /// Maximal lengths by class.
    pub RuntimeBlockLength: BlockLength = BlockLength::builder()
        .max_length(BLOCK_LENGTH)
        .modify_max_length_for_class(DispatchClass::Normal, |length| *length = NORMAL_LENGTH)
        .build();
    /// Maximal weights by class.
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
        .base_block(BlockExecutionWeight::get())
        .for_class(DispatchClass::all(), |class| {
            class.base_extrinsic = ExtrinsicBaseWeight::get();
        })
        .for_class(DispatchClass::Normal, |class| {
            class.max_total = Some(NORMAL_RATIO * BLOCK_WEIGHT);
        })
        .for_class(DispatchClass::Operational, |class| {
            class.max_total = Some(BLOCK_WEIGHT);
            class.reserved = Some(BLOCK_WEIGHT - NORMAL_RATIO * BLOCK_WEIGHT);
        })
        .avg_block_initialization(HOOKS_RATIO)
        .build_or_panic();
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = crate::Block;
    type AccountId = AccountId;
    type Nonce = Nonce;
    type Hash = Hash;
    type AccountData = pallet_balances::AccountData<Balance>;
    type BlockHashCount = BlockHashCount;
    type BlockLength = RuntimeBlockLength;
    type BlockWeights = RuntimeBlockWeights;
    type DbWeight = RocksDbWeight;
    type Version = Version;
    type SS58Prefix = Ss58Prefix;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type ExtensionsWeightInfo = crate::weights::frame_system_extensions::WeightInfo<Runtime>;
}

impl<LocalCall> frame_system::offchain::CreateTransactionBase<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    type Extrinsic = UncheckedExtrinsic;
    type RuntimeCall = RuntimeCall;
}

/// Equivocation reports are sent by validators to themselves, unsigned.
impl<LocalCall> frame_system::offchain::CreateBare<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_bare(call)
    }
}
