//! What a program that stays tells Prometheus.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use substrate_prometheus_endpoint::{
    init_prometheus, register, Counter, CounterVec, Gauge, Opts, Registry, F64, U64,
};

/// The numbers.
pub(super) struct Metrics {
    registry: Registry,
    /// The final block that was looked at last.
    pub(super) block: Gauge<U64>,
    /// Rounds that are being valued.
    pub(super) rounds: Gauge<U64>,
    /// Things that failed and were tried again.
    pub(super) failures: Counter<U64>,
    /// Valuations that were published.
    pub(super) published: Counter<U64>,
    /// Proposals that were looked at, by verdict.
    pub(super) verdicts: CounterVec<U64>,
    /// Coins that disproved proposals brought.
    pub(super) rewards: Counter<F64>,
}

impl Metrics {
    pub(super) fn new() -> Result<Self> {
        let registry = Registry::new_custom(Some("tributary".to_owned()), None)?;
        Ok(Self {
            block: register(
                Gauge::new("final_block", "The final block that was looked at last")?,
                &registry,
            )?,
            rounds: register(
                Gauge::new("rounds", "Rounds that are being valued")?,
                &registry,
            )?,
            failures: register(
                Counter::new("failures_total", "Things that failed and were tried again")?,
                &registry,
            )?,
            published: register(
                Counter::new("published_total", "Valuations that were published")?,
                &registry,
            )?,
            verdicts: register(
                CounterVec::new(
                    Opts::new(
                        "verdicts_total",
                        "Proposals that were looked at, by verdict",
                    ),
                    &["verdict"],
                )?,
                &registry,
            )?,
            rewards: register(
                Counter::new("rewards_total", "Coins that disproved proposals brought")?,
                &registry,
            )?,
            registry,
        })
    }

    /// Answers at an address as long as the program runs.
    pub(super) async fn serve(&self, address: SocketAddr) -> Result<()> {
        // Whether the address is free is known before the server has it for good.
        drop(
            std::net::TcpListener::bind(address)
                .with_context(|| format!("cannot serve metrics at {address}"))?,
        );
        tokio::spawn(init_prometheus(address, self.registry.clone()));
        Ok(())
    }
}
