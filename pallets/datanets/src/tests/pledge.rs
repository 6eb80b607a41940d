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
        assert_ok!(pledge(signed(SPONSOR), 50, 1_000));
        let deposit = 100 + PledgeOf::<Test>::max_encoded_len() as Balance;
        assert_eq!(held(SPONSOR, HoldReason::Pledge), 1_000 + deposit);
        assert_eq!(
            Datanets::pledged(0, SPONSOR),
            Some(Pledge {
                round: 1,
                providers: vec![PROVIDER].try_into().unwrap(),
                price: 50,
                budget: 1_000,
                deposit,
            })
        );
        System::assert_last_event(
            Event::Pledged {
                datanet: 0,
                sponsor: SPONSOR,
                round: 1,
                providers: vec![PROVIDER].try_into().unwrap(),
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
        assert_ok!(pledge(signed(SPONSOR), 50, 1_000));
        assert_ok!(pledge(signed(ALICE), 60, 500));
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
            pledge(signed(SPONSOR), 0, 1_000),
            Error::<Test>::EmptyPledge
        );
        assert_noop!(pledge(signed(SPONSOR), 50, 0), Error::<Test>::EmptyPledge);
    });
}

#[test]
fn a_second_pledge_is_refused() {
    execute(|| {
        create(1);
        assert_ok!(pledge(signed(SPONSOR), 50, 1_000));
        assert_noop!(
            pledge(signed(SPONSOR), 50, 1_000),
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
                pledge(signed(SPONSOR), 50, budget),
                Error::<Test>::DepositNotPayable
            );
        }
    });
}

#[test]
fn an_unknown_datanet_and_an_unsigned_pledge_are_refused() {
    execute(|| {
        assert_noop!(
            pledge(signed(SPONSOR), 50, 1_000),
            Error::<Test>::DatanetNotFound
        );
        assert_noop!(
            pledge(RuntimeOrigin::none(), 50, 1_000),
            DispatchError::BadOrigin
        );
    });
}

fn pledge_for(round: u32, providers: Vec<u64>) -> sp_runtime::DispatchResult {
    Datanets::pledge(signed(SPONSOR), 0, round, providers, 50, 1_000)
}

#[test]
fn a_pledge_names_the_providers_that_there_are() {
    execute(|| {
        create(2);
        for others in [vec![10], vec![11, 10], vec![10, 11, 12], vec![10, STRANGER]] {
            assert_noop!(pledge_for(1, others), Error::<Test>::OtherProviders);
        }
        assert_noop!(pledge_for(1, vec![]), Error::<Test>::NoProviders);
        assert_ok!(pledge_for(1, vec![10, 11]));
    });
}

#[test]
fn a_pledge_is_for_a_round_that_is_not_open() {
    execute(|| {
        create(1);
        open();
        for past in [0, 1] {
            assert_noop!(pledge_for(past, vec![10]), Error::<Test>::RoundOpened);
        }
        assert_ok!(pledge_for(2, vec![10]));
    });
}
