//! Assets and grants at their worst, for the benchmarks of those who use the role.

use alloc::vec::Vec;

use frame_support::traits::fungible::{Inspect, Mutate};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Payee, Pool, Royalty, RoyaltyStack, MAX_LATE, MAX_STACK},
    ids::{ModelId, TermsId},
    licences::{
        Gate, Gates, Generation, LegalText, LicenceTerms, Origin, Standing, Uses, MAX_GATES,
        MAX_SOURCES, MAX_SOURCE_MODELS, MAX_SOURCE_POOLS, MAX_SPDX, MAX_URI,
    },
    roles::Revenue,
};

use crate::{
    types::*, Attachments, Changes, Config, Grants, HoldReason, Licences, Offers, Pallet,
    Publications, Sources,
};

/// The number that the filler models of prepared models count down from.
const FIRST_FILLER: ModelId = ModelId::MAX / 2;
/// How many models between them and their ancestors prepared models have: no model has so many sources that it could name all of those itself.
const HUBS: u32 = 2;

/// Terms of the greatest length that allow everything.
pub(crate) fn longest_terms() -> LicenceTerms {
    LicenceTerms {
        direct: Uses::ALL,
        onward: Uses::ALL,
        commercial: true,
        share_alike: Some(H256::repeat_byte(1)),
        attribution: true,
        approval: None,
        fee: None,
        royalty: None,
        quota: Some(u64::MAX),
        expires: Some(u32::MAX),
        text: LegalText {
            uri: alloc::vec![b'u'; MAX_URI as usize]
                .try_into()
                .expect("as long as it may be; qed"),
            hash: H256::repeat_byte(2),
            spdx: alloc::vec![b's'; MAX_SPDX as usize]
                .try_into()
                .expect("as long as it may be; qed"),
        },
    }
    .with_royalty(Perbill::from_percent(1), Some(u128::MAX))
}

/// See [`tributary_primitives::roles::Terms::prepare_terms`].
pub(crate) fn prepare_terms<T: Config>(owner: &T::AccountId) -> TermsId {
    published::<T>(owner, longest_terms())
}

/// See [`tributary_primitives::roles::Terms::prepare_source`].
pub(crate) fn prepare_source<T: Config>(asset: Asset, owner: &T::AccountId) {
    if Attachments::<T>::contains_key(asset) {
        return;
    }
    let asking = longest_terms().with_approval(Gate::First);
    match asset {
        Asset::Datanet(_) => {
            T::Revenue::prepare_asset(asset, owner);
            attached::<T>(asset, owner, asking);
        }
        Asset::Model(model) => {
            for ancestor in ancestors() {
                prepare_ancestor::<T>(ancestor, owner, asked().any(|asset| asset == ancestor));
            }
            prepare_hubs::<T>(ancestors(), hub(0), owner);
            // Else sixteen of them and their ancestors owed too many royalties.
            attached::<T>(asset, owner, free(asking));
            Sources::<T>::insert(model, from_hubs(hub(0)));
            // By the order of these what is prepared is told from its fillers.
            let hubs = from_hubs(hub(0)).into_iter().rev().collect();
            let hubs = SourceList::truncate_from(hubs);
            for (filler, upheld) in fillers(model) {
                attached::<T>(Asset::Model(filler), owner, free(longest_terms()));
                if !upheld {
                    let royalties = ancestors().map(Payee::Model).collect();
                    stand::<T>(filler, hubs.clone(), royalties, asked().collect());
                }
            }
            // So that they are asked whether they have changed.
            Changes::<T>::put(1);
        }
    }
    granted::<T>(asset, owner, Generation::First);
    fill_stacks::<T>();
}

/// See [`tributary_primitives::roles::Terms::prepare_missing`].
pub(crate) fn prepare_missing<T: Config>(model: ModelId, owner: &T::AccountId) {
    for stranger in strangers() {
        prepare_ancestor::<T>(stranger, owner, false);
    }
    prepare_hubs::<T>(strangers(), hub(HUBS), owner);
    attached::<T>(Asset::Model(model), owner, free(longest_terms()));
    let royalties = strangers().map(Payee::Model).collect();
    stand::<T>(model, from_hubs(hub(HUBS)), royalties, Vec::new());
}

/// See [`tributary_primitives::roles::CallLicences::prepare_callable`].
///
/// Reserving asks every source of a model whether it has changed: all models come from the same datanets, as many as there can be.
pub(crate) fn prepare_callable<T: Config>(owner: &T::AccountId, number: u32) -> ModelId {
    for datanet in 0..MAX_SOURCE_POOLS {
        prepare_source::<T>(Asset::Datanet(datanet), owner);
    }
    let model = number;
    let asset = Asset::Model(model);
    T::Revenue::prepare_asset(asset, owner);
    prepare_source::<T>(asset, owner);
    let offer = Offer {
        price: 0,
        host_share: Perbill::one(),
    };
    Offers::<T>::insert(asset, offer);
    model
}

/// The same terms without a royalty.
fn free(terms: LicenceTerms) -> LicenceTerms {
    LicenceTerms {
        royalty: None,
        ..terms
    }
}

/// The ancestors that all prepared models share. Nobody registers as many models.
fn ancestors() -> impl Iterator<Item = ModelId> {
    (0..MAX_STACK).map(|number| ModelId::MAX - number)
}

/// Those of them that every descendant has to ask.
fn asked() -> impl Iterator<Item = ModelId> {
    ancestors().take(MAX_GATES as usize)
}

/// As many ancestors that prepared models do not have.
fn strangers() -> impl Iterator<Item = ModelId> {
    ancestors().map(|ancestor| ancestor - MAX_STACK)
}

/// A model through which others come from shared ancestors.
fn hub(number: u32) -> ModelId {
    ModelId::MAX - 2 * MAX_STACK - number
}

/// As many source models as a prepared model has room for besides, which nobody else has: those that its owner names, and those that are upheld,
/// which bring nothing.
fn fillers(model: ModelId) -> impl Iterator<Item = (ModelId, bool)> {
    let named = MAX_SOURCE_MODELS - HUBS;
    (0..named + MAX_LATE).map(move |number| {
        let filler = FIRST_FILLER - model * MAX_SOURCES - number;
        (filler, number >= named)
    })
}

/// A list of sources with the hubs from one on.
fn from_hubs(first: ModelId) -> SourceList {
    let hubs = (0..HUBS).map(|number| Origin::FineTunedFrom(first - number));
    SourceList::truncate_from(hubs.map(named).collect())
}

/// A source that is named.
fn named(origin: Origin) -> ModelSource {
    ModelSource {
        origin,
        upheld: false,
    }
}

fn prepare_ancestor<T: Config>(model: ModelId, owner: &T::AccountId, asks: bool) {
    let ancestor = Asset::Model(model);
    if Attachments::<T>::contains_key(ancestor) {
        return;
    }
    T::Revenue::prepare_asset(ancestor, owner);
    if asks {
        attached::<T>(ancestor, owner, longest_terms().with_approval(Gate::Every));
        granted::<T>(ancestor, owner, Generation::Later);
    } else {
        attached::<T>(ancestor, owner, longest_terms());
    }
}

/// Hubs from one on, with equally many of the ancestors each.
fn prepare_hubs<T: Config>(
    ancestors: impl Iterator<Item = ModelId>,
    first: ModelId,
    owner: &T::AccountId,
) {
    let ancestors: Vec<_> = ancestors.collect();
    for (number, part) in (0..).zip(ancestors.chunks(ancestors.len() / HUBS as usize)) {
        let hub = first - number;
        if Attachments::<T>::contains_key(Asset::Model(hub)) {
            continue;
        }
        attached::<T>(Asset::Model(hub), owner, free(longest_terms()));
        let origins = part.iter().copied().map(Origin::FineTunedFrom);
        let royalties = part.iter().copied().map(Payee::Model).collect();
        let gates = asked().filter(|model| part.contains(model)).collect();
        let sources = SourceList::truncate_from(origins.map(named).collect());
        stand::<T>(hub, sources, royalties, gates);
    }
}

/// Gives all prepared models the same royalties to owe, as many as can be: to all prepared datanets, and to their ancestors. So a
/// model that comes from all of them owes no more.
fn fill_stacks<T: Config>() {
    let assets: Vec<Asset> = Attachments::<T>::iter_keys().collect();
    let pools: Vec<_> = assets
        .iter()
        .filter_map(|asset| match asset {
            Asset::Datanet(datanet) => Some(Pool {
                datanet: *datanet,
                round: 1,
            }),
            Asset::Model(_) => None,
        })
        .take(MAX_SOURCE_POOLS as usize)
        .collect();
    let data = pools.iter().copied().map(Origin::TrainedOn).map(named);
    let hubs = from_hubs(hub(0));
    let shared: Vec<_> = hubs.iter().copied().chain(data).collect();
    let payees: Vec<_> = pools
        .iter()
        .copied()
        .map(Payee::Pool)
        .chain(ancestors().map(Payee::Model))
        .take(MAX_STACK as usize)
        .collect();
    for asset in assets {
        let Asset::Model(model) = asset else {
            continue;
        };
        let prepared = Sources::<T>::get(model)
            .first()
            .is_some_and(|first| Some(first) == hubs.first());
        if prepared {
            let fillers = fillers(model).map(|(filler, upheld)| ModelSource {
                origin: Origin::FineTunedFrom(filler),
                upheld,
            });
            let sources = shared.iter().copied().chain(fillers).collect();
            let sources = SourceList::truncate_from(sources);
            stand::<T>(model, sources, payees.clone(), asked().collect());
        }
    }
}

/// Gives a model sources, royalties to owe of one percent each, and models that its descendants have to ask.
fn stand<T: Config>(
    model: ModelId,
    sources: SourceList,
    payees: Vec<Payee>,
    mut gates: Vec<ModelId>,
) {
    let mut stack: Vec<_> = payees
        .into_iter()
        .map(|payee| Royalty {
            payee,
            rate: Perbill::from_percent(1),
            ceiling: Some(u128::MAX),
        })
        .collect();
    stack.sort_by_key(|royalty| royalty.payee);
    gates.sort_unstable();
    Sources::<T>::insert(model, sources);
    Attachments::<T>::mutate_extant(Asset::Model(model), |attachment| {
        attachment.standing.stack = RoyaltyStack::truncate_from(stack);
        attachment.standing.gates =
            Gates::truncate_from(gates.into_iter().map(Asset::Model).collect());
    });
}

/// Publishes terms without a deposit.
pub(crate) fn published<T: Config>(publisher: &T::AccountId, terms: LicenceTerms) -> TermsId {
    let id = terms.id();
    if !Licences::<T>::contains_key(id) {
        Licences::<T>::insert(id, terms);
        Publications::<T>::insert(
            id,
            Publication {
                publisher: publisher.clone(),
                deposit: 0,
                assets: 0,
            },
        );
    }
    id
}

/// Attaches terms without ancestors and without a deposit.
fn attached<T: Config>(asset: Asset, owner: &T::AccountId, terms: LicenceTerms) {
    let standing = Standing::root(&terms);
    let terms = published::<T>(owner, terms);
    Publications::<T>::mutate_extant(terms, |publication| publication.assets += 1);
    Attachments::<T>::insert(
        asset,
        Attachment {
            owner: owner.clone(),
            terms,
            standing,
            retired: false,
            deposit: 0,
            changed: 0,
            folded: 0,
            reserved: 0,
        },
    );
}

/// A grant with its deposit on hold.
fn granted<T: Config>(asset: Asset, grantee: &T::AccountId, generation: Generation) {
    let deposit = Pallet::<T>::grant_deposit().expect("the integrity test covers it; qed");
    let enough = deposit + T::Currency::minimum_balance();
    T::Currency::mint_into(grantee, enough).expect("there is room in the issuance; qed");
    assert!(Pallet::<T>::hold(HoldReason::Grant, grantee, deposit).is_ok());
    let grant = Grant {
        generation,
        approved: true,
        fee: 0,
        deposit,
    };
    Grants::<T>::insert(asset, grantee, grant);
}
