//! Licences and models, as their owners publish and register them.

use super::*;
use pallet_models::Kind;
use sp_core::H256;
use tributary_primitives::{
    assets::{Asset, RoyaltyStack, Share},
    ids::{ModelId, TermsId},
    licences::{presets, LegalText, LicenceTerms, Origin},
};

/// Terms that allow every use where it is metered, for a royalty of `percent`.
pub(super) fn terms(percent: u32) -> LicenceTerms {
    let text = LegalText::new("https://example.org/terms", H256::repeat_byte(1), "")
        .expect("the address is short");
    presets::commercial_with_royalty(Perbill::from_percent(percent), None, text)
}

/// Publishes terms, unless somebody has published the same ones.
pub(super) fn publish(chain: &mut Chain, who: Person, terms: LicenceTerms) -> TermsId {
    let id = terms.id();
    if !pallet_licensing::Licences::<Runtime>::contains_key(id) {
        chain.must(
            who,
            RuntimeCall::Licensing(pallet_licensing::Call::publish { terms }),
        );
    }
    id
}

/// People with their parts in percent.
pub(super) fn team(members: &[(Person, u32)]) -> Vec<Share<AccountId>> {
    members
        .iter()
        .map(|(member, percent)| Share {
            account: account(*member),
            part: Perbill::from_percent(*percent),
        })
        .collect()
}

/// Asks for a model with these origins: a fine-tune if one of them is a model, else a base model.
pub(super) fn registration(
    origins: Vec<Origin>,
    terms: TermsId,
    team: Vec<Share<AccountId>>,
) -> RuntimeCall {
    let fine_tuned = origins.iter().any(|origin| origin.pool().is_none());
    RuntimeCall::Models(pallet_models::Call::register {
        kind: if fine_tuned {
            Kind::FineTune
        } else {
            Kind::Base
        },
        origins,
        weights_hash: H256::repeat_byte(2),
        recipe_hash: H256::repeat_byte(3),
        terms,
        royalties_at_most: Perbill::one(),
        team,
        metadata: b"A model of corners".to_vec(),
    })
}

/// A model, as the events of its registration have it.
pub(super) struct Registered {
    pub(super) id: ModelId,
    /// What licensing says that it owes.
    pub(super) inherited: RoyaltyStack,
    /// What rewards says that it owes, at the rates that apply.
    pub(super) owed: RoyaltyStack,
}

/// Registers a model with a royalty of its own.
pub(super) fn register(
    chain: &mut Chain,
    owner: Person,
    origins: Vec<Origin>,
    percent: u32,
    members: &[(Person, u32)],
) -> Registered {
    register_under(chain, owner, origins, terms(percent), members)
}

/// Registers a model under certain terms.
pub(super) fn register_under(
    chain: &mut Chain,
    owner: Person,
    origins: Vec<Origin>,
    terms: LicenceTerms,
    members: &[(Person, u32)],
) -> Registered {
    let terms = publish(chain, owner, terms);
    let events = chain.must(owner, registration(origins, terms, team(members)));
    Registered {
        id: found(&events, |event| match event {
            RuntimeEvent::Models(pallet_models::Event::Registered { model, .. }) => Some(*model),
            _ => None,
        }),
        inherited: found(&events, |event| match event {
            RuntimeEvent::Licensing(pallet_licensing::Event::TermsAttached {
                royalties, ..
            }) => Some(royalties.clone()),
            _ => None,
        }),
        owed: found(&events, |event| match event {
            RuntimeEvent::Rewards(pallet_rewards::Event::LedgerOpened { royalties, .. }) => {
                Some(royalties.clone())
            }
            _ => None,
        }),
    }
}

/// A payment for an asset; for a datanet, to its last pool.
pub(super) fn payment(asset: Asset, gross: Balance) -> RuntimeCall {
    RuntimeCall::Rewards(pallet_rewards::Call::pay {
        asset,
        round: None,
        gross,
    })
}

/// Pays what is due of what a model has received.
pub(super) fn settlement(model: ModelId) -> RuntimeCall {
    RuntimeCall::Rewards(pallet_rewards::Call::settle { model })
}

/// Takes all that the sender was credited out of the pot.
pub(super) fn withdrawal() -> RuntimeCall {
    RuntimeCall::Rewards(pallet_rewards::Call::withdraw {})
}
