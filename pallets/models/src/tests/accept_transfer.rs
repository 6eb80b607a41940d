use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{assets::Asset, licences::Origin, roles::Contention};

use super::*;

fn offered_to(to: AccountId) -> u32 {
    let model = base();
    assert_ok!(Models::offer_transfer(
        RuntimeOrigin::signed(ALICE),
        model,
        to
    ));
    model
}

#[test]
fn the_model_and_its_deposit_change_hands() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(BOB);
        let before = crate::Models::<Test>::get(model).expect("it was registered");
        assert!(before.deposit > 0);
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));

        assert_eq!(
            crate::Models::<Test>::get(model),
            Some(Model {
                owner: BOB,
                offered_to: None,
                ..before.clone()
            })
        );
        assert_eq!((held(ALICE), held(BOB)), (0, before.deposit));
        // Nobody paid anybody.
        assert_eq!(Balances::total_balance(&ALICE), WEALTH);
        assert_eq!(Balances::total_balance(&BOB), WEALTH);
        assert_eq!(
            events().pop(),
            Some(Event::Transferred {
                model,
                from: ALICE,
                to: BOB,
                deposit: before.deposit
            })
        );
    });
}

#[test]
fn deposits_of_other_models_stay_where_they_are() {
    ExtBuilder::default().build_and_execute(|| {
        let other = base();
        let deposit = held(ALICE);
        let model = offered_to(BOB);
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_eq!(held(ALICE), deposit);
        assert_eq!(
            crate::Models::<Test>::get(other).map(|other| other.owner),
            Some(ALICE)
        );
    });
}

#[test]
fn licensing_learns_of_the_new_owner() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(BOB);
        RoleCalls::set(Vec::new());
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_eq!(
            RoleCalls::get(),
            [RoleCall::Transfer(Asset::Model(model), BOB)]
        );
    });
}

#[test]
fn a_transfer_that_licensing_refuses_leaves_all_as_it_was() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(BOB);
        Refused::set(Some(RoleCalls::get().len()));
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), model),
            REFUSAL
        );
    });
}

#[test]
fn the_new_owner_decides_and_the_former_does_not() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(BOB);
        // Not before it is accepted.
        assert_noop!(
            Models::retire(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_noop!(
            Models::retire(RuntimeOrigin::signed(ALICE), model),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(
            Models::offer_transfer(RuntimeOrigin::signed(ALICE), model, CAROL),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(Models::retire(RuntimeOrigin::signed(BOB), model));
    });
}

#[test]
fn the_team_stays_until_the_new_owner_changes_it() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(BOB);
        let team = Teams::<Test>::get(model);
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_eq!(Teams::<Test>::get(model), team);
    });
}

#[test]
fn an_offer_can_be_accepted_once() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(BOB);
        assert_ok!(Models::accept_transfer(RuntimeOrigin::signed(BOB), model));
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotOffered
        );
    });
}

#[test]
fn only_whom_it_is_offered_to_can_accept() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(BOB);
        for stranger in [ALICE, CAROL] {
            assert_noop!(
                Models::accept_transfer(RuntimeOrigin::signed(stranger), model),
                Error::<Test>::NotOfferedToSigner
            );
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::accept_transfer(origin, model),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn there_must_be_an_offer() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), 0),
            Error::<Test>::ModelNotFound
        );
        let model = base();
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(BOB), model),
            Error::<Test>::NotOffered
        );
    });
}

#[test]
fn who_cannot_pay_the_deposit_cannot_accept() {
    ExtBuilder::default().build_and_execute(|| {
        let model = offered_to(PAUPER);
        assert_noop!(
            Models::accept_transfer(RuntimeOrigin::signed(PAUPER), model),
            Error::<Test>::DepositNotPayable
        );
    });
}

#[test]
fn an_offer_ends_when_the_ancestry_changes() {
    ExtBuilder::default().build_and_execute(|| {
        let (parent, hidden) = (base(), base());
        let model = child_of(parent);
        let missing = Contention::MissingParent(Origin::FineTunedFrom(hidden));
        let struck = Contention::FalseParent(Origin::FineTunedFrom(hidden));
        let source = Origin::FineTunedFrom(hidden);
        let changes: [&dyn Fn() -> DispatchResult; 4] = [
            &|| Models::do_conclude(model, &missing, true),
            &|| Models::do_conclude(model, &struck, true),
            &|| Models::add_parent(RuntimeOrigin::signed(BOB), model, source, Perbill::one()),
            &|| {
                Models::do_contest(model, &Contention::Reexecuted)?;
                Models::do_conclude(model, &Contention::Reexecuted, true)
            },
        ];
        for change in changes {
            assert_ok!(Models::offer_transfer(
                RuntimeOrigin::signed(BOB),
                model,
                CAROL
            ));
            assert_ok!(change());
            assert_noop!(
                Models::accept_transfer(RuntimeOrigin::signed(CAROL), model),
                Error::<Test>::NotOffered
            );
        }
    });
}
