//! Chance: seeded, so that the same seed draws the same again.

use crate::{
    book::{exact::ONE, Book, Coin, Share, Who},
    operations::PEOPLE,
};

/// Numbers that look random: SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: u128) -> u128 {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        bits % bound
    }

    pub(crate) fn one_in(&mut self, bound: u128) -> bool {
        self.below(bound) == 0
    }

    pub(crate) fn between(&mut self, first: u128, last: u128) -> u128 {
        first + self.below(last - first + 1)
    }

    pub(crate) fn pick<'a, Item>(&mut self, items: &'a [Item]) -> Option<&'a Item> {
        let index = self.below(items.len().max(1) as u128);
        items.get(index as usize)
    }

    pub(crate) fn shuffle<Item>(&mut self, items: &mut [Item]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index as u128 + 1) as usize);
        }
    }

    pub(crate) fn who(&mut self) -> Who {
        self.below(PEOPLE.into()) as Who
    }

    /// As many digits as there may be, all equally likely.
    pub(crate) fn magnitude(&mut self, most: u128) -> u128 {
        let bits = self.between(1, u128::from(128 - most.max(1).leading_zeros()));
        let all = if bits == 128 {
            u128::MAX
        } else {
            (1 << bits) - 1
        };
        self.between(1, all).min(most.max(1))
    }

    /// Parts that sum to one, of different people.
    pub(crate) fn shares(&mut self, most: u128) -> Vec<Share> {
        let count = self.between(1, most) as usize;
        let mut people: Vec<Who> = (0..PEOPLE).collect();
        self.shuffle(&mut people);
        let mut left = ONE;
        let mut shares = Vec::new();
        for (place, who) in people.into_iter().enumerate().take(count) {
            let part = match count - 1 - place {
                0 => left,
                others if self.one_in(2) => (left / (others as u32 + 1)).max(1),
                others => self.magnitude((left - others as u32).into()) as u32,
            };
            left -= part;
            shares.push(Share { who, part });
        }
        // The last one is not always whoever has most.
        self.shuffle(&mut shares);
        shares
    }

    /// A team, now and then one that is refused.
    pub(crate) fn team(&mut self) -> Vec<Share> {
        let mut team = self.shares(5);
        match self.below(60) {
            0 => team.clear(),
            1 => team[0].part -= 1,
            2 => {
                team[0].part -= 1;
                team.push(Share {
                    who: team[0].who,
                    part: 1,
                });
            }
            _ => {}
        }
        team
    }

    pub(crate) fn crew(&mut self) -> Vec<Share> {
        let mut crew = self.shares(4);
        let most = if self.one_in(30) { 4 } else { 7 };
        for share in &mut crew {
            share.part /= most;
        }
        crew
    }

    /// An amount for somebody who has so much to spend: from one unit to more than there is.
    pub(crate) fn amount(&mut self, book: &Book, spendable: Coin) -> Coin {
        let existential = book.constants.existential;
        match self.below(16) {
            0 => self.between(1, 60),
            1 => self.between(existential - 1, existential + 1),
            2 => spendable.max(1),
            3 => spendable
                .saturating_sub(self.between(0, existential))
                .max(1),
            4 => spendable.saturating_add(1),
            5 => self.magnitude(book.issuance),
            6..=8 => self.between(1, existential * 1_000),
            _ => self.magnitude(spendable),
        }
    }
}
