//! Bringing vouchers to the chain.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::MissedTickBehavior};
use tributary_channel::{
    host::{Refusal, Unsettled},
    Host,
};
use tributary_primitives::{ids::ChannelId, metering::Settled};

use crate::{
    calls::blocking,
    chain::{Chain, ChainError, Settlement, Standing, MAX_VOUCHERS},
    gateway::{sum, Gateway},
};

/// How often it is looked whether anything is due.
const TICK: Duration = Duration::from_millis(250);
/// How often the chain is asked how far channels are, and what the host offers.
const REFRESH: Duration = Duration::from_secs(60);
/// How often it is asked for its last block.
const BLOCK: Duration = Duration::from_secs(1);
/// When a voucher that was refused is tried again, if no higher one comes.
const AGAIN: Duration = Duration::from_secs(3_600);

/// Follows the chain's last block until the server stops.
pub(crate) async fn follow_blocks(gateway: Arc<Gateway>, mut stop: watch::Receiver<bool>) {
    let mut answers = true;
    loop {
        match gateway.chain.block().await {
            Ok(block) => {
                gateway.clock.see(block);
                answers = true;
            }
            Err(error) => {
                gateway.metrics.chain_failures.inc();
                if answers {
                    tracing::warn!("the chain does not answer: {error}");
                }
                answers = false;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(BLOCK) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The server is gone if this fails.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Settles what is due until the server stops.
pub(crate) async fn settle_when_due(gateway: Arc<Gateway>, mut stop: watch::Receiver<bool>) {
    let mut settler = Settler::new(gateway);
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopped(&mut stop) => return,
        }
        settler.tick().await;
    }
}

/// What was tried before.
struct Settler {
    gateway: Arc<Gateway>,
    /// When everything was settled last, or the server started.
    last: Instant,
    /// When anything was tried last.
    tried: Option<Instant>,
    /// When the chain was asked about channels last.
    refreshed: Option<Instant>,
    /// Channels that were settled because they are about to expire.
    before_end: HashSet<ChannelId>,
    /// Vouchers that the chain refused, by their counts, and when.
    refused: HashMap<ChannelId, (u32, Instant)>,
}

impl Settler {
    fn new(gateway: Arc<Gateway>) -> Self {
        Self {
            gateway,
            last: Instant::now(),
            tried: None,
            refreshed: None,
            before_end: HashSet::new(),
            refused: HashMap::new(),
        }
    }

    async fn tick(&mut self) {
        if self.refreshed.is_none_or(|then| then.elapsed() >= REFRESH) {
            self.refreshed = Some(Instant::now());
            if let Err(error) = self.gateway.refresh().await {
                self.gateway.metrics.chain_failures.inc();
                tracing::warn!("channels cannot be looked up: {error}");
            }
        }
        let due = self.due();
        if due.is_empty() {
            return;
        }
        self.tried = Some(Instant::now());
        if let Err(error) = self.settle(due).await {
            self.gateway.metrics.chain_failures.inc();
            tracing::warn!("vouchers cannot be settled: {error}");
        }
    }

    /// The vouchers that should be on the chain by now.
    fn due(&mut self) -> Vec<Unsettled> {
        let configuration = &self.gateway.configuration.settling;
        let pause = Duration::from_secs(configuration.pause_seconds);
        if self.tried.is_some_and(|then| then.elapsed() < pause) {
            return Vec::new();
        }
        let mut all = self.gateway.unsettled();
        all.retain(|one| !self.was_refused(one));
        let scheduled = self.last.elapsed() >= Duration::from_secs(configuration.every_seconds);
        let threshold = configuration.threshold.map(u128::from);
        if scheduled || threshold.is_some_and(|threshold| sum(&all) >= threshold) {
            self.last = Instant::now();
            return all;
        }
        let block = self.gateway.clock.block();
        let near = block.saturating_add(configuration.margin_blocks);
        all.retain(|one| {
            let channel = one.voucher.voucher.channel;
            // After its end a voucher comes once at the most; before it, one with each call.
            block >= one.expires
                || self.gateway.standing(channel) == Some(Standing::Closing)
                || (near >= one.expires && self.before_end.insert(channel))
        });
        all
    }

    fn was_refused(&self, one: &Unsettled) -> bool {
        let voucher = &one.voucher.voucher;
        self.refused
            .get(&voucher.channel)
            .is_some_and(|(count, then)| *count == voucher.count && then.elapsed() < AGAIN)
    }

    async fn settle(&mut self, due: Vec<Unsettled>) -> Result<(), ChainError> {
        // What became of an extrinsic that was cut off stands on the chain.
        self.gateway.refresh().await?;
        let known = self.gateway.unsettled();
        let due: Vec<_> = due
            .into_iter()
            .filter(|one| known.iter().any(|other| other.voucher == one.voucher))
            .collect();
        let outcomes = settle(&self.gateway.host, &*self.gateway.chain, &due).await;
        let metrics = &self.gateway.metrics;
        for (one, settlement) in outcomes.done {
            match settlement {
                Settlement::Settled(channel, _) => {
                    metrics.settlements.inc();
                    metrics.settled.inc_by(one.amount as f64);
                    self.refused.remove(&channel);
                }
                Settlement::Failed(channel, error) => {
                    metrics.refused_settlements.inc();
                    tracing::warn!("the voucher of channel {channel} was not settled: {error}");
                    let count = one.voucher.voucher.count;
                    self.refused.insert(channel, (count, Instant::now()));
                }
            }
        }
        outcomes.failure.map_or(Ok(()), Err)
    }
}

impl Gateway {
    /// Asks the chain how far channels are, forgets those that are over, and looks up what the host offers.
    pub(crate) async fn refresh(&self) -> Result<(), ChainError> {
        let found = compare(&self.host, &*self.chain).await?;
        {
            let mut standings = self
                .standings
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            for (channel, standing) in found {
                match standing {
                    Standing::Forgotten => standings.remove(&channel),
                    standing => standings.insert(channel, standing),
                };
            }
        }
        let models: Vec<_> = self.models.keys().copied().collect();
        let offers = self.chain.offers(&models).await?;
        *self.offers.write().unwrap_or_else(PoisonError::into_inner) = offers;
        Ok(())
    }
}

/// Asks the chain how far all channels are, keeps what it has settled, and forgets those that it has forgotten.
pub async fn compare(
    host: &Arc<Host>,
    chain: &dyn Chain,
) -> Result<Vec<(ChannelId, Standing)>, ChainError> {
    let channels = host.channels();
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let found = chain.standings(&channels).await?;
    for (channel, standing, settled) in &found {
        let channel = *channel;
        if *standing == Standing::Forgotten {
            let host = host.clone();
            let removed = blocking(move || host.remove(channel)).await;
            report(removed.map(|removed| removed.map_err(Refusal::from)));
        } else {
            mark(host, channel, *settled).await;
        }
    }
    let standings = found.into_iter();
    Ok(standings
        .map(|(channel, standing, _)| (channel, standing))
        .collect())
}

/// What became of vouchers, until the chain failed, if it did.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// Each voucher that an extrinsic had, and what became of it.
    pub done: Vec<(Unsettled, Settlement)>,
    /// What kept the rest from the chain.
    pub failure: Option<ChainError>,
}

/// Settles vouchers, so many an extrinsic as it takes, and keeps what was settled.
pub async fn settle(host: &Arc<Host>, chain: &dyn Chain, vouchers: &[Unsettled]) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for chunk in vouchers.chunks(MAX_VOUCHERS) {
        let signed: Vec<_> = chunk.iter().map(|one| one.voucher.clone()).collect();
        let settled = match chain.settle(&signed).await {
            Ok(settled) => settled,
            Err(error) => {
                outcomes.failure = Some(error);
                break;
            }
        };
        for settlement in settled {
            let channel = match &settlement {
                Settlement::Settled(channel, settled) => {
                    mark(host, *channel, *settled).await;
                    *channel
                }
                Settlement::Failed(channel, _) => *channel,
            };
            let one = chunk
                .iter()
                .find(|one| one.voucher.voucher.channel == channel);
            if let Some(one) = one {
                outcomes.done.push((one.clone(), settlement));
            }
        }
    }
    outcomes
}

/// Keeps what was settled of a channel. If that fails, the chain is asked again later.
async fn mark(host: &Arc<Host>, channel: ChannelId, settled: Settled) {
    let known = host.clone();
    report(blocking(move || known.mark_settled(channel, settled)).await);
    if host.status(channel).is_some_and(|status| status.incomplete) {
        tracing::error!(
            "the chain has settled receipts of channel {channel} that are not here: no more calls of it are answered"
        );
    }
}

fn report<E>(outcome: Result<Result<(), Refusal>, E>) {
    if let Ok(Err(error)) = outcome {
        tracing::error!("what was settled cannot be kept: {error}");
    }
}
