//! `tributary vest`: what has vested of sponsors' pay.

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;
use subxt::utils::{AccountId32, Static};
use tributary_primitives::assets::Pool;

use crate::{
    asset::pool_text,
    chain::{
        calls::{Credited, Source, VestAwards},
        state::{Award, AwardStatement},
        Snapshot,
    },
    context::{AccountName, Context},
    keys,
    money::Amount,
    output::{Grid, Output},
    pool::{datanets, final_rounds, theirs},
};

/// Awards that fit a call.
const CHUNK: usize = 16;

/// `tributary vest`
///
/// Half of what a sponsor pays for a contribution vests: in equal parts, one with every final round of the datanet that follows, or when
/// the time for one is over. This finds what has vested and was not asked for yet, and credits it. Anybody may do so for anybody: the money
/// goes to the contributors, who withdraw it.
#[derive(Args, Debug)]
pub(crate) struct Vest {
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

impl Vest {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let whose = match (&self.account, self.everybody) {
            (_, true) => None,
            (Some(name), _) => Some(context.account(name)?),
            (None, _) => Some(keys::account(&key)),
        };
        let state = chain.newest().await?;
        let wanted = match self.datanet {
            Some(datanet) => vec![datanet],
            None => datanets(&state).await?,
        };
        let mut awards = Vec::new();
        let mut left = 0u128;
        for datanet in wanted {
            for round in final_rounds(&state, datanet).await? {
                let pool = Pool { datanet, round };
                let found = vesting(&state, pool, whose.as_ref()).await?;
                for (contribution, statement) in found {
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
        }
        let mut table = Grid::new(["round", ">contribution", "contributor", ">amount"]);
        let mut list = Vec::new();
        let mut total = 0u128;
        for chunk in awards.chunks(CHUNK) {
            let call = VestAwards {
                awards: chunk.to_vec(),
            };
            let included = chain.submit(&key, call).await?;
            for credit in included.all::<Credited>()? {
                let Source::Award(pool, contribution) = credit.source else {
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
        let json = json!({ "vested": list, "total": Amount(total), "left": Amount(left) });
        let rest = format!("{} has not vested yet.", Amount(left));
        if nothing {
            return Ok(Output::new(json).line(format!("Nothing has vested since. {rest}")));
        }
        Ok(Output::new(json)
            .table(table)
            .line(format!("Credited {} in all. {rest}", Amount(total))))
    }
}

/// The awards of a round of which something was not paid yet, with what has vested of each.
async fn vesting(
    state: &Snapshot,
    pool: Pool,
    whose: Option<&AccountId32>,
) -> Result<Vec<(u32, AwardStatement)>> {
    let mut awards: Vec<((Static<Pool>, u32), Award)> =
        state.entries("Rewards", "Awards", (Static(pool),)).await?;
    awards.sort_by_key(|((_, contribution), _)| *contribution);
    let mut found = Vec::new();
    for ((_, contribution), award) in awards {
        if award.paid == award.amount {
            continue;
        }
        if !theirs(state, pool.datanet, contribution, &award.account, whose).await? {
            continue;
        }
        let statement: Option<AwardStatement> = state
            .view("Rewards", "awarded", (Static(pool), contribution))
            .await?;
        found.extend(statement.map(|statement| (contribution, statement)));
    }
    Ok(found)
}
