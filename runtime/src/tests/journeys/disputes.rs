//! What becomes known of an ancestry late: a forgotten parent is paid out of what waits, a dispute holds back one share only, and
//! descendants follow.

use super::{accounts::*, assets::*, *};
use crate::currency::TRIB;
use pallet_disputes::{CaseId, HoldReason, Outcome, Stage};
use pallet_rewards::Source;
use sp_core::H256;
use tributary_primitives::{
    assets::{Asset, Payee},
    ids::ModelId,
    ledger::Ground,
    licences::{Origin, Use, UseRefusal},
    roles::Contention,
};

/// The arbiters of the development network.
const ARBITERS: [Person; 3] = [Person::Dave, Person::Eve, Person::Ferdie];
/// What a consumer pays for each model here.
const GROSS: Balance = 100 * TRIB;
/// Of that, what the protocol's fee leaves.
const NET: Balance = 98 * TRIB;

fn open(
    chain: &mut Chain,
    plaintiff: Person,
    model: ModelId,
    contention: Contention,
) -> (CaseId, Balance) {
    let call = pallet_disputes::Call::open {
        model,
        contention,
        evidence: H256::repeat_byte(7),
    };
    let events = chain.must(plaintiff, RuntimeCall::Disputes(call));
    found(&events, |event| match event {
        RuntimeEvent::Disputes(pallet_disputes::Event::Opened { case, bond, .. }) => {
            Some((*case, *bond))
        }
        _ => None,
    })
}

/// Two of the three arbiters say the same, and nobody appeals.
fn decide(chain: &mut Chain, case: CaseId, upheld: bool) -> Outcome {
    for arbiter in &ARBITERS[..2] {
        let call = pallet_disputes::Call::vote { case, upheld };
        chain.must(*arbiter, RuntimeCall::Disputes(call));
    }
    let found_case = Disputes::case(case).expect("the case is open");
    let Stage::Ruled { until, .. } = found_case.stage else {
        panic!("two of three are a majority");
    };
    let close = RuntimeCall::Disputes(pallet_disputes::Call::close { case });
    chain.refused(
        ANYBODY,
        close.clone(),
        pallet_disputes::Error::<Runtime>::NotOver,
    );
    chain.leap(until);
    let events = chain.must(ANYBODY, close);
    found(&events, |event| match event {
        RuntimeEvent::Disputes(pallet_disputes::Event::Closed { outcome, .. }) => Some(*outcome),
        _ => None,
    })
}

/// What `who` was credited as a member of a model's team.
fn earned(chain: &Chain, who: Person, model: ModelId) -> Balance {
    credited(chain, who, |source| *source == Source::Team(model))
}

fn waiting(model: ModelId) -> Balance {
    Rewards::model(model).expect("it is there").waiting
}

#[test]
fn a_hidden_parent_is_paid_out_of_what_waits_and_then_by_the_descendants_too() {
    journey(|chain| {
        let base = register(chain, BASE_OWNER, vec![], 10, &[(BASE_OWNER, 100)]).id;
        // It comes from the base, and does not say so.
        let hiding = register(chain, CHILD_OWNER, vec![], 5, &[(CHILD_OWNER, 100)]).id;
        let origins = vec![Origin::FineTunedFrom(hiding)];
        let child = register(chain, FLIPPER, origins, 5, &[(FLIPPER, 100)]).id;
        chain.must(CONSUMER, payment(Asset::Model(hiding), GROSS));
        chain.must(ANYBODY, settlement(hiding));
        assert_eq!(earned(chain, CHILD_OWNER, hiding), NET / 2);
        assert_eq!(waiting(hiding), NET / 2);

        let missing = Contention::MissingParent(Origin::FineTunedFrom(base));
        let (case, bond) = open(chain, BASE_OWNER, hiding, missing);
        assert_eq!(on_hold(BASE_OWNER, HoldReason::Plaintiff), bond);
        let statement = Rewards::model(hiding).expect("it is there");
        assert_eq!(statement.royalties[0].ground, Ground::Claimed);
        assert_eq!(statement.contested, NET / 10);
        assert_eq!(statement.waiting, NET / 2 - NET / 10);
        assert!(!Licensing::stale(Asset::Model(child)));

        assert_eq!(decide(chain, case, true), Outcome::Upheld);
        assert_eq!(on_hold(BASE_OWNER, HoldReason::Plaintiff), 0);
        for model in [hiding, base] {
            chain.must(ANYBODY, settlement(model));
        }
        assert_eq!(earned(chain, BASE_OWNER, base), NET / 10);
        assert_eq!(earned(chain, CHILD_OWNER, hiding), NET / 2);

        // The descendant does not owe it yet, and readers hear that.
        let use_of =
            |model| Licensing::can_use(Asset::Model(model), Use::FineTune, account(ANYBODY), 1, 1);
        assert!(Licensing::stale(Asset::Model(child)));
        assert_eq!(use_of(child), Err(UseRefusal::Stale));
        let refold = RuntimeCall::Licensing(pallet_licensing::Call::refold { model: child });
        chain.must(ANYBODY, refold.clone());
        chain.refused(
            ANYBODY,
            refold,
            pallet_licensing::Error::<Runtime>::NotStale,
        );
        assert!(use_of(child).is_ok());
        chain.must(CONSUMER, payment(Asset::Model(child), GROSS));
        for model in [child, hiding, base] {
            chain.must(ANYBODY, settlement(model));
        }
        assert_eq!(earned(chain, BASE_OWNER, base), 2 * NET / 10);
        assert_eq!(earned(chain, CHILD_OWNER, hiding), NET / 2 + NET / 20);
        assert_eq!(
            earned(chain, FLIPPER, child),
            (NET - NET / 10 - NET / 20) / 2
        );

        for who in [BASE_OWNER, CHILD_OWNER, FLIPPER] {
            chain.must(who, withdrawal());
        }
        check_everybody(chain);
    });
}

#[test]
fn a_dispute_holds_back_one_share_and_its_bond_is_burnt_if_it_is_not_upheld() {
    journey(|chain| {
        let base = register(chain, BASE_OWNER, vec![], 10, &[(BASE_OWNER, 100)]).id;
        let other = register(chain, FLIPPER, vec![], 20, &[(FLIPPER, 100)]).id;
        let origins = vec![Origin::FineTunedFrom(base), Origin::FineTunedFrom(other)];
        let child = register(chain, CHILD_OWNER, origins, 5, &[(CHILD_OWNER, 100)]).id;
        let contested = Contention::FalseParent(Origin::FineTunedFrom(base));
        let (case, bond) = open(chain, COPIER, child, contested);
        chain.must(CONSUMER, payment(Asset::Model(child), GROSS));
        for model in [child, other, base] {
            chain.must(ANYBODY, settlement(model));
        }
        assert_eq!(earned(chain, BASE_OWNER, base), 0);
        assert_eq!(earned(chain, FLIPPER, other), NET / 5);
        assert_eq!(earned(chain, CHILD_OWNER, child), (NET - 3 * NET / 10) / 2);
        let statement = Rewards::model(child).expect("it is there");
        assert_eq!(statement.contested, NET / 10);
        let frozen = |payee| {
            let mut royalties = statement.royalties.iter();
            royalties.any(|entry| entry.royalty.payee == payee && entry.frozen)
        };
        assert!(frozen(Payee::Model(base)) && !frozen(Payee::Model(other)));

        assert_eq!(decide(chain, case, false), Outcome::Dismissed);
        assert_eq!(all_on_hold(COPIER), 0);
        assert_eq!(wealth(COPIER), ENDOWMENT - bond - fees_of(chain, COPIER));
        for model in [child, base] {
            chain.must(ANYBODY, settlement(model));
        }
        assert_eq!(earned(chain, BASE_OWNER, base), NET / 10);
        check_everybody(chain);
    });
}

#[test]
fn a_parent_that_was_none_is_owed_nothing_any_more() {
    journey(|chain| {
        let base = register(chain, BASE_OWNER, vec![], 10, &[(BASE_OWNER, 100)]).id;
        let other = register(chain, FLIPPER, vec![], 20, &[(FLIPPER, 100)]).id;
        let origins = vec![Origin::FineTunedFrom(base), Origin::FineTunedFrom(other)];
        let child = register(chain, CHILD_OWNER, origins, 5, &[(CHILD_OWNER, 100)]).id;
        let contested = Contention::FalseParent(Origin::FineTunedFrom(base));
        let (case, _) = open(chain, COPIER, child, contested);
        chain.must(CONSUMER, payment(Asset::Model(child), GROSS));
        assert_eq!(decide(chain, case, true), Outcome::Upheld);
        for model in [child, other] {
            chain.must(ANYBODY, settlement(model));
        }
        let statement = Rewards::model(child).expect("it is there");
        assert_eq!(statement.royalties.len(), 1);
        assert_eq!(earned(chain, BASE_OWNER, base), 0);
        // What was held back counts as what comes in now: half of all waits.
        assert_eq!(earned(chain, CHILD_OWNER, child), (NET - NET / 5) / 2);
        check_everybody(chain);
    });
}
