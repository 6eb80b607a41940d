//! Wrong valuations: what they cost those who publish them, what they bring to those who disprove them, and that they change nothing
//! else.

use super::{
    accounts::*,
    records::{jittered, records, relabelled, Evaluation},
    rounds::*,
    *,
};
use pallet_valuation::{Call, Error, Event, HoldReason::Proposal};
use tributary_primitives::{
    datanets::Phase, ids::RoundNumber, valuation::Challenge, valuation::Shadow,
};

/// A sponsored round with honest contributions, flipped labels and copies, whose benchmark is complete.
fn revealed(chain: &mut Chain) -> (Datanet, RoundNumber) {
    let mut datanet = Datanet::create(chain, super::assets::terms(20));
    let own = |who: Person| records(account(who), 0..CLASSES, 2);
    let round = datanet.open(chain, Some(SPONSOR));
    let contributions = [
        (HONEST[0], own(HONEST[0])),
        (HONEST[1], own(HONEST[1])),
        (
            FLIPPER,
            relabelled(own(FLIPPER), |label| (label + 1) % CLASSES),
        ),
        (COPIER, jittered(own(HONEST[0]))),
    ];
    let numbers = contributions.map(|(who, records)| datanet.commit(chain, who, round, records));
    datanet.commit_slices(chain, PROVIDER, round);
    datanet.advance(chain, round);
    for number in numbers {
        datanet.deliver(chain, number);
    }
    datanet.advance(chain, round);
    datanet.pick(chain, round);
    datanet.reveal(chain, round);
    (datanet, round)
}

/// Valuations that are wrong in the interest of somebody.
pub(super) fn lies(right: &Evaluation) -> Vec<Evaluation> {
    let lie = |change: &dyn Fn(&mut Evaluation)| {
        let mut lie = right.clone();
        change(&mut lie);
        lie
    };
    vec![
        // The flipped labels are said to match.
        lie(&|lie| {
            for entry in lie.rows.iter_mut().flat_map(|row| row.entries.as_mut()) {
                entry.matches = true;
            }
        }),
        // The copies are said to be none.
        lie(&|lie| lie.shadows.clear()),
        // Honest records are said to be copies.
        lie(&|lie| {
            let pair = lie.shadows[0];
            let witness = pair.witness;
            let mut shadow = witness;
            shadow.contribution += 1;
            lie.shadows.insert(0, Shadow { shadow, witness });
        }),
        // Nothing is said to be near.
        lie(&|lie| {
            lie.rows
                .iter_mut()
                .for_each(|row| row.entries = Default::default())
        }),
    ]
}

pub(super) fn challenging(
    datanet: &Datanet,
    round: RoundNumber,
    liar: Person,
    challenge: &Challenge,
) -> RuntimeCall {
    RuntimeCall::Valuation(Call::challenge {
        datanet: datanet.id,
        round,
        proposer: account(liar),
        challenge: Box::new(challenge.clone()),
    })
}

#[test]
fn whoever_lies_pays_whoever_disproves_it_and_the_round_comes_out_as_if_nothing_had_been() {
    journey(|chain| {
        let (datanet, round) = revealed(chain);
        let right = datanet.value(round);
        let challenger = CONSUMER;
        let liars = [FLIPPER, COPIER, CHILD_OWNER, BASE_OWNER];
        let mut won = 0;
        let mut bond = BUDGET;
        for (liar, lie) in liars.into_iter().zip(lies(&right)) {
            assert_eq!(Valuation::bond(datanet.id, round), Some(bond));
            datanet.propose(chain, liar, round, &lie);
            assert_eq!(datanet.round(round).phase, Phase::Published);
            assert_eq!(on_hold(liar, Proposal), bond);

            let proof = datanet.challenge(round, &lie).expect("it is wrong");
            let call = challenging(&datanet, round, liar, &proof);
            chain.must(challenger, call.clone());
            won = sum([won, bond / 2]);
            assert_eq!(
                wealth(challenger),
                sum([ENDOWMENT, won]) - fees_of(chain, challenger)
            );
            let left = ENDOWMENT - bond - fees_of(chain, liar);
            assert_eq!(wealth(liar), left);
            assert_eq!(on_hold(liar, Proposal), 0);
            assert_eq!(datanet.round(round).phase, Phase::Revealed);
            chain.refused(challenger, call, Error::<Runtime>::ProposalNotFound);
            bond *= 2;
        }
        let burnt = chain.total(|event| match event {
            RuntimeEvent::Valuation(Event::ProposalDisproved { burnt, .. }) => Some(*burnt),
            _ => None,
        });
        assert_eq!(burnt, won);

        datanet.evaluate(chain, EVALUATOR, round);
        assert_eq!(datanet.challenge(round, &right), None);
        assert_eq!(datanet.finalise(chain, round), Phase::Final);
        assert_eq!(datanet.admitted(round), [0, 1]);
        for number in 0..4 {
            let value = right.values.by_contribution.get(&number).copied();
            assert_eq!(
                datanet.contribution(number).value,
                value.unwrap_or_default()
            );
        }
        check_everybody(chain);
    });
}

#[test]
fn an_earlier_lie_does_not_stand_in_the_way_of_a_later_truth() {
    journey(|chain| {
        let (datanet, round) = revealed(chain);
        let right = datanet.value(round);
        let lie = lies(&right).swap_remove(0);
        datanet.propose(chain, FLIPPER, round, &lie);
        datanet.evaluate(chain, EVALUATOR, round);
        let proof = datanet.challenge(round, &lie).expect("it is wrong");
        chain.refused(
            CONSUMER,
            challenging(&datanet, round, EVALUATOR, &proof),
            Error::<Runtime>::InvalidProof,
        );
        chain.must(CONSUMER, challenging(&datanet, round, FLIPPER, &proof));
        assert_eq!(datanet.finalise(chain, round), Phase::Final);
        let outcome = Valuation::outcome(datanet.id, round).expect("the round is final");
        assert_eq!(outcome.evaluator, account(EVALUATOR));
        check_everybody(chain);
    });
}

#[test]
fn a_lie_of_the_last_moment_can_still_be_disproved_and_leaves_another_window() {
    journey(|chain| {
        let (datanet, round) = revealed(chain);
        let right = datanet.value(round);
        let lie = lies(&right).swap_remove(1);
        let periods = datanet.recipe.periods;
        let closes_at = Valuation::closes_at(datanet.id, round).expect("the window is open");
        chain.reach(closes_at - periods.challenging - periods.publishing - 1);
        datanet.propose(chain, COPIER, round, &lie);
        chain.reach(closes_at - 1);
        let proof = datanet.challenge(round, &lie).expect("it is wrong");
        chain.must(CONSUMER, challenging(&datanet, round, COPIER, &proof));
        assert_eq!(datanet.finalise(chain, round), Phase::Revealed);
        datanet.evaluate(chain, EVALUATOR, round);
        assert_eq!(datanet.finalise(chain, round), Phase::Final);
        check_everybody(chain);
    });
}
