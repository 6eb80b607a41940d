//! Rounds of attested datanets have no proposals: attestors end them.

use frame_support::assert_noop;
use tributary_primitives::datanets::Evidence;

use super::*;
use crate::Error;

fn attested(test: impl FnOnce()) {
    ExtBuilder.build_and_execute(|| {
        change_round(|round| round.recipe.evidence = Evidence::Attested { threshold: 1 });
        test();
    });
}

fn origin() -> RuntimeOrigin {
    RuntimeOrigin::signed(ALICE)
}

#[test]
fn nothing_is_proposed_or_published() {
    attested(|| {
        let work = work();
        assert_noop!(
            Valuation::commit_proposal(origin(), DATANET, ROUND, work.commitment(ALICE)),
            Error::<Test>::RoundIsAttested
        );
        let chunk = work.shadows.clone().try_into().expect("few enough");
        assert_noop!(
            Valuation::publish_shadows(origin(), DATANET, ROUND, chunk),
            Error::<Test>::RoundIsAttested
        );
        let inputs = round().frozen.inputs;
        assert_noop!(
            Valuation::publish_rows(origin(), DATANET, ROUND, inputs, work.bounded_rows()),
            Error::<Test>::RoundIsAttested
        );
    });
}

#[test]
fn no_window_ends_a_round() {
    attested(|| {
        assert_eq!(Valuation::closes_at(DATANET, ROUND), None);
        assert_eq!(Valuation::bond(DATANET, ROUND), None);
        go_to(CLOSES_AT);
        assert_noop!(
            Valuation::finalise(origin(), DATANET, ROUND),
            Error::<Test>::RoundIsAttested
        );
    });
}
