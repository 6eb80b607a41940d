//! Slots, epochs, sessions and finality, and what is done about those who break their rules.

use crate::{
    currency, epochs,
    time::SLOT_MILLISECONDS,
    validators::{GenesisValidators, NoFurtherIdentification, SessionsInHistory},
    AccountId, Babe, Balance, Balances, Epochs, Historical, Offences, Runtime, RuntimeEvent,
    Session, SessionKeys,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, ConstU64, Get},
};
use pallet_session::historical;
use sp_runtime::traits::{ConvertInto, OpaqueKeys};

parameter_types! {
    /// Validators at most. Finality costs messages in its square.
    pub const MaxAuthorities: u32 = 100;
    /// Blocks during which an equivocation report waits in a validator's pool: as long as it can be
    /// proven.
    pub ReportLongevity: u64 = u64::from(SessionsInHistory::get()) * <Epochs as Get<u64>>::get();
    /// How many changes of the GRANDPA set can be traced to their session: at most one a session.
    pub const MaxSetIdSessionEntries: u64 = SessionsInHistory::get() as u64;
    /// Held for an account's session keys: the keys themselves, and the owner of each.
    pub const KeyDeposit: Balance = currency::deposit(3, 64 + 2 * 68);
}

impl epochs::Config for Runtime {}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Babe;
    type MinimumPeriod = ConstU64<{ SLOT_MILLISECONDS / 2 }>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_babe::Config for Runtime {
    type EpochDuration = Epochs;
    type ExpectedBlockTime = ConstU64<SLOT_MILLISECONDS>;
    type EpochChangeTrigger = pallet_babe::ExternalTrigger;
    type DisabledValidators = Session;
    type WeightInfo = ();
    type MaxAuthorities = MaxAuthorities;
    type MaxNominators = ConstU32<0>;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_babe::EquivocationReportSystem<Runtime, Offences, Historical, ReportLongevity>;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = MaxAuthorities;
    type MaxNominators = ConstU32<0>;
    type MaxSetIdSessionEntries = MaxSetIdSessionEntries;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Runtime, Offences, Historical, ReportLongevity>;
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Runtime, Babe>;
    type EventHandler = ();
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = Babe;
    type NextSessionRotation = Babe;
    type SessionManager = historical::NoteHistoricalRoot<Runtime, GenesisValidators>;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    type DisablingStrategy = ();
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type KeyDeposit = KeyDeposit;
}

impl historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = NoFurtherIdentification;
}

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = historical::IdentificationTuple<Runtime>;
    // There is no stake, so nothing is slashed and nobody is disabled: a proven equivocation is
    // recorded for ever, with its offender and reporter, and announced by an event.
    type OnOffenceHandler = ();
}
