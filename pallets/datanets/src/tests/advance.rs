use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    datanets::{Delivered, Phase, Recipe},
    hashing,
    ids::RoundNumber,
    roles::Snapshots,
};

use crate::{
    mock::{Datanets, *},
    *,
};

fn try_advance(round: RoundNumber) -> DispatchResult {
    Datanets::advance(signed(STRANGER), 0, round)
        .map(|_| ())
        .map_err(|error| error.error)
}

/// A round in phase `Frozen` with so many providers and one delivered contribution.
fn frozen(providers: u64) -> RoundNumber {
    create(providers);
    let round = open();
    commit_slices(round);
    let contribution = commit(ALICE, round, 4);
    end_committing(round);
    deliver(contribution);
    end_delivering(round);
    round
}

/// Lets the deadline of a round pass.
fn outlast(round: RoundNumber) {
    run_to(u64::from(round_of(round).deadline.unwrap()) + 1);
}

#[test]
fn commitments_end_after_their_deadline_only() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        run_to(11);
        assert_noop!(try_advance(round), Error::<Test>::TooEarly);
        run_to(12);
        assert_ok!(try_advance(round));
        assert_eq!(round_of(round).phase, Phase::Delivering);
        System::assert_last_event(
            Event::PhaseChanged {
                datanet: 0,
                round,
                phase: Phase::Delivering,
                deadline: Some(32),
            }
            .into(),
        );
    });
}

#[test]
fn a_late_advance_leaves_the_whole_period_to_deliver() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        run_to(1_000);
        advance(round);
        assert_eq!(round_of(round).deadline, Some(1_020));
    });
}

#[test]
fn a_round_without_contributions_is_void() {
    execute(|| {
        create(1);
        let round = open_sponsored(50, 70_000);
        commit_slices(round);
        end_committing(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        System::assert_last_event(
            Event::RoundVoided {
                datanet: 0,
                round,
                phase: Phase::Committing,
                waiting: 0,
            }
            .into(),
        );
        assert_eq!(free(PROVIDER), WEALTH);
        assert_eq!(free(SPONSOR), WEALTH);
        assert_eq!(Pools::budget(0, round), None);
    });
}

#[test]
fn a_round_without_slices_is_void_and_loses_nothing() {
    execute(|| {
        create(2);
        let round = open_sponsored(50, 70_000);
        commit(ALICE, round, 4);
        commit(BOB, round, 5);
        end_committing(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        assert_eq!(free(ALICE), WEALTH);
        assert_eq!(free(BOB), WEALTH);
        assert_eq!(free(SPONSOR), WEALTH);
        assert_eq!(Datanets::contribution(0, 0), None);
        assert_eq!(Datanets::delivery(0, 0), None);
    });
}

#[test]
fn a_round_goes_on_with_some_of_its_providers() {
    execute(|| {
        create(4);
        let round = open();
        commit(ALICE, round, 4);
        commit_slices_of(12, round);
        commit_slices_of(10, round);
        end_committing(round);
        assert_eq!(round_of(round).phase, Phase::Delivering);
    });
}

#[test]
fn deliveries_end_early_once_everything_is_delivered() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        commit(BOB, round, 5);
        end_committing(round);
        deliver(0);
        assert_noop!(try_advance(round), Error::<Test>::TooEarly);
        deliver(1);
        assert_ok!(try_advance(round));
        let found = round_of(round);
        assert_eq!(found.phase, Phase::Frozen);
        assert_eq!(found.deadline, None);
        assert_eq!(found.frozen, Some(1));
        assert_eq!(
            found.inputs,
            [root_of(&records(4)), root_of(&records(5))]
                .into_iter()
                .fold(H256::zero(), hashing::extend_inputs)
        );
    });
}

#[test]
fn what_is_not_delivered_by_the_deadline_lapses() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        commit(BOB, round, 5);
        end_committing(round);
        deliver(1);
        let issued = Balances::total_issuance();
        outlast(round);
        assert_ok!(try_advance(round));
        assert_eq!(round_of(round).phase, Phase::Frozen);
        // The deposit is burnt, the fee goes back.
        assert_eq!(free(ALICE), WEALTH - 12_000);
        assert_eq!(held(ALICE, HoldReason::Contribution), 0);
        assert_eq!(held(ALICE, HoldReason::ValuationFee), 0);
        assert_eq!(Balances::total_issuance(), issued - 12_000);
        assert_eq!(Datanets::contribution(0, 0), None);
        assert_eq!(Datanets::delivery(0, 0), None);
        System::assert_has_event(
            Event::ContributionLapsed {
                datanet: 0,
                round,
                contribution: 0,
                contributor: ALICE,
                burnt: 12_000,
            }
            .into(),
        );
        let newcomers = Newcomers::<Test>::get(0, round);
        assert_eq!(
            newcomers.to_vec(),
            [Delivered {
                number: 1,
                records: 5
            }]
        );
    });
}

#[test]
fn a_round_in_which_nothing_is_delivered_is_void() {
    execute(|| {
        create(1);
        let round = open_sponsored(50, 70_000);
        commit_slices(round);
        commit(ALICE, round, 4);
        end_committing(round);
        outlast(round);
        advance(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        assert_eq!(free(ALICE), WEALTH - 12_000);
        assert_eq!(free(PROVIDER), WEALTH);
        assert_eq!(free(SPONSOR), WEALTH);
    });
}

#[test]
fn a_round_freezes_when_the_last_one_has_ended() {
    execute(|| {
        create(1);
        let first = open();
        commit_slices(first);
        commit(ALICE, first, 4);
        end_committing(first);
        let second = open();
        commit_slices(second);
        commit(BOB, second, 4);
        end_committing(second);
        deliver(1);
        assert_noop!(try_advance(second), Error::<Test>::LastRoundNotEnded);
        outlast(second);
        assert_noop!(try_advance(second), Error::<Test>::LastRoundNotEnded);
        // Nothing was delivered in the first round.
        advance(first);
        assert_eq!(round_of(first).phase, Phase::Void);
        assert_ok!(try_advance(second));
        assert_eq!(round_of(second).phase, Phase::Frozen);
    });
}

#[test]
fn an_empty_round_does_not_let_the_next_one_overtake_the_last() {
    execute(|| {
        create(1);
        let first = open();
        commit_slices(first);
        commit(ALICE, first, 4);
        end_committing(first);
        let second = open();
        outlast(second);
        assert_noop!(try_advance(second), Error::<Test>::LastRoundNotEnded);
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::LastRoundCommitting
        );
        // Nothing was delivered in the first round.
        outlast(first);
        advance(first);
        advance(second);
        assert_eq!(round_of(second).phase, Phase::Void);
        open();
    });
}

#[test]
fn slices_are_picked_with_the_second_change_of_epoch_after_the_freeze() {
    execute(|| {
        let round = frozen(2);
        assert_noop!(try_advance(round), Error::<Test>::RandomnessNotKnown);
        next_epoch();
        assert_noop!(try_advance(round), Error::<Test>::RandomnessNotKnown);
        next_epoch();
        let second = Oracle::of(2);
        // A later one changes nothing.
        next_epoch();
        assert_ok!(try_advance(round));
        let found = round_of(round);
        assert_eq!(found.randomness, Some(second));
        assert_eq!(found.seats.len(), 2);
        for (index, seat) in found.seats.iter().enumerate() {
            assert_eq!(seat.provider, PROVIDER + index as u64);
            let slice = hashing::pick(second, 0, round, index as u8, 0, 4);
            assert_eq!(u64::from(seat.slice), slice);
            System::assert_has_event(
                Event::SlicePicked {
                    datanet: 0,
                    round,
                    seat: index as u8,
                    provider: seat.provider,
                    slice: seat.slice,
                    deadline: System::block_number() as u32 + 5,
                }
                .into(),
            );
        }
        assert_eq!(Datanets::seats(0, round), found.seats);
    });
}

#[test]
fn skipped_epochs_count_as_one_change() {
    execute(|| {
        let round = frozen(1);
        Oracle::skip(5);
        pass(1);
        assert_noop!(try_advance(round), Error::<Test>::RandomnessNotKnown);
        Oracle::skip(3);
        pass(1);
        assert_ok!(try_advance(round));
        assert_eq!(round_of(round).randomness, Some(Oracle::of(8)));
    });
}

#[test]
fn a_round_whose_randomness_is_forgotten_is_void() {
    execute(|| {
        let round = frozen(1);
        (0..65).for_each(|_| next_epoch());
        // The 65th change is the 64th counted from that which picks: that one is still there.
        assert_eq!(Epochs::<Test>::iter_keys().count(), 64);
        next_epoch();
        advance(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        assert_eq!(total(ALICE), WEALTH);
        assert_eq!(free(PROVIDER), WEALTH);
    });
}

#[test]
fn the_oldest_randomness_that_is_kept_still_picks() {
    execute(|| {
        let round = frozen(1);
        (0..65).for_each(|_| next_epoch());
        advance(round);
        assert_eq!(round_of(round).randomness, Some(Oracle::of(2)));
    });
}

#[test]
fn the_share_of_a_provider_without_slices_is_anothers() {
    execute(|| {
        create(4);
        let round = open();
        commit_slices_of(11, round);
        commit_slices_of(13, round);
        let contribution = commit(ALICE, round, 4);
        end_committing(round);
        deliver(contribution);
        end_delivering(round);
        pick(round);
        let seats = round_of(round).seats;
        assert_eq!(seats.len(), 4);
        assert_eq!(seats[1].provider, 11);
        assert_eq!(seats[3].provider, 13);
        for seat in &seats {
            assert!([11, 13].contains(&seat.provider));
        }
        reveal_all(round);
        assert_eq!(round_of(round).phase, Phase::Revealed);
    });
}

#[test]
fn nobody_stands_in_for_more_than_half_of_the_seats() {
    execute(|| {
        create(4);
        for present in [[10, 11], [10, 13], [12, 13]] {
            let round = open();
            for provider in present {
                commit_slices_of(provider, round);
            }
            let contribution = commit(ALICE, round, 4);
            end_committing(round);
            deliver(contribution);
            end_delivering(round);
            pick(round);
            for provider in present {
                let seats = round_of(round).seats;
                let held = seats.iter().filter(|seat| seat.provider == provider);
                assert_eq!(held.count(), 2);
            }
            reveal_all(round);
            assert_ok!(<Datanets as Snapshots<_>>::void(0, round));
        }
    });
}

#[test]
fn a_round_whose_seats_cannot_be_filled_is_void_before_anything_is_shown() {
    for (providers, missing) in [(1, 1), (2, 1), (3, 1), (4, 3)] {
        execute(|| {
            let even = Recipe {
                benchmark: 24,
                ..recipe()
            };
            create_with(even, providers);
            let round = open_sponsored(50, 70_000);
            for provider in PROVIDER..PROVIDER + providers - missing {
                let hashes = vec![H256::zero(); 4];
                assert_ok!(Datanets::commit_slices(signed(provider), 0, round, hashes));
            }
            commit(ALICE, round, 4);
            end_committing(round);
            assert_eq!(round_of(round).phase, Phase::Void);
            assert_eq!(free(ALICE), WEALTH);
            assert_eq!(free(SPONSOR), WEALTH);
            for provider in PROVIDER..PROVIDER + providers {
                assert_eq!(free(provider), WEALTH);
            }
        });
    }
}

#[test]
fn picked_slices_are_waited_for() {
    execute(|| {
        let round = frozen(1);
        pick(round);
        pass(5);
        assert_noop!(try_advance(round), Error::<Test>::TooEarly);
    });
}

#[test]
fn a_silent_provider_loses_its_bond_and_its_seat() {
    execute(|| {
        let round = frozen(4);
        pick(round);
        reveal_all_but(round, &[1]);
        let issued = Balances::total_issuance();
        outlast(round);
        assert_ok!(try_advance(round));
        System::assert_has_event(
            Event::ProviderSilent {
                datanet: 0,
                round,
                provider: 11,
                burnt: 5_000,
            }
            .into(),
        );
        assert_eq!(held(11, HoldReason::Provider), 0);
        assert_eq!(free(11), WEALTH - 5_000);
        assert_eq!(Balances::total_issuance(), issued - 5_000);
        let found = round_of(round);
        let other = found.seats[1].provider;
        assert_ne!(other, 11);
        assert_eq!(found.seats[1].attempt, 1);
        let own = &found.seats[(other - PROVIDER) as usize];
        assert_ne!(found.seats[1].slice, own.slice);
        // What was revealed stays, and a fresh deadline is set.
        assert!(found.seats[0].root.is_some());
        assert_eq!(
            found.deadline.map(u64::from),
            Some(System::block_number() + 5)
        );
        reveal(round, 1);
        assert_eq!(round_of(round).phase, Phase::Revealed);
    });
}

#[test]
fn half_a_slice_is_silence() {
    execute(|| {
        let round = frozen(4);
        pick(round);
        reveal_all_but(round, &[0]);
        let number = round_of(round).seats[0].slice;
        assert_ok!(Datanets::reveal(
            signed(10),
            0,
            round,
            0,
            0,
            slice(number, 2)[..3].to_vec(),
            None
        ));
        outlast(round);
        advance(round);
        assert_eq!(held(10, HoldReason::Provider), 0);
        assert_eq!(Datanets::revealing(0, round, 0), None);
        assert_ne!(round_of(round).seats[0].provider, 10);
    });
}

#[test]
fn the_slices_of_all_silent_providers_are_replaced_at_once() {
    execute(|| {
        let round = frozen(4);
        pick(round);
        reveal_all_but(round, &[0, 3]);
        outlast(round);
        advance(round);
        let found = round_of(round);
        let mut others = [0, 3].map(|seat| found.seats[seat].provider);
        others.sort_unstable();
        assert_eq!(others, [11, 12], "one each: none has more than half");
        for provider in [10, 13] {
            assert_eq!(held(provider, HoldReason::Provider), 0);
        }
        reveal_all_but(round, &[1, 2]);
        assert_eq!(round_of(round).phase, Phase::Revealed);
    });
}

fn reveal_all_but(round: RoundNumber, left: &[u8]) {
    (0..4)
        .filter(|seat| !left.contains(seat))
        .for_each(|seat| reveal(round, seat));
}

#[test]
fn a_round_of_which_one_provider_would_measure_more_than_half_is_void() {
    for (providers, silent) in [(2u8, 1u8), (4, 3)] {
        execute(|| {
            let round = frozen(providers.into());
            pick(round);
            (silent..providers).for_each(|seat| reveal(round, seat));
            outlast(round);
            advance(round);
            assert_eq!(round_of(round).phase, Phase::Void);
            for provider in 0..u64::from(providers) {
                let burnt = if provider < silent.into() { 5_000 } else { 0 };
                assert_eq!(free(PROVIDER + provider), WEALTH - burnt);
            }
            // What was delivered waits: nobody has earned by the silence.
            assert_eq!(Datanets::waiting(0).len(), 1);
            assert_eq!(total(ALICE), WEALTH);
        });
    }
}

#[test]
fn a_round_whose_providers_are_all_silent_is_void() {
    execute(|| {
        create(2);
        let round = open_sponsored(50, 70_000);
        commit_slices(round);
        commit(ALICE, round, 4);
        commit(BOB, round, 5);
        end_committing(round);
        deliver(0);
        end_delivering(round);
        pick(round);
        outlast(round);
        advance(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        // Alice delivered, Bob did not.
        assert_eq!(free(ALICE), WEALTH - 12_000 - 4 * 7);
        assert_eq!(free(BOB), WEALTH - 15_000);
        assert_eq!(free(SPONSOR), WEALTH);
        assert_eq!(free(10), WEALTH - 70_000);
        assert_eq!(free(11), WEALTH - 70_000);
        System::assert_last_event(
            Event::RoundVoided {
                datanet: 0,
                round,
                phase: Phase::Frozen,
                waiting: 1,
            }
            .into(),
        );
    });
}

#[test]
fn silence_after_silence_ends_in_a_void_round() {
    execute(|| {
        let round = frozen(4);
        pick(round);
        reveal_all_but(round, &[0, 3]);
        outlast(round);
        advance(round);
        // The two others are asked for a second slice now, and one of them is silent.
        let [first, second] = [0, 3].map(|seat| round_of(round).seats[seat].provider);
        reveal(round, 0);
        outlast(round);
        advance(round);
        assert_eq!(round_of(round).phase, Phase::Void);
        for provider in [10, 13, second] {
            assert_eq!(free(provider), WEALTH - 5_000);
        }
        assert_eq!(free(first), WEALTH);
        assert_eq!(total(ALICE), WEALTH);
    });
}

#[test]
fn a_round_that_is_valued_or_has_ended_is_not_moved_on_here() {
    execute(|| {
        create(1);
        let void = open();
        end_committing(void);
        assert_noop!(try_advance(void), Error::<Test>::WrongPhase);
        let round = open();
        reveal_round(round, &[(ALICE, 4)]);
        assert_noop!(try_advance(round), Error::<Test>::WrongPhase);
    });
}

#[test]
fn unknown_datanets_and_rounds_and_unsigned_calls_are_refused() {
    execute(|| {
        assert_noop!(try_advance(1), Error::<Test>::DatanetNotFound);
        create(1);
        assert_noop!(try_advance(1), Error::<Test>::RoundNotFound);
        assert!(matches!(
            Datanets::advance(RuntimeOrigin::none(), 0, 1),
            Err(error) if error.error == DispatchError::BadOrigin
        ));
    });
}
