//! A server in a process of its own that is killed at random moments.

use std::{
    collections::BTreeMap,
    env,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use rand::{rngs::StdRng, Rng, SeedableRng};
use serde_json::Value;
use tempfile::TempDir;
use tributary_channel::Host;
use tributary_gateway::{caller::CallError, serve};

use crate::support::*;

/// Tells the program of the tests that it is the child, where its database lies, and where the model is.
const DIRECTORY: &str = "TRIBUTARY_GATEWAY_CHILD";
const MODEL_ADDRESS: &str = "TRIBUTARY_GATEWAY_MODEL";

#[test]
fn child_server() {
    let (Some(directory), Ok(model)) = (env::var_os(DIRECTORY), env::var(MODEL_ADDRESS)) else {
        return;
    };
    let model = model.parse().expect("an address");
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    runtime.block_on(async {
        let gateway = gateway(directory.as_ref(), model, FakeChain::new(), |_| {});
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let mut output = io::stdout().lock();
        writeln!(output, "\nlistens {address}").expect("somebody reads");
        output.flush().expect("somebody reads");
        drop(output);
        let never = std::future::pending();
        let ended = serve(Arc::new(gateway), listener, never).await;
        ended.expect("it is killed before");
    });
}

fn start(directory: &Path, model: SocketAddr) -> (Child, SocketAddr) {
    let mut child = Command::new(env::current_exe().expect("it runs"))
        .args(["--exact", "killed::child_server", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(MODEL_ADDRESS, model.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts again");
    let output = child.stdout.take().expect("it has one");
    // What the harness prints comes first.
    let address = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listens ")?.parse().ok());
    (child, address.expect("the child listens"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_receipt_and_answers_no_number_twice() {
    let mut random = StdRng::seed_from_u64(11);
    let directory = TempDir::new().expect("there is room");
    let model = FakeModel::start().await;
    let mut answers: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let mut lost = 0;
    let mut asked = 0u32;
    for _ in 0..12 {
        let (mut child, address) = start(directory.path(), model.address);
        let delay = Duration::from_millis(random.random_range(100..400));
        let killer = thread::spawn(move || {
            thread::sleep(delay);
            child.kill().expect("it is ours");
            child.wait().expect("it has ended");
        });
        let caller =
            caller(directory.path(), address, &[CHANNEL]).patient(3, Duration::from_millis(5));
        let mut keep = |answered: &tributary_gateway::caller::Answered| {
            let before = answers.insert(answered.receipt.number, answered.body.clone());
            assert_eq!(before, None, "an answer is accepted once");
        };
        'calls: loop {
            match caller.resend(CHANNEL).await {
                Ok(again) => again.iter().for_each(&mut keep),
                Err(CallError::Lost(_)) => {
                    lost += 1;
                    break 'calls;
                }
                // Until the server has seen a block.
                Err(CallError::Refused { status: 503, .. }) => continue,
                Err(error) => panic!("{error}"),
            }
            let body = body(&asked.to_string());
            match caller.call(CHANNEL, PATH, &body, MOST, NOW).await {
                Ok(answered) => {
                    keep(&answered);
                    asked += 1;
                }
                Err(CallError::Lost(_)) => {
                    asked += 1;
                    lost += 1;
                    break 'calls;
                }
                Err(CallError::Refused { status: 503, .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        killer.join().expect("it killed");
    }
    assert_eq!(lost, 12);
    assert!(asked > 100, "{asked} calls say little");

    let (mut child, address) = start(directory.path(), model.address);
    let caller =
        caller(directory.path(), address, &[CHANNEL]).patient(50, Duration::from_millis(20));
    for answered in caller.resend(CHANNEL).await.expect("it is there") {
        answers.insert(answered.receipt.number, answered.body);
    }
    caller.send_last_voucher(CHANNEL).await.expect("one tree");
    child.kill().expect("it is ours");
    child.wait().expect("it has ended");

    let numbers: Vec<_> = answers.keys().copied().collect();
    assert_eq!(numbers, (0..asked).collect::<Vec<_>>());
    // The model was asked more often: what it answered when the server was killed was answered to nobody.
    let mut said: Vec<u64> = answers
        .values()
        .map(|body| {
            let body: Value = serde_json::from_slice(body).expect("JSON");
            body["answer"].as_u64().expect("a number")
        })
        .collect();
    let sorted = said.is_sorted();
    said.dedup();
    assert!(sorted && said.len() == asked as usize);
    let kept = caller.consumer().receipts(CHANNEL, 0, usize::MAX);
    let kept = kept.expect("on disk");
    let host = Host::open(&directory.path().join("host"), vec![host_key()]).expect("free");
    assert_eq!(
        host.receipts(CHANNEL, 0, usize::MAX).expect("on disk"),
        kept
    );
    let paid = host.status(CHANNEL).expect("known").paid;
    assert_eq!(paid.count, asked);
}
