//! A chain with this pallet, and stubs where it asks for roles.

use alloc::collections::BTreeMap;

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
    derive_impl,
    dispatch::GetDispatchInfo,
    parameter_types, storage_alias,
    traits::{
        fungible::Mutate,
        tokens::{Fortitude, Precision, Preservation},
        ConstU128, OnInitialize,
    },
    weights::Weight,
    Twox64Concat,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Dispatchable, Hash, IdentityLookup},
    BuildStorage, DispatchError, DispatchResult, Perbill,
};
use tributary_primitives::{
    assets::{Asset, Authors, Crew, Pool, RoyaltyStack},
    datanets::{Encoder, Evidence, Periods, Phase, Recipe, KERNEL},
    hashing,
    ids::{ContributionNumber, DatanetId, ModelId, RoundNumber, TermsId},
    ledger::Vesting,
    licences::Origin,
    merkle::Range,
    roles::{Contention, DataPools, EpochRandomness, Terms},
    Balance,
};

use crate::{self as pallet_datanets, ContributionOf, RoundOf};

pub(crate) type AccountId = u64;

pub(crate) const STEWARD: AccountId = 1;
pub(crate) const SPONSOR: AccountId = 2;
pub(crate) const EVALUATOR: AccountId = 3;
pub(crate) const STRANGER: AccountId = 4;
pub(crate) const POT: AccountId = 5;
/// Providers are numbered from here.
pub(crate) const PROVIDER: AccountId = 10;
/// Contributors are numbered from here.
pub(crate) const ALICE: AccountId = 20;
pub(crate) const BOB: AccountId = 21;
pub(crate) const CAROL: AccountId = 22;

/// What every account begins with.
pub(crate) const WEALTH: Balance = 1_000_000_000;
/// The salt of every commitment in tests.
pub(crate) const SALT: [u8; 32] = [7; 32];
/// Terms that can be attached.
pub(crate) const TERMS: TermsId = H256::repeat_byte(9);

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
    pub type Datanets = pallet_datanets;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<10>;
    type AccountStore = System;
}

parameter_types! {
    pub const DepositPerItem: Balance = 100;
    pub const DepositPerByte: Balance = 1;
}

impl pallet_datanets::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Terms = Licences;
    type DataPools = Pools;
    type Randomness = Oracle;
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = Weights;
}

/// Weights that tell which call was charged for what: a million for each kind, and one for each of a component.
#[allow(unreachable_pub)]
pub struct Weights;

fn kind(kind: u64, component: u32) -> Weight {
    Weight::from_parts(kind * 1_000_000 + u64::from(component), 0)
}

impl crate::WeightInfo for Weights {
    fn on_initialize() -> Weight {
        kind(1, 0)
    }
    fn on_initialize_epoch() -> Weight {
        kind(2, 0)
    }
    fn create(m: u32) -> Weight {
        kind(3, m)
    }
    fn appoint_providers() -> Weight {
        kind(4, 0)
    }
    fn offer_transfer() -> Weight {
        kind(5, 0)
    }
    fn withdraw_offer() -> Weight {
        kind(6, 0)
    }
    fn accept_transfer() -> Weight {
        kind(7, 0)
    }
    fn retire() -> Weight {
        kind(8, 0)
    }
    fn pledge() -> Weight {
        kind(9, 0)
    }
    fn withdraw_pledge() -> Weight {
        kind(10, 0)
    }
    fn open_round() -> Weight {
        kind(11, 0)
    }
    fn commit() -> Weight {
        kind(12, 0)
    }
    fn commit_slices() -> Weight {
        kind(13, 0)
    }
    fn advance_delivering() -> Weight {
        kind(14, 0)
    }
    fn advance_frozen(d: u32) -> Weight {
        kind(15, d)
    }
    fn advance_lapsed(l: u32) -> Weight {
        kind(16, l)
    }
    fn advance_picked() -> Weight {
        kind(17, 0)
    }
    fn advance_replaced() -> Weight {
        kind(18, 0)
    }
    fn advance_void(c: u32) -> Weight {
        kind(19, c)
    }
    fn deliver(r: u32) -> Weight {
        kind(20, r)
    }
    fn deliver_bytes(k: u32) -> Weight {
        kind(21, k)
    }
    fn deliver_reference() -> Weight {
        kind(29, 0)
    }
    fn reveal(r: u32) -> Weight {
        kind(22, r)
    }
    fn reveal_bytes(k: u32) -> Weight {
        kind(23, k)
    }
    fn deliver_text(r: u32) -> Weight {
        kind(25, r)
    }
    fn deliver_text_bytes(k: u32) -> Weight {
        kind(26, k)
    }
    fn reveal_text(r: u32) -> Weight {
        kind(27, r)
    }
    fn reveal_text_bytes(k: u32) -> Weight {
        kind(28, k)
    }
    fn advance_unrevealed() -> Weight {
        kind(50, 0)
    }
    fn name_authors(a: u32) -> Weight {
        kind(25, a)
    }
    fn hand_over() -> Weight {
        kind(52, 0)
    }
    fn hand_over_part() -> Weight {
        kind(53, 0)
    }
    fn reclaim() -> Weight {
        kind(24, 0)
    }
    fn withdraw_consent() -> Weight {
        kind(51, 0)
    }
}

/// Licences: only [`TERMS`] exist.
#[allow(unreachable_pub)]
pub struct Licences;

/// What the stub of licences was told of a datanet.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub(crate) struct Attached {
    pub(crate) owner: AccountId,
    pub(crate) retired: bool,
}

#[storage_alias]
type Attachments = StorageMap<Stubs, Twox64Concat, Asset, Attached>;

impl Licences {
    pub(crate) fn attached(datanet: DatanetId) -> Option<Attached> {
        Attachments::get(Asset::Datanet(datanet))
    }
}

impl Terms<AccountId> for Licences {
    fn attach_datanet(datanet: DatanetId, steward: &AccountId, terms: TermsId) -> DispatchResult {
        if terms != TERMS {
            return Err(DispatchError::Other("no such terms"));
        }
        let attached = Attached {
            owner: *steward,
            retired: false,
        };
        Attachments::insert(Asset::Datanet(datanet), attached);
        Ok(())
    }

    fn attach_model(
        _: ModelId,
        _: &AccountId,
        _: TermsId,
        _: &[Origin],
    ) -> Result<RoyaltyStack, DispatchError> {
        Err(DispatchError::Other("no models here"))
    }

    fn owner(asset: Asset) -> Option<AccountId> {
        Attachments::get(asset).map(|attached| attached.owner)
    }

    fn add_source(_: ModelId, _: &AccountId, _: Origin) -> Result<RoyaltyStack, DispatchError> {
        Err(DispatchError::Other("no models here"))
    }

    fn contest(_: ModelId, _: &Contention) -> DispatchResult {
        Err(DispatchError::Other("no models here"))
    }

    fn conclude(_: ModelId, _: &Contention, _: bool) -> DispatchResult {
        Err(DispatchError::Other("no models here"))
    }

    fn transfer(asset: Asset, owner: &AccountId) -> DispatchResult {
        Attachments::mutate(asset, |attached| {
            attached.as_mut().map(|attached| attached.owner = *owner)
        })
        .ok_or(DispatchError::CannotLookup)
    }

    fn retire(asset: Asset) -> DispatchResult {
        Attachments::mutate(asset, |attached| {
            attached.as_mut().map(|attached| attached.retired = true)
        })
        .ok_or(DispatchError::CannotLookup)
    }

    fn prepare_terms(_: &AccountId) -> TermsId {
        TERMS
    }

    fn prepare_source(_: Asset, _: &AccountId) {}

    fn prepare_missing(_: ModelId, _: &AccountId) {}
}

/// Pools: budgets lie on one account, awards go out of it, what vests is remembered.
#[allow(unreachable_pub)]
pub struct Pools;

/// What the stub of pools was told of an opened pool.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub(crate) struct Opened {
    pub(crate) root: H256,
    pub(crate) total_weight: u128,
    pub(crate) withdrawn: u128,
    pub(crate) count: u32,
    pub(crate) crew: Crew<AccountId>,
    pub(crate) vesting: Vesting,
}

#[storage_alias]
type Budgets = StorageMap<Stubs, Twox64Concat, Pool, (AccountId, Balance)>;
#[storage_alias]
type Vestings = StorageMap<Stubs, Twox64Concat, (Pool, ContributionNumber), Balance>;
#[storage_alias]
type AuthorsOf =
    StorageMap<Stubs, Twox64Concat, (DatanetId, ContributionNumber), Authors<AccountId>>;
#[storage_alias]
type OpenedPools = StorageMap<Stubs, Twox64Concat, Pool, Opened>;
#[storage_alias]
type Exclusions =
    StorageMap<Stubs, Twox64Concat, (DatanetId, ContributionNumber), (u128, RoundNumber)>;

impl Pools {
    /// What is left of a round's budget, until it was refunded.
    pub(crate) fn budget(datanet: DatanetId, round: RoundNumber) -> Option<Balance> {
        Budgets::get(Pool { datanet, round }).map(|(_, left)| left)
    }

    /// What is left to vest of a contribution's award.
    pub(crate) fn vesting(
        datanet: DatanetId,
        round: RoundNumber,
        contribution: ContributionNumber,
    ) -> Option<Balance> {
        Vestings::get((Pool { datanet, round }, contribution))
    }

    /// Who shares what a contribution of datanet 0 earns.
    pub(crate) fn authors(contribution: ContributionNumber) -> Option<Authors<AccountId>> {
        AuthorsOf::get((0, contribution))
    }

    /// The weight of a contribution of datanet 0 that is excluded, and from which round on.
    pub(crate) fn excluded(contribution: ContributionNumber) -> Option<(u128, RoundNumber)> {
        Exclusions::get((0, contribution))
    }

    pub(crate) fn opened(datanet: DatanetId, round: RoundNumber) -> Option<Opened> {
        OpenedPools::get(Pool { datanet, round })
    }
}

fn transfer(from: &AccountId, to: &AccountId, amount: Balance) -> DispatchResult {
    <Balances as Mutate<AccountId>>::transfer(from, to, amount, Preservation::Preserve).map(|_| ())
}

impl DataPools<AccountId> for Pools {
    fn open_pool(
        pool: Pool,
        root: H256,
        total_weight: u128,
        withdrawn: u128,
        count: u32,
        crew: Crew<AccountId>,
        vesting: Vesting,
    ) -> DispatchResult {
        let opened = Opened {
            root,
            total_weight,
            withdrawn,
            count,
            crew,
            vesting,
        };
        OpenedPools::insert(pool, opened);
        Ok(())
    }

    fn exclude(
        datanet: DatanetId,
        contribution: ContributionNumber,
        weight: u128,
        since: RoundNumber,
    ) -> DispatchResult {
        if OpenedPools::contains_key(Pool {
            datanet,
            round: since,
        }) {
            return Err(DispatchError::Other("the pool is open"));
        }
        Exclusions::insert((datanet, contribution), (weight, since));
        Ok(())
    }

    fn sponsor(pool: Pool, sponsor: &AccountId, budget: Balance) -> DispatchResult {
        transfer(sponsor, &POT, budget)?;
        Budgets::insert(pool, (*sponsor, budget));
        Ok(())
    }

    fn share(
        datanet: DatanetId,
        contribution: ContributionNumber,
        authors: Authors<AccountId>,
    ) -> DispatchResult {
        if AuthorsOf::contains_key((datanet, contribution)) {
            return Err(DispatchError::Other("named before"));
        }
        AuthorsOf::insert((datanet, contribution), authors);
        Ok(())
    }

    fn hand_over(
        datanet: DatanetId,
        contribution: ContributionNumber,
        from: &AccountId,
        to: AccountId,
    ) -> DispatchResult {
        AuthorsOf::try_mutate((datanet, contribution), |authors| {
            let author = authors
                .iter_mut()
                .flatten()
                .find(|author| author.account == *from)
                .ok_or(DispatchError::Other("not an author"))?;
            author.account = to;
            Ok(())
        })
    }

    fn unshare(datanet: DatanetId, contribution: ContributionNumber) {
        AuthorsOf::remove((datanet, contribution));
    }

    fn award(
        pool: Pool,
        contribution: ContributionNumber,
        account: &AccountId,
        amount: Balance,
        vesting: Vesting,
    ) -> DispatchResult {
        let (sponsor, left) = Budgets::get(pool).ok_or(DispatchError::CannotLookup)?;
        let left = left.checked_sub(amount).ok_or(DispatchError::Exhausted)?;
        transfer(&POT, account, vesting.vested(amount, 0)?)?;
        let later = vesting.unvested(amount, 0)?;
        if later > 0 {
            Vestings::insert((pool, contribution), later);
        }
        Budgets::insert(pool, (sponsor, left));
        Ok(())
    }

    fn forfeit(pool: Pool, contribution: ContributionNumber) -> Result<Balance, DispatchError> {
        Ok(Vestings::take((pool, contribution)).unwrap_or_default())
    }

    fn refund(pool: Pool) -> DispatchResult {
        let (sponsor, left) = Budgets::take(pool).ok_or(DispatchError::CannotLookup)?;
        transfer(&POT, &sponsor, left)
    }
}

/// Epochs that go on when a test says so.
#[allow(unreachable_pub)]
pub struct Oracle;

parameter_types! {
    /// Slots of an epoch.
    pub static EpochLength: u32 = 10;
}

#[storage_alias]
type Epoch = StorageValue<Stubs, u64, frame_support::pallet_prelude::ValueQuery>;

impl Oracle {
    /// What the randomness of an epoch is.
    pub(crate) fn of(epoch: u64) -> H256 {
        BlakeTwo256::hash_of(&("randomness", epoch))
    }

    /// Another epoch is running, perhaps after some that had no block.
    pub(crate) fn skip(epochs: u64) {
        Epoch::mutate(|epoch| *epoch += epochs);
    }
}

impl EpochRandomness for Oracle {
    fn current() -> H256 {
        Self::of(Epoch::get())
    }

    fn epoch() -> u64 {
        Epoch::get()
    }

    fn length() -> u32 {
        EpochLength::get()
    }

    fn advance() {
        Self::skip(1);
    }
}

/// The chain at its first block, in a transaction.
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the genesis of a test is right");
    let accounts = (1..=5).chain(10..=14).chain(20..=24);
    pallet_balances::GenesisConfig::<Test> {
        balances: accounts.map(|account| (account, WEALTH)).collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the genesis of a test is right");
    let mut ext = sp_io::TestExternalities::from(storage);
    ext.execute_with(|| run_to(1));
    ext
}

/// Runs a test, and then all invariants.
pub(crate) fn execute(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        Datanets::do_try_state().expect("the invariants hold");
    });
}

/// Goes on to transactions of another block.
pub(crate) fn run_to(block: u64) {
    while System::block_number() < block {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        Datanets::on_initialize(next);
        System::note_finished_initialize();
    }
}

/// Goes on by so many blocks.
pub(crate) fn pass(blocks: u32) {
    run_to(System::block_number() + u64::from(blocks));
}

/// Goes on to a block of the next epoch.
pub(crate) fn next_epoch() {
    Oracle::advance();
    pass(1);
}

/// A recipe with two numbers a record, two classes and a benchmark of eight records.
pub(crate) fn recipe() -> Recipe {
    Recipe {
        evidence: Evidence::Open,
        encoder: Encoder::Vector,
        dimension: 2,
        classes: 2,
        neighbours: 3,
        horizon: 5,
        radius: 1,
        benchmark: 8,
        min_records: 2,
        max_records: 100,
        deposit_per_byte: 1_000,
        fee_per_record: 7,
        provider_bond: 5_000,
        evaluator_bond: 4_000,
        providers_share: Perbill::from_percent(6),
        evaluator_share: Perbill::from_percent(5),
        steward_share: Perbill::from_percent(4),
        vesting: 0,
        periods: Periods {
            committing: 10,
            delivering: 20,
            revealing: 5,
            publishing: 5,
            challenging: 3,
            window: 23,
        },
        kernel: KERNEL,
    }
}

/// So many records, of both classes in turn.
pub(crate) fn records(count: u16) -> Vec<u8> {
    (0..count)
        .flat_map(|index| [index as u8, (index >> 8) as u8, (index % 2) as u8])
        .collect()
}

/// The root of records of the test recipe.
pub(crate) fn root_of(records: &[u8]) -> H256 {
    let mut range = Range::default();
    for record in records.chunks(3) {
        let (features, label) = (&record[..2], record[2]);
        range
            .append(hashing::record_leaf(features, label, features), 1)
            .expect("a test has few records");
    }
    range.root().hash
}

/// The records of a slice: four for two providers, eight for one.
pub(crate) fn slice(number: u8, size: u16) -> Vec<u8> {
    let mut records = records(size);
    for record in records.chunks_mut(3) {
        record[1] = 100 + number;
    }
    records
}

/// The commitments of a provider's slices, each of so many records.
pub(crate) fn slice_hashes(
    provider: AccountId,
    round: RoundNumber,
    slices: u8,
    size: u16,
) -> Vec<H256> {
    (0..slices)
        .map(|number| {
            let root = root_of(&slice(number, size));
            hashing::slice_commitment(&provider, 0, round, number, &SALT, root)
        })
        .collect()
}

pub(crate) fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

/// Creates datanet 0 with the test recipe and so many providers.
pub(crate) fn create(providers: u64) {
    create_with(recipe(), providers);
}

/// Creates datanet 0, whose rounds are attested, with so many attestors.
pub(crate) fn create_attested(threshold: u8, attestors: u64) {
    let recipe = Recipe {
        evidence: Evidence::Attested { threshold },
        ..recipe()
    };
    create_with(recipe, attestors);
}

/// Delivers a reference to a contribution.
pub(crate) fn deliver_reference(contribution: ContributionNumber) {
    let found = contribution_of(contribution);
    Datanets::deliver_reference(
        signed(found.contributor),
        0,
        found.round,
        contribution,
        root_of(&records(found.records)),
        b"https://example.org/records".to_vec(),
        SALT,
    )
    .expect("it was committed to");
}

/// An attested round with these contributions, all delivered.
pub(crate) fn freeze_attested(
    round: RoundNumber,
    contributions: &[(AccountId, u16)],
) -> Vec<ContributionNumber> {
    let numbers: Vec<_> = contributions
        .iter()
        .map(|(who, count)| commit(*who, round, *count))
        .collect();
    end_committing(round);
    numbers.iter().for_each(|number| deliver_reference(*number));
    end_delivering(round);
    numbers
}

/// Creates datanet 0 with a recipe and so many providers.
pub(crate) fn create_with(recipe: Recipe, providers: u64) {
    Datanets::create(signed(STEWARD), recipe, TERMS, b"digits".to_vec()).expect("it is valid");
    let providers = (PROVIDER..PROVIDER + providers).collect();
    Datanets::appoint_providers(signed(STEWARD), 0, providers).expect("they are valid");
}

/// Opens the next round of datanet 0 without a sponsor.
pub(crate) fn open() -> RoundNumber {
    Datanets::open_round(signed(STEWARD), 0, None).expect("it can be opened");
    pallet_datanets::Datanets::<Test>::get(0)
        .expect("it exists")
        .rounds
}

/// Pledges for the next round of datanet 0 and the providers that it has.
pub(crate) fn pledge(origin: RuntimeOrigin, price: Balance, budget: Balance) -> DispatchResult {
    let (round, providers) = pallet_datanets::Datanets::<Test>::get(0)
        .map_or((1, vec![PROVIDER]), |datanet| {
            (datanet.rounds + 1, datanet.providers.into_inner())
        });
    Datanets::pledge(origin, 0, round, providers, price, budget)
}

/// Opens the next round of datanet 0 with a sponsor.
pub(crate) fn open_sponsored(price: Balance, budget: Balance) -> RoundNumber {
    pledge(signed(SPONSOR), price, budget).expect("the sponsor has it");
    Datanets::open_round(signed(STEWARD), 0, Some(SPONSOR)).expect("it can be opened");
    pallet_datanets::Datanets::<Test>::get(0)
        .expect("it exists")
        .rounds
}

/// Commits four slices of each provider that was appointed.
pub(crate) fn commit_slices(round: RoundNumber) {
    let providers = round_of(round).providers;
    for provider in &providers {
        commit_slices_of(*provider, round);
    }
}

/// Commits four slices of a provider.
pub(crate) fn commit_slices_of(provider: AccountId, round: RoundNumber) {
    let size = 8 / round_of(round).providers.len() as u16;
    let hashes = slice_hashes(provider, round, 4, size);
    Datanets::commit_slices(signed(provider), 0, round, hashes).expect("they are valid");
}

/// Commits a contribution of so many records.
pub(crate) fn commit(who: AccountId, round: RoundNumber, count: u16) -> ContributionNumber {
    let root = root_of(&records(count));
    let commitment = hashing::commitment(&who, 0, round, &SALT, root);
    let bytes = u32::from(count) * 3;
    Datanets::commit(signed(who), 0, round, commitment, count, bytes).expect("it is valid");
    pallet_datanets::Datanets::<Test>::get(0)
        .expect("it exists")
        .contributions
        - 1
}

/// Delivers a contribution in one batch.
pub(crate) fn deliver(contribution: ContributionNumber) {
    let found = contribution_of(contribution);
    Datanets::deliver(
        signed(found.contributor),
        0,
        found.round,
        contribution,
        0,
        records(found.records),
        Some(SALT),
    )
    .expect("it was committed to");
}

/// Moves a round on.
pub(crate) fn advance(round: RoundNumber) {
    Datanets::advance(signed(STRANGER), 0, round).expect("it can go on");
}

/// Ends the commitments of a round.
pub(crate) fn end_committing(round: RoundNumber) {
    let deadline = round_of(round).deadline.expect("commitments have one");
    run_to(u64::from(deadline) + 1);
    advance(round);
}

/// Ends the deliveries of a round, early where everything is delivered.
pub(crate) fn end_delivering(round: RoundNumber) {
    let found = round_of(round);
    if found.delivered < found.committed {
        run_to(u64::from(found.deadline.expect("deliveries have one")) + 1);
    }
    advance(round);
}

/// Lets two epochs go by and picks the slices of a frozen round.
pub(crate) fn pick(round: RoundNumber) {
    next_epoch();
    next_epoch();
    advance(round);
}

/// Reveals the slice of a seat in one batch.
pub(crate) fn reveal(round: RoundNumber, seat: u8) {
    let found = round_of(round);
    let size = 8 / found.seats.len() as u16;
    let picked = &found.seats[usize::from(seat)];
    Datanets::reveal(
        signed(picked.provider),
        0,
        round,
        seat,
        0,
        slice(picked.slice, size),
        Some(SALT),
    )
    .expect("it was committed to");
}

/// Reveals the slices of all seats.
pub(crate) fn reveal_all(round: RoundNumber) {
    for seat in 0..round_of(round).seats.len() as u8 {
        reveal(round, seat);
    }
}

/// A round with these contributions, all delivered, whose benchmark is complete.
pub(crate) fn reveal_round(
    round: RoundNumber,
    contributions: &[(AccountId, u16)],
) -> Vec<ContributionNumber> {
    commit_slices(round);
    let numbers: Vec<_> = contributions
        .iter()
        .map(|(who, count)| commit(*who, round, *count))
        .collect();
    end_committing(round);
    numbers.iter().for_each(|number| deliver(*number));
    end_delivering(round);
    pick(round);
    reveal_all(round);
    assert_eq!(round_of(round).phase, Phase::Revealed);
    numbers
}

/// A round of datanet 0.
pub(crate) fn round_of(round: RoundNumber) -> RoundOf<Test> {
    Datanets::round(0, round).expect("the round exists")
}

/// A contribution of datanet 0.
pub(crate) fn contribution_of(contribution: ContributionNumber) -> ContributionOf<Test> {
    Datanets::contribution(0, contribution).expect("the contribution exists")
}

/// What an account can spend.
pub(crate) fn free(who: AccountId) -> Balance {
    Balances::free_balance(who)
}

/// What an account has, on hold or not.
pub(crate) fn total(who: AccountId) -> Balance {
    use frame_support::traits::fungible::Inspect;
    <Balances as Inspect<AccountId>>::total_balance(&who)
}

/// What an account has on hold for a reason.
pub(crate) fn held(who: AccountId, reason: crate::HoldReason) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    <Balances as InspectHold<AccountId>>::balance_on_hold(&reason.into(), &who)
}

/// What everybody has, by account.
pub(crate) fn fortunes() -> BTreeMap<AccountId, (Balance, Balance)> {
    (1..=24)
        .map(|who| (who, (free(who), Balances::reserved_balance(who))))
        .collect()
}

/// The events of this pallet since the last block began.
pub(crate) fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Datanets(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// Takes so much out of an account's free balance that `left` remains.
pub(crate) fn leave(who: AccountId, left: Balance) {
    <Balances as Mutate<AccountId>>::burn_from(
        &who,
        free(who) - left,
        Preservation::Preserve,
        Precision::Exact,
        Fortitude::Polite,
    )
    .expect("more than the existential deposit is left");
}

/// What a call is charged for before it runs, and what for after it ran.
pub(crate) fn weigh(who: AccountId, call: crate::Call<Test>) -> (u64, u64) {
    let call = RuntimeCall::from(call);
    let before = call.get_dispatch_info().call_weight;
    let after = call
        .dispatch(signed(who))
        .expect("it can be done")
        .actual_weight
        .unwrap_or(before);
    (before.ref_time(), after.ref_time())
}
