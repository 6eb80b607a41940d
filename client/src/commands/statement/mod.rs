//! `tributary statement`: who earned what.

mod contribution;
mod data;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::AccountId32;
use tributary_primitives::assets::Payee;

use self::{contribution::Question, data::Data};
use crate::{
    asset::{asset_text, pool_text},
    chain::{calls::ContributionValued, scan::FoundEvent, state::Totals, Snapshot},
    context::{AccountName, Context},
    failure::misuse,
    ledger::{AccountSums, Entry, From, Ledger, PayeeSums, Role, Sum},
    money::{Amount, SYMBOL},
    output::{Grid, Output},
    pool::datanets,
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
    /// How many records are shown that helped, hurt, earned and lost most.
    #[arg(
        long,
        value_name = "COUNT",
        requires = "contribution",
        default_value_t = 5
    )]
    top: usize,
    /// Write all of a contribution's parts into this folder: classes.csv, benchmark.csv and records.csv.
    #[arg(long, value_name = "FOLDER", requires = "contribution")]
    csv: Option<PathBuf>,
}

/// What a statement is made of.
struct Books {
    ledger: Ledger,
    /// What was valued, in the order in which it was.
    valued: Vec<ContributionValued>,
    totals: Totals,
    state: Snapshot,
}

/// An event that a statement looks at.
enum Event {
    Money(Entry),
    Valued(ContributionValued),
}

impl Event {
    fn read(event: &FoundEvent) -> Result<Option<Self>> {
        if let Some(entry) = Entry::read(event)? {
            return Ok(Some(Self::Money(entry)));
        }
        Ok(event.read()?.map(Self::Valued))
    }
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
        let account = self
            .account
            .as_ref()
            .map(|name| context.account(name))
            .transpose()?;
        let chain = context.connect().await?;
        let state = chain.finalized().await?;
        let events = chain
            .scan_events(
                state.since(1),
                &["Rewards", "Datanets"],
                "adding up",
                Event::read,
            )
            .await?;
        let mut money = Vec::new();
        let mut valued = Vec::new();
        for event in events {
            match event {
                Event::Money(entry) => money.push(entry),
                Event::Valued(event) => valued.push(event),
            }
        }
        let ledger = Ledger::of(money)?;
        let totals: Totals = state
            .get("Rewards", "PotTotals", ())
            .await?
            .context("the chain counts no totals")?;
        ledger.check(&totals)?;
        let books = Books {
            ledger,
            valued,
            totals,
            state,
        };
        match (account, self.model, self.datanet) {
            (Some(account), _, _) => books.of_account(account).await,
            (_, Some(model), _) => books.of_payee(Payee::Model(model)),
            (_, _, Some(datanet)) => books.of_datanet(datanet, self.round).await,
            _ => books.of_everybody().await,
        }
    }
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

/// A payee in a few words.
fn payee_text(payee: Payee) -> String {
    match payee {
        Payee::Model(model) => format!("model {model}"),
        Payee::Pool(pool) => pool_text(pool),
    }
}

impl Books {
    async fn of_everybody(&self) -> Result<Output> {
        let datanets = datanets(&self.state).await?;
        let (money, money_json) = self.money();
        let (accounts, accounts_json) = self.accounts();
        let (payees, payees_json) = self.payees(|_| true);
        let mut output =
            Output::new(Value::Null).line(format!("Statement at block {}", self.state.number()));
        let mut data = Vec::new();
        for datanet in datanets {
            let found = Data::fetch(&self.state, &self.valued, &self.ledger, datanet, None).await?;
            if !found.rows.is_empty() {
                output = output.line(found.title(datanet)).table(found.table());
                data.push(found.json);
            }
        }
        let json = json!({
            "block": self.state.number(),
            "money": money_json,
            "accounts": accounts_json,
            "assets": payees_json,
            "data": data,
        });
        Ok(output
            .with_json(json)
            .line(format!("Models and data pools, in {SYMBOL}"))
            .table(payees)
            .line(format!("Accounts by role, in {SYMBOL}"))
            .table(accounts)
            .line("The pot: every unit is in one place")
            .table(money))
    }

    async fn of_account(&self, account: AccountId32) -> Result<Output> {
        let none = AccountSums::default();
        let sums = self.ledger.accounts.get(&account).unwrap_or(&none);
        let claimable: Option<u128> = self.state.get("Rewards", "Claimable", (account,)).await?;
        let mut table = Grid::new(["earned from", "as", ">amount"]);
        let mut list = Vec::new();
        for (from, (role, amount)) in &sums.credited {
            table.row([&from_text(*from), &role.name(), &Amount(amount.0)]);
            list.push(json!({ "from": from_text(*from), "role": role.name(), "amount": Amount(amount.0) }));
        }
        let claimable = Amount(claimable.unwrap_or_default());
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
            .table(table))
    }

    fn of_payee(&self, payee: Payee) -> Result<Output> {
        let Some(sums) = self.ledger.payees.get(&payee) else {
            misuse!("nothing was ever paid for {}", payee_text(payee));
        };
        let (table, list) = self.payees(|other| other == payee);
        let mut out = Grid::new(["went to", "as", ">amount"]);
        let mut went = Vec::new();
        for (to, amount) in &sums.royalties_out {
            out.row([&payee_text(*to), &"royalty", &Amount(amount.0)]);
            went.push(
                json!({ "to": payee_text(*to), "role": "royalty", "amount": Amount(amount.0) }),
            );
        }
        for (account, sums) in &self.ledger.accounts {
            for (from, (role, amount)) in &sums.credited {
                let matches = match (payee, from) {
                    (Payee::Model(model), From::Team(of)) => model == *of,
                    (Payee::Pool(pool), From::Crew(of) | From::Contribution(of, _)) => pool == *of,
                    _ => false,
                };
                if matches {
                    out.row([account, &role.name(), &Amount(amount.0)]);
                    went.push(
                        json!({ "to": account, "role": role.name(), "amount": Amount(amount.0) }),
                    );
                }
            }
        }
        let json = json!({ "block": self.state.number(), "asset": list.first(), "went": went });
        Ok(Output::new(json)
            .line(format!("Statement at block {}", self.state.number()))
            .table(table)
            .table(out))
    }

    async fn of_datanet(&self, datanet: u32, round: Option<u32>) -> Result<Output> {
        let found = Data::fetch(&self.state, &self.valued, &self.ledger, datanet, round).await?;
        let (table, list) = self.payees(|payee| match payee {
            Payee::Pool(pool) => {
                pool.datanet == datanet && round.is_none_or(|round| pool.round == round)
            }
            Payee::Model(_) => false,
        });
        let json = json!({ "block": self.state.number(), "data": found.json, "pools": list });
        Ok(Output::new(json)
            .line(format!("Statement at block {}", self.state.number()))
            .line(found.title(datanet))
            .table(found.table())
            .table(table))
    }

    /// Where the pot's money is.
    fn money(&self) -> (Grid, Value) {
        let Totals {
            held,
            gross,
            fees,
            sponsored,
            withdrawn,
            swept,
            burnt,
            ..
        } = &self.totals;
        let credited: u128 = Role::ALL.iter().map(|role| self.ledger.earned(*role)).sum();
        let rows = [
            ("paid for assets", "in", *gross),
            ("put up by sponsors", "in", *sponsored),
            ("withdrawn by those who earned it", "out", *withdrawn),
            ("swept to the treasury", "out", *swept),
            ("forfeited before it vested, burnt", "out", *burnt),
            ("credited, to be withdrawn", "held", held.claimable),
            ("in models' ledgers, to be settled", "held", held.models),
            ("in data pools, to be claimed", "held", held.pools),
            ("in sponsors' budgets", "held", held.budgets),
            ("paid by sponsors, to vest", "held", held.vesting),
            ("protocol fees, to be swept", "held", held.fees),
        ];
        let mut table = Grid::new(["money", "", ">amount"]);
        for (what, place, amount) in rows {
            table.row([&what, &place, &Amount(amount)]);
        }
        let json = json!({
            "gross": Amount(*gross),
            "fees": Amount(*fees),
            "sponsored": Amount(*sponsored),
            "credited": Amount(credited),
            "withdrawn": Amount(*withdrawn),
            "swept": Amount(*swept),
            "burnt": Amount(*burnt),
            "held": {
                "claimable": Amount(held.claimable),
                "models": Amount(held.models),
                "pools": Amount(held.pools),
                "budgets": Amount(held.budgets),
                "vesting": Amount(held.vesting),
                "fees": Amount(held.fees),
            },
        });
        (table, json)
    }

    /// What each account earned, by role.
    fn accounts(&self) -> (Grid, Vec<Value>) {
        let mut table = Grid::new([
            "account",
            ">paid",
            ">put up",
            ">team",
            ">crew",
            ">contributor",
            ">host",
            ">sponsor pay",
            ">vesting",
            ">refund",
            ">withdrawn",
        ]);
        let mut list = Vec::new();
        for (account, sums) in &self.ledger.accounts {
            let [team, crew, contributor, host, award, refund] =
                Role::ALL.map(|role| Amount(sums.earned(role)));
            let [paid, sponsored, withdrawn] =
                [sums.paid, sums.sponsored, sums.withdrawn].map(|sum| Amount(sum.0));
            let vesting = Amount(self.ledger.vesting_of(account));
            table.row([
                account,
                &cell(paid),
                &cell(sponsored),
                &cell(team),
                &cell(crew),
                &cell(contributor),
                &cell(host),
                &cell(award),
                &cell(vesting),
                &cell(refund),
                &cell(withdrawn),
            ]);
            list.push(json!({
                "account": account,
                "paid": paid,
                "sponsored": sponsored,
                "team": team,
                "crew": crew,
                "contributor": contributor,
                "host": host,
                "award": award,
                "vesting": vesting,
                "refund": refund,
                "credited": Amount(sums.credited()),
                "withdrawn": withdrawn,
            }));
        }
        (table, list)
    }

    /// What came in for models and pools, and what went on.
    fn payees(&self, wanted: impl Fn(Payee) -> bool) -> (Grid, Vec<Value>) {
        let mut table = Grid::new([
            "paid for",
            ">gross",
            ">protocol fee",
            ">host",
            ">net",
            ">royalties in",
            ">royalties out",
            ">credited",
        ]);
        let mut list = Vec::new();
        for (payee, sums) in self
            .ledger
            .payees
            .iter()
            .filter(|(payee, _)| wanted(**payee))
        {
            let PayeeSums {
                gross,
                fees,
                hosts,
                net,
                royalties_in,
                royalties_out,
                credited,
            } = sums;
            let mut out = Sum::default();
            royalties_out.values().for_each(|amount| out += amount.0);
            let [gross, fees, hosts, net, royalties_in, out, credited] =
                [*gross, *fees, *hosts, *net, *royalties_in, out, *credited]
                    .map(|sum| Amount(sum.0));
            table.row([
                &payee_text(*payee),
                &cell(gross),
                &cell(fees),
                &cell(hosts),
                &cell(net),
                &cell(royalties_in),
                &cell(out),
                &cell(credited),
            ]);
            let royalties: Vec<_> = royalties_out
                .iter()
                .map(|(to, amount)| json!({ "payee": to, "amount": Amount(amount.0) }))
                .collect();
            list.push(json!({
                "payee": payee,
                "gross": gross,
                "fee": fees,
                "host": hosts,
                "net": net,
                "royalties_in": royalties_in,
                "royalties_out": royalties,
                "credited": credited,
            }));
        }
        (table, list)
    }
}

/// An amount in a wide table, whose heading has the unit; nothing for nothing.
fn cell(amount: Amount) -> String {
    if amount.0 == 0 {
        return String::new();
    }
    let text = amount.to_string();
    text.strip_suffix(SYMBOL)
        .unwrap_or(&text)
        .trim_end()
        .to_owned()
}
