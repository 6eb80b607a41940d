//! `tributary datanet`: create, sponsor, list, show.

mod recipe;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use subxt::utils::{AccountId32, MultiAddress, Static, H256};
use tributary_primitives::{
    assets::Asset,
    datanets::{Encoder, Evidence, Recipe},
    merkle::Range,
};

use self::recipe::{example, RecipeFile};
use crate::{
    chain::{
        calls::{
            AcceptDatanet, AppointProviders, CreateDatanet, DatanetCreated, OfferDatanet,
            OpenRound, Pledge, RetireDatanet, RoundOpened, WithdrawDatanetOffer, WithdrawPledge,
        },
        state::{Datanet, Outcome, Pledged, Round},
    },
    commands::{export::Export, licence::find_attachment, parse_hash, send},
    context::{AccountName, Context},
    evidence,
    failure::{misuse, Misuse},
    money::Amount,
    output::{count, hex, Grid, Output},
    round, scheme,
    valuation::accuracy,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A recipe to begin with, as JSON
    Recipe,
    /// Create a datanet; its recipe and licence never change
    Create(Create),
    /// All datanets
    List,
    /// A datanet with its rounds
    Show {
        /// The datanet.
        datanet: u32,
    },
    /// The admitted records of a datanet, checked against the chain, with their licence
    ///
    /// Fetches what was admitted up to a final round, but for what was withdrawn before that froze, checks each contribution against its
    /// root and the contributions against the root of the pool, and writes them with their licence alongside (FILE.licence.json).
    /// `--min-quality` leaves out single records by what the rounds' evaluators advise.
    Export(Export),
    /// Name who supplies the benchmark of the rounds opened from now on
    Providers {
        /// The datanet.
        datanet: u32,
        /// One to four accounts: addresses, dev:NAME or names of keys.
        #[arg(required = true)]
        providers: Vec<AccountName>,
    },
    /// Put money on hold for a round that is not open yet: so much per accuracy of 1.0, and no more than the budget
    ///
    /// The pledge holds for that round alone, and only if it is measured by the providers that the datanet has now.
    #[command(visible_alias = "sponsor")]
    Pledge {
        /// The datanet.
        datanet: u32,
        /// What is paid for an accuracy of 1.0.
        #[arg(long)]
        price: Amount,
        /// The most that is paid in all.
        #[arg(long)]
        budget: Amount,
        /// The round [default: the next one]
        #[arg(long)]
        round: Option<u32>,
    },
    /// Take back a pledge that no round has taken
    WithdrawPledge {
        /// The datanet.
        datanet: u32,
    },
    /// Open the next round
    OpenRound {
        /// The datanet.
        datanet: u32,
        /// Whose pledge pays for it: an address, dev:NAME or the name of a key.
        #[arg(long)]
        sponsor: Option<AccountName>,
    },
    /// Offer a datanet to an account, which becomes its steward by accepting
    Transfer {
        /// The datanet.
        datanet: u32,
        /// The account: an address, dev:NAME or the name of a key.
        to: AccountName,
    },
    /// Withdraw the offer of a datanet
    WithdrawOffer {
        /// The datanet.
        datanet: u32,
    },
    /// Accept an offered datanet
    Accept {
        /// The datanet.
        datanet: u32,
    },
    /// Open no more rounds, for ever
    Retire {
        /// The datanet.
        datanet: u32,
    },
}

/// `tributary datanet create`
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// The recipe (see `datanet recipe`).
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Its licence terms, published before.
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    terms: H256,
    /// Text or JSON about it, which never changes; the client's README says which keys programs understand.
    #[arg(long, default_value = "")]
    metadata: String,
    /// A file with that text or JSON.
    #[arg(long, value_name = "FILE", conflicts_with = "metadata")]
    metadata_file: Option<PathBuf>,
    /// Let so many attestors decide what records are worth, of those that `datanet providers` appoints: no record comes to the chain. Like
    /// "evidence": {"Attested": {"threshold": COUNT}} in the recipe.
    #[arg(long, value_name = "COUNT")]
    attested: Option<u8>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Recipe => {
                let json = serde_json::to_value(example()).context("writing a recipe")?;
                let text = serde_json::to_string_pretty(&example()).context("writing a recipe")?;
                Ok(Output::new(json).line(text))
            }
            Self::Create(create) => create.run(context).await,
            Self::List => list(context).await,
            Self::Export(export) => export.run(context).await,
            Self::Show { datanet } => show(context, datanet).await,
            Self::Providers { datanet, providers } => {
                let providers = providers
                    .iter()
                    .map(|name| context.account(name))
                    .collect::<Result<_>>()?;
                let done = format!("Appointed the providers of datanet {datanet}");
                send(context, AppointProviders { datanet, providers }, done).await
            }
            Self::Pledge {
                datanet,
                price,
                budget,
                round,
            } => {
                let now = context.connect().await?.newest().await?;
                let found = round::datanet(&now, datanet).await?;
                let next = found.rounds.checked_add(1).context("rounds are used up")?;
                let round = round.unwrap_or(next);
                let by: Vec<_> = found.providers.iter().map(ToString::to_string).collect();
                let done = format!(
                    "Pledged up to {budget}, {price} for an accuracy of 1.0, to round {round} of datanet {datanet}, measured by {},",
                    by.join(", ")
                );
                let call = Pledge {
                    datanet,
                    round,
                    providers: found.providers,
                    price: price.0,
                    budget: budget.0,
                };
                send(context, call, done).await
            }
            Self::WithdrawPledge { datanet } => {
                send(
                    context,
                    WithdrawPledge { datanet },
                    format!("Took the pledge to datanet {datanet} back"),
                )
                .await
            }
            Self::OpenRound { datanet, sponsor } => open_round(context, datanet, sponsor).await,
            Self::Transfer { datanet, to } => {
                let new_steward = MultiAddress::Id(context.account(&to)?);
                send(
                    context,
                    OfferDatanet {
                        datanet,
                        new_steward,
                    },
                    format!("Datanet {datanet} is offered"),
                )
                .await
            }
            Self::WithdrawOffer { datanet } => {
                send(
                    context,
                    WithdrawDatanetOffer { datanet },
                    format!("Datanet {datanet} is not offered any more"),
                )
                .await
            }
            Self::Accept { datanet } => {
                send(
                    context,
                    AcceptDatanet { datanet },
                    format!("Datanet {datanet} is yours"),
                )
                .await
            }
            Self::Retire { datanet } => {
                send(
                    context,
                    RetireDatanet { datanet },
                    format!("Datanet {datanet} is retired"),
                )
                .await
            }
        }
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<Output> {
        let json = match fs::read(&self.recipe) {
            Ok(json) => json,
            Err(error) => misuse!("cannot read {}: {error}", self.recipe.display()),
        };
        let mut file: RecipeFile = serde_json::from_slice(&json)
            .map_err(|error| Misuse(format!("{}: {error}", self.recipe.display())))?;
        if let Some(threshold) = self.attested {
            file.evidence = Evidence::Attested { threshold };
        }
        let recipe = Recipe::from(file);
        let metadata = scheme::given(self.metadata, self.metadata_file.as_deref(), &recipe)?;
        let (chain, key) = context.connect_to_sign().await?;
        let call = CreateDatanet {
            recipe: Static(recipe),
            terms: self.terms,
            metadata,
        };
        let included = chain.submit(&key, call).await?;
        let datanet = included.expect::<DatanetCreated>()?.datanet;
        let mut json = included.json()?;
        json["datanet"] = datanet.into();
        Ok(Output::new(json).line(format!("Created datanet {datanet} {}.", included.place())))
    }
}

async fn open_round(
    context: &Context,
    datanet: u32,
    sponsor: Option<AccountName>,
) -> Result<Output> {
    let sponsor = sponsor
        .as_ref()
        .map(|name| context.account(name))
        .transpose()?;
    let (chain, key) = context.connect_to_sign().await?;
    let included = chain.submit(&key, OpenRound { datanet, sponsor }).await?;
    let opened: RoundOpened = included.expect()?;
    let mut json = included.json()?;
    json["round"] = opened.round.into();
    Ok(Output::new(json).line(format!(
        "Opened round {} of datanet {datanet} {}; commitments until block {}.",
        opened.round,
        included.place(),
        opened.deadline
    )))
}

fn metadata_text(metadata: &[u8]) -> String {
    String::from_utf8_lossy(metadata).into_owned()
}

async fn list(context: &Context) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let mut datanets: Vec<((u32,), Datanet)> = state.entries("Datanets", "Datanets", ()).await?;
    datanets.sort_by_key(|(id, _)| *id);
    let mut table = Grid::new([">datanet", "steward", ">rounds", ">contributions", "about"]);
    let mut list = Vec::new();
    for ((id,), datanet) in &datanets {
        let metadata: Vec<u8> = state
            .get("Datanets", "Metadata", (*id,))
            .await?
            .unwrap_or_default();
        let metadata = metadata_text(&metadata);
        let about: String = metadata.chars().take(48).collect();
        table.row([
            id,
            &datanet.steward,
            &datanet.rounds,
            &datanet.contributions,
            &about,
        ]);
        list.push(datanet_json(*id, datanet, &metadata));
    }
    Ok(Output::new(list.into()).table(table))
}

fn datanet_json(id: u32, datanet: &Datanet, metadata: &str) -> Value {
    json!({
        "datanet": id,
        "steward": datanet.steward,
        "offered": datanet.offered,
        "deposit": Amount(datanet.deposit),
        "providers": datanet.providers,
        "rounds": datanet.rounds,
        "contributions": datanet.contributions,
        "retired": datanet.retired,
        "metadata": metadata,
    })
}

async fn show(context: &Context, id: u32) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let datanet = round::datanet(&state, id).await?;
    let recipe = round::recipe(&state, id).await?;
    let metadata: Vec<u8> = state
        .get("Datanets", "Metadata", (id,))
        .await?
        .unwrap_or_default();
    let metadata = metadata_text(&metadata);
    let admitted: Option<Static<Range>> = state.get("Datanets", "Admitted", (id,)).await?;
    let admitted = admitted.map(|range| range.0).unwrap_or_default();
    let terms = find_attachment(&state, Asset::Datanet(id))
        .await?
        .map(|attachment| attachment.terms);
    let pledges: Vec<((u32, AccountId32), Pledged)> =
        state.entries("Datanets", "Pledges", (id,)).await?;

    let mut json = datanet_json(id, &datanet, &metadata);
    json["recipe"] = serde_json::to_value(&recipe).context("writing a recipe")?;
    json["evidence"] = evidence::word(recipe.evidence).into();
    json["terms"] = terms.map(hex).into();
    json["admitted"] = admitted.count.into();
    json["weights_root"] = hex(admitted.root().hash).into();
    json["weight"] = admitted.root().sum.to_string().into();
    json["withdrawn"] = datanet.withdrawn.to_string().into();
    let providers: Vec<_> = datanet.providers.iter().map(ToString::to_string).collect();
    let mut output = Output::new(Value::Null).fields([
        ("datanet", id.to_string()),
        ("about", metadata),
        ("steward", datanet.steward.to_string()),
        (
            "values are",
            evidence::line(recipe.evidence, providers.len()),
        ),
        (
            match recipe.evidence {
                Evidence::Open => "providers",
                Evidence::Attested { .. } => "attestors",
            },
            providers.join(", "),
        ),
        ("terms", terms.map_or_else(|| "none".to_owned(), hex)),
        (
            "records",
            format!(
                "{}, {} classes, {} to {} a contribution",
                match recipe.encoder {
                    Encoder::Vector => format!("{} features", recipe.dimension),
                    Encoder::Text => format!("texts, hashed to {} features", recipe.dimension),
                },
                recipe.classes,
                recipe.min_records,
                recipe.max_records
            ),
        ),
        (
            "valuation",
            format!(
                "K {}, K* {}, squared radius {}, benchmark of {}",
                recipe.neighbours, recipe.horizon, recipe.radius, recipe.benchmark
            ),
        ),
        (
            "contributor pays",
            format!(
                "bond {} a byte, fee {} a record",
                Amount(recipe.deposit_per_byte),
                Amount(recipe.fee_per_record)
            ),
        ),
        (
            "sponsors' pay",
            match recipe.vesting {
                0 => "at once".to_owned(),
                parts => format!(
                    "half at once, half in {parts} parts with the rounds that follow, or after {} blocks each",
                    recipe.vesting().blocks
                ),
            },
        ),
        (
            "admitted",
            format!(
                "{} of {}",
                count(admitted.count, "contribution"),
                datanet.contributions
            ),
        ),
        (
            "withdrawn",
            withdrawn(datanet.withdrawn, admitted.root().sum),
        ),
    ]);
    let mut rounds = Grid::new([">round", "phase", ">delivered", "sponsored", "accuracy"]);
    let mut list = Vec::new();
    for number in 1..=datanet.rounds {
        let found = round::round(&state, id, number).await?;
        let budget = found
            .sponsorship
            .as_ref()
            .map(|sponsorship| Amount(sponsorship.budget));
        let phase = format!("{:?}", found.phase.0);
        rounds.row([
            &number,
            &phase,
            &format!("{} of {}", found.delivered, found.committed),
            &budget.map_or_else(String::new, |budget| budget.to_string()),
            &accuracies(&found, &recipe),
        ]);
        list.push(round_json(number, &found, recipe.evidence));
    }
    if datanet.rounds > 0 {
        output = output.table(rounds);
    }
    let mut waiting = Grid::new([
        "pledged by",
        ">for round",
        ">for an accuracy of 1.0",
        ">budget",
    ]);
    let mut pledged = Vec::new();
    for ((_, sponsor), pledge) in &pledges {
        waiting.row([
            sponsor,
            &pledge.round,
            &Amount(pledge.price),
            &Amount(pledge.budget),
        ]);
        pledged.push(json!({ "sponsor": sponsor, "round": pledge.round, "price": Amount(pledge.price), "budget": Amount(pledge.budget) }));
    }
    if !pledges.is_empty() {
        output = output.table(waiting);
    }
    json["pledges"] = pledged.into();
    json["round_list"] = list.into();
    Ok(output.with_json(json))
}

/// How much of the admitted weight later rounds leave out; nothing if none.
fn withdrawn(weight: u128, of: u128) -> String {
    if weight == 0 {
        return String::new();
    }
    format!(
        "{:.1} % of the admitted weight, which later rounds leave out",
        100.0 * weight as f64 / of as f64
    )
}

/// Accuracies of a final round, before and after.
pub(crate) fn accuracies(round: &Round, recipe: &Recipe) -> String {
    let unit = recipe.unit();
    let text = |outcome: &Outcome| {
        format!(
            "{} -> {}",
            accuracy(outcome.before, unit),
            accuracy(outcome.after, unit)
        )
    };
    let text = round.outcome.as_ref().map_or_else(String::new, text);
    evidence::marked(text, recipe.evidence)
}

/// A round for programs.
pub(crate) fn round_json(number: u32, round: &Round, evidence: Evidence) -> Value {
    let sponsorship = round.sponsorship.as_ref().map(|sponsorship| {
        json!({
            "sponsor": sponsorship.sponsor,
            "price": Amount(sponsorship.price),
            "budget": Amount(sponsorship.budget),
        })
    });
    let outcome = round.outcome.as_ref().map(|outcome| {
        json!({
            "evaluator": outcome.evaluator,
            "before": outcome.before.to_string(),
            "after": outcome.after.to_string(),
        })
    });
    let seats = round.seats.iter().map(|seat| {
        json!({ "provider": seat.provider, "slice": seat.slice, "root": seat.root.map(hex) })
    });
    json!({
        "round": number,
        "evidence": evidence::word(evidence),
        "phase": format!("{:?}", round.phase.0),
        "deadline": round.deadline,
        "first": round.first,
        "committed": round.committed,
        "delivered": round.delivered,
        "providers": round.providers,
        "sponsorship": sponsorship,
        "seats": seats.collect::<Vec<_>>(),
        "inputs": hex(round.inputs),
        "revealed_at": round.revealed_at,
        "outcome": outcome,
    })
}
