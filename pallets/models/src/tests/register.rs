use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::licences::Origin;

use super::*;

fn fine_tuned(parents: impl IntoIterator<Item = u32>) -> Vec<Origin> {
    parents.into_iter().map(Origin::FineTunedFrom).collect()
}

fn trained(datanets: std::ops::Range<u32>) -> Vec<Origin> {
    datanets
        .map(|datanet| Origin::TrainedOn(pool(datanet, 1)))
        .collect()
}

fn with_final_rounds(datanets: u32) -> ExtBuilder {
    (0..datanets).fold(ExtBuilder::default(), |builder, datanet| {
        builder.with_final_round(datanet, 1)
    })
}

#[test]
fn a_base_model_is_kept_as_declared() {
    ExtBuilder::default().build_and_execute(|| {
        let team = vec![share(ALICE, 400_000_000), share(BOB, 600_000_000)];
        assert_ok!(Models::register(
            RuntimeOrigin::signed(ALICE),
            Kind::Base,
            Vec::new(),
            H256::repeat_byte(8),
            H256::repeat_byte(9),
            TERMS,
            Perbill::zero(),
            team.clone(),
            b"ipfs://weights".to_vec(),
        ));

        let model = crate::Models::<Test>::get(0).expect("it was registered");
        assert_eq!(
            model,
            Model {
                owner: ALICE,
                offered_to: None,
                kind: Kind::Base,
                weights_hash: H256::repeat_byte(8),
                recipe_hash: H256::repeat_byte(9),
                terms: TERMS,
                registered: 1,
                retired: false,
                reexecuted: None,
                ancestry_changed: false,
                naming_forfeited: false,
                evaluations: 0,
                deposit: held(ALICE),
            }
        );
        assert_eq!(Edges::<Test>::get(0), Some(EdgeList::default()));
        assert_eq!(Ancestors::<Test>::get(0), AncestorSet::default());
        assert_eq!(
            Teams::<Test>::get(0).map(|team| team.into_inner()),
            Some(team)
        );
        assert_eq!(
            Metadata::<Test>::get(0).map(|metadata| metadata.into_inner()),
            Some(b"ipfs://weights".to_vec())
        );
    });
}

#[test]
fn a_child_has_declared_edges_in_the_order_given() {
    ExtBuilder::default()
        .with_final_round(5, 2)
        .build_and_execute(|| {
            let parent = base();
            let teacher = base();
            let origins = vec![
                Origin::TrainedOn(pool(5, 2)),
                Origin::DistilledFrom(teacher),
                Origin::FineTunedFrom(parent),
            ];
            let child = registered(BOB, Kind::FineTune, origins.clone());
            let edges: Vec<Edge<u64>> = origins
                .into_iter()
                .map(|origin| Edge {
                    origin,
                    grade: Grade::Declared,
                    debt: None,
                    upheld: false,
                })
                .collect();
            assert_eq!(
                Edges::<Test>::get(child).map(|edges| edges.into_inner()),
                Some(edges)
            );
            assert_eq!(
                Ancestors::<Test>::get(child).into_inner(),
                [parent, teacher]
            );
        });
}

#[test]
fn the_event_tells_all_but_the_metadata() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        child_of(parent);
        assert_eq!(
            events().pop(),
            Some(Event::Registered {
                model: 1,
                owner: BOB,
                kind: Kind::FineTune,
                origins: Origins::truncate_from(fine_tuned([parent])),
                weights_hash: H256::repeat_byte(1),
                recipe_hash: H256::repeat_byte(2),
                terms: TERMS,
                team: TeamOf::<Test>::truncate_from(vec![share(ALICE, 1_000_000_000)]),
                deposit: held(BOB),
            })
        );
    });
}

#[test]
fn licence_is_attached_first_and_then_the_ledger_opened_with_its_royalties() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        RoleCalls::set(Vec::new());
        Royalties::set(3);
        child_of(parent);
        assert_eq!(
            RoleCalls::get(),
            [
                RoleCall::Attach(1, BOB, TERMS, fine_tuned([parent])),
                RoleCall::Open(
                    1,
                    stack(3),
                    TeamOf::<Test>::truncate_from(vec![share(ALICE, 1_000_000_000)])
                ),
            ]
        );
    });
}

#[test]
fn the_same_weights_may_be_registered_by_several() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(register(ALICE, registration(Kind::Base, Vec::new())));
        assert_ok!(register(BOB, registration(Kind::Base, Vec::new())));
        assert_ok!(register(BOB, registration(Kind::Base, Vec::new())));
        assert_eq!(NextModel::<Test>::get(), 3);
    });
}

#[test]
fn only_a_signer_can_register() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::register(
                    origin,
                    Kind::Base,
                    Vec::new(),
                    H256::zero(),
                    H256::zero(),
                    TERMS,
                    Perbill::one(),
                    vec![share(ALICE, 1_000_000_000)],
                    Vec::new(),
                ),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn a_parent_must_be_registered_before() {
    ExtBuilder::default().build_and_execute(|| {
        base();
        // 1 is what the new model itself would be.
        for parent in [1, 2, u32::MAX] {
            assert_noop!(
                register(BOB, registration(Kind::FineTune, fine_tuned([parent]))),
                Error::<Test>::ParentNotFound
            );
        }
        assert_ok!(register(BOB, registration(Kind::FineTune, fine_tuned([0]))));
    });
}

#[test]
fn a_retired_parent_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        let child = child_of(parent);
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), parent));
        assert_noop!(
            register(BOB, registration(Kind::FineTune, fine_tuned([parent]))),
            Error::<Test>::ParentRetired
        );
        // What descends from it already goes on.
        child_of(child);
    });
}

#[test]
fn sixteen_parents_are_allowed_and_seventeen_are_not() {
    ExtBuilder::default().build_and_execute(|| {
        for _ in 0..17 {
            base();
        }
        assert_noop!(
            register(BOB, registration(Kind::FineTune, fine_tuned(0..17))),
            Error::<Test>::TooManyParents
        );
        assert_ok!(register(
            BOB,
            registration(Kind::FineTune, fine_tuned(0..16))
        ));
    });
}

#[test]
fn sixteen_rounds_are_allowed_and_seventeen_are_not() {
    with_final_rounds(17).build_and_execute(|| {
        assert_noop!(
            register(BOB, registration(Kind::Base, trained(0..17))),
            Error::<Test>::TooManyRounds
        );
        assert_ok!(register(BOB, registration(Kind::Base, trained(0..16))));
    });
}

#[test]
fn far_too_many_origins_are_refused_by_name() {
    with_final_rounds(1).build_and_execute(|| {
        assert_noop!(
            register(BOB, registration(Kind::FineTune, fine_tuned(0..1_000))),
            Error::<Test>::TooManyParents
        );
        assert_noop!(
            register(BOB, registration(Kind::Base, trained(0..1_000))),
            Error::<Test>::TooManyRounds
        );
    });
}

#[test]
fn sixteen_parents_and_sixteen_rounds_go_together() {
    with_final_rounds(16).build_and_execute(|| {
        for _ in 0..16 {
            base();
        }
        let mut origins = fine_tuned(0..16);
        origins.extend(trained(0..16));
        let child = registered(BOB, Kind::FineTune, origins);
        assert_eq!(Edges::<Test>::get(child).map(|edges| edges.len()), Some(32));
    });
}

#[test]
fn no_model_is_a_source_twice_whatever_the_ways() {
    ExtBuilder::default().build_and_execute(|| {
        base();
        base();
        for origins in [
            vec![Origin::FineTunedFrom(0), Origin::FineTunedFrom(0)],
            vec![
                Origin::FineTunedFrom(0),
                Origin::FineTunedFrom(1),
                Origin::DistilledFrom(0),
            ],
        ] {
            assert_noop!(
                register(BOB, registration(Kind::FineTune, origins)),
                Error::<Test>::DuplicateOrigin
            );
        }
    });
}

#[test]
fn no_datanet_is_a_source_twice_whatever_the_rounds() {
    ExtBuilder::default()
        .with_final_round(0, 1)
        .with_final_round(0, 2)
        .build_and_execute(|| {
            for origins in [
                vec![Origin::TrainedOn(pool(0, 1)), Origin::TrainedOn(pool(0, 2))],
                vec![
                    Origin::TrainedOn(pool(0, 1)),
                    Origin::RetrievesFrom(pool(0, 1)),
                ],
            ] {
                assert_noop!(
                    register(BOB, registration(Kind::Base, origins)),
                    Error::<Test>::DuplicateOrigin
                );
            }
        });
}

#[test]
fn a_model_and_a_datanet_of_the_same_number_are_two_sources() {
    with_final_rounds(1).build_and_execute(|| {
        base();
        let origins = vec![Origin::FineTunedFrom(0), Origin::TrainedOn(pool(0, 1))];
        assert_ok!(register(BOB, registration(Kind::FineTune, origins)));
    });
}

#[test]
fn a_round_must_be_final() {
    with_final_rounds(1).build_and_execute(|| {
        for origin in [
            Origin::TrainedOn(pool(0, 2)),
            Origin::TrainedOn(pool(1, 1)),
            Origin::RetrievesFrom(pool(0, 2)),
        ] {
            assert_noop!(
                register(BOB, registration(Kind::Base, vec![origin])),
                Error::<Test>::RoundNotFinal
            );
        }
        assert_ok!(register(BOB, registration(Kind::Base, trained(0..1))));
    });
}

#[test]
fn metadata_has_a_longest_length() {
    ExtBuilder::default().build_and_execute(|| {
        let with_metadata = |length: u32| Registration {
            metadata: vec![b'x'; length as usize],
            ..registration(Kind::Base, Vec::new())
        };
        assert_noop!(
            register(ALICE, with_metadata(MAX_METADATA + 1)),
            Error::<Test>::MetadataTooLong
        );
        assert_ok!(register(ALICE, with_metadata(MAX_METADATA)));
    });
}

#[test]
fn refused_licences_leave_nothing_behind() {
    ExtBuilder::default().build_and_execute(|| {
        Refused::set(Some(0));
        assert_noop!(
            register(ALICE, registration(Kind::Base, Vec::new())),
            REFUSAL
        );
        assert!(matches!(RoleCalls::get()[..], [RoleCall::Attach(0, ..)]));
        // The identifier was not used up.
        assert_eq!(base(), 0);
    });
}

#[test]
fn a_refused_ledger_leaves_nothing_behind() {
    ExtBuilder::default().build_and_execute(|| {
        Refused::set(Some(1));
        assert_noop!(
            register(ALICE, registration(Kind::Base, Vec::new())),
            REFUSAL
        );
        assert!(matches!(
            RoleCalls::get()[..],
            [RoleCall::Attach(0, ..), RoleCall::Open(0, ..)]
        ));
        assert_eq!(held(ALICE), 0);
        assert_eq!(base(), 0);
    });
}

#[test]
fn who_cannot_pay_the_deposit_cannot_register() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            register(PAUPER, registration(Kind::Base, Vec::new())),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn used_up_identifiers_are_an_error() {
    ExtBuilder::default().build_and_execute(|| {
        NextModel::<Test>::put(u32::MAX);
        assert_noop!(
            register(ALICE, registration(Kind::Base, Vec::new())),
            Error::<Test>::TooManyModels
        );
        NextModel::<Test>::kill();
    });
}

#[test]
fn no_more_is_owed_than_its_owner_has_agreed_to() {
    ExtBuilder::default().build_and_execute(|| {
        let at_most = |percent| Registration {
            royalties_at_most: Perbill::from_percent(percent),
            ..registration(Kind::Base, Vec::new())
        };
        // A source has come to owe another royalty since two were quoted.
        Royalties::set(3);
        assert_noop!(
            register(ALICE, at_most(2)),
            Error::<Test>::RoyaltiesAboveQuoted
        );
        assert_ok!(register(ALICE, at_most(3)));
    });
}
