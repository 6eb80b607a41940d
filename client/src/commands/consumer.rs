//! `tributary consumer`: channels to hosts, from who pays.

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use subxt::utils::MultiAddress;

use super::{
    call::{Call, LastVoucher},
    channel::{list, ChannelName},
};
use crate::{
    chain::{
        calls::{ChannelOpened, OpenChannel},
        state::HostOffer,
    },
    context::{AccountName, Context},
    failure::{misuse, Misuse},
    money::Amount,
    output::{count, remark, Output},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open a channel to a host that offers a model
    ///
    /// The price of all units is on hold until they are called and paid, or the channel has ended; a deposit for its place until it is
    /// forgotten. Price and host's share never change afterwards.
    Open(Open),
    /// The channels of an account
    List {
        /// An address, dev:NAME or the name of a key [default: the account of --key or --dev]
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// A channel
    Show(ChannelName),
    /// Call the model of a channel, and print the answer
    ///
    /// The voucher that goes with the call pays the calls before it. Whatever goes wrong, the same call is made again, and paid once: what
    /// has no answer comes first the next time. The books lie in the state directory; without them the channel is of no use.
    Call(Call),
    /// Hand the host a voucher for all calls, such as before `close`
    Voucher(LastVoucher),
    /// Ask for a channel to end; once the host has had its time, end it
    Close(ChannelName),
    /// Have the deposit of a channel back that ended long enough ago
    Forget(ChannelName),
}

/// `tributary consumer open`
#[derive(Args, Debug)]
pub(crate) struct Open {
    /// The model.
    model: u32,
    /// Who answers: an address, dev:NAME or the name of a key (see `host offers`).
    host: AccountName,
    /// How many units to reserve.
    units: u64,
    /// The most that a unit may cost [default: what the host asks by now]
    #[arg(long)]
    price: Option<Amount>,
    /// How many blocks the channel is open.
    #[arg(long, default_value_t = 28_800)]
    blocks: u32,
    /// Who signs vouchers: an address, dev:NAME or the name of a key. Whoever has it can spend what is on hold, on this host [default: the
    /// account that opens]
    #[arg(long, value_name = "ACCOUNT")]
    voucher_key: Option<AccountName>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Open(open) => open.run(context).await,
            Self::List { account } => {
                let who = context.account_or_own(account.as_ref())?;
                let state = context.connect().await?.now().await?;
                let (table, json) = list(&state, |channel| channel.consumer == who).await?;
                Ok(Output::new(json.into()).table(table))
            }
            Self::Show(channel) => channel.show(context).await,
            Self::Call(call) => call.run(context).await,
            Self::Voucher(voucher) => voucher.run(context).await,
            Self::Close(channel) => channel.close(context).await,
            Self::Forget(channel) => channel.forget(context).await,
        }
    }
}

impl Open {
    async fn run(self, context: &Context) -> Result<Output> {
        let host = context.account(&self.host)?;
        let key = match &self.voucher_key {
            Some(key) => Some(context.account(key)?),
            None => context.own_account()?,
        };
        let (chain, signer) = context.connect_to_sign().await?;
        let key = key.unwrap_or_else(|| crate::keys::account(&signer));
        let state = chain.newest().await?;
        let offer: Option<HostOffer> = state.get("Metering", "Offers", (self.model, host)).await?;
        let offer = offer.with_context(|| {
            Misuse(format!(
                "{host} does not offer model {}: see `tributary host offers {0}`",
                self.model
            ))
        })?;
        let most = self.price.unwrap_or(Amount(offer.price));
        if offer.price > most.0 {
            misuse!(
                "a unit costs {} by now, more than {most}: raise --price or ask another host",
                Amount(offer.price)
            );
        }
        let all = offer.price.checked_mul(self.units.into());
        let all = all.ok_or_else(|| {
            Misuse("so many units cost more than there is of the coin: ask for fewer".to_owned())
        })?;
        let deposit: u128 = state.view("Metering", "deposit_of_channel", ()).await?;
        remark(format!(
            "{} for {} are put on hold, and a deposit of {} for the channel's place",
            Amount(all),
            count(self.units, "unit"),
            Amount(deposit)
        ));
        let newest = u32::try_from(state.number()).context("the chain has too many blocks")?;
        let expires = newest.saturating_add(self.blocks);
        let call = OpenChannel {
            host: MultiAddress::Id(host),
            model: self.model,
            key,
            units: self.units,
            price: most.0,
            expires,
        };
        let included = chain.submit(&signer, call).await?;
        let opened: ChannelOpened = included.expect()?;
        let mut json = included.json()?;
        json["channel"] = json!(opened.channel);
        Ok(Output::new(json)
            .line(format!(
                "Opened channel {} {}.",
                opened.channel,
                included.place()
            ))
            .fields([
                ("channel", opened.channel.to_string()),
                ("price of a unit", Amount(opened.price).to_string()),
                ("on hold for calls", Amount(all).to_string()),
                ("deposit for its place", Amount(opened.deposit).to_string()),
                ("expires", format!("block {expires}")),
                (
                    "calls go to",
                    String::from_utf8_lossy(&offer.endpoint).into_owned(),
                ),
            ]))
    }
}
