//! How far the slices of a benchmark agree: what each of them has measured by itself, from the rows that the evaluator published.

use std::collections::BTreeSet;

use anyhow::{anyhow, ensure, Result};
use serde_json::{json, Value};
use tributary_primitives::{
    datanets::{Phase, Recipe},
    valuation::{seat_values, Params, RoundValues, Row},
};

use crate::{
    chain::{
        state::{Contribution, Round, ValuationOutcome},
        Chain, Snapshot,
    },
    commands::challenge::is_complete,
    output::Grid,
    publication, round,
    valuation::{accuracy, points},
    valued::proposals,
};

/// How alike two slices rank contributions: of all pairs of contributions, those that both put in the same order, and in opposite ones.
/// Pairs of which a slice makes no difference are neither.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ranks {
    concordant: u64,
    discordant: u64,
    pairs: u64,
}

impl Ranks {
    /// Compares values of the same contributions.
    pub(crate) fn of(one: &[i128], other: &[i128]) -> Self {
        let mut ranks = Self {
            concordant: 0,
            discordant: 0,
            pairs: 0,
        };
        for (index, (a, b)) in one.iter().zip(other).enumerate() {
            for (c, d) in one.iter().zip(other).skip(index + 1) {
                ranks.pairs += 1;
                let (first, second) = (a.cmp(c), b.cmp(d));
                if first.is_eq() || second.is_eq() {
                    continue;
                }
                if first == second {
                    ranks.concordant += 1;
                } else {
                    ranks.discordant += 1;
                }
            }
        }
        ranks
    }

    /// Kendall's tau (tau-a), by its numerator: over the number of pairs, from -1 for opposite orders to 1 for equal ones.
    fn difference(&self) -> i128 {
        i128::from(self.concordant) - i128::from(self.discordant)
    }

    /// For people; nothing where there are no pairs.
    fn tau(&self) -> String {
        if self.pairs == 0 {
            return String::new();
        }
        let tau = self.difference() as f64 / self.pairs as f64;
        format!("{tau:+.3} ({}/{})", self.difference(), self.pairs)
    }
}

/// What each slice of a round has measured.
pub(crate) struct Agreement {
    seats: Vec<RoundValues>,
    /// The contributions that are valued, ascending.
    newcomers: Vec<u32>,
}

impl Agreement {
    /// Values the rows of a round seat by seat. `first` is its first newcomer.
    fn of(
        recipe: &Recipe,
        first: u32,
        seats: u8,
        rows: &[Row],
        newcomers: Vec<u32>,
    ) -> Result<Self> {
        let seats = seat_values(&Params::from(recipe), first, rows, seats)
            .map_err(|(row, error)| anyhow!("published row {row} is none: {error:?}"))?;
        // State forgets what was reclaimed.
        let listed = seats
            .iter()
            .flat_map(|seat| seat.by_contribution.keys().copied());
        let newcomers: BTreeSet<u32> = newcomers.into_iter().chain(listed).collect();
        Ok(Self {
            seats,
            newcomers: newcomers.into_iter().collect(),
        })
    }

    /// Fetches what stands of a round, or is final, and values it seat by seat. Nothing before anything is published.
    pub(crate) async fn fetch(
        chain: &Chain,
        now: &Snapshot,
        datanet: u32,
        number: u32,
        found: &Round,
        contributions: &[(u32, Contribution)],
    ) -> Result<Option<Self>> {
        let outcome: Option<ValuationOutcome> =
            now.get("Valuation", "Outcomes", (datanet, number)).await?;
        let proposer = match found.phase.0 {
            Phase::Final => outcome.as_ref().map(|outcome| outcome.evaluator),
            Phase::Published => proposals(now, datanet, number)
                .await?
                .iter()
                .find(|proposal| is_complete(proposal))
                .map(|proposal| proposal.proposer),
            _ => None,
        };
        let Some(proposer) = proposer else {
            return Ok(None);
        };
        let recipe = round::recipe(now, datanet).await?;
        let newcomers: Vec<&(u32, Contribution)> = contributions
            .iter()
            .filter(|(_, contribution)| contribution.round == number)
            .collect();
        // A round that values what a void one left values nothing of its own.
        let first = match newcomers.first() {
            Some((_, newcomer)) if found.carried > 0 => {
                round::round(now, datanet, newcomer.committed_to)
                    .await?
                    .first
            }
            _ => found.first,
        };
        let numbers = newcomers.iter().map(|(number, _)| *number).collect();
        let from = u64::from(found.revealed_at);
        let published = publication::fetch_one(chain, now, datanet, number, from, proposer).await?;
        let seats = u8::try_from(found.seats.len())?;
        let agreement = Self::of(&recipe, first, seats, &published.rows, numbers)?;
        if let Some(outcome) = outcome {
            let published = outcome.publication.seats.iter();
            let published: Vec<_> = published.map(|seat| (seat.before, seat.after)).collect();
            let valued = agreement.seats.iter();
            let valued: Vec<_> = valued.map(|seat| (seat.before, seat.after)).collect();
            ensure!(
                published == valued,
                "the published rows do not come to what the chain says of the slices of round {number} of datanet {datanet}"
            );
        }
        Ok(Some(agreement))
    }

    /// The values of all newcomers by one slice.
    fn values(&self, seat: &RoundValues) -> Vec<i128> {
        let value = |number| {
            seat.by_contribution
                .get(number)
                .copied()
                .unwrap_or_default()
        };
        self.newcomers.iter().map(value).collect()
    }

    /// How alike each two slices rank what they value.
    fn ranks(&self) -> Vec<(usize, usize, Ranks)> {
        let values: Vec<_> = self.seats.iter().map(|seat| self.values(seat)).collect();
        let mut ranks = Vec::new();
        for (one, of_one) in values.iter().enumerate() {
            for (other, of_other) in values.iter().enumerate().skip(one + 1) {
                ranks.push((one, other, Ranks::of(of_one, of_other)));
            }
        }
        ranks
    }

    /// A line for each slice: its accuracies over its own records, and what of the round's gain is its.
    pub(crate) fn table(&self, round: &Round, unit: u128) -> Grid {
        let mut table = Grid::new([
            ">seat",
            "provider",
            ">slice",
            ">accuracy before",
            ">after",
            ">points of the gain",
        ]);
        let seats = self.seats.len() as u128;
        for (index, (seat, picked)) in self.seats.iter().zip(&round.seats).enumerate() {
            table.row([
                &index,
                &picked.provider,
                &picked.slice,
                &accuracy(seat.before * seats, unit),
                &accuracy(seat.after * seats, unit),
                &points(gain(seat), unit),
            ]);
        }
        table
    }

    /// A line for each two slices.
    pub(crate) fn ranks_table(&self) -> Grid {
        let mut table = Grid::new([
            "slices of seats",
            ">same order",
            ">opposite",
            ">Kendall's tau of values",
        ]);
        for (one, other, ranks) in self.ranks() {
            table.row([
                &format!("{one} and {other}"),
                &ranks.concordant,
                &ranks.discordant,
                &ranks.tau(),
            ]);
        }
        table
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let seats = self.seats.iter().map(|seat| {
            json!({
                "before": seat.before.to_string(),
                "after": seat.after.to_string(),
                "gain": gain(seat).to_string(),
            })
        });
        let ranks = self.ranks().into_iter().map(|(one, other, ranks)| {
            json!({
                "seats": [one, other],
                "concordant": ranks.concordant,
                "discordant": ranks.discordant,
                "pairs": ranks.pairs,
            })
        });
        json!({ "seats": seats.collect::<Vec<_>>(), "ranks": ranks.collect::<Vec<_>>() })
    }
}

/// What of a round's gain is a slice's.
fn gain(seat: &RoundValues) -> i128 {
    seat.after as i128 - seat.before as i128
}

#[cfg(test)]
mod tests {
    use super::*;
    use tributary_primitives::{
        ids::RecordId,
        valuation::{rows, shadows, Benchmark, Record},
    };

    #[test]
    fn equal_opposite_and_indifferent_orders_are_told_apart() {
        let ranks = |one: &[i128], other: &[i128]| {
            let ranks = Ranks::of(one, other);
            (ranks.concordant, ranks.discordant, ranks.pairs)
        };
        assert_eq!(ranks(&[1, 2, 3], &[10, 20, 30]), (3, 0, 3));
        assert_eq!(ranks(&[1, 2, 3], &[-1, -2, -3]), (0, 3, 3));
        assert_eq!(ranks(&[1, 2, 3], &[5, 5, 5]), (0, 0, 3));
        // Of six pairs, one is turned round and one is a tie.
        assert_eq!(ranks(&[1, 2, 3, 4], &[1, 3, 2, 3]), (4, 1, 6));
        assert_eq!(ranks(&[7], &[7]), (0, 0, 0));
        assert_eq!(
            Ranks::of(&[1, 2, 3, 4], &[1, 3, 2, 3]).tau(),
            "+0.500 (3/6)"
        );
        assert_eq!(Ranks::of(&[], &[]).tau(), "");
    }

    /// Records of a slice.
    const SLICE: u64 = 20;

    /// A recipe of two classes in two dimensions, and four slices.
    fn recipe() -> Recipe {
        Recipe {
            dimension: 2,
            neighbours: 3,
            horizon: 16,
            benchmark: 4 * SLICE as u16,
            ..crate::valuation::tests::recipe()
        }
    }

    /// The number `n` of a sequence without pattern, below `below`.
    fn noise(n: u64, below: u64) -> u64 {
        let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) % below
    }

    fn place(class: u8, n: u64) -> [i8; 2] {
        let spread = |n| noise(n, 61) as i8 - 30;
        [
            spread(2 * n) + if class == 0 { -45 } else { 45 },
            spread(2 * n + 1),
        ]
    }

    /// What four slices say of five contributions, of which the first has right labels, and each other one more wrong ones than that before, up
    /// to a half. Slices of `liars` are mislabelled.
    fn measure(liars: &[usize]) -> Agreement {
        let recipe = recipe();
        let mut new = Vec::new();
        for number in 0..5u64 {
            for position in 0..40u64 {
                let class = (position % 2) as u8;
                let n = 1_000 * number + position;
                let wrong = noise(100_000 + n, 8) < number;
                let id = RecordId {
                    contribution: number as u32,
                    position: position as u16,
                };
                new.push((id, class ^ u8::from(wrong), place(class, n)));
            }
        }
        let targets: Vec<_> = (0..4 * SLICE)
            .map(|n| {
                let class = (n % 2) as u8;
                let wrong = liars.contains(&((n / SLICE) as usize));
                (class ^ u8::from(wrong), place(class, 50_000 + n))
            })
            .collect();
        let records: Vec<_> = new
            .iter()
            .map(|(id, label, features)| Record {
                id: *id,
                label: *label,
                features,
            })
            .collect();
        let targets: Vec<_> = targets
            .iter()
            .map(|(label, features)| Benchmark {
                label: *label,
                features,
            })
            .collect();
        let params = Params::from(&recipe);
        let shadows = shadows(&params, &[], &records);
        let rows = rows(&params, &[], &records, &shadows, &targets);
        Agreement::of(&recipe, 0, 4, &rows, (0..5).collect()).unwrap()
    }

    #[test]
    fn slices_sum_to_the_round() {
        let agreement = measure(&[]);
        let sum = RoundValues::of_parts(&agreement.seats);
        let values: i128 = sum.by_contribution.values().sum();
        assert_eq!(values, sum.after as i128 - sum.before as i128);
        assert_eq!(agreement.seats.len(), 4);
    }

    #[test]
    fn a_slice_with_wrong_labels_ranks_contributions_the_other_way_round() {
        let honest = measure(&[]);
        for (one, other, ranks) in honest.ranks() {
            assert!(ranks.difference() > 0, "{one} and {other}: {ranks:?}");
        }
        assert!(honest.seats.iter().all(|seat| gain(seat) > 0));
        for liar in 0..4 {
            let agreement = measure(&[liar]);
            for (one, other, ranks) in agreement.ranks() {
                let lies = one == liar || other == liar;
                assert_eq!(
                    ranks.difference() < 0,
                    lies,
                    "{liar} lies; {one} and {other}: {ranks:?}"
                );
            }
            for (seat, values) in agreement.seats.iter().enumerate() {
                assert_eq!(gain(values) < 0, seat == liar);
            }
        }
    }
}
