//! Who computes answers.

use async_trait::async_trait;
use axum::body::Bytes;
use thiserror::Error;

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Path and query.
    pub path: String,
    /// The body.
    pub body: Bytes,
}

/// What a model answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The status, as in 200.
    pub status: u16,
    /// The body's type.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// How many units it took.
    pub units: u64,
}

/// Why there is no answer. Nothing is charged then.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum NoAnswer {
    /// The question is one that the model does not answer, for everybody.
    #[error("{0}")]
    Refused(String),
    /// The model failed, or whoever computes for it.
    #[error("{0}")]
    Failed(String),
}

/// Answers calls of one model.
#[async_trait]
pub trait Answers: Send + Sync + 'static {
    /// The most units that the answer may take, before anything is computed.
    fn most(&self, question: &Question) -> Result<u64, NoAnswer>;

    /// The answer.
    async fn answer(&self, question: Question) -> Result<Answer, NoAnswer>;
}
