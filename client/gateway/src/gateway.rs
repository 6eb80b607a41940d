//! What all calls share.

use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroU32,
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering},
        Arc, Mutex, PoisonError, RwLock,
    },
    time::{Duration, Instant},
};

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::{json, Value};
use sp_core::H256;
use sp_runtime::AccountId32;
use tokio::sync::{watch, Semaphore};
use tributary_channel::{host::Unsettled, Host};
use tributary_primitives::{
    ids::{ChannelId, ModelId},
    Balance,
};

use crate::{
    answers::Answers,
    chain::{Chain, Offer, Standing},
    configuration::{Configuration, Unusable},
    desk::Desk,
    metrics::{Levels, Metrics},
    refused::Refused,
};

/// Who answers, and where it is paid.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The host's account.
    pub account: AccountId32,
    /// Hash of the chain's first block.
    pub genesis: H256,
}

/// A host's server, before and while it runs.
pub struct Gateway {
    pub(crate) identity: Identity,
    pub(crate) configuration: Configuration,
    pub(crate) host: Arc<Host>,
    pub(crate) desk: Desk,
    pub(crate) chain: Arc<dyn Chain>,
    pub(crate) models: BTreeMap<ModelId, Arc<dyn Answers>>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    /// Calls of all channels.
    pub(crate) calls: DefaultDirectRateLimiter,
    /// Calls of each channel.
    pub(crate) channel_calls: DefaultKeyedRateLimiter<ChannelId>,
    /// Questions about channels that are new.
    pub(crate) lookups: DefaultDirectRateLimiter,
    pub(crate) computations: Semaphore,
    /// Has a receiver for each call that is being answered, whether or not anybody waits for it.
    pub(crate) answering: watch::Sender<()>,
    /// What the host offers, as the chain had it last.
    pub(crate) offers: RwLock<Vec<Offer>>,
    /// How far channels are, as the chain had it last.
    pub(crate) standings: RwLock<HashMap<ChannelId, Standing>>,
    /// Whether receipts could not be written. Nothing is answered then any more.
    pub(crate) store_failed: AtomicBool,
}

/// The chain's last block, and when it was seen first.
pub(crate) struct Clock {
    block: AtomicU32,
    seen: Mutex<Option<Instant>>,
}

impl Clock {
    fn new() -> Self {
        Self {
            block: AtomicU32::new(0),
            seen: Mutex::new(None),
        }
    }

    pub(crate) fn block(&self) -> u32 {
        self.block.load(Ordering::Relaxed)
    }

    /// Sees a block. One that is not higher than the last one is no news.
    pub(crate) fn see(&self, block: u32) {
        let before = self.block.fetch_max(block, Ordering::Relaxed);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if block > before || seen.is_none() {
            *seen = Some(Instant::now());
        }
    }

    /// Whether the last block was seen lately.
    pub(crate) fn runs(&self, age: Duration) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.is_some_and(|seen| seen.elapsed() <= age)
    }
}

impl Gateway {
    /// Prepares a server: `host` keeps its receipts, `models` answer.
    pub fn new(
        identity: Identity,
        configuration: Configuration,
        host: Host,
        chain: Arc<dyn Chain>,
        models: BTreeMap<ModelId, Arc<dyn Answers>>,
    ) -> Result<Self, Unusable> {
        configuration.check()?;
        let limits = configuration.limits;
        let calls = quota(limits.calls_per_second)?;
        let channel_calls = quota(limits.channel_calls_per_second)?;
        let lookups = quota(limits.lookups_per_second)?;
        let host = Arc::new(host);
        let metrics = Metrics::new().map_err(|error| Unusable(error.to_string()))?;
        Ok(Self {
            identity,
            configuration,
            desk: Desk::open(host.clone())?,
            host,
            chain,
            models,
            clock: Clock::new(),
            metrics,
            calls: RateLimiter::direct(calls),
            channel_calls: RateLimiter::keyed(channel_calls),
            lookups: RateLimiter::direct(lookups),
            computations: Semaphore::new(limits.computations),
            answering: watch::Sender::new(()),
            offers: RwLock::default(),
            standings: RwLock::default(),
            store_failed: AtomicBool::new(false),
        })
    }

    /// The receipts and vouchers.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Whether new calls can be answered, as `/health` says.
    pub fn is_ready(&self) -> bool {
        self.ready().is_ok()
    }

    /// Whether new calls can be answered, or what stands against it.
    pub(crate) fn ready(&self) -> Result<u32, Refused> {
        if self.store_failed.load(Ordering::Relaxed) {
            let message = "receipts cannot be kept: the host has to be started again";
            return Err(Refused::unavailable("store", message));
        }
        let age = Duration::from_secs(self.configuration.block_age_seconds);
        if !self.clock.runs(age) {
            let message = format!(
                "no new block of the chain was seen for {} s: nobody knows what has expired",
                age.as_secs()
            );
            return Err(Refused::unavailable("chain", message));
        }
        Ok(self.clock.block())
    }

    /// Remembers what is of consequence for all calls.
    pub(crate) fn note(&self, refused: &Refused) {
        if refused.code == "store" {
            self.store_failed.store(true, Ordering::Relaxed);
        }
    }

    /// How far a channel is, if the chain was asked since the start.
    pub(crate) fn standing(&self, channel: ChannelId) -> Option<Standing> {
        let standings = self
            .standings
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        standings.get(&channel).copied()
    }

    pub(crate) fn note_standing(&self, channel: ChannelId, standing: Standing) {
        self.standings
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(channel, standing);
    }

    /// What a call costs here, for those who have no cover.
    pub(crate) fn terms(&self) -> Value {
        let offers = self.offers.read().unwrap_or_else(PoisonError::into_inner);
        let models: Vec<_> = self
            .models
            .keys()
            .map(|model| {
                let offer = offers.iter().find(|offer| offer.model == *model);
                json!({
                    "model": model,
                    "price": offer.map(|offer| offer.price.to_string()),
                    "share": offer.map(|offer| offer.share),
                    "endpoint": offer.map(|offer| offer.endpoint.as_str()),
                })
            })
            .collect();
        json!({
            "host": self.identity.account.to_string(),
            "genesis": hash(self.identity.genesis),
            "models": models,
            "window": self.configuration.window,
            "how": "open a channel to this host and send a voucher with each call",
        })
    }

    /// The vouchers that bring enough, of channels that take them.
    pub(crate) fn unsettled(&self) -> Vec<Unsettled> {
        let mut all = self.host.unsettled();
        all.retain(|one| {
            let standing = self.standing(one.voucher.voucher.channel);
            standing.is_none_or(|standing| matches!(standing, Standing::Open | Standing::Closing))
                && one.amount >= self.configuration.settling.least.into()
        });
        all
    }

    pub(crate) fn levels(&self) -> Levels {
        Levels {
            unsettled: sum(&self.unsettled()),
            channels: self.host.channels().len(),
            block: self.clock.block(),
        }
    }
}

/// What vouchers bring together.
pub(crate) fn sum(vouchers: &[Unsettled]) -> Balance {
    vouchers
        .iter()
        .fold(0, |sum: Balance, one| sum.saturating_add(one.amount))
}

fn quota(per_second: u32) -> Result<Quota, Unusable> {
    NonZeroU32::new(per_second)
        .map(Quota::per_second)
        .ok_or_else(|| Unusable("a limit of no calls".to_owned()))
}

/// A hash as JSON has it.
pub(crate) fn hash(hash: H256) -> String {
    format!("0x{}", hex::encode(hash))
}
