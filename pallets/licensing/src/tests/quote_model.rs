use frame_support::assert_ok;
use sp_core::H256;
use sp_runtime::DispatchError;
use tributary_primitives::{
    assets::Asset,
    ids::TermsId,
    licences::{
        presets, Gate, Generation, GrantProgress, GrantQuote, LicenceTerms, Origin, Refusal, Term,
        Use, Uses,
    },
};

use crate::{mock::*, Error};

#[test]
fn a_wallet_learns_the_royalties_and_what_to_acquire() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(free());
        let asking = for_datanets().with_fee(9, Gate::First);
        let data = datanet(ALICE, 3, asking.with_approval(Gate::First));
        let missing = GrantQuote {
            asset: Asset::Datanet(3),
            generation: Generation::First,
            approval: true,
            fee: 9,
            progress: GrantProgress::Missing,
        };
        let quote = Licensing::quote_model(BOB, terms, vec![data]).unwrap();
        assert_eq!(quote.royalties.len(), 1);
        assert_eq!(quote.grants, [missing]);
        assert_eq!(
            Licensing::check_model(BOB, terms, vec![data]),
            Err(Refusal::through(
                0,
                Asset::Datanet(3),
                Term::Grant(Generation::First)
            ))
        );

        // Owners approve their own.
        let own = Licensing::quote_model(ALICE, terms, vec![data]).unwrap();
        assert!(!own.grants[0].approval);
        assert_ok!(acquire(ALICE, Asset::Datanet(3), Generation::First));
        assert_eq!(
            Licensing::check_model(ALICE, terms, vec![data]),
            Ok(quote.royalties)
        );
    });
}

#[test]
fn a_missing_grant_names_the_ancestor_that_gives_it() {
    ExtBuilder::build_and_execute(|| {
        let terms = published(free());
        let base = model(ALICE, 0, free().with_approval(Gate::Every), &[]);
        assert_ok!(acquire(ALICE, Asset::Model(0), Generation::First));
        let child = model(ALICE, 1, free(), &[base]);
        let other = model(ALICE, 2, free(), &[]);
        assert_eq!(
            Licensing::check_model(BOB, terms, vec![other, child]),
            Err(Refusal::through(
                1,
                Asset::Model(0),
                Term::Grant(Generation::Later)
            ))
        );
    });
}

/// What attaching says, and what the wallet was told before.
fn both(
    owner: AccountId,
    terms: TermsId,
    origins: &[Origin],
) -> (Result<usize, DispatchError>, Result<usize, Refusal>) {
    let told = Licensing::check_model(owner, terms, origins.to_vec());
    let done = frame_support::storage::with_transaction(|| {
        let done = Licensing::do_attach_model(1_000, &owner, terms, origins);
        sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(done))
    });
    (
        done.unwrap().map(|stack| stack.len()),
        told.map(|stack| stack.len()),
    )
}

#[test]
fn the_wallet_and_the_extrinsic_never_disagree() {
    ExtBuilder::build_and_execute(|| {
        let mut narrow = free();
        narrow.onward = Uses::of(&[Use::Infer]);
        let mut unusable = free();
        unusable.direct = Uses::NONE;
        let kinds: Vec<LicenceTerms> = vec![
            free(),
            narrow,
            unusable,
            free().with_expiry(9),
            free().with_approval(Gate::First),
            for_datanets(),
            presets::cc_by_nc_4_0(),
            presets::cc_by_sa_4_0(),
            presets::openrail_m(),
        ];
        let mut origins: Vec<_> = (0..)
            .zip(&kinds)
            .map(|(number, terms)| model(ALICE, number, terms.clone(), &[]))
            .collect();
        origins.push(Origin::MergedFrom(500));
        origins.push(datanet(ALICE, 0, for_datanets()));
        model(ALICE, 500, free(), &[]);
        assert_ok!(Licensing::do_retire(Asset::Model(500)));
        origins.push(Origin::MergedFrom(600));
        System::set_block_number(9);

        let mut terms: Vec<_> = kinds.into_iter().map(published_once).collect();
        terms.push(H256::zero());
        let (mut accepted, mut refused) = (0, 0);
        for terms in terms {
            for one in &origins {
                for other in &origins {
                    match both(BOB, terms, &[*one, *other]) {
                        (Ok(done), Ok(told)) => {
                            assert_eq!(done, told);
                            accepted += 1;
                        }
                        (Err(done), Err(told)) => {
                            assert_eq!(done, Error::<Test>::from(told).into());
                            refused += 1;
                        }
                        (done, told) => panic!("{done:?}, but {told:?}"),
                    }
                }
            }
        }
        assert!(accepted > 30 && refused > 500, "{accepted}, {refused}");
    });
}

/// Terms that are published already, even if they have expired since.
fn published_once(terms: LicenceTerms) -> TermsId {
    let id = terms.id();
    assert!(crate::Licences::<Test>::contains_key(id));
    id
}
