//! Ancestry as sorted sets of identifiers. No FRAME, no storage.

use alloc::vec::Vec;

use tributary_primitives::ids::ModelId;

use crate::types::AncestorSet;

/// An ancestry has more than [`MAX_ANCESTORS`](crate::types::MAX_ANCESTORS) models.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooManyAncestors;

/// The ancestors of a model: its parents, and theirs, each once, ascending.
///
/// `parents`: each parent with its own ancestors. The cost is that of sorting as many identifiers as there are in all of them.
pub fn union<'a>(
    parents: impl IntoIterator<Item = (ModelId, &'a AncestorSet)>,
) -> Result<AncestorSet, TooManyAncestors> {
    AncestorSet::try_from(all_of(parents)).map_err(|_| TooManyAncestors)
}

/// The ancestors of a model with one more parent: those that it has, the parent, and the parent's.
pub fn with_parent(
    own: &AncestorSet,
    parent: ModelId,
    ancestors: &AncestorSet,
) -> Result<AncestorSet, TooManyAncestors> {
    let mut all = all_of([(parent, ancestors)]);
    all.extend_from_slice(own);
    all.sort_unstable();
    all.dedup();
    AncestorSet::try_from(all).map_err(|_| TooManyAncestors)
}

/// Those ancestors of a model that it still has with these parents only.
pub fn kept<'a>(
    own: &AncestorSet,
    parents: impl IntoIterator<Item = (ModelId, &'a AncestorSet)>,
) -> AncestorSet {
    let all = all_of(parents);
    let mut kept = own.clone();
    kept.retain(|ancestor| all.binary_search(ancestor).is_ok());
    kept
}

/// Parents and their ancestors, each once, ascending.
fn all_of<'a>(parents: impl IntoIterator<Item = (ModelId, &'a AncestorSet)>) -> Vec<ModelId> {
    let mut all = Vec::new();
    for (parent, ancestors) in parents {
        all.push(parent);
        all.extend_from_slice(ancestors);
    }
    all.sort_unstable();
    all.dedup();
    all
}
