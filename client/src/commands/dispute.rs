//! `tributary dispute`: what is contested about the ancestry of models.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use subxt::utils::{Static, H256};
use tributary_primitives::roles::Contention;

use super::{file_hash, parse_hash, send};
use crate::{
    chain::{
        calls::{AppealCase, CaseClosed, CaseOpened, CloseCase, OpenCase, VoteOnCase},
        state::{Case, Stage},
        Chain, Snapshot,
    },
    context::Context,
    failure::Misuse,
    money::Amount,
    origin::{origin_text, OriginName},
    output::{hex, Grid, Output},
    progress,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Contest something about a model's ancestry
    ///
    /// A bond is on hold until the case is closed: it comes back if the case is upheld or nobody judges it in time, and is burnt otherwise. What is
    /// in question is set aside or held back meanwhile, and nothing else.
    Open(Open),
    /// The cases that are not closed
    List,
    /// A case
    Show {
        /// Its number.
        case: u32,
    },
    /// Say, as an arbiter of its panel, whether a case should be upheld
    Vote {
        /// Its number.
        case: u32,
        #[command(flatten)]
        verdict: Verdict,
    },
    /// Ask governance to decide otherwise than the arbiters ruled, under a bond
    Appeal {
        /// Its number.
        case: u32,
    },
    /// End a case, once its time is over: what came of it is carried out
    ///
    /// Waits until it is, and ends it.
    Close {
        /// Its number.
        case: u32,
    },
}

/// Which way a vote goes.
#[derive(Args, Clone, Copy, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct Verdict {
    /// The plaintiff is right.
    #[arg(long)]
    uphold: bool,
    /// The plaintiff is not right.
    #[arg(long)]
    dismiss: bool,
}

/// `tributary dispute open`
#[derive(Args, Debug)]
pub(crate) struct Open {
    /// The model.
    model: u32,
    #[command(flatten)]
    what: What,
    /// The file that shows it, which is hashed: publish it where arbiters find it.
    #[arg(long, value_name = "FILE", required_unless_present = "evidence_hash")]
    evidence: Option<PathBuf>,
    /// BLAKE2b hash of what shows it (32 bytes).
    #[arg(long, value_name = "HASH", conflicts_with = "evidence", value_parser = parse_hash)]
    evidence_hash: Option<H256>,
}

/// What is contested.
#[derive(Args, Clone, Copy, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct What {
    /// The model comes from this as well, as in fine-tuned-from:3 or trained-on:0:2.
    #[arg(long, value_name = "ORIGIN")]
    missing: Option<OriginName>,
    /// The model does not come from this.
    #[arg(long, value_name = "ORIGIN")]
    false_parent: Option<OriginName>,
    /// The model was made again as its recipe says: its ancestry is complete.
    #[arg(long)]
    reexecuted: bool,
}

impl What {
    fn contention(self) -> Contention {
        match (self.missing, self.false_parent) {
            (Some(OriginName(origin)), _) => Contention::MissingParent(origin),
            (_, Some(OriginName(origin))) => Contention::FalseParent(origin),
            (None, None) => Contention::Reexecuted,
        }
    }
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Open(open) => open.run(context).await,
            Self::List => list(context).await,
            Self::Show { case } => show(context, case).await,
            Self::Vote { case, verdict } => {
                let upheld = verdict.uphold;
                let word = if upheld { "uphold" } else { "dismiss" };
                let done = format!("Voted to {word} case {case}");
                send(context, VoteOnCase { case, upheld }, done).await
            }
            Self::Appeal { case } => {
                let done = format!("Case {case} is with governance");
                send(context, AppealCase { case }, done).await
            }
            Self::Close { case } => close(context, case).await,
        }
    }
}

impl Open {
    async fn run(self, context: &Context) -> Result<Output> {
        let evidence = file_hash(self.evidence.as_ref(), self.evidence_hash)?;
        let (chain, key) = context.connect_to_sign().await?;
        let call = OpenCase {
            model: self.model,
            contention: Static(self.what.contention()),
            evidence,
        };
        let included = chain.submit(&key, call).await?;
        let CaseOpened { case, bond } = included.expect()?;
        let mut json = included.json()?;
        json["case"] = case.into();
        json["bond"] = serde_json::to_value(Amount(bond)).context("writing an amount")?;
        Ok(Output::new(json).line(format!(
            "Opened case {case} {}, under a bond of {}.",
            included.place(),
            Amount(bond)
        )))
    }
}

/// What is contested, in a sentence.
fn contention_text(model: u32, contention: &Contention) -> String {
    match contention {
        Contention::MissingParent(origin) => {
            format!("model {model} is {} as well", origin_text(origin))
        }
        Contention::FalseParent(origin) => format!("model {model} is not {}", origin_text(origin)),
        Contention::Reexecuted => format!("model {model} was made again, its ancestry is complete"),
    }
}

/// How far a case is, in a sentence.
fn stage_text(case: &Case) -> String {
    let ruling = |upheld: bool| if upheld { "upheld" } else { "dismissed" };
    match &case.stage {
        Stage::Hearing { until } => {
            let votes = |wanted: bool| {
                let votes = case.panel.iter().filter(|seat| seat.vote == Some(wanted));
                votes.count()
            };
            format!(
                "heard until block {until}: {} to uphold, {} to dismiss, of {}",
                votes(true),
                votes(false),
                case.panel.len()
            )
        }
        Stage::Ruled { upheld, until } => {
            format!(
                "{} unless somebody appeals before block {until}",
                ruling(*upheld)
            )
        }
        Stage::Referred { until } => format!("with governance until block {until}"),
        Stage::Decided { upheld } => format!("{} by governance", ruling(*upheld)),
    }
}

fn case_json(id: u32, case: &Case) -> Result<Value> {
    let contention = match &case.contention.0 {
        Contention::MissingParent(origin) => json!({ "missing": origin }),
        Contention::FalseParent(origin) => json!({ "false": origin }),
        Contention::Reexecuted => json!("reexecuted"),
    };
    let panel: Vec<_> = case
        .panel
        .iter()
        .map(|seat| json!({ "arbiter": seat.arbiter, "upheld": seat.vote }))
        .collect();
    Ok(json!({
        "case": id,
        "model": case.model,
        "contention": contention,
        "evidence": hex(case.evidence),
        "plaintiff": case.plaintiff,
        "bond": Amount(case.bond),
        "panel": panel,
        "stage": stage_text(case),
    }))
}

async fn find(state: &Snapshot, id: u32) -> Result<Case> {
    let found: Option<Case> = state.get("Disputes", "Cases", (id,)).await?;
    Ok(found.ok_or_else(|| Misuse(format!("there is no case {id}, or it is closed")))?)
}

async fn list(context: &Context) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let mut cases: Vec<((u32,), Case)> = state.entries("Disputes", "Cases", ()).await?;
    cases.sort_by_key(|(id, _)| *id);
    let mut table = Grid::new([">case", "what is contested", "plaintiff", "stage"]);
    let mut list = Vec::new();
    for ((id,), case) in &cases {
        let what = contention_text(case.model, &case.contention.0);
        table.row([id, &what, &case.plaintiff, &stage_text(case)]);
        list.push(case_json(*id, case)?);
    }
    Ok(Output::new(list.into()).table(table))
}

async fn show(context: &Context, id: u32) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let case = find(&state, id).await?;
    let mut table = Grid::new(["arbiter", "vote"]);
    for seat in &case.panel {
        let vote = match seat.vote {
            None => "",
            Some(true) => "uphold",
            Some(false) => "dismiss",
        };
        table.row([&seat.arbiter, &vote]);
    }
    Ok(Output::new(case_json(id, &case)?)
        .fields([
            ("case", id.to_string()),
            ("contested", contention_text(case.model, &case.contention.0)),
            ("plaintiff", case.plaintiff.to_string()),
            ("bond", Amount(case.bond).to_string()),
            ("evidence", hex(case.evidence)),
            ("stage", stage_text(&case)),
        ])
        .table(table))
}

/// Waits until nothing can happen to a case any more, and ends it.
async fn close(context: &Context, id: u32) -> Result<Output> {
    let (chain, key) = context.connect_to_sign().await?;
    wait_until_over(&chain, id).await?;
    let included = chain.submit(&key, CloseCase { case: id }).await?;
    let closed: CaseClosed = included.expect()?;
    let mut json = included.json()?;
    json["outcome"] = closed.outcome.value.clone();
    let outcome = match closed.outcome.value.as_str() {
        Some(word) => word.to_lowercase(),
        None => "upheld, but there is no room to carry it out".into(),
    };
    Ok(Output::new(json).line(format!("Case {id} is {outcome} {}.", included.place())))
}

async fn wait_until_over(chain: &Chain, id: u32) -> Result<()> {
    let spinner = progress::spinner("waiting until the case is over");
    loop {
        let state = chain.newest().await?;
        let case = find(&state, id).await?;
        let until = match case.stage {
            Stage::Hearing { until } | Stage::Ruled { until, .. } | Stage::Referred { until } => {
                until
            }
            Stage::Decided { .. } => break,
        };
        // It is sent into the next block.
        if state.number() + 1 >= u64::from(until) {
            break;
        }
        chain.pause().await;
    }
    spinner.finish_and_clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::state::CaseSeat;
    use subxt::utils::AccountId32;

    fn case(stage: Stage) -> Case {
        let arbiter = |vote| CaseSeat {
            arbiter: AccountId32([1; 32]),
            vote,
        };
        Case {
            model: 3,
            contention: Static(Contention::Reexecuted),
            evidence: H256::zero(),
            plaintiff: AccountId32([2; 32]),
            bond: 5,
            panel: vec![arbiter(Some(true)), arbiter(Some(false)), arbiter(None)],
            stage,
        }
    }

    #[test]
    fn a_stage_says_what_it_waits_for() {
        assert_eq!(
            stage_text(&case(Stage::Hearing { until: 9 })),
            "heard until block 9: 1 to uphold, 1 to dismiss, of 3"
        );
        let ruled = Stage::Ruled {
            upheld: true,
            until: 9,
        };
        assert_eq!(
            stage_text(&case(ruled)),
            "upheld unless somebody appeals before block 9"
        );
    }
}
