//! Rounds of attested datanets, up to where attestors come in.

use frame_support::{assert_noop, assert_ok};
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::Share,
    datanets::{Evidence, Phase, Recipe, Value, Values},
    ids::ContributionNumber,
    roles::Snapshots,
};

use crate::{
    mock::{Datanets, *},
    *,
};

fn with_threshold(threshold: u8) -> Recipe {
    Recipe {
        evidence: Evidence::Attested { threshold },
        ..recipe()
    }
}

fn values(values: &[(ContributionNumber, i128)]) -> Values {
    let values = values
        .iter()
        .map(|&(number, value)| Value { number, value });
    Values::truncate_from(values.collect())
}

#[test]
fn a_threshold_is_one_to_four() {
    execute(|| {
        let create = |threshold| {
            let recipe = with_threshold(threshold);
            Datanets::create(signed(STEWARD), recipe, TERMS, vec![])
        };
        for threshold in [0, 5] {
            assert_noop!(create(threshold), Error::<Test>::InvalidThreshold);
        }
        for threshold in [1, 4] {
            assert_ok!(create(threshold));
        }
    });
}

#[test]
fn there_are_at_least_as_many_attestors_as_must_agree() {
    execute(|| {
        assert_ok!(Datanets::create(
            signed(STEWARD),
            with_threshold(3),
            TERMS,
            vec![]
        ));
        let appoint = |count: u64| {
            let attestors = (PROVIDER..PROVIDER + count).collect();
            Datanets::appoint_providers(signed(STEWARD), 0, attestors)
        };
        assert_noop!(appoint(2), Error::<Test>::TooFewAttestors);
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::NoProviders
        );
        // A benchmark of eight records is not divisible by three: it need not be.
        assert_ok!(appoint(3));
        assert_eq!(open(), 1);
        assert_eq!(round_of(1).providers.len(), 3);
    });
}

#[test]
fn a_round_can_be_attested_once_it_freezes() {
    execute(|| {
        create_attested(2, 3);
        let round = open_sponsored(1_000, 500);
        let numbers = freeze_attested(round, &[(ALICE, 10), (BOB, 20)]);
        let found = round_of(round);
        assert_eq!(found.phase, Phase::Revealed);
        assert_eq!(found.deadline, None);
        assert_eq!(u64::from(found.revealed_at), System::block_number());
        assert!(found.seats.is_empty() && found.randomness.is_none());
        assert_eq!(
            events().last(),
            Some(&Event::PhaseChanged {
                datanet: 0,
                round,
                phase: Phase::Revealed,
                deadline: None
            })
        );

        let frozen = Datanets::frozen(0, round).expect("it is revealed");
        let delivered: Vec<_> = frozen.delivered.iter().map(|it| it.number).collect();
        assert_eq!(delivered, numbers);
        assert_eq!((frozen.seats, frozen.budget), (0, 500));
        assert_eq!(
            <Datanets as Snapshots<_>>::providers(0, round),
            [PROVIDER, PROVIDER + 1, PROVIDER + 2]
        );
        assert!(<Datanets as Snapshots<_>>::slices(0, round).is_empty());
    });
}

#[test]
fn undelivered_contributions_lapse() {
    execute(|| {
        create_attested(1, 1);
        let round = open();
        commit(ALICE, round, 10);
        let delivered = commit(BOB, round, 10);
        end_committing(round);
        deliver_reference(delivered);
        end_delivering(round);
        assert_eq!(round_of(round).phase, Phase::Revealed);
        assert_eq!(Datanets::contribution(0, 0), None);
        assert!(total(ALICE) < WEALTH);
    });
}

#[test]
fn no_records_and_no_slices_come_to_the_chain() {
    execute(|| {
        create_attested(1, 1);
        let round = open();
        let attested = || Error::<Test>::DatanetIsAttested;
        let hashes = slice_hashes(PROVIDER, round, 4, 8);
        assert_noop!(
            Datanets::commit_slices(signed(PROVIDER), 0, round, hashes),
            attested()
        );
        let contribution = commit(ALICE, round, 10);
        end_committing(round);
        let deliver = Datanets::deliver(
            signed(ALICE),
            0,
            round,
            contribution,
            0,
            records(10),
            Some(SALT),
        );
        assert_eq!(deliver.map_err(|error| error.error), Err(attested().into()));
        deliver_reference(contribution);
        end_delivering(round);
        let reveal = Datanets::reveal(signed(PROVIDER), 0, round, 0, 0, slice(0, 8), Some(SALT));
        assert_eq!(
            reveal.map_err(|error| error.error),
            Err(Error::<Test>::DatanetIsAttested.into())
        );
        let advance = Datanets::advance(signed(STRANGER), 0, round);
        assert_eq!(
            advance.map_err(|error| error.error),
            Err(Error::<Test>::WrongPhase.into())
        );
    });
}

#[test]
fn a_round_without_contributions_is_void() {
    execute(|| {
        create_attested(1, 2);
        let round = open_sponsored(1_000, 500);
        end_committing(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        assert_eq!(Pools::budget(0, round), None);
        assert_eq!(total(SPONSOR), WEALTH);
    });
}

#[test]
fn the_crew_of_a_final_round_are_its_steward_its_attestors_and_its_first_attestor() {
    execute(|| {
        create_attested(2, 3);
        let round = open_sponsored(1_000, 500);
        let numbers = freeze_attested(round, &[(ALICE, 10), (BOB, 10)]);
        let unit = with_threshold(2).unit();
        let (gain, loss) = (unit as i128 / 4, -(unit as i128) / 8);
        assert_ok!(Datanets::publish(0, round));
        assert_ok!(Datanets::conclude(
            0,
            round,
            &(PROVIDER + 1),
            values(&[(numbers[0], gain), (numbers[1], loss)]),
            unit / 2,
            unit / 2 + unit / 8,
        ));
        let found = round_of(round);
        assert_eq!(found.phase, Phase::Final);
        assert_eq!(contribution_of(numbers[0]).status, Status::Admitted);
        assert_eq!(contribution_of(numbers[1]).status, Status::Rejected);
        // A quarter of the price is paid; the fees of 20 records are the first attestor's.
        assert_eq!(total(SPONSOR), WEALTH - 250);
        assert_eq!(total(PROVIDER + 1), WEALTH + 20 * 7);

        let crew = Pools::opened(0, round).expect("it is final").crew;
        let part = |parts| Perbill::from_percent(parts);
        assert_eq!(
            crew.into_inner(),
            [
                (STEWARD, part(4)),
                (PROVIDER + 1, part(7)),
                (PROVIDER, part(2)),
                (PROVIDER + 2, part(2)),
            ]
            .map(|(account, part)| Share { account, part })
        );
    });
}

#[test]
fn what_a_void_round_leaves_is_attested_by_the_next() {
    execute(|| {
        create_attested(1, 1);
        let round = open();
        let left = freeze_attested(round, &[(ALICE, 10), (BOB, 10)]);
        assert_ok!(Datanets::void(0, round));
        let waiting: Vec<_> = Datanets::waiting(0).iter().map(|it| it.number).collect();
        assert_eq!(waiting, left);
        // Who does not want to wait has everything back.
        assert_ok!(Datanets::reclaim(signed(BOB), 0, left[1]));
        assert_eq!(total(BOB), WEALTH);

        let next = open();
        let own = freeze_attested(next, &[(CAROL, 10)]);
        let frozen = Datanets::frozen(0, next).expect("it is revealed");
        let valued: Vec<_> = frozen.delivered.iter().map(|it| it.number).collect();
        assert_eq!(valued, left[..1]);
        assert_eq!(frozen.first, left[0]);
        let waiting: Vec<_> = Datanets::waiting(0).iter().map(|it| it.number).collect();
        assert_eq!(waiting, own);
    });
}

#[test]
fn consent_to_attested_data_is_withdrawn_as_ever() {
    execute(|| {
        create_attested(1, 1);
        let round = open();
        let numbers = freeze_attested(round, &[(ALICE, 10)]);
        assert_ok!(Datanets::publish(0, round));
        let value = values(&[(numbers[0], 5)]);
        assert_ok!(Datanets::conclude(0, round, &PROVIDER, value, 0, 5));
        assert_ok!(Datanets::withdraw_consent(signed(ALICE), 0, numbers[0]));
        let next = open();
        freeze_attested(next, &[(BOB, 10)]);
        assert_eq!(round_of(next).withdrawn, 5);
    });
}
