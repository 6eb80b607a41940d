use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_runtime::{DispatchResult, Perbill};
use tributary_primitives::{
    assets::Share,
    datanets::{Phase, Recipe, Value, Values},
    hashing,
    ids::{ContributionNumber, RoundNumber},
    ledger::Vesting,
    merkle::Range,
    roles::Snapshots,
    Balance,
};

use crate::{
    mock::{Datanets, *},
    *,
};

fn values(of: &[(ContributionNumber, i128)]) -> Values {
    of.iter()
        .map(|(number, value)| Value {
            number: *number,
            value: *value,
        })
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

fn conclude_as(
    evaluator: AccountId,
    round: RoundNumber,
    of: &[(ContributionNumber, i128)],
) -> DispatchResult {
    <Datanets as Snapshots<_>>::conclude(0, round, &evaluator, values(of), 100, 200)
}

fn conclude(round: RoundNumber, of: &[(ContributionNumber, i128)]) -> DispatchResult {
    conclude_as(EVALUATOR, round, of)
}

/// A published round with these contributions.
fn publish(round: RoundNumber, contributions: &[(AccountId, u16)]) -> Vec<ContributionNumber> {
    let numbers = reveal_round(round, contributions);
    assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
    numbers
}

/// A share of the value of a whole round: accuracy 1.0 divided by `parts`.
fn part(parts: i128) -> i128 {
    recipe().unit() as i128 / parts
}

#[test]
fn positive_contributions_are_admitted_and_others_rejected() {
    execute(|| {
        create(1);
        let round = open();
        publish(round, &[(ALICE, 4), (BOB, 4), (CAROL, 4)]);
        assert_ok!(conclude(round, &[(0, 5), (1, 0), (2, -3)]));
        let status = |number| contribution_of(number).status;
        assert_eq!(status(0), Status::Admitted);
        assert_eq!(status(1), Status::Rejected);
        assert_eq!(status(2), Status::Rejected);
        assert_eq!(contribution_of(2).value, -3);
        let found = round_of(round);
        assert_eq!(found.phase, Phase::Final);
        assert_eq!(
            found.outcome,
            Some(Outcome {
                evaluator: EVALUATOR,
                before: 100,
                after: 200,
            })
        );
    });
}

#[test]
fn the_pool_has_the_weights_of_all_rounds() {
    execute(|| {
        create(1);
        let first = open();
        publish(first, &[(ALICE, 4), (BOB, 4)]);
        assert_ok!(conclude(first, &[(0, 5), (1, -1)]));
        let mut range = Range::default();
        range.append(hashing::weight_leaf(0, &ALICE), 5).unwrap();
        let opened = Pools::opened(0, first).unwrap();
        assert_eq!(opened.root, range.root().hash);
        assert_eq!((opened.total_weight, opened.count), (5, 1));

        let second = open();
        publish(second, &[(BOB, 4), (CAROL, 4)]);
        assert_ok!(conclude(second, &[(2, 7), (3, 9)]));
        range.append(hashing::weight_leaf(2, &BOB), 7).unwrap();
        range.append(hashing::weight_leaf(3, &CAROL), 9).unwrap();
        let opened = Pools::opened(0, second).unwrap();
        assert_eq!(opened.root, range.root().hash);
        assert_eq!((opened.total_weight, opened.count), (21, 3));
        let details = Datanets::datanet(0).unwrap();
        assert_eq!(details.weights, range.root());
        assert_eq!(details.admitted, 3);
    });
}

/// The test recipe, with pay that vests in four parts.
fn vesting() -> Recipe {
    Recipe {
        vesting: 4,
        ..recipe()
    }
}

#[test]
fn half_of_the_pay_vests_as_the_recipe_says() {
    execute(|| {
        create_with(vesting(), 1);
        let round = open_sponsored(80_000, 70_000);
        publish(round, &[(ALICE, 4), (BOB, 4), (CAROL, 4)]);
        let odd = part(4) + part(70_000);
        assert_ok!(conclude(round, &[(0, part(2)), (1, odd), (2, 0)]));
        assert_eq!(
            Pools::opened(0, round).unwrap().vesting,
            Vesting {
                parts: 4,
                // 10 to commit, 20 to deliver, 5 to reveal, and 23 for the window, twice.
                blocks: 81,
            }
        );
        assert_eq!(total(ALICE), WEALTH + 20_000 - 28);
        assert_eq!(total(BOB), WEALTH + 10_001 - 28);
        let left = [0, 1, 2].map(|number| Pools::vesting(0, round, number));
        assert_eq!(left, [Some(20_000), Some(10_000), None]);
        // What the sponsor pays is what it was: the rest went back.
        assert_eq!(free(SPONSOR), WEALTH - 60_001);
    });
}

#[test]
fn a_contribution_pays_for_the_place_of_what_vests() {
    execute(|| {
        create_with(vesting(), 1);
        let round = open_sponsored(80_000, 70_000);
        publish(round, &[(ALICE, 4), (BOB, 4), (CAROL, 4)]);
        // The last one earns half a unit, which is none.
        let little = part(160_000);
        assert_ok!(conclude(round, &[(0, part(2)), (1, -1), (2, little)]));
        let place = 100 + ContributionOf::<Test>::max_encoded_len() as Balance;
        for (number, who, places) in [(0, ALICE, 2), (1, BOB, 1), (2, CAROL, 1)] {
            assert_eq!(contribution_of(number).bond, places * place);
            assert_eq!(held(who, HoldReason::Contribution), places * place);
        }
    });
}

#[test]
fn a_round_that_admits_nothing_opens_a_pool_without_weight() {
    execute(|| {
        create(1);
        let round = open();
        publish(round, &[(ALICE, 4)]);
        assert_ok!(conclude(round, &[(0, -5)]));
        let opened = Pools::opened(0, round).unwrap();
        assert_eq!((opened.total_weight, opened.count), (0, 0));
        assert!(opened.root.is_zero());
    });
}

#[test]
fn the_crew_is_the_steward_the_evaluator_and_the_providers_of_the_slices() {
    execute(|| {
        create(4);
        let round = open();
        publish(round, &[(ALICE, 4)]);
        assert_ok!(conclude(round, &[(0, 5)]));
        let share = |account, millionths: u32| Share {
            account,
            part: Perbill::from_parts(millionths * 1_000),
        };
        assert_eq!(
            Pools::opened(0, round).unwrap().crew.to_vec(),
            [
                share(STEWARD, 40_000),
                share(EVALUATOR, 50_000),
                share(10, 15_000),
                share(11, 15_000),
                share(12, 15_000),
                share(13, 15_000),
            ]
        );
    });
}

#[test]
fn a_crew_names_no_account_twice_and_no_empty_part() {
    execute(|| {
        let lean = Recipe {
            steward_share: Perbill::zero(),
            ..recipe()
        };
        create_with(lean, 4);
        let round = open();
        // Two of four commit: each has two seats, or one of them three.
        commit_slices_of(10, round);
        commit_slices_of(11, round);
        let contribution = commit(ALICE, round, 4);
        end_committing(round);
        deliver(contribution);
        end_delivering(round);
        pick(round);
        reveal_all(round);
        assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
        assert_ok!(conclude_as(10, round, &[(0, 5)]));
        let crew = Pools::opened(0, round).unwrap().crew;
        let seats = |who| {
            let seats = round_of(round).seats;
            seats.iter().filter(|seat| seat.provider == who).count() as u32
        };
        assert_eq!(
            crew.to_vec(),
            [
                Share {
                    account: 10,
                    part: Perbill::from_parts(50_000_000 + seats(10) * 15_000_000),
                },
                Share {
                    account: 11,
                    part: Perbill::from_parts(seats(11) * 15_000_000),
                },
            ]
        );
    });
}

#[test]
fn a_silent_provider_is_not_of_the_crew() {
    execute(|| {
        create(4);
        let round = open();
        commit_slices(round);
        let contribution = commit(ALICE, round, 4);
        end_committing(round);
        deliver(contribution);
        end_delivering(round);
        pick(round);
        for seat in [0, 2, 3] {
            reveal(round, seat);
        }
        pass(6);
        advance(round);
        let other = round_of(round).seats[1].provider;
        reveal(round, 1);
        assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
        assert_ok!(conclude(round, &[(0, 5)]));
        let crew = Pools::opened(0, round).unwrap().crew;
        assert!(crew.iter().all(|share| share.account != 11));
        let provider = crew.iter().find(|share| share.account == other).unwrap();
        assert_eq!(provider.part, Perbill::from_percent(3));
        assert_eq!(free(11), WEALTH - 5_000);
        assert_eq!(free(other), WEALTH);
    });
}

#[test]
fn a_sponsor_pays_the_price_of_what_it_covers() {
    execute(|| {
        create(1);
        // 80,000 for an accuracy of 1.0, of which three quarters are gained.
        let round = open_sponsored(80_000, 70_000);
        publish(round, &[(ALICE, 4), (BOB, 4), (CAROL, 4)]);
        assert_ok!(conclude(
            round,
            &[(0, part(2)), (1, part(4)), (2, -part(8))]
        ));
        // Fees of four records at 7.
        assert_eq!(total(ALICE), WEALTH + 40_000 - 28);
        assert_eq!(total(BOB), WEALTH + 20_000 - 28);
        // The same price for what was lost, burnt.
        assert_eq!(total(CAROL), WEALTH - 10_000 - 28);
        assert_eq!(free(SPONSOR), WEALTH - 60_000);
        assert_eq!(free(EVALUATOR), WEALTH + 3 * 28);
        assert_eq!(free(PROVIDER), WEALTH);
        System::assert_has_event(
            Event::ContributionValued {
                datanet: 0,
                round,
                contribution: 2,
                contributor: CAROL,
                records: 4,
                value: -part(8),
                weight: 0,
                paid: 0,
                burnt: 10_000,
                status: Status::Rejected,
            }
            .into(),
        );
        let pool = Pools::opened(0, round).unwrap();
        System::assert_last_event(
            Event::RoundConcluded {
                datanet: 0,
                round,
                evaluator: EVALUATOR,
                before: 100,
                after: 200,
                admitted: 2,
                root: pool.root,
                weight: pool.total_weight,
                withdrawn: 0,
                paid: 60_000,
                fees: 84,
            }
            .into(),
        );
    });
}

#[test]
fn a_budget_that_is_too_small_is_shared_in_proportion() {
    execute(|| {
        create(1);
        let round = open_sponsored(80_000, 30_000);
        publish(round, &[(ALICE, 4), (BOB, 4), (CAROL, 4)]);
        assert_ok!(conclude(
            round,
            &[(0, part(2)), (1, part(4)), (2, -part(8))]
        ));
        // Half of what the price comes to, for gains and for losses.
        assert_eq!(total(ALICE), WEALTH + 20_000 - 28);
        assert_eq!(total(BOB), WEALTH + 10_000 - 28);
        assert_eq!(total(CAROL), WEALTH - 5_000 - 28);
        assert_eq!(free(SPONSOR), WEALTH - 30_000);
    });
}

#[test]
fn nobody_loses_more_than_the_bond() {
    execute(|| {
        create(1);
        let round = open_sponsored(1_000_000, 70_000);
        publish(round, &[(ALICE, 4), (BOB, 4)]);
        assert_ok!(conclude(round, &[(0, -part(2)), (1, -part(800))]));
        assert_eq!(total(ALICE), WEALTH - 12_000 - 28);
        assert_eq!(total(BOB), WEALTH - 1_250 - 28);
        assert_eq!(free(SPONSOR), WEALTH);
    });
}

#[test]
fn what_is_lost_goes_to_nobody() {
    execute(|| {
        create(1);
        let round = open_sponsored(80_000, 70_000);
        publish(round, &[(ALICE, 4)]);
        let issued = Balances::total_issuance();
        assert_ok!(conclude(round, &[(0, -part(8))]));
        assert_eq!(Balances::total_issuance(), issued - 10_000);
    });
}

#[test]
fn without_a_sponsor_nothing_is_paid_and_nothing_is_lost() {
    execute(|| {
        create(1);
        let round = open();
        publish(round, &[(ALICE, 4), (BOB, 4)]);
        assert_ok!(conclude(round, &[(0, part(2)), (1, -part(2))]));
        assert_eq!(total(ALICE), WEALTH - 28);
        assert_eq!(total(BOB), WEALTH - 28);
        assert_eq!(free(EVALUATOR), WEALTH + 56);
    });
}

#[test]
fn an_evaluator_that_contributed_pays_itself() {
    execute(|| {
        create(1);
        let round = open();
        publish(round, &[(ALICE, 4), (BOB, 4)]);
        assert_ok!(conclude_as(ALICE, round, &[(0, 1), (1, 1)]));
        assert_eq!(total(ALICE), WEALTH + 28);
        assert_eq!(total(BOB), WEALTH - 28);
    });
}

#[test]
fn an_evaluator_whose_account_is_gone_holds_up_no_round() {
    execute(|| {
        create(1);
        Recipes::<Test>::mutate(0, |recipe| {
            recipe.as_mut().expect("it exists").fee_per_record = 2;
        });
        let round = open();
        publish(round, &[(ALICE, 4), (BOB, 5), (CAROL, 4)]);
        let gone = 99;
        assert_ok!(conclude_as(gone, round, &[(0, 1), (1, 1), (2, 1)]));
        assert_eq!(round_of(round).phase, Phase::Final);
        // The second fee, 10, is as much as an account needs; the first one, 8, is not.
        let totals = [ALICE, BOB, CAROL, gone].map(total);
        assert_eq!(totals, [WEALTH, WEALTH - 10, WEALTH - 8, 18]);
        let paid = events().into_iter().find_map(|event| match event {
            Event::RoundConcluded { fees, .. } => Some(fees),
            _ => None,
        });
        assert_eq!(paid, Some(18));
    });
}

#[test]
fn only_delivered_contributions_are_valued() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        commit(ALICE, round, 4);
        commit(BOB, round, 4);
        commit(CAROL, round, 4);
        end_committing(round);
        deliver(0);
        deliver(2);
        end_delivering(round);
        pick(round);
        reveal_all(round);
        assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
        for wrong in [
            &[(0, 1)][..],
            &[(0, 1), (1, 1), (2, 1)],
            &[(2, 1), (0, 1)],
            &[(0, 1), (0, 1)],
            &[],
        ] {
            assert_noop!(conclude(round, wrong), Error::<Test>::ValuesMismatch);
        }
        assert_ok!(conclude(round, &[(0, 1), (2, 1)]));
    });
}

#[test]
fn a_round_is_concluded_once_and_only_when_it_is_published() {
    execute(|| {
        create(1);
        let round = open();
        assert_noop!(conclude(round, &[]), Error::<Test>::WrongPhase);
        reveal_round(round, &[(ALICE, 4)]);
        assert_noop!(conclude(round, &[(0, 1)]), Error::<Test>::WrongPhase);
        assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
        assert_ok!(conclude(round, &[(0, 1)]));
        assert_noop!(conclude(round, &[(0, 1)]), Error::<Test>::WrongPhase);
        assert_noop!(
            <Datanets as Snapshots<_>>::void(0, round),
            Error::<Test>::WrongPhase
        );
        assert_noop!(conclude(round + 1, &[]), Error::<Test>::RoundNotFound);
    });
}

#[test]
fn nothing_of_a_final_round_is_kept_but_what_was_valued() {
    execute(|| {
        create(2);
        let round = open_sponsored(80_000, 70_000);
        publish(round, &[(ALICE, 4), (BOB, 4)]);
        assert_ok!(conclude(round, &[(0, 1), (1, -1)]));
        assert!(Datanets::slices(0, round).is_empty());
        assert!(Newcomers::<Test>::get(0, round).is_empty());
        assert_eq!(Reveals::<Test>::iter_keys().count(), 0);
        assert_eq!(Deliveries::<Test>::iter_keys().count(), 0);
        assert_eq!(Pools::budget(0, round), None);
        assert_eq!(Datanets::frozen(0, round), None);
        for (who, number) in [(ALICE, 0), (BOB, 1)] {
            assert_eq!(contribution_of(number).bond, place());
            assert_eq!(held(who, HoldReason::Contribution), place());
        }
    });
}

#[test]
fn values_that_do_not_fit_together_are_refused() {
    execute(|| {
        create(1);
        let round = open();
        publish(round, &[(ALICE, 4), (BOB, 4), (CAROL, 4)]);
        assert_noop!(
            conclude(round, &[(0, i128::MAX), (1, i128::MAX), (2, i128::MAX)]),
            Error::<Test>::Overflow
        );
        assert_ok!(conclude(
            round,
            &[(0, i128::MAX), (1, i128::MAX), (2, i128::MIN)]
        ));
    });
}

#[test]
fn the_stewards_share_is_that_of_the_steward_when_the_pool_opens() {
    execute(|| {
        create(1);
        let round = open();
        publish(round, &[(ALICE, 4)]);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, BOB));
        assert_ok!(Datanets::accept_transfer(signed(BOB), 0));
        assert_ok!(conclude(round, &[(0, 1)]));
        assert_eq!(Pools::opened(0, round).unwrap().crew[0].account, BOB);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the values, money only changes hands or is burnt: a round pays at most its budget and takes at most the bonds.
    #[test]
    fn money_is_neither_made_nor_lost(
        of in proptest::collection::vec(-(1i128 << 70)..(1i128 << 70), 1..6),
        price in 1..1_000_000u128,
        budget in 1..1_000_000u128,
    ) {
        execute(|| {
            create(1);
            let round = open_sponsored(price, budget);
            let contributions: Vec<_> = (0..of.len())
                .map(|index| (ALICE + index as u64 % 4, 4))
                .collect();
            let numbers = publish(round, &contributions);
            let total = |fortunes: &std::collections::BTreeMap<_, (Balance, Balance)>| {
                fortunes.values().map(|(free, held)| free + held).sum::<Balance>()
            };
            let before = fortunes();
            let of: Vec<_> = numbers.into_iter().zip(of).collect();
            assert_ok!(conclude(round, &of));
            let after = fortunes();
            let (mut paid, mut burnt, mut fees) = (0, 0, 0);
            for event in events() {
                match event {
                    Event::ContributionValued { paid: p, burnt: b, .. } => {
                        paid += p;
                        burnt += b;
                    }
                    Event::RoundConcluded { paid: p, fees: f, .. } => {
                        assert_eq!(p, paid);
                        fees = f;
                    }
                    _ => (),
                }
            }
            assert!(paid <= budget);
            assert_eq!(total(&after) + burnt, total(&before));
            assert_eq!(free(SPONSOR), WEALTH - paid);
            assert_eq!(free(POT), WEALTH);
            assert_eq!(free(EVALUATOR), WEALTH + fees);
            assert_eq!(fees, of.len() as Balance * 28);
        });
    }
}

/// What a contribution keeps on hold for its entry in state.
fn place() -> Balance {
    100 + ContributionOf::<Test>::max_encoded_len() as Balance
}

#[test]
fn a_place_costs_no_more_than_is_left_of_the_bond() {
    execute(|| {
        create(1);
        // A point of accuracy is so dear that all of the bond but 50 is lost.
        let round = open_sponsored(80_000, 70_000);
        publish(round, &[(ALICE, 4), (BOB, 4)]);
        let unit = recipe().unit() as i128;
        let loss = (12_000 - 50) * unit / 80_000;
        assert_ok!(conclude(round, &[(0, part(2)), (1, -loss)]));
        let left = contribution_of(1).bond;
        assert!((50..=51).contains(&left) && left < place());
        assert_eq!(held(BOB, HoldReason::Contribution), left);
    });
}
