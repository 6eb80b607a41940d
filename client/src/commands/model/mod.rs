//! `tributary model`: models and their ancestry.

mod lineage;
mod show;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use subxt::utils::{AccountId32, MultiAddress, Static, H256};
use tributary_primitives::{
    assets::{Asset, RoyaltyStack},
    datanets::Evidence,
    licences::{self, Origin},
};

use crate::{
    asset::PoolName,
    chain::{
        calls::{
            AcceptModel, AddParent, AnnounceTeam, ChangeTeam, Cosign, EvaluateModel, Kind, Member,
            ModelRegistered, OfferModel, RefoldModel, RegisterModel, RetireModel,
            WithdrawModelOffer,
        },
        state::{Edge, Model},
        Chain, Snapshot,
    },
    commands::{
        file_hash,
        licence::refusal_text,
        members::{team, MemberArgument},
        parse_hash, send,
    },
    context::{AccountName, Context},
    evidence,
    failure::{misuse, Misuse, Refusal},
    keys,
    money::{scaled, Amount},
    origin::{origin_text, OriginName},
    output::{hex, short, Grid, Output},
    round,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Register a model with all it comes from
    Register(Box<Register>),
    /// All models
    List,
    /// A model
    Show {
        /// Its number.
        model: u32,
    },
    /// Everything a model comes from, with licences, grades, and what its data were worth
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

/// `tributary model register`
#[derive(Args, Debug)]
pub(crate) struct Register {
    /// How it was made.
    #[arg(long, value_enum)]
    kind: Kind,
    /// A model that it comes from in the way of its kind.
    #[arg(long, value_name = "ID")]
    parent: Vec<u32>,
    /// A model that it was distilled from besides.
    #[arg(long, value_name = "ID")]
    distilled_from: Vec<u32>,
    /// A round that it was trained on, and the rounds before.
    #[arg(long, value_name = "DATANET:ROUND")]
    trained_on: Vec<PoolName>,
    /// A round whose records it looks up, and the rounds before.
    #[arg(long, value_name = "DATANET:ROUND")]
    retrieves_from: Vec<PoolName>,
    /// The file of its weights, which is hashed.
    #[arg(long, value_name = "FILE", required_unless_present = "weights_hash")]
    weights: Option<PathBuf>,
    /// BLAKE2b hash of its weights (32 bytes).
    #[arg(long, value_name = "HASH", conflicts_with = "weights", value_parser = parse_hash)]
    weights_hash: Option<H256>,
    /// A file that says how it was made, which is hashed.
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// BLAKE2b hash of what says how it was made (32 bytes).
    #[arg(long, value_name = "HASH", conflicts_with = "recipe", value_parser = parse_hash)]
    recipe_hash: Option<H256>,
    /// Its licence terms, published before.
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    terms: H256,
    /// Who shares what it earns: ACCOUNT=PERCENT [default: the signer alone]
    #[arg(long, value_name = "ACCOUNT=PERCENT")]
    team: Vec<MemberArgument>,
    /// Text or JSON about it, among other things where its weights can be fetched.
    #[arg(long, default_value = "")]
    metadata: String,
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
            Self::AddParent { model, source } => add_parent(context, model, source.0).await,
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

impl Register {
    async fn run(self, context: &Context) -> Result<Output> {
        let weights_hash = file_hash(self.weights.as_ref(), self.weights_hash)?;
        let recipe_hash = file_hash(self.recipe.as_ref(), self.recipe_hash)?;
        let origins = self.origins()?;
        let mut team = team(context, &self.team)?;
        let (chain, key) = context.connect_to_sign().await?;
        if team.is_empty() {
            team.push(Member {
                account: keys::account(&key),
                part: 1_000_000_000,
            });
        }
        let origins: Vec<_> = origins.into_iter().map(Static).collect();
        // What it is told now is all that it agrees to: a source can come to owe more meanwhile.
        let stack = self.check(&chain, keys::account(&key), &origins).await?;
        let call = RegisterModel {
            kind: self.kind,
            origins,
            weights_hash,
            recipe_hash,
            terms: self.terms,
            royalties_at_most: asked_for(&stack),
            team,
            metadata: self.metadata.into_bytes(),
        };
        let included = chain.submit(&key, call).await?;
        let model = included.expect::<ModelRegistered>()?.model;
        let mut json = included.json()?;
        json["model"] = model.into();
        Ok(Output::new(json).line(format!("Registered model {model} {}.", included.place())))
    }

    /// Asks what the licences of the sources say, which is more than an extrinsic's error does.
    async fn check(
        &self,
        chain: &Chain,
        owner: AccountId32,
        origins: &[Static<Origin>],
    ) -> Result<RoyaltyStack> {
        let state = chain.newest().await?;
        let arguments = (owner, self.terms, origins.to_vec());
        let answer: Static<Result<RoyaltyStack, licences::Refusal>> =
            state.view("Licensing", "check_model", arguments).await?;
        agreed("Models.register", answer.0)
    }

    fn origins(&self) -> Result<Vec<Origin>> {
        let by_kind: fn(u32) -> Origin = match self.kind {
            Kind::Base => {
                if !self.parent.is_empty() {
                    misuse!("a base model has no parent: say of what kind it is");
                }
                Origin::DistilledFrom
            }
            Kind::FineTune => Origin::FineTunedFrom,
            Kind::Adapter => Origin::AdapterOf,
            Kind::Merge => Origin::MergedFrom,
            Kind::Distill => Origin::DistilledFrom,
            Kind::Quantize => Origin::QuantizedFrom,
        };
        let parents = self.parent.iter().copied().map(by_kind);
        let distilled = self
            .distilled_from
            .iter()
            .copied()
            .map(Origin::DistilledFrom);
        let trained = self.trained_on.iter().map(|name| Origin::TrainedOn(name.0));
        let retrieved = self
            .retrieves_from
            .iter()
            .map(|name| Origin::RetrievesFrom(name.0));
        Ok(parents
            .chain(distilled)
            .chain(trained)
            .chain(retrieved)
            .collect())
    }
}

/// Names a source that was left out, for what it brings now: it can come to owe more meanwhile.
async fn add_parent(context: &Context, model: u32, source: Origin) -> Result<Output> {
    let state = context.connect().await?.newest().await?;
    let arguments = (model, Static(source));
    let answer: Static<Result<RoyaltyStack, licences::Refusal>> =
        state.view("Licensing", "check_source", arguments).await?;
    let stack = agreed("Models.add_parent", answer.0)?;
    let call = AddParent {
        model,
        source: Static(source),
        royalties_at_most: asked_for(&stack),
    };
    let done = format!("Model {model} is {} as well", origin_text(&source));
    send(context, call, done).await
}

/// What royalties come to together, in billionths, before the top-up of data.
fn asked_for(stack: &RoyaltyStack) -> u32 {
    // At most 60 %.
    stack.iter().map(|royalty| royalty.rate.deconstruct()).sum()
}

/// What licences answer, or what they refuse, with more of it than an extrinsic's error has.
fn agreed(call: &str, answer: Result<RoyaltyStack, licences::Refusal>) -> Result<RoyaltyStack> {
    answer.map_err(|refusal| {
        Refusal {
            call: call.to_owned(),
            error: format!("licence term {:?}", refusal.term),
            doc: format!("By its licence: {}.", refusal_text(&refusal)),
        }
        .into()
    })
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
