//! A datanet whose records never come to the chain: attestors say what they are worth.

use super::{
    accounts::*,
    assets::*,
    holds::{delegate, giving_away, vanish},
    records::{records, records_root, relabelled},
    rounds::*,
    *,
};
use crate::{configs::tributary::FinalRounds, currency::MICRO};
use pallet_attestation::{Error, Event};
use pallet_datanets::{HoldReason, Status};
use pallet_rewards::Source;
use sp_core::H256;
use tributary_primitives::{
    assets::Asset,
    datanets::{Encoder, Evidence, FinalRound, Phase, Recipe, Statement, Value, Values},
    ids::{ContributionNumber, RoundNumber},
    licences::Origin,
    roles::Rounds,
};

/// Two of them must agree.
const ATTESTORS: [Person; 3] = [PROVIDER, EVALUATOR, COPIER];

/// A datanet whose rounds two of three attestors must attest.
fn create(chain: &mut Chain) -> Datanet {
    create_with(chain, recipe())
}

/// The same with what is not said here of its recipe.
fn create_with(chain: &mut Chain, recipe: Recipe) -> Datanet {
    let recipe = Recipe {
        evidence: Evidence::Attested { threshold: 2 },
        ..recipe
    };
    let terms = publish(chain, STEWARD, terms(20));
    let datanet = Datanet::create_unmeasured(chain, recipe, terms);
    let appoint = |attestors: &[Person]| {
        RuntimeCall::Datanets(pallet_datanets::Call::appoint_providers {
            datanet: datanet.id,
            providers: attestors.iter().copied().map(account).collect(),
        })
    };
    let error = pallet_datanets::Error::<Runtime>::TooFewAttestors;
    chain.refused(STEWARD, appoint(&ATTESTORS[..1]), error);
    chain.must(STEWARD, appoint(&ATTESTORS));
    datanet
}

/// The benchmark that the attestors share.
fn benchmark(round: RoundNumber) -> Vec<u8> {
    records(("benchmark", round), 0..CLASSES, 2)
}

/// What the kernel makes of a round, as attestors say it.
fn statement(datanet: &Datanet, round: RoundNumber) -> Statement {
    let benchmark = benchmark(round);
    let values = datanet
        .value_by(round, std::slice::from_ref(&benchmark))
        .values;
    let newcomers = Datanets::newcomers(datanet.id, round);
    let of = |number: ContributionNumber| Value {
        number,
        value: values.by_contribution.get(&number).copied().unwrap_or(0),
    };
    Statement {
        benchmark: records_root((Encoder::Vector, 4), &benchmark),
        before: values.before,
        after: values.after,
        values: Values::truncate_from(newcomers.iter().map(|it| of(it.number)).collect()),
    }
}

fn attesting(datanet: &Datanet, round: RoundNumber, statement: Statement) -> RuntimeCall {
    RuntimeCall::Attestation(pallet_attestation::Call::attest {
        datanet: datanet.id,
        round,
        statement,
    })
}

fn abandoning(datanet: &Datanet, round: RoundNumber) -> RuntimeCall {
    RuntimeCall::Attestation(pallet_attestation::Call::abandon {
        datanet: datanet.id,
        round,
    })
}

/// A sponsored round with these contributions, of which references are delivered.
fn freeze(
    chain: &mut Chain,
    datanet: &mut Datanet,
    contributions: Vec<(Person, Vec<u8>)>,
) -> (RoundNumber, Vec<ContributionNumber>) {
    let round = datanet.open(chain, Some(SPONSOR));
    let numbers: Vec<_> = contributions
        .into_iter()
        .map(|(who, records)| datanet.commit(chain, who, round, records))
        .collect();
    let hashes = vec![H256::zero(); 4];
    let slices = pallet_datanets::Call::commit_slices {
        datanet: datanet.id,
        round,
        hashes,
    };
    let attested = pallet_datanets::Error::<Runtime>::DatanetIsAttested;
    chain.refused(PROVIDER, RuntimeCall::Datanets(slices), attested);
    assert_eq!(datanet.advance(chain, round), Phase::Delivering);
    for number in &numbers {
        let who = person(&datanet.contribution(*number).contributor);
        let attested = pallet_datanets::Error::<Runtime>::DatanetIsAttested;
        chain.refused(who, datanet.delivery(*number), attested);
        chain.must(who, datanet.reference(*number));
    }
    assert_eq!(datanet.advance(chain, round), Phase::Revealed);
    (round, numbers)
}

/// Two honest contributions and one with wrong labels.
fn contributions() -> Vec<(Person, Vec<u8>)> {
    let honest = |who: Person| (who, records(account(who), 0..CLASSES, 3));
    let flipped = relabelled(records("flipped", 0..CLASSES, 3), |label| {
        (label + 1) % CLASSES
    });
    vec![honest(HONEST[0]), (FLIPPER, flipped), honest(HONEST[1])]
}

#[test]
fn contributors_of_attested_data_earn_by_what_attestors_agree_on() {
    journey(|chain| {
        let mut datanet = create(chain);
        let (round, numbers) = freeze(chain, &mut datanet, contributions());
        let right = statement(&datanet, round);
        let lie = Statement {
            values: Values::truncate_from(
                right
                    .values
                    .iter()
                    .zip([2, 0, 1])
                    .map(|(value, other)| Value {
                        number: value.number,
                        value: right.values[other].value,
                    })
                    .collect(),
            ),
            ..right.clone()
        };
        assert!(lie != right && lie.sums_to_its_gain());

        // Nobody else has a say, and nobody proposes anything.
        let not = Error::<Runtime>::NotAttestor;
        chain.refused(HONEST[0], attesting(&datanet, round, right.clone()), not);
        let proposal = pallet_valuation::Call::commit_proposal {
            datanet: datanet.id,
            round,
            commitment: H256::zero(),
        };
        let attested = pallet_valuation::Error::<Runtime>::RoundIsAttested;
        chain.refused(EVALUATOR, RuntimeCall::Valuation(proposal), attested);
        let unsummed = Statement {
            after: right.after - 1,
            ..right.clone()
        };
        let error = Error::<Runtime>::NotTheGain;
        chain.refused(ATTESTORS[0], attesting(&datanet, round, unsummed), error);
        let error = Error::<Runtime>::WindowOpen;
        chain.refused(ANYBODY, abandoning(&datanet, round), error);

        // One is outvoted.
        chain.must(ATTESTORS[1], attesting(&datanet, round, right.clone()));
        chain.must(ATTESTORS[0], attesting(&datanet, round, lie));
        assert_eq!(datanet.round(round).phase, Phase::Revealed);
        assert_eq!(FinalRounds::usable(datanet.id, round), None);
        let events = chain.must(ATTESTORS[2], attesting(&datanet, round, right.clone()));
        assert_eq!(datanet.round(round).phase, Phase::Final);
        let evaluator = found(&events, |event| match event {
            RuntimeEvent::Attestation(Event::RoundAttested { evaluator, .. }) => {
                Some(person(evaluator))
            }
            _ => None,
        });
        assert_eq!(evaluator, ATTESTORS[1]);
        assert_eq!(
            FinalRounds::usable(datanet.id, round),
            Some(FinalRound {
                datanet: datanet.id,
                round,
                before: right.before,
                after: right.after,
                evidence: Evidence::Attested { threshold: 2 },
            })
        );
        let statuses = [Status::Admitted, Status::Rejected, Status::Admitted];
        for ((number, status), value) in numbers.iter().zip(statuses).zip(&right.values) {
            let found = datanet.contribution(*number);
            assert_eq!((found.status, found.value), (status, value.value));
        }
        for who in [HONEST[0], HONEST[1]] {
            assert!(awarded(chain, who) > 0, "{who} is paid by the sponsor");
        }

        // A model learned from it, somebody pays for the model, and everybody has their part.
        let origins = vec![Origin::TrainedOn(datanet.pool(round))];
        let model = register(chain, BASE_OWNER, origins, 10, &[(BASE_OWNER, 100)]);
        chain.must(
            CONSUMER,
            payment(Asset::Model(model.id), 100_000_000_000_007),
        );
        chain.must(ANYBODY, settlement(model.id));
        let pool = datanet.pool(round);
        let crew = pallet_rewards::Call::settle_crew { pool };
        chain.must(ANYBODY, RuntimeCall::Rewards(crew));
        for number in [numbers[0], numbers[2]] {
            chain.must(ANYBODY, datanet.claim(round, number));
            let who = person(&datanet.contribution(number).contributor);
            let source = Source::Contribution(pool, number);
            assert!(credited(chain, who, |it| *it == source) > 0, "{who} earns");
            chain.must(who, withdrawal());
        }
        let of_crew = |who| credited(chain, who, |source| *source == Source::Crew(pool));
        let [first, second, third] = ATTESTORS.map(of_crew);
        assert!(first > 0 && first == third && second > first);
        assert!(of_crew(STEWARD) > 0);
        check_everybody(chain);
    });
}

#[test]
fn what_attestors_do_not_agree_on_waits_for_the_next_round() {
    journey(|chain| {
        let mut datanet = create(chain);
        let (round, numbers) = freeze(chain, &mut datanet, contributions());
        let right = statement(&datanet, round);
        chain.must(ATTESTORS[0], attesting(&datanet, round, right.clone()));
        chain.reach(Attestation::closes_at(datanet.id, round).expect("it is open"));
        let late = Error::<Runtime>::WindowClosed;
        chain.refused(
            ATTESTORS[1],
            attesting(&datanet, round, right.clone()),
            late,
        );
        chain.must(ANYBODY, abandoning(&datanet, round));
        assert_eq!(datanet.round(round).phase, Phase::Void);
        assert_eq!(claimable(SPONSOR), BUDGET);

        let model = registration(
            vec![Origin::TrainedOn(datanet.pool(round))],
            publish(chain, BASE_OWNER, terms(10)),
            team(&[(BASE_OWNER, 100)]),
        );
        let error = pallet_models::Error::<Runtime>::RoundNotFinal;
        chain.refused(BASE_OWNER, model, error);

        let own = records("later", 0..CLASSES, 3);
        let (next, _) = freeze(chain, &mut datanet, vec![(HONEST[2], own)]);
        let again = statement(&datanet, next);
        let valued: Vec<_> = again.values.iter().map(|value| value.number).collect();
        assert_eq!(valued, numbers);
        for who in &ATTESTORS[..2] {
            chain.must(*who, attesting(&datanet, next, again.clone()));
        }
        assert_eq!(datanet.round(next).phase, Phase::Final);
        assert_eq!(datanet.admitted(next), [numbers[0], numbers[2]]);
        chain.must(SPONSOR, withdrawal());
        check_everybody(chain);
    });
}

#[test]
fn open_rounds_are_not_attested() {
    journey(|chain| {
        let mut datanet = Datanet::create(chain, terms(20));
        let round = datanet.open(chain, None);
        let own = records("own", 0..CLASSES, 2);
        let number = datanet.commit(chain, HONEST[0], round, own);
        datanet.commit_slices(chain, PROVIDER, round);
        datanet.advance(chain, round);
        let open = pallet_datanets::Error::<Runtime>::DatanetIsOpen;
        chain.refused(HONEST[0], datanet.reference(number), open);
        datanet.deliver(chain, number);
        datanet.advance(chain, round);
        datanet.pick(chain, round);
        datanet.reveal(chain, round);
        let said = statement(&datanet, round);
        let error = || Error::<Runtime>::RoundIsOpen;
        chain.refused(PROVIDER, attesting(&datanet, round, said), error());
        chain.refused(ANYBODY, abandoning(&datanet, round), error());
    });
}

#[test]
fn an_attestor_whose_account_is_gone_holds_up_no_round() {
    journey(|chain| {
        let [gone, second, _] = ATTESTORS;
        // No contribution's fee is as much as an account needs.
        let cheap = Recipe {
            fee_per_record: 10 * MICRO,
            ..recipe()
        };
        let mut datanet = create_with(chain, cheap);
        let (round, numbers) = freeze(chain, &mut datanet, contributions());
        let right = statement(&datanet, round);
        chain.must(gone, attesting(&datanet, round, right.clone()));
        delegate(chain, gone);
        vanish(chain, gone, giving_away(false));
        chain.must(second, attesting(&datanet, round, right));
        let outcome = datanet.round(round).outcome.expect("the round is final");
        assert_eq!(outcome.evaluator, account(gone));
        assert_eq!(wealth(gone), 0);
        for number in numbers {
            let who = person(&datanet.contribution(number).contributor);
            assert_eq!(on_hold(who, HoldReason::ValuationFee), 0);
        }
    });
}
