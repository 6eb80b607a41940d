//! What the contributions of a pool would have under joint Shapley, beside what they have: what the choice of method is worth.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{json, Value};
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{assets::Pool, datanets::Recipe};

use crate::{
    chain::{Chain, Snapshot},
    context::Context,
    failure::misuse,
    fairness::{spearman, Ratio},
    gather::{gather, slices, Expected, Whose},
    money::{Amount, SYMBOL},
    output::{Grid, Output},
    pool::{final_rounds, Members},
    records::Records,
    round,
    valuation::joint_values,
};

/// What is asked.
pub(super) struct Question {
    pub(super) datanet: u32,
    /// The round whose pool it is, and whose benchmark measures [default: the last final one].
    pub(super) round: Option<u32>,
}

impl Question {
    pub(super) async fn answer(self, context: &Context) -> Result<Output> {
        let chain = context.connect().await?;
        let now = chain.finalized().await?;
        let recipe = round::open_recipe(&now, self.datanet).await?;
        let finals = final_rounds(&now, self.datanet).await?;
        let number = match (self.round, finals.last()) {
            (_, None) => misuse!("datanet {} has no final round yet", self.datanet),
            (None, Some(last)) => *last,
            (Some(named), _) if finals.contains(&named) => named,
            (Some(named), _) => misuse!(
                "round {named} of datanet {} is not final: it has no pool",
                self.datanet
            ),
        };
        let pool = Pool {
            datanet: self.datanet,
            round: number,
        };
        let rows = rows(&chain, &now, pool, &recipe).await?;
        Ok(Comparison { pool, rows }.output(now.number()))
    }
}

/// A contribution by two methods.
#[derive(Clone, Debug)]
struct Row {
    number: u32,
    contributor: AccountId32,
    round: u32,
    records: usize,
    /// What it weighs: its value on top of what was there before.
    weight: u128,
    /// What it has earned from the pool.
    earned: u128,
    /// Its value in the game that all records play together, in accuracy.
    joint: f64,
}

/// Fetches the records of a pool and of its round's benchmark, and values them together.
async fn rows(chain: &Chain, now: &Snapshot, pool: Pool, recipe: &Recipe) -> Result<Vec<Row>> {
    let members = Members::fetch(now, pool).await?;
    let found = round::round(now, pool.datanet, pool.round).await?;
    let mut wanted: BTreeMap<Whose, Expected> = slices(pool.round, &found)?.into_iter().collect();
    for member in members.iter() {
        let whose = Whose::Contribution(member.number);
        wanted.insert(whose, (&member.contribution).into());
    }
    let (mut contributions, mut benchmark) = (BTreeMap::new(), Vec::new());
    for (whose, records) in gather(chain, now, pool.datanet, recipe, &wanted).await? {
        match whose {
            Whose::Contribution(number) => {
                contributions.insert(number, records);
            }
            Whose::Seat(..) => benchmark.push(records),
        }
    }
    let joint = joint_values(recipe, &contributions, &benchmark)?;
    let mut rows = Vec::new();
    for member in members.iter() {
        let view = (Static(pool), member.weight);
        let earned: Option<u128> = now.view("Rewards", "earned", view).await?;
        let missing = "records were asked for and not fetched";
        rows.push(Row {
            number: member.number,
            contributor: member.contribution.contributor,
            round: member.contribution.round,
            records: contributions.get(&member.number).map_or(0, Records::len),
            weight: member.weight,
            earned: earned.unwrap_or_default(),
            joint: *joint.get(&member.number).context(missing)?,
        });
    }
    Ok(rows)
}

/// Parts of a pool by two methods.
struct Comparison {
    pool: Pool,
    rows: Vec<Row>,
}

impl Comparison {
    /// The parts of each contribution: by its weight, and by its joint value where that is more than nothing.
    fn shares(&self) -> Vec<(f64, f64)> {
        let weight: f64 = self.rows.iter().map(|row| row.weight as f64).sum();
        let joint: f64 = self.rows.iter().map(|row| row.joint.max(0.0)).sum();
        let part = |own: f64, all: f64| if all > 0.0 { own / all } else { 0.0 };
        let rows = self.rows.iter();
        rows.map(|row| {
            (
                part(row.weight as f64, weight),
                part(row.joint.max(0.0), joint),
            )
        })
        .collect()
    }

    /// What of the pool would be somebody else's.
    fn moved(&self) -> f64 {
        let shares = self.shares();
        shares
            .iter()
            .map(|(own, joint)| (own - joint).abs())
            .sum::<f64>()
            / 2.0
    }

    /// How alike both rank contributions.
    fn correlation(&self) -> Option<f64> {
        // The order of numbers that are not negative is that of their bits.
        let pairs = self.rows.iter().map(|row| {
            let bits = (row.joint.max(0.0) + 0.0).to_bits();
            (row.weight, bits)
        });
        spearman(&pairs.collect::<Vec<_>>())
    }

    fn output(&self, block: u64) -> Output {
        let Pool { datanet, round } = self.pool;
        let earned: u128 = self
            .rows
            .iter()
            .fold(0, |sum, row| row.earned.saturating_add(sum));
        let mut table = Grid::new([
            ">contribution",
            "contributor",
            ">round",
            ">records",
            ">part",
            ">joint part",
            "$from this pool",
            "$by joint Shapley",
        ]);
        let mut list: Vec<Value> = Vec::new();
        for (row, (own, joint)) in self.rows.iter().zip(self.shares()) {
            let by_joint = Amount(Ratio::rounded(joint).times(earned));
            table.row([
                &row.number,
                &row.contributor,
                &row.round,
                &row.records,
                &format!("{:.2} %", 100.0 * own),
                &format!("{:.2} %", 100.0 * joint),
                &Amount(row.earned).plain(),
                &by_joint.plain(),
            ]);
            list.push(json!({
                "contribution": row.number,
                "contributor": row.contributor,
                "round": row.round,
                "records": row.records,
                "weight": row.weight.to_string(),
                "part": own,
                "joint_value": row.joint,
                "joint_part": joint,
                "pool": Amount(row.earned),
                "joint": by_joint,
            }));
        }
        let correlation = self.correlation();
        let alike = correlation.map_or(String::new(), |found| {
            format!("; by rank the two go together to {found:+.3}")
        });
        let json = json!({
            "block": block,
            "datanet": datanet,
            "round": round,
            "contributions": list,
            "moved": self.moved(),
            "correlation": correlation,
        });
        Output::new(json)
            .line(format!("Statement at block {block}"))
            .line(format!(
                "The pool of datanet {datanet} round {round}, in {SYMBOL}: each contribution's part by its value on top of what was there before, which is what it is paid by, and by joint Shapley of all records together on the benchmark of round {round}"
            ))
            .sheet("joint", table)
            .line(format!(
                "By joint Shapley {:.2} % of the pool would be somebody else's{alike}.",
                100.0 * self.moved()
            ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, weight: u128, joint: f64) -> Row {
        Row {
            number,
            contributor: AccountId32([number as u8; 32]),
            round: 1,
            records: 4,
            weight,
            earned: weight * 10,
            joint,
        }
    }

    fn comparison(rows: Vec<Row>) -> Comparison {
        let pool = Pool {
            datanet: 0,
            round: 1,
        };
        Comparison { pool, rows }
    }

    #[test]
    fn parts_are_of_what_is_more_than_nothing() {
        let found = comparison(vec![row(0, 6, 0.2), row(1, 4, 0.6), row(2, 0, -0.3)]);
        assert_eq!(found.shares()[2], (0.0, 0.0));
        let (own, joint) = found.shares()[1];
        assert!((own - 0.4).abs() < 1e-12 && (joint - 0.75).abs() < 1e-12);
        assert!((found.moved() - 0.35).abs() < 1e-12);
        assert_eq!(found.correlation(), Some(0.5));
    }

    #[test]
    fn what_is_worth_nothing_to_anybody_has_no_parts() {
        let found = comparison(vec![row(0, 0, 0.0), row(1, 0, -1.0)]);
        assert_eq!(found.shares(), [(0.0, 0.0); 2]);
        assert_eq!((found.moved(), found.correlation()), (0.0, None));
        assert_eq!(comparison(Vec::new()).moved(), 0.0);
    }
}
