//! What a round's records are worth, from the records themselves: by the kernel that the runtime uses, too.

use std::{collections::BTreeMap, num::NonZero, thread};

use anyhow::{anyhow, Context as _, Result};
use subxt::utils::{AccountId32, H256};
use tributary_primitives::{
    datanets::Recipe,
    hashing,
    ids::RecordId,
    merkle::{Node, Range},
    valuation::{
        self, Benchmark, Challenge, Content, Contents, Data, Finding, Params, Record, RoundValues,
        Row, Shadow,
    },
};

use crate::records::Records;

/// A round's data, as far as its valuation looks at them.
pub(crate) struct Inputs {
    /// The round's first contribution: lower ones are of earlier rounds.
    pub(crate) first: u32,
    /// Records of the contributions admitted in earlier rounds and of those delivered in this one, by number.
    pub(crate) contributions: BTreeMap<u32, Records>,
    /// Records of the revealed slices, in the order of the seats.
    pub(crate) slices: Vec<Records>,
}

/// What an evaluator publishes of a round, and what follows.
pub(crate) struct Valuation {
    /// Rolling hash of what was valued.
    pub(crate) inputs: H256,
    /// The newcomers that are copies, ascending.
    pub(crate) shadows: Vec<Shadow>,
    /// What counts of the data for each record of the benchmark.
    pub(crate) rows: Vec<Row>,
    /// Values and accuracies.
    pub(crate) values: RoundValues,
}

impl Inputs {
    /// Rolling hash of the delivered roots, ascending by number, and then the slices' in the order of the seats.
    fn hash(&self) -> H256 {
        let delivered = self
            .contributions
            .range(self.first..)
            .map(|(_, records)| records);
        delivered
            .chain(&self.slices)
            .fold(H256::zero(), |hash, records| {
                hashing::extend_inputs(hash, records.root_hash())
            })
    }

    /// Values a round.
    pub(crate) fn value(&self, recipe: &Recipe) -> Result<Valuation> {
        let params = Params::from(recipe);
        let vectors = self.vectors();
        let (old, new) = vectors.records(self.first);
        let benchmark = vectors.benchmark();

        let shadows = valuation::shadows(&params, &old, &new);
        let rows = rows(&params, &old, &new, &shadows, &benchmark);
        let values =
            valuation::round_values(&params, self.first, &rows).map_err(|(row, error)| {
                anyhow!("the valuation made a row {row} that is none: {error:?}")
            })?;
        Ok(Valuation {
            inputs: self.hash(),
            shadows,
            rows,
            values,
        })
    }

    /// What is wrong with shadows and rows that somebody published, and its proof; nothing if they are right. `right` is what these
    /// inputs are worth.
    pub(crate) fn challenge(
        &self,
        recipe: &Recipe,
        right: &Valuation,
        shadows: &[Shadow],
        rows: &[Row],
    ) -> Result<Option<(Finding, Challenge)>> {
        let params = Params::from(recipe);
        let vectors = self.vectors();
        let (old, new) = vectors.records(self.first);
        let data = Data {
            params,
            old: &old,
            new: &new,
            benchmark: &vectors.benchmark(),
        };
        let right = (&right.shadows[..], &right.rows[..]);
        let Some(finding) = valuation::find(&data, right, (shadows, rows)) else {
            return Ok(None);
        };
        let challenge = valuation::prove(&params, self.first, self, shadows, rows, &finding)
            .with_context(|| format!("cannot prove what is wrong: {finding:?}"))?;
        Ok(Some((finding, challenge)))
    }

    fn vectors(&self) -> AllVectors {
        let contributions = self.contributions.iter();
        AllVectors {
            contributions: contributions
                .map(|(number, records)| (*number, Vectors::of(records)))
                .collect(),
            slices: self.slices.iter().map(Vectors::of).collect(),
        }
    }
}

/// All records of a round as vectors.
struct AllVectors {
    contributions: BTreeMap<u32, Vectors>,
    slices: Vec<Vectors>,
}

impl AllVectors {
    /// The records of contributions below `first`, and the others.
    fn records(&self, first: u32) -> (Vec<Record<'_>>, Vec<Record<'_>>) {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for (number, vectors) in &self.contributions {
            let list = if *number < first { &mut old } else { &mut new };
            list.extend(vectors.records(*number));
        }
        (old, new)
    }

    fn benchmark(&self) -> Vec<Benchmark<'_>> {
        self.slices.iter().flat_map(Vectors::benchmark).collect()
    }
}

impl Contents for Inputs {
    fn contribution(&self, number: u32) -> Option<Vec<Content>> {
        self.contributions.get(&number).map(contents)
    }

    fn slice(&self, mut index: u32) -> Option<(Vec<Content>, u32)> {
        for slice in &self.slices {
            match index.checked_sub(u32::try_from(slice.len()).ok()?) {
                None => return Some((contents(slice), index)),
                Some(rest) => index = rest,
            }
        }
        None
    }
}

/// Records as leaves of a tree.
fn contents(records: &Records) -> Vec<Content> {
    let content = |(features, label): (&[u8], u8)| Content::of_vector(features.to_vec(), label);
    records.iter().map(content).collect()
}

impl Valuation {
    /// Root of the shadows.
    pub(crate) fn shadows_root(&self) -> Node {
        root(self.shadows.iter().map(hashing::shadow_leaf))
    }

    /// Root of the rows.
    pub(crate) fn rows_root(&self) -> Node {
        root(self.rows.iter().map(hashing::row_leaf))
    }

    /// What an evaluator commits to.
    pub(crate) fn commitment(&self, proposer: &AccountId32, datanet: u32, round: u32) -> H256 {
        let payload =
            hashing::payload(self.inputs, self.shadows_root().hash, self.rows_root().hash);
        hashing::proposal_commitment(proposer, datanet, round, payload)
    }

    /// The value of a contribution; 0 if no row lists a record of it.
    pub(crate) fn value_of(&self, contribution: u32) -> i128 {
        self.values
            .by_contribution
            .get(&contribution)
            .copied()
            .unwrap_or_default()
    }

    /// How many records of a contribution are copies.
    pub(crate) fn shadows_of(&self, contribution: u32) -> usize {
        self.shadows
            .iter()
            .filter(|pair| pair.shadow.contribution == contribution)
            .count()
    }
}

/// Root of leaves of weight 1.
pub(crate) fn root(leaves: impl Iterator<Item = H256>) -> Node {
    let mut range = Range::default();
    for leaf in leaves {
        range
            .append(leaf, 1)
            .expect("memory holds fewer than 2^32 leaves; qed");
    }
    range.root()
}

/// The rows of a benchmark, which is divided among the processors.
fn rows(
    params: &Params,
    old: &[Record],
    new: &[Record],
    shadows: &[Shadow],
    benchmark: &[Benchmark],
) -> Vec<Row> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let part = benchmark.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = benchmark
            .chunks(part)
            .map(|part| scope.spawn(move || valuation::rows(params, old, new, shadows, part)))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("the kernel does not panic; qed"))
            .collect()
    })
}

/// Records as vectors of numbers.
struct Vectors {
    dimension: usize,
    features: Vec<i8>,
    labels: Vec<u8>,
}

impl Vectors {
    fn of(records: &Records) -> Self {
        let mut vectors = Self {
            dimension: records.dimension().into(),
            features: Vec::new(),
            labels: Vec::new(),
        };
        for (features, label) in records.iter() {
            vectors
                .features
                .extend(features.iter().map(|feature| *feature as i8));
            vectors.labels.push(label);
        }
        vectors
    }

    fn records(&self, contribution: u32) -> impl Iterator<Item = Record<'_>> {
        let vectors = self.features.chunks_exact(self.dimension);
        (0..)
            .zip(vectors.zip(&self.labels))
            .map(move |(position, (features, label))| Record {
                id: RecordId {
                    contribution,
                    position,
                },
                label: *label,
                features,
            })
    }

    fn benchmark(&self) -> impl Iterator<Item = Benchmark<'_>> {
        let vectors = self.features.chunks_exact(self.dimension);
        vectors
            .zip(&self.labels)
            .map(|(features, label)| Benchmark {
                label: *label,
                features,
            })
    }
}

/// A value in points of accuracy: hundredths of an accuracy of one. For people; programs have the exact value.
pub(crate) fn points(value: i128, unit: u128) -> String {
    format!("{:+.4}", 100.0 * value as f64 / unit as f64)
}

/// An accuracy as a fraction of one. For people.
pub(crate) fn accuracy(sum: u128, unit: u128) -> String {
    format!("{:.4}", sum as f64 / unit as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tributary_primitives::{
        datanets::{Encoder, Periods, KERNEL},
        Perbill,
    };

    fn recipe() -> Recipe {
        Recipe {
            encoder: Encoder::Vector,
            dimension: 1,
            classes: 2,
            neighbours: 1,
            horizon: 4,
            radius: 0,
            benchmark: 2,
            min_records: 1,
            max_records: 8,
            deposit_per_byte: 0,
            fee_per_record: 0,
            provider_bond: 0,
            evaluator_bond: 0,
            providers_share: Perbill::zero(),
            evaluator_share: Perbill::zero(),
            steward_share: Perbill::zero(),
            periods: Periods {
                committing: 1,
                delivering: 1,
                revealing: 1,
                publishing: 1,
                challenging: 1,
                window: 5,
            },
            kernel: KERNEL,
        }
    }

    fn records(pairs: &[(i8, u8)]) -> Records {
        Records::from_bytes(
            1,
            pairs
                .iter()
                .flat_map(|(x, label)| [*x as u8, *label])
                .collect(),
        )
        .unwrap()
    }

    #[test]
    fn an_empty_datanet_goes_from_chance_to_certainty_and_values_sum_to_the_gain() {
        let inputs = Inputs {
            first: 0,
            contributions: BTreeMap::from([
                (0, records(&[(-50, 0), (50, 1)])),
                (1, records(&[(-50, 0)])),
            ]),
            slices: vec![records(&[(-40, 0), (40, 1)])],
        };
        let recipe = recipe();
        let valuation = inputs.value(&recipe).unwrap();
        let unit = recipe.unit();
        assert_eq!(valuation.values.before, unit / 2);
        assert_eq!(valuation.values.after, unit);
        assert_eq!(valuation.shadows_of(1), 1);
        assert_eq!(valuation.value_of(1), 0, "a copy is worth nothing");
        assert_eq!(valuation.value_of(0), (unit / 2) as i128);
        assert_eq!(points(valuation.value_of(0), unit), "+50.0000");
    }

    #[test]
    fn records_of_earlier_rounds_are_old() {
        let inputs = Inputs {
            first: 1,
            contributions: BTreeMap::from([
                (0, records(&[(-50, 0), (50, 1)])),
                (1, records(&[(-45, 0)])),
            ]),
            slices: vec![records(&[(-40, 0), (40, 1)])],
        };
        let valuation = inputs.value(&recipe()).unwrap();
        assert_eq!(valuation.values.before, recipe().unit());
        assert_eq!(valuation.value_of(1), 0);
    }

    #[test]
    fn inputs_hash_what_was_delivered_in_this_round_and_then_the_slices() {
        let (old, new, slice) = (
            records(&[(1, 0)]),
            records(&[(2, 1)]),
            records(&[(3, 0), (4, 1)]),
        );
        let inputs = Inputs {
            first: 1,
            contributions: BTreeMap::from([(0, old), (1, new.clone())]),
            slices: vec![slice.clone()],
        };
        let expected = hashing::extend_inputs(
            hashing::extend_inputs(H256::zero(), new.root_hash()),
            slice.root_hash(),
        );
        assert_eq!(inputs.hash(), expected);
    }
}
