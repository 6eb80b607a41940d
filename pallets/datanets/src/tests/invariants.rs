//! Each invariant notices when it is broken.

use sp_core::H256;
use tributary_primitives::{
    datanets::{Delivered, Phase},
    merkle::Range,
};

use crate::{
    mock::{Datanets, *},
    *,
};

/// What is found after `harm` was done to the state of a round that waits for a slice.
#[track_caller]
fn finds(harm: impl FnOnce(), message: &'static str) {
    new_test_ext().execute_with(|| {
        create(2);
        let first = open();
        commit(BOB, first, 4);
        end_committing(first);
        let round = open_sponsored(80_000, 70_000);
        commit_slices(round);
        commit(ALICE, round, 4);
        commit(BOB, round, 6);
        end_committing(round);
        deliver(1);
        deliver(2);
        end_delivering(round);
        pick(round);
        reveal(round, 0);
        let third = open();
        commit(CAROL, third, 5);
        Datanets::do_try_state().expect("nothing is broken yet");
        harm();
        assert_eq!(Datanets::do_try_state(), Err(message.into()));
    });
}

fn change(round: u32, change: impl FnOnce(&mut RoundOf<Test>)) {
    Rounds::<Test>::mutate(0, round, |round| change(round.as_mut().unwrap()));
}

#[test]
fn of_datanets() {
    finds(
        || NextDatanet::<Test>::put(2),
        "there are not as many datanets as identifiers",
    );
    finds(
        || {
            Recipes::<Test>::mutate(0, |recipe| recipe.as_mut().unwrap().dimension = 0);
        },
        "a recipe does not follow the rules",
    );
    finds(
        || {
            crate::Datanets::<Test>::mutate(0, |datanet| {
                datanet.as_mut().unwrap().offered = Some(STEWARD);
            });
        },
        "a datanet is offered to its steward",
    );
}

#[test]
fn of_rounds() {
    finds(
        || change(2, |round| round.first = 0),
        "a round does not begin where the last one ends",
    );
    finds(
        || change(3, |round| round.committed = 0),
        "the next contribution has the wrong number",
    );
    finds(|| Rounds::<Test>::remove(0, 1), "a round is missing");
}

#[test]
fn of_phases() {
    finds(
        || change(1, |round| round.phase = Phase::Committing),
        "an earlier round takes commitments",
    );
    finds(
        || change(2, |round| round.randomness = None),
        "slices and what picks them are not there together",
    );
    finds(
        || change(2, |round| round.deadline = None),
        "a round has what its phase does not have",
    );
    finds(
        || {
            change(1, |round| {
                round.phase = Phase::Delivering;
                round.deadline = Some(1);
            });
        },
        "a round froze or came to nothing before the last one ended",
    );
    finds(
        || {
            change(2, |round| {
                round.seats.pop();
            });
        },
        "a round has not one seat for each provider",
    );
}

#[test]
fn of_contributions() {
    finds(
        || Contributions::<Test>::remove(0, 1),
        "a round has contributions that its phase does not have",
    );
    finds(
        || Deliveries::<Test>::remove(0, 3),
        "a delivery is not that of a contribution to be delivered",
    );
    finds(
        || {
            Contributions::<Test>::mutate(0, 1, |found| {
                found.as_mut().unwrap().root = H256::zero();
            });
        },
        "a contribution has a root before it is delivered, or none after",
    );
    finds(
        || {
            Contributions::<Test>::mutate(0, 1, |found| found.as_mut().unwrap().value = 1);
        },
        "a contribution is admitted for another reason than its value",
    );
    let bytes = "a contribution has more or fewer bytes than its records can have";
    finds(
        || {
            Contributions::<Test>::mutate(0, 1, |found| found.as_mut().unwrap().bytes -= 1);
        },
        bytes,
    );
    finds(
        || {
            Deliveries::<Test>::mutate(0, 3, |found| found.as_mut().unwrap().bytes = 1_000);
        },
        bytes,
    );
}

#[test]
fn of_pending() {
    let newcomers = |change: fn(&mut NewcomerList)| {
        move || {
            Newcomers::<Test>::mutate(0, 2, change);
        }
    };
    finds(
        newcomers(|list| {
            list.pop();
        }),
        "a round does not list what it values",
    );
    finds(
        newcomers(|list| {
            *list = list
                .iter()
                .rev()
                .cloned()
                .collect::<Vec<_>>()
                .try_into()
                .unwrap()
        }),
        "a contribution is listed twice, or not in its place",
    );
    finds(
        newcomers(|list| list[0].records += 1),
        "a contribution is listed with another number of records",
    );
    finds(
        newcomers(|list| list[0].number = 0),
        "a contribution is listed that is not there",
    );
    finds(
        || change(2, |round| round.carried = 2),
        "a round lists another's contributions as its own",
    );
    finds(
        || {
            let list = vec![Delivered {
                number: 3,
                records: 5,
            }];
            Waiting::<Test>::insert(0, NewcomerList::try_from(list).unwrap());
        },
        "a contribution waits for its value and is not listed, or the other way round",
    );
    finds(
        || {
            crate::Datanets::<Test>::mutate(0, |datanet| {
                datanet.as_mut().unwrap().pending += 1;
            });
        },
        "the contributions without a value are not counted, or too many",
    );
}

#[test]
fn of_weights() {
    finds(
        || {
            let mut range = Range::default();
            range.append(H256::zero(), 1).unwrap();
            Admitted::<Test>::insert(0, range);
        },
        "the weights are not those of the admitted contributions",
    );
}

#[test]
fn of_slices() {
    let harm = |change: fn(&mut BenchmarkOf<Test>)| {
        move || {
            Benchmarks::<Test>::mutate(0, 2, change);
        }
    };
    finds(
        harm(|benchmark| benchmark[0].provider = STRANGER),
        "a provider committed twice, or was not appointed",
    );
    finds(
        harm(|benchmark| benchmark[0].silent = true),
        "a bond is not there, or not burnt",
    );
    finds(
        harm(|benchmark| benchmark[0].picked |= 1 << 4),
        "a slice was picked that was not committed",
    );
    finds(
        harm(|benchmark| benchmark[0].picked = 0),
        "a seat has a slice that was not picked",
    );
}

#[test]
fn of_leftovers() {
    finds(
        || {
            Newcomers::<Test>::insert(0, 1, NewcomerList::default());
        },
        "newcomers are listed of a round that is not valued",
    );
    finds(
        || {
            let reveal = Reveal {
                next: 0,
                records: Default::default(),
                bytes: 0,
                classes: Default::default(),
            };
            Reveals::<Test>::insert((0, 2, 0), reveal);
        },
        "a slice is kept that need not be revealed",
    );
    finds(
        || {
            let pledge = Pledge {
                round: 3,
                providers: Default::default(),
                price: 0,
                budget: 0,
                deposit: 0,
            };
            Pledges::<Test>::insert(0, SPONSOR, pledge);
        },
        "a pledge has no datanet, price or budget",
    );
}

#[test]
fn of_epochs() {
    finds(|| Epochs::<Test>::remove(1), "not all epochs are kept");
    finds(
        LastEpoch::<Test>::kill,
        "an epoch is recorded but not counted",
    );
}

#[test]
fn of_holds() {
    finds(
        || {
            crate::Datanets::<Test>::mutate(0, |datanet| {
                datanet.as_mut().unwrap().deposit += 1;
            });
        },
        "an account has more or less on hold than is stored",
    );
    finds(
        || {
            Contributions::<Test>::mutate(0, 1, |found| found.as_mut().unwrap().bond -= 1);
        },
        "an account has more or less on hold than is stored",
    );
}
