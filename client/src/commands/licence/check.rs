//! `tributary licence check`: whether an asset may be used, what it costs and who earns from it.

use anyhow::{Context as _, Result};
use serde_json::{json, Value};
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Pool, RoyaltyStack},
    licences::{
        royalties_fit, GrantQuote, Origin, Source, Standing, Term, Use, UseQuote, UseRefusal,
    },
};

use super::{
    find_attachment,
    words::{advice, refusal_text},
};
use crate::{
    asset::asset_text,
    chain::Snapshot,
    context::Context,
    money::{Amount, Part},
    output::{count, Grid, Output},
    pool::final_rounds,
    royalties::{royalty_table, standing_royalties, RoyaltyLine},
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
        Err(refusal) => return Ok(Refused::from(&refusal).output()),
    };
    let derives = !matches!(intended, Use::Infer | Use::Evaluate | Use::Redistribute);
    let Some(lines) = owed(&state, asset, derives, &quote).await? else {
        let refused = Refused {
            why: "no model can descend from it: it would owe more royalties than there can be"
                .to_owned(),
            meaning: None,
            remedy: Term::Royalties.remedy(),
        };
        return Ok(refused.output());
    };
    let whose = if derives {
        "earns from a descendant of this alone"
    } else {
        "earns a part of the net"
    };
    let (table, royalties) = royalty_table(whose, &lines);
    let (grants, needed) = grant_table(&quote.grants);
    let json = json!({
        "allowed": true,
        "price": Amount(quote.price),
        "host_share": Part(quote.host_share.deconstruct()),
        "commercial": quote.commercial,
        "attribution": quote.attribution,
        "royalties": royalties,
        "grants": needed,
    });
    let output = Output::new(json).line("Allowed.").fields([
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
    Ok(output.table(table).table(grants))
}

/// The grants that somebody needs, for people and programs.
pub(crate) fn grant_table(grants: &[GrantQuote]) -> (Grid, Vec<Value>) {
    let mut table = Grid::new(["needs a grant of", "approval", ">fee", "so far"]);
    let mut list = Vec::new();
    for grant in grants {
        let progress = format!("{:?}", grant.progress);
        let approval = if grant.approval { "needed" } else { "" };
        let fee = Amount(grant.fee);
        table.row([&asset_text(grant.asset), &approval, &fee, &progress]);
        list.push(json!({ "asset": grant.asset, "approval": grant.approval, "fee": fee, "progress": progress }));
    }
    (table, list)
}

/// That an asset may not be used, and why.
struct Refused {
    why: String,
    /// What that means, where it is a term of a licence.
    meaning: Option<&'static str>,
    remedy: &'static str,
}

impl Refused {
    fn output(&self) -> Output {
        let Self {
            why,
            meaning,
            remedy,
        } = self;
        let json = json!({ "allowed": false, "why": why, "meaning": meaning, "remedy": remedy });
        let advice = advice(*meaning, remedy);
        Output::new(json).line(format!("Not allowed: {why}.\n{advice}"))
    }
}

impl From<&UseRefusal> for Refused {
    fn from(refusal: &UseRefusal) -> Self {
        let (why, remedy) = match refusal {
            UseRefusal::Licence(refusal) => {
                return Self {
                    why: refusal_text(refusal),
                    meaning: Some(refusal.term.meaning()),
                    remedy: refusal.term.remedy(),
                }
            }
            UseRefusal::NotOffered => (
                "its owner has made no offer".to_owned(),
                "ask its owner for one, which `tributary licence offer` makes",
            ),
            UseRefusal::QuotaExceeded { left } => (
                format!(
                    "its terms allow no more than {} by now",
                    count(left, "unit")
                ),
                "ask for no more units than that",
            ),
            UseRefusal::PriceOverflow => (
                "all units together cost more than there can be of the coin".to_owned(),
                "ask for fewer units",
            ),
            UseRefusal::Stale => (
                "its ancestry has changed since".to_owned(),
                "let it be refolded first, which anybody may, by `tributary model refold`",
            ),
        };
        Self {
            why,
            meaning: None,
            remedy,
        }
    }
}

/// What is owed of each unit of net: by the asset itself, or by a model that descends from it and from nothing else. Nothing at all if there
/// can be no such model.
async fn owed(
    state: &Snapshot,
    asset: Asset,
    derives: bool,
    quote: &UseQuote,
) -> Result<Option<Vec<RoyaltyLine>>> {
    if !derives {
        return standing_royalties(&quote.royalties, &quote.late).map(Some);
    }
    let attachment = find_attachment(state, asset).await?;
    let standing = attachment
        .context("an asset without a licence may be used")?
        .standing
        .0;
    let origin = match asset {
        Asset::Model(model) => Some(Origin::DistilledFrom(model)),
        Asset::Datanet(datanet) => final_rounds(state, datanet)
            .await?
            .pop()
            .map(|round| Origin::TrainedOn(Pool { datanet, round })),
    };
    let Some(origin) = origin else {
        // Nothing is trained on a datanet without a final round.
        return Ok(Some(Vec::new()));
    };
    handed_on(origin, &standing)
        .map(|stack| standing_royalties(&stack, &LateRoyalties::new()))
        .transpose()
}

/// What a model owes that comes from an asset alone: what the asset owes, late or not, is owed in time by who comes after. Nothing at all if
/// that is more than a model can owe.
fn handed_on(origin: Origin, standing: &Standing) -> Option<RoyaltyStack> {
    let mut royalties: Vec<_> = Source { origin, standing }.royalties().collect();
    royalties.sort_by_key(|royalty| royalty.payee);
    let fits = royalties_fit(&royalties);
    RoyaltyStack::try_from(royalties).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tributary_primitives::{
        assets::{Payee, Royalty},
        licences::{self, presets::named, RoyaltyTerms},
        Perbill,
    };

    #[test]
    fn a_descendant_owes_in_time_what_its_source_owes_late() {
        let mut standing = Standing::root(&named("MIT").unwrap());
        let royalty = |model, percent| Royalty {
            payee: Payee::Model(model),
            rate: Perbill::from_percent(percent),
            ceiling: Some(9),
        };
        standing.royalty = Some(RoyaltyTerms {
            rate: Perbill::from_percent(3),
            ceiling: None,
        });
        standing.stack = RoyaltyStack::truncate_from(vec![royalty(2, 10)]);
        standing.late = LateRoyalties::truncate_from(vec![royalty(1, 5)]);
        let stack = handed_on(Origin::DistilledFrom(3), &standing).unwrap();
        let own = Royalty {
            ceiling: None,
            ..royalty(3, 3)
        };
        assert_eq!(stack.to_vec(), [royalty(1, 5), royalty(2, 10), own]);

        standing.late = LateRoyalties::truncate_from(vec![royalty(1, 50)]);
        assert_eq!(handed_on(Origin::DistilledFrom(3), &standing), None);
    }

    #[test]
    fn every_refusal_is_a_sentence_with_a_remedy() {
        let text = |refusal| {
            let output = Refused::from(&refusal).output();
            output.text(&BTreeMap::new())
        };
        assert_eq!(
            text(UseRefusal::QuotaExceeded { left: 7 }),
            "Not allowed: its terms allow no more than 7 units by now.\nWhat to do: ask for no more units than that."
        );
        let refusal = licences::Refusal::by(Asset::Datanet(3), Term::Direct(Use::Train));
        assert_eq!(
            text(UseRefusal::Licence(refusal)),
            "Not allowed: datanet 3 does not allow the use `train`.\n\
             It means: the asset must not be used in this way.\n\
             What to do: use it in a way that is among its direct uses."
        );
    }
}
