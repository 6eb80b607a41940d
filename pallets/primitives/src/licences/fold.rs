//! What follows from licences along ancestry: a monotone fold over the sources of a model.
//!
//! Each asset has a [`Standing`]: everything that its own terms and those of all its ancestors ask of a descendant. The standing of
//! a model follows from its terms and the standings of its direct sources alone, and says the same as a walk along every path to
//! every ancestor: permissions only shrink, obligations only grow, and an ancestor's royalty is what its own terms say, however
//! many models lie between.

use alloc::{collections::BTreeMap, vec::Vec};
use core::cmp::Ordering;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::ConstU32;
use sp_runtime::BoundedVec;

use super::{
    Family, Gate, Generation, LicenceTerms, Origin, RoyaltyTerms, Use, Uses, MAX_ROYALTIES,
};
use crate::assets::{billionths, Asset, LateRoyalties, Payee, Royalty, RoyaltyStack, MAX_STACK};

/// The most models that a model descends from directly.
pub const MAX_SOURCE_MODELS: u32 = 16;
/// The most pools that a model descends from directly.
pub const MAX_SOURCE_POOLS: u32 = 16;
/// The most ancestors that each further descendant of a model has to ask.
pub const MAX_GATES: u32 = 8;

/// Ancestors that every further descendant has to ask, ascending.
pub type Gates = BoundedVec<Asset, ConstU32<MAX_GATES>>;

/// What an asset asks of its descendants: its own terms, and what it hands on from its ancestors.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub struct Standing {
    /// What may be done with the asset.
    pub direct: Uses,
    /// What may be done with its descendants.
    pub onward: Uses,
    /// Whether it may be used for gain.
    pub commercial: bool,
    /// Whether its makers, or those of an ancestor, must be named.
    pub attribution: bool,
    /// The family that descendants must belong to.
    pub family: Option<Family>,
    /// The first block at which its terms or an ancestor's allow nothing any more.
    pub expires: Option<u32>,
    /// Which descendants have to ask for a grant of the asset itself.
    pub gate: Option<Gate>,
    /// The asset's own royalty.
    pub royalty: Option<RoyaltyTerms>,
    /// Ancestors of which each descendant needs a grant, ascending. The asset itself is not among them.
    pub gates: Gates,
    /// What the asset owes its ancestors.
    pub stack: RoyaltyStack,
    /// What it owes beyond that to ancestors that became known late, ascending by payee: nobody who is in the stack. Empty when it is
    /// registered.
    pub late: LateRoyalties,
}

impl Standing {
    /// The standing of an asset without ancestors.
    pub fn root(terms: &LicenceTerms) -> Self {
        Standing {
            direct: terms.direct,
            onward: terms.onward,
            commercial: terms.commercial,
            attribution: terms.attribution,
            family: terms.share_alike,
            expires: terms.expires,
            gate: terms.gate(),
            royalty: terms.royalty,
            gates: Gates::new(),
            stack: RoyaltyStack::new(),
            late: LateRoyalties::new(),
        }
    }

    /// Whether nothing is allowed any more at a block.
    pub fn expired(&self, block: u32) -> bool {
        self.expires.is_some_and(|expires| expires <= block)
    }

    /// Whether models that are there and come from an asset with this standing may have something to take up when it gets another one: what its
    /// owner comes to owe in time is for later descendants only, but that those who owe for data already owe for its latest round.
    pub fn binds_descendants(&self, next: &Standing) -> bool {
        let goes_on = |royalty| next.stack.contains(royalty) || next.late.contains(royalty);
        let without_royalties = |standing: &Standing| Standing {
            stack: RoyaltyStack::new(),
            late: LateRoyalties::new(),
            ..standing.clone()
        };
        without_royalties(self) != without_royalties(next)
            || !self.stack.iter().chain(&self.late).all(goes_on)
            || next.late.iter().any(|late| !self.late.contains(late))
            || next.stack.iter().any(|royalty| {
                matches!(royalty.payee, Payee::Pool(_)) && !self.stack.contains(royalty)
            })
    }

    /// Takes away what a source does not hand on, and adds what it obliges to: permissions shrink, obligations grow, in any order.
    ///
    /// Of two families the first stays: [`fold`] refuses the second.
    pub fn meet(&mut self, source: &Standing) {
        self.direct = self.direct.and(source.onward);
        self.onward = self.onward.and(source.onward);
        self.commercial &= source.commercial;
        self.attribution |= source.attribution;
        self.family = self.family.or(source.family);
        self.expires = match (self.expires, source.expires) {
            (Some(own), Some(other)) => Some(own.min(other)),
            (own, other) => own.or(other),
        };
    }
}

/// One direct source of a model.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// How the model came from it.
    pub origin: Origin,
    /// What it asks of its descendants.
    pub standing: &'a Standing,
}

impl Source<'_> {
    /// What a descendant owes because of this source: what the source owes, late or not, and its own royalty.
    pub fn royalties(&self) -> impl Iterator<Item = Royalty> + '_ {
        let late = self.standing.late.iter().copied();
        self.timely_royalties().chain(late)
    }

    /// The same without what the source owes late.
    fn timely_royalties(&self) -> impl Iterator<Item = Royalty> + '_ {
        let stack = self.standing.stack.iter().copied();
        stack.chain(self.own_royalty())
    }

    /// The source's own.
    pub(super) fn own_royalty(&self) -> Option<Royalty> {
        self.standing.royalty.map(|terms| Royalty {
            payee: self.origin.payee(),
            rate: terms.rate,
            ceiling: terms.ceiling,
        })
    }

    /// Whom a descendant's descendants have to ask because of this source: those whom its own have to ask, and the source itself if its
    /// gate is for every generation.
    pub(super) fn gates(&self) -> impl Iterator<Item = Asset> + '_ {
        let own = (self.standing.gate == Some(Gate::Every)).then(|| self.origin.asset());
        self.standing.gates.iter().copied().chain(own)
    }
}

/// What stands against a model, or against a use of an asset.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub enum Term {
    /// The terms to attach are not published.
    NotPublished,
    /// There is no such asset.
    NotFound,
    /// The asset is retired: it takes no descendants and gives no grants any more.
    Retired,
    /// The terms allow nothing any more at the block in question.
    Expired,
    /// Something has changed among the sources of the model that its own terms do not take up yet.
    Stale,
    /// The terms do not allow this use of the asset.
    Direct(Use),
    /// The model's own terms allow these uses, which the source does not hand on.
    Onward(Uses),
    /// The model's own terms are commercial, the source is not.
    Commercial,
    /// The source is share-alike and the model's own terms are not of its family.
    ShareAlike,
    /// Two sources are share-alike, of different families.
    FamilyConflict,
    /// More than [`MAX_GATES`] ancestors would have to be asked, beginning with this source.
    Gates,
    /// The owner of the asset has no grant of it for a descendant of this generation.
    Grant(Generation),
    /// More than [`MAX_STACK`] royalties would be owed, beginning with this source.
    Stack,
    /// More than [`MAX_ROYALTIES`] would be owed in all, beginning with this source.
    Royalties,
    /// The asset is named by two origins.
    Repeated,
    /// More than [`MAX_SOURCE_MODELS`] models or [`MAX_SOURCE_POOLS`] pools.
    TooManyOrigins,
    /// The source ends earlier than a model that is there, to which its owner would add it: descendants were promised more.
    EndsEarlier,
    /// Every descendant of a model that is there would have to ask the source, or an ancestor of it: they were promised otherwise.
    AsksDescendants,
}

/// Which term of which asset stands against something.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    Serialize,
    TypeInfo,
)]
pub struct Refusal {
    /// The position, in the list of origins, of the one through which the asset is reached. `None` if it is not by an origin.
    pub origin: Option<u8>,
    /// The asset whose terms stand against it. `None` if they are the model's own.
    pub asset: Option<Asset>,
    /// The term.
    pub term: Term,
}

impl Refusal {
    /// The terms to attach stand against it themselves.
    pub fn own(term: Term) -> Self {
        Refusal {
            origin: None,
            asset: None,
            term,
        }
    }

    /// The terms of an asset stand against it.
    pub fn by(asset: Asset, term: Term) -> Self {
        Refusal {
            origin: None,
            asset: Some(asset),
            term,
        }
    }

    /// The terms of an asset that is reached through an origin stand against it.
    pub fn through(origin: u8, asset: Asset, term: Term) -> Self {
        Refusal {
            origin: Some(origin),
            asset: Some(asset),
            term,
        }
    }
}

/// A grant that is used up when a model is registered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NeededGrant {
    /// The asset that gives it.
    pub asset: Asset,
    /// The model's generation, seen from the asset: the nearest on any path.
    pub generation: Generation,
    /// The position of the origin through which the asset is reached, the first of them.
    pub origin: u8,
}

/// What follows from terms and sources.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Folded {
    /// The standing of the model.
    pub standing: Standing,
    /// The grants that it needs, ascending by asset: at most one for each source, and [`MAX_GATES`] more.
    pub grants: Vec<NeededGrant>,
}

/// Folds the standings of the sources of a model into its own, at block `now`, or names the first source and term that stand
/// against it, in the order of the sources.
///
/// The work is bounded by [`MAX_SOURCE_MODELS`] + [`MAX_SOURCE_POOLS`] sources of [`MAX_STACK`] royalties and [`MAX_GATES`] gates.
pub fn fold(terms: &LicenceTerms, sources: &[Source], now: u32) -> Result<Folded, Refusal> {
    if terms.expired(now) {
        return Err(Refusal::own(Term::Expired));
    }
    check_origins(sources.iter().map(|source| source.origin))?;

    let mut standing = Standing::root(terms);
    let mut family = None;
    let mut gates = Vec::new();
    let mut stack = Vec::new();
    let mut grants = BTreeMap::new();
    for (origin, source) in (0u8..).zip(sources) {
        let asset = source.origin.asset();
        check_permissions(terms, source, family, now)
            .and_then(|()| add_gates(&mut gates, source))
            .and_then(|()| add_royalties(&mut stack, source.royalties()))
            .map_err(|term| Refusal::through(origin, asset, term))?;
        standing.meet(source.standing);
        family = family.or(source.standing.family);
        for needed in grants_of(source, origin) {
            add_grant(&mut grants, needed);
        }
    }

    // Their lengths were checked as they grew.
    standing.gates = Gates::truncate_from(gates);
    standing.stack = RoyaltyStack::truncate_from(stack);
    Ok(Folded {
        standing,
        grants: grants.into_values().collect(),
    })
}

/// Whether there are not too many origins, and no asset twice.
pub fn check_origins(origins: impl Iterator<Item = Origin>) -> Result<(), Refusal> {
    let (mut models, mut pools) = (0u32, 0u32);
    let mut seen = Vec::new();
    // No more than 33 are looked at, so that a position fits a byte.
    for (position, origin) in (0u8..).zip(origins) {
        let asset = origin.asset();
        let (count, most) = match asset {
            Asset::Model(_) => (&mut models, MAX_SOURCE_MODELS),
            Asset::Datanet(_) => (&mut pools, MAX_SOURCE_POOLS),
        };
        *count += 1;
        if *count > most {
            return Err(Refusal::through(position, asset, Term::TooManyOrigins));
        }
        if seen.contains(&asset) {
            return Err(Refusal::through(position, asset, Term::Repeated));
        }
        seen.push(asset);
    }
    Ok(())
}

/// Whether the terms lie within what a source permits. `family`: that of the sources before it.
pub(super) fn check_permissions(
    terms: &LicenceTerms,
    source: &Source,
    family: Option<Family>,
    now: u32,
) -> Result<(), Term> {
    let standing = source.standing;
    if standing.expired(now) {
        return Err(Term::Expired);
    }
    let asked = source.origin.asks_for();
    if !standing.direct.contains(asked) {
        return Err(Term::Direct(asked));
    }
    let refused = terms.direct.or(terms.onward).without(standing.onward);
    if !refused.is_empty() {
        return Err(Term::Onward(refused));
    }
    if terms.commercial && !standing.commercial {
        return Err(Term::Commercial);
    }
    if let Some(own) = standing.family {
        if family.is_some_and(|before| before != own) {
            return Err(Term::FamilyConflict);
        }
        if terms.share_alike != Some(own) {
            return Err(Term::ShareAlike);
        }
    }
    Ok(())
}

/// Adds the ancestors that descendants of a source's descendants have to ask, the source among them if its gate is for every
/// generation.
pub(super) fn add_gates(gates: &mut Vec<Asset>, source: &Source) -> Result<(), Term> {
    for asset in source.gates() {
        if let Err(place) = gates.binary_search(&asset) {
            gates.insert(place, asset);
        }
        if gates.len() > MAX_GATES as usize {
            return Err(Term::Gates);
        }
    }
    Ok(())
}

/// Adds what a source brings.
pub(super) fn add_royalties(
    stack: &mut Vec<Royalty>,
    brought: impl Iterator<Item = Royalty>,
) -> Result<(), Term> {
    for royalty in brought {
        unite(stack, royalty);
        if stack.len() > MAX_STACK as usize {
            return Err(Term::Stack);
        }
    }
    if !royalties_fit(stack.iter()) {
        return Err(Term::Royalties);
    }
    Ok(())
}

/// Whether royalties come to at most [`MAX_ROYALTIES`] together.
pub fn royalties_fit<'a>(royalties: impl IntoIterator<Item = &'a Royalty>) -> bool {
    billionths(royalties) <= u64::from(MAX_ROYALTIES.deconstruct())
}

/// Adds a royalty to those of other assets; of two for the same asset the higher rate stays, with its ceiling, and of two pools of
/// a datanet the later one is paid, which contains the earlier one.
pub(super) fn unite(stack: &mut Vec<Royalty>, royalty: Royalty) {
    match place_of(stack, &royalty) {
        Err(place) => stack.insert(place, royalty),
        Ok(place) => {
            let held = &mut stack[place];
            if royalty.rate > held.rate {
                held.rate = royalty.rate;
                held.ceiling = royalty.ceiling;
            }
            held.payee = held.payee.max(royalty.payee);
        }
    }
}

/// Where the royalty for the same asset is, or would be.
pub(super) fn place_of(royalties: &[Royalty], royalty: &Royalty) -> Result<usize, usize> {
    royalties.binary_search_by(|other| by_asset(&other.payee, &royalty.payee))
}

/// The order of payees, with all pools of a datanet as one.
pub(super) fn by_asset(one: &Payee, other: &Payee) -> Ordering {
    match (one, other) {
        (Payee::Pool(one), Payee::Pool(other)) => one.datanet.cmp(&other.datanet),
        _ => one.cmp(other),
    }
}

/// The grants that descending from a source asks for: its own, and those of the ancestors that every descendant has to ask.
pub(super) fn grants_of<'a>(
    source: &Source<'a>,
    origin: u8,
) -> impl Iterator<Item = NeededGrant> + 'a {
    let own = source.standing.gate.map(|_| NeededGrant {
        asset: source.origin.asset(),
        generation: Generation::First,
        origin,
    });
    let inherited = source.standing.gates.iter().map(move |asset| NeededGrant {
        asset: *asset,
        generation: Generation::Later,
        origin,
    });
    own.into_iter().chain(inherited)
}

/// Adds a grant, once for each asset: one for the first generation does for both.
fn add_grant(grants: &mut BTreeMap<Asset, NeededGrant>, needed: NeededGrant) {
    grants
        .entry(needed.asset)
        .and_modify(|held| {
            if needed.generation > held.generation {
                *held = needed;
            }
        })
        .or_insert(needed);
}
