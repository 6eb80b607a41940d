//! A host, or both sides, in a process of its own that is killed at random moments.

use std::{
    collections::BTreeMap,
    env,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::Duration,
};

use codec::{Decode, Encode};
use rand::{rngs::StdRng, Rng, SeedableRng};
use sp_core::H256;
use sp_runtime::MultiSignature;
use tempfile::TempDir;
use tributary_channel::{
    consumer::Outgoing,
    host::{Begun, Call, Served},
    Consumer, Host,
};
use tributary_primitives::metering::{content, Voucher};

use crate::support::*;

/// Tells the program of the tests that it is the child, and where its databases lie.
const DIRECTORY: &str = "TRIBUTARY_CHANNEL_CHILD";
const CHANNELS: u64 = 3;

/// A call on its way through the pipe.
#[derive(Decode, Encode)]
struct Message {
    number: u32,
    request: Vec<u8>,
    voucher: Voucher,
    signature: MultiSignature,
    most: u64,
}

fn window(channel: u64) -> u32 {
    1 + channel as u32
}

fn prepare(host: Option<&Host>, consumer: Option<&Consumer>) {
    for channel in 0..CHANNELS {
        let agreed = terms(channel, window(channel));
        if let Some(host) = host {
            host.add(agreed.clone()).expect("the same as before");
        }
        if let Some(consumer) = consumer {
            consumer.add(agreed).expect("the same as before");
        }
    }
}

/// Starts this program with one test only, which is then the child.
fn start(directory: &Path, role: &str) -> (Child, ChildStdin, BufReader<ChildStdout>) {
    let mut child = Command::new(env::current_exe().expect("it runs"))
        .args(["--exact", role, "--nocapture"])
        .env(DIRECTORY, directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts again");
    let input = child.stdin.take().expect("it has one");
    let mut output = BufReader::new(child.stdout.take().expect("it has one"));
    // What the harness prints comes first.
    let mut line = String::new();
    while !line.ends_with("ready\n") {
        line.clear();
        let read = output.read_line(&mut line).expect("text");
        assert!(read > 0, "the child did not start");
    }
    (child, input, output)
}

fn say_ready() {
    println!("\nready");
    io::stdout().flush().expect("somebody reads");
}

fn write_frame(to: &mut impl Write, message: &impl Encode) -> io::Result<()> {
    let bytes = message.encode();
    let length = u32::try_from(bytes.len()).expect("it is short");
    to.write_all(&[&length.to_le_bytes()[..], &bytes].concat())?;
    to.flush()
}

fn read_frame<T: Decode>(from: &mut impl Read) -> Option<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length).ok()?;
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut bytes).ok()?;
    T::decode(&mut &bytes[..]).ok()
}

/// The child that answers. Each time it computes, the answer is another one: whoever computes a call twice is found out.
#[test]
fn child_host() {
    let Some(directory) = env::var_os(DIRECTORY) else {
        return;
    };
    let host = open_host(directory.as_ref());
    prepare(Some(&host), None);
    say_ready();
    let mut input = io::stdin().lock();
    while let Some(message) = read_frame::<Message>(&mut input) {
        let call = Call {
            number: message.number,
            request: &message.request,
            voucher: message.voucher,
            signature: message.signature,
            most: message.most,
        };
        let served = match host.begin(&call, NOW).expect("the call is right") {
            Begun::Served(served) => served,
            Begun::Compute(computation) => {
                let response = rand::rng().random::<[u8; 16]>().to_vec();
                let commit = computation.finish(1, response).expect("within bounds");
                commit.wait().expect("the disk works")
            }
        };
        let written = write_frame(&mut io::stdout().lock(), &served);
        written.expect("somebody reads");
    }
}

#[test]
fn a_killed_host_loses_no_receipt_and_uses_no_number_twice() {
    let mut random = StdRng::seed_from_u64(7);
    let directory = TempDir::new().expect("there is room");
    let consumer = open_consumer(directory.path());
    prepare(None, Some(&consumer));
    let mut answered: BTreeMap<(u64, u32), Served> = BTreeMap::new();
    let mut asked = 0u32;
    let mut cut = 0;
    for _ in 0..25 {
        let (mut child, mut input, mut output) = start(directory.path(), "killed::child_host");
        let delay = Duration::from_micros(random.random_range(0..200_000));
        let killer = thread::spawn(move || {
            thread::sleep(delay);
            child.kill().expect("it is ours");
            child.wait().expect("it has ended");
        });
        'calls: loop {
            let channel = random.random_range(0..CHANNELS);
            if random.random_bool(0.7) {
                let request = asked.to_le_bytes().to_vec();
                if let Ok(commit) = consumer.ask(channel, request, 1, NOW) {
                    commit.wait().expect("on disk");
                    asked += 1;
                }
            }
            for outgoing in consumer.outstanding(channel).expect("on disk") {
                let Some(served) = send(&outgoing, &mut input, &mut output) else {
                    cut += 1;
                    break 'calls;
                };
                let key = (channel, outgoing.number);
                assert_eq!(
                    answered.entry(key).or_insert_with(|| served.clone()),
                    &served
                );
                // Some answers are lost on their way.
                if random.random_bool(0.8) {
                    let accepted =
                        consumer.accept(channel, &served.response, served.receipt.clone());
                    accepted.expect("it is right").wait().expect("on disk");
                }
            }
        }
        killer.join().expect("it killed");
    }
    assert_eq!(cut, 25);
    assert!(answered.len() > 50, "{} calls say little", answered.len());

    let host = open_host(directory.path());
    for channel in 0..CHANNELS {
        for outgoing in consumer.outstanding(channel).expect("on disk") {
            let served = serve(&host, &outgoing).expect("it is next");
            let key = (channel, outgoing.number);
            assert_eq!(
                answered.entry(key).or_insert_with(|| served.clone()),
                &served
            );
            let accepted = consumer.accept(channel, &served.response, served.receipt.clone());
            accepted.expect("it is right").wait().expect("on disk");
        }
        let kept = host.receipts(channel, 0, usize::MAX).expect("on disk");
        assert_eq!(
            kept,
            consumer.receipts(channel, 0, usize::MAX).expect("on disk")
        );
        let heard: Vec<_> = answered
            .range((channel, 0)..=(channel, u32::MAX))
            .map(|(_, served)| served.receipt.clone())
            .collect();
        assert_eq!(kept, heard);
        let last = consumer.final_voucher(channel).expect("it is known");
        let taken = host.take(last.voucher, &last.signature);
        taken.expect("both have one tree").wait().expect("on disk");
    }
    let total: usize = answered.len();
    assert_eq!(total, asked as usize, "each call was answered once");
}

fn send(
    outgoing: &Outgoing,
    input: &mut ChildStdin,
    output: &mut BufReader<ChildStdout>,
) -> Option<Served> {
    let message = Message {
        number: outgoing.number,
        request: outgoing.request.clone(),
        voucher: outgoing.voucher,
        signature: outgoing.signature.clone(),
        most: outgoing.most,
    };
    write_frame(input, &message).ok()?;
    read_frame(output)
}

/// The child that is both sides. It says what it has accepted, and never makes a call while another has no answer.
#[test]
fn child_both() {
    let Some(directory) = env::var_os(DIRECTORY) else {
        return;
    };
    let (host, consumer) = (
        open_host(directory.as_ref()),
        open_consumer(directory.as_ref()),
    );
    prepare(Some(&host), Some(&consumer));
    say_ready();
    for round in 0u32.. {
        for channel in 0..CHANNELS {
            for outgoing in consumer.outstanding(channel).expect("on disk") {
                let served = serve(&host, &outgoing).expect("it is next");
                let accepted = consumer.accept(channel, &served.response, served.receipt);
                let receipt = accepted.expect("right").wait().expect("on disk");
                let line = (channel, receipt.number, receipt.request, receipt.response);
                if write_frame(&mut io::stdout().lock(), &line).is_err() {
                    return;
                }
            }
            let asked = consumer.ask(channel, round.to_le_bytes().to_vec(), 1, NOW);
            if let Ok(commit) = asked {
                commit.wait().expect("on disk");
            }
        }
    }
}

#[test]
fn killed_together_both_sides_go_on_where_they_were() {
    let mut random = StdRng::seed_from_u64(8);
    let directory = TempDir::new().expect("there is room");
    let mut accepted: BTreeMap<(u64, u32), (H256, H256)> = BTreeMap::new();
    for _ in 0..15 {
        let (mut child, _input, mut output) = start(directory.path(), "killed::child_both");
        let reader = thread::spawn(move || {
            let mut heard = Vec::new();
            while let Some(line) = read_frame::<(u64, u32, H256, H256)>(&mut output) {
                heard.push(line);
            }
            heard
        });
        thread::sleep(Duration::from_micros(random.random_range(0..200_000)));
        child.kill().expect("it is ours");
        child.wait().expect("it has ended");
        for (channel, number, request, response) in reader.join().expect("it reads") {
            let before = accepted.insert((channel, number), (request, response));
            assert_eq!(before, None, "a call is accepted once");
        }
    }
    assert!(accepted.len() > 30, "{} calls say little", accepted.len());
    let (host, consumer) = (open_host(directory.path()), open_consumer(directory.path()));
    for channel in 0..CHANNELS {
        let kept = consumer.receipts(channel, 0, usize::MAX).expect("on disk");
        let served = host.receipts(channel, 0, usize::MAX).expect("on disk");
        assert_eq!(served[..kept.len()], kept);
        for ((_, number), hashes) in accepted.range((channel, 0)..=(channel, u32::MAX)) {
            let receipt = kept[*number as usize].receipt;
            assert_eq!((receipt.request, receipt.response), *hashes);
        }
        for outgoing in consumer.outstanding(channel).expect("on disk") {
            let number = outgoing.number as usize;
            if let Some(receipt) = served.get(number) {
                assert_eq!(receipt.receipt.request, content(&outgoing.request));
            }
        }
    }
}
