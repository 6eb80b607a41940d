use codec::Encode;
use frame_support::{assert_noop, dispatch::DispatchResult};
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchError,
};
use tributary_primitives::datanets::{Phase, MAX_BATCH};

use super::*;
use crate::{Call, Error, Event, Outcomes, Scores};

fn publish(account: AccountId, batch: u16, scores: &[u8]) -> DispatchResult {
    Valuation::publish_quality(
        RuntimeOrigin::signed(account),
        DATANET,
        ROUND,
        batch,
        scores.to_vec().try_into().expect("few enough"),
    )
}

/// Alice's proposal is final, and Bob's was complete as well.
fn execute(test: impl FnOnce()) {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        other_work().commit_and_publish(BOB);
        go_to(CLOSES_AT);
        finalise();
        test();
    });
}

#[test]
fn an_event_says_where_the_scores_of_a_final_round_are() {
    execute(|| {
        for (batch, scores) in [(0, &[0, 128, 255][..]), (1, &[7]), (0, &[1, 2])] {
            assert_ok!(publish(ALICE, batch, scores));
            System::assert_last_event(
                Event::QualityPublished {
                    datanet: DATANET,
                    round: ROUND,
                    evaluator: ALICE,
                    batch,
                    scores: scores.len() as u32,
                    hash: BlakeTwo256::hash(scores),
                    extrinsic: 0,
                }
                .into(),
            );
        }
    });
}

#[test]
fn nothing_of_the_scores_stays_in_state() {
    execute(|| {
        let state = || sp_io::storage::root(sp_runtime::StateVersion::V1);
        System::reset_events();
        let before = state();
        assert_ok!(publish(ALICE, 0, &[9; 1_000]));
        System::reset_events();
        assert_eq!(state(), before);
    });
}

#[test]
fn only_the_evaluator_whose_proposal_became_final_publishes_scores() {
    execute(|| {
        for other in [BOB, CHARLIE] {
            assert_noop!(publish(other, 0, &[1]), Error::<Test>::NotEvaluator);
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            let scores = Scores::truncate_from(vec![1]);
            assert_noop!(
                Valuation::publish_quality(origin, DATANET, ROUND, 0, scores),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn a_round_that_goes_on_has_no_scores() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(publish(ALICE, 0, &[1]), Error::<Test>::RoundNotFinal);
        work().commit_and_publish(ALICE);
        assert_noop!(publish(ALICE, 0, &[1]), Error::<Test>::RoundNotFinal);
        go_to(CLOSES_AT);
        finalise();
        assert_ok!(publish(ALICE, 0, &[1]));
    });
}

#[test]
fn a_void_round_has_no_scores() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        finalise();
        go_to(CLOSES_AT + WINDOW);
        finalise();
        assert_eq!(round().phase, Phase::Void);
        assert_noop!(publish(ALICE, 0, &[1]), Error::<Test>::RoundNotFinal);
    });
}

#[test]
fn an_unknown_round_has_no_scores() {
    execute(|| {
        for (datanet, number) in [(DATANET, ROUND + 1), (DATANET + 1, ROUND)] {
            assert!(Outcomes::<Test>::get(datanet, number).is_none());
            assert_noop!(
                Valuation::publish_quality(
                    RuntimeOrigin::signed(ALICE),
                    datanet,
                    number,
                    0,
                    Scores::truncate_from(vec![1])
                ),
                Error::<Test>::RoundNotFinal
            );
        }
    });
}

#[test]
fn a_batch_without_scores_is_refused() {
    execute(|| {
        assert_noop!(publish(ALICE, 0, &[]), Error::<Test>::EmptyBatch);
    });
}

#[test]
fn scores_that_no_block_body_holds_are_refused() {
    execute(|| {
        // Where hooks run, such as a scheduler's.
        System::note_finished_extrinsics();
        assert_noop!(publish(ALICE, 0, &[1]), Error::<Test>::NotInExtrinsic);
        // Where a block begins there is an index as well.
        System::initialize(&(CLOSES_AT + 1), &Default::default(), &Default::default());
        assert_noop!(publish(ALICE, 0, &[1]), Error::<Test>::NotInExtrinsic);
        System::note_finished_initialize();
        assert_ok!(publish(ALICE, 0, &[1]));
    });
}

#[test]
fn a_batch_is_as_long_as_a_delivered_one() {
    let scores = vec![255; MAX_BATCH as usize];
    let call = RuntimeCall::Valuation(Call::publish_quality {
        datanet: u32::MAX,
        round: u32::MAX,
        batch: u16::MAX,
        scores: scores.clone().try_into().unwrap(),
    });
    assert_eq!(call.encoded_size(), MAX_BATCH as usize + 16);
    let longer = [&scores[..], &[255]].concat();
    assert!(Scores::try_from(longer).is_err());
    execute(|| {
        assert_ok!(publish(ALICE, 0, &scores));
    });
}
