use frame_support::assert_noop;
use sp_runtime::DispatchError;
use tributary_primitives::datanets::{Evidence, Phase};

use super::*;
use crate::{Error, Event, Outcomes, Standing};

#[test]
fn a_round_without_agreement_is_void() {
    execute(|| {
        attest(ALICE, statement());
        attest(BOB, another());
        go_to(CLOSES_AT);
        assert_ok!(try_abandon());
        assert_eq!(round().phase, Phase::Void);
        assert_eq!(Standing::<Test>::iter().count(), 0);
        assert_eq!(Outcomes::<Test>::iter().count(), 0);
        System::assert_last_event(
            Event::RoundAbandoned {
                datanet: DATANET,
                round: ROUND,
            }
            .into(),
        );
    });
}

#[test]
fn a_round_of_which_nobody_said_anything_is_void() {
    execute(|| {
        go_to(CLOSES_AT);
        assert_ok!(try_abandon());
        assert_eq!(round().phase, Phase::Void);
        assert_noop!(try_abandon(), Error::<Test>::WrongPhase);
    });
}

#[test]
fn attestors_are_given_their_time() {
    execute(|| {
        attest(ALICE, statement());
        go_to(CLOSES_AT - 1);
        assert_noop!(try_abandon(), Error::<Test>::WindowOpen);
        attest(BOB, statement());
        go_to(CLOSES_AT);
        assert_noop!(try_abandon(), Error::<Test>::WrongPhase);
    });
}

#[test]
fn open_rounds_are_not_abandoned() {
    execute(|| {
        go_to(CLOSES_AT);
        change_round(|round| round.recipe.evidence = Evidence::Open);
        assert_noop!(try_abandon(), Error::<Test>::RoundIsOpen);
    });
}

#[test]
fn only_an_account_abandons_a_round_that_exists() {
    execute(|| {
        go_to(CLOSES_AT);
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Attestation::abandon(origin, DATANET, ROUND),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(
            Attestation::abandon(RuntimeOrigin::signed(EVE), DATANET, ROUND + 1),
            Error::<Test>::RoundNotFound
        );
    });
}

#[test]
fn all_stays_as_it_was_if_the_round_cannot_be_voided() {
    execute(|| {
        attest(ALICE, statement());
        go_to(CLOSES_AT);
        change_round(|round| round.stuck = true);
        assert_noop!(try_abandon(), DispatchError::Other("the round is stuck"));
        assert_eq!(Standing::<Test>::iter().count(), 1);
    });
}
