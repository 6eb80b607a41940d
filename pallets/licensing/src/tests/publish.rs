use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{ArithmeticError, Perbill};
use tributary_primitives::licences::{Gate, LicenceTerms};

use crate::{mock::*, Error, Event, HoldReason, Licences, Publication, Publications};

fn publish(who: AccountId, terms: LicenceTerms) -> sp_runtime::DispatchResult {
    Licensing::publish(RuntimeOrigin::signed(who), terms)
}

#[test]
fn anybody_publishes_terms_and_holds_a_deposit_for_their_bytes() {
    ExtBuilder::build_and_execute(|| {
        let terms = free().with_fee(5, Gate::Every);
        assert_ok!(publish(ALICE, terms.clone()));

        let id = terms.id();
        let publication = Publications::<Test>::get(id).unwrap();
        let bytes = terms.encoded_size() + publication.encoded_size();
        let deposit = 2 * ITEM + bytes as u128 * BYTE;
        assert_eq!(
            publication,
            Publication {
                publisher: ALICE,
                deposit,
                assets: 0
            }
        );
        assert_eq!(on_hold(HoldReason::Terms, ALICE), deposit);
        assert_eq!(Licences::<Test>::get(id), Some(terms));
        assert_eq!(
            last_event(),
            Event::TermsPublished {
                terms: id,
                publisher: ALICE,
                deposit
            }
        );
    });
}

#[test]
fn equal_terms_are_not_stored_twice() {
    ExtBuilder::build_and_execute(|| {
        assert_ok!(publish(ALICE, free()));
        assert_noop!(publish(BOB, free()), Error::<Test>::TermsAlreadyPublished);
        assert_ok!(publish(BOB, free().with_text(text(1))));
    });
}

#[test]
fn terms_with_a_flaw_are_refused_by_its_name() {
    ExtBuilder::build_and_execute(|| {
        let royalty = |parts, ceiling| free().with_royalty(Perbill::from_parts(parts), ceiling);
        for terms in [
            royalty(0, None),
            royalty(600_000_001, None),
            royalty(1, Some(0)),
        ] {
            assert_noop!(publish(ALICE, terms), Error::<Test>::RoyaltyOutOfBounds);
        }
        assert_noop!(
            publish(ALICE, free().with_fee(0, Gate::First)),
            Error::<Test>::EmptyFee
        );
        let mut terms = free();
        terms.quota = Some(0);
        assert_noop!(publish(ALICE, terms), Error::<Test>::EmptyQuota);
        let mut terms = free();
        terms.text.uri = Default::default();
        assert_noop!(publish(ALICE, terms), Error::<Test>::InvalidUri);
        let mut terms = free();
        terms.text.spdx = b"two words".to_vec().try_into().unwrap();
        assert_noop!(publish(ALICE, terms), Error::<Test>::InvalidSpdx);
    });
}

#[test]
fn terms_that_have_expired_are_refused() {
    ExtBuilder::build_and_execute(|| {
        System::set_block_number(10);
        assert_noop!(
            publish(ALICE, free().with_expiry(10)),
            Error::<Test>::TermsExpired
        );
        assert_ok!(publish(ALICE, free().with_expiry(11)));
    });
}

#[test]
fn a_publisher_without_money_for_the_deposit_is_refused() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(publish(PAUPER, free()), Error::<Test>::DepositNotPayable);
    });
}

#[test]
fn a_deposit_beyond_all_coin_is_refused() {
    ExtBuilder::build_and_execute(|| {
        BytePrice::set(u128::MAX);
        assert_noop!(publish(ALICE, free()), ArithmeticError::Overflow);
    });
}

#[test]
fn nobody_else_than_a_signed_account_publishes() {
    ExtBuilder::build_and_execute(|| {
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Licensing::publish(origin, free()),
                sp_runtime::DispatchError::BadOrigin
            );
        }
    });
}
