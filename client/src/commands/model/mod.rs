//! `tributary model`: models and their ancestry.

mod add_parent;
mod contributors;
mod dry_run;
mod lineage;
mod register;
mod show;
mod train;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use serde_json::{json, Value};
use subxt::utils::{MultiAddress, H256};
use tributary_primitives::{assets::Asset, datanets::Evidence, licences::Origin};

use self::{
    register::Register,
    train::{Predict, Train},
};

use crate::{
    chain::{
        calls::{
            AcceptModel, AnnounceTeam, ChangeTeam, Cosign, EvaluateModel, OfferModel, RefoldModel,
            RetireModel, WithdrawModelOffer,
        },
        state::{Edge, Model},
        Snapshot,
    },
    commands::{
        members::{team, MemberArgument},
        parse_hash, send,
    },
    context::{AccountName, Context},
    evidence,
    failure::{misuse, Misuse},
    money::{scaled, Amount},
    origin::{origin_text, OriginName},
    output::{hex, short, Grid, Output},
    round,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Register a model with all it comes from
    Register(Box<Register>),
    /// Train a model on records that `datanet export` wrote
    ///
    /// Needs no node. Whoever trains on the same records with the same settings makes the same file, with any number of threads. It is refused
    /// where the datanet's licence does not allow it: softmax needs the use `train`, knn, which looks the records up to answer, `retrieve`.
    Train(Train),
    /// Ask a model that `model train` wrote
    ///
    /// Needs no node. Of knn it names the records that answered.
    Predict(Predict),
    /// All models
    List,
    /// A model
    Show {
        /// Its number.
        model: u32,
    },
    /// Everything a model comes from, with licences, grades, contributors, and what its data were worth
    ///
    /// Of each round it names those with the largest parts of what contributors earn from it; `--json` lists every contribution.
    Lineage {
        /// Its number.
        model: u32,
    },
    /// Offer a model to an account, which becomes its owner by accepting
    Transfer {
        /// Its number.
        model: u32,
        /// The account: an address, dev:NAME or the name of a key.
        to: AccountName,
    },
    /// Withdraw the offer of a model
    WithdrawOffer {
        /// Its number.
        model: u32,
    },
    /// State what a model reached on a benchmark, for ever
    Evaluate {
        /// Its number.
        model: u32,
        /// What it was tried on.
        #[arg(long)]
        benchmark: String,
        /// What was measured.
        #[arg(long)]
        metric: String,
        /// What came out: a decimal number.
        #[arg(long, value_parser = parse_score, allow_hyphen_values = true)]
        score: i128,
        /// BLAKE2b hash of what lets others check it (32 bytes).
        #[arg(long, value_name = "HASH", value_parser = parse_hash)]
        evidence: H256,
    },
    /// Accept an offered model
    Accept {
        /// Its number.
        model: u32,
    },
    /// Announce that others are to share what a model earns; `change-team` lets them in after the notice
    Team {
        /// Its number.
        model: u32,
        /// ACCOUNT=PERCENT, for each member.
        #[arg(required = true)]
        members: Vec<MemberArgument>,
    },
    /// Let the announced team in, once its notice is over
    ChangeTeam {
        /// Its number.
        model: u32,
    },
    /// Confirm that a model comes from one's own
    Cosign {
        /// The number of the model that descends.
        model: u32,
        /// The number of one's own model.
        parent: u32,
    },
    /// Name a source that was left out when the model was registered: its stack is owed from now on
    AddParent {
        /// Its number.
        model: u32,
        /// What it comes from as well, as in fine-tuned-from:3 or trained-on:0:2.
        source: OriginName,
    },
    /// Take up what was upheld about a model's sources: it owes that from now on
    ///
    /// Anybody may do so for any model that is stale; of several in a line, the oldest first. What owners of its sources named by themselves is not taken
    /// up: that binds their models, and those that are registered afterwards.
    Refold {
        /// Its number.
        model: u32,
    },
    /// Give no new grants and take no new descendants any more, for ever
    Retire {
        /// Its number.
        model: u32,
    },
}

/// Decimals of a score.
const SCORE_DECIMALS: usize = 18;

/// A decimal number with at most 18 decimals, in units of the last one.
fn parse_score(text: &str) -> Result<i128, String> {
    let refused = || format!("`{text}` is not a decimal number with at most 18 decimals");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.starts_with('.') || digits.ends_with('.') {
        return Err(refused());
    }
    let score: i128 = scaled(digits, SCORE_DECIMALS).ok_or_else(refused)?;
    Ok(if negative { -score } else { score })
}

/// A score as people read it.
fn score_text(score: i128) -> String {
    let sign = if score < 0 { "-" } else { "" };
    let unit = 10u128.pow(SCORE_DECIMALS as u32);
    let score = score.unsigned_abs();
    let fraction = format!("{:0width$}", score % unit, width = SCORE_DECIMALS);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", score / unit)
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Register(register) => register.run(context).await,
            Self::Train(train) => train.run(),
            Self::Predict(predict) => predict.run(),
            Self::List => list(context).await,
            Self::Show { model } => show::show(context, model).await,
            Self::Lineage { model } => lineage::lineage(context, model).await,
            Self::Transfer { model, to } => {
                let new_owner = MultiAddress::Id(context.account(&to)?);
                send(
                    context,
                    OfferModel { model, new_owner },
                    format!("Model {model} is offered"),
                )
                .await
            }
            Self::WithdrawOffer { model } => {
                send(
                    context,
                    WithdrawModelOffer { model },
                    format!("Model {model} is not offered any more"),
                )
                .await
            }
            Self::Evaluate {
                model,
                benchmark,
                metric,
                score,
                evidence,
            } => {
                let done = format!("Stated the {metric} of model {model} on {benchmark}");
                let call = EvaluateModel {
                    model,
                    benchmark: benchmark.into_bytes(),
                    metric: metric.into_bytes(),
                    score,
                    evidence,
                };
                send(context, call, done).await
            }
            Self::Accept { model } => {
                send(
                    context,
                    AcceptModel { model },
                    format!("Model {model} is yours"),
                )
                .await
            }
            Self::Team { model, members } => {
                let team = team(context, &members)?;
                send(
                    context,
                    AnnounceTeam { model, team },
                    format!("Announced another team for model {model}"),
                )
                .await
            }
            Self::ChangeTeam { model } => {
                send(
                    context,
                    ChangeTeam { model },
                    format!("Model {model} has another team"),
                )
                .await
            }
            Self::Cosign { model, parent } => cosign(context, model, parent).await,
            Self::AddParent { model, source } => {
                add_parent::add_parent(context, model, source.0).await
            }
            Self::Refold { model } => {
                let done = format!("Model {model} has taken up what was upheld upstream");
                send(context, RefoldModel { model }, done).await
            }
            Self::Retire { model } => {
                send(
                    context,
                    RetireModel { model },
                    format!("Model {model} is retired"),
                )
                .await
            }
        }
    }
}

/// An edge, and how others can know what the round is worth that it leads to, if it leads to one.
struct Source {
    edge: Edge,
    evidence: Option<Evidence>,
}

impl Source {
    /// In a few words.
    fn text(&self) -> String {
        let text = origin_text(&self.edge.origin);
        match self.evidence {
            Some(evidence) => evidence::marked(text, evidence),
            None => text,
        }
    }

    /// How well it is supported.
    fn grade_text(&self) -> &str {
        match self.edge.grade.value.as_str() {
            Some("Declared") => "declared",
            Some("CoSigned") => "co-signed",
            Some("ReExecuted") => "re-executed",
            other => other.unwrap_or_default(),
        }
    }

    /// How and since when it is known, if the model was registered without it.
    fn debt_text(&self) -> Option<String> {
        let how = if self.edge.upheld {
            "upheld"
        } else {
            "named late"
        };
        let block = self.edge.debt?;
        Some(format!("{how}, owed since block {block}"))
    }
}

/// The model that an origin leads to.
fn parent(origin: &Origin) -> Option<u32> {
    match origin.asset() {
        Asset::Model(model) => Some(model),
        Asset::Datanet(_) => None,
    }
}

async fn find(state: &Snapshot, model: u32) -> Result<(Model, Vec<Source>)> {
    let found = registered(state, model).await?;
    Ok((found, sources(state, model).await?))
}

/// A model by its number; an error if there is none.
pub(crate) async fn registered(state: &Snapshot, model: u32) -> Result<Model> {
    let found: Option<Model> = state.get("Models", "Models", (model,)).await?;
    Ok(found.ok_or_else(|| Misuse(format!("there is no model {model}")))?)
}

/// What a model comes from directly.
async fn sources(state: &Snapshot, model: u32) -> Result<Vec<Source>> {
    let edges: Option<Vec<Edge>> = state.get("Models", "Edges", (model,)).await?;
    let mut sources = Vec::new();
    for edge in edges.unwrap_or_default() {
        let evidence = match edge.origin.asset() {
            Asset::Datanet(datanet) => Some(round::recipe(state, datanet).await?.evidence),
            Asset::Model(_) => None,
        };
        sources.push(Source { edge, evidence });
    }
    Ok(sources)
}

fn edge_json(source: &Source) -> Result<Value> {
    let Source { edge, evidence } = source;
    Ok(json!({
        "origin": serde_json::to_value(edge.origin.0).context("writing an origin")?,
        "grade": edge.grade.value,
        "debt": edge.debt,
        "upheld": edge.upheld,
        "evidence": evidence.map(evidence::word),
    }))
}

fn model_json(id: u32, model: &Model, edges: &[Source]) -> Result<Value> {
    Ok(json!({
        "model": id,
        "owner": model.owner,
        "offered_to": model.offered_to,
        "kind": format!("{:?}", model.kind),
        "edges": edges.iter().map(edge_json).collect::<Result<Vec<_>>>()?,
        "weights_hash": hex(model.weights_hash),
        "recipe_hash": hex(model.recipe_hash),
        "terms": hex(model.terms),
        "registered": model.registered,
        "reexecuted": model.reexecuted,
        "ancestry_changed": model.ancestry_changed,
        "naming_forfeited": model.naming_forfeited,
        "retired": model.retired,
        "evaluations": model.evaluations,
        "deposit": Amount(model.deposit),
    }))
}

async fn list(context: &Context) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let mut models: Vec<((u32,), Model)> = state.entries("Models", "Models", ()).await?;
    models.sort_by_key(|(id, _)| *id);
    let mut table = Grid::new([">model", "kind", "owner", "terms", "weights", "retired"]);
    let mut list = Vec::new();
    for ((id,), model) in &models {
        let kind = format!("{:?}", model.kind);
        let retired = if model.retired { "yes" } else { "" };
        table.row([
            id,
            &kind,
            &model.owner,
            &short(model.terms),
            &short(model.weights_hash),
            &retired,
        ]);
        let edges = sources(&state, *id).await?;
        list.push(model_json(*id, model, &edges)?);
    }
    Ok(Output::new(list.into()).table(table))
}

async fn cosign(context: &Context, model: u32, own: u32) -> Result<Output> {
    let state = context.connect().await?.newest().await?;
    let (_, edges) = find(&state, model).await?;
    let edge = edges
        .into_iter()
        .map(|source| source.edge.origin)
        .find(|origin| parent(origin) == Some(own));
    let Some(edge) = edge else {
        misuse!("model {model} does not come from model {own}");
    };
    let done = format!("Confirmed that model {model} comes from model {own}");
    send(context, Cosign { model, edge }, done).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt::utils::Static;

    #[test]
    fn scores_are_decimal_numbers() {
        let unit = 10i128.pow(18);
        assert_eq!(parse_score("0.94"), Ok(unit / 100 * 94));
        assert_eq!(parse_score("-2"), Ok(-2 * unit));
        assert_eq!(parse_score("0.000000000000000001"), Ok(1));
        for wrong in ["", "-", "1.", ".5", "1e3", "0.0000000000000000001", "+1"] {
            assert!(parse_score(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn scores_are_written_as_they_are_read() {
        for text in ["0.94", "-2", "-0.5", "0", "12.000000000000000001"] {
            assert_eq!(score_text(parse_score(text).unwrap()), text);
        }
    }

    #[test]
    fn an_edge_says_how_well_it_is_supported_and_since_when_it_is_owed() {
        let source = |grade: &str, debt, upheld| Source {
            edge: Edge {
                origin: Static(Origin::FineTunedFrom(3)),
                grade: Value::from(grade).into(),
                debt,
                upheld,
            },
            evidence: None,
        };
        let late = source("CoSigned", Some(9), true);
        assert_eq!(late.grade_text(), "co-signed");
        assert_eq!(late.debt_text().unwrap(), "upheld, owed since block 9");
        assert_eq!(source("Declared", None, false).debt_text(), None);
    }
}
