use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use proptest::prelude::*;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Pool},
    roles::DataPools,
    Balance,
};

const POOL: Pool = Pool {
    datanet: 0,
    round: 1,
};

/// Contribution 0 of account 40 is shared by 41, 42 and 43.
fn shared() {
    assert_ok!(Rewards::share(0, 0, team(&[(41, 30), (42, 30), (43, 40)])));
}

fn shares() -> [Balance; 4] {
    [40, 41, 42, 43].map(claimable)
}

fn vest() -> frame_support::dispatch::DispatchResultWithPostInfo {
    let awards = AwardList::truncate_from(vec![(POOL, 0)]);
    Rewards::vest(RuntimeOrigin::signed(9), awards)
}

fn pay(amount: Balance) {
    ProtocolFee::set(Perbill::zero());
    let origin = RuntimeOrigin::signed(1);
    assert_ok!(Rewards::pay(origin, Asset::Datanet(0), None, amount));
}

#[test]
fn authors_need_parts_that_sum_to_one_and_are_named_once() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(Rewards::share(0, 0, team(&[])), Error::<Test>::EmptyTeam);
        assert_noop!(
            Rewards::share(0, 0, team(&[(41, 30), (42, 69)])),
            Error::<Test>::TeamPartsNotOne
        );
        assert_noop!(
            Rewards::share(0, 0, team(&[(41, 50), (41, 50)])),
            Error::<Test>::MemberTwice
        );
        shared();
        assert_eq!(
            events(),
            [Event::Shared {
                datanet: 0,
                contribution: 0,
                authors: team(&[(41, 30), (42, 30), (43, 40)])
            }]
        );
        assert_noop!(
            Rewards::share(0, 0, team(&[(44, 100)])),
            Error::<Test>::AuthorsNamed
        );
        assert_ok!(Rewards::share(0, 1, team(&[(44, 100)])));
        Rewards::unshare(0, 1);
        assert_eq!(Rewards::authors(0, 1), None);
        assert_ok!(Rewards::share(0, 1, team(&[(45, 100)])));
    });
}

#[test]
fn what_a_pool_owes_is_the_authors_by_their_parts_and_the_last_has_the_rest() {
    ExtBuilder.build_and_execute(|| {
        shared();
        let admitted = Admitted(vec![(40, 1)]);
        admitted.open(POOL, crew(&[]));
        pay(101);
        let list = claims(vec![admitted.claim(POOL, 0)]);
        assert_ok!(Rewards::claim(RuntimeOrigin::signed(9), list));
        // 30.3 each, and 40.4, of which the last one has what is beyond 60.6.
        assert_eq!(shares(), [0, 30, 30, 41]);
        pay(2);
        let list = claims(vec![known(POOL, 0)]);
        assert_ok!(Rewards::claim(RuntimeOrigin::signed(9), list));
        // Of 103: 30.9, 30.9, and what is beyond 61.8: one unit waits.
        assert_eq!(shares(), [0, 30, 30, 42]);
        assert_eq!(Rewards::pool(POOL).unwrap().held, 1);
        // Each author withdraws alone.
        assert_ok!(Rewards::withdraw(RuntimeOrigin::signed(42)));
        assert_eq!(shares(), [0, 30, 0, 42]);
    });
}

#[test]
fn a_sponsors_pay_is_the_authors_to_the_last_unit() {
    ExtBuilder.build_and_execute(|| {
        shared();
        assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
        assert_ok!(Rewards::award(POOL, 0, &40, 103, VESTING));
        Admitted(vec![(40, 1)]).open(POOL, crew(&[]));
        // They ask for all of it.
        assert_eq!(shares(), [0; 4]);
        assert_eq!(Rewards::totals().held.vesting, 103);
        assert_ok!(vest());
        // Of 52: 15.6, 15.6, and what is beyond 31.2.
        assert_eq!(shares(), [0, 15, 15, 21]);
        assert_ok!(vest());
        assert_eq!(shares(), [0, 15, 15, 21]);
        System::set_block_number(100);
        assert_ok!(vest());
        assert_eq!(shares(), [0, 30, 30, 43]);
        assert_eq!(Rewards::totals().held.vesting, 0);
        assert_ok!(vest());
        assert_eq!(shares(), [0, 30, 30, 43]);
    });
}

#[test]
fn pay_that_does_not_vest_waits_for_authors_all_the_same() {
    ExtBuilder.build_and_execute(|| {
        shared();
        assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
        assert_ok!(Rewards::award(POOL, 0, &40, 103, AT_ONCE));
        let root = Admitted(vec![(40, 1)]).root();
        assert_ok!(Rewards::open_pool(
            POOL,
            root.hash,
            1,
            0,
            1,
            crew(&[]),
            AT_ONCE
        ));
        assert_ok!(vest());
        assert_eq!(shares(), [0, 30, 30, 43]);
    });
}

#[test]
fn what_is_forfeited_is_burnt_and_what_has_vested_is_the_authors() {
    ExtBuilder.build_and_execute(|| {
        shared();
        assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
        assert_ok!(Rewards::award(POOL, 0, &40, 103, VESTING));
        Admitted(vec![(40, 1)]).open(POOL, crew(&[]));
        assert_eq!(Rewards::forfeit(POOL, 0), Ok(51));
        // Nothing more comes: the last one has what was held back.
        assert_eq!(shares(), [0, 15, 15, 22]);
    });
}

#[test]
fn calls_cost_by_the_authors_that_there_are() {
    ExtBuilder.build_and_execute(|| {
        shared();
        let admitted = Admitted(vec![(40, 1), (50, 1)]);
        admitted.open(POOL, crew(&[]));
        pay(1_000);
        let claim = |contribution| {
            let claims = claims(vec![admitted.claim(POOL, contribution)]);
            let most = Call::<Test>::claim {
                claims: claims.clone(),
            }
            .get_dispatch_info()
            .call_weight;
            let used = Rewards::claim(RuntimeOrigin::signed(9), claims).unwrap();
            [most, used.actual_weight.unwrap()].map(|weight| weight.ref_time())
        };
        assert_eq!(claim(0), [1_000_017, 1_000_004]);
        assert_eq!(claim(1), [1_000_017, 1]);
    });
}

proptest! {
    /// Whatever is claimed when, each author ends with its part of all, less than a unit below it, the last one with the rest.
    #[test]
    fn no_order_of_claims_matters(
        amounts in proptest::collection::vec(1..1u128 << 90, 1..8),
        claimed in proptest::collection::vec(any::<bool>(), 8),
        cuts in proptest::collection::vec(0..=1_000_000_000u32, 0..15),
    ) {
        let mut cuts = cuts;
        cuts.sort_unstable();
        cuts.push(1_000_000_000);
        let mut from = 0;
        let parts: Vec<u32> = cuts.iter().map(|to| to - std::mem::replace(&mut from, *to)).collect();
        let run = |claimed: &[bool]| {
            let mut end = Vec::new();
            ExtBuilder.build_and_execute(|| {
                let authors = parts.iter().zip(100..).map(|(part, account)| {
                    tributary_primitives::assets::Share { account, part: Perbill::from_parts(*part) }
                });
                let authors = tributary_primitives::assets::Team::truncate_from(authors.collect());
                assert_ok!(Rewards::share(0, 0, authors));
                let admitted = Admitted(vec![(40, 3), (50, 1)]);
                admitted.open(POOL, crew(&[(60, 10)]));
                for (amount, claim) in amounts.iter().zip(claimed) {
                    pay(*amount);
                    if *claim {
                        let list = claims(vec![admitted.claim(POOL, 0)]);
                        assert_ok!(Rewards::claim(RuntimeOrigin::signed(9), list));
                    }
                    Rewards::do_try_state().unwrap();
                }
                let list = claims(vec![admitted.claim(POOL, 0)]);
                assert_ok!(Rewards::claim(RuntimeOrigin::signed(9), list));
                end = (100..116).map(claimable).collect();
            });
            end
        };
        prop_assert_eq!(run(&claimed), run(&[false; 8]));
    }
}
