//! What contributions are worth, and what they have earned, in a statement.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{json, Value};
use subxt::utils::Static;
use tributary_primitives::{assets::Pool, datanets::Evidence};

use super::cell;
use crate::{
    chain::{
        calls::{ContributionValued, Member},
        state::status_text,
        Snapshot,
    },
    evidence,
    ledger::{AwardSums, Ledger, Sum},
    money::{Amount, SYMBOL},
    output::Grid,
    pool::final_rounds,
    round,
    valuation::{accuracy, points},
};

/// A contribution in a statement: as it was valued, for state forgets what is reclaimed; and what pools owe it.
pub(super) struct Row {
    valued: ContributionValued,
    award: AwardSums,
    authors: Vec<Member>,
    earned: u128,
    /// The first round whose pool leaves it out.
    withdrawn: Option<u32>,
}

impl Row {
    /// What the sponsor pays, what vests included, and without what was burnt before it did.
    fn paid(&self) -> u128 {
        let AwardSums {
            awarded, forfeited, ..
        } = self.award;
        awarded.0.saturating_sub(forfeited.0)
    }
}

/// The contributions of a datanet in a statement.
pub(super) struct Data {
    unit: u128,
    evidence: Evidence,
    /// Number, accuracy before, accuracy after.
    rounds: Vec<(u32, u128, u128)>,
    pub(super) rows: Vec<Row>,
    /// For programs.
    pub(super) json: Value,
}

impl Data {
    /// What the contributions of a datanet are worth and have earned, paid or not.
    pub(super) async fn fetch(
        state: &Snapshot,
        valued: &[ContributionValued],
        ledger: &Ledger,
        datanet: u32,
        only: Option<u32>,
    ) -> Result<Self> {
        let recipe = round::recipe(state, datanet).await?;
        let (unit, evidence) = (recipe.unit(), recipe.evidence);
        let finals = final_rounds(state, datanet).await?;
        let mut rounds = Vec::new();
        for number in finals
            .iter()
            .filter(|number| only.is_none_or(|only| only == **number))
        {
            let found = round::round(state, datanet, *number).await?;
            let Some(outcome) = found.outcome else {
                continue;
            };
            rounds.push((*number, outcome.before, outcome.after));
        }
        let withdrawn: BTreeMap<u32, u32> = round::contributions(state, datanet)
            .await?
            .into_iter()
            .filter_map(|(number, contribution)| Some((number, contribution.withdrawn?)))
            .collect();
        let mut rows = Vec::new();
        let of_rounds = valued.iter().filter(|valued| {
            let round = rounds.iter().any(|(round, ..)| *round == valued.round);
            valued.datanet == datanet && round
        });
        for valued in of_rounds {
            let mut earned = Sum::default();
            let weight = u128::try_from(valued.value).unwrap_or_default();
            let withdrawn = withdrawn.get(&valued.contribution).copied();
            let pays = |round: u32| {
                round >= valued.round && withdrawn.is_none_or(|since| round < since) && weight > 0
            };
            for round in finals.iter().filter(|round| pays(**round)) {
                let pool = Static(Pool {
                    datanet,
                    round: *round,
                });
                let part: Option<u128> = state.view("Rewards", "earned", (pool, weight)).await?;
                earned += part.unwrap_or_default();
            }
            let pool = Pool {
                datanet,
                round: valued.round,
            };
            let award = (pool, valued.contribution);
            rows.push(Row {
                valued: valued.clone(),
                authors: ledger
                    .authors
                    .get(&(datanet, valued.contribution))
                    .cloned()
                    .unwrap_or_default(),
                award: ledger.awards.get(&award).copied().unwrap_or_default(),
                earned: earned.0,
                withdrawn,
            });
        }
        let list: Vec<_> = rows
            .iter()
            .map(|row| {
                let valued = &row.valued;
                let authors: Vec<_> = row
                    .authors
                    .iter()
                    .map(|author| json!({ "account": author.account, "part": author.part }))
                    .collect();
                json!({
                    "contribution": valued.contribution,
                    "contributor": valued.contributor,
                    "authors": authors,
                    "round": valued.round,
                    "records": valued.records,
                    "status": format!("{:?}", valued.status),
                    "value": valued.value.to_string(),
                    "award": Amount(valued.paid),
                    "vesting": Amount(row.award.vesting()),
                    "forfeited": Amount(row.award.forfeited.0),
                    "burnt": Amount(valued.burnt),
                    "pools": Amount(row.earned),
                    "withdrawn_since": row.withdrawn,
                })
            })
            .collect();
        let round_list: Vec<_> = rounds
            .iter()
            .map(|(number, before, after)| json!({ "round": number, "before": before.to_string(), "after": after.to_string(), "evidence": evidence::word(evidence) }))
            .collect();
        let json = json!({ "datanet": datanet, "unit": unit.to_string(), "rounds": round_list, "contributions": list });
        Ok(Self {
            unit,
            evidence,
            rounds,
            rows,
            json,
        })
    }

    pub(super) fn title(&self, datanet: u32) -> String {
        let rounds: Vec<_> = self
            .rounds
            .iter()
            .map(|(number, before, after)| {
                let gain = *after as i128 - *before as i128;
                let values: i128 = self.of_round(*number).map(|row| row.valued.value).sum();
                let check = if gain == values {
                    "the values sum to it exactly"
                } else {
                    "the values DO NOT sum to it"
                };
                let accuracies = format!(
                    "accuracy {} -> {}",
                    accuracy(*before, self.unit),
                    accuracy(*after, self.unit)
                );
                format!(
                    "  round {number}: {}, a gain of {} points; {check}",
                    evidence::marked(accuracies, self.evidence),
                    points(gain, self.unit)
                )
            })
            .collect();
        format!(
            "Data of datanet {datanet}, in {SYMBOL}\n{}",
            rounds.join("\n")
        )
    }

    fn of_round(&self, round: u32) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| row.valued.round == round)
    }

    pub(super) fn table(&self) -> Grid {
        let mut table = Grid::new([
            ">contribution",
            "contributor",
            ">round",
            ">records",
            "status",
            ">points",
            ">sponsor pay",
            ">of that, vesting",
            ">burnt",
            ">from pools",
            ">of the data money",
        ]);
        let mut total = Sum::default();
        for row in &self.rows {
            total += row.paid();
            total += row.earned;
        }
        for row in &self.rows {
            let valued = &row.valued;
            let mut own = Sum(row.paid());
            own += row.earned;
            let part = if total.0 == 0 {
                0.0
            } else {
                100.0 * own.0 as f64 / total.0 as f64
            };
            let status = status_text(valued.status, row.withdrawn);
            table.row([
                &valued.contribution,
                &valued.contributor,
                &valued.round,
                &valued.records,
                &status,
                &points(valued.value, self.unit),
                &cell(Amount(row.paid())),
                &cell(Amount(row.award.vesting())),
                &cell(Amount(valued.burnt)),
                &cell(Amount(row.earned)),
                &format!("{part:.2} %"),
            ]);
        }
        table
    }
}
