//! Newcomers that repeat earlier records.
//!
//! Whether a newcomer is a shadow depends on which earlier ones are. What does not depend on it is the lowest earlier record of its label
//! within the radius: that is found for all newcomers at once, cell by cell. Nearly always it settles the matter: there is none,
//! or it is no shadow itself. Where it is one, the newcomer asks again, without the shadows known by then.
//!
//! Records can be made such that this resolves only one of a chain at a time. After some passes, therefore, what is left is taken in
//! order, a batch at a time, and compared with those that are no shadows.

use crate::{
    index::{above, Home, Index, Queries, Search, Searcher},
    packed::{Packed, Targets},
    tile::{self, Labels, Wanted, Window, LANES},
    Error, Id, Machine, Records,
};

/// How often all that is open asks at once.
const PASSES: usize = 16;

/// How many are then taken in order at a time.
const BATCH: usize = 1_024;

/// Newcomers that a thread looks after at a time.
const PART: usize = 1 << 15;

/// A newcomer that is not valued because it repeats an earlier record.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Shadow {
    /// The newcomer.
    pub shadow: Id,
    /// The earlier record of the same label within the radius, itself no shadow.
    pub witness: Id,
}

/// The newcomers that are shadows, ascending, each with its witness.
///
/// In order of priority, a newcomer is a shadow if a record before it that is none itself, old or new, has the same label and lies
/// within the squared radius; the witness is the first such record. Old records are never shadows. This is `shadows` of
/// `tributary_primitives::valuation`.
///
/// Where records are spread out by more than the radius, a newcomer is compared with those of its own cell and a few others. At worst,
/// when no cell is out of reach of any, it is with all: the square of their number, at about half the speed of
/// [`rows`](crate::rows).
///
/// # Errors
///
/// [`Error::Differs`] if dimensions do.
pub fn shadows(
    machine: Machine,
    old: &Index,
    new: &Records,
    radius: u32,
) -> Result<Vec<Shadow>, Error> {
    if new.vectors.dimension != old.dimension() {
        return Err(Error::Differs);
    }
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let mut round = Round::new(machine, old, new, radius);
    round.ask_newcomers(machine);
    Ok(round.listed())
}

/// What is known of a newcomer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Not yet whether it is a shadow.
    Open,
    /// It is none.
    Original,
    /// It is one.
    Shadow(Id),
}

/// The newcomers, by rank: their place in order of priority.
struct Round<'a> {
    new: &'a Records<'a>,
    radius: u32,
    /// Where each rank is in the input.
    order: Vec<u32>,
    /// The first old record that each repeats, if any.
    old: Vec<Option<Id>>,
    /// Only newcomers below this rank come before the old record and the newcomer itself.
    before: Vec<u32>,
    /// The first newcomer that each repeats, as far as known; at least `before` if there is none.
    first: Vec<u32>,
    states: Vec<State>,
}

impl<'a> Round<'a> {
    fn new(machine: Machine, index: &Index, new: &'a Records<'a>, radius: u32) -> Self {
        let mut order: Vec<u32> = (0..).take(new.len()).collect();
        order.sort_unstable_by_key(|index| new.ids[*index as usize]);
        let id = |rank: usize| new.ids[order[rank] as usize];
        let mut old = vec![None; new.len()];
        if !index.is_empty() {
            let homes = index.homes(machine, new.vectors);
            let asking = order.iter().map(|index| Asking {
                index: *index as usize,
                below: new.ids[*index as usize].key(),
            });
            let keys = firsts(machine, index, new, radius, &homes, asking.collect());
            for (rank, key) in keys.into_iter().enumerate() {
                old[rank] = (key < id(rank).key()).then(|| Id::of(key));
            }
        }
        let before: Vec<u32> = old
            .iter()
            .enumerate()
            .map(|(rank, old)| match old {
                Some(old) => order.partition_point(|index| new.ids[*index as usize] < *old) as u32,
                None => rank as u32,
            })
            .collect();
        Self {
            new,
            radius,
            old,
            first: before.clone(),
            before,
            states: vec![State::Open; order.len()],
            order,
        }
    }

    fn ask_newcomers(&mut self, machine: Machine) {
        // By rank, so that keys tell the state at once.
        let ranks = ranks(&self.order);
        let (mut contents, homes) =
            Index::gather(machine, self.new.vectors, &ranks, self.new.labels);
        let mut asking: Vec<usize> = (0..self.order.len())
            .filter(|rank| self.before[*rank] > 0)
            .collect();
        for _ in 0..PASSES {
            self.ask(machine, &contents, &homes, &asking);
            asking = self.resolve();
            if asking.is_empty() {
                return;
            }
            let states = &self.states;
            contents.retain(|rank| !matches!(states[rank as usize], State::Shadow(_)));
        }
        self.take_in_order(machine, contents, &homes);
    }

    /// Finds the first newcomers that some repeat.
    fn ask(&mut self, machine: Machine, contents: &Index, homes: &[Home], asking: &[usize]) {
        let questions = asking.iter().map(|rank| Asking {
            index: self.order[*rank] as usize,
            below: u64::from(self.before[*rank]),
        });
        let questions = questions.collect();
        let firsts = firsts(machine, contents, self.new, self.radius, homes, questions);
        for (rank, first) in asking.iter().zip(firsts) {
            self.first[*rank] = first as u32;
        }
    }

    /// Decides what follows; those whose first turned out to be a shadow must ask again.
    fn resolve(&mut self) -> Vec<usize> {
        let mut asking = Vec::new();
        for rank in 0..self.order.len() {
            if self.states[rank] != State::Open {
                continue;
            }
            let first = self.first[rank];
            if first >= self.before[rank] {
                self.states[rank] = self.old[rank].map_or(State::Original, State::Shadow);
                continue;
            }
            match self.states[first as usize] {
                State::Original => self.states[rank] = State::Shadow(self.id(first as usize)),
                State::Shadow(_) => asking.push(rank),
                State::Open => {}
            }
        }
        asking
    }

    /// Decides what is open, in order. `contents` has nothing but originals and what is open.
    fn take_in_order(&mut self, machine: Machine, mut contents: Index, homes: &[Home]) {
        let states = &self.states;
        contents.retain(|rank| states[rank as usize] == State::Original);
        let open: Vec<usize> = (0..self.order.len())
            .filter(|rank| self.states[*rank] == State::Open)
            .collect();
        for batch in open.chunks(BATCH) {
            self.ask(machine, &contents, homes, batch);
            let repeated = self.repeated_within(machine, batch);
            for (rank, repeated) in batch.iter().copied().zip(repeated) {
                let in_batch = repeated
                    .into_iter()
                    .map(|earlier| batch[earlier as usize])
                    .find(|earlier| self.states[*earlier] == State::Original);
                let first = in_batch.map_or(self.first[rank], |earlier| {
                    self.first[rank].min(earlier as u32)
                });
                self.states[rank] = if first < self.before[rank] {
                    State::Shadow(self.id(first as usize))
                } else {
                    self.old[rank].map_or(State::Original, State::Shadow)
                };
            }
            let originals = batch.iter().copied();
            let originals = originals.filter(|rank| self.states[*rank] == State::Original);
            contents.insert(originals.map(|rank| {
                let index = self.order[rank] as usize;
                let (vector, label) = (self.new.vectors.get(index), self.new.labels[index]);
                (vector, rank as u64, label, homes[index])
            }));
        }
    }

    /// For each of a batch the earlier ones of the batch, ascending, of the same label and within the radius.
    fn repeated_within(&self, machine: Machine, batch: &[usize]) -> Vec<Vec<u32>> {
        let vectors = batch
            .iter()
            .map(|rank| self.new.vectors.get(self.order[*rank] as usize));
        let labels: Vec<u8> = batch
            .iter()
            .map(|rank| self.new.labels[self.order[*rank] as usize])
            .collect();
        let dimension = self.new.vectors.dimension;
        let targets = Targets::of(dimension, vectors.clone());
        let packed = Packed::of(dimension, vectors);
        let windows: Vec<Window> = (0..targets.len())
            .map(|target| Window::new(targets.base(target), None, self.radius))
            .collect();
        let mut hits = Vec::new();
        let mut repeated = vec![Vec::new(); batch.len()];
        for (index, same_group) in labels.chunks(LANES).enumerate() {
            let first = (index * LANES) as u32;
            let later: Vec<u32> = (first..batch.len() as u32).collect();
            let mut lanes = [0; LANES];
            lanes[..same_group.len()].copy_from_slice(same_group);
            let wanted = Wanted {
                chosen: &later,
                windows: &windows,
                labels: Some(Labels {
                    lanes: &lanes,
                    targets: &labels,
                    first_only: false,
                }),
            };
            tile::find(machine, packed.group(index), &targets, wanted, &mut hits);
            for hit in &hits {
                let earlier = first + hit.lane;
                if earlier < hit.target {
                    repeated[hit.target as usize].push(earlier);
                }
            }
        }
        repeated
    }

    fn listed(&self) -> Vec<Shadow> {
        let states = self.states.iter().enumerate();
        let listed = states.filter_map(|(rank, state)| match state {
            State::Shadow(witness) => Some(Shadow {
                shadow: self.id(rank),
                witness: *witness,
            }),
            State::Open | State::Original => None,
        });
        listed.collect()
    }

    fn id(&self, rank: usize) -> Id {
        self.new.ids[self.order[rank] as usize]
    }
}

/// The rank of each record of the input.
fn ranks(order: &[u32]) -> Vec<u64> {
    let mut ranks = vec![0; order.len()];
    for (rank, index) in (0..).zip(order) {
        ranks[*index as usize] = rank;
    }
    ranks
}

/// A record that asks which it repeats.
#[derive(Clone, Copy)]
struct Asking {
    index: usize,
    /// Only lower keys are of interest.
    below: u64,
}

/// The lowest keys of interest that an index has of the label of those asking and within the radius, or else what they must be below.
fn firsts(
    machine: Machine,
    index: &Index,
    records: &Records,
    radius: u32,
    homes: &[Home],
    asking: Vec<Asking>,
) -> Vec<u64> {
    // Those of a cell together: they reach the same cells.
    let mut places: Vec<u32> = (0..).take(asking.len()).collect();
    places.sort_unstable_by_key(|place| (homes[asking[*place as usize].index].cell, *place));
    let parts = machine.parts(places.len(), PART, |part| {
        let asking = places[part].iter().map(|place| asking[*place as usize]);
        let asking: Vec<Asking> = asking.collect();
        let vectors = asking
            .iter()
            .map(|asking| records.vectors.get(asking.index));
        let queries = Queries::new(records.vectors.dimension, vectors, |_| {
            asking.iter().map(|asking| homes[asking.index]).collect()
        });
        let searches = asking.iter().enumerate().map(|(query, asking)| First {
            label: records.labels[asking.index],
            base: queries.targets.base(query),
            radius,
            reach: above(radius),
            key: asking.below,
        });
        let mut searcher = Searcher::new(machine, index, &queries, searches.collect());
        searcher.search_homes();
        searcher.search_others();
        let keys = searcher.searches.into_iter().map(|search| search.key);
        keys.collect::<Vec<_>>()
    });
    let mut firsts = vec![0; asking.len()];
    for (place, key) in places.into_iter().zip(parts.into_iter().flatten()) {
        firsts[place as usize] = key;
    }
    firsts
}

/// Looks for the lowest key.
struct First {
    label: u8,
    base: i32,
    radius: u32,
    reach: f32,
    /// The lowest found, or what it must be below.
    key: u64,
}

impl Search for First {
    fn label(&self) -> u8 {
        self.label
    }

    fn reach(&self) -> f32 {
        self.reach
    }

    fn window(&self) -> Window {
        Window::new(self.base, None, self.radius)
    }

    const BY_KEY: bool = true;

    fn wants(&self, lowest: u64) -> bool {
        lowest < self.key
    }

    fn offer(&mut self, distance: u32, key: u64, label: u8) -> bool {
        debug_assert!(label == self.label && distance <= self.radius);
        self.key = self.key.min(key);
        false
    }

    fn settle(&mut self) -> bool {
        false
    }
}
