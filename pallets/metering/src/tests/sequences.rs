//! Calls in any order, by anybody, at any time: every invariant holds after each, and all money ends where a simple book says.

use frame_support::traits::fungible::Inspect;
use proptest::prelude::*;
use tributary_primitives::metering::{leaves, Contradiction};

use super::*;

/// What somebody tries to do.
#[derive(Clone, Debug)]
enum Step {
    Open(bool),
    /// Calls of a channel that are made and not settled yet.
    Call(usize, u64),
    Settle(usize),
    /// A voucher that was settled or passed over before.
    SettleOld(usize),
    Close(usize, usize),
    Forget(usize),
    Lie(usize),
    Register(bool),
    Wait(u32),
    Lock,
}

fn step() -> impl Strategy<Value = Step> {
    let channel = 0..4usize;
    prop_oneof![
        2 => any::<bool>().prop_map(Step::Open),
        6 => (channel.clone(), 1..40u64).prop_map(|(channel, units)| Step::Call(channel, units)),
        6 => channel.clone().prop_map(Step::Settle),
        2 => channel.clone().prop_map(Step::SettleOld),
        2 => (channel.clone(), 0..3usize).prop_map(|(channel, who)| Step::Close(channel, who)),
        2 => channel.clone().prop_map(Step::Forget),
        1 => channel.prop_map(Step::Lie),
        1 => any::<bool>().prop_map(Step::Register),
        3 => prop_oneof![1..4u32, Just(A_DAY), Just(EXPIRES)].prop_map(Step::Wait),
        1 => Just(Step::Lock),
    ]
}

#[derive(Default)]
struct World {
    books: Vec<Book>,
    /// The last voucher but the newest of each.
    old: Vec<Option<crate::Settlement<sp_runtime::MultiSignature>>>,
    /// What consumers have paid for calls.
    paid: Balance,
}

impl World {
    fn take(&mut self, step: Step) {
        let many = self.books.len().max(1);
        match step {
            Step::Open(rich) => {
                let who = if rich { "consumer" } else { "stranger" };
                if self.books.len() < 4 && reopen(who).is_ok() {
                    self.books.push(Book::new(self.books.len() as u64));
                    self.old.push(None);
                }
            }
            Step::Call(index, units) => {
                if let Some(book) = self.books.get_mut(index % many) {
                    book.call(units);
                }
            }
            Step::Settle(index) => {
                let Some(book) = self.books.get(index % many) else {
                    return;
                };
                let settlement = book.settlement();
                let before = Metering::channel(book.channel).map(|found| found.settled.amount);
                if settle(std::slice::from_ref(&settlement)).is_ok() {
                    self.paid += settlement.voucher.amount - before.expect("it was settled");
                    self.old[index % many] = Some(settlement);
                }
            }
            Step::SettleOld(index) => {
                if let Some(Some(old)) = self.old.get(index % many) {
                    assert!(settle(std::slice::from_ref(old)).is_err(), "it pays once");
                }
            }
            Step::Close(index, who) => {
                let who = ["host", "consumer", "pauper"][who];
                let _ = Metering::close(signed(who), (index % many) as u64);
            }
            Step::Forget(index) => {
                let _ = Metering::forget(signed("pauper"), (index % many) as u64);
            }
            Step::Lie(index) => {
                let Some(book) = self.books.get(index % many) else {
                    return;
                };
                let Some(mut lie) = book.receipts.first().copied() else {
                    return;
                };
                lie.response = H256::repeat_byte(0xee);
                let settled =
                    Metering::channel(book.channel).map_or(0, |found| found.settled.count);
                let all = leaves(genesis(), &book.receipts[..settled as usize]);
                if let Some(found) = Contradiction::find(genesis(), &lie, PRICE, &all) {
                    let signature = Key::from("receipts").sign(lie.leaf(genesis()));
                    let _ = Metering::challenge(signed("pauper"), lie, signature, Box::new(found));
                }
            }
            Step::Register(high) => {
                let bond = if high { 3 * BOND } else { BOND };
                let _ = Metering::register(signed("host"), account("receipts"), bond);
            }
            Step::Wait(blocks) => wait(blocks),
            Step::Lock => lock("consumer"),
        }
    }
}

/// Opens a channel that ends a while from now.
fn reopen(who: &str) -> sp_runtime::DispatchResult {
    let (host, key) = (account("host"), account("voucher"));
    let expires = System::block_number() + EXPIRES;
    Metering::open(signed(who), host, MODEL, key, 200, PRICE, expires)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_money_is_where_it_belongs(steps in prop::collection::vec(step(), 1..80)) {
        ExtBuilder::build().execute_with(|| {
            assert_ok!(Metering::register(signed("host"), account("receipts"), BOND));
            assert_ok!(offer());
            let mut world = World::default();
            for step in steps {
                let about = format!("{step:?}");
                world.take(step);
                assert_eq!(Metering::do_try_state(), Ok(()), "after {about}");
                let pot = Balances::balance(&account("pot"));
                assert_eq!(pot, WEALTH + world.paid, "after {about}");
            }
            // In the end all that was not called comes back.
            System::set_block_number(1_000_000);
            for id in 0..world.books.len() as u64 {
                let _ = Metering::close(signed("pauper"), id);
            }
            for name in ["consumer", "stranger"] {
                assert_eq!(on_hold(HoldReason::Calls, name), 0);
            }
            let units: u64 = world.books.iter().map(|book| {
                Metering::channel(book.channel).map_or(0, |found| found.settled.units)
            }).sum();
            assert!(Reserved::get(MODEL).0 >= units);
            System::set_block_number(2_000_000);
            for id in 0..world.books.len() as u64 {
                let _ = Metering::forget(signed("pauper"), id);
            }
            assert_eq!(on_hold(HoldReason::Storage, "consumer"), 0);
            assert_eq!(Metering::host(account("host")).map(|host| host.channels), Some(0));
            assert_eq!(Metering::do_try_state(), Ok(()));
        });
    }
}
