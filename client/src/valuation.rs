//! What a round's records are worth, from the records themselves: shadows and rows by the kernel, values by what the runtime uses, too.

use std::collections::BTreeMap;

use anyhow::{anyhow, Context as _, Result};
use subxt::utils::{AccountId32, H256};
use tributary_kernel::{Id, Index, Machine};
use tributary_primitives::{
    datanets::Recipe,
    hashing,
    ids::RecordId,
    merkle::{Node, Range},
    valuation::{
        self, Benchmark, Challenge, Content, Contents, Data, Finding, Params, Record, RoundValues,
        Row, RowEntry, Shadow,
    },
};

use crate::{
    finding,
    records::{Item, Records},
};

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
        let (shadows, rows) = self.vectors().publication(Machine::detect(), &params)?;
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

    /// The advisory quality of the newcomers' records, ascending by contribution and position. `right` is what these inputs are worth.
    pub(crate) fn quality(&self, recipe: &Recipe, right: &Valuation) -> Result<Vec<u8>> {
        let dimension = recipe.dimension.into();
        let vectors = self.vectors();
        let shadows: Vec<_> = right.shadows.iter().map(kernel_shadow).collect();
        Ok(tributary_kernel::screening::quality(
            Machine::detect(),
            &vectors.old.packable(dimension)?,
            &vectors.new.packable(dimension)?,
            &shadows,
        )?)
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
        let data = Data {
            params,
            old: &vectors.old.records(),
            new: &vectors.new.records(),
            benchmark: &vectors.benchmark.targets(),
        };
        let right = (&right.shadows[..], &right.rows[..]);
        let Some(finding) = valuation::find(&data, right, (shadows, rows)) else {
            return Ok(None);
        };
        let challenge = valuation::prove(&params, self.first, self, shadows, rows, &finding)
            .with_context(|| {
                let wrong = finding::words(&finding, shadows, rows);
                format!("cannot prove what is wrong: {wrong}")
            })?;
        Ok(Some((finding, challenge)))
    }

    fn vectors(&self) -> RoundVectors {
        let mut vectors = RoundVectors::default();
        for (number, records) in &self.contributions {
            let list = if *number < self.first {
                &mut vectors.old
            } else {
                &mut vectors.new
            };
            list.add(*number, records);
        }
        for records in &self.slices {
            vectors.benchmark.add(0, records);
        }
        vectors
    }
}

/// What contributions are worth together, in accuracy: the Shapley values of their records in the game that all of them play at once, with nobody
/// there before, no chance and no copies. That is Theorem 1 of Jia et al. (2019), with the recipe's K; no money depends on it.
pub(crate) fn joint_values(
    recipe: &Recipe,
    contributions: &BTreeMap<u32, Records>,
    slices: &[Records],
) -> Result<BTreeMap<u32, f64>> {
    let (mut data, mut benchmark) = (Vectors::default(), Vectors::default());
    for (number, records) in contributions {
        data.add(*number, records);
    }
    for records in slices {
        benchmark.add(0, records);
    }
    let dimension = recipe.dimension.into();
    let values = tributary_kernel::knn_shapley(
        Machine::detect(),
        recipe.neighbours.into(),
        &data.labelled(dimension)?,
        &benchmark.labelled(dimension)?,
    )?;
    let mut sums: BTreeMap<u32, f64> = contributions.keys().map(|number| (*number, 0.0)).collect();
    for (id, value) in data.ids.iter().zip(values) {
        *sums.entry(id.contribution).or_default() += value;
    }
    Ok(sums)
}

/// All records of a round as vectors.
#[derive(Default)]
struct RoundVectors {
    old: Vectors,
    new: Vectors,
    benchmark: Vectors,
}

impl RoundVectors {
    /// The shadows and rows of the round, which the functions of the same names in [`valuation`] define.
    fn publication(&self, machine: Machine, params: &Params) -> Result<(Vec<Shadow>, Vec<Row>)> {
        let dimension = params.dimension.into();
        let mut index = Index::new(dimension)?;
        index.extend(machine, &self.old.packable(dimension)?)?;
        let new = self.new.packable(dimension)?;
        let shadows = tributary_kernel::shadows(machine, &index, &new, params.radius)?;
        let limits = tributary_kernel::Params::new(
            params.neighbours.into(),
            params.horizon.into(),
            params.radius,
        )?;
        let benchmark = self.benchmark.labelled(dimension)?;
        let rows = tributary_kernel::rows(machine, &limits, &index, &new, &shadows, &benchmark)?;
        let shadows = shadows.into_iter().map(|pair| Shadow {
            shadow: record_id(pair.shadow),
            witness: record_id(pair.witness),
        });
        Ok((shadows.collect(), rows.into_iter().map(row).collect()))
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
    let content = |item: Item<'_>| Content::new(item.raw, item.label, item.features);
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

/// Vectors of numbers one after the other, with their labels and identifiers.
#[derive(Default)]
struct Vectors {
    features: Vec<i8>,
    labels: Vec<u8>,
    ids: Vec<Id>,
}

impl Vectors {
    fn add(&mut self, contribution: u32, records: &Records) {
        for (position, item) in (0..).zip(records.iter()) {
            self.features
                .extend(item.features.iter().map(|feature| *feature as i8));
            self.labels.push(item.label);
            self.ids.push(Id {
                contribution,
                position,
            });
        }
    }

    /// As the kernel takes them.
    fn packable(
        &self,
        dimension: usize,
    ) -> Result<tributary_kernel::Records<'_>, tributary_kernel::Error> {
        tributary_kernel::Records::new(dimension, &self.features, &self.labels, &self.ids)
    }

    /// As the kernel takes them where it asks for no identifiers.
    fn labelled(
        &self,
        dimension: usize,
    ) -> Result<tributary_kernel::Benchmark<'_>, tributary_kernel::Error> {
        tributary_kernel::Benchmark::new(dimension, &self.features, &self.labels)
    }

    /// As the reference takes them.
    fn records(&self) -> Vec<Record<'_>> {
        let labelled = self.each().zip(&self.ids);
        labelled
            .map(|((features, label), id)| Record {
                id: record_id(*id),
                label,
                features,
            })
            .collect()
    }

    /// As the reference takes the records of a benchmark.
    fn targets(&self) -> Vec<Benchmark<'_>> {
        self.each()
            .map(|(features, label)| Benchmark { label, features })
            .collect()
    }

    fn each(&self) -> impl Iterator<Item = (&[i8], u8)> {
        // A vector has at least one number; without labels there are no vectors.
        let dimension = (self.features.len() / self.labels.len().max(1)).max(1);
        let vectors = self.features.chunks_exact(dimension);
        vectors.zip(self.labels.iter().copied())
    }
}

fn row(row: tributary_kernel::Row) -> Row {
    let entries = row.entries.into_iter().map(|entry| RowEntry {
        record: record_id(entry.id),
        matches: entry.matches,
    });
    let entries: Vec<RowEntry> = entries.collect();
    Row {
        entries: entries
            .try_into()
            .expect("a row has at most 32 old records and 32 newcomers; qed"),
    }
}

fn kernel_shadow(pair: &Shadow) -> tributary_kernel::Shadow {
    let id = |record: RecordId| Id {
        contribution: record.contribution,
        position: record.position,
    };
    tributary_kernel::Shadow {
        shadow: id(pair.shadow),
        witness: id(pair.witness),
    }
}

fn record_id(id: Id) -> RecordId {
    RecordId {
        contribution: id.contribution,
        position: id.position,
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
pub(crate) mod tests {
    use std::num::NonZero;

    use super::*;
    use proptest::prelude::*;
    use tributary_kernel::Backend;
    use tributary_primitives::{
        datanets::{Encoder, Evidence, Periods, KERNEL},
        Perbill,
    };

    /// A recipe for vectors of one number and two classes.
    pub(crate) fn recipe() -> Recipe {
        Recipe {
            evidence: Evidence::Open,
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
            vesting: 0,
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

    /// Vectors of one number with their labels.
    pub(crate) fn records(pairs: &[(i8, u8)]) -> Records {
        let bytes: Vec<u8> = pairs
            .iter()
            .flat_map(|(x, label)| [*x as u8, *label])
            .collect();
        Records::from_bytes(Encoder::Vector, 1, &bytes).unwrap()
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
    fn joint_values_share_what_all_records_reach_together() {
        // K = 1: at each of the two targets the right ones share it, as the wrong ones lie behind them.
        let contributions = BTreeMap::from([
            (0, records(&[(-50, 0), (50, 1)])),
            (1, records(&[(-50, 0)])),
            (3, records(&[(-45, 1)])),
        ]);
        let slices = [records(&[(-50, 0)]), records(&[(50, 1)])];
        let joint = joint_values(&recipe(), &contributions, &slices).unwrap();
        let joint: Vec<_> = joint.into_iter().collect();
        assert_eq!(joint, [(0, 0.5), (1, 0.25), (3, 0.25)]);
    }

    #[test]
    fn quality_has_a_byte_for_each_newcomer_and_0_for_a_copy() {
        let old: Vec<_> = (50..62).flat_map(|x| [(-x, 0), (x, 1)]).collect();
        let inputs = Inputs {
            first: 1,
            contributions: BTreeMap::from([
                (0, records(&old)),
                (1, records(&[(-49, 0), (-48, 1)])),
                (3, records(&[(-49, 0), (49, 1)])),
            ]),
            slices: vec![records(&[(-40, 0), (40, 1)])],
        };
        let valuation = inputs.value(&recipe()).unwrap();
        let quality = inputs.quality(&recipe(), &valuation).unwrap();
        assert_eq!(quality.len(), 4);
        assert_eq!(quality[1], 1, "the wrong label is the worst of all");
        assert_eq!(quality[2], 0, "a copy");
        assert!(quality[0] > 1 && quality[3] > 1);
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

    /// A vector and its label.
    type Labelled = (Vec<i8>, u8);

    /// Contributions of records, of which those from 2 on are new.
    fn contributions(dimension: usize) -> impl Strategy<Value = Vec<Vec<Labelled>>> {
        let number = prop_oneof![3 => 0..3i8, 1 => any::<i8>()];
        let record = (prop::collection::vec(number, dimension), 0..3u8);
        prop::collection::vec(prop::collection::vec(record, 0..40), 0..6)
    }

    fn vectors(contributions: &[(u32, &[Labelled])]) -> Vectors {
        let mut vectors = Vectors::default();
        for (contribution, records) in contributions {
            for (position, (features, label)) in (0..).zip(*records) {
                vectors.features.extend(features);
                vectors.labels.push(*label);
                vectors.ids.push(Id {
                    contribution: *contribution,
                    position,
                });
            }
        }
        vectors
    }

    proptest! {
        #[test]
        fn the_kernel_publishes_what_the_reference_does(
            (dimension, contributions) in (1..20usize)
                .prop_flat_map(|dimension| (Just(dimension), contributions(dimension))),
            (horizon, neighbours) in (1..=32u8).prop_flat_map(|horizon| (Just(horizon), 1..=horizon)),
            radius in prop_oneof![Just(0), 0..20u32, any::<u32>()],
        ) {
            let params = Params {
                dimension: dimension as u16,
                classes: 3,
                neighbours,
                horizon,
                radius,
            };
            let numbered: Vec<_> = (0..).zip(contributions.iter().map(Vec::as_slice)).collect();
            let (old, new) = numbered.split_at(numbered.len().min(2));
            let round = RoundVectors {
                old: vectors(old),
                new: vectors(new),
                // The last contribution once more: targets that lie on records.
                benchmark: vectors(&numbered[numbered.len().saturating_sub(1)..]),
            };
            let (old, new) = (round.old.records(), round.new.records());
            let shadows = valuation::shadows(&params, &old, &new);
            let rows = valuation::rows(&params, &old, &new, &shadows, &round.benchmark.targets());
            for backend in Backend::available() {
                for threads in [1, 2] {
                    let machine = Machine::new(backend, NonZero::new(threads).unwrap()).unwrap();
                    let published = round.publication(machine, &params).unwrap();
                    prop_assert_eq!(&published.0, &shadows);
                    prop_assert_eq!(&published.1, &rows);
                }
            }
        }
    }
}
