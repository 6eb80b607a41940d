//! `tributary licence check`: whether an asset may be used, what it costs and who earns from it.

use anyhow::{Context as _, Result};
use serde_json::json;
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{
    assets::{Asset, Payee},
    licences::{Use, UseQuote, UseRefusal},
};

use super::words::refusal_text;
use crate::{
    asset::{asset_text, pool_text},
    context::Context,
    money::{Amount, Part},
    output::{Grid, Output},
};

/// Asks the chain whether an account may use an asset.
pub(super) async fn check(
    context: &Context,
    asset: Asset,
    intended: Use,
    who: AccountId32,
    units: u64,
    until: Option<u32>,
) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let until = match until {
        Some(until) => until,
        None => u32::try_from(state.number() + 1).context("blocks are numbered by 32 bits")?,
    };
    let arguments = (Static(asset), Static(intended), who, units, until);
    let answer: Static<Result<UseQuote, UseRefusal>> =
        state.view("Licensing", "can_use", arguments).await?;
    let quote = match answer.0 {
        Ok(quote) => quote,
        Err(refusal) => {
            let why = match refusal {
                UseRefusal::Licence(refusal) => refusal_text(&refusal),
                other => format!("{other:?}"),
            };
            let json = json!({ "allowed": false, "why": why });
            return Ok(Output::new(json).line(format!("Not allowed: {why}.")));
        }
    };
    let mut table = Grid::new(["earns a part of the net", ">part"]);
    let mut royalties = Vec::new();
    for royalty in &quote.royalties {
        let to = match royalty.payee {
            Payee::Model(model) => format!("model {model}"),
            Payee::Pool(pool) => pool_text(pool),
        };
        let rate = Part(royalty.rate.deconstruct());
        table.row([&to, &rate]);
        royalties.push(json!({ "payee": royalty.payee, "rate": rate }));
    }
    let mut grants = Grid::new(["needs a grant of", "approval", ">fee", "so far"]);
    let mut needed = Vec::new();
    for grant in &quote.grants {
        let progress = format!("{:?}", grant.progress);
        let approval = if grant.approval { "needed" } else { "" };
        grants.row([
            &asset_text(grant.asset),
            &approval,
            &Amount(grant.fee),
            &progress,
        ]);
        needed.push(json!({ "asset": grant.asset, "approval": grant.approval, "fee": Amount(grant.fee), "progress": progress }));
    }
    let json = json!({
        "allowed": true,
        "price": Amount(quote.price),
        "host_share": Part(quote.host_share.deconstruct()),
        "commercial": quote.commercial,
        "attribution": quote.attribution,
        "royalties": royalties,
        "grants": needed,
    });
    let mut output = Output::new(json).line("Allowed.").fields([
        ("net price", Amount(quote.price).to_string()),
        (
            "host keeps at most",
            Part(quote.host_share.deconstruct()).to_string(),
        ),
        (
            "commercial",
            if quote.commercial { "yes" } else { "no" }.to_owned(),
        ),
        (
            "attribution",
            if quote.attribution {
                "required"
            } else {
                "not required"
            }
            .to_owned(),
        ),
    ]);
    if !royalties.is_empty() {
        output = output.table(table);
    }
    if !needed.is_empty() {
        output = output.table(grants);
    }
    Ok(output)
}
