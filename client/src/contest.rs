//! The proposals that stand in a round while it is valued, and what the next one must put up.

use anyhow::{Context as _, Result};
use serde_json::{json, Value};
use tributary_primitives::datanets::{Periods, Recipe};

use crate::{
    chain::{calls::ProposalPublished, state::Proposal, Chain, Snapshot},
    money::Amount,
    output::{hex, remark, Grid},
    round::Standing,
    valuation::accuracy,
    valued::proposals,
};

/// The proposals of a round that is valued.
pub(crate) struct Contest {
    proposals: Vec<Proposed>,
    /// What the next proposal must put up, while there is time for one.
    bond: Option<u128>,
    /// The block of all this.
    block: u64,
}

/// A proposal that stands.
struct Proposed {
    proposal: Proposal,
    /// Accuracies before and after the round's newcomers, once it is complete.
    accuracies: Option<(u128, u128)>,
    /// The block that completed it, as far as the node has it.
    completed_in: Option<u64>,
}

impl Contest {
    /// Fetches what stands in a round.
    pub(crate) async fn fetch(
        chain: &Chain,
        state: &Snapshot,
        (datanet, number): (u32, u32),
        standing: &Standing,
        recipe: &Recipe,
    ) -> Result<Self> {
        let bond = if takes_proposals(&recipe.periods, standing.closes_at, standing.block) {
            state.view("Valuation", "bond", (datanet, number)).await?
        } else {
            None
        };
        let mut list = Vec::new();
        for proposal in proposals(state, datanet, number).await? {
            let accuracies = accuracies(&proposal.progress.value)?;
            let mut completed_in = None;
            if accuracies.is_some() {
                let publishing = recipe.periods.publishing;
                let found =
                    completion(chain, state, (datanet, number), &proposal, publishing).await;
                match found {
                    Ok(block) => completed_in = block,
                    // A node without old blocks still shows the rest.
                    Err(error) => remark(format!(
                        "When the proposal of {} was complete is not known: {error:#}",
                        proposal.proposer
                    )),
                }
            }
            list.push(Proposed {
                proposal,
                accuracies,
                completed_in,
            });
        }
        Ok(Self {
            proposals: list,
            bond,
            block: state.number(),
        })
    }

    /// What the next proposal must put up, for people; nothing if there is no time for one.
    pub(crate) fn bond(&self) -> String {
        self.bond
            .map_or_else(String::new, |bond| Amount(bond).to_string())
    }

    /// A line for each proposal, in the order of their commitments.
    pub(crate) fn table(&self, unit: u128) -> Grid {
        let mut table = Grid::new(["evaluator", ">bond", "its valuation", ">accuracy"]);
        for proposed in &self.proposals {
            let Proposal {
                proposer,
                bond,
                deadline,
                ..
            } = &proposed.proposal;
            let progress = match (proposed.accuracies, proposed.completed_in) {
                (Some(_), Some(block)) => format!("complete since block {block}"),
                (Some(_), None) => "complete".to_owned(),
                (None, _) if u64::from(*deadline) < self.block => {
                    format!("overdue since block {deadline}")
                }
                (None, _) => format!("to be published by block {deadline}"),
            };
            let accuracies = proposed
                .accuracies
                .map_or_else(String::new, |(before, after)| {
                    format!("{} -> {}", accuracy(before, unit), accuracy(after, unit))
                });
            table.row([proposer, &Amount(*bond), &progress, &accuracies]);
        }
        table
    }

    /// The proposals for programs.
    pub(crate) fn json(&self) -> Value {
        let each = self.proposals.iter().map(|proposed| {
            let Proposal {
                proposer,
                commitment,
                bond,
                deadline,
                ..
            } = &proposed.proposal;
            let (before, after) = proposed.accuracies.unzip();
            json!({
                "proposer": proposer,
                "commitment": hex(commitment),
                "bond": Amount(*bond),
                "deadline": deadline,
                "complete": proposed.accuracies.is_some(),
                "completed_in": proposed.completed_in,
                "before": before.map(|before| before.to_string()),
                "after": after.map(|after| after.to_string()),
            })
        });
        each.collect()
    }

    /// What the next proposal must put up, for programs.
    pub(crate) fn bond_json(&self) -> Value {
        json!(self.bond.map(Amount))
    }
}

/// Whether there is time for a proposal that is committed in the next block to be published and challenged before its round's window ends.
fn takes_proposals(periods: &Periods, closes_at: Option<u32>, block: u64) -> bool {
    let examined = block + 1 + u64::from(periods.publishing) + u64::from(periods.challenging);
    closes_at.is_some_and(|closes_at| examined < closes_at.into())
}

/// The accuracies that a proposal comes to; none while it is being published.
fn accuracies(progress: &Value) -> Result<Option<(u128, u128)>> {
    if progress.get("Publishing").is_some() {
        return Ok(None);
    }
    let number = |name: &str| progress["Complete"][name].as_str()?.parse().ok();
    let accuracies = number("before").zip(number("after"));
    accuracies
        .map(Some)
        .context("the runtime tells the progress of a proposal in another way")
}

/// The block that completed a proposal, which is one of those that it had to be published in.
async fn completion(
    chain: &Chain,
    state: &Snapshot,
    round: (u32, u32),
    proposal: &Proposal,
    publishing: u32,
) -> Result<Option<u64>> {
    let first = proposal.deadline.saturating_sub(publishing);
    let last = state.number().min(proposal.deadline.into());
    let found = chain
        .scan_events(
            first.into()..=last,
            &["Valuation"],
            "looking for publications",
            |event| {
                let published = event.read::<ProposalPublished>()?;
                let own = published.filter(|published| {
                    (published.datanet, published.round) == round
                        && published.proposer == proposal.proposer
                });
                Ok(own.map(|_| event.block))
            },
        )
        .await?;
    // What was published and disproved before has come first.
    Ok(found.last().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use subxt::utils::{AccountId32, H256};

    use super::*;
    use crate::{chain::decode::Json, output::Output, valuation::tests::recipe};

    fn proposed(proposer: u8, progress: Value, completed_in: Option<u64>) -> Proposed {
        Proposed {
            accuracies: accuracies(&progress).unwrap(),
            proposal: Proposal {
                proposer: AccountId32([proposer; 32]),
                commitment: H256([proposer; 32]),
                bond: 2_500_000_000_000,
                deadline: 110,
                progress: Json::from(progress),
            },
            completed_in,
        }
    }

    /// A complete proposal, and one that is being published, as they stand in a block.
    fn contest(block: u64) -> Contest {
        let publishing = json!({ "Publishing": { "shadows": { "count": 7 }, "last": null } });
        let complete = json!({ "Complete": { "before": "25", "after": "75" } });
        Contest {
            proposals: vec![
                proposed(1, complete, Some(107)),
                proposed(2, publishing, None),
            ],
            bond: Some(5_000_000_000_000),
            block,
        }
    }

    #[test]
    fn a_table_shows_how_far_each_proposal_has_come() {
        for (block, second) in [
            (110, "to be published by block 110"),
            (111, "overdue since block 110"),
        ] {
            let output = Output::new(Value::Null).table(contest(block).table(100));
            let text = output.text(&BTreeMap::new());
            for part in [
                "2.5 TRIB",
                "complete since block 107",
                "0.2500 -> 0.7500",
                second,
            ] {
                assert!(text.contains(part), "{part} is not in {text}");
            }
        }
        assert_eq!(contest(110).bond(), "5 TRIB");
    }

    #[test]
    fn programs_read_who_proposed_under_which_bond_and_what_came_out() {
        let json = contest(110).json();
        let [complete, publishing] = [&json[0], &json[1]];
        assert_eq!(
            *complete,
            json!({
                "proposer": AccountId32([1; 32]),
                "commitment": hex([1; 32]),
                "bond": "2500000000000",
                "deadline": 110,
                "complete": true,
                "completed_in": 107,
                "before": "25",
                "after": "75",
            })
        );
        assert_eq!(publishing["complete"], false);
        for part in ["completed_in", "before", "after"] {
            assert_eq!(publishing[part], Value::Null);
        }
        assert_eq!(contest(110).bond_json(), "5000000000000");
    }

    #[test]
    fn progress_of_another_kind_is_an_error() {
        for other in [json!({ "Published": {} }), json!({ "Complete": {} })] {
            assert!(accuracies(&other).is_err());
        }
    }

    #[test]
    fn a_proposal_that_could_not_be_challenged_in_time_is_not_taken() {
        // Published and challenged within a block each.
        let periods = recipe().periods;
        for (block, takes) in [(96, true), (97, false), (200, false)] {
            assert_eq!(takes_proposals(&periods, Some(100), block), takes);
        }
        assert!(!takes_proposals(&periods, None, 1));
    }
}
