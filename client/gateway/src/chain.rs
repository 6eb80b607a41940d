//! What a gateway needs of the chain.

use async_trait::async_trait;
use tributary_channel::{SignedVoucher, Terms};
use tributary_primitives::{
    ids::{ChannelId, ModelId},
    metering::Settled,
    Balance,
};

/// The chain could not be asked, or did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ChainError(pub String);

/// How far a channel is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Calls are answered and paid.
    Open,
    /// Its consumer wants it to end: a last voucher can be settled.
    Closing,
    /// Nothing is settled any more; receipts can still be contradicted.
    Ended,
    /// Nobody asks about it any more.
    Forgotten,
}

/// A channel to the host, as the chain has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChannelOnChain {
    /// What it fixes. The window is the gateway's to say.
    pub terms: Terms,
    /// What was settled.
    pub settled: Settled,
    /// How far it is.
    pub standing: Standing,
}

/// What the host offers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offer {
    /// The model.
    pub model: ModelId,
    /// What a unit costs.
    pub price: Balance,
    /// The host's share after the protocol fee, in billionths.
    pub share: u32,
    /// Where calls are answered.
    pub endpoint: String,
}

/// What became of a voucher that was brought to the chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Settlement {
    /// It was paid.
    Settled(ChannelId, Settled),
    /// It was refused, and why.
    Failed(ChannelId, String),
}

/// What a gateway needs of the chain.
#[async_trait]
pub trait Chain: Send + Sync + 'static {
    /// The best block's number.
    async fn block(&self) -> Result<u32, ChainError>;

    /// A channel to this host, in the newest state. `None` if there is none, or if it is to somebody else.
    async fn channel(&self, channel: ChannelId) -> Result<Option<ChannelOnChain>, ChainError>;

    /// What is final of channels that are known: how far they are, and what was settled.
    async fn standings(
        &self,
        channels: &[ChannelId],
    ) -> Result<Vec<(ChannelId, Standing, Settled)>, ChainError>;

    /// What the host offers of these models.
    async fn offers(&self, models: &[ModelId]) -> Result<Vec<Offer>, ChainError>;

    /// Settles at most [`MAX_VOUCHERS`] vouchers in one extrinsic, and says what became of each once that stays.
    async fn settle(&self, vouchers: &[SignedVoucher]) -> Result<Vec<Settlement>, ChainError>;
}

/// The most vouchers of one extrinsic.
pub const MAX_VOUCHERS: usize = 64;
