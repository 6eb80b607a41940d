use tributary_primitives::{
    datanets::{Evidence, FinalRound},
    roles::Rounds,
};

use super::*;

#[test]
fn a_round_is_usable_once_it_is_final() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        assert_eq!(Valuation::usable(DATANET, ROUND), None);
        go_to(CLOSES_AT);
        finalise();
        assert_eq!(
            Valuation::usable(DATANET, ROUND),
            Some(FinalRound {
                datanet: DATANET,
                round: ROUND,
                before: BEFORE,
                after: AFTER,
                evidence: Evidence::Open,
            })
        );
        assert_eq!(Valuation::usable(DATANET, ROUND + 1), None);
        assert_eq!(Valuation::usable(DATANET + 1, ROUND), None);
    });
}

#[test]
fn a_void_round_is_never_usable() {
    ExtBuilder.build_and_execute(|| {
        go_to(CLOSES_AT);
        finalise();
        go_to(CLOSES_AT + WINDOW);
        finalise();
        assert_eq!(Valuation::usable(DATANET, ROUND), None);
    });
}

#[test]
fn a_round_can_be_made_final_for_benchmarks() {
    ExtBuilder.build().execute_with(|| {
        Valuation::prepare_final(DATANET, ROUND);
        assert!(Valuation::usable(DATANET, ROUND).is_some());
    });
}
