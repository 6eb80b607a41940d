//! `tributary key`: keys that sign.

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use crate::{
    context::Context,
    keys::{self, KeySource},
    output::{hex, Grid, Output},
};

/// The well-known accounts of development chains.
const DEVELOPMENT: [&str; 6] = ["alice", "bob", "charlie", "dave", "eve", "ferdie"];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key and keep its secret phrase under a name
    New {
        /// Its name.
        name: String,
    },
    /// Keep a secret phrase or seed, typed in, under a name
    Import {
        /// Its name.
        name: String,
    },
    /// The address of a key [default: the one of --key or --dev]
    Show {
        /// The name of a key, or a path to its file.
        key: Option<String>,
    },
    /// All keys
    List,
    /// The development accounts that everybody has the keys of
    Dev,
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Result<Output> {
        let directory = context.key_directory();
        match self {
            Self::New { name } => {
                let (key, file) = keys::generate(&directory, &name)?;
                Ok(stored(&name, &key, &file))
            }
            Self::Import { name } => {
                let secret = rpassword::prompt_password("Secret phrase or seed: ")?;
                let (key, file) = keys::store(&directory, &name, &secret)?;
                Ok(stored(&name, &key, &file))
            }
            Self::Show { key } => {
                let account = match key {
                    Some(key) => keys::account(&KeySource::parse(&key).load(&directory)?),
                    None => context.account_or_own(None)?,
                };
                let json = json!({ "address": account, "public_key": hex(account) });
                Ok(Output::new(json).fields([
                    ("address", account.to_string()),
                    ("public key", hex(account)),
                ]))
            }
            Self::List => {
                let mut table = Grid::new(["key", "address"]).exact();
                let mut list = Vec::new();
                for (name, key) in keys::list(&directory)? {
                    let account = keys::account(&key);
                    table.row([&name, &account]);
                    list.push(json!({ "name": name, "address": account }));
                }
                Ok(Output::new(list.into()).table(table))
            }
            Self::Dev => {
                let mut table = Grid::new(["--dev", "address"]).exact();
                let mut list = Vec::new();
                for name in DEVELOPMENT {
                    let account = keys::account(&keys::development(name)?);
                    table.row([&name, &account]);
                    list.push(json!({ "name": name, "address": account }));
                }
                Ok(Output::new(list.into()).table(table))
            }
        }
    }
}

fn stored(name: &str, key: &subxt_signer::sr25519::Keypair, file: &std::path::Path) -> Output {
    let account = keys::account(key);
    Output::new(json!({ "name": name, "address": account, "file": file })).fields([
        ("key", name.to_owned()),
        ("address", account.to_string()),
        (
            "secret",
            format!(
                "{}: whoever reads it owns the account; whoever loses it has lost it",
                file.display()
            ),
        ),
    ])
}
