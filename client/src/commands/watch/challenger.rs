//! `tributary challenger run` and `tributary contributor watch`.

use std::collections::{btree_map::Entry, BTreeMap, BTreeSet};

use anyhow::Result;
use clap::{Args, Subcommand};
use subxt::utils::H256;
use subxt_signer::sr25519::Keypair;

use super::{metrics::Metrics, value_round, Follower, Watch};
use crate::{
    chain::{Chain, Snapshot},
    commands::challenge::{is_complete, judge, Verdict},
    context::Context,
    keys,
    money::Amount,
    output::{remark, Output},
    valued::{proposals, Valued},
};

/// What a challenger does.
#[derive(Debug, Subcommand)]
pub(crate) enum ChallengerCommand {
    /// Value every round again, and disprove every proposal that is wrong, until it is ended
    Run(ChallengerRun),
}

/// `tributary challenger run`
///
/// Half of the bond of each disproved proposal is the signer's.
#[derive(Args, Debug)]
pub(crate) struct ChallengerRun {
    #[command(flatten)]
    watch: Watch,
}

/// What a contributor does.
#[derive(Debug, Subcommand)]
pub(crate) enum ContributorCommand {
    /// Disprove wrong valuations of one's own contributions, until it is ended
    Watch(ContributorWatch),
}

/// `tributary contributor watch`
///
/// Looks at the rounds that value contributions of the signer.
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
        let Self::Watch(ContributorWatch { watch }) = self;
        challenge(context, &watch, true).await
    }
}

async fn challenge(context: &Context, watch: &Watch, own_only: bool) -> Result<Output> {
    let metrics = Metrics::new()?;
    let challenger = Challenger {
        metrics: &metrics,
        own_only,
        rounds: BTreeMap::new(),
    };
    watch.run(context, &metrics, challenger).await
}

/// One who compares.
struct Challenger<'a> {
    metrics: &'a Metrics,
    /// Whether only rounds that value the signer's contributions matter.
    own_only: bool,
    rounds: BTreeMap<(u32, u32), Known>,
}

/// What is known of a round.
struct Known {
    /// What it is worth: fetched when the first proposal is complete.
    valued: Valued,
    /// Commitments of proposals that need no second look.
    judged: BTreeSet<H256>,
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
            complete.retain(|proposal| !known.judged.contains(&proposal.commitment));
        }
        if complete.is_empty() {
            return Ok(());
        }
        let known = match self.rounds.entry(round) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Known {
                valued: value_round(chain, now, round).await?,
                judged: BTreeSet::new(),
            }),
        };
        let own = keys::account(key);
        let concerned = known
            .valued
            .newcomers()
            .any(|(_, contribution)| contribution.contributor == own);
        if self.own_only && !concerned {
            known
                .judged
                .extend(complete.iter().map(|proposal| proposal.commitment));
            return Ok(());
        }
        let verdicts = judge(chain, key, now, &known.valued, &complete).await?;
        for (proposal, (proposer, verdict)) in complete.iter().zip(verdicts) {
            let word = verdict.word();
            self.metrics.verdicts.with_label_values(&[word]).inc();
            let earned = match verdict {
                Verdict::Disproved { reward } => {
                    self.metrics.rewards.inc_by(Amount(reward).coins());
                    format!(", which earned {}", Amount(reward))
                }
                Verdict::Right | Verdict::Gone => String::new(),
            };
            remark(format!(
                "Round {number} of datanet {datanet}: the proposal of {proposer} is {word}{earned}."
            ));
            known.judged.insert(proposal.commitment);
        }
        Ok(())
    }

    fn forget(&mut self, round: (u32, u32)) {
        self.rounds.remove(&round);
    }
}
