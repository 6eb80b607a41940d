//! What the calls weigh.

use frame_support::weights::Weight;

/// Weights of the calls, and of what others' calls do here.
pub trait WeightInfo {
    /// Terms of the greatest length.
    fn publish() -> Weight;
    /// Terms of the greatest length.
    fn retract() -> Weight;
    /// An asset with all the ancestors that it can have.
    fn make_offer() -> Weight;
    /// A grant that is paid for at once.
    fn acquire() -> Weight;
    /// A grant that is paid for now.
    fn approve() -> Weight;
    /// An application with a fee.
    fn decline() -> Weight;
    /// An application with a fee.
    fn relinquish() -> Weight;
    /// Terms attached to a model that comes from `m` models and `p` pools, each of which has to be asked, with all the further
    /// ancestors that they can have.
    fn attach_model(m: u32, p: u32) -> Weight;
}

impl WeightInfo for () {
    fn publish() -> Weight {
        Weight::zero()
    }
    fn retract() -> Weight {
        Weight::zero()
    }
    fn make_offer() -> Weight {
        Weight::zero()
    }
    fn acquire() -> Weight {
        Weight::zero()
    }
    fn approve() -> Weight {
        Weight::zero()
    }
    fn decline() -> Weight {
        Weight::zero()
    }
    fn relinquish() -> Weight {
        Weight::zero()
    }
    fn attach_model(_: u32, _: u32) -> Weight {
        Weight::zero()
    }
}
