//! `tributary vest`: what has vested of sponsors' pay.

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;
use subxt::utils::Static;
use tributary_primitives::assets::Pool;

use super::collect::{Credits, Theirs, Whose};
use crate::{
    chain::{
        calls::{Source, VestAwards},
        state::{Award, AwardStatement},
        Snapshot,
    },
    context::Context,
    money::Amount,
    output::Output,
};

/// Awards that fit a call.
const CHUNK: usize = 16;

/// `tributary vest`
#[derive(Args, Debug)]
pub(crate) struct Vest {
    #[command(flatten)]
    whose: Whose,
}

impl Vest {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let state = chain.newest().await?;
        let looked = self.whose.look(context, &key, &state).await?;
        let mut awards = Vec::new();
        let mut left = 0u128;
        for (pool, theirs) in looked.pools() {
            for (contribution, statement) in vesting(&state, pool, theirs).await? {
                let AwardStatement { award, vested } = statement;
                if vested > award.paid {
                    awards.push((Static(pool), contribution));
                }
                left = award
                    .amount
                    .checked_sub(vested)
                    .and_then(|unvested| left.checked_add(unvested))
                    .context("more vests than the coin can count")?;
            }
        }
        let mut credits = Credits::new("round");
        for chunk in awards.chunks(CHUNK) {
            let call = VestAwards {
                awards: chunk.to_vec(),
            };
            let included = chain.submit(&key, call).await?;
            credits.add(&included, |source| match source {
                Source::Award(pool, contribution) => Some((pool.0, contribution)),
                _ => None,
            })?;
        }
        let (table, list, total) = credits.finish();
        let left = Amount(left);
        let output = Output::new(json!({ "vested": list, "total": total, "left": left }));
        let rest = format!("{left} has not vested yet.");
        Ok(match table {
            None => output.line(format!("Nothing has vested since. {rest}")),
            Some(table) => output
                .table(table)
                .line(format!("Credited {total} in all. {rest}")),
        })
    }
}

/// The awards of a round of which something was not paid yet, with what has vested of each.
async fn vesting(
    state: &Snapshot,
    pool: Pool,
    theirs: Theirs<'_>,
) -> Result<Vec<(u32, AwardStatement)>> {
    let mut awards: Vec<((Static<Pool>, u32), Award)> =
        state.entries("Rewards", "Awards", (Static(pool),)).await?;
    awards.sort_by_key(|((_, contribution), _)| *contribution);
    let mut found = Vec::new();
    for ((_, contribution), award) in awards {
        if award.paid == award.amount || !theirs.include(contribution, &award.account) {
            continue;
        }
        let statement: Option<AwardStatement> = state
            .view("Rewards", "awarded", (Static(pool), contribution))
            .await?;
        found.extend(statement.map(|statement| (contribution, statement)));
    }
    Ok(found)
}
