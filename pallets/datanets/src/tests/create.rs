use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{
    datanets::{Periods, Recipe, MAX_PERIOD},
    Balance,
};

use crate::{
    mock::{Datanets, *},
    *,
};

/// What a recipe is refused for.
#[track_caller]
fn refused(change: impl FnOnce(&mut Recipe), error: Error<Test>) {
    let mut recipe = recipe();
    change(&mut recipe);
    execute(|| {
        assert_noop!(
            Datanets::create(signed(STEWARD), recipe, TERMS, vec![]),
            error
        );
    });
}

/// A recipe that is accepted.
#[track_caller]
fn accepted(change: impl FnOnce(&mut Recipe)) {
    let mut recipe = recipe();
    change(&mut recipe);
    execute(|| {
        assert_ok!(Datanets::create(signed(STEWARD), recipe, TERMS, vec![]));
    });
}

#[test]
fn a_datanet_keeps_its_recipe_and_metadata() {
    execute(|| {
        assert_ok!(Datanets::create(
            signed(STEWARD),
            recipe(),
            TERMS,
            b"digits".to_vec()
        ));
        let details = Datanets::datanet(0).unwrap();
        assert_eq!(details.recipe, recipe());
        assert_eq!(details.metadata.into_inner(), b"digits");
        assert_eq!(details.datanet.steward, STEWARD);
        assert_eq!(details.datanet.rounds, 0);
        assert_eq!(details.admitted, 0);
        assert!(!details.datanet.retired);
        System::assert_last_event(
            Event::DatanetCreated {
                datanet: 0,
                steward: STEWARD,
                recipe: recipe(),
                terms: TERMS,
                deposit: details.datanet.deposit,
            }
            .into(),
        );
    });
}

#[test]
fn identifiers_are_counted_from_0() {
    execute(|| {
        for id in 0..3 {
            assert_ok!(Datanets::create(signed(STRANGER), recipe(), TERMS, vec![]));
            assert!(Datanets::datanet(id).is_some());
        }
        assert_eq!(NextDatanet::<Test>::get(), 3);
    });
}

#[test]
fn the_steward_has_a_deposit_for_what_is_stored_on_hold() {
    execute(|| {
        let before = free(STEWARD);
        assert_ok!(Datanets::create(
            signed(STEWARD),
            recipe(),
            TERMS,
            vec![0; 1_000]
        ));
        let fixed = DatanetOf::<Test>::max_encoded_len()
            + Recipe::max_encoded_len()
            + tributary_primitives::merkle::Range::max_encoded_len();
        let deposit = 4 * 100 + fixed as Balance + 1_000;
        assert_eq!(held(STEWARD, HoldReason::Datanet), deposit);
        assert_eq!(free(STEWARD), before - deposit);
    });
}

#[test]
fn the_licence_is_attached() {
    execute(|| {
        assert_ok!(Datanets::create(signed(STEWARD), recipe(), TERMS, vec![]));
        assert_eq!(Licences::attached(0).unwrap().owner, STEWARD);
    });
}

#[test]
fn a_licence_that_cannot_be_attached_is_refused() {
    execute(|| {
        assert_noop!(
            Datanets::create(signed(STEWARD), recipe(), H256::zero(), vec![]),
            DispatchError::Other("no such terms")
        );
    });
}

#[test]
fn an_unsigned_call_is_refused() {
    execute(|| {
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                Datanets::create(origin, recipe(), TERMS, vec![]),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn a_poor_steward_is_refused() {
    execute(|| {
        leave(STEWARD, 100);
        assert_noop!(
            Datanets::create(signed(STEWARD), recipe(), TERMS, vec![]),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn long_metadata_is_refused() {
    execute(|| {
        assert_noop!(
            Datanets::create(signed(STEWARD), recipe(), TERMS, vec![0; 4_097]),
            Error::<Test>::MetadataTooLong
        );
        assert_ok!(Datanets::create(
            signed(STEWARD),
            recipe(),
            TERMS,
            vec![0; 4_096]
        ));
    });
}

#[test]
fn identifiers_are_never_used_twice() {
    new_test_ext().execute_with(|| {
        NextDatanet::<Test>::put(u32::MAX);
        assert_noop!(
            Datanets::create(signed(STEWARD), recipe(), TERMS, vec![]),
            Error::<Test>::TooManyDatanets
        );
    });
}

#[test]
fn the_dimension_has_bounds() {
    refused(|recipe| recipe.dimension = 0, Error::InvalidDimension);
    refused(|recipe| recipe.dimension = 1_025, Error::InvalidDimension);
    accepted(|recipe| recipe.dimension = 1);
    accepted(|recipe| recipe.dimension = 1_024);
}

#[test]
fn the_classes_have_bounds() {
    refused(|recipe| recipe.classes = 0, Error::InvalidClasses);
    refused(|recipe| recipe.classes = 1, Error::InvalidClasses);
    refused(|recipe| recipe.classes = 257, Error::InvalidClasses);
    accepted(|recipe| {
        recipe.classes = 256;
        recipe.benchmark = 512;
    });
}

#[test]
fn the_neighbours_have_bounds() {
    refused(|recipe| recipe.neighbours = 0, Error::InvalidNeighbours);
    refused(|recipe| recipe.neighbours = 6, Error::InvalidNeighbours);
    accepted(|recipe| recipe.neighbours = 5);
}

#[test]
fn the_horizon_has_a_bound() {
    refused(|recipe| recipe.horizon = 33, Error::InvalidHorizon);
    accepted(|recipe| recipe.horizon = 32);
}

#[test]
fn the_benchmark_has_bounds() {
    refused(|recipe| recipe.benchmark = 0, Error::InvalidBenchmark);
    refused(|recipe| recipe.benchmark = 9, Error::InvalidBenchmark);
    // K + K* is 8.
    accepted(|recipe| recipe.benchmark = 5_120);
    refused(|recipe| recipe.benchmark = 5_122, Error::InvalidBenchmark);
}

#[test]
fn the_records_of_a_contribution_have_bounds() {
    refused(|recipe| recipe.min_records = 0, Error::InvalidRecordBounds);
    refused(
        |recipe| recipe.min_records = 101,
        Error::InvalidRecordBounds,
    );
    refused(
        |recipe| recipe.max_records = 4_097,
        Error::InvalidRecordBounds,
    );
    accepted(|recipe| recipe.max_records = 4_096);
    accepted(|recipe| recipe.min_records = 100);
}

#[test]
fn prices_must_fit_a_balance() {
    refused(
        |recipe| recipe.deposit_per_byte = Balance::MAX / 299,
        Error::InvalidPrices,
    );
    refused(
        |recipe| recipe.fee_per_record = Balance::MAX / 99,
        Error::InvalidPrices,
    );
    accepted(|recipe| recipe.deposit_per_byte = Balance::MAX / 300);
    accepted(|recipe| recipe.fee_per_record = Balance::MAX / 100);
    accepted(|recipe| {
        recipe.deposit_per_byte = 0;
        recipe.fee_per_record = 0;
    });
}

#[test]
fn the_crew_has_at_most_15_percent() {
    refused(
        |recipe| recipe.steward_share = Perbill::from_parts(40_000_001),
        Error::CrewShareTooHigh,
    );
    refused(
        |recipe| {
            recipe.providers_share = Perbill::one();
            recipe.evaluator_share = Perbill::one();
            recipe.steward_share = Perbill::one();
        },
        Error::CrewShareTooHigh,
    );
    accepted(|recipe| recipe.steward_share = Perbill::zero());
}

#[test]
fn pay_vests_in_sixteen_parts_at_the_most() {
    refused(|recipe| recipe.vesting = 17, Error::InvalidVesting);
    accepted(|recipe| recipe.vesting = 16);
}

#[test]
fn each_period_has_bounds() {
    let changes: [fn(&mut Periods, u32); 4] = [
        |periods, blocks| periods.committing = blocks,
        |periods, blocks| periods.delivering = blocks,
        |periods, blocks| periods.revealing = blocks,
        |periods, blocks| periods.window = blocks,
    ];
    for change in changes {
        refused(
            |recipe| change(&mut recipe.periods, 0),
            Error::InvalidPeriods,
        );
        refused(
            |recipe| change(&mut recipe.periods, MAX_PERIOD + 1),
            Error::InvalidPeriods,
        );
        accepted(|recipe| change(&mut recipe.periods, MAX_PERIOD));
    }
    let changes: [fn(&mut Periods); 3] = [
        |periods| periods.publishing = 0,
        |periods| periods.challenging = 0,
        |periods| periods.challenging = u32::MAX,
    ];
    for change in changes {
        refused(|recipe| change(&mut recipe.periods), Error::InvalidPeriods);
    }
    accepted(|recipe| recipe.periods.committing = 1);
}

#[test]
fn the_window_leaves_time_to_publish_and_to_challenge() {
    let changes: [fn(&mut Periods); 3] = [
        |periods| periods.publishing = 6,
        |periods| periods.challenging = 4,
        |periods| periods.window = 22,
    ];
    for change in changes {
        refused(|recipe| change(&mut recipe.periods), Error::InvalidPeriods);
    }
    accepted(|recipe| recipe.periods.publishing = 5);
    accepted(|recipe| recipe.periods.challenging = 1);
}

#[test]
fn there_is_a_tenth_of_an_epoch_to_challenge_or_more() {
    EpochLength::set(21);
    refused(
        |recipe| recipe.periods.challenging = 2,
        Error::ChallengingTooShort,
    );
    accepted(|recipe| recipe.periods.challenging = 3);
}

#[test]
fn an_unknown_kernel_is_refused() {
    refused(|recipe| recipe.kernel = 0, Error::UnknownKernel);
    refused(|recipe| recipe.kernel = 2, Error::UnknownKernel);
}
