//! What counts of the data, benchmark record by benchmark record.

use std::{collections::HashSet, ops::Range};

use crate::{
    index::{Search, Searcher},
    input::Params,
    nearest::{Nearest, Place},
    packed::{Packed, Targets},
    tile::{self, Hit, Wanted, Window, LANES},
    Benchmark, Error, Id, Index, Machine, Records, Shadow,
};

/// Benchmark records whose old neighbours a thread looks for at a time.
const PART: usize = 256;

/// Newcomers that a thread passes by the whole benchmark at a time, at the most. The first group of each such piece goes first, so that
/// limits are tight soon, in whatever order the records come.
const PIECE: usize = 64 * LANES;

/// A record near a benchmark record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The record.
    pub id: Id,
    /// Whether it has the benchmark record's label.
    pub matches: bool,
}

/// What counts of the data for one benchmark record, ascending by (squared distance, record).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Row {
    /// The records, nearest first.
    pub entries: Vec<Entry>,
}

/// The rows of a benchmark, in its order.
///
/// Of records further than the radius from a benchmark record, its row lists the K nearest old ones and, of the newcomers that are no
/// shadows and come before the K-th old one (all, if there are fewer than K), the K* nearest. Order is by (squared distance, record).
/// This is `rows` of `tributary_primitives::valuation`.
///
/// # Errors
///
/// [`Error::Differs`] if dimensions do.
pub fn rows(
    machine: Machine,
    params: &Params,
    old: &Index,
    new: &Records,
    shadows: &[Shadow],
    benchmark: &Benchmark,
) -> Result<Vec<Row>, Error> {
    let dimension = old.dimension();
    if new.vectors.dimension != dimension || benchmark.vectors.dimension != dimension {
        return Err(Error::Differs);
    }
    let targets = Targets::of(dimension, benchmark.vectors.iter());
    let all_old = machine.parts(benchmark.len(), PART, |part| {
        nearest_old(machine, params, old, benchmark, part)
    });
    let all_old: Vec<Vec<Place>> = all_old.into_iter().flatten().collect();
    let searches = all_old.iter().zip(benchmark.labels).enumerate();
    let searches = searches.map(|(index, (old, label))| {
        let last = old.get(params.neighbours - 1).copied();
        let (base, limit) = (targets.base(index), last.unwrap_or(Place::LAST));
        Nearest::new(params.horizon, *label, base, Some(params.radius), limit)
    });
    let searches: Vec<Nearest> = searches.collect();
    let all_new = Newcomers::new(new, shadows).nearest(machine, &targets, &searches);
    let rows = all_old.into_iter().zip(all_new);
    Ok(rows.map(|(old, new)| row(old, new)).collect())
}

/// The nearest old records of a part of the benchmark.
fn nearest_old(
    machine: Machine,
    params: &Params,
    old: &Index,
    benchmark: &Benchmark,
    part: Range<usize>,
) -> Vec<Vec<Place>> {
    if old.is_empty() {
        return vec![Vec::new(); part.len()];
    }
    let vectors = part.clone().map(|index| benchmark.vectors.get(index));
    let queries = old.queries(machine, vectors);
    let searches = benchmark.labels[part].iter().enumerate();
    let searches = searches.map(|(index, label)| {
        let base = queries.targets.base(index);
        Nearest::new(
            params.neighbours,
            *label,
            base,
            Some(params.radius),
            Place::LAST,
        )
    });
    let mut searcher = Searcher::new(machine, old, &queries, searches.collect());
    searcher.search_homes();
    searcher.search_others();
    searcher.searches.into_iter().map(Nearest::finish).collect()
}

/// Newcomers that are no shadows.
struct Newcomers<'a> {
    records: &'a Records<'a>,
    listed: HashSet<Id>,
}

impl<'a> Newcomers<'a> {
    fn new(records: &'a Records<'a>, shadows: &[Shadow]) -> Self {
        Self {
            records,
            listed: shadows.iter().map(|pair| pair.shadow).collect(),
        }
    }

    /// What each target's search finds among them.
    fn nearest(
        &self,
        machine: Machine,
        targets: &Targets,
        searches: &[Nearest],
    ) -> Vec<Vec<Place>> {
        let count = self.records.len();
        let most = count.div_ceil(4 * machine.threads());
        let piece = most.next_multiple_of(LANES).clamp(LANES, PIECE);
        let units = count.div_ceil(piece);
        let sampled = self.pass(machine, targets, searches, units, |unit| {
            unit * piece..count.min(unit * piece + LANES)
        });
        let searches = searches.iter().zip(&sampled);
        let searches: Vec<_> = searches
            .map(|(search, sampled)| search.before(sampled))
            .collect();
        let rest = self.pass(machine, targets, &searches, units, |unit| {
            count.min(unit * piece + LANES)..count.min((unit + 1) * piece)
        });
        let found = sampled.into_iter().zip(rest).zip(&searches);
        let found = found.map(|((sampled, rest), search)| merge([sampled, rest], search.count()));
        found.collect()
    }

    /// What each target's search finds in some of them.
    fn pass(
        &self,
        machine: Machine,
        targets: &Targets,
        searches: &[Nearest],
        units: usize,
        range: impl Fn(usize) -> Range<usize> + Sync,
    ) -> Vec<Vec<Place>> {
        let dimension = self.records.vectors.dimension;
        let passages = machine.share(
            units,
            || Passage::new(dimension, searches),
            |passage, unit| passage.pass(machine, self, targets, range(unit)),
        );
        machine.each(searches.len(), |target| {
            let found = passages
                .iter()
                .map(|passage| passage.searches[target].clone());
            merge(found.map(Nearest::finish), searches[target].count())
        })
    }
}

/// Newcomers passing by the benchmark, a group at a time, by one thread.
struct Passage {
    group: Packed,
    kept: Vec<usize>,
    chosen: Vec<u32>,
    searches: Vec<Nearest>,
    windows: Vec<Window>,
    hits: Vec<Hit>,
}

impl Passage {
    fn new(dimension: usize, searches: &[Nearest]) -> Self {
        Self {
            group: Packed::new(dimension),
            kept: Vec::new(),
            chosen: (0..).take(searches.len()).collect(),
            searches: searches.to_vec(),
            windows: searches.iter().map(Search::window).collect(),
            hits: Vec::new(),
        }
    }

    fn pass(
        &mut self,
        machine: Machine,
        newcomers: &Newcomers,
        targets: &Targets,
        range: Range<usize>,
    ) {
        let Newcomers { records, listed } = newcomers;
        self.kept.clear();
        self.kept.extend(range);
        if !listed.is_empty() {
            self.kept
                .retain(|index| !listed.contains(&records.ids[*index]));
        }
        for kept in self.kept.chunks(LANES) {
            self.group.clear();
            self.group
                .extend(kept.iter().map(|index| records.vectors.get(*index)));
            let group = self.group.group(0);
            let wanted = Wanted {
                chosen: &self.chosen,
                windows: &self.windows,
                labels: None,
            };
            tile::find(machine, group, targets, wanted, &mut self.hits);
            for hit in &self.hits {
                let index = kept[hit.lane as usize];
                let search = &mut self.searches[hit.target as usize];
                let distance = group.distance(targets, *hit);
                if search.offer(distance, records.ids[index].key(), records.labels[index]) {
                    self.windows[hit.target as usize] = search.window();
                }
            }
        }
    }
}

/// The nearest of several lists.
fn merge(lists: impl IntoIterator<Item = Vec<Place>>, count: usize) -> Vec<Place> {
    let mut merged: Vec<Place> = lists.into_iter().flatten().collect();
    merged.sort_unstable();
    merged.truncate(count);
    merged
}

fn row(old: Vec<Place>, new: Vec<Place>) -> Row {
    let mut places = old;
    places.extend(new);
    places.sort_unstable();
    let entries = places.into_iter().map(|place| Entry {
        id: Id::of(place.key()),
        matches: place.matches(),
    });
    Row {
        entries: entries.collect(),
    }
}
