//! People with few records join: one of them commits, all of them earn. Whoever earns may hand that over.

use super::{accounts::*, assets::*, records::records, rounds::*, *};
use pallet_datanets::{Call, Error};
use pallet_rewards::Source;
use tributary_primitives::{
    assets::{Asset, Authors, Share},
    datanets::Phase,
    ids::ContributionNumber,
    ledger::author_shares,
};

/// The second one has what rounding leaves.
const AUTHORS: [(Person, u32); 2] = [(HONEST[0], 333_333_333), (CONSUMER, 666_666_667)];

fn authors() -> Authors<AccountId> {
    let shares = AUTHORS.map(|(who, part)| Share {
        account: account(who),
        part: Perbill::from_parts(part),
    });
    Authors::truncate_from(shares.to_vec())
}

fn naming(datanet: &Datanet, contribution: ContributionNumber) -> RuntimeCall {
    RuntimeCall::Datanets(Call::name_authors {
        datanet: datanet.id,
        contribution,
        authors: authors(),
    })
}

#[test]
fn authors_earn_by_their_parts_from_sponsors_and_pools_and_withdraw_alone() {
    journey(|chain| {
        let [who, other, _] = HONEST;
        let mut datanet = Datanet::create(chain, terms(20));
        let round = datanet.open(chain, Some(SPONSOR));
        let shared = datanet.commit(chain, who, round, records("shared", 0..CLASSES, 2));
        let alone = datanet.commit(chain, other, round, records("alone", 0..CLASSES, 2));
        let bond = on_hold(who, pallet_datanets::HoldReason::Contribution);
        let error = Error::<Runtime>::NotAuthorized;
        chain.refused(CONSUMER, naming(&datanet, shared), error);
        chain.must(who, naming(&datanet, shared));
        let error = pallet_rewards::Error::<Runtime>::AuthorsNamed;
        chain.refused(who, naming(&datanet, shared), error);
        // Bond and fee, and the place of the authors, are the contributor's alone.
        assert!(on_hold(who, pallet_datanets::HoldReason::Contribution) > bond);
        assert_eq!(all_on_hold(CONSUMER), 0);

        datanet.commit_slices(chain, PROVIDER, round);
        datanet.advance(chain, round);
        let error = Error::<Runtime>::WrongPhase;
        chain.refused(other, naming(&datanet, alone), error);
        for number in [shared, alone] {
            datanet.deliver(chain, number);
        }
        datanet.advance(chain, round);
        datanet.pick(chain, round);
        datanet.reveal(chain, round);
        datanet.evaluate(chain, EVALUATOR, round);
        assert_eq!(datanet.finalise(chain, round), Phase::Final);

        // What the sponsor pays waits for them; the other one has half of it at once.
        let award = awarded(chain, who);
        assert!(award > 2);
        assert_eq!(AUTHORS.map(|(author, _)| claimable(author)), [0, 0]);
        assert_eq!(claimable(other), awarded(chain, other).div_ceil(2));
        let vesting = datanet.recipe.vesting();
        let opened = pallet_rewards::Pools::<Runtime>::get(datanet.pool(round))
            .expect("the round is final")
            .opened;
        let from_sponsor =
            |source: &Source| matches!(source, Source::Award(_, number) if *number == shared);
        for parts in 0..=vesting.parts {
            if parts > 0 {
                chain.leap(opened + u32::from(parts) * vesting.blocks);
            }
            chain.must(ANYBODY, datanet.vest(round));
            let vested = vesting.vested(award, parts).expect("no overflow");
            let due = author_shares(&authors(), vested, vested == award).expect("no overflow");
            let had = AUTHORS.map(|(author, _)| credited(chain, author, from_sponsor));
            assert_eq!(had.to_vec(), due);
        }
        let all = AUTHORS.map(|(author, _)| credited(chain, author, from_sponsor));
        assert_eq!(sum(all), award, "to the last unit");

        chain.must(
            ANYBODY,
            payment(Asset::Datanet(datanet.id), 7_777_777_777_777),
        );
        chain.must(CONSUMER, datanet.claim(round, shared));
        let source = Source::Contribution(datanet.pool(round), shared);
        let had = AUTHORS.map(|(author, _)| credited(chain, author, |it| *it == source));
        let weight = datanet.contribution(shared).value.unsigned_abs();
        let earned = Rewards::earned(datanet.pool(round), weight).expect("the pool is open");
        let due = author_shares(&authors(), earned, false).expect("no overflow");
        assert_eq!(had.to_vec(), due);

        // One of them has its money, and the other one leaves it there.
        chain.must(CONSUMER, withdrawal());
        assert_eq!((claimable(CONSUMER), claimable(who)), (0, all[0] + had[0]));
        check_everybody(chain);
    });
}

#[test]
fn what_a_contribution_earns_is_paid_to_whoever_holds_it() {
    journey(|chain| {
        let [who, _, _] = HONEST;
        let mut datanet = Datanet::create(chain, terms(20));
        let own = vec![(who, records("alone", 0..CLASSES, 2))];
        let (round, _) = datanet.play(chain, Some(SPONSOR), own);
        let number = datanet.round(round).first;
        let award = awarded(chain, who);
        let at_once = award.div_ceil(2);
        assert_eq!(claimable(who), at_once);

        let handing = |to: Person| {
            RuntimeCall::Datanets(Call::hand_over {
                datanet: datanet.id,
                contribution: number,
                to: account(to).into(),
            })
        };
        let error = Error::<Runtime>::NotAuthorized;
        chain.refused(CONSUMER, handing(CONSUMER), error);
        let bond = on_hold(who, pallet_datanets::HoldReason::Contribution);
        chain.must(who, handing(CONSUMER));
        assert!(on_hold(who, pallet_datanets::HoldReason::Contribution) > bond);
        let error = pallet_rewards::Error::<Runtime>::AuthorNotFound;
        chain.refused(who, handing(ANYBODY), error);

        let vesting = datanet.recipe.vesting();
        let opened = pallet_rewards::Pools::<Runtime>::get(datanet.pool(round))
            .expect("the round is final")
            .opened;
        chain.leap(opened + u32::from(vesting.parts) * vesting.blocks);
        chain.must(ANYBODY, datanet.vest(round));
        assert_eq!(claimable(who), at_once);
        assert_eq!(claimable(CONSUMER), award - at_once);

        // Twice as much is paid, and half of it claimed by each of two holders.
        let payment = || payment(Asset::Datanet(datanet.id), 7_777_777_777_777);
        chain.must(ANYBODY, payment());
        chain.must(ANYBODY, datanet.claim(round, number));
        chain.must(CONSUMER, handing(STEWARD));
        chain.must(ANYBODY, payment());
        chain.must(ANYBODY, datanet.claim(round, number));
        let source = Source::Contribution(datanet.pool(round), number);
        let had = [who, CONSUMER, STEWARD].map(|who| credited(chain, who, |it| *it == source));
        let weight = datanet.contribution(number).value.unsigned_abs();
        let earned = Rewards::earned(datanet.pool(round), weight).expect("the pool is open");
        assert_eq!(had[0], 0);
        assert!(had[1] > 0 && had[2] > 0);
        assert_eq!(sum(had), earned);
        check_everybody(chain);
    });
}
