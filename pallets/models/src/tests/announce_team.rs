use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use super::*;

fn announce(who: AccountId, model: u32, team: TeamOf<Test>) -> sp_runtime::DispatchResult {
    Models::announce_team(RuntimeOrigin::signed(who), model, team.into_inner())
}

#[test]
fn another_team_is_announced_and_nothing_else_changes() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        let (deposit, before) = (held(ALICE), Teams::<Test>::get(model));
        RoleCalls::set(Vec::new());
        assert_ok!(announce(ALICE, model, halves()));
        let from = System::block_number() + NOTICE;
        assert_eq!(
            Models::next_team(model),
            Some(NextTeam {
                team: halves(),
                from,
                until: from + NOTICE
            })
        );
        assert_eq!(Teams::<Test>::get(model), before);
        assert_eq!(held(ALICE), deposit);
        assert!(RoleCalls::get().is_empty());
        assert_eq!(
            events().pop(),
            Some(Event::TeamAnnounced {
                model,
                team: halves(),
                from,
                until: from + NOTICE
            })
        );
    });
}

#[test]
fn a_later_announcement_counts_from_anew() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        assert_ok!(announce(ALICE, model, halves()));
        System::set_block_number(System::block_number() + NOTICE - 1);
        let alone = TeamOf::<Test>::truncate_from(vec![share(BOB, 1_000_000_000)]);
        assert_ok!(announce(ALICE, model, alone.clone()));
        assert_eq!(
            Models::next_team(model),
            Some(NextTeam {
                team: alone,
                from: System::block_number() + NOTICE,
                until: System::block_number() + 2 * NOTICE
            })
        );
    });
}

#[test]
fn only_the_owner_announces() {
    ExtBuilder::default().build_and_execute(|| {
        let model = registered(BOB, Kind::Base, Vec::new());
        // Alice is the team, and that is not enough.
        for stranger in [ALICE, CAROL] {
            assert_noop!(
                announce(stranger, model, halves()),
                Error::<Test>::NotAuthorized
            );
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Models::announce_team(origin, model, halves().into_inner()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn an_unknown_model_has_no_team() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(announce(ALICE, 0, halves()), Error::<Test>::ModelNotFound);
    });
}
