use frame_support::assert_ok;
use tributary_primitives::{
    assets::{Asset, MAX_LATE, MAX_STACK},
    licences::{Origin, MAX_GATES},
    roles::{Contention, Terms},
};

use crate::{mock::*, Attachments};

#[test]
fn prepared_terms_suit_datanets_and_models() {
    ExtBuilder::build_and_execute(|| {
        let terms = Licensing::prepare_terms(&ALICE);
        assert_eq!(Licensing::prepare_terms(&BOB), terms);
        assert_ok!(Licensing::attach_datanet(0, &ALICE, terms));
        assert!(Licensing::attach_model(0, &ALICE, terms, &[]).is_ok());
    });
}

#[test]
fn a_model_of_all_prepared_sources_is_the_worst_that_can_be() {
    ExtBuilder::build_and_execute(|| {
        let terms = Licensing::prepare_terms(&ALICE);
        let mut origins = Vec::new();
        for number in 0..16 {
            Licensing::prepare_source(Asset::Model(number), &ALICE);
            Licensing::prepare_source(Asset::Datanet(number), &ALICE);
            origins.push(Origin::FineTunedFrom(number));
            origins.push(trained_on(number, 1));
        }
        // Twice is as good as once.
        Licensing::prepare_source(Asset::Model(0), &ALICE);
        assert_eq!(Licensing::do_try_state(), Ok(()));
        for number in 0..16 {
            let standing = Attachments::<Test>::get(Asset::Model(number))
                .unwrap()
                .standing;
            assert_eq!(standing.stack.len() as u32, MAX_STACK);
            assert_eq!(standing.gates.len() as u32, MAX_GATES);
        }

        let quote = Licensing::quote_model(ALICE, terms, origins.clone()).unwrap();
        assert_eq!(quote.grants.len() as u32, 32 + MAX_GATES);
        let royalties = Licensing::attach_model(99, &ALICE, terms, &origins).unwrap();
        assert_eq!(royalties.len() as u32, MAX_STACK);
    });
}

#[test]
fn any_number_of_prepared_sources_can_be_descended_from() {
    for models in [0, 1, 5, 16] {
        for pools in [0, 1, 7, 16] {
            ExtBuilder::build_and_execute(|| {
                let terms = Licensing::prepare_terms(&ALICE);
                let mut origins = Vec::new();
                for number in 0..pools {
                    Licensing::prepare_source(Asset::Datanet(number), &ALICE);
                    origins.push(trained_on(number, 1));
                }
                for number in 240..240 + models {
                    Licensing::prepare_source(Asset::Model(number), &ALICE);
                    origins.push(Origin::FineTunedFrom(number));
                }
                assert!(Licensing::attach_model(999, &ALICE, terms, &origins).is_ok());
            });
        }
    }
}

#[test]
fn what_is_prepared_as_missing_takes_all_late_places() {
    ExtBuilder::build_and_execute(|| {
        let terms = Licensing::prepare_terms(&ALICE);
        let mut origins = Vec::new();
        for number in 0..16 {
            Licensing::prepare_source(Asset::Model(number), &ALICE);
            Licensing::prepare_source(Asset::Datanet(number), &ALICE);
            origins.push(Origin::FineTunedFrom(number));
            origins.push(trained_on(number, 1));
        }
        Licensing::prepare_missing(500, &ALICE);
        assert_eq!(Licensing::do_try_state(), Ok(()));
        assert!(Licensing::attach_model(999, &ALICE, terms, &origins).is_ok());

        let missing = Contention::MissingParent(Origin::FineTunedFrom(500));
        assert_ok!(Licensing::contest(999, &missing));
        assert!(matches!(
            &Ledger::get()[..],
            [Told::Claimed(999, claimed)] if claimed.len() as u32 == MAX_LATE
        ));
        assert_ok!(Licensing::conclude(999, &missing, true));
        let standing = Attachments::<Test>::get(Asset::Model(999))
            .unwrap()
            .standing;
        assert_eq!(standing.stack.len() as u32, MAX_STACK);
        assert_eq!(standing.late.len() as u32, MAX_LATE);
    });
}
