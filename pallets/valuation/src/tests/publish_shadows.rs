use codec::Encode;
use frame_support::{assert_noop, dispatch::DispatchResultWithPostInfo};
use sp_runtime::DispatchError;
use tributary_primitives::{datanets::Phase, datanets::MAX_BATCH, valuation::Shadow};

use super::*;
use crate::{Call, Error, Event, Progress, ShadowChunk, MAX_SHADOWS};

fn publish(account: AccountId, shadows: &[Shadow]) -> DispatchResultWithPostInfo {
    Valuation::publish_shadows(
        RuntimeOrigin::signed(account),
        DATANET,
        ROUND,
        shadows.to_vec().try_into().expect("few enough"),
    )
}

/// Shadows of all three contributions; witnesses are old, of the same contribution, and of another one.
fn shadows() -> Vec<Shadow> {
    vec![
        shadow(record(3, 0), record(0, 4)),
        shadow(record(3, 9), record(3, 8)),
        shadow(record(4, 0), record(3, 8)),
        shadow(record(4, 1), record(3, 9)),
        shadow(record(6, 9), record(2, 0)),
    ]
}

/// Alice has committed a proposal.
fn execute(test: impl FnOnce()) {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        test();
    });
}

#[test]
fn chunks_fold_into_one_tree_of_shadows() {
    execute(|| {
        let all = shadows();
        publish_shadows(ALICE, &all[..2]);
        System::assert_last_event(
            Event::ShadowsPublished {
                datanet: DATANET,
                round: ROUND,
                proposer: ALICE,
                count: 2,
                root: root(all[..2].iter().map(hashing::shadow_leaf)).hash,
                extrinsic: 0,
            }
            .into(),
        );
        publish_shadows(ALICE, &all[2..3]);
        publish_shadows(ALICE, &all[3..]);

        let proposals = proposals();
        let Progress::Publishing { shadows, last } = &proposals[0].progress else {
            panic!("the proposal is not complete");
        };
        assert_eq!(shadows.count, 5);
        assert_eq!(shadows.root(), root(all.iter().map(hashing::shadow_leaf)));
        assert_eq!(*last, Some(record(6, 9)));
        System::assert_last_event(
            Event::ShadowsPublished {
                datanet: DATANET,
                round: ROUND,
                proposer: ALICE,
                count: 5,
                root: root(all.iter().map(hashing::shadow_leaf)).hash,
                extrinsic: 0,
            }
            .into(),
        );
    });
}

#[test]
fn two_evaluators_publish_side_by_side() {
    execute(|| {
        work().commit(BOB);
        publish_shadows(ALICE, &shadows()[..2]);
        publish_shadows(BOB, &shadows()[1..2]);
        let counts: Vec<_> = proposals()
            .iter()
            .map(|proposal| match &proposal.progress {
                Progress::Publishing { shadows, .. } => shadows.count,
                Progress::Complete(_) => panic!("no proposal is complete"),
            })
            .collect();
        assert_eq!(counts, [2, 1]);
    });
}

#[test]
fn only_an_account_publishes_shadows() {
    execute(|| {
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Valuation::publish_shadows(origin, DATANET, ROUND, shadows().try_into().unwrap()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn a_stranger_cannot_add_shadows_to_a_proposal() {
    execute(|| {
        assert_noop!(publish(BOB, &shadows()), Error::<Test>::ProposalNotFound);
    });
}

#[test]
fn shadows_of_an_unknown_round_are_refused() {
    execute(|| {
        assert_noop!(
            Valuation::publish_shadows(
                RuntimeOrigin::signed(ALICE),
                DATANET,
                ROUND + 1,
                shadows().try_into().unwrap()
            ),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn shadows_are_refused_in_another_phase() {
    execute(|| {
        change_round(|round| round.phase = Phase::Final);
        assert_noop!(publish(ALICE, &shadows()), Error::<Test>::WrongPhase);
        change_round(|round| round.phase = Phase::Revealed);
    });
}

#[test]
fn a_complete_proposal_takes_no_more_shadows() {
    execute(|| {
        work().publish(ALICE);
        assert_noop!(
            publish(ALICE, &shadows()[4..]),
            Error::<Test>::ProposalComplete
        );
    });
}

#[test]
fn shadows_are_published_up_to_the_deadline() {
    execute(|| {
        go_to(REVEALED_AT + PUBLISHING);
        publish_shadows(ALICE, &shadows()[..1]);
        go_to(REVEALED_AT + PUBLISHING + 1);
        assert_noop!(
            publish(ALICE, &shadows()[1..]),
            Error::<Test>::ProposalOverdue
        );
    });
}

#[test]
fn a_chunk_without_shadows_is_refused() {
    execute(|| {
        assert_noop!(publish(ALICE, &[]), Error::<Test>::EmptyChunk);
    });
}

#[test]
fn shadows_ascend_within_a_chunk() {
    execute(|| {
        let all = shadows();
        for chunk in [[all[1], all[0]], [all[2], all[1]], [all[1], all[1]]] {
            assert_noop!(publish(ALICE, &chunk), Error::<Test>::ShadowsNotAscending);
        }
    });
}

#[test]
fn shadows_ascend_from_chunk_to_chunk() {
    execute(|| {
        publish_shadows(ALICE, &shadows()[..3]);
        for next in [0, 2] {
            assert_noop!(
                publish(ALICE, &shadows()[next..=next]),
                Error::<Test>::ShadowsNotAscending
            );
        }
        publish_shadows(ALICE, &shadows()[3..]);
    });
}

#[test]
fn a_witness_comes_before_its_shadow() {
    execute(|| {
        for witness in [record(4, 5), record(4, 6), record(6, 0)] {
            assert_noop!(
                publish(ALICE, &[shadow(record(4, 5), witness)]),
                Error::<Test>::WitnessNotEarlier
            );
        }
        publish_shadows(ALICE, &[shadow(record(4, 5), record(4, 4))]);
    });
}

#[test]
fn only_delivered_newcomers_are_shadows() {
    execute(|| {
        // Old; never delivered; beyond the last record; beyond the last contribution; the highest there could be.
        for foreign in [
            record(2, 1),
            record(5, 0),
            record(3, 10),
            record(7, 0),
            record(u32::MAX, u16::MAX),
        ] {
            assert_noop!(
                publish(ALICE, &[shadow(foreign, record(0, 0))]),
                Error::<Test>::NewcomerNotFound
            );
        }
    });
}

#[test]
fn the_largest_chunk_is_shorter_than_a_batch() {
    let pair = shadow(record(u32::MAX, u16::MAX), record(u32::MAX, u16::MAX));
    let chunk = ShadowChunk::try_from(vec![pair; MAX_SHADOWS as usize]).unwrap();
    let call = RuntimeCall::Valuation(Call::publish_shadows {
        datanet: u32::MAX,
        round: u32::MAX,
        chunk,
    });
    assert!(call.encoded_size() < MAX_BATCH as usize);
    assert!(ShadowChunk::try_from(vec![pair; MAX_SHADOWS as usize + 1]).is_err());
}

#[test]
fn what_no_block_body_holds_is_refused() {
    execute(|| {
        let publish = || {
            Valuation::publish_shadows(
                RuntimeOrigin::signed(ALICE),
                DATANET,
                ROUND,
                shadows().try_into().expect("few enough"),
            )
        };
        // Where hooks run, such as a scheduler's.
        System::note_finished_extrinsics();
        assert_noop!(publish(), Error::<Test>::NotInExtrinsic);
        System::note_finished_initialize();
        assert_ok!(publish());
    });
}
