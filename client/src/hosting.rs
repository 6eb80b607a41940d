//! The chain, as a host's gateway needs it.

use anyhow::{ensure, Context as _, Result};
use async_trait::async_trait;
use codec::Encode;
use futures::{StreamExt, TryStreamExt};
use sp_runtime::MultiSignature;
use subxt::utils::{AccountId32, Static};
use subxt_signer::sr25519::Keypair;
use tokio::sync::Mutex;
use tributary_channel::{SignedVoucher, Terms};
use tributary_gateway::{ChainError, ChannelOnChain, Offer, Settlement, Standing};
use tributary_primitives::{
    ids::{ChannelId, ModelId},
    metering::{Settled, Voucher},
};

use crate::{
    chain::{
        calls::{ChannelSettled, SettleCalls, SettlementFailed},
        state::{Channel, ChannelStage, HostOffer, SettledCalls},
        Chain, Snapshot,
    },
    context::Context,
    failure::Refusal,
    keys,
    signing::account,
};

/// Channels that are looked up beside each other.
const LOOKUPS: usize = 16;

/// A voucher as the runtime takes it.
#[derive(Encode)]
pub(crate) struct VoucherToSettle {
    voucher: Voucher,
    signature: MultiSignature,
    consent: Option<MultiSignature>,
}

/// The chain of one host. A connection that fails is made anew with the next question.
pub(crate) struct HostedChain {
    context: Context,
    key: Keypair,
    host: AccountId32,
    genesis: sp_core::H256,
    connection: Mutex<Option<Chain>>,
}

impl HostedChain {
    /// A host's chain, with a connection to begin with.
    pub(crate) fn new(context: &Context, chain: Chain, key: Keypair) -> Self {
        Self {
            context: context.clone(),
            host: keys::account(&key),
            key,
            genesis: genesis(&chain),
            connection: Mutex::new(Some(chain)),
        }
    }

    async fn connection(&self) -> Result<Chain> {
        let mut connection = self.connection.lock().await;
        if let Some(chain) = &*connection {
            return Ok(chain.clone());
        }
        let chain = self.context.connect().await?;
        ensure!(
            genesis(&chain) == self.genesis,
            "{} is another chain than before",
            self.context.url
        );
        Ok(connection.insert(chain).clone())
    }

    /// Has the next question connect anew, unless it was the chain that refused.
    async fn failed<T>(&self, outcome: Result<T>) -> Result<T, ChainError> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => {
                if !error.is::<Refusal>() {
                    *self.connection.lock().await = None;
                }
                Err(ChainError(format!("{error:#}")))
            }
        }
    }

    async fn look_up(&self, channel: ChannelId) -> Result<Option<ChannelOnChain>> {
        let chain = self.connection().await?;
        let found = find(&chain.now().await?, channel).await?;
        Ok(found
            .filter(|found| found.host == self.host)
            .map(|found| ChannelOnChain {
                terms: terms(genesis(&chain), channel, &found),
                settled: settled(&found.settled),
                standing: standing(&found),
            }))
    }

    async fn look_at(&self, channels: &[ChannelId]) -> Result<Vec<(ChannelId, Standing, Settled)>> {
        let state = self.connection().await?.finalized().await?;
        let next = next_channel(&state).await?;
        let found: Vec<_> = futures::stream::iter(channels.iter().copied())
            .map(|channel| {
                let state = &state;
                async move { Ok::<_, anyhow::Error>((channel, find(state, channel).await?)) }
            })
            .buffered(LOOKUPS)
            .try_collect()
            .await?;
        let standings = found
            .into_iter()
            .filter_map(|(channel, found)| match found {
                Some(found) => Some((channel, standing(&found), settled(&found.settled))),
                None if channel < next => Some((channel, Standing::Forgotten, Settled::default())),
                // Its block is not final yet.
                None => None,
            })
            .collect();
        Ok(standings)
    }

    async fn look_for_offers(&self, models: &[ModelId]) -> Result<Vec<Offer>> {
        let state = self.connection().await?.now().await?;
        let mut offers = Vec::new();
        for model in models {
            let offer: Option<HostOffer> =
                state.get("Metering", "Offers", (*model, self.host)).await?;
            offers.extend(offer.map(|offer| Offer {
                model: *model,
                price: offer.price,
                share: offer.share,
                endpoint: String::from_utf8_lossy(&offer.endpoint).into_owned(),
            }));
        }
        Ok(offers)
    }

    async fn bring(&self, vouchers: &[SignedVoucher]) -> Result<Vec<Settlement>> {
        let chain = self.connection().await?;
        let settlements = vouchers
            .iter()
            .map(|one| VoucherToSettle {
                voucher: one.voucher,
                signature: one.signature.clone(),
                consent: None,
            })
            .collect();
        let call = SettleCalls {
            settlements: Static(settlements),
            usage: Static(Vec::new()),
        };
        let included = match chain.submit(&self.key, call).await {
            Ok(included) => included,
            Err(error) => return all_refused(vouchers, error),
        };
        let mut outcomes: Vec<_> = included
            .all::<ChannelSettled>()?
            .into_iter()
            .map(|event| Settlement::Settled(event.channel, settled(&event.settled)))
            .collect();
        let failures: Vec<SettlementFailed> = included.all()?;
        if !failures.is_empty() {
            let state = chain.newest().await?;
            outcomes.extend(failures.into_iter().map(|event| {
                Settlement::Failed(event.channel, state.error_text(&event.error.value))
            }));
        }
        Ok(outcomes)
    }
}

/// The pallet refuses a call only if it refuses each voucher, and names what stands against the first.
fn all_refused(vouchers: &[SignedVoucher], error: anyhow::Error) -> Result<Vec<Settlement>> {
    match error.downcast_ref::<Refusal>() {
        Some(refusal) if refusal.error.starts_with("Metering::") => Ok(vouchers
            .iter()
            .map(|one| Settlement::Failed(one.voucher.channel, refusal.to_string()))
            .collect()),
        _ => Err(error),
    }
}

#[async_trait]
impl tributary_gateway::Chain for HostedChain {
    async fn block(&self) -> Result<u32, ChainError> {
        let number = async {
            let newest = self.connection().await?.newest().await?;
            u32::try_from(newest.number()).context("the chain has too many blocks")
        };
        self.failed(number.await).await
    }

    async fn channel(&self, channel: ChannelId) -> Result<Option<ChannelOnChain>, ChainError> {
        self.failed(self.look_up(channel).await).await
    }

    async fn standings(
        &self,
        channels: &[ChannelId],
    ) -> Result<Vec<(ChannelId, Standing, Settled)>, ChainError> {
        self.failed(self.look_at(channels).await).await
    }

    async fn offers(&self, models: &[ModelId]) -> Result<Vec<Offer>, ChainError> {
        self.failed(self.look_for_offers(models).await).await
    }

    async fn settle(&self, vouchers: &[SignedVoucher]) -> Result<Vec<Settlement>, ChainError> {
        self.failed(self.bring(vouchers).await).await
    }
}

/// A channel that is not forgotten.
pub(crate) async fn find(state: &Snapshot, channel: ChannelId) -> Result<Option<Channel>> {
    state.get("Metering", "Channels", (channel,)).await
}

/// The number that the next channel has.
pub(crate) async fn next_channel(state: &Snapshot) -> Result<ChannelId> {
    let next: Option<ChannelId> = state.get("Metering", "NextChannel", ()).await?;
    Ok(next.unwrap_or_default())
}

/// Hash of the chain's first block.
pub(crate) fn genesis(chain: &Chain) -> sp_core::H256 {
    chain.genesis().0.into()
}

/// What a channel fixes.
pub(crate) fn terms(genesis: sp_core::H256, id: ChannelId, channel: &Channel) -> Terms {
    Terms {
        genesis,
        channel: id,
        model: channel.model,
        price: channel.price,
        units: channel.units,
        expires: channel.expires,
        voucher_key: account(&channel.key),
        receipt_key: account(&channel.receipt_key),
        window: 1,
    }
}

pub(crate) fn settled(calls: &SettledCalls) -> Settled {
    Settled {
        count: calls.count,
        units: calls.units,
        amount: calls.amount,
        root: calls.root.0.into(),
    }
}

fn standing(channel: &Channel) -> Standing {
    match channel.stage {
        ChannelStage::Open => Standing::Open,
        ChannelStage::Closing { .. } => Standing::Closing,
        ChannelStage::Ended { .. } => Standing::Ended,
    }
}
