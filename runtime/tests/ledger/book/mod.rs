//! What everybody has: the formulas of the ledger in plain numbers, without a chain. It knows nothing of the pallets.

mod data;
pub(crate) mod exact;
mod kin;
mod model;
mod pool;

pub(crate) use kin::{Contention, Kin};
pub(crate) use model::{Kind, Ledger};
pub(crate) use pool::{Award, Pool, Vesting};

use exact::{down, ONE};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Coin = u128;
/// Somebody, by number.
pub(crate) type Who = u16;
pub(crate) type ModelId = u32;
/// A datanet and one of its rounds.
pub(crate) type PoolId = (u32, u32);
/// What was done, or the name of the error that refuses it.
pub(crate) type Outcome<Value = ()> = Result<Value, &'static str>;

/// The most royalties that a model owes late.
pub(crate) const MAX_LATE: usize = 8;
/// The most of a pool that a crew has.
const MAX_CREW_PARTS: u32 = ONE / 100 * 15;
/// The most of a payment that is the protocol's, and the most of the rest that is hosts'.
const MAX_FEE: u32 = ONE / 100 * 5;
const MAX_HOST: u32 = ONE / 100 * 70;
/// The pot's account, and the treasury's.
pub(crate) const POT: Who = 1_000;
pub(crate) const TREASURY: Who = 1_001;
/// There is no such account, or no such contribution: nothing is asked of the chain.
pub(crate) const NOBODY: &str = "nobody";
/// The coin, or arithmetic on amounts of it, refuses something.
pub(crate) const MONEY: &str = "the coin";

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Asset {
    Datanet(u32),
    Model(ModelId),
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Payee {
    Model(ModelId),
    Pool(PoolId),
}

impl Payee {
    pub(crate) fn asset(self) -> Asset {
        match self {
            Payee::Model(model) => Asset::Model(model),
            Payee::Pool((datanet, _)) => Asset::Datanet(datanet),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Royalty {
    pub(crate) payee: Payee,
    pub(crate) rate: u32,
    pub(crate) ceiling: Option<Coin>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share {
    pub(crate) who: Who,
    pub(crate) part: u32,
}

/// What somebody owns outside the pot.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Account {
    pub(crate) free: Coin,
    /// On hold, besides.
    pub(crate) held: Coin,
    /// Locked: of both together, so much must stay.
    pub(crate) locked: Coin,
}

/// What the runtime and governance decide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Constants {
    pub(crate) existential: Coin,
    pub(crate) fee: u32,
    pub(crate) host_max: u32,
    /// Blocks in a period of the escrow.
    pub(crate) period: u32,
    /// Blocks from the announcement of another team on.
    pub(crate) notice: u32,
}

/// What accounts were credited as, since the beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) enum As {
    Team,
    Crew,
    Contributor,
    Host,
    Awarded,
    Refunded,
}

/// Sums since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sums {
    pub(crate) gross: Coin,
    pub(crate) fees: Coin,
    pub(crate) sponsored: Coin,
    /// By [`As`].
    pub(crate) earned: [Coin; 6],
    pub(crate) withdrawn: Coin,
    pub(crate) swept: Coin,
    pub(crate) burnt: Coin,
}

/// A sponsor's budget for a round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) sponsor: Who,
    pub(crate) left: Coin,
}

/// Whose a contribution is, and its weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contribution {
    pub(crate) who: Who,
    pub(crate) weight: u128,
}

#[derive(Clone, Debug)]
pub(crate) struct Book {
    pub(crate) constants: Constants,
    pub(crate) block: u32,
    pub(crate) accounts: BTreeMap<Who, Account>,
    pub(crate) issuance: Coin,
    pub(crate) claimable: BTreeMap<Who, Coin>,
    pub(crate) ledgers: BTreeMap<ModelId, Ledger>,
    pub(crate) pools: BTreeMap<PoolId, Pool>,
    pub(crate) budgets: BTreeMap<PoolId, Budget>,
    pub(crate) awards: BTreeMap<(PoolId, u32), Award>,
    /// The first round that does not pay a contribution of a datanet, and its weight.
    pub(crate) excluded: BTreeMap<(u32, u32), (u32, u128)>,
    pub(crate) authors: BTreeMap<(u32, u32), Vec<Share>>,
    pub(crate) sums: Sums,
    /// The contributions of each datanet, by number.
    pub(crate) contributions: BTreeMap<u32, Vec<Contribution>>,
    /// How many of them were there when a pool opened: the leaves of its tree.
    pub(crate) leaves: BTreeMap<PoolId, usize>,
    /// Models that are registered with what they come from, in worlds where models are.
    pub(crate) kin: BTreeMap<ModelId, Kin>,
    /// What descendants owe each datanet there.
    pub(crate) datanet_royalties: Vec<(u32, Option<Coin>)>,
    /// How often what a model owes has changed.
    changes: u64,
}

impl Book {
    pub(crate) fn new(constants: Constants, block: u32) -> Self {
        Self {
            constants,
            block,
            accounts: BTreeMap::new(),
            issuance: 0,
            claimable: BTreeMap::new(),
            ledgers: BTreeMap::new(),
            pools: BTreeMap::new(),
            budgets: BTreeMap::new(),
            awards: BTreeMap::new(),
            excluded: BTreeMap::new(),
            authors: BTreeMap::new(),
            sums: Sums::default(),
            contributions: BTreeMap::new(),
            leaves: BTreeMap::new(),
            kin: BTreeMap::new(),
            datanet_royalties: Vec::new(),
            changes: 0,
        }
    }

    pub(crate) fn account(&self, who: Who) -> Account {
        self.accounts.get(&who).copied().unwrap_or_default()
    }

    pub(crate) fn claimable(&self, who: Who) -> Coin {
        self.claimable.get(&who).copied().unwrap_or_default()
    }

    pub(crate) fn ledger(&mut self, model: ModelId) -> Outcome<&mut Ledger> {
        self.ledgers.get_mut(&model).ok_or("ModelNotFound")
    }

    /// A pool that somebody can be paid from.
    fn pool(&mut self, pool: PoolId) -> Outcome<&mut Pool> {
        let pool = self.pools.get_mut(&pool).ok_or("PoolNotFound")?;
        if pool.weight == 0 {
            return Err("PoolWithoutWeight");
        }
        Ok(pool)
    }

    /// The last pool of a datanet up to this one from which somebody can be paid.
    pub(crate) fn earning_pool(&self, (datanet, round): PoolId) -> Option<PoolId> {
        let mut pools = self.pools.range((datanet, 0)..=(datanet, round)).rev();
        pools.find(|(_, pool)| pool.weight > 0).map(|(id, _)| *id)
    }

    pub(crate) fn last_pool(&self, datanet: u32) -> Option<PoolId> {
        let pools = self.pools.range((datanet, 0)..=(datanet, u32::MAX));
        pools.last().map(|(pool, _)| *pool)
    }

    /// Periods of the escrow that have passed.
    pub(crate) fn period(&self) -> u32 {
        self.block / self.constants.period
    }

    /// Time passes.
    pub(crate) fn advance(&mut self, blocks: u32) {
        let period = self.constants.period;
        let boundaries = (self.block + blocks) / period - self.block / period;
        self.block += blocks;
        // After two of them nothing changes any more.
        for _ in 0..boundaries.min(2) {
            self.ledgers.values_mut().for_each(Ledger::turn);
        }
    }

    // The coin.

    /// What somebody can spend: what is locked stays, and whoever has something locked or on hold stays, too.
    pub(crate) fn spendable(&self, who: Who) -> Coin {
        let account = self.account(who);
        if account.held == 0 && account.locked == 0 {
            return account.free;
        }
        let stays = account.locked.saturating_sub(account.held);
        let stays = stays.max(self.constants.existential);
        account.free.saturating_sub(stays)
    }

    /// Of what somebody has, `amount` must stay.
    pub(crate) fn lock(&mut self, who: Who, amount: Coin) -> Outcome {
        let account = self.accounts.get_mut(&who).ok_or(NOBODY)?;
        account.locked = amount;
        Ok(())
    }

    pub(crate) fn reserve(&mut self, who: Who, amount: Coin) -> Outcome {
        let account = self.accounts.get_mut(&who).ok_or(NOBODY)?;
        if amount > account.free.saturating_sub(self.constants.existential) {
            return Err(MONEY);
        }
        account.free -= amount;
        account.held += amount;
        Ok(())
    }

    pub(crate) fn unreserve(&mut self, who: Who, amount: Coin) -> Outcome {
        let account = self.accounts.get_mut(&who).ok_or(NOBODY)?;
        let amount = amount.min(account.held);
        account.held -= amount;
        account.free += amount;
        Ok(())
    }

    fn spend(&mut self, who: Who, amount: Coin) -> Outcome {
        if amount > self.spendable(who) {
            return Err(MONEY);
        }
        let existential = self.constants.existential;
        let account = self.accounts.entry(who).or_default();
        account.free -= amount;
        if account.held == 0 && account.free < existential {
            // The account is gone, with what was left.
            self.issuance -= account.free;
            self.accounts.remove(&who);
        }
        Ok(())
    }

    fn receive(&mut self, who: Who, amount: Coin) -> Outcome {
        let mut account = self.account(who);
        account.free = account.free.checked_add(amount).ok_or(MONEY)?;
        if account.held == 0 && account.free < self.constants.existential {
            return Err(MONEY);
        }
        self.accounts.insert(who, account);
        Ok(())
    }

    pub(crate) fn transfer(&mut self, from: Who, to: Who, amount: Coin) -> Outcome {
        if amount == 0 || from == to {
            return if amount > self.spendable(from) {
                Err(MONEY)
            } else {
                Ok(())
            };
        }
        self.receive(to, amount)?;
        self.spend(from, amount)
    }

    // What comes in.

    pub(super) fn enter(&mut self, payer: Who, amount: Coin) -> Outcome {
        self.spend(payer, amount)?;
        self.receive(POT, amount)
    }

    fn credit(&mut self, role: As, who: Who, amount: Coin) {
        if amount > 0 {
            *self.claimable.entry(who).or_default() += amount;
            self.sums.earned[role as usize] += amount;
        }
    }

    fn credit_all(&mut self, role: As, credits: Vec<(Who, Coin)>) {
        for (who, amount) in credits {
            self.credit(role, who, amount);
        }
    }

    pub(crate) fn set_rates(&mut self, fee: u32, host_max: u32) -> Outcome {
        if fee > MAX_FEE {
            return Err("ProtocolFeeAboveBound");
        }
        if host_max > MAX_HOST {
            return Err("HostMaxAboveBound");
        }
        (self.constants.fee, self.constants.host_max) = (fee, host_max);
        Ok(())
    }

    pub(crate) fn pay(
        &mut self,
        payer: Who,
        asset: Asset,
        round: Option<u32>,
        gross: Coin,
    ) -> Outcome {
        let fee = down(self.constants.fee, gross);
        let received = match asset {
            Asset::Model(_) if round.is_some() => return Err("ModelHasNoRounds"),
            Asset::Model(model) => &mut self.ledger(model)?.net,
            Asset::Datanet(datanet) => {
                let named = round.map(|round| (datanet, round));
                let pool = named.or(self.last_pool(datanet)).ok_or("NoFinalRound")?;
                if !self.pools.contains_key(&pool) {
                    return Err("PoolNotFound");
                }
                let pool = self.earning_pool(pool).ok_or("PoolWithoutWeight")?;
                &mut self.pool(pool)?.net
            }
        };
        *received = received.checked_add(gross - fee).ok_or(MONEY)?;
        self.enter(payer, gross)?;
        self.count(gross, fee)
    }

    /// Money that is put on hold for calls, and taken at once.
    pub(crate) fn pay_held(
        &mut self,
        payer: Who,
        model: ModelId,
        gross: Coin,
        host: Who,
        share: u32,
    ) -> Outcome {
        self.reserve(payer, gross).map_err(|_| MONEY)?;
        if share > MAX_HOST {
            return Err("HostShareTooHigh");
        }
        let fee = down(self.constants.fee, gross);
        let served = down(share, gross - fee);
        let received = &mut self.ledger(model)?.net;
        *received = received.checked_add(gross - fee - served).ok_or(MONEY)?;
        let account = self.accounts.get_mut(&payer).ok_or(MONEY)?;
        account.held -= gross;
        self.receive(POT, gross)?;
        self.count(gross, fee)?;
        self.credit(As::Host, host, served);
        Ok(())
    }

    fn count(&mut self, gross: Coin, fee: Coin) -> Outcome {
        self.sums.gross = self.sums.gross.checked_add(gross).ok_or(MONEY)?;
        self.sums.fees += fee;
        Ok(())
    }

    // Where it goes.

    pub(crate) fn settle(&mut self, model: ModelId) -> Outcome {
        let payments = self.ledger(model)?.settle();
        for (payee, amount) in payments.royalties {
            match payee {
                Payee::Model(model) => self.ledger(model)?.royalties += amount,
                Payee::Pool(pool) => self.pool(pool)?.royalties += amount,
            }
        }
        self.credit_all(As::Team, payments.members);
        Ok(())
    }

    pub(crate) fn settle_crew(&mut self, pool: PoolId) -> Outcome {
        let credits = self.pool(pool)?.settle_crew();
        self.credit_all(As::Crew, credits);
        Ok(())
    }

    /// Pays a contribution from a pool. `proof` is what it proves, if it is right.
    pub(crate) fn claim(
        &mut self,
        pool: PoolId,
        contribution: u32,
        proof: Option<Outcome<(Who, u128)>>,
    ) -> Outcome {
        let (datanet, round) = pool;
        let excluded = self.excluded.get(&(datanet, contribution));
        let excluded = excluded.is_some_and(|(since, _)| *since <= round);
        let authors = self.authors.get(&(datanet, contribution)).cloned();
        let pool = self.pool(pool)?;
        if excluded {
            return Err("ConsentWithdrawn");
        }
        if !pool.proven.contains_key(&contribution) {
            let (who, weight) = proof.ok_or("ProofRequired")??;
            pool.prove(contribution, who, weight);
        }
        let credits = pool.claim(contribution, authors.as_deref());
        self.credit_all(As::Contributor, credits);
        Ok(())
    }

    pub(crate) fn withdraw(&mut self, who: Who) -> Outcome {
        let amount = self.claimable.remove(&who).ok_or("NothingToWithdraw")?;
        self.leave(who, amount)?;
        self.sums.withdrawn += amount;
        Ok(())
    }

    pub(crate) fn sweep(&mut self) -> Outcome {
        let fees = self.sums.fees - self.sums.swept;
        let amount = self.account(POT).free - self.constants.existential - self.owed() + fees;
        if amount == 0 {
            return Err("NothingToSweep");
        }
        self.leave(TREASURY, amount)?;
        self.sums.swept += fees;
        Ok(())
    }

    fn leave(&mut self, who: Who, amount: Coin) -> Outcome {
        self.receive(who, amount)
            .map_err(|_| "BelowExistentialDeposit")?;
        self.spend(POT, amount)
    }

    /// What is in ledgers of models, in pools, in budgets and in awards.
    pub(crate) fn held(&self) -> [Coin; 4] {
        [
            self.ledgers.values().map(Ledger::held).sum(),
            self.pools.values().map(Pool::held).sum(),
            self.budgets.values().map(|budget| budget.left).sum(),
            self.awards.values().map(Award::left).sum(),
        ]
    }

    /// All that the pot owes.
    pub(crate) fn owed(&self) -> Coin {
        let claimable = self.claimable.values().sum::<Coin>();
        self.held().iter().sum::<Coin>() + claimable + self.sums.fees - self.sums.swept
    }

    // Models.

    fn check_ascending(royalties: &[Royalty]) -> Outcome {
        let after = |pair: &[Royalty]| {
            pair[0].payee.asset() != pair[1].payee.asset() && pair[0].payee < pair[1].payee
        };
        if royalties.windows(2).all(after) {
            Ok(())
        } else {
            Err("RoyaltiesNotAscending")
        }
    }

    fn check_payees(&self, royalties: &[Royalty]) -> Outcome {
        let known = |royalty: &Royalty| match royalty.payee {
            Payee::Model(model) => self.ledgers.contains_key(&model),
            Payee::Pool(pool) => self.pools.contains_key(&pool),
        };
        if royalties.iter().all(known) {
            Ok(())
        } else {
            Err("PayeeNotFound")
        }
    }

    /// Those that can be paid: for a pool without weight the last one before it that has some; without one it is lineage without payee.
    fn payable(&self, royalties: &[Royalty]) -> Vec<Royalty> {
        let payee = |royalty: &Royalty| match royalty.payee {
            Payee::Model(model) => Some(Payee::Model(model)),
            Payee::Pool(pool) => self.earning_pool(pool).map(Payee::Pool),
        };
        let paid = |royalty: &Royalty| {
            let payee = payee(royalty)?;
            Some(Royalty { payee, ..*royalty })
        };
        royalties.iter().filter_map(paid).collect()
    }

    pub(crate) fn open(&mut self, model: ModelId, stack: &[Royalty], team: &[Share]) -> Outcome {
        if self.ledgers.contains_key(&model) {
            return Err("LedgerExists");
        }
        check_shares(team)?;
        Self::check_ascending(stack)?;
        self.check_payees(stack)?;
        let ledger = Ledger::open(&self.payable(stack), team)?;
        self.ledgers.insert(model, ledger);
        Ok(())
    }

    pub(crate) fn amend_team(&mut self, model: ModelId, team: &[Share]) -> Outcome {
        check_shares(team)?;
        self.settle(model)?;
        let payments = self.ledger(model)?.amend_team(team)?;
        self.credit_all(As::Team, payments.members);
        Ok(())
    }

    pub(crate) fn amend_royalties(
        &mut self,
        model: ModelId,
        stack: &[Royalty],
        late: &[Royalty],
        named: bool,
    ) -> Outcome {
        Self::check_ascending(stack)?;
        self.check_payees(stack)?;
        self.check_payees(late)?;
        let (stack, late) = (self.payable(stack), self.payable(late));
        let owed = stack.iter().chain(&late).map(|it| it.payee.asset());
        if owed.clone().collect::<BTreeSet<_>>().len() < owed.count() {
            return Err("RoyaltyOwed");
        }
        self.settle(model)?;
        let forgiven = self.constants.existential;
        let ledger = self.ledger(model)?;
        match named {
            true => ledger.add_royalties(&stack, &late, forgiven),
            false => ledger.amend_royalties(&stack, &late),
        }
    }

    pub(crate) fn claim_late(&mut self, model: ModelId, royalties: &[Royalty]) -> Outcome {
        self.check_payees(royalties)?;
        self.settle(model)?;
        let royalties = self.payable(royalties);
        let period = self.period();
        self.ledger(model)?.claim(&royalties, period)
    }

    pub(crate) fn close_claim(&mut self, model: ModelId) -> Outcome {
        if !self.ledger(model)?.is_claimed() {
            return Ok(());
        }
        self.settle(model)?;
        self.ledger(model)?.close_claim();
        Ok(())
    }

    pub(crate) fn freeze(&mut self, model: ModelId, asset: Asset, frozen: bool) -> Outcome {
        self.settle(model)?;
        self.ledger(model)?.freeze(asset, frozen);
        Ok(())
    }

    pub(crate) fn release(&mut self, model: ModelId) -> Outcome {
        self.ledger(model)?;
        self.settle(model)?;
        self.ledger(model)?.release();
        Ok(())
    }

    pub(crate) fn resume(&mut self, model: ModelId) -> Outcome {
        self.ledger(model)?;
        self.settle(model)?;
        self.ledger(model)?.resume();
        Ok(())
    }
}

/// Whether a team can be registered.
fn check_team(team: &[Share]) -> Outcome {
    let accounts: BTreeSet<Who> = team.iter().map(|share| share.who).collect();
    if accounts.len() == team.len() && team.iter().any(|share| share.part == 0) {
        return Err("EmptyPart");
    }
    check_shares(team).map_err(|error| match error {
        "MemberTwice" => "DuplicateMember",
        "TeamPartsNotOne" => "PartsNotOne",
        error => error,
    })
}

/// Whether shares are some, of different accounts, and sum to one.
fn check_shares(shares: &[Share]) -> Outcome {
    if shares.is_empty() {
        return Err("EmptyTeam");
    }
    let twice = |(place, share): (usize, &Share)| {
        shares[..place].iter().any(|other| other.who == share.who)
    };
    if shares.iter().enumerate().any(twice) {
        return Err("MemberTwice");
    }
    if shares
        .iter()
        .map(|share| u64::from(share.part))
        .sum::<u64>()
        != u64::from(ONE)
    {
        return Err("TeamPartsNotOne");
    }
    Ok(())
}
