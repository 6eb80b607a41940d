//! What waits of a team's remainder, and what late royalties have of it.

use proptest::{collection::vec, option, prelude::*};
use sp_runtime::Perbill;
use std::collections::BTreeMap;
use tributary_primitives::{
    assets::{Asset, LateRoyalties, Payee, Pool, Royalty, RoyaltyStack, Share, Team},
    ledger::*,
    Balance,
};

fn team(first: u32, percents: &[u32]) -> Team<u32> {
    let members = percents
        .iter()
        .zip(first..)
        .map(|(percent, account)| Share {
            account,
            part: Perbill::from_percent(*percent),
        });
    Team::truncate_from(members.collect())
}

fn royalty(model: u32, percent: u32) -> Royalty {
    Royalty {
        payee: Payee::Model(model),
        rate: Perbill::from_percent(percent),
        ceiling: None,
    }
}

fn stack(royalties: &[Royalty]) -> RoyaltyStack {
    RoyaltyStack::truncate_from(royalties.to_vec())
}

fn late(royalties: &[Royalty]) -> LateRoyalties {
    LateRoyalties::truncate_from(royalties.to_vec())
}

/// What may be missing where a parent is named.
const FORGIVEN: Balance = 2;

/// A ledger with what everybody has been paid.
#[derive(Clone)]
struct Book {
    split: Split<u32>,
    inflow: Inflow,
    marks: Marks,
    period: u32,
    accounts: BTreeMap<u32, Balance>,
    payees: BTreeMap<Payee, Balance>,
}

impl Book {
    fn new(royalties: &[Royalty], team: Team<u32>) -> Self {
        Book {
            split: Split::new(Royalties::new(&stack(royalties)).unwrap(), team),
            inflow: Inflow::default(),
            marks: Marks::default(),
            period: 0,
            accounts: BTreeMap::new(),
            payees: BTreeMap::new(),
        }
    }

    fn roll(&mut self) {
        self.marks = self.marks.at(self.period, self.inflow.net);
    }

    fn pay(&mut self, net: Balance) {
        self.roll();
        self.inflow.net += net;
    }

    fn settle(&mut self) {
        let marks = self.marks.at(self.period, self.inflow.net);
        let payments = self.split.settle(&self.inflow, &marks).unwrap();
        for (account, amount) in payments.members {
            *self.accounts.entry(account).or_default() += amount;
        }
        for (payee, amount) in payments.royalties {
            *self.payees.entry(payee).or_default() += amount;
        }
    }

    fn amend(&mut self, team: Team<u32>) -> Result<(), AmendError> {
        self.settle();
        let marks = self.marks.at(self.period, self.inflow.net);
        if let Some((last, rest)) = self.split.amend(&self.inflow, &marks, team)? {
            *self.accounts.entry(last).or_default() += rest;
        }
        Ok(())
    }

    fn claim(&mut self, royalties: &[Royalty]) -> Balance {
        self.settle();
        self.roll();
        let received = self.inflow.net;
        let claimed = late(royalties);
        self.split
            .claim(received, &mut self.marks, &claimed)
            .unwrap()
    }

    fn close_claim(&mut self) -> Balance {
        self.settle();
        self.roll();
        let received = self.inflow.net;
        self.split.close_claim(received, &mut self.marks).unwrap()
    }

    fn rebase(&mut self, stack_of: &[Royalty], late_of: &[Royalty]) {
        self.settle();
        self.roll();
        let (stack, late) = (stack(stack_of), late(late_of));
        let received = self.inflow.net;
        self.split
            .rebase(received, &mut self.marks, &stack, &late)
            .unwrap();
    }

    fn freeze(&mut self, asset: Asset, frozen: bool) -> bool {
        self.settle();
        self.split.set_frozen(self.inflow.net, asset, frozen)
    }

    fn try_name(
        &mut self,
        stack_of: &[Royalty],
        late_of: &[Royalty],
    ) -> Result<Balance, RebaseError> {
        self.settle();
        self.roll();
        let (stack, late) = (stack(stack_of), late(late_of));
        let received = self.inflow.net;
        self.split
            .rebase_from_what_waits(received, &mut self.marks, &stack, &late, FORGIVEN)
    }

    fn name(&mut self, stack_of: &[Royalty], late_of: &[Royalty]) -> Balance {
        self.try_name(stack_of, late_of).unwrap()
    }

    fn due(&self) -> DueSplit {
        let marks = self.marks.at(self.period, self.inflow.net);
        self.split.due(&self.inflow, &marks).unwrap()
    }

    fn has(&self, account: u32) -> Balance {
        self.accounts.get(&account).copied().unwrap_or(0)
    }

    fn got(&self, model: u32) -> Balance {
        self.payees.get(&Payee::Model(model)).copied().unwrap_or(0)
    }

    /// What was received is paid, due, waits, or is carried.
    fn assert_whole(&self) {
        let due = self.due();
        let paid = self.split.paid_royalties().unwrap() + self.split.paid_teams().unwrap();
        let all: Balance = self.accounts.values().chain(self.payees.values()).sum();
        assert_eq!(paid, all, "what is noted as paid is what was paid");
        let parts: Balance = due
            .royalties
            .iter()
            .chain(&due.team)
            .chain(&due.former)
            .sum();
        assert_eq!(
            parts
                + due.waiting
                + due.carried
                + self.split.royalties().dropped()
                + self.split.closed(),
            self.inflow.total().unwrap()
        );
    }
}

#[test]
fn half_of_the_remainder_waits_one_to_two_periods() {
    let mut book = Book::new(&[royalty(0, 20)], team(1, &[100]));
    book.period = 5;
    book.pay(1_000);
    book.settle();
    assert_eq!((book.got(0), book.has(1)), (200, 400));
    assert_eq!(book.due().waiting, 400);
    book.period = 6;
    book.settle();
    assert_eq!(book.has(1), 400);
    book.period = 7;
    book.settle();
    assert_eq!((book.has(1), book.due().waiting), (800, 0));
}

#[test]
fn royalties_of_descendants_do_not_wait() {
    let mut book = Book::new(&[], team(1, &[100]));
    book.inflow.royalties = 77;
    book.settle();
    assert_eq!(book.has(1), 77);
}

#[test]
fn nothing_waits_once_the_ancestry_is_known_to_be_complete() {
    let mut book = Book::new(&[], team(1, &[100]));
    book.pay(1_000);
    book.split.release().unwrap();
    book.settle();
    assert_eq!((book.has(1), book.due().waiting), (1_000, 0));
}

#[test]
fn a_former_team_has_what_waited_and_its_last_member_what_rounding_held_back() {
    let mut book = Book::new(&[], team(1, &[30, 30, 40]));
    book.pay(10);
    book.period = 1;
    book.pay(1);
    book.amend(team(4, &[100])).unwrap();
    assert_eq!([1, 2, 3].map(|account| book.has(account)), [1, 1, 2]);
    assert_eq!(
        book.amend(team(5, &[100])),
        Err(AmendError::FormerTeamWaits)
    );
    book.pay(100);
    book.period = 2;
    book.settle();
    // 10 and half of 1; of the new team's 100 half.
    assert_eq!([1, 2, 3, 4].map(|account| book.has(account)), [3, 3, 4, 50]);
    book.period = 3;
    book.settle();
    assert_eq!(
        [1, 2, 3, 4].map(|account| book.has(account)),
        [3, 3, 5, 100]
    );
    book.amend(team(5, &[100])).unwrap();
    book.assert_whole();
}

#[test]
fn an_upheld_claim_is_paid_out_of_what_waits() {
    let mut book = Book::new(&[royalty(0, 10)], team(9, &[100]));
    book.pay(1_000);
    book.settle();
    assert_eq!((book.got(0), book.has(9)), (100, 450));
    // A fifth of the 1,000 that came since the older boundary.
    assert_eq!(book.claim(&[royalty(1, 20)]), 200);
    book.pay(100);
    book.settle();
    // Half of 70: what was free stays free, and nothing of what is claimed.
    assert_eq!((book.got(0), book.got(1), book.has(9)), (110, 0, 485));
    book.rebase(&[royalty(0, 10)], &[royalty(1, 20)]);
    book.settle();
    assert_eq!(book.got(1), 220);
    assert_eq!(book.close_claim(), 0);
    book.period = 2;
    book.settle();
    assert_eq!((book.got(0), book.got(1), book.has(9)), (110, 220, 770));
    book.assert_whole();
}

#[test]
fn a_claim_takes_nothing_of_a_former_teams_and_does_not_keep_it_waiting() {
    let mut book = Book::new(&[], team(1, &[100]));
    book.pay(1_000);
    book.amend(team(2, &[100])).unwrap();
    book.period = 1;
    book.pay(100);
    // Asked is a tenth of 1,100; of the new team's 100 half waits.
    assert_eq!(book.claim(&[royalty(0, 10)]), 50);
    assert_eq!(book.has(1), 500);
    assert_eq!(
        book.amend(team(3, &[100])),
        Err(AmendError::FormerTeamWaits)
    );
    book.period = 2;
    book.settle();
    assert_eq!((book.has(1), book.has(2)), (1_000, 50));
    assert_eq!(book.amend(team(3, &[100])), Err(AmendError::Claimed));
    book.close_claim();
    book.amend(team(3, &[100])).unwrap();
    book.assert_whole();
}

#[test]
fn what_a_claim_that_is_not_upheld_took_waits_as_if_nothing_had_been_claimed() {
    for period in 0..4 {
        let mut claimed = Book::new(&[], team(9, &[100]));
        claimed.pay(600);
        claimed.period = 1;
        claimed.pay(400);
        let mut other = claimed.clone();
        assert_eq!(claimed.claim(&[royalty(1, 20)]), 200);
        for book in [&mut claimed, &mut other] {
            book.period = 1 + period;
        }
        assert_eq!(claimed.close_claim(), 200);
        for later in 0..3 {
            for book in [&mut claimed, &mut other] {
                book.period = 1 + period + later;
                book.settle();
            }
            assert_eq!(claimed.has(9), other.has(9), "{period} {later}");
            claimed.assert_whole();
        }
    }
}

#[test]
fn what_came_in_for_a_claim_that_is_not_upheld_counts_as_what_comes_in_now() {
    let mut book = Book::new(&[], team(9, &[100]));
    book.pay(1_000);
    assert_eq!(book.claim(&[royalty(1, 20)]), 200);
    book.pay(100);
    assert_eq!(book.close_claim(), 220);
    book.settle();
    assert_eq!((book.got(1), book.has(9)), (0, 550));
    book.period = 2;
    book.settle();
    assert_eq!(book.has(9), 1_100);
    // Nothing is claimed any more.
    assert_eq!(book.close_claim(), 0);
}

#[test]
fn a_claim_has_no_more_than_waits_and_in_proportion() {
    let mut book = Book::new(&[royalty(0, 60)], team(9, &[100]));
    book.pay(1_000);
    // Half of 400 waits; 300 and 100 are asked.
    assert_eq!(book.claim(&[royalty(1, 30), royalty(2, 10)]), 200);
    book.rebase(&[royalty(0, 60)], &[royalty(1, 30), royalty(2, 10)]);
    book.settle();
    assert_eq!([1, 2].map(|model| book.got(model)), [150, 50]);
    assert_eq!((book.has(9), book.due().waiting), (200, 0));
}

#[test]
fn a_ceiling_counts_what_was_set_aside() {
    let mut book = Book::new(&[], team(9, &[100]));
    book.pay(1_000);
    let capped = Royalty {
        ceiling: Some(150),
        ..royalty(1, 20)
    };
    assert_eq!(book.claim(&[capped]), 150);
    book.pay(1_000);
    book.rebase(&[], &[capped]);
    book.settle();
    assert_eq!(book.got(1), 150);
}

#[test]
fn late_royalties_come_out_of_the_teams_part_only() {
    let mut book = Book::new(&[royalty(0, 60)], team(9, &[100]));
    book.rebase(&[royalty(0, 60)], &[royalty(1, 30), royalty(2, 50)]);
    book.pay(1_000);
    book.settle();
    // Thirty and fifty parts of the 40 % that are left.
    assert_eq!([0, 1, 2].map(|model| book.got(model)), [600, 150, 250]);
    // A claim has what is left: nothing.
    assert_eq!(book.claim(&[royalty(3, 50)]), 0);
    book.pay(1_000);
    book.settle();
    assert_eq!([0, 1, 2].map(|model| book.got(model)), [1_200, 300, 500]);
    assert_eq!(book.close_claim(), 0);
}

#[test]
fn what_an_owner_names_leaves_as_much_to_wait_as_if_it_had_been_named_in_time() {
    let stack = [royalty(0, 10), royalty(1, 20)];
    let mut book = Book::new(&stack[..1], team(9, &[100]));
    let mut in_time = Book::new(&stack, team(9, &[100]));
    for book in [&mut book, &mut in_time] {
        book.pay(1_000);
    }
    assert_eq!(book.name(&stack, &[]), 100);
    // 450 of the 900 that were kept were free, and stay so.
    book.settle();
    assert_eq!((book.got(0), book.got(1), book.has(9)), (100, 100, 450));
    assert_eq!(book.due().waiting, in_time.due().waiting);
    for book in [&mut book, &mut in_time] {
        book.pay(100);
        book.settle();
    }
    assert_eq!((book.got(1), book.has(9)), (120, 485));
    assert_eq!(book.due().waiting, in_time.due().waiting);
    book.period = 2;
    book.settle();
    assert_eq!(book.has(9), 870);
    // Who was owed before has nothing more of it, nor has anybody where nothing waits.
    assert_eq!(book.name(&[royalty(0, 30), royalty(1, 20)], &[]), 0);
    book.split.release().unwrap();
    assert_eq!(book.name(&[royalty(0, 30), royalty(2, 20)], &[]), 0);
}

#[test]
fn what_an_owner_names_is_paid_for_and_leaves_as_much_to_wait() {
    // What is owed for data is topped up until somebody else is owed something, so that rates fall by naming.
    let pool = |rate| Royalty {
        payee: Payee::Pool(Pool {
            datanet: 4,
            round: 1,
        }),
        ..royalty(0, rate)
    };
    let half = royalty(1, 60);
    let mut book = Book::new(&[], team(9, &[100]));
    let mut in_time = Book::new(&[pool(0), half], team(9, &[100]));
    for book in [&mut book, &mut in_time] {
        book.pay(1_000);
    }
    assert_eq!(book.name(&[half], &[]), 300);
    assert_eq!(book.name(&[pool(0), half], &[]), 0);
    assert_eq!((book.due().waiting, in_time.due().waiting), (200, 200));
    assert_eq!(book.name(&[half, royalty(2, 30)], &[]), 150);

    let mut data_first = Book::new(&[], team(9, &[100]));
    data_first.pay(1_000);
    assert_eq!(data_first.name(&[pool(50)], &[]), 250);
    let refused = data_first.try_name(&[pool(0), half], &[]);
    assert_eq!(refused, Err(RebaseError::WaitsTooLittle));
    // Of a few units nobody is kept from naming whom it had left out.
    let mut dust = Book::new(&[pool(50)], team(9, &[100]));
    dust.pay(8);
    assert_eq!(dust.name(&[pool(0), half], &[]), 1);
}

#[test]
fn who_was_owed_something_before_is_named_for_what_came_in_since() {
    let late = [royalty(1, 10)];
    let mut book = Book::new(&[], team(9, &[100]));
    for owed in [&[][..], &late, &[]] {
        book.rebase(&[], owed);
        book.pay(1_000);
    }
    assert_eq!(book.name(&late, &[]), 50);
    book.settle();
    assert_eq!(book.got(1), 150);
}

#[test]
fn both_periods_bear_what_is_named_late() {
    for (earlier, later) in [(1_000, 1_000), (1_000, 100), (100, 1_000), (1_000, 0)] {
        let stack = [royalty(1, 40)];
        let mut book = Book::new(&[], team(9, &[100]));
        let mut in_time = Book::new(&stack, team(9, &[100]));
        for book in [&mut book, &mut in_time] {
            book.pay(earlier);
            book.period = 1;
            book.pay(later);
        }
        book.name(&stack, &[]);
        // In the next period, when all of the earlier one is free, as much waits of the later one as if it had been named in time.
        for book in [&mut book, &mut in_time] {
            book.period = 2;
            book.settle();
        }
        assert!(book.due().waiting >= in_time.due().waiting);
        assert!(book.due().waiting <= later / 2);
        book.period = 3;
        book.settle();
        book.assert_whole();
        assert_eq!(
            book.has(9) + book.got(1),
            earlier + later,
            "all of it is somebody's"
        );
    }
}

#[test]
fn what_is_struck_and_owed_again_goes_on_from_what_it_was_paid() {
    let capped = Royalty {
        ceiling: Some(150),
        ..royalty(1, 10)
    };
    let mut book = Book::new(&[capped], team(9, &[100]));
    book.pay(1_000);
    book.freeze(Asset::Model(1), true);
    book.pay(1_000);
    book.rebase(&[], &[]);
    assert_eq!((book.got(1), book.due().royalties.len()), (100, 0));
    // What was held back is claimed again, and not what was paid before; its ceiling is what it was.
    assert_eq!(book.claim(&[royalty(2, 10), capped]), 250);
    assert_eq!(book.close_claim(), 250);
    assert_eq!(book.split.royalties().dropped(), 100);
    assert_eq!(book.claim(&[capped]), 50);
    book.rebase(&[], &[capped]);
    assert_eq!(book.close_claim(), 0);
    book.pay(1_000);
    book.settle();
    assert_eq!(book.got(1), 150);
    assert_eq!(book.split.royalties().dropped(), 0);
}

#[test]
fn what_is_claimed_and_has_no_place_any_more_is_given_back() {
    let stack: Vec<_> = (0..32).map(|model| royalty(model, 1)).collect();
    let eight = |from: u32| (from..from + 8).map(|model| royalty(model, 1));
    let mut book = Book::new(&stack, team(9, &[100]));
    book.pay(1_000);
    assert_eq!(book.claim(&eight(40).collect::<Vec<_>>()), 80);
    // All but two of them are upheld, with two that nobody claimed: there is a place for one more.
    let upheld: Vec<_> = eight(40).take(6).chain(eight(60).take(2)).collect();
    book.rebase(&stack, &upheld);
    assert_eq!(book.close_claim(), 10);
    book.settle();
    assert_eq!([45, 46, 60].map(|model| book.got(model)), [10, 0, 0]);
}

#[test]
fn what_is_frozen_is_held_back_and_nothing_else() {
    let both = [royalty(0, 10), royalty(1, 20)];
    let mut book = Book::new(&both, team(9, &[100]));
    book.pay(100);
    book.settle();
    assert!(book.freeze(Asset::Model(1), true));
    assert!(!book.freeze(Asset::Model(1), true));
    book.pay(100);
    book.settle();
    assert_eq!((book.got(0), book.got(1), book.has(9)), (20, 20, 70));
    assert!(book.freeze(Asset::Model(1), false));
    book.settle();
    assert_eq!((book.got(0), book.got(1)), (20, 40));
    // Frozen again and dropped: what was held back is the team's.
    book.freeze(Asset::Model(1), true);
    book.pay(100);
    book.rebase(&both[..1], &[]);
    book.settle();
    assert_eq!((book.got(0), book.got(1)), (30, 40));
    assert_eq!(book.has(9), 115);
    book.assert_whole();
}

#[derive(Clone, Debug)]
enum Step {
    Pay(Balance),
    Royalties(Balance),
    Wait(u32),
    Settle,
    Amend(u32),
    Claim(Vec<(u32, u32, Option<Balance>)>),
    Uphold,
    Close,
    Freeze(u32, bool),
    Rebase(Vec<(u32, u32)>),
    Release,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = || prop_oneof![1..10u128, 1..100_000u128, 1..1u128 << 100];
    let claimed = (10..20u32, 1..60u32, option::weighted(0.3, amount()));
    let step = prop_oneof![
        6 => amount().prop_map(Step::Pay),
        1 => amount().prop_map(Step::Royalties),
        3 => (1..4u32).prop_map(Step::Wait),
        4 => Just(Step::Settle),
        2 => (1..4u32).prop_map(Step::Amend),
        2 => vec(claimed, 1..5).prop_map(Step::Claim),
        1 => Just(Step::Uphold),
        1 => Just(Step::Close),
        2 => (0..20u32, any::<bool>()).prop_map(|(model, frozen)| Step::Freeze(model, frozen)),
        1 => vec((0..10u32, 1..12u32), 0..5).prop_map(Step::Rebase),
        1 => Just(Step::Release),
    ];
    vec(step, 0..60)
}

/// What is claimed, and what was upheld: as the pallets above the ledger would keep it.
#[derive(Clone, Default)]
struct Lists {
    stack: Vec<Royalty>,
    late: Vec<Royalty>,
    claimed: Vec<Royalty>,
    teams: u32,
}

impl Lists {
    fn step(&mut self, book: &mut Book, step: &Step) {
        match step {
            Step::Pay(amount) => book.pay(*amount),
            Step::Royalties(amount) => book.inflow.royalties += amount,
            Step::Wait(periods) => book.period += periods,
            Step::Settle => book.settle(),
            Step::Amend(size) => {
                let sizes: [&[u32]; 3] = [&[100], &[33, 67], &[10, 20, 70]];
                self.teams += 10;
                let team = team(100 + self.teams, sizes[*size as usize - 1]);
                let waits = book.split.former().is_some();
                let had = book
                    .split
                    .former()
                    .map(|former| former.period + 2 > book.period);
                let claimed = book.split.is_claimed();
                let amended = book.amend(team);
                assert!(waits || claimed || amended.is_ok());
                assert!(had != Some(false) || claimed || amended.is_ok());
            }
            Step::Claim(list) if !book.split.is_claimed() => {
                for (model, percent, ceiling) in list {
                    let new = self
                        .late
                        .iter()
                        .chain(&self.claimed)
                        .all(|royalty| royalty.payee != Payee::Model(*model));
                    if new && self.late.len() + self.claimed.len() < 8 {
                        self.claimed.push(Royalty {
                            ceiling: *ceiling,
                            ..royalty(*model, *percent)
                        });
                    }
                }
                let free = book.due().team;
                book.claim(&self.claimed);
                let still = book.due().team;
                assert!(free.iter().zip(&still).all(|(free, still)| free <= still));
            }
            Step::Claim(_) => {}
            Step::Uphold => {
                self.late.append(&mut self.claimed);
                book.rebase(&self.stack, &self.late);
                assert_eq!(book.close_claim(), 0);
            }
            Step::Close => {
                self.claimed.clear();
                book.close_claim();
            }
            Step::Freeze(model, frozen) => {
                book.freeze(Asset::Model(*model), *frozen);
            }
            Step::Rebase(list) => {
                let entries: BTreeMap<u32, u32> = list.iter().copied().collect();
                self.stack = entries
                    .into_iter()
                    .map(|(model, percent)| royalty(model, percent))
                    .collect();
                book.rebase(&self.stack, &self.late);
            }
            Step::Release => book.split.release().unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Payments only ever rise: each subtraction on the way is checked, so that a step that took back anything would fail.
    #[test]
    fn every_unit_is_in_one_place_whatever_changes(steps in steps()) {
        let mut book = Book::new(&[], team(100, &[50, 50]));
        let mut lists = Lists::default();
        for step in &steps {
            lists.step(&mut book, step);
            book.assert_whole();
        }
        // In the end nothing waits.
        lists.step(&mut book, &Step::Close);
        for model in 0..20 {
            lists.step(&mut book, &Step::Freeze(model, false));
        }
        book.period += 2;
        book.settle();
        book.assert_whole();
        prop_assert_eq!(book.due().waiting, 0);
        let paid: Balance = book.accounts.values().chain(book.payees.values()).sum();
        prop_assert!(book.inflow.total().unwrap() - paid < 60);
    }

    #[test]
    fn who_settled_when_changes_nothing(steps in steps(), at in vec(any::<bool>(), 60)) {
        let (mut one, mut other) = (Book::new(&[], team(100, &[50, 50])), Book::new(&[], team(100, &[50, 50])));
        let (mut first, mut second) = (Lists::default(), Lists::default());
        for (step, settle) in steps.iter().zip(at) {
            if !matches!(step, Step::Settle) {
                first.step(&mut one, step);
            }
            second.step(&mut other, step);
            if settle {
                other.settle();
            }
        }
        one.settle();
        other.settle();
        prop_assert_eq!(one.accounts, other.accounts);
        prop_assert_eq!(one.payees, other.payees);
    }

    /// The rule in its plainest form, for one team and one rate, by walking through the payments.
    #[test]
    fn what_is_free_is_all_of_earlier_periods_and_half_of_the_last_two(
        payments in vec((0..4u32, 1..1_000_000u128), 1..30),
        percent in 0..60u32,
    ) {
        let mut book = Book::new(&[royalty(0, percent)], team(1, &[100]));
        let mut log = Vec::new();
        for (wait, amount) in payments {
            book.period += wait;
            book.pay(amount);
            book.settle();
            log.push((book.period, amount));
            let kept = |before: u32| {
                let net: Balance = log.iter().filter(|(at, _)| *at < before).map(|(_, net)| net).sum();
                net - net * Balance::from(percent) / 100
            };
            let (old, all) = (kept((book.period).saturating_sub(1)), kept(book.period + 1));
            prop_assert_eq!(book.has(1), old + (all - old) / 2);
        }
    }
}
