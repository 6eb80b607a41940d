//! What follows when an ancestry becomes known late, against walks along every path, and its limits one by one.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::Index,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Payee, Pool, Royalty, RoyaltyStack, MAX_LATE, MAX_STACK},
    licences::*,
};

/// An asset, and what it comes from as known by now.
struct Node {
    terms: LicenceTerms,
    sources: Vec<(Origin, bool)>,
    standing: Standing,
}

/// Everything registered so far; its place is its number.
#[derive(Default)]
struct World(Vec<(Asset, Node)>);

impl World {
    fn node(&self, asset: Asset) -> &Node {
        let found = self.0.iter().find(|(other, _)| *other == asset);
        &found.expect("it was registered").1
    }

    fn source(&self, origin: Origin) -> Source<'_> {
        Source {
            origin,
            standing: &self.node(origin.asset()).standing,
        }
    }

    fn known(&self, sources: &[(Origin, bool)]) -> Vec<KnownSource<'_>> {
        sources
            .iter()
            .map(|(origin, upheld)| KnownSource {
                source: self.source(*origin),
                upheld: *upheld,
            })
            .collect()
    }

    fn refolded(&self, number: usize) -> Standing {
        let node = &self.0[number].1;
        refold(&node.terms, &node.standing, &self.known(&node.sources))
    }

    /// Every path from an asset up to each of its ancestors, as known by now.
    fn paths(&self, asset: Asset) -> Vec<Vec<Origin>> {
        let mut paths = Vec::new();
        for (origin, _) in &self.node(asset).sources {
            paths.push(vec![*origin]);
            for mut further in self.paths(origin.asset()) {
                further.insert(0, *origin);
                paths.push(further);
            }
        }
        paths
    }

    /// The ends of all these paths: every way by which an ancestor, or the asset itself, comes from another one.
    fn ends(&self, asset: Asset) -> BTreeSet<Origin> {
        let mut ends = BTreeSet::new();
        let mut seen = BTreeSet::from([asset]);
        let mut pending = vec![asset];
        while let Some(next) = pending.pop() {
            for (origin, _) in &self.node(next).sources {
                ends.insert(*origin);
                if seen.insert(origin.asset()) {
                    pending.push(origin.asset());
                }
            }
        }
        ends
    }

    /// What an asset owes to whoever is at the end of a path.
    fn truth(&self, ends: impl IntoIterator<Item = Origin>) -> BTreeMap<Asset, Royalty> {
        let mut owed = BTreeMap::new();
        for origin in ends {
            let Some(terms) = self.node(origin.asset()).terms.royalty else {
                continue;
            };
            let entry = owed.entry(origin.asset()).or_insert(Royalty {
                payee: origin.payee(),
                rate: terms.rate,
                ceiling: terms.ceiling,
            });
            entry.payee = entry.payee.max(origin.payee());
        }
        owed
    }
}

/// What one more asset of a random world is, and what it turns out to come from besides.
#[derive(Clone, Debug)]
struct Draft {
    terms: LicenceTerms,
    origins: Vec<(Index, u32)>,
    late: Vec<(Index, u32)>,
}

prop_compose! {
    fn some_terms(most: u32)(
        onward in prop_oneof![3 => Just(u8::MAX), 1 => any::<u8>()],
        commercial in prop::bool::weighted(0.8),
        share_alike in option::weighted(0.3, (1..4u8).prop_map(H256::repeat_byte)),
        approval in option::of(prop_oneof![Just(Gate::First), Just(Gate::Every)]),
        royalty in option::weighted(0.8, (1..=most, option::of(1..1_000u128))),
        expires in option::weighted(0.2, 50..90u32),
    ) -> LicenceTerms {
        LicenceTerms {
            onward: Uses::from(onward),
            commercial,
            share_alike,
            approval,
            royalty: royalty.map(|(parts, ceiling)| RoyaltyTerms { rate: Perbill::from_parts(parts), ceiling }),
            expires,
            ..presets::mit()
        }
    }
}

prop_compose! {
    fn draft(most: u32)(
        terms in some_terms(most),
        origins in vec((any::<Index>(), 1..4u32), 0..4),
        late in vec((any::<Index>(), 1..4u32), 0..5),
    ) -> Draft {
        Draft { terms, origins, late }
    }
}

fn origin(asset: Asset, round: u32) -> Origin {
    match asset {
        Asset::Datanet(datanet) => Origin::TrainedOn(Pool { datanet, round }),
        Asset::Model(model) => Origin::FineTunedFrom(model),
    }
}

/// The assets that are chosen, each once.
fn chosen(world: &World, picks: &[(Index, u32)], mut taken: BTreeSet<Asset>) -> Vec<Origin> {
    if world.0.is_empty() {
        return Vec::new();
    }
    let mut origins = Vec::new();
    for (index, round) in picks {
        let asset = index.get(&world.0).0;
        if taken.insert(asset) {
            origins.push(origin(asset, *round));
        }
    }
    origins
}

/// Registers everybody by what their owners name, as far as nothing stands against it, with narrow enough terms. Whoever comes from nothing is a
/// datanet every other time.
fn registered(drafts: &[Draft]) -> World {
    let mut world = World::default();
    for (number, draft) in (0u32..).zip(drafts) {
        let origins = chosen(&world, &draft.origins, BTreeSet::new());
        let mut terms = draft.terms.clone();
        for origin in &origins {
            let standing = world.source(*origin).standing;
            terms.direct = terms.direct.and(standing.onward);
            terms.onward = terms.onward.and(standing.onward);
            terms.commercial &= standing.commercial;
            terms.share_alike = standing.family.or(terms.share_alike);
        }
        let sources: Vec<_> = origins.iter().map(|origin| world.source(*origin)).collect();
        let Ok(folded) = fold(&terms, &sources, 0) else {
            continue;
        };
        let asset = match origins.is_empty() && number % 2 == 0 {
            true => Asset::Datanet(number),
            false => Asset::Model(number),
        };
        let node = Node {
            terms,
            sources: origins.into_iter().map(|origin| (origin, false)).collect(),
            standing: folded.standing,
        };
        world.0.push((asset, node));
    }
    world
}

/// Shows for everybody, the oldest first, what they had left out, and refolds them.
fn shown(world: &mut World, drafts: &[Draft]) -> Result<(), TestCaseError> {
    for number in 0..world.0.len() {
        let (asset, node) = &world.0[number];
        let Asset::Model(model) = *asset else {
            continue;
        };
        let taken = node.sources.iter().map(|(origin, _)| origin.asset());
        let earlier: Vec<Asset> = world.0[..number].iter().map(|(asset, _)| *asset).collect();
        let mut taken: BTreeSet<Asset> = taken.collect();
        let mut late = Vec::new();
        for (index, round) in &drafts[model as usize].late {
            if earlier.is_empty() {
                continue;
            }
            let asset = *index.get(&earlier);
            if taken.insert(asset) {
                late.push(origin(asset, *round));
            }
        }
        for origin in late {
            let claimed = claimed_royalties(&world.0[number].1.standing, &world.source(origin));
            let source = world.source(origin);
            let held = uphold(&world.0[number].1.standing, &source, &claimed);
            let node = &mut world.0[number].1;
            node.standing = held;
            node.sources.push((origin, true));
            let standing = world.refolded(number);
            for royalty in &claimed {
                let owed = owed(&standing);
                prop_assert!(owed.contains_key(&royalty.payee.asset()));
            }
            world.0[number].1.standing = standing;
        }
        check_refolding(world, number)?;
        let standing = world.refolded(number);
        world.0[number].1.standing = standing;
    }
    Ok(())
}

/// All that a standing owes, by asset.
fn owed(standing: &Standing) -> BTreeMap<Asset, Royalty> {
    let all = standing.stack.iter().chain(&standing.late);
    all.map(|royalty| (royalty.payee.asset(), *royalty))
        .collect()
}

fn billionths<'a>(royalties: impl IntoIterator<Item = &'a Royalty>) -> u64 {
    royalties
        .into_iter()
        .map(|royalty| u64::from(royalty.rate.deconstruct()))
        .sum()
}

/// What holds of every refolding.
fn check_refolding(world: &World, number: usize) -> Result<(), TestCaseError> {
    let (asset, node) = &world.0[number];
    let held = &node.standing;
    let refolded = world.refolded(number);
    prop_assert!(billionths(&refolded.stack) <= 600_000_000);
    prop_assert_eq!(
        refolded.stack.len() + refolded.late.len(),
        owed(&refolded).len(),
        "an asset is owed twice"
    );
    for list in [&refolded.stack[..], &refolded.late[..]] {
        let ascending = list
            .windows(2)
            .all(|two| match (two[0].payee, two[1].payee) {
                (Payee::Pool(one), Payee::Pool(other)) => one.datanet < other.datanet,
                (one, other) => one < other,
            });
        prop_assert!(ascending);
    }
    prop_assert!(refolded.gates.windows(2).all(|two| two[0] < two[1]));

    // What is owed is what a walk finds, and what was owed and is found stays.
    let truth = world.truth(world.ends(*asset));
    for (asset, royalty) in owed(&refolded) {
        let found = truth.get(&asset);
        prop_assert_eq!(found.map(|found| found.rate), Some(royalty.rate));
        prop_assert!(found.is_some_and(|found| found.payee >= royalty.payee));
    }
    let known = world.known(&node.sources);
    let comes: BTreeSet<Asset> = known
        .iter()
        .flat_map(|known| known.source.royalties().collect::<Vec<_>>())
        .map(|royalty| royalty.payee.asset())
        .collect();
    // But for those whose late places sources take that were left out.
    let full = refolded.late.len() as u32 == MAX_LATE;
    for (asset, royalty) in owed(held) {
        let gives_way = full && held.late.contains(&royalty);
        let stays = owed(&refolded).contains_key(&asset);
        prop_assert!(
            stays || gives_way || !comes.contains(&asset),
            "{asset:?} is lost"
        );
    }
    for known in known.iter().filter(|known| known.upheld) {
        let asset = known.source.origin.asset();
        if let Some(own) = known.source.standing.royalty {
            let higher = refolded.late.iter().all(|late| late.rate > own.rate);
            let has_place = owed(&refolded).contains_key(&asset);
            prop_assert!(has_place || (full && higher), "{asset:?} has no place");
        }
    }
    // A stack never gives a place away.
    for royalty in &held.stack {
        let asset = royalty.payee.asset();
        let stacked = refolded
            .stack
            .iter()
            .any(|kept| kept.payee.asset() == asset);
        prop_assert_eq!(stacked, comes.contains(&asset));
    }

    // Once more changes nothing, in whatever order.
    let mut backwards = known.clone();
    backwards.reverse();
    prop_assert_eq!(&refold(&node.terms, &refolded, &known), &refolded);
    prop_assert_eq!(&refold(&node.terms, held, &backwards), &refolded);
    Ok(())
}

/// Else the properties below would say little.
#[test]
fn random_worlds_have_late_ancestors_that_are_handed_on_and_some_without_room() {
    let mut handed_on = 0;
    let mut without_room = 0;
    let mut full = 0;
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), seed);
    for _ in 0..500 {
        let drafts = vec(draft(150_000_000), 1..24)
            .new_tree(&mut runner)
            .expect("a world can be drawn")
            .current();
        let mut world = registered(&drafts);
        shown(&mut world, &drafts).expect("the properties hold");
        for (asset, node) in &world.0 {
            let own = node.sources.iter().any(|(_, upheld)| *upheld);
            handed_on += u32::from(!own && !node.standing.late.is_empty());
            without_room +=
                u32::from(owed(&node.standing).len() < world.truth(world.ends(*asset)).len());
            full += u32::from(node.standing.late.len() as u32 == MAX_LATE);
        }
    }
    let met = [handed_on, without_room, full];
    assert!(met.iter().all(|count| *count >= 10), "{met:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn who_is_folded_once_more_and_nothing_became_known_stays_as_they_were(
        drafts in vec(draft(150_000_000), 1..16),
    ) {
        let world = registered(&drafts);
        for number in 0..world.0.len() {
            prop_assert_eq!(&world.refolded(number), &world.0[number].1.standing);
        }
    }

    #[test]
    fn what_is_owed_and_still_comes_stays_within_bounds_in_any_order(
        drafts in vec(draft(150_000_000), 1..24),
    ) {
        let mut world = registered(&drafts);
        shown(&mut world, &drafts)?;
        // Whoever is folded last is as whoever came first.
        for number in 0..world.0.len() {
            check_refolding(&world, number)?;
        }
    }

    /// Eight ancestors at most, of which each asks for at most 7 %: there is room for all.
    #[test]
    fn with_room_every_descendant_owes_every_ancestor_that_became_known_its_own_rate(
        drafts in vec(draft(70_000_000), 1..9),
    ) {
        let mut world = registered(&drafts);
        shown(&mut world, &drafts)?;
        for (asset, node) in &world.0 {
            let paths = world.paths(*asset);
            let ends = paths.iter().filter_map(|path| path.last().copied());
            prop_assert_eq!(owed(&node.standing), world.truth(ends));
        }
    }

    /// What owners add themselves comes to the same as what they would have named at once.
    #[test]
    fn a_source_added_later_is_owed_as_one_that_was_named(
        drafts in vec(draft(150_000_000), 2..12),
    ) {
        let world = registered(&drafts);
        for (_, node) in &world.0 {
            let Some(((last, _), others)) = node.sources.split_last() else { continue };
            let others: Vec<_> = others.iter().map(|(origin, _)| world.source(*origin)).collect();
            let before = fold(&node.terms, &others, 0).expect("fewer sources fit as well");
            let source = world.source(*last);
            let added = match extend(&node.terms, &before.standing, &source, 9, 0) {
                Ok(added) => added,
                Err(Refusal { term: Term::EndsEarlier, .. }) => {
                    prop_assert!(before.standing.expires != node.standing.expires);
                    continue;
                }
                Err(Refusal { term: Term::AsksDescendants, .. }) => {
                    prop_assert!(before.standing.gates != node.standing.gates);
                    continue;
                }
                Err(other) => panic!("it fits among the others: {other:?}"),
            };
            prop_assert_eq!(&added.standing, &node.standing);
            // It asks for what the whole would have asked for and the others did not.
            let whole = fold(&node.terms, &[others, vec![world.source(*last)]].concat(), 0).unwrap();
            for grant in &whole.grants {
                let asked = |grants: &[NeededGrant]| grants
                    .iter()
                    .any(|one| one.asset == grant.asset && one.generation >= grant.generation);
                prop_assert!(asked(&before.grants) || asked(&added.grants));
            }
        }
    }
}

fn terms(percent: u32) -> LicenceTerms {
    presets::mit().with_royalty(Perbill::from_percent(percent), None)
}

fn royalty(model: u32, percent: u32) -> Royalty {
    Royalty {
        payee: Payee::Model(model),
        rate: Perbill::from_percent(percent),
        ceiling: None,
    }
}

fn pool(datanet: u32, round: u32) -> Pool {
    Pool { datanet, round }
}

/// A standing that owes this in its stack and this late.
fn owing(stack: &[Royalty], late: &[Royalty]) -> Standing {
    Standing {
        stack: RoyaltyStack::truncate_from(stack.to_vec()),
        late: LateRoyalties::truncate_from(late.to_vec()),
        ..Standing::root(&presets::mit())
    }
}

fn from(model: u32, standing: &Standing, upheld: bool) -> KnownSource<'_> {
    KnownSource {
        source: Source {
            origin: Origin::FineTunedFrom(model),
            standing,
        },
        upheld,
    }
}

fn models(royalties: &[Royalty]) -> Vec<Payee> {
    royalties.iter().map(|royalty| royalty.payee).collect()
}

#[test]
fn a_full_stack_leaves_all_late_places_free() {
    let stack: Vec<_> = (0..MAX_STACK).map(|model| royalty(model, 1)).collect();
    let held = owing(&stack, &[]);
    let hidden = owing(
        &(40..60).map(|model| royalty(model, 2)).collect::<Vec<_>>(),
        &[],
    );
    let source = owing(&stack, &[]);
    let known = [from(100, &source, false), from(101, &hidden, true)];

    let claimed = claimed_royalties(&held, &known[1].source);
    let expected: Vec<_> = (40..48).map(Payee::Model).collect();
    assert_eq!(models(&claimed), expected);
    let refolded = refold(
        &presets::mit(),
        &uphold(&held, &known[1].source, &claimed),
        &known,
    );
    assert_eq!(refolded.stack, held.stack);
    assert_eq!(refolded.late, claimed);
}

#[test]
fn what_sources_owe_in_their_stacks_never_takes_a_late_place() {
    let stack = [royalty(0, 30), royalty(1, 30)];
    let held = owing(&stack, &[]);
    // The source's stack grew by what its owner added, and lost what was none of its sources.
    let source = owing(&[royalty(0, 30), royalty(2, 30)], &[]);
    let known = [from(9, &source, false)];
    let refolded = refold(&presets::mit(), &held, &known);
    assert_eq!(models(&refolded.stack), [Payee::Model(0)]);
    assert!(refolded.late.is_empty());
    let both = owing(&[royalty(0, 30), royalty(1, 30), royalty(2, 30)], &[]);
    let refolded = refold(&presets::mit(), &held, &[from(9, &both, false)]);
    assert_eq!(refolded, held);
}

#[test]
fn the_highest_rates_have_the_places() {
    let held = owing(&[], &[royalty(0, 1)]);
    let upper = owing(&[], &[royalty(0, 1)]);
    let hidden: Vec<_> = (1..12).map(|model| royalty(model, model)).collect();
    let hidden = owing(&hidden, &[]);
    let known = [from(20, &upper, false), from(21, &hidden, true)];
    let claimed = claimed_royalties(&held, &known[1].source);
    let upheld = uphold(&held, &known[1].source, &claimed);
    let refolded = refold(&presets::mit(), &upheld, &known);
    // Who had a place keeps it, however little it is.
    let expected: Vec<_> = [0].into_iter().chain(5..12).map(Payee::Model).collect();
    assert_eq!(models(&refolded.late), expected);
    assert_eq!(refolded.late.len() as u32, MAX_LATE);
    assert!(claimed_royalties(&refolded, &known[1].source).is_empty());
}

#[test]
fn what_descendants_inherit_late_stays_within_the_bound_and_so_does_what_a_hidden_source_owes() {
    let held = owing(&[royalty(0, 10)], &[]);
    let upper = owing(
        &[royalty(0, 10)],
        &[
            royalty(1, 60),
            royalty(2, 40),
            royalty(3, 11),
            royalty(4, 9),
        ],
    );
    let named = from(9, &upper, false);
    // The highest that fit: 40 % beside the 10 % of the stack, and 9 %.
    let refolded = refold(&presets::mit(), &held, &[named]);
    assert_eq!(models(&refolded.late), [Payee::Model(2), Payee::Model(4)]);
    // Whoever has left the source out itself owes no more of that: the source may have come to owe it lately.
    let own = from(9, &upper, true);
    let claimed = claimed_royalties(&held, &own.source);
    let upheld = uphold(&held, &own.source, &claimed);
    let refolded = refold(&presets::mit(), &upheld, &[own]);
    assert_eq!(models(&refolded.late), [Payee::Model(2), Payee::Model(4)]);
    // And who inherits from two is told once.
    let both = refold(&presets::mit(), &refolded, &[from(8, &upper, false), own]);
    assert_eq!(both.late, refolded.late);
}

#[test]
fn what_is_late_stays_late_when_the_owner_names_a_source_that_owes_it_too() {
    let held = owing(&[], &[royalty(0, 5)]);
    let source = owing(&[royalty(0, 5), royalty(1, 5)], &[]);
    let terms = presets::mit();
    let extended = extend(&terms, &held, &from(9, &source, false).source, 0, 0).unwrap();
    assert_eq!(models(&extended.standing.stack), [Payee::Model(1)]);
    // Else descendants did not inherit it any more.
    assert_eq!(extended.standing.late, held.late);
}

#[test]
fn a_source_that_was_left_out_has_the_place_of_what_is_not_higher() {
    let dust: Vec<_> = (0..8).map(|model| royalty(model, 1 + model % 2)).collect();
    let (held, sham) = (owing(&[], &dust), owing(&[], &dust));
    let hidden = Standing {
        stack: RoyaltyStack::truncate_from(vec![royalty(20, 3)]),
        ..Standing::root(&terms(20))
    };
    let known = [from(9, &sham, false), from(30, &hidden, true)];
    // Its own royalty alone: there is no place for what it owes.
    let claimed = claimed_royalties(&held, &known[1].source);
    assert_eq!(claimed.to_vec(), [royalty(30, 20)]);
    let upheld = uphold(&held, &known[1].source, &claimed);
    let refolded = refold(&presets::mit(), &upheld, &known);
    // Of the lowest others the last one gives way.
    let expected: Vec<_> = [0, 1, 2, 3, 4, 5, 7, 30].map(Payee::Model).to_vec();
    assert_eq!(models(&refolded.late), expected);
    assert_eq!(refold(&presets::mit(), &refolded, &known), refolded);
    // A worthless one takes nobody's place.
    let dear: Vec<_> = (0..8).map(|model| royalty(model, 2)).collect();
    let (held, owes) = (owing(&[], &dear), owing(&[], &dear));
    let worthless = Standing::root(&terms(1));
    let known = [from(9, &owes, false), from(30, &worthless, true)];
    assert!(claimed_royalties(&held, &known[1].source).is_empty());
    assert_eq!(refold(&presets::mit(), &held, &known).late, held.late);
}

#[test]
fn what_a_source_comes_to_owe_after_the_decision_is_not_owed_because_of_it() {
    let held = owing(&[], &[]);
    let hidden = Standing::root(&terms(20));
    let judged = from(9, &hidden, true);
    let claimed = claimed_royalties(&held, &judged.source);
    let grown = Standing {
        stack: RoyaltyStack::truncate_from(vec![royalty(1, 59)]),
        late: LateRoyalties::truncate_from(vec![royalty(2, 59), royalty(3, 40)]),
        ..hidden
    };
    let now = from(9, &grown, true);
    // Neither between claim and decision, nor afterwards; what was hidden upstream is inherited as by others, up to 60 %.
    let upheld = uphold(&held, &now.source, &claimed);
    let refolded = refold(&presets::mit(), &upheld, &[now]);
    assert_eq!(models(&refolded.late), [Payee::Model(3), Payee::Model(9)]);
}

#[test]
fn what_no_source_brings_any_more_is_not_owed() {
    let held = owing(&[royalty(0, 5), royalty(1, 5)], &[royalty(2, 5)]);
    let source = owing(&[royalty(1, 5)], &[]);
    let refolded = refold(&presets::mit(), &held, &[from(9, &source, false)]);
    assert_eq!(models(&refolded.stack), [Payee::Model(1)]);
    assert!(refolded.late.is_empty());
}

#[test]
fn of_a_datanet_the_latest_round_on_any_path_is_owed() {
    let data = Standing::root(&terms(5));
    let trained = |round, upheld| KnownSource {
        source: Source {
            origin: Origin::TrainedOn(pool(0, round)),
            standing: &data,
        },
        upheld,
    };
    let first = [trained(1, false).source];
    let held = fold(&presets::mit(), &first, 0).unwrap().standing;
    // A later one of the same datanet is no other asset: it has no late place, and is owed nonetheless.
    assert!(claimed_royalties(&held, &trained(3, true).source).is_empty());
    let known = [trained(1, false), trained(3, true)];
    let refolded = refold(&presets::mit(), &held, &known);
    assert_eq!(models(&refolded.stack), [Payee::Pool(pool(0, 3))]);
    assert!(refolded.late.is_empty());
    // Taken out again, it is the earlier one.
    let refolded = refold(&presets::mit(), &refolded, &known[..1]);
    assert_eq!(refolded, held);
}

#[test]
fn permissions_shrink_and_grow_again_with_the_sources() {
    let narrow = LicenceTerms {
        onward: Uses::of(&[Use::Infer]),
        commercial: false,
        share_alike: Some(H256::repeat_byte(7)),
        approval: Some(Gate::Every),
        expires: Some(50),
        ..presets::mit()
    };
    let held = Standing::root(&presets::mit());
    let source = Standing::root(&narrow);
    let refolded = refold(&presets::mit(), &held, &[from(3, &source, true)]);
    assert_eq!(refolded.direct, Uses::of(&[Use::Infer]));
    assert_eq!(refolded.onward, Uses::of(&[Use::Infer]));
    assert!(!refolded.commercial);
    assert_eq!(refolded.family, narrow.share_alike);
    assert_eq!(refolded.expires, Some(50));
    assert_eq!(refolded.gates[..], [Asset::Model(3)]);
    assert_eq!(refold(&presets::mit(), &refolded, &[]), held);
}

#[test]
fn gates_that_were_keep_their_places() {
    let every = presets::mit().with_approval(Gate::Every);
    let asking = Standing::root(&every);
    let held = Standing {
        gates: Gates::truncate_from((4..10).map(Asset::Model).collect()),
        ..Standing::root(&presets::mit())
    };
    let known: Vec<_> = (0..10).map(|model| from(model, &asking, false)).collect();
    let refolded = refold(&presets::mit(), &held, &known);
    let expected: Vec<_> = [0, 1].into_iter().chain(4..10).map(Asset::Model).collect();
    assert_eq!(refolded.gates[..], expected);
}

#[test]
fn an_owner_who_adds_a_source_is_refused_as_one_who_registers() {
    let refused = |terms: &LicenceTerms, held: &Standing, source: &Standing| {
        let source = from(9, source, false).source;
        let refusal = extend(terms, held, &source, 4, 60).expect_err("it does not fit");
        assert_eq!(
            (refusal.origin, refusal.asset),
            (Some(4), Some(Asset::Model(9)))
        );
        refusal.term
    };
    let own = presets::mit();
    let root = Standing::root(&own);
    let of = |terms: LicenceTerms| Standing::root(&terms);
    let expired = of(presets::mit().with_expiry(60));
    assert_eq!(refused(&own, &root, &expired), Term::Expired);
    let narrow = of(LicenceTerms {
        direct: Uses::NONE,
        ..presets::mit()
    });
    assert_eq!(refused(&own, &root, &narrow), Term::Direct(Use::FineTune));
    let unkind = of(LicenceTerms {
        onward: Uses::from(!1),
        ..presets::mit()
    });
    assert_eq!(
        refused(&own, &root, &unkind),
        Term::Onward(Uses::of(&[Use::Train]))
    );
    let free = of(LicenceTerms {
        commercial: false,
        ..presets::mit()
    });
    assert_eq!(refused(&own, &root, &free), Term::Commercial);
    let alike = of(LicenceTerms {
        share_alike: Some(H256::zero()),
        ..presets::mit()
    });
    assert_eq!(refused(&own, &root, &alike), Term::ShareAlike);
    let gates = Gates::truncate_from((20..28).map(Asset::Model).collect());
    let asked = Standing {
        gates,
        ..root.clone()
    };
    let asking = of(presets::mit().with_approval(Gate::Every));
    assert_eq!(refused(&own, &asked, &asking), Term::Gates);
    let full: Vec<_> = (20..52).map(|model| royalty(model, 1)).collect();
    assert_eq!(
        refused(&own, &owing(&full, &[]), &of(terms(1))),
        Term::Stack
    );
    let dear = owing(&[royalty(20, 59)], &[]);
    assert_eq!(refused(&own, &dear, &of(terms(2))), Term::Royalties);
    // What it owes late is owed in the stack of whoever names it.
    let late = owing(&[], &[royalty(21, 2)]);
    assert_eq!(refused(&own, &dear, &late), Term::Royalties);
}
