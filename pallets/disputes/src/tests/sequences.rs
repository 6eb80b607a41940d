//! Whatever happens in whatever order.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::subsequence};

use super::*;
use crate::{ArbitersOf, CaseKind, Cases, Event, HoldReason, Lost};

/// Everybody who does something: two who are no arbiters, and five who are or were.
const PEOPLE: [AccountId; 7] = [ALICE, BOB, 11, 12, 13, 14, 15];

#[derive(Clone, Debug)]
enum Step {
    Appoint(Vec<AccountId>),
    Open(AccountId, ModelId, Contention),
    Vote(AccountId, CaseId, bool),
    Appeal(AccountId, CaseId),
    Decide(CaseId, bool),
    Close(CaseId),
    NameParties(ModelId, Vec<AccountId>),
    Lock(AccountId),
    GiveAllAway(AccountId),
    NoRoom(bool),
    Blocks(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || proptest::sample::select(&PEOPLE[..]);
    let some = || subsequence(PEOPLE.to_vec(), 0..=PEOPLE.len());
    // One model more than there are.
    let model = || 0..=MODELS;
    // Counted back from the last one.
    let case = || 0..4u32;
    let contention = prop_oneof![Just(MISSING), Just(FALSE), Just(Contention::Reexecuted)];
    let judged = || prop::bool::weighted(0.7);
    prop_oneof![
        1 => some().prop_map(Step::Appoint),
        6 => (who(), model(), contention)
            .prop_map(|(who, model, contention)| Step::Open(who, model, contention)),
        30 => (who(), case(), judged())
            .prop_map(|(who, case, upheld)| Step::Vote(who, case, upheld)),
        6 => (who(), case()).prop_map(|(who, case)| Step::Appeal(who, case)),
        4 => (case(), any::<bool>()).prop_map(|(case, upheld)| Step::Decide(case, upheld)),
        10 => case().prop_map(Step::Close),
        2 => (model(), some()).prop_map(|(model, parties)| Step::NameParties(model, parties)),
        1 => who().prop_map(Step::Lock),
        1 => who().prop_map(Step::GiveAllAway),
        1 => any::<bool>().prop_map(Step::NoRoom),
        4 => (1..HEARING).prop_map(Step::Blocks),
    ]
}

fn take(step: Step) -> DispatchResult {
    let back = |case: CaseId| NextCase::<Test>::get().saturating_sub(1 + case);
    match step {
        Step::Appoint(arbiters) => Disputes::appoint(
            RuntimeOrigin::root(),
            ArbitersOf::<Test>::truncate_from(arbiters),
        ),
        Step::Open(who, model, contention) => try_open(who, model, contention),
        Step::Vote(who, case, upheld) => vote(who, back(case), upheld),
        Step::Appeal(who, case) => appeal(who, back(case)),
        Step::Decide(case, upheld) => decide(back(case), upheld),
        Step::Close(case) => try_close(back(case)),
        Step::NameParties(model, parties) => {
            Parties::insert(model, parties);
            Ok(())
        }
        Step::Lock(who) => {
            lock(who);
            Ok(())
        }
        Step::GiveAllAway(who) => Balances::transfer_all(signed(who), PAUPER, false),
        Step::NoRoom(full) => {
            UpholdRefusal::set(full.then_some(REFUSAL));
            Ok(())
        }
        Step::Blocks(blocks) => {
            wait(blocks);
            Ok(())
        }
    }
}

/// What the events say was burnt.
fn burnt() -> Balance {
    events()
        .into_iter()
        .map(|event| match event {
            Event::BondBurnt { amount, .. } => amount,
            _ => 0,
        })
        .sum()
}

/// Whoever lost a case about each model, by the events.
fn lost(model: ModelId) -> u32 {
    events()
        .into_iter()
        .filter(|event| {
            matches!(
                event,
                Event::Closed { model: of, outcome: Outcome::Dismissed | Outcome::Lapsed, .. }
                    if *of == model
            )
        })
        .count() as u32
}

/// No arbiter voted twice in a case, no plaintiff in their own, and nobody after the ruling.
fn assert_votes_are_fair() {
    let mut plaintiffs = BTreeSet::new();
    let mut votes = BTreeSet::new();
    let mut ruled = BTreeSet::new();
    for event in events() {
        match event {
            Event::Opened {
                case, plaintiff, ..
            } => {
                plaintiffs.insert((case, plaintiff));
            }
            Event::Voted { case, arbiter, .. } => {
                assert!(votes.insert((case, arbiter)), "a vote is cast twice");
                assert!(!plaintiffs.contains(&(case, arbiter)));
                assert!(!ruled.contains(&case));
            }
            Event::Ruled { case, .. } => assert!(ruled.insert(case)),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_invariants_hold_and_every_case_ends(steps in vec(step(), 1..150)) {
        execute(|| {
            let issuance = Balances::total_issuance();
            for step in steps {
                // Refusals are half of what happens.
                let before = events();
                if take(step.clone()).is_err() {
                    assert_eq!(events(), before, "{step:?}");
                }
                assert_eq!(Disputes::do_try_state(), Ok(()), "{step:?}");
                let contested: BTreeSet<_> = Contentions::iter_keys().collect();
                let cases: BTreeSet<_> = Cases::<Test>::iter_values()
                    .map(|case| (case.model, CaseKind::from(&case.contention)))
                    .collect();
                assert_eq!(contested, cases, "{step:?}");
            }
            // Nobody does anything any more: what is open ends.
            wait(HEARING + APPEAL + GOVERNANCE);
            let mut open: Vec<_> = Cases::<Test>::iter()
                .map(|(id, case)| (CaseKind::from(&case.contention), id))
                .collect();
            // What is missing is decided first.
            open.sort_unstable();
            for (_, case) in open {
                close(case);
            }
            assert_eq!(Cases::<Test>::iter().count(), 0);
            for who in PEOPLE {
                assert_eq!(on_hold(HoldReason::Plaintiff, who), 0);
                assert_eq!(on_hold(HoldReason::Appeal, who), 0);
            }
            assert_eq!(Balances::total_issuance(), issuance - burnt());
            for model in 0..MODELS {
                assert_eq!(Lost::<Test>::get(model), lost(model));
            }
            assert_votes_are_fair();
        });
    }
}
