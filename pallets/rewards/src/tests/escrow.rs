use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    assets::{LateRoyalties, Payee},
    roles::Revenue,
};

#[test]
fn half_of_what_a_team_keeps_waits_until_the_second_boundary() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_waiting(1, &[royalty(Payee::Model(0), 20)], &[(21, 100)]);
        go_to_period(3);
        pay_net(1, 1_000);
        settle(1);
        assert_eq!(claimable(21), 400);
        assert_eq!(Rewards::model(1).unwrap().waiting, 400);

        System::set_block_number(5 * PERIOD - 1);
        settle(1);
        assert_eq!(claimable(21), 400);
        go_to_period(5);
        settle(1);
        assert_eq!(claimable(21), 800);
        assert_eq!(Rewards::model(1).unwrap().waiting, 0);
    });
}

#[test]
fn when_somebody_settles_does_not_matter() {
    let last = |settled_at: &[u64]| {
        let mut end = 0;
        ExtBuilder.build_and_execute(|| {
            open_waiting(0, &[], &[(20, 100)]);
            for period in 0..6 {
                go_to_period(period);
                pay_net(0, 333);
                if settled_at.contains(&period) {
                    settle(0);
                }
            }
            settle(0);
            end = claimable(20);
        });
        end
    };
    // All of four periods and half of two.
    assert_eq!(last(&[]), 4 * 333 + 333);
    assert_eq!(last(&[1, 4]), last(&[]));
    assert_eq!(last(&[0, 1, 2, 3, 4, 5]), last(&[]));
}

#[test]
fn a_model_that_was_made_again_waits_no_longer() {
    ExtBuilder.build_and_execute(|| {
        open_waiting(0, &[], &[(20, 100)]);
        pay_net(0, 1_000);
        settle(0);
        assert_eq!(claimable(20), 500);
        events();
        assert_ok!(<Rewards as Revenue<_>>::release(0));
        assert_eq!(events(), [Event::EscrowReleased { model: 0 }]);
        settle(0);
        pay_net(0, 1);
        settle(0);
        assert_eq!(claimable(20), 1_001);
    });
}

#[test]
fn a_former_team_has_what_waits_of_theirs() {
    ExtBuilder.build_and_execute(|| {
        open_waiting(0, &[], &[(20, 50), (21, 50)]);
        pay_net(0, 1_000);
        let amend = |account| <Rewards as Revenue<_>>::amend_team(0, team(&[(account, 100)]));
        assert_ok!(amend(22));
        assert_eq!([20, 21, 22].map(claimable), [250, 250, 0]);
        pay_net(0, 100);
        settle(0);
        assert_eq!([20, 21, 22].map(claimable), [250, 250, 50]);
        assert_eq!(Rewards::model(0).unwrap().waiting, 550);
        assert_noop!(amend(23), Error::<Test>::FormerTeamWaits);

        go_to_period(2);
        assert_ok!(amend(23));
        assert_eq!([20, 21, 22, 23].map(claimable), [500, 500, 100, 0]);
    });
}

#[test]
fn a_model_that_does_not_exist_cannot_be_released() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            <Rewards as Revenue<_>>::release(0),
            Error::<Test>::ModelNotFound
        );
    });
}

#[test]
fn half_waits_again_of_what_comes_in_once_the_ancestry_was_not_complete() {
    ExtBuilder.build_and_execute(|| {
        open_waiting(0, &[], &[(20, 100)]);
        assert_ok!(<Rewards as Revenue<_>>::release(0));
        pay_net(0, 1_000);
        events();
        assert_ok!(<Rewards as Revenue<_>>::resume(0));
        assert_eq!(events().last(), Some(&Event::EscrowResumed { model: 0 }));
        assert_eq!(claimable(20), 1_000);

        pay_net(0, 100);
        settle(0);
        assert_eq!(claimable(20), 1_050);
        go_to_period(1);
        pay_net(0, 10);
        settle(0);
        assert_eq!(claimable(20), 1_055);
        go_to_period(2);
        settle(0);
        assert_eq!(claimable(20), 1_105);
        go_to_period(3);
        settle(0);
        assert_eq!(claimable(20), 1_110);
        // Nothing of what came in before is claimed.
        let claimed = LateRoyalties::truncate_from(vec![royalty(Payee::Model(1), 50)]);
        open_model(1, &[], 21);
        assert_ok!(<Rewards as Revenue<_>>::claim(0, claimed));
        assert_eq!(Rewards::model(0).unwrap().contested, 0);
        assert_ok!(<Rewards as Revenue<_>>::close_claim(0));
        // It waits already.
        events();
        assert_ok!(<Rewards as Revenue<_>>::resume(0));
        assert_eq!(events(), []);
    });
}
