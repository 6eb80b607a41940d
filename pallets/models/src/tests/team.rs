use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use tributary_primitives::assets::Share;

use super::*;

/// What a team is refused for.
fn refusals() -> Vec<(Vec<Share<AccountId>>, Error<Test>)> {
    vec![
        (vec![], Error::EmptyTeam),
        (
            (0..17).map(|account| share(account, 1)).collect(),
            Error::TooManyMembers,
        ),
        (
            vec![share(ALICE, 500_000_000), share(ALICE, 500_000_000)],
            Error::DuplicateMember,
        ),
        (
            vec![share(ALICE, 1_000_000_000), share(BOB, 0)],
            Error::EmptyPart,
        ),
        (vec![share(ALICE, 999_999_999)], Error::PartsNotOne),
        (
            vec![share(ALICE, 1_000_000_000), share(BOB, 1)],
            Error::PartsNotOne,
        ),
        // Together 16 * 10^9, which is 3.1 * 10^9 modulo 2^32.
        (
            (0..16)
                .map(|account| share(account, 1_000_000_000))
                .collect(),
            Error::PartsNotOne,
        ),
    ]
}

#[test]
fn a_team_that_is_not_whole_is_refused_at_registration() {
    ExtBuilder::default().build_and_execute(|| {
        for (team, error) in refusals() {
            let registration = Registration {
                team,
                ..registration(Kind::Base, Vec::new())
            };
            assert_noop!(register(ALICE, registration), error);
        }
    });
}

#[test]
fn a_team_that_is_not_whole_is_refused_later() {
    ExtBuilder::default().build_and_execute(|| {
        let model = base();
        for (team, error) in refusals() {
            assert_noop!(
                Models::announce_team(RuntimeOrigin::signed(ALICE), model, team),
                error
            );
        }
    });
}

#[test]
fn sixteen_members_of_the_smallest_parts_are_a_team() {
    ExtBuilder::default().build_and_execute(|| {
        let mut team: Vec<_> = (1..16).map(|account| share(account, 1)).collect();
        team.push(share(100, 1_000_000_000 - 15));
        let registration = Registration {
            team,
            ..registration(Kind::Base, Vec::new())
        };
        assert_ok!(register(ALICE, registration));
    });
}

proptest! {
    #[test]
    fn parts_are_accepted_exactly_if_they_are_positive_and_sum_to_one(
        cuts in prop::collection::vec(0..=1_000_000_000u32, 0..15),
        error in -1..=1i64,
    ) {
        let mut cuts = cuts;
        cuts.extend([0, 1_000_000_000]);
        cuts.sort_unstable();
        let mut parts: Vec<u32> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let last = parts.last_mut().expect("there are at least two cuts");
        *last = u32::try_from(i64::from(*last) + error).unwrap_or(0).min(1_000_000_000);

        let positive = parts.iter().all(|part| *part > 0);
        let one = parts.iter().map(|part| u64::from(*part)).sum::<u64>() == 1_000_000_000;
        let team = parts.iter().zip(0..).map(|(part, account)| share(account, *part));
        let checked = Models::checked_team(team.collect());
        prop_assert_eq!(checked.is_ok(), positive && one);
    }
}
