//! The host's side: it answers calls that are paid, and has what it must be paid.

mod channel;
mod error;
mod serving;
mod settling;

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use codec::{Decode, Encode};
use sp_core::H256;
use sp_runtime::AccountId32;
use tributary_primitives::{ids::ChannelId, Balance};

use crate::{
    book::Totals,
    signing::{SignedReceipt, SignedVoucher, Signer},
    store::{Change, Store, StoreError, Table},
    terms::Terms,
};
use channel::{Channel, State};

pub use channel::Call;
pub use error::{AddError, Refusal};
pub use serving::{Begun, Computation, Served};
pub use settling::Unsettled;

/// A host's channels, in a database of its own. Threads share it; one process at a time has it open.
pub struct Host {
    store: Arc<Store>,
    keys: HashMap<AccountId32, Arc<dyn Signer>>,
    channels: RwLock<HashMap<ChannelId, Arc<Channel>>>,
}

/// What a host knows of a channel.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Status {
    /// What it fixes.
    pub terms: Terms,
    /// What its receipts come to.
    pub answered: Totals,
    /// What of that the best voucher pays.
    pub paid: Totals,
    /// What of that the chain has settled.
    pub settled: Totals,
    /// Calls that are being answered.
    pub under_way: usize,
    /// Units that are left for further calls.
    pub left: u64,
}

/// What is on disk of a channel beside what its calls change.
#[derive(Decode, Encode)]
struct Entry {
    terms: Terms,
    settled: Totals,
    /// Whether its removal has begun.
    over: bool,
}

impl Host {
    /// Opens the database in a directory, which is made if it is not there. `keys` sign receipts: those that channels name.
    ///
    /// All that was answered before is known, however the process ended that answered it.
    pub fn open(directory: &Path, keys: Vec<Arc<dyn Signer>>) -> Result<Self, AddError> {
        let store = Store::open(directory)?;
        let host = Self {
            store: Arc::new(store),
            keys: keys.into_iter().map(|key| (key.account(), key)).collect(),
            channels: RwLock::default(),
        };
        for (channel, entry) in host.store.channels::<Entry>()? {
            if entry.over {
                host.store.remove(channel)?;
                continue;
            }
            let state = State {
                kept: host
                    .store
                    .channel(Table::States, channel)?
                    .unwrap_or_default(),
                settled: entry.settled,
                ..State::default()
            };
            let signer = host.signer(&entry.terms)?;
            host.all_mut()
                .insert(channel, Arc::new(Channel::new(entry.terms, signer, state)));
        }
        Ok(host)
    }

    /// Answers calls of a channel from now on. Adding it again changes nothing.
    pub fn add(&self, terms: Terms) -> Result<(), AddError> {
        terms.check()?;
        let signer = self.signer(&terms)?;
        let mut channels = self.all_mut();
        if let Some(known) = channels.get(&terms.channel) {
            return if known.terms == terms {
                Ok(())
            } else {
                Err(AddError::OtherTerms(terms.channel))
            };
        }
        let entry = Entry {
            terms: terms.clone(),
            settled: Totals::default(),
            over: false,
        };
        let change = Change::of_channel(Table::Channels, terms.channel, &entry);
        self.store.write(vec![change])?;
        let channel = Channel::new(terms, signer, State::default());
        channels.insert(channel.terms.channel, Arc::new(channel));
        Ok(())
    }

    /// Forgets a channel, with its receipts: one that is over, and about which nobody can ask any more. Calls under way are given up.
    pub fn remove(&self, channel: ChannelId) -> Result<(), StoreError> {
        let Some(known) = self.all().get(&channel).cloned() else {
            return Ok(());
        };
        let settled = {
            let mut state = known.state();
            state.removed = true;
            state.give_up(0);
            state.settled
        };
        let entry = Entry {
            terms: known.terms.clone(),
            settled,
            over: true,
        };
        self.store
            .write(vec![Change::of_channel(Table::Channels, channel, &entry)])?;
        self.store.remove(channel)?;
        self.all_mut().remove(&channel);
        Ok(())
    }

    /// All channels, in the order of their numbers.
    pub fn channels(&self) -> Vec<ChannelId> {
        let mut all: Vec<_> = self.all().keys().copied().collect();
        all.sort_unstable();
        all
    }

    /// What is known of a channel.
    pub fn status(&self, channel: ChannelId) -> Option<Status> {
        let channel = self.channel(channel).ok()?;
        let state = channel.state();
        Some(Status {
            terms: channel.terms.clone(),
            answered: state.kept.book.totals(),
            paid: state.paid(),
            settled: state.settled,
            under_way: state.flights.len(),
            left: state.left(&channel.terms),
        })
    }

    /// The voucher of a channel that pays most.
    pub fn best_voucher(&self, channel: ChannelId) -> Option<SignedVoucher> {
        let channel = self.channel(channel).ok()?;
        let best = channel.state().kept.best.clone();
        best
    }

    /// At most so many receipts of a channel, from a number on: those that are on disk.
    pub fn receipts(
        &self,
        channel: ChannelId,
        first: u32,
        most: usize,
    ) -> Result<Vec<SignedReceipt>, StoreError> {
        self.store.calls(Table::Receipts, channel, first, most)
    }

    /// Leaves and weights of a channel's first `count` receipts: with them, a contradiction can be looked for.
    pub fn leaves(
        &self,
        channel: ChannelId,
        count: u32,
    ) -> Result<Vec<(H256, Balance)>, StoreError> {
        let Ok(known) = self.channel(channel) else {
            return Ok(Vec::new());
        };
        crate::leaves(&self.store, known.terms.genesis, channel, count)
    }

    fn signer(&self, terms: &Terms) -> Result<Arc<dyn Signer>, AddError> {
        self.keys
            .get(&terms.receipt_key)
            .cloned()
            .ok_or(AddError::KeyMissing(terms.channel))
    }

    fn channel(&self, channel: ChannelId) -> Result<Arc<Channel>, Refusal> {
        self.all()
            .get(&channel)
            .cloned()
            .ok_or(Refusal::UnknownChannel(channel))
    }

    fn all(&self) -> RwLockReadGuard<'_, HashMap<ChannelId, Arc<Channel>>> {
        self.channels.read().expect(NO_PANIC)
    }

    fn all_mut(&self) -> RwLockWriteGuard<'_, HashMap<ChannelId, Arc<Channel>>> {
        self.channels.write().expect(NO_PANIC)
    }
}

const NO_PANIC: &str = "no thread has panicked while it changed the list of channels";
