use super::{
    difference,
    escrow::{Aside, Kept, Mark, Marks},
    part,
    royalties::{DueRoyalties, Ground, RebaseError, Rebased, RoyaltyPayments},
    shares::{shares_of, team_shares},
    sum, Inflow, Royalties,
};
use crate::{
    assets::{Asset, LateRoyalties, RoyaltyStack, Share, Team},
    Balance,
};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::ArithmeticError;

/// Those who share what royalties leave of what a model receives, since they became its team.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Tenure<AccountId> {
    /// Who shares it: at least one, parts that sum to one.
    pub members: Team<AccountId>,
    /// What had been kept of the model's own net when they began.
    pub kept: Balance,
    /// What had come in as royalties when they began.
    pub royalties: Balance,
    /// What the model had received for itself when they began.
    pub net: Balance,
    /// What of theirs has been shared out: credited, but for what rounding holds back.
    pub shared: Balance,
}

/// A team that was replaced, and of which something still waits.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Former<AccountId> {
    /// Who shares it.
    pub members: Team<AccountId>,
    /// The period in which they were replaced.
    pub period: u32,
    /// What was free by then.
    pub free: Balance,
    /// What is free besides from the next period on.
    pub next: Balance,
    /// What is free besides from the period after that on.
    pub last: Balance,
    /// What of all this has been shared out.
    pub shared: Balance,
}

impl<AccountId> Former<AccountId> {
    /// What is free in a period, and what waits for the next one and the last one.
    fn at(&self, period: u32) -> Result<(Balance, Balance, Balance), ArithmeticError> {
        Ok(match period.saturating_sub(self.period) {
            0 => (self.free, self.next, self.last),
            1 => (sum(self.free, self.next)?, 0, self.last),
            _ => (sum(sum(self.free, self.next)?, self.last)?, 0, 0),
        })
    }
}

/// How all that a model receives is divided: royalties first, the rest among its team.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Split<AccountId> {
    /// What it owes.
    royalties: Royalties,
    /// Who shares the rest.
    team: Tenure<AccountId>,
    /// Who shared it before, while something of theirs waits.
    former: Option<Former<AccountId>>,
    /// What teams have had of which nothing waits any more.
    closed: Balance,
    /// Whether half of what the team keeps of the model's own net waits.
    waits: bool,
    /// What was set aside of what waited, while something is claimed.
    aside: Option<Aside>,
}

/// Who has what of all that a model has received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DueSplit {
    /// Owed to the payees, in the order of the entries.
    pub royalties: Vec<Balance>,
    /// The team's since it began, in its order, as far as it is free.
    pub team: Vec<Balance>,
    /// What each of them has besides once all of it is free.
    pub team_waiting: Vec<Balance>,
    /// The former team's, in its order, as far as it is free.
    pub former: Vec<Balance>,
    /// What each of them has besides once all of it is free.
    pub former_waiting: Vec<Balance>,
    /// All that waits.
    pub waiting: Balance,
    /// Nobody's yet: what rounding holds back until more is received.
    pub carried: Balance,
}

/// Where a model and its present team stand.
struct Position {
    /// Who has what of its own net.
    royalties: DueRoyalties,
    /// What the team has kept of that since it began.
    kept: Kept,
    /// What has come in as royalties since the team began.
    fresh: Balance,
    /// What of both the team may have.
    free: Balance,
    /// Both.
    all: Balance,
}

/// What members of teams have been credited.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shared {
    /// Those of the team, since it began.
    pub team: Vec<Balance>,
    /// Those of the former team.
    pub former: Vec<Balance>,
}

/// What is to be paid.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Payments<AccountId> {
    /// To the payees of royalties.
    pub royalties: RoyaltyPayments,
    /// To members of teams.
    pub members: Vec<(AccountId, Balance)>,
    /// Whether the split changed, which it may have though nobody gets a whole unit.
    pub changed: bool,
}

/// Why a team cannot be replaced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AmendError {
    /// Something of the team before still waits.
    FormerTeamWaits,
    /// Something is claimed: what is set aside comes back to the team from which it was taken, if it does.
    Claimed,
    /// An amount does not fit.
    Arithmetic(ArithmeticError),
}

impl From<ArithmeticError> for AmendError {
    fn from(error: ArithmeticError) -> Self {
        Self::Arithmetic(error)
    }
}

impl<AccountId: Clone> Split<AccountId> {
    /// A split from the very first unit on.
    pub fn new(royalties: Royalties, team: Team<AccountId>) -> Self {
        Self {
            royalties,
            team: Tenure {
                members: team,
                kept: 0,
                royalties: 0,
                net: 0,
                shared: 0,
            },
            former: None,
            closed: 0,
            waits: true,
            aside: None,
        }
    }

    /// What it owes.
    pub fn royalties(&self) -> &Royalties {
        &self.royalties
    }

    /// Who shares the rest.
    pub fn team(&self) -> &Tenure<AccountId> {
        &self.team
    }

    /// Who shared the rest before, while something of theirs waits.
    pub fn former(&self) -> Option<&Former<AccountId>> {
        self.former.as_ref()
    }

    /// Whether half of what the team keeps of the model's own net waits.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// Whether something is claimed that is not decided.
    pub fn is_claimed(&self) -> bool {
        self.aside.is_some()
    }

    /// What has been paid since the beginning, to payees of royalties.
    pub fn paid_royalties(&self) -> Result<Balance, ArithmeticError> {
        self.royalties.paid()
    }

    /// What teams have had of which nothing waits any more.
    pub fn closed(&self) -> Balance {
        self.closed
    }

    /// What members of the team and of the former one have been credited, in their order.
    pub fn shared(&self) -> Result<Shared, ArithmeticError> {
        let former = match &self.former {
            Some(former) => team_shares(&former.members, former.shared)?,
            None => Vec::new(),
        };
        Ok(Shared {
            team: team_shares(&self.team.members, self.team.shared)?,
            former,
        })
    }

    /// What has been credited since the beginning, to members of teams.
    pub fn paid_teams(&self) -> Result<Balance, ArithmeticError> {
        let shared = self.shared()?;
        shared
            .team
            .into_iter()
            .chain(shared.former)
            .try_fold(self.closed, sum)
    }

    /// Who has what of `inflow`; `marks` are those of the period.
    pub fn due(&self, inflow: &Inflow, marks: &Marks) -> Result<DueSplit, ArithmeticError> {
        let position = self.position(inflow, marks)?;
        let due = position.royalties;
        let (mut waiting, mut carried) = (0, due.carried);
        let mut divide = |members: &Team<AccountId>, free, all, ends| {
            let shares = shares_of(members, free, ends && free == all)?;
            let mut left = all;
            let mut later = Vec::with_capacity(shares.len());
            for (share, whole) in shares.iter().zip(shares_of(members, all, ends)?) {
                let wait = difference(whole, *share)?;
                left = difference(left, whole)?;
                waiting = sum(waiting, wait)?;
                later.push(wait);
            }
            carried = sum(carried, left)?;
            Ok::<_, ArithmeticError>((shares, later))
        };
        let (team, team_waiting) = divide(&self.team.members, position.free, position.all, false)?;
        let (former, former_waiting) = match &self.former {
            None => Default::default(),
            Some(former) => {
                let (free, next, last) = former.at(marks.period)?;
                let all = sum(free, sum(next, last)?)?;
                divide(&former.members, free, all, true)?
            }
        };
        Ok(DueSplit {
            royalties: due.owed,
            team,
            team_waiting,
            former,
            former_waiting,
            waiting,
            carried,
        })
    }

    /// Notes that everything due of `inflow` is paid, and says what that is.
    pub fn settle(
        &mut self,
        inflow: &Inflow,
        marks: &Marks,
    ) -> Result<Payments<AccountId>, ArithmeticError> {
        let Position {
            royalties: due,
            free,
            ..
        } = self.position(inflow, marks)?;
        let royalties = self.royalties.pay(&due.owed)?;

        let mut members = Vec::new();
        let team = &mut self.team;
        let mut changed = !royalties.is_empty() || team.shared != free;
        increases(&mut members, &team.members, team.shared, free, false)?;
        team.shared = free;
        if let Some(former) = &mut self.former {
            let (free, next, last) = former.at(marks.period)?;
            let all = next == 0 && last == 0;
            increases(&mut members, &former.members, former.shared, free, all)?;
            changed |= all || former.shared != free;
            former.shared = free;
            if all {
                self.closed = sum(self.closed, free)?;
                self.former = None;
            }
        }
        Ok(Payments {
            royalties,
            members,
            changed,
        })
    }

    /// Goes on with another team once everything due of `inflow` has been paid. What waits of the old one's is still theirs; if nothing does,
    /// says what rounding held back from them: their last member's.
    pub fn amend(
        &mut self,
        inflow: &Inflow,
        marks: &Marks,
        team: Team<AccountId>,
    ) -> Result<Option<(AccountId, Balance)>, AmendError> {
        if self.former.is_some() {
            return Err(AmendError::FormerTeamWaits);
        }
        if self.aside.is_some() {
            return Err(AmendError::Claimed);
        }
        let Position {
            royalties: due,
            kept,
            fresh,
            all,
            ..
        } = self.position(inflow, marks)?;
        let next_team = Tenure {
            members: team,
            kept: due.kept,
            royalties: inflow.royalties,
            net: inflow.net,
            shared: 0,
        };
        let old = core::mem::replace(&mut self.team, next_team);
        let next_free = match self.waits {
            true => sum(kept.free_next()?, fresh)?,
            false => all,
        };
        let (next, last) = (
            difference(next_free, old.shared)?,
            difference(all, next_free)?,
        );
        if next == 0 && last == 0 {
            self.closed = sum(self.closed, all)?;
            let mut left = all;
            for share in team_shares(&old.members, all)? {
                left = difference(left, share)?;
            }
            return Ok(old
                .members
                .last()
                .map(|member| (member.account.clone(), left)));
        }
        self.former = Some(Former {
            members: old.members,
            period: marks.period,
            free: old.shared,
            next,
            last,
            shared: old.shared,
        });
        Ok(None)
    }

    /// Goes on with other royalties once everything payable of what was received has been paid. See [`Royalties::rebase`].
    pub fn rebase(
        &mut self,
        received: Balance,
        marks: &mut Marks,
        stack: &RoyaltyStack,
        late: &LateRoyalties,
    ) -> Result<(), RebaseError> {
        let rebased = self.royalties.rebase(received, stack, late)?;
        self.go_on(received, marks, rebased)?;
        Ok(())
    }

    /// The same where the model's owner has come to name what was left out: those who are new have half of what a claim would set aside for them,
    /// of what came in since the team began. Says how much that is.
    ///
    /// As much waits then as if all that is owed had been named in time: else an owner could empty it with parents of its own. Where that and their half
    /// are more than waits by more than `forgiven`, as where data was topped up meanwhile, nothing is named: it could not be paid for.
    pub fn rebase_from_what_waits(
        &mut self,
        received: Balance,
        marks: &mut Marks,
        stack: &RoyaltyStack,
        late: &LateRoyalties,
        forgiven: Balance,
    ) -> Result<Balance, RebaseError> {
        let before = self.royalties.clone();
        let rebased = self.royalties.rebase(received, stack, late)?;
        let kept = self.go_on(received, marks, rebased)?;
        let (amount, _) = self.set_aside(received, marks, &before, &kept, Some(forgiven))?;
        Ok(amount)
    }

    /// Goes on without what is claimed, once everything payable has been paid. Says what comes back to the team.
    ///
    /// If nothing of what was claimed is owed, what was set aside waits as it would have; all else that comes back counts as what comes in now.
    pub fn close_claim(
        &mut self,
        received: Balance,
        marks: &mut Marks,
    ) -> Result<Balance, RebaseError> {
        let Some(aside) = self.aside.take() else {
            return Ok(0);
        };
        let claimed = self.royalties.entries().iter();
        let claimed = claimed.filter(|entry| entry.ground == Ground::Claimed);
        let nothing_is_owed = claimed.count() == usize::from(aside.entries);
        let rebased = self.royalties.without_claimed(received)?;
        let returned = rebased.returned;
        let kept = self.go_on(received, marks, rebased)?;
        if nothing_is_owed {
            self.mark(marks, &kept.without(&aside, marks.period)?)?;
        }
        Ok(returned)
    }

    /// Goes on with what is claimed besides, once everything payable has been paid, and sets aside for it what waits: to each what it would
    /// have had since the older boundary, or since it was last owed if that was later; less in proportion if less waits. Says how much that is.
    pub fn claim(
        &mut self,
        received: Balance,
        marks: &mut Marks,
        claimed: &LateRoyalties,
    ) -> Result<Balance, RebaseError> {
        let before = self.royalties.clone();
        let rebased = self.royalties.with_claimed(received, claimed)?;
        let kept = self.go_on(received, marks, rebased)?;
        let (taken, less) = self.set_aside(received, marks, &before, &kept, None)?;
        self.aside = Some(Aside {
            period: marks.period,
            // There are eight places.
            entries: claimed.len() as u8,
            amount: taken,
            newer_rose: difference(less.newer.max(kept.newer), kept.newer)?,
            newer_fell: difference(less.newer.max(kept.newer), less.newer)?,
        });
        Ok(taken)
    }

    /// Freezes or unfreezes what is owed for an asset, once everything payable of what was received has been paid. Says whether anything changed.
    pub fn set_frozen(&mut self, received: Balance, asset: Asset, frozen: bool) -> bool {
        self.royalties.set_frozen(received, asset, frozen)
    }

    /// Nothing waits any more.
    pub fn release(&mut self) -> Result<(), ArithmeticError> {
        self.waits = false;
        if let Some(former) = &mut self.former {
            former.free = sum(former.free, sum(former.next, former.last)?)?;
            former.next = 0;
            former.last = 0;
        }
        Ok(())
    }

    /// Half of what the team keeps waits again, of what comes in from now on, once everything payable of what was received has been paid.
    pub fn resume(&mut self, received: Balance, marks: &mut Marks) -> Result<(), ArithmeticError> {
        if self.waits {
            return Ok(());
        }
        self.waits = true;
        // All of it is free, and was paid.
        let mark = Mark {
            net: received,
            kept: Some(self.royalties.due(received)?.kept),
        };
        (marks.older, marks.newer) = (mark, mark);
        Ok(())
    }

    /// Where everything stands once the model has received `inflow`.
    fn position(&self, inflow: &Inflow, marks: &Marks) -> Result<Position, ArithmeticError> {
        let royalties = self.royalties.due(inflow.net)?;
        let kept = self.kept(royalties.kept, marks)?.since(self.team.kept)?;
        let fresh = difference(inflow.royalties, self.team.royalties)?;
        let own = match self.waits {
            true => kept.free()?,
            false => kept.now,
        };
        Ok(Position {
            royalties,
            kept,
            fresh,
            free: sum(own, fresh)?,
            all: sum(kept.now, fresh)?,
        })
    }

    /// What all teams have kept at the boundaries, and now.
    fn kept(&self, now: Balance, marks: &Marks) -> Result<Kept, ArithmeticError> {
        let at = |mark: &Mark| match mark.kept {
            Some(kept) => Ok(kept),
            None => self.royalties.due(mark.net).map(|due| due.kept),
        };
        Ok(Kept {
            older: at(&marks.older)?,
            newer: at(&marks.newer)?,
            now,
        })
    }

    /// Goes on with other royalties. What comes back counts as what comes in now. Says what the present team has kept since it began.
    fn go_on(
        &mut self,
        received: Balance,
        marks: &mut Marks,
        rebased: Rebased,
    ) -> Result<Kept, ArithmeticError> {
        // With what comes back, and what rounding held back.
        let now = rebased.royalties.due(received)?.kept;
        let kept = self.kept(now, marks)?.since(self.team.kept)?;
        self.royalties = rebased.royalties;
        self.mark(marks, &kept)?;
        Ok(kept)
    }

    /// Sets aside of what waits for those who were owed nothing `before`: to each what it would have had since the older boundary, or since it
    /// was last owed if that was later; less in proportion if less waits. If the owner has named them (`named`: how little may be missing), half
    /// of that, only what is the present team's to bear, and leaving what would wait had all been named in time. Says how much that is, and
    /// what the team has kept then.
    fn set_aside(
        &mut self,
        received: Balance,
        marks: &mut Marks,
        before: &Royalties,
        kept: &Kept,
        named: Option<Balance>,
    ) -> Result<(Balance, Kept), RebaseError> {
        let (since, stays, divisor) = match named {
            Some(_) => {
                let since = marks.older.net.max(self.team.net);
                let came = difference(received, since)?;
                (since, self.royalties.would_wait(came), 2)
            }
            None => (marks.older.net, 0, 1),
        };
        let mut asked: Balance = 0;
        let mut amounts = Vec::with_capacity(self.royalties.entries().len());
        for entry in self.royalties.entries() {
            let asset = entry.payee.asset();
            let missed = match before.has(asset) {
                true => 0,
                false => difference(received, since.max(before.owed_until(asset)))?,
            };
            let amount = entry.rate.mul_floor(missed);
            let amount = entry.ceiling.map_or(amount, |ceiling| {
                amount.min(ceiling.saturating_sub(entry.carried))
            });
            let amount = amount / divisor;
            asked = sum(asked, amount)?;
            amounts.push(amount);
        }

        // What waits of a former team's is theirs: else the present team had it if a claim is not upheld.
        let most = match self.waits {
            // Less may wait already.
            true => asked.min(kept.takeable()?.saturating_sub(stays)),
            false => 0,
        };
        let missing = difference(asked, most)?;
        if self.waits && named.is_some_and(|forgiven| missing > forgiven) {
            return Err(RebaseError::WaitsTooLittle);
        }
        let mut taken: Balance = 0;
        for amount in &mut amounts {
            *amount = part(*amount, most, asked)?;
            taken = sum(taken, *amount)?;
        }
        self.royalties.set_aside(&amounts)?;
        let less = kept.less(taken)?;
        self.mark(marks, &less)?;
        Ok((taken, less))
    }

    /// Keeps in numbers what followed from royalties that have changed.
    fn mark(&self, marks: &mut Marks, kept: &Kept) -> Result<(), ArithmeticError> {
        marks.older.kept = Some(sum(self.team.kept, kept.older)?);
        marks.newer.kept = Some(sum(self.team.kept, kept.newer)?);
        Ok(())
    }
}

/// Adds what each member has more of `to` than of `from`.
fn increases<AccountId: Clone>(
    payments: &mut Vec<(AccountId, Balance)>,
    members: &[Share<AccountId>],
    from: Balance,
    to: Balance,
    all: bool,
) -> Result<(), ArithmeticError> {
    let had = team_shares(members, from)?;
    let have = shares_of(members, to, all)?;
    for (member, (had, have)) in members.iter().zip(had.into_iter().zip(have)) {
        let amount = difference(have, had)?;
        if amount > 0 {
            payments.push((member.account.clone(), amount));
        }
    }
    Ok(())
}
