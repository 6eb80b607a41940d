//! `tributary dispute`: what is contested about the ancestry of models.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use subxt::utils::{Static, H256};
use tributary_primitives::roles::Contention;

use super::{file_hash, model::registered, parse_hash, send};
use crate::{
    chain::{
        calls::{
            AppealCase, CaseAppealed, CaseClosed, CaseOpened, CloseCase, OpenCase, VoteOnCase,
        },
        state::{Case, Stage},
        Chain, Snapshot,
    },
    context::Context,
    failure::Misuse,
    money::Amount,
    origin::{origin_text, OriginName},
    output::{hex, remark, Grid, Output},
    progress,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Contest something about a model's ancestry
    ///
    /// A bond is on hold until the case is closed: 100 TRIB, doubled for each case about the model that was not upheld, up to 6,400 TRIB. It comes
    /// back if the case is upheld or nobody judges it in time, and is burnt if it is dismissed. The amount is said before anything is signed.
    /// What is in question is set aside or held back meanwhile, and nothing else.
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
    ///
    /// Twice the case's bond is on hold until the case is closed, so 200 TRIB for a model's first. It comes back if governance decides otherwise, and is
    /// burnt if it does not, or does not in time. The amount is said before anything is signed.
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
            Self::Appeal { case } => appeal(context, case).await,
            Self::Close { case } => close(context, case).await,
        }
    }
}

impl Open {
    async fn run(self, context: &Context) -> Result<Output> {
        let evidence = file_hash(self.evidence.as_ref(), self.evidence_hash)?;
        let (chain, key) = context.connect_to_sign().await?;
        say_bond(&chain.newest().await?, self.model).await?;
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

/// Says what is put on hold for the next case about a model, and when it is lost.
async fn say_bond(state: &Snapshot, model: u32) -> Result<()> {
    registered(state, model).await?;
    let bond: Option<u128> = state.view("Disputes", "bond_for", (model,)).await?;
    let bond = bond.context("the bond is more than all money")?;
    let first: u128 = state.constant("Disputes", "Bond")?;
    let doublings: u32 = state.constant("Disputes", "MaxDoublings")?;
    remark(bond_text(model, bond, first, doublings));
    Ok(())
}

/// A case's bond and its rule, in two sentences.
fn bond_text(model: u32, bond: u128, first: u128, doublings: u32) -> String {
    format!(
        "The bond is {}: {}, doubled for each case about model {model} that was not upheld, {doublings} times at the most. It comes back if the case \
         is upheld or nobody judges it in time, and is burnt if it is dismissed.",
        Amount(bond),
        Amount(first)
    )
}

/// Appeals from a ruling, after saying what that takes.
async fn appeal(context: &Context, id: u32) -> Result<Output> {
    let (chain, key) = context.connect_to_sign().await?;
    let state = chain.newest().await?;
    let case = find(&state, id).await?;
    let factor: u128 = state.constant("Disputes", "AppealFactor")?;
    remark(format!(
        "The bond is {}: {factor} times that of the case. It comes back if governance decides otherwise than the arbiters, and is burnt if it \
         does not, or does not in time.",
        Amount(case.bond.saturating_mul(factor))
    ));
    let included = chain.submit(&key, AppealCase { case: id }).await?;
    let CaseAppealed { bond, until } = included.expect()?;
    let mut json = included.json()?;
    json["bond"] = json!(Amount(bond));
    json["until"] = until.into();
    Ok(Output::new(json).line(format!(
        "Case {id} is with governance until block {until}, under a bond of {}, {}.",
        Amount(bond),
        included.place()
    )))
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

fn verdict_text(upheld: bool) -> &'static str {
    if upheld {
        "upheld"
    } else {
        "dismissed"
    }
}

/// How far a case is, for programs: what it waits for, the first block in which that is too late, and what it was ruled or decided to be.
fn stage_json(stage: &Stage) -> Value {
    let (name, until, verdict, appeal) = match stage {
        Stage::Hearing { until } => ("hearing", Some(until), None, None),
        Stage::Ruled { upheld, until } => ("ruled", Some(until), Some(*upheld), None),
        Stage::Referred { appeal, until } => {
            let ruling = appeal.as_ref().map(|appeal| appeal.ruling);
            ("referred", Some(until), ruling, appeal.as_ref())
        }
        Stage::Decided { appeal, upheld } => ("decided", None, Some(*upheld), appeal.as_ref()),
    };
    json!({
        "stage": name,
        "until": until,
        "verdict": verdict.map(verdict_text),
        "appeal": appeal.map(|appeal| json!({
            "appellant": appeal.appellant,
            "bond": Amount(appeal.bond),
            "ruling": verdict_text(appeal.ruling),
        })),
    })
}

/// How far a case is, in a sentence.
fn stage_text(case: &Case) -> String {
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
                verdict_text(*upheld)
            )
        }
        Stage::Referred { until, .. } => format!("with governance until block {until}"),
        Stage::Decided { upheld, .. } => format!("{} by governance", verdict_text(*upheld)),
    }
}

fn case_json(id: u32, case: &Case) -> Value {
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
    let mut json = json!({
        "case": id,
        "model": case.model,
        "contention": contention,
        "evidence": hex(case.evidence),
        "plaintiff": case.plaintiff,
        "bond": Amount(case.bond),
        "panel": panel,
    });
    if let (Value::Object(json), Value::Object(stage)) = (&mut json, stage_json(&case.stage)) {
        json.extend(stage);
    }
    json
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
        list.push(case_json(*id, case));
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
    Ok(Output::new(case_json(id, &case))
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
    let CaseClosed { outcome } = included.expect()?;
    let mut json = included.json()?;
    json["outcome"] = outcome.value.clone();
    let reason = match outcome.value.get("NotCarriedOut") {
        None => None,
        Some(error) => Some(chain.at_hash(included.block_hash).await?.error_text(error)),
    };
    json["reason"] = reason.clone().into();
    let outcome = outcome.value.as_str().unwrap_or_default();
    Ok(Output::new(json).line(closed_text(
        id,
        outcome,
        reason.as_deref(),
        &included.place(),
    )))
}

/// How a case ended, and why what was upheld was not carried out if it was not.
fn closed_text(id: u32, outcome: &str, reason: Option<&str>, place: &str) -> String {
    match reason {
        None => format!("Case {id} is {} {place}.", outcome.to_lowercase()),
        Some(reason) => format!(
            "Case {id} is upheld {place}, but could not be carried out: the ancestry is as before, and the plaintiff has the bond back.\n  {reason}"
        ),
    }
}

async fn wait_until_over(chain: &Chain, id: u32) -> Result<()> {
    let spinner = progress::spinner("waiting until the case is over");
    loop {
        let state = chain.newest().await?;
        let case = find(&state, id).await?;
        let until = match case.stage {
            Stage::Hearing { until }
            | Stage::Ruled { until, .. }
            | Stage::Referred { until, .. } => until,
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
    use crate::chain::state::{Appeal, CaseSeat};
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

    #[test]
    fn programs_read_stage_block_and_verdict_as_fields() {
        let json = case_json(4, &case(Stage::Hearing { until: 9 }));
        assert_eq!(
            [&json["stage"], &json["until"]],
            [&json!("hearing"), &json!(9)]
        );
        assert_eq!(json["verdict"], Value::Null);
        let appeal = Appeal {
            ruling: false,
            appellant: AccountId32([3; 32]),
            bond: 10,
        };
        let referred = Stage::Referred {
            appeal: Some(appeal),
            until: 12,
        };
        let json = case_json(4, &case(referred));
        assert_eq!(
            [&json["stage"], &json["until"]],
            [&json!("referred"), &json!(12)]
        );
        assert_eq!(json["verdict"], "dismissed");
        assert_eq!(json["appeal"]["bond"], "10");
        let decided = Stage::Decided {
            appeal: None,
            upheld: true,
        };
        let json = case_json(4, &case(decided));
        assert_eq!(
            [&json["stage"], &json["until"]],
            [&json!("decided"), &Value::Null]
        );
        assert_eq!(json["verdict"], "upheld");
    }

    #[test]
    fn a_bond_is_told_with_its_rule() {
        let unit = 10u128.pow(12);
        let text = bond_text(3, 200 * unit, 100 * unit, 6);
        for part in [
            "200 TRIB",
            "100 TRIB, doubled",
            "model 3",
            "6 times",
            "burnt",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn a_case_that_could_not_be_carried_out_says_why() {
        assert_eq!(
            closed_text(4, "Upheld", None, "in block 9"),
            "Case 4 is upheld in block 9."
        );
        let text = closed_text(4, "", Some("Licensing::TooManyLateSources"), "in block 9");
        assert!(text.contains("could not be carried out"), "{text}");
        assert!(text.ends_with("Licensing::TooManyLateSources"), "{text}");
    }
}
