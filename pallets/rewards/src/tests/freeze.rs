use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Payee},
    roles::Revenue,
};

#[test]
fn one_share_is_held_back_and_all_others_are_paid() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_model(1, &[], 21);
        let both = [royalty(Payee::Model(0), 10), royalty(Payee::Model(1), 20)];
        open_model(2, &both, 22);
        pay_net(2, 100);
        events();
        assert_ok!(<Rewards as Revenue<_>>::freeze(2, Asset::Model(1)));
        let frozen = Event::RoyaltyFrozen {
            model: 2,
            asset: Asset::Model(1),
        };
        assert_eq!(events().last(), Some(&frozen));
        pay_net(2, 100);
        for model in [2, 1, 0] {
            settle(model);
        }
        assert_eq!([20, 21, 22].map(claimable), [20, 20, 140]);
        let statement = Rewards::model(2).unwrap();
        assert_eq!((statement.contested, statement.held), (20, 20));

        // Once more changes nothing.
        events();
        assert_ok!(<Rewards as Revenue<_>>::freeze(2, Asset::Model(1)));
        assert_eq!(events(), []);
        assert_ok!(<Rewards as Revenue<_>>::unfreeze(2, Asset::Model(1)));
        settle(2);
        settle(1);
        assert_eq!([20, 21, 22].map(claimable), [20, 40, 140]);
    });
}

#[test]
fn what_was_held_back_for_a_source_that_is_none_is_the_teams() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_waiting(1, &[royalty(Payee::Model(0), 20)], &[(21, 100)]);
        assert_ok!(<Rewards as Revenue<_>>::freeze(1, Asset::Model(0)));
        pay_net(1, 1_000);
        let none = LateRoyalties::new();
        assert_ok!(<Rewards as Revenue<_>>::amend_royalties(
            1,
            stack(&[]),
            none
        ));
        settle(1);
        // Half of all: what comes back counts as what comes in now.
        assert_eq!([20, 21].map(claimable), [0, 500]);
    });
}

#[test]
fn what_is_not_owed_cannot_be_held_back() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        events();
        assert_ok!(<Rewards as Revenue<_>>::freeze(0, Asset::Datanet(3)));
        assert_eq!(events(), []);
        assert_noop!(
            <Rewards as Revenue<_>>::freeze(1, Asset::Datanet(3)),
            Error::<Test>::ModelNotFound
        );
    });
}
