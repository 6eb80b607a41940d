//! How sponsors' pay vests: the arithmetic against its formula in 256 bits, and what splitting a contribution changes of it.

use proptest::prelude::*;
use sp_core::U256;
use sp_runtime::Perbill;
use tributary_primitives::{
    assets::{Authors, Share},
    datanets::*,
    ledger::{author_shares, Vesting},
    Balance,
};

/// Amounts of a single unit, of everyday size, and all that there are.
fn amount() -> impl Strategy<Value = Balance> {
    prop_oneof![0..1_000u128, 0..10u128.pow(18), any::<Balance>()]
}

fn vesting() -> impl Strategy<Value = Vesting> {
    (0..=MAX_VESTING, 0..=MAX_PERIOD).prop_map(|(parts, blocks)| Vesting { parts, blocks })
}

/// Authors whose parts sum to one.
fn authors() -> impl Strategy<Value = Authors<u32>> {
    proptest::collection::vec(0..=1_000_000_000u32, 0..=15).prop_map(|mut cuts| {
        cuts.sort_unstable();
        cuts.push(1_000_000_000);
        let mut from = 0;
        let parts = cuts
            .into_iter()
            .map(|to| to - std::mem::replace(&mut from, to));
        let authors = parts.zip(0..).map(|(part, account)| Share {
            account,
            part: Perbill::from_parts(part),
        });
        Authors::truncate_from(authors.collect())
    })
}

const QUARTERS: Vesting = Vesting {
    parts: 4,
    blocks: 100,
};

proptest! {
    #[test]
    fn what_has_not_vested_is_the_formula_rounded_down(
        vesting in vesting(),
        amount in amount(),
        elapsed in 0..=MAX_VESTING,
    ) {
        let unvested = vesting.unvested(amount, elapsed).unwrap();
        if elapsed >= vesting.parts {
            prop_assert_eq!(unvested, 0);
        } else {
            let exact = U256::from(amount) * U256::from(vesting.parts - elapsed)
                / U256::from(2 * u32::from(vesting.parts));
            prop_assert_eq!(U256::from(unvested), exact);
        }
        prop_assert_eq!(vesting.vested(amount, elapsed).unwrap() + unvested, amount);
    }

    #[test]
    fn half_is_paid_at_once_and_all_with_the_last_part(vesting in vesting(), amount in amount()) {
        let at_once = vesting.vested(amount, 0).unwrap();
        let half = if vesting.parts == 0 { amount } else { amount - amount / 2 };
        prop_assert_eq!(at_once, half);
        prop_assert_eq!(vesting.vested(amount, vesting.parts).unwrap(), amount);
    }

    #[test]
    fn what_has_vested_never_falls(
        vesting in vesting(),
        amount in amount(),
        more in amount(),
        elapsed in 0..MAX_VESTING,
    ) {
        let vested = vesting.vested(amount, elapsed).unwrap();
        prop_assert!(vesting.vested(amount, elapsed + 1).unwrap() >= vested);
        prop_assert!(vesting.vested(amount.max(more), elapsed).unwrap() >= vested);
    }

    #[test]
    fn parts_differ_by_a_unit_at_the_most(vesting in vesting(), amount in amount()) {
        let mut parts = Vec::new();
        for elapsed in 0..vesting.parts {
            let vested = |elapsed| vesting.vested(amount, elapsed).unwrap();
            parts.push(vested(elapsed + 1) - vested(elapsed));
        }
        if let (Some(least), Some(most)) = (parts.iter().min(), parts.iter().max()) {
            prop_assert!(most - least <= 1);
        }
    }

    /// Each piece has less than a unit early, and in the end nothing more: the pieces' pay is what `pay.rs` of datanets says.
    #[test]
    fn splitting_a_contribution_brings_less_than_a_unit_a_piece_and_only_sooner(
        vesting in vesting(),
        pieces in proptest::collection::vec(0..1u128 << 120, 1..50),
        elapsed in 0..=MAX_VESTING,
    ) {
        let whole = vesting.vested(pieces.iter().sum(), elapsed).unwrap();
        let split: Balance = pieces
            .iter()
            .map(|piece| vesting.vested(*piece, elapsed).unwrap())
            .sum();
        prop_assert!(split >= whole);
        prop_assert!(split - whole < pieces.len() as u128);
        if elapsed >= vesting.parts {
            prop_assert_eq!(split, whole);
        }
    }

    #[test]
    fn claims_at_any_times_come_to_what_one_at_the_end_does(
        vesting in vesting(),
        amount in amount(),
        mut times in proptest::collection::vec((0..40u32, 0..4 * MAX_PERIOD), 1..20),
    ) {
        times.sort_unstable();
        let mut blocks = 0;
        let mut paid: Balance = 0;
        for (rounds, later) in &times {
            blocks = (*later).max(blocks);
            let vested = vesting.vested(amount, vesting.elapsed(*rounds, blocks)).unwrap();
            paid += vested - paid;
        }
        let (rounds, _) = times[times.len() - 1];
        prop_assert_eq!(paid, vesting.vested(amount, vesting.elapsed(rounds, blocks)).unwrap());
    }

    #[test]
    fn authors_have_their_parts_and_together_all_in_the_end(
        authors in authors(),
        amount in 0..u128::MAX / 2,
        more in 0..u128::MAX / 2,
    ) {
        let so_far = author_shares(&authors, amount, false).unwrap();
        let held_back = amount - so_far.iter().sum::<Balance>();
        prop_assert!(held_back < authors.len() as u128);
        for (author, share) in authors.iter().zip(&so_far).rev().skip(1) {
            prop_assert_eq!(*share, author.part.mul_floor(amount));
        }
        let end = author_shares(&authors, amount, true).unwrap();
        prop_assert_eq!(end.iter().sum::<Balance>(), amount);
        // Nobody's share ever falls.
        for later in [&end, &author_shares(&authors, amount + more, false).unwrap()] {
            prop_assert!(so_far.iter().zip(later).all(|(now, later)| now <= later));
        }
    }

    #[test]
    fn nothing_is_locked_for_longer_than_a_year_a_part(
        periods in proptest::array::uniform4(1..=MAX_PERIOD),
        parts in 0..=MAX_VESTING,
    ) {
        let [committing, delivering, revealing, window] = periods;
        let periods = Periods {
            committing, delivering, revealing, window, publishing: 1, challenging: 1,
        };
        let vesting = Vesting { parts, blocks: periods.round() };
        let years = u32::from(parts) * MAX_PERIOD;
        prop_assert_eq!(vesting.elapsed(0, years), parts);
    }
}

#[test]
fn a_part_vests_with_each_round_or_when_its_time_is_over_whichever_is_more() {
    for (rounds, blocks, parts) in [
        (0, 0, 0),
        (0, 99, 0),
        (0, 100, 1),
        (1, 99, 1),
        (1, 100, 1),
        (1, 200, 2),
        (3, 200, 3),
        (4, 0, 4),
        (5, 0, 4),
        (0, 399, 3),
        (0, 400, 4),
        (u32::MAX, u32::MAX, 4),
    ] {
        assert_eq!(QUARTERS.elapsed(rounds, blocks), parts, "{rounds} {blocks}");
    }
}

#[test]
fn the_remainder_comes_with_the_last_part() {
    let vested = |amount| [0, 1, 2, 3, 4].map(|elapsed| QUARTERS.vested(amount, elapsed).unwrap());
    assert_eq!(vested(0), [0; 5]);
    assert_eq!(vested(1), [1; 5]);
    assert_eq!(vested(2), [1, 2, 2, 2, 2]);
    assert_eq!(vested(3), [2, 2, 3, 3, 3]);
    assert_eq!(vested(8), [4, 5, 6, 7, 8]);
    assert_eq!(vested(15), [8, 10, 12, 14, 15]);
    assert_eq!(vested(Balance::MAX)[4], Balance::MAX);
}

#[test]
fn without_parts_or_blocks_nothing_waits() {
    let at_once = Vesting {
        parts: 0,
        blocks: 100,
    };
    assert_eq!(at_once.vested(7, at_once.elapsed(0, 0)), Ok(7));
    let timeless = Vesting {
        parts: 4,
        blocks: 0,
    };
    assert_eq!(timeless.vested(7, timeless.elapsed(0, 0)), Ok(7));
}
