use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Payee, Pool, Royalty},
    licences::{Gate, LicenceTerms, Origin, Standing, Uses},
    roles::{Contention, Terms},
};

use crate::{mock::*, Error, Event, ModelSource};

fn paid(percent: u32) -> LicenceTerms {
    free().with_royalty(Perbill::from_percent(percent), None)
}

fn owed(model: u32, percent: u32) -> Royalty {
    Royalty {
        payee: Payee::Model(model),
        rate: Perbill::from_percent(percent),
        ceiling: None,
    }
}

fn standing(model: u32) -> Standing {
    let attachment = Licensing::attachment(Asset::Model(model));
    attachment.expect("it was attached").standing
}

/// Bob's model 9, which names model 0 and comes from model 1 as well.
fn contested(terms: LicenceTerms) -> (Origin, Origin) {
    let named = model(ALICE, 0, paid(10), &[]);
    let hidden = model(CAROL, 1, terms, &[]);
    model(BOB, 9, free(), &[named]);
    (named, hidden)
}

#[test]
fn a_missing_source_is_owed_late_and_obliges() {
    ExtBuilder::build_and_execute(|| {
        let terms = LicenceTerms {
            onward: Uses::from(0b0111_1111),
            commercial: false,
            share_alike: Some(H256::repeat_byte(1)),
            ..paid(7).with_approval(Gate::Every).with_expiry(99)
        };
        let (named, hidden) = contested(terms);
        let missing = Contention::MissingParent(hidden);
        assert_ok!(Licensing::contest(9, &missing));
        Ledger::set(Vec::new());
        assert_ok!(Licensing::conclude(9, &missing, true));

        let standing = standing(9);
        assert_eq!(standing.stack.to_vec(), [owed(0, 10)]);
        assert_eq!(standing.late.to_vec(), [owed(1, 7)]);
        assert_eq!(standing.direct, Uses::from(0b0111_1111));
        assert!(!standing.commercial);
        assert_eq!(standing.family, Some(H256::repeat_byte(1)));
        assert_eq!(standing.gates.to_vec(), [Asset::Model(1)]);
        assert_eq!(standing.expires, Some(99));
        // First what is owed, then what nobody has claimed rightly.
        assert_eq!(
            Ledger::get(),
            [
                Told::Amended(9, vec![owed(0, 10)], vec![owed(1, 7)]),
                Told::ClaimClosed(9)
            ]
        );
        assert_eq!(
            Licensing::sources(9),
            [
                ModelSource {
                    origin: named,
                    upheld: false
                },
                ModelSource {
                    origin: hidden,
                    upheld: true
                }
            ]
        );
        assert!(events().contains(&Event::SourceUpheld {
            model: 9,
            origin: hidden
        }));
    });
}

#[test]
fn what_is_not_upheld_changes_nothing() {
    ExtBuilder::build_and_execute(|| {
        let (named, hidden) = contested(paid(7));
        assert_storage_noop!({
            assert_ok!(Licensing::conclude(
                9,
                &Contention::MissingParent(hidden),
                false
            ));
            assert_ok!(Licensing::conclude(
                9,
                &Contention::FalseParent(named),
                false
            ));
        });
        assert_eq!(
            Ledger::get(),
            [Told::ClaimClosed(9), Told::Unfrozen(9, Asset::Model(0))]
        );
    });
}

#[test]
fn a_false_source_is_owed_nothing_any_more() {
    ExtBuilder::build_and_execute(|| {
        let (named, _) = contested(free());
        let held = standing(9);
        assert_eq!(held.stack.len(), 1);
        assert_ok!(Licensing::conclude(
            9,
            &Contention::FalseParent(named),
            true
        ));
        assert_eq!(standing(9), Standing::root(&free()));
        assert_eq!(
            Ledger::get(),
            [
                Told::Amended(9, vec![], vec![]),
                Told::Unfrozen(9, Asset::Model(0))
            ]
        );
        assert_eq!(Licensing::sources(9), []);
        assert!(events().contains(&Event::SourceStruck {
            model: 9,
            origin: named
        }));
        assert_noop!(
            Licensing::conclude(9, &Contention::FalseParent(named), true),
            Error::<Test>::SourceNotFound
        );
    });
}

#[test]
fn who_is_an_ancestor_by_another_way_stays_owed() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, paid(10), &[]);
        let child = model(ALICE, 1, paid(5), &[base]);
        model(BOB, 9, free(), &[base, child]);
        assert_ok!(Licensing::conclude(9, &Contention::FalseParent(base), true));
        assert_eq!(standing(9).stack.to_vec(), [owed(0, 10), owed(1, 5)]);
        // What was held back is paid.
        assert_eq!(Ledger::get(), [Told::Unfrozen(9, Asset::Model(0))]);
    });
}

#[test]
fn an_upheld_source_can_turn_out_to_be_none() {
    ExtBuilder::build_and_execute(|| {
        let (_, hidden) = contested(paid(7));
        let held = standing(9);
        assert_ok!(Licensing::conclude(
            9,
            &Contention::MissingParent(hidden),
            true
        ));
        assert_ok!(Licensing::conclude(
            9,
            &Contention::FalseParent(hidden),
            true
        ));
        assert_eq!(standing(9), held);
    });
}

#[test]
fn an_owner_cannot_give_in_meanwhile_to_keep_descendants_out_of_it() {
    ExtBuilder::build_and_execute(|| {
        let (_, hidden) = contested(paid(7));
        let missing = Contention::MissingParent(hidden);
        assert_ok!(Licensing::contest(9, &missing));
        let other = model(CAROL, 5, paid(1), &[]);
        for source in [hidden, other] {
            assert_noop!(
                Licensing::add_source(9, &BOB, source),
                Error::<Test>::SourceClaimed
            );
        }
        assert_ok!(Licensing::conclude(9, &missing, false));
        assert_ok!(Licensing::add_source(9, &BOB, hidden));
        assert_eq!(standing(9).stack.to_vec(), [owed(0, 10), owed(1, 7)]);
    });
}

#[test]
fn the_pool_of_a_later_round_is_owed_instead_of_the_earlier() {
    ExtBuilder::build_and_execute(|| {
        datanet(ALICE, 3, for_datanets());
        model(BOB, 9, free(), &[trained_on(3, 1)]);
        let missing = Contention::MissingParent(trained_on(3, 4));
        assert_ok!(Licensing::conclude(9, &missing, true));
        let owed = standing(9).stack;
        let pool = Pool {
            datanet: 3,
            round: 4,
        };
        assert_eq!(owed.len(), 1);
        assert_eq!(owed[0].payee, Payee::Pool(pool));
        assert!(standing(9).late.is_empty());
    });
}

/// Whoever would fill the places by what its other sources turned out to owe comes after what was claimed.
#[test]
fn what_was_claimed_has_the_places_before_what_was_not_taken_up() {
    ExtBuilder::build_and_execute(|| {
        for number in 0..9 {
            model(CAROL, number, paid(5), &[]);
        }
        let hidden = model(CAROL, 9, paid(1), &[]);
        let parent = model(BOB, 10, free(), &[]);
        model(BOB, 11, free(), &[parent]);
        for number in 0..8 {
            let missing = Contention::MissingParent(Origin::FineTunedFrom(number));
            assert_ok!(Licensing::conclude(10, &missing, true));
        }
        assert_ok!(Licensing::conclude(
            11,
            &Contention::MissingParent(hidden),
            true
        ));
        let late = standing(11).late;
        assert_eq!(late.len(), 8);
        assert!(late.contains(&owed(9, 1)));
    });
}

#[test]
fn who_owns_an_asset_is_known() {
    ExtBuilder::build_and_execute(|| {
        contested(free());
        assert_eq!(Licensing::owner(Asset::Model(9)), Some(BOB));
        assert_eq!(Licensing::owner(Asset::Model(8)), None);
    });
}
