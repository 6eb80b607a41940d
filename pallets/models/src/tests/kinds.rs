use frame_support::{assert_noop, assert_ok};
use tributary_primitives::licences::Origin;

use super::*;

const KINDS: [Kind; 6] = [
    Kind::Base,
    Kind::FineTune,
    Kind::Adapter,
    Kind::Merge,
    Kind::Distill,
    Kind::Quantize,
];

/// The ways in which a model comes from another.
const WAYS: [Way; 5] = [
    Origin::FineTunedFrom,
    Origin::AdapterOf,
    Origin::MergedFrom,
    Origin::DistilledFrom,
    Origin::QuantizedFrom,
];

/// A way in which a model comes from another.
type Way = fn(u32) -> Origin;

/// Registers a model of Bob's that comes from models 0, 1, … in these ways.
fn of(kind: Kind, ways: &[Way]) -> frame_support::dispatch::DispatchResult {
    let origins = ways.iter().zip(0..).map(|(way, id)| way(id)).collect();
    register(BOB, registration(kind, origins))
}

fn with_three_parents(test: impl FnOnce()) {
    ExtBuilder::default()
        .with_final_round(0, 1)
        .with_final_round(1, 1)
        .build_and_execute(|| {
            for _ in 0..3 {
                base();
            }
            test();
        });
}

#[test]
fn weights_come_in_only_by_the_way_that_makes_the_kind() {
    with_three_parents(|| {
        for (kind, row) in [
            (Kind::Base, [false, false, false, false, false]),
            (Kind::FineTune, [true, false, false, true, false]),
            (Kind::Adapter, [false, true, false, true, false]),
            (Kind::Merge, [false, false, true, true, false]),
            (Kind::Distill, [false, false, false, true, false]),
            (Kind::Quantize, [false, false, false, true, true]),
        ] {
            for (way, allowed) in WAYS.into_iter().zip(row) {
                let outcome = of(kind, &[way]);
                let refused = outcome == Err(Error::<Test>::OriginNotAllowed.into());
                assert_eq!(refused, !allowed, "{kind:?} {:?}: {outcome:?}", way(0));
            }
        }
    });
}

#[test]
fn a_base_model_needs_no_origin() {
    with_three_parents(|| {
        assert_ok!(of(Kind::Base, &[]));
    });
}

#[test]
fn every_other_kind_needs_the_origin_that_makes_it() {
    with_three_parents(|| {
        for kind in KINDS.into_iter().filter(|kind| *kind != Kind::Base) {
            assert_noop!(of(kind, &[]), Error::<Test>::OriginMissing);
            if kind != Kind::Distill {
                assert_noop!(
                    of(kind, &[Origin::DistilledFrom]),
                    Error::<Test>::OriginMissing
                );
            }
        }
        assert_ok!(of(Kind::FineTune, &[Origin::FineTunedFrom]));
        assert_ok!(of(Kind::Adapter, &[Origin::AdapterOf]));
        assert_ok!(of(Kind::Distill, &[Origin::DistilledFrom]));
        assert_ok!(of(Kind::Quantize, &[Origin::QuantizedFrom]));
    });
}

#[test]
fn a_merge_needs_two() {
    with_three_parents(|| {
        assert_noop!(
            of(Kind::Merge, &[Origin::MergedFrom]),
            Error::<Test>::OriginMissing
        );
        assert_noop!(
            of(Kind::Merge, &[Origin::MergedFrom, Origin::DistilledFrom]),
            Error::<Test>::OriginMissing
        );
        assert_ok!(of(Kind::Merge, &[Origin::MergedFrom as Way; 2]));
        assert_ok!(of(Kind::Merge, &[Origin::MergedFrom as Way; 3]));
    });
}

#[test]
fn a_quantisation_has_one_source() {
    with_three_parents(|| {
        assert_noop!(
            of(Kind::Quantize, &[Origin::QuantizedFrom as Way; 2]),
            Error::<Test>::TooManySources
        );
        assert_ok!(of(
            Kind::Quantize,
            &[Origin::QuantizedFrom, Origin::DistilledFrom]
        ));
    });
}

#[test]
fn several_models_may_be_fine_tuned_together() {
    with_three_parents(|| {
        assert_ok!(of(Kind::FineTune, &[Origin::FineTunedFrom as Way; 3]));
        assert_ok!(of(Kind::Adapter, &[Origin::AdapterOf as Way; 3]));
        assert_ok!(of(Kind::Distill, &[Origin::DistilledFrom as Way; 3]));
    });
}

#[test]
fn data_is_open_to_every_kind() {
    with_three_parents(|| {
        for kind in KINDS {
            let way = WAYS.into_iter().find(|way| kind.is_made_by(&way(0)));
            let mut origins = vec![
                Origin::TrainedOn(pool(0, 1)),
                Origin::RetrievesFrom(pool(1, 1)),
            ];
            origins.extend(
                way.into_iter()
                    .flat_map(|way| (0..*kind.makers().start() as u32).map(way)),
            );
            assert_ok!(register(BOB, registration(kind, origins)));
        }
    });
}
