use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{datanets::Recipe, Balance};

use crate::{
    mock::{Datanets, *},
    *,
};

fn hashes(count: usize) -> Vec<H256> {
    (0..count)
        .map(|number| H256::repeat_byte(number as u8))
        .collect()
}

fn commit_as(provider: AccountId, round: u32, count: usize) -> DispatchResult {
    Datanets::commit_slices(signed(provider), 0, round, hashes(count))
}

#[test]
fn a_provider_commits_slices_with_a_bond() {
    execute(|| {
        create(2);
        let round = open();
        assert_ok!(commit_as(PROVIDER, round, 16));
        assert_eq!(held(PROVIDER, HoldReason::Provider), 5_000);
        let benchmark = Datanets::slices(0, round);
        assert_eq!(benchmark.len(), 1);
        assert_eq!(benchmark[0].provider, PROVIDER);
        assert_eq!(benchmark[0].hashes.to_vec(), hashes(16));
        System::assert_last_event(
            Event::SlicesCommitted {
                datanet: 0,
                round,
                provider: PROVIDER,
                hashes: hashes(16).try_into().unwrap(),
                bond: 5_000,
            }
            .into(),
        );
    });
}

#[test]
fn the_bond_is_at_least_the_rounds_budget() {
    execute(|| {
        create(1);
        let round = open_sponsored(50, 70_000);
        assert_ok!(commit_as(PROVIDER, round, 4));
        assert_eq!(held(PROVIDER, HoldReason::Provider), 70_000);
    });
}

#[test]
fn the_bond_is_at_least_the_price_of_what_is_stored() {
    execute(|| {
        let free = Recipe {
            provider_bond: 0,
            ..recipe()
        };
        create_with(free, 1);
        let round = open();
        assert_ok!(commit_as(PROVIDER, round, 4));
        let stored = Slices::<AccountId>::max_encoded_len() + Reveal::max_encoded_len();
        assert_eq!(
            held(PROVIDER, HoldReason::Provider),
            2 * 100 + stored as Balance
        );
    });
}

#[test]
fn four_to_sixteen_slices_are_committed() {
    execute(|| {
        create(1);
        let round = open();
        assert_noop!(commit_as(PROVIDER, round, 3), Error::<Test>::TooFewSlices);
        assert_noop!(commit_as(PROVIDER, round, 17), Error::<Test>::TooManySlices);
        assert_ok!(commit_as(PROVIDER, round, 4));
    });
}

#[test]
fn slices_are_committed_once() {
    execute(|| {
        create(1);
        let round = open();
        assert_ok!(commit_as(PROVIDER, round, 4));
        assert_noop!(
            commit_as(PROVIDER, round, 5),
            Error::<Test>::SlicesAlreadyCommitted
        );
    });
}

#[test]
fn only_appointed_providers_commit_slices() {
    execute(|| {
        create(1);
        let round = open();
        assert_noop!(commit_as(STRANGER, round, 4), Error::<Test>::NotAuthorized);
        // Appointed for later rounds only.
        assert_ok!(Datanets::appoint_providers(signed(STEWARD), 0, vec![11]));
        assert_noop!(commit_as(11, round, 4), Error::<Test>::NotAuthorized);
        assert_noop!(
            Datanets::commit_slices(RuntimeOrigin::root(), 0, round, hashes(4)),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn slices_are_committed_before_anything_is_delivered() {
    execute(|| {
        create(2);
        let round = open();
        commit(ALICE, round, 2);
        assert_ok!(commit_as(PROVIDER, round, 4));
        run_to(12);
        assert_noop!(
            commit_as(PROVIDER + 1, round, 4),
            Error::<Test>::DeadlinePassed
        );
        advance(round);
        assert_noop!(commit_as(PROVIDER + 1, round, 4), Error::<Test>::WrongPhase);
    });
}

#[test]
fn a_provider_who_cannot_pay_the_bond_is_refused() {
    execute(|| {
        create(1);
        let round = open();
        leave(PROVIDER, 5_000);
        assert_noop!(
            commit_as(PROVIDER, round, 4),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn unknown_datanets_and_rounds_are_refused() {
    execute(|| {
        assert_noop!(commit_as(PROVIDER, 1, 4), Error::<Test>::DatanetNotFound);
        create(1);
        assert_noop!(commit_as(PROVIDER, 1, 4), Error::<Test>::RoundNotFound);
    });
}
