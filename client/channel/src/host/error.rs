//! Why a host refuses.

use thiserror::Error;
use tributary_primitives::ids::ChannelId;

use crate::{store::StoreError, terms::UnusableTerms};

/// Why a host does not answer a call or take a voucher. Nothing has changed then, and nothing is owed.
#[derive(Clone, Debug, Error)]
pub enum Refusal {
    /// There is no such channel here.
    #[error("channel {0} is not known here")]
    UnknownChannel(ChannelId),
    /// The channel's time is over.
    #[error("the channel answers no new calls since block {expires}")]
    Expired {
        /// The first block in which it does not.
        expires: u32,
    },
    /// The voucher was signed for another call.
    #[error("the voucher's order is not that of this call and this request")]
    OtherOrder,
    /// The voucher's signature is wrong.
    #[error("the voucher is not signed by the channel's voucher key")]
    WrongSignature,
    /// The number is that of a call with another request.
    #[error("call {number} was made with another request")]
    Conflict {
        /// The number.
        number: u32,
    },
    /// The same call is being answered.
    #[error("call {number} is being answered")]
    InProgress {
        /// Its number.
        number: u32,
    },
    /// A call before it was not made.
    #[error("the next call of the channel is number {next}")]
    NotNext {
        /// The number of the next one.
        next: u32,
    },
    /// The answer was dropped, since its consumer has paid for it.
    #[error(
        "the answer of call {number} is paid for and kept no longer; the next call is number {next}"
    )]
    AnswerDropped {
        /// The call's number.
        number: u32,
        /// That of the next one.
        next: u32,
    },
    /// Too many calls would be unpaid.
    #[error("the voucher pays {paid} calls; before this one is answered, {least} must be paid")]
    Unpaid {
        /// How many it pays.
        paid: u32,
        /// How many it must.
        least: u32,
    },
    /// The voucher pays calls that were not answered.
    #[error("the voucher pays {paid} calls, and only {answered} were answered")]
    NotAnswered {
        /// How many it pays.
        paid: u32,
        /// How many there are.
        answered: u32,
    },
    /// The voucher's units are not those of its receipts.
    #[error("the voucher has {stated} units, and its receipts {units}")]
    WrongUnits {
        /// Those of the voucher.
        stated: u64,
        /// Those of the receipts.
        units: u64,
    },
    /// The voucher's amount is not that of its receipts.
    #[error("the voucher pays {stated}, and its receipts cost {amount}")]
    WrongAmount {
        /// That of the voucher.
        stated: u128,
        /// That of the receipts.
        amount: u128,
    },
    /// The voucher's root is not that of its receipts.
    #[error("the voucher's root is not that of the receipts that it pays")]
    WrongRoot,
    /// The voucher pays fewer calls than an earlier one.
    #[error("the voucher pays {paid} calls, and an earlier one {best}")]
    Outdated {
        /// How many it pays.
        paid: u32,
        /// How many the earlier one does.
        best: u32,
    },
    /// The channel has too few units left for the call.
    #[error("the call may take {most} units, and the channel has {left} left")]
    UnitsExhausted {
        /// What the call may take.
        most: u64,
        /// What is left, without what calls under way may take.
        left: u64,
    },
    /// A call takes one unit at least, and not more than was said before.
    #[error("the call took {units} units, and should take between 1 and {most}")]
    UnitsOutOfBounds {
        /// What it took.
        units: u64,
        /// What it may take.
        most: u64,
    },
    /// A call before this one was given up, so that this one cannot have its number.
    #[error("call {number} is given up with one before it; make both again")]
    GivenUp {
        /// The call's number.
        number: u32,
    },
    /// The chain has settled receipts that are not here: to answer their numbers again would cost the bond.
    #[error("the chain has settled receipts of channel {0} that are not here: no more calls of it are answered")]
    ReceiptsMissing(ChannelId),
    /// The key that signs its receipts is not here.
    #[error("the key that signs for channel {0} is not here")]
    KeyMissing(ChannelId),
    /// Nothing is known of what is on disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a channel cannot be added.
#[derive(Clone, Debug, Error)]
pub enum AddError {
    /// The terms cannot be those of a channel.
    #[error(transparent)]
    Unusable(#[from] UnusableTerms),
    /// There is a channel of this number with other terms.
    #[error("channel {0} is known with other terms")]
    OtherTerms(ChannelId),
    /// The key that the channel names is not here.
    #[error("the key that signs for channel {0} is not here")]
    KeyMissing(ChannelId),
    /// The channel is older than the database: receipts of it may have been signed that are not here.
    #[error("channel {channel} is older than the database of receipts, which begins with channel {first}")]
    Older {
        /// The channel.
        channel: ChannelId,
        /// The first one that is answered.
        first: ChannelId,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
