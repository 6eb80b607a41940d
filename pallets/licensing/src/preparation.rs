//! Assets and grants at their worst, for the benchmarks of those who use the role.

use alloc::vec::Vec;

use frame_support::traits::fungible::{Inspect, Mutate};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Payee, Pool, Royalty, RoyaltyStack, MAX_STACK},
    ids::TermsId,
    licences::{
        Gate, Gates, Generation, LegalText, LicenceTerms, Standing, Uses, MAX_GATES, MAX_SPDX,
        MAX_URI,
    },
    roles::Revenue,
};

use crate::{types::*, Attachments, Config, Grants, HoldReason, Licences, Pallet, Publications};

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
        Asset::Model(_) => {
            for ancestor in ancestors() {
                prepare_ancestor::<T>(ancestor, owner);
            }
            // Else sixteen of them and their ancestors owed too many royalties.
            let free = LicenceTerms {
                royalty: None,
                ..asking
            };
            attached::<T>(asset, owner, free);
        }
    }
    granted::<T>(asset, owner, Generation::First);
    fill_stacks::<T>();
}

/// The ancestors that all prepared models share. Nobody registers as many models.
fn ancestors() -> impl Iterator<Item = Asset> {
    (0..MAX_STACK).map(|number| Asset::Model(u32::MAX - number))
}

/// Those of them that every descendant has to ask.
fn asked() -> impl Iterator<Item = Asset> {
    ancestors().take(MAX_GATES as usize)
}

fn prepare_ancestor<T: Config>(ancestor: Asset, owner: &T::AccountId) {
    if Attachments::<T>::contains_key(ancestor) {
        return;
    }
    T::Revenue::prepare_asset(ancestor, owner);
    if asked().any(|asset| asset == ancestor) {
        attached::<T>(ancestor, owner, longest_terms().with_approval(Gate::Every));
        granted::<T>(ancestor, owner, Generation::Later);
    } else {
        attached::<T>(ancestor, owner, longest_terms());
    }
}

/// Gives all prepared models the same royalties to owe, as many as can be: to all prepared datanets, and to their ancestors. So a
/// model that comes from all of them owes no more.
fn fill_stacks<T: Config>() {
    let prepared: Vec<Asset> = Attachments::<T>::iter_keys().collect();
    let pools = prepared.iter().filter_map(|asset| match asset {
        Asset::Datanet(datanet) => Some(Payee::Pool(Pool {
            datanet: *datanet,
            round: 1,
        })),
        Asset::Model(_) => None,
    });
    let models = ancestors().filter_map(|asset| match asset {
        Asset::Model(model) => Some(Payee::Model(model)),
        Asset::Datanet(_) => None,
    });
    let mut stack: Vec<_> = pools
        .chain(models)
        .take(MAX_STACK as usize)
        .map(|payee| Royalty {
            payee,
            rate: Perbill::from_percent(1),
            ceiling: Some(u128::MAX),
        })
        .collect();
    stack.sort_by_key(|royalty| royalty.payee);
    let mut gates: Vec<_> = asked().collect();
    gates.sort();

    for asset in prepared {
        let shared = ancestors().any(|ancestor| ancestor == asset);
        if matches!(asset, Asset::Model(_)) && !shared {
            Attachments::<T>::mutate_extant(asset, |attachment| {
                attachment.standing.stack = RoyaltyStack::truncate_from(stack.clone());
                attachment.standing.gates = Gates::truncate_from(gates.clone());
            });
        }
    }
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
