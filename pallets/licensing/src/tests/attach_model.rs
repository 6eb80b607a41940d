use codec::{Encode, MaxEncodedLen};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, ModuleError, Perbill};
use tributary_primitives::{
    assets::{Asset, Payee, Pool, Royalty},
    licences::{presets, Gate, Generation, LicenceTerms, Origin, Use, Uses},
};

use crate::{
    mock::*, AttachmentOf, Attachments, Error, Event, Grants, HoldReason, ModelSource, Offer,
    Publications,
};

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

#[test]
fn a_base_model_owes_nothing_and_its_owner_holds_a_deposit() {
    ExtBuilder::build_and_execute(|| {
        let royalties = attach(ALICE, 0, paid(10), &[]).unwrap();
        assert!(royalties.is_empty());
        let attachment = Attachments::<Test>::get(Asset::Model(0)).unwrap();
        // At its longest, with places for eight sources and the length of their list.
        let bytes = AttachmentOf::<Test>::max_encoded_len()
            + Offer::max_encoded_len()
            + 1
            + 8 * ModelSource::max_encoded_len();
        let deposit = 3 * ITEM + bytes as u128 * BYTE;
        assert_eq!(attachment.deposit, deposit);
        assert_eq!(on_hold(HoldReason::Asset, ALICE), deposit);
        assert_eq!(
            last_event(),
            Event::TermsAttached {
                asset: Asset::Model(0),
                terms: paid(10).id(),
                owner: ALICE,
                royalties,
                deposit
            }
        );
    });
}

#[test]
fn a_model_owes_every_ancestor_what_its_own_terms_say() {
    ExtBuilder::build_and_execute(|| {
        let data = datanet(ALICE, 3, for_datanets());
        let base = model(ALICE, 0, paid(10), &[data]);
        let child = model(BOB, 1, free(), &[base]);
        let newer = trained_on(3, 4);
        let royalties = attach(CAROL, 2, paid(1), &[child, newer]).unwrap();
        let pool = Pool {
            datanet: 3,
            round: 4,
        };
        assert_eq!(
            royalties.into_inner(),
            [owed(Payee::Model(0), 10), owed(Payee::Pool(pool), 5)]
        );
        assert_eq!(Publications::<Test>::get(free().id()).unwrap().assets, 1);
    });
}

#[test]
fn a_puppet_in_between_changes_nothing() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, paid(20), &[]);
        let honest = attach(BOB, 1, free(), &[base]).unwrap();
        let mut puppet = base;
        for number in 2..8 {
            puppet = model(BOB, number, free(), &[puppet]);
        }
        assert_eq!(attach(BOB, 8, free(), &[puppet]), Ok(honest));
    });
}

#[test]
fn an_ancestor_on_several_paths_is_owed_once_with_its_ceiling() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_royalty(Perbill::from_percent(40), Some(500));
        let base = model(ALICE, 0, terms, &[]);
        let [left, right] = [1, 2].map(|number| model(BOB, number, free(), &[base]));
        let further = model(BOB, 3, paid(20), &[right]);
        // Twice 40 % would be more than there can be.
        let stack = attach(CAROL, 4, free(), &[left, further, base]).unwrap();
        let capped = Royalty {
            ceiling: Some(500),
            ..owed(Payee::Model(0), 40)
        };
        assert_eq!(stack.into_inner(), [capped, owed(Payee::Model(3), 20)]);
    });
}

#[test]
fn what_an_ancestor_forbids_is_forbidden_to_every_generation() {
    ExtBuilder::build_and_execute(|| {
        let uses = Uses::ALL.without(Uses::of(&[Use::Distil]));
        let kept = LicenceTerms {
            direct: uses,
            onward: uses,
            ..free()
        };
        let cases = [
            (
                kept,
                Error::<Test>::OnwardUseNotAllowed {
                    origin: 0,
                    uses: Uses::of(&[Use::Distil]).bits(),
                },
            ),
            (
                presets::cc_by_nc_4_0(),
                Error::CommercialNotAllowed { origin: 0 },
            ),
            (
                presets::cc_by_sa_4_0(),
                Error::ShareAlikeRequired { origin: 0 },
            ),
        ];
        for (number, (terms, error)) in (0..).step_by(10).zip(cases) {
            let error = DispatchError::from(error);
            let mut last = model(ALICE, number, terms.clone(), &[]);
            for generation in 1..4 {
                assert_noop!(attach(BOB, number + 9, free(), &[last]), error);
                last = model(BOB, number + generation, terms.clone(), &[last]);
            }
        }
    });
}

#[test]
fn the_earliest_expiry_of_all_ancestors_ends_a_line() {
    ExtBuilder::build_and_execute(|| {
        let brief = model(ALICE, 0, free().with_expiry(9), &[]);
        let long = model(ALICE, 1, free().with_expiry(20), &[]);
        let child = model(BOB, 2, free(), &[long, brief]);
        let grandchild = model(BOB, 3, free().with_expiry(15), &[child]);
        let ends = |number: u32| {
            let attachment = Attachments::<Test>::get(Asset::Model(number));
            attachment.unwrap().standing.expires
        };
        assert_eq!([2, 3].map(ends), [Some(9), Some(9)]);

        System::set_block_number(8);
        model(CAROL, 4, free(), &[grandchild]);
        System::set_block_number(9);
        for parent in [child, grandchild] {
            assert_noop!(
                attach(CAROL, 5, free(), &[long, parent]),
                Error::<Test>::OriginExpired { origin: 1 }
            );
        }
        model(CAROL, 5, free(), &[long]);
    });
}

#[test]
fn a_gate_for_the_first_generation_asks_children_only() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_approval(Gate::First).with_fee(5, Gate::First);
        let base = model(ALICE, 0, terms, &[]);
        assert_ok!(acquire(ALICE, Asset::Model(0), Generation::First));
        let child = model(ALICE, 1, free(), &[base]);
        let grandchild = model(BOB, 2, free(), &[child]);
        // A descendant that names it as an origin is a child, whatever else it descends from.
        assert_noop!(
            attach(BOB, 3, free(), &[grandchild, base]),
            Error::<Test>::GrantMissing { origin: 1 }
        );
    });
}

#[test]
fn eight_ancestors_are_asked_by_each_generation() {
    ExtBuilder::build_and_execute(|| {
        let asking = free().with_fee(5, Gate::Every);
        let parents: Vec<_> = (0..8)
            .map(|number| model(ALICE, number, asking.clone(), &[]))
            .collect();
        let acquire_all = |who, generation| {
            for number in 0..8 {
                assert_ok!(acquire(who, Asset::Model(number), generation));
            }
        };
        acquire_all(BOB, Generation::First);
        let child = model(BOB, 8, free(), &parents);
        acquire_all(CAROL, Generation::Later);
        model(CAROL, 9, free(), &[child]);
        assert_eq!(Payments::get().len(), 16);
        assert_noop!(
            attach(CAROL, 10, free(), &[child]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
    });
}

#[test]
fn the_owner_needs_the_grants_and_uses_them_up() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_fee(5, Gate::Every), &[]);
        assert_noop!(
            attach(BOB, 1, free(), &[base]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
        assert_ok!(acquire(BOB, Asset::Model(0), Generation::First));
        let child = model(BOB, 1, free(), &[base]);
        assert_eq!(
            last_event(),
            Event::GrantUsed {
                asset: Asset::Model(0),
                grantee: BOB,
                model: 1
            }
        );
        assert!(!Grants::<Test>::contains_key(Asset::Model(0), BOB));
        assert_eq!(on_hold(HoldReason::Grant, BOB), 0);

        // One model a grant, and every generation needs its own.
        assert_noop!(
            attach(BOB, 2, free(), &[base]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
        assert_noop!(
            attach(BOB, 2, free(), &[child]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
        assert_ok!(acquire(BOB, Asset::Model(0), Generation::Later));
        model(BOB, 2, free(), &[child]);
    });
}

#[test]
fn a_grant_for_a_later_generation_does_not_make_a_child() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_fee(5, Gate::Every), &[]);
        assert_ok!(acquire(BOB, Asset::Model(0), Generation::Later));
        assert_noop!(
            attach(BOB, 1, free(), &[base]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
    });
}

#[test]
fn an_application_is_no_grant() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_approval(Gate::First), &[]);
        assert_ok!(acquire(BOB, Asset::Model(0), Generation::First));
        assert_noop!(
            attach(BOB, 1, free(), &[base]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
    });
}

#[test]
fn somebody_elses_grant_is_no_grant() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_fee(5, Gate::First), &[]);
        assert_ok!(acquire(CAROL, Asset::Model(0), Generation::First));
        assert_noop!(
            attach(BOB, 1, free(), &[base]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
    });
}

#[test]
fn a_merge_needs_a_grant_of_each_and_one_model_uses_them_all() {
    ExtBuilder::build_and_execute(|| {
        let parents: Vec<_> = (0..4)
            .map(|number| model(ALICE, number, free().with_fee(5, Gate::First), &[]))
            .collect();
        for number in 0..3 {
            assert_ok!(acquire(BOB, Asset::Model(number), Generation::First));
        }
        assert_noop!(
            attach(BOB, 4, free(), &parents),
            Error::<Test>::GrantMissing { origin: 3 }
        );
        assert_ok!(acquire(BOB, Asset::Model(3), Generation::First));
        model(BOB, 4, free(), &parents);
        assert_eq!(on_hold(HoldReason::Grant, BOB), 0);
        assert_eq!(Grants::<Test>::iter().count(), 0);
    });
}

#[test]
fn each_refusal_names_the_term_and_the_origin() {
    ExtBuilder::build_and_execute(|| {
        let open = model(ALICE, 0, free(), &[]);
        let mut closed = free();
        closed.direct = Uses::of(&[Use::Infer]);
        closed.onward = Uses::of(&[Use::Infer]);
        let unused = model(ALICE, 1, closed.clone(), &[]);
        closed.direct = Uses::ALL;
        let narrow = model(ALICE, 2, closed, &[]);
        let private = model(ALICE, 3, presets::cc_by_nc_4_0(), &[]);
        let alike = model(ALICE, 4, presets::cc_by_sa_4_0(), &[]);
        let rail = model(ALICE, 5, presets::openrail_m(), &[]);
        let brief = model(ALICE, 6, free().with_expiry(9), &[]);
        let dear = model(ALICE, 7, paid(60), &[]);
        let also_paid = model(ALICE, 8, paid(1), &[]);
        System::set_block_number(9);

        let refused = |origin, terms: LicenceTerms, error: Error<Test>| {
            assert_noop!(attach(BOB, 9, terms, &[open, origin]), error);
        };
        refused(unused, free(), Error::UseNotAllowed { origin: 1 });
        refused(
            narrow,
            free(),
            Error::OnwardUseNotAllowed {
                origin: 1,
                uses: Uses::ALL.without(Uses::of(&[Use::Infer])).bits(),
            },
        );
        refused(private, free(), Error::CommercialNotAllowed { origin: 1 });
        refused(alike, free(), Error::ShareAlikeRequired { origin: 1 });
        refused(brief, free(), Error::OriginExpired { origin: 1 });
        refused(open, free(), Error::OriginRepeated { origin: 1 });
        let unknown = Origin::MergedFrom(77);
        refused(unknown, free(), Error::OriginNotFound { origin: 1 });
        assert_noop!(
            attach(BOB, 9, presets::cc_by_sa_4_0(), &[open, alike, rail]),
            Error::<Test>::FamilyConflict { origin: 2 }
        );
        assert_noop!(
            attach(BOB, 9, free(), &[open, dear, also_paid]),
            Error::<Test>::RoyaltiesTooHigh { origin: 2 }
        );
    });
}

#[test]
fn limits_are_named_too() {
    ExtBuilder::build_and_execute(|| {
        let asking = free().with_approval(Gate::Every);
        let nine: Vec<_> = (0..9)
            .map(|number| model(ALICE, number, asking.clone(), &[]))
            .collect();
        assert_noop!(
            attach(ALICE, 9, asking.clone(), &nine),
            Error::<Test>::TooManyGates { origin: 8 }
        );

        let cheap = free().with_royalty(Perbill::from_parts(1), None);
        let pools: Vec<_> = (0..17)
            .map(|number| datanet(ALICE, number, cheap.clone()))
            .collect();
        assert_noop!(
            attach(ALICE, 9, asking.clone(), &pools),
            Error::<Test>::TooManyOrigins { origin: 16 }
        );
        let mut origins = vec![model(ALICE, 20, cheap.clone(), &pools[..16])];
        origins.extend((21..37).map(|number| model(ALICE, number, cheap.clone(), &[])));
        assert_noop!(
            attach(ALICE, 40, cheap.clone(), &origins),
            Error::<Test>::TooManyOrigins { origin: 16 }
        );
        let below = model(ALICE, 41, free(), &origins[..16]);
        assert_noop!(
            attach(ALICE, 42, free(), &[below, origins[16]]),
            Error::<Test>::StackTooLong { origin: 1 }
        );
    });
}

#[test]
fn too_many_origins_are_refused_before_they_are_looked_at() {
    ExtBuilder::build_and_execute(|| {
        let unknown: Vec<_> = (0..17).map(Origin::MergedFrom).collect();
        assert_noop!(
            attach(ALICE, 20, free(), &unknown),
            Error::<Test>::TooManyOrigins { origin: 16 }
        );
    });
}

#[test]
fn a_refusal_fits_the_bytes_of_an_error() {
    ExtBuilder::build_and_execute(|| {
        let error = Error::<Test>::OnwardUseNotAllowed { origin: 3, uses: 5 };
        let encoded = error.encode();
        let DispatchError::Module(ModuleError { error, .. }) = error.into() else {
            panic!("an error of a pallet");
        };
        assert_eq!(encoded[1..], [3, 5]);
        assert_eq!(error[..3], encoded[..]);
    });
}

#[test]
fn own_terms_must_be_published_and_not_expired() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(
            Licensing::do_attach_model(0, &ALICE, H256::zero(), &[]),
            Error::<Test>::TermsNotFound
        );
        published(free().with_expiry(9));
        System::set_block_number(9);
        assert_noop!(
            attach(ALICE, 0, free().with_expiry(9), &[]),
            Error::<Test>::TermsExpired
        );
    });
}

#[test]
fn a_model_has_one_licence_for_ever() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_noop!(
            attach(ALICE, 0, free(), &[]),
            Error::<Test>::AlreadyAttached
        );
    });
}

#[test]
fn an_owner_without_money_is_refused() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(
            attach(PAUPER, 0, free(), &[]),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn after_a_transfer_former_owners_need_grants_like_others() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_approval(Gate::First), &[]);
        assert_ok!(Licensing::do_transfer(Asset::Model(0), &BOB));
        assert_ok!(acquire(ALICE, Asset::Model(0), Generation::First));
        assert_noop!(
            attach(ALICE, 1, free(), &[base]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
    });
}
