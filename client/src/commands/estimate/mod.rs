//! `tributary contribute estimate`: what records would have been worth on benchmarks that are public already.

mod cost;
mod report;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{ensure, Context as _, Result};
use clap::Args;
use tributary_primitives::{
    datanets::Recipe,
    valuation::{Params, Shadow},
};

use self::{
    cost::{costs, Offer},
    report::Report,
};
use crate::{
    breakdown::{labels, Breakdown},
    chain::{state::Status, Chain, Snapshot},
    commands::contribute::read,
    context::Context,
    gather::{gather, slices, Whose},
    output::Output,
    pool::final_rounds,
    progress,
    records::{Format, Records},
    round,
    scheme::Scheme,
    valuation::{Inputs, Valuation},
};

/// `tributary contribute estimate`
#[derive(Args, Clone, Debug)]
pub(crate) struct Estimate {
    /// The datanet.
    datanet: u32,
    /// CSV or JSON Lines; `-` reads standard input.
    file: PathBuf,
    /// The file's format [default: by its name]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// How many final rounds to go back for slices.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How many records are shown that lost most.
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    top: usize,
}

impl Estimate {
    pub(crate) async fn run(&self, context: &Context) -> Result<Output> {
        let chain = context.connect().await?;
        let now = chain.finalized().await?;
        let recipe = round::open_recipe(&now, self.datanet).await?;
        let records = read(&self.file, self.format, &recipe)?;
        let mut rounds = final_rounds(&now, self.datanet).await?;
        rounds.drain(..rounds.len().saturating_sub(self.rounds as usize));
        let data = Data::fetch(&chain, &now, self.datanet, &recipe, &rounds).await?;
        let spinner = progress::spinner("valuing");
        let (work, own) = (recipe.clone(), records.clone());
        let valuing = tokio::task::spawn_blocking(move || data.value(&work, own));
        let Measured { copies, rounds } = valuing.await.context("valuing records")??;
        spinner.finish_and_clear();

        let (bond, fee) = costs(&now, self.datanet, &records).await?;
        let scheme = Scheme::fetch(&now, self.datanet, &recipe).await?;
        let report = Report {
            offers: Offer::all(&now, self.datanet).await?,
            bond,
            fee,
            // Names are for people: without them numbers do.
            scheme: scheme.unwrap_or_default(),
            datanet: self.datanet,
            top: self.top,
            recipe,
            records,
            copies,
            rounds,
        };
        Ok(report.output())
    }
}

/// What is on the chain, as far as an estimate looks at it.
struct Data {
    /// The number of the next contribution: no other has it.
    number: u32,
    /// Records of what is admitted, by contribution.
    admitted: BTreeMap<u32, Records>,
    /// Slices of final rounds, ascending.
    slices: Vec<(u32, Vec<Records>)>,
}

impl Data {
    async fn fetch(
        chain: &Chain,
        now: &Snapshot,
        datanet: u32,
        recipe: &Recipe,
        rounds: &[u32],
    ) -> Result<Self> {
        let number = round::datanet(now, datanet).await?.contributions;
        let mut data = Self {
            number,
            admitted: BTreeMap::new(),
            slices: rounds.iter().map(|round| (*round, Vec::new())).collect(),
        };
        let mut wanted = BTreeMap::new();
        for round in rounds {
            let found = round::round(now, datanet, *round).await?;
            wanted.extend(slices(*round, &found)?);
        }
        if wanted.is_empty() {
            return Ok(data);
        }
        for (number, contribution) in round::contributions(now, datanet).await? {
            if contribution.status == Status::Admitted {
                wanted.insert(Whose::Contribution(number), (&contribution).into());
            }
        }
        for (whose, records) in gather(chain, now, datanet, recipe, &wanted).await? {
            match whose {
                Whose::Contribution(number) => {
                    data.admitted.insert(number, records);
                }
                Whose::Seat(round, _) => {
                    let slices = data.slices.iter_mut();
                    let of_round = slices.filter(|(number, _)| *number == round);
                    of_round.for_each(|(_, slices)| slices.push(records.clone()));
                }
            }
        }
        Ok(data)
    }

    /// Values records as the only newcomers, on all slices at once: a row depends on no other.
    fn value(self, recipe: &Recipe, own: Records) -> Result<Measured> {
        let Self {
            number,
            admitted,
            slices,
        } = self;
        let count = own.len();
        let mut inputs = Inputs {
            first: number,
            contributions: admitted,
            slices: slices
                .iter()
                .flat_map(|(_, slices)| slices.clone())
                .collect(),
        };
        inputs.contributions.insert(number, own);
        let Valuation { shadows, rows, .. } = inputs.value(recipe)?;
        let params = Params::from(recipe);
        let mut rows = &rows[..];
        let mut rounds = Vec::new();
        for (round, slices) in slices {
            let labels: Vec<u8> = slices.iter().flat_map(labels).collect();
            ensure!(
                labels.len() == usize::from(recipe.benchmark) && labels.len() <= rows.len(),
                "round {round} has a benchmark of {} records where the recipe says {}",
                labels.len(),
                recipe.benchmark
            );
            let (own, others) = rows.split_at(labels.len());
            rows = others;
            rounds.push(OfRound {
                round,
                breakdown: Breakdown::of(&params, number, own, number, count)?,
                labels,
            });
        }
        Ok(Measured {
            copies: shadows,
            rounds,
        })
    }
}

/// What records would have been worth.
struct Measured {
    /// Those that repeat an admitted record or an earlier one of the file.
    copies: Vec<Shadow>,
    rounds: Vec<OfRound>,
}

/// What records would have been worth on the slices of a round.
struct OfRound {
    round: u32,
    breakdown: Breakdown,
    /// Classes of the benchmark, in its order.
    labels: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::valuation::tests::{recipe, records};

    #[test]
    fn records_are_valued_on_each_round_alone_on_top_of_what_is_admitted() {
        let recipe = recipe();
        // Everything admitted answers 0; the slices of round 1 have both classes, those of round 2 only what is known.
        let data = Data {
            number: 7,
            admitted: BTreeMap::from([(3, records(&[(-50, 0)]))]),
            slices: vec![
                (1, vec![records(&[(-40, 0), (40, 1)])]),
                (2, vec![records(&[(-45, 0)]), records(&[(-44, 0)])]),
            ],
        };
        let own = records(&[(50, 1), (-50, 0), (50, 1)]);
        let Measured { copies, rounds } = data.value(&recipe, own).unwrap();
        let unit = recipe.unit();
        let found = |index: usize| {
            let OfRound {
                round, breakdown, ..
            } = &rounds[index];
            (*round, breakdown.value(), breakdown.accuracies())
        };
        assert_eq!(found(0), (1, (unit / 2) as i128, (unit / 2, unit)));
        assert_eq!(found(1), (2, 0, (unit, unit)));
        let copies: Vec<_> = copies
            .iter()
            .map(|copy| (copy.shadow.position, copy.witness.contribution))
            .collect();
        assert_eq!(copies, [(1, 3), (2, 7)]);
    }

    #[test]
    fn without_a_final_round_there_is_nothing_but_copies_to_find() {
        let data = Data {
            number: 0,
            admitted: BTreeMap::new(),
            slices: Vec::new(),
        };
        let found = data.value(&recipe(), records(&[(1, 0), (1, 0)])).unwrap();
        assert!(found.rounds.is_empty());
        assert_eq!(found.copies.len(), 1);
    }
}
