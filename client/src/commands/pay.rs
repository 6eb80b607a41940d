//! `tributary pay`, `settle` and `withdraw`: money in, through and out.

use anyhow::Result;
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::Static;
use subxt_signer::sr25519::Keypair;
use tributary_primitives::assets::Pool;

use crate::{
    asset::{asset_text, pool_text, AssetName, PoolName},
    chain::{
        calls::{
            Credited, Paid, PayAsset, SettleCrew, SettleModel, Settled, Sweep, Swept,
            WithdrawEarnings, Withdrawn,
        },
        submit::Included,
        Chain,
    },
    context::Context,
    failure::misuse,
    money::Amount,
    output::{Grid, Output},
};

/// `tributary pay`
#[derive(Args, Debug)]
pub(crate) struct Pay {
    /// What is paid for: model:ID or datanet:ID.
    asset: AssetName,
    /// How much.
    amount: Amount,
    /// For a datanet, the round whose contributors are paid [default: the last final one]
    #[arg(long)]
    round: Option<u32>,
}

impl Pay {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let call = PayAsset {
            asset: Static(self.asset.0),
            round: self.round,
            gross: self.amount.0,
        };
        let included = chain.submit(&key, call).await?;
        let paid: Paid = included.expect()?;
        Ok(Output::new(included.json()?)
            .line(format!(
                "Paid {} for {} {}.",
                self.amount,
                asset_text(self.asset.0),
                included.place()
            ))
            .fields([
                ("protocol fee", Amount(paid.fee).to_string()),
                ("host", Amount(paid.host).to_string()),
                ("net", Amount(paid.net).to_string()),
            ]))
    }
}

/// `tributary settle`
#[derive(Args, Debug)]
pub(crate) struct Settle {
    /// Share out what a model has received: royalties first, then its team. Parents' ledgers receive royalties; settle them after
    /// their children.
    #[arg(long, value_name = "ID")]
    model: Vec<u32>,
    /// Share out what the crew of a pool has earned: steward, providers, evaluator.
    #[arg(long, value_name = "DATANET:ROUND")]
    crew: Vec<PoolName>,
    /// Move protocol fees to the treasury.
    #[arg(long)]
    fees: bool,
}

impl Settle {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        if self.model.is_empty() && self.crew.is_empty() && !self.fees {
            misuse!("say what to settle: --model ID, --crew DATANET:ROUND or --fees");
        }
        let (chain, key) = context.connect_to_sign().await?;
        let mut settled = Settlement {
            json: Vec::new(),
            table: Grid::new(["of", "to", ">amount"]),
        };
        for model in self.model {
            settled.model(&chain, &key, model).await?;
        }
        for PoolName(pool) in self.crew {
            settled.crew(&chain, &key, pool).await?;
        }
        if self.fees {
            let included = chain.submit(&key, Sweep {}).await?;
            let swept: Swept = included.expect()?;
            settled
                .table
                .row([&"protocol fees", &"treasury", &Amount(swept.fees)]);
            settled.json.push(included.json()?);
        }
        Ok(Output::new(settled.json.into()).table(settled.table))
    }
}

/// What came of settling.
struct Settlement {
    json: Vec<Value>,
    table: Grid,
}

impl Settlement {
    async fn model(&mut self, chain: &Chain, key: &Keypair, model: u32) -> Result<()> {
        let included = chain.submit(key, SettleModel { model }).await?;
        let from = format!("model {model}");
        let settled = included.all::<Settled>()?;
        for (Static(payee), amount) in settled.into_iter().flat_map(|event| event.royalties) {
            let to = match payee {
                tributary_primitives::assets::Payee::Model(id) => format!("model {id}"),
                tributary_primitives::assets::Payee::Pool(pool) => {
                    format!("contributors of {}", pool_text(pool))
                }
            };
            self.table.row([&from, &to, &Amount(amount)]);
        }
        self.credits(&from, &included)
    }

    async fn crew(&mut self, chain: &Chain, key: &Keypair, pool: Pool) -> Result<()> {
        let included = chain.submit(key, SettleCrew { pool: Static(pool) }).await?;
        self.credits(&pool_text(pool), &included)
    }

    fn credits(&mut self, from: &str, included: &Included) -> Result<()> {
        for credit in included.all::<Credited>()? {
            self.table
                .row([&from, &credit.account, &Amount(credit.amount)]);
        }
        self.json.push(included.json()?);
        Ok(())
    }
}

/// `tributary withdraw`
#[derive(Args, Debug)]
pub(crate) struct Withdraw {}

impl Withdraw {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let included = chain.submit(&key, WithdrawEarnings {}).await?;
        let withdrawn: Withdrawn = included.expect()?;
        Ok(Output::new(json!(included.json()?)).line(format!(
            "Withdrew {} to {} {}.",
            Amount(withdrawn.amount),
            withdrawn.account,
            included.place()
        )))
    }
}
