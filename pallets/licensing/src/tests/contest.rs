use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Payee, Pool, Royalty, MAX_LATE},
    licences::{LicenceTerms, Origin},
    roles::{Contention, Terms},
};

use crate::{mock::*, Claims, Error};

fn paid(percent: u32) -> LicenceTerms {
    free().with_royalty(Perbill::from_percent(percent), None)
}

fn owed(payee: Payee, percent: u32) -> Royalty {
    Royalty {
        payee,
        rate: Perbill::from_percent(percent),
        ceiling: None,
    }
}

fn missing(origin: Origin) -> Contention {
    Contention::MissingParent(origin)
}

#[test]
fn what_a_missing_source_and_its_ancestors_would_have_is_set_aside() {
    ExtBuilder::build_and_execute(|| {
        let data = datanet(ALICE, 0, for_datanets());
        let known = model(ALICE, 1, paid(10), &[]);
        let hidden = model(ALICE, 2, paid(7), &[known, data]);
        model(BOB, 3, free(), &[known]);
        // Nothing of the licence changes by it.
        let standing = Licensing::attachment(Asset::Model(3)).ok();
        assert_ok!(Licensing::contest(3, &missing(hidden)));
        let pool = Pool {
            datanet: 0,
            round: 1,
        };
        let claimed = vec![owed(Payee::Model(2), 7), owed(Payee::Pool(pool), 5)];
        assert_eq!(Ledger::get(), [Told::Claimed(3, claimed)]);
        assert_eq!(Licensing::attachment(Asset::Model(3)).ok(), standing);
    });
}

#[test]
fn one_that_would_bring_nothing_can_be_missing_too() {
    ExtBuilder::build_and_execute(|| {
        let hidden = model(ALICE, 0, free(), &[]);
        model(BOB, 1, free(), &[]);
        assert_ok!(Licensing::contest(1, &missing(hidden)));
        assert_eq!(Ledger::get(), []);
        assert_ok!(Licensing::conclude(1, &missing(hidden), false));
        assert_eq!(Claims::<Test>::get(1), None);
    });
}

#[test]
fn what_a_false_source_is_owed_is_held_back() {
    ExtBuilder::build_and_execute(|| {
        let named = model(ALICE, 0, paid(5), &[]);
        model(BOB, 1, free(), &[named]);
        assert_ok!(Licensing::contest(1, &Contention::FalseParent(named)));
        assert_eq!(Ledger::get(), [Told::Frozen(1, Asset::Model(0))]);
        assert_noop!(
            Licensing::contest(1, &Contention::FalseParent(Origin::MergedFrom(0))),
            Error::<Test>::SourceNotFound
        );
    });
}

#[test]
fn a_model_that_was_made_again_owes_what_it_owed() {
    ExtBuilder::build_and_execute(|| {
        model(BOB, 1, free(), &[]);
        assert_storage_noop!({
            assert_ok!(Licensing::contest(1, &Contention::Reexecuted));
            assert_ok!(Licensing::conclude(1, &Contention::Reexecuted, true));
        });
        assert_eq!(Ledger::get(), []);
    });
}

#[test]
fn a_source_that_is_known_is_not_missing() {
    ExtBuilder::build_and_execute(|| {
        datanet(ALICE, 9, for_datanets());
        let named = model(ALICE, 0, paid(5), &[]);
        model(BOB, 1, free(), &[named, trained_on(9, 3)]);
        for origin in [
            named,
            Origin::DistilledFrom(0),
            trained_on(9, 3),
            trained_on(9, 2),
        ] {
            assert_noop!(
                Licensing::contest(1, &missing(origin)),
                Error::<Test>::SourceKnown
            );
        }
        // A later round has contributors whom the earlier one has not.
        assert_ok!(Licensing::contest(1, &missing(trained_on(9, 4))));
    });
}

#[test]
fn nothing_comes_from_what_is_not_there_or_came_later() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 1, free(), &[]);
        let later = model(ALICE, 2, free(), &[]);
        for origin in [Origin::FineTunedFrom(1), later] {
            assert_noop!(
                Licensing::contest(1, &missing(origin)),
                Error::<Test>::NotEarlier
            );
        }
        for origin in [Origin::FineTunedFrom(0), trained_on(9, 1)] {
            assert_noop!(
                Licensing::contest(1, &missing(origin)),
                Error::<Test>::AssetNotFound
            );
        }
        assert_noop!(
            Licensing::contest(7, &missing(later)),
            Error::<Test>::AssetNotFound
        );
    });
}

#[test]
fn a_retired_model_and_a_retired_source_are_no_way_out() {
    ExtBuilder::build_and_execute(|| {
        let hidden = model(ALICE, 0, paid(5), &[]);
        model(BOB, 1, free(), &[]);
        for number in 0..2 {
            assert_ok!(<Licensing as Terms<_>>::retire(Asset::Model(number)));
        }
        assert_ok!(Licensing::contest(1, &missing(hidden)));
        assert_ok!(Licensing::conclude(1, &missing(hidden), true));
        let standing = Licensing::attachment(Asset::Model(1))
            .ok()
            .unwrap()
            .standing;
        assert_eq!(standing.late.to_vec(), [owed(Payee::Model(0), 5)]);
    });
}

#[test]
fn eight_missing_sources_are_the_most() {
    ExtBuilder::build_and_execute(|| {
        for number in 0..MAX_LATE + 1 {
            model(ALICE, number, free(), &[]);
        }
        model(BOB, 99, free(), &[]);
        for number in 0..MAX_LATE {
            let missing = missing(Origin::FineTunedFrom(number));
            assert_ok!(Licensing::conclude(99, &missing, true));
        }
        let ninth = missing(Origin::FineTunedFrom(MAX_LATE));
        assert_noop!(
            Licensing::contest(99, &ninth),
            Error::<Test>::TooManyLateSources
        );
        assert_noop!(
            Licensing::conclude(99, &ninth, true),
            Error::<Test>::TooManyLateSources
        );
        // One that turns out to be none makes room.
        let first = Contention::FalseParent(Origin::FineTunedFrom(0));
        assert_ok!(Licensing::conclude(99, &first, true));
        assert_ok!(Licensing::contest(99, &ninth));
    });
}

#[test]
fn a_ledger_that_refuses_refuses_the_contention() {
    ExtBuilder::build_and_execute(|| {
        let named = model(ALICE, 0, paid(5), &[]);
        let hidden = model(ALICE, 1, paid(5), &[]);
        model(BOB, 2, free(), &[named]);
        Unpayable::set(true);
        for contention in [missing(hidden), Contention::FalseParent(named)] {
            assert_noop!(Licensing::contest(2, &contention), REFUSAL);
            assert_noop!(Licensing::conclude(2, &contention, false), REFUSAL);
        }
    });
}
