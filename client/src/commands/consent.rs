//! `tributary withdraw-consent`: later rounds go on without a contribution.

use anyhow::Result;
use clap::Args;

use crate::{
    chain::calls::{ConsentWithdrawn, WithdrawConsent as WithdrawConsentCall},
    context::Context,
    output::{remark, Output},
};

/// `tributary withdraw-consent`
#[derive(Args, Debug)]
pub(crate) struct WithdrawConsent {
    /// The datanet.
    datanet: u32,
    /// The contribution.
    contribution: u32,
}

impl WithdrawConsent {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Self {
            datanet,
            contribution,
        } = self;
        let (chain, key) = context.connect_to_sign().await?;
        remark(
            "What was delivered is public for ever: withdrawing keeps later rounds from using it, and takes it off nobody's disk. It cannot \
             be undone, the contribution earns nothing from the pools of later rounds, and what has not vested of its sponsor's pay is burnt.",
        );
        let call = WithdrawConsentCall {
            datanet,
            contribution,
        };
        let included = chain.submit(&key, call).await?;
        let event: ConsentWithdrawn = included.expect()?;
        let mut json = included.json()?;
        json["since"] = event.since.into();
        json["weight"] = event.weight.to_string().into();
        Ok(Output::new(json).line(format!(
            "Rounds of datanet {datanet} from {} on leave contribution {contribution} out; earlier ones keep it and go on paying {}.",
            event.since,
            included.place()
        )))
    }
}
