#![doc = include_str!("../README.md")]

mod book;
mod commit;
pub mod consumer;
pub mod host;
mod signing;
mod store;
mod terms;

pub use book::Totals;
pub use commit::Commit;
pub use consumer::Consumer;
pub use host::{AddError, Host};
pub use signing::{SignedReceipt, SignedVoucher, Signer};
pub use store::StoreError;
pub use terms::{Terms, UnusableTerms, MAX_WINDOW};

use sp_core::H256;
use tributary_primitives::{ids::ChannelId, Balance};

use store::{Store, Table};

/// Leaves and weights of a channel's first receipts on disk.
fn leaves(
    store: &Store,
    genesis: H256,
    channel: ChannelId,
    count: u32,
) -> Result<Vec<(H256, Balance)>, StoreError> {
    let receipts: Vec<SignedReceipt> = store.calls(Table::Receipts, channel, 0, count as usize)?;
    Ok(receipts
        .iter()
        .map(|one| (one.receipt.leaf(genesis), one.receipt.amount))
        .collect())
}
