//! Channels of paid calls, as both sides look at them.

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{json, Value};

use crate::{
    chain::{
        calls::{ChannelClosing, ChannelEnded, CloseChannel, ForgetChannel},
        state::{Channel, ChannelStage},
        Snapshot,
    },
    commands::send,
    context::Context,
    failure::Misuse,
    money::{Amount, Part},
    output::{count, hex, Grid, Output},
};

/// A channel by its identifier.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ChannelName {
    /// The channel.
    channel: u64,
}

impl ChannelName {
    /// Its identifier.
    pub(crate) fn number(self) -> u64 {
        self.channel
    }

    /// `show`
    pub(crate) async fn show(self, context: &Context) -> Result<Output> {
        let state = context.connect().await?.now().await?;
        let found = self.find(&state).await?;
        let settled = &found.settled;
        let json = describe(self.channel, &found);
        Ok(Output::new(json).fields([
            ("channel", self.channel.to_string()),
            ("consumer", found.consumer.to_string()),
            ("host", found.host.to_string()),
            ("model", found.model.to_string()),
            ("price of a unit", Amount(found.price).to_string()),
            ("host's share, after the fee", Part(found.share).to_string()),
            ("units reserved", found.units.to_string()),
            (
                "settled",
                format!(
                    "{} of {}: {}",
                    count(settled.count, "call"),
                    count(settled.units, "unit"),
                    Amount(settled.amount)
                ),
            ),
            ("stage", stage_text(&found)),
            ("deposit for its place", Amount(found.deposit).to_string()),
        ]))
    }

    /// `close`
    pub(crate) async fn close(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let channel = self.channel;
        let included = chain.submit(&key, CloseChannel { channel }).await?;
        let output = Output::new(included.json()?);
        if let Some(ChannelClosing { until }) = included.all()?.pop() {
            return Ok(output.line(format!(
                "Channel {channel} ends in block {until}, so that its host can settle a last voucher: `close` it again then. Asked for {}.",
                included.place()
            )));
        }
        let ChannelEnded { returned, units } = included.expect()?;
        let line = format!(
            "Ended channel {channel} {}: {} for {} that were not called went back to its consumer.",
            included.place(),
            Amount(returned),
            count(units, "unit")
        );
        Ok(output.line(line))
    }

    /// `forget`
    pub(crate) async fn forget(self, context: &Context) -> Result<Output> {
        let channel = self.channel;
        let done =
            format!("Channel {channel} is forgotten, and its deposit is its consumer's again");
        send(context, ForgetChannel { channel }, done).await
    }

    async fn find(self, state: &Snapshot) -> Result<Channel> {
        let found = state.get("Metering", "Channels", (self.channel,)).await?;
        found.with_context(|| Misuse(format!("there is no channel {}", self.channel)))
    }
}

/// The channels that `belongs` to somebody, by identifier.
pub(crate) async fn list(
    state: &Snapshot,
    belongs: impl Fn(&Channel) -> bool,
) -> Result<(Grid, Vec<Value>)> {
    let mut found: Vec<((u64,), Channel)> = state.entries("Metering", "Channels", ()).await?;
    found.retain(|(_, channel)| belongs(channel));
    found.sort_by_key(|((id,), _)| *id);
    let mut table = Grid::new([
        "channel", "model", "consumer", "host", "units", "settled", "paid", "stage",
    ]);
    for ((id,), channel) in &found {
        table.row([
            id,
            &channel.model,
            &channel.consumer,
            &channel.host,
            &channel.units,
            &channel.settled.units,
            &Amount(channel.settled.amount),
            &stage_text(channel),
        ]);
    }
    let json = found
        .iter()
        .map(|((id,), channel)| describe(*id, channel))
        .collect();
    Ok((table, json))
}

fn stage_text(channel: &Channel) -> String {
    match channel.stage {
        ChannelStage::Open => format!("open; expires in block {}", channel.expires),
        ChannelStage::Closing { until } => format!("closing; takes vouchers before block {until}"),
        ChannelStage::Ended { at } => format!("ended in block {at}"),
    }
}

fn describe(id: u64, channel: &Channel) -> Value {
    let settled = &channel.settled;
    let stage = match channel.stage {
        ChannelStage::Open => json!("open"),
        ChannelStage::Closing { until } => json!({ "closing": { "until": until } }),
        ChannelStage::Ended { at } => json!({ "ended": { "at": at } }),
    };
    json!({
        "channel": id,
        "consumer": channel.consumer,
        "host": channel.host,
        "model": channel.model,
        "key": channel.key,
        "receipt_key": channel.receipt_key,
        "price": Amount(channel.price),
        "share": Part(channel.share),
        "units": channel.units,
        "expires": channel.expires,
        "settled": {
            "calls": settled.count,
            "units": settled.units,
            "amount": Amount(settled.amount),
            "root": hex(settled.root),
        },
        "stage": stage,
        "challenged": channel.challenged,
        "deposit": Amount(channel.deposit),
    })
}
