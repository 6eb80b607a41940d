use frame_support::assert_ok;
use sp_core::H256;
use sp_runtime::FixedI128;
use tributary_primitives::{
    licences::Origin,
    roles::{Contention, Lineage},
};

use super::*;

#[test]
fn a_model_is_shown_with_its_edges_and_metadata() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        assert_ok!(register(
            BOB,
            Registration {
                metadata: b"ipfs://weights".to_vec(),
                ..registration(Kind::Quantize, vec![Origin::QuantizedFrom(parent)])
            }
        ));
        let details = Models::model(1).expect("it was registered");
        assert_eq!(details.model.owner, BOB);
        assert_eq!(details.model.kind, Kind::Quantize);
        assert_eq!(
            details.edges.into_inner(),
            [Edge::from(Origin::QuantizedFrom(parent))]
        );
        assert_eq!(details.metadata.into_inner(), b"ipfs://weights");
    });
}

#[test]
fn an_unknown_model_shows_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        base();
        assert_eq!(Models::model(1), None);
        assert_eq!(Models::team(1), None);
        assert_eq!(Models::lineage(1), None);
        assert_eq!(Models::evaluations(1, 0), []);
    });
}

#[test]
fn a_team_is_shown_as_it_is_now() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let team = vec![share(BOB, 1_000_000_000)];
        assert_ok!(Models::announce_team(
            RuntimeOrigin::signed(ALICE),
            model,
            team.clone()
        ));
        let next = Models::next_team(model).unwrap();
        assert_eq!(next.team.into_inner(), team);
        System::set_block_number(next.from);
        assert_ok!(Models::change_team(RuntimeOrigin::signed(BOB), model));
        assert_eq!(Models::next_team(model), None);
        assert_eq!(
            Models::team(model).map(|team| team.into_inner()),
            Some(team)
        );
    });
}

#[test]
fn a_lineage_is_the_whole_ancestry_with_edges_and_grades() {
    ExtBuilder::default()
        .with_final_round(0, 1)
        .build_and_execute(|| {
            let root = registered(ALICE, Kind::Base, vec![Origin::TrainedOn(pool(0, 1))]);
            base();
            let middle = child_of(root);
            let last = child_of(middle);
            assert_ok!(Models::cosign(
                RuntimeOrigin::signed(ALICE),
                middle,
                Origin::FineTunedFrom(root)
            ));

            let lineage = Models::lineage(last).expect("it was registered");
            let edges: Vec<(u32, Vec<Edge<u64>>)> = lineage
                .iter()
                .map(|relative| (relative.id, relative.edges.to_vec()))
                .collect();
            assert_eq!(
                edges,
                [
                    (root, vec![Edge::from(Origin::TrainedOn(pool(0, 1)))]),
                    (
                        middle,
                        vec![Edge {
                            origin: Origin::FineTunedFrom(root),
                            grade: Grade::CoSigned,
                            debt: None,
                            upheld: false,
                        }]
                    ),
                    (last, vec![Edge::from(Origin::FineTunedFrom(middle))]),
                ]
            );
            assert_eq!(lineage[1].model.owner, BOB);
            // What data was worth to those who came before.
            let data: Vec<_> = lineage
                .iter()
                .flat_map(|relative| &relative.data)
                .map(|round| (round.datanet, round.round, round.before, round.after))
                .collect();
            assert_eq!(data, [(0, 1, 0, 1)]);
        });
}

fn length_of_lineage(model: u32) -> Option<usize> {
    Models::lineage(model).map(|lineage| lineage.len())
}

#[test]
fn a_lineage_has_all_that_an_ancestry_can_have() {
    ExtBuilder::default().build_and_execute(|| {
        let mut last = base();
        for _ in 0..256 {
            last = child_of(last);
        }
        assert_eq!(length_of_lineage(last), Some(257));
    });
}

#[test]
fn a_lineage_has_what_became_known_late_of_an_ancestor() {
    ExtBuilder::default().build_and_execute(|| {
        let (root, missing, forgotten) = (base(), base(), base());
        let middle = child_of(root);
        let last = child_of(middle);
        assert_eq!(length_of_lineage(last), Some(3));
        assert_ok!(Models::add_parent(
            RuntimeOrigin::signed(BOB),
            middle,
            Origin::MergedFrom(forgotten),
            Perbill::one()
        ));
        let missing = Contention::MissingParent(Origin::DistilledFrom(missing));
        assert_ok!(Models::conclude(middle, &missing, true));
        let lineage = Models::lineage(last).expect("it was registered");
        let ids: Vec<u32> = lineage.iter().map(|relative| relative.id).collect();
        assert_eq!(ids, [0, 1, 2, middle, last]);
        assert_eq!(
            lineage[3].edges[1..],
            [
                Edge {
                    debt: Some(1),
                    ..Edge::from(Origin::MergedFrom(forgotten))
                },
                Edge {
                    debt: Some(1),
                    upheld: true,
                    ..Edge::from(Origin::DistilledFrom(1))
                }
            ]
        );
    });
}

#[test]
fn a_lineage_shows_the_1024_nearest_models() {
    ExtBuilder::default().build_and_execute(|| {
        // Chains of 200, of each of which the first turns out to come from the last of the one before.
        let mut last = None;
        for _ in 0..6 {
            let first = base();
            if let Some(before) = last {
                let missing = Contention::MissingParent(Origin::DistilledFrom(before));
                assert_ok!(Models::conclude(first, &missing, true));
            }
            last = Some((1..200).fold(first, |parent, _| child_of(parent)));
        }
        let lineage = Models::lineage(1_199).expect("it was registered");
        assert_eq!(lineage.len(), 1_024);
        assert_eq!(lineage[0].id, 1_200 - 1_024);
    });
}

#[test]
fn evaluations_come_in_pages_of_64() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        for number in 0..100u32 {
            assert_ok!(Models::evaluate(
                RuntimeOrigin::signed(if number % 2 == 0 { BOB } else { CAROL }),
                model,
                b"digits".to_vec(),
                b"accuracy".to_vec(),
                FixedI128::from_u32(number),
                H256::zero(),
            ));
        }
        let scores = |start| -> Vec<FixedI128> {
            Models::evaluations(model, start)
                .into_iter()
                .map(|evaluation| evaluation.score)
                .collect()
        };
        let expected = |numbers: std::ops::Range<u32>| -> Vec<FixedI128> {
            numbers.map(FixedI128::from_u32).collect()
        };
        assert_eq!(scores(0), expected(0..64));
        assert_eq!(scores(64), expected(64..100));
        assert_eq!(scores(99), expected(99..100));
        assert_eq!(scores(100), []);
        assert_eq!(scores(u32::MAX), []);
    });
}

#[test]
fn grades_are_ordered() {
    assert!(Grade::Declared < Grade::CoSigned);
}
