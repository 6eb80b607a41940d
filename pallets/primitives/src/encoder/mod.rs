//! How a record, as it is delivered, becomes a vector of `i8`, and how records lie one after the other in a batch.
//!
//! | [`Encoder`] | a record | its raw bytes | its features |
//! |---|---|---|---|
//! | `Vector` | d bytes, then its label | the d bytes | the same |
//! | `Text` | length of the text in bytes (`u16`, little endian), the text, then its label | the text | [`text::features`] |
//!
//! Its leaf is [`hashing::record_leaf`](crate::hashing::record_leaf) of raw bytes, label and features.

pub mod text;

use alloc::borrow::Cow;
use core::ops::RangeInclusive;

use crate::datanets::Encoder;
pub use text::{TextError, MAX_TEXT};

/// A record as it is delivered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RawRecord<'a> {
    /// What the encoder takes.
    pub raw: &'a [u8],
    /// Its class.
    pub label: u8,
    /// All its bytes, length and label included.
    pub bytes: &'a [u8],
}

/// The bytes end within a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotWhole;

impl Encoder {
    /// The fewest and the most bytes of a record of d = `dimension` that can be encoded, length and label included.
    pub fn record_bytes(self, dimension: u16) -> RangeInclusive<u32> {
        match self {
            Self::Vector => {
                let bytes = u32::from(dimension) + 1;
                bytes..=bytes
            }
            Self::Text => 4..=u32::from(MAX_TEXT) + 3,
        }
    }

    /// The records that lie one after the other. What does not end with a record is an error, after which there is nothing.
    pub fn records(
        self,
        dimension: u16,
        bytes: &[u8],
    ) -> impl Iterator<Item = Result<RawRecord<'_>, NotWhole>> {
        let mut rest = bytes;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let record = self.split(dimension, rest);
            rest = record.map_or(&[][..], |record| &rest[record.bytes.len()..]);
            Some(record.ok_or(NotWhole))
        })
    }

    /// The first record of some bytes.
    fn split(self, dimension: u16, bytes: &[u8]) -> Option<RawRecord<'_>> {
        let (header, length) = match self {
            Self::Vector => (0, dimension.into()),
            Self::Text => {
                let length = u16::from_le_bytes(*bytes.first_chunk()?);
                (2, usize::from(length))
            }
        };
        let bytes = bytes.get(..header + length + 1)?;
        let (label, front) = bytes.split_last()?;
        Some(RawRecord {
            raw: &front[header..],
            label: *label,
            bytes,
        })
    }

    /// What the encoder makes of a record: the bytes of a vector of d = `dimension` numbers.
    ///
    /// # Errors
    ///
    /// A text cannot be encoded. Vectors always can.
    pub fn features(self, dimension: u16, raw: &[u8]) -> Result<Cow<'_, [u8]>, TextError> {
        match self {
            Self::Vector => Ok(Cow::Borrowed(raw)),
            Self::Text => text::features(raw, dimension).map(Cow::Owned),
        }
    }
}
