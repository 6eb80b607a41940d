//! What the calls cost.

use frame_support::weights::Weight;

/// The weights of the pallet's calls.
pub trait WeightInfo {
    /// The hook in a block that goes on with an epoch.
    fn on_initialize() -> Weight;
    /// The hook in a block that begins an epoch.
    fn on_initialize_epoch() -> Weight;
    /// `create` with `m` bytes of metadata.
    fn create(m: u32) -> Weight;
    /// `appoint_providers`.
    fn appoint_providers() -> Weight;
    /// `offer_transfer`.
    fn offer_transfer() -> Weight;
    /// `withdraw_offer`.
    fn withdraw_offer() -> Weight;
    /// `accept_transfer`.
    fn accept_transfer() -> Weight;
    /// `retire`.
    fn retire() -> Weight;
    /// `pledge`.
    fn pledge() -> Weight;
    /// `withdraw_pledge`.
    fn withdraw_pledge() -> Weight;
    /// `open_round`.
    fn open_round() -> Weight;
    /// `commit`.
    fn commit() -> Weight;
    /// `commit_slices`.
    fn commit_slices() -> Weight;
    /// `advance` to `Delivering`.
    fn advance_delivering() -> Weight;
    /// `advance` to `Frozen` of a round with `d` delivered contributions.
    fn advance_frozen(d: u32) -> Weight;
    /// `advance` to `Frozen` of a round with one delivered contribution and `l` that lapse.
    fn advance_lapsed(l: u32) -> Weight;
    /// `advance` that picks slices.
    fn advance_picked() -> Weight;
    /// `advance` that picks other slices for those that were not revealed.
    fn advance_replaced() -> Weight;
    /// `advance` to `Void` of a round with `c` contributions.
    fn advance_void(c: u32) -> Weight;
    /// `deliver` of `r` records that are as short as can be.
    fn deliver(r: u32) -> Weight;
    /// `deliver` of `k` records of one KiB each.
    fn deliver_bytes(k: u32) -> Weight;
    /// `reveal` of `r` records that are as short as can be.
    fn reveal(r: u32) -> Weight;
    /// `reveal` of `k` records of one KiB each.
    fn reveal_bytes(k: u32) -> Weight;
}

impl WeightInfo for () {
    fn on_initialize() -> Weight {
        Weight::zero()
    }
    fn on_initialize_epoch() -> Weight {
        Weight::zero()
    }
    fn create(_: u32) -> Weight {
        Weight::zero()
    }
    fn appoint_providers() -> Weight {
        Weight::zero()
    }
    fn offer_transfer() -> Weight {
        Weight::zero()
    }
    fn withdraw_offer() -> Weight {
        Weight::zero()
    }
    fn accept_transfer() -> Weight {
        Weight::zero()
    }
    fn retire() -> Weight {
        Weight::zero()
    }
    fn pledge() -> Weight {
        Weight::zero()
    }
    fn withdraw_pledge() -> Weight {
        Weight::zero()
    }
    fn open_round() -> Weight {
        Weight::zero()
    }
    fn commit() -> Weight {
        Weight::zero()
    }
    fn commit_slices() -> Weight {
        Weight::zero()
    }
    fn advance_delivering() -> Weight {
        Weight::zero()
    }
    fn advance_frozen(_: u32) -> Weight {
        Weight::zero()
    }
    fn advance_lapsed(_: u32) -> Weight {
        Weight::zero()
    }
    fn advance_picked() -> Weight {
        Weight::zero()
    }
    fn advance_replaced() -> Weight {
        Weight::zero()
    }
    fn advance_void(_: u32) -> Weight {
        Weight::zero()
    }
    fn deliver(_: u32) -> Weight {
        Weight::zero()
    }
    fn deliver_bytes(_: u32) -> Weight {
        Weight::zero()
    }
    fn reveal(_: u32) -> Weight {
        Weight::zero()
    }
    fn reveal_bytes(_: u32) -> Weight {
        Weight::zero()
    }
}
