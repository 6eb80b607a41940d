//! `tributary evaluate` and `finalise`: what a round is worth.

use anyhow::{ensure, Context as _, Result};
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::Static;
use subxt_signer::sr25519::Keypair;
use tributary_primitives::datanets::{Periods, Phase, MAX_BATCH};

use crate::{
    chain::{
        calls::{CommitProposal, PublishQuality, PublishRows, PublishShadows},
        state::Proposal,
        Chain, Snapshot, Wait,
    },
    concluded::Concluded,
    context::Context,
    failure::misuse,
    keys,
    output::{count, remark, Output},
    quality::{self, Quality},
    round::{self, Standing},
    valued::{proposals, value, Valued},
};

/// Shadows that fit a call.
const CHUNK: usize = 16_384;
/// How many blocks others have to move a round on before the evaluator does.
pub(crate) const PATIENCE: u64 = 2;

/// `tributary evaluate`
#[derive(Args, Debug)]
pub(crate) struct Evaluate {
    /// The datanet.
    datanet: u32,
    /// The round [default: the last one]
    round: Option<u32>,
    /// Value the round and compare with what the chain has, without publishing anything.
    #[arg(long)]
    check: bool,
    /// Go on until the round is final.
    #[arg(long, conflicts_with = "check")]
    finalise: bool,
    /// Go on until the round is final, and publish the advisory quality of its records if the signer's valuation is the final one.
    #[arg(long, conflicts_with = "check")]
    quality: bool,
}

/// `tributary finalise`
#[derive(Args, Debug)]
pub(crate) struct Finalise {
    /// The datanet.
    datanet: u32,
    /// The round [default: the last one]
    round: Option<u32>,
}

impl Evaluate {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        if self.check {
            let chain = context.connect().await?;
            return self.check(&chain.finalized().await?, &chain).await;
        }
        let (chain, key) = context.connect_to_sign().await?;
        // What is valued must stay.
        let chain = chain.waiting(Wait::Finalized);
        let datanet = self.datanet;
        let newest = chain.newest().await?;
        let number = round::round_or_last(&newest, datanet, self.round).await?;
        let periods = round::open_recipe(&newest, datanet).await?.periods;
        let begun = own_proposal(&chain, &key, datanet, number).await?.is_some();
        let standing =
            round::wait_for(
                &chain,
                &key,
                datanet,
                number,
                PATIENCE,
                |standing| match standing.round.phase.0 {
                    Phase::Revealed | Phase::Published => begun || in_time(&periods, standing),
                    phase => phase == Phase::Final,
                },
            )
            .await?;
        if standing.round.phase.0 == Phase::Final {
            let now = chain.finalized().await?;
            if self.quality {
                let concluded = Concluded::fetch(&chain, &now, datanet, number).await?;
                if let Some(refusal) = not_own(&concluded, &key) {
                    misuse!("{refusal}");
                }
                let before = concluded.before(&chain).await?;
                let valued = value(&chain, &before, datanet, number).await?;
                publish_quality(&chain, Wait::Finalized, &key, &concluded, &valued).await?;
            }
            return self.check(&chain.finalized().await?, &chain).await;
        }
        let valued = value(&chain, &chain.finalized().await?, datanet, number).await?;
        publish(&chain, context.wait, &key, datanet, number, &valued).await?;
        if self.finalise || self.quality {
            finalise(&chain, &key, datanet, number).await?;
        }
        if self.quality {
            let now = chain.finalized().await?;
            let concluded = Concluded::fetch(&chain, &now, datanet, number).await?;
            match not_own(&concluded, &key) {
                Some(refusal) => remark(refusal),
                None => {
                    publish_quality(&chain, context.wait, &key, &concluded, &valued).await?;
                }
            }
        }
        valued.report(&keys::account(&key).to_string())
    }

    /// Values a round and compares with what stands on the chain.
    async fn check(&self, now: &Snapshot, chain: &Chain) -> Result<Output> {
        let number = round::round_or_last(now, self.datanet, self.round).await?;
        let phase = round::round(now, self.datanet, number).await?.phase.0;
        if !matches!(phase, Phase::Revealed | Phase::Published | Phase::Final) {
            misuse!(
                "round {number} of datanet {} is {phase:?}: its benchmark is not complete",
                self.datanet
            );
        }
        if phase == Phase::Final {
            return self.check_final(now, chain, number).await;
        }
        let valued = value(chain, now, self.datanet, number).await?;
        for proposal in proposals(now, self.datanet, number).await? {
            let own = valued
                .valuation
                .commitment(&proposal.proposer, self.datanet, number);
            let verdict = if own == proposal.commitment {
                "is right"
            } else {
                "is WRONG"
            };
            remark(format!("The proposal of {} {verdict}.", proposal.proposer));
        }
        valued.report("nobody yet")
    }

    /// Values a final round as it stood before it was final, and compares with what became final. Rejected contributions may be gone since.
    async fn check_final(&self, now: &Snapshot, chain: &Chain, number: u32) -> Result<Output> {
        let datanet = self.datanet;
        let concluded = Concluded::fetch(chain, now, datanet, number).await?;
        let valued = value(chain, &concluded.before(chain).await?, datanet, number).await?;
        let own = valued
            .newcomers()
            .map(|(number, _)| (*number, valued.valuation.value_of(*number)));
        let finals = concluded.values.iter();
        let same = finals
            .map(|valued| (valued.contribution, valued.value))
            .eq(own);
        let outcome = &concluded.outcome;
        let values = &valued.valuation.values;
        ensure!(
            (outcome.before, outcome.after) == (values.before, values.after) && same,
            "round {number} of datanet {datanet} is final with other values than its records have"
        );
        let (verdict, remarked) = match Quality::fetch(chain, now, &concluded).await? {
            None => (
                "none",
                "The quality of its records is not published.".to_owned(),
            ),
            Some(published) => {
                let by = published.evaluator;
                if published.is(&valued.quality()?) {
                    (
                        "right",
                        format!("The quality that {by} published is right."),
                    )
                } else {
                    (
                        "wrong",
                        format!("The quality that {by} published is WRONG."),
                    )
                }
            }
        };
        remark(remarked);
        Ok(valued
            .report("the chain, which has the same values")?
            .field("quality", verdict.into()))
    }
}

impl Finalise {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let number = round::round_or_last(&chain.newest().await?, self.datanet, self.round).await?;
        finalise(&chain, &key, self.datanet, number).await
    }
}

/// Waits until a round's window is over and ends it.
async fn finalise(chain: &Chain, key: &Keypair, datanet: u32, number: u32) -> Result<Output> {
    let standing = round::wait_for(chain, key, datanet, number, 0, |standing| {
        matches!(standing.round.phase.0, Phase::Final | Phase::Void)
    })
    .await?;
    let phase = standing.round.phase.0;
    let json = json!({ "datanet": datanet, "round": number, "phase": format!("{phase:?}"), "block": standing.block });
    Ok(Output::new(json).line(format!("Round {number} of datanet {datanet} is {phase:?}.")))
}

/// Blocks between the one that a command looks at and the one that its extrinsic is in, when it looks at final ones.
const LAG: u64 = 5;

/// Whether there is time left in a round's window to publish a valuation, and to challenge it. A very short window leaves no choice but to try.
pub(crate) fn in_time(periods: &Periods, standing: &Standing) -> bool {
    let needed = LAG + u64::from(periods.publishing) + u64::from(periods.challenging);
    let left = u64::from(standing.closes_at.unwrap_or_default()).saturating_sub(standing.block);
    left > needed || u64::from(periods.window) <= needed
}

/// Commits to a valuation and publishes it, from where the chain has it.
pub(crate) async fn publish(
    chain: &Chain,
    wait: Wait,
    key: &Keypair,
    datanet: u32,
    number: u32,
    valued: &Valued,
) -> Result<()> {
    // The time to publish runs: only the last extrinsic is worth waiting for.
    let quick = chain.waiting(Wait::Included);
    let proposer = keys::account(key);
    let valuation = &valued.valuation;
    let commitment = valuation.commitment(&proposer, datanet, number);
    let own = own_proposal(chain, key, datanet, number).await?;
    let mut published = 0;
    match own {
        Some(proposal) => {
            if proposal.commitment != commitment {
                misuse!("{proposer} has committed to another valuation of round {number} of datanet {datanet}");
            }
            match shadows_published(&proposal.progress.value)? {
                None => return Ok(()),
                Some(count) => published = count,
            }
            remark(format!(
                "Going on with a proposal that has {} already.",
                count(published, "shadow")
            ));
        }
        None => {
            let included = quick
                .submit(
                    key,
                    CommitProposal {
                        datanet,
                        round: number,
                        commitment,
                    },
                )
                .await?;
            remark(format!("Committed to a valuation {}.", included.place()));
        }
    }
    for chunk in valuation
        .shadows
        .get(published..)
        .unwrap_or_default()
        .chunks(CHUNK)
    {
        let chunk = chunk.iter().copied().map(Static).collect();
        let included = quick
            .submit(
                key,
                PublishShadows {
                    datanet,
                    round: number,
                    chunk,
                },
            )
            .await?;
        remark(format!("Published shadows {}.", included.place()));
    }
    let rows = valuation.rows.iter().cloned().map(Static).collect();
    let included = chain
        .waiting(wait)
        .submit(
            key,
            PublishRows {
                datanet,
                round: number,
                inputs: valuation.inputs,
                rows,
            },
        )
        .await?;
    remark(format!("Published rows {}.", included.place()));
    Ok(())
}

/// Why the quality of a round's records is not the signer's to publish, if it is not.
fn not_own(concluded: &Concluded, key: &Keypair) -> Option<String> {
    let evaluator = concluded.outcome.evaluator;
    (evaluator != keys::account(key)).then(|| {
        format!(
            "the final values of round {} of datanet {} are those of {evaluator}, who alone publishes the quality of its records",
            concluded.number, concluded.datanet
        )
    })
}

/// Publishes the advisory quality of a final round's records, from where the chain has it. Tells whether anything was left to publish.
pub(crate) async fn publish_quality(
    chain: &Chain,
    wait: Wait,
    key: &Keypair,
    concluded: &Concluded,
    valued: &Valued,
) -> Result<bool> {
    let (datanet, number) = (concluded.datanet, concluded.number);
    // What was sent before lies in final blocks, where it is looked for.
    let sent = chain.settled(&keys::account(key)).await?.number();
    let mut last = chain.finalized().await?.number();
    while last < sent {
        chain.pause().await;
        last = chain.finalized().await?.number();
    }
    let published = quality::published(chain, concluded, last).await?;
    if published.complete {
        remark(format!(
            "The quality of the records of round {number} of datanet {datanet} is published already."
        ));
        return Ok(false);
    }
    let scores = valued.quality()?;
    ensure!(
        scores.len() as u64 == concluded.records(),
        "round {number} of datanet {datanet} valued {} records, of which {} are here",
        concluded.records(),
        scores.len()
    );
    let (mut batch, mut rest) = match scores.strip_prefix(&published.bytes[..]) {
        Some(rest) => (published.next, rest),
        None => (0, &scores[..]),
    };
    while !rest.is_empty() {
        let (part, others) = rest.split_at(rest.len().min(MAX_BATCH as usize));
        // Only the last extrinsic is worth waiting for.
        let wait = if others.is_empty() {
            wait
        } else {
            Wait::Included
        };
        let call = PublishQuality {
            datanet,
            round: number,
            batch,
            scores: part.to_vec(),
        };
        let included = chain.waiting(wait).submit(key, call).await?;
        remark(format!(
            "Published the quality of {} {}.",
            count(part.len(), "record"),
            included.place()
        ));
        batch = batch.checked_add(1).context("counting batches")?;
        rest = others;
    }
    Ok(true)
}

/// The proposal of the signer, as the newest block has it.
pub(crate) async fn own_proposal(
    chain: &Chain,
    key: &Keypair,
    datanet: u32,
    number: u32,
) -> Result<Option<Proposal>> {
    let proposer = keys::account(key);
    let newest = chain.settled(&proposer).await?;
    let standing = proposals(&newest, datanet, number).await?;
    Ok(standing
        .into_iter()
        .find(|proposal| proposal.proposer == proposer))
}

/// How many shadows of a proposal are published; none if everything is.
fn shadows_published(progress: &Value) -> Result<Option<usize>> {
    if progress.get("Complete").is_some() {
        return Ok(None);
    }
    let count = progress["Publishing"]["shadows"]["count"].as_u64();
    let count = count.context("the runtime tells the progress of a proposal in another way")?;
    Ok(Some(usize::try_from(count).context("counting shadows")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_of_a_proposal_is_read_as_the_chain_tells_it() {
        let publishing =
            json!({ "Publishing": { "shadows": { "count": 7, "peaks": [] }, "last": null } });
        assert_eq!(shadows_published(&publishing).unwrap(), Some(7));
        assert_eq!(shadows_published(&json!({ "Complete": {} })).unwrap(), None);
        assert!(shadows_published(&json!({ "Published": {} })).is_err());
    }
}
