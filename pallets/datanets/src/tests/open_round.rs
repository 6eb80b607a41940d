use codec::MaxEncodedLen;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;
use tributary_primitives::{datanets::Phase, Balance};

use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn the_first_round_takes_commitments_for_the_recipes_period() {
    execute(|| {
        create(2);
        run_to(5);
        assert_ok!(Datanets::open_round(signed(STEWARD), 0, None));
        let round = round_of(1);
        assert_eq!(round.phase, Phase::Committing);
        assert_eq!(round.deadline, Some(15));
        assert_eq!(round.first, 0);
        assert_eq!(round.providers.to_vec(), [10, 11]);
        assert_eq!(round.sponsorship, None);
        System::assert_last_event(
            Event::RoundOpened {
                datanet: 0,
                round: 1,
                providers: round.providers,
                sponsorship: None,
                first: 0,
                deadline: 15,
            }
            .into(),
        );
    });
}

#[test]
fn a_round_takes_one_pledge_into_the_pot() {
    execute(|| {
        create(1);
        let pot = free(POT);
        let round = open_sponsored(50, 1_000);
        assert_eq!(
            round_of(round).sponsorship,
            Some(Sponsorship {
                sponsor: SPONSOR,
                price: 50,
                budget: 1_000,
            })
        );
        assert_eq!(Pools::budget(0, round), Some(1_000));
        assert_eq!(free(POT), pot + 1_000);
        assert_eq!(free(SPONSOR), WEALTH - 1_000);
        assert_eq!(held(SPONSOR, HoldReason::Pledge), 0);
    });
}

#[test]
fn the_stewards_deposit_grows_with_each_round() {
    execute(|| {
        create(1);
        let before = held(STEWARD, HoldReason::Datanet);
        open();
        // The round, its outcome, its pool and what that has received.
        let deposit = 4 * (100 + RoundOf::<Test>::max_encoded_len() as Balance);
        assert_eq!(held(STEWARD, HoldReason::Datanet), before + deposit);
        assert_eq!(
            Datanets::datanet(0).unwrap().datanet.deposit,
            before + deposit
        );
    });
}

#[test]
fn the_next_round_opens_once_the_last_one_delivers() {
    execute(|| {
        create(1);
        let first = open();
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::LastRoundCommitting
        );
        commit_slices(first);
        commit(ALICE, first, 2);
        commit(BOB, first, 2);
        end_committing(first);
        let second = open();
        assert_eq!(second, 2);
        assert_eq!(round_of(second).first, 2);
    });
}

#[test]
fn the_next_round_opens_after_a_void_one() {
    execute(|| {
        create(1);
        let first = open();
        end_committing(first);
        assert_eq!(round_of(first).phase, Phase::Void);
        assert_eq!(open(), 2);
    });
}

#[test]
fn only_the_steward_opens_rounds() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::open_round(signed(STRANGER), 0, None),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Datanets::open_round(RuntimeOrigin::root(), 0, None),
            DispatchError::BadOrigin
        );
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 1, None),
            Error::<Test>::DatanetNotFound
        );
    });
}

#[test]
fn a_round_needs_providers() {
    execute(|| {
        assert_ok!(Datanets::create(signed(STEWARD), recipe(), TERMS, vec![]));
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::NoProviders
        );
    });
}

#[test]
fn a_sponsor_who_has_not_pledged_is_refused() {
    execute(|| {
        create(1);
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, Some(SPONSOR)),
            Error::<Test>::PledgeNotFound
        );
    });
}

#[test]
fn a_steward_who_cannot_pay_the_deposit_is_refused() {
    execute(|| {
        create(1);
        leave(STEWARD, 100);
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn numbers_of_rounds_are_never_used_twice() {
    new_test_ext().execute_with(|| {
        create(1);
        crate::Datanets::<Test>::mutate(0, |datanet| {
            datanet.as_mut().unwrap().rounds = u32::MAX;
        });
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, None),
            Error::<Test>::TooManyRounds
        );
    });
}

#[test]
fn a_steward_cannot_have_a_pledge_measured_by_others() {
    execute(|| {
        create(2);
        assert_ok!(pledge(signed(SPONSOR), 50, 1_000));
        assert_ok!(Datanets::appoint_providers(
            signed(STEWARD),
            0,
            vec![STEWARD]
        ));
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, Some(SPONSOR)),
            Error::<Test>::OtherProviders
        );
        assert_ok!(Datanets::appoint_providers(
            signed(STEWARD),
            0,
            vec![10, 11]
        ));
        assert_ok!(Datanets::open_round(signed(STEWARD), 0, Some(SPONSOR)));
    });
}

#[test]
fn a_steward_cannot_spend_a_pledge_on_another_round() {
    execute(|| {
        create(1);
        assert_ok!(Datanets::pledge(signed(SPONSOR), 0, 2, vec![10], 50, 1_000));
        assert_noop!(
            Datanets::open_round(signed(STEWARD), 0, Some(SPONSOR)),
            Error::<Test>::OtherRound
        );
        let first = open();
        commit_slices(first);
        commit(ALICE, first, 4);
        end_committing(first);
        assert_ok!(Datanets::open_round(signed(STEWARD), 0, Some(SPONSOR)));
        assert!(Datanets::pledged(0, SPONSOR).is_none());
    });
}
