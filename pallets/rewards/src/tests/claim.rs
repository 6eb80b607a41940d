use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo, BoundedVec};
use sp_runtime::{DispatchError, Perbill};
use tributary_primitives::{assets::Asset, merkle::Node, Balance};

const POOL: tributary_primitives::assets::Pool = tributary_primitives::assets::Pool {
    datanet: 0,
    round: 1,
};

fn admitted() -> Admitted {
    Admitted(vec![(40, 5), (41, 3), (42, 2)])
}

/// Opens the pool of `admitted` and pays it.
fn with_money(net: Balance) -> Admitted {
    let admitted = admitted();
    admitted.open(POOL, crew(&[]));
    pay(net);
    admitted
}

fn pay(net: Balance) {
    ProtocolFee::set(Perbill::zero());
    assert_ok!(Rewards::pay(
        RuntimeOrigin::signed(1),
        Asset::Datanet(0),
        None,
        net
    ));
}

fn claim(list: Vec<Claim<AccountId>>) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Rewards::claim(RuntimeOrigin::signed(9), claims(list))
}

#[test]
fn anybody_proves_a_weight_and_its_contributor_is_credited() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(100);
        events();
        assert_ok!(claim(vec![admitted.claim(POOL, 1)]));
        assert_eq!([40, 41, 42, 9].map(claimable), [0, 30, 0, 0]);
        assert_eq!(
            events(),
            [
                Event::Proven {
                    pool: POOL,
                    contribution: 1,
                    account: 41,
                    weight: 3
                },
                Event::Credited {
                    account: 41,
                    amount: 30,
                    source: Source::Contribution(POOL, 1)
                },
            ]
        );
    });
}

#[test]
fn later_claims_need_no_proof_and_pay_what_came_since() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(100);
        assert_ok!(claim(vec![admitted.claim(POOL, 0)]));
        pay(10);
        assert_ok!(claim(vec![known(POOL, 0)]));
        assert_eq!(claimable(40), 55);
    });
}

#[test]
fn claiming_twice_pays_once() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(100);
        let first = admitted.claim(POOL, 0);
        assert_ok!(claim(vec![first.clone(), first.clone(), known(POOL, 0)]));
        assert_ok!(claim(vec![first]));
        assert_eq!(claimable(40), 50);
    });
}

#[test]
fn all_claims_together_leave_less_than_a_unit_each() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(99);
        let all = (0..3).map(|number| admitted.claim(POOL, number)).collect();
        assert_ok!(claim(all));
        assert_eq!([40, 41, 42].map(claimable), [49, 29, 19]);
        assert_eq!(PotTotals::<Test>::get().held.pools, 2);
        pay(1);
        assert_ok!(claim((0..3).map(|number| known(POOL, number)).collect()));
        assert_eq!([40, 41, 42].map(claimable), [50, 30, 20]);
        assert_eq!(PotTotals::<Test>::get().held.pools, 0);
    });
}

#[test]
fn one_unit_belongs_to_a_single_contributor() {
    ExtBuilder.build_and_execute(|| {
        let single = Admitted(vec![(40, u128::MAX)]);
        single.open(POOL, crew(&[]));
        pay(1);
        assert_ok!(claim(vec![single.claim(POOL, 0)]));
        assert_eq!(claimable(40), 1);
    });
}

#[test]
fn whole_issuances_and_the_largest_weights_are_divided_exactly() {
    ExtBuilder.build_and_execute(|| {
        let admitted = Admitted(vec![(40, (1 << 90) - 1), (41, 1 << 90), (42, 1)]);
        admitted.open(POOL, crew(&[]));
        pay(1 << 100);
        let all = (0..3).map(|number| admitted.claim(POOL, number)).collect();
        assert_ok!(claim(all));
        assert_eq!(
            [40, 41, 42].map(claimable),
            [(1 << 99) - (1 << 9), 1 << 99, 1 << 9]
        );
    });
}

#[test]
fn a_contribution_claims_from_several_pools_at_once() {
    ExtBuilder.build_and_execute(|| {
        let first = Admitted(vec![(40, 1)]);
        let second = Admitted(vec![(40, 1), (41, 1)]);
        first.open(pool(0, 1), crew(&[]));
        pay(100);
        second.open(pool(0, 2), crew(&[]));
        pay(100);
        assert_ok!(claim(vec![
            first.claim(pool(0, 1), 0),
            second.claim(pool(0, 2), 0)
        ]));
        assert_eq!(claimable(40), 150);
    });
}

#[test]
fn sixteen_claims_are_one_call() {
    ExtBuilder.build_and_execute(|| {
        let admitted = Admitted((0..16).map(|index| (40 + index, 1)).collect());
        admitted.open(POOL, crew(&[]));
        pay(16);
        let all = (0..16).map(|number| admitted.claim(POOL, number)).collect();
        assert_ok!(claim(all));
        assert_eq!(PotTotals::<Test>::get().held.pools, 0);
        assert!(Claims::<AccountId>::try_from(vec![known(POOL, 0); 17]).is_err());
    });
}

#[test]
fn proofs_cost_more_than_claims_without() {
    ExtBuilder.build_and_execute(|| {
        let admitted = admitted();
        let list = claims(vec![
            admitted.claim(POOL, 0),
            known(POOL, 1),
            admitted.claim(POOL, 2),
        ]);
        let call = RuntimeCall::Rewards(Call::claim { claims: list });
        assert_eq!(
            call.get_dispatch_info().call_weight,
            CountedWeights::claim_proving(2)
                + CountedWeights::claim_proven(1)
                // Each may have as many authors as there can be.
                + CountedWeights::share_out(16) * 3
        );
    });
}

#[test]
fn a_proof_of_anything_else_is_refused() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(100);
        let tamper = |change: &dyn Fn(&mut Claim<AccountId>, &mut Proof<AccountId>)| {
            let mut tampered = admitted.claim(POOL, 1);
            let mut proof = tampered.proof.take().unwrap();
            change(&mut tampered, &mut proof);
            tampered.proof = Some(proof);
            assert_noop!(claim(vec![tampered]), Error::<Test>::ProofInvalid);
        };
        // Another account, more weight, the weight of another, another position, another contribution.
        tamper(&|_, proof| proof.account = 9);
        tamper(&|_, proof| proof.weight = 4);
        tamper(&|_, proof| proof.weight = 5);
        tamper(&|_, proof| proof.index = 0);
        tamper(&|_, proof| proof.index = u32::MAX);
        tamper(&|claim, _| claim.contribution = 0);
        tamper(&|claim, _| claim.contribution = 7);
        // Siblings changed, missing, added, in another order.
        tamper(&|_, proof| proof.path[0].hash.0[0] ^= 1);
        tamper(&|_, proof| proof.path[0].sum += 1);
        tamper(&|_, proof| proof.path = BoundedVec::default());
        tamper(&|_, proof| proof.path.truncate(1));
        tamper(&|_, proof| proof.path.try_push(Node::default()).unwrap());
        tamper(&|_, proof| proof.path.as_mut().reverse());
        // Weight moved from a sibling to the leaf.
        tamper(&|_, proof| {
            proof.weight += 1;
            proof.path[0].sum -= 1;
        });
    });
}

#[test]
fn a_proof_for_another_pool_is_refused() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(100);
        Admitted(vec![(41, 3), (40, 5)]).open(pool(0, 2), crew(&[]));
        let foreign = Claim {
            pool: pool(0, 2),
            ..admitted.claim(POOL, 1)
        };
        assert_noop!(claim(vec![foreign]), Error::<Test>::ProofInvalid);
    });
}

#[test]
fn one_refused_claim_refuses_the_call() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(100);
        assert_noop!(
            claim(vec![admitted.claim(POOL, 0), known(POOL, 1)]),
            Error::<Test>::ProofRequired
        );
    });
}

#[test]
fn once_proven_a_false_proof_changes_nothing() {
    ExtBuilder.build_and_execute(|| {
        let admitted = with_money(100);
        assert_ok!(claim(vec![admitted.claim(POOL, 1)]));
        pay(100);
        let mut false_proof = admitted.claim(POOL, 1);
        let proof = false_proof.proof.as_mut().unwrap();
        (proof.account, proof.weight) = (9, 10);
        assert_ok!(claim(vec![false_proof]));
        assert_eq!([41, 9].map(claimable), [60, 0]);
    });
}

#[test]
fn pools_that_do_not_exist_or_have_no_weight_pay_nothing() {
    ExtBuilder.build_and_execute(|| {
        let admitted = admitted();
        assert_noop!(
            claim(vec![admitted.claim(POOL, 0)]),
            Error::<Test>::PoolNotFound
        );
        Admitted(vec![]).open(POOL, crew(&[]));
        assert_noop!(
            claim(vec![admitted.claim(POOL, 0)]),
            Error::<Test>::PoolWithoutWeight
        );
    });
}

#[test]
fn claiming_must_be_signed() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            Rewards::claim(RuntimeOrigin::root(), claims(vec![])),
            DispatchError::BadOrigin
        );
    });
}
