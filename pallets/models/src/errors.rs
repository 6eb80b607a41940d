//! Why calls are refused.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
    /// Why a call was refused.
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
        /// Two origins lead to the same model or the same datanet, or one that is added to what the model comes from already. Name each once; of a datanet the latest round, which contains
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
        /// The parts of a team are not exactly 100 % (1,000,000,000 billionths) together. Change them until they are: of three equal ones, one has
        /// 33.3333334 %, the others 33.3333333 %.
        PartsNotOne,
        /// Metadata is longer than 4,096 bytes. Keep what is longer elsewhere, with its address and hash here.
        MetadataTooLong,
        /// The signer cannot have the deposit on hold: free coins beyond the existential deposit are too few, or other pallets
        /// have too many holds there.
        DepositNotPayable,
        /// The sources ask for more royalties than the owner has agreed to: one of them has come to owe more. Ask `quote_model` again, and agree to
        /// what it says, or name others.
        RoyaltiesAboveQuoted,
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
        /// The edge is co-signed already, or re-executed, which says more.
        AlreadyCoSigned,
        /// The origin is registered after the model, or is the model itself: the model cannot have come from it. Check the identifiers.
        ParentNotEarlier,
        /// The model comes from this source already, of a datanet from this round or a later one: it is not missing.
        NotMissing,
        /// The model has 8 sources already that its owner had left out. One of those can be contested.
        TooManyUpheld,
        /// The model was made again already: it need not be once more.
        AlreadyReexecuted,
        /// What the model comes from has changed since the case that it was made again was opened. Make it again from all of that, and open
        /// another one.
        AncestryChanged,
        /// A parent that an owner of the model had named was struck in a dispute, so that none names any more, nor a later one. Open a case about the one that is missing:
        /// if it is upheld, the bond comes back.
        NamingForfeited,
        /// The name of a benchmark or of a metric is empty.
        EmptyName,
        /// The name of a benchmark or of a metric is longer than 64 bytes.
        NameTooLong,
        /// The signer has evaluated this model 64 times already, or the model has 4,294,967,295 evaluations.
        TooManyEvaluations,
    }
}
