use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchResult, Perbill};
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Payee, Royalty},
    roles::{DataPools, Revenue},
};

fn amend(model: u32, royalties: &[Royalty], late: &[Royalty]) -> DispatchResult {
    let late = LateRoyalties::truncate_from(late.to_vec());
    <Rewards as Revenue<_>>::amend_royalties(model, stack(royalties), late)
}

#[test]
fn other_royalties_are_owed_from_now_on_and_the_present_ones_are_paid_before() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_model(1, &[], 21);
        open_model(2, &[royalty(Payee::Model(0), 10)], 22);
        pay_net(2, 1_000);
        events();
        let (named, late) = (
            [royalty(Payee::Model(0), 10)],
            [royalty(Payee::Model(1), 5)],
        );
        assert_ok!(amend(2, &named, &late));
        let last = Event::RoyaltiesAmended {
            model: 2,
            royalties: stack(&named),
            late: LateRoyalties::truncate_from(late.to_vec()),
            set_aside: None,
        };
        assert_eq!(events().last(), Some(&last));
        assert_eq!(claimable(22), 900);
        pay_net(2, 1_000);
        for model in [2, 1, 0] {
            settle(model);
        }
        assert_eq!([20, 21, 22].map(claimable), [200, 50, 1_750]);
    });
}

#[test]
fn late_royalties_do_not_lower_what_pools_are_topped_up_to() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(40, 1)]).open(pool(0, 1), crew(&[]));
        open_model(0, &[], 20);
        let data = [royalty(Payee::Pool(pool(0, 1)), 10)];
        open_model(1, &data, 21);
        assert_ok!(amend(1, &data, &[royalty(Payee::Model(0), 30)]));
        pay_net(1, 1_000);
        settle(1);
        settle(0);
        assert_eq!(Rewards::pool(pool(0, 1)).unwrap().held, 500);
        assert_eq!([20, 21].map(claimable), [300, 200]);
    });
}

#[test]
fn data_of_which_nothing_was_admitted_is_left_out() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![]).open(pool(0, 1), crew(&[]));
        open_model(0, &[], 20);
        let nobody = [royalty(Payee::Pool(pool(0, 1)), 10)];
        assert_ok!(amend(0, &nobody, &[]));
        assert_ok!(amend(0, &[], &nobody));
        pay_net(0, 100);
        settle(0);
        assert_eq!(claimable(20), 100);
    });
}

#[test]
fn what_an_owner_names_has_half_of_what_a_claim_would_set_aside() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_waiting(1, &[], &[(21, 100)]);
        pay_net(1, 1_000);
        let add = |owed: &[Royalty]| {
            let late = LateRoyalties::new();
            <Rewards as Revenue<_>>::add_royalties(1, stack(owed), late)
        };
        let claim = LateRoyalties::truncate_from(vec![royalty(Payee::Model(0), 5)]);
        assert_ok!(<Rewards as Revenue<_>>::claim(1, claim));
        assert_noop!(add(&[]), Error::<Test>::AlreadyClaimed);
        assert_ok!(<Rewards as Revenue<_>>::close_claim(1));

        let owed = [royalty(Payee::Model(0), 20)];
        assert_ok!(add(&owed));
        let last = Event::RoyaltiesAmended {
            model: 1,
            royalties: stack(&owed),
            late: LateRoyalties::new(),
            set_aside: Some(100),
        };
        assert_eq!(events().last(), Some(&last));
        settle(1);
        settle(0);
        assert_eq!([20, 21].map(claimable), [100, 500]);
    });
}

#[test]
fn what_an_owner_names_takes_nothing_of_what_is_owed_late() {
    ExtBuilder.build_and_execute(|| {
        for parent in [0, 1] {
            open_model(parent, &[], 20);
        }
        open_waiting(2, &[], &[(22, 100)]);
        let late = [royalty(Payee::Model(0), 60)];
        assert_ok!(amend(2, &[], &late));
        let add = |percent| {
            let own = stack(&[royalty(Payee::Model(1), percent)]);
            let late = LateRoyalties::truncate_from(late.to_vec());
            <Rewards as Revenue<_>>::add_royalties(2, own, late)
        };
        assert_noop!(add(41), Error::<Test>::RatesAboveOne);
        assert_ok!(add(40));
    });
}

#[test]
fn a_round_of_which_nothing_earns_pays_the_last_one_before_it() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![]).open(pool(0, 1), crew(&[]));
        Admitted(vec![(40, 1)]).open(pool(0, 2), crew(&[]));
        for round in [3, 4] {
            Admitted(vec![]).open(pool(0, round), crew(&[]));
        }
        let of_round = |round| royalty(Payee::Pool(pool(0, round)), 10);
        open_model(0, &[of_round(4)], 20);
        open_model(1, &[of_round(1)], 20);
        let payee = |model| {
            let statement = Rewards::model(model).unwrap();
            statement.royalties.first().map(|first| first.royalty.payee)
        };
        assert_eq!(payee(0), Some(Payee::Pool(pool(0, 2))));
        assert_eq!(payee(1), None);
        assert_ok!(amend(1, &[], &[of_round(3)]));
        assert_eq!(payee(1), Some(Payee::Pool(pool(0, 2))));

        // So are payments for the datanet.
        ProtocolFee::set(Perbill::zero());
        for round in [None, Some(3)] {
            let payer = RuntimeOrigin::signed(1);
            assert_ok!(Rewards::pay(payer, Asset::Datanet(0), round, 100));
        }
        assert_eq!(Rewards::pool(pool(0, 2)).unwrap().takings.net, 200);
    });
}

#[test]
fn a_later_pool_of_a_datanet_goes_on_from_the_earlier_ones_ceiling() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(40, 1)]).open(pool(0, 1), crew(&[]));
        Admitted(vec![(40, 1)]).open(pool(0, 2), crew(&[]));
        open_model(0, &[], 20);
        let capped = |round| Royalty {
            ceiling: Some(60),
            ..royalty(Payee::Pool(pool(0, round)), 50)
        };
        open_model(1, &[capped(1)], 21);
        pay_net(1, 100);
        assert_ok!(amend(1, &[capped(2)], &[]));
        pay_net(1, 100);
        settle(1);
        let held = |round| Rewards::pool(pool(0, round)).unwrap().held;
        assert_eq!((held(1), held(2), claimable(21)), (50, 10, 140));
    });
}

#[test]
fn what_cannot_be_owed_is_refused() {
    ExtBuilder.build_and_execute(|| {
        let owed = |model| royalty(Payee::Model(model), 10);
        assert_noop!(amend(1, &[], &[]), Error::<Test>::ModelNotFound);
        open_model(0, &[], 20);
        open_model(1, &[], 21);
        pay_net(1, 100);
        assert_noop!(amend(1, &[owed(7)], &[]), Error::<Test>::PayeeNotFound);
        assert_noop!(amend(1, &[owed(1)], &[]), Error::<Test>::PayeeNotFound);
        assert_noop!(amend(1, &[], &[owed(1)]), Error::<Test>::PayeeNotFound);
        let nowhere = royalty(Payee::Pool(pool(7, 1)), 1);
        assert_noop!(amend(1, &[], &[nowhere]), Error::<Test>::PayeeNotFound);
        assert_noop!(amend(1, &[owed(0)], &[owed(0)]), Error::<Test>::RoyaltyOwed);
        assert_noop!(
            amend(1, &[], &[owed(0), owed(0)]),
            Error::<Test>::RoyaltyOwed
        );
        open_model(2, &[], 22);
        assert_noop!(
            amend(2, &[owed(1), owed(0)], &[]),
            Error::<Test>::RoyaltiesNotAscending
        );
        let most = [royalty(Payee::Model(0), 60), royalty(Payee::Model(1), 41)];
        assert_noop!(amend(2, &most, &[]), Error::<Test>::RatesAboveOne);
    });
}

#[test]
fn a_pool_that_is_excluded_from_nothing_is_still_a_payee() {
    ExtBuilder.build_and_execute(|| {
        let admitted = Admitted(vec![(40, 1), (41, 1)]);
        admitted.open(pool(0, 1), crew(&[]));
        open_model(0, &[], 20);
        assert_ok!(amend(0, &[], &[royalty(Payee::Pool(pool(0, 1)), 10)]));
        assert_ok!(<Rewards as DataPools<_>>::exclude(0, 0, 1, 2));
        pay_net(0, 100);
        settle(0);
        assert_eq!(Rewards::pool(pool(0, 1)).unwrap().held, 10);
    });
}
