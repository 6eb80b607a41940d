//! The commands, one file for each group.

pub(crate) mod account;
pub(crate) mod attest;
pub(crate) mod audit;
pub(crate) mod call;
pub(crate) mod challenge;
pub(crate) mod channel;
pub(crate) mod claim;
mod collect;
pub(crate) mod consent;
pub(crate) mod consumer;
pub(crate) mod contribute;
pub(crate) mod datanet;
pub(crate) mod dispute;
pub(crate) mod estimate;
pub(crate) mod evaluate;
pub(crate) mod export;
pub(crate) mod hand_over;
pub(crate) mod host;
pub(crate) mod key;
pub(crate) mod licence;
mod members;
pub(crate) mod model;
pub(crate) mod pay;
pub(crate) mod records;
pub(crate) mod round;
pub(crate) mod serve;
pub(crate) mod slices;
pub(crate) mod statement;
pub(crate) mod vest;
pub(crate) mod watch;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use subxt::{
    config::{substrate::BlakeTwo256, Hasher},
    utils::H256,
};

use crate::{chain::calls::Call, context::Context, failure::Misuse, output::Output};

/// Sends a call that needs no more than a sentence.
async fn send<C: Call>(context: &Context, call: C, done: String) -> Result<Output> {
    let (chain, key) = context.connect_to_sign().await?;
    let included = chain.submit(&key, call).await?;
    Ok(Output::new(included.json()?).line(format!("{done} {}.", included.place())))
}

/// The BLAKE2b hash of a file.
fn hash_of(file: &Path) -> Result<H256> {
    let bytes = fs::read(file)
        .map_err(|error| Misuse(format!("cannot read {}: {error}", file.display())))?;
    Ok(BlakeTwo256.hash(&bytes))
}

/// The hash of a file, or the one given; of nothing, zero.
fn file_hash(file: Option<&PathBuf>, hash: Option<H256>) -> Result<H256> {
    file.map_or(Ok(hash.unwrap_or_default()), |file| hash_of(file))
}

/// Reads a hash of 32 bytes.
fn parse_hash(text: &str) -> Result<H256, String> {
    let mut hash = H256::zero();
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), hash.as_bytes_mut())
        .map_err(|_| format!("`{text}` is not a hash of 64 hexadecimal digits"))?;
    Ok(hash)
}
