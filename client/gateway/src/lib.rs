#![doc = include_str!("../README.md")]

mod answers;
pub mod caller;
mod calls;
mod chain;
mod configuration;
mod desk;
mod gateway;
mod local;
pub mod message;
mod metrics;
mod refused;
mod server;
mod settling;
mod upstream;

pub use answers::{Answer, Answers, NoAnswer, Question};
pub use chain::{Chain, ChainError, ChannelOnChain, Offer, Settlement, Standing, MAX_VOUCHERS};
pub use configuration::{
    Configuration, Limits, ModelConfiguration, Settling, Tls, Unusable, UpstreamConfiguration,
};
pub use gateway::{Gateway, Identity};
pub use local::{Local, PREDICT};
pub use server::{serve, ServeError};
pub use settling::{compare, settle, Outcomes};
pub use upstream::Upstream;

/// A client of HTTP, encrypted where an address says so.
fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    install_cryptography();
    reqwest::Client::builder()
        .connect_timeout(std::time::Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// Chooses whose cryptography encrypted connections use, unless the program has chosen already.
fn install_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
