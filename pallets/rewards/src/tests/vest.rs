use crate::{mock::*, *};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchResultWithPostInfo, GetDispatchInfo},
};
use tributary_primitives::{assets::Pool, ledger::Vesting, roles::DataPools, Balance};

const POOL: Pool = Pool {
    datanet: 0,
    round: 1,
};

/// A final round in which contribution 7 of account 40 is paid so much.
fn awarded(amount: Balance) {
    assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
    assert_ok!(Rewards::award(POOL, 7, &40, amount, VESTING));
    conclude(1);
    assert_ok!(Rewards::refund(POOL));
}

/// A round of datanet 0 is final.
fn conclude(round: u32) {
    Admitted(vec![(40, 1)]).open(pool(0, round), crew(&[]));
}

fn pass(blocks: u64) {
    System::set_block_number(System::block_number() + blocks);
}

fn vest() -> DispatchResultWithPostInfo {
    let awards = AwardList::truncate_from(vec![(POOL, 7)]);
    // By a stranger.
    Rewards::vest(RuntimeOrigin::signed(9), awards)
}

/// What account 40 may withdraw after asking for what has vested.
fn vested() -> Balance {
    assert_ok!(vest());
    claimable(40)
}

#[test]
fn half_is_paid_at_once_and_half_with_the_rounds_that_follow() {
    ExtBuilder.build_and_execute(|| {
        awarded(101);
        assert_eq!((claimable(40), claimable(1)), (51, 899));
        assert_eq!(Rewards::totals().held.vesting, 50);
        assert_eq!(vested(), 51);
        conclude(2);
        assert_eq!(vested(), 76);
        // Rounds without values leave gaps, and bring nothing.
        conclude(5);
        assert_eq!(vested(), 101);
        conclude(6);
        pass(1_000);
        assert_eq!(vested(), 101);
        assert_eq!(Rewards::totals().held.vesting, 0);
    });
}

#[test]
fn where_no_round_follows_time_does_as_well() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        pass(9);
        assert_eq!(vested(), 50);
        pass(1);
        assert_eq!(vested(), 75);
        pass(9);
        assert_eq!(vested(), 75);
        pass(1);
        assert_eq!(vested(), 100);
    });
}

#[test]
fn rounds_and_time_are_not_added_up() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        pass(10);
        conclude(2);
        assert_eq!(vested(), 75);
    });
}

#[test]
fn rounds_of_other_datanets_bring_nothing() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        Admitted(vec![]).open(pool(1, 1), crew(&[]));
        Admitted(vec![]).open(pool(1, 2), crew(&[]));
        assert_eq!(vested(), 50);
    });
}

#[test]
fn one_claim_at_the_end_brings_as_much_as_one_after_each_round() {
    ExtBuilder.build_and_execute(|| {
        awarded(333);
        conclude(2);
        conclude(3);
        assert_eq!(vested(), 333);
    });
}

#[test]
fn events_say_what_was_awarded_and_what_vested() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        conclude(2);
        events();
        assert_ok!(vest());
        assert_ok!(vest());
        let credited = Event::Credited {
            account: 40,
            amount: 25,
            source: Source::Award(POOL, 7),
        };
        assert_eq!(events(), [credited]);
        assert_eq!(
            Rewards::awarded(POOL, 7),
            Some(AwardStatement {
                award: Award {
                    account: 40,
                    amount: 100,
                    paid: 75
                },
                vested: 75,
            })
        );
    });
}

#[test]
fn what_is_paid_at_once_is_not_kept() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
        assert_ok!(Rewards::award(POOL, 7, &40, 100, AT_ONCE));
        // Half of a unit is none.
        assert_ok!(Rewards::award(POOL, 8, &41, 1, VESTING));
        conclude(1);
        assert_eq!([40, 41].map(claimable), [100, 1]);
        assert_eq!(Awards::<Test>::iter().count(), 0);
        assert_noop!(vest(), Error::<Test>::AwardNotFound);
    });
}

#[test]
fn an_award_is_found_by_its_own_round_and_number_only() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        conclude(2);
        for other in [(POOL, 8), (pool(0, 2), 7), (pool(1, 1), 7)] {
            let awards = AwardList::truncate_from(vec![(POOL, 7), other]);
            assert_noop!(
                Rewards::vest(RuntimeOrigin::signed(9), awards),
                Error::<Test>::AwardNotFound
            );
        }
    });
}

#[test]
fn sixteen_awards_vest_in_one_call_that_costs_as_many() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::sponsor(POOL, &1, 10_000));
        for number in 0..16 {
            let account = 100 + u64::from(number);
            assert_ok!(Rewards::award(POOL, number, &account, 100, VESTING));
        }
        conclude(1);
        conclude(2);
        let awards: Vec<_> = (0..16).map(|number| (POOL, number)).collect();
        let call = |awards: &[_]| Call::<Test>::vest {
            awards: AwardList::truncate_from(awards.to_vec()),
        };
        let weight = |awards| call(awards).get_dispatch_info().call_weight.ref_time();
        // Each with as many authors as there can be, until it is known that there are none.
        let authors = 1_000_016;
        assert_eq!(
            [weight(&awards), weight(&awards[..3])],
            [3_016 + 16 * authors, 3_003 + 3 * authors]
        );
        let all = AwardList::truncate_from(awards);
        let used = Rewards::vest(RuntimeOrigin::signed(9), all).unwrap();
        assert_eq!(used.actual_weight.unwrap().ref_time(), 3_016);
        assert!((100..116).all(|account| claimable(account) == 75));
    });
}

#[test]
fn twice_in_one_call_pays_once() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        conclude(2);
        let awards = AwardList::truncate_from(vec![(POOL, 7), (POOL, 7)]);
        assert_ok!(Rewards::vest(RuntimeOrigin::signed(9), awards));
        assert_eq!(claimable(40), 75);
    });
}

#[test]
fn nobody_unsigned_can_ask() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        assert_noop!(
            Rewards::vest(RuntimeOrigin::none(), AwardList::default()),
            sp_runtime::DispatchError::BadOrigin
        );
    });
}

#[test]
fn the_largest_awards_vest() {
    ExtBuilder.build_and_execute(|| {
        let all = ENDOWMENT - EXISTENTIAL_DEPOSIT;
        assert_ok!(Rewards::sponsor(POOL, &1, all));
        assert_ok!(Rewards::award(POOL, 7, &40, all, VESTING));
        conclude(1);
        conclude(2);
        assert_eq!(vested(), all - all / 4);
        conclude(3);
        assert_eq!(vested(), all);
        assert_ok!(Rewards::withdraw(RuntimeOrigin::signed(40)));
    });
}

#[test]
fn each_round_vests_as_it_was_told() {
    ExtBuilder.build_and_execute(|| {
        awarded(100);
        let slow = Vesting {
            parts: 4,
            blocks: 100,
        };
        assert_ok!(Rewards::sponsor(pool(0, 2), &1, 1_000));
        assert_ok!(Rewards::award(pool(0, 2), 7, &41, 80, slow));
        let root = Admitted(vec![(41, 1)]).root();
        assert_ok!(Rewards::open_pool(
            pool(0, 2),
            root.hash,
            1,
            0,
            1,
            crew(&[]),
            slow
        ));
        pass(10);
        conclude(3);
        let awards = AwardList::truncate_from(vec![(POOL, 7), (pool(0, 2), 7)]);
        assert_ok!(Rewards::vest(RuntimeOrigin::signed(9), awards));
        assert_eq!([40, 41].map(claimable), [100, 50]);
    });
}
