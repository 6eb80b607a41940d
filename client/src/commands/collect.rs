//! What `tributary claim` and `tributary vest` have in common: whose contributions they look at, and what these were credited with.

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::AccountId32;
use subxt_signer::sr25519::Keypair;
use tributary_primitives::assets::Pool;

use crate::{
    asset::pool_text,
    chain::{
        calls::{Credited, Source},
        submit::Included,
        Snapshot,
    },
    context::{AccountName, Context},
    keys,
    money::Amount,
    output::Grid,
    pool::{datanets, final_rounds, Payees},
};

/// Whose contributions are looked at.
#[derive(Args, Debug)]
pub(super) struct Whose {
    /// Whose contributions: an address, dev:NAME or the name of a key [default: the signer's]
    #[arg(long, conflicts_with = "everybody")]
    account: Option<AccountName>,
    /// Those of all contributors.
    #[arg(long)]
    everybody: bool,
    /// Only those of a datanet.
    #[arg(long)]
    datanet: Option<u32>,
}

impl Whose {
    /// Finds out who is paid in the final rounds of the datanets.
    pub(super) async fn look(
        &self,
        context: &Context,
        key: &Keypair,
        state: &Snapshot,
    ) -> Result<Looked> {
        let account = match (&self.account, self.everybody) {
            (_, true) => None,
            (Some(name), _) => Some(context.account(name)?),
            (None, _) => Some(keys::account(key)),
        };
        let wanted = match self.datanet {
            Some(datanet) => vec![datanet],
            None => datanets(state).await?,
        };
        let mut rounds = Vec::new();
        for datanet in wanted {
            let finals = final_rounds(state, datanet).await?;
            if !finals.is_empty() {
                rounds.push((datanet, finals, Payees::fetch(state, datanet).await?));
            }
        }
        Ok(Looked { account, rounds })
    }
}

/// Final rounds, and who is paid in them.
pub(super) struct Looked {
    /// Who is looked for: anybody if it is none.
    account: Option<AccountId32>,
    /// By datanet.
    rounds: Vec<(u32, Vec<u32>, Payees)>,
}

impl Looked {
    /// The pools of the rounds, each with what tells whose a contribution is.
    pub(super) fn pools(&self) -> impl Iterator<Item = (Pool, Theirs<'_>)> {
        self.rounds.iter().flat_map(|(datanet, rounds, payees)| {
            rounds.iter().map(|round| {
                let pool = Pool {
                    datanet: *datanet,
                    round: *round,
                };
                let account = self.account.as_ref();
                (pool, Theirs { account, payees })
            })
        })
    }
}

/// Tells whose a contribution to a datanet is.
#[derive(Clone, Copy)]
pub(super) struct Theirs<'a> {
    account: Option<&'a AccountId32>,
    payees: &'a Payees,
}

impl Theirs<'_> {
    /// Whether those who are looked for are paid for a contribution of this contributor.
    pub(super) fn include(&self, contribution: u32, contributor: &AccountId32) -> bool {
        self.account
            .is_none_or(|account| self.payees.include(contribution, contributor, account))
    }
}

/// What contributions were credited with, to be shown.
pub(super) struct Credits {
    table: Grid,
    list: Vec<Value>,
    total: u128,
}

impl Credits {
    /// None. `pool` is what a pool stands for.
    pub(super) fn new(pool: &str) -> Self {
        Self {
            table: Grid::new([pool, ">contribution", "contributor", ">amount"]),
            list: Vec::new(),
            total: 0,
        }
    }

    /// Adds those that an extrinsic left of a kind of source.
    pub(super) fn add(
        &mut self,
        included: &Included,
        of: impl Fn(Source) -> Option<(Pool, u32)>,
    ) -> Result<()> {
        for credit in included.all::<Credited>()? {
            let Some((pool, contribution)) = of(credit.source) else {
                continue;
            };
            self.table.row([
                &pool_text(pool),
                &contribution,
                &credit.account,
                &Amount(credit.amount),
            ]);
            self.total = self
                .total
                .checked_add(credit.amount)
                .context("more was credited than the coin can count")?;
            self.list.push(json!({
                "datanet": pool.datanet,
                "round": pool.round,
                "contribution": contribution,
                "account": credit.account,
                "amount": Amount(credit.amount),
                "block": included.block,
            }));
        }
        Ok(())
    }

    /// What is shown, if there is any; a list for programs; and the sum.
    pub(super) fn finish(self) -> (Option<Grid>, Vec<Value>, Amount) {
        let table = (!self.list.is_empty()).then_some(self.table);
        (table, self.list, Amount(self.total))
    }
}
