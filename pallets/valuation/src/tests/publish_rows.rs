use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;
use sp_runtime::DispatchError;
use tributary_primitives::{datanets::Phase, merkle::Node};

use super::*;
use crate::{Call, Error, Event, ProposedValues, Publication, MAX_ROWS};

fn publish(account: AccountId, rows: &[Row]) -> DispatchResultWithPostInfo {
    publish_with(account, round().frozen.inputs, rows)
}

fn publish_with(account: AccountId, inputs: H256, rows: &[Row]) -> DispatchResultWithPostInfo {
    Valuation::publish_rows(
        RuntimeOrigin::signed(account),
        DATANET,
        ROUND,
        inputs,
        rows.to_vec().try_into().expect("few enough"),
    )
}

/// Alice has committed the work and published its shadows.
fn execute(test: impl FnOnce()) {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        publish_shadows(ALICE, &work().shadows);
        test();
    });
}

/// The rows of the work with another first one.
fn with_first(first: Row) -> Vec<Row> {
    let mut rows = work().rows;
    rows[0] = first;
    rows
}

#[test]
fn rows_complete_a_proposal_and_values_are_derived_from_them() {
    execute(|| {
        assert_ok!(publish(ALICE, &work().rows));

        let proposals = proposals();
        let publication = proposals[0].publication().unwrap();
        assert_eq!(
            *publication,
            Publication {
                rows: work().rows_root(),
                shadows: work().shadows_root(),
                before: BEFORE,
                after: AFTER,
                seats: seats(),
            }
        );
        let values: Vec<_> = ProposedValues::<Test>::get((DATANET, ROUND, ALICE))
            .unwrap()
            .iter()
            .map(|value| (value.number, value.value))
            .collect();
        assert_eq!(values, VALUES);
        assert_eq!(round().phase, Phase::Published);
        assert_eq!(held(ALICE), BOND);
        System::assert_last_event(
            Event::ProposalPublished {
                datanet: DATANET,
                round: ROUND,
                proposer: ALICE,
                rows: work().rows_root().hash,
                shadows: work().shadows_root().hash,
                before: BEFORE,
                after: AFTER,
                seats: seats(),
                extrinsic: 0,
            }
            .into(),
        );
    });
}

#[test]
fn a_contribution_in_no_row_is_worth_nothing() {
    ExtBuilder.build_and_execute(|| {
        other_work().commit_and_publish(ALICE);
        let values: Vec<_> = ProposedValues::<Test>::get((DATANET, ROUND, ALICE))
            .unwrap()
            .iter()
            .map(|value| (value.number, value.value))
            .collect();
        assert_eq!(values, [(3, 0), (4, 0), (6, SCALE as i128)]);
        let proposals = proposals();
        assert_eq!(
            proposals[0].publication().unwrap().shadows,
            Node::default(),
            "a proposal may have no shadows"
        );
    });
}

#[test]
fn a_second_proposal_is_completed_in_a_published_round() {
    execute(|| {
        other_work().commit_and_publish(BOB);
        assert_eq!(round().phase, Phase::Published);
        assert_ok!(publish(ALICE, &work().rows));
        assert!(proposals()
            .iter()
            .all(|proposal| proposal.publication().is_some()));
        assert_eq!(proposers(), [ALICE, BOB]);
    });
}

#[test]
fn only_an_account_publishes_rows() {
    execute(|| {
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Valuation::publish_rows(
                    origin,
                    DATANET,
                    ROUND,
                    round().frozen.inputs,
                    work().bounded_rows()
                ),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn a_stranger_cannot_publish_the_rows_of_a_proposal() {
    execute(|| {
        assert_noop!(publish(BOB, &work().rows), Error::<Test>::ProposalNotFound);
    });
}

#[test]
fn rows_of_an_unknown_round_are_refused() {
    execute(|| {
        assert_noop!(
            Valuation::publish_rows(
                RuntimeOrigin::signed(ALICE),
                DATANET + 1,
                ROUND,
                round().frozen.inputs,
                work().bounded_rows()
            ),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn rows_are_refused_in_another_phase() {
    execute(|| {
        change_round(|round| round.phase = Phase::Void);
        assert_noop!(publish(ALICE, &work().rows), Error::<Test>::WrongPhase);
        change_round(|round| round.phase = Phase::Revealed);
    });
}

#[test]
fn rows_are_published_once() {
    execute(|| {
        assert_ok!(publish(ALICE, &work().rows));
        assert_noop!(
            publish(ALICE, &work().rows),
            Error::<Test>::ProposalComplete
        );
    });
}

#[test]
fn rows_are_published_in_the_last_block_before_the_deadline_passes() {
    execute(|| {
        go_to(REVEALED_AT + PUBLISHING);
        assert_ok!(publish(ALICE, &work().rows));
    });
}

#[test]
fn rows_after_the_deadline_are_refused() {
    execute(|| {
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_noop!(publish(ALICE, &work().rows), Error::<Test>::ProposalOverdue);
    });
}

#[test]
fn foreign_inputs_are_refused_and_cost_no_bond() {
    ExtBuilder.build_and_execute(|| {
        // An evaluator on a fork that was abandoned.
        let fork = H256::repeat_byte(0xbb);
        commit(ALICE, work().commitment_for(ALICE, DATANET, ROUND, fork));
        publish_shadows(ALICE, &work().shadows);
        assert_noop!(
            publish_with(ALICE, fork, &work().rows),
            Error::<Test>::ForeignInputs
        );
        assert_eq!(held(ALICE), BOND);
    });
}

#[test]
fn there_is_a_row_for_each_benchmark_record() {
    execute(|| {
        let mut rows = work().rows;
        rows.push(row(&[]));
        assert_noop!(publish(ALICE, &rows), Error::<Test>::WrongNumberOfRows);
        assert_noop!(publish(ALICE, &rows[..2]), Error::<Test>::WrongNumberOfRows);
        assert_noop!(publish(ALICE, &[]), Error::<Test>::WrongNumberOfRows);
    });
}

#[test]
fn newcomers_in_rows_were_delivered_in_this_round() {
    execute(|| {
        for (contribution, position) in [(5, 0), (3, 10), (7, 0), (u32::MAX, u16::MAX)] {
            let rows = with_first(row(&[(contribution, position, RIGHT)]));
            assert_noop!(publish(ALICE, &rows), Error::<Test>::NewcomerNotFound);
        }
    });
}

#[test]
fn other_rows_than_committed_are_refused() {
    execute(|| {
        // A bit, a record, an order.
        let mut bit = work().rows;
        bit[2] = row(&[(4, 2, RIGHT)]);
        let mut record = work().rows;
        record[2] = row(&[(4, 4, WRONG)]);
        let mut order = work().rows;
        order.swap(1, 2);
        for rows in [bit, record, order] {
            assert_noop!(publish(ALICE, &rows), Error::<Test>::CommitmentMismatch);
        }
    });
}

#[test]
fn other_shadows_than_committed_are_refused() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        assert_noop!(
            publish(ALICE, &work().rows),
            Error::<Test>::CommitmentMismatch
        );
        publish_shadows(ALICE, &[shadow(record(4, 3), record(3, 2))]);
        assert_noop!(
            publish(ALICE, &work().rows),
            Error::<Test>::CommitmentMismatch
        );
    });
}

#[test]
fn a_commitment_copied_from_another_account_is_useless() {
    execute(|| {
        commit(BOB, work().commitment(ALICE));
        publish_shadows(BOB, &work().shadows);
        assert_noop!(
            publish(BOB, &work().rows),
            Error::<Test>::CommitmentMismatch
        );
    });
}

#[test]
fn a_commitment_for_another_round_or_datanet_is_useless() {
    ExtBuilder.build_and_execute(|| {
        let inputs = round().frozen.inputs;
        let elsewhere = [(ALICE, DATANET, ROUND + 1), (BOB, DATANET + 1, ROUND)];
        for (account, datanet, round) in elsewhere {
            commit(
                account,
                work().commitment_for(account, datanet, round, inputs),
            );
            publish_shadows(account, &work().shadows);
            assert_noop!(
                publish(account, &work().rows),
                Error::<Test>::CommitmentMismatch
            );
        }
    });
}

/// Alice has committed rows that break a bound.
fn assert_refused(first: Row, error: Error<Test>) {
    ExtBuilder.build_and_execute(|| {
        let work = Work {
            shadows: vec![],
            rows: with_first(first),
        };
        work.commit(ALICE);
        assert_noop!(publish(ALICE, &work.rows), error);
    });
}

#[test]
fn a_row_with_more_than_k_old_records_is_refused() {
    let first = row(&[(0, 0, RIGHT), (1, 0, RIGHT), (2, 0, RIGHT)]);
    assert_refused(first, Error::TooManyOld);
}

#[test]
fn a_row_with_more_newcomers_than_the_horizon_is_refused() {
    let newcomers: Vec<_> = (0..5).map(|position| (3, position, RIGHT)).collect();
    assert_refused(row(&newcomers), Error::TooManyNew);
}

#[test]
fn a_row_that_goes_on_after_the_kth_old_record_is_refused() {
    let first = row(&[(0, 0, RIGHT), (1, 0, RIGHT), (3, 0, RIGHT)]);
    assert_refused(first, Error::AfterLastOld);
}

#[test]
fn a_row_that_lists_a_record_twice_is_refused() {
    assert_refused(
        row(&[(3, 0, RIGHT), (4, 0, RIGHT), (3, 0, RIGHT)]),
        Error::RepeatedRecord,
    );
    assert_refused(row(&[(0, 0, RIGHT), (0, 0, WRONG)]), Error::RepeatedRecord);
}

#[test]
fn nothing_is_kept_if_the_round_cannot_be_published() {
    execute(|| {
        change_round(|round| round.stuck = true);
        assert_noop!(
            publish(ALICE, &work().rows),
            DispatchError::Other("the round is stuck")
        );
    });
}

#[test]
fn the_largest_proposals_fit_half_a_mebibyte() {
    let longest = u32::MAX;
    for (rows, entries) in [(640, 64), (MAX_ROWS as usize, 2)] {
        let list = vec![(longest, u16::MAX, RIGHT); entries];
        let call = RuntimeCall::Valuation(Call::publish_rows {
            datanet: longest,
            round: longest,
            inputs: H256::repeat_byte(0xff),
            rows: vec![row(&list); rows].try_into().unwrap(),
        });
        // 40,960 entries of 7 bytes, and what says how many there are.
        let length = call.encoded_size();
        assert!((286_720..512 * 1_024).contains(&length), "{length}");
    }
}

#[test]
fn what_no_block_body_holds_is_refused() {
    ExtBuilder.build_and_execute(|| {
        let work = work();
        work.commit(ALICE);
        publish_shadows(ALICE, &work.shadows);
        let publish = || {
            Valuation::publish_rows(
                RuntimeOrigin::signed(ALICE),
                DATANET,
                ROUND,
                round().frozen.inputs,
                work.bounded_rows(),
            )
        };
        // Where hooks run, such as a scheduler's.
        System::note_finished_extrinsics();
        assert_noop!(publish(), Error::<Test>::NotInExtrinsic);
        System::note_finished_initialize();
        assert_ok!(publish());
    });
}
