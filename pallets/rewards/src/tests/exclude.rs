use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use proptest::{collection::vec, prelude::*, sample::Index};
use sp_runtime::Perbill;
use std::collections::BTreeMap;
use tributary_primitives::{
    assets::{Asset, Payee},
    ids::ContributionNumber,
    roles::DataPools,
    Balance,
};

fn admitted() -> Admitted {
    Admitted(vec![(40, 5), (41, 3), (42, 2)])
}

/// Excludes a contribution of datanet 0.
fn exclude(number: ContributionNumber, weight: u128, since: u32) -> sp_runtime::DispatchResult {
    Rewards::exclude(0, number, weight, since)
}

fn pay(round: u32, net: Balance) -> sp_runtime::DispatchResult {
    ProtocolFee::set(Perbill::zero());
    Rewards::pay(
        RuntimeOrigin::signed(1),
        Asset::Datanet(0),
        Some(round),
        net,
    )
}

fn claim(list: Vec<Claim<AccountId>>) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Rewards::claim(RuntimeOrigin::signed(9), claims(list))
}

#[test]
fn later_pools_pay_the_others_and_earlier_ones_go_on_paying() {
    ExtBuilder.build_and_execute(|| {
        let admitted = admitted();
        admitted.open(pool(0, 1), crew(&[]));
        events();
        assert_ok!(exclude(0, 5, 2));
        assert_eq!(
            events(),
            [Event::ContributionExcluded {
                datanet: 0,
                contribution: 0,
                weight: 5,
                since: 2,
            }]
        );
        assert_eq!(Rewards::excluded_since(0, 0), Some(2));
        assert_eq!(Rewards::excluded_since(0, 1), None);
        assert_ok!(admitted.open_without(5, pool(0, 2), crew(&[])));
        assert_eq!(Rewards::pool(pool(0, 2)).unwrap().weight, 5);

        for round in [1, 2] {
            assert_ok!(pay(round, 100));
        }
        assert_ok!(claim(
            (0..3).map(|n| admitted.claim(pool(0, 1), n)).collect()
        ));
        assert_eq!([40, 41, 42].map(claimable), [50, 30, 20]);
        assert_ok!(claim(
            (1..3).map(|n| admitted.claim(pool(0, 2), n)).collect()
        ));
        assert_eq!([40, 41, 42].map(claimable), [50, 90, 60]);
        assert_eq!(PotTotals::<Test>::get().held.pools, 0);
    });
}

#[test]
fn an_excluded_contribution_cannot_claim_from_the_round_of_its_exclusion_on() {
    ExtBuilder.build_and_execute(|| {
        let admitted = admitted();
        admitted.open(pool(0, 1), crew(&[]));
        assert_ok!(exclude(2, 2, 3));
        // The round that had frozen before still has it.
        admitted.open(pool(0, 2), crew(&[]));
        for round in 3..5 {
            assert_ok!(admitted.open_without(2, pool(0, round), crew(&[])));
        }
        for round in 1..5 {
            assert_ok!(pay(round, 100));
        }
        for round in [3, 4] {
            assert_noop!(
                claim(vec![admitted.claim(pool(0, round), 2)]),
                Error::<Test>::ConsentWithdrawn
            );
        }
        assert_noop!(
            claim(vec![known(pool(0, 3), 2)]),
            Error::<Test>::ConsentWithdrawn
        );
        let earlier = [1, 2].map(|round| admitted.claim(pool(0, round), 2));
        assert_ok!(claim(earlier.to_vec()));
        assert_eq!(claimable(42), 40);
    });
}

#[test]
fn another_datanets_contribution_of_the_same_number_is_not_excluded() {
    ExtBuilder.build_and_execute(|| {
        let admitted = admitted();
        assert_ok!(exclude(0, 5, 1));
        admitted.open(pool(1, 1), crew(&[]));
        assert_ok!(claim(vec![admitted.claim(pool(1, 1), 0)]));
    });
}

#[test]
fn a_pool_of_which_everything_is_withdrawn_is_nobodys() {
    ExtBuilder.build_and_execute(|| {
        let admitted = admitted();
        for (number, (_, weight)) in (0..).zip(&admitted.0) {
            assert_ok!(exclude(number, *weight, 1));
        }
        assert_ok!(admitted.open_without(10, pool(0, 1), crew(&[(20, 15)])));
        assert!(Pools::<Test>::contains_key(pool(0, 1)));
        assert_eq!(Rewards::pool(pool(0, 1)), None);
        assert_noop!(pay(1, 100), Error::<Test>::PoolWithoutWeight);
        assert_noop!(
            claim(vec![admitted.claim(pool(0, 1), 0)]),
            Error::<Test>::PoolWithoutWeight
        );
        // A model that was trained on it owes it nothing: the team has all.
        open_model(0, &[royalty(Payee::Pool(pool(0, 1)), 10)], 30);
        assert_ok!(Rewards::pay(
            RuntimeOrigin::signed(1),
            Asset::Model(0),
            None,
            100
        ));
        assert_ok!(Rewards::settle(RuntimeOrigin::signed(1), 0));
        assert_eq!(claimable(30), 100);
    });
}

#[test]
fn a_pool_that_is_open_keeps_all_its_contributions() {
    ExtBuilder.build_and_execute(|| {
        admitted().open(pool(0, 2), crew(&[]));
        for since in [1, 2] {
            assert_noop!(exclude(0, 5, since), Error::<Test>::PoolOutOfOrder);
        }
        assert_ok!(exclude(0, 5, 3));
    });
}

#[test]
fn a_contribution_is_excluded_once() {
    ExtBuilder.build_and_execute(|| {
        assert_ok!(exclude(0, 5, 3));
        for since in [2, 3, 4] {
            assert_noop!(exclude(0, 5, since), Error::<Test>::AlreadyExcluded);
        }
    });
}

#[test]
fn no_more_is_withdrawn_than_a_tree_has() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            admitted().open_without(11, pool(0, 1), crew(&[])),
            Error::<Test>::WithdrawnTooMuch
        );
    });
}

#[test]
fn the_invariants_see_weight_that_is_left_out_of_no_pool_and_proofs_of_what_is_excluded() {
    ExtBuilder.build().execute_with(|| {
        let admitted = admitted();
        admitted.open(pool(0, 1), crew(&[]));
        assert_ok!(claim(vec![admitted.claim(pool(0, 1), 0)]));
        assert_ok!(Rewards::do_try_state());
        let exclusion = |weight| Exclusion { weight, since: 1 };
        Exclusions::<Test>::insert(0, 1, exclusion(3));
        assert!(Rewards::do_try_state().is_err());
        Exclusions::<Test>::remove(0, 1);
        Exclusions::<Test>::insert(0, 0, exclusion(0));
        assert!(Rewards::do_try_state().is_err());
        Exclusions::<Test>::remove(0, 0);
        assert_ok!(Rewards::do_try_state());
    });
}

/// What happens to a datanet.
#[derive(Clone, Debug)]
enum Step {
    /// A contributor withdraws consent.
    Exclude(Index),
    /// A round freezes: what is withdrawn later counts from the next one on.
    Freeze,
    /// The round that is frozen is final, with contributions of these weights more.
    Open(Vec<u128>),
    Pay(Index, Balance),
    Claim(Index, Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = any::<Index>;
    let weight = prop_oneof![1..10u128, 1..1u128 << 90];
    let amount = prop_oneof![1..10u128, 1..1u128 << 100];
    let step = prop_oneof![
        2 => index().prop_map(Step::Exclude),
        1 => Just(Step::Freeze),
        1 => vec(weight, 0..3).prop_map(Step::Open),
        3 => (index(), amount).prop_map(|(pool, amount)| Step::Pay(pool, amount)),
        5 => (index(), index()).prop_map(|(pool, number)| Step::Claim(pool, number)),
    ];
    vec(step, 0..60)
}

/// A datanet as anybody can follow it.
#[derive(Default)]
struct Datanet {
    admitted: Vec<(AccountId, u128)>,
    /// The first round whose pool a contribution is not in.
    withdrawn: BTreeMap<ContributionNumber, u32>,
    /// How many contributions each pool's tree has, by round from 1 on, and what the pool has received.
    pools: Vec<(usize, Balance)>,
    frozen: bool,
}

impl Datanet {
    /// The round that freezes next.
    fn next(&self) -> u32 {
        self.pools.len() as u32 + 1 + u32::from(self.frozen)
    }

    fn leaves(&self, round: u32) -> Admitted {
        let (count, _) = self.pools[round as usize - 1];
        Admitted(self.admitted[..count].to_vec())
    }

    fn is_paid(&self, number: ContributionNumber, round: u32) -> bool {
        self.withdrawn
            .get(&number)
            .is_none_or(|since| round < *since)
    }

    /// The weight that earns in the pool of a round.
    fn weight(&self, round: u32) -> u128 {
        (0..)
            .zip(self.leaves(round).0)
            .filter(|(number, _)| self.is_paid(*number, round))
            .map(|(_, (_, weight))| weight)
            .sum()
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Exclude(index) if !self.admitted.is_empty() => {
                let number = index.index(self.admitted.len());
                let (_, weight) = self.admitted[number];
                let number = number as u32;
                let since = self.next();
                let excluded = exclude(number, weight, since);
                assert_eq!(excluded.is_err(), self.withdrawn.contains_key(&number));
                self.withdrawn.entry(number).or_insert(since);
            }
            Step::Freeze => self.frozen = true,
            Step::Open(weights) if self.frozen => {
                self.frozen = false;
                let first = 1_000 + self.admitted.len() as u64;
                self.admitted.extend((first..).zip(weights.iter().copied()));
                self.pools.push((self.admitted.len(), 0));
                let round = self.pools.len() as u32;
                let leaves = self.leaves(round);
                let withdrawn = leaves.root().sum - self.weight(round);
                leaves
                    .open_without(withdrawn, pool(0, round), crew(&[(20, 3), (21, 4)]))
                    .unwrap();
            }
            Step::Pay(index, amount) if !self.pools.is_empty() => {
                let round = index.index(self.pools.len()) as u32 + 1;
                let paid = pay(round, *amount);
                // The pool of the last round up to this one of which something earns.
                let earning = (1..=round).rev().find(|round| self.weight(*round) > 0);
                assert_eq!(paid.is_ok(), earning.is_some());
                if let Some(earning) = earning {
                    self.pools[earning as usize - 1].1 += amount;
                }
            }
            Step::Claim(index, number) if !self.pools.is_empty() => {
                let round = index.index(self.pools.len()) as u32 + 1;
                let leaves = self.leaves(round);
                if leaves.0.is_empty() {
                    return;
                }
                let number = number.index(leaves.0.len()) as u32;
                let claimed = claim(vec![leaves.claim(pool(0, round), number)]);
                let owed = self.weight(round) > 0 && self.is_paid(number, round);
                assert_eq!(claimed.is_ok(), owed, "{claimed:?}");
            }
            _ => {}
        }
    }

    /// What the contributions of a pool have been paid.
    fn claimed(&self, round: u32) -> BTreeMap<ContributionNumber, Balance> {
        let proven = Proven::<Test>::iter_prefix(pool(0, round));
        proven
            .map(|(number, proven)| (number, proven.paid))
            .collect()
    }

    /// Claims never pass what a pool has received; once everybody has claimed, everybody has the part of the weight that earns, and
    /// fewer units are left than contributions.
    fn claim_all(&self) {
        for (round, (_, received)) in (1..).zip(&self.pools) {
            let weight = self.weight(round);
            if weight == 0 {
                assert_eq!(*received, 0);
                continue;
            }
            let leaves = self.leaves(round);
            for number in 0..leaves.0.len() as u32 {
                let claimed = claim(vec![leaves.claim(pool(0, round), number)]);
                assert_eq!(claimed.is_ok(), self.is_paid(number, round));
            }
            let statement = Rewards::pool(pool(0, round)).unwrap();
            let claimed = self.claimed(round);
            let sum: Balance = claimed.values().sum();
            assert_eq!(sum, statement.claimed);
            assert!(sum <= statement.contributors && statement.contributors <= *received);
            assert!(statement.contributors - sum < claimed.len().max(1) as Balance);
            for (number, paid) in claimed {
                let part = sp_core::U256::from(statement.contributors)
                    * sp_core::U256::from(leaves.0[number as usize].1)
                    / sp_core::U256::from(weight);
                assert_eq!(sp_core::U256::from(paid), part);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn claims_never_pass_what_a_pool_received_in_whatever_order_consent_is_withdrawn(steps in steps()) {
        ExtBuilder.build_and_execute(|| {
            let mut datanet = Datanet::default();
            for step in &steps {
                datanet.step(step);
                Rewards::do_try_state().unwrap();
            }
            datanet.claim_all();
        });
    }
}
