//! The fold of licences along ancestry against a walk along every path, and its limits one by one.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::Index,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Pool, Royalty},
    licences::*,
};

const BILLION: u64 = 1_000_000_000;

fn terms() -> LicenceTerms {
    presets::mit()
}

fn family(number: u8) -> Family {
    H256::repeat_byte(number)
}

/// An asset as it was registered: what a walk along the paths looks at.
struct Node {
    asset: Asset,
    terms: LicenceTerms,
    origins: Vec<Origin>,
    standing: Standing,
}

/// Everything registered so far.
#[derive(Default)]
struct World(Vec<Node>);

impl World {
    fn node(&self, asset: Asset) -> &Node {
        self.0.iter().find(|node| node.asset == asset).unwrap()
    }

    fn fold(&self, terms: &LicenceTerms, origins: &[Origin], now: u32) -> Result<Folded, Refusal> {
        let sources: Vec<_> = origins
            .iter()
            .map(|origin| Source {
                origin: *origin,
                standing: &self.node(origin.asset()).standing,
            })
            .collect();
        fold(terms, &sources, now)
    }

    fn register(
        &mut self,
        terms: LicenceTerms,
        origins: Vec<Origin>,
        now: u32,
    ) -> Result<Asset, Refusal> {
        let folded = self.fold(&terms, &origins, now)?;
        let asset = Asset::Model(self.0.len() as u32);
        self.0.push(Node {
            asset,
            terms,
            origins,
            standing: folded.standing,
        });
        Ok(asset)
    }

    fn datanet(&mut self, terms: LicenceTerms) -> Asset {
        let asset = Asset::Datanet(self.0.len() as u32);
        let standing = Standing::root(&terms);
        self.0.push(Node {
            asset,
            terms,
            origins: vec![],
            standing,
        });
        asset
    }

    /// Every path from a model with these origins up to each of its ancestors: the model's own edge first.
    fn paths(&self, origins: &[Origin]) -> Vec<Vec<Origin>> {
        let mut paths = Vec::new();
        for origin in origins {
            paths.push(vec![*origin]);
            for mut further in self.paths(&self.node(origin.asset()).origins) {
                further.insert(0, *origin);
                paths.push(further);
            }
        }
        paths
    }

    /// The end of a path and its terms.
    fn end(&self, path: &[Origin]) -> (Asset, &LicenceTerms) {
        let node = self.node(path.last().unwrap().asset());
        (node.asset, &node.terms)
    }

    /// Whether an ancestor permits what lies along a path to it, and a descendant with certain terms at its beginning.
    fn permits(&self, path: &[Origin], terms: &LicenceTerms, now: u32) -> bool {
        let ancestor = self.end(path).1;
        let (first, later) = path.split_last().unwrap();
        ancestor.direct.contains(first.asks_for())
            && later
                .iter()
                .all(|origin| ancestor.onward.contains(origin.asks_for()))
            && terms.direct.is_within(ancestor.onward)
            && terms.onward.is_within(ancestor.onward)
            && (ancestor.commercial || !terms.commercial)
            && (ancestor.share_alike.is_none() || ancestor.share_alike == terms.share_alike)
            && !ancestor.expired(now)
    }

    /// What a walk along every path says of a model: its standing and grants, or that it is refused.
    fn truth(
        &self,
        terms: &LicenceTerms,
        origins: &[Origin],
        now: u32,
    ) -> Option<(Standing, BTreeMap<Asset, Generation>)> {
        let paths = self.paths(origins);
        let direct: BTreeSet<_> = origins.iter().map(Origin::asset).collect();
        let permitted = paths.iter().all(|path| self.permits(path, terms, now));
        if direct.len() < origins.len() || terms.expired(now) || !permitted {
            return None;
        }

        let mut gates = BTreeSet::new();
        let mut grants = BTreeMap::new();
        let mut owed: BTreeMap<Asset, Royalty> = BTreeMap::new();
        let mut standing = Standing::root(terms);
        for path in &paths {
            let (asset, ancestor) = self.end(path);
            let every = ancestor.gate() == Some(Gate::Every);
            if every {
                gates.insert(asset);
            }
            if path.len() == 1 && ancestor.gate().is_some() {
                grants.insert(asset, Generation::First);
            } else if every {
                grants.entry(asset).or_insert(Generation::Later);
            }
            if let Some(royalty) = ancestor.royalty {
                let payee = path.last().unwrap().payee();
                let entry = owed.entry(asset).or_insert(Royalty {
                    payee,
                    rate: royalty.rate,
                    ceiling: royalty.ceiling,
                });
                entry.payee = entry.payee.max(payee);
            }
            standing.attribution |= ancestor.attribution;
            standing.expires = [standing.expires, ancestor.expires]
                .into_iter()
                .flatten()
                .min();
        }
        let rates: u64 = owed
            .values()
            .map(|royalty| u64::from(royalty.rate.deconstruct()))
            .sum();
        if gates.len() > 8 || owed.len() > 32 || rates > BILLION * 6 / 10 {
            return None;
        }
        let mut stack: Vec<_> = owed.into_values().collect();
        stack.sort_by_key(|royalty| royalty.payee);
        standing.gates = Gates::truncate_from(gates.into_iter().collect());
        standing.stack = stack.try_into().unwrap();
        Some((standing, grants))
    }
}

/// What one more asset of a random world is.
#[derive(Clone, Debug)]
struct Draft {
    terms: LicenceTerms,
    origins: Vec<(u8, Index, u32)>,
    obedient: bool,
}

fn some_uses() -> impl Strategy<Value = Uses> {
    // Mostly everything: else hardly any model would have descendants.
    prop_oneof![
        4 => Just(Uses::ALL),
        1 => any::<u8>().prop_map(|bits| Uses::from(bits | 0b1111)),
        1 => any::<u8>().prop_map(Uses::from),
    ]
}

fn gate() -> impl Strategy<Value = Gate> {
    prop_oneof![Just(Gate::First), Just(Gate::Every)]
}

fn royalty() -> impl Strategy<Value = RoyaltyTerms> {
    (1..=250_000_000u32, option::of(1..1_000_000u128)).prop_map(|(parts, ceiling)| RoyaltyTerms {
        rate: Perbill::from_parts(parts),
        ceiling,
    })
}

prop_compose! {
    fn some_terms()(
        direct in some_uses(),
        onward in some_uses(),
        commercial in prop::bool::weighted(0.8),
        share_alike in option::weighted(0.15, (1..3u8).prop_map(family)),
        attribution in any::<bool>(),
        approval in option::weighted(0.3, gate()),
        fee in option::weighted(0.3, (1..1_000u128, gate())),
        royalty in option::of(royalty()),
        expires in option::weighted(0.2, 1..40u32),
    ) -> LicenceTerms {
        LicenceTerms {
            direct,
            onward,
            commercial,
            share_alike,
            attribution,
            approval,
            fee: fee.map(|(amount, gate)| UpfrontFee { amount, gate }),
            royalty,
            quota: None,
            expires,
            text: terms().text,
        }
    }
}

prop_compose! {
    fn draft()(
        terms in some_terms(),
        origins in vec((0..5u8, any::<Index>(), 1..4u32), 0..4),
        obedient in prop::bool::weighted(0.9),
    ) -> Draft {
        Draft { terms, origins, obedient }
    }
}

prop_compose! {
    /// Assets that allow everything, owe next to nothing, and mostly want to be asked by every descendant.
    fn asking()(draft in draft(), asks in prop::bool::weighted(0.8)) -> Draft {
        let mut draft = draft;
        draft.terms = LicenceTerms {
            approval: asks.then_some(Gate::Every),
            fee: None,
            ..terms().with_royalty(Perbill::from_parts(1), None)
        };
        draft
    }
}

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    prop_oneof![
        4 => vec(draft(), 1..20),
        1 => vec(asking(), 1..16),
    ]
}

fn origin(asset: Asset, kind: u8, round: u32) -> Origin {
    match (asset, kind) {
        (Asset::Datanet(datanet), 0..=2) => Origin::TrainedOn(Pool { datanet, round }),
        (Asset::Datanet(datanet), _) => Origin::RetrievesFrom(Pool { datanet, round }),
        (Asset::Model(model), 0) => Origin::FineTunedFrom(model),
        (Asset::Model(model), 1) => Origin::AdapterOf(model),
        (Asset::Model(model), 2) => Origin::MergedFrom(model),
        (Asset::Model(model), 3) => Origin::DistilledFrom(model),
        (Asset::Model(model), _) => Origin::QuantizedFrom(model),
    }
}

/// The terms, narrowed to what direct sources permit, as somebody would who wants to be admitted.
fn narrowed(world: &World, mut terms: LicenceTerms, origins: &[Origin]) -> LicenceTerms {
    for origin in origins {
        let source = &world.node(origin.asset()).terms;
        terms.direct = terms.direct.and(source.onward);
        terms.onward = terms.onward.and(source.onward);
        terms.commercial &= source.commercial;
        terms.share_alike = source.share_alike.or(terms.share_alike);
    }
    terms
}

/// The origins of a draft: among the last assets, so that ancestries grow deep.
fn chosen(world: &World, draft: &Draft) -> Vec<Origin> {
    let last = &world.0[world.0.len().saturating_sub(6)..];
    if last.is_empty() {
        return vec![];
    }
    let mut origins: Vec<Origin> = Vec::new();
    for (kind, parent, round) in &draft.origins {
        let source = parent.get(last);
        let kinds = (*kind..5).chain(0..*kind);
        let mut ways = kinds.map(|kind| origin(source.asset, kind, *round));
        let repeated = origins.iter().any(|origin| origin.asset() == source.asset);
        if !draft.obedient {
            origins.extend(ways.next());
        } else if !repeated {
            origins.extend(ways.find(|way| source.terms.direct.contains(way.asks_for())));
        }
    }
    origins
}

/// Registers a draft in both ways and compares them: the depth of its ancestry, or what stood against it.
fn grow(world: &mut World, draft: Draft, now: u32) -> Result<Result<usize, Term>, TestCaseError> {
    let origins = chosen(world, &draft);
    if origins.is_empty() && draft.obedient {
        world.datanet(draft.terms);
        return Ok(Ok(0));
    }
    let terms = match draft.obedient {
        true => narrowed(world, draft.terms, &origins),
        false => draft.terms,
    };

    let truth = world.truth(&terms, &origins, now);
    match world.fold(&terms, &origins, now) {
        Ok(folded) => {
            let grants: BTreeMap<_, _> = folded
                .grants
                .iter()
                .map(|grant| (grant.asset, grant.generation))
                .collect();
            prop_assert_eq!(grants.len(), folded.grants.len());
            prop_assert_eq!(Some((folded.standing, grants)), truth);
            let depth = world.paths(&origins).iter().map(Vec::len).max();
            world.register(terms, origins, now).unwrap();
            Ok(Ok(depth.unwrap_or(0)))
        }
        Err(refusal) => {
            prop_assert_eq!(truth, None, "refused by {:?}", refusal);
            let named = refusal.origin.map(|at| origins[usize::from(at)].asset());
            prop_assert_eq!(named, refusal.asset);
            prop_assert_eq!(named.is_none(), terms.expired(now));
            Ok(Err(refusal.term))
        }
    }
}

/// Grows a world, and says how deep its ancestries are and what stood against the others.
fn grow_all(drafts: Vec<Draft>) -> Result<(usize, Vec<Term>), TestCaseError> {
    let mut world = World::default();
    let mut deepest = 0;
    let mut refusals = Vec::new();
    for (now, draft) in (0..).zip(drafts) {
        match grow(&mut world, draft, now)? {
            Ok(depth) => deepest = deepest.max(depth),
            Err(term) => refusals.push(term),
        }
    }
    Ok((deepest, refusals))
}

/// Else the comparison would be of little.
#[test]
fn random_worlds_are_deep_and_meet_every_refusal() {
    let met = RefCell::new(BTreeSet::new());
    let deepest = Cell::new(0);
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2_000)
    };
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, seed)
        .run(&drafts(), |drafts| {
            let (depth, refusals) = grow_all(drafts)?;
            deepest.set(deepest.get().max(depth));
            met.borrow_mut().extend(refusals.iter().map(name));
            Ok(())
        })
        .unwrap();
    assert!(deepest.get() >= 6, "only {} deep", deepest.get());
    let expected = [
        "Commercial",
        "Direct",
        "Expired",
        "FamilyConflict",
        "Gates",
        "Onward",
        "Repeated",
        "Royalties",
        "ShareAlike",
    ];
    assert_eq!(met.into_inner(), expected.map(String::from).into());
}

/// The name of a term, without what it carries.
fn name(term: &Term) -> String {
    let text = format!("{term:?}");
    text.split('(').next().unwrap().into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_fold_says_what_a_walk_along_every_path_says(drafts in drafts()) {
        grow_all(drafts)?;
    }

    /// A chain of models with any terms, each of them admitted, between an ancestor and its descendant.
    #[test]
    fn no_intermediate_changes_what_an_ancestor_gets_or_permits(
        ancestor in some_terms(),
        puppets in vec((some_terms(), 0..5u8), 0..6),
        descendant in some_terms(),
        net in any::<u64>(),
    ) {
        let mut world = World::default();
        let now = 0;
        let asset = world.register(ancestor.clone(), vec![], now).unwrap();
        let mut last = asset;
        for (terms, kind) in puppets {
            let origins = vec![origin(last, kind, 1)];
            let terms = narrowed(&world, terms, &origins);
            if let Ok(puppet) = world.register(terms, origins, now) {
                last = puppet;
            }
        }
        let origins = [origin(last, 0, 1)];
        let descendant = narrowed(&world, descendant, &origins);
        let Ok(folded) = world.fold(&descendant, &origins, now) else { return Ok(()) };

        let owed = folded.standing.stack.iter().find(|royalty| royalty.payee.asset() == asset);
        let asked = ancestor.royalty;
        prop_assert_eq!(owed.map(|royalty| (royalty.rate, royalty.ceiling)), asked.map(|terms| (terms.rate, terms.ceiling)));
        prop_assert_eq!(
            owed.map_or(0, |royalty| royalty.rate.mul_floor(net)),
            asked.map_or(0, |terms| terms.rate.mul_floor(net))
        );
        prop_assert!(descendant.direct.or(descendant.onward).is_within(ancestor.onward));
        prop_assert!(ancestor.commercial || !descendant.commercial);
        let asks = folded.grants.iter().any(|grant| grant.asset == asset);
        let generation = if last == asset { Generation::First } else { Generation::Later };
        prop_assert_eq!(asks, ancestor.gate().is_some_and(|gate| gate.covers(generation)));
    }
}
