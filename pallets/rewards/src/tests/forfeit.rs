use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use tributary_primitives::{assets::Pool, roles::DataPools};

const POOL: Pool = Pool {
    datanet: 0,
    round: 1,
};

/// A final round in which contributions 7 and 8 are paid 100 each.
fn awarded() {
    assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
    assert_ok!(Rewards::award(POOL, 7, &40, 100, VESTING));
    assert_ok!(Rewards::award(POOL, 8, &41, 100, VESTING));
    Admitted(vec![(40, 1)]).open(POOL, crew(&[]));
    assert_ok!(Rewards::refund(POOL));
}

#[test]
fn what_has_vested_is_paid_and_the_rest_is_burnt() {
    ExtBuilder.build_and_execute(|| {
        awarded();
        Admitted(vec![(40, 1)]).open(pool(0, 2), crew(&[]));
        let (issuance, pot) = (
            Balances::total_issuance(),
            Balances::balance(&Rewards::pot()),
        );
        let sponsor = claimable(1);
        events();
        assert_eq!(Rewards::forfeit(POOL, 7), Ok(25));
        assert_eq!((claimable(40), claimable(1)), (75, sponsor));
        assert_eq!(Balances::total_issuance(), issuance - 25);
        assert_eq!(Balances::balance(&Rewards::pot()), pot - 25);
        let totals = Rewards::totals();
        assert_eq!((totals.burnt, totals.held.vesting), (25, 50));
        assert_eq!(
            events(),
            [
                Event::Credited {
                    account: 40,
                    amount: 25,
                    source: Source::Award(POOL, 7)
                },
                Event::Forfeited {
                    pool: POOL,
                    contribution: 7,
                    amount: 25
                },
            ]
        );
    });
}

#[test]
fn it_happens_once_and_the_others_go_on() {
    ExtBuilder.build_and_execute(|| {
        awarded();
        assert_eq!(Rewards::forfeit(POOL, 7), Ok(50));
        assert_eq!(Rewards::forfeit(POOL, 7), Ok(0));
        System::set_block_number(100);
        let vest = |number| {
            let awards = AwardList::truncate_from(vec![(POOL, number)]);
            Rewards::vest(RuntimeOrigin::signed(9), awards)
        };
        assert_noop!(vest(7), Error::<Test>::AwardNotFound);
        assert_ok!(vest(8));
        assert_eq!([40, 41].map(claimable), [50, 100]);
    });
}

#[test]
fn nothing_is_left_to_burn_of_what_has_vested_or_was_never_awarded() {
    ExtBuilder.build_and_execute(|| {
        awarded();
        assert_eq!(Rewards::forfeit(POOL, 9), Ok(0));
        System::set_block_number(100);
        events();
        assert_eq!(Rewards::forfeit(POOL, 7), Ok(0));
        assert_eq!(claimable(40), 100);
        assert_eq!(events().len(), 1);
        assert_eq!(Rewards::totals().burnt, 0);
    });
}

#[test]
fn a_pot_that_has_its_deposit_left_can_burn_the_last_award() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::sponsor(POOL, &1, 2));
        assert_ok!(Rewards::award(POOL, 7, &1, 2, VESTING));
        Admitted(vec![(40, 1)]).open(POOL, crew(&[]));
        assert_ok!(Rewards::withdraw(RuntimeOrigin::signed(1)));
        assert_eq!(Rewards::forfeit(POOL, 7), Ok(1));
        assert_eq!(Balances::balance(&Rewards::pot()), EXISTENTIAL_DEPOSIT);
    });
}
