#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

// All of it: the macro that takes sections in asks for others by their names.
use frame_support::pallet_macros::*;

mod channels;
mod errors;
mod events;
mod hosts;
mod invariants;
mod settling;
pub mod types;
pub mod weights;

#[cfg(any(test, feature = "runtime-benchmarks"))]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::boxed::Box;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, InspectHold, Mutate, MutateHold},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::{
        traits::{IdentifyAccount, StaticLookup, Verify},
        Perbill,
    };
    use tributary_primitives::{
        ids::{ChannelId, ModelId},
        metering::{Contradiction, Receipt, Settled, MAX_USAGE},
        roles::{CallLicences, CallRevenue},
        Balance,
    };

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the pallet needs of the runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config<Hash = H256> {
        /// The coin.
        type Currency: Inspect<Self::AccountId, Balance = Balance>
            + Mutate<Self::AccountId>
            + InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + MutateHold<Self::AccountId>;

        /// The runtime's reasons for holding money.
        type RuntimeHoldReason: From<HoldReason>;

        /// Of vouchers and receipts: as accounts sign transactions.
        type Signature: Parameter
            + MaxEncodedLen
            + Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;

        /// What the owners of models allow and ask.
        type Licences: CallLicences<Self::AccountId>;

        /// Takes what calls cost.
        type Revenue: CallRevenue<Self::AccountId, HoldReason = Self::RuntimeHoldReason>;

        /// The least that a host has on hold for the truth of its receipts.
        #[pallet::constant]
        type MinBond: Get<Balance>;

        /// How many blocks others have to act: the host with a last voucher after a consumer wants a channel to end, or after it expires;
        /// anybody with a contradiction after it has ended.
        #[pallet::constant]
        type NoticePeriod: Get<u32>;

        /// How many blocks a channel lasts at the most: so long it keeps others from the units that it reserves.
        #[pallet::constant]
        type MaxDuration: Get<u32>;

        /// Held for each storage item of an offer or a channel.
        #[pallet::constant]
        type DepositPerItem: Get<Balance>;

        /// Held for each stored byte of an offer or a channel.
        #[pallet::constant]
        type DepositPerByte: Get<Balance>;

        /// What the calls weigh.
        type WeightInfo: WeightInfo;
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// The most vouchers of one call.
        #[pallet::constant_name(MaxSettlements)]
        fn max_settlements() -> u32 {
            MAX_SETTLEMENTS
        }

        /// The most counts of uses of one call.
        #[pallet::constant_name(MaxUsage)]
        fn max_usage() -> u32 {
            MAX_USAGE
        }

        /// The most bytes of a host's address.
        #[pallet::constant_name(MaxEndpoint)]
        fn max_endpoint() -> u32 {
            MAX_ENDPOINT
        }
    }

    /// Why this pallet has money of an account on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// To pay for calls through the account's channels.
        Calls,
        /// For what is stored of the account's offers and channels.
        Storage,
        /// For the truth of the account's receipts, as a host.
        Bond,
    }

    /// Those who answer calls. Accounts are chosen by their owners, hence the cryptographic hash. A host that has lost its bond stays here until it
    /// leaves: what was burnt has paid for that.
    #[pallet::storage]
    pub type Hosts<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, HostOf<T>>;

    /// What hosts ask for calls of a model. Identifiers of models are counted up by the chain, so that nobody chooses where a key lies.
    #[pallet::storage]
    pub type Offers<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ModelId, Blake2_128Concat, T::AccountId, HostOffer>;

    /// The identifier of the next channel, which is how many there were. None is ever used twice, so that no voucher is good for two.
    #[pallet::storage]
    pub type NextChannel<T> = StorageValue<_, ChannelId, ValueQuery>;

    /// The channels that are not forgotten. Identifiers are counted up by the chain.
    #[pallet::storage]
    pub type Channels<T: Config> = StorageMap<_, Twox64Concat, ChannelId, ChannelOf<T>>;

    /// What of each model's calls was settled. Never removed, as statements of what data have earned need it, and paid by nobody's deposit: it is one item
    /// of 56 bytes for a model, which nobody removes either, and comes with the first payment for a call.
    #[pallet::storage]
    pub type Calls<T> = StorageMap<_, Twox64Concat, ModelId, CallTotals, ValueQuery>;

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                T::NoticePeriod::get() > 0 && T::MaxDuration::get() > 0,
                "periods last"
            );
            assert!(
                Self::offer_deposit().is_ok() && Self::channel_deposit().is_ok(),
                "the deposit of anything that can be stored fits a balance"
            );
            assert!(
                Self::place_of_host().is_ok_and(|price| T::MinBond::get() / 2 >= price),
                "what is burnt of a bond pays for the place of the host that lost it"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A host.
        pub fn host(host: T::AccountId) -> Option<HostOf<T>> {
            Hosts::<T>::get(host)
        }

        /// What a host asks for calls of a model.
        pub fn offer_of(model: ModelId, host: T::AccountId) -> Option<HostOffer> {
            Offers::<T>::get(model, host)
        }

        /// A channel that is not forgotten.
        pub fn channel(channel: ChannelId) -> Option<ChannelOf<T>> {
            Channels::<T>::get(channel)
        }

        /// What of a model's calls was settled.
        pub fn calls(model: ModelId) -> CallTotals {
            Calls::<T>::get(model)
        }

        /// What a consumer has on hold for the place of a channel until it is forgotten, beside the money for its units.
        pub fn deposit_of_channel() -> Balance {
            Self::channel_deposit().unwrap_or_default()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Makes the signer a host, or changes its key or bond.
        ///
        /// - `key`: signs the receipts of channels that are opened from now on. Those that are open keep theirs.
        /// - `bond`: all that is on hold from now on. Half of it is burnt and half goes to whoever shows that a receipt contradicts what was settled. It
        ///   can be lowered while no channel to the host is kept.
        ///
        /// Origin: signed.
        ///
        /// Errors: `BondTooLow`, `ChannelsKept`, `DepositNotPayable`.
        ///
        /// Events: `HostRegistered`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register())]
        pub fn register(
            origin: OriginFor<T>,
            key: T::AccountId,
            #[pallet::compact] bond: Balance,
        ) -> DispatchResult {
            let host = ensure_signed(origin)?;
            Self::do_register(host, key, bond)
        }

        /// Ends being a host, and releases the bond.
        ///
        /// Origin: signed by a host without offers, and to whom no channel is kept.
        ///
        /// Errors: `HostNotFound`, `OffersMade`, `ChannelsKept`.
        ///
        /// Events: `HostLeft`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::leave())]
        pub fn leave(origin: OriginFor<T>) -> DispatchResult {
            let host = ensure_signed(origin)?;
            Self::do_leave(host)
        }

        /// Says what calls of a model cost from now on. Channels that are open keep what was agreed.
        ///
        /// - `model`: the model.
        /// - `price`: what a unit costs: protocol fee, host and model together. A channel opens only where that leaves the model what its owner
        ///   asks for.
        /// - `share`: the host's part of what the protocol fee leaves of it.
        /// - `endpoint`: where calls are answered, such as `https://host.example/v1`.
        ///
        /// Origin: signed by a host; a deposit for what is stored is on hold until the offer is withdrawn.
        ///
        /// Errors: `HostNotFound`, `PriceZero`, `HostShareTooHigh`, `InvalidEndpoint`, `DepositNotPayable`.
        ///
        /// Events: `OfferMade`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::make_offer())]
        pub fn make_offer(
            origin: OriginFor<T>,
            #[pallet::compact] model: ModelId,
            #[pallet::compact] price: Balance,
            share: Perbill,
            endpoint: Endpoint,
        ) -> DispatchResult {
            let host = ensure_signed(origin)?;
            Self::do_make_offer(host, model, price, share, endpoint)
        }

        /// Offers a model no more, and releases the deposit. Channels that are open stay as agreed.
        ///
        /// Origin: signed by the host.
        ///
        /// Errors: `OfferNotFound`.
        ///
        /// Events: `OfferWithdrawn`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::withdraw_offer())]
        pub fn withdraw_offer(
            origin: OriginFor<T>,
            #[pallet::compact] model: ModelId,
        ) -> DispatchResult {
            let host = ensure_signed(origin)?;
            Self::do_withdraw_offer(host, model)
        }

        /// Opens a channel: what a host offers is agreed, and never changes.
        ///
        /// - `host`, `model`: of the offer.
        /// - `key`: signs vouchers. Whoever has it can spend what is on hold, on this host.
        /// - `units`: how many are reserved, and the money for them put on hold.
        /// - `price`: the most that a unit may cost, so that nobody raises it before this is in a block.
        /// - `expires`: the first block in which no calls are answered any more.
        ///
        /// Origin: signed; money for all units is on hold until it is paid or the channel has ended, and a deposit for its place until it is forgotten.
        ///
        /// Errors: `NoUnits`, `DurationOutOfBounds`, `OfferNotFound`, `PriceAboveLimit`, `HostWithoutBond`, `HostShareTooHigh`, `PriceTooLow`,
        /// `DepositNotPayable`; those of the licence, such as `NotOffered`, `CallsNotAllowed`, `QuotaExceeded`, `AssetExpired`, `ModelStale`.
        ///
        /// Events: `ChannelOpened`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::open())]
        #[allow(clippy::too_many_arguments)]
        pub fn open(
            origin: OriginFor<T>,
            host: AccountIdLookupOf<T>,
            #[pallet::compact] model: ModelId,
            key: T::AccountId,
            #[pallet::compact] units: u64,
            #[pallet::compact] price: Balance,
            expires: u32,
        ) -> DispatchResult {
            let consumer = ensure_signed(origin)?;
            let host = T::Lookup::lookup(host)?;
            let wanted = Wanted {
                host,
                model,
                key,
                units,
                price,
                expires,
            };
            Self::do_open(consumer, wanted).map(|_| ())
        }

        /// Pays what vouchers say beyond what their channels have paid before. Each fails alone: what stands against one is in its
        /// `SettlementFailed`. If all fail, so does the call, with what stands against the first.
        ///
        /// - `settlements`: vouchers, which say what is owed from a channel's beginning: a later one makes all earlier ones worthless.
        /// - `usage`: how often calls used contributions, as the signer says, of models whose channels to the signer are settled here; others are left out.
        ///   It moves no money.
        ///
        /// Origin: signed by the host; by anybody, for vouchers that the channel's receipt key consents to.
        ///
        /// Errors: `NothingToSettle`; for a voucher: `ChannelNotFound`, `ChannelOver`, `VoucherOutdated`, `TooFewUnits`, `UnitsExceeded`,
        /// `AmountMismatch`, `InvalidSignature`, `ConsentMissing`.
        ///
        /// Events: for each voucher `ChannelSettled` or `SettlementFailed`; `UsageStated`.
        #[pallet::call_index(5)]
        #[pallet::weight(Pallet::<T>::weight_of_settling(settlements.len(), usage.len()))]
        pub fn settle(
            origin: OriginFor<T>,
            settlements: SettlementsOf<T>,
            usage: StatedUsage,
        ) -> DispatchResult {
            let signer = ensure_signed(origin)?;
            Self::do_settle(signer, settlements, usage)
        }

        /// Ends a channel, and gives back what is not paid: at once if its host wants it or its time is over, after the notice period if its consumer
        /// wants it, so that the host can settle a last voucher.
        ///
        /// Origin: signed by the host or the consumer; by anybody once its time is over.
        ///
        /// Errors: `ChannelNotFound`, `ChannelOver`, `AlreadyClosing`, `NotAuthorized`.
        ///
        /// Events: `ChannelEnded`, or `ChannelClosing`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::close_at_once().max(T::WeightInfo::close_later()))]
        pub fn close(
            origin: OriginFor<T>,
            #[pallet::compact] channel: ChannelId,
        ) -> DispatchResultWithPostInfo {
            let signer = ensure_signed(origin)?;
            let ended = Self::do_close(signer, channel)?;
            let weight = if ended {
                T::WeightInfo::close_at_once()
            } else {
                T::WeightInfo::close_later()
            };
            Ok(Some(weight).into())
        }

        /// Shows that a receipt which a host signed contradicts its channel: half of the host's bond goes to the signer, the rest is burnt.
        ///
        /// - `receipt`, `signature`: of the receipt's leaf, by the channel's receipt key.
        /// - `contradiction`: that it is not at the channel's price, or that another leaf has its number in the tree that was settled.
        ///
        /// A channel can cost a host its bond once, from its opening until the notice period after its end. Whoever is first is paid: the signature is the
        /// host's alone, so that whoever sees a challenge can send it as well, the host itself included.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `ChannelNotFound`, `AlreadyChallenged`, `ChallengeOver`, `InvalidSignature`, `ReceiptAtPrice`, `ReceiptNotSettled`, `LeafNotProven`,
        /// `ReceiptSettled`, `HostWithoutBond`.
        ///
        /// Events: `HostChallenged`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::challenge())]
        pub fn challenge(
            origin: OriginFor<T>,
            receipt: Receipt,
            signature: T::Signature,
            contradiction: Box<Contradiction>,
        ) -> DispatchResult {
            let challenger = ensure_signed(origin)?;
            Self::do_challenge(challenger, receipt, signature, &contradiction)
        }

        /// Removes a channel that has ended so long ago that nothing about it can be contradicted any more, and releases its deposit.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `ChannelNotFound`, `NotOver`.
        ///
        /// Events: `ChannelForgotten`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::forget())]
        pub fn forget(
            origin: OriginFor<T>,
            #[pallet::compact] channel: ChannelId,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_forget(channel)
        }
    }

    /// How calls name an account.
    pub type AccountIdLookupOf<T> = <<T as frame_system::Config>::Lookup as StaticLookup>::Source;

    /// What a consumer wants of a host.
    pub(crate) struct Wanted<AccountId> {
        pub(crate) host: AccountId,
        pub(crate) model: ModelId,
        pub(crate) key: AccountId,
        pub(crate) units: u64,
        pub(crate) price: Balance,
        pub(crate) expires: u32,
    }
}
