//! `tributary evaluator run`.

use std::collections::{btree_map::Entry, BTreeMap};

use anyhow::Result;
use clap::{Args, Subcommand};
use subxt_signer::sr25519::Keypair;

use super::{metrics::Metrics, value_round, Follower, Watch};
use crate::{
    chain::{Chain, Snapshot, Wait},
    commands::{
        challenge::is_complete,
        evaluate::{in_time, own_proposal, publish, PATIENCE},
    },
    context::Context,
    output::{remark, Output},
    round::{self, Step},
    valued::{proposals, Valued},
};

/// What an evaluator does.
#[derive(Debug, Subcommand)]
pub(crate) enum EvaluatorCommand {
    /// Value every round and publish the result under a bond, until it is ended
    Run(EvaluatorRun),
}

/// `tributary evaluator run`
///
/// A round that somebody has published rightly is left to them. Ended and started again it goes on with what it has committed to.
#[derive(Args, Debug)]
pub(crate) struct EvaluatorRun {
    #[command(flatten)]
    watch: Watch,
}

impl EvaluatorCommand {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Self::Run(EvaluatorRun { watch }) = self;
        let metrics = Metrics::new()?;
        let evaluator = Evaluator {
            metrics: &metrics,
            rounds: BTreeMap::new(),
        };
        watch.run(context, &metrics, evaluator).await
    }
}

/// One who publishes.
struct Evaluator<'a> {
    metrics: &'a Metrics,
    /// What rounds are worth.
    rounds: BTreeMap<(u32, u32), Valued>,
}

impl Follower for Evaluator<'_> {
    async fn look(
        &mut self,
        chain: &Chain,
        key: &Keypair,
        now: &Snapshot,
        round: (u32, u32),
    ) -> Result<()> {
        let (datanet, number) = round;
        let standing = round::standing(now, datanet, number).await?;
        if standing.step == Step::Finalise {
            let since = u64::from(standing.closes_at.unwrap_or_default());
            if now.number() >= since + PATIENCE {
                round::take_step(chain, key, datanet, number, &standing.step).await?;
            }
            return Ok(());
        }
        let own = own_proposal(chain, key, datanet, number).await?;
        if own.as_ref().is_some_and(is_complete) {
            return Ok(());
        }
        let periods = round::recipe(now, datanet).await?.periods;
        if own.is_none() && !in_time(&periods, &standing) {
            return Ok(());
        }
        let valued = match self.rounds.entry(round) {
            Entry::Occupied(valued) => valued.into_mut(),
            Entry::Vacant(place) => place.insert(value_round(chain, now, round).await?),
        };
        let is_right = |proposer: &_| valued.valuation.commitment(proposer, datanet, number);
        let published = proposals(now, datanet, number)
            .await?
            .iter()
            .any(|proposal| {
                is_complete(proposal) && is_right(&proposal.proposer) == proposal.commitment
            });
        if own.is_none() && published {
            return Ok(());
        }
        publish(chain, Wait::Included, key, datanet, number, valued).await?;
        self.metrics.published.inc();
        remark(format!(
            "Round {number} of datanet {datanet}: the valuation is published."
        ));
        Ok(())
    }

    fn forget(&mut self, round: (u32, u32)) {
        self.rounds.remove(&round);
    }
}
