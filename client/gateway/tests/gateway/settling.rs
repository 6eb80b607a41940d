//! When money is fetched.

use axum::http::StatusCode;
use tributary_gateway::{Standing, MAX_VOUCHERS};

use crate::support::*;

/// What an answer costs.
const COST: u128 = PRICE * TOKENS as u128;

fn extrinsics(running: &Running) -> usize {
    running.chain.ledger().extrinsics.len()
}

fn settled(running: &Running, channel: u64) -> u128 {
    let known = running.gateway.host().status(channel);
    known.map_or(0, |known| known.settled.amount)
}

/// What is measured follows on what is kept.
async fn measured(running: &Running, line: &str) {
    let line = format!("tributary_gateway_{line}");
    eventually(&line, || async {
        let (_, text) = running.get("/metrics").await;
        text.lines().any(|other| other == line)
    })
    .await;
}

async fn call(running: &Running, calls: u32) -> tributary_gateway::caller::Caller {
    let caller = running.caller();
    for number in 0..calls {
        let body = body(&number.to_string());
        let answered = caller.call(CHANNEL, PATH, &body, MOST, NOW).await;
        answered.expect("it is covered");
    }
    caller
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_settles_what_vouchers_bring() {
    let running = Running::with(|configuration| {
        configuration.settling.threshold = Some((3 * COST) as u64);
        configuration.settling.pause_seconds = 0;
    })
    .await;
    let caller = call(&running, 3).await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(extrinsics(&running), 0, "two of three are paid");
    let answered = caller.call(CHANNEL, PATH, &body("more"), MOST, NOW).await;
    answered.expect("it is covered");
    eventually("three are settled", || async {
        settled(&running, CHANNEL) == 3 * COST
    })
    .await;
    assert_eq!(extrinsics(&running), 1);
    measured(&running, "settlements_total 1").await;
    measured(&running, "unsettled_amount 0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_settles_whatever_it_is() {
    let running = Running::with(|configuration| {
        configuration.settling.every_seconds = 1;
        configuration.settling.pause_seconds = 0;
    })
    .await;
    let caller = call(&running, 1).await;
    caller
        .send_last_voucher(CHANNEL)
        .await
        .expect("it is right");
    eventually("it is settled", || async {
        settled(&running, CHANNEL) == COST
    })
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(extrinsics(&running), 1, "nothing comes twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_settled_before_it_expires_and_after_that() {
    let running = Running::with(|configuration| {
        configuration.settling.margin_blocks = 100;
        configuration.settling.pause_seconds = 0;
    })
    .await;
    let caller = call(&running, 2).await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(extrinsics(&running), 0);
    running.chain.ledger().block = EXPIRES - 100;
    eventually("it is settled once more", || async {
        settled(&running, CHANNEL) == COST
    })
    .await;
    caller
        .send_last_voucher(CHANNEL)
        .await
        .expect("it is right");
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(extrinsics(&running), 1, "not with each call");
    running.chain.ledger().block = EXPIRES;
    eventually("the last voucher is settled", || async {
        settled(&running, CHANNEL) == 2 * COST
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_the_chain_refuses_keeps_no_other_back() {
    let running = Running::with(|configuration| {
        configuration.settling.threshold = Some(1);
        configuration.settling.pause_seconds = 1;
        configuration.limits.lookups_per_second = 1_000;
    })
    .await;
    let channels: Vec<u64> = (CHANNEL..CHANNEL + MAX_VOUCHERS as u64 + 6).collect();
    for channel in &channels[1..] {
        running.chain.ledger().add(terms(*channel));
    }
    running.chain.ledger().refuses.insert(CHANNEL);
    let caller = caller(running.directory.path(), running.address, &channels);
    for channel in &channels {
        let answered = caller.call(*channel, PATH, &body("one"), MOST, NOW).await;
        answered.expect("it is covered");
    }
    for channel in &channels {
        caller.send_last_voucher(*channel).await.expect("right");
    }
    eventually("the others are settled", || async {
        channels[1..]
            .iter()
            .all(|channel| settled(&running, *channel) == COST)
    })
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    let extrinsics = running.chain.ledger().extrinsics.clone();
    assert!(extrinsics.iter().all(|all| all.len() <= MAX_VOUCHERS));
    let tried = extrinsics
        .iter()
        .flatten()
        .filter(|one| one.voucher.channel == CHANNEL);
    assert_eq!(tried.count(), 1, "the same voucher is not tried again");
    measured(&running, "settlement_failures_total 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_the_chain_by_then_is_not_settled_again() {
    let running = Running::with(|configuration| {
        configuration.settling.threshold = Some(1);
        configuration.settling.pause_seconds = 0;
    })
    .await;
    let first = call(&running, 1).await;
    running.chain.ledger().silent = true;
    let voucher = first.send_last_voucher(CHANNEL).await.expect("right");
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(settled(&running, CHANNEL), 0);
    {
        let mut ledger = running.chain.ledger();
        let found = ledger.channel(CHANNEL);
        found.settled.count = voucher.count;
        found.settled.units = voucher.units;
        found.settled.amount = voucher.amount;
        found.settled.root = voucher.root;
        ledger.silent = false;
    }
    eventually("what is on the chain is known", || async {
        settled(&running, CHANNEL) == COST
    })
    .await;
    assert_eq!(extrinsics(&running), 0, "it was settled before");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_less_than_its_fee_is_not_settled() {
    let running = Running::with(|configuration| {
        configuration.settling.every_seconds = 1;
        configuration.settling.pause_seconds = 0;
        configuration.settling.least = (2 * COST) as u64;
    })
    .await;
    let caller = call(&running, 1).await;
    caller.send_last_voucher(CHANNEL).await.expect("right");
    tokio::time::sleep(std::time::Duration::from_millis(1_700)).await;
    assert_eq!(extrinsics(&running), 0);
    let answered = caller.call(CHANNEL, PATH, &body("two"), MOST, NOW).await;
    answered.expect("it is covered");
    caller.send_last_voucher(CHANNEL).await.expect("right");
    eventually("both are settled", || async {
        settled(&running, CHANNEL) == 2 * COST
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_its_consumer_ends_is_settled_at_once() {
    let running = Running::with(|configuration| configuration.settling.pause_seconds = 0).await;
    let running = {
        let caller = call(&running, 1).await;
        caller.send_last_voucher(CHANNEL).await.expect("right");
        running.chain.ledger().channel(CHANNEL).standing = Standing::Closing;
        drop(caller);
        running
    };
    // A new start asks the chain about all channels.
    let chain = running.chain.clone();
    let model = running.model.address;
    let directory = running.stop().await;
    let again = gateway(directory.path(), model, chain.clone(), |configuration| {
        configuration.settling.pause_seconds = 0;
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("free");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(tributary_gateway::serve(
        std::sync::Arc::new(again),
        listener,
        async {
            let _ = stopped.await;
        },
    ));
    eventually("it is settled", || async {
        chain.ledger().channel(CHANNEL).settled.amount == COST
    })
    .await;
    let caller = caller(directory.path(), address, &[CHANNEL]);
    let outcome = caller.call(CHANNEL, PATH, &body("more"), MOST, NOW).await;
    let text = outcome.expect_err("it is about to end").to_string();
    assert!(
        text.contains(StatusCode::PAYMENT_REQUIRED.as_str()),
        "{text}"
    );
    stop.send(()).expect("it waits");
    task.await.expect("it ends").expect("it ends well");
}
