//! What contributions are worth, and what they have earned, in a statement.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{json, Value};
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{assets::Pool, datanets::Evidence};

use crate::{
    chain::{
        calls::{ContributionValued, Member},
        state::status_text,
        Snapshot,
    },
    earners::Facts,
    evidence,
    fairness::{spearman, Ratio},
    ledger::{AwardSums, Ledger, Sum},
    money::{Amount, SYMBOL},
    output::Grid,
    pool::final_rounds,
    round,
    valuation::{accuracy, points},
};

/// How often somebody paid for using what a contribution is part of, and what of it each of its records had each time.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    payments: u64,
    each: u128,
}

/// A contribution in a statement: as it was valued, for state forgets what is reclaimed; and what pools owe it.
pub(super) struct Row {
    valued: ContributionValued,
    award: AwardSums,
    authors: Vec<Member>,
    earned: u128,
    /// The first round whose pool leaves it out.
    withdrawn: Option<u32>,
    used: Use,
}

impl Row {
    /// What the sponsor pays, what vests included, and without what was burnt before it did.
    fn paid(&self) -> u128 {
        let AwardSums {
            awarded, forfeited, ..
        } = self.award;
        awarded.0.saturating_sub(forfeited.0)
    }

    /// All that it has earned.
    fn all(&self) -> u128 {
        let mut sum = Sum(self.paid());
        sum += self.earned;
        sum.0
    }
}

/// How many contributors a round had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Turnout {
    pub(super) round: u32,
    /// How many contributors were valued.
    pub(super) active: usize,
    /// How many of them had been valued before.
    pub(super) returned: usize,
}

/// Whose data was valued round by round, of rounds ascending, and how many of them had been there before.
fn turnout(valued: impl IntoIterator<Item = (u32, AccountId32)>) -> Vec<Turnout> {
    let mut rounds: BTreeMap<u32, BTreeSet<AccountId32>> = BTreeMap::new();
    for (round, contributor) in valued {
        rounds.entry(round).or_default().insert(contributor);
    }
    let mut known = BTreeSet::new();
    let turnouts = rounds.into_iter().map(|(round, contributors)| {
        let turnout = Turnout {
            round,
            active: contributors.len(),
            returned: contributors.intersection(&known).count(),
        };
        known.extend(contributors);
        turnout
    });
    turnouts.collect()
}

/// The contributions of a datanet in a statement.
pub(super) struct Data {
    datanet: u32,
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
        facts: &Facts,
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
            let payments =
                facts.payments(ledger, |pool| pool.datanet == datanet && pays(pool.round));
            let parts = u128::from(payments) * u128::from(valued.records);
            let used = Use {
                payments,
                each: earned.0.checked_div(parts).unwrap_or_default(),
            };
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
                used,
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
                    "payments": row.used.payments,
                    "record_payment": Amount(row.used.each),
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
            datanet,
            unit,
            evidence,
            rounds,
            rows,
            json,
        })
    }

    /// Whose contributions these are.
    pub(super) fn datanet(&self) -> u32 {
        self.datanet
    }

    pub(super) fn title(&self) -> String {
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
        let rounds = match rounds.is_empty() {
            true => "  no round is final yet: nothing is valued".to_owned(),
            false => rounds.join("\n"),
        };
        format!("Data of datanet {}, in {SYMBOL}\n{rounds}", self.datanet)
    }

    fn of_round(&self, round: u32) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| row.valued.round == round)
    }

    /// What goes with what contributions earn: rank correlations with their value, and with how many records they have.
    pub(super) fn correlations(&self) -> [Option<f64>; 2] {
        let with_value = self.rows.iter().map(|row| (row.all(), row.valued.value));
        let with_volume = self.rows.iter().map(|row| (row.all(), row.valued.records));
        [
            spearman(&with_value.collect::<Vec<_>>()),
            spearman(&with_volume.collect::<Vec<_>>()),
        ]
    }

    /// Who was there, round by round.
    pub(super) fn turnout(&self) -> Vec<Turnout> {
        let rows = self.rows.iter();
        turnout(rows.map(|row| (row.valued.round, row.valued.contributor)))
    }

    const HEADINGS: [&str; 11] = [
        ">contribution",
        "contributor",
        ">round",
        ">records",
        "status",
        ">points",
        "$sponsor pay",
        "$of that, vesting",
        "$burnt",
        "$from pools",
        ">of the data money",
    ];

    /// For people.
    pub(super) fn table(&self) -> Grid {
        let mut table = Grid::new(Self::HEADINGS);
        for row in self.cells() {
            table.cells(row.to_vec());
        }
        table
    }

    /// For files: of several datanets.
    pub(super) fn sheet(list: &[Self]) -> Grid {
        let [contribution, contributor, round, records, status, points, rest @ ..] = Self::HEADINGS;
        let [sponsor, vesting, burnt, pools, part] = rest;
        let mut table = Grid::new([
            ">datanet",
            contribution,
            contributor,
            round,
            records,
            status,
            points,
            sponsor,
            vesting,
            burnt,
            pools,
            part,
            ">value",
            ">unit",
            ">payments",
            "$a record and payment",
        ]);
        for data in list {
            for (row, cells) in data.rows.iter().zip(data.cells()) {
                let own = [
                    row.valued.value.to_string(),
                    data.unit.to_string(),
                    row.used.payments.to_string(),
                    Amount(row.used.each).plain(),
                ];
                let datanet = [row.valued.datanet.to_string()];
                table.cells(datanet.into_iter().chain(cells).chain(own).collect());
            }
        }
        table
    }

    /// What one record of each contribution has had each time that somebody paid.
    pub(super) fn uses(&self) -> Grid {
        let mut table = Grid::new([
            ">contribution",
            "contributor",
            "$from pools",
            ">records",
            ">payments",
            "$a record and payment",
        ]);
        for row in self.rows.iter().filter(|row| row.earned > 0) {
            table.row([
                &row.valued.contribution,
                &row.valued.contributor,
                &Amount(row.earned).plain(),
                &row.valued.records,
                &row.used.payments,
                &Amount(row.used.each).plain(),
            ]);
        }
        table
    }

    fn cells(&self) -> Vec<[String; 11]> {
        let mut total = Sum::default();
        self.rows.iter().for_each(|row| total += row.all());
        let cells = self.rows.iter().map(|row| {
            let valued = &row.valued;
            [
                valued.contribution.to_string(),
                valued.contributor.to_string(),
                valued.round.to_string(),
                valued.records.to_string(),
                status_text(valued.status, row.withdrawn),
                points(valued.value, self.unit),
                Amount(row.paid()).plain(),
                Amount(row.award.vesting()).plain(),
                Amount(valued.burnt).plain(),
                Amount(row.earned).plain(),
                Ratio::of_amounts(row.all(), total.0).percent(),
            ]
        });
        cells.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contributors_count_once_a_round_and_come_back_from_any_before() {
        let [one, two, three] = [1, 2, 3].map(|byte| AccountId32([byte; 32]));
        let valued = [
            (1, one),
            (1, one),
            (1, two),
            (2, three),
            (4, one),
            (4, three),
            (4, two),
        ];
        let found = turnout(valued).into_iter();
        let found: Vec<_> = found
            .map(|turnout| (turnout.round, turnout.active, turnout.returned))
            .collect();
        assert_eq!(found, [(1, 2, 0), (2, 1, 0), (4, 3, 3)]);
        assert_eq!(turnout([]), []);
    }
}
