//! Whoever leaves out an ancestor gains nothing by what it does afterwards: small worlds, and every way through them.
//!
//! A world is what customers, the ancestor's owner and arbiters do. Whoever hides may do something between any two of that: name models and
//! data of its own, have itself contested, take another team, pay itself. No such way, of up to so many moves, is better for it, nor worse
//! for anybody else, than to have named some of its own at once and to do nothing.

use crate::{
    book::{exact::ONE, Asset, Book, Coin, Contention, Kin, ModelId, Payee, PoolId, Share, Who},
    dice::Dice,
    driver::on_paper,
    operations::{Operation, RICH},
    play::Failure,
};

/// People: who owns the ancestor, who hides it, its other account, who has another ancestor that became known before, and who has a descendant.
const OWNER: Who = 1;
const HIDER: Who = 2;
const PUPPET: Who = 3;
const EARLIER: Who = 4;
const HEIR: Who = 5;

/// Their models.
const ANCESTOR: ModelId = 0;
const STRAW: ModelId = 1;
const SECOND_STRAW: ModelId = 2;
const OTHER: ModelId = 3;
const HIDDEN: ModelId = 4;
const DESCENDANT: ModelId = 5;
/// The hider's data, for which next to nothing is asked.
const DUST: PoolId = (2, 1);

/// What is paid at a time.
const PAID: Coin = 1_000_000_000;
/// What the hider can pay from.
const PURSE: Coin = 1 << 60;
/// Units that may be lost or gained by rounding, of a few dozen divisions.
const ROUNDING: i128 = 50;

/// What goes on whatever the hider does.
#[derive(Clone, Debug)]
enum Event {
    Happens(Operation),
    /// The owner of the ancestor contests that it is missing, of the descendant as well.
    Claim,
    /// Arbiters decide what is contested, as it is.
    Decide,
}

/// A world: how it begins, what became known before, and what goes on.
#[derive(Clone, Debug)]
struct World {
    begins: Vec<Operation>,
    before: Vec<Operation>,
    events: Vec<Event>,
}

fn alone(who: Who) -> Vec<Share> {
    vec![Share { who, part: ONE }]
}

fn pay(payer: Who, model: ModelId) -> Operation {
    Operation::Pay {
        payer,
        asset: Asset::Model(model),
        round: None,
        gross: PAID,
    }
}

fn register(percent: u32, ceiling: Option<Coin>, sources: &[ModelId], who: Who) -> Operation {
    Operation::Register {
        own: (ONE / 100 * percent, ceiling),
        sources: sources.iter().copied().map(Payee::Model).collect(),
        team: alone(who),
    }
}

fn contest(model: ModelId, contention: Contention) -> Operation {
    Operation::Contest { model, contention }
}

fn missing(source: ModelId) -> Contention {
    Contention::Missing(Payee::Model(source))
}

fn add_parent(model: ModelId, source: ModelId) -> Operation {
    Operation::AddParent {
        model,
        source: Payee::Model(source),
    }
}

impl World {
    /// The world of a seed.
    fn of(seed: u64, period: u32) -> Self {
        let mut dice = Dice::new(seed);
        let ancestor = dice.between(1, 30) as u32;
        let ceiling = dice.one_in(4).then(|| dice.between(1, 4) * PAID / 8);
        let mut begins = vec![
            Operation::Transfer {
                from: RICH,
                to: HIDER,
                amount: PURSE,
            },
            register(ancestor, ceiling, &[], OWNER),
            register(dice.between(1, 60) as u32, None, &[], PUPPET),
            register(dice.between(1, 60) as u32, None, &[], PUPPET),
            register(dice.between(1, 30) as u32, None, &[], EARLIER),
            register(10, None, &[], HIDER),
            register(5, None, &[HIDDEN], HEIR),
        ];
        let mut before = Vec::new();
        if dice.one_in(2) {
            before.extend([pay(RICH, HIDDEN), contest(HIDDEN, missing(OTHER))]);
            before.push(Operation::Conclude {
                model: HIDDEN,
                contention: missing(OTHER),
                upheld: true,
            });
            before.push(Operation::Refold(DESCENDANT));
        }
        begins.push(Operation::Deliver {
            datanet: DUST.0,
            who: PUPPET,
            weight: 1,
        });
        begins.push(Operation::OpenPool {
            pool: DUST,
            crew: Vec::new(),
            awards: Vec::new(),
        });
        let mut events = Vec::new();
        let goes_on = |dice: &mut Dice, events: &mut Vec<Event>, most: u128| {
            for _ in 0..dice.between(1, most) {
                let operation = match dice.below(5) {
                    0 | 1 => pay(RICH, HIDDEN),
                    2 => pay(RICH, DESCENDANT),
                    _ => Operation::Advance(period / 2 + dice.below(u128::from(period)) as u32),
                };
                events.push(Event::Happens(operation));
            }
        };
        goes_on(&mut dice, &mut events, 5);
        events.push(Event::Claim);
        goes_on(&mut dice, &mut events, 2);
        events.push(Event::Decide);
        goes_on(&mut dice, &mut events, 3);
        Self {
            begins,
            before,
            events,
        }
    }
}

/// What the hider can come to name of its own.
fn straws() -> [Operation; 3] {
    [
        add_parent(HIDDEN, STRAW),
        add_parent(HIDDEN, SECOND_STRAW),
        Operation::AddParent {
            model: HIDDEN,
            source: Payee::Pool(DUST),
        },
    ]
}

/// What the hider may do besides.
fn moves() -> Vec<Operation> {
    let others = [
        add_parent(HIDDEN, ANCESTOR),
        add_parent(STRAW, ANCESTOR),
        contest(HIDDEN, missing(STRAW)),
        contest(HIDDEN, Contention::False(Payee::Model(STRAW))),
        contest(HIDDEN, Contention::False(Payee::Model(ANCESTOR))),
        contest(HIDDEN, Contention::Reexecuted),
        contest(STRAW, missing(ANCESTOR)),
        Operation::AnnounceTeam {
            model: HIDDEN,
            team: alone(PUPPET),
        },
        Operation::ChangeTeam(HIDDEN),
        Operation::Settle(HIDDEN),
        Operation::Refold(HIDDEN),
        pay(HIDER, HIDDEN),
    ];
    straws().into_iter().chain(others).collect()
}

/// What is true: the hidden model comes from the ancestor and from the other one, its descendant so too, and the straw models from nothing.
fn is_true(model: ModelId, contention: Contention) -> bool {
    let from = |payee| {
        let models = [ANCESTOR, OTHER].map(Payee::Model);
        [HIDDEN, DESCENDANT].contains(&model) && models.contains(&payee)
    };
    match contention {
        Contention::Missing(payee) => from(payee),
        Contention::False(payee) => !from(payee),
        Contention::Reexecuted => false,
    }
}

/// One way through a world.
#[derive(Clone)]
struct Way {
    book: Book,
    done: Vec<Operation>,
}

impl Way {
    /// Whether it was done.
    fn does(&mut self, operation: &Operation) -> bool {
        let mut next = self.book.clone();
        let done = on_paper(operation, &mut next).is_ok();
        if done {
            self.book = next;
            self.done.push(operation.clone());
        }
        done
    }

    fn decide(&mut self) {
        let cases = |(model, kin): (&ModelId, &Kin)| {
            let of = |contention: &Contention| (*model, *contention);
            kin.contested.iter().map(of).collect::<Vec<_>>()
        };
        let mut open: Vec<_> = self.book.kin.iter().flat_map(cases).collect();
        // What is missing is decided first.
        open.sort_by_key(|(_, contention)| !matches!(contention, Contention::Missing(_)));
        for (model, contention) in open {
            let conclude = Operation::Conclude {
                model,
                contention,
                upheld: is_true(model, contention),
            };
            assert!(self.does(&conclude), "{conclude:?}");
        }
        self.does(&Operation::Refold(DESCENDANT));
    }

    fn happens(&mut self, event: &Event) {
        match event {
            Event::Happens(operation) => assert!(self.does(operation), "{operation:?}"),
            Event::Decide => self.decide(),
            Event::Claim => {
                // Another case about what is missing has to be over.
                if self.book.kin[&HIDDEN].is_contested(missing(ANCESTOR)) {
                    self.decide();
                }
                // Refused if it is named already. What an owner names does not bind descendants that are there.
                self.does(&contest(HIDDEN, missing(ANCESTOR)));
                self.does(&contest(DESCENDANT, missing(ANCESTOR)));
            }
        }
    }

    /// What everybody has when all is over.
    fn ends(mut self, period: u32) -> Outcome {
        self.decide();
        let models = [DESCENDANT, HIDDEN, OTHER, SECOND_STRAW, STRAW, ANCESTOR];
        let refolded = models.iter().rev().map(|model| Operation::Refold(*model));
        let settled = models.iter().map(|model| Operation::Settle(*model));
        let last = [pay(RICH, HIDDEN), Operation::Advance(3 * period)];
        for operation in refolded.chain(last).chain(settled) {
            self.does(&operation);
        }
        let has = |who| signed(self.book.claimable(who));
        let spent = signed(PURSE) - signed(self.book.account(HIDER).free);
        let data = signed(self.book.pools[&DUST].held());
        Outcome {
            hider: has(HIDER) + has(PUPPET) + data - spent,
            owner: has(OWNER),
            others: [EARLIER, HEIR].map(has),
            done: self.done,
        }
    }
}

fn signed(amount: Coin) -> i128 {
    amount.try_into().expect("little is paid in these worlds")
}

/// What everybody has in the end: the hider in all, the owner of the ancestor, and who has neither hidden anything nor was hidden.
#[derive(Clone, Debug)]
struct Outcome {
    hider: i128,
    owner: i128,
    others: [i128; 2],
    done: Vec<Operation>,
}

impl Outcome {
    /// Whether the hider has come to name the ancestor itself.
    fn names_the_ancestor(&self) -> bool {
        let names = |it: &Operation| matches!(it, Operation::AddParent { source, .. } if *source == Payee::Model(ANCESTOR));
        self.done.iter().any(names)
    }

    /// The best for the hider and the worst for all others.
    fn or(self, other: Outcome) -> Self {
        let least = |index: usize| self.others[index].min(other.others[index]);
        Self {
            hider: self.hider.max(other.hider),
            owner: self.owner.min(other.owner),
            others: [least(0), least(1)],
            done: self.done,
        }
    }

    /// Says what is better for the hider, or worse for somebody else, than `hidden`, the bounds of worlds in which it does not name the ancestor.
    /// Where it does, before that is contested, it pays half of what a case would have cost, and nobody is bound who descends from it
    /// already: `named` are the bounds of worlds in which it does so at once.
    fn check(&self, hidden: &Outcome, named: &Outcome) -> Result<(), String> {
        let (most, least) = match self.names_the_ancestor() {
            true => (
                hidden.hider + hidden.owner / 2,
                hidden.owner.min(named.owner) / 2,
            ),
            false => (hidden.hider, hidden.owner),
        };
        let gain = self.hider - most;
        if gain > ROUNDING {
            return Err(format!("the hider gains {gain}"));
        }
        let loss = least - self.owner;
        if loss > ROUNDING {
            return Err(format!("the owner of the ancestor loses {loss}"));
        }
        for (index, has) in self.others.iter().enumerate() {
            let loss = hidden.others[index] - has;
            if loss > ROUNDING {
                return Err(format!("one of the others, {index}, loses {loss}"));
            }
        }
        Ok(())
    }
}

/// Goes all ways from here, with so many moves at the most, and says how each ends.
fn search(
    way: Way,
    events: &[Event],
    moves: &[Operation],
    left: usize,
    period: u32,
    ends: &mut impl FnMut(Outcome),
) {
    if left > 0 {
        for operation in moves {
            let mut next = way.clone();
            if next.does(operation) {
                search(next, events, moves, left - 1, period, ends);
            }
        }
    }
    let Some((event, later)) = events.split_first() else {
        ends(way.ends(period));
        return;
    };
    let mut next = way;
    next.happens(event);
    search(next, later, moves, left, period, ends);
}

/// The beginning of a world in which so many of the hider's own are named at once, if they can be together.
fn begun(book: &Book, world: &World, named: &[Operation]) -> Option<Way> {
    let mut way = Way {
        book: book.clone(),
        done: Vec::new(),
    };
    for operation in &world.begins {
        assert!(way.does(operation), "{operation:?}");
    }
    if !named.iter().all(|operation| way.does(operation)) {
        return None;
    }
    for operation in &world.before {
        assert!(way.does(operation), "{operation:?}");
    }
    Some(way)
}

/// The bounds of worlds in which any of the hider's own are named at once, besides `ancestor`, and nothing is done afterwards.
fn bounds(book: &Book, world: &World, ancestor: Option<Operation>) -> Outcome {
    let period = book.constants.period;
    let mut bounds: Option<Outcome> = None;
    for set in 0..1 << straws().len() {
        let chosen = (0..).zip(straws()).filter(|(bit, _)| set >> bit & 1 == 1);
        let named = ancestor.iter().cloned();
        let named: Vec<_> = named.chain(chosen.map(|(_, straw)| straw)).collect();
        if let Some(way) = begun(book, world, &named) {
            search(way, &world.events, &[], 0, period, &mut |outcome| {
                bounds = Some(match bounds.take() {
                    Some(bounds) => bounds.or(outcome),
                    None => outcome,
                });
            });
        }
    }
    bounds.expect("one can always name nothing else")
}

/// Goes all ways through the world of a seed, with so many moves at the most. Says how many there are.
pub(crate) fn explore(book: &Book, seed: u64, most: usize) -> Result<usize, Failure> {
    let period = book.constants.period;
    let world = World::of(seed, period);
    let hidden = bounds(book, &world, None);
    let named = bounds(book, &world, Some(add_parent(HIDDEN, ANCESTOR)));
    let way = begun(book, &world, &[]).expect("one can always name nothing");
    let (mut count, mut failure) = (0, None);
    search(way, &world.events, &moves(), most, period, &mut |outcome| {
        count += 1;
        if let Err(message) = outcome.check(&hidden, &named) {
            failure.get_or_insert(Failure {
                message,
                operations: outcome.done,
            });
        }
    });
    failure.map_or(Ok(count), Err)
}
