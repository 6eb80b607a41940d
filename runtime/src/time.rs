//! Units of time. Blocks come once a slot unless the slot's author is absent, so a number of blocks
//! is a time "at least".

use crate::BlockNumber;

/// How long a slot lasts, in milliseconds. It cannot change once a chain has started.
pub const SLOT_MILLISECONDS: u64 = 3_000;

/// Blocks in a minute.
pub const MINUTES: BlockNumber = 60_000 / (SLOT_MILLISECONDS as BlockNumber);
/// Blocks in an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks in a day.
pub const DAYS: BlockNumber = 24 * HOURS;
