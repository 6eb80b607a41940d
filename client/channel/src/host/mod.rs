//! The host's side: it answers calls that are paid, and has what it must be paid.

mod channel;
mod error;
mod serving;
mod settling;

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard},
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
    /// Held by who adds a channel: one after another, and no call waits for the disk meanwhile. The first channel that is answered.
    adding: Mutex<Option<ChannelId>>,
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
    /// Whether the chain has settled receipts that are not here. No more calls are answered then.
    pub incomplete: bool,
    /// Whether the key that signs receipts is here. Without it no more calls are answered.
    pub signs: bool,
}

/// What is on disk of a channel beside what its calls change.
#[derive(Decode, Encode)]
struct Entry {
    terms: Terms,
    settled: Totals,
    /// Whether the chain has settled receipts that are not here.
    incomplete: bool,
    /// Whether its removal has begun.
    over: bool,
}

impl Host {
    /// Opens the database in a directory, which is made if it is not there. `keys` sign receipts: those that channels name.
    ///
    /// All that was answered before is known, however the process ended that answered it. Channels whose key is not here are settled, and
    /// answer no more calls.
    pub fn open(directory: &Path, keys: Vec<Arc<dyn Signer>>) -> Result<Self, AddError> {
        let store = Store::open(directory)?;
        let host = Self {
            keys: keys.into_iter().map(|key| (key.account(), key)).collect(),
            channels: RwLock::default(),
            adding: Mutex::new(store.first()?),
            store: Arc::new(store),
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
                incomplete: entry.incomplete,
                ..State::default()
            };
            let signer = host.keys.get(&entry.terms.receipt_key).cloned();
            host.all_mut()
                .insert(channel, Arc::new(Channel::new(entry.terms, signer, state)));
        }
        Ok(host)
    }

    /// Has a new database answer channels from this number on, and refuse older ones: another database, which is lost, may have signed
    /// receipts of them. Returns the number that counts: one that was said before stays.
    pub fn begin_with(&self, first: ChannelId) -> Result<ChannelId, StoreError> {
        let mut known = self.adding.lock().expect(NO_PANIC);
        if let Some(first) = *known {
            return Ok(first);
        }
        self.store.write(vec![Change::of_first(first)])?;
        *known = Some(first);
        Ok(first)
    }

    /// Answers calls of a channel from now on. Adding it again changes nothing.
    pub fn add(&self, terms: Terms) -> Result<(), AddError> {
        terms.check()?;
        let channel = terms.channel;
        let key = self.keys.get(&terms.receipt_key);
        let signer = key.cloned().ok_or(AddError::KeyMissing(channel))?;
        let first = self.adding.lock().expect(NO_PANIC);
        if let Some(known) = self.all().get(&channel) {
            return if known.terms == terms {
                Ok(())
            } else {
                Err(AddError::OtherTerms(channel))
            };
        }
        if let Some(first) = first.filter(|first| channel < *first) {
            return Err(AddError::Older { channel, first });
        }
        let entry = Entry {
            terms: terms.clone(),
            settled: Totals::default(),
            incomplete: false,
            over: false,
        };
        let change = Change::of_channel(Table::Channels, channel, &entry);
        self.store.write(vec![change])?;
        let added = Channel::new(terms, Some(signer), State::default());
        self.all_mut().insert(channel, Arc::new(added));
        Ok(())
    }

    /// Forgets a channel, with its receipts: one that is over, and about which nobody can ask any more. Calls under way are given up.
    pub fn remove(&self, channel: ChannelId) -> Result<(), StoreError> {
        let Some(known) = self.all().get(&channel).cloned() else {
            return Ok(());
        };
        let (settled, incomplete) = {
            let mut state = known.state();
            state.removed = true;
            state.give_up(0);
            (state.settled, state.incomplete)
        };
        let entry = Entry {
            terms: known.terms.clone(),
            settled,
            incomplete,
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
            incomplete: state.incomplete,
            signs: channel.signer.is_some(),
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
