//! Units of calls are reserved when a channel opens, and come back if they are not called.

use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{
    assets::Asset,
    licences::{LicenceTerms, Offer, Use, UseRefusal, Uses},
    roles::{CallLicences, Terms as _},
};

use crate::{mock::*, Attachments, Changes, Error};

const MODEL: u32 = 0;
const ASSET: Asset = Asset::Model(MODEL);
const SHARE: Perbill = Perbill::from_percent(20);

fn reserve(units: u64, until: u32) -> Result<Offer, DispatchError> {
    <Licensing as CallLicences<AccountId>>::reserve(MODEL, units, until)
}

fn refund(units: u64) -> sp_runtime::DispatchResult {
    <Licensing as CallLicences<AccountId>>::refund(MODEL, units)
}

fn reserved() -> u64 {
    Attachments::<Test>::get(ASSET).unwrap().reserved
}

fn offer(price: u128) {
    let alice = RuntimeOrigin::signed(ALICE);
    assert_ok!(Licensing::make_offer(alice, ASSET, price, SHARE));
}

/// A model of Alice's that is offered for 7 a unit.
fn offered(terms: LicenceTerms) {
    let data = datanet(CAROL, 3, for_datanets());
    model(ALICE, MODEL, terms, &[data]);
    offer(7);
}

fn with_quota() -> LicenceTerms {
    LicenceTerms {
        quota: Some(100),
        ..free()
    }
}

#[test]
fn it_says_what_the_owner_asks() {
    ExtBuilder::build_and_execute(|| {
        offered(free());
        let asked = |price| Offer {
            price,
            host_share: SHARE,
        };
        assert_eq!(reserve(u64::MAX, 50), Ok(asked(7)));
        offer(8);
        assert_eq!(reserve(u64::MAX, 50), Ok(asked(8)));
        // Without a quota nothing is counted.
        assert_eq!(reserved(), 0);
        assert_ok!(refund(u64::MAX));
    });
}

#[test]
fn all_channels_together_have_the_quota() {
    ExtBuilder::build_and_execute(|| {
        offered(with_quota());
        assert_ok!(reserve(60, 50));
        assert_noop!(reserve(41, 50), Error::<Test>::QuotaExceeded);
        assert_eq!(
            Licensing::can_use(ASSET, Use::Infer, BOB, 41, 50).err(),
            Some(UseRefusal::QuotaExceeded { left: 40 })
        );
        assert_ok!(reserve(40, 50));
        assert_noop!(reserve(1, 50), Error::<Test>::QuotaExceeded);
        assert_eq!(reserved(), 100);
    });
}

#[test]
fn units_that_are_not_called_can_be_reserved_again() {
    ExtBuilder::build_and_execute(|| {
        offered(with_quota());
        assert_ok!(reserve(100, 50));
        assert_ok!(refund(30));
        assert_noop!(reserve(31, 50), Error::<Test>::QuotaExceeded);
        assert_ok!(reserve(30, 50));
        assert_ok!(refund(100));
        assert_noop!(
            refund(1),
            DispatchError::Arithmetic(sp_runtime::ArithmeticError::Underflow)
        );
    });
}

#[test]
fn calls_end_before_the_licence_does() {
    ExtBuilder::build_and_execute(|| {
        offered(free().with_expiry(50));
        assert_ok!(reserve(1, 49));
        assert_noop!(reserve(1, 50), Error::<Test>::AssetExpired);
        System::set_block_number(50);
        assert_noop!(reserve(1, 0), Error::<Test>::AssetExpired);
    });
}

#[test]
fn what_licence_or_owner_do_not_allow_is_refused() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(reserve(1, 50), Error::<Test>::AssetNotFound);
        assert_noop!(refund(1), Error::<Test>::AssetNotFound);
        let data = datanet(CAROL, 3, for_datanets());
        model(ALICE, MODEL, free(), &[data]);
        assert_noop!(reserve(1, 50), Error::<Test>::NotOffered);
        offer(7);
        // A retired model goes on answering.
        assert_ok!(Licensing::retire(ASSET));
        assert_ok!(reserve(1, 50));
    });
    ExtBuilder::build_and_execute(|| {
        offered(LicenceTerms {
            direct: Uses::of(&[Use::Train]),
            ..free()
        });
        assert_noop!(reserve(1, 50), Error::<Test>::CallsNotAllowed);
    });
}

#[test]
fn a_model_whose_sources_have_changed_is_refolded_first() {
    ExtBuilder::build_and_execute(|| {
        offered(free());
        Changes::<Test>::put(1);
        Attachments::<Test>::mutate_extant(Asset::Datanet(3), |data| data.changed = 1);
        assert_noop!(reserve(1, 50), Error::<Test>::ModelStale);
        Attachments::<Test>::mutate_extant(Asset::Datanet(3), |data| data.changed = 0);
        assert_ok!(reserve(1, 50));
    });
}
