use frame_support::{assert_noop, assert_ok};
use sp_runtime::Perbill;
use tributary_primitives::assets::Asset;

use crate::{mock::*, Error, Event, Offer, Offers};

const ASSET: Asset = Asset::Model(0);

fn offer(who: AccountId, price: u128, percent: u32) -> sp_runtime::DispatchResult {
    let host_share = Perbill::from_percent(percent);
    Licensing::make_offer(RuntimeOrigin::signed(who), ASSET, price, host_share)
}

#[test]
fn the_owner_says_the_price_and_changes_it() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_ok!(offer(ALICE, 7, 20));
        assert_eq!(
            last_event(),
            Event::OfferMade {
                asset: ASSET,
                price: 7,
                host_share: Perbill::from_percent(20)
            }
        );
        assert_ok!(offer(ALICE, 0, 50));
        assert_eq!(
            Offers::<Test>::get(ASSET),
            Some(Offer {
                price: 0,
                host_share: Perbill::from_percent(50)
            })
        );
    });
}

#[test]
fn a_steward_makes_the_offer_of_a_datanet() {
    ExtBuilder::build_and_execute(|| {
        datanet(BOB, 3, for_datanets());
        assert_ok!(Licensing::make_offer(
            RuntimeOrigin::signed(BOB),
            Asset::Datanet(3),
            1,
            Perbill::zero()
        ));
    });
}

#[test]
fn hosts_cannot_be_promised_more_than_the_chain_allows() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_noop!(offer(ALICE, 7, 51), Error::<Test>::HostShareTooHigh);
    });
}

#[test]
fn a_stranger_makes_no_offer() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_noop!(offer(BOB, 7, 20), Error::<Test>::NotAuthorized);
    });
}

#[test]
fn an_unknown_asset_has_no_offer() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(offer(ALICE, 7, 20), Error::<Test>::AssetNotFound);
    });
}
