//! The tree of a channel's receipts, as both sides keep it.

use codec::{Decode, Encode};
use sp_core::H256;
use tributary_primitives::{
    ids::ChannelId,
    merkle::{Overflow, Range},
    metering::{Receipt, Settled, Voucher},
    Balance,
};

/// What a channel's first receipts come to.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Totals {
    /// How many receipts.
    pub count: u32,
    /// Their units.
    pub units: u64,
    /// What they cost together.
    pub amount: Balance,
    /// Hash of the root of their tree; zero if there are none.
    pub root: H256,
}

impl Totals {
    /// The voucher that pays them, sent with an order.
    pub fn voucher(&self, channel: ChannelId, order: H256) -> Voucher {
        Voucher {
            channel,
            count: self.count,
            units: self.units,
            amount: self.amount,
            root: self.root,
            order,
        }
    }
}

impl From<&Voucher> for Totals {
    fn from(voucher: &Voucher) -> Self {
        Self {
            count: voucher.count,
            units: voucher.units,
            amount: voucher.amount,
            root: voucher.root,
        }
    }
}

impl From<Settled> for Totals {
    fn from(settled: Settled) -> Self {
        Self {
            count: settled.count,
            units: settled.units,
            amount: settled.amount,
            root: settled.root,
        }
    }
}

/// What must be kept of a channel's receipts to append to them.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub(crate) struct Book {
    range: Range,
    units: u64,
}

impl Book {
    pub(crate) fn count(&self) -> u32 {
        self.range.count
    }

    pub(crate) fn units(&self) -> u64 {
        self.units
    }

    pub(crate) fn totals(&self) -> Totals {
        let root = self.range.root();
        Totals {
            count: self.range.count,
            units: self.units,
            amount: root.sum,
            root: root.hash,
        }
    }

    /// Appends a receipt with its leaf. On an error the book stays as it was.
    pub(crate) fn append(&mut self, leaf: H256, receipt: &Receipt) -> Result<(), Overflow> {
        let units = self.units.checked_add(receipt.units).ok_or(Overflow)?;
        self.range.append(leaf, receipt.amount)?;
        self.units = units;
        Ok(())
    }
}
