//! How money enters and leaves the pot, and how ledgers begin.

use crate::*;
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate, MutateHold},
        tokens::{Fortitude, Precision, Preservation, Restriction},
        Get,
    },
};
use sp_runtime::{
    traits::{AccountIdConversion, SaturatedConversion},
    ArithmeticError, DispatchError, DispatchResult, TokenError,
};
use tributary_primitives::{
    assets::{Asset, Crew, Pool, RoyaltyStack, Share, Team},
    datanets::MAX_CREW_SHARE,
    ids::{ContributionNumber, DatanetId, ModelId, RoundNumber},
    ledger::{self, AmendError, Marks, Royalties, Split, Taking, Vesting},
    merkle::Node,
    roles::Cause,
    Balance, Perbill,
};

impl<T: Config> Pallet<T> {
    /// The account that holds the pot.
    pub(crate) fn pot() -> T::AccountId {
        T::PalletId::get().into_account_truncating()
    }

    /// Takes a payment for an asset out of its payer's free balance.
    pub(crate) fn do_pay(
        asset: Asset,
        round: Option<RoundNumber>,
        payer: &T::AccountId,
        gross: Balance,
        cause: Cause,
    ) -> DispatchResult {
        let taking = ledger::take(gross, Self::taking_rates().protocol_fee, Perbill::zero());
        Self::receive((asset, round), payer, gross, (taking, None), cause, || {
            Self::take_in(payer, gross, Preservation::Expendable)
        })
    }

    /// Takes what calls of a model cost out of what their consumer has on hold.
    pub(crate) fn do_pay_held(
        model: ModelId,
        payer: &T::AccountId,
        reason: T::RuntimeHoldReason,
        gross: Balance,
        host: &T::AccountId,
        share: Perbill,
    ) -> Result<Taking, DispatchError> {
        ensure!(share <= MAX_HOST_SHARE, Error::<T>::HostShareTooHigh);
        let taking = ledger::take(gross, Self::taking_rates().protocol_fee, share);
        let (paid_for, taken) = ((Asset::Model(model), None), (taking, Some(host)));
        Self::receive(paid_for, payer, gross, taken, Cause::Calls, || {
            Self::take_held(payer, reason, gross)
        })?;
        Ok(taking)
    }

    /// Counts a payment that `take_in` brings into the pot: for an asset, and of a datanet for a round, with its parts and who the host is.
    fn receive(
        (asset, round): (Asset, Option<RoundNumber>),
        payer: &T::AccountId,
        gross: Balance,
        (taking, host): (Taking, Option<&T::AccountId>),
        cause: Cause,
        take_in: impl FnOnce() -> DispatchResult,
    ) -> DispatchResult {
        // Whose money it is is read before the coin moves, so that nobody pays for what there is not, and written after.
        let collect = |takings: &mut Takings| {
            take_in()?;
            takings.add_payment(gross, &taking)?;
            Ok::<_, DispatchError>(())
        };
        let round = match asset {
            Asset::Model(model) => {
                ensure!(round.is_none(), Error::<T>::ModelHasNoRounds);
                ModelAccounts::<T>::try_mutate(model, |account| {
                    let account = account.as_mut().ok_or(Error::<T>::ModelNotFound)?;
                    account.marks = Self::marks(account);
                    collect(&mut account.takings)
                })?;
                None
            }
            Asset::Datanet(datanet) => {
                let round = match round {
                    Some(round) => round,
                    None => LastPool::<T>::get(datanet).ok_or(Error::<T>::NoFinalRound)?,
                };
                let (pool, mut account) = Self::earning_account(Pool { datanet, round })?;
                collect(&mut account.takings)?;
                PoolAccounts::<T>::insert(pool, account);
                Some(pool.round)
            }
        };
        let mut totals = PotTotals::<T>::get();
        increase(&mut totals.gross, gross)?;
        increase(&mut totals.fees, taking.fee)?;
        increase(&mut totals.held.fees, taking.fee)?;
        let held = match asset {
            Asset::Model(_) => &mut totals.held.models,
            Asset::Datanet(_) => &mut totals.held.pools,
        };
        increase(held, taking.net)?;
        Self::deposit_event(Event::Paid {
            asset,
            round,
            payer: payer.clone(),
            gross,
            fee: taking.fee,
            host: taking.host,
            net: taking.net,
            cause,
        });
        if let Some(host) = host {
            Self::credit(&mut totals, host, taking.host, Source::Hosting(asset))?;
        }
        PotTotals::<T>::put(totals);
        Ok(())
    }

    /// What is taken of payments: whatever was set, not above the bounds.
    pub(crate) fn taking_rates() -> TakingRates {
        let rates = Rates::<T>::get().unwrap_or_else(|| TakingRates {
            protocol_fee: T::ProtocolFee::get(),
            host_max: T::HostMax::get(),
        });
        TakingRates {
            protocol_fee: rates.protocol_fee.min(MAX_PROTOCOL_FEE),
            host_max: rates.host_max.min(MAX_HOST_SHARE),
        }
    }

    /// Sets what is taken of payments.
    pub(crate) fn do_set_rates(rates: TakingRates) -> DispatchResult {
        ensure!(
            rates.protocol_fee <= MAX_PROTOCOL_FEE,
            Error::<T>::ProtocolFeeAboveBound
        );
        ensure!(
            rates.host_max <= MAX_HOST_SHARE,
            Error::<T>::HostMaxAboveBound
        );
        Rates::<T>::put(rates);
        Self::deposit_event(Event::RatesSet { rates });
        Ok(())
    }

    /// Why a pool has no account.
    pub(crate) fn pool_without_account(pool: &Pool) -> Error<T> {
        if Pools::<T>::contains_key(pool) {
            Error::<T>::PoolWithoutWeight
        } else {
            Error::<T>::PoolNotFound
        }
    }

    /// Moves money into the pot, which is counted: the only way in but for [`Self::take_held`].
    pub(crate) fn take_in(
        payer: &T::AccountId,
        amount: Balance,
        preservation: Preservation,
    ) -> DispatchResult {
        let pot = Self::pot();
        // A transfer to itself would succeed and bring nothing.
        ensure!(*payer != pot, Error::<T>::PotCannotPay);
        T::Currency::transfer(payer, &pot, amount, preservation)?;
        Ok(())
    }

    /// Moves money on hold into the pot, whatever is locked or frozen of it: what was served must be paid for.
    fn take_held(
        payer: &T::AccountId,
        reason: T::RuntimeHoldReason,
        amount: Balance,
    ) -> DispatchResult {
        let (precision, restriction) = (Precision::Exact, Restriction::Free);
        let (pot, force) = (Self::pot(), Fortitude::Force);
        T::Currency::transfer_on_hold(&reason, payer, &pot, amount, precision, restriction, force)?;
        Ok(())
    }

    /// Moves money out of the pot: the only way out. The pot keeps its existential deposit.
    fn pay_out(account: &T::AccountId, amount: Balance) -> DispatchResult {
        match T::Currency::transfer(&Self::pot(), account, amount, Preservation::Preserve) {
            Ok(_) => Ok(()),
            // Only who receives can have too little: the pot keeps enough.
            Err(DispatchError::Token(TokenError::BelowMinimum | TokenError::CannotCreate)) => {
                Err(Error::<T>::BelowExistentialDeposit.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Makes money of the pot an account's own. Needs nothing of the account, so that it cannot fail for it.
    pub(crate) fn credit(
        totals: &mut Totals,
        account: &T::AccountId,
        amount: Balance,
        source: Source,
    ) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        Claimable::<T>::try_mutate(account, |claimable| increase(claimable, amount))?;
        increase(&mut totals.held.claimable, amount)?;
        increase(totals.earned.by(&source), amount)?;
        Self::deposit_event(Event::Credited {
            account: account.clone(),
            amount,
            source,
        });
        Ok(())
    }

    /// Moves all that an account has been credited to its free balance.
    pub(crate) fn do_withdraw(account: T::AccountId) -> DispatchResult {
        let amount = Claimable::<T>::take(&account);
        ensure!(amount > 0, Error::<T>::NothingToWithdraw);
        Self::pay_out(&account, amount)?;
        PotTotals::<T>::try_mutate(|totals| {
            decrease(&mut totals.held.claimable, amount)?;
            increase(&mut totals.withdrawn, amount)
        })?;
        Self::deposit_event(Event::Withdrawn { account, amount });
        Ok(())
    }

    /// Moves fees and surplus to the treasury.
    pub(crate) fn do_sweep() -> DispatchResult {
        let mut totals = PotTotals::<T>::get();
        let fees = totals.held.fees;
        let surplus = Self::surplus(&totals)?;
        let amount = sum([fees, surplus])?;
        ensure!(amount > 0, Error::<T>::NothingToSweep);
        Self::pay_out(&T::Treasury::get(), amount)?;
        decrease(&mut totals.held.fees, fees)?;
        increase(&mut totals.swept, fees)?;
        PotTotals::<T>::put(totals);
        Self::deposit_event(Event::Swept { fees, surplus });
        Ok(())
    }

    /// What the pot owns beyond its existential deposit and all that it owes.
    pub(crate) fn surplus(totals: &Totals) -> Result<Balance, ArithmeticError> {
        let owed = sum([totals.held.total()?, T::Currency::minimum_balance()])?;
        let mut surplus = T::Currency::balance(&Self::pot());
        decrease(&mut surplus, owed)?;
        Ok(surplus)
    }

    /// Opens the ledger of a model.
    pub(crate) fn do_open(
        model: ModelId,
        mut stack: RoyaltyStack,
        team: Team<T::AccountId>,
    ) -> DispatchResult {
        ensure!(!Splits::<T>::contains_key(model), Error::<T>::LedgerExists);
        Self::ensure_team(&team)?;
        Self::prepare_stack(model, &mut stack)?;
        let royalties = Royalties::new(&stack).map_err(|_| Error::<T>::RatesAboveOne)?;

        Splits::<T>::insert(model, Split::new(royalties, team.clone()));
        ModelAccounts::<T>::insert(model, ModelAccount::default());
        Self::deposit_event(Event::LedgerOpened {
            model,
            royalties: stack,
            team,
        });
        Ok(())
    }

    /// Gives a model another team, after the present one has been paid.
    pub(crate) fn do_amend_team(model: ModelId, team: Team<T::AccountId>) -> DispatchResult {
        Self::ensure_team(&team)?;
        let (mut split, account, _) = Self::settled(model)?;
        let inflow = account.takings.inflow();
        let rest = split
            .amend(&inflow, &Self::marks(&account), team.clone())
            .map_err(|error| match error {
                AmendError::FormerTeamWaits => Error::<T>::FormerTeamWaits.into(),
                AmendError::Claimed => Error::<T>::RoyaltyClaimed.into(),
                AmendError::Arithmetic(error) => DispatchError::from(error),
            })?;
        if let Some((last, remainder)) = rest {
            PotTotals::<T>::try_mutate(|totals| {
                decrease(&mut totals.held.models, remainder)?;
                Self::credit(totals, &last, remainder, Source::Team(model))
            })?;
        }
        Splits::<T>::insert(model, split);
        Self::deposit_event(Event::TeamAmended { model, team });
        Ok(())
    }

    pub(crate) fn ensure_team(team: &Team<T::AccountId>) -> DispatchResult {
        ensure!(!team.is_empty(), Error::<T>::EmptyTeam);
        let one = u64::from(Perbill::one().deconstruct());
        ensure!(parts(team) == one, Error::<T>::TeamPartsNotOne);
        let repeated = team.iter().enumerate().any(|(index, member)| {
            team[..index]
                .iter()
                .any(|earlier| earlier.account == member.account)
        });
        ensure!(!repeated, Error::<T>::MemberTwice);
        Ok(())
    }

    /// Opens the pool of a final round.
    pub(crate) fn do_open_pool(
        pool: Pool,
        root: Node,
        withdrawn: u128,
        count: u32,
        crew: Crew<T::AccountId>,
        vesting: Vesting,
    ) -> DispatchResult {
        let (ordinal, earned_before) = match LastPool::<T>::get(pool.datanet) {
            Some(last) => {
                ensure!(pool.round > last, Error::<T>::PoolOutOfOrder);
                let last = Self::pool_terms(Pool {
                    round: last,
                    ..pool
                })?;
                let ordinal = last
                    .ordinal
                    .checked_add(1)
                    .ok_or(ArithmeticError::Overflow)?;
                (ordinal, last.earning)
            }
            None => (1, None),
        };
        let bound = u64::from(MAX_CREW_SHARE.deconstruct());
        ensure!(parts(&crew) <= bound, Error::<T>::CrewPartsTooHigh);

        let weight = root
            .sum
            .checked_sub(withdrawn)
            .ok_or(Error::<T>::WithdrawnTooMuch)?;

        let terms = PoolTerms {
            root,
            count,
            weight,
            earning: if weight > 0 {
                Some(pool.round)
            } else {
                earned_before
            },
            ordinal,
            opened: Self::now(),
            vesting,
            crew: crew.clone(),
        };
        Pools::<T>::insert(pool, terms);
        if weight > 0 {
            PoolAccounts::<T>::insert(pool, PoolAccount::default());
        }
        LastPool::<T>::insert(pool.datanet, pool.round);
        Self::deposit_event(Event::PoolOpened {
            pool,
            root,
            withdrawn,
            count,
            vesting,
            crew,
        });
        Ok(())
    }

    /// Excludes a contribution from pools that are not open yet: what was proven stays proven.
    pub(crate) fn do_exclude(
        datanet: DatanetId,
        contribution: ContributionNumber,
        weight: u128,
        since: RoundNumber,
    ) -> DispatchResult {
        let after_last = LastPool::<T>::get(datanet).is_none_or(|last| since > last);
        ensure!(after_last, Error::<T>::PoolOutOfOrder);
        ensure!(
            !Exclusions::<T>::contains_key(datanet, contribution),
            Error::<T>::AlreadyExcluded
        );
        Exclusions::<T>::insert(datanet, contribution, Exclusion { weight, since });
        Self::deposit_event(Event::ContributionExcluded {
            datanet,
            contribution,
            weight,
            since,
        });
        Ok(())
    }

    /// The terms of an open pool.
    pub(crate) fn pool_terms(pool: Pool) -> Result<PoolTerms<T::AccountId>, Error<T>> {
        Pools::<T>::get(pool).ok_or(Error::<T>::PoolNotFound)
    }

    /// The pool that receives what is paid for a pool: itself, or the last one before it of which something earns.
    pub(crate) fn earning_pool(pool: Pool) -> Result<Option<Pool>, Error<T>> {
        let earning = Self::pool_terms(pool)?.earning;
        Ok(earning.map(|round| Pool { round, ..pool }))
    }

    /// That pool with its account.
    fn earning_account(pool: Pool) -> Result<(Pool, PoolAccount), Error<T>> {
        if let Some(account) = PoolAccounts::<T>::get(pool) {
            return Ok((pool, account));
        }
        let earning = Self::earning_pool(pool)?.ok_or(Error::<T>::PoolWithoutWeight)?;
        let account = PoolAccounts::<T>::get(earning).ok_or(Error::<T>::PoolNotFound)?;
        Ok((earning, account))
    }

    /// Where a model stood at the last two boundaries between periods.
    pub(crate) fn marks(account: &ModelAccount) -> Marks {
        let period = Self::now() / T::EscrowPeriod::get().max(1);
        account.marks.at(period, account.takings.net)
    }

    /// The number of this block.
    pub(crate) fn now() -> u32 {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// What is in a model's ledger: all that it received, less what it has paid.
    pub(crate) fn held_by_model(
        split: &Split<T::AccountId>,
        account: &ModelAccount,
    ) -> Result<Balance, ArithmeticError> {
        let mut held = account.takings.inflow().total()?;
        decrease(&mut held, split.paid_royalties()?)?;
        decrease(&mut held, split.paid_teams()?)?;
        Ok(held)
    }

    /// What is in a pool: all that it received, less what it has paid.
    pub(crate) fn held_by_pool(
        terms: &PoolTerms<T::AccountId>,
        account: &PoolAccount,
    ) -> Result<Balance, ArithmeticError> {
        let mut held = account.takings.inflow().total()?;
        decrease(
            &mut held,
            sum(ledger::crew_shares(&terms.crew, account.settled))?,
        )?;
        decrease(&mut held, account.claimed)?;
        Ok(held)
    }
}

/// The sum of the parts of some shares, in billionths. There are so few that it fits.
fn parts<AccountId>(shares: &[Share<AccountId>]) -> u64 {
    shares
        .iter()
        .map(|share| u64::from(share.part.deconstruct()))
        .sum()
}
