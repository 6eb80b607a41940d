//! A runtime of this pallet, with a stub for the role that it uses.

use frame_support::{
    derive_impl, parameter_types,
    traits::{
        fungible::{InspectHold, Mutate},
        tokens::Preservation,
        ConstU128,
    },
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Pool, Royalty, RoyaltyStack, Team},
    ids::{DatanetId, ModelId, RoundNumber, TermsId},
    licences::{presets, Generation, LegalText, LicenceTerms, Origin},
    roles::{Cause, Revenue, Terms},
    Balance,
};

use crate::HoldReason;

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
    pub type Licensing = crate;
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
    type Revenue = StubRevenue;
    type MaxHostShare = MaxHostShare;
    type DepositPerItem = ItemPrice;
    type DepositPerByte = BytePrice;
    type WeightInfo = ();
}

pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;
pub(crate) const ITEM: Balance = 1_000;
pub(crate) const BYTE: Balance = 7;

pub(crate) const ALICE: AccountId = 1;
pub(crate) const BOB: AccountId = 2;
pub(crate) const CAROL: AccountId = 3;
/// Has nothing but the existential deposit.
pub(crate) const PAUPER: AccountId = 4;
/// Where the stub of [`Revenue`] puts what is paid.
pub(crate) const POT: AccountId = 99;
pub(crate) const WEALTH: Balance = 1_000_000_000;

/// What was paid: for what, by whom, how much.
pub(crate) type Payment = (Asset, AccountId, Balance);

parameter_types! {
    pub const MaxHostShare: Perbill = Perbill::from_percent(50);
    /// What was paid, in order.
    pub static Payments: Vec<Payment> = Vec::new();
    /// What was said of the ledgers of models, in order.
    pub(crate) static Ledger: Vec<Told> = Vec::new();
    /// Whether payments and changes of ledgers are refused.
    pub static Unpayable: bool = false;
    /// What an item costs from now on.
    pub static ItemPrice: Balance = ITEM;
    /// What a byte costs from now on.
    pub static BytePrice: Balance = BYTE;
}

/// What the stub of [`Revenue`] was told of the ledger of a model.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Told {
    Amended(ModelId, Vec<Royalty>, Vec<Royalty>),
    Added(ModelId, Vec<Royalty>, Vec<Royalty>),
    Claimed(ModelId, Vec<Royalty>),
    ClaimClosed(ModelId),
    Frozen(ModelId, Asset),
    Unfrozen(ModelId, Asset),
}

fn told(what: Told) -> DispatchResult {
    if Unpayable::get() {
        return Err(REFUSAL);
    }
    Ledger::mutate(|ledger| ledger.push(what));
    Ok(())
}

/// How the stub of [`Revenue`] refuses.
pub(crate) const REFUSAL: DispatchError = DispatchError::Other("refused by a role");

pub struct StubRevenue;

impl Revenue<AccountId> for StubRevenue {
    fn open(_: ModelId, _: RoyaltyStack, _: Team<AccountId>) -> DispatchResult {
        unreachable!("licensing opens no ledgers")
    }

    /// Licensing knows no teams; its benchmarks do.
    fn amend_team(_: ModelId, _: Team<AccountId>) -> DispatchResult {
        Ok(())
    }

    fn amend_royalties(model: ModelId, stack: RoyaltyStack, late: LateRoyalties) -> DispatchResult {
        told(Told::Amended(model, stack.into_inner(), late.into_inner()))
    }

    fn add_royalties(model: ModelId, stack: RoyaltyStack, late: LateRoyalties) -> DispatchResult {
        told(Told::Added(model, stack.into_inner(), late.into_inner()))
    }

    fn claim(model: ModelId, royalties: LateRoyalties) -> DispatchResult {
        told(Told::Claimed(model, royalties.into_inner()))
    }

    fn close_claim(model: ModelId) -> DispatchResult {
        told(Told::ClaimClosed(model))
    }

    fn freeze(model: ModelId, asset: Asset) -> DispatchResult {
        told(Told::Frozen(model, asset))
    }

    fn unfreeze(model: ModelId, asset: Asset) -> DispatchResult {
        told(Told::Unfrozen(model, asset))
    }

    fn release(_: ModelId) -> DispatchResult {
        unreachable!("licensing knows nothing of what waits")
    }

    fn resume(_: ModelId) -> DispatchResult {
        unreachable!("licensing knows nothing of what waits")
    }

    fn pay(
        asset: Asset,
        round: Option<RoundNumber>,
        payer: &AccountId,
        gross: Balance,
        cause: Cause,
    ) -> DispatchResult {
        assert_eq!((round, cause), (None, Cause::Licence));
        if Unpayable::get() {
            return Err(REFUSAL);
        }
        Balances::transfer(payer, &POT, gross, Preservation::Preserve)?;
        Payments::mutate(|payments| payments.push((asset, *payer, gross)));
        Ok(())
    }

    fn prepare_asset(_: Asset, _: &AccountId) {}
}

/// Terms that allow everything and ask for nothing.
pub(crate) fn free() -> LicenceTerms {
    presets::mit()
}

/// Terms that a datanet can have.
pub(crate) fn for_datanets() -> LicenceTerms {
    free().with_royalty(Perbill::from_percent(5), None)
}

/// A text of somebody's own.
pub(crate) fn text(number: u8) -> LegalText {
    LegalText::new(
        "https://example.org/terms.txt",
        H256::repeat_byte(number),
        "",
    )
    .unwrap()
}

/// Publishes terms, if they are not, and returns their identifier.
pub(crate) fn published(terms: LicenceTerms) -> TermsId {
    let id = terms.id();
    if !crate::Licences::<Test>::contains_key(id) {
        assert_eq!(
            Licensing::publish(RuntimeOrigin::signed(CAROL), terms),
            Ok(())
        );
    }
    id
}

/// Attaches terms to a new datanet of an account's, and returns an origin that leads to its first round.
pub(crate) fn datanet(owner: AccountId, datanet: DatanetId, terms: LicenceTerms) -> Origin {
    let terms = published(terms);
    assert_eq!(Licensing::attach_datanet(datanet, &owner, terms), Ok(()));
    trained_on(datanet, 1)
}

/// Attaches terms to a new model of an account's, which must be accepted, and returns an origin that leads to it.
pub(crate) fn model(
    owner: AccountId,
    model: ModelId,
    terms: LicenceTerms,
    origins: &[Origin],
) -> Origin {
    let attached = attach(owner, model, terms, origins);
    assert!(attached.is_ok(), "refused: {attached:?}");
    Origin::FineTunedFrom(model)
}

/// Attaches terms to a model as others' extrinsics do: all or nothing, their publication included.
pub(crate) fn attach(
    owner: AccountId,
    model: ModelId,
    terms: LicenceTerms,
    origins: &[Origin],
) -> Result<RoyaltyStack, DispatchError> {
    frame_support::storage::with_storage_layer(|| {
        Licensing::attach_model(model, &owner, published(terms), origins)
    })
}

pub(crate) fn trained_on(datanet: DatanetId, round: RoundNumber) -> Origin {
    Origin::TrainedOn(Pool { datanet, round })
}

/// Sends `acquire`.
pub(crate) fn acquire(who: AccountId, asset: Asset, generation: Generation) -> DispatchResult {
    Licensing::acquire(RuntimeOrigin::signed(who), asset, generation)
}

/// The events of this pallet, oldest first.
pub(crate) fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Licensing(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// The last event of this pallet.
pub(crate) fn last_event() -> crate::Event<Test> {
    events().pop().expect("an event of this pallet")
}

/// What an account has on hold here.
pub(crate) fn on_hold(reason: HoldReason, who: AccountId) -> Balance {
    Balances::balance_on_hold(&reason.into(), &who)
}

pub(crate) struct ExtBuilder;

impl ExtBuilder {
    pub(crate) fn build() -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .expect("the default genesis is valid");
        pallet_balances::GenesisConfig::<Test> {
            balances: vec![
                (ALICE, WEALTH),
                (BOB, WEALTH),
                (CAROL, WEALTH),
                (PAUPER, EXISTENTIAL_DEPOSIT),
                (POT, EXISTENTIAL_DEPOSIT),
            ],
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .expect("the balances are above the existential deposit");
        let mut ext = sp_io::TestExternalities::from(storage);
        // Events are not kept in the genesis block.
        ext.execute_with(|| System::set_block_number(1));
        ext
    }

    /// Runs a test, and checks the pallet's invariants at its end.
    pub(crate) fn build_and_execute(test: impl FnOnce()) {
        Self::build().execute_with(|| {
            test();
            assert_eq!(Licensing::do_try_state(), Ok(()));
        });
    }
}
