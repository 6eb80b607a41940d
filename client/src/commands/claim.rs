//! `tributary claim`: what contributions have earned, out of the pools that hold them.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;
use serde_json::json;
use subxt::utils::Static;
use tributary_primitives::assets::Pool;

use super::collect::{Credits, Theirs, Whose};
use crate::{
    chain::{
        calls::{Claim as ClaimCall, ClaimEarnings, Source},
        decode::Json,
        Snapshot,
    },
    context::Context,
    output::Output,
    pool::Members,
};

/// Claims that fit a call.
const CHUNK: usize = 16;

/// `tributary claim`
#[derive(Args, Debug)]
pub(crate) struct Claim {
    #[command(flatten)]
    whose: Whose,
}

impl Claim {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        // What is claimed is checked against the newest block.
        let state = chain.newest().await?;
        let looked = self.whose.look(context, &key, &state).await?;
        let mut claims = Vec::new();
        for (pool, theirs) in looked.pools() {
            claims.extend(due(&state, pool, theirs).await?);
        }
        let mut credits = Credits::new("pool");
        for chunk in claims.chunks(CHUNK) {
            let call = ClaimEarnings {
                claims: chunk.to_vec(),
            };
            let included = chain.submit(&key, call).await?;
            credits.add(&included, |source| match source {
                Source::Contribution(pool, contribution) => Some((pool.0, contribution)),
                _ => None,
            })?;
        }
        let (table, list, total) = credits.finish();
        let output = Output::new(json!({ "claims": list, "total": total }));
        Ok(match table {
            None => output.line("Nothing is owed that was not claimed before."),
            Some(table) => output
                .table(table)
                .line(format!("Credited {total} in all.")),
        })
    }
}

/// The claims of contributions that a pool owes something.
async fn due(state: &Snapshot, pool: Pool, theirs: Theirs<'_>) -> Result<Vec<ClaimCall>> {
    let members = Members::fetch(state, pool).await?;
    let proven: Vec<((Static<Pool>, u32), Json)> =
        state.entries("Rewards", "Proven", (Static(pool),)).await?;
    let proven: BTreeSet<u32> = proven.into_iter().map(|((_, number), _)| number).collect();
    let mut claims = Vec::new();
    for member in members.iter() {
        if !theirs.include(member.number, &member.contribution.contributor) {
            continue;
        }
        let is_proven = proven.contains(&member.number);
        let owed: Option<u128> = if is_proven {
            state
                .view("Rewards", "owed", (Static(pool), member.number))
                .await?
        } else {
            state
                .view("Rewards", "earned", (Static(pool), member.weight))
                .await?
        };
        if owed.unwrap_or_default() > 0 {
            let proof = if is_proven {
                None
            } else {
                members.proof(member.number)
            };
            claims.push(ClaimCall {
                pool: Static(pool),
                contribution: member.number,
                proof,
            });
        }
    }
    Ok(claims)
}
