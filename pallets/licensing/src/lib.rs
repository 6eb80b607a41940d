#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

// All of it: the macro that takes sections in asks for others by their names.
use frame_support::pallet_macros::*;

mod calls;
mod errors;
mod events;
mod functions;
mod impls;
mod invariants;
mod known_late;
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
mod preparation;
mod queries;
mod refusals;
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
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, InspectHold, Mutate, MutateHold},
    };
    use frame_system::pallet_prelude::*;
    use sp_runtime::{traits::StaticLookup, Perbill};
    use tributary_primitives::{
        assets::{Asset, LateRoyalties, RoyaltyStack, MAX_LATE},
        ids::{ModelId, TermsId},
        licences::{
            Generation, LicenceTerms, ModelQuote, Origin, Refusal, Use, UseQuote, UseRefusal,
            MAX_GATES, MAX_ROYALTIES, MAX_SOURCES, MAX_SOURCE_MODELS, MAX_SOURCE_POOLS, MAX_SPDX,
            MAX_URI,
        },
        roles::Revenue,
        Balance,
    };

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The coin of deposits and fees.
        type Currency: Inspect<Self::AccountId, Balance = Balance>
            + Mutate<Self::AccountId>
            + InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + MutateHold<Self::AccountId>;

        /// Why money is on hold, in the whole runtime.
        type RuntimeHoldReason: From<HoldReason>;

        /// Takes upfront fees.
        type Revenue: Revenue<Self::AccountId>;

        /// The largest part of a payment, after the protocol fee, that an owner may let hosts keep.
        #[pallet::constant]
        type MaxHostShare: Get<Perbill>;

        /// Held for each storage item of terms, an asset or a grant.
        #[pallet::constant]
        type DepositPerItem: Get<Balance>;

        /// Held for each stored byte of terms, an asset or a grant.
        #[pallet::constant]
        type DepositPerByte: Get<Balance>;

        /// What the calls weigh.
        type WeightInfo: WeightInfo;
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// The most models that a model comes from directly.
        #[pallet::constant_name(MaxSourceModels)]
        fn max_source_models() -> u32 {
            MAX_SOURCE_MODELS
        }

        /// The most pools that a model comes from directly.
        #[pallet::constant_name(MaxSourcePools)]
        fn max_source_pools() -> u32 {
            MAX_SOURCE_POOLS
        }

        /// The most sources of a model that its owner had left out, and the most royalties that it owes late.
        #[pallet::constant_name(MaxLate)]
        fn max_late() -> u32 {
            MAX_LATE
        }

        /// The most ancestors that every further descendant of an asset has to ask.
        #[pallet::constant_name(MaxGates)]
        fn max_gates() -> u32 {
            MAX_GATES
        }

        /// The most that all royalties of an asset come to.
        #[pallet::constant_name(MaxRoyalties)]
        fn max_royalties() -> Perbill {
            MAX_ROYALTIES
        }

        /// The most bytes of the address of a legal text.
        #[pallet::constant_name(MaxUri)]
        fn max_uri() -> u32 {
            MAX_URI
        }

        /// The most bytes of an SPDX identifier.
        #[pallet::constant_name(MaxSpdx)]
        fn max_spdx() -> u32 {
            MAX_SPDX
        }
    }

    /// Why this pallet has money of an account on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// For the terms that the account published.
        Terms,
        /// For what the account's assets keep in state here.
        Asset,
        /// For the account's grants and applications.
        Grant,
        /// For the upfront fees of the account's applications, until they are decided.
        Fee,
    }

    /// All terms. They never change. The identifier is their hash, hence no other.
    #[pallet::storage]
    pub type Licences<T: Config> = StorageMap<_, Identity, TermsId, LicenceTerms>;

    /// Who published each terms, and how many assets are under them.
    #[pallet::storage]
    pub type Publications<T: Config> = StorageMap<_, Identity, TermsId, PublicationOf<T>>;

    /// Each asset with its terms. Identifiers are counted up by the chain, so that nobody chooses where a key lies.
    #[pallet::storage]
    pub type Attachments<T: Config> = StorageMap<_, Twox64Concat, Asset, AttachmentOf<T>>;

    /// What each model comes from, as far as it is known.
    #[pallet::storage]
    pub type Sources<T: Config> = StorageMap<_, Twox64Concat, ModelId, SourceList, ValueQuery>;

    /// What somebody says that a model comes from as well, until it is decided. Its place is paid by whoever says so, under a bond.
    #[pallet::storage]
    pub type Claims<T: Config> = StorageMap<_, Twox64Concat, ModelId, Claim>;

    /// How many changes of what assets ask of their descendants there were on the chain.
    #[pallet::storage]
    pub type Changes<T: Config> = StorageValue<_, u64, ValueQuery>;

    /// What the owners of assets ask from now on.
    #[pallet::storage]
    pub type Offers<T: Config> = StorageMap<_, Twox64Concat, Asset, Offer>;

    /// Unused grants and open applications, at most one for each asset and account. Accounts are chosen by their owners, hence the
    /// cryptographic hash.
    #[pallet::storage]
    pub type Grants<T: Config> =
        StorageDoubleMap<_, Twox64Concat, Asset, Blake2_128Concat, T::AccountId, Grant>;

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                Self::price_of(u32::MAX, u32::MAX as usize).is_ok(),
                "the deposit of anything that can be stored fits a balance"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// What a model of `owner` under `terms`, with these origins, would owe and need, whether or not its owner has the grants
        /// yet; or which term of which asset stands against it.
        ///
        /// Whether rounds are final and models registered is for others to say.
        pub fn quote_model(
            owner: T::AccountId,
            terms: TermsId,
            origins: Vec<Origin>,
        ) -> Result<ModelQuote, Refusal> {
            Self::do_quote_model(&owner, terms, &origins)
        }

        /// What attaching `terms` to a model of `owner` with these origins would come to: the royalties that it would owe, or
        /// which term of which asset stands against it.
        pub fn check_model(
            owner: T::AccountId,
            terms: TermsId,
            origins: Vec<Origin>,
        ) -> Result<RoyaltyStack, Refusal> {
            Self::do_check_model(&owner, terms, &origins).map(|folded| folded.standing.stack)
        }

        /// What a model would owe if its owner, who has what grants it asks for, added a source: its stack, or which term of which asset stands
        /// against it.
        ///
        /// Whether the round is final, the model there before and nothing about it contested is for others to say.
        pub fn check_source(model: ModelId, origin: Origin) -> Result<RoyaltyStack, Refusal> {
            Self::do_check_source(model, origin)
        }

        /// Whether `who` may use an asset in a way, for so many units (of calls; other uses are not counted), in every block up
        /// to and including `until`: what it costs and who earns from it, or what stands against it.
        pub fn can_use(
            asset: Asset,
            intended: Use,
            who: T::AccountId,
            units: u64,
            until: u32,
        ) -> Result<UseQuote, UseRefusal> {
            Self::do_can_use(asset, intended, &who, units, until)
        }

        /// Whether something changed along the ancestry of an asset that it, or an ancestor, has not taken up: until those are refolded, the
        /// oldest first, it may ask for more or less than it says. The 1,024 nearest assets of an ancestry are looked at.
        pub fn stale(asset: Asset) -> bool {
            Self::do_stale(asset)
        }

        /// What a model comes from as far as it is known, and which of that its owner had left out.
        pub fn sources(model: ModelId) -> Vec<ModelSource> {
            Sources::<T>::get(model).into_inner()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Publishes terms, which never change. Equal terms are stored once, whoever uses them.
        ///
        /// ## Origin
        /// Signed; a deposit for what is stored is on hold until the terms are retracted.
        ///
        /// ## Details
        /// `terms`: their identifier is the BLAKE2b hash of their SCALE encoding. Anybody may attach them to assets.
        ///
        /// ## Errors
        /// `TermsAlreadyPublished`, `TermsExpired`, `RoyaltyOutOfBounds`, `EmptyFee`, `EmptyQuota`, `InvalidUri`, `InvalidSpdx`,
        /// `DepositNotPayable`.
        ///
        /// ## Events
        /// `TermsPublished`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::publish())]
        pub fn publish(origin: OriginFor<T>, terms: LicenceTerms) -> DispatchResult {
            let publisher = ensure_signed(origin)?;
            Self::do_publish(publisher, terms)
        }

        /// Removes terms that no asset is under, and releases their deposit.
        ///
        /// ## Origin
        /// Signed by the publisher.
        ///
        /// ## Errors
        /// `TermsNotFound`, `NotAuthorized`, `TermsInUse`.
        ///
        /// ## Events
        /// `TermsRetracted`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::retract())]
        pub fn retract(origin: OriginFor<T>, terms: TermsId) -> DispatchResult {
            let publisher = ensure_signed(origin)?;
            Self::do_retract(publisher, terms)
        }

        /// Says what an asset costs from now on. What was agreed before stays as agreed.
        ///
        /// ## Origin
        /// Signed by the asset's owner.
        ///
        /// ## Details
        /// - `price`: what the asset earns at least for each unit, after protocol fee and host share, in coin. May be 0.
        /// - `host_share`: the largest part of a payment, after the protocol fee, that a host may keep.
        ///
        /// Without an offer the asset answers no calls for others.
        ///
        /// ## Errors
        /// `AssetNotFound`, `NotAuthorized`, `HostShareTooHigh`.
        ///
        /// ## Events
        /// `OfferMade`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::make_offer())]
        pub fn make_offer(
            origin: OriginFor<T>,
            asset: Asset,
            price: Balance,
            host_share: Perbill,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_make_offer(owner, asset, Offer { price, host_share })
        }

        /// Asks for a grant: the right to make one descendant of an asset. Not transferable; used up when a model that needs it
        /// is registered.
        ///
        /// ## Origin
        /// Signed; a deposit for the grant is on hold until it is used, declined or given up.
        ///
        /// ## Details
        /// `generation`: `First` for a model that names the asset as its origin, `Later` for one that descends from it through
        /// others only. A grant for the first generation is good for later ones too.
        ///
        /// Where no approval is asked for, the upfront fee is paid to the asset at once and the grant is there. Else the fee is on
        /// hold until the asset's owner approves, and released if they decline or the applicant gives up. Owners need no
        /// approval of their own. An account has one open application or unused grant of an asset at a time.
        ///
        /// ## Errors
        /// `AssetNotFound`, `AssetRetired`, `AssetExpired`, `GrantNotNeeded`, `AlreadyAcquired`, `DepositNotPayable`, and those of
        /// the payment.
        ///
        /// ## Events
        /// `GrantGiven`, or `GrantRequested`.
        #[pallet::call_index(3)]
        // Measured for a model; a datanet's fee looks up its last pool, and if nothing earns of that the one before.
        #[pallet::weight(T::WeightInfo::acquire().saturating_add(T::DbWeight::get().reads(3)))]
        pub fn acquire(
            origin: OriginFor<T>,
            asset: Asset,
            generation: Generation,
        ) -> DispatchResult {
            let applicant = ensure_signed(origin)?;
            Self::do_acquire(applicant, asset, generation)
        }

        /// Approves an application for a grant; the applicant's fee is paid to the asset.
        ///
        /// ## Origin
        /// Signed by the asset's owner.
        ///
        /// ## Errors
        /// `AssetNotFound`, `NotAuthorized`, `AssetRetired`, `AssetExpired`, `GrantNotFound`, `AlreadyApproved`, and those of the
        /// payment, such as of an applicant whose coins are frozen otherwise.
        ///
        /// ## Events
        /// `GrantGiven`.
        #[pallet::call_index(4)]
        // Measured for a model; a datanet's fee looks up its last pool, and if nothing earns of that the one before.
        #[pallet::weight(T::WeightInfo::approve().saturating_add(T::DbWeight::get().reads(3)))]
        pub fn approve(
            origin: OriginFor<T>,
            asset: Asset,
            applicant: AccountIdLookupOf<T>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            let applicant = T::Lookup::lookup(applicant)?;
            Self::do_approve(owner, asset, applicant)
        }

        /// Declines an application for a grant; the applicant's fee and deposit are released.
        ///
        /// ## Origin
        /// Signed by the asset's owner.
        ///
        /// ## Errors
        /// `AssetNotFound`, `NotAuthorized`, `GrantNotFound`, `AlreadyApproved`: what was given cannot be taken back.
        ///
        /// ## Events
        /// `GrantDeclined`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::decline())]
        pub fn decline(
            origin: OriginFor<T>,
            asset: Asset,
            applicant: AccountIdLookupOf<T>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            let applicant = T::Lookup::lookup(applicant)?;
            Self::do_decline(owner, asset, applicant)
        }

        /// Gives up an open application, whose fee is released, or an unused grant, whose fee stays paid. The deposit is
        /// released either way.
        ///
        /// ## Origin
        /// Signed by whoever has it.
        ///
        /// ## Errors
        /// `GrantNotFound`.
        ///
        /// ## Events
        /// `GrantRelinquished`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::relinquish())]
        pub fn relinquish(origin: OriginFor<T>, asset: Asset) -> DispatchResult {
            let grantee = ensure_signed(origin)?;
            Self::do_relinquish(grantee, asset)
        }

        /// Folds a model again from its sources as they are now, because one of them asks for something else than it did.
        ///
        /// ## Origin
        /// Signed by anybody.
        ///
        /// ## Details
        /// What the model owes already and still comes from a source it goes on owing. What became known of its sources' ancestors is owed from
        /// now on, as far as there is room: 32 royalties of at most 60 % together, and 8 more, out of its team's part, to
        /// ancestors that became known late. What was paid stays paid. Of several models that are stale the oldest is refolded first.
        ///
        /// ## Errors
        /// `AssetNotFound`, `NotStale`.
        ///
        /// ## Events
        /// `Refolded`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::refold(MAX_SOURCES))]
        pub fn refold(origin: OriginFor<T>, model: ModelId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let sources = Self::do_refold(model)?;
            Ok(Some(T::WeightInfo::refold(sources)).into())
        }
    }
}
