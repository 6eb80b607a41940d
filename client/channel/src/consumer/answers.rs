//! Answers, and whether they are ones that are paid for.

use tributary_primitives::{
    ids::ChannelId,
    metering::{content, Receipt},
};

use super::{Asked, Channel, Consumer, Pending, Trouble};
use crate::{
    commit::Commit,
    signing::SignedReceipt,
    store::{Change, Table},
};

impl Consumer {
    /// Checks what came in answer to a channel's call, and keeps the receipt: the next voucher pays it. The same answer again changes nothing.
    ///
    /// Whatever is refused here and is signed by the host all the same is kept, as evidence: see [`Consumer::audit`].
    pub fn accept(
        &self,
        channel: ChannelId,
        response: &[u8],
        answer: SignedReceipt,
    ) -> Result<Commit<Receipt, Trouble>, Trouble> {
        let known = self.channel(channel)?;
        let receipt = answer.receipt;
        if receipt.channel != channel {
            return Err(Trouble::OtherChannel {
                receipt: receipt.channel,
                call: channel,
            });
        }
        let leaf = receipt.leaf(known.terms.genesis);
        if !known.key.signed(leaf, &answer.signature) {
            return Err(Trouble::WrongSignature);
        }
        let outcome = self.accept_signed(&known, response, answer.clone());
        if let Err(trouble) = &outcome {
            if !matches!(trouble, Trouble::Store(_)) {
                self.reject(&known, answer)?;
            }
        }
        outcome
    }

    /// The same for what the host has signed.
    fn accept_signed(
        &self,
        known: &Channel,
        response: &[u8],
        answer: SignedReceipt,
    ) -> Result<Commit<Receipt, Trouble>, Trouble> {
        let channel = known.terms.channel;
        let receipt = answer.receipt;
        let number = receipt.number;
        if receipt.response != content(response) {
            return Err(Trouble::OtherResponse { number });
        }

        let (reply, commit) = Commit::new();
        let mut state = known.state();
        let before = if number < state.book.count() {
            // What was accepted a moment ago may still have to be written.
            self.store.write(Vec::new())?;
            let kept: Option<SignedReceipt> = self.store.call(Table::Receipts, channel, number)?;
            Some(kept.ok_or(Trouble::NotAsked { number })?.receipt)
        } else {
            let call = state
                .pending
                .get(&number)
                .ok_or(Trouble::NotAsked { number })?;
            known.check(call, &receipt)?;
            call.answer.as_ref().map(|answer| answer.receipt)
        };
        if let Some(before) = before {
            if before != receipt {
                return Err(Trouble::SignedTwice { number });
            }
            // After what was submitted before, which has the receipt.
            self.store.submit(
                Vec::new(),
                Box::new(move |outcome| {
                    let _ = reply.send(outcome.map(|()| receipt).map_err(Trouble::from));
                }),
            );
            return Ok(commit);
        }

        let mut changes = Vec::new();
        if number == state.book.count() {
            let mut next = Some(answer);
            while let Some(answer) = next {
                let number = answer.receipt.number;
                let leaf = answer.receipt.leaf(known.terms.genesis);
                if state.book.append(leaf, &answer.receipt).is_err() {
                    return Err(Trouble::UnitsExhausted {
                        most: answer.receipt.units,
                        left: 0,
                    });
                }
                state.pending.remove(&number);
                changes.push(Change::of_call(Table::Receipts, channel, number, &answer));
                changes.push(Change::removal_of_call(Table::Calls, channel, number));
                let count = state.book.count();
                next = state
                    .pending
                    .get(&count)
                    .and_then(|call| call.answer.clone());
            }
            changes.push(Change::of_channel(Table::States, channel, &state.book));
        } else if let Some(call) = state.pending.get_mut(&number) {
            // One before it has no answer yet.
            let asked: Option<Asked> = self.store.call(Table::Calls, channel, number)?;
            let mut asked = asked.ok_or(Trouble::NotAsked { number })?;
            asked.answer = Some(answer.clone());
            call.answer = Some(answer);
            changes.push(Change::of_call(Table::Calls, channel, number, &asked));
        }
        self.store.submit(
            changes,
            Box::new(move |outcome| {
                // Whoever has the answer may be gone: it is on disk.
                let _ = reply.send(outcome.map(|()| receipt).map_err(Trouble::from));
            }),
        );
        Ok(commit)
    }
}

impl Channel {
    /// Whether a receipt is one of a call.
    fn check(&self, call: &Pending, receipt: &Receipt) -> Result<(), Trouble> {
        let (number, units, most) = (receipt.number, receipt.units, call.most);
        if receipt.request != call.request {
            return Err(Trouble::OtherRequest { number });
        }
        if !(1..=most).contains(&units) {
            return Err(Trouble::UnitsOutOfBounds {
                number,
                units,
                most,
            });
        }
        if self.terms.cost(units) != Some(receipt.amount) {
            return Err(Trouble::WrongPrice { number });
        }
        Ok(())
    }
}
