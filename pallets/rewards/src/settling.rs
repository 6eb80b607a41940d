//! How money moves inside the pot: from models to their payees and teams, from pools to crews and contributors.

use crate::{
    authors::{increases, Earning},
    *,
};
use alloc::vec::Vec;
use frame_support::{ensure, weights::Weight};
use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    assets::{Payee, Pool, MAX_AUTHORS},
    hashing,
    ids::{ContributionNumber, ModelId},
    ledger::{self, Split},
    merkle, Balance,
};

/// What divides a model's money once all that is due is paid, that money, and how many payees and members were paid.
pub(crate) type SettledModel<AccountId> = (Split<AccountId>, ModelAccount, (u32, u32));

/// A pool from which contributions are paid.
struct OpenPool<T: Config> {
    pool: Pool,
    terms: PoolTerms<T::AccountId>,
    account: PoolAccount,
    /// What its contributions have earned together.
    contributors: Balance,
}

impl<T: Config> OpenPool<T> {
    fn open(pool: Pool) -> Result<Self, DispatchError> {
        let account =
            PoolAccounts::<T>::get(pool).ok_or_else(|| Pallet::<T>::pool_without_account(&pool))?;
        let terms = Pools::<T>::get(pool).ok_or(Error::<T>::PoolNotFound)?;
        let received = account.takings.inflow().total()?;
        let contributors = ledger::contributors_part(&terms.crew, received)?;
        Ok(Self {
            pool,
            terms,
            account,
            contributors,
        })
    }

    /// What a contribution of `weight` has earned since the beginning.
    fn earned(&self, weight: u128) -> Result<Balance, DispatchError> {
        let earned = ledger::contribution_part(self.contributors, weight, self.terms.weight)?;
        Ok(earned)
    }

    /// Notes what was claimed.
    fn close(self) {
        PoolAccounts::<T>::insert(self.pool, self.account);
    }
}

impl<T: Config> Pallet<T> {
    /// Pays royalties and team what is due of all that a model has received. Says how many payees and members were paid.
    pub(crate) fn do_settle(model: ModelId) -> Result<(u32, u32), DispatchError> {
        let (.., paid) = Self::settled(model)?;
        Ok(paid)
    }

    /// The same, for those who go on with the split that notes it, and with the account. It is stored whatever they do.
    pub(crate) fn settled(model: ModelId) -> Result<SettledModel<T::AccountId>, DispatchError> {
        let account = ModelAccounts::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let mut split = Splits::<T>::get(model).ok_or(Error::<T>::ModelNotFound)?;
        let inflow = account.takings.inflow();
        let payments = split.settle(&inflow, &Self::marks(&account))?;
        // At most 40 and 32.
        let paid = (
            payments.royalties.len() as u32,
            payments.members.len() as u32,
        );
        if !payments.changed {
            return Ok((split, account, paid));
        }

        let mut totals = PotTotals::<T>::get();
        for (payee, amount) in &payments.royalties {
            Self::pay_royalty(&mut totals, *payee, *amount)?;
        }
        for (member, amount) in payments.members {
            decrease(&mut totals.held.models, amount)?;
            Self::credit(&mut totals, &member, amount, Source::Team(model))?;
        }
        Splits::<T>::insert(model, &split);
        PotTotals::<T>::put(totals);
        Self::deposit_event(Event::Settled {
            model,
            inflow,
            royalties: payments.royalties,
        });
        Ok((split, account, paid))
    }

    /// Moves a royalty from a model's ledger to that of the payee.
    fn pay_royalty(totals: &mut Totals, payee: Payee, amount: Balance) -> DispatchResult {
        decrease(&mut totals.held.models, amount)?;
        match payee {
            Payee::Model(parent) => {
                ModelAccounts::<T>::try_mutate(parent, |account| {
                    let account = account.as_mut().ok_or(Error::<T>::ModelNotFound)?;
                    increase(&mut account.takings.royalties, amount)?;
                    Ok::<_, DispatchError>(())
                })?;
                increase(&mut totals.held.models, amount)?;
            }
            Payee::Pool(pool) => {
                PoolAccounts::<T>::try_mutate(pool, |account| {
                    let account = account.as_mut().ok_or(Error::<T>::PoolNotFound)?;
                    increase(&mut account.takings.royalties, amount)?;
                    Ok::<_, DispatchError>(())
                })?;
                increase(&mut totals.held.pools, amount)?;
            }
        }
        Ok(())
    }

    /// Pays the crew of a pool what is due of all that the pool has received. Says how many members it looked at.
    pub(crate) fn do_settle_crew(pool: Pool) -> Result<u32, DispatchError> {
        let mut account =
            PoolAccounts::<T>::get(pool).ok_or_else(|| Self::pool_without_account(&pool))?;
        let received = account.takings.inflow().total()?;
        if received == account.settled {
            return Ok(0);
        }
        let crew = Pools::<T>::get(pool).ok_or(Error::<T>::PoolNotFound)?.crew;
        let paid = ledger::crew_shares(&crew, account.settled);
        let due = ledger::crew_shares(&crew, received);
        let mut totals = PotTotals::<T>::get();
        for (member, amount) in crew.iter().zip(increases(&paid, &due)?) {
            decrease(&mut totals.held.pools, amount)?;
            Self::credit(&mut totals, &member.account, amount, Source::Crew(pool))?;
        }
        account.settled = received;
        PoolAccounts::<T>::insert(pool, account);
        PotTotals::<T>::put(totals);
        Ok(crew.len() as u32)
    }

    /// The most that a call with these claims costs: each may be of a contribution with the most authors.
    pub(crate) fn weight_of_claims(claims: &Claims<T::AccountId>) -> Weight {
        let proofs = claims.iter().filter(|claim| claim.proof.is_some()).count() as u32;
        let others = claims.len() as u32 - proofs;
        T::WeightInfo::claim_proving(proofs)
            .saturating_add(T::WeightInfo::claim_proven(others))
            .saturating_add(Self::weight_of_authors(claims.len() as u32, MAX_AUTHORS))
    }

    /// What it costs besides to credit so many authors of each of so many contributions.
    pub(crate) fn weight_of_authors(contributions: u32, authors: u32) -> Weight {
        T::WeightInfo::share_out(authors).saturating_mul(contributions.into())
    }

    /// Credits contributions with what they are owed. Says what it cost of what [`Self::weight_of_claims`] says.
    pub(crate) fn do_claim(claims: Claims<T::AccountId>) -> Result<Weight, DispatchError> {
        let mut unused = Weight::zero();
        let most = Self::weight_of_claims(&claims);
        let mut totals = PotTotals::<T>::get();
        // Claims from the same pool mostly follow each other: it is read and written once for all of them.
        let mut open: Option<OpenPool<T>> = None;
        for claim in claims {
            let mut opened = match open.take() {
                Some(opened) if opened.pool == claim.pool => opened,
                other => {
                    if let Some(other) = other {
                        other.close();
                    }
                    OpenPool::<T>::open(claim.pool)?
                }
            };
            let authors = Self::claim_one(&mut totals, &mut opened, claim)?;
            unused = unused.saturating_add(Self::unused_by(authors));
            open = Some(opened);
        }
        if let Some(opened) = open {
            opened.close();
        }
        PotTotals::<T>::put(totals);
        Ok(most.saturating_sub(unused))
    }

    /// Credits a contribution with what it is owed from a pool. Says how many authors it has.
    fn claim_one(
        totals: &mut Totals,
        opened: &mut OpenPool<T>,
        claim: Claim<T::AccountId>,
    ) -> Result<u32, DispatchError> {
        let (pool, contribution) = (opened.pool, claim.contribution);
        Proven::<T>::try_mutate(pool, contribution, |entry| {
            let mut proven = match entry.take() {
                Some(proven) => proven,
                None => Self::prove(pool, &opened.terms, contribution, claim.proof)?,
            };
            let earned = opened.earned(proven.weight)?;
            let (amount, authors) = Self::credit_contribution(
                totals,
                &proven.account,
                (pool.datanet, contribution),
                Earning::so_far(proven.paid),
                Earning::so_far(earned),
                Source::Contribution(pool, contribution),
            )?;
            proven.paid = earned;
            increase(&mut opened.account.claimed, amount)?;
            decrease(&mut totals.held.pools, amount)?;
            *entry = Some(proven);
            Ok(authors)
        })
    }

    /// What a contribution with so many authors costs less than one with the most.
    pub(crate) fn unused_by(authors: u32) -> Weight {
        let most = T::WeightInfo::share_out(MAX_AUTHORS);
        match authors {
            0 => most,
            authors => most.saturating_sub(T::WeightInfo::share_out(authors)),
        }
    }

    /// Checks the proof of a contribution's weight in a pool.
    fn prove(
        pool: Pool,
        terms: &PoolTerms<T::AccountId>,
        contribution: ContributionNumber,
        proof: Option<Proof<T::AccountId>>,
    ) -> Result<ProvenWeight<T::AccountId>, DispatchError> {
        let paid = Exclusions::<T>::get(pool.datanet, contribution)
            .is_none_or(|exclusion| pool.round < exclusion.since);
        ensure!(paid, Error::<T>::ConsentWithdrawn);
        let Proof {
            account,
            weight,
            index,
            path,
        } = proof.ok_or(Error::<T>::ProofRequired)?;
        let leaf = hashing::weight_leaf(contribution, &account);
        let valid = merkle::verify(terms.root, terms.count, index, leaf, weight, &path);
        ensure!(valid, Error::<T>::ProofInvalid);
        Self::deposit_event(Event::Proven {
            pool,
            contribution,
            account: account.clone(),
            weight,
        });
        Ok(ProvenWeight {
            account,
            weight,
            paid: 0,
        })
    }

    /// What a contribution of `weight` has earned from a pool since the beginning.
    pub(crate) fn earned_by(pool: Pool, weight: u128) -> Result<Balance, DispatchError> {
        OpenPool::<T>::open(pool)?.earned(weight)
    }

    /// The ledger of a model in numbers.
    pub(crate) fn model_statement(model: ModelId) -> Option<ModelStatement<T::AccountId>> {
        let account = ModelAccounts::<T>::get(model)?;
        let split = Splits::<T>::get(model)?;
        let due = split
            .due(&account.takings.inflow(), &Self::marks(&account))
            .ok()?;
        let royalties: Vec<_> = split
            .royalties()
            .entries()
            .iter()
            .zip(due.royalties)
            .map(|(entry, earned)| RoyaltyStatement {
                royalty: entry.applied(),
                ground: entry.ground,
                frozen: entry.frozen.is_some(),
                earned,
                paid: entry.paid,
            })
            .collect();
        let mut contested = 0;
        for (entry, royalty) in split.royalties().entries().iter().zip(&royalties) {
            if !entry.is_payable() {
                increase(&mut contested, royalty.earned.checked_sub(royalty.paid)?).ok()?;
            }
        }
        let paid = split.shared().ok()?;
        let former = split.former().map(|former| former.members.to_vec());
        Some(ModelStatement {
            takings: account.takings,
            held: Self::held_by_model(&split, &account).ok()?,
            royalties,
            team: statements(&split.team().members, due.team, paid.team, due.team_waiting),
            former: statements(
                &former.unwrap_or_default(),
                due.former,
                paid.former,
                due.former_waiting,
            ),
            waiting: due.waiting,
            contested,
            waits: split.waits(),
        })
    }

    /// A pool in numbers.
    pub(crate) fn pool_statement(pool: Pool) -> Option<PoolStatement<T::AccountId>> {
        let account = PoolAccounts::<T>::get(pool)?;
        let terms = Pools::<T>::get(pool)?;
        let received = account.takings.inflow().total().ok()?;
        let due = ledger::crew_shares(&terms.crew, received);
        let paid = ledger::crew_shares(&terms.crew, account.settled);
        Some(PoolStatement {
            root: terms.root,
            count: terms.count,
            weight: terms.weight,
            takings: account.takings,
            held: Self::held_by_pool(&terms, &account).ok()?,
            contributors: ledger::contributors_part(&terms.crew, received).ok()?,
            claimed: account.claimed,
            crew: statements(&terms.crew, due, paid, Vec::new()),
        })
    }
}

/// Shares in numbers. Where nothing is said to wait nothing does.
fn statements<AccountId: Clone>(
    shares: &[tributary_primitives::assets::Share<AccountId>],
    earned: Vec<Balance>,
    paid: Vec<Balance>,
    waiting: Vec<Balance>,
) -> Vec<ShareStatement<AccountId>> {
    let waiting = waiting.into_iter().chain(core::iter::repeat(0));
    shares
        .iter()
        .zip(earned.into_iter().zip(paid).zip(waiting))
        .map(|(share, ((earned, paid), waiting))| ShareStatement {
            share: share.clone(),
            earned,
            paid,
            waiting,
        })
        .collect()
}
