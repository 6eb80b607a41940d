//! How much at a time.

use axum::http::StatusCode;
use serde_json::json;
use tributary_gateway::caller::CallError;

use crate::support::*;

fn code<T: std::fmt::Debug>(outcome: Result<T, CallError>) -> (u16, String) {
    match outcome {
        Err(CallError::Refused { status, code, .. }) => (status, code),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_so_many_bytes() {
    let running = Running::with(|configuration| configuration.limits.body_bytes = 100).await;
    let caller = running.caller();
    let long = body(&"a".repeat(100));
    let outcome = caller.call(CHANNEL, PATH, &long, MOST, NOW).await;
    assert_eq!(code(outcome), (413, "body_too_large".to_owned()));
    let outcome = caller.call(CHANNEL, PATH, &body("short"), MOST, NOW).await;
    outcome.expect("it is short");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_takes_so_long_and_is_given_up_then() {
    let running = Running::with(|configuration| configuration.limits.call_seconds = 1).await;
    let caller = running.caller();
    let slow = json!({ "do": "wait", "milliseconds": 5_000, "max_tokens": 50 }).to_string();
    let outcome = caller.call(CHANNEL, PATH, slow.as_bytes(), MOST, NOW).await;
    assert_eq!(code(outcome), (504, "too_slow".to_owned()));
    let outcome = caller.call(CHANNEL, PATH, &body("quick"), MOST, NOW).await;
    assert_eq!(outcome.expect("the number is free").receipt.number, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_calls_a_second_are_answered_in_all() {
    let running = Running::with(|configuration| configuration.limits.calls_per_second = 3).await;
    let url = format!("http://{}{PATH}", running.address);
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let answer = reqwest::Client::new().post(&url).send().await;
        statuses.push(answer.expect("it answers").status());
    }
    assert_eq!(statuses[0], StatusCode::PAYMENT_REQUIRED);
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_calls_a_second_are_answered_of_a_channel() {
    let running =
        Running::with(|configuration| configuration.limits.channel_calls_per_second = 2).await;
    running.chain.ledger().add(terms(CHANNEL + 1));
    let caller = caller(
        running.directory.path(),
        running.address,
        &[CHANNEL, CHANNEL + 1],
    );
    let mut outcomes = Vec::new();
    for number in 0..6 {
        let body = body(&number.to_string());
        let outcome = caller.call(CHANNEL, PATH, &body, MOST, NOW).await;
        outcomes.push(outcome);
    }
    assert!(outcomes[0].is_ok() && outcomes[1].is_ok());
    let refused = outcomes.into_iter().find(Result::is_err);
    let refused = code(refused.expect("two a second are fewer than these"));
    assert_eq!(refused, (429, "too_many_calls".to_owned()));
    let other = caller
        .call(CHANNEL + 1, PATH, &body("other"), MOST, NOW)
        .await;
    other.expect("another channel has calls of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_answers_are_computed_beside_each_other() {
    let running = Running::with(|configuration| {
        configuration.limits.computations = 1;
        configuration.limits.call_seconds = 2;
    })
    .await;
    running.chain.ledger().add(terms(CHANNEL + 1));
    let caller = caller(
        running.directory.path(),
        running.address,
        &[CHANNEL, CHANNEL + 1],
    );
    let slow = json!({ "do": "wait", "milliseconds": 1_500, "max_tokens": 50 }).to_string();
    let begun = std::time::Instant::now();
    let quick = body("quick");
    let (first, second) = tokio::join!(
        caller.call(CHANNEL, PATH, slow.as_bytes(), MOST, NOW),
        async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let answered = caller.call(CHANNEL + 1, PATH, &quick, MOST, NOW).await;
            answered.map(|_| begun.elapsed())
        }
    );
    first.expect("it is in time");
    let waited = second.expect("it waits for the first one");
    assert!(waited.as_millis() >= 1_500, "{waited:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_channels_a_second_are_looked_up() {
    let running = Running::with(|configuration| configuration.limits.lookups_per_second = 1).await;
    let others = [CHANNEL, CHANNEL + 1, CHANNEL + 2];
    let caller = caller(running.directory.path(), running.address, &others);
    let mut outcomes = Vec::new();
    for channel in others {
        running.chain.ledger().add(terms(channel));
        let outcome = caller.call(channel, PATH, &body("new"), MOST, NOW).await;
        outcomes.push(outcome);
    }
    let refused = outcomes.into_iter().find(Result::is_err);
    let refused = code(refused.expect("one a second is fewer than these"));
    assert_eq!(refused, (429, "too_many_calls".to_owned()));
}
