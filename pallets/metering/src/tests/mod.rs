//! One file for each call; invariants, weights, and calls in any order.

mod challenge;
mod close;
mod forget;
mod invariants;
mod leave;
mod make_offer;
mod open;
mod register;
mod sequences;
mod settle;
mod weights;
mod withdraw_offer;

use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::Balance;

use crate::{mock::*, Error, Event, HoldReason, Stage};
