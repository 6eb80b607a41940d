//! A chain with balances and this pallet.

use crate as pallet_rewards;
use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    derive_impl, parameter_types,
    storage::with_storage_layer,
    traits::{
        fungible::{Mutate, MutateHold},
        ConstU128, VariantCount,
    },
    weights::Weight,
    PalletId,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Asset, Crew, Payee, Pool, Royalty, RoyaltyStack, Share, Team},
    hashing,
    ids::{ContributionNumber, ModelId},
    ledger::{Taking, Vesting},
    merkle::{self, Node, Range},
    roles::{CallRevenue, DataPools, Revenue},
    Balance,
};

pub(crate) type AccountId = u64;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeTask,
        RuntimeFreezeReason,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;

    #[runtime::pallet_index(2)]
    pub type Rewards = pallet_rewards;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
    type AccountStore = System;
    type RuntimeHoldReason = Reason;
}

/// Why money is on hold. Public because the pallet's configuration is.
#[allow(unreachable_pub)]
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum Reason {
    /// For calls.
    Calls,
    /// For something else.
    Other,
}

impl VariantCount for Reason {
    const VARIANT_COUNT: u32 = 2;
}

/// How awards vest.
pub(crate) const VESTING: Vesting = Vesting {
    parts: 2,
    blocks: 10,
};
/// How awards do not vest.
pub(crate) const AT_ONCE: Vesting = Vesting {
    parts: 0,
    blocks: 10,
};
/// Blocks of a period, from whose boundaries on half of what teams keep waits.
pub(crate) const PERIOD: u64 = 100;
/// An account without money.
pub(crate) const TREASURY_ACCOUNT: AccountId = 999;
/// Accounts below this have money at the start.
pub(crate) const RICH: AccountId = 10;
/// What each of them has.
pub(crate) const ENDOWMENT: Balance = 1 << 110;

parameter_types! {
    pub const RewardsId: PalletId = PalletId(*b"trb/pot_");
    pub static ProtocolFee: Perbill = Perbill::from_percent(2);
    pub static HostMax: Perbill = Perbill::from_percent(50);
    pub const EscrowPeriod: u32 = PERIOD as u32;
    pub static Treasury: AccountId = TREASURY_ACCOUNT;
}

impl Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = Reason;
    type PalletId = RewardsId;
    type ProtocolFee = ProtocolFee;
    type HostMax = HostMax;
    type GovernanceOrigin = frame_system::EnsureRoot<AccountId>;
    type EscrowPeriod = EscrowPeriod;
    type Treasury = Treasury;
    type WeightInfo = CountedWeights;
}

/// Weights that show what they were asked for. Public because the pallet's configuration is.
#[allow(unreachable_pub)]
pub struct CountedWeights;

impl WeightInfo for CountedWeights {
    fn pay() -> Weight {
        Weight::from_parts(1, 0)
    }

    fn settle(r: u32, t: u32) -> Weight {
        Weight::from_parts(1_000 + u64::from(r), u64::from(t))
    }

    fn settle_crew(c: u32) -> Weight {
        Weight::from_parts(2_000 + u64::from(c), 0)
    }

    fn claim_proving(c: u32) -> Weight {
        Weight::from_parts(u64::from(c), 0)
    }

    fn claim_proven(c: u32) -> Weight {
        Weight::from_parts(0, u64::from(c))
    }

    fn vest(c: u32) -> Weight {
        Weight::from_parts(3_000 + u64::from(c), 0)
    }

    fn share_out(a: u32) -> Weight {
        Weight::from_parts(1_000_000 + u64::from(a), 0)
    }

    fn withdraw() -> Weight {
        Weight::from_parts(3, 0)
    }

    fn sweep() -> Weight {
        Weight::from_parts(4, 0)
    }

    fn set_rates() -> Weight {
        Weight::from_parts(5, 0)
    }
}

pub(crate) struct ExtBuilder;

impl ExtBuilder {
    pub(crate) fn build(self) -> sp_io::TestExternalities {
        // A test may have set them.
        ProtocolFee::set(Perbill::from_percent(2));
        HostMax::set(Perbill::from_percent(50));
        Treasury::set(TREASURY_ACCOUNT);
        let genesis = RuntimeGenesisConfig {
            balances: pallet_balances::GenesisConfig {
                balances: (1..RICH).map(|account| (account, ENDOWMENT)).collect(),
                ..Default::default()
            },
            ..Default::default()
        };
        let mut externalities: sp_io::TestExternalities = genesis
            .build_storage()
            .expect("the genesis is well formed; qed")
            .into();
        externalities.execute_with(|| System::set_block_number(1));
        externalities
    }

    /// Runs a test, and checks every invariant after it.
    pub(crate) fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Rewards::do_try_state().expect("every invariant holds");
        });
    }
}

/// An account that has nothing, and therefore does not exist, unless it is given `amount`.
pub(crate) fn give(account: AccountId, amount: Balance) {
    Balances::mint_into(&account, amount).unwrap();
}

pub(crate) fn shares(shares: &[(AccountId, u32)]) -> Vec<Share<AccountId>> {
    let share = |(account, percent): &(AccountId, u32)| Share {
        account: *account,
        part: Perbill::from_percent(*percent),
    };
    shares.iter().map(share).collect()
}

/// A team of accounts with their parts in per cent.
pub(crate) fn team(members: &[(AccountId, u32)]) -> Team<AccountId> {
    Team::truncate_from(shares(members))
}

/// A crew of accounts with their parts in per cent.
pub(crate) fn crew(members: &[(AccountId, u32)]) -> Crew<AccountId> {
    Crew::truncate_from(shares(members))
}

/// A royalty in per cent, without ceiling.
pub(crate) fn royalty(payee: Payee, percent: u32) -> Royalty {
    Royalty {
        payee,
        rate: Perbill::from_percent(percent),
        ceiling: None,
    }
}

pub(crate) fn stack(royalties: &[Royalty]) -> RoyaltyStack {
    RoyaltyStack::truncate_from(royalties.to_vec())
}

pub(crate) fn pool(datanet: u32, round: u32) -> Pool {
    Pool { datanet, round }
}

/// Opens a model that is owned by one account, and whose ancestry is known to be complete: nothing of what it keeps waits.
pub(crate) fn open_model(model: ModelId, royalties: &[Royalty], owner: AccountId) {
    open_shared(model, royalties, &[(owner, 100)]);
}

/// Opens a model of a team, of which nothing waits.
pub(crate) fn open_shared(model: ModelId, royalties: &[Royalty], members: &[(AccountId, u32)]) {
    open_waiting(model, royalties, members);
    <Rewards as Revenue<_>>::release(model).unwrap();
}

/// Opens a model of a team, of which half waits.
pub(crate) fn open_waiting(model: ModelId, royalties: &[Royalty], members: &[(AccountId, u32)]) {
    <Rewards as Revenue<_>>::open(model, stack(royalties), team(members)).unwrap();
}

/// Pays so much for a model that this is its net.
pub(crate) fn pay_net(model: ModelId, net: Balance) {
    ProtocolFee::set(Perbill::zero());
    Rewards::pay(RuntimeOrigin::signed(1), Asset::Model(model), None, net).unwrap();
}

/// Anybody settles a model.
pub(crate) fn settle(model: ModelId) {
    Rewards::settle(RuntimeOrigin::signed(9), model).unwrap();
}

/// Moves on to the beginning of a period, counted from 0.
pub(crate) fn go_to_period(period: u64) {
    System::set_block_number(period * PERIOD);
}

/// The admitted contributions of a pool: numbered from 0, each with its account and weight.
#[derive(Clone, Debug)]
pub(crate) struct Admitted(pub(crate) Vec<(AccountId, u128)>);

impl Admitted {
    fn leaves(&self) -> Vec<(H256, u128)> {
        let contributions = self.0.iter().zip(0..);
        contributions
            .map(|((account, weight), number)| (hashing::weight_leaf(number, account), *weight))
            .collect()
    }

    pub(crate) fn root(&self) -> Node {
        let mut range = Range::default();
        for (leaf, weight) in self.leaves() {
            range.append(leaf, weight).unwrap();
        }
        range.root()
    }

    /// Opens their pool, of a round whose awards vest in two parts of ten blocks.
    pub(crate) fn open(&self, pool: Pool, crew: Crew<AccountId>) {
        self.open_without(0, pool, crew).unwrap();
    }

    /// Opens their pool, of which so much weight is withdrawn.
    pub(crate) fn open_without(
        &self,
        withdrawn: u128,
        pool: Pool,
        crew: Crew<AccountId>,
    ) -> DispatchResult {
        let (root, count) = (self.root(), self.0.len() as u32);
        Rewards::open_pool(pool, root.hash, root.sum, withdrawn, count, crew, VESTING)
    }

    /// The claim of a contribution, with its proof.
    pub(crate) fn claim(&self, pool: Pool, contribution: ContributionNumber) -> Claim<AccountId> {
        let (account, weight) = self.0[contribution as usize];
        Claim {
            pool,
            contribution,
            proof: Some(Proof {
                account,
                weight,
                index: contribution,
                path: merkle::prove(&self.leaves(), contribution).unwrap(),
            }),
        }
    }
}

/// A claim without proof.
pub(crate) fn known(pool: Pool, contribution: ContributionNumber) -> Claim<AccountId> {
    Claim {
        pool,
        contribution,
        proof: None,
    }
}

pub(crate) fn claims(claims: Vec<Claim<AccountId>>) -> Claims<AccountId> {
    Claims::try_from(claims).unwrap()
}

pub(crate) fn claimable(account: AccountId) -> Balance {
    Claimable::<Test>::get(account)
}

/// Account 1 has money on hold for calls of a model, which pays for them.
pub(crate) fn pay_held(
    model: ModelId,
    gross: Balance,
    host: AccountId,
    share: Perbill,
) -> Result<Taking, DispatchError> {
    with_storage_layer(|| {
        Balances::hold(&Reason::Calls, &1, gross)?;
        <Rewards as CallRevenue<_>>::pay_held(model, &1, Reason::Calls, gross, &host, share)
    })
}

/// The pallet's events since the last call of this, oldest first.
pub(crate) fn events() -> Vec<Event<Test>> {
    let events = System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Rewards(event) => Some(event),
            _ => None,
        })
        .collect();
    System::reset_events();
    events
}
