//! How a call is answered.

use std::{future::Future, sync::Arc, time::Duration};

use axum::{
    body::{to_bytes, Body, Bytes},
    extract::{Request, State},
    http::{header, request::Parts, HeaderMap, HeaderValue, Method, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::time::{error::Elapsed, timeout};
use tributary_channel::{
    host::{Begun, Computation, Served},
    SignedVoucher, Terms,
};
use tributary_primitives::ids::ChannelId;

use crate::{
    answers::{Answers, Question},
    chain::{ChannelOnChain, Standing},
    desk::Incoming,
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

/// Answers whatever has no route of its own.
pub(crate) async fn call(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let outcome = gateway.clone().answer(request).await;
    outcome
        .and_then(|served| respond(&served))
        .unwrap_or_else(|refused| gateway.refuse(refused))
}

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

    async fn answer(self: Arc<Self>, request: Request) -> Result<Served, Refused> {
        if request.method() != Method::POST {
            let message = "calls are made with POST; /openapi.json says what else there is";
            return Err(Refused::new(StatusCode::NOT_FOUND, "not_found", message));
        }
        if self.calls.check().is_err() {
            return Err(Refused::too_many(
                "the host answers no more calls a second than it did",
            ));
        }
        let (parts, body) = request.into_parts();
        let Cover {
            voucher,
            number,
            most: allowed,
        } = cover(&parts)?;
        let channel = voucher.voucher.channel;
        let terms = self.known(channel).await?;
        let question = Question {
            path: path(&parts).to_owned(),
            body: self.read(body).await?,
        };
        let content = message::Request {
            method: parts.method.as_str(),
            path: &question.path,
            body: &question.body,
        }
        .content();
        // What was answered before has its answer, whatever stands against new calls.
        if let Some(kept) = self.host.find(number, &content, &voucher)? {
            return Ok(self.repeated(kept));
        }

        let block = self.new_calls(channel).await?;
        let model = self.models.get(&terms.model).ok_or_else(|| {
            let message = format!("model {} is not served here at the moment", terms.model);
            Refused::unavailable("model_not_served", message)
        })?;
        let most = model.most(&question)?;
        if let Some(allowed) = allowed.filter(|allowed| *allowed < most) {
            let message =
                format!("the call may take {most} units, and its consumer allows {allowed}");
            return Err(Refused::unusable("may_take_more", message).with("most", most));
        }
        let incoming = Incoming {
            number,
            request: content,
            voucher,
            most,
            block,
        };
        let computation = match self.desk.begin(incoming).await? {
            Begun::Served(kept) => return Ok(self.repeated(kept)),
            Begun::Compute(computation) => computation,
        };
        // Behind the signature, so that nobody uses up what another channel may ask.
        if self.channel_calls.check_key(&channel).is_err() {
            let message = "the channel has made as many calls as it may in a second";
            return Err(Refused::too_many(message));
        }
        // In a task of its own: whoever asked may leave, and owes the answer all the same.
        let computed = self.clone().compute(model.clone(), question, computation);
        let answering = self.answering.subscribe();
        let task = tokio::spawn(async move {
            let outcome = computed.await;
            drop(answering);
            outcome
        });
        task.await.map_err(ended_early)?
    }

    /// Computes an answer, and has its receipt written. When the time is over the computation is dropped, and the call with it. What is being
    /// written is waited for, so that nobody is told that a call is given up which has its receipt.
    async fn compute(
        self: Arc<Self>,
        model: Arc<dyn Answers>,
        question: Question,
        computation: Computation,
    ) -> Result<Served, Refused> {
        let computed = async {
            let _permit = self.computations.acquire().await.map_err(|_| {
                Refused::unavailable("stopping", "the host is about to stop: ask again later")
            })?;
            model.answer(question).await.map_err(Refused::from)
        };
        let seconds = self.configuration.limits.call_seconds;
        let answer = in_time(seconds, computed).await.map_err(|_| {
            let message = format!("there is no answer after {seconds} s");
            Refused::new(StatusCode::GATEWAY_TIMEOUT, "too_slow", message)
        })??;
        let response = message::Response {
            status: answer.status,
            content_type: &answer.content_type,
            body: &answer.body,
        }
        .content();
        let served = computation.finish(answer.units, response)?.await?;
        let metrics = &self.metrics;
        metrics.calls.with_label_values(&["answered"]).inc();
        metrics.units.inc_by(served.receipt.receipt.units);
        Ok(served)
    }

    fn repeated(&self, kept: Served) -> Served {
        self.metrics.calls.with_label_values(&["repeated"]).inc();
        kept
    }

    /// Whether a channel's new calls are answered; the chain's block, if they are.
    async fn new_calls(&self, channel: ChannelId) -> Result<u32, Refused> {
        let block = self.ready()?;
        let standing = match self.standing(channel) {
            Some(standing) => standing,
            // Not since the start: until then nobody knows whether all its receipts are here.
            None => self.compare(channel).await?,
        };
        if standing != Standing::Open {
            let message = format!("channel {channel} has ended, or is about to");
            return Err(Refused::uncovered("channel_closing", message));
        }
        Ok(block)
    }

    /// Asks the chain about a channel that is known here, and whether it has settled what is not.
    async fn compare(&self, channel: ChannelId) -> Result<Standing, Refused> {
        let found = self.look_up(channel).await?;
        let host = self.host.clone();
        blocking(move || host.mark_settled(channel, found.settled)).await??;
        self.note_standing(channel, found.standing);
        Ok(found.standing)
    }

    /// The terms of a channel, from the chain if it is new here.
    async fn known(&self, channel: ChannelId) -> Result<Terms, Refused> {
        if let Some(status) = self.host.status(channel) {
            return Ok(status.terms);
        }
        let found = self.look_up(channel).await?;
        if found.standing != Standing::Open {
            let message = format!("channel {channel} has ended, or is about to");
            return Err(Refused::uncovered("channel_closing", message));
        }
        if found.settled.count > 0 {
            // Receipts of the same numbers would contradict what was settled, and cost the bond.
            return Err(tributary_channel::host::Refusal::ReceiptsMissing(channel).into());
        }
        let terms = Terms {
            window: self.configuration.window,
            ..found.terms
        };
        let host = self.host.clone();
        let added = terms.clone();
        blocking(move || host.add(added)).await??;
        self.note_standing(channel, found.standing);
        Ok(terms)
    }

    async fn look_up(&self, channel: ChannelId) -> Result<ChannelOnChain, Refused> {
        if self.lookups.check().is_err() {
            return Err(Refused::too_many(
                "too many channels are new here: ask again in a moment",
            ));
        }
        let unknown = || {
            let message = format!("there is no channel {channel} to this host");
            Refused::uncovered("unknown_channel", message)
        };
        self.chain.channel(channel).await?.ok_or_else(unknown)
    }

    async fn read(&self, body: Body) -> Result<Bytes, Refused> {
        let limits = &self.configuration.limits;
        let (seconds, most) = (limits.call_seconds, limits.body_bytes);
        let read = in_time(seconds, to_bytes(body, most)).await.map_err(|_| {
            let message = format!("the body did not come in {seconds} s");
            Refused::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", message)
        })?;
        read.map_err(|_| {
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
    tokio::task::spawn_blocking(work).await.map_err(ended_early)
}

async fn in_time<T>(seconds: u64, work: impl Future<Output = T>) -> Result<T, Elapsed> {
    timeout(Duration::from_secs(seconds), work).await
}

fn ended_early(error: tokio::task::JoinError) -> Refused {
    tracing::error!("a task ended early: {error}");
    Refused::unavailable("internal", "the host has failed")
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
