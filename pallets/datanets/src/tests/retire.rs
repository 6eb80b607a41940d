use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use tributary_primitives::datanets::Phase;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn a_retired_datanet_opens_no_round_and_takes_no_pledge() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        System::assert_last_event(Event::Retired { datanet: 0 }.into());
        assert!(Licences::attached(0).unwrap().retired);
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::DatanetRetired
        );
        assert_noop!(pledge(signed(SPONSOR), 1, 1), Error::<Test>::DatanetRetired);
    });
}

#[test]
fn open_rounds_of_a_retired_datanet_go_on() {
    execute(|| {
        create(1);
        let round = open();
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        reveal_round(round, &[(ALICE, 4)]);
        assert_eq!(round_of(round).phase, Phase::Revealed);
    });
}

#[test]
fn pledges_for_a_retired_datanet_can_be_withdrawn() {
    execute(|| {
        create(1);
        assert_ok!(pledge(signed(SPONSOR), 1, 1_000));
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        assert_ok!(Datanets::withdraw_pledge(signed(SPONSOR), 0));
        assert_eq!(free(SPONSOR), WEALTH);
    });
}

#[test]
fn an_offer_of_a_retired_datanet_is_void() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        assert_noop!(
            Datanets::accept_transfer(signed(ALICE), 0),
            Error::<Test>::NotOffered
        );
    });
}

#[test]
fn a_stranger_cannot_retire_a_datanet() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::retire(signed(STRANGER), 0),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Datanets::retire(RuntimeOrigin::root(), 0),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn an_unknown_or_retired_datanet_cannot_be_retired() {
    execute(|| {
        assert_noop!(
            Datanets::retire(signed(STEWARD), 0),
            Error::<Test>::DatanetNotFound
        );
        create(1);
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        assert_noop!(
            Datanets::retire(signed(STEWARD), 0),
            Error::<Test>::DatanetRetired
        );
    });
}

#[test]
fn a_retired_datanet_can_still_be_handed_on() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::retire(signed(STEWARD), 0));
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_ok!(Datanets::accept_transfer(signed(ALICE), 0));
        assert_eq!(Datanets::datanet(0).unwrap().datanet.steward, ALICE);
    });
}
