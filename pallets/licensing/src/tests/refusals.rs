//! Each refusal there is, as it comes about; `docs/licences.md` has the same tables.

use frame_support::assert_noop;
use scale_info::{TypeDef, TypeInfo};
use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::Asset,
    ids::TermsId,
    licences::{
        presets, Gate, Generation, LicenceTerms, Origin, Refusal, Term, Use, UseRefusal, Uses,
    },
    roles::Contention,
};

use super::enforcement::documented;
use crate::{mock::*, Error};

/// Terms that refuse no model when it is registered: it has no descendants yet that were promised anything.
const OF_ADDED_SOURCES: [(Term, Error<Test>); 2] = [
    (Term::EndsEarlier, Error::OriginEndsEarlier { origin: 0 }),
    (
        Term::AsksDescendants,
        Error::OriginAsksDescendants { origin: 0 },
    ),
];

/// A model that is refused.
struct Case {
    /// What it is, in words.
    example: &'static str,
    terms: TermsId,
    origins: Vec<Origin>,
    refusal: Refusal,
    error: Error<Test>,
}

/// A case that is due to an asset which an origin leads to.
fn case(
    example: &'static str,
    terms: LicenceTerms,
    origins: &[Origin],
    position: u8,
    term: Term,
    error: Error<Test>,
) -> Case {
    let asset = origins[usize::from(position)].asset();
    Case {
        example,
        terms: terms.id(),
        origins: origins.to_vec(),
        refusal: Refusal::through(position, asset, term),
        error,
    }
}

/// A case that is due to the terms to attach.
fn own_case(example: &'static str, terms: TermsId, term: Term, error: Error<Test>) -> Case {
    Case {
        example,
        terms,
        origins: vec![],
        refusal: Refusal::own(term),
        error,
    }
}

/// Sets the world up for them: at least one for each term, in the order of the terms.
fn cases() -> Vec<Case> {
    let without = |left_out: Use| Uses::ALL.without(Uses::of(&[left_out]));
    let unmerged = LicenceTerms {
        direct: without(Use::Modify),
        ..free()
    };
    let kept = LicenceTerms {
        onward: without(Use::Redistribute),
        ..free()
    };
    let brief = free().with_expiry(9);
    let cheap = free().with_royalty(Perbill::from_parts(1), None);
    let paid = |percent| free().with_royalty(Perbill::from_percent(percent), None);
    published(free());
    published(presets::cc_by_sa_4_0());

    let mut number = 0;
    let mut base = |terms: LicenceTerms| {
        number += 1;
        model(ALICE, number, terms, &[]);
        Origin::MergedFrom(number)
    };
    let open = base(free());
    let retired = base(free());
    Licensing::do_retire(retired.asset()).unwrap();
    let ended = base(brief.clone());
    let unmerged = base(unmerged);
    let kept = base(kept);
    let unpaid = base(presets::cc_by_nc_4_0());
    let alike = base(presets::cc_by_sa_4_0());
    let llama = base(presets::llama_3_1());
    let asking = base(free().with_approval(Gate::First));
    let all_asking: Vec<_> = (0..9)
        .map(|_| base(free().with_approval(Gate::Every)))
        .collect();
    let shares = [base(paid(40)), base(paid(20)), base(cheap.clone())];
    let models: Vec<_> = (0..16).map(|_| base(cheap.clone())).collect();
    let pools: Vec<_> = (0..17)
        .map(|number| datanet(ALICE, number, cheap.clone()))
        .collect();
    model(ALICE, 100, free(), &[&models[..], &pools[..16]].concat());
    let full = Origin::MergedFrom(100);
    let (hidden, hiding) = (base(cheap.clone()), base(free()));
    let behind = model(ALICE, 200, free(), &[hiding]);
    let Asset::Model(hiding) = hiding.asset() else {
        panic!("it is a model");
    };
    Licensing::do_conclude(hiding, &Contention::MissingParent(hidden), true).unwrap();
    System::set_block_number(9);

    vec![
        own_case(
            "terms by a hash that nobody has published",
            H256::zero(),
            Term::NotPublished,
            Error::TermsNotFound,
        ),
        case(
            "a merge of models 1 and 500, of which the latter is not registered",
            free(),
            &[open, Origin::MergedFrom(500)],
            1,
            Term::NotFound,
            Error::OriginNotFound { origin: 1 },
        ),
        case(
            "a merge with a model that its owner has retired",
            free(),
            &[open, retired],
            1,
            Term::Retired,
            Error::OriginRetired { origin: 1 },
        ),
        case(
            "a merge, in block 9, with a model whose terms expire in block 9",
            free(),
            &[open, ended],
            1,
            Term::Expired,
            Error::OriginExpired { origin: 1 },
        ),
        own_case(
            "a base model, in block 9, under terms that expire in block 9",
            brief.id(),
            Term::Expired,
            Error::TermsExpired,
        ),
        case(
            "a merge with a model that has not been refolded since a hidden source of its parent came to light",
            free(),
            &[open, behind],
            1,
            Term::Stale,
            Error::OriginStale { origin: 1 },
        ),
        case(
            "a merge with a model that may be fine-tuned and not modified",
            free(),
            &[open, unmerged],
            1,
            Term::Direct(Use::Modify),
            Error::UseNotAllowed { origin: 1 },
        ),
        case(
            "an MIT model, merged from one whose descendants must not be handed on",
            free(),
            &[open, kept],
            1,
            Term::Onward(Uses::of(&[Use::Redistribute])),
            Error::OnwardUseNotAllowed {
                origin: 1,
                uses: 0b1000_0000,
            },
        ),
        case(
            "an MIT model, merged from one under CC BY-NC",
            free(),
            &[open, unpaid],
            1,
            Term::Commercial,
            Error::CommercialNotAllowed { origin: 1 },
        ),
        case(
            "an MIT model, merged from one under CC BY-SA",
            free(),
            &[open, alike],
            1,
            Term::ShareAlike,
            Error::ShareAlikeRequired { origin: 1 },
        ),
        case(
            "a CC BY-SA model, merged from one under CC BY-SA and one under the Llama 3.1 agreement",
            presets::cc_by_sa_4_0(),
            &[alike, llama],
            1,
            Term::FamilyConflict,
            Error::FamilyConflict { origin: 1 },
        ),
        case(
            "a merge of nine models, each of which approves descendants of every generation",
            free(),
            &all_asking,
            8,
            Term::Gates,
            Error::TooManyGates { origin: 8 },
        ),
        case(
            "a merge with a model that approves its children, by somebody who has not asked",
            free(),
            &[open, asking],
            1,
            Term::Grant(Generation::First),
            Error::GrantMissing { origin: 1 },
        ),
        case(
            "a merge of a model that owes 32 royalties and one that asks for another",
            free(),
            &[full, shares[2]],
            1,
            Term::Stack,
            Error::StackTooLong { origin: 1 },
        ),
        case(
            "a merge of models that ask for 40 %, 20 % and a billionth",
            free(),
            &shares,
            2,
            Term::Royalties,
            Error::RoyaltiesTooHigh { origin: 2 },
        ),
        case(
            "a merge of a model with itself",
            free(),
            &[open, open],
            1,
            Term::Repeated,
            Error::OriginRepeated { origin: 1 },
        ),
        case(
            "a base model, trained on 17 datanets",
            free(),
            &pools,
            16,
            Term::TooManyOrigins,
            Error::TooManyOrigins { origin: 16 },
        ),
    ]
}

/// The name of a variant, without what it carries.
fn name(variant: &impl core::fmt::Debug) -> String {
    let text = format!("{variant:?}");
    text.split(['(', ' ']).next().unwrap().into()
}

#[test]
fn each_term_refuses_a_model_and_the_document_says_how() {
    ExtBuilder::build_and_execute(|| {
        let mut table = String::from("| term | it means | example | what to do | error |\n");
        table += "|---|---|---|---|---|\n";
        let mut terms = Vec::new();
        for case in cases() {
            assert_eq!(
                Licensing::check_model(BOB, case.terms, case.origins.clone()),
                Err(case.refusal)
            );
            let (meaning, remedy) = (case.refusal.term.meaning(), case.refusal.term.remedy());
            let (term, error) = (name(&case.refusal.term), name(&case.error));
            let example = case.example;
            table += &format!("| `{term}` | {meaning} | {example} | {remedy} | `{error}` |\n");
            terms.push(term);
            assert_noop!(
                Licensing::do_attach_model(1_000, &BOB, case.terms, &case.origins),
                case.error
            );
        }

        terms.dedup();
        let TypeDef::Variant(all) = Term::type_info().type_def else {
            panic!("an enumeration");
        };
        let later = OF_ADDED_SOURCES.map(|(term, _)| name(&term));
        let all: Vec<_> = all
            .variants
            .iter()
            .map(|one| one.name.to_owned())
            .filter(|name| !later.contains(name))
            .collect();
        assert_eq!(terms, all, "a case for each term, in their order");

        assert!(
            documented("Refusals") == table,
            "the document should have:\n{table}"
        );
    });
}

#[test]
fn terms_that_refuse_only_a_source_that_is_added_are_documented_too() {
    let mut table = String::from("| term | it means | what to do | error |\n|---|---|---|---|\n");
    for (term, error) in OF_ADDED_SOURCES {
        let refused = Error::<Test>::from(Refusal::through(0, Asset::Model(0), term));
        assert_eq!(name(&refused), name(&error));
        let (meaning, remedy) = (term.meaning(), term.remedy());
        let (term, error) = (name(&term), name(&error));
        table += &format!("| `{term}` | {meaning} | {remedy} | `{error}` |\n");
    }
    assert!(
        documented("Refusals of a source that is added") == table,
        "the document should have:\n{table}"
    );
}

/// Without their obstacle the same models are admitted: a refusal is due to nothing else.
#[test]
fn what_the_document_says_to_do_helps() {
    ExtBuilder::build_and_execute(|| {
        let cases = cases();
        let origins = |term: Term| {
            let found = cases.iter().find(|case| case.refusal.term == term);
            found.expect("there is a case").origins.clone()
        };
        let accepted = |terms: LicenceTerms, origins: &[Origin]| {
            let terms = published(terms);
            assert!(Licensing::quote_model(BOB, terms, origins.to_vec()).is_ok());
        };

        let Origin::MergedFrom(unmerged) = origins(Term::Direct(Use::Modify))[1] else {
            panic!("it is merged");
        };
        accepted(free(), &[Origin::FineTunedFrom(unmerged)]);
        let left_out = Uses::of(&[Use::Redistribute]);
        let narrow = LicenceTerms {
            direct: Uses::ALL.without(left_out),
            onward: Uses::ALL.without(left_out),
            ..free()
        };
        accepted(narrow, &origins(Term::Onward(left_out)));
        accepted(presets::cc_by_nc_4_0(), &origins(Term::Commercial));
        accepted(presets::cc_by_sa_4_0(), &origins(Term::ShareAlike));
        accepted(presets::cc_by_sa_4_0(), &origins(Term::FamilyConflict)[..1]);
        accepted(free(), &origins(Term::Gates)[..8]);
        accepted(free(), &origins(Term::Stack)[..1]);
        accepted(free(), &origins(Term::Royalties)[..2]);
        accepted(free(), &origins(Term::Repeated)[..1]);
        accepted(free(), &origins(Term::TooManyOrigins)[..16]);
        let behind = origins(Term::Stale);
        let anybody = RuntimeOrigin::signed(CAROL);
        assert!(Licensing::refold(anybody, 200).is_ok());
        accepted(free(), &behind);
        // A grant is acquired: whoever has it is not refused.
        let asking = origins(Term::Grant(Generation::First));
        let asset = asking[1].asset();
        assert!(acquire(BOB, asset, Generation::First).is_ok());
        let owner = RuntimeOrigin::signed(ALICE);
        assert!(Licensing::approve(owner, asset, BOB).is_ok());
        assert!(attach(BOB, 1_000, free(), &asking).is_ok());
    });
}

/// `can_use` refuses by four of the same terms, without an origin.
#[test]
fn uses_are_refused_by_the_same_terms() {
    ExtBuilder::build_and_execute(|| {
        cases();
        let refused = |number, intended| {
            let asset = Asset::Model(number);
            let refusal = Licensing::can_use(asset, intended, BOB, 0, 9).unwrap_err();
            let UseRefusal::Licence(refusal) = refusal else {
                panic!("{refusal:?}");
            };
            assert_eq!((refusal.origin, refusal.asset), (None, Some(asset)));
            refusal.term
        };
        assert_eq!(refused(500, Use::Infer), Term::NotFound);
        assert_eq!(refused(2, Use::FineTune), Term::Retired);
        assert_eq!(refused(3, Use::Evaluate), Term::Expired);
        assert_eq!(refused(4, Use::Modify), Term::Direct(Use::Modify));
    });
}
