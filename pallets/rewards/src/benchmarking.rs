//! What the calls cost at their worst.

use crate::{
    authors::Earning,
    preparation::{
        self, account, amount, any_root, crew, fund, open_model, open_pool, prepare_asset, team,
        VESTING,
    },
    *,
};
use alloc::vec::Vec;
// Its `account` gives way to ours, which needs no benchmarks to be compiled.
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
    BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::H256;
use tributary_primitives::{
    assets::{Asset, Pool, MAX_AUTHORS, MAX_CREW, MAX_LATE, MAX_STACK, MAX_TEAM},
    hashing,
    ids::ContributionNumber,
    merkle::{Node, Path, Range},
};

const WEIGHT: u128 = 1 << 80;

/// A tree as deep as trees can be, whose last leaf is that of contribution 0, and the claim of it.
fn claim_from<T: Config>(pool: Pool) -> Claim<T::AccountId> {
    let contributor = account::<T>("contributor", pool.datanet);
    let mut last = Range::default();
    last.append(hashing::weight_leaf(0, &contributor), WEIGHT)
        .expect("a leaf fits; qed");
    let mut peaks: Vec<Node> = (0..31)
        .map(|index| Node {
            hash: H256::repeat_byte(index),
            sum: WEIGHT,
        })
        .collect();
    let path = peaks.iter().rev().copied().collect();
    peaks.push(last.root());
    let range = Range {
        count: u32::MAX,
        peaks: BoundedVec::truncate_from(peaks),
    };
    open_pool::<T>(pool, range.root(), range.count, crew::<T>(MAX_CREW));
    Claim {
        pool,
        contribution: 0,
        proof: Some(Proof {
            account: contributor,
            weight: WEIGHT,
            index: u32::MAX - 1,
            path: Path::truncate_from(path),
        }),
    }
}

/// Claims from `count` pools that have money.
fn claims<T: Config>(count: u32) -> Claims<T::AccountId> {
    let claims = (0..count).map(|datanet| {
        let claim = claim_from::<T>(Pool { datanet, round: 1 });
        preparation::pay::<T>(Asset::Datanet(datanet));
        claim
    });
    BoundedVec::truncate_from(claims.collect())
}

/// An award of a datanet's first round, of which a part has vested with the second. What was paid at once is withdrawn.
fn vesting_award<T: Config>(datanet: u32) -> (Pool, ContributionNumber) {
    const DONE: &str = "a benchmark can do what it prepared for; qed";
    let (sponsor, contributor) = (
        account::<T>("sponsor", datanet),
        account::<T>("contributor", datanet),
    );
    fund::<T>(&sponsor);
    let pool = Pool { datanet, round: 1 };
    Pallet::<T>::do_sponsor(pool, &sponsor, amount::<T>()).expect(DONE);
    Pallet::<T>::do_award(pool, 0, &contributor, amount::<T>(), VESTING).expect(DONE);
    for round in 1..=2 {
        let pool = Pool { datanet, round };
        open_pool::<T>(pool, any_root(), 1, crew::<T>(MAX_CREW));
    }
    Pallet::<T>::do_withdraw(contributor).expect(DONE);
    (pool, 0)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// For a datanet, whose last round is looked up; of that nothing earns, so that the pool of the one before is paid.
    #[benchmark]
    fn pay() {
        let payer = account::<T>("payer", 0);
        let asset = Asset::Datanet(0);
        prepare_asset::<T>(asset, &payer);
        let (datanet, round) = (0, 2);
        let nothing = Node {
            sum: 0,
            ..any_root()
        };
        open_pool::<T>(Pool { datanet, round }, nothing, 1, crew::<T>(MAX_CREW));
        fund::<T>(&payer);
        let before = PotTotals::<T>::get().gross;

        #[extrinsic_call]
        _(RawOrigin::Signed(payer), asset, None, amount::<T>());

        assert_eq!(PotTotals::<T>::get().gross, before + amount::<T>());
    }

    /// With `r` royalties to pools, and `t` members of the team and of the former one, none of whom has anything credited.
    #[benchmark]
    fn settle(r: Linear<0, { MAX_STACK + MAX_LATE }>, t: Linear<1, { 2 * MAX_TEAM }>) {
        let caller = account::<T>("caller", 0);
        open_model::<T>(0, r, &caller, t);
        preparation::pay::<T>(Asset::Model(0));

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), 0);

        assert!(Splits::<T>::get(0).unwrap().former().is_none());
        assert!(Claimable::<T>::get(caller) > 0);
    }

    /// With `c` members, none of whom has been credited before.
    #[benchmark]
    fn settle_crew(c: Linear<0, MAX_CREW>) {
        let caller = account::<T>("caller", 0);
        let pool = Pool {
            datanet: 0,
            round: 1,
        };
        open_pool::<T>(pool, any_root(), 1, crew::<T>(c));
        preparation::pay::<T>(Asset::Datanet(0));

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), pool);

        assert!(PoolAccounts::<T>::get(pool).unwrap().settled > 0);
    }

    /// From `c` pools, each with the longest proof.
    #[benchmark]
    fn claim_proving(c: Linear<1, MAX_CLAIMS>) {
        let caller = account::<T>("caller", 0);
        let claims = claims::<T>(c);
        let last = claims[c as usize - 1].pool;

        #[extrinsic_call]
        claim(RawOrigin::Signed(caller), claims);

        assert!(Proven::<T>::get(last, 0).unwrap().paid > 0);
    }

    /// From `c` pools where the weights have been proven, to contributors who have withdrawn everything.
    #[benchmark]
    fn claim_proven(c: Linear<1, MAX_CLAIMS>) {
        let caller = account::<T>("caller", 0);
        let mut claims = claims::<T>(c);
        Pallet::<T>::do_claim(claims.clone()).expect("the claims hold; qed");
        for claim in &mut claims {
            preparation::pay::<T>(Asset::Datanet(claim.pool.datanet));
            let proof = claim.proof.take().expect("each claim has a proof; qed");
            Pallet::<T>::do_withdraw(proof.account).expect("there is something to withdraw; qed");
        }
        let last = claims[c as usize - 1].pool;
        let before = Proven::<T>::get(last, 0).unwrap().paid;

        #[extrinsic_call]
        claim(RawOrigin::Signed(caller), claims);

        assert!(Proven::<T>::get(last, 0).unwrap().paid > before);
    }

    /// Of `c` rounds of as many datanets, each followed by another, to contributors who have withdrawn everything.
    #[benchmark]
    fn vest(c: Linear<1, MAX_CLAIMS>) {
        let caller = account::<T>("caller", 0);
        let awards = (0..c).map(vesting_award::<T>).collect();
        let awards = BoundedVec::truncate_from(awards);
        let (last, number) = awards[c as usize - 1];
        let before = Awards::<T>::get(last, number).unwrap().paid;

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), awards);

        assert!(Awards::<T>::get(last, number).unwrap().paid > before);
    }

    /// Among `a` authors of a contribution, none of whom has been credited before: what that takes, as part of other calls.
    #[benchmark]
    fn share_out(a: Linear<1, MAX_AUTHORS>) {
        let contributor = account::<T>("contributor", 0);
        let authors = team::<T>(&contributor, a);
        Pallet::<T>::do_share(0, 0, authors).expect("the parts sum to one; qed");
        let pool = Pool {
            datanet: 0,
            round: 1,
        };
        let mut totals = PotTotals::<T>::get();

        #[block]
        {
            Pallet::<T>::credit_contribution(
                &mut totals,
                &contributor,
                (0, 0),
                Earning::so_far(0),
                Earning::so_far(amount::<T>()),
                Source::Award(pool, 0),
            )
            .expect("there is room for credits; qed");
        }

        assert!(Claimable::<T>::get(contributor) > 0);
    }

    /// To an account that does not exist yet.
    #[benchmark]
    fn withdraw() {
        let owner = account::<T>("owner", 0);
        open_model::<T>(0, 0, &owner, 1);
        preparation::pay::<T>(Asset::Model(0));
        Pallet::<T>::do_settle(0).expect("the model has a ledger; qed");
        let amount = Claimable::<T>::get(&owner);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner.clone()));

        assert_eq!(T::Currency::balance(&owner), amount);
    }

    /// To a treasury that may not exist yet.
    #[benchmark]
    fn sweep() {
        let caller = account::<T>("caller", 0);
        T::Currency::mint_into(&Pallet::<T>::pot(), amount::<T>())
            .expect("the issuance has room for benchmarks; qed");
        let before = T::Currency::balance(&T::Treasury::get());

        #[extrinsic_call]
        _(RawOrigin::Signed(caller));

        assert!(T::Currency::balance(&T::Treasury::get()) >= before + amount::<T>());
    }

    /// By root, which is governance wherever there is nothing narrower.
    #[benchmark]
    fn set_rates() {
        let rates = TakingRates {
            protocol_fee: MAX_PROTOCOL_FEE,
            host_max: MAX_HOST_SHARE,
        };

        #[extrinsic_call]
        _(RawOrigin::Root, rates);

        assert_eq!(Rates::<T>::get(), Some(rates));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder.build(), crate::mock::Test);
}
