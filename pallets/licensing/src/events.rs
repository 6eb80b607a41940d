//! What happens to terms, assets and grants, as events tell it.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Terms were published.
        TermsPublished {
            /// Their identifier.
            terms: TermsId,
            /// Who published them.
            publisher: T::AccountId,
            /// What the publisher has on hold for them.
            deposit: Balance,
        },
        /// Terms that no asset is under were removed, and their deposit released.
        TermsRetracted {
            /// Their identifier.
            terms: TermsId,
            /// Who had published them.
            publisher: T::AccountId,
        },
        /// An asset is under terms, for ever.
        TermsAttached {
            /// The asset.
            asset: Asset,
            /// Its terms.
            terms: TermsId,
            /// Who owns it.
            owner: T::AccountId,
            /// What it owes its ancestors.
            royalties: RoyaltyStack,
            /// What its owner has on hold for it here.
            deposit: Balance,
        },
        /// The owner of an asset asks this from now on. What was agreed before stays as agreed.
        OfferMade {
            /// The asset.
            asset: Asset,
            /// The least net of a unit, in coin.
            price: Balance,
            /// The largest part of a payment, after the protocol fee, that a host may keep.
            host_share: Perbill,
        },
        /// Somebody applied for a grant, with the fee on hold.
        GrantRequested {
            /// The asset that is to give it.
            asset: Asset,
            /// Who applied.
            applicant: T::AccountId,
            /// The generation that it is for.
            generation: Generation,
            /// The upfront fee that is on hold.
            fee: Balance,
        },
        /// Somebody may make one descendant of an asset; the fee is paid.
        GrantGiven {
            /// The asset that gave it.
            asset: Asset,
            /// Who may use it.
            grantee: T::AccountId,
            /// The generation that it is for.
            generation: Generation,
            /// The upfront fee that was paid.
            fee: Balance,
        },
        /// The owner of an asset declined an application; fee and deposit are released.
        GrantDeclined {
            /// The asset.
            asset: Asset,
            /// Who had applied.
            applicant: T::AccountId,
        },
        /// Somebody gave up an application, whose fee is released, or an unused grant, whose fee stays paid.
        GrantRelinquished {
            /// The asset.
            asset: Asset,
            /// Who gave it up.
            grantee: T::AccountId,
        },
        /// A grant was used up by a model.
        GrantUsed {
            /// The asset that had given it.
            asset: Asset,
            /// Who had it.
            grantee: T::AccountId,
            /// The descendant that it binds to.
            model: ModelId,
        },
        /// The owner of a model named a source that they had left out.
        SourceAdded {
            /// The model.
            model: ModelId,
            /// How it came from what.
            origin: Origin,
            /// What the owner has on hold for it besides.
            deposit: Balance,
        },
        /// A source that the owner of a model had left out was shown: what it brings is owed late.
        SourceUpheld {
            /// The model.
            model: ModelId,
            /// How it came from what.
            origin: Origin,
        },
        /// A source that the owner of a model had named was shown to be none.
        SourceStruck {
            /// The model.
            model: ModelId,
            /// How it was said to come from what.
            origin: Origin,
        },
        /// A model was folded again from its sources as they are now: what it owes from now on.
        Refolded {
            /// The model.
            model: ModelId,
            /// What it owes its ancestors.
            royalties: RoyaltyStack,
            /// What it owes besides to ancestors that became known late.
            late: LateRoyalties,
        },
        /// An asset has another owner, who has its deposit on hold now.
        OwnerChanged {
            /// The asset.
            asset: Asset,
            /// Who owned it.
            from: T::AccountId,
            /// Who owns it.
            to: T::AccountId,
            /// What went from hold to hold.
            deposit: Balance,
        },
        /// An asset takes no descendants and gives no grants any more.
        AssetRetired {
            /// The asset.
            asset: Asset,
        },
    }
}
