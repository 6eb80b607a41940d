//! A runtime of this pallet, with a stub for the ancestry.

use codec::{Decode, Encode};
use frame_support::{
    derive_impl, ensure, parameter_types, storage_alias,
    traits::{fungible::InspectHold, ConstU128, LockableCurrency, WithdrawReasons},
    weights::Weight,
    Twox64Concat,
};
use frame_system::EnsureRoot;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};
use tributary_primitives::{
    assets::Pool,
    ids::ModelId,
    licences::Origin,
    roles::{Contention, Lineage},
    Balance,
};

use crate::{CaseId, HoldReason};

pub(crate) type AccountId = u64;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;

    #[runtime::pallet_index(2)]
    pub type Disputes = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlockU32<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
}

impl crate::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Lineage = StubLineage;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type Bond = ConstU128<BOND>;
    type HearingPeriod = TimeToVote;
    type AppealPeriod = TimeToAppeal;
    type GovernancePeriod = TimeToDecide;
    type WeightInfo = Weights;
}

/// Weights that tell which call was charged for what.
#[allow(unreachable_pub)]
pub struct Weights;

impl crate::WeightInfo for Weights {
    fn appoint() -> Weight {
        Weight::from_parts(1, 0)
    }
    fn open() -> Weight {
        Weight::from_parts(10, 0)
    }
    fn vote() -> Weight {
        Weight::from_parts(100, 0)
    }
    fn appeal() -> Weight {
        Weight::from_parts(1_000, 0)
    }
    fn decide() -> Weight {
        Weight::from_parts(10_000, 0)
    }
    fn close_upheld() -> Weight {
        Weight::from_parts(200_000, 0)
    }
    fn close_dismissed() -> Weight {
        Weight::from_parts(100_000, 0)
    }
}

pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;
pub(crate) const BOND: Balance = 1_000;
pub(crate) const HEARING: u32 = 100;
pub(crate) const APPEAL: u32 = 50;
pub(crate) const GOVERNANCE: u32 = 70;

pub(crate) const ALICE: AccountId = 1;
pub(crate) const BOB: AccountId = 2;
/// Has nothing but the existential deposit.
pub(crate) const PAUPER: AccountId = 3;
/// The arbiters of most tests.
pub(crate) const ARBITERS: [AccountId; 5] = [11, 12, 13, 14, 15];
pub(crate) const WEALTH: Balance = 1_000_000_000;

/// Models exist below this number.
pub(crate) const MODELS: ModelId = 3;
pub(crate) const MODEL: ModelId = 0;

parameter_types! {
    pub static TimeToVote: u32 = HEARING;
    pub static TimeToAppeal: u32 = APPEAL;
    pub static TimeToDecide: u32 = GOVERNANCE;
    /// How the ancestry refuses to be contested.
    pub static ContestRefusal: Option<DispatchError> = None;
    /// How the ancestry refuses to change.
    pub static UpholdRefusal: Option<DispatchError> = None;
    /// How the ancestry refuses to be as before.
    pub static LiftRefusal: Option<DispatchError> = None;
}

/// How the stub refuses. Events do not keep the text of another error.
pub(crate) const REFUSAL: DispatchError = DispatchError::Unavailable;

/// What was contested and what became of it. In the state, so that what fails leaves no trace.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub(crate) enum Heard {
    Contested(ModelId, Contention),
    Concluded(ModelId, Contention, bool),
}

#[storage_alias]
pub(crate) type Record = StorageValue<Stub, Vec<Heard>, frame_support::pallet_prelude::ValueQuery>;

/// What is contested about each model.
#[storage_alias]
pub(crate) type Contentions =
    StorageDoubleMap<Stub, Twox64Concat, ModelId, Twox64Concat, crate::CaseKind, Contention>;

/// Who has an interest in a model.
#[storage_alias]
pub(crate) type Parties = StorageMap<
    Stub,
    Twox64Concat,
    ModelId,
    Vec<AccountId>,
    frame_support::pallet_prelude::ValueQuery,
>;

/// As public as the runtime, whose configuration names it.
#[allow(unreachable_pub)]
pub struct StubLineage;

impl Lineage<AccountId> for StubLineage {
    fn is_party(model: ModelId, _: &Contention, who: &AccountId) -> bool {
        Parties::get(model).contains(who)
    }

    fn contest(model: ModelId, contention: &Contention) -> DispatchResult {
        ensure!(model < MODELS, "there is no such model");
        let kind = crate::CaseKind::from(contention);
        ensure!(
            !Contentions::contains_key(model, kind),
            "the model is contested already"
        );
        Contentions::insert(model, kind, contention);
        Record::append(Heard::Contested(model, *contention));
        ContestRefusal::get().map_or(Ok(()), Err)
    }

    /// Fails late, when half of the work is done.
    fn conclude(model: ModelId, contention: &Contention, upheld: bool) -> DispatchResult {
        ensure!(
            Contentions::take(model, crate::CaseKind::from(contention)).as_ref()
                == Some(contention),
            "nothing of the kind is contested"
        );
        Record::append(Heard::Concluded(model, *contention, upheld));
        let refusal = if upheld {
            UpholdRefusal::get()
        } else {
            LiftRefusal::get()
        };
        refusal.map_or(Ok(()), Err)
    }

    fn prepare_contention(_: &AccountId) -> (ModelId, Contention) {
        (MODEL, Contention::Reexecuted)
    }

    fn prepare_income(_: &AccountId, _: ModelId) {}
}

/// An origin that the model's owner left out.
pub(crate) const MISSING: Contention = Contention::MissingParent(Origin::TrainedOn(Pool {
    datanet: 7,
    round: 2,
}));

/// An origin that the model's owner named.
pub(crate) const FALSE: Contention = Contention::FalseParent(Origin::FineTunedFrom(0));

/// What an account has on hold here.
pub(crate) fn on_hold(reason: HoldReason, who: AccountId) -> Balance {
    Balances::balance_on_hold(&reason.into(), &who)
}

/// Locks all that an account has, as votes do.
pub(crate) fn lock(who: AccountId) {
    Balances::set_lock(*b"voting  ", &who, Balance::MAX, WithdrawReasons::all());
}

/// The events of this pallet, oldest first.
pub(crate) fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Disputes(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// The last event of this pallet.
pub(crate) fn last_event() -> crate::Event<Test> {
    events().pop().expect("an event of this pallet")
}

pub(crate) fn case(id: CaseId) -> crate::CaseOf<Test> {
    Disputes::case(id).expect("the case is open")
}

pub(crate) struct ExtBuilder {
    arbiters: Vec<AccountId>,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        Self {
            arbiters: ARBITERS.into(),
        }
    }
}

impl ExtBuilder {
    pub(crate) fn arbiters(mut self, arbiters: impl IntoIterator<Item = AccountId>) -> Self {
        self.arbiters = arbiters.into_iter().collect();
        self
    }

    pub(crate) fn build(self) -> sp_io::TestExternalities {
        // Tests may run one after another in a thread.
        TimeToVote::set(HEARING);
        TimeToAppeal::set(APPEAL);
        TimeToDecide::set(GOVERNANCE);
        ContestRefusal::set(None);
        UpholdRefusal::set(None);
        LiftRefusal::set(None);
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .expect("the default genesis is valid");
        pallet_balances::GenesisConfig::<Test> {
            balances: [
                (ALICE, WEALTH),
                (BOB, WEALTH),
                (PAUPER, EXISTENTIAL_DEPOSIT),
            ]
            .into_iter()
            .chain(ARBITERS.map(|arbiter| (arbiter, WEALTH)))
            .collect(),
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .expect("the balances are above the existential deposit");
        crate::GenesisConfig::<Test> {
            arbiters: self.arbiters,
        }
        .assimilate_storage(&mut storage)
        .expect("the arbiters are as they should be");
        let mut ext = sp_io::TestExternalities::from(storage);
        // Events are not kept in the genesis block.
        ext.execute_with(|| System::set_block_number(1));
        ext
    }

    /// Runs a test, and checks the pallet's invariants at its end.
    pub(crate) fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            assert_eq!(Disputes::do_try_state(), Ok(()));
        });
    }
}

/// Runs a test with the usual arbiters.
pub(crate) fn execute(test: impl FnOnce()) {
    ExtBuilder::default().build_and_execute(test);
}
