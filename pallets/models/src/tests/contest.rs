use frame_support::{assert_noop, assert_ok};
use tributary_primitives::{
    licences::Origin,
    roles::{Contention, Lineage},
};

use super::*;

fn missing(parent: u32) -> Contention {
    Contention::MissingParent(Origin::FineTunedFrom(parent))
}

fn false_parent(parent: u32) -> Contention {
    Contention::FalseParent(Origin::FineTunedFrom(parent))
}

#[test]
fn what_is_contested_is_told_to_the_licences() {
    ExtBuilder::default().build_and_execute(|| {
        let (hidden, named) = (base(), base());
        let model = child_of(named);
        for contention in [missing(hidden), false_parent(named), Contention::Reexecuted] {
            assert_ok!(Models::contest(model, &contention));
            assert_eq!(
                RoleCalls::get().pop(),
                Some(RoleCall::Contest(model, contention))
            );
            assert_eq!(events().pop(), Some(Event::Contested { model, contention }));
        }
        // Nothing is decided yet.
        assert_eq!(Edges::<Test>::get(model).map(|edges| edges.len()), Some(1));
    });
}

#[test]
fn what_is_known_is_not_missing_and_what_is_not_known_is_not_false() {
    ExtBuilder::default()
        .with_final_round(3, 1)
        .with_final_round(3, 2)
        .with_final_round(3, 3)
        .build_and_execute(|| {
            let (other, named) = (base(), base());
            let model = registered(
                BOB,
                Kind::FineTune,
                vec![Origin::FineTunedFrom(named), Origin::TrainedOn(pool(3, 2))],
            );
            for origin in [
                Origin::FineTunedFrom(named),
                Origin::DistilledFrom(named),
                Origin::TrainedOn(pool(3, 2)),
                Origin::TrainedOn(pool(3, 1)),
                Origin::RetrievesFrom(pool(3, 2)),
            ] {
                assert_noop!(
                    Models::contest(model, &Contention::MissingParent(origin)),
                    Error::<Test>::NotMissing
                );
            }
            // Who names an earlier round than they learned from cannot hide the later behind it.
            let later = Contention::MissingParent(Origin::TrainedOn(pool(3, 3)));
            assert_ok!(Models::contest(model, &later));
            for origin in [
                Origin::FineTunedFrom(other),
                Origin::DistilledFrom(named),
                Origin::TrainedOn(pool(3, 3)),
            ] {
                assert_noop!(
                    Models::contest(model, &Contention::FalseParent(origin)),
                    Error::<Test>::EdgeNotFound
                );
            }
        });
}

#[test]
fn nothing_comes_from_what_is_not_there_or_came_later() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let later = base();
        for parent in [model, later, 99] {
            assert_noop!(
                Models::contest(model, &missing(parent)),
                Error::<Test>::ParentNotEarlier
            );
        }
        let round = Contention::MissingParent(Origin::TrainedOn(pool(1, 1)));
        assert_noop!(Models::contest(model, &round), Error::<Test>::RoundNotFinal);
        assert_noop!(
            Models::contest(99, &missing(model)),
            Error::<Test>::ModelNotFound
        );
    });
}

#[test]
fn once_made_again_is_enough() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(Models::conclude(model, &Contention::Reexecuted, true));
        assert_noop!(
            Models::contest(model, &Contention::Reexecuted),
            Error::<Test>::AlreadyReexecuted
        );
    });
}

#[test]
fn a_licence_that_refuses_refuses_it() {
    ExtBuilder::default().build_and_execute(|| {
        let (hidden, model) = (base(), base());
        Refused::set(Some(RoleCalls::get().len()));
        assert_noop!(Models::contest(model, &missing(hidden)), REFUSAL);
    });
}

#[test]
fn a_retired_model_and_a_retired_parent_are_no_way_out() {
    ExtBuilder::default().build_and_execute(|| {
        let (hidden, model) = (base(), base());
        for retired in [hidden, model] {
            assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), retired));
        }
        assert_ok!(Models::contest(model, &missing(hidden)));
        assert_ok!(Models::conclude(model, &missing(hidden), true));
        assert_eq!(Edges::<Test>::get(model).map(|edges| edges.len()), Some(1));
    });
}

#[test]
fn a_full_ancestry_is_no_way_out() {
    ExtBuilder::default().build_and_execute(|| {
        let hidden = base();
        let last = (0..256).fold(base(), |parent, _| child_of(parent));
        assert_ok!(Models::contest(last, &missing(hidden)));
        assert_ok!(Models::conclude(last, &missing(hidden), true));
        // It is as long as it was, and the lineage has all.
        assert_eq!(Ancestors::<Test>::get(last).len(), 256);
        let lineage = Models::lineage(last).expect("it was registered");
        assert_eq!(lineage.len(), 258);
        assert_eq!(lineage[0].id, hidden);
    });
}

#[test]
fn full_places_are_no_way_out() {
    let builder = (0..16).fold(ExtBuilder::default(), |builder, datanet| {
        builder.with_final_round(datanet, 1)
    });
    builder.build_and_execute(|| {
        for _ in 0..26 {
            base();
        }
        let model = base();
        for parent in 0..16 {
            let source = Origin::FineTunedFrom(parent);
            assert_ok!(Models::add_parent(
                RuntimeOrigin::signed(ALICE),
                model,
                source,
                Perbill::one()
            ));
        }
        for datanet in 0..16 {
            let source = Origin::TrainedOn(pool(datanet, 1));
            assert_ok!(Models::add_parent(
                RuntimeOrigin::signed(ALICE),
                model,
                source,
                Perbill::one()
            ));
        }
        for hidden in 16..24 {
            assert_ok!(Models::contest(model, &missing(hidden)));
            assert_ok!(Models::conclude(model, &missing(hidden), true));
        }
        assert_noop!(
            Models::contest(model, &missing(24)),
            Error::<Test>::TooManyUpheld
        );
        // Whoever had himself accused of what is not so can be shown to have, and gives the place away.
        assert_ok!(Models::contest(model, &false_parent(16)));
        assert_ok!(Models::conclude(model, &false_parent(16), true));
        assert_ok!(Models::contest(model, &missing(24)));
    });
}

#[test]
fn who_earns_by_the_outcome_is_a_party() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = registered(CAROL, Kind::Base, Vec::new());
        let other = registered(BOB, Kind::Base, Vec::new());
        assert_ok!(register(
            BOB,
            Registration {
                team: vec![share(7, 500_000_000), share(8, 500_000_000)],
                ..registration(Kind::FineTune, vec![Origin::FineTunedFrom(parent)])
            }
        ));
        let model = other + 1;
        let parties = |contention: Contention| -> Vec<AccountId> {
            let accounts = 0..12;
            accounts
                .filter(|who| Models::is_party(model, &contention, who))
                .collect()
        };
        // The team of registered models is Alice alone, unless it says otherwise.
        assert_eq!(parties(false_parent(parent)), [ALICE, BOB, CAROL, 7, 8]);
        assert_eq!(parties(missing(other)), [ALICE, BOB, 7, 8]);
        assert_eq!(parties(Contention::Reexecuted), [BOB, 7, 8]);
        let data = Contention::MissingParent(Origin::TrainedOn(pool(0, 1)));
        assert_eq!(parties(data), [BOB, CAROL, 7, 8]);
        assert!(!Models::is_party(99, &Contention::Reexecuted, &BOB));
    });
}
