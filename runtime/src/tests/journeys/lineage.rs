//! Models across pallets: their team and their royalties are the same wherever they are kept, and nobody between takes from an
//! ancestor.

use super::{accounts::*, assets::*, rounds::*, *};
use crate::currency::TRIB;
use pallet_models::{Error, Teams};
use pallet_rewards::{Source, Splits};
use tributary_primitives::{
    assets::{Asset, Payee, Royalty},
    ids::ModelId,
    ledger::top_up,
    licences::Origin,
};

/// What a consumer pays for each model here.
const GROSS: Balance = 100 * TRIB + 1;

/// What of a payment the model has: without the protocol's 2 %.
fn net(gross: Balance) -> Balance {
    gross - Perbill::from_percent(2).mul_floor(gross)
}

/// The team of a model, which models and rewards must agree about.
fn team_of(model: ModelId) -> Vec<(Person, Perbill)> {
    let team = Teams::<Runtime>::get(model).expect("the model has a team");
    let split = Splits::<Runtime>::get(model).expect("the model has a split");
    assert_eq!(team, split.team().members);
    let members = team.iter();
    members
        .map(|share| (person(&share.account), share.part))
        .collect()
}

/// What `who` was credited as a member of a model's team.
fn earned_in_team(chain: &Chain, who: Person, model: ModelId) -> Balance {
    credited(chain, who, |source| *source == Source::Team(model))
}

#[test]
fn the_team_in_models_is_the_team_in_rewards_and_an_announced_one_earns_from_its_change_on() {
    journey(|chain| {
        let [first, second, third] = HONEST;
        let members = [(first, 60), (second, 40)];
        let base = register(chain, BASE_OWNER, vec![], 10, &members).id;
        let origins = vec![Origin::FineTunedFrom(base)];
        let child = register(chain, CHILD_OWNER, origins, 5, &[(CHILD_OWNER, 100)]).id;
        let percent = Perbill::from_percent;
        let old = vec![(first, percent(60)), (second, percent(40))];
        assert_eq!(team_of(base), old);

        let call = pallet_models::Call::announce_team {
            model: base,
            team: team(&[(third, 100)]),
        };
        chain.refused(
            third,
            RuntimeCall::Models(call.clone()),
            Error::<Runtime>::NotAuthorized,
        );
        chain.must(BASE_OWNER, RuntimeCall::Models(call));
        assert_eq!(team_of(base), old, "announced is not changed");
        let change = || RuntimeCall::Models(pallet_models::Call::change_team { model: base });
        chain.refused(ANYBODY, change(), Error::<Runtime>::NoticeNotOver);
        // The old team settles the child within the notice: the royalty is theirs, whoever settles the base model when.
        chain.must(CONSUMER, payment(Asset::Model(child), GROSS));
        chain.must(second, settlement(child));

        let from = Models::next_team(base).expect("it is announced").from;
        // Up to two blocks more are built until one takes the transaction.
        chain.leap(from - 5);
        chain.refused(ANYBODY, change(), Error::<Runtime>::NoticeNotOver);
        chain.reach(from);
        // What the child has not settled when the team changes is the new team's.
        chain.must(CONSUMER, payment(Asset::Model(child), GROSS));
        chain.must(ANYBODY, change());
        assert_eq!(team_of(base), vec![(third, Perbill::one())]);
        assert_eq!(Models::next_team(base), None);
        chain.refused(ANYBODY, change(), Error::<Runtime>::NoTeamAnnounced);
        chain.must(CONSUMER, payment(Asset::Model(base), GROSS));
        for model in [child, base] {
            chain.must(ANYBODY, settlement(model));
        }

        let royalty = percent(10).mul_floor(net(GROSS));
        let of_both = percent(10).mul_floor(2 * net(GROSS));
        let shares = [first, second].map(|who| earned_in_team(chain, who, base));
        assert_eq!(shares[0], percent(60).mul_floor(royalty));
        assert_eq!(sum(shares), royalty);
        // Royalties of descendants do not wait; of the model's own net half does.
        let expected = sum([of_both - royalty, net(GROSS) / 2]);
        assert_eq!(earned_in_team(chain, third, base), expected);
        let rest = sum([net(GROSS), net(GROSS)]) - of_both;
        // The royalty's fraction of a unit is carried, or goes to the team of the child.
        assert!(rest / 2 - earned_in_team(chain, CHILD_OWNER, child) <= 1);

        for who in HONEST {
            chain.must(who, withdrawal());
        }
        check_everybody(chain);
    });
}

#[test]
fn an_announced_team_is_void_once_the_model_has_another_owner() {
    journey(|chain| {
        let base = register(chain, BASE_OWNER, vec![], 10, &[(BASE_OWNER, 100)]).id;
        let calls = [
            pallet_models::Call::announce_team {
                model: base,
                team: team(&[(FLIPPER, 100)]),
            },
            pallet_models::Call::offer_transfer {
                model: base,
                new_owner: account(CHILD_OWNER).into(),
            },
        ];
        for call in calls {
            chain.must(BASE_OWNER, RuntimeCall::Models(call));
        }
        let from = Models::next_team(base).expect("it is announced").from;
        let deposits = all_on_hold(BASE_OWNER);
        let accept = pallet_models::Call::accept_transfer { model: base };
        chain.must(CHILD_OWNER, RuntimeCall::Models(accept));
        // Two deposits move, those of models and of licensing; that of the terms stays with who published them.
        let terms = on_hold(BASE_OWNER, pallet_licensing::HoldReason::Terms);
        assert_eq!(all_on_hold(BASE_OWNER), terms);
        assert_eq!(all_on_hold(CHILD_OWNER), deposits - terms);

        chain.leap(from);
        let change = RuntimeCall::Models(pallet_models::Call::change_team { model: base });
        chain.refused(BASE_OWNER, change, Error::<Runtime>::NoTeamAnnounced);
        assert_eq!(team_of(base), vec![(BASE_OWNER, Perbill::one())]);
        check_everybody(chain);
    });
}

/// The royalties of a model are the same in the event, in licensing and in rewards, but for the top-up, which only rewards knows.
fn check_stack(model: &Registered) {
    let asset = Asset::Model(model.id);
    let attached = pallet_licensing::Attachments::<Runtime>::get(asset).expect("it has terms");
    assert_eq!(attached.standing.stack, model.inherited);
    let mut topped_up = model.inherited.clone();
    top_up(&mut topped_up);
    assert_eq!(topped_up, model.owed);
    let split = Splits::<Runtime>::get(model.id).expect("the model has a split");
    let kept: Vec<_> = split
        .royalties()
        .entries()
        .iter()
        .map(|entry| Royalty {
            payee: entry.payee,
            rate: entry.rate,
            ceiling: entry.ceiling,
        })
        .collect();
    assert_eq!(kept, model.owed.to_vec());
}

/// Payees with their rates in percent.
fn rates(stack: &[Royalty]) -> Vec<(Payee, u32)> {
    let percent = |rate: Perbill| rate.deconstruct() / 10_000_000;
    let rates = stack.iter();
    rates
        .map(|royalty| (royalty.payee, percent(royalty.rate)))
        .collect()
}

#[test]
fn the_royalties_that_were_quoted_are_those_of_licensing_and_of_rewards() {
    journey(|chain| {
        let datanet = Datanet::played(chain, terms(20));
        let pool = datanet.pool(1);
        let origins = vec![Origin::TrainedOn(pool)];
        let base = register(chain, BASE_OWNER, origins, 10, &[(BASE_OWNER, 100)]);
        check_stack(&base);
        assert_eq!(rates(&base.inherited), [(Payee::Pool(pool), 20)]);
        assert_eq!(rates(&base.owed), [(Payee::Pool(pool), 50)]);

        let origins = vec![Origin::FineTunedFrom(base.id)];
        let own = publish(chain, CHILD_OWNER, terms(5));
        let quote = Licensing::quote_model(account(CHILD_OWNER), own, origins.clone());
        let child = register(chain, CHILD_OWNER, origins, 5, &[(CHILD_OWNER, 100)]);
        check_stack(&child);
        assert_eq!(quote.expect("it is allowed").royalties, child.inherited);
        // The data is owed by the child as well, though only its parent learned from it.
        let parent = Payee::Model(base.id);
        assert_eq!(
            rates(&child.inherited),
            [(parent, 10), (Payee::Pool(pool), 20)]
        );
        assert_eq!(rates(&child.owed), [(parent, 10), (Payee::Pool(pool), 40)]);
    });
}

#[test]
fn no_model_between_dilutes_the_royalty_of_an_ancestor() {
    journey(|chain| {
        let datanet = Datanet::played(chain, terms(20));
        let pool = datanet.pool(1);
        let origins = vec![Origin::TrainedOn(pool)];
        let ancestor = register(chain, BASE_OWNER, origins, 10, &[(BASE_OWNER, 100)]);
        let from = |model: &Registered| vec![Origin::FineTunedFrom(model.id)];
        let members = [(CHILD_OWNER, 100)];
        // One lineage leads straight to the child, the other through models that ask for all that is left for themselves.
        let straight = register(chain, CHILD_OWNER, from(&ancestor), 1, &members);
        let puppet = register(chain, CHILD_OWNER, from(&ancestor), 20, &members);
        let another = register(chain, CHILD_OWNER, from(&puppet), 10, &members);
        let diluted = register(chain, CHILD_OWNER, from(&another), 1, &members);
        for model in [&straight, &puppet, &another, &diluted] {
            check_stack(model);
        }

        let mut earned = Vec::new();
        for model in [&straight, &diluted] {
            let before = royalties(&ancestor, pool);
            chain.must(CONSUMER, payment(Asset::Model(model.id), GROSS));
            for model in [model.id, another.id, puppet.id] {
                chain.must(ANYBODY, settlement(model));
            }
            let after = royalties(&ancestor, pool);
            earned.push((after.0 - before.0, after.1 - before.1));
        }
        let rate = |percent| Perbill::from_percent(percent).mul_floor(net(GROSS));
        assert_eq!(earned[0].0, rate(10));
        assert_eq!(
            earned[1].0, earned[0].0,
            "the ancestor has the same to the last unit"
        );
        // The pool never has less than its own rate; the top-up fills up to a half what others leave.
        assert_eq!(earned[0].1, rate(40));
        assert_eq!(earned[1].1, rate(20));

        // All of 60 % is owed by the last one: a child of it would owe 1 % more, and nobody's rate is cut to make room.
        let own = publish(chain, CHILD_OWNER, terms(1));
        let call = registration(from(&diluted), own, team(&members));
        let error = pallet_licensing::Error::<Runtime>::RoyaltiesTooHigh { origin: 0 };
        chain.refused(CHILD_OWNER, call, error);
    });
}

#[test]
fn each_descendant_pays_an_ancestor_its_ceiling_at_most_whatever_lies_between() {
    journey(|chain| {
        let percent = Perbill::from_percent;
        let ceiling = 15 * TRIB;
        let capped = terms(10).with_royalty(percent(10), Some(ceiling));
        let members = [(BASE_OWNER, 100)];
        let ancestor = register_under(chain, BASE_OWNER, vec![], capped, &members);
        let from = |model: &Registered| vec![Origin::FineTunedFrom(model.id)];
        let members = [(CHILD_OWNER, 100)];
        let child = register(chain, CHILD_OWNER, from(&ancestor), 20, &members);
        let grandchild = register(chain, CHILD_OWNER, from(&child), 5, &members);
        for model in [&child, &grandchild] {
            check_stack(model);
        }

        let received = |chain: &mut Chain, model: &Registered| {
            chain.must(CONSUMER, payment(Asset::Model(model.id), GROSS));
            chain.must(ANYBODY, settlement(model.id));
            let takings = Rewards::model(ancestor.id).expect("it is there").takings;
            takings.royalties
        };
        let royalty = percent(10).mul_floor(net(GROSS));
        assert_eq!(received(chain, &grandchild), royalty);
        assert_eq!(received(chain, &grandchild), ceiling);
        assert_eq!(received(chain, &grandchild), ceiling);
        // What one descendant has paid is nothing that another need not.
        assert_eq!(received(chain, &child), ceiling + royalty);
        check_everybody(chain);
    });
}

/// What a model that is a parent and a pool have received as royalties.
fn royalties(model: &Registered, pool: tributary_primitives::assets::Pool) -> (Balance, Balance) {
    let of_model = Rewards::model(model.id).expect("it is there").takings;
    let of_pool = Rewards::pool(pool).expect("it has weight").takings;
    (of_model.royalties, of_pool.royalties)
}
