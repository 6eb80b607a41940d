//! How many receipts a host makes a second: voucher checked, receipt signed, tree grown, and all of it on disk before the answer leaves.
//!
//! ```text
//! receipts [RECEIPTS [CHANNELS]]      100,000 through 1,000 channels unless it is said otherwise
//! ```
//!
//! Beside each, before and after it: how many signatures of sr25519 are checked a second, and nothing else. Seconds are those of the
//! processor, all threads together, so that programs beside it count little; pin it to one core. The second column has those of the clock.

use std::{
    collections::VecDeque,
    env,
    error::Error,
    hint::black_box,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::time::{clock_gettime, ClockId};
use sp_core::{ed25519, sr25519, Pair as _, H256};
use sp_runtime::MultiSignature;
use tributary_channel::{
    host::{Begun, Call},
    Host, Signer, Terms,
};
use tributary_primitives::{
    merkle::Range,
    metering::{content, order, Receipt, Voucher},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Bytes of a request and of a response.
const BYTES: usize = 64;
/// Calls that come together.
const TOGETHER: usize = 64;
const PRICE: u128 = 7;

/// A call as its consumer has made it.
struct Made {
    number: u32,
    request: [u8; BYTES],
    voucher: Voucher,
    signature: MultiSignature,
}

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let mut next = |default: usize| match arguments.next() {
        Some(text) => text.parse(),
        None => Ok(default),
    };
    let (receipts, channels) = (next(100_000)?, next(1_000)?);
    let calls = receipts.div_ceil(channels);
    println!("{calls} calls through each of {channels} channels, window 1, requests and responses of {BYTES} bytes");

    let sr25519: Arc<dyn Signer> = Arc::new(sr25519::Pair::from_seed(&[2; 32]));
    let ed25519: Arc<dyn Signer> = Arc::new(ed25519::Pair::from_seed(&[2; 32]));
    let made = make(channels, calls);

    println!(
        "{:<10}{:<12}{:>12}{:>12}{:>13}{:>8}",
        "receipts", "vouchers", "a second", "by clock", "bare verify", "share"
    );
    for (scheme, key) in [("sr25519", &sr25519), ("ed25519", &ed25519)] {
        for (way, together) in [("singly", 1), ("together", TOGETHER)] {
            let directory = tempfile::tempdir()?;
            let before = bare(&made);
            let taken = host(directory.path(), key, channels, calls, together, &made)?;
            let bare = (before + bare(&made)) / 2.0;
            let rate = made.len() as f64 / taken.processor;
            println!(
                "{scheme:<10}{way:<12}{rate:>12.0}{:>12.0}{bare:>13.0}{:>6.0} %",
                made.len() as f64 / taken.clock,
                100.0 * rate / bare
            );
        }
    }
    Ok(())
}

/// What something took, in seconds.
struct Taken {
    /// Of the processor, by all threads.
    processor: f64,
    /// As a clock has it.
    clock: f64,
}

/// Measures until it is asked.
struct Watch {
    processor: Duration,
    clock: Instant,
}

impl Watch {
    fn start() -> Self {
        Self {
            processor: processor_time(),
            clock: Instant::now(),
        }
    }

    fn taken(&self) -> Taken {
        Taken {
            processor: (processor_time() - self.processor).as_secs_f64(),
            clock: self.clock.elapsed().as_secs_f64(),
        }
    }
}

/// What this process has had of the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn terms(channel: usize, calls: usize, receipt_key: &dyn Signer) -> Terms {
    Terms {
        genesis: H256::repeat_byte(9),
        channel: channel as u64,
        model: 1,
        price: PRICE,
        units: calls as u64,
        expires: u32::MAX,
        voucher_key: consumer(channel).account(),
        receipt_key: receipt_key.account(),
        window: 1,
    }
}

fn consumer(channel: usize) -> sr25519::Pair {
    let mut seed = [1; 32];
    seed[..8].copy_from_slice(&channel.to_le_bytes());
    sr25519::Pair::from_seed(&seed)
}

fn request(channel: usize, call: usize) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&channel.to_le_bytes());
    bytes[8..16].copy_from_slice(&call.to_le_bytes());
    bytes
}

/// Every response is the same: what computing one takes is not measured here.
fn response() -> Vec<u8> {
    vec![3; BYTES]
}

/// All calls of all channels, as consumers make them who know what will be answered: the first of each channel, then the second.
fn make(channels: usize, calls: usize) -> Vec<Made> {
    let genesis = H256::repeat_byte(9);
    let keys: Vec<_> = (0..channels).map(consumer).collect();
    let mut ranges = vec![Range::default(); channels];
    let answered = content(&response());
    (0..calls)
        .flat_map(|call| (0..channels).map(move |channel| (call, channel)))
        .map(|(call, channel)| {
            let number = call as u32;
            let request = request(channel, call);
            let root = ranges[channel].root();
            let voucher = Voucher {
                channel: channel as u64,
                count: number,
                units: call as u64,
                amount: root.sum,
                root: root.hash,
                order: order(number, content(&request)),
            };
            let receipt = Receipt {
                channel: channel as u64,
                number,
                units: 1,
                amount: PRICE,
                request: content(&request),
                response: answered,
            };
            let grown = ranges[channel].append(receipt.leaf(genesis), PRICE);
            grown.expect("they are fewer than 2^32");
            let hash = voucher.hash(genesis, 1);
            Made {
                number,
                request,
                voucher,
                signature: Signer::sign(&keys[channel], hash),
            }
        })
        .collect()
}

/// Signatures that are checked a second by what the chain and its client check them with.
fn bare(made: &[Made]) -> f64 {
    let genesis = H256::repeat_byte(9);
    let claims: Vec<_> = made
        .iter()
        .take(20_000)
        .filter_map(|call| match &call.signature {
            MultiSignature::Sr25519(signature) => {
                let public = consumer(call.voucher.channel as usize).public();
                Some((call.voucher.hash(genesis, 1), *signature, public))
            }
            _ => None,
        })
        .collect();
    let watch = Watch::start();
    for (hash, signature, public) in &claims {
        let right = sr25519::Pair::verify(signature, hash.as_bytes(), public);
        assert!(black_box(right), "consumers sign what they send");
    }
    claims.len() as f64 / watch.taken().processor
}

/// What making all receipts takes. The next call of a channel comes when the answer before it is on disk.
fn host(
    directory: &Path,
    key: &Arc<dyn Signer>,
    channels: usize,
    calls: usize,
    together: usize,
    made: &[Made],
) -> Result<Taken> {
    let host = Host::open(directory, vec![key.clone()])?;
    for channel in 0..channels {
        host.add(terms(channel, calls, key.as_ref()))?;
    }
    let mut under_way = VecDeque::new();
    let watch = Watch::start();
    for group in made.chunks(together) {
        // Whoever is asked again has the answer to the call before.
        while under_way.len() + group.len() > channels {
            under_way.pop_front().map(tributary_channel::Commit::wait);
        }
        let incoming: Vec<_> = group
            .iter()
            .map(|call| Call {
                number: call.number,
                request: &call.request,
                voucher: call.voucher,
                signature: call.signature.clone(),
                most: 1,
            })
            .collect();
        let begun = match &incoming[..] {
            [one] => vec![host.begin(one, 0)],
            all => host.begin_all(all, 0),
        };
        for begun in begun {
            match begun? {
                Begun::Compute(computation) => {
                    under_way.push_back(computation.finish(1, response())?);
                }
                Begun::Served(_) => return Err("no call is made twice".into()),
            }
        }
    }
    for commit in under_way {
        commit.wait()?;
    }
    let taken = watch.taken();
    for channel in 0..channels {
        let status = host.status(channel as u64).ok_or("it was added")?;
        assert_eq!(status.answered.count as usize, calls);
    }
    Ok(taken)
}
