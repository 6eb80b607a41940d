//! What sponsors pay vests: with the rounds that follow, with time where none does, and whoever asks for it.

use super::{accounts::*, assets::*, records::records, rounds::*, *};
use pallet_rewards::{Error, Source};

/// A datanet whose first round paid two honest contributors.
fn paid(chain: &mut Chain) -> Datanet {
    let mut datanet = Datanet::create(chain, terms(20));
    let contributions = HONEST[..2]
        .iter()
        .map(|who| (*who, records((account(*who), 1), 0..CLASSES, 2)));
    datanet.play(chain, Some(SPONSOR), contributions.collect());
    datanet
}

/// What the sponsor of the first round has paid `who` so far, and what it will pay in all.
fn so_far(chain: &Chain, who: Person) -> (Balance, Balance) {
    let from_sponsor =
        |source: &Source| matches!(source, Source::Award(pool, _) if pool.round == 1);
    (credited(chain, who, from_sponsor), awarded(chain, who))
}

#[test]
fn half_of_the_pay_comes_with_the_round_and_half_with_those_that_follow() {
    journey(|chain| {
        let mut datanet = paid(chain);
        for who in &HONEST[..2] {
            let (now, all) = so_far(chain, *who);
            assert!(all > 1);
            assert_eq!(now, all - all / 2, "{who}");
        }
        let vesting = sum(HONEST[..2].iter().map(|who| awarded(chain, *who) / 2));
        assert_eq!(Rewards::totals().held.vesting, vesting);

        // A round without values brings nothing, however late it is not.
        let void = datanet.open(chain, None);
        chain.must(ANYBODY, datanet.vest(1));
        assert_eq!(Rewards::totals().held.vesting, vesting);
        datanet.advance(chain, void);

        let more = |datanet: &mut Datanet, chain: &mut Chain| {
            let (who, round) = (HONEST[2], System::block_number());
            let contribution = records((account(who), round), 0..CLASSES, 2);
            datanet.play(chain, None, vec![(who, contribution)]);
            chain.must(ANYBODY, datanet.vest(1));
        };
        more(&mut datanet, chain);
        more(&mut datanet, chain);
        for who in &HONEST[..2] {
            let (now, all) = so_far(chain, *who);
            assert_eq!(now, all, "{who}");
        }
        assert_eq!(Rewards::totals().held.vesting, 0);
        for who in &HONEST[..2] {
            chain.must(*who, withdrawal());
        }
        check_everybody(chain);
    });
}

#[test]
fn a_datanet_that_opens_no_further_round_locks_nothing_up() {
    journey(|chain| {
        let datanet = paid(chain);
        let retire = pallet_datanets::Call::retire {
            datanet: datanet.id,
        };
        chain.must(STEWARD, RuntimeCall::Datanets(retire));
        let opened = pallet_rewards::Pools::<Runtime>::get(datanet.pool(1))
            .expect("the round is final")
            .opened;
        let vesting = datanet.recipe.vesting();
        for parts in 1..=u32::from(vesting.parts) {
            // One block too early, and then in time.
            chain.leap(opened + parts * vesting.blocks - 1);
            chain.must(ANYBODY, datanet.vest(1));
            let early = so_far(chain, HONEST[0]);
            chain.next();
            chain.must(ANYBODY, datanet.vest(1));
            let (now, all) = so_far(chain, HONEST[0]);
            assert!(early.0 < now);
            let elapsed = parts as u8;
            assert_eq!(Ok(now), vesting.vested(all, elapsed));
        }
        assert_eq!(Rewards::totals().held.vesting, 0);
        // There is nothing to be had twice, and nothing for others.
        chain.must(ANYBODY, datanet.vest(1));
        let none = pallet_rewards::Call::vest {
            awards: vec![(datanet.pool(1), 2)].try_into().expect("one is few"),
        };
        let error = Error::<Runtime>::AwardNotFound;
        chain.refused(ANYBODY, RuntimeCall::Rewards(none), error);
        check_everybody(chain);
    });
}
