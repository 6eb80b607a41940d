//! Receipts that a host should not have signed, and what they are worth.

use tributary_primitives::{
    ids::ChannelId,
    merkle::{prove, Range},
    metering::{Contradiction, Settled},
};

use super::{Channel, Consumer, Trouble};
use crate::{
    signing::SignedReceipt,
    store::{Change, Table},
};

/// How many are kept of one number: two of them contradict each other, whichever is settled.
const REJECTED_OF_A_NUMBER: usize = 2;

/// What a consumer's books say of what a host has settled of a channel.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Audit {
    /// Whether the settled tree is that of the receipts that are kept here. Without them nothing can be proven about leaves.
    pub same_tree: bool,
    /// Receipts by the host that contradict the channel's price or the settled tree: each costs it the bond.
    pub contradictions: Vec<(SignedReceipt, Contradiction)>,
    /// How many receipts were not accepted that contradict nothing that is settled by now.
    pub pending: usize,
}

impl Consumer {
    /// At most so many of the receipts of a channel that its host has signed and that were not accepted, in the order of their numbers.
    pub fn rejected(&self, channel: ChannelId, most: usize) -> Result<Vec<SignedReceipt>, Trouble> {
        let kept: Vec<Vec<SignedReceipt>> = self.store.calls(Table::Rejected, channel, 0, most)?;
        Ok(kept.into_iter().flatten().take(most).collect())
    }

    /// Compares what the chain says was settled of a channel with all that its host has signed.
    pub fn audit(&self, channel: ChannelId, settled: &Settled) -> Result<Audit, Trouble> {
        let known = self.channel(channel)?;
        let genesis = known.terms.genesis;
        let leaves = self.leaves(channel, settled.count)?;
        let mut tree = Range::default();
        for (leaf, amount) in &leaves {
            // Their sum was checked when they were accepted.
            tree.append(*leaf, *amount)
                .map_err(|_| Trouble::NotAsked { number: tree.count })?;
        }
        let root = tree.root();
        let same_tree =
            tree.count == settled.count && (root.hash, root.sum) == (settled.root, settled.amount);
        let (mut contradictions, mut pending) = (Vec::new(), 0);
        for receipt in self.rejected(channel, usize::MAX)? {
            let number = receipt.receipt.number;
            let leaf = leaves.get(number as usize).filter(|_| same_tree);
            let found = [
                Some(Contradiction::Price),
                leaf.and_then(|(leaf, amount)| {
                    Some(Contradiction::Leaf {
                        leaf: *leaf,
                        amount: *amount,
                        path: prove(&leaves, number)?,
                    })
                }),
            ]
            .into_iter()
            .flatten()
            .find(|one| {
                let checked = one.check(genesis, &receipt.receipt, known.terms.price, settled);
                checked.is_ok()
            });
            match found {
                Some(contradiction) => contradictions.push((receipt, contradiction)),
                None => pending += 1,
            }
        }
        Ok(Audit {
            same_tree,
            contradictions,
            pending,
        })
    }

    /// Keeps a receipt that the host has signed, and that is not accepted.
    pub(super) fn reject(&self, known: &Channel, answer: SignedReceipt) -> Result<(), Trouble> {
        let (channel, number) = (known.terms.channel, answer.receipt.number);
        // One after another, so that none is lost.
        let _state = known.state();
        let kept: Option<Vec<SignedReceipt>> = self.store.call(Table::Rejected, channel, number)?;
        let mut kept = kept.unwrap_or_default();
        let known = kept.iter().any(|other| other.receipt == answer.receipt);
        if known || kept.len() >= REJECTED_OF_A_NUMBER {
            return Ok(());
        }
        kept.push(answer);
        let change = Change::of_call(Table::Rejected, channel, number, &kept);
        Ok(self.store.write(vec![change])?)
    }
}
