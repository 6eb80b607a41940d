//! What is true between any two extrinsics.

use alloc::collections::BTreeMap;

use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;
use tributary_primitives::{
    assets::{Asset, Payee, Royalty, MAX_LATE},
    ids::{ModelId, TermsId},
    licences::{check_origins, refold, royalties_fit, Gate, LicenceTerms, Standing},
    Balance,
};

use crate::{
    known_late::known_sources, types::*, Attachments, Changes, Config, Grants, HoldReason,
    Licences, Offers, Pallet, Publications, Sources,
};

type Check = Result<(), TryRuntimeError>;

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet:
    ///
    /// 1. Terms are stored under their hash, are without flaw, and have one publication each, which counts the assets under them.
    /// 2. An asset's standing lies within its own terms. None of whose sources has changed since it was folded says what folding it
    ///    once more would say.
    /// 3. Royalties are ascending by payee and what each payee's own terms ask for, one for each asset, in the stack or late; those of the stack
    ///    are at most 60 % together. Gates are ascending, and each of them is for every generation. A datanet has neither.
    /// 4. Sources are of models, have terms, and are not the model itself. At most 16 models and 16 pools are named and at most
    ///    8 sources were left out. None leads to the same asset as one before it, unless to a later round.
    /// 5. No asset was changed or folded after the last change of all.
    /// 6. Offers are made for assets. Units of calls are reserved where terms have a quota, and not more of them.
    /// 7. Grants are of assets that ask for them; an application has the fee of the terms on hold, a grant none.
    /// 8. What accounts have on hold is what is kept for them here, for each reason.
    ///
    /// # Errors
    /// In words, which of them does not hold.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::terms_are_what_was_published()?;
        Self::standings_follow_from_sources()?;
        Self::sources_are_of_models()?;
        Self::offers_are_for_assets()?;
        Self::grants_are_asked_for()?;
        Self::holds_are_accounted_for()
    }

    fn terms_are_what_was_published() -> Check {
        let mut assets = BTreeMap::<TermsId, u32>::new();
        for attachment in Attachments::<T>::iter_values() {
            let count = assets.entry(attachment.terms).or_default();
            *count = count.checked_add(1).ok_or("too many assets")?;
        }
        for (id, terms) in Licences::<T>::iter() {
            ensure!(terms.id() == id, "terms are not stored under their hash");
            ensure!(terms.check().is_ok(), "published terms have a flaw");
            let publication =
                Publications::<T>::get(id).ok_or("terms without a publication are stored")?;
            ensure!(
                publication.assets == assets.remove(&id).unwrap_or_default(),
                "a publication does not count the assets under its terms"
            );
        }
        ensure!(assets.is_empty(), "an asset is under unpublished terms");
        ensure!(
            Publications::<T>::iter_keys().all(Licences::<T>::contains_key),
            "a publication without terms is stored"
        );
        Ok(())
    }

    fn standings_follow_from_sources() -> Check {
        let changes = Changes::<T>::get();
        for (asset, attachment) in Attachments::<T>::iter() {
            let terms = Self::published(attachment.terms)?;
            let standing = &attachment.standing;
            within_own_terms(standing, &terms)?;
            ensure!(
                attachment.reserved <= terms.quota.unwrap_or_default(),
                "more calls are reserved than terms allow"
            );
            ensure!(
                attachment.changed <= changes && attachment.folded <= changes,
                "an asset is ahead of all changes"
            );
            Self::royalties_are_asked_for(standing)?;
            Self::gates_are_for_every_generation(standing)?;
            match asset {
                Asset::Model(model) => {
                    Self::sources_fit(model)?;
                    Self::follows_from_sources(model, &attachment, &terms)?;
                }
                Asset::Datanet(_) => ensure!(
                    *standing == Standing::root(&terms),
                    "a datanet has ancestors"
                ),
            }
        }
        Ok(())
    }

    fn royalties_are_asked_for(standing: &Standing) -> Check {
        let ascending = |two: &[Royalty]| match (two[0].payee, two[1].payee) {
            (Payee::Pool(one), Payee::Pool(other)) => one.datanet < other.datanet,
            (one, other) => one < other,
        };
        ensure!(
            standing.stack.windows(2).all(ascending) && standing.late.windows(2).all(ascending),
            "royalties are not ascending by asset"
        );
        ensure!(
            standing.late.iter().all(|late| standing
                .stack
                .iter()
                .all(|royalty| royalty.payee.asset() != late.payee.asset())),
            "an asset is owed in the stack and late"
        );
        ensure!(
            royalties_fit(&standing.stack),
            "royalties are more than 60 %"
        );
        for royalty in standing.stack.iter().chain(&standing.late) {
            let ancestor = Self::standing_of(royalty.payee.asset())?;
            ensure!(
                ancestor.royalty.is_some_and(
                    |asked| (asked.rate, asked.ceiling) == (royalty.rate, royalty.ceiling)
                ),
                "a royalty is not what its asset asks for"
            );
        }
        Ok(())
    }

    fn gates_are_for_every_generation(standing: &Standing) -> Check {
        ensure!(
            standing.gates.windows(2).all(|two| two[0] < two[1]),
            "gates are not ascending"
        );
        for gate in &standing.gates {
            ensure!(
                Self::standing_of(*gate)?.gate == Some(Gate::Every),
                "an ancestor is to be asked that does not ask every descendant"
            );
        }
        Ok(())
    }

    fn sources_fit(model: ModelId) -> Check {
        let sources = Sources::<T>::get(model);
        let named = sources.iter().filter(|source| !source.upheld);
        let late = sources.iter().filter(|source| source.upheld).count();
        ensure!(
            check_origins(named.map(|source| source.origin)).is_ok() && late <= MAX_LATE as usize,
            "a model has too many sources"
        );
        for (place, source) in sources.iter().enumerate() {
            ensure!(
                source.origin.asset() != Asset::Model(model),
                "a model comes from itself"
            );
            ensure!(
                sources[..place]
                    .iter()
                    .all(|before| source.origin.is_beyond(&before.origin)),
                "a model has a source twice"
            );
        }
        Ok(())
    }

    fn follows_from_sources(
        model: ModelId,
        attachment: &AttachmentOf<T>,
        terms: &LicenceTerms,
    ) -> Check {
        let sources = Sources::<T>::get(model);
        let assets = Self::assets_of(&sources).map_err(|_| "a source has no terms")?;
        let taken_up = assets
            .iter()
            .all(|source| source.changed <= attachment.folded);
        let standing = &attachment.standing;
        let known = known_sources::<T>(&sources, &assets);
        ensure!(
            !taken_up || refold(terms, standing, &known) == *standing,
            "a standing does not follow from the sources"
        );
        Ok(())
    }

    fn sources_are_of_models() -> Check {
        for model in Sources::<T>::iter_keys() {
            ensure!(
                Attachments::<T>::contains_key(Asset::Model(model)),
                "sources are of a model without terms"
            );
        }
        Ok(())
    }

    fn offers_are_for_assets() -> Check {
        for asset in Offers::<T>::iter_keys() {
            ensure!(
                Attachments::<T>::contains_key(asset),
                "an offer is made for an asset without terms"
            );
        }
        Ok(())
    }

    fn grants_are_asked_for() -> Check {
        for (asset, _, grant) in Grants::<T>::iter() {
            let attachment =
                Attachments::<T>::get(asset).ok_or("a grant is of an asset without terms")?;
            let terms = Self::published(attachment.terms)?;
            ensure!(
                terms
                    .gate()
                    .is_some_and(|gate| gate.covers(grant.generation)),
                "a grant is of an asset that does not ask for it"
            );
            let fee = if grant.approved {
                0
            } else {
                terms.fee_of(grant.generation)
            };
            ensure!(grant.fee == fee, "an application has another fee on hold");
        }
        Ok(())
    }

    fn holds_are_accounted_for() -> Check {
        let mut kept = BTreeMap::<T::AccountId, [Balance; 4]>::new();
        let mut keep = |account, place: usize, amount: Balance| -> Check {
            let sum = &mut kept.entry(account).or_default()[place];
            *sum = sum.checked_add(amount).ok_or("holds overflow")?;
            Ok(())
        };
        for publication in Publications::<T>::iter_values() {
            keep(publication.publisher, 0, publication.deposit)?;
        }
        for attachment in Attachments::<T>::iter_values() {
            keep(attachment.owner, 1, attachment.deposit)?;
        }
        for (_, account, grant) in Grants::<T>::iter() {
            keep(account.clone(), 2, grant.deposit)?;
            keep(account, 3, grant.fee)?;
        }
        let reasons = [
            HoldReason::Terms,
            HoldReason::Asset,
            HoldReason::Grant,
            HoldReason::Fee,
        ];
        for account in frame_system::Account::<T>::iter_keys() {
            let kept = kept.remove(&account).unwrap_or_default();
            for (reason, amount) in reasons.into_iter().zip(kept) {
                ensure!(
                    T::Currency::balance_on_hold(&reason.into(), &account) == amount,
                    "an account has another amount on hold than is kept for it"
                );
            }
        }
        ensure!(
            kept.into_values().flatten().all(|amount| amount == 0),
            "something is kept for an account that does not exist"
        );
        Ok(())
    }

    fn published(terms: TermsId) -> Result<LicenceTerms, TryRuntimeError> {
        Ok(Licences::<T>::get(terms).ok_or("an asset is under unpublished terms")?)
    }

    fn standing_of(asset: Asset) -> Result<Standing, TryRuntimeError> {
        let attachment = Attachments::<T>::get(asset).ok_or("an ancestor has no terms")?;
        Ok(attachment.standing)
    }
}

/// A standing permits no more than the asset's own terms, and asks for no less.
fn within_own_terms(standing: &Standing, terms: &LicenceTerms) -> Check {
    let own = Standing::root(terms);
    ensure!(
        (standing.gate, standing.royalty) == (own.gate, own.royalty),
        "a standing does not ask for what the terms ask for"
    );
    ensure!(
        standing.direct.is_within(own.direct)
            && standing.onward.is_within(own.onward)
            && (own.commercial || !standing.commercial)
            && (standing.attribution || !own.attribution)
            && (own.family.is_none() || own.family == standing.family)
            && no_later(standing.expires, own.expires),
        "a standing permits more than the terms"
    );
    Ok(())
}

/// Whether what ends at one block ends no later than what ends at another.
fn no_later(one: Option<u32>, other: Option<u32>) -> bool {
    match (one, other) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) => one <= other,
    }
}
