//! `tributary statement`: who earned what.

mod calls;
mod contribution;
mod data;
mod joint;
mod roles;
mod spread;
mod tables;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::AccountId32;
use tributary_primitives::assets::{Payee, Pool};

pub(crate) use self::calls::of_calls;
use self::{contribution::Question, data::Data};
use crate::{
    asset::{asset_text, payee_text, pool_text},
    chain::{calls::ContributionValued, scan::FoundEvent, state::Totals, Chain, Snapshot},
    commands::model::registered,
    context::{AccountName, Context},
    earners::{Accrued, Earnings, Facts, Outside, OutsideEntry},
    failure::misuse,
    ledger::{AccountSums, Entry, From, Ledger},
    money::{Amount, SYMBOL},
    output::{count, Grid, Output},
    pool::datanets,
    round,
};

/// `tributary statement`
#[derive(Args, Debug)]
pub(crate) struct Statement {
    /// Only an account: an address, dev:NAME or the name of a key.
    #[arg(long, conflicts_with_all = ["model", "datanet"])]
    account: Option<AccountName>,
    /// Only a model.
    #[arg(long, value_name = "ID", conflicts_with = "datanet")]
    model: Option<u32>,
    /// Only a datanet.
    #[arg(long, value_name = "ID")]
    datanet: Option<u32>,
    /// Only a round of the datanet.
    #[arg(long, requires = "datanet")]
    round: Option<u32>,
    /// Only a contribution to the datanet, taken apart.
    #[arg(long, value_name = "NUMBER", requires = "datanet")]
    contribution: Option<u32>,
    /// What the contributions of the datanet's last pool, or of that of a round, would have under joint Shapley: fetches all their records.
    #[arg(long, requires = "datanet", conflicts_with = "contribution")]
    joint: bool,
    /// How many records are shown that helped, hurt, earned and lost most.
    #[arg(
        long,
        value_name = "COUNT",
        requires = "contribution",
        default_value_t = 5
    )]
    top: usize,
    /// Write all tables into this folder, a CSV file each: of a contribution classes.csv, benchmark.csv and records.csv.
    #[arg(long, value_name = "FOLDER")]
    csv: Option<PathBuf>,
}

/// What a statement is made of.
struct Books {
    ledger: Ledger,
    /// What accounts were credited with, and have withdrawn of it.
    accrued: Accrued,
    /// Fees and bonds.
    outside: Outside,
    facts: Facts,
    /// What was valued, in the order in which it was.
    valued: Vec<ContributionValued>,
    totals: Totals,
    state: Snapshot,
}

/// An event that a statement looks at.
#[derive(Default)]
struct Event {
    money: Option<Entry>,
    valued: Option<ContributionValued>,
    outside: Option<OutsideEntry>,
}

impl Event {
    fn read(event: &FoundEvent) -> Result<Option<Self>> {
        let money = Entry::read(event)?;
        if money.is_some() {
            return Ok(Some(Self {
                money,
                ..Self::default()
            }));
        }
        // What burns a bond may value a contribution as well.
        let (valued, outside) = (event.read()?, OutsideEntry::read(event)?);
        Ok((valued.is_some() || outside.is_some()).then_some(Self {
            money: None,
            valued,
            outside,
        }))
    }
}

/// Refuses a folder with tables in it, before all events of a chain are read.
fn ensure_no_tables(folder: &Path) -> Result<()> {
    let Ok(entries) = folder.read_dir() else {
        return Ok(());
    };
    let mut names = entries.flatten().map(|entry| entry.file_name());
    if let Some(name) = names.find(|name| name.to_string_lossy().ends_with(".csv")) {
        misuse!(
            "{} is in {} already: name another folder, or remove it",
            name.to_string_lossy(),
            folder.display()
        );
    }
    Ok(())
}

impl Statement {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        if let (Some(datanet), Some(contribution)) = (self.datanet, self.contribution) {
            let question = Question {
                datanet,
                round: self.round,
                contribution,
                most: self.top,
                csv: self.csv,
            };
            return question.answer(context).await;
        }
        let files = self.csv.as_deref();
        files.map_or(Ok(()), ensure_no_tables)?;
        let output = match (self.joint, self.datanet) {
            (true, Some(datanet)) => {
                let round = self.round;
                joint::Question { datanet, round }.answer(context).await?
            }
            _ => self.of_books(context).await?,
        };
        let Some(folder) = files else {
            return Ok(output);
        };
        let written = output.write_csv(folder)?;
        Ok(output.field("files", json!(written)).line(format!(
            "Wrote {} to {}.",
            count(written.len(), "table"),
            folder.display()
        )))
    }

    /// Refuses what does not exist, before all events of a chain are read.
    async fn ensure_there(&self, state: &Snapshot) -> Result<()> {
        if let Some(model) = self.model {
            registered(state, model).await?;
        }
        if let Some(datanet) = self.datanet {
            round::datanet(state, datanet).await?;
            if let Some(number) = self.round {
                round::round(state, datanet, number).await?;
            }
        }
        Ok(())
    }

    async fn of_books(&self, context: &Context) -> Result<Output> {
        let account = self
            .account
            .as_ref()
            .map(|name| context.account(name))
            .transpose()?;
        let chain = context.connect().await?;
        self.ensure_there(&chain.finalized().await?).await?;
        let books = Books::fetch(&chain).await?;
        match (account, self.model, self.datanet) {
            (Some(account), _, _) => books.of_account(account).await,
            (_, Some(model), _) => books.of_model(model),
            (_, _, Some(datanet)) => books.of_datanet(datanet, self.round).await,
            _ => books.of_everybody().await,
        }
    }
}

/// What a model has brought that nobody has paid for.
fn unpaid(block: u64, model: u32) -> Output {
    let json = json!({ "block": block, "asset": null, "went": [], "roles": [] });
    Output::new(json).line(format!(
        "Nothing was paid for model {model} up to block {block}, and no model owed it royalties."
    ))
}

/// What an account was credited for, in a few words.
fn from_text(from: From) -> String {
    match from {
        From::Team(model) => format!("team of model {model}"),
        From::Crew(pool) => format!("crew of {}", pool_text(pool)),
        From::Contribution(pool, number) => {
            format!("contribution {number} in the pool of {}", pool_text(pool))
        }
        From::Hosting(asset) => format!("hosting {}", asset_text(asset)),
        From::Award(pool, number) => {
            format!("sponsor of {}, contribution {number}", pool_text(pool))
        }
        From::Refund(pool) => format!("own budget for {} left over", pool_text(pool)),
    }
}

impl Books {
    /// Reads all events, and makes sure that they come to what the chain counts.
    async fn fetch(chain: &Chain) -> Result<Self> {
        let state = chain.finalized().await?;
        let pallets: Vec<_> = ["Rewards"]
            .into_iter()
            .chain(OutsideEntry::PALLETS)
            .collect();
        let found = chain
            .scan_events(state.since(1), &pallets, "adding up", Event::read)
            .await?;
        let (mut money, mut valued, mut outside) = (Vec::new(), Vec::new(), Vec::new());
        for event in found {
            money.extend(event.money);
            valued.extend(event.valued);
            outside.extend(event.outside);
        }
        let accrued = Accrued::of(&money)?;
        let ledger = Ledger::of(money)?;
        let totals: Totals = state
            .get("Rewards", "PotTotals", ())
            .await?
            .context("the chain counts no totals")?;
        ledger.check(&totals)?;
        Ok(Self {
            facts: Facts::fetch(&state, &valued).await?,
            outside: Outside::of(outside),
            ledger,
            accrued,
            valued,
            totals,
            state,
        })
    }

    fn earnings(&self) -> Result<Earnings> {
        Earnings::of(&self.ledger, &self.accrued, &self.outside, &self.facts)
    }

    fn title(&self) -> String {
        format!("Statement at block {}", self.state.number())
    }

    async fn data(&self, datanet: u32, round: Option<u32>) -> Result<Data> {
        let Self {
            state,
            valued,
            ledger,
            facts,
            ..
        } = self;
        Data::fetch(state, valued, ledger, facts, datanet, round).await
    }

    async fn of_everybody(&self) -> Result<Output> {
        let mut data = Vec::new();
        let mut output = Output::new(Value::Null).line(self.title());
        for datanet in datanets(&self.state).await? {
            let found = self.data(datanet, None).await?;
            if !found.rows.is_empty() {
                output = output.line(found.title()).table(found.table());
                data.push(found);
            }
        }
        let earnings = self.earnings()?;
        let spread = self.spread(&earnings, &data).await?;
        let (money, money_json) = self.money();
        let (accounts, accounts_json) = self.accounts();
        let (payees, payees_json) = self.payees(|_| true);
        let json = json!({
            "block": self.state.number(),
            "money": money_json,
            "accounts": accounts_json,
            "assets": payees_json,
            "data": data.iter().map(|data| &data.json).collect::<Vec<_>>(),
            "earned": earnings.json(),
            "spread": spread.json,
        });
        Ok(output
            .with_json(json)
            .only_sheet("contributions", Data::sheet(&data))
            .line(format!("Models and data pools, in {SYMBOL}"))
            .sheet("assets", payees)
            .line(format!("Accounts by role, in {SYMBOL}"))
            .sheet("accounts", accounts)
            .only_sheet("earnings", earnings.accounts())
            .line(format!("The pot, in {SYMBOL}: every unit is in one place"))
            .sheet("pot", money)
            .line(format!("What came in, in {SYMBOL}"))
            .sheet("received", earnings.received.table())
            .line(format!(
                "Who has it, by role, in {SYMBOL}: all that came in, to the unit. {}",
                earnings.parts()
            ))
            .sheet("roles", earnings.table())
            .line(format!("How concentrated it is; amounts in {SYMBOL}"))
            .sheet("concentration", spread.concentration)
            .line("Whether pay goes with value and with volume, by rank: from -1 to 1")
            .sheet("correlations", spread.correlations)
            .line("Who was there")
            .sheet("rounds", spread.turnout))
    }

    async fn of_account(&self, account: AccountId32) -> Result<Output> {
        let none = AccountSums::default();
        let sums = self.ledger.accounts.get(&account).unwrap_or(&none);
        let claimable: Option<u128> = self.state.get("Rewards", "Claimable", (account,)).await?;
        let mut table = Grid::new(["earned from", "as", "$amount"]);
        let mut list = Vec::new();
        for (from, (role, amount)) in &sums.credited {
            table.row([&from_text(*from), &role.name(), &Amount(amount.0).plain()]);
            list.push(json!({ "from": from_text(*from), "role": role.name(), "amount": Amount(amount.0) }));
        }
        let claimable = Amount(claimable.unwrap_or_default());
        let (roles, roles_json) = self.earnings()?.roles_of(account);
        let credited = match list.is_empty() {
            true => "Nothing was credited so far.".to_owned(),
            false => format!("Credited so far, in {SYMBOL}"),
        };
        let vesting = Amount(self.ledger.vesting_of(&account));
        let json = json!({
            "account": account,
            "block": self.state.number(),
            "paid": Amount(sums.paid.0),
            "sponsored": Amount(sums.sponsored.0),
            "credited": Amount(sums.credited()),
            "withdrawn": Amount(sums.withdrawn.0),
            "claimable": claimable,
            "vesting": vesting,
            "earned": list,
            "roles": roles_json,
        });
        Ok(Output::new(json)
            .fields([
                ("account", account.to_string()),
                ("paid for assets", Amount(sums.paid.0).to_string()),
                ("put up for rounds", Amount(sums.sponsored.0).to_string()),
                ("earned", Amount(sums.credited()).to_string()),
                ("withdrawn", Amount(sums.withdrawn.0).to_string()),
                ("to be withdrawn", claimable.to_string()),
                ("vesting", vesting.to_string()),
                ("at block", self.state.number().to_string()),
            ])
            .line(credited)
            .sheet("credits", table)
            .line(format!("All that is this account's, by role, in {SYMBOL}: as if everything were settled and claimed"))
            .sheet("roles", roles))
    }

    fn of_model(&self, model: u32) -> Result<Output> {
        let payee = Payee::Model(model);
        if !self.ledger.payees.contains_key(&payee) {
            return Ok(unpaid(self.state.number(), model));
        }
        let (table, list) = self.payees(|other| other == payee);
        let mut out = Grid::new(["went to", "as", "$amount"]);
        let mut went = Vec::new();
        let mut row = |to: String, role: &str, amount: Amount| {
            out.row([&to, &role, &amount.plain()]);
            went.push(json!({ "to": to, "role": role, "amount": amount }));
        };
        for (to, amount) in &self.ledger.payees[&payee].royalties_out {
            row(payee_text(*to), "royalty", Amount(amount.0));
        }
        for (account, sums) in &self.ledger.accounts {
            if let Some((role, amount)) = sums.credited.get(&From::Team(model)) {
                row(account.to_string(), role.name(), Amount(amount.0));
            }
        }
        let (roles, roles_json) = self.roles_of_model(model)?;
        let json = json!({
            "block": self.state.number(),
            "asset": list.first(),
            "went": went,
            "roles": roles_json,
        });
        Ok(Output::new(json)
            .line(self.title())
            .sheet("asset", table)
            .line(format!("Settled so far, in {SYMBOL}"))
            .sheet("went", out)
            .line(format!(
                "By role, in {SYMBOL}: as if everything were settled"
            ))
            .sheet("roles", roles))
    }

    async fn of_datanet(&self, datanet: u32, round: Option<u32>) -> Result<Output> {
        let found = self.data(datanet, round).await?;
        let of =
            |pool: Pool| pool.datanet == datanet && round.is_none_or(|round| pool.round == round);
        let (pools, list) = self.payees(|payee| matches!(payee, Payee::Pool(pool) if of(pool)));
        let earnings = Earnings::of_pools(&self.ledger, &self.accrued, &self.facts, of)?;
        let spread = spread::of_data(std::slice::from_ref(&found));
        let json = json!({
            "block": self.state.number(),
            "data": found.json,
            "pools": list,
            "roles": earnings.roles_json(),
            "participation": spread.turnout_json,
            "correlations": spread.correlations_json,
        });
        Ok(Output::new(json)
            .line(self.title())
            .line(found.title())
            .table(found.table())
            .only_sheet("contributions", Data::sheet(std::slice::from_ref(&found)))
            .line(format!(
                "What one record had each time that somebody paid, in {SYMBOL}"
            ))
            .table(found.uses())
            .line(format!("Pools, in {SYMBOL}"))
            .sheet("pools", pools)
            .line(format!(
                "Who earned by it, by role, in {SYMBOL}: as if everything were settled and claimed"
            ))
            .sheet("roles", earnings.table())
            .line("Whether pay goes with value and with volume, by rank: from -1 to 1")
            .sheet("correlations", spread.correlations)
            .line("Who was there")
            .sheet("rounds", spread.turnout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_model_that_nobody_paid_for_is_no_error() {
        let text = unpaid(9, 1).text(&BTreeMap::new());
        assert!(text.starts_with("Nothing was paid for model 1"), "{text}");
    }
}
