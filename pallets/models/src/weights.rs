//! What the calls weigh.

use frame_support::weights::Weight;

/// The weight of each call.
pub trait WeightInfo {
    /// `p` parents of the longest ancestry, `r` rounds, `t` team members, `m` bytes of metadata.
    fn register(p: u32, r: u32, t: u32, m: u32) -> Weight;
    /// Independent of the model.
    fn offer_transfer() -> Weight;
    /// Independent of the model.
    fn withdraw_offer() -> Weight;
    /// Independent of the model.
    fn accept_transfer() -> Weight;
    /// `t` team members.
    fn set_team(t: u32) -> Weight;
    /// Independent of the model.
    fn retire() -> Weight;
    /// A model of the most edges.
    fn cosign() -> Weight;
    /// Names of the most bytes.
    fn evaluate() -> Weight;
}

impl WeightInfo for () {
    fn register(_p: u32, _r: u32, _t: u32, _m: u32) -> Weight {
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
    fn set_team(_t: u32) -> Weight {
        Weight::zero()
    }
    fn retire() -> Weight {
        Weight::zero()
    }
    fn cosign() -> Weight {
        Weight::zero()
    }
    fn evaluate() -> Weight {
        Weight::zero()
    }
}
