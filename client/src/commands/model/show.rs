//! `tributary model show`: a model, what it owes, who shares what it earns, and what stands open about it.

use anyhow::Result;
use serde_json::{json, Value};
use subxt::utils::Static;
use tributary_primitives::assets::Asset;

use super::{find, model_json, score_text, Source};
use crate::{
    chain::{
        state::{Evaluation, Model, ModelStatement, NextTeam, ShareStatement},
        Snapshot,
    },
    context::Context,
    money::{Amount, Part},
    output::{hex, short, Grid, Output},
    royalties::{royalty_table, RoyaltyLine},
};

/// What else there is to say about a model than what it was registered with.
struct Standing {
    /// Whether something was upheld upstream that it has not taken up.
    stale: bool,
    /// The cases that are open about it, at most one of each kind.
    cases: Vec<u32>,
    next_team: Option<NextTeam>,
    evaluations: Vec<Evaluation>,
}

impl Standing {
    async fn fetch(state: &Snapshot, id: u32, model: &Model) -> Result<Self> {
        let asset = Static(Asset::Model(id));
        Ok(Self {
            stale: state.view("Licensing", "stale", (asset,)).await?,
            cases: state.view("Disputes", "cases_of", (id,)).await?,
            next_team: state.view("Models", "next_team", (id,)).await?,
            evaluations: evaluations(state, id, model.evaluations).await?,
        })
    }

    fn stale_text(&self, id: u32) -> String {
        if self.stale {
            format!("yes: `tributary model refold` takes up what was upheld upstream, for model {id} or an ancestor before it")
        } else {
            "no".to_owned()
        }
    }

    /// Adds it for programs.
    fn add_to(&self, json: &mut Value) {
        json["stale"] = self.stale.into();
        json["cases"] = self.cases.clone().into();
        json["next_team"] = self.next_team.as_ref().map_or(Value::Null, |next| {
            let members: Vec<_> = next
                .team
                .iter()
                .map(|member| json!({ "account": member.account, "part": Part(member.part) }))
                .collect();
            json!({ "team": members, "from": next.from, "until": next.until })
        });
        let scores = self.evaluations.iter().map(|found| {
            json!({
                "benchmark": String::from_utf8_lossy(&found.benchmark),
                "metric": String::from_utf8_lossy(&found.metric),
                "score": score_text(found.score),
                "evaluator": found.evaluator,
                "evidence": hex(found.evidence),
                "evaluated": found.evaluated,
            })
        });
        json["scores"] = scores.collect();
    }
}

/// All evaluations of a model, of which the chain gives a page at a time.
async fn evaluations(state: &Snapshot, id: u32, count: u32) -> Result<Vec<Evaluation>> {
    let mut all: Vec<Evaluation> = Vec::new();
    while (all.len() as u64) < u64::from(count) {
        let start = all.len() as u32;
        let page: Vec<Evaluation> = state.view("Models", "evaluations", (id, start)).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    Ok(all)
}

pub(super) async fn show(context: &Context, id: u32) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let (model, edges) = find(&state, id).await?;
    let metadata: Vec<u8> = state
        .get("Models", "Metadata", (id,))
        .await?
        .unwrap_or_default();
    let metadata = String::from_utf8_lossy(&metadata).into_owned();
    let ledger: Option<ModelStatement> = state.view("Rewards", "model", (id,)).await?;
    let standing = Standing::fetch(&state, id, &model).await?;

    let mut json = model_json(id, &model, &edges)?;
    json["metadata"] = metadata.clone().into();
    standing.add_to(&mut json);
    let mut output = Output::new(Value::Null)
        .fields([
            ("model", id.to_string()),
            ("kind", format!("{:?}", model.kind)),
            ("owner", model.owner.to_string()),
            ("offered to", text_of(model.offered_to)),
            ("terms", hex(model.terms)),
            ("weights", hex(model.weights_hash)),
            ("recipe", hex(model.recipe_hash)),
            ("registered", format!("in block {}", model.registered)),
            ("re-executed", reexecuted_text(model.reexecuted)),
            ("retired", if model.retired { "yes" } else { "no" }.into()),
            ("stale", standing.stale_text(id)),
            ("naming parents forfeited", naming_text(&model)),
            ("open cases", cases_text(&standing.cases)),
            ("metadata", metadata),
        ])
        .table(edge_table(&edges));
    if edges.is_empty() {
        output = output.line("It comes from nothing that is registered.");
    }
    if let Some(ledger) = ledger {
        output = with_ledger(output, &mut json, &ledger);
    }
    if let Some(next) = &standing.next_team {
        let mut table = Grid::new(["is announced to share the rest", ">part"]);
        for member in &next.team {
            table.row([&member.account, &Part(member.part)]);
        }
        output = output.table(table).line(format!(
            "`tributary model change-team {id}` lets the announced team in from block {} to block {}.",
            next.from, next.until
        ));
    }
    Ok(output
        .table(evaluation_table(&standing.evaluations))
        .with_json(json))
}

/// Nothing, or what there is.
fn text_of(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn reexecuted_text(since: Option<u32>) -> String {
    since.map_or_else(|| "no".to_owned(), |block| format!("since block {block}"))
}

fn naming_text(model: &Model) -> String {
    let text = match model.naming_forfeited {
        true => "yes, one was struck: `tributary dispute open --missing` shows others",
        false => "no",
    };
    text.to_owned()
}

fn cases_text(cases: &[u32]) -> String {
    if cases.is_empty() {
        return "none".to_owned();
    }
    let each = |case: &u32| format!("{case} (see `tributary dispute show {case}`)");
    cases.iter().map(each).collect::<Vec<_>>().join(", ")
}

/// What a model comes from, how well that is supported, and what became known late.
fn edge_table(edges: &[Source]) -> Grid {
    let mut table = Grid::new(["comes from", "grade", "known late"]);
    for source in edges {
        let debt = source.debt_text().unwrap_or_default();
        table.row([&source.text(), &source.grade_text(), &debt]);
    }
    table
}

fn evaluation_table(evaluations: &[Evaluation]) -> Grid {
    let mut table = Grid::new([
        "benchmark",
        "metric",
        ">score",
        "stated by",
        "evidence",
        ">in block",
    ]);
    for found in evaluations {
        table.row([
            &String::from_utf8_lossy(&found.benchmark),
            &String::from_utf8_lossy(&found.metric),
            &score_text(found.score),
            &found.evaluator,
            &short(found.evidence),
            &found.evaluated,
        ]);
    }
    table
}

/// Adds what the model owes and who shares the rest, for people and programs.
fn with_ledger(output: Output, json: &mut Value, ledger: &ModelStatement) -> Output {
    let lines: Vec<_> = ledger.royalties.iter().map(RoyaltyLine::from).collect();
    let (royalties, royalties_json) = royalty_table("owes royalties to", &lines);
    let (members, team) = share_table("shares the rest", &ledger.team);
    let heading = "shared it before, as far as it does not wait";
    let (former, former_json) = share_table(heading, &ledger.former);
    json["royalties"] = royalties_json.into();
    json["team"] = team.into();
    json["former_team"] = former_json.into();
    json["waiting"] = json!(Amount(ledger.waiting));
    json["contested"] = json!(Amount(ledger.contested));
    json["waits"] = ledger.waits.into();
    output
        .table(royalties)
        .table(members)
        .table(former)
        .fields([
            ("waiting", Amount(ledger.waiting).to_string()),
            ("contested", Amount(ledger.contested).to_string()),
        ])
}

/// Who shares something, and what each has of it so far.
fn share_table(heading: &str, shares: &[ShareStatement]) -> (Grid, Vec<Value>) {
    let mut table = Grid::new([heading, ">part", ">so far"]);
    let mut list = Vec::new();
    for entry in shares {
        let (account, part) = (&entry.share.account, Part(entry.share.part));
        table.row([account, &part, &Amount(entry.earned)]);
        list.push(json!({
            "account": account,
            "part": part,
            "earned": Amount(entry.earned),
            "paid": Amount(entry.paid),
        }));
    }
    (table, list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::calls::Member;
    use subxt::utils::{AccountId32, H256};

    #[test]
    fn programs_read_what_stands_open_about_a_model() {
        let standing = Standing {
            stale: true,
            cases: vec![4],
            next_team: Some(NextTeam {
                team: vec![Member {
                    account: AccountId32([1; 32]),
                    part: 1_000_000_000,
                }],
                from: 7,
                until: 9,
            }),
            evaluations: vec![Evaluation {
                evaluator: AccountId32([2; 32]),
                benchmark: b"digits".to_vec(),
                metric: b"accuracy".to_vec(),
                score: 10i128.pow(18) / 2,
                evidence: H256::zero(),
                evaluated: 5,
            }],
        };
        let mut json = json!({});
        standing.add_to(&mut json);
        assert_eq!(
            [&json["stale"], &json["cases"]],
            [&json!(true), &json!([4])]
        );
        assert_eq!(json["next_team"]["from"], 7);
        assert_eq!(
            json["next_team"]["team"][0]["part"],
            json!(Part(1_000_000_000))
        );
        assert_eq!(json["scores"][0]["score"], "0.5");
        assert_eq!(json["scores"][0]["benchmark"], "digits");
        assert!(standing.stale_text(3).contains("refold"));
    }
}
