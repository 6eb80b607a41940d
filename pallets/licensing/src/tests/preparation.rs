use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    assets::{Asset, MAX_LATE, MAX_STACK},
    licences::{Origin, MAX_GATES},
    roles::{CallLicences, Contention, Terms},
};

use crate::{mock::*, Attachments, Error, ModelSource, Sources};

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

#[test]
fn what_is_prepared_to_be_called_asks_as_many_sources_as_a_model_can_have() {
    ExtBuilder::build_and_execute(|| {
        let prepare = |number| {
            let model = <Licensing as CallLicences<_>>::prepare_callable(&ALICE, number);
            assert_eq!(Licensing::do_try_state(), Ok(()));
            model
        };
        let models = [prepare(0), prepare(1), prepare(63)];
        assert!(models[0] != models[1] && models[1] != models[2] && models[0] != models[2]);
        for model in models {
            let reserve = || <Licensing as CallLicences<_>>::reserve(model, 1, 50);
            assert_ok!(reserve());
            let sources = Sources::<Test>::get(model);
            let late = sources.iter().filter(|source| source.upheld).count();
            let data = |source: &&ModelSource| source.origin.pool().is_some();
            let pools = sources.iter().filter(data).count();
            assert_eq!((sources.len() - late - pools, pools, late), (16, 16, 8));
            // Each of them is there and is looked at.
            for source in sources {
                let asset = source.origin.asset();
                let changed = |number| {
                    Attachments::<Test>::mutate_extant(asset, |source| source.changed = number)
                };
                changed(1);
                assert_noop!(reserve(), Error::<Test>::ModelStale);
                changed(0);
            }
            // What is reserved is written, as there is a quota.
            let reserved = Attachments::<Test>::get(Asset::Model(model)).map(|it| it.reserved);
            assert_eq!(reserved, Some(1));
        }
    });
}
