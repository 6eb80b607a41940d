use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    licences::Origin,
    roles::{Contention, Lineage},
};

use super::*;

fn add(owner: AccountId, model: u32, source: Origin) -> DispatchResult {
    Models::add_parent(RuntimeOrigin::signed(owner), model, source, Perbill::one())
}

#[test]
fn a_forgotten_parent_is_a_debt_since_now() {
    ExtBuilder::default().build_and_execute(|| {
        let (grandparent, named) = (base(), base());
        let forgotten = child_of(grandparent);
        let model = child_of(named);
        let before = held(BOB);
        let calls = RoleCalls::get().len();
        System::set_block_number(7);

        let source = Origin::DistilledFrom(forgotten);
        assert_ok!(add(BOB, model, source));
        let edge = Edge {
            origin: source,
            grade: Grade::Declared,
            debt: Some(7),
            upheld: false,
        };
        let edges = Edges::<Test>::get(model).expect("it was registered");
        assert_eq!(edges[1..], [edge]);
        assert_eq!(
            Ancestors::<Test>::get(model).into_inner(),
            [grandparent, named, forgotten]
        );
        assert_eq!(
            RoleCalls::get()[calls..],
            [RoleCall::AddSource(model, BOB, source)]
        );
        // The edge, and two identifiers.
        let deposit = BYTE * (edge.encode().len() as u128 + 8);
        assert_eq!(held(BOB), before + deposit);
        assert_eq!(
            events().pop(),
            Some(Event::ParentAdded {
                model,
                origin: source,
                deposit
            })
        );
    });
}

#[test]
fn a_forgotten_round_is_added_to_any_kind() {
    ExtBuilder::default()
        .with_final_round(3, 2)
        .build_and_execute(|| {
            let (parent, model) = (base(), base());
            assert_ok!(add(ALICE, model, Origin::TrainedOn(pool(3, 2))));
            // What a base model turns out to come from need not fit what it was said to be.
            assert_ok!(add(ALICE, model, Origin::FineTunedFrom(parent)));
            assert_eq!(Ancestors::<Test>::get(model).into_inner(), [parent]);
        });
}

#[test]
fn a_retired_model_owes_what_was_forgotten_too() {
    ExtBuilder::default().build_and_execute(|| {
        let (parent, model) = (base(), base());
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
        assert_ok!(add(ALICE, model, Origin::FineTunedFrom(parent)));
    });
}

#[test]
fn only_the_owner_can() {
    ExtBuilder::default().build_and_execute(|| {
        let (parent, model) = (base(), base());
        let source = Origin::FineTunedFrom(parent);
        assert_noop!(add(BOB, model, source), Error::<Test>::NotAuthorized);
        assert_noop!(add(ALICE, 99, source), Error::<Test>::ModelNotFound);
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::add_parent(origin, model, source, Perbill::one()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn no_owner_of_a_model_of_which_a_named_parent_was_struck_names_another() {
    ExtBuilder::default().build_and_execute(|| {
        let parent = base();
        let [upheld, other] = [base(), base()].map(Origin::FineTunedFrom);
        let model = child_of(parent);
        let conclude = |contention| Models::conclude(model, &contention, true);
        // One that others had shown, and that is none, is nothing that the owner has said.
        assert_ok!(conclude(Contention::MissingParent(upheld)));
        assert_ok!(conclude(Contention::FalseParent(upheld)));
        assert_eq!(add(BOB, model, upheld), Ok(()));
        assert_ok!(conclude(Contention::FalseParent(upheld)));
        for source in [upheld, other] {
            assert_noop!(add(BOB, model, source), Error::<Test>::NamingForfeited);
        }
        // Nor can who has the model from that owner.
        assert_ok!(Models::offer_transfer(
            RuntimeOrigin::signed(BOB),
            model,
            CAROL
        ));
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(CAROL), model));
        assert_noop!(add(CAROL, model, other), Error::<Test>::NamingForfeited);
        // Others still can show that it is missing.
        assert_ok!(Models::contest(model, &Contention::MissingParent(other)));
        assert_ok!(conclude(Contention::MissingParent(other)));
        // Another model of the same owner's is another matter.
        assert_ok!(add(BOB, child_of(parent), upheld));
    });
}

#[test]
fn each_asset_is_named_once() {
    ExtBuilder::default()
        .with_final_round(3, 1)
        .with_final_round(3, 2)
        .build_and_execute(|| {
            let parent = base();
            let upheld = base();
            let model = registered(
                ALICE,
                Kind::FineTune,
                vec![Origin::FineTunedFrom(parent), Origin::TrainedOn(pool(3, 1))],
            );
            let missing = Contention::MissingParent(Origin::FineTunedFrom(upheld));
            assert_ok!(Models::conclude(model, &missing, true));
            for source in [
                Origin::FineTunedFrom(parent),
                Origin::DistilledFrom(parent),
                Origin::TrainedOn(pool(3, 2)),
                Origin::FineTunedFrom(upheld),
            ] {
                assert_noop!(add(ALICE, model, source), Error::<Test>::DuplicateOrigin);
            }
        });
}

#[test]
fn nothing_comes_from_what_is_not_there_or_came_later() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let later = base();
        for source in [model, later, 99] {
            assert_noop!(
                add(ALICE, model, Origin::FineTunedFrom(source)),
                Error::<Test>::ParentNotEarlier
            );
        }
        assert_noop!(
            add(ALICE, model, Origin::TrainedOn(pool(1, 1))),
            Error::<Test>::RoundNotFinal
        );
    });
}

#[test]
fn a_retired_parent_has_no_new_descendants() {
    ExtBuilder::default().build_and_execute(|| {
        let (parent, model) = (base(), base());
        assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), parent));
        assert_noop!(
            add(ALICE, model, Origin::FineTunedFrom(parent)),
            Error::<Test>::ParentRetired
        );
    });
}

#[test]
fn the_bounds_are_those_of_a_registration() {
    let builder = (0..17).fold(ExtBuilder::default(), |builder, datanet| {
        builder.with_final_round(datanet, 1)
    });
    builder.build_and_execute(|| {
        for _ in 0..17 {
            base();
        }
        let parents = (0..16).map(Origin::FineTunedFrom);
        let rounds = (0..16).map(|datanet| Origin::TrainedOn(pool(datanet, 1)));
        let model = registered(ALICE, Kind::FineTune, parents.chain(rounds).collect());
        assert_noop!(
            add(ALICE, model, Origin::FineTunedFrom(16)),
            Error::<Test>::TooManyParents
        );
        assert_noop!(
            add(ALICE, model, Origin::TrainedOn(pool(16, 1))),
            Error::<Test>::TooManyRounds
        );
    });
}

#[test]
fn an_ancestry_stays_as_short_as_one_that_is_registered() {
    ExtBuilder::default().build_and_execute(|| {
        let other = base();
        let last = (0..256).fold(base(), |parent, _| child_of(parent));
        assert_eq!(Ancestors::<Test>::get(last).len(), 256);
        assert_noop!(
            add(BOB, last, Origin::DistilledFrom(other)),
            Error::<Test>::TooManyAncestors
        );
    });
}

#[test]
fn a_licence_that_refuses_and_a_deposit_that_is_not_there_refuse_it() {
    ExtBuilder::default().build_and_execute(|| {
        let (parent, model) = (base(), base());
        let source = Origin::FineTunedFrom(parent);
        Refused::set(Some(RoleCalls::get().len()));
        assert_noop!(add(ALICE, model, source), REFUSAL);
        Refused::set(None);
        BytePrice::set(WEALTH);
        assert_noop!(add(ALICE, model, source), Error::<Test>::DepositNotPayable);
        BytePrice::set(u128::MAX / 2);
        assert_noop!(
            add(ALICE, model, source),
            sp_runtime::ArithmeticError::Overflow
        );
    });
}

#[test]
fn an_owner_agrees_to_so_much_in_all() {
    ExtBuilder::default().build_and_execute(|| {
        let (parent, model) = (base(), base());
        // It comes to owe three royalties of one percent.
        Royalties::set(3);
        let add = |percent| {
            let most = Perbill::from_percent(percent);
            let owner = RuntimeOrigin::signed(ALICE);
            Models::add_parent(owner, model, Origin::FineTunedFrom(parent), most)
        };
        assert_noop!(add(2), Error::<Test>::RoyaltiesAboveQuoted);
        assert_ok!(add(3));
    });
}
