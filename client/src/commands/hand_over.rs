//! `tributary hand-over`: what a contribution earns goes to another account.

use anyhow::Result;
use clap::Args;
use subxt::utils::MultiAddress;

use crate::{
    chain::calls::HandOver as HandOverCall,
    context::{AccountName, Context},
    output::{remark, Output},
};

/// `tributary hand-over`
#[derive(Args, Debug)]
pub(crate) struct HandOver {
    /// The datanet.
    datanet: u32,
    /// The contribution.
    contribution: u32,
    /// Who will be paid: an address, dev:NAME or the name of a key
    to: AccountName,
}

impl HandOver {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Self {
            datanet,
            contribution,
            to,
        } = self;
        let to = context.account(&to)?;
        let (chain, key) = context.connect_to_sign().await?;
        remark(
            "It cannot be undone, but by whom it is handed to. Where no authors are named yet, it adds a deposit to the contributor's bond, \
             which can be burnt as the rest can.",
        );
        let call = HandOverCall {
            datanet,
            contribution,
            to: MultiAddress::Id(to),
        };
        let included = chain.submit(&key, call).await?;
        Ok(Output::new(included.json()?).line(format!(
            "What contribution {contribution} of datanet {datanet} will be credited with for you is {to}'s from now on {}.",
            included.place()
        )))
    }
}
