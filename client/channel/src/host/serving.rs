//! How a call is answered.

use std::sync::Arc;

use codec::{Decode, Encode};
use sp_core::H256;
use tributary_primitives::{
    ids::ChannelId,
    metering::{content, order, Receipt},
};

use super::{
    channel::{Channel, Flight, Kind, Landed, State},
    Call, Host, Refusal,
};
use crate::{
    commit::Commit,
    signing::{self, SignedReceipt, SignedVoucher, Signer},
    store::{Change, Store, Table},
    terms::Terms,
};

/// An answer that is on disk.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Served {
    /// What was answered: its very bytes.
    pub response: Vec<u8>,
    /// What the host states about it, and its signature.
    pub receipt: SignedReceipt,
}

/// What becomes of a call.
#[derive(Debug)]
pub enum Begun {
    /// It must be computed now.
    Compute(Computation),
    /// It was answered before: with these bytes.
    Served(Served),
}

/// A call that only whoever has this may answer. Dropped, it is given up, and its number free again.
pub struct Computation {
    store: Arc<Store>,
    channel: Arc<Channel>,
    signer: Arc<dyn Signer>,
    number: u32,
    request: H256,
    most: u64,
    ticket: u64,
}

impl std::fmt::Debug for Computation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Computation")
            .field("channel", &self.channel.terms.channel)
            .field("number", &self.number)
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

/// A call whose signature is all that was not looked at.
struct Unsigned {
    channel: Arc<Channel>,
    hash: H256,
    request: H256,
    order: H256,
}

impl Host {
    /// The answer of a call that was made before. `None` if it is the channel's next one: [`Host::begin`] says whether it can be.
    ///
    /// The voucher must be right, since answers are for those who paid for them.
    pub fn find(
        &self,
        number: u32,
        request: &[u8],
        voucher: &SignedVoucher,
    ) -> Result<Option<Served>, Refusal> {
        let SignedVoucher { voucher, signature } = voucher;
        let channel = self.channel(voucher.channel)?;
        let terms = &channel.terms;
        let order = order(number, content(request));
        let kind = channel.state().find(terms, number, voucher.order, order)?;
        if kind == Kind::New {
            return Ok(None);
        }
        let hash = voucher.hash(terms.genesis, terms.model);
        if !channel.key.signed(hash, signature) {
            return Err(Refusal::WrongSignature);
        }
        self.served(&channel, number).map(Some)
    }

    /// Checks a call, and says whether it must be computed; `block` is the chain's best one.
    ///
    /// It reads from disk if the call was answered before.
    pub fn begin(&self, call: &Call<'_>, block: u32) -> Result<Begun, Refusal> {
        let unsigned = self.unsigned(call, block)?;
        let right = unsigned.channel.key.signed(unsigned.hash, &call.signature);
        self.begin_signed(call, unsigned, right, block)
    }

    /// The same of many calls, in their order. Their signatures are checked together, which takes about half of the time.
    pub fn begin_all(&self, calls: &[Call<'_>], block: u32) -> Vec<Result<Begun, Refusal>> {
        let unsigned: Vec<_> = calls
            .iter()
            .map(|call| self.unsigned(call, block))
            .collect();
        let claims: Vec<_> = calls
            .iter()
            .zip(&unsigned)
            .filter_map(|(call, unsigned)| {
                let unsigned = unsigned.as_ref().ok()?;
                Some((&unsigned.channel.key, unsigned.hash, &call.signature))
            })
            .collect();
        let mut right = signing::signed(&claims).into_iter();
        calls
            .iter()
            .zip(unsigned)
            .map(|(call, unsigned)| {
                let unsigned = unsigned?;
                let right = right.next().unwrap_or_default();
                self.begin_signed(call, unsigned, right, block)
            })
            .collect()
    }

    /// All that can be said without looking at the signature, which takes longest.
    fn unsigned(&self, call: &Call<'_>, block: u32) -> Result<Unsigned, Refusal> {
        let channel = self.channel(call.voucher.channel)?;
        let request = content(call.request);
        let order = order(call.number, request);
        channel.state().check(&channel.terms, call, order, block)?;
        let hash = call
            .voucher
            .hash(channel.terms.genesis, channel.terms.model);
        Ok(Unsigned {
            channel,
            hash,
            request,
            order,
        })
    }

    fn begin_signed(
        &self,
        call: &Call<'_>,
        unsigned: Unsigned,
        right: bool,
        block: u32,
    ) -> Result<Begun, Refusal> {
        if !right {
            return Err(Refusal::WrongSignature);
        }
        let Unsigned {
            channel,
            request,
            order,
            ..
        } = unsigned;
        let mut state = channel.state();
        // Others had their turn while the signature was checked.
        if state.check(&channel.terms, call, order, block)? == Kind::Retry {
            drop(state);
            return self.served(&channel, call.number).map(Begun::Served);
        }
        let signer = channel
            .signer
            .clone()
            .ok_or(Refusal::KeyMissing(channel.terms.channel))?;
        let ticket = state.tickets;
        state.tickets += 1;
        state.flights.push_back(Flight {
            ticket,
            order,
            most: call.most,
            landed: None,
        });
        state.keep(call.voucher, &call.signature);
        drop(state);
        Ok(Begun::Compute(Computation {
            store: self.store.clone(),
            channel,
            signer,
            number: call.number,
            request,
            most: call.most,
            ticket,
        }))
    }

    /// The answer of a call as it is on disk.
    fn served(&self, channel: &Channel, number: u32) -> Result<Served, Refusal> {
        let Terms {
            channel: id,
            window,
            ..
        } = channel.terms;
        let served: Option<Served> = self.store.call(Table::Calls, id, number % window)?;
        match served.map(|served| (served.receipt.receipt.number, served)) {
            Some((kept, served)) if kept == number => Ok(served),
            Some((kept, _)) if kept > number => Err(Refusal::AnswerDropped {
                number,
                next: channel.state().kept.book.count(),
            }),
            // It is being written.
            _ => Err(Refusal::InProgress { number }),
        }
    }
}

impl Computation {
    /// The channel.
    pub fn channel(&self) -> ChannelId {
        self.channel.terms.channel
    }

    /// The call's number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The most units that it may take.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// Says what was answered, and how many units it took. The answer may leave when it is on disk.
    ///
    /// Of calls that are answered at once, one waits for those before it. It is given up if one of them is.
    pub fn finish(self, units: u64, response: Vec<u8>) -> Result<Commit<Served, Refusal>, Refusal> {
        let number = self.number;
        let terms = &self.channel.terms;
        let bounds = Refusal::UnitsOutOfBounds {
            units,
            most: self.most,
        };
        if !(1..=self.most).contains(&units) {
            return Err(bounds);
        }
        let receipt = Receipt {
            channel: terms.channel,
            number,
            units,
            // All units of the channel have a cost that fits.
            amount: terms.cost(units).ok_or(bounds)?,
            request: self.request,
            response: content(&response),
        };
        let leaf = receipt.leaf(terms.genesis);
        let signature = self.signer.sign(leaf);
        let (reply, commit) = Commit::new();
        let landed = Landed {
            leaf,
            answer: SignedReceipt { receipt, signature },
            response,
            reply,
        };

        let mut state = self.channel.state();
        let ticket = self.ticket;
        let flight = state
            .flights
            .iter_mut()
            .find(|flight| flight.ticket == ticket)
            .ok_or(Refusal::GivenUp { number })?;
        flight.landed = Some(landed);
        while let Some(flight) = state.flights.pop_front_if(|flight| flight.landed.is_some()) {
            if let Some(landed) = flight.landed {
                append(&mut state, terms, flight.order, landed, &self.store);
            }
        }
        drop(state);
        Ok(commit)
    }
}

/// Appends the receipt of the first call under way, and has it written. Under the channel's lock, so that disk and memory have one order.
fn append(state: &mut State, terms: &Terms, order: H256, landed: Landed, store: &Store) {
    let Landed {
        leaf,
        answer,
        response,
        reply,
    } = landed;
    let (channel, number) = (terms.channel, answer.receipt.number);
    let kept = &mut state.kept;
    if kept.book.append(leaf, &answer.receipt).is_err() {
        // 2^32 calls.
        let _ = reply.send(Err(Refusal::UnitsExhausted { most: 1, left: 0 }));
        return;
    }
    kept.totals.push_back(kept.book.totals());
    kept.orders.push_back(order);
    let window = terms.window as usize;
    // The last call's voucher may pay as many less than now are answered as the window has.
    while kept.totals.len() > window + 1 {
        kept.totals.pop_front();
    }
    while kept.orders.len() > window {
        kept.orders.pop_front();
    }
    let served = Served {
        response,
        receipt: answer,
    };
    // The place of an answer is taken by the one whose voucher pays it.
    let changes = vec![
        Change::of_call(Table::Receipts, channel, number, &served.receipt),
        Change::of_call(Table::Calls, channel, number % terms.window, &served),
        Change::of_channel(Table::States, channel, kept),
    ];
    store.submit(
        changes,
        Box::new(move |outcome| {
            // Whoever asked may be gone: a retry has it from disk.
            let _ = reply.send(outcome.map(|()| served).map_err(Refusal::from));
        }),
    );
}

impl Drop for Computation {
    fn drop(&mut self) {
        let Some(mut state) = self.channel.whole_state() else {
            return;
        };
        let ticket = self.ticket;
        let place = state
            .flights
            .iter()
            .position(|flight| flight.ticket == ticket && flight.landed.is_none());
        if let Some(place) = place {
            state.give_up(place);
        }
    }
}
