//! Money on hold for many reasons at a time, and accounts that own next to nothing or do not exist any more.

use super::{
    accounts::*,
    assets::*,
    records::{records, relabelled},
    rounds::*,
    *,
};
use crate::{
    configs::utility::ProxyType,
    currency::{EXISTENTIAL_DEPOSIT, TRIB},
};
use pallet_datanets::{Call, Event, HoldReason, Status};
use tributary_primitives::{assets::Asset, datanets::Phase};

#[test]
fn one_account_in_every_role_ends_with_exactly_what_it_should() {
    journey(|chain| {
        let (one, other) = (STEWARD, HONEST[0]);
        let mut datanet = Datanet::create(chain, terms(20));
        datanet.appoint(chain, &[one]);
        let round = datanet.open(chain, Some(one));
        let own = datanet.commit(chain, one, round, records("own", 0..CLASSES, 2));
        let others = datanet.commit(chain, other, round, records("others", 0..CLASSES, 2));
        datanet.commit_slices(chain, one, round);
        let pledge = Call::pledge {
            datanet: datanet.id,
            round: round + 1,
            providers: vec![account(one)],
            price: PRICE,
            budget: BUDGET,
        };
        chain.must(one, RuntimeCall::Datanets(pledge));
        datanet.advance(chain, round);
        for number in [own, others] {
            datanet.deliver(chain, number);
        }
        datanet.advance(chain, round);
        datanet.pick(chain, round);
        datanet.reveal(chain, round);
        datanet.evaluate(chain, one, round);

        let fee_of = |records: u16| datanet.recipe.fee_per_record * Balance::from(records);
        let fee = fee_of(datanet.contribution(others).records);
        let bond = datanet.contribution(own).bond;
        let own_fee = fee_of(datanet.contribution(own).records);
        let lasting = sum([
            on_hold(one, pallet_licensing::HoldReason::Terms),
            on_hold(one, pallet_licensing::HoldReason::Asset),
            on_hold(one, HoldReason::Datanet),
        ]);
        let pledged = on_hold(one, HoldReason::Pledge);
        assert!(pledged > BUDGET, "the budget and a deposit");
        assert_eq!(on_hold(one, HoldReason::Contribution), bond);
        assert_eq!(on_hold(one, HoldReason::ValuationFee), own_fee);
        assert_eq!(on_hold(one, HoldReason::Provider), BUDGET);
        assert_eq!(on_hold(one, pallet_valuation::HoldReason::Proposal), BUDGET);
        let all = sum([lasting, pledged, bond, own_fee, BUDGET, BUDGET]);
        assert_eq!(all_on_hold(one), all);

        assert_eq!(datanet.finalise(chain, round), Phase::Final);
        let back = Call::withdraw_pledge {
            datanet: datanet.id,
        };
        chain.must(one, RuntimeCall::Datanets(back));
        let place = datanet.contribution(own).bond;
        assert!(0 < place && place < bond);
        assert_eq!(all_on_hold(one), sum([lasting, place]));

        // Half of its own award, and what is left of its own budget. The other half vests.
        let award = awarded(chain, other);
        let vesting = awarded(chain, one) / 2;
        assert!(award > 0 && vesting > 0);
        assert_eq!(claimable(one), BUDGET - award - vesting);
        chain.must(one, withdrawal());
        let expected = sum([ENDOWMENT, fee]) - award - vesting - fees_of(chain, one);
        assert_eq!(wealth(one), expected);
        check_everybody(chain);
    });
}

/// Lets anybody act for `who`, so that `who` need not have the fees of transactions.
pub(super) fn delegate(chain: &mut Chain, who: Person) {
    let call = pallet_proxy::Call::add_proxy {
        delegate: account(ANYBODY).into(),
        proxy_type: ProxyType::Any,
        delay: 0,
    };
    chain.must(who, RuntimeCall::Proxy(call));
}

/// Sends calls for `who`, who pays no fee.
fn must_for(chain: &mut Chain, who: Person, calls: Vec<RuntimeCall>) {
    let batch = RuntimeCall::Utility(pallet_utility::Call::batch_all { calls });
    let call = pallet_proxy::Call::proxy {
        real: account(who).into(),
        force_proxy_type: None,
        call: Box::new(batch),
    };
    let events = chain.must(ANYBODY, RuntimeCall::Proxy(call));
    let result = found(&events, |event| match event {
        RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(*result),
        _ => None,
    });
    assert_eq!(result, Ok(()), "for {who}");
}

/// Gives all that can be given away to anybody.
pub(super) fn giving_away(keep_alive: bool) -> RuntimeCall {
    RuntimeCall::Balances(pallet_balances::Call::transfer_all {
        dest: account(ANYBODY).into(),
        keep_alive,
    })
}

/// Leaves `who` an existential deposit, and what is on hold.
fn strip(chain: &mut Chain, who: Person) {
    must_for(chain, who, vec![giving_away(true)]);
    assert_eq!(free(who), EXISTENTIAL_DEPOSIT);
}

/// Makes `call` the last one of `who`, who is gone after it.
pub(super) fn vanish(chain: &mut Chain, who: Person, call: RuntimeCall) {
    let forget = RuntimeCall::Proxy(pallet_proxy::Call::remove_proxies {});
    must_for(chain, who, vec![forget, call]);
    assert!(!System::account_exists(&account(who)));
}

/// Gives `who` a TRIB.
fn endow(chain: &mut Chain, who: Person) {
    let call = pallet_balances::Call::transfer_allow_death {
        dest: account(who).into(),
        value: TRIB,
    };
    chain.must(ANYBODY, RuntimeCall::Balances(call));
}

#[test]
fn rounds_end_as_they_should_with_accounts_at_the_existential_deposit_and_for_those_that_are_gone()
{
    journey(|chain| {
        let [poor, other, _] = HONEST;
        for who in [poor, FLIPPER, EVALUATOR] {
            delegate(chain, who);
        }
        let mut datanet = Datanet::create(chain, terms(20));
        let round = datanet.open(chain, Some(SPONSOR));
        let own = |who: Person| records(account(who), 0..CLASSES, 2);
        let good = datanet.commit(chain, poor, round, own(poor));
        let flipped = relabelled(own(FLIPPER), |label| (label + 1) % CLASSES);
        let bad = datanet.commit(chain, FLIPPER, round, flipped);
        let others = datanet.commit(chain, other, round, own(other));
        datanet.commit_slices(chain, PROVIDER, round);
        datanet.advance(chain, round);
        for (who, number) in [(poor, good), (FLIPPER, bad)] {
            strip(chain, who);
            must_for(chain, who, vec![datanet.delivery(number)]);
        }
        datanet.deliver(chain, others);
        datanet.advance(chain, round);
        datanet.pick(chain, round);
        datanet.reveal(chain, round);
        datanet.evaluate(chain, EVALUATOR, round);
        strip(chain, EVALUATOR);
        let bonds = [good, bad].map(|number| datanet.contribution(number).bond);
        assert_eq!(datanet.finalise(chain, round), Phase::Final);

        // The bond but for the price of its place is free again.
        let place = datanet.contribution(good).bond;
        assert_eq!(free(poor), sum([EXISTENTIAL_DEPOSIT, bonds[0] - place]));
        // All of the bond is burnt, and the fee is gone: what was free stays.
        let found = datanet.contribution(bad);
        assert_eq!((found.status, found.bond), (Status::Rejected, 0));
        assert_eq!(free(FLIPPER), EXISTENTIAL_DEPOSIT);
        for reason in [HoldReason::Contribution, HoldReason::ValuationFee] {
            assert_eq!(on_hold(FLIPPER, reason), 0);
        }
        let fees = chain.total(|event| match event {
            RuntimeEvent::Datanets(Event::RoundConcluded { fees, .. }) => Some(*fees),
            _ => None,
        });
        assert!(fees > 0);
        assert_eq!(free(EVALUATOR), sum([EXISTENTIAL_DEPOSIT, BUDGET, fees]));

        strip(chain, poor);
        let award = claimable(poor);
        must_for(chain, poor, vec![withdrawal()]);
        assert_eq!(free(poor), sum([EXISTENTIAL_DEPOSIT, award]));

        // Who is gone goes on to earn, and has it when they are back.
        vanish(chain, EVALUATOR, giving_away(false));
        vanish(chain, FLIPPER, giving_away(false));
        let pool = datanet.pool(round);
        chain.must(CONSUMER, payment(Asset::Datanet(datanet.id), 10 * TRIB));
        let crew = pallet_rewards::Call::settle_crew { pool };
        chain.must(ANYBODY, RuntimeCall::Rewards(crew));
        let net = 10 * TRIB - Perbill::from_percent(2).mul_floor(10 * TRIB);
        let share = datanet.recipe.evaluator_share.mul_floor(net);
        assert_eq!(claimable(EVALUATOR), share);
        endow(chain, EVALUATOR);
        chain.must(EVALUATOR, withdrawal());
        endow(chain, FLIPPER);
        let reclaim = Call::reclaim {
            datanet: datanet.id,
            contribution: bad,
        };
        chain.must(FLIPPER, RuntimeCall::Datanets(reclaim));
        check_everybody(chain);
    });
}

#[test]
fn a_budget_comes_back_to_a_sponsor_who_was_gone() {
    journey(|chain| {
        delegate(chain, SPONSOR);
        let datanet = Datanet::create(chain, terms(20));
        let round = datanet.open(chain, Some(SPONSOR));
        vanish(chain, SPONSOR, giving_away(false));
        assert_eq!(datanet.advance(chain, round), Phase::Void);
        assert_eq!(claimable(SPONSOR), BUDGET);
        endow(chain, SPONSOR);
        chain.must(SPONSOR, withdrawal());
        assert_eq!(claimable(SPONSOR), 0);
        assert_eq!(wealth(SPONSOR), wealth_by_events(chain, SPONSOR));
        assert!(wealth(SPONSOR) > BUDGET);
        check_everybody(chain);
    });
}

#[test]
fn a_consumer_may_pay_the_last_unit() {
    journey(|chain| {
        delegate(chain, CONSUMER);
        let base = register(chain, BASE_OWNER, vec![], 10, &[(BASE_OWNER, 100)]).id;
        let all = wealth(CONSUMER);
        vanish(chain, CONSUMER, payment(Asset::Model(base), all));
        let takings = Rewards::model(base).expect("it is there").takings;
        assert_eq!(takings.gross, all);
        check_everybody(chain);
    });
}
