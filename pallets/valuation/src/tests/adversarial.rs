//! Proposals of those who would break the arithmetic or the bounds.

use codec::{Compact, Decode, Encode};
use frame_support::assert_noop;
use proptest::prelude::*;
use tributary_primitives::datanets::{Delivered, MAX_CLASSES, MAX_ENTRIES, MAX_RECORDS};

use super::*;
use crate::{Error, ProposedValues, MAX_ROWS};

fn values_of(account: AccountId) -> Vec<i128> {
    ProposedValues::<Test>::get((DATANET, ROUND, account))
        .unwrap()
        .iter()
        .map(|value| value.value)
        .collect()
}

fn publication_of_alice() -> crate::Publication {
    proposals()
        .iter()
        .find(|proposal| proposal.proposer == ALICE)
        .and_then(|proposal| proposal.publication().cloned())
        .unwrap()
}

#[test]
fn empty_rows_are_worth_chance_before_and_after() {
    ExtBuilder.build_and_execute(|| {
        let work = Work {
            shadows: vec![],
            rows: vec![row(&[]); 3],
        };
        work.commit_and_publish(ALICE);
        assert_eq!(values_of(ALICE), [0, 0, 0]);
        // One half of K C T = 12.
        let chance = 6 * SCALE;
        let publication = publication_of_alice();
        assert_eq!((publication.before, publication.after), (chance, chance));
    });
}

#[test]
fn the_largest_values_fit_and_sum_to_the_gain() {
    ExtBuilder.build_and_execute(|| {
        let rows = MAX_ENTRIES / 64;
        change_round(|round| {
            round.recipe.classes = MAX_CLASSES;
            round.recipe.neighbours = 32;
            round.recipe.horizon = 32;
            round.recipe.benchmark = rows as u16;
            for (index, number) in [3, 4, u32::MAX].into_iter().enumerate() {
                round.frozen.delivered[index] = Delivered {
                    number,
                    records: MAX_RECORDS,
                };
            }
        });
        // A single contribution, the last there could be, drives all wrong old records out of every row.
        let mut entries: Vec<_> = (0..32)
            .map(|position| (u32::MAX, MAX_RECORDS - 1 - position, RIGHT))
            .collect();
        entries.extend((0..32).map(|position| (0, position, WRONG)));
        let work = Work {
            shadows: vec![],
            rows: vec![row(&entries); rows as usize],
        };
        work.commit_and_publish(ALICE);

        let everything = SCALE * 32 * u128::from(MAX_CLASSES) * u128::from(rows);
        assert_eq!(values_of(ALICE), [0, 0, everything as i128]);
        let publication = publication_of_alice();
        assert_eq!((publication.before, publication.after), (0, everything));
    });
}

#[test]
fn the_most_negative_values_fit_and_sum_to_the_loss() {
    ExtBuilder.build_and_execute(|| {
        let rows = MAX_ENTRIES / 64;
        change_round(|round| {
            round.recipe.classes = MAX_CLASSES;
            round.recipe.neighbours = 32;
            round.recipe.horizon = 32;
            round.recipe.benchmark = rows as u16;
            round.frozen.delivered[0].records = MAX_RECORDS;
        });
        let mut entries: Vec<_> = (0..32).map(|position| (3, position, WRONG)).collect();
        entries.extend((0..32).map(|position| (0, position, RIGHT)));
        let work = Work {
            shadows: vec![],
            rows: vec![row(&entries); rows as usize],
        };
        work.commit_and_publish(ALICE);

        let everything = SCALE * 32 * u128::from(MAX_CLASSES) * u128::from(rows);
        assert_eq!(values_of(ALICE), [-(everything as i128), 0, 0]);
        let publication = publication_of_alice();
        assert_eq!((publication.before, publication.after), (everything, 0));
    });
}

#[test]
fn rows_that_list_more_than_any_recipe_allows_are_refused_before_they_are_valued() {
    ExtBuilder.build_and_execute(|| {
        let rows = MAX_ENTRIES / 64 + 1;
        change_round(|round| round.recipe.benchmark = rows as u16);
        let full: Vec<_> = (0..64).map(|position| (3, position, RIGHT)).collect();
        let work = Work {
            shadows: vec![],
            rows: vec![row(&full); rows as usize],
        };
        work.commit(ALICE);
        assert_noop!(
            Valuation::publish_rows(
                RuntimeOrigin::signed(ALICE),
                DATANET,
                ROUND,
                round().frozen.inputs,
                work.bounded_rows()
            ),
            Error::<Test>::TooManyEntries
        );
    });
}

#[test]
fn more_rows_or_longer_rows_than_there_can_be_do_not_decode() {
    let mut many = Compact(MAX_ROWS + 1).encode();
    many.resize(many.len() + MAX_ROWS as usize + 1, 0);
    assert!(Rows::decode(&mut &many[..]).is_err());

    let entry = (0u32, 0u16, true);
    let long = vec![vec![entry; 65]].encode();
    assert!(Rows::decode(&mut &long[..]).is_err());
    let longest = vec![vec![entry; 64]].encode();
    assert!(Rows::decode(&mut &longest[..]).is_ok());
}

#[test]
fn an_invented_old_record_earns_nobody_anything() {
    // The pallet knows the newcomers only, so that it cannot refuse such a row: but a value is given to newcomers alone.
    ExtBuilder.build_and_execute(|| {
        let work = Work {
            shadows: vec![],
            rows: vec![
                row(&[(2, u16::MAX, RIGHT), (1, u16::MAX, RIGHT)]),
                row(&[(2, u16::MAX, WRONG), (3, 0, RIGHT)]),
                row(&[]),
            ],
        };
        work.commit_and_publish(ALICE);
        let numbers: Vec<_> = ProposedValues::<Test>::get((DATANET, ROUND, ALICE))
            .unwrap()
            .iter()
            .map(|value| value.number)
            .collect();
        assert_eq!(
            numbers,
            [3, 4, 6],
            "only delivered contributions have a value"
        );
    });
}

/// Any record, more often one that exists.
fn any_record() -> impl Strategy<Value = (u32, u16, bool)> {
    let contribution = prop_oneof![
        40 => prop::sample::select(vec![0, 1, 3, 4, 6]),
        1 => Just(5),
        1 => Just(u32::MAX),
        1 => any::<u32>(),
    ];
    let position = prop_oneof![
        40 => 0..10u16,
        1 => Just(u16::MAX),
        1 => any::<u16>(),
    ];
    (contribution, position, any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is published is either refused and leaves no trace, or every invariant holds afterwards.
    #[test]
    fn arbitrary_rows_are_refused_or_valued(
        lists in prop::collection::vec(prop::collection::vec(any_record(), 0..5), 3..5),
        pairs in prop::collection::vec((any_record(), any_record()), 0..3),
    ) {
        ExtBuilder.build_and_execute(|| {
            let work = Work {
                shadows: pairs
                    .iter()
                    .map(|(one, other)| shadow(record(one.0, one.1), record(other.0, other.1)))
                    .collect(),
                rows: lists.iter().map(|list| row(list)).collect(),
            };
            work.commit(ALICE);
            let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
            let shadows = frame_support::storage::with_storage_layer(|| {
                Valuation::do_publish_shadows(
                    &ALICE,
                    DATANET,
                    ROUND,
                    &work.shadows.clone().try_into().unwrap(),
                )
            });
            if shadows.is_err() {
                assert_eq!(before, sp_io::storage::root(sp_runtime::StateVersion::V1));
            }
            let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
            let rows = frame_support::storage::with_storage_layer(|| {
                Valuation::do_publish_rows(
                    &ALICE,
                    DATANET,
                    ROUND,
                    round().frozen.inputs,
                    &work.bounded_rows(),
                )
            });
            match rows {
                Ok(_) => {
                    let publication = publication_of_alice();
                    let gain: i128 = values_of(ALICE).iter().sum();
                    assert_eq!(
                        publication.before.checked_add_signed(gain),
                        Some(publication.after)
                    );
                }
                Err(_) => {
                    assert_eq!(before, sp_io::storage::root(sp_runtime::StateVersion::V1));
                    assert!(ProposedValues::<Test>::iter().next().is_none());
                }
            }
        });
    }
}
