//! A round with all its records, valued: what evaluators publish, and what everybody can compare with.

use std::{cmp::Ordering, collections::BTreeMap};

use anyhow::{ensure, Context as _, Result};
use serde_json::{json, Value};
use tributary_primitives::datanets::Recipe;

use crate::{
    chain::{
        state::{Contribution, Proposal, Round, Status},
        Chain, Snapshot,
    },
    gather::{gather, slices, Expected, Whose},
    output::{hex, Grid, Output},
    progress, round,
    valuation::{accuracy, points, Inputs, Valuation},
};

/// Everything known of a round that is valued.
pub(crate) struct Valued {
    /// The datanet.
    pub(crate) datanet: u32,
    /// The round.
    pub(crate) number: u32,
    /// The datanet's recipe.
    pub(crate) recipe: Recipe,
    /// The round as it stood.
    pub(crate) round: Round,
    /// What was admitted before and what is valued, ascending by number.
    contributions: Vec<(u32, Contribution)>,
    /// Their records.
    pub(crate) inputs: Inputs,
    /// What they are worth.
    pub(crate) valuation: Valuation,
}

/// The proposals that stand in a round.
pub(crate) async fn proposals(
    state: &Snapshot,
    datanet: u32,
    number: u32,
) -> Result<Vec<Proposal>> {
    Ok(state
        .get("Valuation", "Proposals", (datanet, number))
        .await?
        .unwrap_or_default())
}

/// What a valuation of a round looks at.
pub(crate) struct LookedAt {
    /// The contributions that were admitted before, and those that it values, ascending by number.
    pub(crate) contributions: Vec<(u32, Contribution)>,
    /// Those that it values.
    pub(crate) newcomers: Vec<u32>,
    /// Where newcomers begin.
    pub(crate) first: u32,
}

/// Finds out what a valuation of a round looks at.
pub(crate) async fn looked_at(
    now: &Snapshot,
    datanet: u32,
    number: u32,
    found: &Round,
) -> Result<LookedAt> {
    let mut contributions = round::contributions(now, datanet).await?;
    // A round that values what a void one left has its own wait.
    let carries = found.carried > 0;
    contributions.retain(|(_, contribution)| match contribution.round.cmp(&number) {
        Ordering::Less => contribution.status == Status::Admitted,
        Ordering::Equal => (contribution.committed_to < number) == carries,
        Ordering::Greater => false,
    });
    let newcomers: Vec<u32> = contributions
        .iter()
        .filter(|(_, contribution)| contribution.round == number)
        .map(|(number, _)| *number)
        .collect();
    let valued = if carries {
        found.carried
    } else {
        found.delivered
    };
    ensure!(
        newcomers.len() as u64 == u64::from(valued),
        "round {number} of datanet {datanet} values {valued} contributions, of which the state has {}",
        newcomers.len()
    );
    // Those of void rounds are newcomers still.
    let first = newcomers.iter().copied().fold(found.first, u32::min);
    Ok(LookedAt {
        contributions,
        newcomers,
        first,
    })
}

/// Fetches and values a round whose benchmark is complete.
pub(crate) async fn value(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    number: u32,
) -> Result<Valued> {
    let recipe = round::open_recipe(now, datanet).await?;
    let found = round::round(now, datanet, number).await?;
    let LookedAt {
        contributions,
        first,
        ..
    } = looked_at(now, datanet, number, &found).await?;
    let of_contributions = contributions
        .iter()
        .map(|(number, contribution)| (Whose::Contribution(*number), contribution.into()));
    let mut wanted: BTreeMap<Whose, Expected> = of_contributions.collect();
    wanted.extend(slices(number, &found)?);
    let mut inputs = Inputs {
        first,
        contributions: BTreeMap::new(),
        slices: Vec::new(),
    };
    for (whose, records) in gather(chain, now, datanet, &recipe, &wanted).await? {
        match whose {
            Whose::Contribution(number) => {
                inputs.contributions.insert(number, records);
            }
            // They come in the order of the seats.
            Whose::Seat(..) => inputs.slices.push(records),
        }
    }
    let spinner = progress::spinner("valuing");
    let work = recipe.clone();
    let valuing = tokio::task::spawn_blocking(move || (inputs.value(&work), inputs));
    let (valuation, inputs) = valuing.await.context("valuing a round")?;
    let valuation = valuation?;
    spinner.finish_and_clear();
    ensure!(
        valuation.inputs == found.inputs,
        "the fetched records are not what the chain says was delivered in round {number} of datanet {datanet}"
    );
    Ok(Valued {
        datanet,
        number,
        recipe,
        round: found,
        contributions,
        inputs,
        valuation,
    })
}

/// What contributions are worth by a valuation, for people and for programs.
pub(crate) fn worth<'a>(
    newcomers: impl Iterator<Item = &'a (u32, Contribution)>,
    valuation: &Valuation,
    unit: u128,
) -> (Grid, Vec<Value>) {
    let mut table = Grid::new([
        ">contribution",
        "contributor",
        ">records",
        ">copies",
        ">points of accuracy",
    ]);
    let mut list = Vec::new();
    for (number, contribution) in newcomers {
        let value = valuation.value_of(*number);
        let copies = valuation.shadows_of(*number);
        table.row([
            number,
            &contribution.contributor,
            &contribution.records,
            &copies,
            &points(value, unit),
        ]);
        list.push(json!({
            "contribution": number,
            "contributor": contribution.contributor,
            "records": contribution.records,
            "copies": copies,
            "value": value.to_string(),
        }));
    }
    (table, list)
}

impl Valued {
    /// The contributions that are valued.
    pub(crate) fn newcomers(&self) -> impl Iterator<Item = &(u32, Contribution)> {
        self.contributions
            .iter()
            .filter(|(_, contribution)| contribution.round == self.number)
    }

    /// The advisory quality of the records that are valued, ascending by contribution and position.
    pub(crate) fn quality(&self) -> Result<Vec<u8>> {
        let spinner = progress::spinner("screening");
        let quality = self.inputs.quality(&self.recipe, &self.valuation)?;
        spinner.finish_and_clear();
        Ok(quality)
    }

    /// What the round is worth, by whom it was published.
    pub(crate) fn report(&self, by: &str) -> Result<Output> {
        let unit = self.recipe.unit();
        let (datanet, number) = (self.datanet, self.number);
        let values = &self.valuation.values;
        let (table, list) = worth(self.newcomers(), &self.valuation, unit);
        let json = json!({
            "datanet": datanet,
            "round": number,
            "unit": unit.to_string(),
            "before": values.before.to_string(),
            "after": values.after.to_string(),
            "inputs": hex(self.valuation.inputs),
            "shadows_root": hex(self.valuation.shadows_root().hash),
            "rows_root": hex(self.valuation.rows_root().hash),
            "contributions": list,
        });
        Ok(Output::new(json)
            .fields([
                ("round", format!("{number} of datanet {datanet}")),
                ("published by", by.to_owned()),
                (
                    "accuracy",
                    format!(
                        "{} -> {}",
                        accuracy(values.before, unit),
                        accuracy(values.after, unit)
                    ),
                ),
            ])
            .table(table))
    }
}
