//! The consumer's side: it makes each call once, checks what comes, and pays it once.

mod answers;
mod audit;
mod calls;
mod error;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use codec::{Decode, Encode};
use sp_core::H256;
use sp_runtime::AccountId32;
use tributary_primitives::{ids::ChannelId, Balance};

use crate::{
    book::{Book, Totals},
    host::AddError,
    signing::{KnownKey, SignedReceipt, SignedVoucher, Signer},
    store::{Change, Store, StoreError, Table},
    terms::Terms,
};

pub use audit::Audit;
pub use calls::Outgoing;
pub use error::Trouble;

/// A consumer's channels, in a database of its own. Threads share it; one process at a time has it open.
pub struct Consumer {
    store: Arc<Store>,
    keys: HashMap<AccountId32, Arc<dyn Signer>>,
    channels: RwLock<HashMap<ChannelId, Arc<Channel>>>,
    /// Held by who adds a channel: one after another, and no call waits for the disk meanwhile.
    adding: Mutex<()>,
}

/// What a consumer knows of a channel.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Position {
    /// What it fixes.
    pub terms: Terms,
    /// What its receipts come to: all of it is owed.
    pub owed: Totals,
    /// How many calls wait for answers.
    pub outstanding: usize,
    /// Units that are left for further calls.
    pub left: u64,
}

struct Channel {
    terms: Terms,
    /// Signs vouchers. Without it, what was asked and answered is known, and nothing more is asked.
    signer: Option<Arc<dyn Signer>>,
    /// Signs receipts.
    key: KnownKey,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    book: Book,
    /// Calls that no receipt in the book is of, by number: the book's count and on.
    pending: BTreeMap<u32, Pending>,
}

/// A call that was made. All of it is on disk; the request is there only.
struct Pending {
    request: H256,
    most: u64,
    answer: Option<SignedReceipt>,
}

/// The same as it is on disk.
#[derive(Decode, Encode)]
struct Asked {
    number: u32,
    request: Vec<u8>,
    voucher: SignedVoucher,
    most: u64,
    answer: Option<SignedReceipt>,
}

impl Channel {
    fn new(terms: Terms, signer: Option<Arc<dyn Signer>>, state: State) -> Self {
        Self {
            key: KnownKey::new(terms.receipt_key.clone()),
            terms,
            signer,
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(NO_PANIC)
    }
}

impl State {
    /// Units that no receipt has, and that no call without an answer may take.
    fn left(&self, terms: &Terms) -> u64 {
        let taken = self
            .pending
            .values()
            .map(|call| {
                call.answer
                    .as_ref()
                    .map_or(call.most, |answer| answer.receipt.units)
            })
            .fold(self.book.units(), u64::saturating_add);
        terms.units.saturating_sub(taken)
    }
}

impl Consumer {
    /// Opens the database in a directory, which is made if it is not there. `keys` sign vouchers: those that channels name.
    ///
    /// All that was asked and answered before is known, however the process ended that asked. Channels whose key is not here can be looked at.
    pub fn open(directory: &Path, keys: Vec<Arc<dyn Signer>>) -> Result<Self, AddError> {
        let store = Store::open(directory)?;
        let consumer = Self {
            store: Arc::new(store),
            keys: keys.into_iter().map(|key| (key.account(), key)).collect(),
            channels: RwLock::default(),
            adding: Mutex::default(),
        };
        for (channel, terms) in consumer.store.channels::<Terms>()? {
            let signer = consumer.keys.get(&terms.voucher_key).cloned();
            let state = State {
                book: consumer
                    .store
                    .channel(Table::States, channel)?
                    .unwrap_or_default(),
                pending: consumer
                    .asked(&terms)?
                    .into_iter()
                    .map(|asked| {
                        let pending = Pending {
                            request: tributary_primitives::metering::content(&asked.request),
                            most: asked.most,
                            answer: asked.answer,
                        };
                        (asked.number, pending)
                    })
                    .collect(),
            };
            let known = Channel::new(terms, signer, state);
            consumer.all_mut().insert(channel, Arc::new(known));
        }
        Ok(consumer)
    }

    /// Keeps a channel from now on. Adding it again changes nothing.
    pub fn add(&self, terms: Terms) -> Result<(), AddError> {
        terms.check()?;
        let channel = terms.channel;
        let key = self.keys.get(&terms.voucher_key);
        let signer = key.cloned().ok_or(AddError::KeyMissing(channel))?;
        let _adding = self.adding.lock().expect(NO_PANIC);
        if let Some(known) = self.all().get(&channel) {
            return if known.terms == terms {
                Ok(())
            } else {
                Err(AddError::OtherTerms(channel))
            };
        }
        let change = Change::of_channel(Table::Channels, channel, &terms);
        self.store.write(vec![change])?;
        let added = Channel::new(terms, Some(signer), State::default());
        self.all_mut().insert(channel, Arc::new(added));
        Ok(())
    }

    /// Forgets a channel, with its receipts: one that has ended, and about which nobody can ask any more.
    pub fn remove(&self, channel: ChannelId) -> Result<(), StoreError> {
        // First of all, so that no call of it is made any more.
        self.all_mut().remove(&channel);
        self.store.remove(channel)
    }

    /// All channels, in the order of their numbers.
    pub fn channels(&self) -> Vec<ChannelId> {
        let mut all: Vec<_> = self.all().keys().copied().collect();
        all.sort_unstable();
        all
    }

    /// What is known of a channel.
    pub fn position(&self, channel: ChannelId) -> Option<Position> {
        let channel = self.channel(channel).ok()?;
        let state = channel.state();
        Some(Position {
            terms: channel.terms.clone(),
            owed: state.book.totals(),
            outstanding: state
                .pending
                .values()
                .filter(|call| call.answer.is_none())
                .count(),
            left: state.left(&channel.terms),
        })
    }

    /// At most so many receipts of a channel, from a number on.
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

    fn channel(&self, channel: ChannelId) -> Result<Arc<Channel>, Trouble> {
        self.all()
            .get(&channel)
            .cloned()
            .ok_or(Trouble::UnknownChannel(channel))
    }

    fn asked(&self, terms: &Terms) -> Result<Vec<Asked>, StoreError> {
        self.store
            .calls(Table::Calls, terms.channel, 0, terms.window as usize)
    }

    fn all(&self) -> RwLockReadGuard<'_, HashMap<ChannelId, Arc<Channel>>> {
        self.channels.read().expect(NO_PANIC)
    }

    fn all_mut(&self) -> RwLockWriteGuard<'_, HashMap<ChannelId, Arc<Channel>>> {
        self.channels.write().expect(NO_PANIC)
    }
}

const NO_PANIC: &str = "no thread has panicked in the middle of a change";
