//! Who calls, at a fixed rate.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use sp_core::{sr25519, Pair, H256};
use tributary_channel::{SignedReceipt, SignedVoucher, Signer};
use tributary_gateway::message::{self, Request};
use tributary_primitives::{
    ids::{ChannelId, ModelId},
    merkle::Range,
    metering::{content, order, Voucher},
};

use crate::Result;

pub(crate) const MODEL: ModelId = 1;
pub(crate) const PRICE: u128 = 7;
/// The most units that a call may take.
pub(crate) const MOST: u64 = 200;
pub(crate) const PATH: &str = "/v1/completions";

pub(crate) fn consumer(channel: ChannelId) -> sr25519::Pair {
    let mut seed = [1; 32];
    seed[..8].copy_from_slice(&channel.to_le_bytes());
    sr25519::Pair::from_seed(&seed)
}

pub(crate) fn host() -> Arc<dyn Signer> {
    Arc::new(sr25519::Pair::from_seed(&[2; 32]))
}

/// How much is called.
pub(crate) struct Load {
    /// Calls a second.
    pub(crate) rate: u64,
    pub(crate) seconds: u64,
    pub(crate) channels: u64,
}

/// What calls took.
pub(crate) struct Taken {
    pub(crate) times: Vec<Duration>,
    /// All of them, from the first to the last.
    pub(crate) clock: Duration,
}

impl Load {
    /// Calls the model itself.
    pub(crate) async fn directly(&self, model: SocketAddr) -> Result<Taken> {
        self.run(model, false).await
    }

    /// Calls a gateway, which is paid.
    pub(crate) async fn through(&self, gateway: SocketAddr) -> Result<Taken> {
        self.run(gateway, true).await
    }

    async fn run(&self, address: SocketAddr, paid: bool) -> Result<Taken> {
        // Nothing is encrypted here; the client wants to know all the same how it would be. An earlier run has chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::new();
        let url = format!("http://{address}{PATH}");
        let calls = self.rate * self.seconds / self.channels;
        let every = Duration::from_secs_f64(self.channels as f64 / self.rate as f64);
        // Time for all to be ready.
        let begin = Instant::now() + Duration::from_millis(500);
        let callers: Vec<_> = (0..self.channels)
            .map(|channel| {
                let caller = Caller::new(client.clone(), url.clone(), channel, paid);
                // Spread over the time of one call each.
                let first = begin + every.mul_f64(channel as f64 / self.channels as f64);
                tokio::spawn(caller.run(first, every, calls))
            })
            .collect();
        let mut times = Vec::new();
        for caller in callers {
            times.extend(caller.await??);
        }
        Ok(Taken {
            times,
            clock: begin.elapsed(),
        })
    }
}

/// A consumer's side, in memory: what it does takes no part of a call's time.
struct Caller {
    client: Client,
    url: String,
    channel: ChannelId,
    paid: bool,
    key: sr25519::Pair,
    tree: Range,
    units: u64,
}

impl Caller {
    fn new(client: Client, url: String, channel: ChannelId, paid: bool) -> Self {
        Self {
            client,
            url,
            channel,
            paid,
            key: consumer(channel),
            tree: Range::default(),
            units: 0,
        }
    }

    /// Calls at fixed moments, or as soon afterwards as the answer before it has come.
    async fn run(mut self, first: Instant, every: Duration, calls: u64) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        // Connections and channels are new for the first one, which does not count.
        self.call(0, None).await?;
        for call in 0..calls {
            let moment = first + every * u32::try_from(call)?;
            times.push(self.call(call + 1, Some(moment)).await?);
        }
        Ok(times)
    }

    /// How long a call takes from its moment on.
    async fn call(&mut self, call: u64, moment: Option<Instant>) -> Result<Duration> {
        let body = format!(r#"{{"prompt":"question {call}","max_tokens":10}}"#);
        let mut request = self.client.post(&self.url);
        let asked = Request {
            method: "POST",
            path: PATH,
            body: body.as_bytes(),
        };
        if self.paid {
            let voucher = self.voucher(content(&asked.content()));
            request = request
                .header(message::VOUCHER, message::header(&voucher))
                .header(message::CALL, self.tree.count);
        } else {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(body);
        let moment = match moment {
            Some(moment) => {
                tokio::time::sleep_until(moment.into()).await;
                moment
            }
            None => Instant::now(),
        };
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await?;
        let taken = moment.elapsed();
        if status != StatusCode::OK {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
        }
        if self.paid {
            let receipt = headers.get(message::RECEIPT).ok_or("there is no receipt")?;
            let signed: SignedReceipt = message::of_header(receipt.to_str()?, "a receipt")?;
            let receipt = signed.receipt;
            self.units += receipt.units;
            let leaf = receipt.leaf(H256::repeat_byte(9));
            let grown = self.tree.append(leaf, receipt.amount);
            grown.map_err(|_| "the tree is full")?;
        }
        Ok(taken)
    }

    fn voucher(&self, request: H256) -> SignedVoucher {
        let root = self.tree.root();
        let voucher = Voucher {
            channel: self.channel,
            count: self.tree.count,
            units: self.units,
            amount: root.sum,
            root: root.hash,
            order: order(self.tree.count, request),
        };
        let hash = voucher.hash(H256::repeat_byte(9), MODEL);
        let signature = Signer::sign(&self.key, hash);
        SignedVoucher { voucher, signature }
    }
}
