//! `tributary licence`: terms, grants and offers.

mod check;
mod publish;
mod words;

pub(crate) use self::{check::grant_table, words::refused_call};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use serde_json::json;
use subxt::utils::{AccountId32, MultiAddress, Static, H256};
use tributary_primitives::{
    assets::Asset,
    licences::{
        presets::{named, NAMES},
        Generation, LicenceTerms, Use,
    },
};

use self::{
    check::check,
    publish::{Publish, COMMERCIAL},
    words::{describe, parse_use, uses_text},
};
use crate::{
    asset::{asset_text, AssetName},
    chain::{
        calls::{
            AcquireGrant, ApproveGrant, DeclineGrant, MakeOffer, RelinquishGrant, RetractTerms,
        },
        state::{Attachment, Grant, Offer},
        Snapshot,
    },
    commands::{parse_hash, send},
    context::{AccountName, Context},
    failure::Misuse,
    money::{Amount, Part},
    output::{hex, Grid, Output},
    royalties::{royalty_table, standing_royalties},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Terms for the usual cases
    Presets,
    /// Publish terms; their hash names them from then on
    ///
    /// Begins with a preset or a file and changes what the options say.
    Publish(Box<Publish>),
    /// Terms, or what an asset is under: a hash, model:ID or datanet:ID
    Show {
        /// Hash of the terms, or the asset.
        what: String,
    },
    /// Whether an asset may be used in a way, what it costs and who earns from it
    Check {
        /// The asset: model:ID or datanet:ID.
        asset: AssetName,
        /// The use.
        #[arg(value_parser = parse_use)]
        intended: Use,
        /// How many units of calls.
        #[arg(long, default_value_t = 1)]
        units: u64,
        /// The last block of the use [default: the next one]
        #[arg(long)]
        until: Option<u32>,
        /// Who uses it: an address, dev:NAME or the name of a key [default: the account of --key or --dev]
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Ask for the right to make a descendant of an asset, and pay its fee
    Acquire {
        /// The asset: model:ID or datanet:ID.
        asset: AssetName,
        /// For a model that descends from the asset through others only.
        #[arg(long)]
        later: bool,
    },
    /// Approve somebody's application
    Approve {
        /// One's own asset: model:ID or datanet:ID.
        asset: AssetName,
        /// Who applied: an address, dev:NAME or the name of a key.
        applicant: AccountName,
    },
    /// Decline somebody's application
    Decline {
        /// One's own asset: model:ID or datanet:ID.
        asset: AssetName,
        /// Who applied: an address, dev:NAME or the name of a key.
        applicant: AccountName,
    },
    /// Give up a grant, or the application for it
    Relinquish {
        /// The asset: model:ID or datanet:ID.
        asset: AssetName,
    },
    /// Retract terms that one has published and that no asset has
    Retract {
        /// Their hash.
        #[arg(value_parser = parse_hash)]
        terms: subxt::utils::H256,
    },
    /// Say what one's asset costs from now on
    Offer {
        /// One's own asset: model:ID or datanet:ID.
        asset: AssetName,
        /// What it earns at least for each unit, after protocol fee and host.
        price: Amount,
        /// The largest part of a payment, after the protocol fee, that a host may keep.
        #[arg(long, default_value = "0%")]
        host_share: Part,
    },
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Presets => Ok(presets()),
            Self::Publish(publish) => publish.run(context).await,
            Self::Show { what } => show(context, &what).await,
            Self::Check {
                asset,
                intended,
                units,
                until,
                account,
            } => {
                let who = context.account_or_own(account.as_ref())?;
                check(context, asset.0, intended, who, units, until).await
            }
            Self::Acquire {
                asset: AssetName(asset),
                later,
            } => {
                let generation = Static(if later {
                    Generation::Later
                } else {
                    Generation::First
                });
                let done = format!("Asked {} for a grant", asset_text(asset));
                send(
                    context,
                    AcquireGrant {
                        asset: Static(asset),
                        generation,
                    },
                    done,
                )
                .await
            }
            Self::Approve {
                asset: AssetName(asset),
                applicant,
            } => {
                let applicant = MultiAddress::Id(context.account(&applicant)?);
                let done = format!("Approved a grant of {}", asset_text(asset));
                send(
                    context,
                    ApproveGrant {
                        asset: Static(asset),
                        applicant,
                    },
                    done,
                )
                .await
            }
            Self::Decline {
                asset: AssetName(asset),
                applicant,
            } => {
                let applicant = MultiAddress::Id(context.account(&applicant)?);
                let done = format!("Declined a grant of {}", asset_text(asset));
                send(
                    context,
                    DeclineGrant {
                        asset: Static(asset),
                        applicant,
                    },
                    done,
                )
                .await
            }
            Self::Relinquish {
                asset: AssetName(asset),
            } => {
                let done = format!("Gave up the grant of {}", asset_text(asset));
                send(
                    context,
                    RelinquishGrant {
                        asset: Static(asset),
                    },
                    done,
                )
                .await
            }
            Self::Retract { terms } => {
                send(
                    context,
                    RetractTerms { terms },
                    format!("Retracted the terms {}", hex(terms)),
                )
                .await
            }
            Self::Offer {
                asset: AssetName(asset),
                price,
                host_share,
            } => {
                let done = format!("A unit of {} costs {price} net", asset_text(asset));
                let call = MakeOffer {
                    asset: Static(asset),
                    price: price.0,
                    host_share: host_share.0,
                };
                send(context, call, done).await
            }
        }
    }
}

fn presets() -> Output {
    let mut table = Grid::new(["preset", "commercial", "share-alike", "royalty", "text"]);
    let mut list = Vec::new();
    let yes = |condition: bool| if condition { "yes" } else { "" };
    for name in NAMES {
        let Some(terms) = named(name) else { continue };
        let uri = String::from_utf8_lossy(&terms.text.uri).into_owned();
        table.row([
            &name,
            &yes(terms.commercial),
            &yes(terms.share_alike.is_some()),
            &"",
            &uri,
        ]);
        list.push(json!({ "name": name, "terms": terms }));
    }
    table.row([&COMMERCIAL, &"yes", &"", &"--royalty", &"--text-uri"]);
    list.push(json!({ "name": COMMERCIAL, "terms": null }));
    Output::new(list.into()).table(table)
}

/// Terms by their hash.
pub(crate) async fn find_terms(state: &Snapshot, id: H256) -> Result<Option<LicenceTerms>> {
    let found: Option<Static<LicenceTerms>> = state.get("Licensing", "Licences", (id,)).await?;
    Ok(found.map(|terms| terms.0))
}

/// What an asset is under.
pub(crate) async fn find_attachment(state: &Snapshot, asset: Asset) -> Result<Option<Attachment>> {
    state
        .get("Licensing", "Attachments", (Static(asset),))
        .await
}

async fn show(context: &Context, what: &str) -> Result<Output> {
    let named: Result<AssetName, _> = what.parse();
    let asset = named.map(|name| name.0).ok();
    let state = context.connect().await?.now().await?;
    let Some(asset) = asset else {
        let id = parse_hash(what).map_err(|_| {
            Misuse(format!(
                "`{what}` is neither a hash nor model:ID nor datanet:ID"
            ))
        })?;
        return Ok(describe(id, &terms_of(&state, id).await?));
    };
    let attachment = find_attachment(&state, asset).await?;
    let attachment =
        attachment.with_context(|| Misuse(format!("there is no {}", asset_text(asset))))?;
    let terms = terms_of(&state, attachment.terms).await?;
    let offer: Option<Offer> = state.get("Licensing", "Offers", (Static(asset),)).await?;
    let grants: Vec<((Static<Asset>, AccountId32), Grant)> = state
        .entries("Licensing", "Grants", (Static(asset),))
        .await?;

    let standing = &attachment.standing.0;
    let lines = standing_royalties(&standing.stack, &standing.late)?;
    let (owed, royalties) = royalty_table("owes royalties to", &lines);
    let mut granted = Grid::new(["grant of", "generation", "approved"]);
    let mut list = Vec::new();
    for ((_, account), grant) in &grants {
        let generation = format!("{:?}", grant.generation.0);
        granted.row([
            account,
            &generation,
            &if grant.approved { "yes" } else { "waits" },
        ]);
        list.push(json!({ "account": account, "generation": generation, "approved": grant.approved, "fee": Amount(grant.fee) }));
    }
    let price = offer.as_ref().map(|offer| Amount(offer.price));
    let json = json!({
        "asset": asset,
        "owner": attachment.owner,
        "retired": attachment.retired,
        "terms_hash": hex(attachment.terms),
        "terms": terms,
        "direct": standing.direct,
        "onward": standing.onward,
        "royalties": royalties,
        "price": price,
        "host_share": offer.as_ref().map(|offer| Part(offer.host_share)),
        "grants": list,
    });
    let output = describe(attachment.terms, &terms).with_json(json).fields([
        ("asset", asset_text(asset)),
        ("owner", attachment.owner.to_string()),
        (
            "with its ancestors",
            format!(
                "{}; descendants: {}",
                uses_text(standing.direct),
                uses_text(standing.onward)
            ),
        ),
        (
            "price of a unit",
            price.map_or_else(|| "not offered".to_owned(), |price| price.to_string()),
        ),
    ]);
    Ok(output.table(owed).table(granted))
}

async fn terms_of(state: &Snapshot, id: H256) -> Result<LicenceTerms> {
    let found = find_terms(state, id).await?;
    found.ok_or_else(|| Misuse(format!("no terms are published as {}", hex(id))).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_preset_is_listed() {
        let list = presets().text(&BTreeMap::new());
        for name in NAMES.into_iter().chain([COMMERCIAL]) {
            assert!(list.contains(name), "{name} is not in:\n{list}");
        }
    }
}
