use super::{difference, part, sum};
use crate::Balance;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::ArithmeticError;

/// Where a model stood at a boundary between two periods.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Mark {
    /// What it had received for itself.
    pub net: Balance,
    /// What its teams had kept of that, where royalties have changed since; otherwise it follows from the royalties.
    pub kept: Option<Balance>,
}

/// Where a model stood at the last two boundaries. Half of what its team keeps waits from the older one on, so that a parent who was left
/// out finds something.
///
/// Written by the first payment of a period: whoever reads later rolls them on, and does not depend on when anybody settled.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Marks {
    /// The period that the newer boundary began.
    pub period: u32,
    /// At the beginning of the period before.
    pub older: Mark,
    /// At the beginning of the period.
    pub newer: Mark,
}

impl Marks {
    /// The marks in `period`, when the model has received `net` for itself, nothing of it since they were written.
    pub fn at(&self, period: u32, net: Balance) -> Self {
        let now = Mark { net, kept: None };
        match period.saturating_sub(self.period) {
            0 => *self,
            1 => Self {
                period,
                older: self.newer,
                newer: now,
            },
            _ => Self {
                period,
                older: now,
                newer: now,
            },
        }
    }
}

/// What teams had kept at the last two boundaries, and what they have kept now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Kept {
    /// At the older boundary.
    pub older: Balance,
    /// At the newer one.
    pub newer: Balance,
    /// Now.
    pub now: Balance,
}

/// What was set aside of what a team has kept, and how that moved the newer boundary.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Aside {
    /// In which period.
    pub period: u32,
    /// For how many royalties.
    pub entries: u8,
    /// How much.
    pub amount: Balance,
    /// How much more was kept at the newer boundary from then on.
    pub newer_rose: Balance,
    /// How much less.
    pub newer_fell: Balance,
}

impl Kept {
    /// The same, beginning at `start`: what a team that began then has kept.
    pub fn since(&self, start: Balance) -> Result<Self, ArithmeticError> {
        let since = |kept: Balance| difference(kept.max(start), start);
        Ok(Self {
            older: since(self.older)?,
            newer: since(self.newer)?,
            now: since(self.now)?,
        })
    }

    /// What is free: all up to the older boundary, and half of the rest, rounded down.
    pub fn free(&self) -> Result<Balance, ArithmeticError> {
        Self::half(self.older, self.now)
    }

    /// What will be free after the next boundary, whatever comes in until then.
    pub fn free_next(&self) -> Result<Balance, ArithmeticError> {
        Self::half(self.newer, self.now)
    }

    /// What can be taken of what waits, so that nothing is taken back of what is free: half of what came since the older boundary, rounded
    /// down.
    pub fn takeable(&self) -> Result<Balance, ArithmeticError> {
        Ok(difference(self.now, self.older)? / 2)
    }

    fn half(from: Balance, to: Balance) -> Result<Balance, ArithmeticError> {
        sum(from, difference(to, from)? / 2)
    }

    /// What is left when `amount` is taken of what waits: as much stays free, and both periods bear it, in proportion. Else what is taken for the older one
    /// left less of the newer one once that is all that waits.
    pub fn less(&self, amount: Balance) -> Result<Self, ArithmeticError> {
        let borne = part(
            amount,
            difference(self.newer, self.older)?,
            difference(self.now, self.older)?,
        )?;
        let older = sum(self.older, amount)?;
        let now = difference(self.now, amount)?;
        // Not above the other, as no more is taken than `takeable`.
        let newer = difference(self.newer, borne)?.max(older).min(now);
        Ok(Self { older, newer, now })
    }

    /// The same with the boundaries as they would have been without [`Kept::less`] in the period `aside.period`, seen in another one, once
    /// what was set aside has come back.
    pub fn without(&self, aside: &Aside, period: u32) -> Result<Self, ArithmeticError> {
        let then_newer = |kept: Balance| {
            let kept = sum(kept, aside.newer_fell)?;
            difference(kept, aside.newer_rose)
        };
        let (older, newer) = match period.saturating_sub(aside.period) {
            0 => (
                difference(self.older, aside.amount)?,
                then_newer(self.newer)?,
            ),
            // What was the newer boundary is the older one.
            1 => (then_newer(self.older)?, sum(self.newer, aside.amount)?),
            _ => (
                sum(self.older, aside.amount)?,
                sum(self.newer, aside.amount)?,
            ),
        };
        Ok(Self {
            older,
            newer,
            ..*self
        })
    }
}
