use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use sp_runtime::TokenError;
use tributary_primitives::{assets::Pool, roles::DataPools};

const POOL: Pool = Pool {
    datanet: 0,
    round: 1,
};

/// Awards to the contribution with the account's number, all at once.
fn award(account: AccountId, amount: u128) -> sp_runtime::DispatchResult {
    Rewards::award(POOL, account as u32, &account, amount, AT_ONCE)
}

fn left() -> Option<u128> {
    Budgets::<Test>::get(POOL).map(|budget| budget.left)
}

#[test]
fn a_budget_is_awarded_and_the_rest_given_back() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::sponsor(POOL, &1, 1_000));
        assert_eq!(Balances::balance(&1), ENDOWMENT - 1_000);
        assert_ok!(award(40, 300));
        assert_ok!(award(41, 200));
        assert_eq!(
            (left(), claimable(40), claimable(41)),
            (Some(500), 300, 200)
        );
        assert_ok!(Rewards::refund(POOL));
        assert_eq!((left(), claimable(1)), (None, 500));
        let credited = |account, amount, source| Event::Credited {
            account,
            amount,
            source,
        };
        let awarded = |account, amount| Event::Awarded {
            pool: POOL,
            contribution: account as u32,
            account,
            amount,
        };
        assert_eq!(
            events(),
            [
                Event::Sponsored {
                    pool: POOL,
                    sponsor: 1,
                    amount: 1_000
                },
                awarded(40, 300),
                credited(40, 300, Source::Award(POOL, 40)),
                awarded(41, 200),
                credited(41, 200, Source::Award(POOL, 41)),
                credited(1, 500, Source::Refund(POOL)),
            ]
        );
    });
}

#[test]
fn no_award_goes_beyond_the_budget() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(award(40, 1), Error::<Test>::BudgetExceeded);
        assert_ok!(Rewards::sponsor(POOL, &1, 100));
        assert_ok!(award(40, 60));
        assert_noop!(award(40, 41), Error::<Test>::BudgetExceeded);
        assert_ok!(award(40, 40));
        assert_ok!(Rewards::refund(POOL));
        assert_eq!([40, 1].map(claimable), [100, 0]);
        assert_noop!(award(40, 1), Error::<Test>::BudgetExceeded);
    });
}

#[test]
fn a_round_is_sponsored_once() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::sponsor(POOL, &1, 100));
        assert_noop!(
            Rewards::sponsor(POOL, &2, 100),
            Error::<Test>::AlreadySponsored
        );
    });
}

#[test]
fn a_sponsor_must_have_the_money_and_keeps_its_account() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            Rewards::sponsor(POOL, &50, 100),
            TokenError::FundsUnavailable
        );
        assert_noop!(
            Rewards::sponsor(POOL, &1, ENDOWMENT),
            TokenError::NotExpendable
        );
        assert_ok!(Rewards::sponsor(POOL, &1, ENDOWMENT - EXISTENTIAL_DEPOSIT));
    });
}

#[test]
fn rounds_without_sponsor_need_no_exception() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(Rewards::sponsor(POOL, &1, 0));
        assert_ok!(award(40, 0));
        assert_ok!(Rewards::refund(POOL));
        assert_eq!(events(), []);
        assert_eq!(left(), None);
    });
}
