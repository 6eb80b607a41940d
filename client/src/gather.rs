//! Records out of finalised blocks: found by the events that name their extrinsics, checked against the roots in state.

use std::collections::BTreeMap;

use anyhow::{ensure, Context as _, Result};
use subxt::{
    config::{substrate::BlakeTwo256, Hasher},
    utils::H256,
};
use tributary_primitives::datanets::Recipe;

use crate::{
    chain::{
        calls::{BatchDelivered, Call, Deliver, Reveal, SliceBatchRevealed},
        decode::FoundCall,
        state::{Contribution, Round},
        Chain, Snapshot,
    },
    records::Records,
    round,
};

/// Whose records.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Whose {
    /// A contribution's.
    Contribution(u32),
    /// A benchmark seat's, in a round.
    Seat(u32, u8),
}

impl std::fmt::Display for Whose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Contribution(number) => write!(f, "contribution {number}"),
            Self::Seat(round, seat) => write!(f, "the slice of seat {seat} in round {round}"),
        }
    }
}

/// What the records must come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Expected {
    /// Root of the records.
    pub(crate) root: H256,
    /// The round that they were delivered in, or of whose benchmark they are.
    pub(crate) round: u32,
}

impl From<&Contribution> for Expected {
    fn from(contribution: &Contribution) -> Self {
        Self {
            root: contribution.root,
            round: contribution.committed_to,
        }
    }
}

/// The slices of a round whose benchmark is complete, in the order of its seats.
pub(crate) fn slices(number: u32, round: &Round) -> Result<Vec<(Whose, Expected)>> {
    let seats = (0..).zip(&round.seats);
    seats
        .map(|(seat, revealed)| {
            let root = revealed
                .root
                .context("a slice is not revealed although the benchmark is complete")?;
            let round = number;
            Ok((Whose::Seat(number, seat), Expected { root, round }))
        })
        .collect()
}

/// Where a batch is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Batch {
    whose: Whose,
    number: u16,
    block: u64,
    extrinsic: u32,
    hash: H256,
}

/// Records of a datanet as they were delivered, checked against their roots: those that were fetched before, and the others out of blocks.
pub(crate) async fn gather(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    recipe: &Recipe,
    wanted: &BTreeMap<Whose, Expected>,
) -> Result<BTreeMap<Whose, Records>> {
    let mut gathered = BTreeMap::new();
    let mut missing = BTreeMap::new();
    for (whose, expected) in wanted {
        let (encoder, dimension) = (recipe.encoder, recipe.dimension);
        if let Some(records) = chain.cache().get(encoder, dimension, expected.root) {
            gathered.insert(*whose, records);
        } else {
            missing.insert(*whose, *expected);
        }
    }
    for (whose, records) in fetch(chain, now, datanet, recipe, &missing).await? {
        chain.cache().put(&records);
        gathered.insert(whose, records);
    }
    Ok(gathered)
}

/// Fetches records out of blocks up to a final one, and checks them all.
async fn fetch(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    recipe: &Recipe,
    wanted: &BTreeMap<Whose, Expected>,
) -> Result<BTreeMap<Whose, Records>> {
    let Some(first) = wanted.values().map(|expected| expected.round).min() else {
        return Ok(BTreeMap::new());
    };
    let from = round::deliveries_begin(chain, now, datanet, first).await?;
    let found = chain
        .scan_events(
            now.since(from),
            &["Datanets"],
            "looking for deliveries",
            |event| {
                if let Some(batch) = event.read::<BatchDelivered>()? {
                    let whose = Whose::Contribution(batch.contribution);
                    return Ok((batch.datanet == datanet && wanted.contains_key(&whose))
                        .then_some(Batch {
                            whose,
                            number: batch.batch,
                            block: event.block,
                            extrinsic: batch.extrinsic,
                            hash: batch.hash,
                        }));
                }
                if let Some(batch) = event.read::<SliceBatchRevealed>()? {
                    let whose = Whose::Seat(batch.round, batch.seat);
                    return Ok((batch.datanet == datanet && wanted.contains_key(&whose))
                        .then_some(Batch {
                            whose,
                            number: batch.batch,
                            block: event.block,
                            extrinsic: batch.extrinsic,
                            hash: batch.hash,
                        }));
                }
                Ok(None)
            },
        )
        .await?;
    let batches = last_attempts(found);

    let mut places: Vec<(u64, u32)> = batches
        .values()
        .flatten()
        .map(|batch| (batch.block, batch.extrinsic))
        .collect();
    places.sort_unstable();
    places.dedup();
    let bodies: BTreeMap<(u64, u32), Vec<FoundCall>> = chain
        .calls(&places, "Datanets", "fetching records")
        .await?
        .into_iter()
        .collect();

    let mut gathered = BTreeMap::new();
    for (whose, expected) in wanted {
        let mut bytes = Vec::new();
        for batch in batches.get(whose).into_iter().flatten() {
            let calls = bodies
                .get(&(batch.block, batch.extrinsic))
                .map_or(&[][..], Vec::as_slice);
            bytes.extend(bytes_of(batch, datanet, calls)?);
        }
        let records = Records::from_bytes(recipe.encoder, recipe.dimension, &bytes)
            .with_context(|| format!("reading the records of {whose}"))?;
        ensure!(
            records.root_hash() == expected.root,
            "the blocks of this node have other records of {whose} than the chain's state says: ask another node"
        );
        gathered.insert(*whose, records);
    }
    Ok(gathered)
}

/// The batches of each one's last attempt, in their order: a batch 0 begins anew.
fn last_attempts(found: Vec<Batch>) -> BTreeMap<Whose, Vec<Batch>> {
    let mut batches: BTreeMap<Whose, Vec<Batch>> = BTreeMap::new();
    for batch in found {
        let list = batches.entry(batch.whose).or_default();
        if batch.number == 0 {
            list.clear();
        }
        list.push(batch);
    }
    batches
}

/// The bytes of a batch, among the calls of the extrinsic that holds it.
fn bytes_of(batch: &Batch, datanet: u32, calls: &[FoundCall]) -> Result<Vec<u8>> {
    for call in calls {
        let matches = match batch.whose {
            Whose::Contribution(number) => {
                call.call == Deliver::NAME && call.argument::<u32>("contribution")? == number
            }
            Whose::Seat(round, seat) => {
                call.call == Reveal::NAME
                    && call.argument::<u32>("round")? == round
                    && call.argument::<u8>("seat")? == seat
            }
        };
        if !matches
            || call.argument::<u32>("datanet")? != datanet
            || call.argument::<u16>("batch")? != batch.number
        {
            continue;
        }
        let bytes: Vec<u8> = call.argument("records")?;
        if BlakeTwo256.hash(&bytes) == batch.hash {
            return Ok(bytes);
        }
    }
    anyhow::bail!(
        "extrinsic {} of block {} does not hold batch {} of {} although its event says so",
        batch.extrinsic,
        batch.block,
        batch.number,
        batch.whose
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(whose: Whose, number: u16, block: u64) -> Batch {
        Batch {
            whose,
            number,
            block,
            extrinsic: 1,
            hash: H256::zero(),
        }
    }

    #[test]
    fn only_the_last_attempt_of_a_delivery_counts() {
        let (one, two) = (Whose::Contribution(1), Whose::Contribution(2));
        let found = vec![
            batch(one, 0, 1),
            batch(two, 0, 1),
            batch(one, 1, 2),
            batch(one, 0, 3),
            batch(two, 1, 3),
            batch(one, 1, 4),
        ];
        let attempts = last_attempts(found);
        assert_eq!(attempts[&one], vec![batch(one, 0, 3), batch(one, 1, 4)]);
        assert_eq!(attempts[&two], vec![batch(two, 0, 1), batch(two, 1, 3)]);
    }
}
