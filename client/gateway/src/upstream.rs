//! Any HTTP API of the form that OpenAI's has: the units of a call are the tokens that it says it took.

use std::{env, fs};

use async_trait::async_trait;
use reqwest::{header, Client, StatusCode, Url};
use serde_json::{Map, Value};

use crate::{
    answers::{Answer, Answers, NoAnswer, Question},
    configuration::{Unusable, UpstreamConfiguration},
    http_client,
};

/// What paths end with where nothing is generated.
const EMBEDDINGS: &str = "/embeddings";

/// Answers by asking somebody else.
#[derive(Debug)]
pub struct Upstream {
    configuration: UpstreamConfiguration,
    /// Without a slash at its end.
    base: String,
    /// Of the header `authorization`.
    token: Option<header::HeaderValue>,
    http: Client,
}

/// A request as it is forwarded.
struct Prepared {
    body: Map<String, Value>,
    most: u64,
}

impl Upstream {
    /// Reads the token, and connects with the first call.
    pub fn new(configuration: UpstreamConfiguration) -> Result<Self, Unusable> {
        let url: Url = configuration
            .url
            .parse()
            .map_err(|error| Unusable(format!("{}: {error}", configuration.url)))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Unusable(format!(
                "{url} is not an address of HTTP: write http://host:port or https://host"
            )));
        }
        let token = token(&configuration)?;
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            token,
            http: http_client().map_err(|error| Unusable(error.to_string()))?,
            configuration,
        })
    }

    /// Looks at a request, and says what is forwarded: its model's name there, and never more tokens than it pays for.
    fn prepare(&self, question: &Question) -> Result<Prepared, NoAnswer> {
        let refused = |text: String| Err(NoAnswer::Refused(text));
        let path = question.path.as_str();
        if !self.configuration.paths.iter().any(|known| known == path) {
            return refused(format!(
                "{path} is not answered here: {}",
                self.configuration.paths.join(", ")
            ));
        }
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&question.body) else {
            return refused("the body is not a JSON object".to_owned());
        };
        if body.get("stream").is_some_and(|stream| *stream != false) {
            return refused(
                "a receipt is of a whole answer: leave `stream` out, or set it to false".to_owned(),
            );
        }
        if let Some(model) = &self.configuration.model {
            body.insert("model".to_owned(), model.clone().into());
        }
        let configuration = &self.configuration;
        let most_tokens = configuration.most_tokens;
        let prompts = prompts(&body, "prompt")?.max(prompts(&body, "input")?);
        let uncountable = || NoAnswer::Refused("so many tokens cannot be counted".to_owned());
        let prompt = configuration.prompt_tokens.checked_mul(prompts);
        let prompt = prompt.ok_or_else(uncountable)?;
        let bytes = prompt.saturating_mul(configuration.token_bytes);
        if question.body.len() as u64 > bytes {
            return refused(format!(
                "the request has {} bytes, and may have {bytes}: {} tokens a prompt",
                question.body.len(),
                configuration.prompt_tokens
            ));
        }
        let generated = if path.ends_with(EMBEDDINGS) {
            0
        } else {
            self.generated(&mut body, prompts, prompt)?
        };
        let most = generated.checked_add(prompt).ok_or_else(uncountable)?;
        if most <= most_tokens {
            return Ok(Prepared { body, most });
        }
        let of_prompts = match prompts {
            1 => "the prompt".to_owned(),
            more => format!("{more} prompts"),
        };
        refused(format!(
            "{generated} tokens and {prompt} for {of_prompts} are more than the {most_tokens} that a call may have here: ask for fewer with `max_tokens`, or for fewer prompts"
        ))
    }

    /// Tokens that may be generated, for all prompts. A request that leaves it open gets what is left of the most that a call may have.
    fn generated(
        &self,
        body: &mut Map<String, Value>,
        prompts: u64,
        reserved: u64,
    ) -> Result<u64, NoAnswer> {
        let uncountable = || NoAnswer::Refused("so many tokens cannot be counted".to_owned());
        let choices = [count(body, "n")?, count(body, "best_of")?]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(1)
            .checked_mul(prompts)
            .ok_or_else(uncountable)?;
        let asked = [
            count(body, "max_tokens")?,
            count(body, "max_completion_tokens")?,
        ];
        let each = match asked.into_iter().flatten().max() {
            Some(asked) => asked,
            None => {
                let left = self.configuration.most_tokens.saturating_sub(reserved);
                let each = left / choices;
                body.insert("max_tokens".to_owned(), each.into());
                each
            }
        };
        if each == 0 {
            return Err(NoAnswer::Refused(
                "no token is left for an answer".to_owned(),
            ));
        }
        each.checked_mul(choices).ok_or_else(uncountable)
    }
}

/// How many prompts a field of a request holds: text and tokens are one, a list of them as many as it has. At least 1.
fn prompts(body: &Map<String, Value>, name: &str) -> Result<u64, NoAnswer> {
    match body.get(name) {
        Some(Value::Array(list)) if list.is_empty() => Err(NoAnswer::Refused(format!(
            "`{name}` holds nothing that could be answered"
        ))),
        Some(Value::Array(list)) if !list.iter().all(Value::is_number) => Ok(list.len() as u64),
        _ => Ok(1),
    }
}

/// A positive integer of a request, if it is there.
fn count(body: &Map<String, Value>, name: &str) -> Result<Option<u64>, NoAnswer> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().filter(|count| *count > 0) {
            Some(count) => Ok(Some(count)),
            None => Err(NoAnswer::Refused(format!(
                "`{name}` is not a positive integer"
            ))),
        },
    }
}

fn token(configuration: &UpstreamConfiguration) -> Result<Option<header::HeaderValue>, Unusable> {
    let token = match (&configuration.token_variable, &configuration.token_file) {
        (Some(_), Some(_)) => {
            return Err(Unusable(
                "a token comes from a variable or from a file, not from both".to_owned(),
            ))
        }
        (Some(name), None) => env::var(name)
            .map_err(|_| Unusable(format!("the environment has no variable {name}")))?,
        (None, Some(file)) => fs::read_to_string(file)
            .map_err(|error| Unusable(format!("cannot read {}: {error}", file.display())))?,
        (None, None) => return Ok(None),
    };
    let value = format!("Bearer {}", token.trim());
    // Neither the token nor a part of it may stand in an error.
    let mut value = header::HeaderValue::try_from(value)
        .map_err(|_| Unusable("the token has characters that no header may have".to_owned()))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[async_trait]
impl Answers for Upstream {
    fn most(&self, question: &Question) -> Result<u64, NoAnswer> {
        self.prepare(question).map(|prepared| prepared.most)
    }

    async fn answer(&self, question: Question) -> Result<Answer, NoAnswer> {
        let Prepared { body, most } = self.prepare(&question)?;
        let mut request = self
            .http
            .post(format!("{}{}", self.base, question.path))
            .json(&body);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, token.clone());
        }
        // The address may be the owner's own: it is left out of what others see.
        let failed = |error: reqwest::Error| NoAnswer::Failed(error.without_url().to_string());
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        let content_type = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("application/json")
            .to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            let length = bytes.len().saturating_add(chunk.len());
            if length > self.configuration.answer_bytes {
                return Err(NoAnswer::Failed(format!(
                    "the answer has more than {} bytes",
                    self.configuration.answer_bytes
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            return Err(not_answered(status, &bytes));
        }
        let tokens = tokens(&bytes).ok_or_else(|| {
            NoAnswer::Failed("the answer does not say how many tokens it took".to_owned())
        })?;
        Ok(Answer {
            status: status.as_u16(),
            content_type,
            body: bytes,
            // What it takes beyond what was said before is the host's own.
            units: tokens.clamp(1, most),
        })
    }
}

/// The tokens of an answer, prompt and all.
fn tokens(answer: &[u8]) -> Option<u64> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    answer.get("usage")?.get("total_tokens")?.as_u64()
}

/// What an upstream's error means to whoever asked: some are about the request, others are between host and upstream.
fn not_answered(status: StatusCode, body: &[u8]) -> NoAnswer {
    let said: Option<Value> = serde_json::from_slice(body).ok();
    let message = said
        .as_ref()
        .and_then(|said| said.pointer("/error/message").or(said.get("error")))
        .and_then(Value::as_str)
        .unwrap_or_default();
    match status {
        StatusCode::BAD_REQUEST
        | StatusCode::NOT_FOUND
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNPROCESSABLE_ENTITY => {
            NoAnswer::Refused(format!("the model refused ({status}): {message}"))
        }
        _ => NoAnswer::Failed(format!("the model answered {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;

    fn upstream(change: impl FnOnce(&mut UpstreamConfiguration)) -> Upstream {
        let mut configuration = UpstreamConfiguration::at("http://127.0.0.1:1/");
        configuration.prompt_tokens = 100;
        configuration.most_tokens = 300;
        change(&mut configuration);
        Upstream::new(configuration).expect("it is usable")
    }

    fn question(path: &str, body: &str) -> Question {
        Question {
            path: path.to_owned(),
            body: Bytes::from(body.to_owned()),
        }
    }

    fn most(path: &str, body: &str) -> Result<u64, NoAnswer> {
        upstream(|_| {}).most(&question(path, body))
    }

    const CHAT: &str = "/v1/chat/completions";

    #[test]
    fn a_call_may_take_what_it_asks_for_and_its_prompt() {
        assert_eq!(most(CHAT, r#"{"max_tokens":7}"#), Ok(107));
        assert_eq!(most(CHAT, r#"{"max_completion_tokens":7,"n":3}"#), Ok(121));
        assert_eq!(most(CHAT, r#"{"max_tokens":200,"stream":false}"#), Ok(300));
        assert_eq!(most("/v1/embeddings", r#"{"input":"a"}"#), Ok(100));
    }

    #[test]
    fn each_prompt_of_a_call_is_paid_for() {
        const TEXT: &str = "/v1/completions";
        const VECTORS: &str = "/v1/embeddings";
        for (path, body, expected) in [
            (TEXT, r#"{"prompt":["a","b"],"max_tokens":7}"#, 214),
            (TEXT, r#"{"prompt":["a","b"],"max_tokens":7,"n":2}"#, 228),
            (TEXT, r#"{"prompt":[1,2,3],"max_tokens":7}"#, 107),
            (TEXT, r#"{"prompt":[[1],[2]],"max_tokens":7}"#, 214),
            (TEXT, r#"{"prompt":[1,"b"],"max_tokens":7}"#, 214),
            (VECTORS, r#"{"input":["a","b","c"]}"#, 300),
        ] {
            assert_eq!(most(path, body), Ok(expected), "{path} {body}");
        }
        let open = question(TEXT, r#"{"prompt":["a","b"]}"#);
        let prepared = upstream(|_| {}).prepare(&open).expect("it fits");
        assert_eq!(prepared.body["max_tokens"], 50);
        assert_eq!(prepared.most, 300);
    }

    #[test]
    fn a_request_is_no_longer_than_its_prompts_may_be() {
        let long = |bytes: usize| format!(r#"{{"max_tokens":7,"prompt":"{}"}}"#, "a".repeat(bytes));
        assert_eq!(most(CHAT, &long(300)), Ok(107));
        assert!(most(CHAT, &long(400)).is_err());
        let strict = upstream(|configuration| configuration.token_bytes = 1);
        assert!(strict.most(&question(CHAT, &long(300))).is_err());
    }

    #[test]
    fn what_cannot_be_paid_for_is_refused() {
        for (path, body) in [
            (CHAT, r#"{"max_tokens":201}"#),
            (CHAT, r#"{"max_tokens":101,"n":2}"#),
            (CHAT, r#"{"max_tokens":18446744073709551615,"n":2}"#),
            (CHAT, r#"{"max_tokens":-1}"#),
            (CHAT, r#"{"max_tokens":0}"#),
            (CHAT, r#"{"stream":true}"#),
            (CHAT, r#"{"n":1000}"#),
            (CHAT, r#"{"prompt":[]}"#),
            ("/v1/completions", r#"{"prompt":["a","b","c"]}"#),
            ("/v1/embeddings", r#"{"input":["a","b","c","d"]}"#),
            (CHAT, "[]"),
            (CHAT, ""),
            ("/v1/models", "{}"),
            ("/v1/chat/completions?a=1", "{}"),
        ] {
            let refused = most(path, body);
            assert!(
                matches!(refused, Err(NoAnswer::Refused(_))),
                "{path} {body}: {refused:?}"
            );
        }
    }

    #[test]
    fn what_is_forwarded_has_the_model_s_name_and_a_limit() {
        let upstream = upstream(|configuration| configuration.model = Some("small".to_owned()));
        let prepared = upstream
            .prepare(&question(CHAT, r#"{"model":"3","n":2}"#))
            .expect("it may be asked");
        assert_eq!(prepared.body["model"], "small");
        assert_eq!(prepared.body["max_tokens"], 100);
        assert_eq!(prepared.most, 300);
    }

    #[test]
    fn errors_are_told_apart() {
        let said = not_answered(
            StatusCode::BAD_REQUEST,
            br#"{"error":{"message":"no such model"}}"#,
        );
        assert_eq!(
            said,
            NoAnswer::Refused("the model refused (400 Bad Request): no such model".to_owned())
        );
        for status in [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS] {
            assert!(matches!(not_answered(status, b""), NoAnswer::Failed(_)));
        }
    }

    #[test]
    fn a_token_is_read_and_never_shown() {
        let folder = tempfile::tempdir().expect("there is room");
        let file = folder.path().join("token");
        fs::write(&file, "sesame\n").expect("there is room");
        let upstream = upstream(|configuration| configuration.token_file = Some(file));
        let token = upstream.token.as_ref().expect("it is there");
        assert_eq!(token.to_str().expect("text"), "Bearer sesame");
        assert!(!format!("{upstream:?}").contains("sesame"));
    }
}
