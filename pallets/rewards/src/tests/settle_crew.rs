use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{assets::Asset, Balance};

fn pay(net: Balance) {
    ProtocolFee::set(Perbill::zero());
    assert_ok!(Rewards::pay(
        RuntimeOrigin::signed(1),
        Asset::Datanet(0),
        None,
        net
    ));
}

fn settle() {
    assert_ok!(Rewards::settle_crew(RuntimeOrigin::signed(9), pool(0, 1)));
}

#[test]
fn the_crew_has_its_parts_of_all_that_the_pool_received() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(40, 1)]).open(pool(0, 1), crew(&[(20, 5), (21, 10)]));
        pay(1_000);
        events();
        settle();
        assert_eq!([20, 21].map(claimable), [50, 100]);
        let credited = |account, amount| Event::Credited {
            account,
            amount,
            source: Source::Crew(pool(0, 1)),
        };
        assert_eq!(events(), [credited(20, 50), credited(21, 100)]);
    });
}

#[test]
fn in_one_step_or_in_many_it_comes_to_the_same() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(40, 1)]).open(pool(0, 1), crew(&[(20, 7), (21, 8)]));
        for _ in 0..33 {
            pay(3);
            settle();
            settle();
        }
        // 7 % and 8 % of 99, and the contributors' 85 % rounded up.
        assert_eq!([20, 21].map(claimable), [6, 7]);
        assert_eq!(Rewards::earned(pool(0, 1), 1), Some(85));
    });
}

#[test]
fn what_was_not_needed_of_the_worst_case_is_refunded() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(40, 1)]).open(pool(0, 1), crew(&[(20, 5), (21, 10)]));
        let call = RuntimeCall::Rewards(Call::settle_crew { pool: pool(0, 1) });
        let worst = CountedWeights::settle_crew(8);
        assert_eq!(call.get_dispatch_info().call_weight, worst);

        pay(1_000);
        let post = Rewards::settle_crew(RuntimeOrigin::signed(9), pool(0, 1)).unwrap();
        assert_eq!(post.actual_weight, Some(CountedWeights::settle_crew(2)));
    });
}

#[test]
fn an_account_can_have_two_parts() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(40, 1)]).open(pool(0, 1), crew(&[(20, 5), (20, 10)]));
        pay(100);
        settle();
        assert_eq!(claimable(20), 15);
    });
}

#[test]
fn a_pool_that_does_not_exist_or_has_no_weight_has_no_crew_to_pay() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![]).open(pool(0, 1), crew(&[(20, 5)]));
        for (pool, error) in [
            (pool(0, 1), Error::<Test>::PoolWithoutWeight),
            (pool(0, 2), Error::<Test>::PoolNotFound),
        ] {
            assert_noop!(Rewards::settle_crew(RuntimeOrigin::signed(1), pool), error);
        }
    });
}

#[test]
fn settling_a_crew_must_be_signed() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            Rewards::settle_crew(RuntimeOrigin::none(), pool(0, 1)),
            DispatchError::BadOrigin
        );
    });
}
