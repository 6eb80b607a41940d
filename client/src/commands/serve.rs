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
    compare, settle, Answers, Configuration, Gateway, Identity, Local, ModelConfiguration,
    Settlement, Upstream, UpstreamConfiguration,
};

use super::model::{load as trained, registered};
use crate::{
    chain::{
        state::{Host as Registered, HostOffer},
        Chain, Snapshot,
    },
    context::Context,
    failure::{misuse, Misuse},
    hosting::{genesis, next_channel, HostedChain},
    keys::{self, KeySource},
    money::Amount,
    output::{count, hex, remark, Grid, Output},
    signing::{account, ChannelKey},
    state::create_directory,
};

/// Where receipts lie, and who signs them.
#[derive(Args, Debug)]
pub(crate) struct Receipts {
    /// Where receipts and vouchers are kept [default: below the state directory]
    ///
    /// Who loses it loses what is unsettled. Who copies an older one back loses the bond: it signs numbers again that were signed. Begin a new
    /// one instead, which answers only channels that are opened after it was made.
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
    /// With a new directory, answer channels that are older than it as well: only if this host has never signed a receipt anywhere else
    #[arg(long)]
    first_directory: bool,
    /// A model and who answers its calls, as in 3:upstream=http://127.0.0.1:11434, or 3:weights=FILE of `model train`; may be said several
    /// times
    #[arg(long = "model", value_name = "MODEL:upstream=URL|MODEL:weights=FILE")]
    models: Vec<ServedModel>,
}

/// `tributary host settle`
#[derive(Args, Debug)]
pub(crate) struct SettleVouchers {
    #[command(flatten)]
    receipts: Receipts,
}

/// A model and who answers its calls.
#[derive(Clone, Debug, Eq, PartialEq)]
struct ServedModel {
    model: u32,
    by: AnsweredBy,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum AnsweredBy {
    /// The API at an address.
    Upstream(String),
    /// This program, by the weights in a file.
    Weights(PathBuf),
}

impl std::str::FromStr for ServedModel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(model, by)| {
            let by = match by.split_once('=')? {
                ("upstream", url) => AnsweredBy::Upstream(url.to_owned()),
                ("weights", file) => AnsweredBy::Weights(file.into()),
                _ => return None,
            };
            let model = model.parse().ok()?;
            Some(Self { model, by })
        });
        parts.ok_or_else(|| {
            format!("`{text}` is not a model and who answers: write 3:upstream=http://127.0.0.1:11434 or 3:weights=FILE")
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
        let models = Models::new(&configuration)?;
        let (chain, key) = context.connect_to_sign().await?;
        let who = keys::account(&key);
        let state = chain.newest().await?;
        models.check(&state).await?;
        let found: Option<Registered> = state.get("Metering", "Hosts", (who,)).await?;
        let found = found.with_context(|| {
            Misuse(format!(
                "{who} is no host: `tributary host register` makes it one"
            ))
        })?;
        let (host, keys) = self.receipts.open(context, &chain, &key)?;
        let first = if self.first_directory {
            0
        } else {
            next_channel(&state).await?
        };
        host.begin_with(first)
            .context("writing into the directory of receipts")?;
        let unsigned = host
            .channels()
            .into_iter()
            .filter(|channel| host.status(*channel).is_some_and(|status| !status.signs));
        let unsigned = unsigned.count();
        if unsigned > 0 {
            remark(format!(
                "{} answer no calls, since the key that signs their receipts is not named with --receipt-key",
                count(unsigned, "channel")
            ));
        }
        let receipt_key = account(&found.key);
        if !keys.iter().any(|key| key.account() == receipt_key) {
            misuse!("receipts of new channels are signed by {receipt_key}: name its key with --receipt-key, or change it with `tributary host register`");
        }
        for model in models.answers.keys() {
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
        let gateway = Gateway::new(identity, configuration, host, hosted, models.answers)
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
        for ServedModel { model, by } in &self.models {
            let answers = match by {
                AnsweredBy::Upstream(url) => {
                    ModelConfiguration::Upstream(UpstreamConfiguration::at(url.clone()))
                }
                AnsweredBy::Weights(file) => ModelConfiguration::Weights(file.clone()),
            };
            configuration.models.insert(model.to_string(), answers);
        }
        configuration
            .check()
            .map_err(|error| Misuse(error.to_string()))?;
        if configuration.models.is_empty() {
            misuse!("no model is named: say --model 3:upstream=http://127.0.0.1:11434 or 3:weights=FILE, or name some in --config");
        }
        Ok(configuration)
    }
}

/// Who answers, and the hashes of weights that are computed with here.
struct Models {
    answers: BTreeMap<u32, Arc<dyn Answers>>,
    hashes: BTreeMap<u32, sp_core::H256>,
}

impl Models {
    fn new(configuration: &Configuration) -> Result<Self> {
        let misused = |error: tributary_gateway::Unusable| Misuse(error.to_string());
        let mut models = Self {
            answers: BTreeMap::new(),
            hashes: BTreeMap::new(),
        };
        for (model, by) in configuration.model_numbers().map_err(misused)? {
            let answers: Arc<dyn Answers> = match by {
                ModelConfiguration::Upstream(upstream) => {
                    Arc::new(Upstream::new(upstream.clone()).map_err(misused)?)
                }
                ModelConfiguration::Weights(file) => {
                    let weights = trained(file)?;
                    models.hashes.insert(model, weights.weights_hash());
                    Arc::new(Local::new(weights))
                }
            };
            models.answers.insert(model, answers);
        }
        Ok(models)
    }

    /// Whether weights are those that were registered: who answers by others serves another model.
    async fn check(&self, state: &Snapshot) -> Result<()> {
        for (model, hash) in &self.hashes {
            let known = registered(state, *model).await?.weights_hash;
            if known.0 != hash.0 {
                misuse!(
                    "model {model} was registered with weights of hash {}, and these have {}",
                    hex(known),
                    hex(hash)
                );
            }
        }
        Ok(())
    }
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
        // What was settled before, and lost on its way back, is not brought again.
        compare(&host, &hosted).await?;
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
    fn a_model_is_named_with_who_answers() {
        let served = "3:upstream=http://127.0.0.1:11434".parse();
        assert_eq!(
            served,
            Ok(ServedModel {
                model: 3,
                by: AnsweredBy::Upstream("http://127.0.0.1:11434".to_owned())
            })
        );
        let served = "4:weights=a:b=c".parse();
        assert_eq!(
            served,
            Ok(ServedModel {
                model: 4,
                by: AnsweredBy::Weights("a:b=c".into())
            })
        );
        for wrong in ["3", "3=http://a", "a:upstream=http://a", "3:other=a"] {
            assert!(wrong.parse::<ServedModel>().is_err());
        }
    }
}
