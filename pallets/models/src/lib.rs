#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

// All of it: the macro that takes sections in asks for others by their names.
use frame_support::pallet_macros::*;

pub mod ancestry;
mod errors;
mod events;
mod functions;
mod impls;
mod invariants;
mod known_late;
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
mod preparation;
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
// A registration says that much, and functions are made of it.
#[allow(clippy::too_many_arguments)]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, InspectHold, Mutate, MutateHold},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::{traits::StaticLookup, FixedI128, Perbill};
    use tributary_primitives::{
        assets::{Share, MAX_LATE},
        ids::{ModelId, TermsId},
        licences::Origin,
        roles::{Contention, Revenue, Rounds, Terms},
        Balance,
    };

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The coin of the deposits.
        type Currency: Inspect<Self::AccountId, Balance = Balance>
            + Mutate<Self::AccountId>
            + InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + MutateHold<Self::AccountId>;

        /// Why money is on hold, in the whole runtime.
        type RuntimeHoldReason: From<HoldReason>;

        /// Says which rounds of datanets are final.
        type Rounds: Rounds;

        /// Checks licences along ancestry and folds royalties.
        type Terms: Terms<Self::AccountId>;

        /// Keeps what models earn.
        type Revenue: Revenue<Self::AccountId>;

        /// Blocks between the announcement of another team and the change: time for everybody to settle what descendants owe the model
        /// to the team that it has.
        #[pallet::constant]
        type TeamNotice: Get<BlockNumberFor<Self>>;

        /// Held for each storage item of a model or an evaluation.
        #[pallet::constant]
        type DepositPerItem: Get<Balance>;

        /// Held for each stored byte of a model or an evaluation.
        #[pallet::constant]
        type DepositPerByte: Get<Balance>;

        /// What the calls weigh.
        type WeightInfo: WeightInfo;
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// The most models that a model comes from directly.
        #[pallet::constant_name(MaxParents)]
        fn max_parents() -> u32 {
            MAX_PARENTS
        }

        /// The most datanets that a model learned from or looks up.
        #[pallet::constant_name(MaxRounds)]
        fn max_rounds() -> u32 {
            MAX_ROUNDS
        }

        /// The most sources of a model that its owner had left out.
        #[pallet::constant_name(MaxUpheld)]
        fn max_upheld() -> u32 {
            MAX_LATE
        }

        /// The most models in the whole ancestry of a model, as its owner names it.
        #[pallet::constant_name(MaxAncestors)]
        fn max_ancestors() -> u32 {
            MAX_ANCESTORS
        }

        /// The most bytes of a model's metadata.
        #[pallet::constant_name(MaxMetadata)]
        fn max_metadata() -> u32 {
            MAX_METADATA
        }

        /// The most evaluations of one model by one account.
        #[pallet::constant_name(MaxEvaluations)]
        fn max_evaluations() -> u32 {
            MAX_EVALUATIONS
        }

        /// The most bytes of a benchmark's or a metric's name.
        #[pallet::constant_name(MaxName)]
        fn max_name() -> u32 {
            MAX_NAME
        }
    }

    /// Why this pallet has money of an account on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// For what the account's models keep in state.
        Model,
        /// For what the account's evaluations of models keep in state.
        Evaluation,
    }

    /// The identifier of the next model, which is how many there are.
    #[pallet::storage]
    pub type NextModel<T> = StorageValue<_, ModelId, ValueQuery>;

    /// All models. Identifiers are counted up by the chain, so that nobody chooses where a key lies.
    #[pallet::storage]
    pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelOf<T>>;

    /// Where each model comes from.
    #[pallet::storage]
    pub type Edges<T: Config> = StorageMap<_, Twox64Concat, ModelId, EdgeListOf<T>>;

    /// The whole ancestry of each model as its owner named it, so that a child's is known from its parents' alone: what became known later of an
    /// ancestor is with that. It keeps ancestries short; the view function `lineage` walks along the edges.
    #[pallet::storage]
    pub type Ancestors<T: Config> = StorageMap<_, Twox64Concat, ModelId, AncestorSet, ValueQuery>;

    /// Who shares what each model earns from now on.
    #[pallet::storage]
    pub type Teams<T: Config> = StorageMap<_, Twox64Concat, ModelId, TeamOf<T>>;

    /// Who is to share what a model earns after a notice, where that is announced.
    #[pallet::storage]
    pub type NextTeams<T: Config> = StorageMap<_, Twox64Concat, ModelId, NextTeamOf<T>>;

    /// What each model says of itself.
    #[pallet::storage]
    pub type Metadata<T: Config> = StorageMap<_, Twox64Concat, ModelId, MetadataBytes>;

    /// The evaluations of each model, counted from 0.
    #[pallet::storage]
    pub type Evaluations<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ModelId, Twox64Concat, u32, EvaluationOf<T>>;

    /// How many evaluations of a model are an account's. Accounts are chosen by their owners, hence the cryptographic hash.
    #[pallet::storage]
    pub type EvaluationCounts<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ModelId, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

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

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Registers a model. It never changes afterwards: a new version is a new model that comes from the earlier one. Only what it comes from can
        /// become known late.
        ///
        /// ## Origin
        /// Signed; the signer becomes the model's owner, pays what the licences of its sources ask for, and has a deposit for
        /// what is stored on hold for as long as the model is theirs.
        ///
        /// ## Details
        /// - `kind`: how the model was made. A fine-tune, an adapter and a distillation need at least one origin of that name, a
        ///   merge at least two, a quantisation exactly one. Each of them may also be distilled from other models. A base model
        ///   comes from no model. Every kind may be trained on datanets and look them up.
        /// - `origins`: at most 16 models and at most 16 final rounds of datanets, no model and no datanet twice. The whole
        ///   ancestry is at most 256 models.
        /// - `weights_hash`, `recipe_hash`: what identifies the weights and how they were made. The same weights may be
        ///   registered by several people: who was first is shown by the identifiers, who is right is not decided here.
        /// - `terms`: the licence, published before.
        /// - `royalties_at_most`: what all royalties may come to together, before the top-up of data: what `quote_model` of the licences said when
        ///   this was signed. The owner of a source may have named another source since.
        /// - `team`: one to 16 accounts whose parts are exactly one together.
        /// - `metadata`: at most 4,096 bytes of text or JSON, among other things where the weights can be fetched.
        ///
        /// The licences of all sources must allow the uses; the royalties that they ask for are owed from the first payment on.
        ///
        /// ## Errors
        /// `TooManyParents`, `TooManyRounds`, `TooManyAncestors`, `DuplicateOrigin`, `ParentNotFound`, `ParentRetired`,
        /// `RoundNotFinal`, `OriginNotAllowed`, `OriginMissing`, `TooManySources`, `EmptyTeam`, `TooManyMembers`,
        /// `DuplicateMember`, `EmptyPart`, `PartsNotOne`, `MetadataTooLong`, `DepositNotPayable`, `TooManyModels`,
        /// `RoyaltiesAboveQuoted`, and the refusals of the sources' licences.
        ///
        /// ## Events
        /// `Registered`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register(
            count_parents(origins),
            count_rounds(origins),
            team.len() as u32,
            metadata.len() as u32,
        ))]
        pub fn register(
            origin: OriginFor<T>,
            kind: Kind,
            origins: Vec<Origin>,
            weights_hash: H256,
            recipe_hash: H256,
            terms: TermsId,
            royalties_at_most: Perbill,
            team: Vec<Share<T::AccountId>>,
            metadata: Vec<u8>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_register(
                owner,
                Registration {
                    kind,
                    origins,
                    weights_hash,
                    recipe_hash,
                    terms,
                    royalties_at_most,
                    team,
                    metadata,
                },
            )?;
            Ok(())
        }

        /// Offers a model to an account, which becomes its owner by accepting. An earlier offer is void.
        ///
        /// ## Origin
        /// Signed by the model's owner.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NotAuthorized`, `AlreadyOwner`; an account that cannot be looked up.
        ///
        /// ## Events
        /// `TransferOffered`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::offer_transfer())]
        pub fn offer_transfer(
            origin: OriginFor<T>,
            model: ModelId,
            new_owner: AccountIdLookupOf<T>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            let new_owner = T::Lookup::lookup(new_owner)?;
            Self::do_offer_transfer(owner, model, new_owner)
        }

        /// Withdraws the offer of a model.
        ///
        /// ## Origin
        /// Signed by the model's owner.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NotAuthorized`, `NotOffered`.
        ///
        /// ## Events
        /// `OfferWithdrawn`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::withdraw_offer())]
        pub fn withdraw_offer(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_withdraw_offer(owner, model)
        }

        /// Accepts an offered model: the signer owns it and has its deposit on hold; the former owner's is released.
        ///
        /// ## Origin
        /// Signed by whom the model is offered to.
        ///
        /// ## Details
        /// Licence, edges, team and what was earned stay as they are, an announced team is void. The new owner may announce another.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NotOffered`, `NotOfferedToSigner`, `DepositNotPayable`; those of the deposit for its licence, which
        /// moves, too.
        ///
        /// ## Events
        /// `Transferred`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::accept_transfer())]
        pub fn accept_transfer(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let new_owner = ensure_signed(origin)?;
            Self::do_accept_transfer(new_owner, model)
        }

        /// Announces that others are to share what a model earns. An earlier announcement is void.
        ///
        /// ## Origin
        /// Signed by the model's owner.
        ///
        /// ## Details
        /// - `team`: one to 16 accounts whose parts are exactly one together.
        ///
        /// The change is made by `change_team` once the notice is over, within as long a time again. Until then whoever is in the team can settle the model's
        /// descendants, so that royalties which they owe already come to the present team.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NotAuthorized`, `EmptyTeam`, `TooManyMembers`, `DuplicateMember`, `EmptyPart`, `PartsNotOne`.
        ///
        /// ## Events
        /// `TeamAnnounced`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::announce_team(team.len() as u32))]
        pub fn announce_team(
            origin: OriginFor<T>,
            model: ModelId,
            team: Vec<Share<T::AccountId>>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_announce_team(owner, model, team)
        }

        /// Lets the announced team share what a model earns from now on. What the model has received until now is the former team's. An
        /// offer of the model is void.
        ///
        /// ## Origin
        /// Signed by anybody.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NoTeamAnnounced`, `NoticeNotOver`, `AnnouncementLapsed`.
        ///
        /// ## Events
        /// `TeamChanged`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::change_team())]
        pub fn change_team(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_change_team(model)
        }

        /// Retires a model, for ever: it has no new descendants and gives no new grants. It stays in the ancestry of those that it
        /// has, goes on to earn, and keeps its deposit. An offer of it is void.
        ///
        /// ## Origin
        /// Signed by the model's owner.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NotAuthorized`, `AlreadyRetired`.
        ///
        /// ## Events
        /// `Retired`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::retire())]
        pub fn retire(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_retire(owner, model)
        }

        /// Confirms that a model comes from the signer's model in the way that it says. For ever.
        ///
        /// ## Origin
        /// Signed by the owner of the parent.
        ///
        /// ## Details
        /// - `model`: the model that comes from the parent.
        /// - `edge`: the origin to confirm, exactly as registered.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NotAModel`, `EdgeNotFound`, `NotAuthorized`, `AlreadyCoSigned`.
        ///
        /// ## Events
        /// `CoSigned`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::cosign())]
        pub fn cosign(origin: OriginFor<T>, model: ModelId, edge: Origin) -> DispatchResult {
            let cosigner = ensure_signed(origin)?;
            Self::do_cosign(cosigner, model, edge)
        }

        /// Adds an evaluation of a model. It can be neither changed nor removed: a correction is another evaluation.
        ///
        /// ## Origin
        /// Signed by anybody, who has a deposit for what is stored on hold, for ever.
        ///
        /// ## Details
        /// - `benchmark`, `metric`: names of 1 to 64 bytes.
        /// - `score`: what came out, with 18 decimals.
        /// - `evidence`: hash of what lets others check it: answers, settings, logs.
        ///
        /// ## Errors
        /// `ModelNotFound`, `EmptyName`, `NameTooLong`, `TooManyEvaluations`, `DepositNotPayable`.
        ///
        /// ## Events
        /// `Evaluated`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::evaluate())]
        pub fn evaluate(
            origin: OriginFor<T>,
            model: ModelId,
            benchmark: Vec<u8>,
            metric: Vec<u8>,
            score: FixedI128,
            evidence: H256,
        ) -> DispatchResult {
            let evaluator = ensure_signed(origin)?;
            Self::do_evaluate(evaluator, model, benchmark, metric, score, evidence)
        }

        /// Names a source that a model comes from and that its owner had left out. What its licence asks for is owed from now on. The edge
        /// is a debt, and shows since when it is known.
        ///
        /// ## Origin
        /// Signed by the model's owner, who pays what the licence of the source asks for before, and has a deposit for what is stored besides
        /// on hold.
        ///
        /// ## Details
        /// - `source`: registered before the model; of a datanet a final round. Of any kind: what a model turns out to come from need not fit how it was
        ///   said to be made. It counts as one of the 16 models or the 16 rounds.
        ///
        /// - `royalties_at_most`: what all royalties may come to together afterwards, before the top-up of data and but for those that are late.
        ///   The source may come to ask for more than it did when the call was signed.
        ///
        /// Who is owed by it and was not before has half of its part of what came in since the older of the last two boundaries, out of what waits.
        /// Where less can be taken, which leaves what would wait had the source been named in time, nothing is named, nor once a parent that an
        /// owner had named was struck: then others show it in a dispute.
        ///
        /// A model that is retired can be added to as well. One that was re-executed is not any more: it comes from more than was used then.
        ///
        /// ## Errors
        /// `ModelNotFound`, `NotAuthorized`, `NamingForfeited`, `DuplicateOrigin`, `TooManyParents`, `TooManyRounds`, `ParentNotEarlier`, `ParentNotFound`,
        /// `ParentRetired`, `RoundNotFinal`, `TooManyAncestors`, `DepositNotPayable`, `RoyaltiesAboveQuoted`, the refusals of the source's licence, and
        /// those of the ledger (`WaitsTooLittle`, `RatesAboveOne`).
        ///
        /// ## Events
        /// `ParentAdded`, and `ReexecutionOverturned` if the model was re-executed.
        #[pallet::call_index(9)]
        // Measured for a source without ancestors: each of eight may ask for a grant, and whether its own sources have changed is looked up.
        #[pallet::weight(T::WeightInfo::add_parent()
            .saturating_add(T::DbWeight::get().reads_writes(9 + 1 + u64::from(MAX_EDGES), 9)))]
        pub fn add_parent(
            origin: OriginFor<T>,
            model: ModelId,
            source: Origin,
            royalties_at_most: Perbill,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_add_parent(owner, model, source, royalties_at_most)
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A model with its edges and metadata, or nothing if there is no such model.
        pub fn model(model: ModelId) -> Option<DetailsOf<T>> {
            Some(Details {
                model: Models::<T>::get(model)?,
                edges: Edges::<T>::get(model)?,
                metadata: Metadata::<T>::get(model)?,
            })
        }

        /// Who shares what a model earns, or nothing if there is no such model.
        pub fn team(model: ModelId) -> Option<TeamOf<T>> {
            Teams::<T>::get(model)
        }

        /// Who is announced to share what a model earns, and from which block on. Nothing if nobody is.
        pub fn next_team(model: ModelId) -> Option<NextTeamOf<T>> {
            NextTeams::<T>::get(model)
        }

        /// A model's ancestors and then the model itself, each with its edges, those that became known late included, and with what the rounds
        /// reached that it comes from; ascending by identifier. Nothing if there is no such model.
        ///
        /// At most 1,024 models, the nearest: an edge that leads to none of them says that there are more.
        pub fn lineage(model: ModelId) -> Option<Vec<RelativeOf<T>>> {
            Self::do_lineage(model)
        }

        /// A page of at most 64 evaluations of a model, from number `start` on, in the order in which they were added.
        pub fn evaluations(model: ModelId, start: u32) -> Vec<EvaluationOf<T>> {
            (start..=u32::MAX)
                .take(MAX_EVALUATIONS as usize)
                .map_while(|number| Evaluations::<T>::get(model, number))
                .collect()
        }
    }
}
