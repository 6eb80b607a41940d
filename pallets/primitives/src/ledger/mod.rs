//! The arithmetic of money: what a payment is divided into, what each payee has earned so far, and what is left over.
//!
//! Every amount here is **cumulative**: a function of what has come in since the beginning and of nothing else, and it never
//! falls when more comes in. Who asked when, and how often, therefore changes nothing: paying the difference between what
//! is due now and what has been paid ends in the same balances, whatever the order.
//!
//! | what | cumulative amount | rounding |
//! |---|---|---|
//! | [`take`]: protocol fee | `fee x gross`, once a payment | down |
//! | [`take`]: host | `share x` what the fee leaves, once a payment | down |
//! | [`Royalties`]: entry i of a stack, with R received | `o_i = min(ceiling, carried + rate (R - base))` | each down |
//! | [`Royalties`]: what the team keeps of R | `R -` the sum of all `o_i` before rounding | up |
//! | [`Kept::free`]: what a team may have of what it has kept | all up to the older of the last two boundaries, half of the rest | down |
//! | [`Split`]: member j of a team that shares G | `part x G`; the last one what is beyond the others' parts before rounding | down; the last up |
//! | [`Split::claim`]: what is set aside for a claimed royalty | `rate x` what came since the older boundary, or since it was last owed, in proportion where less waits | down |
//! | [`Split::rebase_from_what_waits`]: what of that is a royalty's that is named | half | down |
//! | [`Kept::less`]: what of it the older period bears | in proportion to what waits of it | down |
//! | [`crew_shares`]: member of a pool's crew, with R received | `part x R` | down |
//! | [`contributors_part`]: contributors of that pool | what is beyond the crew's parts before rounding | up |
//! | [`author_shares`]: author of a contribution that has earned A | `part x A`; the last one what is beyond the others' parts before rounding, or after it once A is all | down; the last up |
//! | [`contribution_part`]: one of them, out of the contributors' C | `C weight / total` | down |
//! | [`Vesting`]: what of a sponsor's pay A has vested with k of V parts | `A -` what has not: `A (V - k) / 2V` | up |
//!
//! Whoever takes "the rest" takes what is beyond the *exact* parts of the others, rounded up, and not what their rounded parts
//! leave: that can fall when more comes in. (Two royalties of 30 %: of 3 units both get 0 and the rest is 3; of 4 units each
//! gets 1 and the rest is 2, of which 3 have been paid.) So a few units, fewer than there are payees, wait in the
//! ledger until a later payment moves them. They are counted as carried.

mod escrow;
mod royalties;
mod shares;
mod split;
mod taking;
mod vesting;

pub use escrow::{Aside, Kept, Mark, Marks};
pub use royalties::{
    top_up, DueRoyalties, Ground, PastPayee, RatesAboveOne, RebaseError, Rebased, Royalties,
    RoyaltyEntry, RoyaltyPayments, MAX_ENTRIES,
};
pub use shares::{author_shares, contribution_part, contributors_part, crew_shares, Inflow};
pub use split::{AmendError, DueSplit, Former, Payments, Shared, Split, Tenure};
pub use taking::{covers, take, Taking, TakingRates, MAX_HOST_SHARE, MAX_PROTOCOL_FEE};
pub use vesting::Vesting;

use crate::Balance;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
use sp_runtime::{ArithmeticError, Perbill};

/// Parts of a whole: the accuracy of [`Perbill`].
const BILLION: u32 = 1_000_000_000;

/// `a + b`, or an error.
fn sum(a: Balance, b: Balance) -> Result<Balance, ArithmeticError> {
    a.checked_add(b).ok_or(ArithmeticError::Overflow)
}

/// `a - b`, or an error.
fn difference(a: Balance, b: Balance) -> Result<Balance, ArithmeticError> {
    a.checked_sub(b).ok_or(ArithmeticError::Underflow)
}

/// `amount x part / whole`, rounded down; nothing of nothing.
fn part(amount: Balance, part: Balance, whole: Balance) -> Result<Balance, ArithmeticError> {
    if whole == 0 {
        return Ok(0);
    }
    multiply_by_rational_with_rounding(amount, part, whole, Rounding::Down)
        .ok_or(ArithmeticError::Overflow)
}

/// An amount with the billionths of a unit that rates and shares of amounts leave.
#[derive(Clone, Copy, Default)]
struct Exact {
    units: Balance,
    /// Less than a billion.
    billionths: u32,
}

impl Exact {
    /// `part` of `amount`. It is not above `amount`, so that nothing overflows.
    fn part_of(part: Perbill, amount: Balance) -> Self {
        let billion = Balance::from(BILLION);
        let part = Balance::from(part.deconstruct());
        // part <= 10^9 and amount % 10^9 < 10^9, so that the second product is below 2^60; the first is at most `amount`.
        let fraction = part * (amount % billion);
        Self {
            units: part * (amount / billion) + fraction / billion,
            billionths: (fraction % billion) as u32,
        }
    }

    /// `self + other`, or an error.
    fn plus(self, other: Self) -> Result<Self, ArithmeticError> {
        // Both are below 10^9, so that the sum is below 2^31.
        let billionths = self.billionths + other.billionths;
        let units = sum(self.units, other.units)?;
        Ok(Self {
            units: sum(units, Balance::from(billionths / BILLION))?,
            billionths: billionths % BILLION,
        })
    }
}
