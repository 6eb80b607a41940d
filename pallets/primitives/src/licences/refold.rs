//! What follows when an ancestry becomes known late: a source that its owner adds, one that a dispute adds or takes out, and what such
//! changes come to for the descendants of those whom they concern.
//!
//! A model that is registered is folded strictly, and refused where it does not fit (see [`fold`](super::fold())). One that is there cannot be
//! refused: what does not fit any more is left out, and nothing that fits is. What it owes already has precedence, so that no change
//! upstream takes an ancestor's royalty away. What becomes owed late has places of its own, which nothing else uses: a model whose stack is
//! full cannot hide behind it.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{
    fold::{
        add_gates, add_royalties, by_asset, check_permissions, grants_of, place_of, royalties_fit,
        unite,
    },
    Family, Folded, Gates, LicenceTerms, Refusal, Source, Standing, Term, MAX_GATES,
    MAX_SOURCE_MODELS, MAX_SOURCE_POOLS,
};
use crate::assets::{Asset, LateRoyalties, Royalty, RoyaltyStack, MAX_LATE};

/// The most sources of a model: those that its owner names, and those that were missing.
pub const MAX_SOURCES: u32 = MAX_SOURCE_MODELS + MAX_SOURCE_POOLS + MAX_LATE;

/// One direct source of a model that is there.
#[derive(Clone, Copy, Debug)]
pub struct KnownSource<'a> {
    /// The source.
    pub source: Source<'a>,
    /// Whether its owner had left it out and others showed it: what it brings is owed late.
    pub upheld: bool,
}

/// Adds a source that its owner names to the standing of a model, at block `now`, or says which term stands against it: the terms must lie
/// within what the source permits, and the bounds are those of a model that is registered. `position` names it in refusals and grants.
///
/// Refused as well is a source that ends earlier than the model (`EndsEarlier`), or that every further descendant would have to ask (`AsksDescendants`): the
/// owner of a model would take from its descendants what they were promised. A dispute can add it.
///
/// Of the grants that it asks for those are left out that the model needed already. What is owed late stays late, so that descendants go on to
/// inherit it. The work is that of one source of [`fold`](super::fold()).
pub fn extend(
    terms: &LicenceTerms,
    held: &Standing,
    source: &Source,
    position: u8,
    now: u32,
) -> Result<Folded, Refusal> {
    let mut gates = held.gates.to_vec();
    let mut stack = held.stack.to_vec();
    let timely = |royalty: &Royalty| place_of(&held.late, royalty).is_err();
    // No model is of two families: a source of another one is not of the terms' own either.
    check_permissions(terms, source, None, now)
        .and_then(|()| add_gates(&mut gates, source))
        .and_then(|()| add_royalties(&mut stack, source.royalties().filter(timely)))
        .map_err(|term| Refusal::through(position, source.origin.asset(), term))?;

    let mut standing = held.clone();
    standing.meet(source.standing);
    // Whoever comes from the model, or is about to, was promised what it is: nothing that its owner adds may take of that.
    let refused = |term| Err(Refusal::through(position, source.origin.asset(), term));
    if standing.expires != held.expires {
        return refused(Term::EndsEarlier);
    }
    if gates != *held.gates {
        return refused(Term::AsksDescendants);
    }
    // Their lengths were checked as they grew.
    standing.gates = Gates::truncate_from(gates);
    standing.stack = RoyaltyStack::truncate_from(stack);
    // Gates are for later generations: a source that is one of them and asks for itself asks for more.
    let grants = grants_of(source, position)
        .filter(|needed| {
            needed.asset == source.origin.asset() || !held.gates.contains(&needed.asset)
        })
        .collect();
    Ok(Folded { standing, grants })
}

/// What a model would owe late if it came from a source that its owner left out, but for assets that it owes already: the source's own
/// royalty, if there is a free place or one of another that is not higher; then what the source owes, the highest rates first, then the lower payees,
/// while there are free places and all that is owed comes to at most [`MAX_ROYALTIES`](super::MAX_ROYALTIES): the source may have come to owe it only
/// lately. Ascending by payee.
///
/// The work is bounded by [`MAX_STACK`](crate::assets::MAX_STACK) + [`MAX_LATE`] + 1 royalties.
pub fn claimed_royalties(held: &Standing, source: &Source) -> LateRoyalties {
    let mut brought = Vec::new();
    for royalty in source.royalties() {
        unite(&mut brought, royalty);
    }
    brought.retain(|royalty| !owes(held, royalty));
    let is_own = |royalty: &Royalty| royalty.payee.asset() == source.origin.asset();
    let (own, others): (Vec<_>, Vec<_>) = brought.into_iter().partition(is_own);
    let free = (MAX_LATE as usize).saturating_sub(held.late.len());
    let gives_way = |own: &Royalty| held.late.iter().any(|late| late.rate <= own.rate);
    let mut claimed: Vec<_> = own
        .into_iter()
        .filter(|own| free > 0 || gives_way(own))
        .collect();
    for royalty in highest_first(others) {
        let all = held.stack.iter().chain(&held.late).chain(&claimed);
        if claimed.len() < free && royalties_fit(all.chain([&royalty])) {
            claimed.push(royalty);
        }
    }
    late_of(claimed)
}

/// The standing of a model with what it owes late because of a source that its owner left out: of what was claimed, all that the source still
/// brings. To be refolded with the source, whose own royalty finds its place then.
pub fn uphold(held: &Standing, source: &Source, claimed: &LateRoyalties) -> Standing {
    let brings = |royalty: &Royalty| {
        let asset = royalty.payee.asset();
        asset != source.origin.asset()
            && source
                .royalties()
                .any(|brought| brought.payee.asset() == asset)
    };
    let claimed = claimed.iter().copied().filter(brings);
    // No more than there were free places.
    let late = held.late.iter().copied().chain(claimed).collect();
    Standing {
        late: late_of(late),
        ..held.clone()
    }
}

/// Folds a model that is there once more, from the present standings of all its sources. `held`: what its standing says so far.
///
/// - Permissions, attribution and expiry follow from terms and sources, as when it is registered. Of several families that of the terms stays, then
///   the one that was, then the lowest.
/// - Gates that were and still come from a source stay; others are added in ascending order while there are at most [`MAX_GATES`].
/// - The stack: what is owed in it and still comes from a source stays; a rate that is higher than it was is raised while all come to at most
///   [`MAX_ROYALTIES`](super::MAX_ROYALTIES), the highest first. Nothing is added: what an owner upstream names later binds that model and those that are registered
///   from then on. Else anybody upstream could raise what models that are there owe.
/// - Late, as far as it has no place in the stack: the own royalties of those sources which were left out, and what is owed late and still comes from a source, by highest
///   rate, the former first among equals; then what sources owe late, in the same order, as far as stack and late together come to at most
///   [`MAX_ROYALTIES`](super::MAX_ROYALTIES): a descendant did not leave that out. While there are at most [`MAX_LATE`]. What a source which was left out comes
///   to owe after that was decided is not added but like this.
/// - Each asset is owed once, of a datanet for its latest round, at its highest rate on any path as far as that fits.
///
/// What does not fit is left out and stands against nothing. The order of the sources matters for nothing but which ceiling stays of two with
/// equal rates. Folding the same once more changes nothing; so does folding a model for the first time whose sources are as they were when
/// it was registered.
///
/// The work is bounded by [`MAX_SOURCES`] sources of [`MAX_STACK`](crate::assets::MAX_STACK) + [`MAX_LATE`] + 1 royalties and [`MAX_GATES`] + 1 gates.
pub fn refold(terms: &LicenceTerms, held: &Standing, sources: &[KnownSource]) -> Standing {
    let mut standing = Standing::root(terms);
    for known in sources {
        standing.meet(known.source.standing);
    }
    standing.family = family(terms, held, sources);
    standing.gates = gates(held, sources);

    let brought = Brought::by(sources);
    let stack = brought.stack(held);
    standing.late = brought.late(held, &stack);
    standing.stack = RoyaltyStack::truncate_from(stack);
    standing
}

/// Whether a model owes something for the asset of a royalty.
fn owes(held: &Standing, royalty: &Royalty) -> bool {
    place_of(&held.stack, royalty).is_ok() || place_of(&held.late, royalty).is_ok()
}

/// Royalties, the highest rate first, of equal ones the lower payee.
fn highest_first(mut royalties: Vec<Royalty>) -> Vec<Royalty> {
    royalties.sort_by_key(|royalty| (Reverse(royalty.rate), royalty.payee));
    royalties
}

/// Royalties of different assets, as many as there are places, in their order.
fn late_of(mut royalties: Vec<Royalty>) -> LateRoyalties {
    royalties.sort_by(|one, other| by_asset(&one.payee, &other.payee));
    LateRoyalties::truncate_from(royalties)
}

/// The family of the terms, or that which the model was of if a source still is, or the lowest of the sources'.
fn family(terms: &LicenceTerms, held: &Standing, sources: &[KnownSource]) -> Option<Family> {
    let families = || {
        sources
            .iter()
            .filter_map(|known| known.source.standing.family)
    };
    let kept = held
        .family
        .filter(|kept| families().any(|one| one == *kept));
    terms.share_alike.or(kept).or_else(|| families().min())
}

/// The gates that were and still are, and as many others as there is room for.
fn gates(held: &Standing, sources: &[KnownSource]) -> Gates {
    let mut asked: Vec<Asset> = sources
        .iter()
        .flat_map(|known| known.source.gates())
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let (kept, others): (Vec<_>, Vec<_>) = asked
        .into_iter()
        .partition(|asset| held.gates.contains(asset));
    // No more were kept than there were.
    let mut gates: Vec<_> = kept
        .into_iter()
        .chain(others)
        .take(MAX_GATES as usize)
        .collect();
    gates.sort_unstable();
    Gates::truncate_from(gates)
}

/// What sources bring, each list with an asset once, ascending.
#[derive(Default)]
struct Brought {
    /// By any way.
    all: Vec<Royalty>,
    /// The own royalties of sources that were left out.
    upheld: Vec<Royalty>,
    /// What sources owe late.
    inherited: Vec<Royalty>,
}

impl Brought {
    fn by(sources: &[KnownSource]) -> Self {
        let mut brought = Brought::default();
        for known in sources {
            for royalty in known.source.royalties() {
                unite(&mut brought.all, royalty);
            }
            for royalty in &known.source.standing.late {
                unite(&mut brought.inherited, *royalty);
            }
            let own = known.source.own_royalty().filter(|_| known.upheld);
            if let Some(own) = own {
                unite(&mut brought.upheld, own);
            }
        }
        brought
    }

    /// What is owed for the asset of a royalty if it comes from a source: at its highest rate, for its latest round.
    fn owed(&self, royalty: &Royalty) -> Option<Royalty> {
        let place = place_of(&self.all, royalty).ok()?;
        self.all.get(place).copied()
    }

    /// The stack, ascending.
    fn stack(&self, held: &Standing) -> Vec<Royalty> {
        let mut stack: Vec<Royalty> = held
            .stack
            .iter()
            .filter_map(|kept| {
                let owed = self.owed(kept)?;
                let fits = owed.rate <= kept.rate;
                // A higher rate has to find room among the others below.
                let (rate, ceiling) = if fits {
                    (owed.rate, owed.ceiling)
                } else {
                    (kept.rate, kept.ceiling)
                };
                Some(Royalty {
                    payee: owed.payee,
                    rate,
                    ceiling,
                })
            })
            .collect();
        let owed = self.all.iter().copied();
        let owed = owed.filter(|owed| place_of(&stack, owed).is_ok());
        for owed in highest_first(owed.collect()) {
            let mut with = stack.clone();
            unite(&mut with, owed);
            if royalties_fit(&with) {
                stack = with;
            }
        }
        stack
    }

    /// What is owed beyond the stack.
    fn late(&self, held: &Standing, stack: &[Royalty]) -> LateRoyalties {
        let owed_beyond = |royalty: &Royalty| {
            self.owed(royalty)
                .filter(|owed| place_of(stack, owed).is_err())
        };
        let is_own = |royalty: &Royalty| place_of(&self.upheld, royalty).is_ok();
        let owed = self.upheld.iter().chain(&held.late);
        let mut owed: Vec<Royalty> = owed.filter_map(owed_beyond).collect();
        owed.sort_by_key(|royalty| (Reverse(royalty.rate), !is_own(royalty), royalty.payee));
        let inherited = self.inherited.iter().filter_map(owed_beyond).collect();
        let mut late: Vec<Royalty> = Vec::new();
        for (royalties, bounded) in [(owed, false), (highest_first(inherited), true)] {
            for royalty in royalties {
                let known = |one: &Royalty| one.payee.asset() == royalty.payee.asset();
                let room = late.len() < MAX_LATE as usize && !late.iter().any(known);
                let fits = || royalties_fit(stack.iter().chain(&late).chain([&royalty]));
                if room && (!bounded || fits()) {
                    late.push(royalty);
                }
            }
        }
        late_of(late)
    }
}
