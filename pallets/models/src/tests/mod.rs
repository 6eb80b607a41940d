//! One file for each call, and one for what concerns several.

mod accept_transfer;
mod add_parent;
mod ancestry;
mod announce_team;
mod change_team;
mod conclude;
mod contest;
mod cosign;
mod deposits;
mod evaluate;
mod invariants;
mod kinds;
mod offer_transfer;
mod register;
mod retire;
mod team;
mod views;
mod withdraw_offer;

// By name, because the storage map of the same name comes in by `crate::*`.
use crate::{
    mock::{Models, *},
    *,
};
use sp_runtime::Perbill;

/// A team of Bob and Carol.
fn halves() -> TeamOf<Test> {
    TeamOf::<Test>::truncate_from(vec![share(BOB, 500_000_000), share(CAROL, 500_000_000)])
}
