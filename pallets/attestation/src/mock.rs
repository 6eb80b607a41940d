//! A runtime with the pallet, and a round that a test puts into any phase.

use codec::{Decode, Encode};
use frame_support::{derive_impl, storage_alias, weights::Weight, Twox64Concat};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    datanets::{Delivered, Encoder, Evidence, FrozenRound, Periods, Phase, Recipe, Values},
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Tree,
    roles::Snapshots,
};

use crate as pallet_attestation;

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
    pub type Attestation = pallet_attestation;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlockU32<Test>;
}

impl pallet_attestation::Config for Test {
    type Snapshots = Stub;
    type WeightInfo = Weights;
}

/// Weights that tell which call was charged for what.
#[allow(unreachable_pub)]
pub struct Weights;

impl crate::WeightInfo for Weights {
    fn attest(c: u32) -> Weight {
        Weight::from_parts(100_000, u64::from(c))
    }
    fn attest_final(c: u32) -> Weight {
        Weight::from_parts(200_000, 2 * u64::from(c))
    }
    fn abandon(c: u32) -> Weight {
        Weight::from_parts(300_000, u64::from(c))
    }
}

/// A round as its test wants it, and what became of it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub(crate) struct StubRound {
    pub(crate) recipe: Recipe,
    pub(crate) phase: Phase,
    pub(crate) frozen: FrozenRound,
    pub(crate) attestors: Vec<AccountId>,
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

    fn unpublish(_: DatanetId, _: RoundNumber) -> DispatchResult {
        Err(DispatchError::Other("what attestors agreed on stands"))
    }

    fn tree(_: DatanetId, _: RoundNumber, _: ContributionNumber) -> Option<Tree> {
        None
    }

    fn providers(datanet: DatanetId, round: RoundNumber) -> Vec<AccountId> {
        StubRounds::get((datanet, round)).map_or_else(Vec::new, |stub| stub.attestors)
    }

    fn slices(_: DatanetId, _: RoundNumber) -> Vec<Tree> {
        Vec::new()
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
        let (from, to) = (Phase::Published, Phase::Final);
        Self::advance(datanet, round, from, to, Some(concluded))
    }

    fn void(datanet: DatanetId, round: RoundNumber) -> DispatchResult {
        Self::advance(datanet, round, Phase::Revealed, Phase::Void, None)
    }

    fn prepare_frozen(contributions: u32, _: u16) -> (DatanetId, RoundNumber) {
        Self::prepare_attested(contributions)
    }

    fn prepare_attested(contributions: u32) -> (DatanetId, RoundNumber) {
        let delivered = (0..contributions).map(|index| Delivered {
            number: FIRST + index,
            records: 10,
        });
        let threshold = 4;
        let prepared = StubRound {
            recipe: Recipe {
                evidence: Evidence::Attested { threshold },
                ..recipe()
            },
            attestors: vec![ALICE, BOB, CHARLIE, DAVE],
            frozen: FrozenRound {
                delivered: delivered.collect::<Vec<_>>().try_into().expect("few"),
                revealed_at: System::block_number(),
                ..frozen()
            },
            ..stub()
        };
        StubRounds::insert((DATANET, ROUND), prepared);
        (DATANET, ROUND)
    }

    fn prepare_trees(_: DatanetId, _: RoundNumber, _: H256, _: H256) {}
}

pub(crate) const DATANET: DatanetId = 7;
pub(crate) const ROUND: RoundNumber = 2;
/// The first contribution of the round.
pub(crate) const FIRST: u32 = 3;
/// The block in which the round became `Revealed`.
pub(crate) const REVEALED_AT: u32 = 100;
/// Blocks of a window.
pub(crate) const WINDOW: u32 = 50;
/// The first block in which nothing can be attested.
pub(crate) const CLOSES_AT: u32 = REVEALED_AT + WINDOW;

pub(crate) const ALICE: AccountId = 1;
pub(crate) const BOB: AccountId = 2;
pub(crate) const CHARLIE: AccountId = 3;
pub(crate) const DAVE: AccountId = 4;
/// Attests nothing.
pub(crate) const EVE: AccountId = 5;

/// Two of the attestors must agree.
pub(crate) fn recipe() -> Recipe {
    Recipe {
        evidence: Evidence::Attested { threshold: 2 },
        encoder: Encoder::Vector,
        dimension: 2,
        classes: 2,
        neighbours: 2,
        horizon: 4,
        radius: 0,
        benchmark: 4,
        min_records: 1,
        max_records: 100,
        deposit_per_byte: 1,
        fee_per_record: 1,
        provider_bond: 500,
        evaluator_bond: 500,
        providers_share: Perbill::from_percent(5),
        evaluator_share: Perbill::from_percent(5),
        steward_share: Perbill::from_percent(5),
        vesting: 0,
        periods: Periods {
            committing: 10,
            delivering: 10,
            revealing: 10,
            publishing: 10,
            challenging: 5,
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
            .expect("three are few"),
        inputs: H256::repeat_byte(0xaa),
        budget: 200,
        seats: 0,
        revealed_at: REVEALED_AT,
    }
}

fn stub() -> StubRound {
    StubRound {
        recipe: recipe(),
        phase: Phase::Revealed,
        frozen: frozen(),
        attestors: vec![ALICE, BOB, CHARLIE],
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
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
    let storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the genesis of a test is right");
    let mut ext = sp_io::TestExternalities::from(storage);
    ext.execute_with(|| {
        System::set_block_number(REVEALED_AT);
        StubRounds::insert((DATANET, ROUND), stub());
    });
    ext
}

/// Runs a test, then checks every invariant.
pub(crate) fn execute(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        Attestation::do_try_state().expect("the invariants hold");
    });
}
