//! Balls around queries, and the records of the cells that they reach.
//!
//! Let a be the distance of a query from its nearest centre A, b that from a centre B, and r the reach of the query: what is further
//! away does not matter. No record of B matters
//!
//! - if b > r + outer(B): the ball around B that holds its records does not touch that around the query;
//! - if b² - a² > 2 |A - B| r: records of B are not nearer to A than to B, so they lie beyond the plane in the middle, which is
//!   (b² - a²) / (2 |A - B|) away from the query. As |A - B| <= a + b, that is so if b > a + 2 r.
//!
//! The first and the simple form of the second are tested for a group of queries at a time, the rest for what is left. Of a cell's
//! groups those are skipped whose distances from the centre the triangle inequality rules out.

use super::{
    bounds::{above, below},
    cell::Shell,
    centres::{Centres, Home},
    Index,
};
use crate::{
    packed::{Packed, Targets},
    tile::{self, Hit, Labels, Wanted, Window, LANES},
    Machine,
};

/// Visits that are made together, at the most about: 48 MiB while they are sorted.
const VISITS: usize = 1 << 21;

/// Up to so many cells that the queries of a group lie in, those out of their reach are found before distances are computed.
const FEW: usize = 8;

/// Less a margin for what rounding up has added.
const ROUNDED_UP: f32 = 1.0 - 4e-6;

/// What is looked for around a query.
pub(crate) trait Search {
    /// Nothing further away matters.
    fn reach(&self) -> f32;

    /// The scores of what matters.
    fn window(&self) -> Window;

    /// Whether only the record of the lowest key matters, and only if it has the label.
    const BY_KEY: bool;

    /// The query's label.
    fn label(&self) -> u8;

    /// Whether records of this key and above may matter.
    fn wants(&self, lowest: u64) -> bool;

    /// Takes a record; true if less matters now.
    fn offer(&mut self, distance: u32, key: u64, label: u8) -> bool;

    /// Makes the most of what was taken; true if less matters now.
    fn settle(&mut self) -> bool;
}

/// Vectors around which is searched, and the cells that they would lie in.
pub(crate) struct Queries {
    pub(crate) targets: Targets,
    packed: Packed,
    homes: Vec<Home>,
}

impl Queries {
    pub(crate) fn new<'a>(
        dimension: usize,
        vectors: impl ExactSizeIterator<Item = &'a [i8]> + Clone,
        homes: impl FnOnce(&Packed) -> Vec<Home>,
    ) -> Self {
        let packed = Packed::of(dimension, vectors.clone());
        Self {
            targets: Targets::of(dimension, vectors),
            homes: homes(&packed),
            packed,
        }
    }
}

/// A cell that a query reaches.
#[derive(Clone, Copy)]
struct Visit {
    cell: u32,
    query: u32,
    /// The query's squared distance from the centre.
    squared: u32,
}

/// A query in a cell.
struct Guest {
    query: u32,
    /// Its distance from the centre, rounded down and up.
    at_least: f32,
    at_most: f32,
}

impl Guest {
    /// Whether something in a shell around the centre may matter.
    fn reaches(&self, reach: f32, shell: Shell) -> bool {
        self.at_least <= shell.outer + reach && self.at_most + reach >= shell.inner
    }
}

/// The queries in a cell, and room for what is found there.
#[derive(Default)]
struct Guests {
    /// Those that reach some of its groups.
    some: Vec<Guest>,
    /// Those that reach all of them.
    all: Vec<u32>,
    /// Those that reach the group at hand.
    chosen: Vec<u32>,
    hits: Vec<Hit>,
}

/// What is bounded for a group of queries.
struct Reaches {
    reaches: [f32; LANES],
    /// Squared distances from centres behind whose cells' planes nothing matters.
    limits: [u32; LANES],
}

impl Reaches {
    fn new<S: Search>(homes: &[Home], searches: &[S]) -> Self {
        let mut reaches = Self {
            reaches: [0.0; LANES],
            limits: [0; LANES],
        };
        for (lane, (home, search)) in homes.iter().zip(searches).enumerate() {
            let reach = search.reach();
            let limit = above(home.squared) + 2.0 * reach;
            reaches.reaches[lane] = reach;
            reaches.limits[lane] = (limit * limit) as u32;
        }
        reaches
    }

    /// The lanes that reach a cell, by their squared distances from its centre.
    #[inline(always)]
    fn reached(&self, outer: f32, squared: &[u32; LANES]) -> u64 {
        let mut reached = [0u8; LANES];
        let bounds = self.reaches.iter().zip(&self.limits);
        for ((reached, (reach, limit)), squared) in reached.iter_mut().zip(bounds).zip(squared) {
            let sum = *reach + outer;
            // No distance has 32 bits, and signed numbers are converted faster.
            let rounded = *squared as i32 as f32;
            *reached = u8::from(*squared <= *limit) & u8::from(rounded <= sum * sum);
        }
        let mut mask = 0;
        for (index, bytes) in reached.as_chunks::<8>().0.iter().enumerate() {
            // The product gathers the lowest bits of the bytes in the highest byte.
            let bits = u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            mask |= bits << (8 * index);
        }
        mask
    }
}

/// Searches in an index, by one thread.
pub(crate) struct Searcher<'a, S> {
    machine: Machine,
    index: &'a Index,
    queries: &'a Queries,
    /// In the order of the queries.
    pub(crate) searches: Vec<S>,
    windows: Vec<Window>,
    labels: Vec<u8>,
    visits: Vec<Visit>,
    sorted: Vec<Visit>,
}

impl<'a, S: Search> Searcher<'a, S> {
    pub(crate) fn new(
        machine: Machine,
        index: &'a Index,
        queries: &'a Queries,
        searches: Vec<S>,
    ) -> Self {
        Self {
            machine,
            index,
            queries,
            windows: searches.iter().map(Search::window).collect(),
            labels: searches.iter().map(Search::label).collect(),
            searches,
            visits: Vec::new(),
            sorted: Vec::new(),
        }
    }

    /// Searches the queries' own cells.
    pub(crate) fn search_homes(&mut self) {
        let homes = (0..).zip(&self.queries.homes);
        self.visits.extend(homes.map(|(query, home)| Visit {
            cell: home.cell,
            query,
            squared: home.squared,
        }));
        self.make_visits();
        for (search, window) in self.searches.iter_mut().zip(&mut self.windows) {
            if search.settle() {
                *window = search.window();
            }
        }
    }

    /// Searches all cells in reach but the queries' own.
    pub(crate) fn search_others(&mut self) {
        let mut chosen = Vec::new();
        for group in 0..self.queries.packed.groups() {
            self.plan(group, &mut chosen);
            if self.visits.len() >= VISITS {
                self.make_visits();
            }
        }
        self.make_visits();
    }

    /// Finds the cells that a group of queries is to visit.
    fn plan(&mut self, group: usize, chosen: &mut Vec<u32>) {
        let machine = self.machine;
        let Index { centres, cells, .. } = self.index;
        let first = group * LANES;
        let end = self.searches.len().min(first + LANES);
        let homes = &self.queries.homes[first..end];
        let searches = &self.searches[first..end];
        let reaches = Reaches::new(homes, searches);
        let chosen = choose(centres, homes, searches, chosen);
        let visits = &mut self.visits;
        let queries = self.queries.packed.group(group);
        centres.each_chunk(machine, queries, chosen, |chosen, distances| {
            for (cell, squared) in chosen.iter().zip(distances) {
                let outer = cells[*cell as usize].outer;
                let mut lanes = machine.vectorised(
                    #[inline(always)]
                    || reaches.reached(outer, squared),
                );
                while lanes != 0 {
                    let lane = lanes.trailing_zeros() as usize;
                    lanes &= lanes - 1;
                    let home = homes[lane];
                    let between = centres.between(home.cell)[*cell as usize];
                    // The nearest centre is the query's own.
                    let further = (squared[lane] - home.squared) as f32;
                    if *cell != home.cell && further <= 2.0 * between * reaches.reaches[lane] {
                        visits.push(Visit {
                            cell: *cell,
                            query: (first + lane) as u32,
                            squared: squared[lane],
                        });
                    }
                }
            }
        });
    }

    /// Makes the visits that are planned, cell by cell.
    fn make_visits(&mut self) {
        self.sort_visits();
        let mut guests = Guests::default();
        let sorted = std::mem::take(&mut self.sorted);
        for visits in sorted.chunk_by(|one, next| one.cell == next.cell) {
            self.receive(visits, &mut guests);
            self.visit(visits[0].cell, &mut guests);
        }
        self.sorted = sorted;
    }

    /// Divides the queries that visit a cell.
    fn receive(&self, visits: &[Visit], guests: &mut Guests) {
        let cell = &self.index.cells[visits[0].cell as usize];
        guests.some.clear();
        guests.all.clear();
        for visit in visits {
            let reach = self.searches[visit.query as usize].reach();
            let guest = Guest {
                query: visit.query,
                at_least: below(visit.squared),
                at_most: above(visit.squared),
            };
            if guest.at_least > cell.outer + reach {
                continue;
            }
            if guest.reaches(reach, cell.common) {
                guests.all.push(guest.query);
            } else {
                guests.some.push(guest);
            }
        }
    }

    fn visit(&mut self, cell: u32, guests: &mut Guests) {
        let cell = &self.index.cells[cell as usize];
        let targets = &self.queries.targets;
        for place in 0..cell.spans.len() {
            let index = if S::BY_KEY {
                cell.by_key[place] as usize
            } else {
                place
            };
            let span = cell.spans[index];
            if S::BY_KEY {
                // What one group cannot offer, those after it cannot either.
                let wants = |query: u32| self.searches[query as usize].wants(span.lowest);
                guests.some.retain(|guest| wants(guest.query));
                guests.all.retain(|query| wants(*query));
            }
            guests.chosen.clear();
            guests.chosen.extend_from_slice(&guests.all);
            guests.chosen.extend(guests.some.iter().filter_map(|guest| {
                let reach = self.searches[guest.query as usize].reach();
                guest.reaches(reach, span.shell).then_some(guest.query)
            }));
            let lanes = cell.labels_of(index);
            let labels = Labels {
                lanes: &lanes,
                targets: &self.labels,
                first_only: span.is_sorted,
            };
            let wanted = Wanted {
                chosen: &guests.chosen,
                windows: &self.windows,
                labels: S::BY_KEY.then_some(labels),
            };
            let group = cell.packed.group(index);
            tile::find(self.machine, group, targets, wanted, &mut guests.hits);
            for hit in &guests.hits {
                let place = index * LANES + hit.lane as usize;
                let search = &mut self.searches[hit.target as usize];
                let distance = group.distance(targets, *hit);
                if search.offer(distance, cell.keys[place], cell.labels[place]) {
                    self.windows[hit.target as usize] = search.window();
                }
            }
        }
    }

    /// Sorts the visits by cell and, in a cell, by query.
    fn sort_visits(&mut self) {
        let mut starts = vec![0u32; self.index.cells.len() + 1];
        for visit in &self.visits {
            starts[visit.cell as usize + 1] += 1;
        }
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        let any = Visit {
            cell: 0,
            query: 0,
            squared: 0,
        };
        self.sorted.clear();
        self.sorted.resize(self.visits.len(), any);
        for visit in self.visits.drain(..) {
            let next = &mut starts[visit.cell as usize];
            self.sorted[*next as usize] = visit;
            *next += 1;
        }
    }
}

/// The cells that queries may reach, as far as the distances of their own cells' centres tell.
fn choose<'a, S: Search>(
    centres: &'a Centres,
    homes: &[Home],
    searches: &[S],
    chosen: &'a mut Vec<u32>,
) -> &'a [u32] {
    // Cells, and twice what centres may at the most be away from theirs: |A - B| <= a + b, and b <= a + 2 r.
    let mut near: Vec<(u32, f32)> = Vec::with_capacity(FEW);
    for (home, search) in homes.iter().zip(searches) {
        let most = 2.0 * (above(home.squared) + search.reach());
        if let Some((_, reach)) = near.iter_mut().find(|(cell, _)| *cell == home.cell) {
            *reach = reach.max(most);
        } else if near.len() < FEW {
            near.push((home.cell, most));
        } else {
            return centres.all();
        }
    }
    chosen.clear();
    chosen.extend(centres.all().iter().filter(|centre| {
        near.iter()
            .any(|(cell, most)| centres.between(*cell)[**centre as usize] * ROUNDED_UP <= *most)
    }));
    chosen
}
