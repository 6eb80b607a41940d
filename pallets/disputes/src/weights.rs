//! What the calls of `pallet_disputes` weigh, in the form that `scripts/bench` generates. Not measured: each is what measured calls weigh that
//! read and write about as much.
#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::all, unused_parens, unused_imports)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, Weight},
};

/// The weight of each call, or of what a call does at its worst.
pub trait WeightInfo {
    /// `appoint`.
    fn appoint() -> Weight;
    /// `open`.
    fn open() -> Weight;
    /// `vote`.
    fn vote() -> Weight;
    /// `appeal`.
    fn appeal() -> Weight;
    /// `decide`.
    fn decide() -> Weight;
    /// `close_upheld`.
    fn close_upheld() -> Weight;
    /// `close_dismissed`.
    fn close_dismissed() -> Weight;
}

/// With the database's costs of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // As `make_offer` of `pallet_licensing`.
    fn appoint() -> Weight {
        Weight::from_parts(20_371_000, 4627)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // As `change_team` and `evaluate` of `pallet_models`.
    fn open() -> Weight {
        Weight::from_parts(370_743_000, 44901)
            .saturating_add(T::DbWeight::get().reads(57))
            .saturating_add(T::DbWeight::get().writes(59))
    }
    // As `retire` of `pallet_models`.
    fn vote() -> Weight {
        Weight::from_parts(17_406_000, 4627)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    // As `relinquish` of `pallet_licensing`.
    fn appeal() -> Weight {
        Weight::from_parts(79_338_000, 3748)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    // As `offer_transfer` of `pallet_models`.
    fn decide() -> Weight {
        Weight::from_parts(10_305_000, 3664)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // As `change_team` of `pallet_models` and two of `relinquish` of `pallet_licensing`.
    fn close_upheld() -> Weight {
        Weight::from_parts(474_247_000, 44901)
            .saturating_add(T::DbWeight::get().reads(59))
            .saturating_add(T::DbWeight::get().writes(60))
    }
    // As `change_team` of `pallet_models` and two of `relinquish` of `pallet_licensing`.
    fn close_dismissed() -> Weight {
        Weight::from_parts(474_247_000, 44901)
            .saturating_add(T::DbWeight::get().reads(59))
            .saturating_add(T::DbWeight::get().writes(60))
    }
}

/// The same with the costs of RocksDB: for tests.
impl WeightInfo for () {
    fn appoint() -> Weight {
        Weight::from_parts(20_371_000, 4627)
            .saturating_add(RocksDbWeight::get().reads(1))
            .saturating_add(RocksDbWeight::get().writes(1))
    }
    fn open() -> Weight {
        Weight::from_parts(370_743_000, 44901)
            .saturating_add(RocksDbWeight::get().reads(57))
            .saturating_add(RocksDbWeight::get().writes(59))
    }
    fn vote() -> Weight {
        Weight::from_parts(17_406_000, 4627)
            .saturating_add(RocksDbWeight::get().reads(2))
            .saturating_add(RocksDbWeight::get().writes(2))
    }
    fn appeal() -> Weight {
        Weight::from_parts(79_338_000, 3748)
            .saturating_add(RocksDbWeight::get().reads(3))
            .saturating_add(RocksDbWeight::get().writes(3))
    }
    fn decide() -> Weight {
        Weight::from_parts(10_305_000, 3664)
            .saturating_add(RocksDbWeight::get().reads(1))
            .saturating_add(RocksDbWeight::get().writes(1))
    }
    fn close_upheld() -> Weight {
        Weight::from_parts(474_247_000, 44901)
            .saturating_add(RocksDbWeight::get().reads(59))
            .saturating_add(RocksDbWeight::get().writes(60))
    }
    fn close_dismissed() -> Weight {
        Weight::from_parts(474_247_000, 44901)
            .saturating_add(RocksDbWeight::get().reads(59))
            .saturating_add(RocksDbWeight::get().writes(60))
    }
}
