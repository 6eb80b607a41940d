//! A final round: when it became final, with which values, and what was published of it.

use anyhow::{ensure, Context as _, Result};
use tributary_primitives::{
    datanets::{Phase, Recipe},
    valuation::{round_values, Params},
};

use crate::{
    chain::{
        calls::ContributionValued,
        state::{Outcome, Round},
        Chain, Snapshot,
    },
    failure::misuse,
    publication::{self, Published},
    round,
};

/// A final round as it stood when it became final.
pub(crate) struct Concluded {
    /// Its datanet.
    pub(crate) datanet: u32,
    /// Its number.
    pub(crate) number: u32,
    /// The datanet's recipe.
    pub(crate) recipe: Recipe,
    /// The round.
    pub(crate) round: Round,
    /// How it came out.
    pub(crate) outcome: Outcome,
    /// The block in which it became final. Contributions may be gone since.
    pub(crate) state: Snapshot,
    /// The values of its contributions, ascending by number.
    pub(crate) values: Vec<ContributionValued>,
}

impl Concluded {
    /// Looks a final round up.
    pub(crate) async fn fetch(
        chain: &Chain,
        now: &Snapshot,
        datanet: u32,
        number: u32,
    ) -> Result<Self> {
        let phase = round::round(now, datanet, number).await?.phase.0;
        if phase != Phase::Final {
            misuse!("round {number} of datanet {datanet} is {phase:?}: it has no final values");
        }
        let block = chain
            .first_block(now, |block| async move {
                let found = round::round_if_any(&block, datanet, number).await?;
                Ok(found.is_some_and(|round| round.phase.0 == Phase::Final))
            })
            .await?;
        let values = chain
            .scan_events(
                block..=block,
                &["Datanets"],
                "reading final values",
                |event| {
                    let valued = event.read::<ContributionValued>()?;
                    Ok(valued.filter(|valued| (valued.datanet, valued.round) == (datanet, number)))
                },
            )
            .await?;
        let state = chain.at_number(block).await?;
        let round = round::round(&state, datanet, number).await?;
        Ok(Self {
            datanet,
            number,
            recipe: round::recipe(&state, datanet).await?,
            outcome: round
                .outcome
                .clone()
                .context("a final round has no outcome")?,
            round,
            state,
            values,
        })
    }

    /// The state before it became final, in which everything that was valued still waits for its value.
    pub(crate) async fn before(&self, chain: &Chain) -> Result<Snapshot> {
        chain.at_number(self.state.number() - 1).await
    }

    /// The first contribution that was valued: what void rounds left has lower numbers than its own.
    pub(crate) fn first(&self) -> u32 {
        let valued = self.values.iter().map(|valued| valued.contribution);
        valued.fold(self.round.first, u32::min)
    }

    /// How many records its contributions have together.
    pub(crate) fn records(&self) -> u64 {
        let records = self.values.iter().map(|valued| u64::from(valued.records));
        records.sum()
    }

    /// What its evaluator published, out of blocks. Its rows lead to the final values, to the last unit.
    pub(crate) async fn published(&self, chain: &Chain) -> Result<Published> {
        let (datanet, number) = (self.datanet, self.number);
        let evaluator = self.outcome.evaluator;
        let from = u64::from(self.round.revealed_at);
        let published =
            publication::fetch_one(chain, &self.state, datanet, number, from, evaluator).await?;
        self.check(&published)?;
        Ok(published)
    }

    /// Whether rows lead to the final values.
    fn check(&self, published: &Published) -> Result<()> {
        let params = Params::from(&self.recipe);
        let values = round_values(&params, self.first(), &published.rows);
        let same = values.is_ok_and(|values| {
            let of = |number| values.by_contribution.get(&number).copied();
            let listed = values.by_contribution.len();
            let final_ones = self.values.iter();
            (values.before, values.after) == (self.outcome.before, self.outcome.after)
                && final_ones
                    .clone()
                    .filter(|valued| of(valued.contribution).is_some())
                    .count()
                    == listed
                && final_ones
                    .clone()
                    .all(|valued| of(valued.contribution).unwrap_or_default() == valued.value)
        });
        ensure!(
            same,
            "the rows that blocks have of round {} of datanet {} do not lead to its final values: ask another node",
            self.number,
            self.datanet
        );
        Ok(())
    }
}
