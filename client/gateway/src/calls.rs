//! How a call is answered.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{to_bytes, Body, Bytes},
    extract::{Request, State},
    http::{header, request::Parts, HeaderMap, HeaderValue, Method, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::time::{timeout_at, Instant};
use tributary_channel::{
    host::{Begun, Call, Served},
    SignedVoucher, Terms,
};
use tributary_primitives::ids::ChannelId;

use crate::{
    answers::Question,
    chain::Standing,
    gateway::Gateway,
    message::{self, header, of_header},
    refused::Refused,
};

/// What a call's headers say.
struct Cover {
    voucher: SignedVoucher,
    number: u32,
    most: Option<u64>,
}

/// An answer, and whether it was computed now or kept from before.
struct Answered {
    served: Served,
    outcome: &'static str,
}

/// Answers whatever has no route of its own.
pub(crate) async fn call(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let outcome = gateway.answer(request).await.and_then(|answered| {
        let response = respond(&answered.served)?;
        Ok((response, answered))
    });
    match outcome {
        Ok((response, answered)) => {
            let metrics = &gateway.metrics;
            metrics.calls.with_label_values(&[answered.outcome]).inc();
            if answered.outcome == COMPUTED {
                metrics.units.inc_by(answered.served.receipt.receipt.units);
            }
            response
        }
        Err(refused) => gateway.refuse(refused),
    }
}

const COMPUTED: &str = "answered";
const KEPT: &str = "repeated";

/// A consumer's last voucher, without a call.
pub(crate) async fn last_voucher(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
) -> Response {
    match gateway.take(&headers).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refused) => gateway.refuse(refused),
    }
}

impl Gateway {
    fn refuse(&self, mut refused: Refused) -> Response {
        self.note(&refused);
        let outcome = [refused.code];
        self.metrics.calls.with_label_values(&outcome).inc();
        if refused.status == StatusCode::PAYMENT_REQUIRED {
            refused.terms = Some(self.terms());
        }
        refused.into_response()
    }

    async fn answer(&self, request: Request) -> Result<Answered, Refused> {
        if request.method() != Method::POST {
            let message = "calls are made with POST; /openapi.json says what else there is";
            return Err(Refused::new(StatusCode::NOT_FOUND, "not_found", message));
        }
        if self.calls.check().is_err() {
            return Err(Refused::too_many(
                "the host answers no more calls a second than it did",
            ));
        }
        let seconds = self.configuration.limits.call_seconds;
        let over = Instant::now() + Duration::from_secs(seconds);
        let too_slow = |_| {
            let message = format!("there is no answer after {seconds} s");
            Refused::new(StatusCode::GATEWAY_TIMEOUT, "too_slow", message)
        };
        let (parts, body) = request.into_parts();
        let Cover {
            voucher,
            number,
            most: allowed,
        } = cover(&parts)?;
        let channel = voucher.voucher.channel;
        let terms = self.known(channel).await?;
        let model = self.models.get(&terms.model).ok_or_else(|| {
            let message = format!("model {} is not served here at the moment", terms.model);
            Refused::unavailable("model_not_served", message)
        })?;

        let body = timeout_at(over, self.read(body))
            .await
            .map_err(too_slow)??;
        let question = Question {
            path: path(&parts).to_owned(),
            body,
        };
        let most = model.most(&question)?;
        if let Some(allowed) = allowed.filter(|allowed| *allowed < most) {
            let message =
                format!("the call may take {most} units, and its consumer allows {allowed}");
            return Err(Refused::unusable("may_take_more", message).with("most", most));
        }
        let content = message::Request {
            method: parts.method.as_str(),
            path: &question.path,
            body: &question.body,
        }
        .content();
        let call = Call {
            number,
            request: &content,
            voucher: voucher.voucher,
            signature: voucher.signature,
            most,
        };

        // What was answered before has its answer, whatever stands against new calls.
        let block = match self.new_calls(channel) {
            Ok(block) => block,
            Err(refused) if self.answered(channel) <= number => return Err(refused),
            Err(_) => self.clock.block(),
        };
        let computation = match self.host.begin(&call, block)? {
            Begun::Served(served) => {
                return Ok(Answered {
                    served,
                    outcome: KEPT,
                })
            }
            Begun::Compute(computation) => computation,
        };
        // Behind the signature, so that nobody uses up what another channel may ask.
        if self.channel_calls.check_key(&channel).is_err() {
            let message = "the channel has made as many calls as it may in a second";
            return Err(Refused::too_many(message));
        }
        // When the time is over the computation is dropped, and the call with it. What is being written is waited for, so that nobody is told
        // that a call is given up which has its receipt.
        let computed = async {
            let _permit = self.computations.acquire().await.map_err(|_| {
                Refused::unavailable("stopping", "the host is about to stop: ask again later")
            })?;
            model.answer(question).await.map_err(Refused::from)
        };
        let answer = timeout_at(over, computed).await.map_err(too_slow)??;
        let response = message::Response {
            status: answer.status,
            content_type: &answer.content_type,
            body: &answer.body,
        }
        .content();
        let served = computation.finish(answer.units, response)?.await?;
        Ok(Answered {
            served,
            outcome: COMPUTED,
        })
    }

    /// Whether a channel's new calls are answered; the chain's block, if they are.
    fn new_calls(&self, channel: ChannelId) -> Result<u32, Refused> {
        if self.standing(channel) != Standing::Open {
            let message = format!("channel {channel} has ended, or is about to");
            return Err(Refused::uncovered("channel_closing", message));
        }
        self.ready()
    }

    fn answered(&self, channel: ChannelId) -> u32 {
        self.host
            .status(channel)
            .map_or(0, |status| status.answered.count)
    }

    /// The terms of a channel, from the chain if it is new here.
    async fn known(&self, channel: ChannelId) -> Result<Terms, Refused> {
        if let Some(status) = self.host.status(channel) {
            return Ok(status.terms);
        }
        if self.lookups.check().is_err() {
            return Err(Refused::too_many(
                "too many channels are new here: ask again in a moment",
            ));
        }
        let unknown = || {
            let message = format!("there is no channel {channel} to this host");
            Refused::uncovered("unknown_channel", message)
        };
        let found = self.chain.channel(channel).await?.ok_or_else(unknown)?;
        if found.standing != Standing::Open {
            let message = format!("channel {channel} has ended, or is about to");
            return Err(Refused::uncovered("channel_closing", message));
        }
        if found.settled.count > 0 {
            // Receipts of the same numbers would contradict what was settled, and cost the bond.
            tracing::error!(
                "the receipts of channel {channel}, which has settled calls, are not here"
            );
            let message = "the host does not have the channel's receipts: open another channel";
            return Err(Refused::unavailable("receipts_missing", message));
        }
        let terms = Terms {
            window: self.configuration.window,
            ..found.terms
        };
        let host = self.host.clone();
        let added = terms.clone();
        blocking(move || host.add(added)).await??;
        Ok(terms)
    }

    async fn read(&self, body: Body) -> Result<Bytes, Refused> {
        let most = self.configuration.limits.body_bytes;
        to_bytes(body, most).await.map_err(|_| {
            let message = format!("the body did not come, or has more than {most} bytes");
            Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
        })
    }

    async fn take(&self, headers: &HeaderMap) -> Result<(), Refused> {
        if self.calls.check().is_err() {
            return Err(Refused::too_many(
                "the host takes no more vouchers a second than it did",
            ));
        }
        let SignedVoucher { voucher, signature } = voucher(headers)?;
        let taken = self.host.take(voucher, &signature)?.await;
        Ok(taken.map_err(tributary_channel::host::Refusal::from)?)
    }
}

/// Runs what waits for the disk where it keeps nobody else waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refused> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!("a task ended early: {error}");
        Refused::unavailable("internal", "the host has failed")
    })
}

fn respond(served: &Served) -> Result<Response, Refused> {
    let broken = |what: String| {
        tracing::error!("an answer cannot be sent: {what}");
        Refused::unavailable("internal", "the host has failed")
    };
    let answer = message::Response::of_content(&served.response)
        .map_err(|error| broken(error.to_string()))?;
    let status = StatusCode::from_u16(answer.status).map_err(|error| broken(error.to_string()))?;
    let content_type =
        HeaderValue::from_str(answer.content_type).map_err(|error| broken(error.to_string()))?;
    let receipt = HeaderValue::from_str(&header(&served.receipt))
        .map_err(|error| broken(error.to_string()))?;
    let mut response = (status, answer.body.to_vec()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(message::RECEIPT, receipt);
    Ok(response)
}

/// Path and query, as they are signed.
fn path(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("/", |path| path.as_str())
}

fn cover(parts: &Parts) -> Result<Cover, Refused> {
    let headers = &parts.headers;
    let voucher = voucher(headers)?;
    let number = number(headers, message::CALL)?.ok_or_else(|| {
        let message = format!("the header {} is missing", message::CALL);
        Refused::unusable("number_missing", message)
    })?;
    Ok(Cover {
        voucher,
        number: u32::try_from(number)
            .map_err(|_| Refused::unusable("malformed", "there are no calls of such a number"))?,
        most: self::number(headers, message::MOST)?,
    })
}

fn voucher(headers: &HeaderMap) -> Result<SignedVoucher, Refused> {
    let value = headers.get(message::VOUCHER).ok_or_else(|| {
        let message = format!(
            "a call is paid: send a voucher in the header {}",
            message::VOUCHER
        );
        Refused::uncovered("voucher_missing", message)
    })?;
    let text = value.to_str().unwrap_or_default();
    of_header(text, "a signed voucher")
        .map_err(|error| Refused::unusable("malformed", error.to_string()))
}

fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, Refused> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    number
        .map(Some)
        .ok_or_else(|| Refused::unusable("malformed", format!("the header {name} is not a number")))
}
