use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn the_steward_offers_a_datanet() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        System::assert_last_event(
            Event::TransferOffered {
                datanet: 0,
                steward: STEWARD,
                to: ALICE,
            }
            .into(),
        );
        let datanet = Datanets::datanet(0).unwrap().datanet;
        assert_eq!(datanet.offered, Some(ALICE));
        assert_eq!(datanet.steward, STEWARD);
    });
}

#[test]
fn a_later_offer_voids_an_earlier_one() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, BOB));
        assert_noop!(
            Datanets::accept_transfer(signed(ALICE), 0),
            Error::<Test>::NotOfferedToSigner
        );
    });
}

#[test]
fn only_the_steward_offers() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::offer_transfer(signed(STRANGER), 0, STRANGER),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Datanets::offer_transfer(RuntimeOrigin::none(), 0, STRANGER),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn an_unknown_datanet_cannot_be_offered() {
    execute(|| {
        assert_noop!(
            Datanets::offer_transfer(signed(STEWARD), 7, ALICE),
            Error::<Test>::DatanetNotFound
        );
    });
}

#[test]
fn a_datanet_cannot_be_offered_to_its_steward() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::offer_transfer(signed(STEWARD), 0, STEWARD),
            Error::<Test>::AlreadySteward
        );
    });
}
