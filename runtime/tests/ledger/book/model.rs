//! The ledger of a model: what it owes to others, what its team has, and what waits.

use super::{
    exact::{billionths, down, fraction, mean, part_of, shares, whole, ONE},
    Asset, Coin, Outcome, Payee, Royalty, Share, Who, MAX_LATE,
};
use sp_core::U256;
use std::collections::BTreeMap;

/// Why a model owes something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// It was registered with it, or its sources owe it.
    Stack,
    /// It was left out at first.
    Late,
    /// Somebody says so: it is set aside until that is decided.
    Claimed,
}

/// What a model owes for one asset.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) payee: Payee,
    /// The rate that the licence asks for, topped up for a pool of the stack.
    asked: u32,
    /// The rate that applies.
    pub(crate) rate: u32,
    ceiling: Option<Coin>,
    /// What had been owed when rates last changed.
    carried: Coin,
    pub(crate) paid: Coin,
    pub(crate) kind: Kind,
    /// What had come in when it was held back, if it is.
    pub(crate) frozen: Option<Coin>,
}

impl Entry {
    fn new(royalty: &Royalty, kind: Kind) -> Self {
        Self {
            payee: royalty.payee,
            asked: royalty.rate,
            rate: royalty.rate,
            ceiling: royalty.ceiling,
            carried: 0,
            paid: 0,
            kind,
            frozen: None,
        }
    }

    /// What it gains when so much more comes in, in billionths of a unit. A ceiling below what is owed already takes nothing back.
    fn gain(&self, more: Coin) -> U256 {
        let gain = part_of(self.rate, more);
        match self.ceiling {
            Some(ceiling) => gain.min(billionths(ceiling.saturating_sub(self.carried))),
            None => gain,
        }
    }

    fn owed(&self, more: Coin) -> Coin {
        self.carried + whole(self.gain(more))
    }
}

/// How things stood at a boundary between two periods.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    net: Coin,
    /// What royalties had left to all teams together.
    kept: Coin,
}

/// A team, and what it has had.
#[derive(Clone, Debug)]
struct Tenure {
    members: Vec<Share>,
    paid: Vec<Coin>,
}

impl Tenure {
    fn new(members: &[Share]) -> Self {
        Self {
            members: members.to_vec(),
            paid: vec![0; members.len()],
        }
    }

    /// What its members have of what all of them have together.
    fn shared(&self, amount: Coin) -> Vec<Coin> {
        let parts: Vec<u32> = self.members.iter().map(|share| share.part).collect();
        shares(&parts, amount)
    }

    /// What its members have more of `all` than of what is `free`.
    fn later(&self, free: Coin, all: Coin) -> Coin {
        self.shared(all).iter().sum::<Coin>() - self.shared(free).iter().sum::<Coin>()
    }

    /// Pays its members what is due when all of them together are due so much since the team began.
    fn pay(&mut self, due: Coin) -> Vec<(Who, Coin)> {
        let due = self.shared(due);
        let places = self.members.iter().zip(&mut self.paid).zip(due);
        places
            .map(|((share, paid), due)| (share.who, due - std::mem::replace(paid, due)))
            .collect()
    }

    /// What rounding held back of what was due is the last member's.
    fn close(&self, due: Coin) -> (Who, Coin) {
        let last = self.members.last().expect("a team has members");
        (last.who, due - self.paid.iter().sum::<Coin>())
    }
}

/// A team of before, of whose money some still waits.
#[derive(Clone, Debug)]
struct Former {
    tenure: Tenure,
    /// What is theirs.
    free: Coin,
    /// What is theirs from the next boundary on.
    next: Coin,
    /// What is theirs from the one after that on.
    last: Coin,
}

/// What is claimed and not decided, and how things would stand without it.
#[derive(Clone, Copy, Debug)]
struct Claim {
    /// For how many royalties.
    royalties: usize,
    /// When it was claimed.
    period: u32,
    /// What was set aside of what waited.
    aside: Coin,
    /// What royalties would have left to all teams at the older and at the newer boundary.
    older: Coin,
    newer: Coin,
}

/// What goes on to wait when an owner names somebody, and how little may be missing then.
#[derive(Clone, Copy)]
struct Half {
    stays: Coin,
    forgiven: Coin,
}

/// What one settlement pays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Payments {
    pub(crate) royalties: Vec<(Payee, Coin)>,
    pub(crate) members: Vec<(Who, Coin)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    /// What came in for itself since the beginning.
    pub(crate) net: Coin,
    /// What descendants paid since the beginning.
    pub(crate) royalties: Coin,
    /// What had come in for itself when rates last changed.
    base: Coin,
    /// What royalties had left to all teams when rates last changed.
    kept: Coin,
    pub(crate) entries: Vec<Entry>,
    /// What had come in when an asset was last owed something that it is not owed now, and what it was paid.
    ended: BTreeMap<Asset, (Coin, Coin)>,
    older: Mark,
    newer: Mark,
    /// Whether half of what royalties leave waits.
    pub(crate) waits: bool,
    team: Tenure,
    /// What royalties had left to all teams, and what descendants had paid, when the team began.
    begin: (Coin, Coin),
    /// What had come in for itself then.
    begin_net: Coin,
    former: Option<Former>,
    claim: Option<Claim>,
    /// All that was paid.
    paid: Coin,
}

impl Ledger {
    pub(crate) fn open(stack: &[Royalty], team: &[Share]) -> Outcome<Self> {
        check_rates(stack)?;
        let mut ledger = Self {
            net: 0,
            royalties: 0,
            base: 0,
            kept: 0,
            entries: topped_up(stack)
                .iter()
                .map(|royalty| Entry::new(royalty, Kind::Stack))
                .collect(),
            ended: BTreeMap::new(),
            older: Mark::default(),
            newer: Mark::default(),
            waits: true,
            team: Tenure::new(team),
            begin: (0, 0),
            begin_net: 0,
            former: None,
            claim: None,
            paid: 0,
        };
        ledger.cut();
        Ok(ledger)
    }

    /// What is in the ledger.
    pub(crate) fn held(&self) -> Coin {
        self.net + self.royalties - self.paid
    }

    /// What an entry is owed, paid or not.
    pub(crate) fn owed(&self, entry: &Entry) -> Coin {
        entry.owed(self.net - self.base)
    }

    /// What royalties have left to all teams together, rounded up.
    fn remainder(&self) -> Coin {
        let more = self.net - self.base;
        let gains = self.entries.iter().map(|entry| entry.gain(more));
        self.kept + more - whole(gains.fold(U256::zero(), |sum, gain| sum + gain))
    }

    /// What the team may have had when half of what royalties left after `boundary` waits.
    fn free_from(&self, boundary: Mark) -> Coin {
        let (kept, royalties) = self.begin;
        let remainder = self.remainder() - kept;
        let waited = boundary.kept.max(kept) - kept;
        let own = if self.waits {
            mean(remainder, waited)
        } else {
            remainder
        };
        own + self.royalties - royalties
    }

    /// What the team may have had.
    fn free(&self) -> Coin {
        self.free_from(self.older)
    }

    /// All that is the team's since it began, free or not.
    fn all(&self) -> Coin {
        self.remainder() - self.begin.0 + self.royalties - self.begin.1
    }

    /// What members of the team and of the former team have besides once nothing waits.
    pub(crate) fn waiting(&self) -> Coin {
        let team = self.team.later(self.free(), self.all());
        let former = self.former.as_ref().map_or(0, |former| {
            let all = former.free + former.next + former.last;
            if former.free == all {
                return 0;
            }
            // Nothing comes in for them any more: what rounding holds back is their last member's then.
            let closed = all - former.tenure.shared(all).iter().sum::<Coin>();
            former.tenure.later(former.free, all) + closed
        });
        team + former
    }

    /// What is set aside or held back.
    pub(crate) fn contested(&self) -> Coin {
        let entries = self.entries.iter();
        let contested =
            entries.filter(|entry| entry.frozen.is_some() || entry.kind == Kind::Claimed);
        contested.map(|entry| self.owed(entry) - entry.paid).sum()
    }

    /// A boundary between two periods is reached.
    pub(crate) fn turn(&mut self) {
        let kept = self.remainder();
        self.older = self.newer;
        self.newer = Mark {
            net: self.net,
            kept,
        };
        if let Some(claim) = &mut self.claim {
            claim.older = claim.newer;
            claim.newer = kept + claim.aside;
        }
        if let Some(former) = &mut self.former {
            former.free += former.next;
            former.next = std::mem::take(&mut former.last);
        }
    }

    pub(crate) fn settle(&mut self) -> Payments {
        let mut payments = Payments::default();
        let more = self.net - self.base;
        for entry in &mut self.entries {
            if entry.kind != Kind::Claimed && entry.frozen.is_none() {
                let owed = entry.owed(more);
                let due = owed - std::mem::replace(&mut entry.paid, owed);
                payments.royalties.push((entry.payee, due));
            }
        }
        if let Some(mut former) = self.former.take() {
            payments.members.extend(former.tenure.pay(former.free));
            if former.next + former.last > 0 {
                self.former = Some(former);
            } else {
                payments.members.push(former.tenure.close(former.free));
            }
        }
        let free = self.free();
        payments.members.extend(self.team.pay(free));
        self.book(&payments);
        payments
    }

    /// Counts what is paid.
    fn book(&mut self, payments: &Payments) {
        let royalties = payments.royalties.iter().map(|(_, amount)| amount);
        let members = payments.members.iter().map(|(_, amount)| amount);
        self.paid += royalties.chain(members).sum::<Coin>();
    }

    /// Another team goes on. The ledger is settled.
    pub(crate) fn amend_team(&mut self, team: &[Share]) -> Outcome<Payments> {
        if self.former.is_some() {
            return Err("FormerTeamWaits");
        }
        if self.claim.is_some() {
            return Err("RoyaltyClaimed");
        }
        let (free, later, all) = (self.free(), self.free_from(self.newer), self.all());
        let former = Former {
            tenure: std::mem::replace(&mut self.team, Tenure::new(team)),
            free,
            next: later - free,
            last: all - later,
        };
        self.begin = (self.remainder(), self.royalties);
        self.begin_net = self.net;
        let mut payments = Payments::default();
        if all > free {
            self.former = Some(former);
        } else {
            payments.members.push(former.tenure.close(free));
            self.book(&payments);
        }
        Ok(payments)
    }

    /// Other rates apply from now on. The ledger is settled.
    fn rebase(&mut self) {
        let more = self.net - self.base;
        self.kept += more;
        for entry in &mut self.entries {
            let owed = entry.owed(more);
            self.kept -= owed - std::mem::replace(&mut entry.carried, owed);
        }
        self.base = self.net;
        // What is given to a team or taken from it at a boundary is given to the present one.
        for mark in [&mut self.older, &mut self.newer] {
            mark.kept = mark.kept.max(self.begin.0);
        }
    }

    /// What was set aside or held back is the team's, as if it came in now.
    fn give_back(&mut self, entry: &Entry) {
        self.kept += entry.carried - entry.paid;
    }

    /// What is owed late comes out of what the stack leaves, and what is claimed out of half of what both leave.
    fn cut(&mut self) {
        let mut left = u64::from(ONE);
        for kind in [Kind::Stack, Kind::Late, Kind::Claimed] {
            let entries = || self.entries.iter().filter(|entry| entry.kind == kind);
            let asked: u64 = entries().map(|entry| u64::from(entry.asked)).sum();
            let there = if kind == Kind::Claimed {
                left / 2
            } else {
                left
            };
            for entry in self.entries.iter_mut().filter(|entry| entry.kind == kind) {
                entry.rate = if asked > there {
                    fraction(entry.asked.into(), there.into(), asked.into()) as u32
                } else {
                    entry.asked
                };
                left -= u64::from(entry.rate);
            }
        }
    }

    /// What is owed for an asset from now on: it goes on from what it had in the past.
    fn entry(&self, royalty: &Royalty, kind: Kind) -> Entry {
        let ended = self.ended.get(&royalty.payee.asset());
        let had = ended.map_or(0, |(_, paid)| *paid);
        Entry {
            carried: had,
            paid: had,
            ..Entry::new(royalty, kind)
        }
    }

    /// The owner names what it had left out: who is new has half of its part, so that as much waits as if it had been named in time. The ledger
    /// is settled.
    pub(crate) fn add_royalties(
        &mut self,
        stack: &[Royalty],
        late: &[Royalty],
        forgiven: Coin,
    ) -> Outcome {
        if self.claim.is_some() {
            return Err("AlreadyClaimed");
        }
        let assets = self.entries.iter().map(|entry| entry.payee.asset());
        let known: Vec<Asset> = assets.collect();
        let rate = |entry: &Entry| match entry.kind {
            Kind::Stack => entry.rate,
            _ => entry.asked,
        };
        let before: u64 = self.entries.iter().map(|it| u64::from(rate(it))).sum();
        let next = topped_up(stack);
        let next = next.iter().chain(late).map(|it| u64::from(it.rate));
        if next.sum::<u64>() > before.max(u64::from(ONE)) {
            return Err("RatesAboveOne");
        }
        let ended = self.ended.clone();
        self.amend_royalties(stack, late)?;
        let is_new = |entry: &Entry| !known.contains(&entry.payee.asset());
        // Half of what would have been left had all been owed from the start goes on to wait.
        let rates: u32 = self.entries.iter().map(|entry| entry.rate).sum();
        let came = self.net - self.begin_net.max(self.older.net);
        let stays = down(ONE - rates, came) / 2;
        let half = Half { stays, forgiven };
        self.set_aside(self.begin_net, &ended, is_new, Some(half))?;
        Ok(())
    }

    /// Other royalties are owed from now on. The ledger is settled.
    pub(crate) fn amend_royalties(&mut self, stack: &[Royalty], late: &[Royalty]) -> Outcome {
        check_rates(stack)?;
        self.rebase();
        let before = std::mem::take(&mut self.entries);
        let stack = topped_up(stack);
        let owed = stack.iter().map(|royalty| (royalty, Kind::Stack));
        let owed = owed.chain(late.iter().map(|royalty| (royalty, Kind::Late)));
        for (royalty, kind) in owed {
            let mut entry = self.entry(royalty, kind);
            self.ended.remove(&royalty.payee.asset());
            if let Some(earlier) = of_asset(&before, royalty.payee.asset()) {
                entry.carried = earlier.carried;
                entry.paid = earlier.paid;
                entry.frozen = earlier.frozen;
            }
            self.entries.push(entry);
        }
        for entry in before {
            if of_asset(&self.entries, entry.payee.asset()).is_some() {
                continue;
            }
            if entry.kind == Kind::Claimed {
                self.entries.push(entry);
            } else {
                let until = entry.frozen.unwrap_or(self.net);
                let ended = (until, entry.paid);
                self.ended.insert(entry.payee.asset(), ended);
                self.give_back(&entry);
            }
        }
        self.cut();
        Ok(())
    }

    /// Sets aside what somebody claims. The ledger is settled.
    pub(crate) fn claim(&mut self, royalties: &[Royalty], period: u32) -> Outcome {
        if self.claim.is_some() {
            return Err("AlreadyClaimed");
        }
        let late = self.entries.iter().filter(|entry| entry.kind == Kind::Late);
        // One may take the place of another.
        let places = MAX_LATE.saturating_sub(late.count()).max(1);
        if royalties.len() > places {
            return Err("TooManyLate");
        }
        let mut assets = royalties.iter().map(|royalty| royalty.payee.asset());
        if assets.any(|asset| of_asset(&self.entries, asset).is_some()) {
            return Err("RoyaltyOwed");
        }
        self.rebase();
        for royalty in royalties {
            let entry = self.entry(royalty, Kind::Claimed);
            self.entries.push(entry);
        }
        self.cut();
        let (older, newer) = (self.older.kept, self.newer.kept);
        let ended = self.ended.clone();
        let aside = self.set_aside(0, &ended, |entry| entry.kind == Kind::Claimed, None)?;
        self.claim = Some(Claim {
            royalties: royalties.len(),
            period,
            aside,
            older,
            newer,
        });
        Ok(())
    }

    /// Those who are new have what they would have had since the older boundary, or ever since they were owed something, as far as the team keeps
    /// what was free, and half of what is left: half of that where the owner names them.
    fn set_aside(
        &mut self,
        from: Coin,
        ended: &BTreeMap<Asset, (Coin, Coin)>,
        is_new: impl Fn(&Entry) -> bool,
        half: Option<Half>,
    ) -> Outcome<Coin> {
        let wanted = |entry: &Entry| {
            if !is_new(entry) {
                return 0;
            }
            let ended = ended.get(&entry.payee.asset());
            let since = self.older.net.max(from);
            let since = since.max(ended.map_or(0, |(until, _)| *until));
            whole(entry.gain(self.net - since)) / if half.is_some() { 2 } else { 1 }
        };
        let wanted: Vec<Coin> = self.entries.iter().map(wanted).collect();
        let all: Coin = wanted.iter().sum();
        let waits = self.kept - self.older.kept;
        let most = if self.waits {
            (waits / 2).saturating_sub(half.map_or(0, |half| half.stays))
        } else {
            0
        };
        if self.waits && half.is_some_and(|half| all > most + half.forgiven) {
            return Err("WaitsTooLittle");
        }
        let mut aside = 0;
        if all > 0 {
            for (entry, wanted) in self.entries.iter_mut().zip(wanted) {
                let part = fraction(wanted, all.min(most), all);
                entry.carried += part;
                aside += part;
            }
        }
        // What is free stays free, and what came in before the newer boundary bears its part.
        let before = self.newer.kept - self.older.kept;
        let borne = if waits == 0 {
            0
        } else {
            fraction(aside, before, waits)
        };
        self.kept -= aside;
        self.older.kept += aside;
        self.newer.kept = (self.newer.kept - borne).clamp(self.older.kept, self.kept);
        Ok(aside)
    }

    /// What is claimed and not owed by now is the team's. The ledger is settled.
    pub(crate) fn close_claim(&mut self) {
        let Some(claim) = self.claim.take() else {
            return;
        };
        self.rebase();
        let all = std::mem::take(&mut self.entries).into_iter();
        let (claimed, owed): (Vec<Entry>, Vec<Entry>) =
            all.partition(|entry| entry.kind == Kind::Claimed);
        self.entries = owed;
        for entry in &claimed {
            self.give_back(entry);
        }
        // What was set aside waits as if nothing had been claimed.
        if claimed.len() == claim.royalties {
            (self.older.kept, self.newer.kept) = (claim.older, claim.newer);
        }
        self.cut();
    }

    /// Whether something is claimed for an asset to which it was owed after the older boundary.
    pub(crate) fn claims_what_ended(&self) -> bool {
        let claimed = |entry: &&Entry| entry.kind == Kind::Claimed;
        let mut assets = self.entries.iter().filter(claimed);
        assets.any(|entry| {
            let ended = self.ended.get(&entry.payee.asset());
            ended.is_some_and(|(until, _)| *until > self.older.net)
        })
    }

    pub(crate) fn is_claimed(&self) -> bool {
        self.claim.is_some()
    }

    /// In which period something was claimed that is not decided.
    pub(crate) fn claimed_in(&self) -> Option<u32> {
        self.claim.map(|claim| claim.period)
    }

    pub(crate) fn has_former_team(&self) -> bool {
        self.former.is_some()
    }

    /// Whether a royalty has come to all that it will ever come to.
    pub(crate) fn reached_a_ceiling(&self) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| {
            let reached = |ceiling| ceiling > 0 && self.owed(entry) == ceiling;
            entry.ceiling.is_some_and(reached)
        })
    }

    /// Whether a royalty has a lower rate than its licence asks for.
    pub(crate) fn is_cut(&self) -> bool {
        self.entries.iter().any(|entry| entry.rate < entry.asked)
    }

    pub(crate) fn freeze(&mut self, asset: Asset, frozen: bool) {
        let mut entries = self.entries.iter_mut();
        let found =
            entries.find(|entry| entry.payee.asset() == asset && entry.frozen.is_some() != frozen);
        if let Some(entry) = found {
            entry.frozen = frozen.then_some(self.net);
        }
    }

    /// Nothing waits any more.
    pub(crate) fn release(&mut self) {
        self.waits = false;
        if let Some(former) = &mut self.former {
            former.free += former.next + former.last;
            (former.next, former.last) = (0, 0);
        }
    }

    /// Half waits again of what comes in from now on. The ledger is settled.
    pub(crate) fn resume(&mut self) {
        if !self.waits {
            self.waits = true;
            let mark = Mark {
                net: self.net,
                kept: self.remainder(),
            };
            (self.older, self.newer) = (mark, mark);
        }
    }
}

fn check_rates(stack: &[Royalty]) -> Outcome {
    let rates = stack.iter().map(|royalty| u64::from(royalty.rate));
    if rates.sum::<u64>() > u64::from(ONE) {
        return Err("RatesAboveOne");
    }
    Ok(())
}

fn of_asset(entries: &[Entry], asset: Asset) -> Option<&Entry> {
    entries.iter().find(|entry| entry.payee.asset() == asset)
}

/// Royalties whose pools are raised until all of them are half together, if other royalties leave room.
fn topped_up(stack: &[Royalty]) -> Vec<Royalty> {
    let rate = |royalty: &Royalty| u128::from(royalty.rate);
    let is_pool = |royalty: &&Royalty| matches!(royalty.payee, Payee::Pool(..));
    let all: u128 = stack.iter().map(rate).sum();
    let pools: u128 = stack.iter().filter(is_pool).map(rate).sum();
    let half = u128::from(ONE / 2);
    let mut stack = stack.to_vec();
    if pools > 0 && all < half {
        for royalty in &mut stack {
            if is_pool(&&*royalty) {
                royalty.rate = fraction(royalty.rate.into(), pools + half - all, pools) as u32;
            }
        }
    }
    stack
}
