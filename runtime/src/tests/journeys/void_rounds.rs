//! Rounds that come to nothing: those who did their part lose nothing by them, and those who read along win nothing.

use super::{
    accounts::*,
    records::{jittered, records},
    rounds::*,
    *,
};
use pallet_datanets::{Call, Error, Event, HoldReason, Status};
use pallet_rewards::Source;
use tributary_primitives::{datanets::Phase, ids::ContributionNumber};

/// Records of somebody who is honest: of all classes but the last one.
fn own(who: Person) -> Vec<u8> {
    records(account(who), 0..3, 3)
}

/// Bond and fee of a contribution, as committed.
fn stake(chain: &Chain, number: ContributionNumber) -> Balance {
    found(&chain.events, |event| match event {
        RuntimeEvent::Datanets(Event::ContributionCommitted {
            contribution,
            bond,
            fee,
            ..
        }) if *contribution == number => Some(sum([*bond, *fee])),
        _ => None,
    })
}

/// The numbers of what waits for the next round.
fn waiting(datanet: &Datanet) -> Vec<ContributionNumber> {
    let waiting = Datanets::waiting(datanet.id);
    waiting.iter().map(|newcomer| newcomer.number).collect()
}

#[test]
fn what_a_silent_provider_spoils_is_valued_first_and_by_itself_and_its_copies_earn_nothing() {
    journey(|chain| {
        let mut datanet = Datanet::create(chain, super::assets::terms(20));
        let first = datanet.open(chain, Some(SPONSOR));
        let numbers = HONEST.map(|who| datanet.commit(chain, who, first, own(who)));
        datanet.commit_slices(chain, PROVIDER, first);
        datanet.advance(chain, first);
        for number in numbers {
            datanet.deliver(chain, number);
        }
        assert_eq!(datanet.advance(chain, first), Phase::Frozen);

        // All of it is public now. The next round opens before anybody knows that this one is void, and the copier is early.
        let other = BASE_OWNER;
        datanet.appoint(chain, &[other]);
        let second = datanet.open(chain, Some(SPONSOR));
        let copies = [jittered(own(HONEST[0])), own(HONEST[1])].concat();
        let copier = datanet.commit(chain, COPIER, second, copies);
        let late = datanet.commit(chain, CONSUMER, second, records("all", 0..CLASSES, 2));
        datanet.commit_slices(chain, other, second);

        datanet.pick(chain, first);
        let bond = on_hold(PROVIDER, HoldReason::Provider);
        let (wealthy, held) = (HONEST.map(wealth), HONEST.map(all_on_hold));
        assert_eq!(datanet.advance(chain, first), Phase::Void);
        assert_eq!(on_hold(PROVIDER, HoldReason::Provider), 0);
        let burnt = chain.total(|event| burnt(event).map(|(_, amount)| amount));
        assert_eq!(
            (bond, burnt),
            (BUDGET, BUDGET),
            "no more is burnt than the provider's"
        );
        assert_eq!(
            (HONEST.map(wealth), HONEST.map(all_on_hold)),
            (wealthy, held)
        );
        assert_eq!(waiting(&datanet), numbers);
        let refund = Source::Refund(datanet.pool(first));
        assert_eq!(credited(chain, SPONSOR, |source| *source == refund), BUDGET);

        // Who does not want to wait has everything back.
        let [keeper, another, leaver] = HONEST;
        let id = datanet.id;
        let reclaim = |contribution| {
            RuntimeCall::Datanets(Call::reclaim {
                datanet: id,
                contribution,
            })
        };
        chain.refused(leaver, reclaim(numbers[0]), Error::<Runtime>::NotAuthorized);
        assert_eq!(all_on_hold(leaver), stake(chain, numbers[2]));
        chain.must(leaver, reclaim(numbers[2]));
        assert_eq!(all_on_hold(leaver), 0);
        chain.refused(
            leaver,
            reclaim(numbers[2]),
            Error::<Runtime>::ContributionNotFound,
        );

        assert_eq!(datanet.advance(chain, second), Phase::Delivering);
        for number in [copier, late] {
            datanet.deliver(chain, number);
        }
        assert_eq!(datanet.advance(chain, second), Phase::Frozen);
        // What was spoilt is valued by itself, and what was committed after it was public waits in its turn.
        let taken = Datanets::newcomers(datanet.id, second);
        let taken: Vec<_> = taken.iter().map(|newcomer| newcomer.number).collect();
        assert_eq!(taken, [numbers[0], numbers[1]]);
        assert_eq!(waiting(&datanet), [copier, late]);
        let error = Error::<Runtime>::NotReclaimable;
        chain.refused(keeper, reclaim(numbers[0]), error);

        datanet.pick(chain, second);
        datanet.reveal(chain, second);
        datanet.evaluate(chain, EVALUATOR, second);
        assert_eq!(datanet.finalise(chain, second), Phase::Final);
        assert_eq!(datanet.admitted(second), [numbers[0], numbers[1]]);
        for (who, number) in [(keeper, numbers[0]), (another, numbers[1])] {
            let found = datanet.contribution(number);
            assert_eq!((found.committed_to, found.round), (first, second));
            let award = Source::Award(datanet.pool(second), number);
            assert!(credited(chain, who, |source| *source == award) > 0, "{who}");
        }

        datanet.appoint(chain, &[PROVIDER]);
        let (third, evaluation) = datanet.play(chain, Some(SPONSOR), vec![]);
        let copied = datanet.contribution(copier).records;
        assert_eq!(evaluation.shadows_of(copier), usize::from(copied));
        assert_eq!(evaluation.shadows_of(late), 0);
        let found = datanet.contribution(copier);
        assert_eq!((found.value, found.status), (0, Status::Rejected));
        assert_eq!(credited(chain, COPIER, |_| true), 0);
        let award = Source::Award(datanet.pool(third), late);
        assert!(credited(chain, CONSUMER, |source| *source == award) > 0);
        check_everybody(chain);
    });
}

#[test]
fn what_nobody_values_waits_and_evaluators_who_fall_silent_pay_in_each_window() {
    journey(|chain| {
        use pallet_valuation::{Call as Propose, HoldReason::Proposal};
        let mut datanet = Datanet::create(chain, super::assets::terms(20));
        let first = datanet.open(chain, None);
        let numbers = HONEST.map(|who| datanet.commit(chain, who, first, own(who)));
        datanet.commit_slices(chain, PROVIDER, first);
        datanet.advance(chain, first);
        for number in numbers {
            datanet.deliver(chain, number);
        }
        datanet.advance(chain, first);
        datanet.pick(chain, first);
        datanet.reveal(chain, first);

        // In each window somebody commits to a proposal, and publishes nothing.
        let bond = datanet.recipe.evaluator_bond;
        for (who, next) in [(FLIPPER, Phase::Revealed), (COPIER, Phase::Void)] {
            assert_eq!(Valuation::bond(datanet.id, first), Some(bond));
            let commit = Propose::commit_proposal {
                datanet: datanet.id,
                round: first,
                commitment: Hash::zero(),
            };
            chain.must(who, RuntimeCall::Valuation(commit));
            assert_eq!(on_hold(who, Proposal), bond);
            assert_eq!(datanet.finalise(chain, first), next);
            assert_eq!(all_on_hold(who), 0);
            assert_eq!(wealth(who), ENDOWMENT - bond - fees_of(chain, who));
        }
        assert_eq!(waiting(&datanet), numbers);
        for (who, number) in HONEST.into_iter().zip(numbers) {
            assert_eq!(all_on_hold(who), stake(chain, number));
        }
        assert_eq!(on_hold(PROVIDER, HoldReason::Provider), 0);

        // The next round needs no contribution of its own.
        let (second, _) = datanet.play(chain, None, vec![]);
        assert_eq!(datanet.round(second).carried, 3);
        assert_eq!(datanet.admitted(second), numbers);
        assert_eq!(Valuation::bond(datanet.id, second), None);
        check_everybody(chain);
    });
}
