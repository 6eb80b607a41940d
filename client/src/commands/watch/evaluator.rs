//! `tributary evaluator run`.

use std::collections::{btree_map::Entry, BTreeMap, BTreeSet};

use anyhow::Result;
use clap::{Args, Subcommand};
use subxt_signer::sr25519::Keypair;

use super::{metrics::Metrics, value_round, Follower, Watch};
use crate::{
    chain::{state::ValuationOutcome, Chain, Snapshot, Wait},
    commands::{
        challenge::is_complete,
        evaluate::{in_time, own_proposal, publish, publish_quality, PATIENCE},
    },
    concluded::Concluded,
    context::Context,
    keys,
    output::{remark, Output},
    quality,
    round::{self, Step},
    valued::{proposals, value, Valued},
};

/// Blocks until quality that could not be published is tried again: nothing is lost by its coming late.
const AGAIN: u64 = 100;

/// What an evaluator does.
#[derive(Debug, Subcommand)]
pub(crate) enum EvaluatorCommand {
    /// Value every round and publish the result under a bond, until it is ended
    ///
    /// The bond of a round is the recipe's evaluator bond or the round's budget, whichever is more, and up to sixteen times that after
    /// others' proposals have failed. It comes back when the round is final. A round that somebody has published rightly is left to them.
    /// Ended and started again it goes on with what it has committed to. Once a round is final with its values, it publishes the advisory
    /// quality of the round's records.
    Run(EvaluatorRun),
}

/// `tributary evaluator run`
#[derive(Args, Debug)]
pub(crate) struct EvaluatorRun {
    #[command(flatten)]
    watch: Watch,
    /// Do not publish the quality of records
    #[arg(long)]
    no_quality: bool,
}

impl EvaluatorCommand {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Self::Run(EvaluatorRun { watch, no_quality }) = self;
        let metrics = Metrics::new()?;
        let evaluator = Evaluator {
            metrics: &metrics,
            rounds: BTreeMap::new(),
            quality: (!no_quality).then(|| Advice {
                datanets: watch.datanets.clone(),
                due: BTreeMap::new(),
                done: BTreeSet::new(),
            }),
        };
        watch.run(context, &metrics, evaluator).await
    }
}

/// One who publishes.
struct Evaluator<'a> {
    metrics: &'a Metrics,
    /// What rounds are worth.
    rounds: BTreeMap<(u32, u32), Valued>,
    /// The quality of records, if it is published.
    quality: Option<Advice>,
}

/// Rounds that have ended, and the quality of their records.
struct Advice {
    /// Of these datanets only, unless it is empty.
    datanets: Vec<u32>,
    /// Those of which it may have to be published.
    due: BTreeMap<(u32, u32), Due>,
    /// Those of which nothing is left to do.
    done: BTreeSet<(u32, u32)>,
}

/// What is known of a round whose quality may have to be published.
#[derive(Default)]
struct Due {
    /// What it is worth, if it was valued since the program began.
    valued: Option<Valued>,
    /// The block from which on it is tried.
    from: u64,
}

impl Advice {
    /// Takes note of all rounds that are final with the values of an account, however long ago.
    async fn look_around(&mut self, key: &Keypair, now: &Snapshot) -> Result<()> {
        let own = keys::account(key);
        let outcomes: Vec<((u32, u32), ValuationOutcome)> =
            now.entries("Valuation", "Outcomes", ()).await?;
        for (round, outcome) in outcomes {
            let (datanet, _) = round;
            let wanted = self.datanets.is_empty() || self.datanets.contains(&datanet);
            if wanted && outcome.evaluator == own && !self.done.contains(&round) {
                self.due.entry(round).or_default();
            }
        }
        Ok(())
    }

    /// Publishes the quality of a round's records, if that is the signer's to do and not done yet.
    async fn publish(
        chain: &Chain,
        key: &Keypair,
        now: &Snapshot,
        (datanet, number): (u32, u32),
        valued: &mut Option<Valued>,
    ) -> Result<()> {
        let outcome: Option<ValuationOutcome> =
            now.get("Valuation", "Outcomes", (datanet, number)).await?;
        if outcome.is_none_or(|outcome| outcome.evaluator != keys::account(key)) {
            return Ok(());
        }
        let concluded = Concluded::fetch(chain, now, datanet, number).await?;
        if quality::published(chain, &concluded, now.number())
            .await?
            .complete
        {
            return Ok(());
        }
        let valued = match valued {
            Some(valued) => valued,
            None => {
                let before = concluded.before(chain).await?;
                valued.insert(value(chain, &before, datanet, number).await?)
            }
        };
        if publish_quality(chain, Wait::Included, key, &concluded, valued).await? {
            remark(format!(
                "Round {number} of datanet {datanet}: the quality of its records is published."
            ));
        }
        Ok(())
    }
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
        let valued = self.rounds.remove(&round);
        if let Some(quality) = &mut self.quality {
            quality.due.insert(round, Due { valued, from: 0 });
        }
    }

    async fn rest(
        &mut self,
        chain: &Chain,
        key: &Keypair,
        now: &Snapshot,
        begins: bool,
    ) -> Result<()> {
        let Some(quality) = &mut self.quality else {
            return Ok(());
        };
        if begins {
            quality.look_around(key, now).await?;
        }
        let (done, block) = (&mut quality.done, now.number());
        for (round, due) in &mut quality.due {
            if block < due.from {
                continue;
            }
            match Advice::publish(chain, key, now, *round, &mut due.valued).await {
                Ok(()) => {
                    done.insert(*round);
                }
                // Advice keeps nobody from valuing rounds.
                Err(error) => {
                    due.from = block + AGAIN;
                    self.metrics.failures.inc();
                    let (datanet, number) = round;
                    remark(format!(
                        "Round {number} of datanet {datanet}: the quality of its records is not published: {error:#}; next try in {AGAIN} blocks",
                    ));
                }
            }
        }
        quality.due.retain(|round, _| !done.contains(round));
        Ok(())
    }
}
