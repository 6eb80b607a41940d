//! What an owner decides, as it stands in a TOML file.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use serde::Deserialize;
use tributary_primitives::ids::ModelId;

/// All of it. What is left out has the value that most hosts want.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// Where calls come in.
    pub listen: SocketAddr,
    /// How many calls of a channel are answered before the first of them is paid, for channels that are new here.
    pub window: u32,
    /// The last block is too old after so many seconds: then no new calls are answered, since nobody knows what has expired.
    pub block_age_seconds: u64,
    /// How much at a time.
    pub limits: Limits,
    /// When money is fetched.
    pub settling: Settling,
    /// Encryption. None behind a proxy that encrypts.
    pub tls: Option<Tls>,
    /// Who answers calls of which model, by its identifier.
    pub models: BTreeMap<String, ModelConfiguration>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8_080)),
            window: 1,
            block_age_seconds: 60,
            limits: Limits::default(),
            settling: Settling::default(),
            tls: None,
            models: BTreeMap::new(),
        }
    }
}

/// How much at a time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Seconds in which a request must come, and as many again in which its answer must be computed. What takes longer is not paid.
    pub call_seconds: u64,
    /// Calls a second, of all channels together.
    pub calls_per_second: u32,
    /// Calls a second of one channel.
    pub channel_calls_per_second: u32,
    /// Answers that are computed beside each other; others wait, as long as a call may take.
    pub computations: usize,
    /// Channels a second that are looked up on the chain because they are new here.
    pub lookups_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            call_seconds: 120,
            calls_per_second: 2_000,
            channel_calls_per_second: 200,
            computations: 256,
            lookups_per_second: 20,
        }
    }
}

/// When money is fetched.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settling {
    /// So many seconds after the last time.
    pub every_seconds: u64,
    /// As soon as so much is unsettled, in the smallest unit; then not before `pause_seconds` again.
    pub threshold: Option<u64>,
    /// The least time from one extrinsic to the next.
    pub pause_seconds: u64,
    /// A channel is settled once more so many blocks before it expires.
    pub margin_blocks: u32,
    /// What a voucher must bring to be settled, in the smallest unit: less than its part of the fee is not worth it.
    pub least: u64,
}

impl Default for Settling {
    fn default() -> Self {
        Self {
            every_seconds: 600,
            threshold: None,
            pause_seconds: 30,
            margin_blocks: 600,
            least: 1,
        }
    }
}

/// Encryption: PEM files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, and those that lead to a known authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Who answers calls of a model: one or the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum ModelConfiguration {
    /// An HTTP API of the form that OpenAI's has.
    Upstream(UpstreamConfiguration),
    /// This program, by weights that `tributary model train` has written. Their hash must be that on the chain.
    Weights(PathBuf),
}

/// An HTTP API of the form that OpenAI's has. Its tokens are the units.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamConfiguration {
    /// What paths are appended to, as in `http://127.0.0.1:11434`.
    pub url: String,
    /// The model's name there; without it, requests say it themselves.
    #[serde(default)]
    pub model: Option<String>,
    /// The environment variable that holds the bearer token.
    #[serde(default)]
    pub token_variable: Option<String>,
    /// The file that holds the bearer token.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// Which paths are forwarded.
    #[serde(default = "forwarded_paths")]
    pub paths: Vec<String>,
    /// Tokens that a prompt may have: they are reserved of each call, for each of its prompts, beside those that it asks for.
    #[serde(default = "prompt_tokens")]
    pub prompt_tokens: u64,
    /// Bytes of a request for each token that its prompts may have; longer requests are refused. What a tokenizer makes of fewer bytes each is
    /// the host's own cost: with 1 there is none.
    #[serde(default = "token_bytes")]
    pub token_bytes: u64,
    /// Tokens that a call may have in all. What a request asks for beyond is refused.
    #[serde(default = "most_tokens")]
    pub most_tokens: u64,
    /// Bytes of an answer.
    #[serde(default = "answer_bytes")]
    pub answer_bytes: usize,
}

impl UpstreamConfiguration {
    /// One of which nothing but the address is said.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            model: None,
            token_variable: None,
            token_file: None,
            paths: forwarded_paths(),
            prompt_tokens: prompt_tokens(),
            token_bytes: token_bytes(),
            most_tokens: most_tokens(),
            answer_bytes: answer_bytes(),
        }
    }
}

fn forwarded_paths() -> Vec<String> {
    ["/v1/chat/completions", "/v1/completions", "/v1/embeddings"]
        .map(ToOwned::to_owned)
        .to_vec()
}

fn prompt_tokens() -> u64 {
    4_096
}

fn token_bytes() -> u64 {
    4
}

fn most_tokens() -> u64 {
    8_192
}

fn answer_bytes() -> usize {
    16 << 20
}

/// Why a configuration is of no use.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub String);

impl Configuration {
    /// Reads a file's text.
    pub fn read(text: &str) -> Result<Self, Unusable> {
        toml::from_str(text).map_err(|error| Unusable(error.to_string()))
    }

    /// Whether numbers are ones to work with.
    pub fn check(&self) -> Result<(), Unusable> {
        let limits = &self.limits;
        let zero = [
            ("body_bytes", limits.body_bytes == 0),
            ("call_seconds", limits.call_seconds == 0),
            ("calls_per_second", limits.calls_per_second == 0),
            (
                "channel_calls_per_second",
                limits.channel_calls_per_second == 0,
            ),
            ("computations", limits.computations == 0),
            ("lookups_per_second", limits.lookups_per_second == 0),
            ("every_seconds", self.settling.every_seconds == 0),
            ("block_age_seconds", self.block_age_seconds == 0),
        ];
        if let Some((name, _)) = zero.iter().find(|(_, zero)| *zero) {
            return Err(Unusable(format!("{name} is 0: nothing could be answered")));
        }
        if !(1..=tributary_channel::MAX_WINDOW).contains(&self.window) {
            return Err(Unusable(format!(
                "a window has between 1 and {} calls",
                tributary_channel::MAX_WINDOW
            )));
        }
        self.model_numbers().map(|_| ())
    }

    /// The models by their identifiers.
    pub fn model_numbers(&self) -> Result<BTreeMap<ModelId, &ModelConfiguration>, Unusable> {
        self.models
            .iter()
            .map(|(number, model)| {
                let number = number.parse().map_err(|_| {
                    Unusable(format!("`{number}` is not the identifier of a model"))
                })?;
                Ok((number, model))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_differs_from_the_defaults() {
        let read = Configuration::read(
            r#"
            listen = "0.0.0.0:443"
            [limits]
            body_bytes = 1000
            [models.3.upstream]
            url = "http://127.0.0.1:11434"
            token_variable = "TOKEN"
            [models.4]
            weights = "model.bin"
            "#,
        )
        .expect("it is well-formed");
        read.check().expect("it is usable");
        assert_eq!(read.listen.port(), 443);
        assert_eq!(read.limits.body_bytes, 1_000);
        assert_eq!(read.limits.call_seconds, 120);
        let models = read.model_numbers().expect("a number");
        assert!(
            matches!(models[&3], ModelConfiguration::Upstream(upstream) if upstream.paths.len() == 3)
        );
        assert!(
            matches!(models[&4], ModelConfiguration::Weights(file) if file.ends_with("model.bin"))
        );
    }

    #[test]
    fn what_is_misspelt_or_zero_is_refused() {
        assert!(Configuration::read("listening = \"0.0.0.0:1\"").is_err());
        assert!(Configuration::read("[models.a.upstream]\nurl = \"x\"")
            .expect("well-formed")
            .check()
            .is_err());
        assert!(Configuration::read("window = 65")
            .expect("well-formed")
            .check()
            .is_err());
        assert!(Configuration::read("[limits]\ncomputations = 0")
            .expect("well-formed")
            .check()
            .is_err());
    }
}
