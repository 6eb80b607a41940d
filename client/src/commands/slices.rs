//! `tributary slices`: the benchmark of a provider.

use std::path::PathBuf;

use anyhow::{ensure, Context as _, Result};
use clap::{Args, Subcommand};
use rand::seq::SliceRandom;
use serde_json::json;
use subxt::utils::{AccountId32, H256};
use tributary_primitives::{
    datanets::{Phase, Recipe, MAX_BENCHMARK_BYTES, MAX_SLICES, MIN_SLICES},
    hashing,
};

use crate::{
    chain::{
        calls::{CommitSlices, Reveal},
        state::{Revealing, Slices},
        Snapshot, Wait,
    },
    context::Context,
    failure::misuse,
    keys,
    output::{hex, Output},
    progress,
    records::{Format, Item, Records, Shape},
    round,
    state::{Commitment, Kind},
};

/// How many blocks others have to move the round on before the provider does.
const PATIENCE: u64 = 1;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Draw balanced slices at random and commit to them
    ///
    /// One slice of each provider is picked and used, once. By default no two slices share a record, so that one that is revealed gives
    /// nothing away of the others.
    Commit(Commit),
    /// Wait until slices are picked, and reveal one's own
    Reveal {
        /// The datanet.
        datanet: u32,
        /// The round [default: the last one]
        #[arg(long)]
        round: Option<u32>,
    },
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Commit(commit) => commit.run(context).await,
            Self::Reveal { datanet, round } => reveal(context, datanet, round).await,
        }
    }
}

/// `tributary slices commit`
#[derive(Args, Debug)]
pub(crate) struct Commit {
    /// The datanet.
    datanet: u32,
    /// CSV or JSON Lines: enough records of each class for four slices at least.
    file: PathBuf,
    /// The file's format [default: by its name]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The round [default: the last one]
    #[arg(long)]
    round: Option<u32>,
    /// How many slices, 4 to 16 [default: as many as the records suffice for, or 4 that overlap]
    #[arg(long)]
    count: Option<usize>,
    /// Draw each slice from all records: enough of them for one slice suffice. Of the slices that stay secret, what is revealed is known.
    #[arg(long)]
    overlap: bool,
}

impl Commit {
    async fn run(self, context: &Context) -> Result<Output> {
        let datanet = self.datanet;
        let (chain, key) = context.connect_to_sign().await?;
        let state = context.state(&chain);
        let account = keys::account(&key);
        let now = chain.settled(&account).await?;
        let recipe = round::open_recipe(&now, datanet).await?;
        let number = round::round_or_last(&now, datanet, self.round).await?;
        let found = round::round(&now, datanet, number).await?;
        if !round::is_provider(&found, &account) {
            misuse!("{account} is not a provider of round {number} of datanet {datanet}");
        }
        if committed(&now, datanet, number, &account).await?.is_some() {
            misuse!(
                "{account} has committed its slices to round {number} of datanet {datanet} before"
            );
        }
        let records = Records::read(&self.file, self.format, Shape::from(&recipe))?;
        let seats = found.providers.len().max(1);
        let size = usize::from(recipe.benchmark) / seats;
        let mut hashes = Vec::new();
        let drawn = draw(&records, &recipe, size, self.count, self.overlap)?;
        for (slice, records) in (0u8..).zip(drawn) {
            ensure_fits(&records, seats)?;
            let salt: [u8; 32] = rand::random();
            let root = records.root_hash();
            let hash = hashing::slice_commitment(&account, datanet, number, slice, &salt, root);
            let commitment = Commitment {
                kind: Kind::Slice,
                account,
                datanet,
                round: number,
                salt,
                root,
                hash,
                encoder: recipe.encoder,
                dimension: recipe.dimension,
                records: u32::try_from(records.len())?,
                number: Some(slice.into()),
            };
            state.keep(&commitment, &records)?;
            hashes.push(hash);
        }
        let count = hashes.len();
        let included = chain
            .submit(
                &key,
                CommitSlices {
                    datanet,
                    round: number,
                    hashes,
                },
            )
            .await?;
        Ok(Output::new(included.json()?).line(format!(
            "Committed {count} slices of {size} records to round {number} of datanet {datanet} {}.",
            included.place()
        )))
    }
}

/// Refuses a slice that the chain would not let be revealed.
fn ensure_fits(slice: &Records, seats: usize) -> Result<()> {
    let most = MAX_BENCHMARK_BYTES as usize / seats;
    if slice.size() > most {
        misuse!(
            "a slice has {} bytes, and one of {seats} at most {most}: choose shorter texts",
            slice.size()
        );
    }
    Ok(())
}

/// The commitments of a provider's slices, if the chain has them.
async fn committed(
    state: &Snapshot,
    datanet: u32,
    round: u32,
    account: &AccountId32,
) -> Result<Option<Vec<H256>>> {
    let benchmark: Vec<Slices> = state
        .get("Datanets", "Benchmarks", (datanet, round))
        .await?
        .unwrap_or_default();
    Ok(benchmark
        .into_iter()
        .find(|slices| slices.provider == *account)
        .map(|slices| slices.hashes))
}

/// Draws slices of `size` at random, with equally many records of each class; no record in two of them unless they may overlap.
fn draw(
    records: &Records,
    recipe: &Recipe,
    size: usize,
    count: Option<usize>,
    overlap: bool,
) -> Result<Vec<Records>> {
    let (fewest, most) = (MIN_SLICES as usize, MAX_SLICES as usize);
    let each = size / usize::from(recipe.classes);
    ensure!(
        each > 0,
        "the recipe's benchmark has fewer records than classes"
    );
    let mut classes: Vec<Vec<Item<'_>>> = vec![Vec::new(); recipe.classes.into()];
    for item in records.iter() {
        classes[usize::from(item.label)].push(item);
    }
    let suffices = classes
        .iter()
        .map(|class| class.len() / each)
        .min()
        .unwrap_or(0);
    let possible = match overlap {
        true if suffices > 0 => most,
        true => 0,
        false => suffices,
    };
    let count = count.unwrap_or(if overlap { fewest } else { possible.min(most) });
    if !(fewest..=most).contains(&count) || count > possible {
        misuse!(
            "{count} slices: there are {fewest} to {most}, each with {each} records of each class, and the file suffices for {suffices} that share none"
        );
    }
    let mut random = rand::rng();
    classes
        .iter_mut()
        .for_each(|class| class.shuffle(&mut random));
    (0..count)
        .map(|slice| {
            let start = if overlap { 0 } else { slice * each };
            let mut chosen: Vec<_> = classes
                .iter()
                .flat_map(|class| &class[start..start + each])
                .copied()
                .collect();
            chosen.shuffle(&mut random);
            if overlap {
                classes
                    .iter_mut()
                    .for_each(|class| class.shuffle(&mut random));
            }
            let bytes: Vec<u8> = chosen.iter().flat_map(|item| item.bytes).copied().collect();
            Records::from_bytes(recipe.encoder, recipe.dimension, &bytes)
        })
        .collect()
}

async fn reveal(context: &Context, datanet: u32, named: Option<u32>) -> Result<Output> {
    let (chain, key) = context.connect_to_sign().await?;
    let state = context.state(&chain);
    let account = keys::account(&key);
    let number = round::round_or_last(&chain.newest().await?, datanet, named).await?;
    let standing = round::wait_for(&chain, &key, datanet, number, PATIENCE, |standing| {
        let phase = standing.round.phase.0;
        (phase == Phase::Frozen && !standing.round.seats.is_empty())
            || matches!(phase, Phase::Revealed | Phase::Published | Phase::Final)
    })
    .await?;
    let quick = chain.waiting(Wait::Included);
    let kept = state.commitments(Kind::Slice, &account, datanet, number)?;
    let hashes = committed(&chain.now().await?, datanet, number, &account)
        .await?
        .unwrap_or_default();
    let mut lines = Vec::new();
    let mut list = Vec::new();
    for (seat, picked) in (0u8..).zip(&standing.round.seats) {
        if picked.provider != account || picked.root.is_some() {
            continue;
        }
        let hash = hashes.get(usize::from(picked.slice));
        let slice = kept.iter().find(|slice| Some(&slice.hash) == hash).with_context(|| {
            format!("slice {} was picked, and this machine does not have it: it lies in the state directory of the machine that committed", picked.slice)
        })?;
        let records = state.records(slice)?;
        ensure!(
            records.root_hash() == slice.root,
            "the records in the state directory are not those that were committed to"
        );
        let newest = chain.settled(&account).await?;
        let revealing: Option<Revealing> = newest
            .get("Datanets", "Reveals", (datanet, number, seat))
            .await?;
        let next = revealing.map_or(0, |revealing| revealing.next);
        let batches = records.batches();
        let last = batches.len() - 1;
        let bar = progress::bytes(records.size() as u64, "revealing");
        for (batch, bytes) in batches.iter().enumerate() {
            if batch >= usize::from(next) {
                let call = Reveal {
                    datanet,
                    round: number,
                    seat,
                    batch: u16::try_from(batch)?,
                    records: bytes.to_vec(),
                    salt: (batch == last).then_some(slice.salt),
                };
                let sender = if batch == last { &chain } else { &quick };
                sender.submit(&key, call).await?;
            }
            bar.inc(bytes.len() as u64);
        }
        bar.finish_and_clear();
        lines.push(format!(
            "Revealed slice {} of {} records for seat {seat}.",
            picked.slice,
            records.len()
        ));
        list.push(json!({ "seat": seat, "slice": picked.slice, "root": hex(slice.root), "records": records.len() }));
    }
    if lines.is_empty() {
        lines.push(format!(
            "No slice of {account} waits to be revealed in round {number} of datanet {datanet}."
        ));
    }
    Ok(Output::new(list.into()).line(lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::tests::texts;
    use tributary_primitives::{
        datanets::{Encoder, Evidence, Periods, KERNEL},
        Perbill,
    };

    fn recipe() -> Recipe {
        Recipe {
            evidence: Evidence::Open,
            encoder: Encoder::Vector,
            dimension: 1,
            classes: 3,
            neighbours: 1,
            horizon: 4,
            radius: 0,
            benchmark: 6,
            min_records: 1,
            max_records: 8,
            deposit_per_byte: 0,
            fee_per_record: 0,
            provider_bond: 0,
            evaluator_bond: 0,
            providers_share: Perbill::zero(),
            evaluator_share: Perbill::zero(),
            steward_share: Perbill::zero(),
            vesting: 0,
            periods: Periods {
                committing: 1,
                delivering: 1,
                revealing: 1,
                publishing: 1,
                challenging: 1,
                window: 5,
            },
            kernel: KERNEL,
        }
    }

    fn records(each: u8) -> Records {
        let bytes: Vec<u8> = (0..each)
            .flat_map(|number| (0..3).flat_map(move |label| [number, label]))
            .collect();
        Records::from_bytes(Encoder::Vector, 1, &bytes).unwrap()
    }

    fn labels(slice: &Records) -> Vec<u8> {
        let mut labels: Vec<u8> = slice.iter().map(|item| item.label).collect();
        labels.sort_unstable();
        labels
    }

    #[test]
    fn slices_are_balanced_and_share_no_record() {
        let slices = draw(&records(11), &recipe(), 6, None, false).unwrap();
        assert_eq!(slices.len(), 5);
        assert!(slices
            .iter()
            .all(|slice| labels(slice) == [0, 0, 1, 1, 2, 2]));
        let mut all: Vec<_> = slices.iter().flat_map(Records::iter).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 30);
    }

    #[test]
    fn slices_of_texts_are_drawn_like_those_of_vectors() {
        let list: Vec<(String, u8)> = (0..24).map(|n| (format!("text {n}"), n % 3)).collect();
        let list: Vec<(&str, u8)> = list.iter().map(|(text, n)| (text.as_str(), *n)).collect();
        let recipe = Recipe {
            encoder: Encoder::Text,
            dimension: 16,
            ..recipe()
        };
        let all = texts(16, &list);
        let slices = draw(&all, &recipe, 6, None, false).unwrap();
        assert_eq!(slices.len(), 4);
        let mut drawn: Vec<_> = slices.iter().flat_map(Records::iter).collect();
        drawn.sort_unstable();
        let mut expected: Vec<_> = all.iter().collect();
        expected.sort_unstable();
        assert_eq!(drawn, expected);
    }

    #[test]
    fn a_slice_that_could_not_be_revealed_is_refused() {
        let text = "a".repeat(16_000);
        let slice = texts(16, &[(text.as_str(), 0); 656]);
        assert!(ensure_fits(&slice, 1).is_ok());
        assert!(ensure_fits(&slice, 2).is_err());
    }

    #[test]
    fn slices_that_may_overlap_need_records_for_one() {
        let slices = draw(&records(3), &recipe(), 6, None, true).unwrap();
        assert_eq!(slices.len(), 4);
        for slice in &slices {
            assert_eq!(labels(slice), [0, 0, 1, 1, 2, 2]);
            let mut own: Vec<_> = slice.iter().collect();
            own.sort_unstable();
            own.dedup();
            assert_eq!(own.len(), 6, "no record is twice in a slice");
        }
        assert!(draw(&records(1), &recipe(), 6, None, true).is_err());
        assert!(draw(&records(3), &recipe(), 6, Some(17), true).is_err());
    }

    #[test]
    fn too_few_records_for_four_slices_are_refused() {
        let count = |each, count| {
            Ok::<_, anyhow::Error>(draw(&records(each), &recipe(), 6, count, false)?.len())
        };
        assert!(count(7, None).is_err());
        assert_eq!(count(8, None).unwrap(), 4);
        assert!(count(8, Some(5)).is_err());
        assert_eq!(count(40, Some(4)).unwrap(), 4);
        assert_eq!(count(40, None).unwrap(), 16);
    }
}
