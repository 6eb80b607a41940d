//! Whoever settles, claims and withdraws when: what everybody ends with depends on what was paid, and on nothing else.

use super::{accounts::*, life::*, *};
use proptest::{
    prelude::{prop_assert, Just, Strategy},
    test_runner::{Config, TestRunner},
};

/// Some random orders: each is a journey of a hundred transactions.
const ORDERS: u32 = 6;

/// What everybody has in the end but for the fees of transactions, and all that rewards keeps.
type Outcome = (Vec<Balance>, Vec<(Vec<u8>, Vec<u8>)>);

/// Sends calls in their order, and then collects what is left, on a branch of which nothing stays.
fn outcome(chain: &Chain, world: &World, calls: &[(Person, RuntimeCall)]) -> Outcome {
    chain.branch(|chain| {
        send_all(chain, calls);
        send_all(chain, &world.collection());
        let people = Person::iter().filter(|who| *who != Person::Alice);
        let net = people.map(|who| sum([wealth(who), fees_of(chain, who)]));
        (net.collect(), stored_by::<Rewards>())
    })
}

#[test]
fn every_order_of_paying_settling_claiming_and_withdrawing_ends_in_the_same_balances() {
    journey(|chain| {
        let world = World::build(chain);
        let (payments, collection) = (world.payments(), world.collection());
        let expected = outcome(chain, &world, &payments);
        // Not everything is the same from the start.
        assert!(expected != outcome(chain, &world, &payments[1..]));

        let config = Config {
            cases: ORDERS,
            failure_persistence: None,
            ..Config::default()
        };
        // Everything twice: a royalty that comes after a settlement waits for the next one.
        let calls = [payments, collection.clone(), collection].concat();
        let chain: &Chain = chain;
        TestRunner::new(config)
            .run(&Just(calls).prop_shuffle(), |calls| {
                prop_assert!(outcome(chain, &world, &calls) == expected);
                Ok(())
            })
            .expect("no order makes a difference");
    });
}
