//! All calls and roles in any order, with every invariant checked and every balance recomputed from events after each step.

use super::auditor::Books;
use crate::{mock::*, *};
use frame_support::traits::fungible::Inspect;
use proptest::{collection::vec, option, prelude::*, sample::Index};
use sp_runtime::{DispatchError, Perbill};
use std::collections::BTreeMap;
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Payee, Pool, Royalty, Share, Team},
    ledger::Ground,
    roles::{DataPools, Revenue},
    Balance,
};

/// The last of them has no weight.
const POOLS: u32 = 3;
/// Each role of each asset has an account of its own, so that equal balances mean equal shares.
const PLACES: u64 = 1_000;

/// A model: rates and ceilings of royalties, and the parts of its team.
type Model = (Vec<(u32, Option<Balance>)>, Vec<u32>);

#[derive(Clone, Debug)]
struct World {
    models: Vec<Model>,
    weights: Vec<Vec<u128>>,
}

#[derive(Clone, Debug)]
enum Step {
    Pay(Index, Balance),
    PayPool(Index, Balance),
    PayHosted(Index, Balance, Perbill),
    Settle(Index),
    SettleCrew(Index),
    Claim(Vec<(Index, Index)>),
    Withdraw(Index),
    Sweep,
    Give(Balance),
    Amend(Index, Vec<u32>),
    Sponsor(Index, Balance),
    Award(Index, Balance),
    Vest(Index),
    Forfeit(Index),
    Final(Index),
    Wait(u8),
    Refund(Index),
    SetFee(Perbill),
    WaitPeriods(u8),
    ClaimRoyalty(Index, Index, Perbill),
    Uphold(Index),
    CloseClaim(Index),
    Freeze(Index, Index, bool),
    Release(Index),
}

fn amounts() -> impl Strategy<Value = Balance> {
    prop_oneof![1..10u128, 1..10_000u128, 1..1u128 << 100]
}

fn parts() -> impl Strategy<Value = Vec<u32>> {
    vec(0..=1_000_000_000u32, 1..=5).prop_map(|mut cuts| {
        cuts.pop();
        cuts.sort_unstable();
        cuts.push(1_000_000_000);
        let mut from = 0;
        cuts.into_iter()
            .map(|to| to - std::mem::replace(&mut from, to))
            .collect()
    })
}

fn worlds() -> impl Strategy<Value = World> {
    let royalties = vec((1..=75_000_000u32, option::weighted(0.3, 0..1_000u128)), 8);
    let weights = vec(vec(1..1u128 << 90, 1..5), POOLS as usize - 1);
    (vec((royalties, parts()), 1..6), weights)
        .prop_map(|(models, weights)| World { models, weights })
}

fn steps(changes: bool) -> impl Strategy<Value = Vec<Step>> {
    let index = any::<Index>;
    let part = || (0..=700_000_000u32).prop_map(Perbill::from_parts);
    let settling = prop_oneof![
        3 => index().prop_map(Step::Settle),
        1 => index().prop_map(Step::SettleCrew),
        2 => vec((index(), index()), 1..4).prop_map(Step::Claim),
    ];
    let paying = prop_oneof![
        3 => (index(), amounts()).prop_map(|(model, gross)| Step::Pay(model, gross)),
        1 => (index(), amounts()).prop_map(|(pool, gross)| Step::PayPool(pool, gross)),
        1 => (index(), amounts(), part())
            .prop_map(|(model, gross, host)| Step::PayHosted(model, gross, host)),
    ];
    let changing = prop_oneof![
        2 => index().prop_map(Step::Withdraw),
        1 => Just(Step::Sweep),
        1 => (1..100u128).prop_map(Step::Give),
        2 => (index(), parts()).prop_map(|(model, parts)| Step::Amend(model, parts)),
        1 => (index(), amounts()).prop_map(|(pool, amount)| Step::Sponsor(pool, amount)),
        1 => (index(), amounts()).prop_map(|(pool, amount)| Step::Award(pool, amount)),
        1 => index().prop_map(Step::Refund),
        2 => index().prop_map(Step::Vest),
        1 => index().prop_map(Step::Forfeit),
        1 => index().prop_map(Step::Final),
        1 => (1..15u8).prop_map(Step::Wait),
        1 => (0..=60_000_000u32).prop_map(|fee| Step::SetFee(Perbill::from_parts(fee))),
        2 => (1..4u8).prop_map(Step::WaitPeriods),
        2 => (index(), index(), part())
            .prop_map(|(model, payee, rate)| Step::ClaimRoyalty(model, payee, rate)),
        1 => index().prop_map(Step::Uphold),
        1 => index().prop_map(Step::CloseClaim),
        2 => (index(), index(), any::<bool>())
            .prop_map(|(model, payee, frozen)| Step::Freeze(model, payee, frozen)),
        1 => index().prop_map(Step::Release),
    ];
    let weight = if changes { 2 } else { 0 };
    vec(
        prop_oneof![2 => settling, 2 => paying, weight => changing],
        0..50,
    )
}

fn team_of(parts: &[u32], first: AccountId) -> Team<AccountId> {
    let members = parts.iter().zip(first..).map(|(part, account)| Share {
        account,
        part: Perbill::from_parts(*part),
    });
    Team::truncate_from(members.collect())
}

fn nth_pool(index: u32) -> Pool {
    pool(index, 1)
}

/// One of the awards that are kept.
fn any_award(index: &Index) -> Option<(Pool, u32, Award<AccountId>)> {
    let mut awards: Vec<_> = Awards::<Test>::iter().collect();
    awards.sort_by_key(|(pool, contribution, _)| (*pool, *contribution));
    (!awards.is_empty()).then(|| awards[index.index(awards.len())].clone())
}

impl World {
    fn admitted(&self, index: u32) -> Admitted {
        let weights = self.weights[index as usize].iter();
        let first = (20 + u64::from(index)) * PLACES + 500;
        Admitted(
            weights
                .zip(first..)
                .map(|(weight, account)| (account, *weight))
                .collect(),
        )
    }

    fn open(&self) {
        for index in 0..POOLS {
            let first = (20 + u64::from(index)) * PLACES;
            let members = crew(&[(first, 7), (first + 1, 3), (first + 2, 5)]);
            match index + 1 < POOLS {
                true => self.admitted(index).open(nth_pool(index), members),
                false => Admitted(vec![]).open(nth_pool(index), members),
            }
        }
        for index in 0..POOLS - 1 {
            let first = (30 + u64::from(index)) * PLACES;
            for number in (0..50).step_by(3) {
                let parts = [333_333_333, 1, 666_666_666];
                let authors = team_of(&parts, first + 10 * u64::from(number));
                Rewards::share(index, number, authors).unwrap();
            }
        }
        for ((royalties, parts), model) in self.models.iter().zip(0u32..) {
            let payees = (0..model)
                .map(Payee::Model)
                .chain((0..POOLS).map(|index| Payee::Pool(nth_pool(index))));
            let royalties = payees
                .zip(royalties)
                .map(|(payee, (rate, ceiling))| Royalty {
                    payee,
                    rate: Perbill::from_parts(*rate),
                    ceiling: *ceiling,
                });
            let team = team_of(parts, (1 + u64::from(model)) * PLACES);
            let stack = stack(&royalties.collect::<Vec<_>>());
            <Rewards as Revenue<_>>::open(model, stack, team).unwrap();
        }
    }

    fn model(&self, index: &Index) -> u32 {
        index.index(self.models.len()) as u32
    }

    /// Somebody whom a model may owe royalties.
    fn payee(&self, model: u32, index: &Index) -> Payee {
        let models = (0..model).map(Payee::Model);
        let pools = (0..POOLS - 1).map(|index| Payee::Pool(nth_pool(index)));
        let payees: Vec<_> = models.chain(pools).collect();
        payees[index.index(payees.len())]
    }

    /// A pool with weight.
    fn pool(&self, index: &Index) -> u32 {
        index.index(POOLS as usize - 1) as u32
    }

    /// Does a step. Some are refused, which must leave everything as it was.
    fn step(&self, step: &Step, number: usize) {
        let payer = || RuntimeOrigin::signed(1);
        match step {
            Step::Pay(model, gross) => {
                let asset = Asset::Model(self.model(model));
                Rewards::pay(payer(), asset, None, *gross).unwrap();
            }
            Step::PayPool(pool, gross) => {
                let asset = Asset::Datanet(self.pool(pool));
                Rewards::pay(payer(), asset, Some(1), *gross).unwrap();
            }
            Step::PayHosted(model, gross, part) => {
                let paid = pay_held(self.model(model), *gross, 7_777, *part);
                assert!(paid.is_ok() || paid == Err(Error::<Test>::HostShareTooHigh.into()));
            }
            Step::Settle(model) => {
                Rewards::settle(payer(), self.model(model)).unwrap();
            }
            Step::SettleCrew(pool) => {
                Rewards::settle_crew(payer(), nth_pool(self.pool(pool))).unwrap();
            }
            Step::Claim(list) => {
                let list = list.iter().map(|(pool, contribution)| {
                    let pool = self.pool(pool);
                    let admitted = self.admitted(pool);
                    let contribution = contribution.index(admitted.0.len()) as u32;
                    admitted.claim(nth_pool(pool), contribution)
                });
                Rewards::claim(payer(), claims(list.collect())).unwrap();
            }
            Step::Withdraw(account) => {
                let accounts: Vec<_> = Claimable::<Test>::iter().collect();
                if !accounts.is_empty() {
                    let (account, amount) = accounts[account.index(accounts.len())];
                    let lives = Balances::balance(&account) + amount >= EXISTENTIAL_DEPOSIT;
                    let withdrawn = Rewards::withdraw(RuntimeOrigin::signed(account));
                    assert_eq!(withdrawn.is_ok(), lives);
                }
            }
            Step::Sweep => {
                let lives = Balances::balance(&TREASURY_ACCOUNT) > 0;
                let totals = Rewards::totals();
                let surplus = Rewards::surplus(&totals).unwrap();
                let amount = totals.held.fees + surplus;
                let swept = Rewards::sweep(payer());
                let enough = if lives { 1 } else { EXISTENTIAL_DEPOSIT };
                assert_eq!(swept.is_ok(), amount >= enough);
            }
            Step::Give(amount) => give(Rewards::pot(), *amount),
            Step::Amend(model, parts) => {
                let model = self.model(model);
                let first = (1 + u64::from(model)) * PLACES + 10 * (1 + number as u64);
                let team = team_of(parts, first);
                let amended = <Rewards as Revenue<_>>::amend_team(model, team);
                let refusals = [
                    Error::<Test>::FormerTeamWaits,
                    Error::<Test>::RoyaltyClaimed,
                ];
                let refused = |error| refusals.map(DispatchError::from).contains(&error);
                assert!(amended.map_or_else(refused, |()| true));
            }
            Step::Sponsor(pool, amount) => {
                let pool = nth_pool(self.pool(pool));
                let known = Budgets::<Test>::contains_key(pool);
                assert_eq!(Rewards::sponsor(pool, &2, *amount).is_err(), known);
            }
            Step::Award(pool, amount) => {
                let pool = nth_pool(self.pool(pool));
                let left = Budgets::<Test>::get(pool).map_or(0, |budget| budget.left);
                let vesting = Pools::<Test>::get(pool).unwrap().vesting;
                let awarded = Rewards::award(pool, number as u32, &8_888, *amount, vesting);
                assert_eq!(awarded.is_ok(), *amount <= left);
            }
            Step::Refund(pool) => Rewards::refund(nth_pool(self.pool(pool))).unwrap(),
            Step::Vest(index) => {
                if let Some((pool, contribution, award)) = any_award(index) {
                    let due = Rewards::vested(pool, &award).unwrap() - award.paid;
                    let alone = Rewards::authors(pool.datanet, contribution).is_none();
                    let before = claimable(award.account);
                    let awards = AwardList::truncate_from(vec![(pool, contribution)]);
                    Rewards::vest(payer(), awards).unwrap();
                    let due = if alone { due } else { 0 };
                    assert_eq!(claimable(award.account), before + due);
                }
            }
            Step::Forfeit(index) => {
                if let Some((pool, contribution, award)) = any_award(index) {
                    let lost = award.amount - Rewards::vested(pool, &award).unwrap();
                    assert_eq!(Rewards::forfeit(pool, contribution), Ok(lost));
                }
            }
            Step::Final(index) => {
                let datanet = self.pool(index);
                let round = LastPool::<Test>::get(datanet).unwrap() + 1;
                Admitted(vec![]).open(pool(datanet, round), crew(&[]));
            }
            Step::Wait(blocks) => {
                System::set_block_number(System::block_number() + u64::from(*blocks));
            }
            Step::SetFee(fee) => ProtocolFee::set(*fee),
            Step::WaitPeriods(periods) => {
                let blocks = u64::from(*periods) * PERIOD;
                System::set_block_number(System::block_number() + blocks);
            }
            Step::ClaimRoyalty(model, payee, rate) => {
                let model = self.model(model);
                let (payee, rate) = (self.payee(model, payee), *rate);
                let royalty = Royalty {
                    payee,
                    rate,
                    ceiling: None,
                };
                let entries = Rewards::model(model).unwrap().royalties;
                let split = Splits::<Test>::get(model).unwrap();
                let known =
                    split.is_claimed() || entries.iter().any(|entry| entry.royalty.payee == payee);
                let claimed = LateRoyalties::truncate_from(vec![royalty]);
                let claimed = <Rewards as Revenue<_>>::claim(model, claimed);
                assert_eq!(claimed.is_err(), known);
            }
            Step::Uphold(model) => {
                let model = self.model(model);
                let of = |grounds: &[Ground]| {
                    let split = Splits::<Test>::get(model).unwrap();
                    let entries = split.royalties().entries().to_vec().into_iter();
                    entries
                        .filter(|entry| grounds.contains(&entry.ground))
                        .map(|entry| Royalty {
                            payee: entry.payee,
                            rate: entry.asked,
                            ceiling: entry.ceiling,
                        })
                        .collect::<Vec<_>>()
                };
                let late = LateRoyalties::truncate_from(of(&[Ground::Late, Ground::Claimed]));
                let stack = stack(&of(&[Ground::Stack]));
                <Rewards as Revenue<_>>::amend_royalties(model, stack, late).unwrap();
            }
            Step::CloseClaim(model) => {
                <Rewards as Revenue<_>>::close_claim(self.model(model)).unwrap();
            }
            Step::Freeze(model, payee, frozen) => {
                let model = self.model(model);
                let asset = self.payee(model, payee).asset();
                match frozen {
                    true => <Rewards as Revenue<_>>::freeze(model, asset).unwrap(),
                    false => <Rewards as Revenue<_>>::unfreeze(model, asset).unwrap(),
                }
            }
            Step::Release(model) => {
                <Rewards as Revenue<_>>::release(self.model(model)).unwrap();
            }
        }
    }

    /// Nothing is disputed any more, and nothing waits.
    fn decide_all(&self) {
        for model in 0..self.models.len() as u32 {
            <Rewards as Revenue<_>>::close_claim(model).unwrap();
            for entry in Rewards::model(model).unwrap().royalties {
                <Rewards as Revenue<_>>::unfreeze(model, entry.royalty.payee.asset()).unwrap();
            }
        }
        System::set_block_number(System::block_number() + 2 * PERIOD);
    }

    /// Everything that can be paid is paid. Descendants have higher numbers, so they go first.
    fn settle_all(&self) {
        for model in (0..self.models.len() as u32).rev() {
            Rewards::settle(RuntimeOrigin::signed(1), model).unwrap();
        }
        for index in 0..POOLS - 1 {
            Rewards::settle_crew(RuntimeOrigin::signed(1), nth_pool(index)).unwrap();
            let admitted = self.admitted(index);
            for contribution in 0..admitted.0.len() as u32 {
                let claim = admitted.claim(nth_pool(index), contribution);
                Rewards::claim(RuntimeOrigin::signed(1), claims(vec![claim])).unwrap();
            }
        }
    }

    /// Runs steps and settles everything. Says who can claim what, and the totals.
    fn run(&self, steps: &[Step]) -> (BTreeMap<AccountId, Balance>, Totals) {
        let mut end = Default::default();
        ExtBuilder.build_and_execute(|| {
            self.open();
            for (number, step) in steps.iter().enumerate() {
                self.step(step, number);
            }
            self.settle_all();
            end = (Claimable::<Test>::iter().collect(), Rewards::totals());
        });
        end
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_invariant_holds_after_each_step_and_events_say_it_all(
        world in worlds(),
        steps in steps(true),
    ) {
        ExtBuilder.build_and_execute(|| {
            let mut books = Books::default();
            world.open();
            for (number, step) in steps.iter().enumerate() {
                world.step(step, number);
                Rewards::do_try_state().unwrap();
                books.record(events());
                books.assert_agrees();
            }
            world.decide_all();
            world.settle_all();
            books.record(events());
            books.assert_agrees();
            // All that is left is what rounding carries: fewer units than there are payees and contributions.
            let held = Rewards::totals().held;
            assert!(held.models + held.pools < 200);
        });
    }

    #[test]
    fn balances_do_not_depend_on_the_order_of_settles_and_claims(
        world in worlds(),
        steps in steps(false),
        order in vec(any::<Index>(), 1..50),
    ) {
        let is_payment = |step: &&Step| {
            matches!(step, Step::Pay(..) | Step::PayPool(..) | Step::PayHosted(..))
        };
        let mut reordered: Vec<Step> = steps.iter().filter(is_payment).cloned().collect();
        let others = steps.iter().filter(|step| !is_payment(step));
        for (step, at) in others.zip(order.iter().cycle()) {
            reordered.insert(at.index(reordered.len() + 1), step.clone());
        }
        prop_assert_eq!(world.run(&steps), world.run(&reordered));
    }
}
