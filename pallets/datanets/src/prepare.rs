//! Rounds as benchmarks need them: of this pallet, and of those that use its role.

use alloc::{vec, vec::Vec};

use codec::Decode;
use frame_support::traits::fungible::{Inspect, Mutate};
use sp_core::H256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash, TrailingZeroInput},
    Perbill,
};
use tributary_primitives::{
    assets::{Authors, Share, MAX_AUTHORS},
    datanets::{
        Delivered, Encoder, Evidence, Periods, Phase, Recipe, KERNEL, MAX_CLASSES, MAX_DIMENSION,
        MAX_HORIZON, MAX_PROVIDERS, MAX_RECORDS, MAX_SLICES, MAX_VESTING,
    },
    hashing,
    ids::{DatanetId, RoundNumber},
    roles::{DataPools, Terms},
    Balance,
};

use crate::{
    Config, Contribution, Contributions, Datanet, Datanets, Deliveries, Delivery, HoldReason,
    Metadata, MetadataBytes, NewcomerList, Newcomers, NextDatanet, Pallet, Providers, Recipes,
    RoundOf, Rounds, Seat, Status,
};

const PREPARED: &str = "a benchmark can do what it prepared for; qed";

/// Records of a benchmark within the bounds of a recipe with the largest horizon and the most classes.
const ATTESTED_ROWS: u16 = 512;

/// An account of a benchmark.
pub(crate) fn account<T: Config>(name: &str, index: u32) -> T::AccountId {
    let seed = BlakeTwo256::hash_of(&(name, index));
    T::AccountId::decode(&mut TrailingZeroInput::new(seed.as_bytes())).expect(PREPARED)
}

/// An account with more than it needs.
pub(crate) fn funded<T: Config>(name: &str, index: u32) -> T::AccountId {
    let account = account::<T>(name, index);
    T::Currency::set_balance(&account, Balance::MAX >> 32);
    account
}

/// So many authors, with equal parts.
pub(crate) fn authors<T: Config>(count: u32) -> Authors<T::AccountId> {
    let part = Perbill::one().deconstruct() / count;
    let authors = (0..count).map(|index| Share {
        account: account::<T>("author", index),
        part: Perbill::from_parts(match index {
            0 => Perbill::one().deconstruct() - part * (count - 1),
            _ => part,
        }),
    });
    Authors::truncate_from(authors.collect())
}

/// A recipe at its largest bounds, of a benchmark of `rows` records.
pub(crate) fn recipe<T: Config>(rows: u16) -> Recipe {
    let coin = T::Currency::minimum_balance();
    Recipe {
        evidence: Evidence::Open,
        encoder: Encoder::Vector,
        dimension: MAX_DIMENSION,
        classes: MAX_CLASSES,
        neighbours: MAX_HORIZON,
        horizon: MAX_HORIZON,
        radius: 100,
        benchmark: rows,
        min_records: 1,
        max_records: MAX_RECORDS,
        deposit_per_byte: coin,
        fee_per_record: coin,
        provider_bond: coin,
        evaluator_bond: coin,
        providers_share: Perbill::from_percent(8),
        evaluator_share: Perbill::from_percent(4),
        steward_share: Perbill::from_percent(3),
        vesting: MAX_VESTING,
        periods: Periods {
            committing: 100,
            delivering: 100,
            revealing: 100,
            publishing: 100,
            challenging: 100,
            window: 500,
        },
        kernel: KERNEL,
    }
}

/// A datanet of this recipe, whether or not it follows the rules, with so many providers.
pub(crate) fn datanet<T: Config>(recipe: &Recipe, providers: u32) -> DatanetId {
    let steward = funded::<T>("steward", 0);
    let terms = T::Terms::prepare_terms(&steward);
    let datanet = NextDatanet::<T>::get();
    T::Terms::attach_datanet(datanet, &steward, terms).expect(PREPARED);
    let deposit = Pallet::<T>::price_of(4, 4_096).expect(PREPARED);
    Pallet::<T>::hold(HoldReason::Datanet, &steward, deposit).expect(PREPARED);
    NextDatanet::<T>::put(datanet + 1);
    Recipes::<T>::insert(datanet, recipe);
    Metadata::<T>::insert(datanet, MetadataBytes::default());
    let providers: Vec<_> = (0..providers)
        .map(|index| funded::<T>("provider", index))
        .collect();
    Datanets::<T>::insert(
        datanet,
        Datanet {
            steward,
            offered: None,
            deposit,
            providers: Providers::try_from(providers).expect(PREPARED),
            rounds: 0,
            contributions: 0,
            pending: 0,
            retired: false,
            frozen: 0,
            withdrawn: 0,
        },
    );
    datanet
}

/// A pledge so dear that every positive value is paid, for a datanet's next round.
pub(crate) fn pledge<T: Config>(datanet: DatanetId) -> T::AccountId {
    let sponsor = funded::<T>("sponsor", 0);
    let budget = T::Currency::minimum_balance() * 1_000_000;
    let Datanet {
        rounds, providers, ..
    } = Datanets::<T>::get(datanet).expect(PREPARED);
    Pallet::<T>::do_pledge(
        sponsor.clone(),
        datanet,
        rounds + 1,
        providers.into_inner(),
        Balance::MAX,
        budget,
    )
    .expect(PREPARED);
    sponsor
}

/// A sponsored round in phase `Committing`, with the most slices of every provider where data is open, and so many contributions of the most records
/// that are delivered, or must still be.
pub(crate) fn round<T: Config>(
    datanet: DatanetId,
    contributions: u32,
    status: Status,
) -> RoundNumber {
    let steward = account::<T>("steward", 0);
    let sponsor = pledge::<T>(datanet);
    Pallet::<T>::do_open_round(steward, datanet, Some(sponsor)).expect(PREPARED);
    let mut found = Datanets::<T>::get(datanet).expect(PREPARED);
    let number = found.rounds;
    let recipe = Recipes::<T>::get(datanet).expect(PREPARED);
    let open = recipe.evidence == Evidence::Open;
    for provider in found.providers.iter().filter(|_| open) {
        let hashes = vec![H256::repeat_byte(1); MAX_SLICES as usize];
        Pallet::<T>::do_commit_slices(provider.clone(), datanet, number, hashes).expect(PREPARED);
    }

    let records = recipe.max_records;
    let bytes = *recipe.bytes(records).end();
    let bond = Pallet::<T>::bond_of(&recipe, bytes).expect(PREPARED);
    let fee = Pallet::<T>::fee_of(&recipe, records).expect(PREPARED);
    let bond = bond + Pallet::<T>::authors_price(MAX_AUTHORS as u8).expect(PREPARED);
    for index in 0..contributions {
        let contributor = funded::<T>("contributor", index);
        Pallet::<T>::hold(HoldReason::Contribution, &contributor, bond).expect(PREPARED);
        Pallet::<T>::hold(HoldReason::ValuationFee, &contributor, fee).expect(PREPARED);
        let contribution = found.contributions + index;
        T::DataPools::share(datanet, contribution, authors::<T>(MAX_AUTHORS)).expect(PREPARED);
        Contributions::<T>::insert(
            datanet,
            contribution,
            Contribution {
                contributor,
                committed_to: number,
                round: number,
                root: H256::repeat_byte(2),
                records,
                bytes,
                authors: MAX_AUTHORS as u8,
                bond,
                status,
                value: 0,
                withdrawn: None,
            },
        );
        if status == Status::Committed {
            Deliveries::<T>::insert(
                datanet,
                contribution,
                Delivery {
                    commitment: H256::repeat_byte(3),
                    next: 0,
                    records: Default::default(),
                    bytes: 0,
                },
            );
        }
    }
    found.contributions += contributions;
    found.pending += contributions;
    Datanets::<T>::insert(datanet, found);
    change::<T>(datanet, number, |round| {
        round.committed = contributions;
        if status == Status::Delivered {
            round.delivered = contributions;
        }
    });
    number
}

/// Changes a round.
pub(crate) fn change<T: Config>(
    datanet: DatanetId,
    number: RoundNumber,
    change: impl FnOnce(&mut RoundOf<T>),
) {
    Rounds::<T>::mutate(datanet, number, |round| {
        change(round.as_mut().expect(PREPARED));
    });
}

/// A seat for each provider, its slice revealed or not.
pub(crate) fn seat<T: Config>(round: &mut RoundOf<T>, root: Option<H256>) {
    for provider in round.providers.clone() {
        let seat = Seat {
            provider,
            slice: 0,
            attempt: 0,
            root,
        };
        round.seats.try_push(seat).expect(PREPARED);
    }
}

/// Lists all contributions of a round as delivered.
pub(crate) fn list<T: Config>(datanet: DatanetId, number: RoundNumber) {
    let newcomers: Vec<_> = Rounds::<T>::get(datanet, number)
        .expect(PREPARED)
        .numbers()
        .map(|number| Delivered {
            number,
            records: MAX_RECORDS,
        })
        .collect();
    Newcomers::<T>::insert(
        datanet,
        number,
        NewcomerList::try_from(newcomers).expect(PREPARED),
    );
}

/// Takes the authors of a round's contributions away: what a sponsor pays at once is then written to an account for each, and authors ask for it.
fn alone<T: Config>(datanet: DatanetId, number: RoundNumber) {
    for contribution in Rounds::<T>::get(datanet, number).expect(PREPARED).numbers() {
        T::DataPools::unshare(datanet, contribution);
        Contributions::<T>::mutate(datanet, contribution, |found| {
            found.as_mut().expect(PREPARED).authors = 0;
        });
    }
}

/// A recipe whose rounds all of the most attestors must attest.
pub(crate) fn attested_recipe<T: Config>() -> Recipe {
    Recipe {
        evidence: Evidence::Attested {
            threshold: MAX_PROVIDERS as u8,
        },
        ..recipe::<T>(ATTESTED_ROWS)
    }
}

/// A round that can be attested from this block on: see [`Snapshots::prepare_attested`].
///
/// [`Snapshots::prepare_attested`]: tributary_primitives::roles::Snapshots::prepare_attested
pub(crate) fn attested<T: Config>(contributions: u32) -> (DatanetId, RoundNumber) {
    let datanet = datanet::<T>(&attested_recipe::<T>(), MAX_PROVIDERS);
    let number = round::<T>(datanet, contributions, Status::Delivered);
    alone::<T>(datanet, number);
    list::<T>(datanet, number);
    change::<T>(datanet, number, |round| {
        round.phase = Phase::Revealed;
        round.deadline = None;
        round.frozen = Some(0);
        round.inputs = hashing::extend_inputs(H256::zero(), H256::repeat_byte(4));
        round.revealed_at = Pallet::<T>::now();
    });
    (datanet, number)
}

/// A round that becomes `Revealed` in this block: see [`Snapshots::prepare_frozen`].
///
/// [`Snapshots::prepare_frozen`]: tributary_primitives::roles::Snapshots::prepare_frozen
pub(crate) fn frozen<T: Config>(contributions: u32, rows: u16) -> (DatanetId, RoundNumber) {
    let datanet = datanet::<T>(&recipe::<T>(rows), MAX_PROVIDERS);
    let number = round::<T>(datanet, contributions, Status::Delivered);
    alone::<T>(datanet, number);
    list::<T>(datanet, number);
    change::<T>(datanet, number, |round| {
        seat::<T>(round, Some(H256::repeat_byte(4)));
        round.phase = Phase::Revealed;
        round.deadline = None;
        round.frozen = Some(0);
        round.randomness = Some(H256::repeat_byte(5));
        round.inputs = hashing::extend_inputs(H256::zero(), H256::repeat_byte(4));
        round.revealed_at = Pallet::<T>::now();
    });
    (datanet, number)
}

/// Changes a prepared round: see [`Snapshots::prepare_trees`].
///
/// [`Snapshots::prepare_trees`]: tributary_primitives::roles::Snapshots::prepare_trees
pub(crate) fn trees<T: Config>(
    datanet: DatanetId,
    number: RoundNumber,
    records: H256,
    slice: H256,
) {
    let mut newcomers = Newcomers::<T>::get(datanet, number);
    for (index, newcomer) in newcomers.iter().enumerate() {
        Contributions::<T>::mutate(datanet, newcomer.number, |found| {
            let found = found.as_mut().expect(PREPARED);
            found.root = records;
            if index == 0 {
                found.status = Status::Admitted;
                found.round = number - 1;
            }
        });
    }
    newcomers.remove(0);
    Newcomers::<T>::insert(datanet, number, newcomers);
    change::<T>(datanet, number, |round| {
        round.first += 1;
        round.seats.truncate(1);
        for seat in &mut round.seats {
            seat.root = Some(slice);
        }
    });
}
