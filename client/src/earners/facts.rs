//! How the chain divides what comes in: what it keeps of models, pools and contributions.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{
    assets::{Crew, Payee, Pool, Share},
    datanets::{Evidence, Recipe},
    ledger::{Marks, Split},
    Perbill,
};

use crate::{
    asset::pool_text,
    chain::{
        calls::ContributionValued,
        state::{ModelAccount, PoolTerms, Round},
        Snapshot,
    },
    ledger::Ledger,
    round,
};

/// How what a model receives is divided.
pub(crate) struct ModelFacts {
    pub(crate) split: Split<AccountId32>,
    /// Where it stood at the last two boundaries between periods.
    pub(crate) marks: Marks,
}

/// How what a pool receives is divided.
pub(crate) struct PoolFacts {
    pub(crate) crew: Crew<AccountId32>,
    /// The weight that earns.
    pub(crate) weight: u128,
    /// Who evaluated the round, and the evaluator's part in billionths.
    pub(crate) evaluator: (AccountId32, u128),
    /// Who provided a slice or attested, one entry for each, and the part of each.
    pub(crate) providers: (Vec<AccountId32>, u128),
}

impl PoolFacts {
    fn of(terms: PoolTerms, recipe: &Recipe, round: &Round) -> Result<Self> {
        let shares = terms.crew.iter().map(|member| Share {
            account: member.account,
            part: Perbill::from_parts(member.part),
        });
        let outcome = round.outcome.as_ref();
        let outcome = outcome.context("a round with a pool has no outcome")?;
        let providers: Vec<_> = match recipe.evidence {
            Evidence::Open => round.seats.iter().map(|seat| seat.provider).collect(),
            Evidence::Attested { .. } => round.providers.clone(),
        };
        let each = recipe.providers_share.deconstruct() / providers.len().max(1) as u32;
        Ok(Self {
            crew: Crew::truncate_from(shares.collect()),
            weight: terms.weight,
            evaluator: (
                outcome.evaluator,
                recipe.evaluator_share.deconstruct().into(),
            ),
            providers: (providers, each.into()),
        })
    }
}

/// A contribution that pools pay.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    pub(crate) number: u32,
    /// The round that valued it.
    pub(crate) round: u32,
    pub(crate) contributor: AccountId32,
    pub(crate) weight: u128,
    /// The first round whose pool leaves it out.
    pub(crate) withdrawn: Option<u32>,
}

impl Admitted {
    /// Whether the pool of a round pays it.
    pub(crate) fn is_paid(&self, round: u32) -> bool {
        round >= self.round && self.withdrawn.is_none_or(|since| round < since)
    }
}

/// All that the chain keeps of it.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) models: BTreeMap<u32, ModelFacts>,
    pub(crate) pools: BTreeMap<Pool, PoolFacts>,
    /// By datanet.
    pub(crate) admitted: BTreeMap<u32, Vec<Admitted>>,
}

impl Facts {
    /// Reads it, but for the contributions, whose values are in events.
    pub(crate) async fn fetch(state: &Snapshot, valued: &[ContributionValued]) -> Result<Self> {
        let mut facts = Self::default();
        let splits: Vec<((u32,), Static<Split<AccountId32>>)> =
            state.entries("Rewards", "Splits", ()).await?;
        let length: u32 = state.constant("Rewards", "EscrowPeriod")?;
        let period = u32::try_from(state.number() / u64::from(length.max(1)))?;
        for ((model,), split) in splits {
            let account: Option<ModelAccount> =
                state.get("Rewards", "ModelAccounts", (model,)).await?;
            let account = account.with_context(|| format!("model {model} has no account"))?;
            let found = ModelFacts {
                split: split.0,
                marks: account.marks.0.at(period, account.takings.net),
            };
            facts.models.insert(model, found);
        }
        let pools: Vec<((Static<Pool>,), PoolTerms)> =
            state.entries("Rewards", "Pools", ()).await?;
        for ((pool,), terms) in pools {
            let recipe = round::recipe(state, pool.datanet).await?;
            let found = round::round(state, pool.datanet, pool.round).await?;
            let found = PoolFacts::of(terms, &recipe, &found)
                .with_context(|| format!("reading {}", pool_text(*pool)))?;
            facts.pools.insert(*pool, found);
        }
        for valued in valued {
            let Ok(weight @ 1..) = u128::try_from(valued.value) else {
                continue;
            };
            let list = facts.admitted.entry(valued.datanet).or_default();
            list.push(Admitted {
                number: valued.contribution,
                round: valued.round,
                contributor: valued.contributor,
                weight,
                withdrawn: None,
            });
        }
        for (datanet, list) in &mut facts.admitted {
            for (number, contribution) in round::contributions(state, *datanet).await? {
                let mut found = list.iter_mut();
                if let Some(found) = found.find(|found| found.number == number) {
                    found.withdrawn = contribution.withdrawn;
                }
            }
        }
        Ok(facts)
    }

    /// How often somebody paid for using a datanet's pool of a round, or a model that owes it a royalty.
    pub(crate) fn payments(&self, ledger: &Ledger, pays: impl Fn(Pool) -> bool) -> u64 {
        let is_paid = |payee: &Payee| match payee {
            Payee::Pool(pool) => pays(*pool),
            Payee::Model(_) => false,
        };
        let owes = |model: &u32| {
            let facts = self.models.get(model);
            let royalties = facts.map(|facts| facts.split.royalties().entries());
            royalties.is_some_and(|entries| entries.iter().any(|entry| is_paid(&entry.payee)))
        };
        let paid = ledger.payees.iter().filter(|(payee, _)| match payee {
            Payee::Pool(_) => is_paid(payee),
            Payee::Model(model) => owes(model),
        });
        paid.map(|(_, sums)| sums.payments).sum()
    }
}
