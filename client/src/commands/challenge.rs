//! `tributary challenge`: what is wrong in others' valuations.

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;
use subxt::utils::{AccountId32, Static};
use subxt_signer::sr25519::Keypair;
use tributary_primitives::datanets::Phase;

use crate::{
    chain::{
        calls::{ChallengeProposal, ProposalDisproved},
        state::Proposal,
        Chain, Snapshot,
    },
    context::Context,
    failure::{misuse, Refusal},
    finding,
    money::Amount,
    output::{remark, Grid, Output},
    publication::{self, Published},
    round,
    valued::{proposals, value, Valued},
};

/// `tributary challenge`
#[derive(Args, Debug)]
pub(crate) struct ChallengeRound {
    /// The datanet.
    datanet: u32,
    /// The round [default: the last one]
    round: Option<u32>,
}

/// What became of a proposal that was looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// Its values are the right ones.
    Right,
    /// It was wrong and is disproved.
    Disproved {
        /// What the challenger had of its bond.
        reward: u128,
    },
    /// It was wrong, and somebody else was faster.
    Gone,
}

impl Verdict {
    /// In a word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Disproved { .. } => "disproved",
            Self::Gone => "disproved by somebody else",
        }
    }
}

impl ChallengeRound {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let now = chain.finalized().await?;
        let number = round::round_or_last(&now, self.datanet, self.round).await?;
        let phase = round::round(&now, self.datanet, number).await?.phase.0;
        if !matches!(phase, Phase::Revealed | Phase::Published) {
            misuse!(
                "round {number} of datanet {} is {phase:?}: there is nothing to challenge",
                self.datanet
            );
        }
        let valued = value(&chain, &now, self.datanet, number).await?;
        let complete: Vec<_> = proposals(&now, self.datanet, number)
            .await?
            .into_iter()
            .filter(is_complete)
            .collect();
        let verdicts = judge(&chain, &key, &now, &valued, &complete).await?;

        let mut table = Grid::new(["evaluator", "its valuation", ">earned"]);
        let mut list = Vec::new();
        for (Proposal { proposer, .. }, verdict) in complete.iter().zip(verdicts) {
            let verdict = verdict?;
            let reward = match verdict {
                Verdict::Disproved { reward } => reward,
                Verdict::Right | Verdict::Gone => 0,
            };
            table.row([proposer, &verdict.word(), &Amount(reward)]);
            list.push(json!({
                "proposer": proposer,
                "verdict": verdict.word(),
                "reward": Amount(reward),
            }));
        }
        let json = json!({ "datanet": self.datanet, "round": number, "proposals": list });
        Ok(Output::new(json).table(table))
    }
}

/// Whether everything of a proposal is published.
pub(crate) fn is_complete(proposal: &Proposal) -> bool {
    proposal.progress.value.get("Complete").is_some()
}

/// Compares complete proposals of a round with what it is worth, and disproves those that are wrong: what became of each, in their
/// order. One that cannot be judged keeps nobody from judging the others.
pub(crate) async fn judge(
    chain: &Chain,
    key: &Keypair,
    now: &Snapshot,
    valued: &Valued,
    complete: &[Proposal],
) -> Result<Vec<Result<Verdict>>> {
    let (datanet, number) = (valued.datanet, valued.number);
    let is_same = |proposal: &Proposal| {
        valued
            .valuation
            .commitment(&proposal.proposer, datanet, number)
            == proposal.commitment
    };
    let others: Vec<AccountId32> = complete
        .iter()
        .filter(|proposal| !is_same(proposal))
        .map(|proposal| proposal.proposer)
        .collect();
    let from = u64::from(valued.round.revealed_at);
    let mut published = if others.is_empty() {
        Default::default()
    } else {
        publication::fetch(chain, now, datanet, number, from, &others).await?
    };

    let mut verdicts = Vec::new();
    for proposal in complete {
        verdicts.push(if is_same(proposal) {
            Ok(Verdict::Right)
        } else {
            let theirs = published.remove(&proposal.proposer.0);
            judge_one(chain, key, valued, proposal.proposer, theirs).await
        });
    }
    Ok(verdicts)
}

/// Compares a proposal that is not, word for word, what the round is worth.
async fn judge_one(
    chain: &Chain,
    key: &Keypair,
    valued: &Valued,
    proposer: AccountId32,
    published: Option<Result<Published>>,
) -> Result<Verdict> {
    // Nothing is right because it cannot be found.
    let theirs = published.with_context(|| {
        format!("the blocks of this node have no publication of {proposer}: ask another node")
    })??;
    let found = valued.inputs.challenge(
        &valued.recipe,
        &valued.valuation,
        &theirs.shadows,
        &theirs.rows,
    )?;
    // Shadows may have other witnesses, on which nothing depends.
    let Some((finding, challenge)) = found else {
        return Ok(Verdict::Right);
    };
    let wrong = finding::words(&finding, &theirs.shadows, &theirs.rows);
    remark(format!("The proposal of {proposer} is wrong: {wrong}."));
    let call = ChallengeProposal {
        datanet: valued.datanet,
        round: valued.number,
        proposer,
        challenge: Static(challenge),
    };
    disprove(chain, key, call).await
}

/// Sends a challenge. That somebody else was faster is no error.
async fn disprove(chain: &Chain, key: &Keypair, call: ChallengeProposal) -> Result<Verdict> {
    match chain.submit(key, call).await {
        Ok(included) => {
            let ProposalDisproved { reward, .. } = included.expect()?;
            Ok(Verdict::Disproved { reward })
        }
        Err(error) => match error.downcast_ref::<Refusal>() {
            Some(refusal) if refusal.error == "Valuation::ProposalNotFound" => Ok(Verdict::Gone),
            _ => Err(error),
        },
    }
}
