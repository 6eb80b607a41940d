use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{
    assets::{Asset, Payee, Royalty, MAX_LATE},
    licences::{presets, LicenceTerms, Origin, Refusal, Standing, Term, Use, UseRefusal},
    roles::{Contention, Terms},
};

use crate::{mock::*, Error, Event, WeightInfo};

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

fn refold(model: u32) -> Result<(), DispatchError> {
    Licensing::refold(RuntimeOrigin::signed(CAROL), model)
        .map(|_| ())
        .map_err(|error| error.error)
}

fn stale(models: std::ops::RangeInclusive<u32>) -> Vec<u32> {
    models
        .filter(|model| Licensing::stale(Asset::Model(*model)))
        .collect()
}

fn uphold(model: u32, origin: Origin) {
    let missing = Contention::MissingParent(origin);
    assert_ok!(Licensing::conclude(model, &missing, true));
}

/// Model 0, and a chain of models 1 to 3 that come from each other, of which none says that it comes from model 0.
fn chain() -> Origin {
    let hidden = model(CAROL, 0, paid(7), &[]);
    let mut last = model(ALICE, 1, paid(1), &[]);
    for number in 2..4 {
        last = model(BOB, number, paid(1), &[last]);
    }
    hidden
}

#[test]
fn what_became_known_of_an_ancestor_is_owed_by_all_who_are_refolded() {
    ExtBuilder::build_and_execute(|| {
        let hidden = chain();
        uphold(1, hidden);
        assert_eq!(stale(0..=3), [2, 3]);
        // Nothing has changed yet that model 3 could take up.
        assert_noop!(refold(3), Error::<Test>::NotStale);
        assert_ok!(refold(2));
        assert_eq!(stale(0..=3), [3]);
        Ledger::set(Vec::new());
        assert_ok!(refold(3));
        assert!(stale(0..=3).is_empty());
        let stack = vec![owed(1, 1), owed(2, 1)];
        let late = vec![owed(0, 7)];
        assert_eq!(
            Ledger::get(),
            [Told::Amended(3, stack.clone(), late.clone())]
        );
        assert_eq!(
            last_event(),
            Event::Refolded {
                model: 3,
                royalties: stack.try_into().unwrap(),
                late: late.try_into().unwrap(),
            }
        );
        for number in 1..4 {
            assert_eq!(standing(number).late.to_vec(), [owed(0, 7)]);
            assert_noop!(refold(number), Error::<Test>::NotStale);
        }
    });
}

#[test]
fn what_an_owner_adds_binds_those_who_come_after_it_and_nobody_who_is_there() {
    ExtBuilder::build_and_execute(|| {
        let forgotten = chain();
        assert_ok!(Licensing::add_source(1, &ALICE, forgotten));
        assert!(stale(0..=3).is_empty());
        assert_noop!(refold(2), Error::<Test>::NotStale);
        assert_eq!(standing(2).stack.to_vec(), [owed(1, 1)]);
        assert!(standing(2).late.is_empty());
        model(BOB, 4, free(), &[Origin::FineTunedFrom(1)]);
        assert_eq!(standing(4).stack.to_vec(), [owed(0, 7), owed(1, 1)]);
    });
}

#[test]
fn what_is_struck_upstream_is_owed_no_more() {
    ExtBuilder::build_and_execute(|| {
        chain();
        let named = Contention::FalseParent(Origin::FineTunedFrom(1));
        assert_ok!(Licensing::conclude(2, &named, true));
        assert_eq!(stale(0..=3), [3]);
        assert_ok!(refold(3));
        assert_eq!(standing(3).stack.to_vec(), [owed(2, 1)]);
    });
}

#[test]
fn who_is_registered_after_the_change_owes_it_in_the_stack() {
    ExtBuilder::build_and_execute(|| {
        let hidden = chain();
        uphold(3, hidden);
        model(BOB, 4, free(), &[Origin::FineTunedFrom(3)]);
        assert!(stale(0..=4).is_empty());
        assert_eq!(
            standing(4).stack.to_vec(),
            [owed(0, 7), owed(1, 1), owed(2, 1), owed(3, 1)]
        );
        assert!(standing(4).late.is_empty());
    });
}

#[test]
fn late_places_are_for_those_who_have_them() {
    ExtBuilder::build_and_execute(|| {
        for number in 0..10 {
            model(CAROL, number, paid(number + 1), &[]);
        }
        let parent = model(ALICE, 10, free(), &[]);
        model(BOB, 11, free(), &[parent]);
        uphold(11, Origin::FineTunedFrom(0));
        for number in 1..9 {
            uphold(10, Origin::FineTunedFrom(number));
        }
        assert_ok!(refold(11));
        let late = standing(11).late;
        assert_eq!(late.len() as u32, MAX_LATE);
        // The least of all has had its place, and the least of the others found none.
        assert!(late.contains(&owed(0, 1)));
        assert!(!late.contains(&owed(1, 2)));
        assert!(stale(0..=11).is_empty());
    });
}

#[test]
fn a_change_that_says_the_same_makes_nobody_stale() {
    ExtBuilder::build_and_execute(|| {
        let same = model(CAROL, 0, free(), &[]);
        let parent = model(ALICE, 1, free(), &[]);
        model(BOB, 2, free(), &[parent]);
        uphold(1, same);
        assert!(stale(0..=2).is_empty());
    });
}

#[test]
fn nobody_descends_from_a_model_that_does_not_say_yet_what_its_sources_say() {
    ExtBuilder::build_and_execute(|| {
        let hidden = model(CAROL, 0, presets::cc_by_nc_4_0(), &[]);
        let parent = model(ALICE, 1, free(), &[]);
        let child = model(BOB, 2, free(), &[parent]);
        uphold(1, hidden);
        let attached = |terms: LicenceTerms| attach(BOB, 3, terms, &[child]).map(|_| ());
        let free_terms = published(free());
        let refusal = Refusal::through(0, child.asset(), Term::Stale);
        assert_eq!(
            Licensing::quote_model(BOB, free_terms, vec![child]),
            Err(refusal)
        );
        let stale = Error::<Test>::OriginStale { origin: 0 };
        assert_eq!(attached(free()), Err(stale.into()));
        // Nor does the owner of one that is there add it.
        model(CAROL, 4, free(), &[]);
        assert_noop!(
            Licensing::add_source(4, &CAROL, child),
            Error::<Test>::OriginStale { origin: 0 }
        );

        // Nor is anything added to such a model.
        assert_noop!(
            Licensing::add_source(2, &BOB, Origin::FineTunedFrom(0)),
            Error::<Test>::ModelStale
        );
        assert_ok!(refold(2));
        let sold = Error::<Test>::CommercialNotAllowed { origin: 0 };
        assert_eq!(attached(free()), Err(sold.into()));
        assert_ok!(attached(presets::cc_by_nc_4_0()));
    });
}

#[test]
fn wallets_are_told_that_an_answer_would_be_stale() {
    ExtBuilder::build_and_execute(|| {
        let hidden = chain();
        uphold(1, hidden);
        for (number, stale) in [(1, false), (2, true), (3, true)] {
            let asset = Asset::Model(number);
            let answer = Licensing::can_use(asset, Use::FineTune, BOB, 0, 1);
            assert_eq!(answer == Err(UseRefusal::Stale), stale);
        }
        assert_ok!(refold(2));
        assert_ok!(refold(3));
        let answer = Licensing::can_use(Asset::Model(3), Use::FineTune, BOB, 0, 1);
        assert_eq!(answer.unwrap().late.to_vec(), [owed(0, 7)]);
    });
}

#[test]
fn the_weight_is_that_of_the_sources() {
    ExtBuilder::build_and_execute(|| {
        let hidden = chain();
        uphold(1, hidden);
        let done = Licensing::refold(RuntimeOrigin::signed(CAROL), 2).unwrap();
        assert_eq!(done.pays_fee, Pays::Yes);
        assert_eq!(done.actual_weight, Some(<() as WeightInfo>::refold(1)));
    });
}

#[test]
fn only_signers_refold_what_is_there() {
    ExtBuilder::build_and_execute(|| {
        chain();
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(Licensing::refold(origin, 2), DispatchError::BadOrigin);
        }
        assert_noop!(refold(9), Error::<Test>::AssetNotFound);
        assert_noop!(refold(1), Error::<Test>::NotStale);
    });
}

#[test]
fn a_ledger_that_refuses_leaves_the_model_stale() {
    ExtBuilder::build_and_execute(|| {
        let hidden = chain();
        uphold(1, hidden);
        Unpayable::set(true);
        assert_noop!(refold(2), REFUSAL);
        assert_eq!(stale(2..=2), [2]);
    });
}

#[test]
fn the_nearest_thousand_assets_are_asked() {
    ExtBuilder::build_and_execute(|| {
        let hidden = model(CAROL, 0, free().with_expiry(99), &[]);
        let mut last = model(ALICE, 1, free(), &[]);
        for number in 2..1_100 {
            last = model(BOB, number, free(), &[last]);
        }
        uphold(1, hidden);
        // A chain is looked at from its end.
        assert!(Licensing::stale(Asset::Model(1_024)));
        assert!(!Licensing::stale(Asset::Model(1_099)));
    });
}

#[test]
fn nothing_is_folded_again_while_a_source_is_claimed() {
    ExtBuilder::build_and_execute(|| {
        let hidden = chain();
        let missing = Contention::MissingParent(hidden);
        assert_ok!(Licensing::contest(2, &missing));
        uphold(1, hidden);
        // What is set aside would be owed before anybody has decided about it.
        assert_noop!(refold(2), Error::<Test>::SourceClaimed);
        assert_ok!(Licensing::conclude(2, &missing, false));
        assert_ok!(refold(2));
        assert_eq!(standing(2).late.to_vec(), [owed(0, 7)]);
    });
}

#[test]
fn a_claim_that_brings_nothing_is_a_claim_as_well() {
    ExtBuilder::build_and_execute(|| {
        let free_one = model(CAROL, 0, free(), &[]);
        model(ALICE, 1, paid(1), &[]);
        let missing = Contention::MissingParent(free_one);
        assert_ok!(Licensing::contest(1, &missing));
        assert_noop!(
            Licensing::add_source(1, &ALICE, free_one),
            Error::<Test>::SourceClaimed
        );
        assert_ok!(Licensing::conclude(1, &missing, false));
        assert_ok!(Licensing::add_source(1, &ALICE, free_one));
    });
}
