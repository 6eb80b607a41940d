use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::DispatchError;
use tributary_primitives::{
    assets::{Payee, Royalty},
    ledger::{Inflow, RoyaltyPayments},
};

#[test]
fn royalties_go_to_inboxes_and_pools_and_the_rest_to_the_team() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(40, 1)]).open(pool(0, 1), crew(&[]));
        open_model(0, &[], 20);
        let royalties = [
            royalty(Payee::Model(0), 10),
            royalty(Payee::Pool(pool(0, 1)), 50),
        ];
        open_shared(1, &royalties, &[(21, 75), (22, 25)]);
        pay_net(1, 1_000);
        events();

        settle(1);
        let inflow = Inflow {
            net: 1_000,
            royalties: 0,
        };
        assert_eq!(
            events(),
            [
                Event::Credited {
                    account: 21,
                    amount: 300,
                    source: Source::Team(1)
                },
                Event::Credited {
                    account: 22,
                    amount: 100,
                    source: Source::Team(1)
                },
                Event::Settled {
                    model: 1,
                    inflow,
                    royalties: RoyaltyPayments::truncate_from(vec![
                        (Payee::Model(0), 100),
                        (Payee::Pool(pool(0, 1)), 500)
                    ]),
                },
            ]
        );
        assert_eq!([20, 21, 22].map(claimable), [0, 300, 100]);

        settle(0);
        assert_eq!(claimable(20), 100);
        assert_eq!(
            PoolAccounts::<Test>::get(pool(0, 1))
                .unwrap()
                .takings
                .royalties,
            500
        );
    });
}

#[test]
fn royalties_are_owed_out_of_payments_and_not_out_of_royalties() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_model(1, &[royalty(Payee::Model(0), 10)], 21);
        let both = [royalty(Payee::Model(0), 10), royalty(Payee::Model(1), 20)];
        open_model(2, &both, 22);
        pay_net(2, 1_000);
        for model in [2, 1, 0] {
            settle(model);
        }
        assert_eq!([20, 21, 22].map(claimable), [100, 200, 700]);
    });
}

#[test]
fn settling_twice_pays_once() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        pay_net(0, 77);
        settle(0);
        events();
        settle(0);
        assert_eq!(claimable(20), 77);
        assert_eq!(events(), []);
    });
}

#[test]
fn a_ceiling_is_reached_exactly_and_then_all_is_the_teams() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        let capped = Royalty {
            ceiling: Some(10),
            ..royalty(Payee::Model(0), 10)
        };
        open_model(1, &[capped], 21);
        for (payment, owed, rest) in [(95, 9, 86), (5, 10, 90), (5, 10, 95), (1_000, 10, 1_095)] {
            pay_net(1, payment);
            settle(1);
            settle(0);
            assert_eq!((claimable(20), claimable(21)), (owed, rest));
        }
    });
}

#[test]
fn single_units_find_their_way_without_loss() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_model(1, &[], 21);
        let royalties = [royalty(Payee::Model(0), 30), royalty(Payee::Model(1), 30)];
        open_model(2, &royalties, 22);
        let mut seen = Vec::new();
        for _ in 0..10 {
            pay_net(2, 1);
            for model in [2, 1, 0] {
                settle(model);
            }
            Rewards::do_try_state().unwrap();
            let held = PotTotals::<Test>::get().held.models;
            seen.push((claimable(20), claimable(22), held));
        }
        // Both royalties step at 4, 7 and 10 units; the rest never falls.
        let expected = [
            (0, 1, 0),
            (0, 1, 1),
            (0, 2, 1),
            (1, 2, 0),
            (1, 2, 1),
            (1, 3, 1),
            (2, 3, 0),
            (2, 4, 0),
            (2, 4, 1),
            (3, 4, 0),
        ];
        assert_eq!(seen, expected);
    });
}

#[test]
fn a_member_that_cannot_receive_blocks_nobody() {
    ExtBuilder.build_and_execute(|| {
        // An account without existence, the pot and the treasury.
        let members = [
            (50, 25),
            (Rewards::pot(), 25),
            (TREASURY_ACCOUNT, 25),
            (20, 25),
        ];
        open_shared(0, &[], &members);
        pay_net(0, 8);
        settle(0);
        assert_eq!(
            [50, Rewards::pot(), TREASURY_ACCOUNT, 20].map(claimable),
            [2; 4]
        );
        pay_net(0, 400);
        settle(0);
        assert_ok!(Rewards::withdraw(RuntimeOrigin::signed(20)));
    });
}

#[test]
fn what_was_not_needed_of_the_worst_case_is_refunded() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_model(1, &[royalty(Payee::Model(0), 10)], 21);
        let call = RuntimeCall::Rewards(Call::settle { model: 1 });
        let worst = CountedWeights::settle(40, 32);
        assert_eq!(call.get_dispatch_info().call_weight, worst);

        let settled = || {
            let post = Rewards::settle(RuntimeOrigin::signed(1), 1).unwrap();
            post.actual_weight
        };
        pay_net(1, 10);
        assert_eq!(settled(), Some(CountedWeights::settle(1, 1)));
        assert_eq!(settled(), Some(CountedWeights::settle(0, 0)));
    });
}

#[test]
fn a_model_without_ledger_cannot_be_settled() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            Rewards::settle(RuntimeOrigin::signed(1), 0),
            Error::<Test>::ModelNotFound
        );
    });
}

#[test]
fn settling_must_be_signed() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        assert_noop!(
            Rewards::settle(RuntimeOrigin::root(), 0),
            DispatchError::BadOrigin
        );
    });
}
