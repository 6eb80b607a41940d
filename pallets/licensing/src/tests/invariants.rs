//! Each invariant is seen to be broken when it is.

use frame_support::{assert_ok, traits::fungible::MutateHold};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Gates, Generation, Origin, Uses},
};

use crate::{
    mock::*, Attachments, Grants, HoldReason, Licences, ModelSource, Offer, Offers, Publications,
    SourceList, Sources,
};

const BASE: Asset = Asset::Model(0);
const CHILD: Asset = Asset::Model(1);

/// A chain with a bit of everything, broken, and what is said of it.
fn broken(breaking: impl FnOnce()) -> &'static str {
    let mut found = "";
    ExtBuilder::build().execute_with(|| {
        let data = datanet(ALICE, 3, for_datanets());
        let asking = for_datanets().with_fee(5, Gate::Every);
        let base = model(ALICE, 0, asking.with_approval(Gate::First), &[data]);
        assert_ok!(acquire(ALICE, BASE, Generation::First));
        model(ALICE, 1, free().with_expiry(99), &[base]);
        assert_ok!(acquire(BOB, BASE, Generation::First));
        assert_ok!(Licensing::make_offer(
            RuntimeOrigin::signed(ALICE),
            BASE,
            1,
            Perbill::zero()
        ));
        assert_eq!(Licensing::do_try_state(), Ok(()));
        breaking();
        let error = Licensing::do_try_state().expect_err("it is broken");
        found = error.into();
    });
    found
}

fn child(change: impl FnOnce(&mut tributary_primitives::licences::Standing)) {
    Attachments::<Test>::mutate_extant(CHILD, |attachment| change(&mut attachment.standing));
}

#[test]
fn terms_under_another_hash_are_found() {
    let error = broken(|| {
        Licences::<Test>::insert(H256::zero(), free());
    });
    assert_eq!(error, "terms are not stored under their hash");
}

#[test]
fn a_miscounted_publication_is_found() {
    let error = broken(|| {
        Publications::<Test>::mutate_extant(for_datanets().id(), |found| found.assets = 7);
    });
    assert_eq!(
        error,
        "a publication does not count the assets under its terms"
    );
}

#[test]
fn terms_that_vanished_are_found() {
    let error = broken(|| Licences::<Test>::remove(for_datanets().id()));
    assert_eq!(error, "an asset is under unpublished terms");
}

#[test]
fn a_standing_wider_than_the_terms_is_found() {
    let error = broken(|| child(|standing| standing.expires = None));
    assert_eq!(error, "a standing permits more than the terms");
}

#[test]
fn a_standing_wider_than_an_ancestor_is_found() {
    let error = broken(|| {
        Attachments::<Test>::mutate_extant(BASE, |base| base.standing.onward = Uses::NONE)
    });
    assert_eq!(error, "a standing does not follow from the sources");
}

#[test]
fn a_diluted_royalty_is_found() {
    let error = broken(|| child(|standing| standing.stack[0].rate = Perbill::from_percent(1)));
    assert_eq!(error, "a royalty is not what its asset asks for");
}

#[test]
fn a_lost_gate_is_found() {
    let error = broken(|| child(|standing| standing.gates = Gates::new()));
    assert_eq!(error, "a standing does not follow from the sources");
}

#[test]
fn a_datanet_with_ancestors_is_found() {
    let error = broken(|| {
        // Nobody comes from it.
        datanet(ALICE, 8, for_datanets());
        Attachments::<Test>::mutate_extant(Asset::Datanet(8), |data| {
            data.standing.expires = Some(7);
        })
    });
    assert_eq!(error, "a datanet has ancestors");
}

#[test]
fn what_is_owed_twice_is_found() {
    let error = broken(|| {
        child(|standing| {
            let royalty = standing.stack[0];
            standing.late.try_push(royalty).unwrap();
        })
    });
    assert_eq!(error, "an asset is owed in the stack and late");
}

#[test]
fn a_source_too_many_is_found() {
    let source = |model, upheld| ModelSource {
        origin: Origin::FineTunedFrom(model),
        upheld,
    };
    let named = (10..27).map(|model| source(model, false));
    let late = (10..19).map(|model| source(model, true));
    for sources in [named.collect::<Vec<_>>(), late.collect()] {
        let error = broken(|| {
            Sources::<Test>::insert(1, SourceList::truncate_from(sources));
        });
        assert_eq!(error, "a model has too many sources");
    }
}

#[test]
fn a_source_that_cannot_be_one_is_found() {
    let push = |origin| {
        broken(|| {
            Sources::<Test>::mutate(1, |sources| {
                let upheld = true;
                sources.try_push(ModelSource { origin, upheld }).unwrap();
            });
        })
    };
    assert_eq!(push(Origin::FineTunedFrom(1)), "a model comes from itself");
    assert_eq!(push(Origin::MergedFrom(0)), "a model has a source twice");
    assert_eq!(push(trained_on(9, 1)), "a source has no terms");
}

#[test]
fn sources_of_nobody_are_found() {
    let error = broken(|| Sources::<Test>::insert(7, SourceList::new()));
    assert_eq!(error, "sources are of a model without terms");
}

#[test]
fn an_asset_ahead_of_all_changes_is_found() {
    for (changed, folded) in [(1, 0), (0, 1)] {
        let error = broken(|| {
            Attachments::<Test>::mutate_extant(CHILD, |child| {
                (child.changed, child.folded) = (changed, folded);
            })
        });
        assert_eq!(error, "an asset is ahead of all changes");
    }
}

#[test]
fn royalties_out_of_order_are_found() {
    let error = broken(|| {
        child(|standing| standing.stack.as_mut().reverse());
    });
    assert_eq!(error, "royalties are not ascending by asset");
}

#[test]
fn a_gate_that_nobody_asks_for_is_found() {
    let error = broken(|| {
        child(|standing| {
            standing.gates = Gates::truncate_from(vec![Asset::Datanet(3)]);
        })
    });
    assert_eq!(
        error,
        "an ancestor is to be asked that does not ask every descendant"
    );
}

#[test]
fn an_offer_without_an_asset_is_found() {
    let error = broken(|| {
        let offer = Offer {
            price: 1,
            host_share: Perbill::zero(),
        };
        Offers::<Test>::insert(Asset::Model(77), offer);
    });
    assert_eq!(error, "an offer is made for an asset without terms");
}

#[test]
fn a_grant_that_nobody_asks_for_is_found() {
    let error = broken(|| {
        let grant = Grants::<Test>::take(BASE, BOB).unwrap();
        Grants::<Test>::insert(Asset::Datanet(3), BOB, grant);
    });
    assert_eq!(error, "a grant is of an asset that does not ask for it");
}

#[test]
fn a_fee_that_is_kept_after_approval_is_found() {
    let error = broken(|| {
        let mut grant = Grants::<Test>::get(BASE, BOB).unwrap();
        grant.approved = true;
        Grants::<Test>::insert(BASE, BOB, grant);
    });
    assert_eq!(error, "an application has another fee on hold");
}

#[test]
fn a_hold_that_nobody_keeps_account_of_is_found() {
    for reason in [
        HoldReason::Terms,
        HoldReason::Asset,
        HoldReason::Grant,
        HoldReason::Fee,
    ] {
        let error = broken(|| {
            assert_ok!(Balances::hold(&reason.into(), &BOB, 1));
        });
        assert_eq!(
            error,
            "an account has another amount on hold than is kept for it"
        );
    }
}

#[test]
fn calls_beyond_the_quota_are_found() {
    let error = broken(|| {
        Attachments::<Test>::mutate_extant(CHILD, |attachment| attachment.reserved = 1);
    });
    assert_eq!(error, "more calls are reserved than terms allow");
}
