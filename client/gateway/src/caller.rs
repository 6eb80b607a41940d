//! The consumer's side: makes calls over HTTP, and makes them again where an answer was lost.

use std::time::Duration;

use reqwest::{header, Client, Method, StatusCode, Url};
use serde_json::Value;
use thiserror::Error;
use tributary_channel::{
    consumer::{Outgoing, Trouble},
    Consumer, SignedReceipt,
};
use tributary_primitives::{
    ids::ChannelId,
    metering::{Receipt, Voucher},
};

use crate::{
    http_client,
    message::{self, Request, Response},
};

/// Bytes of an answer that are read at the most.
const MOST_BYTES: usize = 64 << 20;

/// An answer with its receipt, which the next voucher pays.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answered {
    /// What was asked, as [`message`] says it.
    pub request: Vec<u8>,
    /// What the host states.
    pub receipt: Receipt,
    /// The status, as in 200.
    pub status: u16,
    /// The body's type.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a call has no answer.
#[derive(Clone, Debug, Error)]
pub enum CallError {
    /// The consumer's own books, or a receipt that does not fit them.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The address is none.
    #[error("{0} is not an address of a host: it begins with http:// or https://")]
    Address(String),
    /// Nobody knows whether the host has the call: it is made again before the next one.
    #[error("the host did not answer ({0}); the call is kept, and made again with the next one")]
    Lost(String),
    /// The host refused. If the call is withdrawn, nothing is charged, and the next one may be another.
    #[error("the host refused ({status} {code}): {message}")]
    Refused {
        /// The status, as in 402.
        status: u16,
        /// For programs.
        code: String,
        /// For people.
        message: String,
        /// All that it said.
        body: Value,
        /// Whether the call is withdrawn.
        withdrawn: bool,
    },
    /// What came is not signed.
    #[error("the host answered {status} without a receipt: nothing is owed for that")]
    NoReceipt {
        /// The status.
        status: u16,
    },
}

/// A consumer and a host that it calls.
pub struct Caller {
    consumer: Consumer,
    http: Client,
    endpoint: Url,
    attempts: u32,
    pause: Duration,
}

/// What one attempt came to.
enum Attempt {
    Answered(Answered),
    /// It can succeed if it is made again.
    Again(CallError, Option<Duration>),
    Over(CallError),
}

impl Caller {
    /// `endpoint` is what the host offers: its scheme, name and port count, paths come with the calls.
    pub fn new(consumer: Consumer, endpoint: &str) -> Result<Self, CallError> {
        let wrong = || CallError::Address(endpoint.to_owned());
        let url: Url = endpoint.parse().map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong());
        }
        Ok(Self {
            consumer,
            http: http_client().map_err(|error| CallError::Lost(error.to_string()))?,
            endpoint: url,
            attempts: 5,
            pause: Duration::from_secs(1),
        })
    }

    /// The same, with so many attempts a call, and a pause between them where the host does not say another one.
    pub fn patient(self, attempts: u32, pause: Duration) -> Self {
        Self {
            attempts: attempts.max(1),
            pause,
            ..self
        }
    }

    /// The books.
    pub fn consumer(&self) -> &Consumer {
        &self.consumer
    }

    /// Asks with POST what may take `most` units; `block` is the chain's best one. Calls without an answer come first: see
    /// [`Caller::resend`].
    pub async fn call(
        &self,
        channel: ChannelId,
        path: &str,
        body: &[u8],
        most: u64,
        block: u32,
    ) -> Result<Answered, CallError> {
        // As it is sent: what the address adds or escapes is signed as well.
        let url = self.address(path)?;
        let request = Request {
            method: Method::POST.as_str(),
            path: &signed_path(&url),
            body,
        };
        let outgoing = self
            .consumer
            .ask(channel, request.content(), most, block)?
            .await?;
        self.send(&outgoing, false).await
    }

    /// Makes the calls of a channel again that have no answer. Who got one already is not charged twice.
    pub async fn resend(&self, channel: ChannelId) -> Result<Vec<Answered>, CallError> {
        let mut answered = Vec::new();
        for outgoing in self.consumer.outstanding(channel)? {
            answered.push(self.send(&outgoing, true).await?);
        }
        Ok(answered)
    }

    /// Hands the host a voucher that pays all receipts, so that it needs nothing more of the consumer.
    pub async fn send_last_voucher(&self, channel: ChannelId) -> Result<Voucher, CallError> {
        let voucher = self.consumer.final_voucher(channel)?;
        let url = self.address(&format!("/v1/channels/{channel}/voucher"))?;
        let sent = self
            .http
            .post(url)
            .header(message::VOUCHER, message::header(&voucher))
            .send()
            .await
            .map_err(lost)?;
        match sent.status() {
            StatusCode::NO_CONTENT => Ok(voucher.voucher),
            status => {
                let body = read(sent).await.map_err(lost)?;
                Err(refused(status, &body).unwrap_or(CallError::NoReceipt {
                    status: status.as_u16(),
                }))
            }
        }
    }

    /// What the host says that it has of a channel.
    pub async fn state(&self, channel: ChannelId) -> Result<Value, CallError> {
        let url = self.address(&format!("/v1/channels/{channel}"))?;
        let sent = self.http.get(url).send().await.map_err(lost)?;
        let status = sent.status();
        let body = read(sent).await.map_err(lost)?;
        if let Some(refused) = refused(status, &body) {
            return Err(refused);
        }
        serde_json::from_slice(&body).map_err(|error| CallError::Lost(error.to_string()))
    }

    fn address(&self, path: &str) -> Result<Url, CallError> {
        let wrong = || CallError::Address(format!("{}{path}", self.endpoint));
        if !path.starts_with('/') {
            return Err(wrong());
        }
        let url = self.endpoint.join(path).map_err(|_| wrong())?;
        // `//other.example/` would be a call of somebody else.
        if url.origin() != self.endpoint.origin() {
            return Err(wrong());
        }
        Ok(url)
    }

    /// Sends a call. `lost` says whether the host may have it already.
    async fn send(&self, outgoing: &Outgoing, mut lost: bool) -> Result<Answered, CallError> {
        let mut left = self.attempts;
        loop {
            left = left.saturating_sub(1);
            let (error, pause) = match self.attempt(outgoing).await? {
                Attempt::Answered(answered) => return Ok(answered),
                Attempt::Again(error, pause) if left > 0 => (error, pause),
                Attempt::Again(error, _) | Attempt::Over(error) => {
                    return Err(self.withdraw(outgoing, error, lost).await?)
                }
            };
            lost |= !matches!(error, CallError::Refused { .. });
            tracing::debug!("call {}: {error}", outgoing.number);
            tokio::time::sleep(pause.unwrap_or(self.pause)).await;
        }
    }

    async fn attempt(&self, outgoing: &Outgoing) -> Result<Attempt, CallError> {
        let broken = |error: message::Malformed| CallError::Lost(error.to_string());
        let request = Request::of_content(&outgoing.request).map_err(broken)?;
        let url = self.address(request.path)?;
        let voucher = tributary_channel::SignedVoucher {
            voucher: outgoing.voucher,
            signature: outgoing.signature.clone(),
        };
        let sent = self
            .http
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(message::VOUCHER, message::header(&voucher))
            .header(message::CALL, outgoing.number)
            .header(message::MOST, outgoing.most)
            .body(request.body.to_vec())
            .send()
            .await;
        let sent = match sent {
            Ok(sent) => sent,
            Err(error) => return Ok(Attempt::Again(lost(error), None)),
        };
        let status = sent.status();
        let text = |name: &str| {
            let value = sent.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        let receipt = text(message::RECEIPT);
        let content_type = text(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let pause = text(header::RETRY_AFTER.as_str())
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs);
        let body = match read(sent).await {
            Ok(body) => body,
            Err(error) => return Ok(Attempt::Again(lost(error), None)),
        };
        let Some(receipt) = receipt else {
            let code = status.as_u16();
            let error = refused(status, &body).unwrap_or(CallError::NoReceipt { status: code });
            return Ok(if is_passing(status, &error) {
                Attempt::Again(error, pause)
            } else {
                Attempt::Over(error)
            });
        };
        let receipt: SignedReceipt =
            message::of_header(&receipt, "a signed receipt").map_err(broken)?;
        let response = Response {
            status: status.as_u16(),
            content_type: &content_type,
            body: &body,
        };
        let accepted = self
            .consumer
            .accept(outgoing.channel, &response.content(), receipt)?;
        Ok(Attempt::Answered(Answered {
            request: outgoing.request.clone(),
            receipt: accepted.await?,
            status: response.status,
            content_type,
            body,
        }))
    }

    /// Takes a call back that the host says it has not answered. What may be answered all the same is kept: `lost` says whether nobody knows what
    /// became of an earlier attempt.
    async fn withdraw(
        &self,
        outgoing: &Outgoing,
        error: CallError,
        lost: bool,
    ) -> Result<CallError, CallError> {
        let CallError::Refused {
            status,
            code,
            message,
            body,
            ..
        } = error
        else {
            return Ok(error);
        };
        let withdrawn = match code.as_str() {
            "in_progress" | "other_request" | "answer_dropped" | "not_next" | "store"
            | "internal" => false,
            // The host has looked whether it has the call before it says so.
            "channel_closing" | "channel_expired" | "channel_not_served" | "given_up"
            | "may_take_more" | "model_failed" | "model_not_served" | "not_answerable"
            | "receipts_missing" | "too_slow" | "units_exhausted" | "unpaid" => true,
            _ => !lost,
        };
        if withdrawn {
            self.consumer
                .withdraw(outgoing.channel, outgoing.number)?
                .await?;
        }
        Ok(CallError::Refused {
            status,
            code,
            message,
            body,
            withdrawn,
        })
    }
}

/// Path and query of an address.
fn signed_path(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

fn lost(error: reqwest::Error) -> CallError {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    CallError::Lost(text)
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        // A shorter body is none that a receipt is of.
        if body.len().saturating_add(chunk.len()) > MOST_BYTES {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What a gateway's refusal says. `None` if it is not a gateway that speaks.
fn refused(status: StatusCode, body: &[u8]) -> Option<CallError> {
    if status.is_success() {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| Some(body.pointer(name)?.as_str()?.to_owned());
    Some(CallError::Refused {
        status: status.as_u16(),
        code: text("/error/code")?,
        message: text("/error/message")?,
        withdrawn: false,
        body,
    })
}

/// Whether the same call can succeed in a moment.
fn is_passing(status: StatusCode, error: &CallError) -> bool {
    let code = match error {
        CallError::Refused { code, .. } => code.as_str(),
        _ => "",
    };
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    ) || matches!(code, "in_progress" | "given_up")
}
