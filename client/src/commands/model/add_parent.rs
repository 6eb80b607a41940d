//! `tributary model add-parent`: a source that was left out when the model was registered.

use anyhow::{Context as _, Result};
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{
    assets::Asset,
    licences::{extend, Generation, Origin, Refusal, Source, Term},
};

use super::sources;
use crate::{
    chain::{calls::AddParent, state::Grant, Snapshot},
    commands::licence::{find_attachment, find_terms, refused_call},
    context::Context,
    keys,
    origin::origin_text,
    output::Output,
};

pub(super) async fn add_parent(context: &Context, model: u32, origin: Origin) -> Result<Output> {
    let (chain, key) = context.connect_to_sign().await?;
    let state = chain.newest().await?;
    if let Some(refusal) = refusal(&state, &keys::account(&key), model, origin).await? {
        return Err(refused_call("Models.add_parent", &refusal).into());
    }
    let source = Static(origin);
    let included = chain.submit(&key, AddParent { model, source }).await?;
    Ok(Output::new(included.json()?).line(format!(
        "Model {model} is {} as well {}.",
        origin_text(&origin),
        included.place()
    )))
}

/// Which term stands against a source that the owner of a model adds, with the asset, for which the chain's own refusal has no room. What is no
/// matter of licences is left to the chain.
async fn refusal(
    state: &Snapshot,
    owner: &AccountId32,
    model: u32,
    origin: Origin,
) -> Result<Option<Refusal>> {
    let asset = origin.asset();
    let held = find_attachment(state, Asset::Model(model)).await?;
    let Some(held) = held.filter(|held| held.owner == *owner) else {
        return Ok(None);
    };
    let edges = sources(state, model).await?;
    if edges.iter().any(|known| known.edge.origin.asset() == asset) {
        return Ok(None);
    }
    let named = edges.iter().filter(|known| !known.edge.upheld).count();
    let position = u8::try_from(named).context("a model has few sources")?;
    let refused = |term| Ok(Some(Refusal::through(position, asset, term)));
    let Some(source) = find_attachment(state, asset).await? else {
        return refused(Term::NotFound);
    };
    if source.retired {
        return refused(Term::Retired);
    }
    let terms = find_terms(state, held.terms).await?;
    let terms = terms.context("terms that an asset is under stay published")?;
    let source = Source {
        origin,
        standing: &source.standing.0,
    };
    let next = u32::try_from(state.number() + 1).context("blocks are numbered by 32 bits")?;
    let folded = match extend(&terms, &held.standing.0, &source, position, next) {
        Ok(folded) => folded,
        Err(refusal) => return Ok(Some(refusal)),
    };
    for needed in &folded.grants {
        let key = (Static(needed.asset), *owner);
        let grant: Option<Grant> = state.get("Licensing", "Grants", key).await?;
        if !grant.is_some_and(|grant| is_good_for(&grant, needed.generation)) {
            let term = Term::Grant(needed.generation);
            return Ok(Some(Refusal::through(position, needed.asset, term)));
        }
    }
    Ok(None)
}

/// Whether a grant can be used for a descendant of a generation.
fn is_good_for(grant: &Grant, generation: Generation) -> bool {
    grant.approved && grant.generation.0 >= generation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_good_once_approved_and_one_for_children_for_later_generations_too() {
        let grant = |generation, approved| Grant {
            generation: Static(generation),
            approved,
            fee: 0,
        };
        let first = grant(Generation::First, true);
        assert!(is_good_for(&first, Generation::First));
        assert!(is_good_for(&first, Generation::Later));
        let later = grant(Generation::Later, true);
        assert!(is_good_for(&later, Generation::Later));
        assert!(!is_good_for(&later, Generation::First));
        let waiting = grant(Generation::First, false);
        assert!(!is_good_for(&waiting, Generation::First));
    }
}
