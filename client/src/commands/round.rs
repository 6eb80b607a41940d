//! `tributary round`: how a round stands, and how it goes on.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use tributary_primitives::datanets::{Evidence, Phase};

use crate::{
    agreement::Agreement,
    chain::{
        calls::{AdvanceRound, Lapse},
        state::{Attestation, Contribution, Status},
        Chain, Snapshot,
    },
    commands::{
        attest::attestations_json,
        datanet::{accuracies, round_json},
        send,
    },
    concluded::Concluded,
    contest::Contest,
    context::{AccountName, Context},
    evidence,
    money::Amount,
    output::{count, hex, remark, Grid, Output},
    quality::Quality,
    references::references,
    round::{self, Step},
    valuation::points,
};

/// Blocks after a round became final that are looked through for the quality of its records: evaluators publish it at once.
const SHOWN: u64 = 1_200;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A round with its contributions
    Show {
        /// The datanet.
        datanet: u32,
        /// The round [default: the last one]
        round: Option<u32>,
    },
    /// Remove a proposal whose time to publish is over; its bond is burnt
    Lapse {
        /// The datanet.
        datanet: u32,
        /// The round.
        round: u32,
        /// Whose proposal: an address, dev:NAME or the name of a key.
        proposer: AccountName,
    },
    /// Move a round on, as far as its deadlines and the chain's randomness allow
    Advance {
        /// The datanet.
        datanet: u32,
        /// The round [default: the last one]
        round: Option<u32>,
        /// Go on until it is there: wait for what others do, take every step that nobody else takes.
        #[arg(long, value_enum)]
        until: Option<Goal>,
    },
}

/// A place that a round comes to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, ValueEnum)]
pub(crate) enum Goal {
    /// Contributions are delivered.
    Delivering,
    /// Nothing is delivered any more.
    Frozen,
    /// Slices are picked.
    Picked,
    /// The benchmark is complete.
    Revealed,
    /// A complete valuation stands.
    Published,
    /// Values stand for ever.
    Final,
}

impl Goal {
    /// The last goal that a round has reached.
    fn of(round: &crate::chain::state::Round) -> Option<Self> {
        match round.phase.0 {
            Phase::Committing => None,
            Phase::Delivering => Some(Self::Delivering),
            Phase::Frozen if round.seats.is_empty() => Some(Self::Frozen),
            Phase::Frozen => Some(Self::Picked),
            Phase::Revealed => Some(Self::Revealed),
            Phase::Published => Some(Self::Published),
            Phase::Final => Some(Self::Final),
            Phase::Void => None,
        }
    }
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Show { datanet, round } => show(context, datanet, round).await,
            Self::Lapse {
                datanet,
                round,
                proposer,
            } => {
                let proposer = context.account(&proposer)?;
                let done = format!("Removed a proposal for round {round} of datanet {datanet}");
                let call = Lapse {
                    datanet,
                    round,
                    proposer,
                };
                send(context, call, done).await
            }
            Self::Advance {
                datanet,
                round: named,
                until: None,
            } => {
                let state = context.connect().await?.newest().await?;
                let round = round::round_or_last(&state, datanet, named).await?;
                let done = format!("Round {round} of datanet {datanet} went on");
                send(context, AdvanceRound { datanet, round }, done).await
            }
            Self::Advance {
                datanet,
                round,
                until: Some(goal),
            } => advance(context, datanet, round, goal).await,
        }
    }
}

async fn advance(
    context: &Context,
    datanet: u32,
    named: Option<u32>,
    goal: Goal,
) -> Result<Output> {
    let (chain, key) = context.connect_to_sign().await?;
    let number = round::round_or_last(&chain.newest().await?, datanet, named).await?;
    let standing = round::wait_for(&chain, &key, datanet, number, 0, |standing| {
        Goal::of(&standing.round).is_some_and(|reached| reached >= goal)
    })
    .await?;
    let phase = format!("{:?}", standing.round.phase.0);
    let json =
        json!({ "datanet": datanet, "round": number, "phase": phase, "block": standing.block });
    Ok(Output::new(json).line(format!(
        "Round {number} of datanet {datanet} is {phase} in block {}.",
        standing.block
    )))
}

async fn show(context: &Context, datanet: u32, named: Option<u32>) -> Result<Output> {
    let chain = context.connect().await?;
    let state = chain.now().await?;
    let number = round::round_or_last(&state, datanet, named).await?;
    let standing = round::standing(&state, datanet, number).await?;
    let recipe = round::recipe(&state, datanet).await?;
    let unit = recipe.unit();
    let found = &standing.round;

    let waits = match &standing.step {
        Step::Wait(what) => (*what).to_owned(),
        Step::Advance => "anybody who calls `round advance`".to_owned(),
        Step::Finalise => "anybody who calls `finalise`".to_owned(),
        Step::Abandon => "anybody who gives it up with `finalise`".to_owned(),
        Step::Ended => "nothing".to_owned(),
    };
    let block = |block: Option<u32>| {
        block.map_or_else(|| "none".to_owned(), |block| format!("block {block}"))
    };
    let mut json = round_json(number, found, recipe.evidence);
    json["datanet"] = datanet.into();
    json["waits_for"] = waits.clone().into();
    json["closes_at"] = standing.closes_at.into();
    json["unit"] = unit.to_string().into();
    json["block"] = standing.block.into();
    let mut output = Output::new(serde_json::Value::Null).fields([
        ("round", format!("{number} of datanet {datanet}")),
        ("phase", format!("{:?}", found.phase.0)),
        ("waits for", waits),
        ("deadline", block(found.deadline)),
        ("window ends before", block(standing.closes_at)),
        (
            "delivered",
            format!(
                "{} of {}",
                found.delivered,
                count(found.committed, "contribution")
            ),
        ),
        (
            "values are",
            evidence::line(recipe.evidence, found.providers.len()),
        ),
        ("accuracy", accuracies(found, &recipe)),
        ("at block", standing.block.to_string()),
    ]);
    if let Some(sponsorship) = &found.sponsorship {
        output = output.fields([
            ("sponsor", sponsorship.sponsor.to_string()),
            (
                "for an accuracy of 1.0",
                Amount(sponsorship.price).to_string(),
            ),
            ("budget", Amount(sponsorship.budget).to_string()),
        ]);
    }
    let place = (datanet, number);
    let contest = Contest::fetch(&chain, &state, place, &standing, &recipe).await?;
    json["proposals"] = contest.json();
    json["next_bond"] = contest.bond_json();
    if !contest.bond().is_empty() {
        output = output.fields([("bond of the next proposal", contest.bond())]);
    }
    output = output.table(contest.table(unit));
    let mut table = Grid::new([
        ">contribution",
        "contributor",
        ">records",
        "status",
        ">points of accuracy",
    ]);
    let (mut list, mut kept) = (Vec::new(), 0);
    let contributions = round::contributions(&state, datanet).await?;
    for (id, contribution) in &contributions {
        if contribution.round != number {
            continue;
        }
        let status = contribution.status_text();
        let valued = matches!(contribution.status, Status::Admitted | Status::Rejected);
        kept += u32::from(valued);
        let value = if valued {
            points(contribution.value, unit)
        } else {
            String::new()
        };
        table.row([
            id,
            &contribution.contributor,
            &contribution.records,
            &status,
            &value,
        ]);
        list.push(json!({
            "contribution": id,
            "contributor": contribution.contributor,
            "records": contribution.records,
            "bytes": contribution.bytes,
            "status": format!("{:?}", contribution.status),
            "bond": Amount(contribution.bond),
            "value": contribution.value.to_string(),
            "withdrawn_since": contribution.withdrawn,
        }));
    }
    let valued = if found.carried > 0 {
        found.carried
    } else {
        found.delivered
    };
    let reclaimed = if found.phase.0 == Phase::Final {
        valued.saturating_sub(kept)
    } else {
        0
    };
    if !list.is_empty() {
        output = output.table(table);
    }
    if reclaimed > 0 {
        output = output.line(format!(
            "Reclaimed since: {}, which `tributary statement --datanet {datanet}` lists as well.",
            count(reclaimed, "rejected contribution")
        ));
    }
    if recipe.evidence != Evidence::Open {
        let own: Vec<_> = contributions
            .iter()
            .filter(|(_, contribution)| contribution.round == number)
            .cloned()
            .collect();
        let attested = Attested::fetch(&chain, &state, place, &own).await?;
        json["attestations"] = attestations_json(&attested.standing).into();
        json["references"] = json!(attested.references);
        output = output.table(attested.said()).table(attested.places());
    }
    // One slice has nothing to agree with: what it says is what the round comes to.
    if found.seats.len() > 1 {
        let fetched =
            Agreement::fetch(&chain, &state, datanet, number, found, &contributions).await;
        match fetched {
            Ok(Some(agreement)) => {
                json["agreement"] = agreement.json();
                output = output
                    .table(agreement.table(found, unit))
                    .table(agreement.ranks_table());
            }
            Ok(None) => {}
            // A node without old blocks still shows the rest.
            Err(error) => remark(format!("What each slice says is not known: {error:#}")),
        }
    }
    if found.phase.0 == Phase::Final {
        match quality(&chain, &state, datanet, number).await {
            Ok((Some(quality), _)) => {
                json["quality"] = quality.json();
                let by = quality.evaluator;
                output = output
                    .line(format!("Quality of the records, advice by {by}"))
                    .table(quality.table());
            }
            Ok((None, last)) => {
                json["quality"] = serde_json::Value::Null;
                output = output.line(format!(
                    "The quality of its records was not published up to block {last}."
                ));
            }
            Err(error) => remark(format!(
                "The quality of its records is not known: {error:#}"
            )),
        }
    }
    json["reclaimed"] = reclaimed.into();
    json["contributions"] = list.into();
    Ok(output.with_json(json))
}

/// The quality of a final round's records, if it was published soon after the round became final, and up to which block that is.
async fn quality(
    chain: &Chain,
    state: &Snapshot,
    datanet: u32,
    number: u32,
) -> Result<(Option<Quality>, u64)> {
    let concluded = Concluded::fetch(chain, state, datanet, number)
        .await
        .context("looking for the block in which the round became final")?;
    let last = state.number().min(concluded.state.number() + SHOWN);
    let quality = Quality::fetch_until(chain, &concluded, last).await?;
    Ok((quality, last))
}

/// What attestors said of a round so far, and where its records lie.
struct Attested {
    standing: Vec<Attestation>,
    references: BTreeMap<u32, String>,
}

impl Attested {
    async fn fetch(
        chain: &Chain,
        state: &Snapshot,
        place: (u32, u32),
        contributions: &[(u32, Contribution)],
    ) -> Result<Self> {
        let standing: Option<Vec<Attestation>> =
            state.get("Attestation", "Standing", place).await?;
        let references = match references(chain, state, place.0, contributions).await {
            Ok(references) => references,
            // A node without old blocks still shows the rest.
            Err(error) => {
                remark(format!("Where the records lie is not known: {error:#}"));
                BTreeMap::new()
            }
        };
        Ok(Self {
            standing: standing.unwrap_or_default(),
            references,
        })
    }

    fn said(&self) -> Grid {
        let mut table = Grid::new(["attestor", "hash of its statement"]);
        for said in &self.standing {
            table.row([&said.attestor, &hex(said.statement)]);
        }
        table
    }

    fn places(&self) -> Grid {
        let mut table = Grid::new([">contribution", "where its records lie"]);
        for (number, reference) in &self.references {
            table.row([number, reference]);
        }
        table
    }
}
