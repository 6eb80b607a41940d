//! How evenly money is spread in a statement, with what pay goes, and who comes back.

use anyhow::Result;
use serde_json::{json, Value};
use subxt::utils::AccountId32;

use super::{data::Data, Books};
use crate::{
    chain::state::AccountInfo,
    earners::{Earner, Earnings},
    fairness::Concentration,
    money::Amount,
    output::Grid,
};

/// Tables of it, and values for programs.
pub(super) struct Spread {
    pub(super) concentration: Grid,
    pub(super) correlations: Grid,
    pub(super) turnout: Grid,
    pub(super) json: Value,
}

/// The same of data alone.
pub(super) struct OfData {
    pub(super) correlations: Grid,
    pub(super) correlations_json: Vec<Value>,
    pub(super) turnout: Grid,
    pub(super) turnout_json: Vec<Value>,
}

/// What goes with pay, and who was there, datanet by datanet.
pub(super) fn of_data(list: &[Data]) -> OfData {
    let mut correlations = Grid::new([
        ">datanet",
        ">contributions",
        ">pay with value",
        ">pay with records",
    ]);
    let mut turnouts = Grid::new([">datanet", ">round", ">contributors", ">of them before"]);
    let (mut correlations_json, mut turnout_json) = (Vec::new(), Vec::new());
    let shown = |found: Option<f64>| found.map_or(String::new(), |found| format!("{found:+.3}"));
    for data in list {
        let [value, volume] = data.correlations();
        let (datanet, count) = (data.datanet(), data.rows.len());
        correlations.row([&datanet, &count, &shown(value), &shown(volume)]);
        correlations_json.push(json!({
            "datanet": datanet,
            "contributions": count,
            "value": value,
            "records": volume,
        }));
        for turnout in data.turnout() {
            turnouts.row([&datanet, &turnout.round, &turnout.active, &turnout.returned]);
            turnout_json.push(json!({
                "datanet": datanet,
                "round": turnout.round,
                "active": turnout.active,
                "returned": turnout.returned,
            }));
        }
    }
    OfData {
        correlations,
        correlations_json,
        turnout: turnouts,
        turnout_json,
    }
}

impl Books {
    /// How evenly earnings and holdings are spread.
    pub(super) async fn spread(&self, earnings: &Earnings, data: &[Data]) -> Result<Spread> {
        let all: Vec<_> = Earner::ALL
            .into_iter()
            .filter(|earner| *earner != Earner::Sponsor)
            .collect();
        let of = |earners: &[Earner]| Concentration::of(earnings.by_account(earners).into_values());
        let rows = [
            (
                "earnings of contributors",
                "contributors",
                of(&Earner::LABOUR)?,
            ),
            (
                "earnings of developers",
                "developers",
                of(&Earner::DEVELOPERS)?,
            ),
            ("earnings of all accounts", "accounts", of(&all)?),
            (
                "holdings of all accounts",
                "holdings",
                Concentration::of(self.holdings().await?)?,
            ),
        ];
        let mut table = Grid::new([
            "of",
            ">accounts",
            "$in all",
            ">Gini",
            ">HHI",
            ">top 10",
            ">Nakamoto",
        ]);
        let mut concentration = serde_json::Map::new();
        for (name, key, found) in rows {
            table.row([
                &name,
                &found.count,
                &Amount(found.total).plain(),
                &found.gini,
                &found.hhi,
                &found.top.percent(),
                &found.nakamoto,
            ]);
            concentration.insert(key.to_owned(), found.json());
        }
        let OfData {
            correlations,
            correlations_json,
            turnout,
            turnout_json,
        } = of_data(data);
        Ok(Spread {
            concentration: table,
            correlations,
            turnout,
            json: json!({
                "concentration": concentration,
                "correlations": correlations_json,
                "participation": turnout_json,
            }),
        })
    }

    /// What accounts own, on hold or not: all but the pot, which keeps what is others'.
    async fn holdings(&self) -> Result<Vec<u128>> {
        let pot: AccountId32 = self.state.view("Rewards", "pot_account", ()).await?;
        let accounts: Vec<((AccountId32,), AccountInfo)> =
            self.state.entries("System", "Account", ()).await?;
        let others = accounts
            .into_iter()
            .filter(|((account,), _)| *account != pot);
        Ok(others
            .map(|(_, info)| info.data.free.saturating_add(info.data.reserved))
            .collect())
    }
}
