use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;
use tributary_primitives::{
    assets::{LateRoyalties, Payee, Royalty},
    ledger::Ground,
    roles::Revenue,
};

fn late(royalties: &[Royalty]) -> LateRoyalties {
    LateRoyalties::truncate_from(royalties.to_vec())
}

fn claim(model: u32, royalties: &[Royalty]) -> DispatchResult {
    <Rewards as Revenue<_>>::claim(model, late(royalties))
}

fn close(model: u32) -> DispatchResult {
    <Rewards as Revenue<_>>::close_claim(model)
}

/// A model that has received 1,000 and left another one out.
fn hiding() {
    open_model(0, &[], 20);
    open_waiting(1, &[], &[(21, 100)]);
    pay_net(1, 1_000);
}

#[test]
fn what_is_claimed_is_set_aside_and_nothing_else_waits_for_it() {
    ExtBuilder.build_and_execute(|| {
        hiding();
        events();
        assert_ok!(claim(1, &[royalty(Payee::Model(0), 20)]));
        let last = Event::RoyaltiesClaimed {
            model: 1,
            royalties: late(&[royalty(Payee::Model(0), 20)]),
            set_aside: 200,
        };
        assert_eq!(events().last(), Some(&last));
        let statement = Rewards::model(1).unwrap();
        assert_eq!((statement.contested, statement.waiting), (200, 300));
        assert_eq!(statement.royalties[0].ground, Ground::Claimed);

        pay_net(1, 100);
        settle(1);
        settle(0);
        assert_eq!([20, 21].map(claimable), [0, 540]);
        go_to_period(2);
        settle(1);
        assert_eq!(claimable(21), 880);
    });
}

#[test]
fn an_upheld_claim_is_paid_from_what_waited_first() {
    ExtBuilder.build_and_execute(|| {
        hiding();
        let owed = [royalty(Payee::Model(0), 20)];
        assert_ok!(claim(1, &owed));
        pay_net(1, 100);
        assert_ok!(<Rewards as Revenue<_>>::amend_royalties(
            1,
            stack(&[]),
            late(&owed)
        ));
        events();
        assert_ok!(close(1));
        assert_eq!(
            events().last(),
            Some(&Event::ClaimClosed {
                model: 1,
                returned: 0
            })
        );
        settle(0);
        assert_eq!([20, 21].map(claimable), [220, 540]);
    });
}

#[test]
fn a_claim_that_is_not_upheld_gives_back_everything() {
    ExtBuilder.build_and_execute(|| {
        hiding();
        assert_ok!(claim(1, &[royalty(Payee::Model(0), 20)]));
        pay_net(1, 100);
        events();
        assert_ok!(close(1));
        assert_eq!(
            events().last(),
            Some(&Event::ClaimClosed {
                model: 1,
                returned: 220
            })
        );
        settle(1);
        // Half of all, as if nothing had been claimed.
        assert_eq!(claimable(21), 550);
        assert_eq!(Rewards::model(1).unwrap().royalties, []);
    });
}

#[test]
fn a_model_of_which_nothing_waits_owes_from_the_claim_on() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        open_model(1, &[], 21);
        pay_net(1, 1_000);
        assert_ok!(claim(1, &[royalty(Payee::Model(0), 20)]));
        pay_net(1, 100);
        settle(1);
        assert_eq!(claimable(21), 1_080);
        assert_eq!(Rewards::model(1).unwrap().contested, 20);
    });
}

#[test]
fn what_is_owed_or_claimed_already_cannot_be_claimed_nor_more_than_there_is_room_for() {
    ExtBuilder.build_and_execute(|| {
        let owed = |model| royalty(Payee::Model(model), 1);
        assert_noop!(claim(0, &[]), Error::<Test>::ModelNotFound);
        for model in 0..12 {
            open_model(model, &[], 20);
        }
        open_model(12, &[owed(0)], 21);
        assert_noop!(claim(12, &[owed(0)]), Error::<Test>::RoyaltyOwed);
        assert_noop!(claim(12, &[owed(1), owed(1)]), Error::<Test>::RoyaltyOwed);
        assert_noop!(claim(12, &[owed(12)]), Error::<Test>::PayeeNotFound);
        let eight: Vec<_> = (1..9).map(owed).collect();
        assert_ok!(<Rewards as Revenue<_>>::amend_royalties(
            12,
            stack(&[owed(0)]),
            late(&eight[..7])
        ));
        assert_noop!(claim(12, &[owed(9), owed(10)]), Error::<Test>::TooManyLate);
        // One may take the place of another, whatever is late.
        assert_ok!(<Rewards as Revenue<_>>::amend_royalties(
            12,
            stack(&[owed(0)]),
            late(&eight)
        ));
        assert_noop!(claim(12, &[owed(9), owed(10)]), Error::<Test>::TooManyLate);
        assert_ok!(claim(12, &[owed(9)]));
        assert_noop!(claim(12, &[]), Error::<Test>::AlreadyClaimed);
    });
}

#[test]
fn an_empty_claim_sets_nothing_aside_and_what_is_not_claimed_cannot_be_closed() {
    ExtBuilder.build_and_execute(|| {
        hiding();
        assert_ok!(claim(1, &[]));
        assert_ok!(close(1));
        events();
        assert_ok!(close(1));
        assert_eq!(events(), []);
        settle(1);
        assert_eq!(claimable(21), 500);
        assert_noop!(close(7), Error::<Test>::ModelNotFound);
    });
}

#[test]
fn what_was_owed_until_it_was_struck_is_not_set_aside_once_more() {
    ExtBuilder.build_and_execute(|| {
        for grandparent in [0, 2] {
            open_model(grandparent, &[], 20);
        }
        let owed = [royalty(Payee::Model(0), 20)];
        open_waiting(1, &owed, &[(21, 100)]);
        pay_net(1, 1_000);
        assert_ok!(<Rewards as Revenue<_>>::amend_royalties(
            1,
            stack(&[]),
            late(&[])
        ));
        pay_net(1, 100);
        // It had 200 of the first 1,000; another one that was hidden all the time had nothing.
        let other = royalty(Payee::Model(2), 20);
        let set_aside = |claimed: &[Royalty]| {
            events();
            assert_ok!(claim(1, claimed));
            match events().last() {
                Some(Event::RoyaltiesClaimed { set_aside, .. }) => *set_aside,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(set_aside(&[owed[0], other]), 20 + 220);
        // A claim that comes to nothing changes nothing of that.
        assert_ok!(close(1));
        assert_eq!(set_aside(&owed), 20);
        assert_ok!(<Rewards as Revenue<_>>::amend_royalties(
            1,
            stack(&[]),
            late(&owed)
        ));
        assert_ok!(close(1));
        settle(1);
        settle(0);
        assert_eq!(claimable(20), 220);
    });
}
