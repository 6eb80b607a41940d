use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{assets::Payee, roles::Revenue};

fn amend(model: u32, members: &[(AccountId, u32)]) -> sp_runtime::DispatchResult {
    <Rewards as Revenue<_>>::amend_team(model, team(members))
}

#[test]
fn the_old_team_has_what_came_in_before_and_the_new_one_what_comes_after() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        pay_net(0, 100);
        assert_ok!(amend(0, &[(21, 25), (22, 75)]));
        assert_eq!([20, 21, 22].map(claimable), [100, 0, 0]);
        pay_net(0, 100);
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 0));
        assert_eq!([20, 21, 22].map(claimable), [100, 25, 75]);
    });
}

#[test]
fn a_member_that_stays_keeps_what_it_has() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        pay_net(0, 10);
        assert_ok!(amend(0, &[(20, 10), (21, 90)]));
        pay_net(0, 100);
        assert_ok!(amend(0, &[(21, 100)]));
        pay_net(0, 1);
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 0));
        assert_eq!([20, 21].map(claimable), [20, 91]);
    });
}

#[test]
fn the_old_teams_last_member_has_what_rounding_held_back() {
    ExtBuilder.build_and_execute(|| {
        open_shared(0, &[], &[(20, 30), (21, 30), (22, 40)]);
        pay_net(0, 4);
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 0));
        assert_eq!([20, 21, 22].map(claimable), [1, 1, 2]);
        pay_net(0, 1);
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 0));
        assert_eq!([20, 21, 22].map(claimable), [1, 1, 2]);
        assert_eq!(PotTotals::<Test>::get().held.models, 1);

        events();
        assert_ok!(amend(0, &[(23, 100)]));
        assert_eq!([20, 21, 22, 23].map(claimable), [1, 1, 3, 0]);
        assert_eq!(
            events(),
            [
                Event::Credited {
                    account: 22,
                    amount: 1,
                    source: Source::Team(0)
                },
                Event::TeamAmended {
                    model: 0,
                    team: team(&[(23, 100)])
                }
            ]
        );
        assert_eq!(PotTotals::<Test>::get().held.models, 0);
    });
}

#[test]
fn royalties_are_paid_first_and_go_on_as_before() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_model(1, &[royalty(Payee::Model(0), 30)], 21);
        pay_net(1, 9);
        // 30 % of 9 is 2.7: the fraction is not lost with the change.
        assert_ok!(amend(1, &[(22, 100)]));
        pay_net(1, 1);
        for model in [1, 0] {
            assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), model));
        }
        assert_eq!([20, 21, 22].map(claimable), [3, 7, 0]);
    });
}

#[test]
fn a_model_without_ledger_and_a_team_that_is_none_are_refused() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(amend(0, &[(1, 100)]), Error::<Test>::ModelNotFound);
        open_model(0, &[], 20);
        pay_net(0, 100);
        assert_noop!(amend(0, &[]), Error::<Test>::EmptyTeam);
        assert_noop!(amend(0, &[(1, 99)]), Error::<Test>::TeamPartsNotOne);
        assert_noop!(amend(0, &[(1, 50), (1, 50)]), Error::<Test>::MemberTwice);
    });
}
