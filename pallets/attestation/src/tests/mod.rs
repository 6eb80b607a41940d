//! One file for each call, and what concerns all of them.

mod abandon;
mod attest;
mod invariants;
mod roles;
mod weights;

use frame_support::{assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;
use sp_runtime::DispatchResult;
use tributary_primitives::{
    datanets::{Statement, Value, Values},
    hashing,
    ids::{DatanetId, RoundNumber},
};

use crate::mock::{Attestation, *};

/// The root of the benchmark that everybody measured by.
pub(crate) const BENCHMARK: H256 = H256::repeat_byte(0xbb);

/// What is said of the three contributions: they bring an eighth more, in all.
pub(crate) fn statement() -> Statement {
    let eighth = (recipe().unit() / 8) as i128;
    Statement {
        benchmark: BENCHMARK,
        before: recipe().unit() / 2,
        after: recipe().unit() / 8 * 5,
        values: values([2 * eighth, 0, -eighth]),
    }
}

pub(crate) fn values(of: [i128; 3]) -> Values {
    let values = [3, 4, 6]
        .into_iter()
        .zip(of)
        .map(|(number, value)| Value { number, value });
    Values::truncate_from(values.collect())
}

/// The same accuracies, measured by another benchmark.
pub(crate) fn another() -> Statement {
    Statement {
        benchmark: H256::repeat_byte(0xcc),
        ..statement()
    }
}

pub(crate) fn hash_of(said: &Statement) -> H256 {
    hashing::statement(DATANET, ROUND, round().frozen.inputs, said)
}

pub(crate) fn try_attest(who: AccountId, said: Statement) -> DispatchResult {
    try_attest_round(who, DATANET, ROUND, said)
}

pub(crate) fn try_attest_round(
    who: AccountId,
    datanet: DatanetId,
    round: RoundNumber,
    said: Statement,
) -> DispatchResult {
    let attested = Attestation::attest(RuntimeOrigin::signed(who), datanet, round, said);
    attested.map(|_| ()).map_err(|refusal| refusal.error)
}

pub(crate) fn attest(who: AccountId, said: Statement) {
    assert_ok!(try_attest(who, said));
}

pub(crate) fn try_abandon() -> DispatchResultWithPostInfo {
    Attestation::abandon(RuntimeOrigin::signed(EVE), DATANET, ROUND)
}

pub(crate) fn go_to(block: u32) {
    System::set_block_number(block);
}
