//! The advisory quality of a final round's records, as its evaluator has published it. Nothing is paid by it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{json, Value};
use subxt::utils::AccountId32;

use crate::{
    chain::{Chain, Snapshot},
    concluded::Concluded,
    output::Grid,
    publication::{self, Scores},
};

/// The published scores of a round's records: 255 is the best, 0 a copy. [`tributary_kernel::screening::quality`] defines them.
#[derive(Debug)]
pub(crate) struct Quality {
    /// Who published them: whose valuation became final.
    pub(crate) evaluator: AccountId32,
    /// The block of the last ones.
    pub(crate) block: u64,
    /// Those of each contribution that the round valued, in the order of its records.
    by_contribution: BTreeMap<u32, Vec<u8>>,
}

/// What the scores of a contribution come to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Summary {
    /// Their mean.
    mean: f64,
    /// A tenth of the records, at least, has no more than this.
    tenth: u8,
}

impl Summary {
    /// Of at least one score.
    fn of(scores: &[u8]) -> Option<Self> {
        let mut sorted = scores.to_vec();
        sorted.sort_unstable();
        let tenth = *sorted.get(sorted.len().div_ceil(10).checked_sub(1)?)?;
        let sum: u64 = sorted.iter().copied().map(u64::from).sum();
        Some(Self {
            mean: sum as f64 / sorted.len() as f64,
            tenth,
        })
    }

    /// The mean, for people.
    fn mean_text(&self) -> String {
        format!("{:.1}", self.mean)
    }
}

/// What a round's evaluator has published in the blocks since the round became final up to `last`, complete or not.
pub(crate) async fn published(chain: &Chain, concluded: &Concluded, last: u64) -> Result<Scores> {
    let evaluator = &concluded.outcome.evaluator;
    let (datanet, number) = (concluded.datanet, concluded.number);
    let blocks = concluded.state.number()..=last;
    let records = concluded.records();
    publication::fetch_scores(chain, blocks, datanet, number, evaluator, records).await
}

impl Quality {
    /// The published quality of a round's records, of which all lie in blocks up to `last`; none unless it is complete there.
    pub(crate) async fn fetch_until(
        chain: &Chain,
        concluded: &Concluded,
        last: u64,
    ) -> Result<Option<Self>> {
        let scores = published(chain, concluded, last).await?;
        Ok(scores.complete.then(|| Self::of(concluded, &scores)))
    }

    /// The published quality of a round's records; none unless it is complete.
    pub(crate) async fn fetch(
        chain: &Chain,
        now: &Snapshot,
        concluded: &Concluded,
    ) -> Result<Option<Self>> {
        Self::fetch_until(chain, concluded, now.number()).await
    }

    fn of(concluded: &Concluded, scores: &Scores) -> Self {
        // Complete: there is one for each record.
        let mut rest = &scores.bytes[..];
        let valued = concluded.values.iter().map(|valued| {
            let (own, others) = rest.split_at(valued.records.into());
            rest = others;
            (valued.contribution, own.to_vec())
        });
        Self {
            by_contribution: valued.collect(),
            evaluator: concluded.outcome.evaluator,
            block: scores.block,
        }
    }

    /// The scores of a contribution's records, in their order; none if the round did not value it.
    pub(crate) fn scores(&self, contribution: u32) -> &[u8] {
        self.by_contribution
            .get(&contribution)
            .map_or(&[], Vec::as_slice)
    }

    /// Whether these are the scores that all records of the round have, one after the other.
    pub(crate) fn is(&self, right: &[u8]) -> bool {
        self.by_contribution.values().flatten().eq(right)
    }

    /// What the scores of each contribution come to.
    fn summaries(&self) -> impl Iterator<Item = (u32, usize, Summary)> + '_ {
        let summary = |(number, scores): (&u32, &Vec<u8>)| {
            Some((*number, scores.len(), Summary::of(scores)?))
        };
        self.by_contribution.iter().filter_map(summary)
    }

    /// For people.
    pub(crate) fn table(&self) -> Grid {
        let mut table = Grid::new([
            ">contribution",
            ">records",
            ">mean quality",
            ">quality of the lowest tenth",
        ]);
        for (number, records, summary) in self.summaries() {
            let tenth = format!("up to {}", summary.tenth);
            table.row([&number, &records, &summary.mean_text(), &tenth]);
        }
        table
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let each = self.summaries().map(|(number, records, summary)| {
            json!({
                "contribution": number,
                "records": records,
                "mean": summary.mean,
                "tenth_percentile": summary.tenth,
            })
        });
        json!({
            "evaluator": self.evaluator,
            "block": self.block,
            "contributions": each.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_mean_and_tenth_percentile() {
        assert_eq!(Summary::of(&[]), None);
        let one = Summary::of(&[7]).unwrap();
        assert_eq!((one.mean, one.tenth), (7.0, 7));
        let scores: Vec<u8> = (1..=20).rev().collect();
        let many = Summary::of(&scores).unwrap();
        assert_eq!((many.mean, many.tenth), (10.5, 2));
        assert_eq!(many.mean_text(), "10.5");
        // Eleven of them: a tenth is more than one.
        assert_eq!(Summary::of(&scores[..11]).unwrap().tenth, 11);
    }

    #[test]
    fn quality_is_compared_in_the_order_of_contributions_and_records() {
        let quality = Quality {
            evaluator: AccountId32([1; 32]),
            block: 9,
            by_contribution: BTreeMap::from([(4, vec![1, 2]), (7, vec![3])]),
        };
        assert!(quality.is(&[1, 2, 3]));
        for wrong in [&[1, 2][..], &[1, 2, 4], &[3, 1, 2], &[1, 2, 3, 0]] {
            assert!(!quality.is(wrong));
        }
        assert_eq!(quality.scores(7), [3]);
        assert_eq!(quality.scores(5), [] as [u8; 0]);
    }
}
