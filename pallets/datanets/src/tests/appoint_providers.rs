use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn the_steward_appoints_and_replaces_providers() {
    execute(|| {
        create(2);
        System::assert_last_event(
            Event::ProvidersAppointed {
                datanet: 0,
                providers: vec![10, 11].try_into().unwrap(),
            }
            .into(),
        );
        assert_ok!(Datanets::appoint_providers(
            signed(STEWARD),
            0,
            vec![11, 12, 13, 14]
        ));
        let datanet = Datanets::datanet(0).unwrap().datanet;
        assert_eq!(datanet.providers.into_inner(), [11, 12, 13, 14]);
    });
}

#[test]
fn a_round_keeps_the_providers_that_it_was_opened_with() {
    execute(|| {
        create(2);
        open();
        assert_ok!(Datanets::appoint_providers(signed(STEWARD), 0, vec![14]));
        assert_eq!(round_of(1).providers.into_inner(), [10, 11]);
    });
}

#[test]
fn only_the_steward_appoints() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::appoint_providers(signed(STRANGER), 0, vec![10]),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Datanets::appoint_providers(RuntimeOrigin::root(), 0, vec![10]),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn an_unknown_datanet_is_refused() {
    execute(|| {
        assert_noop!(
            Datanets::appoint_providers(signed(STEWARD), 0, vec![10]),
            Error::<Test>::DatanetNotFound
        );
    });
}

#[test]
fn a_retired_datanet_is_refused() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        assert_noop!(
            Datanets::appoint_providers(signed(STEWARD), 0, vec![10]),
            Error::<Test>::DatanetRetired
        );
    });
}

#[test]
fn one_to_four_different_providers_are_appointed() {
    execute(|| {
        create(1);
        let appoint = |providers| Datanets::appoint_providers(signed(STEWARD), 0, providers);
        assert_noop!(appoint(vec![]), Error::<Test>::NoProviders);
        assert_noop!(
            appoint(vec![10, 11, 12, 13, 14]),
            Error::<Test>::TooManyProviders
        );
        assert_noop!(appoint(vec![10, 11, 10]), Error::<Test>::DuplicateProvider);
    });
}

#[test]
fn the_benchmark_must_be_divisible_by_the_providers_and_classes() {
    execute(|| {
        create(1);
        // Eight records of two classes cannot be divided among three.
        assert_noop!(
            Datanets::appoint_providers(signed(STEWARD), 0, vec![10, 11, 12]),
            Error::<Test>::BenchmarkNotDivisible
        );
    });
}
