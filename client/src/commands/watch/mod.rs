//! Programs that stay: they follow the chain from one final block to the next, and do what their owner would.
//!
//! Everything that they know is on the chain: ended at any time and started again, they go on where the chain is.

pub(crate) mod challenger;
pub(crate) mod evaluator;
mod metrics;
mod rounds;

use std::{future::Future, net::SocketAddr, time::Duration};

use anyhow::Result;
use clap::Args;
use subxt_signer::sr25519::Keypair;

use self::metrics::Metrics;
use self::rounds::Rounds;
use crate::{
    chain::{Chain, Snapshot, Wait},
    context::Context,
    failure::{self, Misuse},
    keys,
    output::{count, remark, Output},
    round,
    valued::{value, Valued},
};

/// How long to wait before the next try after something has failed, at the least and at the most.
const PATIENCE: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(60)];

/// What programs that stay have in common.
#[derive(Args, Debug)]
pub(crate) struct Watch {
    /// Look at this datanet only; may be said several times [default: all]
    #[arg(long = "datanet", value_name = "DATANET")]
    datanets: Vec<u32>,
    /// Serve metrics for Prometheus at this address, as in 127.0.0.1:9616
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
}

/// One who follows the rounds that are being valued.
trait Follower {
    /// Does what is to be done in a final block about a round whose benchmark is complete.
    fn look(
        &mut self,
        chain: &Chain,
        key: &Keypair,
        now: &Snapshot,
        round: (u32, u32),
    ) -> impl Future<Output = Result<()>>;

    /// Forgets a round that has ended.
    fn forget(&mut self, round: (u32, u32));

    /// Does what is to be done in a final block besides, once all rounds were looked at. `begins` says that it is the first one since
    /// the connection to the node was made.
    fn rest(
        &mut self,
        _chain: &Chain,
        _key: &Keypair,
        _now: &Snapshot,
        _begins: bool,
    ) -> impl Future<Output = Result<()>> {
        async { Ok(()) }
    }
}

impl Watch {
    /// Follows the chain until the program is ended. What fails is told and tried again; only what its owner must mend ends it.
    async fn run(
        &self,
        context: &Context,
        metrics: &Metrics,
        mut follower: impl Follower,
    ) -> Result<Output> {
        if let Some(address) = self.metrics {
            metrics.serve(address).await?;
        }
        let mut failures = 0;
        loop {
            let error = match self
                .follow(context, metrics, &mut follower, &mut failures)
                .await
            {
                Ok(never) => match never {},
                Err(error) if error.is::<Misuse>() => return Err(error),
                Err(error) => error,
            };
            metrics.failures.inc();
            let [least, most] = PATIENCE;
            let pause = least.saturating_mul(1 << failures.min(6)).min(most);
            failures += 1;
            remark(format!(
                "{}; next try in {} s",
                failure::text(&error),
                pause.as_secs()
            ));
            tokio::time::sleep(pause).await;
        }
    }

    /// Which datanets are looked at.
    fn what(&self) -> String {
        let named: Vec<_> = self.datanets.iter().map(u32::to_string).collect();
        match &named[..] {
            [] => "all datanets".to_owned(),
            [one] => format!("datanet {one}"),
            more => format!("datanets {}", more.join(", ")),
        }
    }

    async fn follow(
        &self,
        context: &Context,
        metrics: &Metrics,
        follower: &mut impl Follower,
        failures: &mut u32,
    ) -> Result<std::convert::Infallible> {
        let (chain, key) = context.connect_to_sign().await?;
        // What is looked at must stay; what is sent is looked for again.
        let chain = chain.waiting(Wait::Included);
        // A number that stands for nothing would be followed in silence.
        let begin = chain.finalized().await?;
        for datanet in &self.datanets {
            round::datanet(&begin, *datanet).await?;
        }
        let mut rounds = Rounds::new(self.datanets.clone());
        loop {
            let now = chain.finalized().await?;
            if rounds.seen() == Some(now.number()) {
                chain.pause().await;
                continue;
            }
            let begins = rounds.seen().is_none();
            for ended in rounds.update(&chain, &now).await? {
                follower.forget(ended);
            }
            if begins {
                let standing = rounds.standing().count();
                remark(format!(
                    "Following the rounds of {} as {} from block {} on; {} {} being valued.",
                    self.what(),
                    keys::account(&key),
                    now.number(),
                    count(standing, "round"),
                    if standing == 1 { "is" } else { "are" }
                ));
            }
            // A round that cannot be looked at, which its steward may have made so, does not keep anybody from the others.
            let mut failed = None;
            for round in rounds.standing() {
                if let Err(error) = follower.look(&chain, &key, &now, round).await {
                    let (datanet, number) = round;
                    let what = format!("looking at round {number} of datanet {datanet}");
                    failed.get_or_insert(error.context(what));
                }
            }
            if let Err(error) = follower.rest(&chain, &key, &now, begins).await {
                failed.get_or_insert(error);
            }
            if let Some(error) = failed {
                return Err(error);
            }
            *failures = 0;
            metrics.block.set(now.number());
            metrics.rounds.set(rounds.standing().count() as u64);
        }
    }
}

/// Fetches and values a round, and says so.
async fn value_round(
    chain: &Chain,
    now: &Snapshot,
    (datanet, number): (u32, u32),
) -> Result<Valued> {
    let valued = value(chain, now, datanet, number).await?;
    remark(format!(
        "Round {number} of datanet {datanet} is valued: {}.",
        count(valued.newcomers().count(), "contribution")
    ));
    Ok(valued)
}
