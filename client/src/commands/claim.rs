//! `tributary claim`: what contributions have earned, out of the pools that hold them.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;
use subxt::utils::{AccountId32, Static};
use tributary_primitives::assets::Pool;

use crate::{
    asset::pool_text,
    chain::{
        calls::{Claim as ClaimCall, ClaimEarnings, Credited, Source},
        decode::Json,
        Snapshot,
    },
    context::{AccountName, Context},
    keys,
    money::Amount,
    output::{Grid, Output},
    pool::{datanets, final_rounds, theirs, Members},
};

/// Claims that fit a call.
const CHUNK: usize = 16;

/// `tributary claim`
///
/// Finds the contributions of an account in all pools, proves the weight of those that are new to a pool, and credits what they have
/// earned since the last claim. Anybody may do so for anybody: the money goes to the contributors, who withdraw it.
#[derive(Args, Debug)]
pub(crate) struct Claim {
    /// Whose contributions: an address, dev:NAME or the name of a key [default: the signer's]
    #[arg(long, conflicts_with = "everybody")]
    account: Option<AccountName>,
    /// Those of all contributors.
    #[arg(long)]
    everybody: bool,
    /// Only those of a datanet.
    #[arg(long)]
    datanet: Option<u32>,
}

impl Claim {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let whose = match (&self.account, self.everybody) {
            (_, true) => None,
            (Some(name), _) => Some(context.account(name)?),
            (None, _) => Some(keys::account(&key)),
        };
        // What is claimed is checked against the newest block.
        let state = chain.newest().await?;
        let wanted = match self.datanet {
            Some(datanet) => vec![datanet],
            None => datanets(&state).await?,
        };
        let mut claims = Vec::new();
        for datanet in wanted {
            for round in final_rounds(&state, datanet).await? {
                claims.extend(due(&state, Pool { datanet, round }, whose.as_ref()).await?);
            }
        }
        let mut table = Grid::new(["pool", ">contribution", "contributor", ">amount"]);
        let mut list = Vec::new();
        let mut total = 0u128;
        for chunk in claims.chunks(CHUNK) {
            let included = chain
                .submit(
                    &key,
                    ClaimEarnings {
                        claims: chunk.to_vec(),
                    },
                )
                .await?;
            for credit in included.all::<Credited>()? {
                let Source::Contribution(pool, contribution) = credit.source else {
                    continue;
                };
                table.row([
                    &pool_text(pool.0),
                    &contribution,
                    &credit.account,
                    &Amount(credit.amount),
                ]);
                total = total
                    .checked_add(credit.amount)
                    .context("more was credited than the coin can count")?;
                list.push(json!({
                    "datanet": pool.datanet,
                    "round": pool.round,
                    "contribution": contribution,
                    "account": credit.account,
                    "amount": Amount(credit.amount),
                    "block": included.block,
                }));
            }
        }
        let nothing = list.is_empty();
        let json = json!({ "claims": list, "total": Amount(total) });
        if nothing {
            return Ok(Output::new(json).line("Nothing is owed that was not claimed before."));
        }
        Ok(Output::new(json)
            .table(table)
            .line(format!("Credited {} in all.", Amount(total))))
    }
}

/// The claims of contributions that a pool owes something.
async fn due(state: &Snapshot, pool: Pool, whose: Option<&AccountId32>) -> Result<Vec<ClaimCall>> {
    let members = Members::fetch(state, pool).await?;
    let proven: Vec<((Static<Pool>, u32), Json)> =
        state.entries("Rewards", "Proven", (Static(pool),)).await?;
    let proven: BTreeSet<u32> = proven.into_iter().map(|((_, number), _)| number).collect();
    let mut claims = Vec::new();
    for member in members.iter() {
        let contributor = &member.contribution.contributor;
        if !theirs(state, pool.datanet, member.number, contributor, whose).await? {
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
