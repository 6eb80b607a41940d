use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use tributary_primitives::Balance;

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn a_sponsor_has_budget_and_deposit_on_hold() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::pledge(signed(SPONSOR), 0, 50, 1_000));
        let deposit = 100 + Pledge::max_encoded_len() as Balance;
        assert_eq!(held(SPONSOR, HoldReason::Pledge), 1_000 + deposit);
        assert_eq!(
            Datanets::pledged(0, SPONSOR),
            Some(Pledge {
                price: 50,
                budget: 1_000,
                deposit,
            })
        );
        System::assert_last_event(
            Event::Pledged {
                datanet: 0,
                sponsor: SPONSOR,
                price: 50,
                budget: 1_000,
                deposit,
            }
            .into(),
        );
    });
}

#[test]
fn several_sponsors_pledge_side_by_side() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::pledge(signed(SPONSOR), 0, 50, 1_000));
        assert_ok!(Datanets::pledge(signed(ALICE), 0, 60, 500));
        assert_ok!(Datanets::open_round(signed(STEWARD), 0, Some(ALICE)));
        assert!(Datanets::pledged(0, ALICE).is_none());
        assert!(Datanets::pledged(0, SPONSOR).is_some());
    });
}

#[test]
fn a_pledge_has_a_price_and_a_budget() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::pledge(signed(SPONSOR), 0, 0, 1_000),
            Error::<Test>::EmptyPledge
        );
        assert_noop!(
            Datanets::pledge(signed(SPONSOR), 0, 50, 0),
            Error::<Test>::EmptyPledge
        );
    });
}

#[test]
fn a_second_pledge_is_refused() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::pledge(signed(SPONSOR), 0, 50, 1_000));
        assert_noop!(
            Datanets::pledge(signed(SPONSOR), 0, 50, 1_000),
            Error::<Test>::AlreadyPledged
        );
    });
}

#[test]
fn nobody_pledges_more_than_they_have() {
    execute(|| {
        create(1);
        for budget in [WEALTH, Balance::MAX] {
            assert_noop!(
                Datanets::pledge(signed(SPONSOR), 0, 50, budget),
                Error::<Test>::DepositNotPayable
            );
        }
    });
}

#[test]
fn an_unknown_datanet_and_an_unsigned_pledge_are_refused() {
    execute(|| {
        assert_noop!(
            Datanets::pledge(signed(SPONSOR), 0, 50, 1_000),
            Error::<Test>::DatanetNotFound
        );
        assert_noop!(
            Datanets::pledge(RuntimeOrigin::none(), 0, 50, 1_000),
            DispatchError::BadOrigin
        );
    });
}
