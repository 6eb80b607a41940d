//! The chain, as one node's RPC shows it.

pub(crate) mod calls;
pub(crate) mod decode;
pub(crate) mod outside;
mod rpc;
pub(crate) mod scan;
mod snapshot;
pub(crate) mod state;
pub(crate) mod submit;

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use subxt::{
    backend::{BlockRef, LegacyBackend},
    config::{substrate::SpecVersionForRange, RpcConfigFor, SubstrateConfig},
    rpcs::{client::RpcClient, methods::legacy::LegacyRpcMethods, rpc_params},
    utils::{AccountId32, H256},
    OnlineClient,
};

use self::rpc::Patient;
pub(crate) use self::snapshot::Snapshot;
use self::state::AccountInfo;
use crate::{cache::Cache, failure::misuse, progress};

/// How blocks, hashes and accounts look on this chain: as on any Substrate chain.
pub(crate) type Config = SubstrateConfig;

/// When an extrinsic counts as done, and how new the state is that commands read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Wait {
    /// When its block is final: it stays.
    Finalized,
    /// When a block has it: sooner, but the block may yet be replaced.
    Included,
}

/// A connection to a node.
#[derive(Clone)]
pub(crate) struct Chain {
    client: OnlineClient<Config>,
    backend: Arc<LegacyBackend<Config>>,
    rpc: LegacyRpcMethods<RpcConfigFor<Config>>,
    raw: RpcClient,
    wait: Wait,
    cache: Cache,
}

impl Chain {
    /// Connects to a node. What was fetched before is taken from `cache`.
    pub(crate) async fn connect(
        url: &str,
        insecure: bool,
        wait: Wait,
        cache: Cache,
    ) -> Result<Self> {
        let is_socket = ["ws://", "wss://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        match subxt::rpcs::utils::url_is_secure(url) {
            Ok(secure) if is_socket && (secure || insecure) => {}
            Ok(_) if is_socket => misuse!("{url} is not encrypted: use wss://, or --insecure if you trust every machine on the way"),
            _ => misuse!("{url} is not an address: write ws://host:port or wss://host"),
        }
        let connection = subxt::rpcs::client::jsonrpsee_client(url)
            .await
            .with_context(|| format!("cannot connect to {url}: is a node running there?"))?;
        let raw = RpcClient::new(Patient(connection));
        let backend = Arc::new(
            LegacyBackend::builder()
                .storage_page_size(256)
                .build(raw.clone()),
        );
        let client = OnlineClient::from_backend_with_config(Config::new(), backend.clone())
            .await
            .with_context(|| format!("asking {url} for its genesis"))?;
        Ok(Self {
            client,
            backend,
            rpc: LegacyRpcMethods::new(raw.clone()),
            raw,
            wait,
            cache,
        })
    }

    /// Records that were fetched before.
    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Hash of the first block, which tells chains apart.
    pub(crate) fn genesis(&self) -> H256 {
        self.client.genesis_hash()
    }

    /// The same connection with another idea of when an extrinsic counts as done.
    pub(crate) fn waiting(&self, wait: Wait) -> Self {
        Self {
            wait,
            ..self.clone()
        }
    }

    /// Refuses accounts that everybody has the key of, on a chain where money is real.
    pub(crate) async fn refuse_on_live_chains(&self) -> Result<()> {
        // Not always text: a custom type is an object.
        if self.rpc_value("system_chainType").await? == "Live" {
            misuse!("this is a live chain: everybody has the keys of development accounts");
        }
        Ok(())
    }

    /// What an RPC method without parameters answers.
    async fn rpc_value(&self, method: &str) -> Result<serde_json::Value> {
        self.raw
            .request(method, rpc_params![])
            .await
            .with_context(|| format!("calling {method}"))
    }

    /// State as commands read it: final, or the best block's where extrinsics count as done once included.
    pub(crate) async fn now(&self) -> Result<Snapshot> {
        match self.wait {
            Wait::Finalized => self.finalized().await,
            Wait::Included => self.newest().await,
        }
    }

    /// The best block's state: what the next extrinsic will meet.
    pub(crate) async fn newest(&self) -> Result<Snapshot> {
        let best = self
            .rpc
            .chain_get_block_hash(None)
            .await
            .context("asking for the best block")?
            .context("the node has no best block")?;
        self.at_hash(best).await
    }

    /// The best block's state, once no extrinsic of an account waits in the node's pool: a command that was stopped may have left one.
    pub(crate) async fn settled(&self, account: &AccountId32) -> Result<Snapshot> {
        let mut spinner = None;
        loop {
            let newest = self.newest().await?;
            let info: AccountInfo = newest
                .get("System", "Account", (*account,))
                .await?
                .unwrap_or_default();
            if self.next_nonce(account).await? <= u64::from(info.nonce) {
                return Ok(newest);
            }
            spinner.get_or_insert_with(|| {
                progress::spinner("waiting for earlier extrinsics of this account")
            });
            self.pause().await;
        }
    }

    /// Final state.
    pub(crate) async fn finalized(&self) -> Result<Snapshot> {
        let at = self
            .client
            .at_current_block()
            .await
            .context("asking for the finalized block")?;
        Ok(Snapshot::new(at, self.backend.clone()))
    }

    /// State of the best block that stands at this height.
    pub(crate) async fn at_number(&self, number: u64) -> Result<Snapshot> {
        let at = self
            .client
            .at_block(number)
            .await
            .with_context(|| {
                format!("asking for block {number}, of which only nodes that have synced in full have the state")
            })?;
        Ok(Snapshot::new(at, self.backend.clone()))
    }

    /// State of a block.
    pub(crate) async fn at_hash(&self, hash: H256) -> Result<Snapshot> {
        let at = self
            .client
            .at_block(BlockRef::from_hash(hash))
            .await
            .with_context(|| format!("asking for block {hash:?}"))?;
        Ok(Snapshot::new(at, self.backend.clone()))
    }

    /// Waits a moment for new blocks.
    pub(crate) async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(1_000)).await;
    }

    /// The nonce of an account's next extrinsic, counting those that wait in the node's pool.
    async fn next_nonce(&self, account: &AccountId32) -> Result<u64> {
        self.rpc
            .system_account_next_index(account)
            .await
            .context("asking for the account's nonce")
    }

    /// The same connection for blocks of a range in which the runtime did not change: it need not be asked for in each block.
    ///
    /// The connection itself if the runtime did change.
    async fn within(&self, first: u64, last: u64) -> Result<Self> {
        let from = self.at_number(first).await?;
        let to = self.at_number(last).await?;
        if from.at.spec_version() != to.at.spec_version() {
            return Ok(self.clone());
        }
        let range = SpecVersionForRange {
            block_range: first..last + 1,
            spec_version: to.at.spec_version(),
            transaction_version: to.at.transaction_version(),
        };
        let config = Config::builder()
            .set_genesis_hash(self.genesis())
            .set_spec_version_for_block_ranges([range])
            .set_metadata_for_spec_versions([(to.at.spec_version(), to.at.metadata())])
            .build();
        let client = OnlineClient::from_backend_with_config(config, self.backend.clone())
            .await
            .context("reusing the connection")?;
        Ok(Self {
            client,
            ..self.clone()
        })
    }
}
