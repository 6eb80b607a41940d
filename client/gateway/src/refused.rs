//! Refusals, as HTTP says them.

use axum::{
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use serde_json::{json, Value};
use tributary_channel::{host::Refusal, AddError};

use crate::{answers::NoAnswer, chain::ChainError};

/// Why a call was not answered. Nothing is charged then.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    /// For programs.
    pub(crate) code: &'static str,
    /// For people.
    pub(crate) message: String,
    /// The number that the caller lacks, if it is one.
    detail: Option<(&'static str, u64)>,
    /// Seconds after which the same call can succeed.
    retry_after: Option<u64>,
    /// What a call costs here.
    pub(crate) terms: Option<Value>,
}

impl Refused {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            detail: None,
            retry_after: None,
            terms: None,
        }
    }

    /// The call has no cover.
    pub(crate) fn uncovered(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, code, message)
    }

    /// The call cannot be one.
    pub(crate) fn unusable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// It is the host that cannot answer.
    pub(crate) fn unavailable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).later(5)
    }

    pub(crate) fn too_many(message: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_calls", message).later(1)
    }

    pub(crate) fn later(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    pub(crate) fn with(self, name: &'static str, number: impl Into<u64>) -> Self {
        Self {
            detail: Some((name, number.into())),
            ..self
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        let conflict = |code| Self::new(StatusCode::CONFLICT, code, message.clone());
        match refusal {
            Refusal::UnknownChannel(_) => Self::uncovered("unknown_channel", message),
            Refusal::Expired { .. } => Self::uncovered("channel_expired", message),
            Refusal::Unpaid { least, .. } => {
                Self::uncovered("unpaid", message).with("least", least)
            }
            Refusal::UnitsExhausted { left, .. } => {
                Self::uncovered("units_exhausted", message).with("left", left)
            }
            Refusal::WrongSignature => {
                Self::new(StatusCode::UNAUTHORIZED, "wrong_signature", message)
            }
            Refusal::Conflict { .. } => conflict("other_request"),
            Refusal::InProgress { .. } => conflict("in_progress").later(1),
            Refusal::NotNext { next } => conflict("not_next").with("next", next),
            Refusal::AnswerDropped { next, .. } => conflict("answer_dropped").with("next", next),
            Refusal::GivenUp { .. } => conflict("given_up").later(1),
            Refusal::Outdated { best, .. } => conflict("outdated").with("best", best),
            Refusal::ReceiptsMissing(channel) => {
                tracing::error!("{message}");
                let message = format!(
                    "the host does not have all receipts of channel {channel}: open another one"
                );
                Self::unavailable("receipts_missing", message)
            }
            Refusal::KeyMissing(_) => {
                tracing::error!("{message}");
                Self::unavailable("channel_not_served", message)
            }
            Refusal::OtherOrder => Self::unusable("other_order", message),
            Refusal::NotAnswered { answered, .. } => {
                Self::unusable("not_answered", message).with("answered", answered)
            }
            Refusal::WrongUnits { units, .. } => {
                Self::unusable("wrong_units", message).with("units", units)
            }
            Refusal::WrongAmount { .. } => Self::unusable("wrong_amount", message),
            Refusal::WrongRoot => Self::unusable("wrong_root", message),
            Refusal::UnitsOutOfBounds { .. } => Self::unusable("units_out_of_bounds", message),
            Refusal::Store(error) => {
                tracing::error!("receipts cannot be kept: {error}");
                Self::unavailable("store", "receipts cannot be kept at the moment")
            }
        }
    }
}

impl From<AddError> for Refused {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Unusable(error) => Self::uncovered("unusable_channel", error.to_string()),
            AddError::Store(error) => Refusal::Store(error).into(),
            AddError::Older { channel, .. } => {
                tracing::error!("{error}");
                let message = format!(
                    "channel {channel} is older than what the host has of its receipts: open another one"
                );
                Self::unavailable("receipts_missing", message)
            }
            AddError::OtherTerms(_) | AddError::KeyMissing(_) => {
                tracing::error!("{error}");
                Self::unavailable("channel_not_served", error.to_string())
            }
        }
    }
}

impl From<ChainError> for Refused {
    fn from(error: ChainError) -> Self {
        tracing::warn!("the chain does not answer: {error}");
        Self::unavailable("chain", "the chain cannot be asked at the moment")
    }
}

impl From<NoAnswer> for Refused {
    fn from(error: NoAnswer) -> Self {
        match error {
            NoAnswer::Refused(message) => Self::unusable("not_answerable", message),
            NoAnswer::Failed(message) => {
                tracing::warn!("a model failed: {message}");
                Self::new(StatusCode::BAD_GATEWAY, "model_failed", message)
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some((name, number)) = self.detail {
            error[name] = number.into();
        }
        let mut body = json!({ "error": error });
        if let Some(terms) = self.terms {
            body["terms"] = terms;
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            let seconds = header::HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
