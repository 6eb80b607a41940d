use tributary_primitives::datanets::Phase;

use super::*;
use crate::Outcomes;

#[test]
fn proposals_of_a_round_are_shown_in_the_order_of_their_commitments() {
    ExtBuilder.build_and_execute(|| {
        assert!(Valuation::proposals(DATANET, ROUND).is_empty());
        other_work().commit(BOB);
        work().commit_and_publish(ALICE);
        let shown = Valuation::proposals(DATANET, ROUND);
        assert_eq!(shown.into_inner(), proposals());
        assert_eq!(proposers(), [BOB, ALICE]);
        assert!(Valuation::proposals(DATANET, ROUND + 1).is_empty());
    });
}

#[test]
fn values_are_shown_of_complete_proposals() {
    ExtBuilder.build_and_execute(|| {
        work().commit(ALICE);
        assert_eq!(Valuation::values(DATANET, ROUND, ALICE), None);
        work().publish(ALICE);
        let values = Valuation::values(DATANET, ROUND, ALICE).unwrap();
        assert_eq!(values.len(), VALUES.len());
        assert_eq!(Valuation::values(DATANET, ROUND, BOB), None);
    });
}

#[test]
fn the_end_of_the_window_is_shown_while_there_is_one() {
    ExtBuilder.build_and_execute(|| {
        assert_eq!(Valuation::closes_at(DATANET, ROUND), Some(CLOSES_AT));
        go_to(CLOSES_AT);
        finalise();
        assert_eq!(
            Valuation::closes_at(DATANET, ROUND),
            Some(CLOSES_AT + WINDOW)
        );
        go_to(CLOSES_AT + WINDOW);
        finalise();
        assert_eq!(round().phase, Phase::Void);
        assert_eq!(Valuation::closes_at(DATANET, ROUND), None);
        assert_eq!(Valuation::closes_at(DATANET, ROUND + 1), None);
    });
}

#[test]
fn the_outcome_is_shown_once_the_round_is_final() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        assert_eq!(Valuation::outcome(DATANET, ROUND), None);
        go_to(CLOSES_AT);
        finalise();
        let outcome = Valuation::outcome(DATANET, ROUND);
        assert!(outcome.is_some());
        assert_eq!(outcome, Outcomes::<Test>::get(DATANET, ROUND));
    });
}
