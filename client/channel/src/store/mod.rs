//! The database of one side: what is written is on disk before anybody hears of it.
//!
//! One thread writes. It takes all that waits, of all channels, into one batch and makes the disk keep it before it tells those who wait:
//! the more they are, the fewer syncs a receipt costs, and nobody waits for others to come.

mod writer;

use std::{
    path::Path,
    sync::{mpsc, Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use codec::{Decode, DecodeAll, Encode};
use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use thiserror::Error;
use tributary_primitives::ids::ChannelId;

use writer::Job;

/// Why the database does not do what it should. Nothing is answered any more until it is opened anew.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// The database, or the disk under it.
    #[error("the database of receipts failed: {0}")]
    Database(Arc<fjall::Error>),
    /// An entry is not what was written.
    #[error("an entry of the database of receipts, about channel {channel}, cannot be read")]
    Unreadable {
        /// The channel.
        channel: ChannelId,
    },
    /// An earlier write failed.
    #[error("the database of receipts has failed before; what is on disk is safe, open it again")]
    Closed,
    /// No thread could be started.
    #[error("the thread that writes receipts did not start: {0}")]
    Thread(Arc<std::io::Error>),
}

impl From<fjall::Error> for StoreError {
    fn from(error: fjall::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl StoreError {
    fn of(error: impl Into<fjall::Error>) -> Self {
        error.into().into()
    }
}

/// What kind of entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Table {
    /// A channel's terms.
    Channels,
    /// What a channel has come to.
    States,
    /// A channel's receipts, by number.
    Receipts,
    /// A channel's calls that are under way or not yet paid.
    Calls,
    /// A channel's receipts that were not accepted, by number.
    Rejected,
    /// What is about the database as a whole.
    Whole,
}

impl Table {
    pub(crate) const COUNT: usize = 6;
    const ALL: [Self; Self::COUNT] = [
        Self::Channels,
        Self::States,
        Self::Receipts,
        Self::Calls,
        Self::Rejected,
        Self::Whole,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Channels => "channels",
            Self::States => "states",
            Self::Receipts => "receipts",
            Self::Calls => "calls",
            Self::Rejected => "rejected",
            Self::Whole => "whole",
        }
    }
}

/// One entry's change. `None` removes it.
pub(crate) struct Change {
    table: Table,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl Change {
    pub(crate) fn of_channel(table: Table, channel: ChannelId, value: &impl Encode) -> Self {
        Self {
            table,
            key: channel_key(channel),
            value: Some(value.encode()),
        }
    }

    /// The first channel that the database has anything to do with.
    pub(crate) fn of_first(first: ChannelId) -> Self {
        Self {
            table: Table::Whole,
            key: FIRST.to_vec(),
            value: Some(first.encode()),
        }
    }

    pub(crate) fn of_call(
        table: Table,
        channel: ChannelId,
        number: u32,
        value: &impl Encode,
    ) -> Self {
        Self {
            table,
            key: call_key(channel, number),
            value: Some(value.encode()),
        }
    }

    pub(crate) fn removal_of_call(table: Table, channel: ChannelId, number: u32) -> Self {
        Self {
            table,
            key: call_key(channel, number),
            value: None,
        }
    }
}

const FIRST: &[u8] = b"first";

// Big-endian, so that the order of keys is that of numbers.

fn channel_key(channel: ChannelId) -> Vec<u8> {
    channel.to_be_bytes().to_vec()
}

fn call_key(channel: ChannelId, number: u32) -> Vec<u8> {
    [&channel.to_be_bytes()[..], &number.to_be_bytes()].concat()
}

/// Called with what became of a write.
pub(crate) type Then = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

pub(crate) struct Store {
    tables: [Keyspace; Table::COUNT],
    /// Its end tells the writer to end.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    // After the tables.
    _database: Database,
}

impl Store {
    /// Opens the database in a directory, which is made if it is not there. One process at a time.
    pub(crate) fn open(directory: &Path) -> Result<Self, StoreError> {
        let database = Database::builder(directory).open()?;
        let open = |table: Table| database.keyspace(table.name(), KeyspaceCreateOptions::default);
        let [channels, states, receipts, calls, rejected, whole] = Table::ALL;
        let tables = [
            open(channels)?,
            open(states)?,
            open(receipts)?,
            open(calls)?,
            open(rejected)?,
            open(whole)?,
        ];
        let (jobs, waiting) = mpsc::channel();
        let writer = writer::start(database.clone(), tables.clone(), waiting)?;
        Ok(Self {
            tables,
            jobs: Some(jobs),
            writer: Mutex::new(Some(writer)),
            _database: database,
        })
    }

    /// Has changes written, after those of all submissions before: all or none. `then` is called once they are on disk.
    pub(crate) fn submit(&self, changes: Vec<Change>, then: Then) {
        let Some(jobs) = &self.jobs else {
            return then(Err(StoreError::Closed));
        };
        if let Err(mpsc::SendError(job)) = jobs.send(Job { changes, then }) {
            (job.then)(Err(StoreError::Closed));
        }
    }

    /// The same, and waits.
    pub(crate) fn write(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let (done, outcome) = mpsc::channel();
        self.submit(
            changes,
            Box::new(move |result| {
                // Whoever waits is there.
                let _ = done.send(result);
            }),
        );
        outcome.recv().unwrap_or(Err(StoreError::Closed))
    }

    fn table(&self, table: Table) -> &Keyspace {
        &self.tables[table as usize]
    }

    /// The first channel that the database has anything to do with, if that was said.
    pub(crate) fn first(&self) -> Result<Option<ChannelId>, StoreError> {
        self.table(Table::Whole)
            .get(FIRST)
            .map_err(StoreError::of)?
            .map(|bytes| read(0, &bytes))
            .transpose()
    }

    /// A channel's entry.
    pub(crate) fn channel<T: Decode>(
        &self,
        table: Table,
        channel: ChannelId,
    ) -> Result<Option<T>, StoreError> {
        self.table(table)
            .get(channel_key(channel))
            .map_err(StoreError::of)?
            .map(|bytes| read(channel, &bytes))
            .transpose()
    }

    /// An entry of a channel's call.
    pub(crate) fn call<T: Decode>(
        &self,
        table: Table,
        channel: ChannelId,
        number: u32,
    ) -> Result<Option<T>, StoreError> {
        self.table(table)
            .get(call_key(channel, number))
            .map_err(StoreError::of)?
            .map(|bytes| read(channel, &bytes))
            .transpose()
    }

    /// At most so many entries of a channel's calls, from a number on, in their order.
    pub(crate) fn calls<T: Decode>(
        &self,
        table: Table,
        channel: ChannelId,
        first: u32,
        most: usize,
    ) -> Result<Vec<T>, StoreError> {
        self.table(table)
            .range(call_key(channel, first)..=call_key(channel, u32::MAX))
            .take(most)
            .map(|entry| read(channel, &entry.value().map_err(StoreError::of)?))
            .collect()
    }

    /// All channels, and their terms as they were written.
    pub(crate) fn channels<T: Decode>(&self) -> Result<Vec<(ChannelId, T)>, StoreError> {
        self.table(Table::Channels)
            .iter()
            .map(|entry| {
                let (key, value) = entry.into_inner().map_err(StoreError::of)?;
                let channel = key
                    .as_ref()
                    .try_into()
                    .map(ChannelId::from_be_bytes)
                    .map_err(|_| StoreError::Unreadable { channel: 0 })?;
                Ok((channel, read(channel, &value)?))
            })
            .collect()
    }

    /// Removes all of a channel, its terms last: until then it can be removed again.
    pub(crate) fn remove(&self, channel: ChannelId) -> Result<(), StoreError> {
        for table in [Table::Receipts, Table::Calls, Table::Rejected] {
            loop {
                let keys: Result<Vec<_>, _> = self
                    .table(table)
                    .prefix(channel_key(channel))
                    .take(REMOVED_TOGETHER)
                    .map(|entry| entry.key())
                    .collect();
                let keys = keys?;
                if keys.is_empty() {
                    break;
                }
                let removals = keys.iter().map(|key| Change {
                    table,
                    key: key.to_vec(),
                    value: None,
                });
                self.write(removals.collect())?;
            }
        }
        let removals = [Table::States, Table::Channels].map(|table| Change {
            table,
            key: channel_key(channel),
            value: None,
        });
        self.write(removals.into())
    }
}

/// How many entries one batch removes, so that it stays small whatever a channel has.
const REMOVED_TOGETHER: usize = 4_096;

fn read<T: Decode>(channel: ChannelId, mut bytes: &[u8]) -> Result<T, StoreError> {
    T::decode_all(&mut bytes).map_err(|_| StoreError::Unreadable { channel })
}

impl Drop for Store {
    /// What was submitted is written first, and the directory is free for others afterwards.
    fn drop(&mut self) {
        self.jobs = None;
        let writer = self
            .writer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            // It ends when it has nothing left to write; if it panicked, those who waited were told.
            let _ = writer.join();
        }
    }
}
