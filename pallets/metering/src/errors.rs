//! Why calls are refused.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
    /// Why a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The bond is below the least that hosts have on hold (constant `MinBond`). Offer more.
        BondTooLow,
        /// Channels to the host are kept, for whose truth its bond stands. Close them, and have them forgotten once the notice period is over.
        ChannelsKept,
        /// The host offers models. Withdraw its offers first.
        OffersMade,
        /// The account is no host. Register it first.
        HostNotFound,
        /// The price is 0. What is free needs no channel.
        PriceZero,
        /// The host's share is above what the chain allows hosts by now, or above what the model's owner lets them keep. Ask for less, or for another offer
        /// of the owner.
        HostShareTooHigh,
        /// The address is empty, or has other characters than printable ASCII without blanks. Encode others as URIs do.
        InvalidEndpoint,
        /// The account cannot have so much on hold: free coins beyond the existential deposit are too few, or other pallets have too many holds
        /// there.
        DepositNotPayable,
        /// The host does not offer the model. Look its offers up (storage `Offers`).
        OfferNotFound,
        /// No units are wanted. Reserve one at least.
        NoUnits,
        /// The channel would end in this block or before, or last longer than channels do (constant `MaxDuration`). Choose another end.
        DurationOutOfBounds,
        /// The host's price is above the most that the consumer would pay. Look it up again.
        PriceAboveLimit,
        /// The host lost its bond, or has less on hold than hosts need by now. It has to register again with another one.
        HostWithoutBond,
        /// The price leaves the model less than its owner asks for, after protocol fee and host share. The host has to ask for more, or to keep less.
        PriceTooLow,
        /// No voucher is given. Give one at least.
        NothingToSettle,
        /// There is no such channel, or it is forgotten. Check its identifier, which is in the `ChannelOpened` event.
        ChannelNotFound,
        /// The channel has ended, or its time is over: vouchers were taken until the notice period after its end.
        ChannelOver,
        /// The voucher pays for no more calls than were settled before. Settle a later one.
        VoucherOutdated,
        /// The voucher has fewer units more than calls more: each call takes one at least.
        TooFewUnits,
        /// The voucher has more units than the channel reserved. Open another channel for more.
        UnitsExceeded,
        /// The voucher's amount is not the channel's price of its units.
        AmountMismatch,
        /// The signature is not that of the channel's key over this content on this chain.
        InvalidSignature,
        /// Only the host settles a voucher without the consent of the channel's receipt key.
        ConsentMissing,
        /// The consumer closed the channel before. It ends when the notice period is over.
        AlreadyClosing,
        /// The signer is neither host nor consumer, and the channel's time is not over.
        NotAuthorized,
        /// A receipt of this channel has cost the host its bond already.
        AlreadyChallenged,
        /// The channel has ended so long ago that its receipts are not contradicted any more.
        ChallengeOver,
        /// The receipt is at the channel's price.
        ReceiptAtPrice,
        /// No call of this number is settled. A host may sign what is never paid for.
        ReceiptNotSettled,
        /// The leaf does not have this number in the tree that was settled. Make its path again from all receipts.
        LeafNotProven,
        /// The leaf that was settled is that of this receipt.
        ReceiptSettled,
        /// The channel has not ended, or receipts can still contradict it. Wait for the notice period after its end.
        NotOver,
    }
}
