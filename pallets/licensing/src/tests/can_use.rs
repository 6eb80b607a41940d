use frame_support::assert_ok;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::Asset,
    licences::{
        presets, Gate, Generation, GrantProgress, GrantQuote, LicenceTerms, Refusal, Term, Use,
        UseQuote, UseRefusal, Uses,
    },
};

use crate::mock::*;

const ASSET: Asset = Asset::Model(0);

fn can_use(intended: Use, units: u64, until: u32) -> Result<UseQuote, UseRefusal> {
    Licensing::can_use(ASSET, intended, BOB, units, until)
}

fn refused(term: Term) -> Result<UseQuote, UseRefusal> {
    Err(UseRefusal::Licence(Refusal::by(ASSET, term)))
}

/// A model of Alice's that is offered for 7 a unit.
fn offered(terms: LicenceTerms) {
    let data = datanet(CAROL, 3, for_datanets());
    model(ALICE, 0, terms, &[data]);
    assert_ok!(Licensing::make_offer(
        RuntimeOrigin::signed(ALICE),
        ASSET,
        7,
        Perbill::from_percent(20)
    ));
}

#[test]
fn calls_cost_their_units_and_payees_are_told() {
    ExtBuilder::build_and_execute(|| {
        offered(free());
        let quote = can_use(Use::Infer, 100, 50).unwrap();
        assert_eq!(quote.price, 700);
        assert_eq!(quote.host_share, Perbill::from_percent(20));
        assert_eq!(quote.royalties.len(), 1);
        assert_eq!(quote.royalties[0].payee.asset(), Asset::Datanet(3));
        assert_eq!(quote.grants, []);
        assert!(quote.commercial && quote.attribution);
    });
}

#[test]
fn a_new_offer_holds_from_now_on() {
    ExtBuilder::build_and_execute(|| {
        offered(free());
        let share = Perbill::zero();
        assert_ok!(Licensing::make_offer(
            RuntimeOrigin::signed(ALICE),
            ASSET,
            0,
            share
        ));
        assert_eq!(can_use(Use::Infer, u64::MAX, 50).unwrap().price, 0);
    });
}

#[test]
fn calls_without_an_offer_are_refused() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_eq!(can_use(Use::Infer, 1, 50), Err(UseRefusal::NotOffered));
        assert!(can_use(Use::Evaluate, 0, 50).is_ok());
    });
}

#[test]
fn more_units_than_the_quota_are_refused() {
    ExtBuilder::build_and_execute(|| {
        let mut terms = free();
        terms.quota = Some(100);
        offered(terms);
        assert!(can_use(Use::Infer, 100, 50).is_ok());
        assert_eq!(
            can_use(Use::Infer, 101, 50),
            Err(UseRefusal::QuotaExceeded { left: 100 })
        );
    });
}

#[test]
fn a_price_beyond_all_coin_is_refused() {
    ExtBuilder::build_and_execute(|| {
        model(ALICE, 0, free(), &[]);
        assert_ok!(Licensing::make_offer(
            RuntimeOrigin::signed(ALICE),
            ASSET,
            u128::MAX,
            Perbill::zero()
        ));
        assert!(can_use(Use::Infer, 1, 50).is_ok());
        assert_eq!(can_use(Use::Infer, 2, 50), Err(UseRefusal::PriceOverflow));
    });
}

#[test]
fn a_use_must_end_before_the_earliest_expiry() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 5, free().with_expiry(50), &[]);
        model(ALICE, 0, free().with_expiry(60), &[base]);
        assert!(can_use(Use::Evaluate, 0, 49).is_ok());
        assert_eq!(can_use(Use::Evaluate, 0, 50), refused(Term::Expired));
        // Nor can it end in the past.
        System::set_block_number(50);
        assert_eq!(can_use(Use::Evaluate, 0, 1), refused(Term::Expired));
    });
}

#[test]
fn a_use_that_the_terms_leave_out_is_refused() {
    ExtBuilder::build_and_execute(|| {
        let mut terms = free();
        terms.direct = Uses::of(&[Use::Infer]);
        offered(terms);
        assert!(can_use(Use::Infer, 1, 50).is_ok());
        for other in Uses::ALL.without(Uses::of(&[Use::Infer])).iter() {
            assert_eq!(can_use(other, 1, 50), refused(Term::Direct(other)));
        }
    });
}

#[test]
fn making_a_descendant_tells_the_grants_that_it_needs_and_who_has_them() {
    ExtBuilder::build_and_execute(|| {
        let base = model(ALICE, 5, free().with_fee(9, Gate::Every), &[]);
        assert_ok!(acquire(ALICE, Asset::Model(5), Generation::First));
        model(ALICE, 0, free().with_approval(Gate::First), &[base]);
        assert_ok!(acquire(BOB, ASSET, Generation::First));

        let quote = can_use(Use::FineTune, 0, 50).unwrap();
        assert_eq!(quote.price, 0);
        assert_eq!(
            quote.grants,
            [
                GrantQuote {
                    asset: ASSET,
                    generation: Generation::First,
                    approval: true,
                    fee: 0,
                    progress: GrantProgress::Applied
                },
                GrantQuote {
                    asset: Asset::Model(5),
                    generation: Generation::Later,
                    approval: false,
                    fee: 9,
                    progress: GrantProgress::Missing
                }
            ]
        );
        assert_ok!(Licensing::approve(RuntimeOrigin::signed(ALICE), ASSET, BOB));
        assert_eq!(
            can_use(Use::FineTune, 0, 50).unwrap().grants[0].progress,
            GrantProgress::Granted
        );
    });
}

#[test]
fn a_retired_asset_is_used_still_but_not_descended_from() {
    ExtBuilder::build_and_execute(|| {
        offered(presets::cc_by_nc_4_0());
        assert_ok!(Licensing::do_retire(ASSET));
        assert!(!can_use(Use::Infer, 1, 50).unwrap().commercial);
        for made in [Use::Train, Use::FineTune, Use::Modify, Use::Distil] {
            assert_eq!(can_use(made, 0, 50), refused(Term::Retired));
        }
    });
}

#[test]
fn an_unknown_asset_is_used_by_nobody() {
    ExtBuilder::build_and_execute(|| {
        assert_eq!(can_use(Use::Infer, 1, 50), refused(Term::NotFound));
    });
}
