//! Each invariant is seen to be broken when it is.

use frame_support::{assert_ok, traits::fungible::MutateHold};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Gates, Generation, Uses},
};

use crate::{mock::*, Attachments, Grants, HoldReason, Licences, Offer, Offers, Publications};

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
    assert_eq!(error, "a standing permits more than an ancestor");
}

#[test]
fn a_diluted_royalty_is_found() {
    let error = broken(|| child(|standing| standing.stack[0].rate = Perbill::from_percent(1)));
    assert_eq!(error, "a royalty is not what its asset asks for");
}

#[test]
fn a_lost_royalty_is_found() {
    let error = broken(|| {
        child(|standing| {
            standing
                .stack
                .retain(|royalty| royalty.payee.asset() == BASE);
        })
    });
    assert_eq!(
        error,
        "an ancestor owes a royalty that its descendant does not owe"
    );
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
