use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use proptest::{prelude::*, sample::Index};
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Authors, Pool, Share},
    ledger,
    roles::DataPools,
    Balance,
};

const POOL: Pool = Pool {
    datanet: 0,
    round: 1,
};

fn pay(amount: Balance) {
    ProtocolFee::set(Perbill::zero());
    let origin = RuntimeOrigin::signed(1);
    assert_ok!(Rewards::pay(origin, Asset::Datanet(0), None, amount));
}

fn claim(admitted: &Admitted) {
    let list = claims(vec![admitted.claim(POOL, 0)]);
    assert_ok!(Rewards::claim(RuntimeOrigin::signed(9), list));
}

fn vest() {
    let awards = AwardList::truncate_from(vec![(POOL, 0)]);
    assert_ok!(Rewards::vest(RuntimeOrigin::signed(9), awards));
}

#[test]
fn only_an_author_is_replaced_and_only_by_somebody_else() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            Rewards::hand_over(0, 0, &41, 44),
            Error::<Test>::AuthorNotFound
        );
        assert_ok!(Rewards::share(0, 0, team(&[(41, 30), (42, 70)])));
        assert_noop!(
            Rewards::hand_over(0, 0, &40, 44),
            Error::<Test>::AuthorNotFound
        );
        for to in [41, 42] {
            assert_noop!(
                Rewards::hand_over(0, 0, &41, to),
                Error::<Test>::MemberTwice
            );
        }
        assert_ok!(Rewards::hand_over(0, 0, &41, 44));
        assert_eq!(
            Rewards::authors(0, 0),
            Some(team(&[(44, 30), (42, 70)])),
            "places and parts stay"
        );
        let last = events().pop();
        assert_eq!(
            last,
            Some(Event::HandedOver {
                datanet: 0,
                contribution: 0,
                from: 41,
                to: 44
            })
        );
        // Whoever handed over has no part any more.
        assert_noop!(
            Rewards::hand_over(0, 0, &41, 45),
            Error::<Test>::AuthorNotFound
        );
        assert_ok!(Rewards::hand_over(0, 0, &44, 41));
    });
}

#[test]
fn what_was_credited_stays_and_what_comes_is_the_new_accounts() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::share(0, 0, team(&[(41, 30), (42, 70)])));
        let admitted = Admitted(vec![(40, 1)]);
        admitted.open(POOL, crew(&[]));
        pay(100);
        claim(&admitted);
        pay(100);
        assert_ok!(Rewards::hand_over(0, 0, &41, 44));
        assert_eq!([41, 42, 44].map(claimable), [30, 70, 0]);
        claim(&admitted);
        assert_eq!([41, 42, 44].map(claimable), [30, 140, 30]);
    });
}

#[test]
fn a_contributor_who_handed_over_has_what_was_paid_at_once_and_the_other_account_the_rest() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
        assert_ok!(Rewards::award(POOL, 0, &40, 103, VESTING));
        let admitted = Admitted(vec![(40, 1)]);
        admitted.open(POOL, crew(&[]));
        pay(7);
        claim(&admitted);
        assert_eq!([40, 44].map(claimable), [52 + 7, 0]);
        // As a datanet does for a contributor who earns alone.
        assert_ok!(Rewards::share(0, 0, team(&[(44, 100)])));
        pay(5);
        claim(&admitted);
        System::set_block_number(100);
        vest();
        assert_eq!([40, 44].map(claimable), [52 + 7, 51 + 5]);
        assert_eq!(Rewards::totals().held.vesting, 0);
    });
}

#[test]
fn what_is_forfeited_after_a_hand_over_is_burnt_and_what_has_vested_is_the_new_accounts() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::share(0, 0, team(&[(41, 30), (42, 70)])));
        assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
        assert_ok!(Rewards::award(POOL, 0, &40, 103, VESTING));
        Admitted(vec![(40, 1)]).open(POOL, crew(&[]));
        assert_ok!(Rewards::hand_over(0, 0, &42, 44));
        assert_eq!(Rewards::forfeit(POOL, 0), Ok(51));
        assert_eq!([41, 42, 44].map(claimable), [15, 0, 37]);
    });
}

proptest! {
    /// Whoever holds a place when: all that its holders were credited with together is what the place is owed.
    #[test]
    fn a_place_has_its_part_whoever_holds_it(
        steps in proptest::collection::vec((1..1u128 << 90, any::<bool>(), proptest::option::of(any::<Index>())), 1..12),
        cut in 0..=1_000_000_000u32,
    ) {
        ExtBuilder.build_and_execute(|| {
            let parts = [cut, 1_000_000_000 - cut].map(Perbill::from_parts);
            let mut holders = [vec![100], vec![200]];
            let authors = [0, 1].map(|place| Share { account: holders[place][0], part: parts[place] });
            let authors = Authors::truncate_from(authors.to_vec());
            assert_ok!(Rewards::share(0, 0, authors.clone()));
            let admitted = Admitted(vec![(40, 3), (50, 1)]);
            admitted.open(POOL, crew(&[(60, 10)]));
            for (amount, claimed, handed) in &steps {
                pay(*amount);
                if *claimed {
                    claim(&admitted);
                }
                if let Some(index) = handed {
                    let holders = &mut holders[index.index(2)];
                    let from = holders[holders.len() - 1];
                    let to = from + 1;
                    assert_ok!(Rewards::hand_over(0, 0, &from, to));
                    holders.push(to);
                }
                Rewards::do_try_state().unwrap();
            }
            claim(&admitted);
            let earned = Rewards::earned(POOL, 3).unwrap();
            let due = ledger::author_shares(&authors, earned, false).unwrap();
            let had = holders.map(|holders| holders.into_iter().map(claimable).sum::<Balance>());
            assert_eq!(had.to_vec(), due);
        });
    }
}
