use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Payee, Royalty, RoyaltyStack},
    roles::Revenue,
};

fn open(
    model: u32,
    royalties: &[Royalty],
    members: &[(AccountId, u32)],
) -> sp_runtime::DispatchResult {
    <Rewards as Revenue<_>>::open(model, stack(royalties), team(members))
}

/// The rates that apply, in billionths.
fn rates(model: u32) -> Vec<u32> {
    let split = Splits::<Test>::get(model).unwrap();
    let entries = split.royalties().entries().iter();
    entries.map(|entry| entry.rate.deconstruct()).collect()
}

#[test]
fn a_ledger_begins_empty_and_says_what_applies() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(1, 5)]).open(pool(0, 1), crew(&[]));
        open_model(0, &[], 1);
        let given = [
            royalty(Payee::Model(0), 10),
            royalty(Payee::Pool(pool(0, 1)), 20),
        ];
        events();

        assert_ok!(open(1, &given, &[(2, 60), (3, 40)]));
        assert_eq!(ModelAccounts::<Test>::get(1), Some(ModelAccount::default()));
        let applied = [
            royalty(Payee::Model(0), 10),
            royalty(Payee::Pool(pool(0, 1)), 40),
        ];
        assert_eq!(
            events(),
            [Event::LedgerOpened {
                model: 1,
                royalties: stack(&applied),
                team: team(&[(2, 60), (3, 40)]),
            }]
        );
    });
}

#[test]
fn pools_are_topped_up_to_half_of_the_net_unless_royalties_reach_it() {
    ExtBuilder.build_and_execute(|| {
        for datanet in 0..2 {
            Admitted(vec![(1, 5)]).open(pool(datanet, 1), crew(&[]));
        }
        open_model(0, &[], 1);
        let royalties = |model, first, second| {
            [
                royalty(Payee::Model(0), model),
                royalty(Payee::Pool(pool(0, 1)), first),
                royalty(Payee::Pool(pool(1, 1)), second),
            ]
        };
        assert_ok!(open(1, &royalties(10, 10, 10), &[(1, 100)]));
        assert_eq!(rates(1), [100_000_000, 200_000_000, 200_000_000]);
        assert_ok!(open(2, &royalties(40, 5, 10), &[(1, 100)]));
        assert_eq!(rates(2), [400_000_000, 50_000_000, 100_000_000]);
        assert_ok!(open(3, &royalties(10, 1, 2), &[(1, 100)]));
        assert_eq!(rates(3), [100_000_000, 133_333_333, 266_666_666]);
        assert_ok!(open(4, &royalties(10, 1, 2)[..1], &[(1, 100)]));
        assert_eq!(rates(4), [100_000_000]);
    });
}

#[test]
fn a_pool_without_weight_is_owed_nothing_and_lifts_no_other() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![]).open(pool(0, 1), crew(&[]));
        Admitted(vec![(1, 5)]).open(pool(1, 1), crew(&[]));
        let royalties = [
            royalty(Payee::Pool(pool(0, 1)), 40),
            royalty(Payee::Pool(pool(1, 1)), 10),
        ];
        assert_ok!(open(0, &royalties, &[(1, 100)]));
        assert_eq!(rates(0), [500_000_000]);
        assert_ok!(open(1, &royalties[..1], &[(1, 100)]));
        assert_eq!(rates(1), [0u32; 0]);
    });
}

#[test]
fn a_second_ledger_is_refused() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 1);
        assert_noop!(open(0, &[], &[(2, 100)]), Error::<Test>::LedgerExists);
    });
}

#[test]
fn payees_that_do_not_exist_are_refused_the_model_itself_among_them() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 1);
        for payee in [Payee::Model(1), Payee::Model(7), Payee::Pool(pool(0, 1))] {
            assert_noop!(
                open(1, &[royalty(payee, 1)], &[(1, 100)]),
                Error::<Test>::PayeeNotFound
            );
        }
    });
}

#[test]
fn an_asset_is_owed_once_and_royalties_are_in_order() {
    ExtBuilder.build_and_execute(|| {
        Admitted(vec![(1, 5)]).open(pool(0, 1), crew(&[]));
        Admitted(vec![(1, 5)]).open(pool(0, 2), crew(&[]));
        open_model(0, &[], 1);
        let (model, early, late) = (
            royalty(Payee::Model(0), 1),
            royalty(Payee::Pool(pool(0, 1)), 1),
            royalty(Payee::Pool(pool(0, 2)), 1),
        );
        for royalties in [[model, model], [early, model], [early, late]] {
            assert_noop!(
                open(1, &royalties, &[(1, 100)]),
                Error::<Test>::RoyaltiesNotAscending
            );
        }
    });
}

#[test]
fn rates_above_one_are_refused() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 1);
        open_model(1, &[], 1);
        let royalties = [royalty(Payee::Model(0), 60), royalty(Payee::Model(1), 41)];
        assert_noop!(
            open(2, &royalties, &[(1, 100)]),
            Error::<Test>::RatesAboveOne
        );
    });
}

#[test]
fn a_team_is_at_least_one_account_each_once_and_parts_of_one() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(open(0, &[], &[]), Error::<Test>::EmptyTeam);
        assert_noop!(
            open(0, &[], &[(1, 50), (2, 49)]),
            Error::<Test>::TeamPartsNotOne
        );
        assert_noop!(
            open(0, &[], &[(1, 50), (2, 51)]),
            Error::<Test>::TeamPartsNotOne
        );
        assert_noop!(
            open(0, &[], &[(1, 50), (2, 20), (1, 30)]),
            Error::<Test>::MemberTwice
        );
        let mut nearly = team(&[(1, 50), (2, 50)]);
        nearly[0].part = Perbill::from_parts(500_000_001);
        assert_noop!(
            <Rewards as Revenue<_>>::open(0, RoyaltyStack::default(), nearly),
            Error::<Test>::TeamPartsNotOne
        );
    });
}
