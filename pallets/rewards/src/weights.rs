//! Costs of the calls.

use frame_support::weights::Weight;

/// Costs of the calls.
pub trait WeightInfo {
    /// `pay`.
    fn pay() -> Weight;
    /// `settle` with `r` royalties and `t` members of the team.
    fn settle(r: u32, t: u32) -> Weight;
    /// `settle_crew` with `c` members of the crew.
    fn settle_crew(c: u32) -> Weight;
    /// `claim` with `c` proofs, as long as they can be.
    fn claim_proving(c: u32) -> Weight;
    /// `claim` for `c` contributions whose weights have been proven.
    fn claim_proven(c: u32) -> Weight;
    /// `withdraw`.
    fn withdraw() -> Weight;
    /// `sweep`.
    fn sweep() -> Weight;
}

impl WeightInfo for () {
    fn pay() -> Weight {
        Weight::zero()
    }

    fn settle(_r: u32, _t: u32) -> Weight {
        Weight::zero()
    }

    fn settle_crew(_c: u32) -> Weight {
        Weight::zero()
    }

    fn claim_proving(_c: u32) -> Weight {
        Weight::zero()
    }

    fn claim_proven(_c: u32) -> Weight {
        Weight::zero()
    }

    fn withdraw() -> Weight {
        Weight::zero()
    }

    fn sweep() -> Weight {
        Weight::zero()
    }
}
