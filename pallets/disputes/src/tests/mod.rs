//! One file for each call, and what concerns all of them.

mod appeal;
mod appoint;
mod close;
mod decide;
mod invariants;
mod open;
mod sequences;
mod views;
mod vote;
mod weights;

use frame_support::assert_ok;
use sp_core::H256;
use sp_runtime::DispatchResult;
use tributary_primitives::{ids::ModelId, roles::Contention, Balance};

use crate::{
    mock::{Disputes, *},
    CaseId, NextCase, Outcome,
};

/// Hash of what shows that the plaintiff is right.
pub(crate) const EVIDENCE: H256 = H256::repeat_byte(0xee);

pub(crate) fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

pub(crate) fn try_open(who: AccountId, model: ModelId, contention: Contention) -> DispatchResult {
    Disputes::open(signed(who), model, contention, EVIDENCE)
}

/// Opens a case about an origin that is missing.
pub(crate) fn open(who: AccountId) -> CaseId {
    let case = NextCase::<Test>::get();
    assert_ok!(try_open(who, MODEL, MISSING));
    case
}

pub(crate) fn vote(arbiter: AccountId, case: CaseId, upheld: bool) -> DispatchResult {
    Disputes::vote(signed(arbiter), case, upheld)
}

/// A case of Alice's that three of five arbiters have ruled.
pub(crate) fn ruled(upheld: bool) -> CaseId {
    let case = open(ALICE);
    for arbiter in &ARBITERS[..3] {
        assert_ok!(vote(*arbiter, case, upheld));
    }
    case
}

/// The same, from which Bob appealed.
pub(crate) fn appealed(ruling: bool) -> CaseId {
    let case = ruled(ruling);
    assert_ok!(appeal(BOB, case));
    case
}

pub(crate) fn appeal(who: AccountId, case: CaseId) -> DispatchResult {
    Disputes::appeal(signed(who), case)
}

pub(crate) fn decide(case: CaseId, upheld: bool) -> DispatchResult {
    Disputes::decide(RuntimeOrigin::root(), case, upheld)
}

pub(crate) fn try_close(case: CaseId) -> DispatchResult {
    let closed = Disputes::close(signed(PAUPER), case);
    closed.map(|_| ()).map_err(|refusal| refusal.error)
}

/// Closes a case and says how it ended.
pub(crate) fn close(case: CaseId) -> Outcome {
    assert_ok!(try_close(case));
    match last_event() {
        crate::Event::Closed { outcome, .. } => outcome,
        other => panic!("the last event is {other:?}"),
    }
}

pub(crate) fn wait(blocks: u32) {
    System::set_block_number(System::block_number() + blocks);
}

pub(crate) fn free(who: AccountId) -> Balance {
    Balances::free_balance(who)
}
