//! Where vouchers are checked: those that come at the same time together, which takes about half of the time.

use std::{
    iter,
    sync::{mpsc, Arc, Mutex},
    thread::Builder,
};

use tokio::sync::oneshot;
use tributary_channel::{
    host::{Begun, Call, Refusal},
    Host, SignedVoucher, StoreError,
};

use crate::configuration::Unusable;

/// How many are checked together: more gain little.
const TOGETHER: usize = 64;

/// A call as it waits to be checked.
pub(crate) struct Incoming {
    pub(crate) number: u32,
    /// What is asked: its very bytes.
    pub(crate) request: Vec<u8>,
    pub(crate) voucher: SignedVoucher,
    /// The most units that it may take.
    pub(crate) most: u64,
    /// The chain's best block.
    pub(crate) block: u32,
}

struct Waiting {
    incoming: Incoming,
    reply: oneshot::Sender<Result<Begun, Refusal>>,
}

/// Takes calls, and has a thread of its own. Nobody waits for others to come: what has come meanwhile is taken together.
pub(crate) struct Desk(Mutex<mpsc::Sender<Waiting>>);

impl Desk {
    /// Opens one; it is closed when this is dropped.
    pub(crate) fn open(host: Arc<Host>) -> Result<Self, Unusable> {
        let (calls, waiting) = mpsc::channel();
        Builder::new()
            .name("vouchers".into())
            .spawn(move || check_all(&host, &waiting))
            .map_err(|error| Unusable(format!("the thread that checks vouchers: {error}")))?;
        Ok(Self(Mutex::new(calls)))
    }

    /// Says what becomes of a call: see [`Host::begin`].
    pub(crate) async fn begin(&self, incoming: Incoming) -> Result<Begun, Refusal> {
        let (reply, outcome) = oneshot::channel();
        let waiting = Waiting { incoming, reply };
        let sent = self.0.lock().is_ok_and(|calls| calls.send(waiting).is_ok());
        // Only a thread that has panicked takes nothing, and it may have done so in the middle of a change.
        let closed = Err(Refusal::Store(StoreError::Closed));
        if !sent {
            return closed;
        }
        outcome.await.unwrap_or(closed)
    }
}

fn check_all(host: &Host, waiting: &mpsc::Receiver<Waiting>) {
    while let Ok(first) = waiting.recv() {
        let all: Vec<_> = iter::once(first)
            .chain(waiting.try_iter().take(TOGETHER - 1))
            .collect();
        let calls: Vec<_> = all.iter().map(|one| one.incoming.call()).collect();
        // Blocks rise: by the last one of them nothing is answered that has expired.
        let block = all.iter().map(|one| one.incoming.block).max();
        let begun = host.begin_all(&calls, block.unwrap_or_default());
        drop(calls);
        for (one, begun) in all.into_iter().zip(begun) {
            // Whoever asked may be gone: the call is given up then, before anything is computed.
            let _ = one.reply.send(begun);
        }
    }
}

impl Incoming {
    fn call(&self) -> Call<'_> {
        Call {
            number: self.number,
            request: &self.request,
            voucher: self.voucher.voucher,
            signature: self.voucher.signature.clone(),
            most: self.most,
        }
    }
}
