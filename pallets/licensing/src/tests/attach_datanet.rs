use codec::{Encode, MaxEncodedLen};
use frame_support::{assert_noop, assert_ok, storage::with_storage_layer};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, RoyaltyStack},
    ids::TermsId,
    licences::{presets, Standing, Use, Uses},
    roles::Terms,
};

use crate::{mock::*, Attachments, Error, Event, HoldReason, Offer, Publications};

fn attach(steward: AccountId, terms: TermsId) -> sp_runtime::DispatchResult {
    with_storage_layer(|| <Licensing as Terms<_>>::attach_datanet(3, &steward, terms))
}

#[test]
fn a_datanet_is_under_its_terms_and_the_steward_holds_a_deposit() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(for_datanets());
        assert_ok!(attach(ALICE, terms));

        let asset = Asset::Datanet(3);
        let attachment = Attachments::<Test>::get(asset).unwrap();
        assert_eq!(attachment.owner, ALICE);
        assert_eq!(attachment.terms, terms);
        assert_eq!(attachment.standing, Standing::root(&for_datanets()));
        let bytes = attachment.encoded_size() + Offer::max_encoded_len();
        let deposit = 2 * ITEM + bytes as u128 * BYTE;
        assert_eq!(attachment.deposit, deposit);
        assert_eq!(on_hold(HoldReason::Asset, ALICE), deposit);
        assert_eq!(Publications::<Test>::get(terms).unwrap().assets, 1);
        assert_eq!(
            last_event(),
            Event::TermsAttached {
                asset,
                terms,
                owner: ALICE,
                royalties: RoyaltyStack::new(),
                deposit
            }
        );
    });
}

#[test]
fn a_datanet_that_asks_for_no_royalty_is_refused() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(free());
        assert_noop!(attach(ALICE, terms), Error::<Test>::RoyaltyRequired);
    });
}

#[test]
fn a_datanet_that_no_model_can_be_made_from_or_serve_is_refused() {
    ExtBuilder::build_and_execute(|| {
        let mut unusable = for_datanets();
        unusable.direct = Uses::ALL.without(Uses::of(&[Use::Train, Use::Retrieve]));
        let mut unserved = for_datanets();
        unserved.onward = Uses::ALL.without(Uses::of(&[Use::Infer]));
        for terms in [unusable, unserved] {
            let terms = published(terms);
            assert_noop!(attach(ALICE, terms), Error::<Test>::NotForDatanets);
        }
        let mut looked_up = for_datanets();
        looked_up.direct = Uses::of(&[Use::Retrieve]);
        looked_up.onward = Uses::of(&[Use::Infer]);
        let terms = published(looked_up);
        assert_ok!(attach(ALICE, terms));
    });
}

#[test]
fn a_datanet_is_not_under_a_licence_of_models() {
    ExtBuilder::build_and_execute(|| {
        for terms in [presets::openrail_m(), presets::llama_3_1()] {
            let terms = published(terms.with_royalty(Perbill::from_percent(5), None));
            assert_noop!(attach(ALICE, terms), Error::<Test>::NotForDatanets);
        }
    });
}

#[test]
fn expired_and_unpublished_terms_are_refused() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(attach(ALICE, H256::zero()), Error::<Test>::TermsNotFound);
        let terms = published(for_datanets().with_expiry(9));
        System::set_block_number(9);
        assert_noop!(attach(ALICE, terms), Error::<Test>::TermsExpired);
    });
}

#[test]
fn a_datanet_has_one_licence_for_ever() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(for_datanets());
        assert_ok!(attach(ALICE, terms));
        let others = published(for_datanets().with_text(text(1)));
        for terms in [terms, others] {
            assert_noop!(attach(ALICE, terms), Error::<Test>::AlreadyAttached);
        }
    });
}

#[test]
fn a_steward_without_money_is_refused() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(for_datanets());
        assert_noop!(attach(PAUPER, terms), Error::<Test>::DepositNotPayable);
    });
}
