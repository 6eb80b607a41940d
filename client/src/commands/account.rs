//! `tributary balance` and `tributary send`.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use subxt::utils::MultiAddress;

use crate::{
    chain::{
        calls::Transfer,
        state::{AccountInfo, Held},
    },
    context::{AccountName, Context},
    money::Amount,
    output::{Grid, Output},
};

/// `tributary balance`
#[derive(Args, Debug)]
pub(crate) struct Balance {
    /// An address, dev:NAME or the name of a key [default: the account of --key or --dev]
    account: Option<AccountName>,
}

impl Balance {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let account = context.account_or_own(self.account.as_ref())?;
        let state = context.connect().await?.now().await?;
        let info: AccountInfo = state
            .get("System", "Account", (account,))
            .await?
            .unwrap_or_default();
        let holds: Vec<Held> = state
            .get("Balances", "Holds", (account,))
            .await?
            .unwrap_or_default();

        let held = holds
            .iter()
            .map(|hold| json!({ "reason": hold.reason(), "amount": Amount(hold.amount) }));
        let json = json!({
            "account": account,
            "free": Amount(info.data.free),
            "held": Amount(info.data.reserved),
            "frozen": Amount(info.data.frozen),
            "holds": held.collect::<Vec<_>>(),
            "block": state.number(),
        });
        let output = Output::new(json).fields([
            ("account", account.to_string()),
            ("free", Amount(info.data.free).to_string()),
            ("held", Amount(info.data.reserved).to_string()),
        ]);
        if holds.is_empty() {
            return Ok(output);
        }
        let mut table = Grid::new(["held for", ">amount"]);
        for hold in &holds {
            table.row([&hold.reason(), &Amount(hold.amount)]);
        }
        Ok(output.table(table))
    }
}

/// `tributary send`
#[derive(Args, Debug)]
pub(crate) struct Send {
    /// Who receives it: an address, dev:NAME or the name of a key.
    to: AccountName,
    /// How much.
    amount: Amount,
}

impl Send {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let to = context.account(&self.to)?;
        let (chain, key) = context.connect_to_sign().await?;
        let call = Transfer {
            dest: MultiAddress::Id(to),
            value: self.amount.0,
        };
        let included = chain.submit(&key, call).await?;
        Ok(Output::new(included.json()?).line(format!(
            "Sent {} to {to} {}.",
            self.amount,
            included.place()
        )))
    }
}
