//! `tributary host audit`: whether hosts have settled what they signed.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::Static;
use tributary_channel::{consumer::Audit as Findings, Consumer};
use tributary_primitives::{ids::ChannelId, metering::Contradiction};

use super::serve::{channels, open};
use crate::{
    chain::{
        calls::{ChallengeHost, HostChallenged},
        state::Channel,
        Chain,
    },
    context::Context,
    failure::misuse,
    hosting::{find, settled},
    money::Amount,
    output::{count, remark, Grid, Output},
};

/// `tributary host audit`
#[derive(Args, Debug)]
pub(crate) struct Audit {
    /// Channels [default: all whose books lie in the state directory]
    channels: Vec<u64>,
    /// Say what contradicts itself, and challenge nobody
    #[arg(long)]
    only_look: bool,
}

/// What was found about a channel.
struct Found {
    id: ChannelId,
    channel: Channel,
    /// How many receipts are kept here.
    kept: u32,
    findings: Findings,
}

impl Audit {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let chain = context.connect().await?;
        let folder = channels(context, &chain).join("consumer");
        let wanted: BTreeSet<ChannelId> = self.channels.iter().copied().collect();
        let here = kept(&folder)?;
        if let Some(missing) = wanted.difference(&here).next() {
            misuse!(
                "there are no books of channel {missing} in {}: only who called can tell what was signed",
                folder.display()
            );
        }
        let state = chain.newest().await?;
        let mut found = Vec::new();
        for id in if wanted.is_empty() { here } else { wanted } {
            let Some(channel) = find(&state, id).await? else {
                remark(format!(
                    "channel {id} is forgotten: nothing about it can be challenged"
                ));
                continue;
            };
            let consumer = open(&folder.join(id.to_string()), |directory| {
                Consumer::open(directory, Vec::new())
            })?;
            let Some(position) = consumer.position(id) else {
                continue;
            };
            found.push(Found {
                id,
                kept: position.owed.count,
                findings: consumer.audit(id, &settled(&channel.settled))?,
                channel,
            });
        }
        let challenged = if self.only_look || found.iter().all(|one| one.open().is_none()) {
            Vec::new()
        } else if context.key.is_none() {
            misuse!("a contradiction was found: say who challenges with --key or --dev, or look without challenging with --only-look");
        } else {
            challenge(context, &chain, &found).await?
        };
        Ok(report(&found, challenged))
    }
}

impl Found {
    /// What can be challenged: one contradiction takes the bond.
    fn open(&self) -> Option<&(tributary_channel::SignedReceipt, Contradiction)> {
        let contradictions = &self.findings.contradictions;
        contradictions.first().filter(|_| !self.channel.challenged)
    }

    /// In a word.
    fn verdict(&self) -> &'static str {
        if !self.findings.contradictions.is_empty() {
            "contradicts itself"
        } else if !self.findings.same_tree {
            "settled what is not kept here"
        } else {
            "as signed"
        }
    }
}

/// The channels whose books lie in a folder.
fn kept(folder: &Path) -> Result<BTreeSet<ChannelId>> {
    if !folder.exists() {
        return Ok(BTreeSet::new());
    }
    let reading = || format!("reading {}", folder.display());
    let mut all = BTreeSet::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        let name = entry.with_context(reading)?.file_name();
        all.extend(
            name.to_str()
                .and_then(|name| name.parse::<ChannelId>().ok()),
        );
    }
    Ok(all)
}

async fn challenge(
    context: &Context,
    chain: &Chain,
    found: &[Found],
) -> Result<Vec<(HostChallenged, Value)>> {
    let (_, key) = context.connect_to_sign().await?;
    let mut done = Vec::new();
    for one in found {
        let Some((receipt, contradiction)) = one.open() else {
            continue;
        };
        let call = ChallengeHost {
            receipt: Static(receipt.receipt),
            signature: Static(receipt.signature.clone()),
            contradiction: Static(contradiction.clone()),
        };
        let included = chain.submit(&key, call).await?;
        done.push((included.expect()?, included.json()?));
    }
    Ok(done)
}

fn report(found: &[Found], challenged: Vec<(HostChallenged, Value)>) -> Output {
    let mut table = Grid::new([
        "channel",
        "host",
        ">settled",
        ">receipts kept",
        ">refused by us",
        ">contradictions",
        "verdict",
    ]);
    let mut list = Vec::new();
    for one in found {
        let Found {
            id,
            channel,
            kept,
            findings,
        } = one;
        let contradictions = findings.contradictions.len();
        let refused = contradictions + findings.pending;
        table.row([
            id,
            &channel.host,
            &channel.settled.count,
            kept,
            &refused,
            &contradictions,
            &one.verdict(),
        ]);
        let numbers = findings.contradictions.iter();
        list.push(json!({
            "channel": id,
            "host": channel.host,
            "settled": channel.settled.count,
            "kept": kept,
            "same_tree": findings.same_tree,
            "refused": refused,
            "contradictions": numbers.map(|(one, _)| one.receipt.number).collect::<Vec<_>>(),
            "challenged": channel.challenged,
        }));
    }
    let json = json!({
        "channels": list,
        "challenges": challenged.iter().map(|(_, json)| json).collect::<Vec<_>>(),
    });
    let mut output = Output::new(json).table(table);
    for (event, _) in &challenged {
        output = output.line(format!(
            "The host of channel {} has lost its bond: {} are yours, {} are burnt.",
            event.channel,
            Amount(event.reward),
            Amount(event.burnt)
        ));
    }
    let open = found.iter().filter(|one| one.open().is_some()).count();
    if challenged.is_empty() && open > 0 {
        output = output.line(format!("{} can be challenged.", count(open, "host")));
    }
    output
}
