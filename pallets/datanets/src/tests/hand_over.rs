use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Authors, Share},
    datanets::{Value, Values},
    ids::{ContributionNumber, RoundNumber},
    roles::Snapshots,
    Balance,
};

use crate::{
    mock::{Datanets, *},
    *,
};

/// What the place of a single author costs: an item, a length, and twelve bytes of an account of eight and its part.
const PRICE: Balance = 100 + 1 + 12;

fn hand_over(who: AccountId, number: ContributionNumber, to: AccountId) -> DispatchResult {
    Datanets::hand_over(signed(who), 0, number, to)
}

fn authors(of: &[(AccountId, u32)]) -> Authors<AccountId> {
    let authors = of.iter().map(|(account, percent)| Share {
        account: *account,
        part: Perbill::from_percent(*percent),
    });
    Authors::truncate_from(authors.collect())
}

/// Contributions 0 and 1 have these values.
fn conclude(round: RoundNumber, values: [i128; 2]) {
    let values = (0..)
        .zip(values)
        .map(|(number, value)| Value { number, value });
    assert_ok!(<Datanets as Snapshots<_>>::publish(0, round));
    assert_ok!(<Datanets as Snapshots<_>>::conclude(
        0,
        round,
        &EVALUATOR,
        Values::truncate_from(values.collect()),
        100,
        200
    ));
}

/// A final round of which contribution 0 of Alice is admitted, and 1 of Bob is rejected.
fn concluded() {
    create(1);
    let round = open();
    reveal_round(round, &[(ALICE, 4), (BOB, 4)]);
    conclude(round, [5, -1]);
}

#[test]
fn a_contributor_hands_over_all_that_a_contribution_will_earn_and_pays_for_the_place_once() {
    execute(|| {
        concluded();
        let before = contribution_of(0);
        assert_ok!(hand_over(ALICE, 0, CAROL));
        let found = contribution_of(0);
        assert_eq!(Pools::authors(0), Some(authors(&[(CAROL, 100)])));
        assert_eq!(
            (found.contributor, found.authors, found.bond),
            (ALICE, 1, before.bond + PRICE)
        );
        assert_eq!(held(ALICE, HoldReason::Contribution), found.bond);
        assert_eq!(held(CAROL, HoldReason::Contribution), 0);
        System::assert_last_event(
            Event::HandedOver {
                datanet: 0,
                contribution: 0,
                from: ALICE,
                to: CAROL,
                deposit: PRICE,
            }
            .into(),
        );

        assert_ok!(hand_over(CAROL, 0, STRANGER));
        assert_eq!(Pools::authors(0), Some(authors(&[(STRANGER, 100)])));
        assert_eq!(contribution_of(0), found);
        System::assert_last_event(
            Event::HandedOver {
                datanet: 0,
                contribution: 0,
                from: CAROL,
                to: STRANGER,
                deposit: 0,
            }
            .into(),
        );
    });
}

#[test]
fn who_handed_over_decides_about_the_data_still_and_about_the_money_no_more() {
    execute(|| {
        concluded();
        assert_ok!(hand_over(ALICE, 0, CAROL));
        assert_noop!(
            hand_over(ALICE, 0, STRANGER),
            DispatchError::Other("not an author")
        );
        assert_noop!(
            Datanets::withdraw_consent(signed(CAROL), 0, 0),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(Datanets::withdraw_consent(signed(ALICE), 0, 0));
    });
}

#[test]
fn an_author_hands_over_a_part_before_and_after_the_records_are_valued() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let number = commit(ALICE, round, 4);
        let shared = authors(&[(ALICE, 40), (BOB, 60)]);
        assert_ok!(Datanets::name_authors(signed(ALICE), 0, number, shared));
        let before = contribution_of(number);
        assert_ok!(hand_over(BOB, number, CAROL));
        assert_eq!(
            Pools::authors(number),
            Some(authors(&[(ALICE, 40), (CAROL, 60)]))
        );
        assert_eq!(contribution_of(number), before);
        assert_noop!(
            hand_over(BOB, number, STRANGER),
            DispatchError::Other("not an author")
        );
    });
}

#[test]
fn what_was_handed_over_before_it_is_valued_keeps_its_price_or_is_forgotten() {
    execute(|| {
        create(1);
        let round = open();
        commit_slices(round);
        let numbers = [ALICE, BOB].map(|who| commit(who, round, 4));
        assert_ok!(hand_over(ALICE, numbers[0], CAROL));
        end_committing(round);
        deliver(numbers[0]);
        deliver(numbers[1]);
        assert_ok!(hand_over(BOB, numbers[1], CAROL));
        end_delivering(round);
        pick(round);
        reveal_all(round);
        conclude(round, [1, 0]);
        let place = Pallet::<Test>::place_of().unwrap();
        assert_eq!(contribution_of(numbers[0]).bond, place + PRICE);
        assert_eq!(contribution_of(numbers[1]).authors, 0);
        assert_eq!(Pools::authors(numbers[1]), None);
    });
}

#[test]
fn nobody_hands_over_what_is_not_theirs_or_earns_nothing() {
    execute(|| {
        concluded();
        assert_noop!(hand_over(CAROL, 0, CAROL), Error::<Test>::NotAuthorized);
        assert_noop!(hand_over(ALICE, 0, ALICE), Error::<Test>::AlreadyPaid);
        assert_noop!(
            hand_over(ALICE, 2, CAROL),
            Error::<Test>::ContributionNotFound
        );
        assert_noop!(hand_over(BOB, 1, CAROL), Error::<Test>::EarnsNothing);
        assert_noop!(
            Datanets::hand_over(RuntimeOrigin::none(), 0, 0, CAROL),
            DispatchError::BadOrigin
        );
        leave(ALICE, 10 + PRICE - 1);
        assert_noop!(hand_over(ALICE, 0, CAROL), Error::<Test>::DepositNotPayable);
    });
}
