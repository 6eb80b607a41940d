//! The whole life: two rounds of a datanet, a model and its fine-tune, a consumer who pays, and everybody who settles, claims and
//! withdraws.

use super::{
    accounts::*,
    assets::*,
    records::{jittered, records, relabelled, Evaluation},
    rounds::*,
    *,
};
use pallet_datanets::{Event, Status};
use pallet_rewards::{ModelAccounts, PoolAccounts, Pools, Source};
use sp_core::U256;
use tributary_primitives::{
    assets::{Asset, Payee},
    ids::RoundNumber,
    ledger::{contribution_part, contributors_part},
    licences::Origin,
};

/// A datanet with two final rounds, and two models that come from it.
pub(super) struct World {
    pub(super) datanet: Datanet,
    /// What the evaluator made of each round.
    evaluations: Vec<(RoundNumber, Evaluation)>,
    pub(super) base: Registered,
    pub(super) child: Registered,
}

impl World {
    /// Plays the rounds and registers the models. The first round knows nothing of the last class, so that there is something to
    /// gain in the second one.
    pub(super) fn build(chain: &mut Chain) -> Self {
        let mut datanet = Datanet::create(chain, terms(20));
        let honest: Vec<_> = HONEST
            .iter()
            .map(|who| (*who, records((account(*who), 1), 0..3, 3)))
            .collect();
        let flipped = relabelled(records("flipped", 0..3, 3), |label| (label + 1) % 3);
        let first = vec![
            honest[0].clone(),
            (FLIPPER, flipped),
            honest[1].clone(),
            (COPIER, jittered(honest[0].1.clone())),
            honest[2].clone(),
        ];
        let first = datanet.play(chain, Some(SPONSOR), first);
        let team = [(BASE_OWNER, 67), (STEWARD, 33)];
        let base = register(
            chain,
            BASE_OWNER,
            vec![Origin::TrainedOn(datanet.pool(1))],
            10,
            &team,
        );

        let newer = |who: Person| records((account(who), 2), 0..CLASSES, 4);
        let second = vec![
            // A copy of what was admitted in the first round.
            (COPIER, jittered(honest[1].1.clone())),
            (HONEST[1], newer(HONEST[1])),
            (FLIPPER, relabelled(records("again", 3..CLASSES, 4), |_| 0)),
            (HONEST[2], newer(HONEST[2])),
        ];
        let second = datanet.play(chain, Some(SPONSOR), second);
        let origins = vec![
            Origin::FineTunedFrom(base.id),
            Origin::TrainedOn(datanet.pool(2)),
        ];
        let team = [(CHILD_OWNER, 34), (BASE_OWNER, 33), (EVALUATOR, 33)];
        let child = register(chain, CHILD_OWNER, origins, 10, &team);
        Self {
            datanet,
            evaluations: vec![first, second],
            base,
            child,
        }
    }

    /// What the consumer pays: amounts that no rate divides.
    pub(super) fn payments(&self) -> Vec<(Person, RuntimeCall)> {
        let (base, child) = (Asset::Model(self.base.id), Asset::Model(self.child.id));
        let payments = [
            (child, 100_000_000_000_007),
            (base, 33_333_333_333_331),
            (Asset::Datanet(self.datanet.id), 7_777_777_777_777),
            (child, 1_000_003),
            (child, 11),
        ];
        payments
            .iter()
            .map(|(asset, gross)| (CONSUMER, payment(*asset, *gross)))
            .collect()
    }

    /// All that settles, claims, withdraws and sweeps, from the child's ledger down to the treasury.
    pub(super) fn collection(&self) -> Vec<(Person, RuntimeCall)> {
        let models = [self.child.id, self.base.id];
        let mut calls: Vec<_> = models.iter().map(|model| settlement(*model)).collect();
        for round in 1..=2 {
            let pool = self.datanet.pool(round);
            let crew = pallet_rewards::Call::settle_crew { pool };
            calls.push(RuntimeCall::Rewards(crew));
            let admitted = self.datanet.admitted(round);
            let claims = admitted.iter().map(|it| self.datanet.claim(round, *it));
            calls.extend(claims);
        }
        calls.push(RuntimeCall::Rewards(pallet_rewards::Call::sweep {}));
        let by_anybody = calls.into_iter().map(|call| (ANYBODY, call));
        let withdrawals = Person::iter()
            .filter(|who| *who != Person::Alice)
            .map(|who| (who, withdrawal()));
        by_anybody.chain(withdrawals).collect()
    }
}

/// Sends calls, five in a block, some of which may find nothing to do.
pub(super) fn send_all(chain: &mut Chain, calls: &[(Person, RuntimeCall)]) {
    use pallet_rewards::Error;
    let idle: [DispatchError; 3] = [
        Error::<Runtime>::NothingToWithdraw.into(),
        Error::<Runtime>::NothingToSweep.into(),
        // The treasury's account begins with a whole existential deposit.
        Error::<Runtime>::BelowExistentialDeposit.into(),
    ];
    for (place, (who, call)) in calls.iter().enumerate() {
        if place % 5 == 0 {
            chain.next();
        }
        if let Err(error) = chain.send(*who, call.clone()) {
            assert!(
                idle.contains(&error),
                "{who} was refused {call:?}: {error:?}"
            );
        }
    }
}

#[test]
fn data_and_models_earn_and_every_unit_is_accounted_for() {
    journey(|chain| {
        let world = World::build(chain);
        for (round, evaluation) in &world.evaluations {
            values_are_the_gain_in_accuracy(chain, &world, *round, evaluation);
            sponsors_pay_by_value(chain, &world, *round);
        }
        // Chance alone; and the last class, a quarter of the benchmark, is not known after the first round.
        let unit = world.datanet.recipe.unit();
        let accuracies = |round: usize| world.evaluations[round].1.accuracies;
        assert_eq!(accuracies(0).0, unit / 4);
        assert!(accuracies(0).1 > unit / 4 && accuracies(0).1 <= unit * 3 / 4);
        assert_eq!(accuracies(1).0, unit * 3 / 4);
        assert!(accuracies(1).1 > unit * 3 / 4);

        for (who, call) in world.payments() {
            chain.must(who, call);
        }
        // By then everything has vested.
        let vesting = world.datanet.recipe.vesting();
        chain.leap(System::block_number() + u32::from(vesting.parts) * vesting.blocks);
        for round in 1..=2 {
            chain.must(ANYBODY, world.datanet.vest(round));
        }
        send_all(chain, &world.collection());
        received_is_paid_claimable_held_or_carried(chain);
        pools_pay_by_weight(chain, &world);
        for who in HONEST {
            assert!(credited(chain, who, |_| true) > 0, "{who}");
        }
        for who in [FLIPPER, COPIER] {
            assert_eq!(credited(chain, who, |_| true), 0, "{who}");
            assert_eq!(claimable(who), 0);
        }
        assert!(credited(chain, STEWARD, |source| matches!(source, Source::Crew(_))) > 0);
        assert!(credited(chain, PROVIDER, |source| matches!(source, Source::Crew(_))) > 0);
        check_everybody(chain);
        garbage_is_reclaimed(chain, &world);
        check_everybody(chain);
    });
}

/// The values in the events sum to the gain, which is that of a count by hand; copies are worth nothing, wrong labels no more
/// than that.
fn values_are_the_gain_in_accuracy(
    chain: &Chain,
    world: &World,
    round: RoundNumber,
    evaluation: &Evaluation,
) {
    let valued = chain.all(|event| match event {
        RuntimeEvent::Datanets(Event::ContributionValued {
            round: of,
            contribution,
            contributor,
            value,
            weight,
            status,
            ..
        }) if *of == round => Some((*contribution, person(contributor), *value, *weight, *status)),
        _ => None,
    });
    let (before, after) = chain.all(|event| match event {
        RuntimeEvent::Datanets(Event::RoundConcluded {
            round: of,
            before,
            after,
            ..
        }) if *of == round => Some((*before, *after)),
        _ => None,
    })[0];
    assert_eq!((before, after), evaluation.accuracies);
    let total: i128 = valued.iter().map(|(_, _, value, ..)| value).sum();
    assert_eq!(before.checked_add_signed(total), Some(after));
    for (number, who, value, weight, status) in valued {
        let shadows = evaluation.shadows_of(number);
        let computed = evaluation.values.by_contribution.get(&number);
        assert_eq!(value, computed.copied().unwrap_or(0));
        let records = world.datanet.contribution(number).records;
        assert_eq!(shadows, if who == COPIER { records.into() } else { 0 });
        match who {
            COPIER => assert_eq!(value, 0),
            // Later, among few rows, they may happen to be in nobody's way.
            FLIPPER => assert!(value <= 0 && (round > 1 || value < 0)),
            _ => assert!(value > 0, "{who}"),
        }
        assert_eq!(weight, u128::try_from(value).unwrap_or(0));
        let admitted = status == Status::Admitted;
        assert_eq!(admitted, HONEST.contains(&who));
    }
}

/// The sponsor pays price times value, for losses as much is burnt; what is left of the budget is the sponsor's.
fn sponsors_pay_by_value(chain: &Chain, world: &World, round: RoundNumber) {
    let valued = chain.all(|event| match event {
        RuntimeEvent::Datanets(Event::ContributionValued {
            round: of,
            contribution,
            contributor,
            value,
            paid,
            burnt,
            ..
        }) if *of == round => Some((*contribution, person(contributor), *value, *paid, *burnt)),
        _ => None,
    });
    let bond_of = |number| {
        found(&chain.events, |event| match event {
            RuntimeEvent::Datanets(Event::ContributionCommitted {
                contribution, bond, ..
            }) if *contribution == number => Some(*bond),
            _ => None,
        })
    };
    let worth = |value: i128| {
        let money = U256::from(PRICE) * U256::from(value.unsigned_abs());
        (money / U256::from(world.datanet.recipe.unit())).as_u128()
    };
    let positive = valued.iter().map(|(_, _, value, ..)| (*value).max(0)).sum();
    assert!(worth(positive) <= BUDGET, "the budget is enough");
    for (number, _, value, paid, burnt) in &valued {
        assert_eq!(*paid, if *value > 0 { worth(*value) } else { 0 });
        let loss = if *value < 0 { worth(*value) } else { 0 };
        assert_eq!(*burnt, loss.min(bond_of(*number)));
    }
    let paid = sum(valued.iter().map(|(.., paid, _)| *paid));
    let pool = world.datanet.pool(round);
    let refunded = credited(chain, SPONSOR, |source| *source == Source::Refund(pool));
    assert_eq!(sum([paid, refunded]), BUDGET);
}

/// Promise P2, from events on the one side and from state on the other.
fn received_is_paid_claimable_held_or_carried(chain: &Chain) {
    use pallet_rewards::Event;
    let received = chain.total(|event| match event {
        RuntimeEvent::Rewards(
            Event::Paid { gross: amount, .. } | Event::Sponsored { amount, .. },
        ) => Some(*amount),
        _ => None,
    });
    let paid = chain.total(|event| match event {
        RuntimeEvent::Rewards(
            Event::Withdrawn { amount, .. } | Event::Swept { fees: amount, .. },
        ) => Some(*amount),
        _ => None,
    });
    let claimable = sum(pallet_rewards::Claimable::<Runtime>::iter_values());
    let totals = Rewards::totals();
    let held = sum([totals.held.budgets, totals.held.vesting, totals.held.fees]);
    let mut carried = Vec::new();
    for model in ModelAccounts::<Runtime>::iter_keys() {
        let statement = Rewards::model(model).expect("the model has an account");
        let payees = statement.royalties.len() + statement.team.len();
        // All has been settled: what is left waits, but for less than a unit for each of them.
        assert!(statement.held - statement.waiting < payees as Balance);
        assert!(statement.waiting > 0 && statement.contested == 0);
        carried.push(statement.held);
    }
    for (pool, _) in PoolAccounts::<Runtime>::iter() {
        let statement = Rewards::pool(pool).expect("the pool has an account");
        let payees = statement.crew.len() + statement.count as usize;
        // All has been claimed: less than a unit for each of them is left.
        assert!(statement.held < payees as Balance);
        carried.push(statement.held);
    }
    assert_eq!(received, sum([paid, claimable, held, sum(carried)]));
    assert_eq!((claimable, held), (0, 0));
}

/// The child's net reaches the pool at the rate that applies, and each contribution has its part by weight.
fn pools_pay_by_weight(chain: &Chain, world: &World) {
    let pool = world.datanet.pool(2);
    // 10 % are the base model's, so that the data's 20 % are topped up to 40 %.
    let rate = Perbill::from_percent(40);
    let owed = found(&chain.events, |event| match event {
        RuntimeEvent::Rewards(pallet_rewards::Event::LedgerOpened {
            model, royalties, ..
        }) if *model == world.child.id => Some(royalties.clone()),
        _ => None,
    });
    assert!(owed
        .iter()
        .any(|royalty| royalty.payee == Payee::Pool(pool) && royalty.rate == rate));
    let takings = Rewards::model(world.child.id).expect("it is there").takings;
    let found = PoolAccounts::<Runtime>::get(pool).expect("the pool has weight");
    assert_eq!(found.takings.royalties, rate.mul_floor(takings.net));

    let terms = Pools::<Runtime>::get(pool).expect("the pool is open");
    let received = sum([found.takings.net, found.takings.royalties]);
    let contributors = contributors_part(&terms.crew, received).expect("no overflow");
    let admitted = world.datanet.admitted(2);
    assert_eq!(
        admitted.len(),
        5,
        "three of the first round, two of the second"
    );
    for number in admitted {
        let contribution = world.datanet.contribution(number);
        let weight = contribution.value.unsigned_abs();
        let earned = contribution_part(contributors, weight, terms.weight);
        let source = Source::Contribution(pool, number);
        let who = person(&contribution.contributor);
        assert_eq!(Ok(credited(chain, who, |it| *it == source)), earned);
    }
}

/// Nothing depends on what was rejected: it goes, and what was left of its bond comes back.
fn garbage_is_reclaimed(chain: &mut Chain, world: &World) {
    for number in 0..9 {
        let found = world.datanet.contribution(number);
        let (who, reclaim) = (
            person(&found.contributor),
            RuntimeCall::Datanets(pallet_datanets::Call::reclaim {
                datanet: world.datanet.id,
                contribution: number,
            }),
        );
        if found.status == Status::Rejected {
            chain.must(who, reclaim);
        } else {
            let error = pallet_datanets::Error::<Runtime>::NotReclaimable;
            chain.refused(who, reclaim, error);
        }
    }
    for who in [FLIPPER, COPIER] {
        assert_eq!(all_on_hold(who), 0, "{who}");
    }
}
