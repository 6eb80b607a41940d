use frame_support::{assert_noop, assert_ok, storage::with_storage_layer};
use tributary_primitives::{assets::Asset, roles::Terms};

use crate::{mock::*, Attachments, Error, Event, HoldReason};

const ASSET: Asset = Asset::Model(0);

fn transfer(to: AccountId) -> sp_runtime::DispatchResult {
    with_storage_layer(|| <Licensing as Terms<_>>::transfer(ASSET, &to))
}

#[test]
fn the_new_owner_has_the_deposit_on_hold_and_the_old_one_no_more() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        let deposit = on_hold(HoldReason::Asset, ALICE);
        assert!(deposit > 0);
        BytePrice::set(3 * BYTE);
        assert_ok!(transfer(BOB));
        assert_eq!(on_hold(HoldReason::Asset, ALICE), 0);
        assert_eq!(on_hold(HoldReason::Asset, BOB), deposit);
        assert_eq!(Attachments::<Test>::get(ASSET).unwrap().owner, BOB);
        assert_eq!(
            last_event(),
            Event::OwnerChanged {
                asset: ASSET,
                from: ALICE,
                to: BOB,
                deposit
            }
        );
    });
}

#[test]
fn who_cannot_pay_the_deposit_does_not_become_the_owner() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_noop!(transfer(PAUPER), Error::<Test>::DepositNotPayable);
    });
}

#[test]
fn an_unknown_asset_has_no_owner_to_change() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(transfer(BOB), Error::<Test>::AssetNotFound);
    });
}
