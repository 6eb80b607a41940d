//! `tributary licence check`: whether an asset may be used, what it costs and who earns from it.

use anyhow::{anyhow, Context as _, Result};
use serde_json::json;
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{
    assets::{Asset, Payee, Pool, Royalty, RoyaltyStack},
    ledger::top_up,
    licences::{RoyaltyTerms, Use, UseQuote, UseRefusal},
};

use super::{find_attachment, find_terms, words::refusal_text};
use crate::{
    asset::{asset_text, pool_text},
    chain::Snapshot,
    context::Context,
    money::{Amount, Part},
    output::{Grid, Output},
    pool::final_rounds,
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
                UseRefusal::Stale => {
                    "its ancestry has changed since: `tributary model refold` brings it up to date"
                        .into()
                }
                other => format!("{other:?}"),
            };
            let json = json!({ "allowed": false, "why": why });
            return Ok(Output::new(json).line(format!("Not allowed: {why}.")));
        }
    };
    let derives = !matches!(intended, Use::Infer | Use::Evaluate | Use::Redistribute);
    let stack = owed(&state, asset, derives, &quote).await?;
    let whose = if derives {
        "earns from a descendant of this alone"
    } else {
        "earns a part of the net"
    };
    let mut table = Grid::new([whose, ">part"]);
    let mut royalties = Vec::new();
    for royalty in &stack {
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

/// What is owed of each unit of net: by the asset itself, or by a model that descends from it and from nothing else. Pools are topped up,
/// as a model's ledger does.
async fn owed(
    state: &Snapshot,
    asset: Asset,
    derives: bool,
    quote: &UseQuote,
) -> Result<RoyaltyStack> {
    let mut stack = quote.royalties.clone();
    if derives {
        let attachment = find_attachment(state, asset).await?;
        let attachment = attachment.context("an asset without a licence may be used")?;
        let terms = find_terms(state, attachment.terms).await?;
        let own = terms
            .context("the asset's licence is not published")?
            .royalty;
        let payee = match asset {
            Asset::Model(model) => Some(Payee::Model(model)),
            Asset::Datanet(datanet) => final_rounds(state, datanet)
                .await?
                .pop()
                .map(|round| Payee::Pool(Pool { datanet, round })),
        };
        if let (Some(RoyaltyTerms { rate, ceiling }), Some(payee)) = (own, payee) {
            let own = Royalty {
                payee,
                rate,
                ceiling,
            };
            stack.try_insert(0, own).map_err(|_| {
                anyhow!("no model can descend from it: it owes as many royalties as there can be")
            })?;
        }
    }
    top_up(&mut stack);
    Ok(stack)
}
