//! `tributary pay`, `settle` and `withdraw`: money in, through and out.

use anyhow::Result;
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::Static;
use subxt_signer::sr25519::Keypair;
use tributary_primitives::assets::{Asset, Payee, Pool};

use crate::{
    asset::{asset_text, payee_text, pool_text, AssetName, PoolName},
    chain::{
        calls::{
            Credited, Paid, PayAsset, SettleCrew, SettleModel, Settled, Sweep, Swept,
            WithdrawEarnings, Withdrawn,
        },
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
        let mut settlement = Settlement::new();
        let models = self.model.into_iter().map(Step::Model);
        let crews = self.crew.into_iter().map(|PoolName(pool)| Step::Crew(pool));
        let fees = self.fees.then_some(Step::Fees);
        for step in models.chain(crews).chain(fees) {
            if let Err(error) = settlement.take(&chain, &key, step).await {
                return settlement.stopped(error.context(format!("settling {}", step.text())));
            }
        }
        Ok(settlement.output())
    }
}

/// One thing to settle.
#[derive(Clone, Copy)]
enum Step {
    Model(u32),
    Crew(Pool),
    Fees,
}

impl Step {
    fn text(self) -> String {
        match self {
            Self::Model(model) => asset_text(Asset::Model(model)),
            Self::Crew(pool) => format!("the crew of {}", pool_text(pool)),
            Self::Fees => "protocol fees".to_owned(),
        }
    }
}

/// What came of settling.
struct Settlement {
    json: Vec<Value>,
    table: Grid,
    /// What had nothing due.
    idle: Vec<String>,
}

impl Settlement {
    fn new() -> Self {
        Self {
            json: Vec::new(),
            table: Grid::new(["of", "to", ">amount"]),
            idle: Vec::new(),
        }
    }

    /// Takes a step, and notes whom it paid.
    async fn take(&mut self, chain: &Chain, key: &Keypair, step: Step) -> Result<()> {
        let included = match step {
            Step::Model(model) => chain.submit(key, SettleModel { model }).await?,
            Step::Crew(pool) => chain.submit(key, SettleCrew { pool: Static(pool) }).await?,
            Step::Fees => chain.submit(key, Sweep {}).await?,
        };
        let mut paid = Vec::new();
        for (Static(payee), amount) in included
            .all::<Settled>()?
            .into_iter()
            .flat_map(|event| event.royalties)
        {
            let contributors = match payee {
                Payee::Model(_) => "",
                Payee::Pool(_) => "contributors of ",
            };
            paid.push((format!("{contributors}{}", payee_text(payee)), amount));
        }
        for credit in included.all::<Credited>()? {
            paid.push((credit.account.to_string(), credit.amount));
        }
        for swept in included.all::<Swept>()? {
            paid.push(("treasury".to_owned(), swept.fees));
        }
        self.note(step, &paid);
        self.json.push(included.json()?);
        Ok(())
    }

    fn note(&mut self, step: Step, paid: &[(String, u128)]) {
        for (to, amount) in paid {
            self.table.row([&step.text(), to, &Amount(*amount)]);
        }
        if paid.is_empty() {
            self.idle.push(step.text());
        }
    }

    fn output(self) -> Output {
        let output = Output::new(self.json.into()).table(self.table);
        if self.idle.is_empty() {
            return output;
        }
        output.line(format!("Nothing is due: {}.", self.idle.join(", ")))
    }

    /// What was done before a step failed, and the failure. The failure alone, if it was the first step.
    fn stopped(self, error: anyhow::Error) -> Result<Output> {
        if self.json.is_empty() {
            return Err(error);
        }
        Ok(self.output().before(error))
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_settlement_says_what_had_nothing_due() {
        let mut settlement = Settlement::new();
        settlement.note(Step::Model(5), &[("model 1".to_owned(), 7)]);
        settlement.note(Step::Model(6), &[]);
        let text = settlement.output().text(&BTreeMap::new());
        assert!(
            text.contains("model 5") && text.contains("model 1"),
            "{text}"
        );
        assert!(text.ends_with("Nothing is due: model 6."), "{text}");
    }

    #[test]
    fn what_was_settled_before_a_failure_is_kept_with_it() {
        let failure = || anyhow::anyhow!("ModelNotFound").context("settling model 99");
        let mut settlement = Settlement::new();
        settlement.note(Step::Model(5), &[("model 1".to_owned(), 7)]);
        settlement.json.push(json!({}));
        let output = settlement.stopped(failure()).unwrap();
        assert!(output.text(&BTreeMap::new()).contains("model 5"));
        let error = format!("{:#}", output.outcome().unwrap_err());
        assert_eq!(error, "settling model 99: ModelNotFound");
        assert!(Settlement::new().stopped(failure()).is_err());
    }
}
