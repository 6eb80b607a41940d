use super::{difference, sum, Exact, BILLION};
use crate::{
    assets::{billionths, Asset, LateRoyalties, Payee, Royalty, RoyaltyStack, MAX_LATE, MAX_STACK},
    Balance,
};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::{ArithmeticError, BoundedVec, Perbill};

/// Raises the rates of pools, so that data gets its share of models that owe little else: with `s` the sum of all rates and `p`
/// that of the pools, if `p > 0` and `s < 1/2` each pool's rate becomes `rate (p + 1/2 - s) / p`, rounded down.
///
/// The sum of all rates is then at most one half, and short of it by less than a billionth for each pool. Ceilings stay
/// as they are. Stacks that children inherit are those from before.
pub fn top_up(stack: &mut RoyaltyStack) {
    let half = u64::from(BILLION / 2);
    // At most 32 rates of at most 10^9 each.
    let all = billionths(stack.iter());
    let is_pool = |royalty: &Royalty| matches!(royalty.payee, Payee::Pool(_));
    let pools = billionths(stack.iter().filter(|royalty| is_pool(royalty)));
    if pools == 0 || all >= half {
        return;
    }
    // pools <= all < half: at most half a billion, and so is each pool's new rate.
    let raised = pools + half - all;
    for royalty in stack.iter_mut().filter(|royalty| is_pool(royalty)) {
        let rate = u64::from(royalty.rate.deconstruct()) * raised / pools;
        royalty.rate = Perbill::from_parts(rate as u32);
    }
}

/// The rates of a stack sum to more than one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RatesAboveOne;

/// On what ground a royalty is owed.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub enum Ground {
    /// The model's owner named the source.
    Stack,
    /// The owner left the source out, and somebody else proved it.
    Late,
    /// Somebody claims so: what it comes to is set aside, and nobody has it.
    Claimed,
}

/// What is owed to one payee out of all that a model receives.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct RoyaltyEntry {
    /// Who receives it.
    pub payee: Payee,
    /// The rate that its licence asks for; for pools of the stack, topped up.
    pub asked: Perbill,
    /// Its part of what is received from the last change of rates on.
    pub rate: Perbill,
    /// The most that it ever comes to.
    pub ceiling: Option<Balance>,
    /// What it had come to at the last change of rates.
    pub carried: Balance,
    /// What of it the payee has been paid.
    pub paid: Balance,
    /// Why it is owed.
    pub ground: Ground,
    /// What the model had received when somebody disputed it: it is held back since. None if it is not.
    pub frozen: Option<Balance>,
}

impl RoyaltyEntry {
    /// What is owed once `fresh` has been received since the last change of rates: `min(ceiling, carried + rate fresh)`. A
    /// ceiling that a change of rates set below what was owed by then takes nothing back.
    fn owed(&self, fresh: Balance) -> Result<Exact, ArithmeticError> {
        let carried = Exact {
            units: self.carried,
            billionths: 0,
        };
        let owed = carried.plus(Exact::part_of(self.rate, fresh))?;
        Ok(match self.ceiling {
            Some(ceiling) if owed.units >= ceiling => Exact {
                units: ceiling.max(self.carried),
                billionths: 0,
            },
            _ => owed,
        })
    }

    /// Whether what is owed is paid as soon as somebody settles.
    pub fn is_payable(&self) -> bool {
        self.ground != Ground::Claimed && self.frozen.is_none()
    }

    /// The royalty at the rate that applies.
    pub fn applied(&self) -> Royalty {
        Royalty {
            rate: self.rate,
            ..self.royalty()
        }
    }

    /// The royalty as its licence asks for it.
    fn royalty(&self) -> Royalty {
        Royalty {
            payee: self.payee,
            rate: self.asked,
            ceiling: self.ceiling,
        }
    }
}

/// An asset that was owed something until it was not any more.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct PastPayee {
    /// The asset.
    pub asset: Asset,
    /// What the model had received by then, or when it was held back before.
    pub until: Balance,
    /// What it had been paid.
    pub paid: Balance,
}

/// The most entries of a ledger: one more than are ever owed, as what is claimed may take the place of what is owed late.
pub const MAX_ENTRIES: u32 = MAX_STACK + MAX_LATE + 1;
/// The most past payees that are kept.
const MAX_PAST: u32 = 16;

/// The entries of a ledger.
type Entries = BoundedVec<RoyaltyEntry, ConstU32<MAX_ENTRIES>>;

/// The royalties of a model as formulas of R, all that it has ever received itself.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Royalties {
    /// R at the last change of rates.
    base: Balance,
    /// What its teams had kept of it by then.
    kept: Balance,
    /// What payees were paid that are not owed anything any more.
    dropped: Balance,
    /// The last of them, in the order in which that ended, but for those who are owed something again.
    past: BoundedVec<PastPayee, ConstU32<MAX_PAST>>,
    /// Who is owed what.
    entries: Entries,
}

/// What payees of royalties are paid, each once.
pub type RoyaltyPayments = BoundedVec<(Payee, Balance), ConstU32<{ MAX_STACK + MAX_LATE }>>;

/// Who has what of R: all of it together with what dropped payees have had is R.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DueRoyalties {
    /// Owed to the payees, in the order of the entries.
    pub owed: Vec<Balance>,
    /// Kept by the model's team.
    pub kept: Balance,
    /// Neither: what rounding holds back until more is received, fewer units than there are entries.
    pub carried: Balance,
}

/// Royalties after a change of rates.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rebased {
    /// The royalties from now on.
    pub royalties: Royalties,
    /// What was owed and not paid to payees that are dropped: the team's again.
    pub returned: Balance,
}

impl Royalties {
    /// Royalties from the very first unit on.
    pub fn new(stack: &RoyaltyStack) -> Result<Self, RatesAboveOne> {
        Ok(Self {
            base: 0,
            kept: 0,
            dropped: 0,
            past: Default::default(),
            // A stack has no more than there are places.
            entries: entries(stack, &LateRoyalties::new(), &[], &[], &[])
                .map_err(|_| RatesAboveOne)?,
        })
    }

    /// Who is owed what: the stack, then what is late, then what is claimed.
    pub fn entries(&self) -> &[RoyaltyEntry] {
        &self.entries
    }

    /// What payees were paid that are not owed anything any more.
    pub fn dropped(&self) -> Balance {
        self.dropped
    }

    /// What had been received when an asset was last owed something that it is not owed any more; 0 if it never was.
    pub fn owed_until(&self, asset: Asset) -> Balance {
        past_of(&self.past, asset).map_or(0, |past| past.until)
    }

    /// Whether something is owed to an asset, or claimed for it.
    pub fn has(&self, asset: Asset) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.payee.asset() == asset)
    }

    /// What payees were paid since the beginning, those that are not owed anything any more included.
    pub fn paid(&self) -> Result<Balance, ArithmeticError> {
        self.entries
            .iter()
            .try_fold(self.dropped, |paid, entry| sum(paid, entry.paid))
    }

    /// Half of what the present rates leave of `amount`, rounded down.
    pub fn would_wait(&self, amount: Balance) -> Balance {
        let rates: u32 = self.entries.iter().map(|it| it.rate.deconstruct()).sum();
        // They sum to one at the most.
        let left = Perbill::one() - Perbill::from_parts(rates);
        left.mul_floor(amount) / 2
    }

    /// Who has what once the model has received `received` since the beginning, which is not less than at the last change of rates.
    pub fn due(&self, received: Balance) -> Result<DueRoyalties, ArithmeticError> {
        let fresh = difference(received, self.base)?;
        let mut exact = Exact::default();
        let mut rounded: Balance = 0;
        let mut owed = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let due = entry.owed(fresh)?;
            let increase = Exact {
                units: difference(due.units, entry.carried)?,
                billionths: due.billionths,
            };
            exact = exact.plus(increase)?;
            rounded = sum(rounded, increase.units)?;
            owed.push(due.units);
        }
        // The rates sum to one at the most, so that the exact parts sum to `fresh` at the most.
        let kept = sum(self.kept, difference(fresh, exact.units)?)?;
        Ok(DueRoyalties {
            owed,
            kept,
            carried: difference(exact.units, rounded)?,
        })
    }

    /// Notes that everything payable of what is `owed` is paid. Says how much that is for each entry that gets something.
    pub fn pay(&mut self, owed: &[Balance]) -> Result<RoyaltyPayments, ArithmeticError> {
        let mut payments = Vec::with_capacity(self.entries.len());
        for (entry, owed) in self.entries.iter_mut().zip(owed) {
            let amount = difference(*owed, entry.paid)?;
            if entry.is_payable() && amount > 0 {
                entry.paid = *owed;
                payments.push((entry.payee, amount));
            }
        }
        // One for each entry at the most.
        Ok(RoyaltyPayments::truncate_from(payments))
    }

    /// Goes on with other royalties once the model has received `received`, and everything payable by then has been paid. `late` and what
    /// goes on to be claimed take no more than the stack leaves.
    ///
    /// A payee's asset goes on from what it was owed, had been paid, and whether it was frozen; if it was claimed, it is owed now. One that was owed
    /// something in the past goes on from what it was paid. What is claimed, not owed by now and has no place any more is dropped. What rounding held
    /// back goes to the team.
    pub fn rebase(
        &self,
        received: Balance,
        stack: &RoyaltyStack,
        late: &LateRoyalties,
    ) -> Result<Rebased, RebaseError> {
        let owed = |asset| {
            let mut all = stack.iter().chain(late);
            all.any(|royalty| royalty.payee.asset() == asset)
        };
        let places = (MAX_ENTRIES as usize).saturating_sub(stack.len() + late.len());
        let claimed: Vec<_> = self
            .claimed()
            .filter(|royalty| !owed(royalty.payee.asset()))
            .take(places)
            .collect();
        self.rebased(received, stack, late, &claimed)
    }

    /// Goes on without what is claimed.
    pub fn without_claimed(&self, received: Balance) -> Result<Rebased, RebaseError> {
        self.with_claimed(received, &LateRoyalties::new())
    }

    /// Goes on with what is claimed besides.
    pub fn with_claimed(
        &self,
        received: Balance,
        claimed: &LateRoyalties,
    ) -> Result<Rebased, RebaseError> {
        let of = |ground| self.of(ground).collect::<Vec<_>>();
        let stack = RoyaltyStack::truncate_from(of(Ground::Stack));
        let late = LateRoyalties::truncate_from(of(Ground::Late));
        self.rebased(received, &stack, &late, claimed)
    }

    /// What is claimed, as it was asked for.
    fn claimed(&self) -> impl Iterator<Item = Royalty> + '_ {
        self.of(Ground::Claimed)
    }

    fn of(&self, ground: Ground) -> impl Iterator<Item = Royalty> + '_ {
        self.entries
            .iter()
            .filter(move |entry| entry.ground == ground)
            .map(RoyaltyEntry::royalty)
    }

    fn rebased(
        &self,
        received: Balance,
        stack: &RoyaltyStack,
        late: &LateRoyalties,
        claimed: &[Royalty],
    ) -> Result<Rebased, RebaseError> {
        let due = self.due(received)?;
        let before: Vec<_> = self
            .entries
            .iter()
            .zip(&due.owed)
            .map(|(entry, owed)| RoyaltyEntry {
                carried: *owed,
                ..*entry
            })
            .collect();
        let entries = entries(stack, late, claimed, &before, &self.past)?;

        let held = |asset: Asset| entries.iter().find(|entry| entry.payee.asset() == asset);
        let mut past = self.past.clone();
        // What is claimed may come to nothing: then it still was owed last when it was.
        past.retain(|past| held(past.asset).is_none_or(|entry| entry.ground == Ground::Claimed));
        let (mut returned, mut dropped) = (0, self.dropped);
        for entry in entries
            .iter()
            .filter(|entry| !self.has(entry.payee.asset()))
        {
            // What it was paid in the past is counted with it again.
            dropped = difference(dropped, entry.paid)?;
        }
        for entry in before {
            let asset = entry.payee.asset();
            if held(asset).is_some() {
                continue;
            }
            returned = sum(returned, difference(entry.carried, entry.paid)?)?;
            dropped = sum(dropped, entry.paid)?;
            if entry.ground != Ground::Claimed {
                if past.is_full() {
                    past.remove(0);
                }
                past.try_push(PastPayee {
                    asset,
                    until: entry.frozen.unwrap_or(received),
                    paid: entry.paid,
                })
                .expect("one place at least is free; qed");
            }
        }
        let kept = sum(sum(due.kept, due.carried)?, returned)?;
        Ok(Rebased {
            royalties: Self {
                base: received,
                kept,
                dropped,
                past,
                entries,
            },
            returned,
        })
    }

    /// Sets so much aside for each entry, of what the team has kept.
    pub fn set_aside(&mut self, amounts: &[Balance]) -> Result<(), ArithmeticError> {
        for (entry, amount) in self.entries.iter_mut().zip(amounts) {
            entry.carried = sum(entry.carried, *amount)?;
            self.kept = difference(self.kept, *amount)?;
        }
        Ok(())
    }

    /// Freezes or unfreezes what is owed for an asset, when the model has received `received`. Says whether anything changed.
    pub fn set_frozen(&mut self, received: Balance, asset: Asset, frozen: bool) -> bool {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.payee.asset() == asset && entry.frozen.is_some() != frozen);
        match entry {
            Some(entry) => {
                entry.frozen = frozen.then_some(received);
                true
            }
            None => false,
        }
    }
}

/// What is kept of an asset that was owed something in the past.
fn past_of(past: &[PastPayee], asset: Asset) -> Option<&PastPayee> {
    past.iter().rev().find(|past| past.asset == asset)
}

/// The entries of these royalties. Rates that would take more than what is left are cut, in proportion: first those that are late, then those
/// that are claimed, which so take nothing from the others.
fn entries(
    stack: &RoyaltyStack,
    late: &LateRoyalties,
    claimed: &[Royalty],
    before: &[RoyaltyEntry],
    past: &[PastPayee],
) -> Result<Entries, RebaseError> {
    let mut left = u64::from(BILLION);
    let mut all = Vec::with_capacity(stack.len() + late.len() + claimed.len());
    let grounds: [(&[Royalty], Ground); 3] = [
        (stack, Ground::Stack),
        (late, Ground::Late),
        (claimed, Ground::Claimed),
    ];
    for (royalties, ground) in grounds {
        let asked = billionths(royalties);
        if asked > left && ground == Ground::Stack {
            return Err(RebaseError::RatesAboveOne);
        }
        // The team goes on to have something while it is not decided.
        let before_these = match ground {
            Ground::Claimed => left / 2,
            _ => left,
        };
        for royalty in royalties {
            let mut rate = u64::from(royalty.rate.deconstruct());
            if asked > before_these {
                // Below 2^60.
                rate = rate * before_these / asked;
            }
            // Cut, they sum to what is left at the most.
            left -= rate;
            let asset = royalty.payee.asset();
            let held = before.iter().find(|entry| entry.payee.asset() == asset);
            let paid_before = past_of(past, asset).map_or(0, |past| past.paid);
            all.push(RoyaltyEntry {
                payee: royalty.payee,
                asked: royalty.rate,
                // At most 10^9.
                rate: Perbill::from_parts(rate as u32),
                ceiling: royalty.ceiling,
                carried: held.map_or(paid_before, |entry| entry.carried),
                paid: held.map_or(paid_before, |entry| entry.paid),
                ground,
                frozen: held.and_then(|entry| entry.frozen),
            });
        }
    }
    Entries::try_from(all).map_err(|_| RebaseError::TooMany)
}

/// Why royalties cannot take over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RebaseError {
    /// The rates of the stack sum to more than one.
    RatesAboveOne,
    /// There are more late and claimed royalties than places.
    TooMany,
    /// Too little waits for what those who are named have of it.
    WaitsTooLittle,
    /// An amount does not fit, or less was received than at the last change.
    Arithmetic(ArithmeticError),
}

impl From<RatesAboveOne> for RebaseError {
    fn from(_: RatesAboveOne) -> Self {
        Self::RatesAboveOne
    }
}

impl From<ArithmeticError> for RebaseError {
    fn from(error: ArithmeticError) -> Self {
        Self::Arithmetic(error)
    }
}
