//! Why calls are refused.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
    /// Refusals of a model carry the position, counted from 0, of the origin that stands against it in the list of origins; one that is added
    /// comes after those that its owner named before.
    /// [`Pallet::check_model`] says the same before a signature, with the asset and the whole term.
    #[pallet::error]
    pub enum Error<T> {
        /// No terms have this identifier. Publish them first; the identifier is in the `TermsPublished` event.
        TermsNotFound,
        /// The same terms are published already. Use them: they cannot change.
        TermsAlreadyPublished,
        /// Assets are under these terms, for ever: neither can the terms be retracted nor their deposit come back. Retract only terms that no asset has been
        /// registered with.
        TermsInUse,
        /// The terms to publish or to attach allow nothing any more. Leave the expiry out, or choose a later block.
        TermsExpired,
        /// The royalty is 0, above 60 %, or has a ceiling of 0. Leave out what is not asked for.
        RoyaltyOutOfBounds,
        /// The upfront fee is 0. Leave it out.
        EmptyFee,
        /// The quota is 0. Leave the use `Infer` out instead.
        EmptyQuota,
        /// The address of the legal text is empty or not printable ASCII without blanks. Encode other characters as URIs do.
        InvalidUri,
        /// The SPDX identifier has other characters than letters, digits, `.`, `-` and `+`. Leave it empty where none fits.
        InvalidSpdx,
        /// The asset has terms already, for ever. Register another model, or create another datanet, under other terms.
        AlreadyAttached,
        /// Terms of a datanet must ask for a royalty: it is what its contributors earn.
        RoyaltyRequired,
        /// Terms of a datanet must allow `Train` or `Retrieve` directly, and `Infer` onward: nothing else could earn.
        NotForDatanets,
        /// No terms are attached to this asset. Check its identifier.
        AssetNotFound,
        /// The asset is retired, for ever: it gives no grants any more, and grants of it cannot be used. Descend from another asset.
        AssetRetired,
        /// The terms of the asset, or of one of its ancestors, allow nothing any more.
        AssetExpired,
        /// The signer does not own the asset, or did not publish the terms. Sign with the right account.
        NotAuthorized,
        /// The offer lets hosts keep more than the chain allows (constant `MaxHostShare`).
        HostShareTooHigh,
        /// The terms of the model do not allow calls of it (`Infer`). Call another model.
        CallsNotAllowed,
        /// The owner of the model has made no offer. Ask for one: without it nobody may answer calls of the model for others.
        NotOffered,
        /// So many units of calls are more than the terms of the model still allow. The view function `can_use` says how many are left; those that
        /// are reserved and not called come back when a channel ends.
        QuotaExceeded,
        /// Descendants of this generation need no grant of the asset. Register the model.
        GrantNotNeeded,
        /// The signer has an open application or an unused grant of this asset already. Use it, or give it up.
        AlreadyAcquired,
        /// The account has neither applied for a grant of this asset nor an unused one.
        GrantNotFound,
        /// The grant was given already, which nobody can take back: it need neither be approved nor can it be declined. Its holder can give it up.
        AlreadyApproved,
        /// The account cannot have the deposit or the fee on hold: free coins beyond the existential deposit are too few, or
        /// other pallets have too many holds there.
        DepositNotPayable,
        /// No source of the model has changed since it was folded. If the view function `stale` says otherwise, refold the source that is
        /// stale first.
        NotStale,
        /// The source is registered after the model, or is the model: the model cannot have come from it. Check the identifiers.
        NotEarlier,
        /// The model comes from this source already, of a datanet from this round or a later one. Refold the model if it does not owe what the source
        /// asks for.
        SourceKnown,
        /// Somebody has claimed a source of the model, and it is not decided yet. Wait for that: until then neither sources nor royalties of the model
        /// change.
        SourceClaimed,
        /// The model does not come from this source. Name it exactly as registered.
        SourceNotFound,
        /// The model has 8 sources already that its owner had left out. One of those can be contested.
        TooManyLateSources,
        /// More than 16 origins are models, or more than 16 are pools. Register an intermediate model with some of them.
        TooManyOrigins {
            /// The position of the first one too many.
            origin: u8,
        },
        /// Two origins lead to the same asset. Name each once; of a datanet the latest round, which contains the earlier ones.
        OriginRepeated {
            /// The position of the second one.
            origin: u8,
        },
        /// No terms are attached to the asset of an origin. Check its identifier.
        OriginNotFound {
            /// The position of the origin.
            origin: u8,
        },
        /// The asset of an origin is retired: it takes no descendants any more, whoever has a grant of it. Descend from another one.
        OriginRetired {
            /// The position of the origin.
            origin: u8,
        },
        /// The terms of an origin's asset, or of one of its ancestors, allow nothing any more.
        OriginExpired {
            /// The position of the origin.
            origin: u8,
        },
        /// Something has changed among the sources of the model that its own terms do not take up yet. Let it be refolded first, which anybody
        /// may.
        ModelStale,
        /// Something has changed among the sources of an origin's model that its own terms do not take up yet. Let it be refolded first, which
        /// anybody may.
        OriginStale {
            /// The position of the origin.
            origin: u8,
        },
        /// The terms of an origin's asset do not allow what the origin says was done with it.
        UseNotAllowed {
            /// The position of the origin.
            origin: u8,
        },
        /// The model's own terms allow uses that the origin's asset does not hand on. Choose narrower terms.
        OnwardUseNotAllowed {
            /// The position of the origin.
            origin: u8,
            /// The uses in question: bit n stands for the n-th use, counted from 0.
            uses: u8,
        },
        /// The model's own terms are commercial, those of the origin's asset are not. Choose terms that are not.
        CommercialNotAllowed {
            /// The position of the origin.
            origin: u8,
        },
        /// The origin's asset is share-alike. Choose terms of its family.
        ShareAlikeRequired {
            /// The position of the origin.
            origin: u8,
        },
        /// The origin's asset is share-alike, of another family than an origin before it. No terms satisfy both: leave one out.
        FamilyConflict {
            /// The position of the origin.
            origin: u8,
        },
        /// With this origin more than 8 ancestors would have to be asked by every descendant. Descend from fewer of them.
        TooManyGates {
            /// The position of the origin.
            origin: u8,
        },
        /// The source ends earlier than the model, whose descendants were promised more. A dispute can add it (`MissingParent`).
        OriginEndsEarlier {
            /// The position of the source.
            origin: u8,
        },
        /// Every descendant of the model would have to ask this source, or an ancestor of it, which they were not told. A dispute can add it
        /// (`MissingParent`).
        OriginAsksDescendants {
            /// The position of the source.
            origin: u8,
        },
        /// The owner has no grant that the origin's asset, or an ancestor of it, asks for. Acquire it, or wait for its approval.
        GrantMissing {
            /// The position of the origin.
            origin: u8,
        },
        /// With this origin more than 32 royalties would be owed. Descend from fewer assets.
        StackTooLong {
            /// The position of the origin.
            origin: u8,
        },
        /// With this origin more than 60 % would be owed in royalties. Descend from fewer assets.
        RoyaltiesTooHigh {
            /// The position of the origin.
            origin: u8,
        },
    }
}
