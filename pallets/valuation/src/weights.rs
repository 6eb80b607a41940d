//! What the calls cost.

use frame_support::weights::Weight;

/// The weights of the pallet's calls.
pub trait WeightInfo {
    /// `commit_proposal` where four others lapse, in a round of `c` contributions.
    fn commit_proposal(c: u32) -> Weight;
    /// `publish_shadows` of `n` shadows, in a round of `c` contributions.
    fn publish_shadows(n: u32, c: u32) -> Weight;
    /// `publish_rows` of `r` rows with `e` entries together, in a round of `c` contributions.
    fn publish_rows(r: u32, e: u32, c: u32) -> Weight;
    /// `lapse`.
    fn lapse() -> Weight;
    /// `finalise` where four proposals are complete, in a round of `c` contributions.
    fn finalise_published(c: u32) -> Weight;
    /// `finalise` where four proposals lapse for the first time, in a round of `c` contributions.
    fn finalise_reopened(c: u32) -> Weight;
    /// `finalise` where four proposals lapse for the second time, in a round of `c` contributions.
    fn finalise_void(c: u32) -> Weight;
}

impl WeightInfo for () {
    fn commit_proposal(_: u32) -> Weight {
        Weight::zero()
    }
    fn publish_shadows(_: u32, _: u32) -> Weight {
        Weight::zero()
    }
    fn publish_rows(_: u32, _: u32, _: u32) -> Weight {
        Weight::zero()
    }
    fn lapse() -> Weight {
        Weight::zero()
    }
    fn finalise_published(_: u32) -> Weight {
        Weight::zero()
    }
    fn finalise_reopened(_: u32) -> Weight {
        Weight::zero()
    }
    fn finalise_void(_: u32) -> Weight {
        Weight::zero()
    }
}
