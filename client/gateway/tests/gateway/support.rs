//! A gateway, whoever it needs, and whoever calls it.

use std::{
    collections::{BTreeMap, HashSet},
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, MutexGuard,
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{extract::State, http::StatusCode, routing::post, Json, Router};
use serde_json::{json, Value};
use sp_core::{sr25519, Pair, H256};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};
use tributary_channel::{Consumer, Host, SignedVoucher, Signer, Terms};
use tributary_gateway::{
    caller::Caller, serve, Answers, Chain, ChainError, ChannelOnChain, Configuration, Gateway,
    Identity, Offer, Settlement, Standing, Upstream, UpstreamConfiguration,
};
use tributary_primitives::{ids::ChannelId, metering::Settled};

pub(crate) const CHANNEL: u64 = 3;
pub(crate) const MODEL: u32 = 5;
pub(crate) const PRICE: u128 = 7;
pub(crate) const UNITS: u64 = 100_000;
pub(crate) const EXPIRES: u32 = 10_000;
pub(crate) const NOW: u32 = 50;
pub(crate) const PATH: &str = "/v1/chat/completions";
/// Units of each answer of the model.
pub(crate) const TOKENS: u64 = 9;

pub(crate) fn consumer_key() -> Arc<dyn Signer> {
    Arc::new(sr25519::Pair::from_seed(&[1; 32]))
}

pub(crate) fn host_key() -> Arc<dyn Signer> {
    Arc::new(sr25519::Pair::from_seed(&[2; 32]))
}

pub(crate) fn terms(channel: ChannelId) -> Terms {
    Terms {
        genesis: H256::repeat_byte(9),
        channel,
        model: MODEL,
        price: PRICE,
        units: UNITS,
        expires: EXPIRES,
        voucher_key: consumer_key().account(),
        receipt_key: host_key().account(),
        window: 1,
    }
}

/// What the chain has.
pub(crate) struct Ledger {
    pub(crate) block: u32,
    pub(crate) channels: BTreeMap<ChannelId, ChannelOnChain>,
    /// The vouchers of each extrinsic.
    pub(crate) extrinsics: Vec<Vec<SignedVoucher>>,
    /// Channels of which vouchers are refused.
    pub(crate) refuses: HashSet<ChannelId>,
    /// Whether it does not answer.
    pub(crate) silent: bool,
    /// Whether it says what block it has, and nothing of channels.
    pub(crate) mute: bool,
}

impl Ledger {
    pub(crate) fn add(&mut self, terms: Terms) {
        let channel = ChannelOnChain {
            terms: terms.clone(),
            settled: Settled::default(),
            standing: Standing::Open,
        };
        self.channels.insert(terms.channel, channel);
    }

    pub(crate) fn channel(&mut self, channel: ChannelId) -> &mut ChannelOnChain {
        self.channels.get_mut(&channel).expect("it is there")
    }
}

pub(crate) struct FakeChain(Mutex<Ledger>);

impl FakeChain {
    pub(crate) fn new() -> Arc<Self> {
        let mut ledger = Ledger {
            block: NOW,
            channels: BTreeMap::new(),
            extrinsics: Vec::new(),
            refuses: HashSet::new(),
            silent: false,
            mute: false,
        };
        ledger.add(terms(CHANNEL));
        Arc::new(Self(Mutex::new(ledger)))
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().expect("no test has panicked here")
    }

    /// The ledger, if it says something of channels.
    fn told(&self) -> Result<MutexGuard<'_, Ledger>, ChainError> {
        let ledger = self.heard()?;
        if ledger.mute {
            return Err(ChainError("it knows of no channels yet".to_owned()));
        }
        Ok(ledger)
    }

    fn heard(&self) -> Result<MutexGuard<'_, Ledger>, ChainError> {
        let ledger = self.ledger();
        if ledger.silent {
            return Err(ChainError("nobody is there".to_owned()));
        }
        Ok(ledger)
    }
}

#[async_trait]
impl Chain for FakeChain {
    async fn block(&self) -> Result<u32, ChainError> {
        Ok(self.heard()?.block)
    }

    async fn channel(&self, channel: ChannelId) -> Result<Option<ChannelOnChain>, ChainError> {
        Ok(self.told()?.channels.get(&channel).cloned())
    }

    async fn standings(
        &self,
        channels: &[ChannelId],
    ) -> Result<Vec<(ChannelId, Standing, Settled)>, ChainError> {
        let ledger = self.told()?;
        let found = channels.iter().filter_map(|channel| {
            let found = ledger.channels.get(channel)?;
            Some((*channel, found.standing, found.settled))
        });
        Ok(found.collect())
    }

    async fn offers(&self, models: &[u32]) -> Result<Vec<Offer>, ChainError> {
        drop(self.heard()?);
        let offer = |model: &u32| Offer {
            model: *model,
            price: PRICE,
            share: 100_000_000,
            endpoint: "https://host.example".to_owned(),
        };
        Ok(models.iter().map(offer).collect())
    }

    async fn settle(&self, vouchers: &[SignedVoucher]) -> Result<Vec<Settlement>, ChainError> {
        let mut ledger = self.heard()?;
        ledger.extrinsics.push(vouchers.to_vec());
        let outcomes = vouchers.iter().map(|SignedVoucher { voucher, .. }| {
            let channel = voucher.channel;
            if ledger.refuses.contains(&channel) {
                return Settlement::Failed(channel, "refused".to_owned());
            }
            let settled = Settled {
                count: voucher.count,
                units: voucher.units,
                amount: voucher.amount,
                root: voucher.root,
            };
            ledger.channel(channel).settled = settled;
            Settlement::Settled(channel, settled)
        });
        Ok(outcomes.collect())
    }
}

/// A model that answers with how often it was asked. What requests say under `do` is done.
pub(crate) struct FakeModel {
    pub(crate) address: SocketAddr,
    pub(crate) asked: Arc<AtomicU64>,
}

impl FakeModel {
    pub(crate) async fn start() -> Self {
        let asked = Arc::new(AtomicU64::new(0));
        let answer = |State(asked): State<Arc<AtomicU64>>, Json(request): Json<Value>| async move {
            let count = asked.fetch_add(1, Ordering::SeqCst);
            let mut answer =
                json!({ "answer": count, "asked": request, "usage": { "total_tokens": TOKENS } });
            match request["do"].as_str() {
                Some("fail") => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({}))),
                Some("refuse") => {
                    let error = json!({ "error": { "message": "too long" } });
                    (StatusCode::BAD_REQUEST, Json(error))
                }
                Some("count nothing") => {
                    answer["usage"] = Value::Null;
                    (StatusCode::OK, Json(answer))
                }
                Some("wait") => {
                    let time = request["milliseconds"].as_u64().unwrap_or_default();
                    tokio::time::sleep(Duration::from_millis(time)).await;
                    (StatusCode::OK, Json(answer))
                }
                _ => (StatusCode::OK, Json(answer)),
            }
        };
        let routes = Router::new()
            .route(PATH, post(answer))
            .with_state(asked.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, asked }
    }

    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A server that runs in this process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) chain: Arc<FakeChain>,
    pub(crate) model: FakeModel,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) directory: TempDir,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// A gateway over a directory.
pub(crate) fn gateway(
    directory: &Path,
    model: SocketAddr,
    chain: Arc<FakeChain>,
    change: impl FnOnce(&mut Configuration),
) -> Gateway {
    let mut configuration = Configuration::default();
    change(&mut configuration);
    let mut upstream = UpstreamConfiguration::at(format!("http://{model}"));
    upstream.prompt_tokens = 100;
    let upstream = Upstream::new(upstream).expect("an address");
    let answers: Arc<dyn Answers> = Arc::new(upstream);
    let host = Host::open(&directory.join("host"), vec![host_key()]).expect("it is free");
    let identity = Identity {
        account: host_key().account(),
        genesis: H256::repeat_byte(9),
    };
    let models = BTreeMap::from([(MODEL, answers)]);
    Gateway::new(identity, configuration, host, chain, models).expect("it is usable")
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Configuration)) -> Self {
        let directory = TempDir::new().expect("there is room");
        let model = FakeModel::start().await;
        let chain = FakeChain::new();
        let gateway = gateway(directory.path(), model.address, chain.clone(), change);
        Self::of(gateway, chain, model, directory).await
    }

    /// A gateway that is ready to start; `model` is the one that it asks, or nobody's.
    pub(crate) async fn of(
        gateway: Gateway,
        chain: Arc<FakeChain>,
        model: FakeModel,
        directory: TempDir,
    ) -> Self {
        let gateway = Arc::new(gateway);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let served = gateway.clone();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            let ended = serve(served, listener, stopped).await;
            ended.expect("it ends when it should");
        });
        let running = Self {
            address,
            chain,
            model,
            gateway,
            directory,
            stop: Some(stop),
            task,
        };
        eventually("the chain is seen", || async { running.gateway.is_ready() }).await;
        running
    }

    pub(crate) async fn stop(mut self) -> TempDir {
        if let Some(stop) = self.stop.take() {
            stop.send(()).expect("it waits for that");
        }
        self.task.await.expect("it ends when it should");
        self.directory
    }

    pub(crate) fn caller(&self) -> Caller {
        caller(self.directory.path(), self.address, &[CHANNEL])
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, String) {
        let client = reqwest::Client::new();
        let answer = client
            .get(format!("http://{}{path}", self.address))
            .send()
            .await
            .expect("it answers");
        let status = answer.status();
        (status, answer.text().await.expect("text"))
    }
}

/// Somebody who calls, once a call.
pub(crate) fn caller(directory: &Path, address: SocketAddr, channels: &[ChannelId]) -> Caller {
    caller_at(directory, &format!("http://{address}"), channels)
}

/// The same, at an address with its scheme.
pub(crate) fn caller_at(directory: &Path, endpoint: &str, channels: &[ChannelId]) -> Caller {
    let consumer = Consumer::open(&directory.join("consumer"), vec![consumer_key()])
        .expect("the directory is free");
    for channel in channels {
        consumer.add(terms(*channel)).expect("it is new");
    }
    Caller::new(consumer, endpoint)
        .expect("an address")
        .patient(1, Duration::from_millis(20))
}

/// A call's body.
pub(crate) fn body(text: &str) -> Vec<u8> {
    json!({ "prompt": text, "max_tokens": 50 })
        .to_string()
        .into_bytes()
}

/// The most units that a call may take here.
pub(crate) const MOST: u64 = 150;

pub(crate) async fn eventually<F: std::future::Future<Output = bool>>(
    what: &str,
    mut holds: impl FnMut() -> F,
) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: not within eight seconds");
}
