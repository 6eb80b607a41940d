//! One file for each call, and what concerns all of them.

mod adversarial;
mod attested;
mod challenge;
mod commit_proposal;
mod finalise;
mod invariants;
mod journey;
mod lapse;
mod publish_quality;
mod publish_rows;
mod publish_shadows;
mod roles;
mod seats;
mod views;
mod weights;

use frame_support::assert_ok;
use sp_core::H256;
use tributary_primitives::{
    datanets::{SeatAccuracies, SeatAccuracy},
    hashing,
    ids::{DatanetId, RecordId, RoundNumber},
    merkle::{Node, Range},
    valuation::{Row, RowEntry, Shadow, SCALE},
};

use crate::{mock::*, ProposalOf, Proposals, Rows};

/// All that an evaluator publishes.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) shadows: Vec<Shadow>,
    pub(crate) rows: Vec<Row>,
}

impl Work {
    pub(crate) fn shadows_root(&self) -> Node {
        root(self.shadows.iter().map(hashing::shadow_leaf))
    }

    pub(crate) fn rows_root(&self) -> Node {
        root(self.rows.iter().map(hashing::row_leaf))
    }

    pub(crate) fn commitment_for(
        &self,
        account: AccountId,
        datanet: DatanetId,
        round: RoundNumber,
        inputs: H256,
    ) -> H256 {
        let payload = hashing::payload(inputs, self.shadows_root().hash, self.rows_root().hash);
        hashing::proposal_commitment(&account, datanet, round, payload)
    }

    pub(crate) fn commitment(&self, account: AccountId) -> H256 {
        self.commitment_for(account, DATANET, ROUND, round().frozen.inputs)
    }

    pub(crate) fn bounded_rows(&self) -> Rows {
        self.rows.clone().try_into().expect("few enough")
    }

    /// Commits to the work.
    pub(crate) fn commit(&self, account: AccountId) {
        commit(account, self.commitment(account));
    }

    /// Publishes what was committed.
    pub(crate) fn publish(&self, account: AccountId) {
        if !self.shadows.is_empty() {
            publish_shadows(account, &self.shadows);
        }
        assert_ok!(Valuation::publish_rows(
            RuntimeOrigin::signed(account),
            DATANET,
            ROUND,
            round().frozen.inputs,
            self.bounded_rows(),
        ));
    }

    pub(crate) fn commit_and_publish(&self, account: AccountId) {
        self.commit(account);
        self.publish(account);
    }
}

pub(crate) fn root(leaves: impl Iterator<Item = H256>) -> Node {
    let mut range = Range::default();
    for leaf in leaves {
        range.append(leaf, 1).unwrap();
    }
    range.root()
}

pub(crate) fn commit(account: AccountId, commitment: H256) {
    assert_ok!(Valuation::commit_proposal(
        RuntimeOrigin::signed(account),
        DATANET,
        ROUND,
        commitment,
    ));
}

pub(crate) fn publish_shadows(account: AccountId, shadows: &[Shadow]) {
    assert_ok!(Valuation::publish_shadows(
        RuntimeOrigin::signed(account),
        DATANET,
        ROUND,
        shadows.to_vec().try_into().expect("few enough"),
    ));
}

pub(crate) fn finalise() {
    assert_ok!(Valuation::finalise(
        RuntimeOrigin::signed(EVE),
        DATANET,
        ROUND
    ));
}

pub(crate) fn go_to(block: u32) {
    System::set_block_number(block);
}

pub(crate) fn record(contribution: u32, position: u16) -> RecordId {
    RecordId {
        contribution,
        position,
    }
}

pub(crate) fn shadow(shadow: RecordId, witness: RecordId) -> Shadow {
    Shadow { shadow, witness }
}

/// A row of records, each with whether its label matches.
pub(crate) fn row(entries: &[(u32, u16, bool)]) -> Row {
    let entries: Vec<_> = entries
        .iter()
        .map(|&(contribution, position, matches)| RowEntry {
            record: record(contribution, position),
            matches,
        })
        .collect();
    Row {
        entries: entries.try_into().expect("few enough"),
    }
}

pub(crate) const RIGHT: bool = true;
pub(crate) const WRONG: bool = false;

/// One shadow and three rows, of which [`VALUES`], [`BEFORE`] and [`AFTER`] were worked out by hand.
///
/// K = 2 and C = 2: a match counts 2 L, a phantom L.
pub(crate) fn work() -> Work {
    Work {
        shadows: vec![shadow(record(4, 3), record(3, 1))],
        rows: vec![
            // Old alone: 2 L. All: 2 L. The second newcomer pushes out a right old record by half its chance: - L.
            // The first brings 2 L and pushes that record out by the other half: + L.
            row(&[(3, 0, RIGHT), (0, 0, WRONG), (4, 1, WRONG), (1, 2, RIGHT)]),
            // Two phantoms, 2 L, give way to two right newcomers, 4 L: + L each.
            row(&[(4, 0, RIGHT), (6, 0, RIGHT)]),
            // One of two phantoms gives way to a wrong newcomer: - L.
            row(&[(4, 2, WRONG)]),
        ],
    }
}

const L: i128 = SCALE as i128;
/// The value of each delivered contribution of [`work`].
pub(crate) const VALUES: [(u32, i128); 3] = [(3, L), (4, -L), (6, L)];
/// The accuracy before the newcomers of [`work`].
pub(crate) const BEFORE: u128 = 6 * SCALE;
/// The accuracy with the newcomers of [`work`].
pub(crate) const AFTER: u128 = 7 * SCALE;

/// The accuracies of [`work`] on each of three slices of one record.
pub(crate) fn seats() -> SeatAccuracies {
    let seats = [(2, 2), (2, 4), (2, 1)].map(|(before, after)| SeatAccuracy {
        before: before * SCALE,
        after: after * SCALE,
    });
    SeatAccuracies::truncate_from(seats.to_vec())
}

/// Another opinion of the same round.
pub(crate) fn other_work() -> Work {
    Work {
        shadows: vec![],
        rows: vec![row(&[]), row(&[(6, 9, RIGHT)]), row(&[])],
    }
}

pub(crate) fn proposals() -> Vec<ProposalOf<Test>> {
    Proposals::<Test>::get(DATANET, ROUND).into_inner()
}

pub(crate) fn proposers() -> Vec<AccountId> {
    proposals()
        .iter()
        .map(|proposal| proposal.proposer)
        .collect()
}

/// What is held from an account for its proposals.
pub(crate) fn held(account: AccountId) -> u128 {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&crate::HoldReason::Proposal.into(), &account)
}

/// All that an account has, held or not.
pub(crate) fn total(account: AccountId) -> u128 {
    use frame_support::traits::fungible::Inspect;
    <Balances as Inspect<AccountId>>::total_balance(&account)
}
