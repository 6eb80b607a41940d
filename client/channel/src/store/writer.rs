//! The thread that writes.

use std::{
    iter,
    sync::{mpsc, Arc},
    thread::{Builder, JoinHandle},
};

use fjall::{Database, Keyspace, PersistMode};

use super::{Change, StoreError, Table, Then};

/// The most submissions that are written together, so that the first of them does not wait for a disk that writes for long.
const TOGETHER: usize = 4_096;

/// Changes, and who waits for them.
pub(super) struct Job {
    pub(super) changes: Vec<Change>,
    pub(super) then: Then,
}

pub(super) fn start(
    database: Database,
    tables: [Keyspace; Table::COUNT],
    waiting: mpsc::Receiver<Job>,
) -> Result<JoinHandle<()>, StoreError> {
    Builder::new()
        .name("receipts".into())
        .spawn(move || write_all(&database, &tables, &waiting))
        .map_err(|error| StoreError::Thread(Arc::new(error)))
}

/// Writes until nobody can submit any more. After a failure nothing is written: what is in memory is then ahead of the disk.
fn write_all(
    database: &Database,
    tables: &[Keyspace; Table::COUNT],
    waiting: &mpsc::Receiver<Job>,
) {
    let mut failed = false;
    while let Ok(first) = waiting.recv() {
        let (changes, then): (Vec<_>, Vec<_>) = iter::once(first)
            .chain(waiting.try_iter().take(TOGETHER - 1))
            .map(|job| (job.changes, job.then))
            .unzip();
        let outcome = if failed {
            Err(StoreError::Closed)
        } else {
            write(database, tables, changes)
        };
        failed = outcome.is_err();
        for then in then {
            then(outcome.clone());
        }
    }
}

fn write(
    database: &Database,
    tables: &[Keyspace; Table::COUNT],
    changes: Vec<Vec<Change>>,
) -> Result<(), StoreError> {
    let mut batch = database.batch().durability(Some(PersistMode::SyncData));
    for change in changes.into_iter().flatten() {
        let table = &tables[change.table as usize];
        match change.value {
            Some(value) => batch.insert(table, change.key, value),
            None => batch.remove(table, change.key),
        }
    }
    Ok(batch.commit()?)
}
