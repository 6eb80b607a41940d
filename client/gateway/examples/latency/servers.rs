//! The processes that answer.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use async_trait::async_trait;
use axum::{routing::post, Router};
use sp_core::H256;
use tributary_channel::{Host, SignedVoucher, Signer, Terms};
use tributary_gateway::{
    serve, Answers, Chain, ChainError, ChannelOnChain, Configuration, Gateway, Identity, Offer,
    Settlement, Standing, Upstream, UpstreamConfiguration,
};
use tributary_primitives::{
    ids::{ChannelId, ModelId},
    metering::Settled,
};

use crate::{
    caller::{consumer, host, MODEL, MOST, PATH, PRICE},
    Result,
};

/// A model that answers at once.
pub(crate) async fn model() -> Result<()> {
    let answer = || async {
        let kind = [("content-type", "application/json")];
        (
            kind,
            r#"{"choices":[{"text":"yes"}],"usage":{"total_tokens":1}}"#,
        )
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let routes = Router::new().route(PATH, post(answer));
    Ok(axum::serve(listener, routes).await?)
}

/// A gateway as a host runs it, but for its chain.
pub(crate) async fn gateway(model: SocketAddr, channels: u64) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let mut configuration = Configuration::default();
    configuration.limits.calls_per_second = u32::MAX;
    configuration.limits.channel_calls_per_second = u32::MAX;
    configuration.limits.lookups_per_second = u32::MAX;
    let mut upstream = UpstreamConfiguration::at(format!("http://{model}"));
    upstream.prompt_tokens = MOST / 2;
    upstream.most_tokens = MOST;
    let answers: Arc<dyn Answers> = Arc::new(Upstream::new(upstream)?);
    let identity = Identity {
        account: host().account(),
        genesis: H256::repeat_byte(9),
    };
    let gateway = Gateway::new(
        identity,
        configuration,
        Host::open(directory.path(), vec![host()])?,
        Arc::new(Fixed { channels }),
        BTreeMap::from([(MODEL, answers)]),
    )?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    Ok(serve(Arc::new(gateway), listener, std::future::pending()).await?)
}

/// A chain on which nothing happens.
struct Fixed {
    channels: u64,
}

impl Fixed {
    fn find(&self, channel: ChannelId) -> Option<ChannelOnChain> {
        (channel < self.channels).then(|| ChannelOnChain {
            terms: terms(channel),
            settled: Settled::default(),
            standing: Standing::Open,
        })
    }
}

fn terms(channel: ChannelId) -> Terms {
    Terms {
        genesis: H256::repeat_byte(9),
        channel,
        model: MODEL,
        price: PRICE,
        units: u64::from(u32::MAX),
        expires: u32::MAX,
        voucher_key: consumer(channel).account(),
        receipt_key: host().account(),
        window: 1,
    }
}

#[async_trait]
impl Chain for Fixed {
    async fn block(&self) -> std::result::Result<u32, ChainError> {
        static BLOCKS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        Ok(BLOCKS.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }

    async fn channel(
        &self,
        channel: ChannelId,
    ) -> std::result::Result<Option<ChannelOnChain>, ChainError> {
        Ok(self.find(channel))
    }

    async fn standings(
        &self,
        channels: &[ChannelId],
    ) -> std::result::Result<Vec<(ChannelId, Standing, Settled)>, ChainError> {
        let found = channels.iter().filter_map(|channel| self.find(*channel));
        Ok(found
            .map(|found| (found.terms.channel, found.standing, found.settled))
            .collect())
    }

    async fn offers(&self, _: &[ModelId]) -> std::result::Result<Vec<Offer>, ChainError> {
        Ok(Vec::new())
    }

    async fn settle(
        &self,
        _: &[SignedVoucher],
    ) -> std::result::Result<Vec<Settlement>, ChainError> {
        Err(ChainError("nothing is settled here".to_owned()))
    }
}
