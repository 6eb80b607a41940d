//! A channel with both of its sides.

use std::{path::Path, sync::Arc};

use sp_core::{ecdsa, ed25519, sr25519, Pair, H256};
use sp_runtime::AccountId32;
use tempfile::TempDir;
use tributary_channel::{
    consumer::Outgoing,
    host::{Begun, Call, Refusal, Served},
    Consumer, Host, Signer, Terms,
};
use tributary_primitives::Balance;

pub(crate) const CHANNEL: u64 = 3;
pub(crate) const PRICE: Balance = 7;
pub(crate) const UNITS: u64 = 1_000;
/// The first block in which no calls are answered.
pub(crate) const EXPIRES: u32 = 100;
/// A block in which they are.
pub(crate) const NOW: u32 = 50;

pub(crate) type Key = Arc<dyn Signer>;

/// Keys of the three schemes of accounts.
pub(crate) fn schemes(seed: u8) -> [Key; 3] {
    let seed = [seed; 32];
    [
        Arc::new(sr25519::Pair::from_seed(&seed)),
        Arc::new(ed25519::Pair::from_seed(&seed)),
        Arc::new(ecdsa::Pair::from_seed(&seed)),
    ]
}

pub(crate) fn key(seed: u8) -> Key {
    let [key, ..] = schemes(seed);
    key
}

pub(crate) fn consumer_key() -> Key {
    key(1)
}

pub(crate) fn host_key() -> Key {
    key(2)
}

pub(crate) fn terms(channel: u64, window: u32) -> Terms {
    Terms {
        genesis: H256::repeat_byte(9),
        channel,
        model: 5,
        price: PRICE,
        units: UNITS,
        expires: EXPIRES,
        voucher_key: consumer_key().account(),
        receipt_key: host_key().account(),
        window,
    }
}

pub(crate) fn open_host(directory: &Path) -> Host {
    Host::open(&directory.join("host"), vec![host_key()]).expect("the directory is free")
}

pub(crate) fn open_consumer(directory: &Path) -> Consumer {
    Consumer::open(&directory.join("consumer"), vec![consumer_key()])
        .expect("the directory is free")
}

/// Both sides of the usual channel.
pub(crate) struct Pairing {
    pub(crate) host: Host,
    pub(crate) consumer: Consumer,
    pub(crate) directory: TempDir,
}

impl Pairing {
    pub(crate) fn new(window: u32) -> Self {
        let directory = TempDir::new().expect("there is room");
        let (host, consumer) = (open_host(directory.path()), open_consumer(directory.path()));
        host.add(terms(CHANNEL, window)).expect("it is new");
        consumer.add(terms(CHANNEL, window)).expect("it is new");
        Self {
            host,
            consumer,
            directory,
        }
    }

    /// Opens both databases anew.
    pub(crate) fn reopened(self) -> Self {
        let Self {
            host,
            consumer,
            directory,
        } = self;
        drop((host, consumer));
        Self {
            host: open_host(directory.path()),
            consumer: open_consumer(directory.path()),
            directory,
        }
    }

    pub(crate) fn ask(&self, request: &[u8], most: u64) -> Outgoing {
        self.consumer
            .ask(CHANNEL, request.to_vec(), most, NOW)
            .expect("it may be asked")
            .wait()
            .expect("it is on disk")
    }

    /// The answer to a call of one unit.
    pub(crate) fn answer(&self, outgoing: &Outgoing) -> Served {
        serve(&self.host, outgoing).expect("it is paid")
    }

    pub(crate) fn accept(&self, served: &Served) {
        self.consumer
            .accept(CHANNEL, &served.response, served.receipt.clone())
            .expect("it is right")
            .wait()
            .expect("it is on disk");
    }

    /// A call of one unit, from its beginning to its end.
    pub(crate) fn call(&self, request: &[u8]) -> Served {
        let served = self.answer(&self.ask(request, 1));
        self.accept(&served);
        served
    }
}

pub(crate) fn incoming(outgoing: &Outgoing) -> Call<'_> {
    Call {
        number: outgoing.number,
        request: &outgoing.request,
        voucher: outgoing.voucher,
        signature: outgoing.signature.clone(),
        most: outgoing.most,
    }
}

/// What every model here answers, and how many units that takes.
pub(crate) fn compute(number: u32, request: &[u8], most: u64) -> (u64, Vec<u8>) {
    let units = 1 + u64::from(number) % most;
    (units, [b"answer to ", request].concat())
}

pub(crate) fn serve(host: &Host, outgoing: &Outgoing) -> Result<Served, Refusal> {
    match host.begin(&incoming(outgoing), NOW)? {
        Begun::Served(served) => Ok(served),
        Begun::Compute(computation) => {
            let (units, response) = compute(outgoing.number, &outgoing.request, outgoing.most);
            computation.finish(units, response)?.wait()
        }
    }
}

/// The account of nobody.
pub(crate) fn stranger() -> AccountId32 {
    key(77).account()
}
