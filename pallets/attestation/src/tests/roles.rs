use tributary_primitives::{
    datanets::{Evidence, FinalRound},
    roles::Rounds,
};

use super::*;

#[test]
fn an_attested_round_is_usable_and_says_that_it_is_attested() {
    execute(|| {
        attest(ALICE, statement());
        assert_eq!(Attestation::usable(DATANET, ROUND), None);
        attest(BOB, statement());
        assert_eq!(
            Attestation::usable(DATANET, ROUND),
            Some(FinalRound {
                datanet: DATANET,
                round: ROUND,
                before: statement().before,
                after: statement().after,
                evidence: Evidence::Attested { threshold: 2 },
            })
        );
        assert_eq!(Attestation::usable(DATANET, ROUND + 1), None);
        assert_eq!(Attestation::usable(DATANET + 1, ROUND), None);
    });
}

#[test]
fn a_void_round_is_never_usable() {
    execute(|| {
        attest(ALICE, statement());
        go_to(CLOSES_AT);
        assert_ok!(try_abandon());
        assert_eq!(Attestation::usable(DATANET, ROUND), None);
    });
}

#[test]
fn a_round_can_be_made_final_for_benchmarks() {
    new_test_ext().execute_with(|| {
        Attestation::prepare_final(DATANET, ROUND);
        assert!(Attestation::usable(DATANET, ROUND).is_some());
    });
}
