//! What a gateway tells Prometheus.

use prometheus::{
    core::{Atomic, Collector, GenericCounter, GenericGauge},
    Counter, Encoder, Gauge, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};
use tributary_primitives::Balance;

pub(crate) struct Metrics {
    registry: Registry,
    /// Calls by what became of them.
    pub(crate) calls: IntCounterVec,
    /// Units of answers.
    pub(crate) units: IntCounter,
    /// Vouchers that were settled.
    pub(crate) settlements: IntCounter,
    /// What they brought.
    pub(crate) settled: Counter,
    /// Vouchers that the chain refused.
    pub(crate) refused_settlements: IntCounter,
    /// Extrinsics and questions to the chain that failed.
    pub(crate) chain_failures: IntCounter,
    /// What vouchers bring that are not settled.
    unsettled: Gauge,
    /// Channels that calls are answered of.
    channels: IntGauge,
    /// The last block.
    block: IntGauge,
}

/// What is looked up when somebody asks.
pub(crate) struct Levels {
    pub(crate) unsettled: Balance,
    pub(crate) channels: usize,
    pub(crate) block: u32,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new_custom(Some("tributary_gateway".to_owned()), None)?;
        let calls = Opts::new("calls_total", "Calls by what became of them");
        Ok(Self {
            calls: register(&registry, IntCounterVec::new(calls, &["outcome"])?)?,
            units: counter(&registry, "units_total", "Units of answers")?,
            settlements: counter(
                &registry,
                "settlements_total",
                "Vouchers that the chain settled",
            )?,
            settled: counter(
                &registry,
                "settled_amount_total",
                "What settled vouchers brought, in the smallest unit",
            )?,
            refused_settlements: counter(
                &registry,
                "settlement_failures_total",
                "Vouchers that the chain refused",
            )?,
            chain_failures: counter(
                &registry,
                "chain_failures_total",
                "Questions and extrinsics that the chain did not answer",
            )?,
            unsettled: gauge(
                &registry,
                "unsettled_amount",
                "What vouchers bring that are not settled yet, in the smallest unit",
            )?,
            channels: gauge(&registry, "channels", "Channels that are known here")?,
            block: gauge(&registry, "last_block", "The chain's last block")?,
            registry,
        })
    }

    /// All of it as text.
    pub(crate) fn text(&self, levels: &Levels) -> Result<String, prometheus::Error> {
        self.unsettled.set(levels.unsettled as f64);
        self.channels
            .set(i64::try_from(levels.channels).unwrap_or(i64::MAX));
        self.block.set(levels.block.into());
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

fn register<C: Collector + Clone + 'static>(
    registry: &Registry,
    collector: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn counter<A: Atomic + 'static>(
    registry: &Registry,
    name: &str,
    help: &str,
) -> Result<GenericCounter<A>, prometheus::Error> {
    register(registry, GenericCounter::new(name, help)?)
}

fn gauge<A: Atomic + 'static>(
    registry: &Registry,
    name: &str,
    help: &str,
) -> Result<GenericGauge<A>, prometheus::Error> {
    register(registry, GenericGauge::new(name, help)?)
}
