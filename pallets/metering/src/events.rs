//! What happens to hosts and channels, as events tell it.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// What happened. All channels and their money follow from it.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An account is a host, with this key and bond from now on.
        HostRegistered {
            /// The host.
            host: T::AccountId,
            /// Signs its receipts.
            key: T::AccountId,
            /// All that is on hold for their truth.
            bond: Balance,
        },
        /// An account is a host no more; its bond is released.
        HostLeft {
            /// The account.
            host: T::AccountId,
            /// What is released.
            bond: Balance,
        },
        /// A host answers calls of a model, at this price from now on.
        OfferMade {
            /// The model.
            model: ModelId,
            /// The host.
            host: T::AccountId,
            /// What a unit costs.
            price: Balance,
            /// The host's part of what the protocol fee leaves.
            share: Perbill,
            /// Where.
            endpoint: Endpoint,
        },
        /// A host takes no new channels for a model.
        OfferWithdrawn {
            /// The model.
            model: ModelId,
            /// The host.
            host: T::AccountId,
        },
        /// A channel is open.
        ChannelOpened {
            /// Its identifier.
            channel: ChannelId,
            /// Who pays.
            consumer: T::AccountId,
            /// Who answers.
            host: T::AccountId,
            /// What is called.
            model: ModelId,
            /// Signs vouchers.
            key: T::AccountId,
            /// Signs receipts.
            receipt_key: T::AccountId,
            /// What a unit costs.
            price: Balance,
            /// The host's part of what the protocol fee leaves.
            share: Perbill,
            /// How many units are reserved, and their price on hold.
            units: u64,
            /// The first block in which no calls are answered any more.
            expires: u32,
            /// On hold for its place, beside that.
            deposit: Balance,
        },
        /// Calls through a channel were paid.
        ChannelSettled {
            /// The channel.
            channel: ChannelId,
            /// The model.
            model: ModelId,
            /// How many calls more than before.
            calls: u32,
            /// What was paid for them.
            paid: Balance,
            /// Of that, what the model had.
            net: Balance,
            /// What is settled now, from the beginning.
            settled: Settled,
        },
        /// A voucher was not settled.
        SettlementFailed {
            /// Its place in the call, counted from 0.
            index: u32,
            /// Its channel.
            channel: ChannelId,
            /// What stands against it.
            error: DispatchError,
        },
        /// How often calls used contributions: what the host says, which nobody has checked and which moves no money.
        UsageStated {
            /// Who says so.
            host: T::AccountId,
            /// Of which models, since the settlement before.
            usage: StatedUsage,
        },
        /// A consumer wants a channel to end.
        ChannelClosing {
            /// The channel.
            channel: ChannelId,
            /// The first block in which no voucher is taken any more.
            until: u32,
        },
        /// A channel has ended.
        ChannelEnded {
            /// The channel.
            channel: ChannelId,
            /// What was not paid, which is the consumer's again.
            returned: Balance,
            /// How many units were not called.
            units: u64,
        },
        /// A receipt of a host contradicted what was settled: its bond is lost.
        HostChallenged {
            /// The channel.
            channel: ChannelId,
            /// The host.
            host: T::AccountId,
            /// Who showed it.
            challenger: T::AccountId,
            /// The number of the receipt.
            number: u32,
            /// What the challenger had of the bond.
            reward: Balance,
            /// What of it was burnt.
            burnt: Balance,
        },
        /// A channel is kept no more.
        ChannelForgotten {
            /// The channel.
            channel: ChannelId,
            /// What was on hold for its place, which is the consumer's again.
            deposit: Balance,
        },
    }
}
