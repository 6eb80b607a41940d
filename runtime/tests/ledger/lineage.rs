//! Does to the runtime what operations say about where models come from.

use crate::{
    book::{self, Book, Coin, Outcome, Payee, PoolId, Who, NOBODY},
    driver::{account, call, pool, refusal, role, shares},
    operations::Operation,
};
use frame_support::traits::fungible::Mutate;
use pallet_models::{Call, Kind};
use sp_core::H256;
use sp_runtime::{DispatchResult, Perbill};
use tributary_primitives::{
    ids::TermsId,
    licences::{presets, LegalText, LicenceTerms, Origin},
    roles::{Contention, Lineage, Rounds, Terms},
};
use tributary_runtime::{
    configs::tributary::FinalRounds, currency::TRIB, AccountId, Balances, Licensing, Models,
    Runtime,
};

/// Owns all models and datanets, and has money for all deposits. Nobody's earnings go there.
const OWNER: Who = 100;
/// What descendants owe datanets: a rate, and a ceiling.
const DATANETS: [(u32, Option<Coin>); 3] =
    [(50_000_000, None), (123_456_789, Some(TRIB)), (1, None)];

/// Gives datanets a licence, so that models can come from them.
pub(crate) fn begin() -> Vec<(u32, Option<Coin>)> {
    let _ = <Balances as Mutate<AccountId>>::mint_into(&account(OWNER), 1_000_000 * TRIB);
    for (datanet, own) in (0..).zip(DATANETS) {
        let terms = published(own).expect("the owner can pay for it");
        Licensing::attach_datanet(datanet, &account(OWNER), terms).expect("terms suit a datanet");
    }
    DATANETS.to_vec()
}

/// A round becomes one that models can come from.
pub(crate) fn finish((datanet, round): PoolId) {
    FinalRounds::prepare_final(datanet, round);
}

fn terms((rate, ceiling): (u32, Option<Coin>)) -> LicenceTerms {
    let text = LegalText::new("https://example.org/terms", H256::repeat_byte(1), "");
    presets::commercial_with_royalty(
        Perbill::from_parts(rate),
        ceiling,
        text.expect("it is short"),
    )
}

/// Publishes terms, unless they are.
fn published(own: (u32, Option<Coin>)) -> Result<TermsId, sp_runtime::DispatchError> {
    let terms = terms(own);
    let id = terms.id();
    if !pallet_licensing::Licences::<Runtime>::contains_key(id) {
        call(OWNER, pallet_licensing::Call::publish { terms })?;
    }
    Ok(id)
}

fn origin(source: Payee) -> Origin {
    match source {
        Payee::Model(model) => Origin::FineTunedFrom(model),
        Payee::Pool(id) => Origin::TrainedOn(pool(id)),
    }
}

fn contention(contention: book::Contention) -> Contention {
    match contention {
        book::Contention::Missing(source) => Contention::MissingParent(origin(source)),
        book::Contention::False(source) => Contention::FalseParent(origin(source)),
        book::Contention::Reexecuted => Contention::Reexecuted,
    }
}

fn register(own: (u32, Option<Coin>), sources: &[Payee], team: &[book::Share]) -> DispatchResult {
    let fine_tuned = sources
        .iter()
        .any(|source| matches!(source, Payee::Model(_)));
    let register = Call::register {
        kind: if fine_tuned {
            Kind::FineTune
        } else {
            Kind::Base
        },
        origins: sources.iter().map(|source| origin(*source)).collect(),
        weights_hash: H256::repeat_byte(2),
        recipe_hash: H256::repeat_byte(3),
        terms: published(own)?,
        royalties_at_most: Perbill::one(),
        team: shares(team),
        metadata: Vec::new(),
    };
    call(OWNER, register)
}

/// Does it to the runtime.
pub(crate) fn on_chain(operation: &Operation, book: &Book) -> Outcome {
    use Operation::*;
    let kin = |model: &u32| book.kin.get(model);
    let outcome = match operation {
        Register { own, sources, team } => register(*own, sources, team),
        AnnounceTeam { model, team } => call(
            OWNER,
            Call::announce_team {
                model: *model,
                team: shares(team),
            },
        ),
        ChangeTeam(model) => call(OWNER, Call::change_team { model: *model }),
        AddParent { model, source } => call(
            OWNER,
            Call::add_parent {
                model: *model,
                source: origin(*source),
                royalties_at_most: Perbill::one(),
            },
        ),
        Contest { model, contention }
            if kin(model).is_some_and(|kin| kin.is_contested(*contention)) =>
        {
            return Err(NOBODY)
        }
        Contest {
            model,
            contention: of,
        } => role(|| <Models as Lineage<AccountId>>::contest(*model, &contention(*of))),
        Conclude {
            model,
            contention,
            upheld,
        } if !kin(model).is_some_and(|kin| kin.may_conclude(*contention, *upheld)) => {
            return Err(NOBODY)
        }
        Conclude {
            model,
            contention: of,
            upheld,
        } => role(|| <Models as Lineage<AccountId>>::conclude(*model, &contention(*of), *upheld)),
        Refold(model) => call(OWNER, pallet_licensing::Call::refold { model: *model }),
        _ => return Err(NOBODY),
    };
    outcome.map_err(refusal)
}
