//! Who earned, by role, in a statement.

use anyhow::Result;
use serde_json::{json, Value};
use subxt::utils::AccountId32;

use super::Books;
use crate::{
    earners::{model_roles, Column, Earner, Earnings, Places, Received},
    fairness::Ratio,
    money::Amount,
    output::Grid,
};

/// A table with a column for each place of money between others.
fn grid(before: &[&str], after: &[&str]) -> Grid {
    let places = Places::COLUMNS.iter();
    let places = places.map(|column| format!("${}", column.heading));
    let text = |headings: &[&str]| headings.iter().map(ToString::to_string).collect::<Vec<_>>();
    let headings = text(before).into_iter().chain(["$in all".to_owned()]);
    Grid::of(headings.chain(places).chain(text(after)).collect())
}

/// A table whose rows are roles.
struct Roles {
    table: Grid,
    json: Vec<Value>,
    whole: Option<u128>,
}

impl Roles {
    /// An empty one. Shares are of `whole`, if it is given.
    fn new(whole: Option<u128>) -> Self {
        Self {
            table: match whole {
                Some(_) => grid(&["role"], &[">share"]),
                None => grid(&["role"], &[]),
            },
            json: Vec::new(),
            whole,
        }
    }

    fn add(&mut self, name: &str, key: &str, places: &Places) {
        self.row(name, places.total(), Some(places));
        let mut json = places.json();
        json.insert("role".to_owned(), json!(key));
        self.json.push(Value::Object(json));
    }

    /// A row of which only the sum is known.
    fn row(&mut self, name: &str, total: u128, places: Option<&Places>) {
        let place = |column: &Column| Amount(places.map_or(0, column.of)).plain();
        let cells = [name.to_owned(), Amount(total).plain()].into_iter();
        let share = self
            .whole
            .map(|whole| Ratio::of_amounts(total, whole).percent());
        let cells = cells.chain(Places::COLUMNS.iter().map(place)).chain(share);
        self.table.cells(cells.collect());
    }

    fn of(earnings: &Earnings, whole: Option<u128>) -> Self {
        let mut roles = Self::new(whole);
        for earner in Earner::ALL {
            let places = earnings.role(earner);
            if places.total() > 0 {
                roles.add(earner.name(), earner.key(), &places);
            }
        }
        roles
    }
}

impl Earnings {
    /// All that came in, by role.
    pub(super) fn table(&self) -> Grid {
        let whole = self.placed();
        let mut roles = Roles::of(self, Some(whole));
        if self.treasury.total() > 0 {
            roles.add("the treasury", "treasury", &self.treasury);
        }
        if self.burnt.0 > 0 {
            roles.row("nobody: burnt", self.burnt.0, None);
        }
        if self.contested.0 > 0 {
            roles.row("nobody yet: disputed", self.contested.0, None);
        }
        if self.carried.0 > 0 {
            roles.row("nobody yet: rounding", self.carried.0, None);
        }
        roles.row("together", whole, None);
        roles.table
    }

    /// What roles have, for programs.
    pub(super) fn roles_json(&self) -> Value {
        json!({
            "roles": Roles::of(self, None).json,
            "treasury": self.treasury.json(),
            "burnt": Amount(self.burnt.0),
            "contested": Amount(self.contested.0),
            "carried": Amount(self.carried.0),
        })
    }

    /// All of it, for programs.
    pub(super) fn json(&self) -> Value {
        let mut json = self.roles_json();
        let accounts = self.every_account().map(|(account, earner, places)| {
            let mut json = places.json();
            json.insert("account".to_owned(), json!(account));
            json.insert("role".to_owned(), json!(earner.key()));
            Value::Object(json)
        });
        json["accounts"] = accounts.collect();
        json["received"] = self.received.json();
        json["labour_share"] = json!(self.labour());
        json["verification_share"] = json!(self.verification());
        json
    }

    /// What each account has in each role, for files.
    pub(super) fn accounts(&self) -> Grid {
        let mut table = grid(&["account", "role"], &[]);
        for (account, earner, places) in self.every_account() {
            let cells = [account.to_string(), earner.name().to_owned()].into_iter();
            let total = [Amount(places.total()).plain()];
            let of = |column: &Column| Amount((column.of)(places)).plain();
            let places = Places::COLUMNS.iter().map(of);
            table.cells(cells.chain(total).chain(places).collect());
        }
        table
    }

    /// What an account has in each role.
    pub(super) fn roles_of(&self, account: AccountId32) -> (Grid, Vec<Value>) {
        let mut roles = Roles::new(None);
        for (earner, places) in self.of_account(account) {
            roles.add(earner.name(), earner.key(), &places);
        }
        (roles.table, roles.json)
    }

    /// Contributors' part of what was paid for assets and by sponsors.
    fn labour(&self) -> Ratio {
        let earned = self.earned(&Earner::LABOUR);
        Ratio::of_amounts(earned, self.received.for_assets())
    }

    /// What finding out what data is worth has of that and of what it costs besides.
    fn verification(&self) -> Ratio {
        let earned = self.earned(&Earner::VERIFICATION);
        Ratio::of_amounts(earned, self.received.with_verification())
    }

    /// The shares of labour and verification, in a sentence.
    pub(super) fn parts(&self) -> String {
        format!(
            "Labour has {} of what was paid, verification {}",
            self.labour().percent(),
            self.verification().percent()
        )
    }
}

/// Where money comes from: what it is called in tables and by programs, and how much it is.
type Source = (&'static str, &'static str, fn(&Received) -> u128);

impl Received {
    const SOURCES: [Source; 5] = [
        ("paid for assets", "gross", |received| received.gross),
        ("put up by sponsors", "sponsored", |received| {
            received.sponsored
        }),
        ("valuation fees", "valuation", |received| received.valuation),
        ("bonds that were lost", "bonds", |received| received.bonds),
        ("fees of transactions", "transactions", |received| {
            received.transactions
        }),
    ];

    pub(super) fn table(&self) -> Grid {
        let mut table = Grid::new(["source", "$amount"]);
        for (name, _, of) in Self::SOURCES {
            table.row([&name, &Amount(of(self)).plain()]);
        }
        table
    }

    fn json(&self) -> Value {
        let sources = Self::SOURCES.map(|(_, key, of)| (key.to_owned(), json!(Amount(of(self)))));
        Value::Object(sources.into_iter().collect())
    }
}

impl Books {
    /// Where all goes that a model has received.
    pub(super) fn roles_of_model(&self, model: u32) -> Result<(Grid, Vec<Value>)> {
        let mut roles = Roles::new(None);
        for (name, key, places) in model_roles(&self.ledger, &self.facts, model)? {
            if places.total() > 0 {
                roles.add(name, key, &places);
            }
        }
        Ok((roles.table, roles.json))
    }
}
