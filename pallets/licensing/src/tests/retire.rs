use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    assets::Asset,
    licences::{Gate, Generation, Origin},
    roles::Terms,
};

use crate::{mock::*, Attachments, Error, Event};

const ASSET: Asset = Asset::Model(0);

fn retire() -> sp_runtime::DispatchResult {
    <Licensing as Terms<_>>::retire(ASSET)
}

#[test]
fn a_retired_asset_takes_no_children_not_even_with_a_grant() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_approval(Gate::First), &[]);
        assert_ok!(acquire(ALICE, ASSET, Generation::First));
        assert_ok!(retire());
        assert_eq!(last_event(), Event::AssetRetired { asset: ASSET });
        assert!(Attachments::<Test>::get(ASSET).unwrap().retired);
        assert_noop!(
            attach(ALICE, 1, free(), &[base]),
            Error::<Test>::OriginRetired { origin: 0 }
        );
    });
}

#[test]
fn children_that_are_there_have_children_still() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free(), &[]);
        let child = model(BOB, 1, free(), &[base]);
        assert_ok!(retire());
        model(CAROL, 2, free(), &[child]);
    });
}

#[test]
fn a_grant_for_a_later_generation_from_before_is_good() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 0, free().with_fee(5, Gate::Every), &[]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));
        let child = model(BOB, 1, free(), &[base]);
        assert_ok!(acquire(CAROL, ASSET, Generation::Later));
        assert_ok!(retire());
        model(CAROL, 2, free(), &[child]);
        assert_noop!(
            attach(CAROL, 3, free(), &[Origin::FineTunedFrom(2)]),
            Error::<Test>::GrantMissing { origin: 0 }
        );
    });
}

#[test]
fn nothing_is_retired_twice_and_nothing_unknown() {
    ExtBuilder::build_and_execute(|| {
        assert_noop!(retire(), Error::<Test>::AssetNotFound);
        model(ALICE, 0, free(), &[]);
        assert_ok!(retire());
        assert_noop!(retire(), Error::<Test>::AssetRetired);
    });
}
