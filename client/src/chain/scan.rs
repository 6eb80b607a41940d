//! Looking through finalised blocks.
//!
//! Events lie in the state of their block: those of all blocks are there on a node that keeps states, as nodes of this chain do unless
//! told otherwise.

use std::{collections::BTreeMap, future::Future, ops::RangeInclusive};

use anyhow::{Context as _, Result};
use futures::{stream, StreamExt, TryStreamExt};
use subxt::events::Event as RawEvent;

use super::{
    calls::Event,
    decode::{find_calls, FoundCall},
    Chain, Config, Snapshot,
};
use crate::progress;

/// Blocks that are fetched at the same time: enough to hide the way to the node, few enough for its limits.
const PARALLEL: usize = 16;

/// An event, as it stands in a block.
pub(crate) struct FoundEvent<'a> {
    /// Number of its block.
    pub(crate) block: u64,
    event: RawEvent<'a, Config>,
}

impl FoundEvent<'_> {
    /// Its place among all events of its block.
    pub(crate) fn place(&self) -> u32 {
        self.event.index()
    }

    /// The event as a type, if it is of this kind.
    pub(crate) fn read<E: Event>(&self) -> Result<Option<E>> {
        if self.event.pallet_name() != E::PALLET || self.event.event_name() != E::NAME {
            return Ok(None);
        }
        self.event
            .decode_fields_unchecked_as::<E>()
            .map(Some)
            .with_context(|| {
                format!(
                    "reading the event {}.{} in block {}",
                    E::PALLET,
                    E::NAME,
                    self.block
                )
            })
    }
}

/// The calls that were found in an extrinsic, and where: its block and its index there.
pub(crate) type CallsAt = ((u64, u32), Vec<FoundCall>);

impl Chain {
    /// What `select` finds in the events of some pallets in a range of final blocks, in their order.
    pub(crate) async fn scan_events<T>(
        &self,
        blocks: RangeInclusive<u64>,
        pallets: &[&str],
        what: &str,
        select: impl Fn(&FoundEvent) -> Result<Option<T>>,
    ) -> Result<Vec<T>> {
        let select = &select;
        self.scan(blocks, what, |block| async move {
            let what = || format!("reading the events of block {}", block.number());
            let events = block.at.events().fetch().await.with_context(what)?;
            let mut selected = Vec::new();
            for event in events.iter() {
                let event = event.with_context(what)?;
                if !pallets.contains(&event.pallet_name()) {
                    continue;
                }
                selected.extend(select(&FoundEvent {
                    block: block.number(),
                    event,
                })?);
            }
            Ok(selected)
        })
        .await
    }

    /// The calls of a pallet in some extrinsics, by block and index, also those that batches, proxies and the like carry.
    pub(crate) async fn calls(
        &self,
        places: &[(u64, u32)],
        pallet: &str,
        what: &str,
    ) -> Result<Vec<CallsAt>> {
        let mut blocks: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for (block, extrinsic) in places {
            blocks.entry(*block).or_default().push(*extrinsic);
        }
        let bar = &progress::bar(blocks.len() as u64, what);
        let found: Vec<Vec<CallsAt>> = stream::iter(blocks)
            .map(|(block, extrinsics)| async move {
                let found = self.block_calls(block, &extrinsics, pallet).await?;
                bar.inc(1);
                anyhow::Ok(found)
            })
            // Bodies are large.
            .buffered(PARALLEL / 4)
            .try_collect()
            .await?;
        bar.finish_and_clear();
        Ok(found.into_iter().flatten().collect())
    }

    async fn block_calls(
        &self,
        number: u64,
        extrinsics: &[u32],
        pallet: &str,
    ) -> Result<Vec<CallsAt>> {
        let what = || format!("reading the extrinsics of block {number}");
        let block = self.at_number(number).await?;
        let body = block.at.extrinsics().fetch().await.with_context(what)?;
        let metadata = block.at.metadata_ref();
        let mut found = Vec::new();
        for extrinsic in body.iter() {
            let extrinsic = extrinsic.with_context(what)?;
            let index = extrinsic.index() as u32;
            if !extrinsics.contains(&index) {
                continue;
            }
            let calls = find_calls(
                extrinsic.call_data_bytes(),
                metadata.outer_enums().call_enum_ty(),
                metadata.types(),
                pallet,
            )
            .with_context(what)?;
            found.push(((number, index), calls));
        }
        Ok(found)
    }

    /// What is found in each block of a range, in their order.
    async fn scan<T, F: Future<Output = Result<Vec<T>>>>(
        &self,
        blocks: RangeInclusive<u64>,
        what: &str,
        find: impl Fn(Snapshot) -> F,
    ) -> Result<Vec<T>> {
        if blocks.is_empty() {
            return Ok(Vec::new());
        }
        let chain = &self.within(*blocks.start(), *blocks.end()).await?;
        let bar = &progress::bar(blocks.end() - blocks.start() + 1, what);
        let find = &find;
        let found: Vec<Vec<T>> = stream::iter(blocks)
            .map(|number| async move {
                let found = find(chain.at_number(number).await?).await?;
                bar.inc(1);
                anyhow::Ok(found)
            })
            .buffered(PARALLEL)
            .try_collect()
            .await?;
        bar.finish_and_clear();
        Ok(found.into_iter().flatten().collect())
    }

    /// The first final block in whose state something holds that goes on to hold, by bisection. It must hold in `now` and not in the
    /// genesis.
    pub(crate) async fn first_block<F: Future<Output = Result<bool>>>(
        &self,
        now: &Snapshot,
        holds: impl Fn(Snapshot) -> F,
    ) -> Result<u64> {
        let (mut before, mut from) = (0, now.number());
        while before + 1 < from {
            let middle = before + (from - before) / 2;
            if holds(self.at_number(middle).await?).await? {
                from = middle;
            } else {
                before = middle;
            }
        }
        Ok(from)
    }
}

impl Snapshot {
    /// The blocks from a number up to this one.
    pub(crate) fn since(&self, first: u64) -> RangeInclusive<u64> {
        first..=self.number()
    }
}
