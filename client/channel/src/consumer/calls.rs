//! Calls that are made, and what pays them.

use sp_core::H256;
use sp_runtime::MultiSignature;
use tributary_primitives::{
    ids::ChannelId,
    metering::{content, order, Voucher},
};

use super::{Asked, Channel, Consumer, Pending, State, Trouble};
use crate::{
    commit::Commit,
    signing::SignedVoucher,
    store::{Change, Table},
};

/// A call to be sent. It is on disk: whenever it is sent again, it is the same call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outgoing {
    /// The channel.
    pub channel: ChannelId,
    /// Which of its calls it is, counted from 0.
    pub number: u32,
    /// What is asked.
    pub request: Vec<u8>,
    /// What pays the calls before it.
    pub voucher: Voucher,
    /// Of the voucher, by the channel's voucher key.
    pub signature: MultiSignature,
    /// The most units that it may take.
    pub most: u64,
}

impl From<(ChannelId, Asked)> for Outgoing {
    fn from((channel, asked): (ChannelId, Asked)) -> Self {
        Self {
            channel,
            number: asked.number,
            request: asked.request,
            voucher: asked.voucher.voucher,
            signature: asked.voucher.signature,
            most: asked.most,
        }
    }
}

impl Channel {
    /// The voucher that pays all receipts, sent with an order.
    fn voucher(&self, state: &State, order: H256) -> Result<SignedVoucher, Trouble> {
        let Self { terms, signer, .. } = self;
        let signer = signer.as_ref().ok_or(Trouble::KeyMissing(terms.channel))?;
        let voucher = state.book.totals().voucher(terms.channel, order);
        let signature = signer.sign(voucher.hash(terms.genesis, terms.model));
        Ok(SignedVoucher { voucher, signature })
    }
}

impl Consumer {
    /// Makes the next call of a channel, which may take so many units; `block` is the chain's best one. It may be sent when it is on disk.
    ///
    /// Calls whose answers are missing come first: [`Consumer::outstanding`] has them.
    pub fn ask(
        &self,
        channel: ChannelId,
        request: Vec<u8>,
        most: u64,
        block: u32,
    ) -> Result<Commit<Outgoing, Trouble>, Trouble> {
        let known = self.channel(channel)?;
        let terms = &known.terms;
        if block >= terms.expires {
            return Err(Trouble::Expired {
                expires: terms.expires,
            });
        }
        if most == 0 {
            return Err(Trouble::NoUnits);
        }
        let hash = content(&request);
        let mut state = known.state();
        let first = state.book.count();
        if state.pending.len() >= terms.window as usize {
            return Err(Trouble::Outstanding { number: first });
        }
        let left = state.left(terms);
        if most > left {
            return Err(Trouble::UnitsExhausted { most, left });
        }
        let number = state
            .pending
            .last_key_value()
            .map_or(Some(first), |(last, _)| last.checked_add(1))
            .ok_or(Trouble::UnitsExhausted { most, left: 0 })?;
        let asked = Asked {
            number,
            request,
            voucher: known.voucher(&state, order(number, hash))?,
            most,
            answer: None,
        };
        let pending = Pending {
            request: hash,
            most,
            answer: None,
        };
        state.pending.insert(number, pending);
        let (reply, commit) = Commit::new();
        let change = Change::of_call(Table::Calls, channel, number, &asked);
        self.store.submit(
            vec![change],
            Box::new(move |outcome| {
                let outgoing = outcome.map(|()| Outgoing::from((channel, asked)));
                // Whoever asked may be gone: the call is on disk.
                let _ = reply.send(outgoing.map_err(Trouble::from));
            }),
        );
        Ok(commit)
    }

    /// The calls of a channel that have no answer, to be sent again as they were.
    pub fn outstanding(&self, channel: ChannelId) -> Result<Vec<Outgoing>, Trouble> {
        let known = self.channel(channel)?;
        Ok(self
            .asked(&known.terms)?
            .into_iter()
            .filter(|asked| asked.answer.is_none())
            .map(|asked| Outgoing::from((channel, asked)))
            .collect())
    }

    /// Takes back the last call that has no answer, so that another can have its number.
    ///
    /// Only for one that the host has refused. If it was answered all the same, the next one is refused as a conflict, and the channel is of
    /// no more use.
    pub fn withdraw(
        &self,
        channel: ChannelId,
        number: u32,
    ) -> Result<Commit<(), Trouble>, Trouble> {
        let known = self.channel(channel)?;
        let mut state = known.state();
        match state.pending.get(&number) {
            Some(call) if call.answer.is_none() => {}
            _ => return Err(Trouble::NotAsked { number }),
        }
        if state.pending.last_key_value().map(|(last, _)| *last) != Some(number) {
            return Err(Trouble::NotLast { number });
        }
        state.pending.remove(&number);
        let (reply, commit) = Commit::new();
        let change = Change::removal_of_call(Table::Calls, channel, number);
        self.store.submit(
            vec![change],
            Box::new(move |outcome| {
                let _ = reply.send(outcome.map_err(Trouble::from));
            }),
        );
        Ok(commit)
    }

    /// The voucher that pays all receipts of a channel, without a call. A host that has it needs nothing else.
    pub fn final_voucher(&self, channel: ChannelId) -> Result<SignedVoucher, Trouble> {
        let known = self.channel(channel)?;
        let state = known.state();
        known.voucher(&state, H256::zero())
    }
}
