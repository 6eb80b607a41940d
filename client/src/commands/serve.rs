//! `tributary host serve` and `tributary host settle`.

use std::{
    collections::BTreeMap,
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;
use tokio::signal::unix::{signal, SignalKind};
use tributary_channel::{AddError, Host, Signer};
use tributary_gateway::{
    settle, Answers, Configuration, Gateway, Identity, ModelConfiguration, Settlement, Upstream,
    UpstreamConfiguration,
};

use crate::{
    chain::{
        state::{Host as Registered, HostOffer},
        Chain,
    },
    context::Context,
    failure::{misuse, Misuse},
    hosting::{genesis, HostedChain},
    keys::{self, KeySource},
    money::Amount,
    output::{count, remark, Grid, Output},
    signing::{account, ChannelKey},
    state::create_directory,
};

/// Where receipts lie, and who signs them.
#[derive(Args, Debug)]
pub(crate) struct Receipts {
    /// Where receipts and vouchers are kept: who loses it loses what is unsettled [default: below the state directory]
    #[arg(long, value_name = "PATH")]
    directory: Option<PathBuf>,
    /// Signs receipts: the name of a key, a path to one, or dev:NAME. May be said several times, as long as channels name older ones
    /// [default: the key of --key or --dev]
    #[arg(long, value_name = "NAME|PATH")]
    receipt_key: Vec<String>,
}

/// `tributary host serve`
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    receipts: Receipts,
    /// A TOML file with models, limits, when to settle, and TLS; what is said here goes before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where calls come in [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// A model and who answers its calls, as in 3:upstream=http://127.0.0.1:11434; may be said several times
    #[arg(long = "model", value_name = "MODEL:upstream=URL")]
    models: Vec<ServedModel>,
}

/// `tributary host settle`
#[derive(Args, Debug)]
pub(crate) struct SettleVouchers {
    #[command(flatten)]
    receipts: Receipts,
}

/// A model and the address of who answers its calls.
#[derive(Clone, Debug, Eq, PartialEq)]
struct ServedModel {
    model: u32,
    url: String,
}

impl std::str::FromStr for ServedModel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split_once(":upstream=")
            .and_then(|(model, url)| {
                Some(Self {
                    model: model.parse().ok()?,
                    url: url.to_owned(),
                })
            })
            .ok_or_else(|| {
                format!("`{text}` is not a model and its upstream: write 3:upstream=http://127.0.0.1:11434")
            })
    }
}

impl Receipts {
    /// Opens the database, with the key that signs extrinsics where no other is named.
    fn open(
        &self,
        context: &Context,
        chain: &Chain,
        signer: &subxt_signer::sr25519::Keypair,
    ) -> Result<(Host, Vec<Arc<dyn Signer>>)> {
        let mut keys: Vec<Arc<dyn Signer>> = Vec::new();
        for name in &self.receipt_key {
            keys.push(Arc::new(ChannelKey(load(context, name)?)));
        }
        if keys.is_empty() {
            keys.push(Arc::new(ChannelKey(signer.clone())));
        }
        let directory = match &self.directory {
            Some(directory) => directory.clone(),
            None => channels(context, chain)
                .join("host")
                .join(keys::account(signer).to_string()),
        };
        let host = open(&directory, |directory| Host::open(directory, keys.clone()))?;
        Ok((host, keys))
    }
}

/// A key by its name, a path to it, or `dev:NAME`.
pub(super) fn load(context: &Context, name: &str) -> Result<subxt_signer::sr25519::Keypair> {
    let source = match name.strip_prefix("dev:") {
        Some(name) => KeySource::Development(name.to_owned()),
        None => KeySource::parse(name),
    };
    source.load(&context.key_directory())
}

/// Where channels of a chain are kept.
pub(super) fn channels(context: &Context, chain: &Chain) -> PathBuf {
    let genesis = hex::encode(chain.genesis());
    context.root.join(genesis).join("channels")
}

/// Opens a database of receipts, and says what to do if that fails.
pub(super) fn open<T>(
    directory: &Path,
    open: impl FnOnce(&Path) -> Result<T, AddError>,
) -> Result<T> {
    create_directory(directory)?;
    open(directory).map_err(|error| match error {
        AddError::KeyMissing(_) => Misuse(format!(
            "{error}: name it as well, as long as the channel is kept in {}",
            directory.display()
        ))
        .into(),
        error => anyhow::Error::from(error).context(format!(
            "opening {}; only one program at a time can",
            directory.display()
        )),
    })
}

impl Serve {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let configuration = self.configuration()?;
        let models = models(&configuration)?;
        let (chain, key) = context.connect_to_sign().await?;
        let who = keys::account(&key);
        let state = chain.newest().await?;
        let registered: Option<Registered> = state.get("Metering", "Hosts", (who,)).await?;
        let registered = registered.with_context(|| {
            Misuse(format!(
                "{who} is no host: `tributary host register` makes it one"
            ))
        })?;
        let (host, keys) = self.receipts.open(context, &chain, &key)?;
        let receipt_key = account(&registered.key);
        if !keys.iter().any(|key| key.account() == receipt_key) {
            misuse!("receipts of new channels are signed by {receipt_key}: name its key with --receipt-key, or change it with `tributary host register`");
        }
        for model in models.keys() {
            let offer: Option<HostOffer> = state.get("Metering", "Offers", (*model, who)).await?;
            if offer.is_none() {
                remark(format!(
                    "model {model} is not offered: nobody can open a channel before `tributary host offer {model}`"
                ));
            }
        }
        let listen = configuration.listen;
        let scheme = configuration.tls.as_ref().map_or("http", |_| "https");
        let listener = TcpListener::bind(listen)
            .map_err(|error| Misuse(format!("cannot listen at {listen}: {error}")))?;
        let listen = listener.local_addr().context("asking for the address")?;
        let identity = Identity {
            account: account(&who),
            genesis: genesis(&chain),
        };
        let hosted = Arc::new(HostedChain::new(context, chain, key));
        let gateway = Gateway::new(identity, configuration, host, hosted, models)
            .map_err(|error| Misuse(error.to_string()))?;
        let gateway = Arc::new(gateway);
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_target(false)
            .init();
        remark(format!("Calls are answered at {scheme}://{listen}"));
        tributary_gateway::serve(gateway.clone(), listener, stopped()?).await?;
        let unsettled = gateway.host().unsettled();
        let amount = total(unsettled.iter().map(|one| one.amount))?;
        let json = json!({
            "channels": gateway.host().channels().len(),
            "unsettled": amount,
        });
        Ok(Output::new(json).line(format!(
            "Stopped: {amount} of {} are unsettled.",
            count(unsettled.len(), "channel")
        )))
    }

    fn configuration(&self) -> Result<Configuration> {
        let mut configuration = match &self.config {
            Some(file) => {
                let what = |error: String| Misuse(format!("{}: {error}", file.display()));
                let text = fs::read_to_string(file).map_err(|error| what(error.to_string()))?;
                Configuration::read(&text).map_err(|error| what(error.to_string()))?
            }
            None => Configuration::default(),
        };
        if let Some(listen) = self.listen {
            configuration.listen = listen;
        }
        for ServedModel { model, url } in &self.models {
            let upstream = UpstreamConfiguration::at(url.clone());
            let model = model.to_string();
            configuration
                .models
                .insert(model, ModelConfiguration { upstream });
        }
        configuration
            .check()
            .map_err(|error| Misuse(error.to_string()))?;
        if configuration.models.is_empty() {
            misuse!("no model is named: say --model 3:upstream=http://127.0.0.1:11434, or name some in --config");
        }
        Ok(configuration)
    }
}

fn models(configuration: &Configuration) -> Result<BTreeMap<u32, Arc<dyn Answers>>> {
    let misused = |error: tributary_gateway::Unusable| Misuse(error.to_string());
    let mut models: BTreeMap<u32, Arc<dyn Answers>> = BTreeMap::new();
    for (model, answers) in configuration.model_numbers().map_err(misused)? {
        let upstream = Upstream::new(answers.upstream.clone()).map_err(misused)?;
        models.insert(model, Arc::new(upstream));
    }
    Ok(models)
}

fn total(amounts: impl Iterator<Item = u128>) -> Result<Amount> {
    let mut total = 0u128;
    for amount in amounts {
        total = total
            .checked_add(amount)
            .context("what vouchers bring does not fit")?;
    }
    Ok(Amount(total))
}

/// Until somebody wants the program to end.
fn stopped() -> Result<impl std::future::Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("waiting for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("waiting for signals")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        remark("stopping: calls that have begun are answered");
    })
}

impl SettleVouchers {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = context.connect_to_sign().await?;
        let (host, _) = self.receipts.open(context, &chain, &key)?;
        let host = Arc::new(host);
        let hosted = HostedChain::new(context, chain, key);
        let outcomes = settle(&host, &hosted, &host.unsettled()).await;
        let mut table = Grid::new(["channel", ">calls", "$brings", "outcome"]);
        let mut list = Vec::new();
        let mut refused = false;
        for (one, outcome) in &outcomes.done {
            let voucher = &one.voucher.voucher;
            let amount = Amount(one.amount);
            let (text, error) = match outcome {
                Settlement::Settled(..) => ("settled", None),
                Settlement::Failed(_, error) => (error.as_str(), Some(error)),
            };
            refused |= error.is_some();
            table.row([&voucher.channel, &voucher.count, &amount, &text]);
            list.push(json!({
                "channel": voucher.channel,
                "calls": voucher.count,
                "amount": amount,
                "error": error,
            }));
        }
        let output = Output::new(list.into()).table(table);
        let output = if outcomes.done.is_empty() && outcomes.failure.is_none() {
            output.line("Nothing is to be settled.")
        } else {
            output
        };
        Ok(match outcomes.failure {
            Some(error) => output.before(error.into()),
            None if refused => output.before(anyhow::anyhow!(
                "the chain refused some of the vouchers; the others are settled"
            )),
            None => output,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_with_its_upstream() {
        let served = "3:upstream=http://127.0.0.1:11434".parse();
        assert_eq!(
            served,
            Ok(ServedModel {
                model: 3,
                url: "http://127.0.0.1:11434".to_owned()
            })
        );
        for wrong in ["3", "3=http://a", "a:upstream=http://a"] {
            assert!(wrong.parse::<ServedModel>().is_err());
        }
    }
}
