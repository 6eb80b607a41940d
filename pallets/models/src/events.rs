//! What happens to models, as events tell it.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A model was registered.
        Registered {
            /// The new model.
            model: ModelId,
            /// Who owns it.
            owner: T::AccountId,
            /// How it was made.
            kind: Kind,
            /// Where its owner says that it comes from: edges of grade `Declared`.
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
        /// The owner of a model named a source that they had left out. What it asks for is owed from now on.
        ParentAdded {
            /// The model.
            model: ModelId,
            /// How it came from what.
            origin: Origin,
            /// What the owner has on hold for it besides.
            deposit: Balance,
        },
        /// Something about the ancestry of a model is contested.
        Contested {
            /// The model.
            model: ModelId,
            /// What is contested.
            contention: Contention,
        },
        /// What was contested about the ancestry of a model changes nothing: it is not so, nobody decided in time, or it could not be carried out.
        ContentionEnded {
            /// The model.
            model: ModelId,
            /// What was contested.
            contention: Contention,
        },
        /// A model comes from a source as well that its owner had left out.
        ParentUpheld {
            /// The model.
            model: ModelId,
            /// How it came from what.
            origin: Origin,
        },
        /// A model does not come from a source that it was said to come from.
        ParentStruck {
            /// The model.
            model: ModelId,
            /// How it was said to come from what.
            origin: Origin,
        },
        /// Somebody made a model again as its recipe says, from the sources that it names: all its edges are re-executed, and nothing that it
        /// earns waits any more.
        Reexecuted {
            /// The model.
            model: ModelId,
        },
        /// The ancestry of a model that was re-executed has changed: it came from other sources than those that were used. All its edges are
        /// declared again, and half of what its team keeps waits again.
        ReexecutionOverturned {
            /// The model.
            model: ModelId,
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
}
