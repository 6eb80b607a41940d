//! A runtime with the pallet, and rounds that a test puts into any phase.

use codec::{Decode, Encode};
use frame_support::{
    derive_impl, parameter_types, storage_alias, traits::ConstU128, weights::Weight, Twox64Concat,
};
use frame_system::limits::BlockLength;
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    datanets::{
        Delivered, Encoder, Evidence, FrozenRound, Periods, Phase, Recipe, Values, MAX_RECORDS,
    },
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Tree,
    roles::Snapshots,
    Balance,
};

use crate as pallet_valuation;

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
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(2)]
    pub type Valuation = pallet_valuation;
}

parameter_types! {
    /// Nothing, unless a test says otherwise.
    pub static DepositPerByte: Balance = 0;
    /// Lengths of a block as on a live chain: 2 MiB for Normal extrinsics.
    pub Lengths: BlockLength = BlockLength::builder()
        .max_length(5 * 1_024 * 1_024)
        .modify_max_length_for_class(
            frame_support::dispatch::DispatchClass::Normal,
            |length| *length = 2 * 1_024 * 1_024,
        )
        .build();
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlockU32<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
    type BlockLength = Lengths;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<10>;
    type AccountStore = System;
}

impl pallet_valuation::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Snapshots = Stub;
    type DepositPerItem = ConstU128<1>;
    type DepositPerByte = DepositPerByte;
    type WeightInfo = Weights;
}

/// Weights that tell which call was charged for what.
#[allow(unreachable_pub)]
pub struct Weights;

impl crate::WeightInfo for Weights {
    fn commit_proposal(c: u32) -> Weight {
        Weight::from_parts(100_000, u64::from(c))
    }
    fn publish_shadows(n: u32, c: u32) -> Weight {
        Weight::from_parts(200_000 + u64::from(n), u64::from(c))
    }
    fn publish_rows(r: u32, e: u32, c: u32) -> Weight {
        Weight::from_parts(300_000 + 10 * u64::from(r) + u64::from(e), u64::from(c))
    }
    fn challenge_entry(c: u32) -> Weight {
        Weight::from_parts(800_000, u64::from(c))
    }
    fn challenge_order(c: u32) -> Weight {
        Weight::from_parts(810_000, u64::from(c))
    }
    fn challenge_missed(c: u32) -> Weight {
        Weight::from_parts(820_000, u64::from(c))
    }
    fn challenge_not_shadow(c: u32) -> Weight {
        Weight::from_parts(830_000, u64::from(c))
    }
    fn challenge_shadow(c: u32) -> Weight {
        Weight::from_parts(840_000, u64::from(c))
    }
    fn lapse() -> Weight {
        Weight::from_parts(400_000, 0)
    }
    fn finalise_published(c: u32) -> Weight {
        Weight::from_parts(500_000, 3 * u64::from(c))
    }
    fn finalise_reopened(c: u32) -> Weight {
        Weight::from_parts(600_000, u64::from(c))
    }
    fn finalise_void(c: u32) -> Weight {
        Weight::from_parts(700_000, 2 * u64::from(c))
    }
    fn publish_quality(k: u32) -> Weight {
        Weight::from_parts(900_000 + u64::from(k), 0)
    }
}

/// A round as its test wants it, and what became of it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub(crate) struct StubRound {
    pub(crate) recipe: Recipe,
    pub(crate) phase: Phase,
    pub(crate) frozen: FrozenRound,
    /// The records of contributions that count.
    pub(crate) trees: Vec<(ContributionNumber, Tree)>,
    /// The benchmark.
    pub(crate) slices: Vec<Tree>,
    /// Fails whatever would change its phase.
    pub(crate) stuck: bool,
    pub(crate) concluded: Option<Concluded>,
}

/// What the pallet handed over when a round became final.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub(crate) struct Concluded {
    pub(crate) evaluator: AccountId,
    pub(crate) values: Values,
    pub(crate) before: u128,
    pub(crate) after: u128,
}

/// In the state, so that what fails leaves no trace.
#[storage_alias]
pub(crate) type StubRounds = StorageMap<Stubs, Twox64Concat, (DatanetId, RoundNumber), StubRound>;

/// As public as the runtime, whose configuration names it.
#[allow(unreachable_pub)]
pub struct Stub;

impl Stub {
    fn advance(
        datanet: DatanetId,
        round: RoundNumber,
        from: Phase,
        to: Phase,
        concluded: Option<Concluded>,
    ) -> DispatchResult {
        StubRounds::try_mutate((datanet, round), |stub| {
            let stub = stub.as_mut().ok_or("there is no such round")?;
            if stub.stuck {
                return Err(DispatchError::Other("the round is stuck"));
            }
            if stub.phase != from {
                return Err(DispatchError::Other("the round is in another phase"));
            }
            stub.phase = to;
            stub.concluded = concluded;
            Ok(())
        })
    }
}

impl Snapshots<AccountId> for Stub {
    fn recipe(datanet: DatanetId) -> Option<Recipe> {
        StubRounds::get((datanet, ROUND)).map(|stub| stub.recipe)
    }

    fn phase(datanet: DatanetId, round: RoundNumber) -> Option<Phase> {
        StubRounds::get((datanet, round)).map(|stub| stub.phase)
    }

    fn frozen(datanet: DatanetId, round: RoundNumber) -> Option<FrozenRound> {
        StubRounds::get((datanet, round)).map(|stub| stub.frozen)
    }

    fn publish(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        Self::advance(datanet, round, Phase::Revealed, Phase::Published, None)
    }

    fn unpublish(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        Self::advance(datanet, round, Phase::Published, Phase::Revealed, None)
    }

    fn tree(datanet: DatanetId, round: RoundNumber, number: ContributionNumber) -> Option<Tree> {
        let stub = StubRounds::get((datanet, round))?;
        let (_, tree) = stub.trees.into_iter().find(|(other, _)| *other == number)?;
        Some(tree)
    }

    fn providers(_: DatanetId, _: RoundNumber) -> Vec<AccountId> {
        Vec::new()
    }

    fn slices(datanet: DatanetId, round: RoundNumber) -> Vec<Tree> {
        StubRounds::get((datanet, round)).map_or_else(Vec::new, |stub| stub.slices)
    }

    fn conclude(
        datanet: DatanetId,
        round: RoundNumber,
        evaluator: &AccountId,
        values: Values,
        before: u128,
        after: u128,
    ) -> DispatchResult {
        let concluded = Concluded {
            evaluator: *evaluator,
            values,
            before,
            after,
        };
        Self::advance(
            datanet,
            round,
            Phase::Published,
            Phase::Final,
            Some(concluded),
        )
    }

    fn void(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        Self::advance(datanet, round, Phase::Revealed, Phase::Void, None)
    }

    fn prepare_frozen(contributions: u32, rows: u16) -> (DatanetId, RoundNumber) {
        let delivered = (0..contributions).map(|index| Delivered {
            number: FIRST + index,
            records: MAX_RECORDS,
        });
        StubRounds::insert(
            (DATANET, ROUND),
            StubRound {
                recipe: Recipe {
                    benchmark: rows,
                    neighbours: 32,
                    horizon: 32,
                    ..recipe()
                },
                frozen: FrozenRound {
                    delivered: delivered.collect::<Vec<_>>().try_into().unwrap(),
                    budget: 1_000_000,
                    revealed_at: System::block_number(),
                    ..frozen()
                },
                ..stub()
            },
        );
        (DATANET, ROUND)
    }

    fn prepare_attested(contributions: u32) -> (DatanetId, RoundNumber) {
        let prepared = Self::prepare_frozen(contributions, 1);
        change_round(|round| round.recipe.evidence = Evidence::Attested { threshold: 1 });
        prepared
    }

    fn prepare_trees(datanet: DatanetId, round: RoundNumber, records: H256, slice: H256) {
        StubRounds::mutate((datanet, round), |stub| {
            let stub = stub.as_mut().expect("it is prepared");
            let tree = |delivered: &Delivered| {
                let tree = Tree {
                    root: records,
                    count: delivered.records.into(),
                };
                (delivered.number, tree)
            };
            stub.trees = stub.frozen.delivered.iter().map(tree).collect();
            stub.frozen.delivered.remove(0);
            stub.frozen.first += 1;
            stub.slices = vec![Tree {
                root: slice,
                count: stub.recipe.benchmark.into(),
            }];
        });
    }
}

pub(crate) const DATANET: DatanetId = 7;
pub(crate) const ROUND: RoundNumber = 2;
/// The first contribution of the round: 0, 1 and 2 are of the round before.
pub(crate) const FIRST: u32 = 3;
/// The block in which the round became `Revealed`.
pub(crate) const REVEALED_AT: u32 = 100;
/// Blocks that an evaluator has to publish.
pub(crate) const PUBLISHING: u32 = 10;
/// Blocks that others have to challenge what is published.
pub(crate) const CHALLENGING: u32 = 5;
/// Blocks of a window.
pub(crate) const WINDOW: u32 = 50;
/// The first block after the first window.
pub(crate) const CLOSES_AT: u32 = REVEALED_AT + WINDOW;
/// The recipe's least bond of an evaluator.
pub(crate) const BOND: Balance = 500;
/// What every account of a test has.
pub(crate) const FUNDS: Balance = 10_000;

pub(crate) const ALICE: AccountId = 1;
pub(crate) const BOB: AccountId = 2;
pub(crate) const CHARLIE: AccountId = 3;
pub(crate) const DAVE: AccountId = 4;
pub(crate) const EVE: AccountId = 5;
/// Has less than a bond.
pub(crate) const PAUPER: AccountId = 6;

/// Two classes, K = 2, K* = 4, three benchmark records.
pub(crate) fn recipe() -> Recipe {
    Recipe {
        evidence: Evidence::Open,
        encoder: Encoder::Vector,
        dimension: 2,
        classes: 2,
        neighbours: 2,
        horizon: 4,
        radius: 0,
        benchmark: 3,
        min_records: 1,
        max_records: MAX_RECORDS,
        deposit_per_byte: 1,
        fee_per_record: 1,
        provider_bond: 500,
        evaluator_bond: BOND,
        providers_share: Perbill::from_percent(5),
        evaluator_share: Perbill::from_percent(5),
        steward_share: Perbill::from_percent(5),
        vesting: 0,
        periods: Periods {
            committing: 10,
            delivering: 10,
            revealing: 10,
            publishing: PUBLISHING,
            challenging: CHALLENGING,
            window: WINDOW,
        },
        kernel: 1,
    }
}

/// Contributions 3, 4 and 6 of ten records each; 5 was never delivered.
pub(crate) fn frozen() -> FrozenRound {
    FrozenRound {
        first: FIRST,
        delivered: [3, 4, 6]
            .map(|number| Delivered {
                number,
                records: 10,
            })
            .to_vec()
            .try_into()
            .unwrap(),
        inputs: H256::repeat_byte(0xaa),
        budget: 200,
        seats: 3,
        revealed_at: REVEALED_AT,
    }
}

fn stub() -> StubRound {
    StubRound {
        recipe: recipe(),
        phase: Phase::Revealed,
        frozen: frozen(),
        trees: Vec::new(),
        slices: Vec::new(),
        stuck: false,
        concluded: None,
    }
}

/// Changes the round before or during a test.
pub(crate) fn change_round(change: impl FnOnce(&mut StubRound)) {
    StubRounds::mutate((DATANET, ROUND), |stub| {
        change(stub.as_mut().expect("the builder made it"))
    });
}

pub(crate) fn round() -> StubRound {
    StubRounds::get((DATANET, ROUND)).expect("the builder made it")
}

/// A chain whose round has just become `Revealed`.
#[derive(Default)]
pub(crate) struct ExtBuilder;

impl ExtBuilder {
    pub(crate) fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        pallet_balances::GenesisConfig::<Test> {
            balances: [ALICE, BOB, CHARLIE, DAVE, EVE]
                .map(|account| (account, FUNDS))
                .into_iter()
                .chain([(PAUPER, BOND - 1)])
                .collect(),
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .unwrap();
        let mut ext = sp_io::TestExternalities::from(storage);
        ext.execute_with(|| {
            System::set_block_number(REVEALED_AT);
            System::note_finished_initialize();
            StubRounds::insert((DATANET, ROUND), stub());
        });
        ext
    }

    /// Runs a test, then checks every invariant.
    pub(crate) fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Valuation::do_try_state().unwrap();
        });
    }
}
