//! What goes wrong on the consumer's side.

use thiserror::Error;
use tributary_primitives::ids::ChannelId;

use crate::store::StoreError;

/// Why no call is made, or why an answer is not one that is paid for. Nothing has changed then.
#[derive(Clone, Debug, Error)]
pub enum Trouble {
    /// There is no such channel here.
    #[error("channel {0} is not known here")]
    UnknownChannel(ChannelId),
    /// The channel's time is over.
    #[error("the channel answers no new calls since block {expires}")]
    Expired {
        /// The first block in which it does not.
        expires: u32,
    },
    /// The key that signs its vouchers is not here.
    #[error("the key that signs for channel {0} is not here")]
    KeyMissing(ChannelId),
    /// Calls before it have no answer yet.
    #[error("call {number} has no answer yet; make it again, which costs nothing more")]
    Outstanding {
        /// The first one.
        number: u32,
    },
    /// The channel has too few units left.
    #[error("the call may take {most} units, and the channel has {left} left")]
    UnitsExhausted {
        /// What the call may take.
        most: u64,
        /// What is left, without what calls without an answer may take.
        left: u64,
    },
    /// A call that may take no units is none.
    #[error("a call takes one unit at least")]
    NoUnits,
    /// No such call waits for an answer.
    #[error("no call {number} of the channel waits for an answer")]
    NotAsked {
        /// The number.
        number: u32,
    },
    /// Calls after it wait for answers.
    #[error("calls after number {number} wait for answers; withdraw them first")]
    NotLast {
        /// The number.
        number: u32,
    },
    /// The receipt is of another channel.
    #[error("the receipt is of channel {receipt}, and the call of channel {call}")]
    OtherChannel {
        /// That of the receipt.
        receipt: ChannelId,
        /// That of the call.
        call: ChannelId,
    },
    /// The receipt is not signed by the host.
    #[error("the receipt is not signed by the channel's receipt key")]
    WrongSignature,
    /// The receipt is of another request.
    #[error("the receipt of call {number} is not of what was asked")]
    OtherRequest {
        /// The call's number.
        number: u32,
    },
    /// The receipt is of another response.
    #[error("the receipt of call {number} is not of what was answered")]
    OtherResponse {
        /// The call's number.
        number: u32,
    },
    /// The host counts more units than were allowed, or none.
    #[error(
        "the host counts {units} units for call {number}, which may take between 1 and {most}"
    )]
    UnitsOutOfBounds {
        /// The call's number.
        number: u32,
        /// What the host counts.
        units: u64,
        /// What the call may take.
        most: u64,
    },
    /// The amount is not the channel's price of its units. Who has the receipt can challenge the host.
    #[error("the receipt of call {number} is not at the channel's price: it can be challenged")]
    WrongPrice {
        /// The call's number.
        number: u32,
    },
    /// The host signed two receipts of one number. If it settles one, who has the other can challenge it.
    #[error("the host has signed another receipt of call {number} before: keep both")]
    SignedTwice {
        /// The call's number.
        number: u32,
    },
    /// Nothing is known of what is on disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}
