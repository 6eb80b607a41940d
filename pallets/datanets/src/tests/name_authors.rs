use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Authors, Share},
    datanets::{Phase, Value, Values},
    ids::ContributionNumber,
    roles::Snapshots,
    Balance,
};

use crate::{
    mock::{Datanets, *},
    *,
};

/// What the place of so many authors costs: an item, a length, and twelve bytes each of an account of eight.
fn price(authors: Balance) -> Balance {
    100 + 1 + 12 * authors
}

fn authors(of: &[AccountId]) -> Authors<AccountId> {
    let part = Perbill::from_rational(1, of.len() as u32);
    let authors = of.iter().map(|account| Share {
        account: *account,
        part,
    });
    Authors::truncate_from(authors.collect())
}

fn name(who: AccountId, number: ContributionNumber, of: &[AccountId]) -> DispatchResult {
    Datanets::name_authors(signed(who), 0, number, authors(of))
}

fn conclude(round: u32, of: &[(ContributionNumber, i128)]) {
    let values = of.iter().map(|(number, value)| Value {
        number: *number,
        value: *value,
    });
    let values = Values::truncate_from(values.collect());
    assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
    assert_ok!(<Datanets as Snapshots<_>>::conclude(
        0, round, &EVALUATOR, values, 100, 200
    ));
}

#[test]
fn a_contributor_shares_what_a_contribution_earns_and_pays_alone() {
    execute(|| {
        create(1);
        let round = open();
        let number = commit(ALICE, round, 4);
        let before = (contribution_of(number).bond, total(BOB));
        assert_ok!(name(ALICE, number, &[ALICE, BOB]));
        let found = contribution_of(number);
        assert_eq!(found.authors, 2);
        assert_eq!(found.bond, before.0 + price(2));
        assert_eq!(held(ALICE, HoldReason::Contribution), found.bond);
        assert_eq!(
            (total(BOB), held(BOB, HoldReason::Contribution)),
            (before.1, 0)
        );
        assert_eq!(Pools::authors(number), Some(authors(&[ALICE, BOB])));
        System::assert_last_event(
            Event::AuthorsNamed {
                datanet: 0,
                contribution: number,
                authors: authors(&[ALICE, BOB]),
                deposit: price(2),
            }
            .into(),
        );
    });
}

#[test]
fn only_the_contributor_names_authors_and_only_once() {
    execute(|| {
        create(1);
        let round = open();
        let number = commit(ALICE, round, 4);
        assert_noop!(name(BOB, number, &[BOB]), Error::<Test>::NotAuthorized);
        assert_noop!(
            name(ALICE, number + 1, &[ALICE]),
            Error::<Test>::ContributionNotFound
        );
        assert_noop!(
            Datanets::name_authors(RuntimeOrigin::none(), 0, number, authors(&[ALICE])),
            DispatchError::BadOrigin
        );
        assert_ok!(name(ALICE, number, &[BOB]));
        assert_noop!(
            name(ALICE, number, &[ALICE]),
            DispatchError::Other("named before")
        );
    });
}

#[test]
fn nobody_becomes_an_author_once_records_may_be_seen() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let number = commit(ALICE, round, 4);
        let deadline = round_of(round).deadline.unwrap();
        run_to(u64::from(deadline) + 1);
        assert_noop!(name(ALICE, number, &[BOB]), Error::<Test>::DeadlinePassed);
        advance(round);
        assert_eq!(round_of(round).phase, Phase::Delivering);
        assert_noop!(name(ALICE, number, &[BOB]), Error::<Test>::WrongPhase);
    });
}

#[test]
fn who_cannot_pay_for_the_place_names_nobody() {
    execute(|| {
        create(1);
        let round = open();
        let number = commit(ALICE, round, 4);
        leave(ALICE, 10 + price(2) - 1);
        assert_noop!(
            name(ALICE, number, &[ALICE, BOB]),
            Error::<Test>::DepositNotPayable
        );
        assert_ok!(name(ALICE, number, &[ALICE]));
    });
}

#[test]
fn authors_are_forgotten_with_what_lapses_is_rejected_or_given_back() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let numbers = [ALICE, BOB, CAROL].map(|who| {
            let number = commit(who, round, 4);
            assert_ok!(name(who, number, &[STRANGER, who]));
            number
        });
        end_committing(round);
        deliver(numbers[0]);
        deliver(numbers[1]);
        // The third one is not delivered: all of its deposit is burnt.
        let bond = contribution_of(numbers[2]).bond;
        end_delivering(round);
        assert_eq!(total(CAROL), WEALTH - bond);
        pick(round);
        reveal_all(round);
        conclude(round, &[(numbers[0], 5), (numbers[1], 0)]);
        assert_eq!(
            numbers.map(|number| Pools::authors(number).is_some()),
            [true, false, false]
        );
        assert_eq!(contribution_of(numbers[1]).authors, 0);

        // Nobody commits slices: the round comes to nothing at once.
        let void = open();
        let number = commit(BOB, void, 4);
        assert_ok!(name(BOB, number, &[ALICE]));
        end_committing(void);
        assert_eq!(round_of(void).phase, Phase::Void);
        assert_eq!(Pools::authors(number), None);
    });
}

#[test]
fn what_waits_after_a_void_round_keeps_its_authors_until_it_is_reclaimed() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let number = commit(ALICE, round, 4);
        assert_ok!(name(ALICE, number, &[ALICE, BOB]));
        end_committing(round);
        deliver(number);
        end_delivering(round);
        pick(round);
        reveal_all(round);
        assert_ok!(<Datanets as Snapshots<_>>::void(0, round));
        assert!(Pools::authors(number).is_some());
        assert_ok!(Datanets::reclaim(signed(ALICE), 0, number));
        assert_eq!(Pools::authors(number), None);
        assert_eq!(
            (total(ALICE), held(ALICE, HoldReason::Contribution)),
            (WEALTH, 0)
        );
    });
}

#[test]
fn what_earns_keeps_the_price_of_its_authors_and_of_its_pay_on_hold() {
    execute(|| {
        create(1);
        let round = open_sponsored(80_000, 70_000);
        commit_slices(round);
        let [shared, alone, unpaid] = [ALICE, BOB, CAROL].map(|who| commit(who, round, 4));
        assert_ok!(name(ALICE, shared, &[ALICE, BOB, CAROL]));
        assert_ok!(name(CAROL, unpaid, &[CAROL, BOB]));
        end_committing(round);
        [shared, alone, unpaid].into_iter().for_each(deliver);
        end_delivering(round);
        pick(round);
        reveal_all(round);
        let unit = recipe().unit() as i128;
        conclude(round, &[(shared, unit / 2), (alone, unit / 4), (unpaid, 1)]);
        let place = Pallet::<Test>::place_of().unwrap();
        for (number, price) in [
            (shared, 2 * place + price(3)),
            (alone, place),
            (unpaid, place + price(2)),
        ] {
            assert_eq!(contribution_of(number).bond, price);
        }
    });
}

#[test]
fn a_call_costs_by_the_number_of_authors() {
    execute(|| {
        create(1);
        let number = commit(ALICE, open(), 4);
        let call = Call::name_authors {
            datanet: 0,
            contribution: number,
            authors: authors(&[ALICE, BOB, CAROL]),
        };
        assert_eq!(weigh(ALICE, call), (25_000_003, 25_000_003));
    });
}
