//! Records, and what an evaluator makes of them.

use super::rounds::CLASSES;
use codec::Encode;
use sp_core::H256;
use std::collections::BTreeMap;
use tributary_primitives::{
    datanets::Encoder,
    hashing,
    ids::{ContributionNumber, RecordId},
    merkle::Range,
    valuation::{
        self, squared_distance, Benchmark, Challenge, Content, Contents, Data, Params, Record,
        RoundValues, Row, Shadow,
    },
};

/// Numbers of a record's vector, after which its label follows.
const DIMENSION: usize = 4;

/// `count` records of each of `classes`, around their corners and further from each other than copies: others for each `seed`.
pub(super) fn records(
    seed: impl Encode,
    classes: impl IntoIterator<Item = u8>,
    count: u16,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for class in classes {
        for number in 0..count {
            let noise = sp_io::hashing::blake2_256(&(&seed, class, number).encode());
            for (dimension, noise) in (0..CLASSES).zip(noise) {
                let centre: i8 = if dimension == class { 60 } else { -20 };
                // Within 15 of the centre: the corners do not touch.
                let offset = (noise % 31) as i8 - 15;
                bytes.push((centre + offset) as u8);
            }
            bytes.push(class);
        }
    }
    bytes
}

/// Records that are as good as copies: one number of each is another by one.
pub(super) fn jittered(mut records: Vec<u8>) -> Vec<u8> {
    for record in records.chunks_exact_mut(DIMENSION + 1) {
        record[0] = record[0].wrapping_add(1);
    }
    records
}

/// Records under other labels.
pub(super) fn relabelled(mut records: Vec<u8>, label: impl Fn(u8) -> u8) -> Vec<u8> {
    for record in records.chunks_exact_mut(DIMENSION + 1) {
        record[DIMENSION] = label(record[DIMENSION]);
    }
    records
}

/// How records become vectors, of how many numbers.
pub(super) type Kind = (Encoder, u16);

/// The records one by one.
fn each((encoder, dimension): Kind, bytes: &[u8]) -> impl Iterator<Item = Content> + '_ {
    encoder.records(dimension, bytes).map(move |record| {
        let record = record.expect("records are whole");
        let features = encoder.features(dimension, record.raw);
        let features = features.expect("records can be encoded");
        Content::new(record.raw, record.label, &features)
    })
}

/// How many records these bytes are.
pub(super) fn count_of(kind: Kind, bytes: &[u8]) -> u16 {
    each(kind, bytes).count() as u16
}

/// Root of leaves of weight 1.
fn root_of(leaves: impl Iterator<Item = H256>) -> H256 {
    let mut range = Range::default();
    for leaf in leaves {
        range.append(leaf, 1).expect("there are few leaves");
    }
    range.root().hash
}

/// Root of records.
pub(super) fn records_root(kind: Kind, bytes: &[u8]) -> H256 {
    root_of(each(kind, bytes).map(|content| content.leaf()))
}

/// All that a challenger looks at.
pub(super) struct World<'a> {
    pub(super) kind: Kind,
    pub(super) params: Params,
    pub(super) first: ContributionNumber,
    pub(super) contributions: BTreeMap<ContributionNumber, &'a [u8]>,
    pub(super) slices: Vec<Vec<u8>>,
}

impl World<'_> {
    /// What is wrong with a publication, and its proof.
    pub(super) fn challenge(
        &self,
        right: &Evaluation,
        published: &Evaluation,
    ) -> Option<Challenge> {
        let contributions = self.contributions.iter();
        let (old, new): (Vec<_>, Vec<_>) = contributions
            .map(|(number, bytes)| (*number, *bytes))
            .partition(|(number, _)| *number < self.first);
        let (old, new) = (vectors(self.kind, &old), vectors(self.kind, &new));
        let benchmark = targets(self.kind, &self.slices);
        let data = Data {
            params: self.params,
            old: &as_records(&old),
            new: &as_records(&new),
            benchmark: &as_benchmark(&benchmark),
        };
        let finding = valuation::find(
            &data,
            (&right.shadows, &right.rows),
            (&published.shadows, &published.rows),
        )?;
        let (shadows, rows) = (&published.shadows, &published.rows);
        let challenge = valuation::prove(&self.params, self.first, self, shadows, rows, &finding);
        Some(challenge.expect("what is found can be proven"))
    }
}

impl Contents for World<'_> {
    fn contribution(&self, number: ContributionNumber) -> Option<Vec<Content>> {
        let bytes = self.contributions.get(&number)?;
        Some(each(self.kind, bytes).collect())
    }

    fn slice(&self, index: u32) -> Option<(Vec<Content>, u32)> {
        let size = u32::from(count_of(self.kind, &self.slices[0]));
        let slice = self.slices.get((index / size) as usize)?;
        Some((each(self.kind, slice).collect(), index % size))
    }
}

/// What an evaluator makes of a round.
#[derive(Clone)]
pub(super) struct Evaluation {
    pub(super) inputs: H256,
    pub(super) shadows: Vec<Shadow>,
    pub(super) rows: Vec<Row>,
    pub(super) values: RoundValues,
    /// Accuracies before and after by their definition, without rows.
    pub(super) accuracies: (u128, u128),
}

impl Evaluation {
    /// Values newcomers beside old contributions, each a number and its records, by the records of revealed slices.
    pub(super) fn of(
        kind: Kind,
        params: &Params,
        old: &[(ContributionNumber, &[u8])],
        new: &[(ContributionNumber, &[u8])],
        slices: &[Vec<u8>],
    ) -> Self {
        let items = new.iter().map(|(_, bytes)| *bytes);
        let inputs = items
            .chain(slices.iter().map(Vec::as_slice))
            .fold(H256::zero(), |inputs, bytes| {
                hashing::extend_inputs(inputs, records_root(kind, bytes))
            });
        let first = new.first().expect("there are newcomers").0;

        let (old, new) = (vectors(kind, old), vectors(kind, new));
        let (old, new) = (as_records(&old), as_records(&new));
        let benchmark = targets(kind, slices);
        let benchmark = as_benchmark(&benchmark);
        let shadows = valuation::shadows(params, &old, &new);
        let rows = valuation::rows(params, &old, &new, &shadows, &benchmark);
        let values = valuation::round_values(params, first, &rows).expect("rows of the kernel");

        let listed = new
            .iter()
            .filter(|record| shadows.iter().all(|pair| pair.shadow != record.id));
        let with: Vec<_> = old.iter().chain(listed).copied().collect();
        let accuracies = (
            accuracy(params, &old, &benchmark),
            accuracy(params, &with, &benchmark),
        );
        Self {
            inputs,
            shadows,
            rows,
            values,
            accuracies,
        }
    }

    /// What the evaluator commits to.
    pub(super) fn payload(&self) -> H256 {
        hashing::payload(
            self.inputs,
            root_of(self.shadows.iter().map(hashing::shadow_leaf)),
            root_of(self.rows.iter().map(hashing::row_leaf)),
        )
    }

    /// How many records of a contribution are copies.
    pub(super) fn shadows_of(&self, number: ContributionNumber) -> usize {
        self.shadows
            .iter()
            .filter(|pair| pair.shadow.contribution == number)
            .count()
    }
}

/// The records of contributions, with their identifiers, features and labels.
fn vectors(
    kind: Kind,
    contributions: &[(ContributionNumber, &[u8])],
) -> Vec<(RecordId, Vec<i8>, u8)> {
    let records = contributions.iter().flat_map(|(contribution, bytes)| {
        (0..).zip(each(kind, bytes)).map(|(position, content)| {
            let id = RecordId {
                contribution: *contribution,
                position,
            };
            (id, vector(&content), content.label)
        })
    });
    records.collect()
}

/// The records of slices.
fn targets(kind: Kind, slices: &[Vec<u8>]) -> Vec<(Vec<i8>, u8)> {
    let records = slices.iter().flat_map(|slice| each(kind, slice));
    records
        .map(|content| (vector(&content), content.label))
        .collect()
}

fn vector(content: &Content) -> Vec<i8> {
    content.features.iter().map(|byte| *byte as i8).collect()
}

fn as_records(vectors: &[(RecordId, Vec<i8>, u8)]) -> Vec<Record<'_>> {
    let records = vectors.iter().map(|(id, features, label)| Record {
        id: *id,
        label: *label,
        features,
    });
    records.collect()
}

fn as_benchmark(records: &[(Vec<i8>, u8)]) -> Vec<Benchmark<'_>> {
    let records = records.iter().map(|(features, label)| Benchmark {
        label: *label,
        features,
    });
    records.collect()
}

/// Soft, class-balanced accuracy by its definition, over L K C T: of each benchmark record's K nearest, a match counts one and what
/// is missing to K counts 1/C.
fn accuracy(params: &Params, records: &[Record], benchmark: &[Benchmark]) -> u128 {
    let of_one = |target: &Benchmark| {
        let mut near: Vec<_> = records
            .iter()
            .map(|record| (squared_distance(record.features, target.features), record))
            .filter(|(distance, _)| *distance > params.radius.into())
            .collect();
        near.sort_by_key(|(distance, record)| (*distance, record.id));
        near.truncate(params.neighbours.into());
        let matches = near
            .iter()
            .filter(|(_, record)| record.label == target.label)
            .count();
        let missing = usize::from(params.neighbours) - near.len();
        (matches * usize::from(params.classes) + missing) as u128
    };
    benchmark.iter().map(of_one).sum::<u128>() * valuation::SCALE
}
