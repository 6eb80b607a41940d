use crate::{mock::*, *};
use frame_support::assert_ok;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Payee},
    ledger::Ground,
};

fn pay(asset: Asset) {
    ProtocolFee::set(Perbill::from_percent(5));
    let origin = RuntimeOrigin::signed(1);
    assert_ok!(Rewards::pay(origin, asset, None, 1_000));
}

#[test]
fn a_models_statement_says_what_everybody_has_and_is_owed() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        let members = team(&[(21, 40), (22, 60)]);
        open_shared(1, &[royalty(Payee::Model(0), 20)], &[(21, 40), (22, 60)]);
        pay(Asset::Model(1));
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 1));
        pay(Asset::Model(1));

        let statement = Rewards::model(1).unwrap();
        assert_eq!(
            statement.takings,
            Takings {
                gross: 2_000,
                hosts: 0,
                net: 1_900,
                royalties: 0
            }
        );
        assert_eq!(statement.held, 950);
        assert_eq!(
            statement.royalties,
            [RoyaltyStatement {
                royalty: royalty(Payee::Model(0), 20),
                ground: Ground::Stack,
                frozen: false,
                earned: 380,
                paid: 190,
            }]
        );
        let share = |index: usize, earned, paid| ShareStatement {
            share: members[index],
            earned,
            paid,
            waiting: 0,
        };
        assert_eq!(statement.team, [share(0, 608, 304), share(1, 912, 456)]);
        assert_eq!((statement.waiting, statement.contested), (0, 0));
        assert!(!statement.waits && statement.former.is_empty());
        assert_eq!(Rewards::claimable(22), 456);
        assert_eq!(Rewards::model(2), None);
    });
}

#[test]
fn a_pools_statement_says_what_everybody_has_and_is_owed() {
    ExtBuilder.build_and_execute(|| {
        let admitted = Admitted(vec![(40, 3), (41, 1)]);
        let members = crew(&[(20, 10)]);
        admitted.open(pool(0, 1), members.clone());
        pay(Asset::Datanet(0));
        let list = claims(vec![admitted.claim(pool(0, 1), 0)]);
        assert_ok!(Rewards::claim(RuntimeOrigin::signed(1), list));
        pay(Asset::Datanet(0));

        let statement = Rewards::pool(pool(0, 1)).unwrap();
        assert_eq!((statement.root, statement.count), (admitted.root(), 2));
        assert_eq!(
            (statement.takings.gross, statement.takings.net),
            (2_000, 1_900)
        );
        assert_eq!((statement.contributors, statement.claimed), (1_710, 641));
        assert_eq!(statement.held, 1_900 - 641);
        assert_eq!(
            statement.crew,
            [ShareStatement {
                share: members[0],
                earned: 190,
                paid: 0,
                waiting: 0,
            }]
        );
        assert_eq!(Rewards::pool(pool(0, 2)), None);

        assert_eq!(Rewards::earned(pool(0, 1), 3), Some(1_282));
        assert_eq!(Rewards::owed(pool(0, 1), 0), Some(641));
        assert_eq!(Rewards::owed(pool(0, 1), 1), None);
    });
}

#[test]
fn the_totals_are_one_read() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        pay(Asset::Model(0));
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 0));
        assert_ok!(Rewards::withdraw(RuntimeOrigin::signed(20)));
        assert_ok!(Rewards::sweep(RuntimeOrigin::signed(1)));
        let expected = Totals {
            gross: 1_000,
            fees: 50,
            earned: Earned {
                teams: 950,
                ..Default::default()
            },
            withdrawn: 950,
            swept: 50,
            ..Default::default()
        };
        assert_eq!(Rewards::totals(), expected);
        assert_eq!(Rewards::pot_account(), Rewards::pot());
    });
}
