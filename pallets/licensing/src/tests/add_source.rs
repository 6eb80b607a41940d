use codec::Encode;
use frame_support::{assert_noop, assert_ok, storage::with_storage_layer};
use sp_runtime::{DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Asset, Payee, Royalty},
    licences::{Gate, Generation, LicenceTerms, Origin, Uses},
    roles::{Contention, Terms},
};

use crate::{mock::*, Attachments, Error, Event, Grants, HoldReason, ModelSource, Sources};

const MODEL: Asset = Asset::Model(5);

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

/// As others' extrinsics do: all or nothing. Wallets are told before what comes of it.
fn add(owner: AccountId, origin: Origin) -> DispatchResult {
    let told = Licensing::check_source(5, origin);
    let added = with_storage_layer(|| Licensing::add_source(5, &owner, origin));
    // What else can stand against it is no matter of licences.
    let others = [Error::<Test>::NotEarlier, Error::<Test>::NotAuthorized];
    let others = others.map(DispatchError::from);
    match (told, &added) {
        (Ok(stack), Ok(added)) => assert_eq!(stack, *added),
        (_, Err(error)) if others.contains(error) => {}
        (Err(refusal), Err(error)) => {
            assert_eq!(DispatchError::from(Error::<Test>::from(refusal)), *error)
        }
        (Ok(_), Err(error)) => {
            assert!([REFUSAL, Error::<Test>::DepositNotPayable.into()].contains(error))
        }
        (Err(refusal), Ok(_)) => panic!("{refusal:?}"),
    }
    added.map(|_| ())
}

/// Bob's model, which is registered as coming from model 0 alone, and where it comes from besides.
fn forgetful(terms: LicenceTerms) -> Origin {
    let named = model(ALICE, 0, paid(10), &[]);
    let forgotten = model(CAROL, 1, terms, &[]);
    model(BOB, 5, free(), &[named]);
    forgotten
}

#[test]
fn what_the_source_asks_for_is_owed_from_now_on_in_the_stack() {
    ExtBuilder::build_and_execute(|| {
        let deeper = model(ALICE, 2, paid(3), &[]);
        let named = model(ALICE, 0, paid(10), &[]);
        model(CAROL, 3, paid(5), &[deeper]);
        model(BOB, 5, free(), &[named]);
        let before = on_hold(HoldReason::Asset, BOB);

        let origin = Origin::MergedFrom(3);
        assert_ok!(add(BOB, origin));
        let stack = vec![owed(0, 10), owed(2, 3), owed(3, 5)];
        let attachment = Attachments::<Test>::get(MODEL).unwrap();
        assert_eq!(attachment.standing.stack.to_vec(), stack);
        assert!(attachment.standing.late.is_empty());
        assert_eq!(Ledger::get(), [Told::Added(5, stack, vec![])]);

        let source = ModelSource {
            origin,
            upheld: false,
        };
        assert_eq!(Licensing::sources(5)[1..], [source]);
        let deposit = source.encode().len() as u128 * BYTE;
        assert_eq!(on_hold(HoldReason::Asset, BOB), before + deposit);
        assert_eq!(attachment.deposit, before + deposit);
        let royalties = attachment.standing.stack;
        assert_eq!(
            events()[events().len() - 2..],
            [
                Event::SourceAdded {
                    model: 5,
                    origin,
                    deposit
                },
                Event::Refolded {
                    model: 5,
                    royalties,
                    late: Default::default()
                }
            ]
        );
    });
}

#[test]
fn a_source_that_asks_for_nothing_leaves_ledger_and_descendants_alone() {
    ExtBuilder::build_and_execute(|| {
        let origin = forgetful(free());
        assert_ok!(add(BOB, origin));
        assert_eq!(Ledger::get(), []);
        assert_eq!(Attachments::<Test>::get(MODEL).unwrap().changed, 0);
    });
}

#[test]
fn what_the_source_does_not_hand_on_is_not_allowed_any_more() {
    ExtBuilder::build_and_execute(|| {
        let narrow = LicenceTerms {
            onward: Uses::from(0b0111_1111),
            ..free()
        };
        let own = LicenceTerms {
            direct: narrow.onward,
            ..narrow.clone()
        };
        let attributed = LicenceTerms {
            attribution: false,
            ..own
        };
        let forgotten = model(CAROL, 1, narrow, &[]);
        model(BOB, 5, attributed, &[]);
        assert_ok!(add(BOB, forgotten));
        assert!(
            Attachments::<Test>::get(MODEL)
                .unwrap()
                .standing
                .attribution
        );
    });
}

#[test]
fn what_descendants_were_promised_is_not_taken_from_them() {
    ExtBuilder::build_and_execute(|| {
        let named = model(ALICE, 0, paid(10), &[]);
        let ending = model(CAROL, 1, free().with_expiry(77), &[]);
        let asking = model(CAROL, 2, free().with_approval(Gate::Every), &[]);
        model(BOB, 5, free(), &[named]);
        assert_ok!(acquire(BOB, Asset::Model(2), Generation::First));
        assert_noop!(
            add(BOB, ending),
            Error::<Test>::OriginEndsEarlier { origin: 1 }
        );
        assert_noop!(
            add(BOB, asking),
            Error::<Test>::OriginAsksDescendants { origin: 1 }
        );
    });
}

#[test]
fn the_grants_that_it_asks_for_are_used_up() {
    ExtBuilder::build_and_execute(|| {
        let asking = free().with_approval(Gate::First);
        let named = model(ALICE, 0, asking.clone(), &[]);
        assert_ok!(acquire(ALICE, Asset::Model(0), Generation::First));
        let between = model(ALICE, 1, asking, &[named]);
        assert_ok!(acquire(ALICE, Asset::Model(0), Generation::First));
        model(ALICE, 5, free(), &[named]);
        // It needed one of model 0 when it was registered: that is for both.
        assert_noop!(
            add(ALICE, between),
            Error::<Test>::GrantMissing { origin: 1 }
        );
        assert_ok!(acquire(ALICE, Asset::Model(1), Generation::First));
        assert_ok!(add(ALICE, between));
        assert_eq!(Grants::<Test>::iter().count(), 0);
        assert_eq!(on_hold(HoldReason::Grant, ALICE), 0);
        assert_eq!(
            last_event(),
            Event::GrantUsed {
                asset: Asset::Model(1),
                grantee: ALICE,
                model: 5
            }
        );
    });
}

#[test]
fn it_is_checked_as_at_registration() {
    ExtBuilder::build_and_execute(|| {
        let named = model(ALICE, 0, paid(50), &[]);
        let narrow = LicenceTerms {
            onward: Uses::NONE,
            ..free()
        };
        model(CAROL, 1, narrow, &[]);
        let unkind = LicenceTerms {
            commercial: false,
            ..free()
        };
        model(CAROL, 2, unkind, &[]);
        model(CAROL, 3, paid(11), &[]);
        model(CAROL, 4, free(), &[]);
        assert_ok!(<Licensing as Terms<_>>::retire(Asset::Model(4)));
        model(BOB, 5, free(), &[named]);
        let at = |model| Origin::FineTunedFrom(model);
        let uses = u8::MAX;
        for (origin, error) in [
            (at(1), Error::OnwardUseNotAllowed { origin: 1, uses }),
            (at(2), Error::CommercialNotAllowed { origin: 1 }),
            (at(3), Error::RoyaltiesTooHigh { origin: 1 }),
            (at(4), Error::OriginRetired { origin: 1 }),
            (at(0), Error::OriginRepeated { origin: 1 }),
            (
                Origin::DistilledFrom(0),
                Error::OriginRepeated { origin: 1 },
            ),
            (trained_on(9, 1), Error::OriginNotFound { origin: 1 }),
            (at(5), Error::<Test>::NotEarlier),
            (at(6), Error::<Test>::NotEarlier),
        ] {
            assert_noop!(add(BOB, origin), error);
        }
    });
}

#[test]
fn there_are_sixteen_models_at_most() {
    ExtBuilder::build_and_execute(|| {
        let origins: Vec<_> = (20..37)
            .map(|number| model(ALICE, number, free(), &[]))
            .collect();
        model(BOB, 99, free(), &origins[..16]);
        assert_noop!(
            with_storage_layer(|| Licensing::add_source(99, &BOB, origins[16])),
            Error::<Test>::TooManyOrigins { origin: 16 }
        );
    });
}

#[test]
fn a_source_that_was_upheld_is_there_already() {
    ExtBuilder::build_and_execute(|| {
        let origin = forgetful(paid(5));
        let missing = Contention::MissingParent(origin);
        assert_ok!(Licensing::conclude(5, &missing, true));
        assert_noop!(
            add(BOB, origin),
            Error::<Test>::OriginRepeated { origin: 1 }
        );
    });
}

#[test]
fn only_the_owner_adds_one_and_pays_for_it() {
    ExtBuilder::build_and_execute(|| {
        let origin = forgetful(paid(5));
        assert_noop!(add(CAROL, origin), Error::<Test>::NotAuthorized);
        assert_noop!(
            Licensing::add_source(77, &BOB, origin),
            Error::<Test>::AssetNotFound
        );
        BytePrice::set(WEALTH);
        assert_noop!(add(BOB, origin), Error::<Test>::DepositNotPayable);
        BytePrice::set(BYTE);
        Unpayable::set(true);
        assert_noop!(add(BOB, origin), REFUSAL);
        Unpayable::set(false);
        assert_eq!(Sources::<Test>::get(5).len(), 1);
    });
}

/// What somebody adds themselves takes no place that is kept for others.
#[test]
fn a_stack_that_is_filled_up_leaves_the_late_places_free() {
    ExtBuilder::build_and_execute(|| {
        let hidden = model(CAROL, 0, paid(5), &[]);
        let mine: Vec<_> = (1..33)
            .map(|number| match number {
                1..17 => model(BOB, number, paid(1), &[]),
                _ => datanet(BOB, number, paid(1)),
            })
            .collect();
        model(BOB, 99, free(), &mine[..1]);
        for origin in &mine[1..] {
            assert_ok!(Licensing::add_source(99, &BOB, *origin));
        }
        let full = Attachments::<Test>::get(Asset::Model(99)).unwrap().standing;
        assert_eq!((full.stack.len(), full.late.len()), (32, 0));

        let missing = Contention::MissingParent(hidden);
        assert_ok!(Licensing::contest(99, &missing));
        assert_eq!(
            Ledger::get().pop(),
            Some(Told::Claimed(99, vec![owed(0, 5)]))
        );
        assert_ok!(Licensing::conclude(99, &missing, true));
        let standing = Attachments::<Test>::get(Asset::Model(99)).unwrap().standing;
        assert_eq!(standing.stack, full.stack);
        assert_eq!(standing.late.to_vec(), [owed(0, 5)]);
    });
}
