//! A chain with balances and this pallet; models and their money are stubs.

use frame_support::{
    derive_impl, parameter_types, storage_alias,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::{Fortitude, Precision, Restriction},
        ConstU128, LockableCurrency, WithdrawReasons,
    },
    weights::Weight,
    Twox64Concat,
};
use sp_core::{ecdsa, ed25519, sr25519, Pair, H256};
use sp_runtime::{
    traits::{IdentifyAccount, IdentityLookup},
    AccountId32, BuildStorage, DispatchError, DispatchResult, MultiSignature, MultiSigner, Perbill,
};
use tributary_primitives::{
    hashing,
    ids::{ChannelId, ModelId},
    ledger::{self, Taking, TakingRates},
    licences::Offer,
    merkle::Range,
    metering::{Receipt, Voucher},
    roles::{CallLicences, CallRevenue},
    Balance,
};

use crate::{HoldReason, Settlement, MAX_SETTLEMENTS};

pub(crate) type AccountId = AccountId32;

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
    pub type Metering = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlockU32<Test>;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
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
    type Signature = MultiSignature;
    type Licences = StubLicences;
    type Revenue = StubRevenue;
    type MinBond = MinBond;
    type NoticePeriod = NoticePeriod;
    type MaxDuration = MaxDuration;
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = Weights;
}

/// Weights that tell which call was charged for what.
#[allow(unreachable_pub)]
pub struct Weights;

impl crate::WeightInfo for Weights {
    fn register() -> Weight {
        Weight::from_parts(1, 0)
    }
    fn leave() -> Weight {
        Weight::from_parts(2, 0)
    }
    fn make_offer() -> Weight {
        Weight::from_parts(3, 0)
    }
    fn withdraw_offer() -> Weight {
        Weight::from_parts(4, 0)
    }
    fn open() -> Weight {
        Weight::from_parts(5, 0)
    }
    fn settle(n: u32) -> Weight {
        Weight::from_parts(1_000 * u64::from(n), 0)
    }
    fn state_usage(u: u32) -> Weight {
        Weight::from_parts(100 * u64::from(u), 0)
    }
    fn close_at_once() -> Weight {
        Weight::from_parts(70, 0)
    }
    fn close_later() -> Weight {
        Weight::from_parts(60, 0)
    }
    fn challenge() -> Weight {
        Weight::from_parts(8, 0)
    }
    fn forget() -> Weight {
        Weight::from_parts(9, 0)
    }
}

pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;
pub(crate) const WEALTH: Balance = 1_000_000_000;
pub(crate) const BOND: Balance = 10_001;
/// What an item and a byte of the state take in most tests.
pub(crate) const ITEM: Balance = 100;
pub(crate) const BYTE: Balance = 1;
pub(crate) const A_DAY: u32 = 50;
pub(crate) const LONGEST: u32 = 1_000;
/// When the channels of most tests end.
pub(crate) const EXPIRES: u32 = 500;
/// What a unit costs in most tests, and how many are reserved.
pub(crate) const PRICE: Balance = 7;
pub(crate) const UNITS: u64 = 1_000;
pub(crate) const SHARE: Perbill = Perbill::from_percent(30);

/// Models exist below this number.
pub(crate) const MODELS: ModelId = MAX_SETTLEMENTS;
pub(crate) const MODEL: ModelId = 0;

parameter_types! {
    pub static MinBond: Balance = BOND;
    pub static NoticePeriod: u32 = A_DAY;
    pub static MaxDuration: u32 = LONGEST;
    pub static DepositPerItem: Balance = ITEM;
    pub static DepositPerByte: Balance = BYTE;
    pub static Rates: TakingRates = TakingRates {
        protocol_fee: Perbill::from_percent(2),
        host_max: Perbill::from_percent(50),
    };
    /// What the owners of models ask for.
    pub static Asked: Offer = Offer {
        price: 4,
        host_share: Perbill::from_percent(40),
    };
    /// How a licence refuses to be used.
    pub static ReserveRefusal: Option<DispatchError> = None;
    /// How money is refused.
    pub static PayRefusal: Option<DispatchError> = None;
}

/// How stubs refuse. Events do not keep the text of another error.
pub(crate) const REFUSAL: DispatchError = DispatchError::Unavailable;

/// Units of each model that are reserved, and up to when the last ones were. In the state, so that what fails leaves no trace.
#[storage_alias]
pub(crate) type Reserved =
    StorageMap<Stub, Twox64Concat, ModelId, (u64, u32), frame_support::pallet_prelude::ValueQuery>;

/// What hosts and models had.
#[storage_alias]
pub(crate) type Earned =
    StorageValue<Stub, (Balance, Balance), frame_support::pallet_prelude::ValueQuery>;

/// As public as the runtime, whose configuration names it.
#[allow(unreachable_pub)]
pub struct StubLicences;

impl CallLicences<AccountId> for StubLicences {
    fn reserve(model: ModelId, units: u64, until: u32) -> Result<Offer, DispatchError> {
        if model >= MODELS {
            return Err("there is no such model".into());
        }
        Reserved::mutate(model, |(reserved, last)| {
            *reserved += units;
            *last = until;
        });
        ReserveRefusal::get().map_or(Ok(Asked::get()), Err)
    }

    fn refund(model: ModelId, units: u64) -> DispatchResult {
        Reserved::mutate(model, |(reserved, _)| *reserved -= units);
        Ok(())
    }

    fn prepare_callable(_: &AccountId, number: u32) -> ModelId {
        Asked::set(Offer {
            price: 0,
            host_share: Perbill::one(),
        });
        number
    }
}

/// As public as the runtime, whose configuration names it.
#[allow(unreachable_pub)]
pub struct StubRevenue;

impl CallRevenue<AccountId> for StubRevenue {
    type HoldReason = RuntimeHoldReason;

    fn rates() -> TakingRates {
        Rates::get()
    }

    /// Fails late, when half of the work is done.
    fn pay_held(
        model: ModelId,
        payer: &AccountId,
        reason: RuntimeHoldReason,
        gross: Balance,
        _: &AccountId,
        share: Perbill,
    ) -> Result<Taking, DispatchError> {
        assert!(model < MODELS, "only what can be called is paid for");
        let (precision, restriction) = (Precision::Exact, Restriction::Free);
        let pot = account("pot");
        Balances::transfer_on_hold(
            &reason,
            payer,
            &pot,
            gross,
            precision,
            restriction,
            Fortitude::Force,
        )?;
        let taking = ledger::take(gross, Rates::get().protocol_fee, share);
        Earned::mutate(|(hosts, net)| {
            *hosts += taking.host;
            *net += taking.net;
        });
        PayRefusal::get().map_or(Ok(taking), Err)
    }
}

/// A key that somebody has, by name.
pub(crate) fn key(name: &str) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//{name}"), None).expect("a name is a path")
}

/// The account of that key.
pub(crate) fn account(name: &str) -> AccountId {
    MultiSigner::from(key(name).public()).into_account()
}

pub(crate) fn signed(name: &str) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(name))
}

/// Keys of the three schemes with which accounts sign.
#[derive(Clone)]
pub(crate) enum Key {
    Sr25519(Box<sr25519::Pair>),
    Ed25519(Box<ed25519::Pair>),
    Ecdsa(ecdsa::Pair),
}

impl Key {
    pub(crate) fn all() -> [Self; 3] {
        let seed = [7; 32];
        [
            Key::Sr25519(Box::new(sr25519::Pair::from_seed(&seed))),
            Key::Ed25519(Box::new(ed25519::Pair::from_seed(&seed))),
            Key::Ecdsa(ecdsa::Pair::from_seed(&seed)),
        ]
    }

    pub(crate) fn account(&self) -> AccountId {
        match self {
            Key::Sr25519(pair) => MultiSigner::from(pair.public()),
            Key::Ed25519(pair) => MultiSigner::from(pair.public()),
            Key::Ecdsa(pair) => MultiSigner::from(pair.public()),
        }
        .into_account()
    }

    pub(crate) fn sign(&self, hash: H256) -> MultiSignature {
        match self {
            Key::Sr25519(pair) => pair.sign(hash.as_bytes()).into(),
            Key::Ed25519(pair) => pair.sign(hash.as_bytes()).into(),
            Key::Ecdsa(pair) => pair.sign(hash.as_bytes()).into(),
        }
    }
}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Key::Sr25519(Box::new(key(name)))
    }
}

/// The consumer's and the host's books of a channel: receipts in their order.
#[derive(Clone)]
pub(crate) struct Book {
    pub(crate) channel: ChannelId,
    pub(crate) receipts: Vec<Receipt>,
}

impl Book {
    pub(crate) fn new(channel: ChannelId) -> Self {
        Self {
            channel,
            receipts: Vec::new(),
        }
    }

    /// One call more, of so many units.
    pub(crate) fn call(&mut self, units: u64) -> &mut Self {
        let number = self.receipts.len() as u32;
        self.receipts.push(Receipt {
            channel: self.channel,
            number,
            units,
            amount: PRICE * Balance::from(units),
            request: H256::repeat_byte(1),
            response: H256::from_low_u64_be(number.into()),
        });
        self
    }

    /// So many calls more, of one unit each.
    pub(crate) fn calls(&mut self, count: u32) -> &mut Self {
        for _ in 0..count {
            self.call(1);
        }
        self
    }

    pub(crate) fn voucher(&self) -> Voucher {
        let mut range = Range::default();
        for receipt in &self.receipts {
            range
                .append(receipt.leaf(genesis()), receipt.amount)
                .expect("they are few");
        }
        let root = range.root();
        Voucher {
            channel: self.channel,
            count: range.count,
            units: self.receipts.iter().map(|receipt| receipt.units).sum(),
            amount: root.sum,
            root: root.hash,
            order: H256::zero(),
        }
    }

    /// The voucher, signed by the usual key.
    pub(crate) fn settlement(&self) -> Settlement<MultiSignature> {
        settlement(self.voucher(), &"voucher".into())
    }
}

/// A voucher for the usual model, signed by a key.
pub(crate) fn settlement(voucher: Voucher, key: &Key) -> Settlement<MultiSignature> {
    Settlement {
        voucher,
        signature: key.sign(voucher.hash(genesis(), MODEL)),
        consent: None,
    }
}

/// The same with the consent of a key.
pub(crate) fn with_consent(
    mut settlement: Settlement<MultiSignature>,
    key: &Key,
) -> Settlement<MultiSignature> {
    let hash = settlement.voucher.hash(genesis(), MODEL);
    settlement.consent = Some(key.sign(hashing::consent(hash)));
    settlement
}

pub(crate) fn genesis() -> H256 {
    System::block_hash(0)
}

/// Settles as the host.
pub(crate) fn settle(settlements: &[Settlement<MultiSignature>]) -> DispatchResult {
    let settlements = settlements.to_vec().try_into().expect("there is room");
    Metering::settle(signed("host"), settlements, Default::default())
}

/// What an account has on hold here.
pub(crate) fn on_hold(reason: HoldReason, name: &str) -> Balance {
    Balances::balance_on_hold(&reason.into(), &account(name))
}

/// Locks all that an account has, as votes do.
pub(crate) fn lock(name: &str) {
    Balances::set_lock(
        *b"voting  ",
        &account(name),
        Balance::MAX,
        WithdrawReasons::all(),
    );
}

pub(crate) fn wait(blocks: u32) {
    System::set_block_number(System::block_number() + blocks);
}

/// The events of this pallet, oldest first.
pub(crate) fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Metering(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// The last event of this pallet.
pub(crate) fn last_event() -> crate::Event<Test> {
    events().pop().expect("an event of this pallet")
}

pub(crate) fn channel(id: ChannelId) -> crate::ChannelOf<Test> {
    Metering::channel(id).expect("the channel is kept")
}

/// Offers the usual model at the usual price.
pub(crate) fn offer() -> DispatchResult {
    let endpoint = b"http://host.example".to_vec().try_into().expect("short");
    Metering::make_offer(signed("host"), MODEL, PRICE, SHARE, endpoint)
}

/// Opens a channel of the usual kind, for an account.
pub(crate) fn open(consumer: &str) -> DispatchResult {
    let (host, key) = (account("host"), account("voucher"));
    Metering::open(signed(consumer), host, MODEL, key, UNITS, PRICE, EXPIRES)
}

pub(crate) struct ExtBuilder;

impl ExtBuilder {
    pub(crate) fn build() -> sp_io::TestExternalities {
        // Tests may run one after another in a thread.
        MinBond::set(BOND);
        NoticePeriod::set(A_DAY);
        MaxDuration::set(LONGEST);
        DepositPerItem::set(ITEM);
        DepositPerByte::set(BYTE);
        Rates::set(TakingRates {
            protocol_fee: Perbill::from_percent(2),
            host_max: Perbill::from_percent(50),
        });
        Asked::set(Offer {
            price: 4,
            host_share: Perbill::from_percent(40),
        });
        ReserveRefusal::set(None);
        PayRefusal::set(None);
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .expect("the default genesis is valid");
        let rich = ["consumer", "host", "stranger", "pot"];
        pallet_balances::GenesisConfig::<Test> {
            balances: rich
                .into_iter()
                .map(|name| (account(name), WEALTH))
                .chain([(account("pauper"), EXISTENTIAL_DEPOSIT)])
                .collect(),
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .expect("the balances are above the existential deposit");
        let mut ext = sp_io::TestExternalities::from(storage);
        ext.register_extension(sp_keystore::KeystoreExt::new(
            sp_keystore::testing::MemoryKeystore::new(),
        ));
        // Events are not kept in the genesis block.
        ext.execute_with(|| {
            frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(9));
            System::set_block_number(1);
        });
        ext
    }

    /// Runs a test, and checks the pallet's invariants at its end.
    pub(crate) fn build_and_execute(test: impl FnOnce()) {
        Self::build().execute_with(|| {
            test();
            assert_eq!(Metering::do_try_state(), Ok(()));
        });
    }
}

/// Runs a test with a host that offers the usual model.
pub(crate) fn hosted(test: impl FnOnce()) {
    ExtBuilder::build_and_execute(|| {
        frame_support::assert_ok!(Metering::register(
            signed("host"),
            account("receipts"),
            BOND
        ));
        frame_support::assert_ok!(offer());
        test();
    });
}

/// Runs a test with channel 0 open.
pub(crate) fn opened(test: impl FnOnce()) {
    hosted(|| {
        frame_support::assert_ok!(open("consumer"));
        test();
    });
}
