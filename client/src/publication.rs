//! What evaluators published, out of the blocks that hold it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use subxt::utils::{AccountId32, H256};
use tributary_primitives::{
    hashing,
    merkle::Range,
    valuation::{Row, Shadow},
};

use crate::{
    chain::{
        calls::{
            Call, ProposalCommitted, ProposalPublished, PublishRows, PublishShadows,
            ShadowsPublished,
        },
        decode::FoundCall,
        Chain, Snapshot,
    },
    valuation::root,
};

/// Shadows and rows of a proposal.
pub(crate) struct Published {
    /// The shadows, ascending.
    pub(crate) shadows: Vec<Shadow>,
    /// A row for each record of the benchmark.
    pub(crate) rows: Vec<Row>,
}

/// Where a part of a publication is, and the root that everything of its kind comes to with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Part {
    block: u64,
    extrinsic: u32,
    root: H256,
}

impl Part {
    fn place(&self) -> (u64, u32) {
        (self.block, self.extrinsic)
    }
}

/// Where the parts of a proposal are.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Parts {
    shadows: Vec<Part>,
    rows: Option<Part>,
}

/// What events say of a proposal.
enum Step {
    Committed,
    Shadows(Part),
    Rows(Part),
}

/// Fetches the complete proposals of some accounts for a round that was complete in block `from`, or says why one cannot be read.
pub(crate) async fn fetch(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    round: u32,
    from: u64,
    proposers: &[AccountId32],
) -> Result<BTreeMap<[u8; 32], Result<Published>>> {
    let of_round = |whose: (u32, u32), proposer: &AccountId32| {
        whose == (datanet, round) && proposers.contains(proposer)
    };
    let steps = chain
        .scan_events(
            now.since(from),
            &["Valuation"],
            "looking for publications",
            |event| {
                let block = event.block;
                let step = if let Some(found) = event.read::<ProposalCommitted>()? {
                    (
                        (found.datanet, found.round),
                        found.proposer,
                        Step::Committed,
                    )
                } else if let Some(found) = event.read::<ShadowsPublished>()? {
                    let part = Part {
                        block,
                        extrinsic: found.extrinsic,
                        root: found.root,
                    };
                    (
                        (found.datanet, found.round),
                        found.proposer,
                        Step::Shadows(part),
                    )
                } else if let Some(found) = event.read::<ProposalPublished>()? {
                    let part = Part {
                        block,
                        extrinsic: found.extrinsic,
                        root: found.rows,
                    };
                    (
                        (found.datanet, found.round),
                        found.proposer,
                        Step::Rows(part),
                    )
                } else {
                    return Ok(None);
                };
                let (whose, proposer, step) = step;
                Ok(of_round(whose, &proposer).then_some((proposer.0, step)))
            },
        )
        .await?;
    let proposals = last_proposals(steps);

    let mut places: Vec<_> = proposals
        .values()
        .flat_map(|parts| parts.shadows.iter().chain(&parts.rows))
        .map(Part::place)
        .collect();
    places.sort_unstable();
    places.dedup();
    let calls: BTreeMap<_, _> = chain
        .calls(&places, "Valuation", "fetching publications")
        .await?
        .into_iter()
        .collect();
    let at = |part: &Part| calls.get(&part.place()).map_or(&[][..], Vec::as_slice);

    let complete = proposals.iter().filter_map(|(proposer, parts)| {
        let rows = parts.rows.as_ref()?;
        let published = read((datanet, round), &parts.shadows, rows, at);
        let what = || format!("reading the proposal of {}", AccountId32(*proposer));
        Some((*proposer, published.with_context(what)))
    });
    Ok(complete.collect())
}

/// Fetches the complete proposal of an account for a round that was complete in block `from`.
pub(crate) async fn fetch_one(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    round: u32,
    from: u64,
    proposer: AccountId32,
) -> Result<Published> {
    let mut found = fetch(chain, now, datanet, round, from, &[proposer]).await?;
    found.remove(&proposer.0).with_context(|| {
        format!("the blocks of this node do not have what {proposer} published of round {round} of datanet {datanet}: ask another node")
    })?
}

/// A proposal out of the calls at its parts' places.
fn read<'a>(
    whose: (u32, u32),
    parts: &[Part],
    rows: &Part,
    at: impl Fn(&Part) -> &'a [FoundCall],
) -> Result<Published> {
    let mut shadows = Vec::new();
    let mut range = Range::default();
    for part in parts {
        let chunk = shadows_of(part, whose, at(part), &range)?;
        extend(&mut range, &chunk);
        shadows.extend(chunk);
    }
    let rows = rows_of(rows, whose, at(rows))?;
    Ok(Published { shadows, rows })
}

/// The parts of each account's last proposal: a commitment begins another one.
fn last_proposals(steps: Vec<([u8; 32], Step)>) -> BTreeMap<[u8; 32], Parts> {
    let mut proposals: BTreeMap<[u8; 32], Parts> = BTreeMap::new();
    for (proposer, step) in steps {
        let parts = proposals.entry(proposer).or_default();
        match step {
            Step::Committed => *parts = Parts::default(),
            Step::Shadows(part) => parts.shadows.push(part),
            Step::Rows(part) => parts.rows = Some(part),
        }
    }
    proposals
}

fn is_for(call: &FoundCall, name: &str, whose: (u32, u32)) -> Result<bool> {
    Ok(call.call == name
        && (
            call.argument::<u32>("datanet")?,
            call.argument::<u32>("round")?,
        ) == whose)
}

/// The shadows of a part: of those that its extrinsic publishes, the ones that lead to its root after all before them.
fn shadows_of(
    part: &Part,
    whose: (u32, u32),
    calls: &[FoundCall],
    before: &Range,
) -> Result<Vec<Shadow>> {
    for call in calls {
        if !is_for(call, PublishShadows::NAME, whose)? {
            continue;
        }
        let chunk: Vec<Shadow> = call.argument("chunk")?;
        let mut range = before.clone();
        extend(&mut range, &chunk);
        if range.root().hash == part.root {
            return Ok(chunk);
        }
    }
    missing(part)
}

/// The rows of a part: of those that its extrinsic publishes, the ones that have its root.
fn rows_of(part: &Part, whose: (u32, u32), calls: &[FoundCall]) -> Result<Vec<Row>> {
    for call in calls {
        if !is_for(call, PublishRows::NAME, whose)? {
            continue;
        }
        let rows: Vec<Row> = call.argument("rows")?;
        if root(rows.iter().map(hashing::row_leaf)).hash == part.root {
            return Ok(rows);
        }
    }
    missing(part)
}

fn missing<T>(part: &Part) -> Result<T> {
    anyhow::bail!(
        "extrinsic {} of block {} does not hold what its event says: ask another node",
        part.extrinsic,
        part.block
    )
}

fn extend(range: &mut Range, chunk: &[Shadow]) {
    for pair in chunk {
        range
            .append(hashing::shadow_leaf(pair), 1)
            .expect("memory holds fewer than 2^32 leaves; qed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_begins_another_proposal() {
        let part = |block| Part {
            block,
            extrinsic: 1,
            root: H256::zero(),
        };
        let (one, two) = ([1; 32], [2; 32]);
        let proposals = last_proposals(vec![
            (one, Step::Committed),
            (one, Step::Shadows(part(1))),
            (two, Step::Committed),
            (one, Step::Rows(part(2))),
            (two, Step::Rows(part(3))),
            (one, Step::Committed),
            (one, Step::Shadows(part(4))),
            (one, Step::Shadows(part(5))),
            (one, Step::Rows(part(6))),
        ]);
        let last = Parts {
            shadows: vec![part(4), part(5)],
            rows: Some(part(6)),
        };
        assert_eq!(proposals[&one], last);
        let other = Parts {
            shadows: vec![],
            rows: Some(part(3)),
        };
        assert_eq!(proposals[&two], other);
    }
}
