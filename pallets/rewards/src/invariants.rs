//! What is true of the ledger at every block: promise P2, every unit accounted for.
//!
//! The first four need a fixed number of reads, however many models, pools and accounts there are; they say that the sums are
//! right. The others walk through state and say that the sums are those of the parts.

use crate::{authors::Earning, *};
use alloc::vec::Vec;
use frame_support::ensure;
use sp_runtime::{ArithmeticError, TryRuntimeError};
use tributary_primitives::{
    assets::{Payee, Pool},
    ledger, Balance, Perbill,
};

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::rates_are_within_their_bounds()?;
        Self::the_pot_holds_what_it_owes()?;
        Self::received_is_held_or_paid()?;
        Self::each_role_has_what_it_was_given()?;
        Self::claimable_balances_sum_up()?;
        Self::models_hold_what_they_have_not_paid()?;
        Self::pools_hold_what_they_have_not_paid()?;
        Self::proven_weights_fit_their_pools()?;
        Self::pools_leave_out_what_is_excluded()?;
        Self::budgets_sum_up()?;
        Self::awards_sum_up()?;
        Self::authors_share_everything()?;
        Self::ledgers_are_complete()?;
        Self::pools_follow_each_other()
    }

    /// What governance has set is within its bounds.
    fn rates_are_within_their_bounds() -> Result<(), TryRuntimeError> {
        ensure!(
            Rates::<T>::get().is_none_or(|rates| {
                rates.protocol_fee <= MAX_PROTOCOL_FEE && rates.host_max <= MAX_HOST_SHARE
            }),
            "a rate is above its bound"
        );
        Ok(())
    }

    /// The pot's free balance is its existential deposit, all that it owes, and a surplus that is not negative.
    fn the_pot_holds_what_it_owes() -> Result<(), TryRuntimeError> {
        Self::surplus(&PotTotals::<T>::get())
            .map(|_| ())
            .map_err(|_| {
                TryRuntimeError::Other(
                    "the pot holds less than it owes and its existential deposit",
                )
            })
    }

    /// All that was ever received is held (in models, pools, budgets, awards, for accounts, as fees), was paid out, or burnt.
    fn received_is_held_or_paid() -> Result<(), TryRuntimeError> {
        let totals = PotTotals::<T>::get();
        let received = sum([totals.gross, totals.sponsored])?;
        let accounted = sum([
            totals.held.total()?,
            totals.withdrawn,
            totals.swept,
            totals.burnt,
        ])?;
        ensure!(
            received == accounted,
            "what was received is neither held nor paid out nor burnt"
        );
        Ok(())
    }

    /// What accounts were credited they can claim or have withdrawn; fees wait or were swept; sponsors' money is in budgets, vests, or
    /// was awarded, refunded or burnt.
    fn each_role_has_what_it_was_given() -> Result<(), TryRuntimeError> {
        let totals = PotTotals::<T>::get();
        ensure!(
            totals.earned.total()? == sum([totals.held.claimable, totals.withdrawn])?,
            "what was earned is neither claimable nor withdrawn"
        );
        ensure!(
            totals.fees == sum([totals.held.fees, totals.swept])?,
            "fees are neither waiting nor swept"
        );
        let sponsors = sum([
            totals.held.budgets,
            totals.held.vesting,
            totals.earned.awards,
            totals.earned.refunds,
            totals.burnt,
        ])?;
        ensure!(
            totals.sponsored == sponsors,
            "sponsors' money is neither in budgets nor vests nor was awarded, refunded or burnt"
        );
        Ok(())
    }

    /// Claimable balances of accounts sum to the total, and none is kept at zero.
    fn claimable_balances_sum_up() -> Result<(), TryRuntimeError> {
        let mut claimable = 0;
        for amount in Claimable::<T>::iter_values() {
            ensure!(amount > 0, "a claimable balance of zero is kept");
            increase(&mut claimable, amount)?;
        }
        ensure!(
            claimable == PotTotals::<T>::get().held.claimable,
            "claimable balances do not sum to their total"
        );
        Ok(())
    }

    /// What a model received, less the royalties and team shares that it has paid, is what it holds, and is not negative; no payee was paid
    /// more than is due, no team more than is free; together they hold the total; what they have paid as royalties is what payees received as
    /// such.
    fn models_hold_what_they_have_not_paid() -> Result<(), TryRuntimeError> {
        let (mut held, mut gross, mut paid, mut received) = (0, 0, 0, 0);
        for (model, account) in ModelAccounts::<T>::iter() {
            let split = Splits::<T>::get(model).ok_or("a model's account has no split")?;
            let inflow = account.takings.inflow();
            let due = split.due(&inflow, &Self::marks(&account))?;
            let entries = split.royalties().entries().iter();
            ensure!(
                entries
                    .zip(&due.royalties)
                    .all(|(entry, owed)| entry.paid <= *owed),
                "a royalty was paid of which less is due"
            );
            let parts = sum([
                sum(due.royalties)?,
                split.royalties().dropped(),
                sum(due.team.iter().copied())?,
                sum(due.former.iter().copied())?,
                split.closed(),
                due.waiting,
                due.carried,
            ])?;
            ensure!(
                parts == inflow.total()?,
                "what a model received is not what is due to somebody, waits or is carried"
            );
            let shared = split.shared()?;
            let within = |shared: Vec<Balance>, due: Vec<Balance>| {
                shared.iter().zip(&due).all(|(shared, due)| shared <= due)
            };
            ensure!(
                within(shared.team, due.team) && within(shared.former, due.former),
                "a team was paid more than is free"
            );
            let parts = account.takings.net.checked_add(account.takings.hosts);
            ensure!(
                parts.is_some_and(|parts| parts <= account.takings.gross),
                "a model's net and hosts are more than its gross"
            );
            increase(&mut held, Self::held_by_model(&split, &account)?)?;
            increase(&mut gross, account.takings.gross)?;
            increase(&mut paid, split.paid_royalties()?)?;
            increase(&mut received, account.takings.royalties)?;
        }
        for account in PoolAccounts::<T>::iter_values() {
            increase(&mut gross, account.takings.gross)?;
            increase(&mut received, account.takings.royalties)?;
        }
        let totals = PotTotals::<T>::get();
        ensure!(
            held == totals.held.models,
            "what models hold does not sum to its total"
        );
        ensure!(
            gross == totals.gross,
            "what was paid for assets does not sum to its total"
        );
        ensure!(
            paid == received,
            "royalties paid are not the royalties received"
        );
        Ok(())
    }

    /// Each pool has received at least what its crew was paid for; what it received, less crew and claims, is what it holds and is
    /// not negative; contributions were not paid more than their part; together pools hold the total.
    fn pools_hold_what_they_have_not_paid() -> Result<(), TryRuntimeError> {
        let mut held = 0;
        for (pool, account) in PoolAccounts::<T>::iter() {
            let terms = Pools::<T>::get(pool).ok_or("a pool's account has no terms")?;
            let received = account.takings.inflow().total()?;
            ensure!(
                account.settled <= received,
                "a pool's crew was paid for more than the pool received"
            );
            ensure!(
                account.claimed <= ledger::contributors_part(&terms.crew, received)?,
                "contributions were paid more than their part of a pool"
            );
            increase(&mut held, Self::held_by_pool(&terms, &account)?)?;
        }
        ensure!(
            held == PotTotals::<T>::get().held.pools,
            "what pools hold does not sum to its total"
        );
        Ok(())
    }

    /// Proven weights of a pool sum to the weight that earns at the most; none was paid more than it has earned; what they were paid is what the
    /// pool says was claimed.
    fn proven_weights_fit_their_pools() -> Result<(), TryRuntimeError> {
        for (pool, account) in PoolAccounts::<T>::iter() {
            let terms = Pools::<T>::get(pool).ok_or("a pool's account has no terms")?;
            let (mut weight, mut paid): (u128, Balance) = (0, 0);
            for (contribution, proven) in Proven::<T>::iter_prefix(pool) {
                weight = weight
                    .checked_add(proven.weight)
                    .ok_or(ArithmeticError::Overflow)?;
                let earning = Earning::so_far(proven.paid);
                let credited = Self::credited_of(pool.datanet, contribution, earning)?;
                increase(&mut paid, credited)?;
                ensure!(
                    proven.paid <= Self::earned_by(pool, proven.weight)?,
                    "a contribution was paid more than it has earned"
                );
            }
            ensure!(
                weight <= terms.weight,
                "proven weights are more than those that earn"
            );
            ensure!(
                paid == account.claimed,
                "what contributions were paid is not what the pool says"
            );
        }
        for (pool, _) in Proven::<T>::iter_keys() {
            ensure!(
                PoolAccounts::<T>::contains_key(pool),
                "a weight is proven in a pool without account"
            );
        }
        Ok(())
    }

    /// The weight that earns in a pool is that of its tree less those of the contributions that are excluded from it, none of which has
    /// proven its weight there.
    fn pools_leave_out_what_is_excluded() -> Result<(), TryRuntimeError> {
        for (pool, terms) in Pools::<T>::iter() {
            let mut weight = terms.weight;
            for (number, exclusion) in Exclusions::<T>::iter_prefix(pool.datanet) {
                if pool.round < exclusion.since {
                    continue;
                }
                weight = weight
                    .checked_add(exclusion.weight)
                    .ok_or(ArithmeticError::Overflow)?;
                ensure!(
                    !Proven::<T>::contains_key(pool, number),
                    "an excluded contribution has proven its weight"
                );
            }
            ensure!(
                weight == terms.root.sum,
                "what earns and what is excluded is not the weight of a pool's tree"
            );
        }
        Ok(())
    }

    /// What is left of budgets sums to the total.
    fn budgets_sum_up() -> Result<(), TryRuntimeError> {
        let left = sum(Budgets::<T>::iter_values().map(|budget| budget.left))?;
        ensure!(
            left == PotTotals::<T>::get().held.budgets,
            "budgets do not sum to their total"
        );
        Ok(())
    }

    /// What is left of awards sums to the total; none without authors was paid less than what it had at once, and none more than has
    /// vested.
    fn awards_sum_up() -> Result<(), TryRuntimeError> {
        let mut vesting = 0;
        for (pool, contribution, award) in Awards::<T>::iter() {
            let terms = Pools::<T>::get(pool).ok_or("an award is of a round without pool")?;
            let at_once = terms.vesting.vested(award.amount, 0)?;
            ensure!(
                Payees::<T>::contains_key(pool.datanet, contribution)
                    || at_once < award.amount && at_once <= award.paid,
                "an award is kept of which nothing vests, or was not paid at once"
            );
            ensure!(
                award.paid <= Self::vested(pool, &award)?,
                "an award was paid before it vested"
            );
            let mut left = award.amount;
            let credited = Self::credited_of(pool.datanet, contribution, award.earning())?;
            decrease(&mut left, credited)?;
            increase(&mut vesting, left)?;
        }
        ensure!(
            vesting == PotTotals::<T>::get().held.vesting,
            "what vests does not sum to its total"
        );
        Ok(())
    }

    /// Authors are at least one, and their parts sum to one.
    fn authors_share_everything() -> Result<(), TryRuntimeError> {
        for authors in Payees::<T>::iter_values() {
            let parts: u64 = authors
                .iter()
                .map(|author| u64::from(author.part.deconstruct()))
                .sum();
            ensure!(
                parts == u64::from(Perbill::one().deconstruct()),
                "authors of a contribution do not share all of it"
            );
        }
        Ok(())
    }

    /// A model has an account if and only if it has a split, and owes only to other models and to pools that have accounts.
    fn ledgers_are_complete() -> Result<(), TryRuntimeError> {
        for (model, split) in Splits::<T>::iter() {
            ensure!(
                ModelAccounts::<T>::contains_key(model),
                "a model's split has no account"
            );
            ensure!(!split.team().members.is_empty(), "a model has no team");
            for entry in split.royalties().entries() {
                let earns = match entry.payee {
                    Payee::Model(parent) => {
                        parent != model && ModelAccounts::<T>::contains_key(parent)
                    }
                    Payee::Pool(pool) => PoolAccounts::<T>::contains_key(pool),
                };
                ensure!(earns, "a royalty is owed to nobody");
            }
        }
        Ok(())
    }

    /// A pool has an account if and only if some of its weight earns; a datanet's pools are counted from 1, and the last one is its last; what is
    /// paid for one is its own or the last one's before it that has an account.
    fn pools_follow_each_other() -> Result<(), TryRuntimeError> {
        for (pool, terms) in Pools::<T>::iter() {
            ensure!(
                PoolAccounts::<T>::contains_key(pool) == (terms.weight > 0),
                "a pool has weight and no account, or an account and no weight"
            );
            ensure!(
                LastPool::<T>::get(pool.datanet).is_some_and(|last| pool.round <= last),
                "a pool is later than its datanet's last"
            );
        }
        for (datanet, round) in LastPool::<T>::iter() {
            let last = Pools::<T>::get(Pool { datanet, round })
                .ok_or("a datanet's last pool does not exist")?;
            let mut opened: Vec<_> = Pools::<T>::iter()
                .filter(|(pool, _)| pool.datanet == datanet)
                .map(|(pool, terms)| (pool.round, terms))
                .collect();
            opened.sort_unstable_by_key(|(round, _)| *round);
            ensure!(
                opened
                    .iter()
                    .map(|(_, terms)| terms.ordinal)
                    .eq(1..=last.ordinal)
                    && opened
                        .windows(2)
                        .all(|pair| pair[0].1.opened <= pair[1].1.opened),
                "a datanet's pools are not counted in the order in which they opened"
            );
            let mut earning = None;
            for (round, terms) in opened {
                if terms.weight > 0 {
                    earning = Some(round);
                }
                ensure!(
                    terms.earning == earning,
                    "what is paid for a pool goes to another one than the last that earns"
                );
            }
        }
        Ok(())
    }
}
