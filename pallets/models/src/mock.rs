//! A runtime of this pallet, with stubs for the roles that it uses.

// The runtime's types are public, and so are those that they name.
#![allow(unreachable_pub)]

use std::collections::BTreeSet;

use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU128, ConstU64},
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Payee, Pool, Royalty, RoyaltyStack, Share, Team},
    datanets::{Evidence, FinalRound},
    ids::{DatanetId, ModelId, RoundNumber, TermsId},
    licences::Origin,
    roles::{Cause, Contention, Revenue, Rounds, Terms},
    Balance,
};

use crate::{Kind, Registration};

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
    pub type Models = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
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
    type Rounds = StubRounds;
    type Terms = StubTerms;
    type Revenue = StubRevenue;
    type TeamNotice = ConstU64<NOTICE>;
    type DepositPerItem = ItemPrice;
    type DepositPerByte = BytePrice;
    type WeightInfo = ();
}

/// Blocks between the announcement of a team and the change.
pub(crate) const NOTICE: u64 = 20;
pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;
pub(crate) const ITEM: Balance = 1_000;
pub(crate) const BYTE: Balance = 7;

pub(crate) const ALICE: AccountId = 1;
pub(crate) const BOB: AccountId = 2;
pub(crate) const CAROL: AccountId = 3;
/// Has nothing but the existential deposit.
pub(crate) const PAUPER: AccountId = 4;
pub(crate) const WEALTH: Balance = 1_000_000_000;

/// A call of a role of another pallet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum RoleCall {
    Attach(ModelId, AccountId, TermsId, Vec<Origin>),
    Transfer(Asset, AccountId),
    Retire(Asset),
    Open(ModelId, RoyaltyStack, Team<AccountId>),
    Amend(ModelId, Team<AccountId>),
    AddSource(ModelId, AccountId, Origin),
    Contest(ModelId, Contention),
    Conclude(ModelId, Contention, bool),
    Release(ModelId),
    Resume(ModelId),
}

parameter_types! {
    /// What the roles were called for, in order.
    pub(crate) static RoleCalls: Vec<RoleCall> = Vec::new();
    /// The roles refuse the call of this number, counted from 0.
    pub(crate) static Refused: Option<usize> = None;
    /// Rounds that are final.
    pub(crate) static FinalRounds: BTreeSet<Pool> = BTreeSet::new();
    /// How many royalties the next model owes.
    pub(crate) static Royalties: u32 = 0;
    /// What an item costs from now on.
    pub static ItemPrice: Balance = ITEM;
    /// What a byte costs from now on.
    pub static BytePrice: Balance = BYTE;
}

/// How roles refuse.
pub(crate) const REFUSAL: DispatchError = DispatchError::Other("refused by a role");

fn called(call: RoleCall) -> DispatchResult {
    let number = RoleCalls::get().len();
    RoleCalls::mutate(|calls| calls.push(call));
    if Refused::get() == Some(number) {
        return Err(REFUSAL);
    }
    Ok(())
}

/// The stack that the stub of [`Terms`] returns.
pub(crate) fn stack(royalties: u32) -> RoyaltyStack {
    RoyaltyStack::truncate_from(
        (0..royalties)
            .map(|model| Royalty {
                payee: Payee::Model(model),
                rate: Perbill::from_percent(1),
                ceiling: Some(1),
            })
            .collect(),
    )
}

pub struct StubRounds;

impl Rounds for StubRounds {
    fn usable(datanet: DatanetId, round: RoundNumber) -> Option<FinalRound> {
        FinalRounds::get()
            .contains(&Pool { datanet, round })
            .then_some(FinalRound {
                datanet,
                round,
                before: 0,
                after: 1,
                evidence: Evidence::Open,
            })
    }

    fn prepare_final(datanet: DatanetId, round: RoundNumber) {
        FinalRounds::mutate(|rounds| rounds.insert(Pool { datanet, round }));
    }
}

pub struct StubTerms;

impl Terms<AccountId> for StubTerms {
    fn attach_datanet(_: DatanetId, _: &AccountId, _: TermsId) -> DispatchResult {
        unreachable!("models attach no terms to datanets")
    }

    fn attach_model(
        model: ModelId,
        owner: &AccountId,
        terms: TermsId,
        origins: &[Origin],
    ) -> Result<RoyaltyStack, DispatchError> {
        called(RoleCall::Attach(model, *owner, terms, origins.to_vec()))?;
        Ok(stack(Royalties::get()))
    }

    /// Models are whose they are, and datanets are Carol's.
    fn owner(asset: Asset) -> Option<AccountId> {
        match asset {
            Asset::Model(model) => crate::Models::<Test>::get(model).map(|details| details.owner),
            Asset::Datanet(_) => Some(CAROL),
        }
    }

    fn add_source(
        model: ModelId,
        owner: &AccountId,
        origin: Origin,
    ) -> Result<RoyaltyStack, DispatchError> {
        called(RoleCall::AddSource(model, *owner, origin))?;
        Ok(stack(Royalties::get()))
    }

    fn contest(model: ModelId, contention: &Contention) -> DispatchResult {
        called(RoleCall::Contest(model, *contention))
    }

    fn conclude(model: ModelId, contention: &Contention, upheld: bool) -> DispatchResult {
        called(RoleCall::Conclude(model, *contention, upheld))
    }

    fn transfer(asset: Asset, owner: &AccountId) -> DispatchResult {
        called(RoleCall::Transfer(asset, *owner))
    }

    fn retire(asset: Asset) -> DispatchResult {
        called(RoleCall::Retire(asset))
    }

    fn prepare_terms(_: &AccountId) -> TermsId {
        TERMS
    }

    fn prepare_source(_: Asset, _: &AccountId) {}

    fn prepare_missing(_: ModelId, _: &AccountId) {}
}

pub struct StubRevenue;

impl Revenue<AccountId> for StubRevenue {
    fn open(model: ModelId, stack: RoyaltyStack, team: Team<AccountId>) -> DispatchResult {
        called(RoleCall::Open(model, stack, team))
    }

    fn amend_team(model: ModelId, team: Team<AccountId>) -> DispatchResult {
        called(RoleCall::Amend(model, team))
    }

    fn amend_royalties(_: ModelId, _: RoyaltyStack, _: LateRoyalties) -> DispatchResult {
        unreachable!("royalties follow from licences")
    }

    fn add_royalties(_: ModelId, _: RoyaltyStack, _: LateRoyalties) -> DispatchResult {
        unreachable!("royalties follow from licences")
    }

    fn claim(_: ModelId, _: LateRoyalties) -> DispatchResult {
        unreachable!("claims follow from licences")
    }

    fn close_claim(_: ModelId) -> DispatchResult {
        unreachable!("claims follow from licences")
    }

    fn freeze(_: ModelId, _: Asset) -> DispatchResult {
        unreachable!("royalties follow from licences")
    }

    fn unfreeze(_: ModelId, _: Asset) -> DispatchResult {
        unreachable!("royalties follow from licences")
    }

    fn release(model: ModelId) -> DispatchResult {
        called(RoleCall::Release(model))
    }

    fn resume(model: ModelId) -> DispatchResult {
        called(RoleCall::Resume(model))
    }

    fn pay(
        _: Asset,
        _: Option<RoundNumber>,
        _: &AccountId,
        _: Balance,
        _: Cause,
    ) -> DispatchResult {
        Ok(())
    }

    fn prepare_asset(_: Asset, _: &AccountId) {}
}

pub(crate) const TERMS: TermsId = H256::repeat_byte(3);

/// A round of a datanet.
pub(crate) fn pool(datanet: DatanetId, round: RoundNumber) -> Pool {
    Pool { datanet, round }
}

/// An account's part of a team, in billionths.
pub(crate) fn share(account: AccountId, billionths: u32) -> Share<AccountId> {
    Share {
        account,
        part: Perbill::from_parts(billionths),
    }
}

/// What a test registers unless it says otherwise: one member, no metadata.
pub(crate) fn registration(kind: Kind, origins: Vec<Origin>) -> Registration<AccountId> {
    Registration {
        kind,
        origins,
        weights_hash: H256::repeat_byte(1),
        recipe_hash: H256::repeat_byte(2),
        terms: TERMS,
        royalties_at_most: Perbill::one(),
        team: vec![share(ALICE, 1_000_000_000)],
        metadata: Vec::new(),
    }
}

/// Sends `register`.
pub(crate) fn register(owner: AccountId, registration: Registration<AccountId>) -> DispatchResult {
    let Registration {
        kind,
        origins,
        weights_hash,
        recipe_hash,
        terms,
        royalties_at_most,
        team,
        metadata,
    } = registration;
    Models::register(
        RuntimeOrigin::signed(owner),
        kind,
        origins,
        weights_hash,
        recipe_hash,
        terms,
        royalties_at_most,
        team,
        metadata,
    )
}

/// Registers a model that must be accepted, and returns its identifier.
pub(crate) fn registered(owner: AccountId, kind: Kind, origins: Vec<Origin>) -> ModelId {
    let model = crate::NextModel::<Test>::get();
    assert_eq!(register(owner, registration(kind, origins)), Ok(()));
    model
}

/// Registers a base model of Alice's.
pub(crate) fn base() -> ModelId {
    registered(ALICE, Kind::Base, Vec::new())
}

/// Registers a fine-tune of Bob's.
pub(crate) fn child_of(parent: ModelId) -> ModelId {
    registered(BOB, Kind::FineTune, vec![Origin::FineTunedFrom(parent)])
}

/// The events of this pallet, oldest first.
pub(crate) fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Models(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// What an account has on hold for its models.
pub(crate) fn held(account: AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&crate::HoldReason::Model.into(), &account)
}

/// Builds the state in which tests start.
#[derive(Default)]
pub(crate) struct ExtBuilder {
    final_rounds: BTreeSet<Pool>,
}

impl ExtBuilder {
    /// Makes a round final.
    pub(crate) fn with_final_round(mut self, datanet: DatanetId, round: RoundNumber) -> Self {
        self.final_rounds.insert(pool(datanet, round));
        self
    }

    /// The state, in block 1, so that there are events.
    pub(crate) fn build(self) -> sp_io::TestExternalities {
        RoleCalls::set(Vec::new());
        Refused::set(None);
        Royalties::set(0);
        ItemPrice::set(ITEM);
        BytePrice::set(BYTE);
        FinalRounds::set(self.final_rounds);
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .expect("the genesis of System is valid");
        pallet_balances::GenesisConfig::<Test> {
            balances: vec![
                (ALICE, WEALTH),
                (BOB, WEALTH),
                (CAROL, WEALTH),
                (PAUPER, EXISTENTIAL_DEPOSIT),
            ],
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .expect("the genesis of Balances is valid");
        let mut externalities = sp_io::TestExternalities::new(storage);
        externalities.execute_with(|| System::set_block_number(1));
        externalities
    }

    /// Runs a test, then checks the invariants.
    pub(crate) fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            assert_eq!(Models::do_try_state(), Ok(()));
        });
    }
}

/// The state in which benchmarks start.
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
    ExtBuilder::default().build()
}
