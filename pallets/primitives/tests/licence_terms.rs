//! Terms, presets, and the limits of the fold, one by one.

use proptest::{option, prelude::*};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Asset, Payee, Pool},
    licences::*,
};

fn terms() -> LicenceTerms {
    presets::mit()
}

fn text() -> LegalText {
    LegalText::new("https://example.org/terms.txt", H256::repeat_byte(7), "").unwrap()
}

fn trained_on(datanet: u32, round: u32) -> Origin {
    Origin::TrainedOn(Pool { datanet, round })
}

/// Folds the terms of a model whose sources are as they are given.
fn fold_from(terms: &LicenceTerms, sources: &[(Origin, Standing)]) -> Result<Folded, Refusal> {
    let sources: Vec<_> = sources
        .iter()
        .map(|(origin, standing)| Source {
            origin: *origin,
            standing,
        })
        .collect();
    fold(terms, &sources, 0)
}

/// Base models with the given terms, and the models that were made from them.
fn tuned(terms: &[LicenceTerms]) -> Vec<(Origin, Standing)> {
    (0..)
        .map(Origin::FineTunedFrom)
        .zip(terms.iter().map(Standing::root))
        .collect()
}

fn refusal(origin: u8, asset: Asset, term: Term) -> Result<Folded, Refusal> {
    Err(Refusal::through(origin, asset, term))
}

#[test]
fn a_set_of_uses_is_one_byte_and_reads_as_a_list() {
    let uses = Uses::of(&[Use::Train, Use::Infer]);
    assert_eq!(codec::Encode::encode(&uses), [0b0100_0001]);
    assert_eq!(
        serde_json::to_string(&uses).unwrap(),
        r#"["Train","Infer"]"#
    );
    assert_eq!(
        serde_json::from_str::<Uses>(r#"["Infer","Train"]"#).unwrap(),
        uses
    );
    assert_eq!(Uses::of(&Use::ALL), Uses::ALL);
    assert_eq!(Uses::ALL.iter().collect::<Vec<_>>(), Use::ALL);
}

#[test]
fn terms_can_be_written_and_read_as_json() {
    let terms = presets::cc_by_sa_4_0()
        .with_royalty(Perbill::from_percent(5), Some(u128::MAX))
        .with_fee(10, Gate::Every)
        .with_approval(Gate::First)
        .with_expiry(99);
    let json = serde_json::to_string(&terms).unwrap();
    assert!(json.contains("\"https://creativecommons.org/licenses/by-sa/4.0/legalcode.txt\""));
    assert_eq!(serde_json::from_str::<LicenceTerms>(&json).unwrap(), terms);
}

#[test]
fn terms_that_differ_in_anything_have_other_identifiers() {
    let terms = terms();
    assert_eq!(terms.id(), presets::mit().id());
    assert_ne!(terms.id(), terms.clone().with_expiry(1).id());
    assert_ne!(terms.id(), terms.clone().with_text(text()).id());
}

#[test]
fn terms_with_a_flaw_are_told() {
    let flawed = |change: fn(&mut LicenceTerms)| {
        let mut terms = terms();
        change(&mut terms);
        terms.check()
    };
    assert_eq!(flawed(|_| ()), Ok(()));
    let royalty = |terms: &mut LicenceTerms, parts, ceiling| {
        *terms = terms
            .clone()
            .with_royalty(Perbill::from_parts(parts), ceiling)
    };
    let with_royalty = |parts, ceiling| {
        let mut terms = terms();
        royalty(&mut terms, parts, ceiling);
        terms.check()
    };
    assert_eq!(with_royalty(0, None), Err(Flaw::Royalty));
    assert_eq!(with_royalty(1, None), Ok(()));
    assert_eq!(with_royalty(600_000_000, Some(1)), Ok(()));
    assert_eq!(with_royalty(600_000_001, None), Err(Flaw::Royalty));
    assert_eq!(with_royalty(1, Some(0)), Err(Flaw::Royalty));
    assert_eq!(terms().with_fee(0, Gate::First).check(), Err(Flaw::Fee));
    assert_eq!(flawed(|terms| terms.quota = Some(0)), Err(Flaw::Quota));
    assert_eq!(
        flawed(|terms| terms.text.uri = Default::default()),
        Err(Flaw::Uri)
    );
    assert_eq!(
        flawed(|terms| terms.text.uri = b"two words".to_vec().try_into().unwrap()),
        Err(Flaw::Uri)
    );
    assert_eq!(
        flawed(|terms| terms.text.spdx = b"M/T".to_vec().try_into().unwrap()),
        Err(Flaw::Spdx)
    );
    assert_eq!(LegalText::new(&"x".repeat(257), H256::zero(), ""), None);
}

#[test]
fn presets_are_without_flaw_and_found_by_name() {
    let mut seen = Vec::new();
    for name in presets::NAMES {
        let preset = presets::named(name).unwrap();
        assert_eq!(preset.check(), Ok(()));
        assert!(!seen.contains(&preset.id()));
        seen.push(preset.id());
    }
    assert_eq!(presets::named("WTFPL"), None);
    let commercial = presets::commercial_with_royalty(Perbill::from_percent(10), None, text());
    assert_eq!(commercial.check(), Ok(()));
}

#[test]
fn a_use_that_the_source_does_not_allow_is_named() {
    let mut source = terms();
    source.direct = Uses::ALL.without(Uses::of(&[Use::FineTune]));
    let made = |origin| fold_from(&terms(), &[(origin, Standing::root(&source))]);
    assert!(made(Origin::MergedFrom(0)).is_ok());
    for origin in [Origin::FineTunedFrom(0), Origin::AdapterOf(0)] {
        let term = Term::Direct(Use::FineTune);
        assert_eq!(made(origin), refusal(0, Asset::Model(0), term));
    }
}

#[test]
fn a_datanet_may_allow_training_and_refuse_looking_up() {
    let mut source = terms();
    source.direct = Uses::of(&[Use::Train]);
    let pool = Pool {
        datanet: 4,
        round: 1,
    };
    let made = |origin| fold_from(&terms(), &[(origin, Standing::root(&source))]);
    assert!(made(Origin::TrainedOn(pool)).is_ok());
    assert_eq!(
        made(Origin::RetrievesFrom(pool)),
        refusal(0, Asset::Datanet(4), Term::Direct(Use::Retrieve))
    );
}

#[test]
fn uses_that_the_source_does_not_hand_on_are_named() {
    let mut source = terms();
    source.onward = Uses::of(&[Use::Infer, Use::Evaluate]);
    let mut child = terms();
    child.direct = Uses::of(&[Use::Infer]);
    child.onward = Uses::of(&[Use::Infer, Use::Distil, Use::Train]);
    let sources = tuned(&[terms(), source]);
    assert_eq!(
        fold_from(&child, &sources),
        refusal(
            1,
            Asset::Model(1),
            Term::Onward(Uses::of(&[Use::Train, Use::Distil]))
        )
    );
    child.onward = Uses::NONE;
    assert!(fold_from(&child, &sources).is_ok());
}

#[test]
fn of_two_families_the_second_is_named() {
    let with = |number| LicenceTerms {
        share_alike: Some(H256::repeat_byte(number)),
        ..terms()
    };
    let sources = tuned(&[terms(), with(1), with(1), with(2)]);
    assert_eq!(
        fold_from(&with(1), &sources),
        refusal(3, Asset::Model(3), Term::FamilyConflict)
    );
    assert!(fold_from(&with(1), &sources[..3]).is_ok());
    assert_eq!(
        fold_from(&with(2), &sources[..3]),
        refusal(1, Asset::Model(1), Term::ShareAlike)
    );
}

#[test]
fn the_earliest_expiry_ends_everything() {
    let sources = tuned(&[terms().with_expiry(20), terms().with_expiry(30)]);
    let made = fold_from(&terms().with_expiry(25), &sources).unwrap();
    assert_eq!(made.standing.expires, Some(20));

    let sources = [Source {
        origin: Origin::FineTunedFrom(2),
        standing: &made.standing,
    }];
    assert!(fold(&terms(), &sources, 19).is_ok());
    assert_eq!(
        fold(&terms(), &sources, 20),
        refusal(0, Asset::Model(2), Term::Expired)
    );
    assert_eq!(
        fold(&terms().with_expiry(7), &[], 7),
        Err(Refusal::own(Term::Expired))
    );
}

#[test]
fn eight_ancestors_can_be_asked_and_not_nine() {
    let asking = terms().with_approval(Gate::Every);
    let nine = tuned(&vec![asking.clone(); 9]);
    let eight = fold_from(&terms(), &nine[..8]).unwrap();
    assert_eq!(eight.grants.len(), 8);
    assert_eq!(eight.standing.gates.len(), 8);
    assert_eq!(
        fold_from(&terms(), &nine),
        refusal(8, Asset::Model(8), Term::Gates)
    );

    // A ninth generation that asks as well can be made; none after it.
    let ninth = fold_from(&asking, &nine[..8]).unwrap().standing;
    assert_eq!(
        fold_from(&terms(), &[(Origin::AdapterOf(8), ninth)]),
        refusal(0, Asset::Model(8), Term::Gates)
    );
}

#[test]
fn a_gate_of_the_first_generation_asks_no_later_one() {
    let asking = terms().with_approval(Gate::First).with_fee(5, Gate::First);
    let child = fold_from(&terms(), &tuned(&[asking])).unwrap();
    assert_eq!(
        child.grants,
        [NeededGrant {
            asset: Asset::Model(0),
            generation: Generation::First,
            origin: 0
        }]
    );
    let grandchild = fold_from(&terms(), &[(Origin::AdapterOf(1), child.standing)]).unwrap();
    assert_eq!(grandchild.grants, []);
}

#[test]
fn who_is_parent_and_ancestor_at_once_is_asked_once_as_parent() {
    let asking = terms().with_approval(Gate::First).with_fee(5, Gate::Every);
    let base = tuned(&[asking]);
    let child = fold_from(&terms(), &base).unwrap().standing;
    let through_child = (Origin::MergedFrom(1), child);
    let merged = fold_from(&terms(), &[through_child, base[0].clone()]).unwrap();
    assert_eq!(
        merged.grants,
        [NeededGrant {
            asset: Asset::Model(0),
            generation: Generation::First,
            origin: 1
        }]
    );
}

#[test]
fn a_datanet_is_owed_once_for_its_highest_round() {
    let datanet = Standing::root(&terms().with_royalty(Perbill::from_percent(7), Some(9)));
    let older = fold_from(&terms(), &[(trained_on(3, 5), datanet.clone())]).unwrap();
    for round in [4, 5, 6] {
        let both = [
            (Origin::FineTunedFrom(0), older.standing.clone()),
            (trained_on(3, round), datanet.clone()),
        ];
        let stack = fold_from(&terms(), &both).unwrap().standing.stack;
        assert_eq!(stack.len(), 1);
        assert_eq!(stack[0].rate, Perbill::from_percent(7));
        assert_eq!(stack[0].ceiling, Some(9));
        let pool = Pool {
            datanet: 3,
            round: round.max(5),
        };
        assert_eq!(stack[0].payee, Payee::Pool(pool));
    }
}

/// Terms never change, so that one asset asks for one rate; the fold does not rely on that.
#[test]
fn of_two_rates_for_an_ancestor_the_higher_is_owed_with_its_ceiling() {
    let owing = |percent, ceiling| {
        let ancestor = terms().with_royalty(Perbill::from_percent(percent), ceiling);
        let base = (Origin::FineTunedFrom(9), Standing::root(&ancestor));
        let data = (trained_on(3, 1), Standing::root(&ancestor));
        fold_from(&terms(), &[base, data]).unwrap().standing
    };
    let low = (Origin::MergedFrom(1), owing(10, Some(4)));
    let high = (Origin::MergedFrom(2), owing(20, Some(7)));
    for sources in [[low.clone(), high.clone()], [high, low]] {
        let stack = fold_from(&terms(), &sources).unwrap().standing.stack;
        assert_eq!(stack.len(), 2);
        for royalty in stack {
            assert_eq!(royalty.rate, Perbill::from_percent(20));
            assert_eq!(royalty.ceiling, Some(7));
        }
    }
}

#[test]
fn royalties_come_to_sixty_percent_and_not_a_billionth_more() {
    let with = |parts| terms().with_royalty(Perbill::from_parts(parts), None);
    let half = with(300_000_000);
    let sixty = tuned(&[half.clone(), half.clone()]);
    assert!(fold_from(&terms(), &sixty).is_ok());
    let more = tuned(&[half.clone(), half, with(1)]);
    assert_eq!(
        fold_from(&terms(), &more),
        refusal(2, Asset::Model(2), Term::Royalties)
    );
}

#[test]
fn thirty_two_royalties_are_owed_and_not_thirty_three() {
    let paid = terms().with_royalty(Perbill::from_parts(1), None);
    let standing = Standing::root(&paid);
    let mut sources = tuned(&vec![paid; 16]);
    sources.extend((0..16).map(|datanet| (trained_on(datanet, 1), standing.clone())));
    let full = fold_from(&terms(), &sources).unwrap().standing;
    assert_eq!(full.stack.len(), 32);
    assert!(full.stack.windows(2).all(|two| two[0].payee < two[1].payee));

    let next = [
        (Origin::AdapterOf(40), full),
        (Origin::MergedFrom(16), standing),
    ];
    assert!(fold_from(&terms(), &next[..1]).is_ok());
    assert_eq!(
        fold_from(&terms(), &next),
        refusal(1, Asset::Model(16), Term::Stack)
    );
}

#[test]
fn no_seventeenth_model_or_pool_and_no_asset_twice() {
    let models = tuned(&vec![terms(); 17]);
    assert!(fold_from(&terms(), &models[..16]).is_ok());
    assert_eq!(
        fold_from(&terms(), &models),
        refusal(16, Asset::Model(16), Term::TooManyOrigins)
    );

    let standing = Standing::root(&terms());
    let pools: Vec<_> = (0..17)
        .map(|datanet| (trained_on(datanet, 1), standing.clone()))
        .collect();
    assert!(fold_from(&terms(), &pools[..16]).is_ok());
    assert_eq!(
        fold_from(&terms(), &pools),
        refusal(16, Asset::Datanet(16), Term::TooManyOrigins)
    );

    let twice = [
        (trained_on(1, 1), standing.clone()),
        (
            Origin::RetrievesFrom(Pool {
                datanet: 1,
                round: 2,
            }),
            standing,
        ),
    ];
    assert_eq!(
        fold_from(&terms(), &twice),
        refusal(1, Asset::Datanet(1), Term::Repeated)
    );
}

prop_compose! {
    fn standing()(
        direct in any::<u8>(),
        onward in any::<u8>(),
        commercial in any::<bool>(),
        attribution in any::<bool>(),
        family in option::of(Just(H256::repeat_byte(1))),
        expires in option::of(0..10u32),
    ) -> Standing {
        Standing {
            direct: Uses::from(direct),
            onward: Uses::from(onward),
            commercial,
            attribution,
            family,
            expires,
            ..Standing::root(&terms())
        }
    }
}

proptest! {
    #[test]
    fn a_meet_permits_what_both_permit_and_obliges_to_what_either_does(
        own in standing(),
        source in standing(),
        other in standing(),
    ) {
        let mut met = own.clone();
        met.meet(&source);
        for each in Use::ALL {
            let handed_on = source.onward.contains(each);
            prop_assert_eq!(met.direct.contains(each), own.direct.contains(each) && handed_on);
            prop_assert_eq!(met.onward.contains(each), own.onward.contains(each) && handed_on);
        }
        prop_assert_eq!(met.commercial, own.commercial && source.commercial);
        prop_assert_eq!(met.attribution, own.attribution || source.attribution);
        prop_assert_eq!(met.family.is_some(), own.family.is_some() || source.family.is_some());
        for block in 0..10 {
            prop_assert_eq!(met.expired(block), own.expired(block) || source.expired(block));
        }

        // Once is as good as twice, and one order as another.
        let mut again = met.clone();
        again.meet(&source);
        prop_assert_eq!(&again, &met);
        met.meet(&other);
        let mut reordered = own;
        reordered.meet(&other);
        reordered.meet(&source);
        prop_assert_eq!(reordered, met);
    }

    #[test]
    fn sets_of_uses_are_sets(one in any::<u8>(), other in any::<u8>()) {
        let (one, other) = (Uses::from(one), Uses::from(other));
        for each in Use::ALL {
            prop_assert_eq!(one.and(other).contains(each), one.contains(each) && other.contains(each));
            prop_assert_eq!(one.or(other).contains(each), one.contains(each) || other.contains(each));
            prop_assert_eq!(one.without(other).contains(each), one.contains(each) && !other.contains(each));
        }
        prop_assert_eq!(one.is_within(other), one.without(other).is_empty());
    }
}
