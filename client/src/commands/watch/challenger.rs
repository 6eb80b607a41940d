//! `tributary challenger run`, `tributary contributor watch`, and what else contributors ask.

use std::collections::{btree_map::Entry, BTreeMap, BTreeSet};

use anyhow::Result;
use clap::{Args, Subcommand};
use subxt::utils::{AccountId32, H256};
use subxt_signer::sr25519::Keypair;

use super::{metrics::Metrics, value_round, Follower, Watch};
use crate::{
    chain::{state::Proposal, Chain, Snapshot},
    commands::{
        challenge::{is_complete, judge, Verdict},
        statement::of_calls,
    },
    context::{AccountName, Context},
    keys,
    money::Amount,
    output::{remark, Output},
    pool::Payees,
    round,
    valued::{looked_at, proposals, Valued},
};

/// Final blocks within which what a challenge disproved is gone, unless the challenge was lost with its block.
const SETTLING: u64 = 16;

/// What a challenger does.
#[derive(Debug, Subcommand)]
pub(crate) enum ChallengerCommand {
    /// Value every round again, and disprove every proposal that is wrong, until it is ended
    ///
    /// A challenge costs a transaction's fee. Half of the bond of each disproved proposal is the signer's.
    Run(ChallengerRun),
}

/// `tributary challenger run`
#[derive(Args, Debug)]
pub(crate) struct ChallengerRun {
    #[command(flatten)]
    watch: Watch,
}

/// What a contributor does.
#[derive(Debug, Subcommand)]
pub(crate) enum ContributorCommand {
    /// Disprove wrong valuations of one's own contributions, until it is ended
    ///
    /// Looks at the rounds that value contributions which the signer made or is paid for. A challenge costs a transaction's fee. Half of the bond of each disproved
    /// proposal is the signer's.
    Watch(ContributorWatch),
    /// What calls of models have paid for one's data
    ///
    /// For each contribution and pool: the models that owe the pool, how many of their calls were settled, at which rate they owe it, and what of that was
    /// this account's, in all and a call. What was paid otherwise stands beside it: together it is all that the account has earned from pools, to the
    /// unit, paid or not.
    Calls {
        /// An address, dev:NAME or the name of a key [default: the account of --key or --dev]
        #[arg(long)]
        account: Option<AccountName>,
    },
}

/// `tributary contributor watch`
#[derive(Args, Debug)]
pub(crate) struct ContributorWatch {
    #[command(flatten)]
    watch: Watch,
}

impl ChallengerCommand {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Self::Run(ChallengerRun { watch }) = self;
        challenge(context, &watch, false).await
    }
}

impl ContributorCommand {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Watch(ContributorWatch { watch }) => challenge(context, &watch, true).await,
            Self::Calls { account } => of_calls(context, account.as_ref()).await,
        }
    }
}

async fn challenge(context: &Context, watch: &Watch, own_only: bool) -> Result<Output> {
    let metrics = Metrics::new()?;
    let challenger = Challenger {
        metrics: &metrics,
        own_only,
        others: BTreeSet::new(),
        rounds: BTreeMap::new(),
    };
    watch.run(context, &metrics, challenger).await
}

/// One who compares.
struct Challenger<'a> {
    metrics: &'a Metrics,
    /// Whether only rounds that value the signer's contributions matter.
    own_only: bool,
    /// Rounds that do not matter then: nothing is fetched for them.
    others: BTreeSet<(u32, u32)>,
    rounds: BTreeMap<(u32, u32), Known>,
}

/// What is known of a round.
struct Known {
    /// What it is worth: fetched when the first proposal is complete.
    valued: Valued,
    judged: Judged,
}

/// Proposals that were looked at, each with the final block from which on it is looked at once more should it still stand: a challenge
/// is sent on top of blocks that may be replaced. None for those that are right.
///
/// A commitment does not tell one proposal from another: who was disproved may commit to the same once more, for the same bond once that does
/// not double any more. The last block to publish it in does, as each commitment begins another time to publish.
#[derive(Default)]
struct Judged(BTreeMap<(H256, u32), Option<u64>>);

impl Judged {
    /// Whether a proposal that stands in the final block `now` needs a look.
    fn needs_a_look(&self, proposal: &Proposal, now: u64) -> bool {
        match self.0.get(&key(proposal)) {
            None => true,
            Some(again) => again.is_some_and(|again| now >= again),
        }
    }

    /// One that need not be looked at again.
    fn settled(&mut self, proposal: &Proposal) {
        self.0.insert(key(proposal), None);
    }

    /// One against which a challenge was sent when `now` was final.
    fn challenged(&mut self, proposal: &Proposal, now: u64) {
        self.0.insert(key(proposal), Some(now + SETTLING));
    }
}

/// What tells a proposal from all others of its round.
fn key(proposal: &Proposal) -> (H256, u32) {
    (proposal.commitment, proposal.deadline)
}

impl Follower for Challenger<'_> {
    async fn look(
        &mut self,
        chain: &Chain,
        key: &Keypair,
        now: &Snapshot,
        round: (u32, u32),
    ) -> Result<()> {
        let (datanet, number) = round;
        let mut complete = proposals(now, datanet, number).await?;
        complete.retain(is_complete);
        if let Some(known) = self.rounds.get(&round) {
            complete.retain(|proposal| known.judged.needs_a_look(proposal, now.number()));
        }
        if complete.is_empty() || self.others.contains(&round) {
            return Ok(());
        }
        if self.own_only
            && !self.rounds.contains_key(&round)
            && !concerns(now, round, &keys::account(key)).await?
        {
            self.others.insert(round);
            return Ok(());
        }
        let known = match self.rounds.entry(round) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Known {
                valued: value_round(chain, now, round).await?,
                judged: Judged::default(),
            }),
        };
        let verdicts = judge(chain, key, now, &known.valued, &complete).await?;
        let mut failed = None;
        for (proposal, verdict) in complete.iter().zip(verdicts) {
            let verdict = match verdict {
                Ok(verdict) => verdict,
                // One that cannot be judged does not protect the others.
                Err(error) => {
                    failed.get_or_insert(error);
                    continue;
                }
            };
            let word = verdict.word();
            self.metrics.verdicts.with_label_values(&[word]).inc();
            let mut earned = String::new();
            match verdict {
                Verdict::Right => known.judged.settled(proposal),
                Verdict::Gone => known.judged.challenged(proposal, now.number()),
                Verdict::Disproved { reward } => {
                    known.judged.challenged(proposal, now.number());
                    self.metrics.rewards.inc_by(Amount(reward).coins());
                    earned = format!(", which earned {}", Amount(reward));
                }
            }
            remark(format!(
                "Round {number} of datanet {datanet}: the proposal of {} is {word}{earned}.",
                proposal.proposer
            ));
        }
        failed.map_or(Ok(()), Err)
    }

    fn forget(&mut self, round: (u32, u32)) {
        self.others.remove(&round);
        self.rounds.remove(&round);
    }
}

/// Whether a round values contributions that an account made or is paid for.
async fn concerns(
    now: &Snapshot,
    (datanet, number): (u32, u32),
    account: &AccountId32,
) -> Result<bool> {
    let found = round::round(now, datanet, number).await?;
    let contributions = looked_at(now, datanet, number, &found).await?.contributions;
    let payees = Payees::fetch(now, datanet).await?;
    let mut newcomers = contributions
        .iter()
        .filter(|(_, contribution)| contribution.round == number);
    Ok(newcomers.any(|(id, contribution)| {
        contribution.contributor == *account
            || payees.include(*id, &contribution.contributor, account)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::decode::Json;

    fn proposal(commitment: u8, deadline: u32) -> Proposal {
        Proposal {
            proposer: AccountId32([7; 32]),
            commitment: H256([commitment; 32]),
            bond: 60,
            deadline,
            progress: Json::from(serde_json::Value::Null),
        }
    }

    #[test]
    fn what_was_challenged_and_stands_on_is_looked_at_again() {
        let (right, wrong) = (proposal(1, 110), proposal(2, 110));
        let mut judged = Judged::default();
        judged.settled(&right);
        judged.challenged(&wrong, 100);
        for now in [100, 100 + SETTLING - 1] {
            assert!(!judged.needs_a_look(&wrong, now));
        }
        assert!(judged.needs_a_look(&wrong, 100 + SETTLING));
        assert!(!judged.needs_a_look(&right, 1_000));
        assert!(judged.needs_a_look(&proposal(3, 110), 100));
    }

    #[test]
    fn a_lie_that_is_told_again_for_the_same_bond_is_looked_at_again() {
        let mut judged = Judged::default();
        judged.challenged(&proposal(1, 110), 100);
        assert!(!judged.needs_a_look(&proposal(1, 110), 101));
        assert!(judged.needs_a_look(&proposal(1, 111), 101));
    }
}
