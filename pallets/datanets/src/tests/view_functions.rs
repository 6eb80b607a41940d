use frame_support::assert_ok;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn what_does_not_exist_is_nothing() {
    execute(|| {
        assert!(Datanets::datanet(0).is_none());
        assert!(Datanets::round(0, 1).is_none());
        assert!(Datanets::contribution(0, 0).is_none());
        assert!(Datanets::contributions(0, 1, 0).is_empty());
        assert!(Datanets::delivery(0, 0).is_none());
        assert!(Datanets::revealing(0, 1, 0).is_none());
        assert!(Datanets::slices(0, 1).is_empty());
        assert!(Datanets::seats(0, 1).is_empty());
        assert!(Datanets::pledged(0, SPONSOR).is_none());
        assert!(Datanets::costs(0, 10, 30).is_none());
    });
}

#[test]
fn contributions_come_in_pages() {
    execute(|| {
        create(1);
        let round = open();
        for _ in 0..100 {
            commit(ALICE, round, 2);
        }
        let numbers = |start| {
            Datanets::contributions(0, round, start)
                .into_iter()
                .map(|(number, _)| number)
                .collect::<Vec<_>>()
        };
        assert!(numbers(0).into_iter().eq(0..64));
        assert!(numbers(64).into_iter().eq(64..100));
        assert!(numbers(100).is_empty());
    });
}

#[test]
fn contributions_of_other_rounds_and_lapsed_ones_are_left_out() {
    execute(|| {
        create(1);
        let first = open();
        commit_slices(first);
        commit(ALICE, first, 4);
        commit(BOB, first, 5);
        end_committing(first);
        let second = open();
        commit(CAROL, second, 6);
        deliver(1);
        end_delivering(first);
        let found = Datanets::contributions(0, first, 0);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, 1);
        assert_eq!(found[0].1.contributor, BOB);
    });
}

#[test]
fn the_costs_of_a_contribution_are_what_it_has_on_hold() {
    execute(|| {
        create(1);
        let (bond, fee) = Datanets::costs(0, 50, 150).unwrap();
        let round = open();
        commit(ALICE, round, 50);
        assert_eq!(held(ALICE, HoldReason::Contribution), bond);
        assert_eq!(held(ALICE, HoldReason::ValuationFee), fee);
        assert_eq!(Datanets::costs(0, 50, 151), None);
    });
}

#[test]
fn a_datanet_shows_what_it_is() {
    execute(|| {
        create(2);
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        let details = Datanets::datanet(0).unwrap();
        assert_eq!(details.datanet.providers.to_vec(), [10, 11]);
        assert!(details.datanet.retired);
        assert_eq!(details.weights.sum, 0);
    });
}
