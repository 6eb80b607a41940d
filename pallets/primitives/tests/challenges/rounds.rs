//! Random rounds, and what the chain keeps of them.

use std::collections::BTreeMap;

use sp_core::H256;
use tributary_primitives::{
    encoder::text::features,
    hashing,
    ids::{ContributionNumber, RecordId},
    merkle::{Range, Tree},
    valuation::{Benchmark, Content, Contents, Data, Params, Publication, Record, Row, Shadow},
};

/// SplitMix64 (Steele et al., "Fast splittable pseudorandom number generators", OOPSLA 2014): the same cases on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `bound` - 1.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % bound
    }
}

/// A record, wherever it is.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) id: RecordId,
    pub(crate) label: u8,
    /// What was delivered: a text, or the features as bytes.
    pub(crate) raw: Vec<u8>,
    pub(crate) features: Vec<i8>,
}

/// How a contribution stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    Admitted,
    /// Rejected in an earlier round, not delivered in this one, or waiting for the next.
    Uncounted,
    New,
}

/// A round of a datanet of vectors on a small grid, or of short texts.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    pub(crate) params: Params,
    pub(crate) first: ContributionNumber,
    pub(crate) contributions: BTreeMap<ContributionNumber, (Standing, Vec<Point>)>,
    pub(crate) slices: Vec<Vec<Point>>,
}

impl Round {
    pub(crate) fn random(random: &mut Random) -> Self {
        let neighbours = 1 + random.below(3) as u8;
        let dimension = 1 + random.below(2) as u16;
        let width = 3 + random.below(10);
        let of_texts = random.below(4) == 0;
        // Vectors of texts are of norm 16 sqrt(d): copies are texts of the same features, or of nearly the same.
        let radius = if of_texts {
            300 * random.below(3)
        } else {
            random.below(3)
        };
        let params = Params {
            dimension,
            classes: 2 + random.below(2) as u16,
            neighbours,
            horizon: neighbours + random.below(3) as u8,
            radius: radius as u32,
        };
        let point = |contribution, position, random: &mut Random| {
            let label = random.below(params.classes.into()) as u8;
            let (raw, features) = if of_texts {
                text(dimension, random)
            } else {
                let numbers: Vec<u8> = (0..dimension)
                    .map(|_| (random.below(width) as i8 - 2) as u8)
                    .collect();
                (numbers.clone(), numbers)
            };
            Point {
                id: RecordId {
                    contribution,
                    position,
                },
                label,
                raw,
                features: features.into_iter().map(|byte| byte as i8).collect(),
            }
        };
        let mut contributions = BTreeMap::new();
        let first = random.below(5) as u32;
        let last = first + 1 + random.below(3) as u32;
        for number in 0..last {
            let standing = match random.below(4) {
                _ if number + 1 == last => Standing::New,
                0 => Standing::Uncounted,
                _ if number >= first => Standing::New,
                _ => Standing::Admitted,
            };
            let records = 1 + random.below(4) as u16;
            let points = (0..records)
                .map(|position| point(number, position, random))
                .collect();
            contributions.insert(number, (standing, points));
        }
        let size = 1 + random.below(2) as u16;
        let slices = (0..1 + random.below(2))
            .map(|_| {
                (0..size)
                    .map(|position| point(0, position, random))
                    .collect()
            })
            .collect();
        Self {
            params,
            first,
            contributions,
            slices,
        }
    }

    fn of(&self, standing: Standing) -> impl Iterator<Item = &Point> {
        self.contributions
            .values()
            .filter(move |(other, _)| *other == standing)
            .flat_map(|(_, points)| points)
    }

    /// All records that count.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Point> {
        self.of(Standing::Admitted).chain(self.of(Standing::New))
    }

    /// Records that do not count.
    pub(crate) fn uncounted(&self) -> impl Iterator<Item = &Point> {
        self.of(Standing::Uncounted)
    }

    pub(crate) fn admitted(&self) -> Vec<Record<'_>> {
        self.of(Standing::Admitted).map(record).collect()
    }

    pub(crate) fn newcomers(&self) -> Vec<Record<'_>> {
        self.of(Standing::New).map(record).collect()
    }

    pub(crate) fn benchmark(&self) -> Vec<Benchmark<'_>> {
        let points = self.slices.iter().flatten();
        points
            .map(|point| Benchmark {
                label: point.label,
                features: &point.features,
            })
            .collect()
    }

    pub(crate) fn data<'a>(
        &self,
        old: &'a [Record<'a>],
        new: &'a [Record<'a>],
        benchmark: &'a [Benchmark<'a>],
    ) -> Data<'a> {
        Data {
            params: self.params,
            old,
            new,
            benchmark,
        }
    }

    /// The right publication.
    pub(crate) fn right(&self) -> (Vec<Shadow>, Vec<Row>) {
        let (old, new, benchmark) = (self.admitted(), self.newcomers(), self.benchmark());
        self.data(&old, &new, &benchmark).publication()
    }

    /// What the chain keeps of a publication.
    pub(crate) fn published(
        &self,
        shadows: &[Shadow],
        rows: &[Row],
    ) -> Publication<impl Fn(ContributionNumber) -> Option<Tree>> {
        let trees: BTreeMap<_, _> = self
            .contributions
            .iter()
            .filter(|(_, (standing, _))| *standing != Standing::Uncounted)
            .map(|(number, (_, points))| (*number, tree(points)))
            .collect();
        Publication {
            params: self.params,
            first: self.first,
            slices: self.slices.iter().map(|points| tree(points)).collect(),
            rows: range(rows.iter().map(hashing::row_leaf)).root(),
            shadows: range(shadows.iter().map(hashing::shadow_leaf)).root(),
            contributions: move |number| trees.get(&number).copied(),
        }
    }
}

impl Contents for Round {
    fn contribution(&self, number: ContributionNumber) -> Option<Vec<Content>> {
        let (standing, points) = self.contributions.get(&number)?;
        (*standing != Standing::Uncounted).then(|| contents(points))
    }

    fn slice(&self, index: u32) -> Option<(Vec<Content>, u32)> {
        let size = self.slices[0].len() as u32;
        let points = self.slices.get((index / size) as usize)?;
        Some((contents(points), index % size))
    }
}

fn record(point: &Point) -> Record<'_> {
    Record {
        id: point.id,
        label: point.label,
        features: &point.features,
    }
}

/// A text that can be encoded, and its vector.
fn text(dimension: u16, random: &mut Random) -> (Vec<u8>, Vec<u8>) {
    loop {
        let length = 1 + random.below(5);
        let text: Vec<u8> = (0..length)
            .map(|_| b"ab "[random.below(3) as usize])
            .collect();
        if let Ok(features) = features(&text, dimension) {
            return (text, features);
        }
    }
}

fn contents(points: &[Point]) -> Vec<Content> {
    let content = |point: &Point| {
        let features: Vec<u8> = point.features.iter().map(|number| *number as u8).collect();
        Content::new(&point.raw, point.label, &features)
    };
    points.iter().map(content).collect()
}

fn tree(points: &[Point]) -> Tree {
    let leaves = contents(points);
    Tree {
        root: range(leaves.iter().map(Content::leaf)).root().hash,
        count: points.len() as u32,
    }
}

fn range(leaves: impl Iterator<Item = H256>) -> Range {
    let mut range = Range::default();
    for leaf in leaves {
        range.append(leaf, 1).expect("few leaves fit");
    }
    range
}
