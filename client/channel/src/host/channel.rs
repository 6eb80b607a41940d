//! What a host keeps of a channel in memory, and what it asks of a call.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use codec::{Decode, Encode};
use sp_core::H256;
use tributary_primitives::metering::Voucher;

use super::{Refusal, Served};
use crate::{
    book::{Book, Totals},
    commit::Reply,
    signing::{KnownKey, SignedReceipt, SignedVoucher, Signer},
    terms::Terms,
};

/// A call as it comes in.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Which of its channel's calls it is, counted from 0.
    pub number: u32,
    /// What is asked: its very bytes.
    pub request: &'a [u8],
    /// What pays the calls before it.
    pub voucher: Voucher,
    /// Of the voucher, by the channel's voucher key.
    pub signature: sp_runtime::MultiSignature,
    /// The most units that it may take. They are reserved meanwhile.
    pub most: u64,
}

pub(super) struct Channel {
    pub(super) terms: Terms,
    /// Signs receipts. Without it, what was answered is known and settled, and nothing more is answered.
    pub(super) signer: Option<Arc<dyn Signer>>,
    /// Signs vouchers.
    pub(super) key: KnownKey,
    state: Mutex<State>,
}

impl Channel {
    pub(super) fn new(terms: Terms, signer: Option<Arc<dyn Signer>>, state: State) -> Self {
        Self {
            key: KnownKey::new(terms.voucher_key.clone()),
            terms,
            signer,
            state: Mutex::new(state),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Half of a change would be worse than none.
        self.state
            .lock()
            .expect("no thread has panicked in the middle of a change")
    }

    /// The same, while a thread may be panicking.
    pub(super) fn whole_state(&self) -> Option<MutexGuard<'_, State>> {
        self.state.lock().ok()
    }
}

/// What a channel has come to.
#[derive(Default)]
pub(super) struct State {
    pub(super) kept: Kept,
    /// What the chain has paid.
    pub(super) settled: Totals,
    /// Calls that are being answered, in their order: their numbers follow on the last receipt's.
    pub(super) flights: VecDeque<Flight>,
    /// Counts flights, so that one that was given up is not taken for a later one of its number.
    pub(super) tickets: u64,
    /// Whether the chain has settled receipts that are not here. A number that is signed twice costs the bond.
    pub(super) incomplete: bool,
    /// Whether it was removed.
    pub(super) removed: bool,
}

/// What of it is on disk, in one entry.
#[derive(Clone, Debug, Decode, Encode)]
pub(super) struct Kept {
    pub(super) book: Book,
    /// What receipts came to, for as many counts up to the last one as vouchers may still pay: one more than the window has.
    pub(super) totals: VecDeque<Totals>,
    /// The orders of the last calls, as many as the window has.
    pub(super) orders: VecDeque<H256>,
    /// The voucher that pays most.
    pub(super) best: Option<SignedVoucher>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            book: Book::default(),
            totals: [Totals::default()].into(),
            orders: VecDeque::new(),
            best: None,
        }
    }
}

/// A call that is being answered.
pub(super) struct Flight {
    pub(super) ticket: u64,
    pub(super) order: H256,
    /// The most units that it may take.
    pub(super) most: u64,
    /// What came of it, if it waits for one before it.
    pub(super) landed: Option<Landed>,
}

/// A call that is answered.
pub(super) struct Landed {
    pub(super) leaf: H256,
    pub(super) answer: SignedReceipt,
    pub(super) response: Vec<u8>,
    pub(super) reply: Reply<Served, Refusal>,
}

/// What a call is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// One that comes for the first time.
    New,
    /// One that was answered.
    Retry,
}

impl State {
    /// Whether a call was made before, if it can have an answer. Its signature is looked at elsewhere.
    pub(super) fn find(
        &self,
        terms: &Terms,
        number: u32,
        stated: H256,
        order: H256,
    ) -> Result<Kind, Refusal> {
        if self.removed {
            return Err(Refusal::UnknownChannel(terms.channel));
        }
        if stated != order {
            return Err(Refusal::OtherOrder);
        }
        let answered = self.kept.book.count();
        let next = answered.saturating_add(count_of(&self.flights));
        if number < answered {
            let place = answered - number;
            return match self.kept.orders.iter().rev().nth(place as usize - 1) {
                Some(known) if *known == order => Ok(Kind::Retry),
                Some(_) => Err(Refusal::Conflict { number }),
                None => Err(Refusal::AnswerDropped { number, next }),
            };
        }
        if let Some(flight) = self.flights.get((number - answered) as usize) {
            return Err(if flight.order == order {
                Refusal::InProgress { number }
            } else {
                Refusal::Conflict { number }
            });
        }
        if number != next {
            return Err(Refusal::NotNext { next });
        }
        Ok(Kind::New)
    }

    /// What a call is, if it is one that can be answered. Its signature is looked at elsewhere.
    pub(super) fn check(
        &self,
        terms: &Terms,
        call: &Call<'_>,
        order: H256,
        block: u32,
    ) -> Result<Kind, Refusal> {
        let number = call.number;
        if self.find(terms, number, call.voucher.order, order)? == Kind::Retry {
            return Ok(Kind::Retry);
        }
        if self.incomplete {
            return Err(Refusal::ReceiptsMissing(terms.channel));
        }
        if block >= terms.expires {
            return Err(Refusal::Expired {
                expires: terms.expires,
            });
        }
        let paid = call.voucher.count;
        let least = number.saturating_sub(terms.window - 1);
        if paid < least {
            return Err(Refusal::Unpaid { paid, least });
        }
        self.check_totals(&call.voucher)?;
        let left = self.left(terms);
        if call.most == 0 {
            return Err(Refusal::UnitsOutOfBounds { units: 0, most: 0 });
        }
        if call.most > left {
            return Err(Refusal::UnitsExhausted {
                most: call.most,
                left,
            });
        }
        Ok(Kind::New)
    }

    /// Whether a voucher says what its receipts come to. Its count must be one that vouchers may still pay.
    pub(super) fn check_totals(&self, voucher: &Voucher) -> Result<(), Refusal> {
        let answered = self.kept.book.count();
        if voucher.count > answered {
            return Err(Refusal::NotAnswered {
                paid: voucher.count,
                answered,
            });
        }
        let totals = self.totals(voucher.count).ok_or(Refusal::Unpaid {
            paid: voucher.count,
            least: answered.saturating_sub(count_of(&self.kept.totals) - 1),
        })?;
        if voucher.units != totals.units {
            return Err(Refusal::WrongUnits {
                stated: voucher.units,
                units: totals.units,
            });
        }
        if voucher.amount != totals.amount {
            return Err(Refusal::WrongAmount {
                stated: voucher.amount,
                amount: totals.amount,
            });
        }
        if voucher.root != totals.root {
            return Err(Refusal::WrongRoot);
        }
        Ok(())
    }

    /// What the first so many receipts come to, if vouchers may still pay as few.
    pub(super) fn totals(&self, count: u32) -> Option<&Totals> {
        let back = self.kept.book.count().checked_sub(count)?;
        self.kept.totals.iter().rev().nth(back as usize)
    }

    /// Units that no receipt has, and that no call under way may take.
    pub(super) fn left(&self, terms: &Terms) -> u64 {
        let reserved = self
            .flights
            .iter()
            .map(|flight| flight.most)
            .fold(self.kept.book.units(), u64::saturating_add);
        terms.units.saturating_sub(reserved)
    }

    /// Keeps a voucher that was checked, if it pays more than all before.
    pub(super) fn keep(&mut self, voucher: Voucher, signature: &sp_runtime::MultiSignature) {
        let best = self.kept.best.as_ref().map_or(0, |best| best.voucher.count);
        if voucher.count > best {
            self.kept.best = Some(SignedVoucher {
                voucher,
                signature: signature.clone(),
            });
        }
    }

    /// Gives up the calls under way from a place on: none of them can have its number without the one before it.
    pub(super) fn give_up(&mut self, place: usize) {
        for landed in self.flights.drain(place..).filter_map(|one| one.landed) {
            let number = landed.answer.receipt.number;
            // Whoever asked may be gone.
            let _ = landed.reply.send(Err(Refusal::GivenUp { number }));
        }
    }

    /// What vouchers pay.
    pub(super) fn paid(&self) -> Totals {
        self.kept
            .best
            .as_ref()
            .map(|best| Totals::from(&best.voucher))
            .unwrap_or_default()
    }
}

/// Windows are small.
fn count_of<T>(few: &VecDeque<T>) -> u32 {
    u32::try_from(few.len()).unwrap_or(u32::MAX)
}
