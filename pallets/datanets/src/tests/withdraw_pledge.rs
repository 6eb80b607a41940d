use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn a_sponsor_has_everything_back() {
    execute(|| {
        create(1);
        assert_ok!(pledge(signed(SPONSOR), 50, 1_000));
        let released = held(SPONSOR, HoldReason::Pledge);
        assert_ok!(Datanets::withdraw_pledge(signed(SPONSOR), 0));
        assert_eq!(free(SPONSOR), WEALTH);
        assert!(Datanets::pledged(0, SPONSOR).is_none());
        System::assert_last_event(
            Event::PledgeWithdrawn {
                datanet: 0,
                sponsor: SPONSOR,
                released,
            }
            .into(),
        );
    });
}

#[test]
fn what_a_round_has_taken_cannot_be_withdrawn() {
    execute(|| {
        create(1);
        open_sponsored(50, 1_000);
        assert_noop!(
            Datanets::withdraw_pledge(signed(SPONSOR), 0),
            Error::<Test>::PledgeNotFound
        );
    });
}

#[test]
fn nobody_withdraws_what_another_has_pledged() {
    execute(|| {
        create(1);
        assert_ok!(pledge(signed(SPONSOR), 50, 1_000));
        assert_noop!(
            Datanets::withdraw_pledge(signed(STRANGER), 0),
            Error::<Test>::PledgeNotFound
        );
        assert_noop!(
            Datanets::withdraw_pledge(RuntimeOrigin::root(), 0),
            DispatchError::BadOrigin
        );
    });
}
