//! Calls that are refused, each with its status, and nothing charged.

use axum::http::StatusCode;
use serde_json::{json, Value};
use tributary_channel::{SignedVoucher, Terms};
use tributary_gateway::{
    caller::{CallError, Caller},
    message::{self, Request},
    Standing,
};
use tributary_primitives::metering::{content, order};

use crate::support::*;

/// A call as it is sent, right or wrong.
struct Sent {
    voucher: SignedVoucher,
    number: u32,
    path: &'static str,
    body: Vec<u8>,
}

impl Sent {
    /// The first call of the channel.
    fn right() -> Self {
        let mut sent = Self {
            voucher: SignedVoucher {
                voucher: tributary_channel::Totals::default()
                    .voucher(CHANNEL, sp_core::H256::zero()),
                signature: consumer_key().sign(sp_core::H256::zero()),
            },
            number: 0,
            path: PATH,
            body: body("right"),
        };
        sent.sign();
        sent
    }

    /// The voucher as it must be for this call.
    fn sign(&mut self) {
        let request = Request {
            method: "POST",
            path: self.path,
            body: &self.body,
        };
        self.voucher.voucher.order = order(self.number, content(&request.content()));
        self.sign_voucher();
    }

    fn sign_voucher(&mut self) {
        let Terms { genesis, model, .. } = terms(CHANNEL);
        let hash = self.voucher.voucher.hash(genesis, model);
        self.voucher.signature = consumer_key().sign(hash);
    }

    async fn send(&self, running: &Running) -> (StatusCode, Value) {
        let request = reqwest::Client::new()
            .post(format!("http://{}{}", running.address, self.path))
            .header(message::VOUCHER, message::header(&self.voucher))
            .header(message::CALL, self.number)
            .body(self.body.clone());
        heard(request).await
    }
}

async fn heard(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("it answers");
    let status = answer.status();
    (status, answer.json().await.expect("JSON"))
}

/// Whether a call is refused so, and the host has answered nothing.
async fn refused(running: &Running, sent: &Sent, status: u16, code: &str) -> Value {
    let heard = sent.send(running).await;
    let (found, said) = heard;
    assert_eq!(
        (found.as_u16(), said["error"]["code"].as_str()),
        (status, Some(code)),
        "{said}"
    );
    let kept = running.gateway.host().status(sent.voucher.voucher.channel);
    assert_eq!(kept.map_or(0, |kept| kept.under_way), 0, "{code}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn without_cover_the_terms_are_said() {
    let running = Running::start().await;
    let url = format!("http://{}{PATH}", running.address);
    let bare = reqwest::Client::new().post(url).body(body("free"));
    eventually("the offers are seen", || async {
        let (status, said) = heard(bare.try_clone().expect("it is whole")).await;
        assert_eq!(status, StatusCode::PAYMENT_REQUIRED);
        assert_eq!(said["error"]["code"], "voucher_missing");
        assert_eq!(said["terms"]["host"], host_key().account().to_string());
        assert_eq!(said["terms"]["genesis"], format!("0x{}", "09".repeat(32)));
        said["terms"]["models"][0]
            == json!({
                "model": MODEL,
                "price": "7",
                "share": 100_000_000,
                "endpoint": "https://host.example",
            })
    })
    .await;

    let mut unknown = Sent::right();
    unknown.voucher.voucher.channel = 77;
    unknown.sign();
    let said = refused(&running, &unknown, 402, "unknown_channel").await;
    assert!(said["terms"].is_object());
    assert_eq!(running.model.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_calls_are_refused_before_anything_is_computed() {
    let running = Running::start().await;
    let caller = running.caller();

    let mut forged = Sent::right();
    forged.voucher.signature = host_key().sign(sp_core::H256::zero());
    refused(&running, &forged, 401, "wrong_signature").await;

    let mut elsewhere = Sent::right();
    elsewhere.path = "/v1/completions";
    refused(&running, &elsewhere, 422, "other_order").await;

    let mut late = Sent::right();
    late.number = 5;
    late.sign();
    let said = refused(&running, &late, 409, "not_next").await;
    assert_eq!(said["error"]["next"], 0);

    let mut paid = Sent::right();
    paid.voucher.voucher.count = 4;
    paid.sign_voucher();
    refused(&running, &paid, 422, "not_answered").await;

    let mut amount = Sent::right();
    amount.voucher.voucher.amount = 1;
    amount.sign_voucher();
    refused(&running, &amount, 422, "wrong_amount").await;

    let mut stream = Sent::right();
    stream.body = br#"{"stream":true}"#.to_vec();
    stream.sign();
    let said = refused(&running, &stream, 422, "not_answerable").await;
    assert!(said["error"]["message"]
        .as_str()
        .is_some_and(|text| text.contains("stream")));

    assert_eq!(running.model.asked(), 0);
    let right = caller.call(CHANNEL, PATH, &body("right"), MOST, NOW).await;
    right.expect("nothing of that counts");

    let mut unpaid = Sent::right();
    unpaid.number = 1;
    unpaid.sign();
    refused(&running, &unpaid, 402, "unpaid").await;
    let mut other = Sent::right();
    other.body = body("other");
    other.sign();
    refused(&running, &other, 409, "other_request").await;
    assert_eq!(running.model.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_are_none_are_refused() {
    let running = Running::start().await;
    let url = format!("http://{}{PATH}", running.address);
    let with = |voucher: String, number: Option<&str>| {
        let request = reqwest::Client::new().post(&url);
        let request = request.header(message::VOUCHER, voucher).body(body("x"));
        match number {
            Some(number) => request.header(message::CALL, number),
            None => request,
        }
    };
    let right = message::header(&Sent::right().voucher);
    for (request, code) in [
        (with("zz".to_owned(), Some("0")), "malformed"),
        (with(format!("{right}00"), Some("0")), "malformed"),
        (with(right.clone(), None), "number_missing"),
        (with(right.clone(), Some("-1")), "malformed"),
        (with(right.clone(), Some("4294967296")), "malformed"),
    ] {
        let (status, said) = heard(request).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(said["error"]["code"], code);
    }
    assert_eq!(running.get("/v1/models").await.0, StatusCode::NOT_FOUND);
    let (status, _) = running.get("/v1/channels/77").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

fn code(outcome: Result<tributary_gateway::caller::Answered, CallError>) -> (u16, String, bool) {
    match outcome {
        Err(CallError::Refused {
            status,
            code,
            withdrawn,
            ..
        }) => (status, code, withdrawn),
        other => panic!("{other:?}"),
    }
}

async fn say(caller: &Caller, what: &str) -> (u16, String, bool) {
    let body = json!({ "do": what, "max_tokens": 50 }).to_string();
    code(caller.call(CHANNEL, PATH, body.as_bytes(), MOST, NOW).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_fails_costs_nothing_and_frees_the_number() {
    let running = Running::start().await;
    let caller = running.caller();
    for (what, status, told) in [
        ("fail", 502, "model_failed"),
        ("count nothing", 502, "model_failed"),
        ("refuse", 422, "not_answerable"),
    ] {
        let refused = say(&caller, what).await;
        assert_eq!(refused, (status, told.to_owned(), true));
    }
    let answered = caller.call(CHANNEL, PATH, &body("right"), MOST, NOW).await;
    assert_eq!(answered.expect("the number is free").receipt.number, 0);
    assert_eq!(
        running.gateway.host().status(CHANNEL).expect("known").left,
        UNITS - TOKENS
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_may_take_more_than_its_consumer_allows_is_refused() {
    let running = Running::start().await;
    let caller = running.caller();
    let outcome = caller
        .call(CHANNEL, PATH, &body("dear"), MOST - 1, NOW)
        .await;
    assert_eq!(code(outcome), (422, "may_take_more".to_owned(), true));
    let outcome = caller.call(CHANNEL, PATH, &body("fair"), MOST, NOW).await;
    outcome.expect("it may take as much");
    assert_eq!(running.model.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_answered_no_more_but_kept() {
    let running = Running::start().await;
    let caller = running.caller();
    let first = Sent::right();
    let (status, answer) = first.send(&running).await;
    assert_eq!(status, StatusCode::OK);
    running.chain.ledger().block = EXPIRES;
    eventually("the block is seen", || async {
        running.get("/health").await.1.contains("10000")
    })
    .await;
    let (status, again) = first.send(&running).await;
    assert_eq!((status, again), (StatusCode::OK, answer));
    // The consumer's own books forbid it as well: it believes another block.
    let outcome = caller.call(CHANNEL, PATH, &body("right"), MOST, NOW).await;
    outcome.expect("it has the number of the answered call");
    let outcome = caller.call(CHANNEL, PATH, &body("late"), MOST, NOW).await;
    assert_eq!(code(outcome), (402, "channel_expired".to_owned(), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_that_end_or_whose_receipts_are_missing_are_not_answered() {
    let running = Running::start().await;
    let caller = running.caller();
    running.chain.ledger().channel(CHANNEL).standing = Standing::Closing;
    let outcome = caller.call(CHANNEL, PATH, &body("a"), MOST, NOW).await;
    assert_eq!(code(outcome), (402, "channel_closing".to_owned(), true));
    {
        let mut ledger = running.chain.ledger();
        ledger.channel(CHANNEL).standing = Standing::Open;
        ledger.channel(CHANNEL).settled.count = 1;
    }
    let outcome = caller.call(CHANNEL, PATH, &body("a"), MOST, NOW).await;
    assert_eq!(code(outcome), (503, "receipts_missing".to_owned(), true));
    {
        let mut ledger = running.chain.ledger();
        ledger.channel(CHANNEL).settled.count = 0;
        ledger.channel(CHANNEL).terms.model = MODEL + 1;
    }
    let outcome = caller.call(CHANNEL, PATH, &body("a"), MOST, NOW).await;
    assert_eq!(code(outcome), (503, "model_not_served".to_owned(), true));
    assert_eq!(running.model.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_that_the_host_does_not_have_end_a_channel_that_it_knows() {
    let running = Running::start().await;
    let first = Sent::right();
    let (status, answer) = first.send(&running).await;
    assert_eq!(status, StatusCode::OK);
    let chain = running.chain.clone();
    let model = running.model.address;
    let directory = running.stop().await;
    // As if the directory were one from before: more was settled than it has.
    chain.ledger().channel(CHANNEL).settled.count = 2;
    let again = gateway(directory.path(), model, chain.clone(), |_| {});
    let running = Running::of(again, chain, FakeModel::start().await, directory).await;
    let mut next = Sent::right();
    next.number = 1;
    next.sign();
    refused(&running, &next, 503, "receipts_missing").await;
    // What was answered has its answer.
    assert_eq!(first.send(&running).await, (StatusCode::OK, answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_chain_was_asked_about_a_channel_it_is_not_answered() {
    let running = Running::start().await;
    let first = Sent::right();
    assert_eq!(first.send(&running).await.0, StatusCode::OK);
    let chain = running.chain.clone();
    let model = running.model.address;
    let directory = running.stop().await;
    chain.ledger().mute = true;
    let again = gateway(directory.path(), model, chain.clone(), |_| {});
    let running = Running::of(again, chain, FakeModel::start().await, directory).await;
    let mut next = Sent::right();
    next.number = 1;
    next.sign();
    refused(&running, &next, 503, "chain").await;
    assert_eq!(first.send(&running).await.0, StatusCode::OK);
    running.chain.ledger().mute = false;
    // The first call's voucher pays nothing yet: it is asked of the chain, and then for payment.
    refused(&running, &next, 402, "unpaid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_directory_answers_no_older_channel() {
    let running = Running::start().await;
    let begun = running.gateway.host().begin_with(CHANNEL + 1);
    assert_eq!(begun.expect("on disk"), CHANNEL + 1);
    refused(&running, &Sent::right(), 503, "receipts_missing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_news_of_the_chain_no_new_calls_are_answered() {
    let running = Running::with(|configuration| configuration.block_age_seconds = 2).await;
    let first = Sent::right();
    assert_eq!(first.send(&running).await.0, StatusCode::OK);
    running.chain.ledger().silent = true;
    eventually("the block is too old", || async {
        running.get("/health").await.0 == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    assert_eq!(first.send(&running).await.0, StatusCode::OK);
    let mut next = Sent::right();
    next.number = 1;
    next.sign();
    refused(&running, &next, 503, "chain").await;
    {
        let mut ledger = running.chain.ledger();
        ledger.silent = false;
        ledger.block += 1;
    }
    eventually("a block is seen", || async {
        running.get("/health").await.0 == StatusCode::OK
    })
    .await;
}
