#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod ancestry;
mod functions;
mod invariants;
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

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, InspectHold, Mutate, MutateHold},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::{traits::StaticLookup, FixedI128};
    use tributary_primitives::{
        assets::Share,
        ids::{ModelId, TermsId},
        licences::Origin,
        roles::{Revenue, Rounds, Terms},
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

        /// The most models in the whole ancestry of a model.
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
    pub type Edges<T: Config> = StorageMap<_, Twox64Concat, ModelId, EdgeList>;

    /// The whole ancestry of each model, so that a child's is known from its parents' alone.
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

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A model was registered.
        Registered {
            /// The new model.
            model: ModelId,
            /// Who owns it.
            owner: T::AccountId,
            /// How it was made.
            kind: Kind,
            /// Where it comes from, each edge of grade `Declared`.
            origins: Origins,
            /// Hash of its weights.
            weights_hash: H256,
            /// Hash of how it was made.
            recipe_hash: H256,
            /// Its licence.
            terms: TermsId,
            /// Who shares what it earns.
            team: TeamOf<T>,
            /// What its owner has on hold for it.
            deposit: Balance,
        },
        /// A model was offered to an account; an earlier offer is void.
        TransferOffered {
            /// The model.
            model: ModelId,
            /// Who owns it.
            owner: T::AccountId,
            /// Who may accept.
            to: T::AccountId,
        },
        /// The offer of a model was withdrawn.
        OfferWithdrawn {
            /// The model.
            model: ModelId,
        },
        /// A model has another owner, who has its deposit on hold now.
        Transferred {
            /// The model.
            model: ModelId,
            /// Who owned it.
            from: T::AccountId,
            /// Who owns it.
            to: T::AccountId,
            /// What went from hold to hold.
            deposit: Balance,
        },
        /// Others are to share what a model earns; an earlier announcement is void.
        TeamAnnounced {
            /// The model.
            model: ModelId,
            /// Its team to be.
            team: TeamOf<T>,
            /// The first block in which the change can be made.
            from: BlockNumberFor<T>,
            /// The last one.
            until: BlockNumberFor<T>,
        },
        /// Others share what a model earns from now on. An offer of the model is void.
        TeamChanged {
            /// The model.
            model: ModelId,
            /// Its new team.
            team: TeamOf<T>,
        },
        /// A model has no new descendants and gives no new grants any more. An offer of it is void.
        Retired {
            /// The model.
            model: ModelId,
        },
        /// The owner of a parent confirmed an edge.
        CoSigned {
            /// The model that comes from the parent.
            model: ModelId,
            /// The confirmed origin.
            origin: Origin,
            /// Who confirmed it.
            cosigner: T::AccountId,
        },
        /// An evaluation of a model was added.
        Evaluated {
            /// The model.
            model: ModelId,
            /// The number of the evaluation among those of the model.
            number: u32,
            /// Who says so.
            evaluator: T::AccountId,
            /// What the model was tried on.
            benchmark: Name,
            /// What was measured.
            metric: Name,
            /// What came out, with 18 decimals.
            score: FixedI128,
            /// Hash of what lets others check it.
            evidence: H256,
            /// What the evaluator has on hold for it.
            deposit: Balance,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No model has this identifier. Look it up in the `Registered` event of the model meant.
        ModelNotFound,
        /// The signer does not own the model (for a co-signature: the parent). Sign with its owner's account.
        NotAuthorized,
        /// Identifiers of models are used up.
        TooManyModels,
        /// More than 16 origins are models. Name direct parents only: their ancestors come with them.
        TooManyParents,
        /// More than 16 origins are rounds of datanets. Register an intermediate model with some of them.
        TooManyRounds,
        /// Parents and their ancestors are more than 256 models. Descend from fewer or less derived ones.
        TooManyAncestors,
        /// Two origins lead to the same model or the same datanet. Name each once; of a datanet the latest round, which contains
        /// the earlier ones.
        DuplicateOrigin,
        /// An origin is a model that is not registered. Parents are registered before their children.
        ParentNotFound,
        /// An origin is a retired model, which has no new descendants.
        ParentRetired,
        /// An origin is a round that does not exist, is not final yet, or came to nothing. Wait until the round is final.
        RoundNotFinal,
        /// Models of this kind cannot have one of the origins: a base model comes from no model, and weights come in only by the
        /// way that makes the kind. Register the steps between as models of their own.
        OriginNotAllowed,
        /// The origin that makes the kind is missing: a fine-tune needs what it is fine-tuned from, and so on. A merge needs
        /// two.
        OriginMissing,
        /// A quantisation has more than one source. Merge them first.
        TooManySources,
        /// A team has no members. Name at least one, which may be the owner.
        EmptyTeam,
        /// A team has more than 16 members. Let some share by an account of their own.
        TooManyMembers,
        /// An account is twice in a team. Add its parts up.
        DuplicateMember,
        /// A team member has no part. Leave it out.
        EmptyPart,
        /// The parts of a team are not exactly 1,000,000,000 billionths together. Give the remainder of a division to one of
        /// them.
        PartsNotOne,
        /// Metadata is longer than 4,096 bytes. Keep what is longer elsewhere, with its address and hash here.
        MetadataTooLong,
        /// The signer cannot have the deposit on hold: free coins beyond the existential deposit are too few, or other pallets
        /// have too many holds there.
        DepositNotPayable,
        /// The account owns the model already.
        AlreadyOwner,
        /// The model is not offered to anybody.
        NotOffered,
        /// The model is offered to another account. Ask its owner to offer it to the signer.
        NotOfferedToSigner,
        /// No other team is announced for the model. Its owner announces one.
        NoTeamAnnounced,
        /// The notice of the announced team is not over. Try again from the block in the event `TeamAnnounced`.
        NoticeNotOver,
        /// The announced team was not let in for as long again as the notice. Its owner announces it once more.
        AnnouncementLapsed,
        /// The model is retired already.
        AlreadyRetired,
        /// The model does not come from this origin. It must be named exactly as registered.
        EdgeNotFound,
        /// The origin is a round of a datanet. Only origins that are models can be co-signed.
        NotAModel,
        /// The edge is co-signed already.
        AlreadyCoSigned,
        /// The name of a benchmark or of a metric is empty.
        EmptyName,
        /// The name of a benchmark or of a metric is longer than 64 bytes.
        NameTooLong,
        /// The signer has evaluated this model 64 times already, or the model has 4,294,967,295 evaluations.
        TooManyEvaluations,
    }

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
        /// Registers a model. It never changes afterwards: a new version is a new model that comes from the earlier one.
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
        /// - `team`: one to 16 accounts whose parts are exactly one together.
        /// - `metadata`: at most 4,096 bytes of text or JSON, among other things where the weights can be fetched.
        ///
        /// The licences of all sources must allow the uses; the royalties that they ask for are owed from the first payment on.
        ///
        /// ## Errors
        /// `TooManyParents`, `TooManyRounds`, `TooManyAncestors`, `DuplicateOrigin`, `ParentNotFound`, `ParentRetired`,
        /// `RoundNotFinal`, `OriginNotAllowed`, `OriginMissing`, `TooManySources`, `EmptyTeam`, `TooManyMembers`,
        /// `DuplicateMember`, `EmptyPart`, `PartsNotOne`, `MetadataTooLong`, `DepositNotPayable`, `TooManyModels`, and the
        /// refusals of the sources' licences.
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
        #[allow(clippy::too_many_arguments)]
        pub fn register(
            origin: OriginFor<T>,
            kind: Kind,
            origins: Vec<Origin>,
            weights_hash: H256,
            recipe_hash: H256,
            terms: TermsId,
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

        /// A model's ancestors and then the model itself, each with its edges, ascending by identifier: at most 257. Nothing if
        /// there is no such model.
        pub fn lineage(model: ModelId) -> Option<Vec<RelativeOf<T>>> {
            Ancestors::<T>::get(model)
                .into_iter()
                .chain([model])
                .map(|id| {
                    Some(Relative {
                        id,
                        model: Models::<T>::get(id)?,
                        edges: Edges::<T>::get(id)?,
                    })
                })
                .collect()
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
