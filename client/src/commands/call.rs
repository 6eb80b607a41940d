//! `tributary consumer call` and `tributary consumer voucher`.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{json, Value};
use tributary_channel::{
    consumer::{Position, Trouble},
    Consumer, Signer,
};
use tributary_gateway::{
    caller::{Answered, CallError, Caller},
    message::Request,
};

use super::{
    channel::ChannelName,
    serve::{channels, load, open},
};
use crate::{
    chain::{
        state::{Channel, HostOffer},
        Chain, Snapshot,
    },
    context::Context,
    failure::{misuse, Misuse, Refusal},
    hosting::{find, genesis, terms},
    money::Amount,
    output::{count, hex, remark, Output},
    signing::{account, ChannelKey},
};

/// A channel and who is called through it.
#[derive(Args, Debug)]
pub(crate) struct Calling {
    #[command(flatten)]
    channel: ChannelName,
    /// Where the host answers [default: what it offers]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Signs vouchers: the name of a key, a path to one, or dev:NAME [default: the key of --key or --dev]
    #[arg(long, value_name = "NAME|PATH")]
    voucher_key: Option<String>,
}

/// `tributary consumer call`
#[derive(Args, Debug)]
pub(crate) struct Call {
    #[command(flatten)]
    calling: Calling,
    /// What of the model is called, as in /v1/chat/completions
    #[arg(long)]
    path: String,
    /// What is asked: a file, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    data: PathBuf,
    /// Each line is a call of its own. One that fails ends it, and what was answered before is printed
    #[arg(long)]
    lines: bool,
    /// The most units that it may take; fewer, if the channel has fewer left
    #[arg(long, value_name = "UNITS", default_value_t = 8_192)]
    most: u64,
}

/// `tributary consumer voucher`
#[derive(Args, Debug)]
pub(crate) struct LastVoucher {
    #[command(flatten)]
    calling: Calling,
}

/// A channel that is called.
struct Open {
    id: u64,
    block: u32,
    caller: Caller,
}

impl Calling {
    async fn open(&self, context: &Context) -> Result<Open> {
        let id = self.channel.number();
        let key = match (&self.voucher_key, &context.key) {
            (Some(name), _) => load(context, name)?,
            (None, Some(source)) => source.load(&context.key_directory())?,
            (None, None) => {
                misuse!("a call is paid by vouchers: say who signs them with --voucher-key, --key or --dev")
            }
        };
        let key: Arc<dyn Signer> = Arc::new(ChannelKey(key));
        let chain = context.connect().await?;
        let state = chain.newest().await?;
        let channel = find(&state, id)
            .await?
            .with_context(|| Misuse(format!("there is no channel {id}")))?;
        if key.account() != account(&channel.key) {
            misuse!(
                "vouchers of channel {id} are signed by {}: name its key with --voucher-key",
                channel.key
            );
        }
        let endpoint = match &self.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => offered(&state, &channel).await?,
        };
        let consumer = self.books(context, &chain, &channel, key)?;
        let caller = Caller::new(consumer, &endpoint).map_err(failure)?;
        let block = u32::try_from(state.number()).context("the chain has too many blocks")?;
        Ok(Open { id, block, caller })
    }

    /// What was asked and answered before: a database for each channel, so that several can be called at once.
    fn books(
        &self,
        context: &Context,
        chain: &Chain,
        channel: &Channel,
        key: Arc<dyn Signer>,
    ) -> Result<Consumer> {
        let id = self.channel.number();
        let directory = channels(context, chain)
            .join("consumer")
            .join(id.to_string());
        let consumer = open(&directory, |directory| {
            let consumer = Consumer::open(directory, vec![key])?;
            consumer.add(terms(genesis(chain), id, channel))?;
            Ok(consumer)
        })?;
        let known = position(&consumer, id)?.owed.count;
        let settled = channel.settled.count;
        if known < settled {
            misuse!(
                "{} of channel {id} were settled, and {} has the receipts of {known}: use the --state-dir that made the others, or open another channel",
                count(settled, "call"),
                directory.display()
            );
        }
        Ok(consumer)
    }
}

async fn offered(state: &Snapshot, channel: &Channel) -> Result<String> {
    let key = (channel.model, channel.host);
    let offer: Option<HostOffer> = state.get("Metering", "Offers", key).await?;
    let offer = offer.with_context(|| {
        Misuse(format!(
            "{} offers model {} no more: say with --endpoint where it answers",
            channel.host, channel.model
        ))
    })?;
    String::from_utf8(offer.endpoint)
        .map_err(|_| Misuse("the host's address is no text: say it with --endpoint".into()).into())
}

fn position(consumer: &Consumer, channel: u64) -> Result<Position> {
    consumer
        .position(channel)
        .context("the channel that was added is not there")
}

impl Call {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        if !self.path.starts_with('/') {
            misuse!(
                "`{}` is not a path: it begins with /, as in /v1/chat/completions",
                self.path
            );
        }
        let data = read(&self.data)?;
        let bodies: Vec<&[u8]> = if self.lines {
            let lines = data.split(|byte| *byte == b'\n');
            lines.filter(|line| !line.is_empty()).collect()
        } else {
            vec![&data]
        };
        let Some(first) = bodies.first() else {
            misuse!(
                "{} has no lines: there is nothing to ask",
                self.data.display()
            );
        };
        let open = self.calling.open(context).await?;
        let mut earlier = open.caller.resend(open.id).await.map_err(failure)?;
        let same = |answered: &Answered| {
            Request::of_content(&answered.request)
                .is_ok_and(|request| request.path == self.path && request.body == *first)
        };
        let mut answers = Vec::new();
        // Asked again because the answer was lost: it is not asked twice.
        answers.extend(earlier.pop_if(|last| same(last)));
        let mut failed = None;
        for body in &bodies[answers.len()..] {
            match self.ask(&open, body).await {
                Ok(answered) => answers.push(answered),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        for one in &earlier {
            remark(format!(
                "call {}, made before and without an answer then, is answered now: {}",
                one.receipt.number,
                count(one.receipt.units, "unit")
            ));
        }
        let position = position(open.caller.consumer(), open.id)?;
        let mut json = match &answers[..] {
            [one] if !self.lines => describe(one),
            all => json!({ "answers": all.iter().map(describe).collect::<Vec<_>>() }),
        };
        json["earlier"] = earlier.iter().map(describe).collect();
        json["owed"] = json!({
            "calls": position.owed.count,
            "units": position.owed.units,
            "amount": Amount(position.owed.amount),
            "root": hex(position.owed.root),
        });
        json["left"] = position.left.into();
        let output = answers.iter().fold(Output::new(json), |output, one| {
            output.line(String::from_utf8_lossy(&one.body))
        });
        match failed {
            Some(error) if answers.is_empty() => Err(error),
            Some(error) => Ok(output.before(error)),
            None => Ok(output),
        }
    }

    async fn ask(&self, open: &Open, body: &[u8]) -> Result<Answered> {
        let left = position(open.caller.consumer(), open.id)?.left;
        let most = self.most.min(left.max(1));
        let called = open
            .caller
            .call(open.id, &self.path, body, most, open.block);
        called.await.map_err(failure)
    }
}

impl LastVoucher {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Open { id, caller, .. } = self.calling.open(context).await?;
        caller.resend(id).await.map_err(failure)?;
        let voucher = caller.send_last_voucher(id).await.map_err(failure)?;
        let json = json!({
            "channel": id,
            "calls": voucher.count,
            "units": voucher.units,
            "amount": Amount(voucher.amount),
            "root": hex(voucher.root),
        });
        Ok(Output::new(json).line(format!(
            "The host has a voucher for all {} of channel {id}: {}.",
            count(voucher.count, "call"),
            Amount(voucher.amount)
        )))
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin()
            .read_to_end(&mut bytes)
            .context("reading standard input")?;
        return Ok(bytes);
    }
    fs::read(file)
        .map_err(|error| Misuse(format!("cannot read {}: {error}", file.display())).into())
}

fn describe(answered: &Answered) -> Value {
    let Answered {
        receipt,
        status,
        content_type,
        body,
        ..
    } = answered;
    let body =
        serde_json::from_slice(body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body)));
    json!({
        "status": status,
        "content_type": content_type,
        "body": body,
        "receipt": {
            "channel": receipt.channel,
            "number": receipt.number,
            "units": receipt.units,
            "amount": Amount(receipt.amount),
            "request": hex(receipt.request),
            "response": hex(receipt.response),
        },
    })
}

/// What stands against a call, with the exit code that it has.
fn failure(error: CallError) -> anyhow::Error {
    match error {
        CallError::Refused {
            status,
            code,
            message,
            withdrawn,
            ..
        } => {
            let kept = if withdrawn {
                ""
            } else {
                "\nThe call is kept, and made again with the next one."
            };
            Refusal {
                call: "the call".to_owned(),
                error: format!("{code} ({status})"),
                doc: format!("{message}{kept}"),
            }
            .into()
        }
        CallError::Trouble(
            trouble @ (Trouble::Expired { .. } | Trouble::UnitsExhausted { .. } | Trouble::NoUnits),
        ) => Misuse(format!("{trouble}: open another channel")).into(),
        CallError::Address(_) => Misuse(error.to_string()).into(),
        error => error.into(),
    }
}
