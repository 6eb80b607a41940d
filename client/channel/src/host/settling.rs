//! What a host has to settle.

use sp_runtime::MultiSignature;
use tributary_primitives::{
    ids::ChannelId,
    metering::{Settled, Voucher},
    Balance,
};

use super::{Entry, Host, Refusal};
use crate::{
    book::Totals,
    commit::Commit,
    signing::SignedVoucher,
    store::{Change, StoreError, Table},
};

/// A voucher that pays more than was settled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unsettled {
    /// The voucher and its signature.
    pub voucher: SignedVoucher,
    /// What settling it brings.
    pub amount: Balance,
    /// The first block in which the channel answers no calls. What is not settled soon afterwards is lost.
    pub expires: u32,
}

impl Host {
    /// The vouchers that bring anything, those that bring most first.
    pub fn unsettled(&self) -> Vec<Unsettled> {
        let channels: Vec<_> = self.all().values().cloned().collect();
        let mut all: Vec<_> = channels
            .iter()
            .filter_map(|channel| {
                let state = channel.state();
                let voucher = state.kept.best.clone()?;
                let amount = voucher.voucher.amount.checked_sub(state.settled.amount)?;
                (amount > 0).then_some(Unsettled {
                    voucher,
                    amount,
                    expires: channel.terms.expires,
                })
            })
            .collect();
        all.sort_by_key(|one| (std::cmp::Reverse(one.amount), one.voucher.voucher.channel));
        all
    }

    /// Keeps what the chain says was settled of a channel. Whatever is less than what is known changes nothing.
    ///
    /// If it is more than what was answered here, or something else, the channel answers no more calls: see
    /// [`Refusal::ReceiptsMissing`].
    pub fn mark_settled(&self, channel: ChannelId, settled: Settled) -> Result<(), Refusal> {
        let known = self.channel(channel)?;
        let mut state = known.state();
        let settled = Totals::from(settled);
        if state.removed || settled.count <= state.settled.count {
            return Ok(());
        }
        let ours = state
            .totals(settled.count)
            .map_or(settled.count <= state.kept.book.count(), |totals| {
                *totals == settled
            });
        state.settled = settled;
        state.incomplete |= !ours;
        let entry = Entry {
            terms: known.terms.clone(),
            settled,
            incomplete: state.incomplete,
            over: false,
        };
        let change = Change::of_channel(Table::Channels, channel, &entry);
        let (reply, commit) = Commit::<(), StoreError>::new();
        // Under the lock, so that an older one is not written later; calls do not wait until it is on disk.
        self.store.submit(
            vec![change],
            Box::new(move |outcome| {
                let _ = reply.send(outcome);
            }),
        );
        drop(state);
        Ok(commit.wait()?)
    }

    /// Takes a voucher that comes without a call, such as a consumer's last one.
    pub fn take(
        &self,
        voucher: Voucher,
        signature: &MultiSignature,
    ) -> Result<Commit<(), StoreError>, Refusal> {
        let channel = self.channel(voucher.channel)?;
        let hash = voucher.hash(channel.terms.genesis, channel.terms.model);
        if !channel.key.signed(hash, signature) {
            return Err(Refusal::WrongSignature);
        }
        let mut state = channel.state();
        if state.removed {
            return Err(Refusal::UnknownChannel(voucher.channel));
        }
        let best = state.paid().count;
        if voucher.count < best {
            return Err(Refusal::Outdated {
                paid: voucher.count,
                best,
            });
        }
        state.check_totals(&voucher)?;
        state.keep(voucher, signature);
        let (reply, commit) = Commit::new();
        let change = Change::of_channel(Table::States, voucher.channel, &state.kept);
        self.store.submit(
            vec![change],
            Box::new(move |outcome| {
                // Whoever sent it may be gone.
                let _ = reply.send(outcome);
            }),
        );
        Ok(commit)
    }
}
