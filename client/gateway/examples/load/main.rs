//! Makes many calls through many channels, one after another in each, and does not give up.
//!
//! ```text
//! load FILE DIRECTORY
//! ```
//!
//! The file is JSON: `endpoint`, `path`, `genesis`, `key` (a secret URI that signs vouchers), `model`, `price` and `units` of each channel, its `expires`,
//! `receipt_key`, `calls` of each channel, and the list of `channels`. The consumer's books lie in the directory; started again, it goes on. At the
//! end the host has the last voucher of each channel, and a JSON list says what each owes.

use std::{env, error::Error, fs, path::Path, sync::Arc, time::Duration};

use serde::Deserialize;
use serde_json::json;
use sp_core::{sr25519, Pair, H256};
use tributary_channel::{Consumer, Signer, Terms};
use tributary_gateway::caller::{CallError, Caller};
use tributary_primitives::ids::{ChannelId, ModelId};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The most units that a call may take.
const MOST: u64 = 100;
/// How long to wait where a host does not answer, or cannot.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Deserialize)]
struct Load {
    endpoint: String,
    path: String,
    genesis: H256,
    key: String,
    model: ModelId,
    price: u128,
    units: u64,
    expires: u32,
    receipt_key: [u8; 32],
    calls: u32,
    channels: Vec<ChannelId>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [file, directory] = &arguments[..] else {
        return Err("load FILE DIRECTORY".into());
    };
    let load: Load = serde_json::from_slice(&fs::read(file)?)?;
    let key: Arc<dyn Signer> = Arc::new(sr25519::Pair::from_string(&load.key, None)?);
    let consumer = Consumer::open(Path::new(directory), vec![key.clone()])?;
    for channel in &load.channels {
        consumer.add(Terms {
            genesis: load.genesis,
            channel: *channel,
            model: load.model,
            price: load.price,
            units: load.units,
            expires: load.expires,
            voucher_key: key.account(),
            receipt_key: load.receipt_key.into(),
            window: 1,
        })?;
    }
    let caller = Caller::new(consumer, &load.endpoint)?.patient(1, PAUSE);
    let (caller, load) = (Arc::new(caller), Arc::new(load));
    let all: Vec<_> = load
        .channels
        .iter()
        .map(|channel| tokio::spawn(call(caller.clone(), load.clone(), *channel)))
        .collect();
    for one in all {
        one.await??;
    }
    let mut owed = Vec::new();
    for channel in &load.channels {
        let voucher = loop {
            match caller.send_last_voucher(*channel).await {
                Ok(voucher) => break voucher,
                Err(error) => pause(error).await?,
            }
        };
        owed.push(json!({
            "channel": channel,
            "count": voucher.count,
            "units": voucher.units,
            "amount": voucher.amount.to_string(),
            "root": voucher.root,
        }));
    }
    println!("{}", json!(owed));
    Ok(())
}

/// Makes all calls of a channel.
async fn call(caller: Arc<Caller>, load: Arc<Load>, channel: ChannelId) -> Result<()> {
    loop {
        let made = caller.consumer().position(channel).ok_or("it was added")?;
        if made.outstanding > 0 {
            if let Err(error) = caller.resend(channel).await {
                pause(error).await?;
            }
            continue;
        }
        if made.owed.count >= load.calls {
            return Ok(());
        }
        let body = json!({ "prompt": format!("{channel}/{}", made.owed.count), "max_tokens": 10 });
        let body = body.to_string();
        let called = caller.call(channel, &load.path, body.as_bytes(), MOST, 0);
        if let Err(error) = called.await {
            pause(error).await?;
        }
    }
}

/// Waits if the host may answer later.
async fn pause(error: CallError) -> Result<()> {
    match error {
        CallError::Lost(_) | CallError::NoReceipt { .. } => {}
        CallError::Refused { status, .. } if matches!(status, 409 | 429 | 502..=504) => {}
        error => return Err(error.into()),
    }
    tokio::time::sleep(PAUSE).await;
    Ok(())
}
