//! A call asks for its worst case and pays for what it did: three contributions here, up to 1,024 elsewhere.

use frame_support::{
    assert_ok,
    dispatch::{GetDispatchInfo, PostDispatchInfo},
    weights::Weight,
};
use sp_runtime::traits::Dispatchable;

use super::*;
use crate::Call;

fn assert_charged(account: AccountId, call: Call<Test>, asked: Weight, charged: Weight) {
    let call = RuntimeCall::Valuation(call);
    assert_eq!(call.get_dispatch_info().call_weight, asked);
    let result = call.dispatch(RuntimeOrigin::signed(account));
    assert_ok!(result);
    assert_eq!(
        result,
        Ok(PostDispatchInfo {
            actual_weight: Some(charged),
            ..Default::default()
        })
    );
}

fn finalise_call() -> Call<Test> {
    Call::finalise {
        datanet: DATANET,
        round: ROUND,
    }
}

/// The dearest of each part of what the three endings may cost.
const ANY_ENDING: Weight = Weight::from_parts(700_000, 3 * 1_024);

#[test]
fn a_proposal_is_charged_for_the_round_and_for_what_it_publishes() {
    ExtBuilder.build_and_execute(|| {
        assert_charged(
            ALICE,
            Call::commit_proposal {
                datanet: DATANET,
                round: ROUND,
                commitment: work().commitment(ALICE),
            },
            Weight::from_parts(100_000, 1_024),
            Weight::from_parts(100_000, 3),
        );
        assert_charged(
            ALICE,
            Call::publish_shadows {
                datanet: DATANET,
                round: ROUND,
                chunk: work().shadows.try_into().unwrap(),
            },
            Weight::from_parts(200_001, 1_024),
            Weight::from_parts(200_001, 3),
        );
        // Three rows, seven entries.
        assert_charged(
            ALICE,
            Call::publish_rows {
                datanet: DATANET,
                round: ROUND,
                inputs: round().frozen.inputs,
                rows: work().bounded_rows(),
            },
            Weight::from_parts(300_037, 1_024),
            Weight::from_parts(300_037, 3),
        );
        go_to(CLOSES_AT);
        assert_charged(
            EVE,
            finalise_call(),
            ANY_ENDING,
            Weight::from_parts(500_000, 9),
        );
    });
}

#[test]
fn scores_are_charged_by_kibibytes_begun() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        go_to(CLOSES_AT);
        finalise();
        for (count, charged) in [(1, 1), (1_024, 1), (1_025, 2)] {
            let call = RuntimeCall::Valuation(Call::publish_quality {
                datanet: DATANET,
                round: ROUND,
                batch: 0,
                scores: vec![1; count].try_into().unwrap(),
            });
            let asked = Weight::from_parts(900_000 + charged, 0);
            assert_eq!(call.get_dispatch_info().call_weight, asked);
            assert_eq!(
                call.dispatch(RuntimeOrigin::signed(ALICE)),
                Ok(PostDispatchInfo::default())
            );
        }
    });
}

#[test]
fn a_window_without_proposals_is_charged_for_how_it_ended() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        assert_charged(
            EVE,
            finalise_call(),
            ANY_ENDING,
            Weight::from_parts(600_000, 3),
        );
        go_to(CLOSES_AT + WINDOW);
        assert_charged(
            EVE,
            finalise_call(),
            ANY_ENDING,
            Weight::from_parts(700_000, 6),
        );
    });
}
