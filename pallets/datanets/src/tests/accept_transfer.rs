use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn the_new_steward_takes_over_the_datanet_its_deposit_and_its_licence() {
    execute(|| {
        create(1);
        open();
        let deposit = held(STEWARD, HoldReason::Datanet);
        let wealth = free(STEWARD);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_ok!(Datanets::accept_transfer(signed(ALICE), 0));
        System::assert_last_event(
            Event::Transferred {
                datanet: 0,
                from: STEWARD,
                to: ALICE,
                deposit,
            }
            .into(),
        );
        let datanet = Datanets::datanet(0).unwrap().datanet;
        assert_eq!(datanet.steward, ALICE);
        assert_eq!(datanet.offered, None);
        assert_eq!(held(STEWARD, HoldReason::Datanet), 0);
        assert_eq!(free(STEWARD), wealth + deposit);
        assert_eq!(held(ALICE, HoldReason::Datanet), deposit);
        assert_eq!(Licences::attached(0).unwrap().owner, ALICE);
    });
}

#[test]
fn the_former_steward_decides_nothing_any_more() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_ok!(Datanets::accept_transfer(signed(ALICE), 0));
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(Datanets::open_round(signed(ALICE), 0, None));
    });
}

#[test]
fn only_whom_it_is_offered_to_accepts() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::accept_transfer(signed(ALICE), 0),
            Error::<Test>::NotOffered
        );
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        assert_noop!(
            Datanets::accept_transfer(signed(BOB), 0),
            Error::<Test>::NotOfferedToSigner
        );
        assert_noop!(
            Datanets::accept_transfer(RuntimeOrigin::none(), 0),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn an_unknown_datanet_cannot_be_accepted() {
    execute(|| {
        assert_noop!(
            Datanets::accept_transfer(signed(ALICE), 0),
            Error::<Test>::DatanetNotFound
        );
    });
}

#[test]
fn a_new_steward_who_cannot_pay_the_deposit_is_refused() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::offer_transfer(signed(STEWARD), 0, ALICE));
        leave(ALICE, 100);
        assert_noop!(
            Datanets::accept_transfer(signed(ALICE), 0),
            Error::<Test>::DepositNotPayable
        );
    });
}
