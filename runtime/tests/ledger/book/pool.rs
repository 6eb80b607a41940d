//! The money of datanets: pools, contributions, and what sponsors pay.

use super::{
    exact::{billionths, fraction, part_of, shares, whole},
    Coin, Share, Who,
};
use std::collections::BTreeMap;

/// A pool, and what its crew and its contributions have had.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) net: Coin,
    pub(crate) royalties: Coin,
    /// What its contributions weigh together, but for those that are excluded.
    pub(crate) weight: u128,
    pub(crate) crew: Vec<Share>,
    crew_paid: Vec<Coin>,
    /// Contributions that have proven their weight.
    pub(crate) proven: BTreeMap<u32, Proven>,
    /// What contributions were credited.
    pub(crate) claimed: Coin,
    /// Which of its datanet's pools it is, counted from 1.
    pub(crate) ordinal: u32,
    pub(crate) opened: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Proven {
    pub(crate) who: Who,
    pub(crate) weight: u128,
    /// What it had earned when it was paid last.
    shared: Coin,
}

impl Pool {
    pub(crate) fn open(weight: u128, crew: &[Share], ordinal: u32, opened: u32) -> Self {
        Self {
            net: 0,
            royalties: 0,
            weight,
            crew: crew.to_vec(),
            crew_paid: vec![0; crew.len()],
            proven: BTreeMap::new(),
            claimed: 0,
            ordinal,
            opened,
        }
    }

    fn received(&self) -> Coin {
        self.net + self.royalties
    }

    pub(crate) fn held(&self) -> Coin {
        self.received() - self.crew_paid.iter().sum::<Coin>() - self.claimed
    }

    /// What the crew leaves to the contributors, rounded up.
    pub(crate) fn contributors(&self) -> Coin {
        let parts = self.crew.iter().map(|share| share.part).sum();
        whole(
            billionths(self.received()) - part_of(parts, self.received()) + (super::exact::ONE - 1),
        )
    }

    pub(crate) fn settle_crew(&mut self) -> Vec<(Who, Coin)> {
        let received = self.received();
        let places = self.crew.iter().zip(&mut self.crew_paid);
        places
            .map(|(share, paid)| {
                let due = whole(part_of(share.part, received));
                (share.who, due - std::mem::replace(paid, due))
            })
            .collect()
    }

    pub(crate) fn prove(&mut self, contribution: u32, who: Who, weight: u128) {
        let proven = Proven {
            who,
            weight,
            shared: 0,
        };
        self.proven.insert(contribution, proven);
    }

    /// Pays a contribution that is proven what it has earned since.
    pub(crate) fn claim(
        &mut self,
        contribution: u32,
        authors: Option<&[Share]>,
    ) -> Vec<(Who, Coin)> {
        let contributors = self.contributors();
        let proven = self.proven.get_mut(&contribution).expect("it is proven");
        let earned = fraction(contributors, proven.weight, self.weight);
        let had = Earning {
            amount: std::mem::replace(&mut proven.shared, earned),
            all: false,
        };
        let credits = Earning {
            amount: earned,
            all: false,
        }
        .since(had, proven.who, authors);
        self.claimed += credits.iter().map(|(_, amount)| amount).sum::<Coin>();
        credits
    }
}

/// What a contribution has earned from one source, which its authors share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Earning {
    amount: Coin,
    /// Whether it is all that it ever earns there.
    all: bool,
}

impl Earning {
    fn shares(self, authors: &[Share]) -> Vec<Coin> {
        let parts: Vec<u32> = authors.iter().map(|share| share.part).collect();
        let mut shares = shares(&parts, self.amount);
        if self.all {
            let held_back = self.amount - shares.iter().sum::<Coin>();
            *shares.last_mut().expect("there are authors") += held_back;
        }
        shares
    }

    /// What whoever earns is credited after they had `before`.
    fn since(self, before: Self, who: Who, authors: Option<&[Share]>) -> Vec<(Who, Coin)> {
        let alone = [Share {
            who,
            part: super::exact::ONE,
        }];
        let authors = authors.unwrap_or(&alone);
        let amounts = self.shares(authors).into_iter().zip(before.shares(authors));
        authors
            .iter()
            .zip(amounts)
            .map(|(share, (now, before))| (share.who, now - before))
            .collect()
    }
}

/// How awards vest: in so many parts, each of so many blocks at the most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vesting {
    pub(crate) parts: u8,
    pub(crate) blocks: u32,
}

/// What a sponsor pays for a contribution.
#[derive(Clone, Debug)]
pub(crate) struct Award {
    who: Who,
    pub(crate) amount: Coin,
    vesting: Vesting,
    /// What had vested when it was paid last, and what was credited of it.
    shared: Coin,
    credited: Coin,
}

impl Award {
    pub(crate) fn new(who: Who, amount: Coin, vesting: Vesting) -> Self {
        Self {
            who,
            amount,
            vesting,
            shared: 0,
            credited: 0,
        }
    }

    pub(crate) fn left(&self) -> Coin {
        self.amount - self.credited
    }

    /// What has vested when so many parts have: what has not is rounded down.
    pub(crate) fn vested(&self, parts: u32) -> Coin {
        let all = u32::from(self.vesting.parts);
        if all == 0 {
            return self.amount;
        }
        let open = all - parts.min(all);
        self.amount - fraction(self.amount, open.into(), u128::from(2 * all))
    }

    /// How many parts have vested, after so many more rounds and blocks.
    pub(crate) fn parts(&self, rounds: u32, blocks: u32) -> u32 {
        let by_time = blocks.checked_div(self.vesting.blocks).unwrap_or(0);
        rounds.max(by_time).min(self.vesting.parts.into())
    }

    /// Pays what has vested since. `end` says that no more will: the last author has what rounding held back, too.
    pub(crate) fn vest(
        &mut self,
        parts: u32,
        end: bool,
        authors: Option<&[Share]>,
    ) -> Vec<(Who, Coin)> {
        let vested = self.vested(parts);
        let had = Earning {
            amount: self.shared,
            all: self.is_over(),
        };
        let has = Earning {
            amount: vested,
            all: end || vested == self.amount,
        };
        let credits = has.since(had, self.who, authors);
        self.shared = vested;
        self.credited += credits.iter().map(|(_, amount)| amount).sum::<Coin>();
        credits
    }

    pub(crate) fn is_over(&self) -> bool {
        self.shared == self.amount
    }
}
