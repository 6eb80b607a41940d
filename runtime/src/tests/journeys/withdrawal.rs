//! A contributor withdraws consent: later rounds are trained on and paid without the contribution, everything before stands.

use super::{
    accounts::*,
    assets::*,
    records::{jittered, records, relabelled},
    rounds::*,
    *,
};
use pallet_datanets::{Call, Error, Event, Status};
use pallet_rewards::Source;
use tributary_primitives::{
    assets::{Asset, Payee, Royalty},
    datanets::Phase,
    ids::{ContributionNumber, RoundNumber},
    ledger::{contribution_part, contributors_part},
    licences::Origin,
};

fn withdrawing(datanet: &Datanet, number: ContributionNumber) -> RuntimeCall {
    RuntimeCall::Datanets(Call::withdraw_consent {
        datanet: datanet.id,
        contribution: number,
    })
}

/// Pays for the data of a round.
fn pay(chain: &mut Chain, datanet: &Datanet, round: RoundNumber, gross: Balance) {
    let call = pallet_rewards::Call::pay {
        asset: Asset::Datanet(datanet.id),
        round: Some(round),
        gross,
    };
    chain.must(CONSUMER, RuntimeCall::Rewards(call));
}

/// What a contribution has earned from the pool of a round.
fn earned(
    chain: &Chain,
    datanet: &Datanet,
    number: ContributionNumber,
    round: RoundNumber,
) -> Balance {
    let who = person(&datanet.contribution(number).contributor);
    let source = Source::Contribution(datanet.pool(round), number);
    credited(chain, who, |it| *it == source)
}

/// Everybody in the pool of a round has the part of the weight that earns.
fn pays_by_weight(chain: &Chain, datanet: &Datanet, round: RoundNumber) {
    let terms = pallet_rewards::Pools::<Runtime>::get(datanet.pool(round)).expect("it is open");
    let takings = Rewards::pool(datanet.pool(round))
        .expect("it has weight")
        .takings;
    let received = sum([takings.net, takings.royalties]);
    let contributors = contributors_part(&terms.crew, received).expect("no overflow");
    let mut paid = Vec::new();
    for number in datanet.admitted(round) {
        let found = datanet.contribution(number);
        let left_out = found.withdrawn.is_some_and(|since| since <= round);
        let weight = if left_out {
            0
        } else {
            found.value.unsigned_abs()
        };
        let due = contribution_part(contributors, weight, terms.weight).expect("no overflow");
        assert_eq!(
            earned(chain, datanet, number, round),
            due,
            "{number} in {round}"
        );
        paid.push(due);
    }
    assert!(contributors - sum(paid.clone()) < paid.len() as Balance);
}

#[test]
fn consent_is_withdrawn_for_rounds_to_come_and_earlier_ones_go_on_paying() {
    journey(|chain| {
        let mut datanet = Datanet::create(chain, terms(20));
        let first = HONEST
            .iter()
            .map(|who| (*who, records((account(*who), 1), 0..3, 3)));
        let (one, _) = datanet.play(chain, Some(SPONSOR), first.collect());
        let base = register(
            chain,
            BASE_OWNER,
            vec![Origin::TrainedOn(datanet.pool(one))],
            10,
            &[(BASE_OWNER, 100)],
        );
        let [leaver, late, _] = HONEST;
        let admitted = datanet.admitted(one);
        assert_eq!(admitted, [0, 1, 2]);

        // Only whose it is, and once.
        let error = Error::<Runtime>::NotAuthorized;
        chain.refused(ANYBODY, withdrawing(&datanet, 0), error);
        let wealthy = (wealth(leaver), all_on_hold(leaver), fees_of(chain, leaver));
        let award = Rewards::awarded(datanet.pool(one), 0).expect("its pay vests");
        let events = chain.must(leaver, withdrawing(&datanet, 0));
        let forfeited = found(&events, |event| match event {
            RuntimeEvent::Rewards(pallet_rewards::Event::Forfeited { amount, .. }) => Some(*amount),
            _ => None,
        });
        assert_eq!(forfeited, award.award.amount - award.vested);
        let since = found(&events, |event| match event {
            RuntimeEvent::Datanets(Event::ConsentWithdrawn { since, .. }) => Some(*since),
            _ => None,
        });
        assert_eq!(since, one + 1);
        let fee = fees_of(chain, leaver) - wealthy.2;
        assert_eq!(
            (wealth(leaver), all_on_hold(leaver)),
            (wealthy.0 - fee, wealthy.1),
            "only the fee is gone"
        );
        let error = Error::<Runtime>::ConsentAlreadyWithdrawn;
        chain.refused(leaver, withdrawing(&datanet, 0), error);

        // The next round: the last class is new. Copies of what was withdrawn are copies still. After the freeze it is too late for this round.
        let copies = jittered(records((account(leaver), 1), 0..3, 3));
        let two = datanet.open(chain, Some(SPONSOR));
        let newer = records("newer", 0..CLASSES, 4);
        let numbers = [(COPIER, copies), (CHILD_OWNER, newer)]
            .map(|(who, records)| datanet.commit(chain, who, two, records));
        datanet.commit_slices(chain, PROVIDER, two);
        datanet.advance(chain, two);
        for number in numbers {
            datanet.deliver(chain, number);
        }
        assert_eq!(datanet.advance(chain, two), Phase::Frozen);
        chain.must(late, withdrawing(&datanet, 1));
        assert_eq!(datanet.contribution(1).withdrawn, Some(two + 1));
        datanet.pick(chain, two);
        datanet.reveal(chain, two);
        let evaluation = datanet.evaluate(chain, EVALUATOR, two);
        assert_eq!(evaluation.shadows_of(numbers[0]), 9);
        assert_eq!(datanet.finalise(chain, two), Phase::Final);
        let [copier, newcomer] = numbers.map(|number| datanet.contribution(number));
        assert_eq!((copier.value, copier.status), (0, Status::Rejected));
        assert!(newcomer.value > 0);
        let error = Error::<Runtime>::NotAdmitted;
        chain.refused(COPIER, withdrawing(&datanet, numbers[0]), error);

        // A third round leaves both out.
        let more = vec![(FLIPPER, records("more", 0..CLASSES, 4))];
        let (three, _) = datanet.play(chain, Some(SPONSOR), more);
        let left = |round| -> u128 {
            let withdrawn = datanet.admitted(round).into_iter();
            let withdrawn = withdrawn.map(|number| datanet.contribution(number));
            withdrawn
                .filter(|found| found.withdrawn.is_some_and(|since| since <= round))
                .map(|found| found.value.unsigned_abs())
                .sum()
        };
        let weight = |number| datanet.contribution(number).value.unsigned_abs();
        assert_eq!(
            [one, two, three].map(left),
            [0, weight(0), weight(0) + weight(1)]
        );
        for round in [one, two, three] {
            assert_eq!(datanet.round(round).withdrawn, left(round));
            let terms = pallet_rewards::Pools::<Runtime>::get(datanet.pool(round)).unwrap();
            assert_eq!(terms.weight, terms.root.sum - left(round));
        }

        // Money comes for all rounds, to the first one by the model that was trained on it, whose lineage stays what it was.
        assert!(base
            .owed
            .iter()
            .any(|royalty| royalty.payee == Payee::Pool(datanet.pool(one))));
        chain.must(CONSUMER, payment(Asset::Model(base.id), 77_777_777_777_777));
        chain.must(ANYBODY, settlement(base.id));
        for round in [one, two, three] {
            pay(chain, &datanet, round, 33_333_333_333_331);
        }
        for round in [one, two, three] {
            for number in datanet.admitted(round) {
                let found = datanet.contribution(number);
                let claim = datanet.claim(round, number);
                if found.withdrawn.is_some_and(|since| since <= round) {
                    let error = pallet_rewards::Error::<Runtime>::ConsentWithdrawn;
                    chain.refused(ANYBODY, claim, error);
                } else {
                    chain.must(ANYBODY, claim);
                }
            }
            pays_by_weight(chain, &datanet, round);
        }
        assert!(earned(chain, &datanet, 0, one) > 0);
        assert_eq!(earned(chain, &datanet, 0, two), 0);
        assert!(earned(chain, &datanet, 1, two) > 0);
        assert_eq!(earned(chain, &datanet, 1, three), 0);
        for who in [leaver, late, CHILD_OWNER] {
            chain.must(who, withdrawal());
        }
        check_everybody(chain);
    });
}

#[test]
fn a_round_of_which_everything_is_withdrawn_cancels_nothing_that_is_owed_for_those_before() {
    journey(|chain| {
        let mut datanet = Datanet::played(chain, terms(20));
        for number in datanet.admitted(1) {
            let who = person(&datanet.contribution(number).contributor);
            chain.must(who, withdrawing(&datanet, number));
        }
        let worthless = relabelled(records("worthless", 0..CLASSES, 2), |label| {
            (label + 1) % CLASSES
        });
        let (round, _) = datanet.play(chain, None, vec![(FLIPPER, worthless)]);
        assert_eq!(datanet.contribution(2).status, Status::Rejected);
        // The first round earns as before, and what is paid for the second one.
        let received = || {
            let statement = Rewards::pool(datanet.pool(1));
            statement.map_or(0, |pool| pool.takings.gross)
        };
        for (round, gross) in [(1, 1_000_000), (round, 2_000_000)] {
            pay(chain, &datanet, round, 1_000_000);
            assert_eq!(received(), gross);
        }
        // Whoever comes from a model of the first round and names the second one besides owes for the first one still.
        let team = [(BASE_OWNER, 100)];
        let first = vec![Origin::TrainedOn(datanet.pool(1))];
        let parent = register(chain, BASE_OWNER, first, 10, &team);
        let origins = vec![
            Origin::FineTunedFrom(parent.id),
            Origin::TrainedOn(datanet.pool(round)),
        ];
        let model = register(chain, BASE_OWNER, origins, 10, &team);
        let payees = |list: &[Royalty]| list.iter().map(|it| it.payee).collect::<Vec<_>>();
        let parent = Payee::Model(parent.id);
        let named = Payee::Pool(datanet.pool(round));
        assert_eq!(payees(&model.inherited), [parent, named]);
        let paid = Payee::Pool(datanet.pool(1));
        assert_eq!(payees(&model.owed), [parent, paid]);
    });
}
