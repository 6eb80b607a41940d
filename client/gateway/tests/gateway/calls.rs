//! Calls that are answered.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{json, Value};
use tributary_gateway::message::{self, Request};

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
