//! What datanets ask of the ledger: pools, sponsors, authors.

use super::{
    check_shares, exact::ONE, As, Award, Book, Budget, Coin, Contribution, Outcome, Pool, PoolId,
    Share, Vesting, Who, MAX_CREW_PARTS, MONEY, NOBODY,
};

impl Book {
    pub(crate) fn contributions(&self, datanet: u32) -> &[Contribution] {
        self.contributions.get(&datanet).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn contribution(&self, datanet: u32, number: u32) -> Outcome<Contribution> {
        let contributions = self.contributions(datanet);
        contributions.get(number as usize).copied().ok_or(NOBODY)
    }

    /// The contributions that no pool of their datanet has yet.
    pub(crate) fn pending(&self, datanet: u32) -> Vec<u32> {
        let last = self.last_pool(datanet);
        let first = last.map_or(0, |last| self.leaves[&last]) as u32;
        (first..self.contributions(datanet).len() as u32).collect()
    }

    /// Who is paid for a contribution.
    pub(crate) fn holders(&self, datanet: u32, number: u32) -> Vec<Who> {
        match self.authors.get(&(datanet, number)) {
            Some(authors) => authors.iter().map(|share| share.who).collect(),
            None => self
                .contribution(datanet, number)
                .iter()
                .map(|it| it.who)
                .collect(),
        }
    }

    pub(crate) fn deliver(&mut self, datanet: u32, who: Who, weight: u128) {
        let contributions = self.contributions.entry(datanet).or_default();
        contributions.push(Contribution { who, weight });
    }

    /// The weight of a datanet's contributions that a pool does not pay.
    pub(crate) fn withdrawn(&self, (datanet, round): PoolId) -> u128 {
        let excluded = self.excluded.range((datanet, 0)..=(datanet, u32::MAX));
        excluded
            .filter(|(_, (since, _))| *since <= round)
            .map(|(_, (_, weight))| weight)
            .sum()
    }

    pub(crate) fn open_pool(&mut self, pool: PoolId, crew: &[Share]) -> Outcome {
        let (datanet, round) = pool;
        let last = self.last_pool(datanet);
        if last.is_some_and(|(_, last)| round <= last) {
            return Err("PoolOutOfOrder");
        }
        if crew.iter().map(|share| share.part).sum::<u32>() > MAX_CREW_PARTS {
            return Err("CrewPartsTooHigh");
        }
        let contributions = self.contributions(datanet);
        let all: u128 = contributions.iter().map(|each| each.weight).sum();
        let leaves = contributions.len();
        let ordinal = last.map_or(0, |last| self.pools[&last].ordinal) + 1;
        let weight = all - self.withdrawn(pool);
        self.leaves.insert(pool, leaves);
        self.pools
            .insert(pool, Pool::open(weight, crew, ordinal, self.block));
        Ok(())
    }

    pub(crate) fn exclude(&mut self, datanet: u32, contribution: u32, since: u32) -> Outcome {
        let weight = self.contribution(datanet, contribution)?.weight;
        if self
            .last_pool(datanet)
            .is_some_and(|(_, last)| last >= since)
        {
            return Err("PoolOutOfOrder");
        }
        if self.excluded.contains_key(&(datanet, contribution)) {
            return Err("AlreadyExcluded");
        }
        self.excluded
            .insert((datanet, contribution), (since, weight));
        Ok(())
    }

    pub(crate) fn sponsor(&mut self, pool: PoolId, sponsor: Who, amount: Coin) -> Outcome {
        if self.budgets.contains_key(&pool) {
            return Err("AlreadySponsored");
        }
        // A sponsor stays.
        let stays = self.account(sponsor).free.saturating_sub(amount);
        if stays < self.constants.existential {
            return Err(MONEY);
        }
        self.enter(sponsor, amount)?;
        self.budgets.insert(
            pool,
            Budget {
                sponsor,
                left: amount,
            },
        );
        self.sums.sponsored = self.sums.sponsored.checked_add(amount).ok_or(MONEY)?;
        Ok(())
    }

    pub(crate) fn refund(&mut self, pool: PoolId) -> Outcome {
        if let Some(budget) = self.budgets.remove(&pool) {
            self.credit(As::Refunded, budget.sponsor, budget.left);
        }
        Ok(())
    }

    pub(crate) fn share(&mut self, datanet: u32, contribution: u32, authors: &[Share]) -> Outcome {
        check_shares(authors)?;
        if self.authors.contains_key(&(datanet, contribution)) {
            return Err("AuthorsNamed");
        }
        self.authors
            .insert((datanet, contribution), authors.to_vec());
        Ok(())
    }

    pub(crate) fn unshare(&mut self, datanet: u32, contribution: u32) -> Outcome {
        self.authors.remove(&(datanet, contribution));
        Ok(())
    }

    pub(crate) fn hand_over(
        &mut self,
        datanet: u32,
        contribution: u32,
        from: Who,
        to: Who,
    ) -> Outcome {
        // Whoever contributed alone is the only author.
        let who = self.contribution(datanet, contribution)?.who;
        let key = (datanet, contribution);
        let authors = self
            .authors
            .entry(key)
            .or_insert_with(|| vec![Share { who, part: ONE }]);
        let place = authors.iter().position(|share| share.who == from);
        let place = place.ok_or("AuthorNotFound")?;
        if authors.iter().any(|share| share.who == to) {
            return Err("MemberTwice");
        }
        authors[place].who = to;
        Ok(())
    }

    pub(crate) fn award(
        &mut self,
        pool: PoolId,
        contribution: u32,
        amount: Coin,
        vesting: Vesting,
    ) -> Outcome {
        let who = self.contribution(pool.0, contribution)?.who;
        let shared = self.authors.contains_key(&(pool.0, contribution));
        let budget = self.budgets.get_mut(&pool).ok_or("BudgetExceeded")?;
        budget.left = budget.left.checked_sub(amount).ok_or("BudgetExceeded")?;
        let mut award = Award::new(who, amount, vesting);
        if !shared {
            let credits = award.vest(0, false, None);
            self.credit_all(As::Awarded, credits);
        }
        if !award.is_over() {
            self.awards.insert((pool, contribution), award);
        }
        Ok(())
    }

    /// How many parts of an award have vested.
    fn parts(&self, pool: PoolId, award: &Award) -> u32 {
        let Some(valued) = self.pools.get(&pool) else {
            return 0;
        };
        let last = self
            .last_pool(pool.0)
            .map_or(0, |last| self.pools[&last].ordinal);
        award.parts(last - valued.ordinal, self.block - valued.opened)
    }

    pub(crate) fn vest(&mut self, pool: PoolId, contribution: u32) -> Outcome {
        self.vest_award(pool, contribution, false)
    }

    fn vest_award(&mut self, pool: PoolId, contribution: u32, end: bool) -> Outcome {
        let key = (pool, contribution);
        let mut award = self.awards.get(&key).cloned().ok_or("AwardNotFound")?;
        let parts = self.parts(pool, &award);
        let authors = self.authors.get(&(pool.0, contribution));
        let credits = award.vest(parts, end, authors.map(Vec::as_slice));
        self.awards.insert(key, award);
        self.credit_all(As::Awarded, credits);
        Ok(())
    }

    pub(crate) fn forfeit(&mut self, pool: PoolId, contribution: u32) -> Outcome {
        let key = (pool, contribution);
        if self.awards.get(&key).is_none_or(|award| award.is_over()) {
            return Ok(());
        }
        self.vest_award(pool, contribution, true)?;
        let left = self.awards.get(&key).map_or(0, Award::left);
        // One of which everything had vested by now stays.
        if left > 0 {
            self.awards.remove(&key);
            self.burn(left);
        }
        Ok(())
    }

    fn burn(&mut self, amount: Coin) {
        self.sums.burnt += amount;
        self.issuance -= amount;
        self.accounts.entry(super::POT).or_default().free -= amount;
    }
}
