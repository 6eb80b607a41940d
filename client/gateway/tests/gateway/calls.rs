//! Calls that are answered.

use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::Duration,
};

use axum::http::StatusCode;
use serde_json::{json, Value};
use tributary_channel::Host;
use tributary_gateway::{
    caller::CallError,
    message::{self, Request},
};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_calls_are_answered_paid_and_kept() {
    let running = Running::start().await;
    let caller = running.caller();
    for number in 0..100u32 {
        let body = body(&format!("question {number}"));
        let answered = caller.call(CHANNEL, PATH, &body, MOST, NOW).await;
        let answered = answered.expect("it is covered");
        assert_eq!(answered.status, 200);
        assert_eq!(answered.receipt.number, number);
        assert_eq!(answered.receipt.units, TOKENS);
        assert_eq!(answered.receipt.amount, PRICE * u128::from(TOKENS));
        let said: Value = serde_json::from_slice(&answered.body).expect("JSON");
        assert_eq!(said["answer"], number);
        assert_eq!(said["asked"]["prompt"], format!("question {number}"));
    }
    assert_eq!(running.model.asked(), 100);
    let voucher = caller
        .send_last_voucher(CHANNEL)
        .await
        .expect("it is right");
    assert_eq!(voucher.amount, 100 * PRICE * u128::from(TOKENS));

    let state = caller.state(CHANNEL).await.expect("it is known");
    assert_eq!(state["answered"]["calls"], 100);
    assert_eq!(state["paid"]["calls"], 100);
    assert_eq!(state["settled"]["calls"], 0);
    assert_eq!(state["left"], UNITS - 100 * TOKENS);

    let (_, text) = running.get("/metrics").await;
    let said = |line: &str| assert!(text.lines().any(|other| other == line), "{line}: {text}");
    said("tributary_gateway_calls_total{outcome=\"answered\"} 100");
    said("tributary_gateway_units_total 900");
    said("tributary_gateway_unsettled_amount 6300");
    said("tributary_gateway_channels 1");

    let consumer = caller
        .consumer()
        .receipts(CHANNEL, 0, 200)
        .expect("on disk");
    let host = running.gateway.host().receipts(CHANNEL, 0, 200);
    assert_eq!(host.expect("on disk"), consumer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_has_the_same_bytes_and_costs_nothing() {
    let running = Running::start().await;
    let caller = running.caller();
    let request = Request {
        method: "POST",
        path: PATH,
        body: &body("again"),
    };
    let asked = caller.consumer().ask(CHANNEL, request.content(), MOST, NOW);
    let outgoing = asked.expect("it may be asked").await.expect("on disk");
    let voucher = tributary_channel::SignedVoucher {
        voucher: outgoing.voucher,
        signature: outgoing.signature.clone(),
    };
    let mut answers = Vec::new();
    for _ in 0..3 {
        let answer = reqwest::Client::new()
            .post(format!("http://{}{PATH}", running.address))
            .header(message::VOUCHER, message::header(&voucher))
            .header(message::CALL, outgoing.number)
            .body(request.body.to_vec())
            .send()
            .await
            .expect("it answers");
        assert_eq!(answer.status(), StatusCode::OK);
        let headers = answer.headers();
        let receipt = headers[message::RECEIPT].clone();
        let content_type = headers["content-type"].clone();
        let body = answer.bytes().await.expect("it comes");
        answers.push((receipt, content_type, body));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(running.model.asked(), 1);
    let resent = caller.resend(CHANNEL).await.expect("it is right");
    assert_eq!(resent[0].body, answers[0].2);
    assert_eq!(running.model.asked(), 1);

    // The same after a new start of the server.
    let second = caller.call(CHANNEL, PATH, &body("next"), MOST, NOW).await;
    assert_eq!(second.expect("it is covered").receipt.number, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_began_is_answered_while_the_server_stops() {
    let running = Running::start().await;
    let caller = running.caller();
    let slow = json!({ "do": "wait", "milliseconds": 500 }).to_string();
    let calling = tokio::spawn(async move {
        let answered = caller
            .call(CHANNEL, PATH, slow.as_bytes(), 8_192, NOW)
            .await;
        (answered, caller)
    });
    let asked = running.model.asked.clone();
    eventually("the model is asked", || async {
        asked.load(std::sync::atomic::Ordering::SeqCst) == 1
    })
    .await;
    let address = running.address;
    let _directory = running.stop().await;
    let (answered, caller) = calling.await.expect("it ends");
    answered.expect("it is answered");
    // Nobody is there any more: the call is kept.
    let lost = caller
        .patient(2, Duration::from_millis(1))
        .call(CHANNEL, PATH, &body("late"), MOST, NOW)
        .await;
    assert!(
        matches!(lost, Err(tributary_gateway::caller::CallError::Lost(_))),
        "{address}: {lost:?}"
    );
}

/// Calls what takes three seconds, and leaves as soon as the model is asked.
async fn leave_early(running: &Running) {
    let caller = running.caller();
    let slow = json!({ "do": "wait", "milliseconds": 3_000, "max_tokens": 50 }).to_string();
    let leaving = tokio::spawn(async move {
        let called = caller.call(CHANNEL, PATH, slow.as_bytes(), MOST, NOW);
        called.await.map(|answered| answered.receipt.number)
    });
    eventually("the model is asked", || async {
        running.model.asked() == 1
    })
    .await;
    leaving.abort();
    let left = leaving.await.expect_err("it takes longer");
    assert!(left.is_cancelled());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_before_the_answer_owes_it_all_the_same() {
    let running = Running::start().await;
    leave_early(&running).await;
    // Who asks meanwhile is told to wait, and the model is not asked again.
    let caller = running.caller().patient(400, Duration::from_millis(50));
    let answered = caller.resend(CHANNEL).await.expect("it is computed");
    assert_eq!(answered.len(), 1);
    assert_eq!(running.model.asked(), 1);
    let owed = running.gateway.host().status(CHANNEL).expect("known");
    assert_eq!(owed.answered.count, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_waits_for_is_kept_while_the_server_stops() {
    let running = Running::start().await;
    leave_early(&running).await;
    let directory = running.stop().await;
    let host = Host::open(&directory.path().join("host"), vec![host_key()]);
    let status = host.expect("free").status(CHANNEL).expect("known");
    assert_eq!(status.answered.count, 1);
}

/// Somebody between consumer and host, who loses the first answer and has no time for the second call.
async fn start_bad_proxy(host: SocketAddr) -> SocketAddr {
    let seen = Arc::new(AtomicU64::new(0));
    let forward = move |request: axum::extract::Request| async move {
        if seen.fetch_add(1, Ordering::SeqCst) > 0 {
            let busy = json!({ "error": { "code": "too_many_calls", "message": "later" } });
            return (StatusCode::TOO_MANY_REQUESTS, busy.to_string());
        }
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.expect("it comes");
        let answer = reqwest::Client::new()
            .post(format!("http://{host}{}", parts.uri))
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .expect("the host answers");
        assert_eq!(answer.status(), StatusCode::OK);
        (StatusCode::BAD_GATEWAY, "lost".to_owned())
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let routes = axum::Router::new().fallback(forward);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_may_be_answered_is_not_taken_back() {
    let running = Running::start().await;
    let proxy = start_bad_proxy(running.address).await;
    let through = caller(running.directory.path(), proxy, &[CHANNEL]);
    let through = through.patient(2, Duration::from_millis(10));
    let outcome = through.call(CHANNEL, PATH, &body("one"), MOST, NOW).await;
    assert!(
        matches!(
            &outcome,
            Err(CallError::Refused {
                code,
                withdrawn: false,
                ..
            }) if code == "too_many_calls"
        ),
        "{outcome:?}"
    );
    drop(through);
    let caller = running.caller();
    let answered = caller.resend(CHANNEL).await.expect("it was answered");
    assert_eq!((answered.len(), running.model.asked()), (1, 1));
    let next = caller.call(CHANNEL, PATH, &body("two"), MOST, NOW).await;
    assert_eq!(next.expect("it is covered").receipt.number, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_route_and_code() {
    let running = Running::start().await;
    let (status, text) = running.get("/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    let description: Value = serde_json::from_str(&text).expect("JSON");
    let paths = description["paths"].as_object().expect("an object");
    for path in [
        "/health",
        "/metrics",
        "/openapi.json",
        "/v1/channels/{channel}",
        "/v1/channels/{channel}/voucher",
        PATH,
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    let mut references = Vec::new();
    collect(&description, &mut references);
    for reference in references {
        let place = reference.strip_prefix('#').expect("it is in here");
        assert!(description.pointer(place).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if let (true, Some(text)) = (name == "$ref", value.as_str()) {
                    references.push(text.to_owned());
                }
                collect(value, references);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
