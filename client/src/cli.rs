//! The command line.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{
    cache::Cache,
    chain::Wait,
    commands::{
        account, attest, challenge, claim, consent, contribute, datanet, evaluate, hand_over, key,
        licence, model, pay, records, round, slices, statement, vest,
        watch::{
            challenger::{ChallengerCommand, ContributorCommand},
            evaluator::EvaluatorCommand,
        },
    },
    context::Context,
    failure::Misuse,
    keys::{self, KeySource},
    output::Output,
};

/// Tributary: data and models that earn for the people who made them.
///
/// Exit codes: 0 done, 1 refused by the chain, 2 misused, 3 anything else (no connection, a full disk, data that contradict the chain).
#[derive(Debug, Parser)]
#[command(
    name = "tributary",
    version,
    arg_required_else_help = true,
    args_override_self = true
)]
pub(crate) struct Cli {
    /// The node's RPC.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "ws://127.0.0.1:9944"
    )]
    url: String,

    /// Accept an unencrypted connection to another machine.
    #[arg(long, global = true)]
    insecure: bool,

    /// Print one JSON value instead of tables.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Who signs: the name of a key, a path to a file with a secret phrase or seed, or `-` to type it in.
    #[arg(
        long,
        global = true,
        value_name = "NAME|PATH|-",
        conflicts_with = "dev"
    )]
    key: Option<String>,

    /// Sign as a development account that everybody has the key of: alice, bob, alice/stash, …
    #[arg(long, global = true, value_name = "NAME")]
    dev: Option<String>,

    /// When an extrinsic counts as done, and how new the state is that is read.
    #[arg(long, global = true, value_enum, default_value_t = Wait::Finalized)]
    wait: Wait,

    /// Where keys and unopened commitments lie [default: tributary in the user's data directory]
    #[arg(long, global = true, value_name = "PATH")]
    state_dir: Option<PathBuf>,

    /// Fetch all records from the node, and keep none of them for later commands.
    #[arg(long, global = true)]
    no_cache: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keys that sign
    #[command(subcommand)]
    Key(key::Command),
    /// What an account owns
    Balance(account::Balance),
    /// Send money to an account
    Send(account::Send),
    /// Licence terms, and who may use what
    #[command(subcommand)]
    Licence(licence::Command),
    /// Datanets: pools of records that are worth what they add
    #[command(subcommand)]
    Datanet(datanet::Command),
    /// Rounds of a datanet
    #[command(subcommand)]
    Round(round::Command),
    /// Benchmark slices of a provider
    #[command(subcommand)]
    Slices(slices::Command),
    /// Files of records
    #[command(subcommand)]
    Records(records::Command),
    /// Commit records to a round and deliver them
    Contribute(contribute::Contribute),
    /// Remove a rejected contribution, or one that a void round left, and have back what is on hold for it
    Reclaim(contribute::Reclaim),
    /// Keep an admitted contribution out of later rounds; what is public stays so
    WithdrawConsent(consent::WithdrawConsent),
    /// Hand what a contribution will earn for you to another account
    HandOver(hand_over::HandOver),
    /// Value a round and publish the result
    Evaluate(evaluate::Evaluate),
    /// Say what a round of an attested datanet is worth, as one of its attestors
    Attest(attest::Attest),
    /// Disprove what is wrong in others' valuations of a round
    Challenge(challenge::ChallengeRound),
    /// Value rounds as they come
    #[command(subcommand)]
    Evaluator(EvaluatorCommand),
    /// Disprove wrong valuations as they come
    #[command(subcommand)]
    Challenger(ChallengerCommand),
    /// Watch over one's own contributions
    #[command(subcommand)]
    Contributor(ContributorCommand),
    /// Make the values of a round final once its window is over
    Finalise(evaluate::Finalise),
    /// Models and their ancestry
    #[command(subcommand)]
    Model(model::Command),
    /// Pay for an asset
    Pay(pay::Pay),
    /// Share out what a model has received
    Settle(pay::Settle),
    /// Prove what contributions weigh in their pools and collect what they earned
    Claim(claim::Claim),
    /// Collect what has vested of sponsors' pay
    Vest(vest::Vest),
    /// Move what an account has earned to its free balance
    Withdraw(pay::Withdraw),
    /// Who earned what
    Statement(statement::Statement),
}

impl Cli {
    /// Does what was asked and says what came of it.
    pub(crate) async fn run(self) -> Result<()> {
        let key = self
            .dev
            .map(KeySource::Development)
            .or(self.key.as_deref().map(KeySource::parse));
        let root = match self.state_dir {
            Some(root) => root,
            None => data_directory()?,
        };
        let cache = if self.no_cache {
            Cache::none()
        } else {
            Cache::in_folder(root.join("records"))
        };
        let context = Context {
            url: self.url,
            insecure: self.insecure,
            wait: self.wait,
            key,
            root,
            cache,
        };
        let output = self.command.run(&context).await?;
        let names = if self.json {
            BTreeMap::new()
        } else {
            keys::names(&context.key_directory())
        };
        output.print(self.json, &names)
    }
}

impl Command {
    async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Key(command) => command.run(context),
            Self::Balance(command) => command.run(context).await,
            Self::Send(command) => command.run(context).await,
            Self::Licence(command) => command.run(context).await,
            Self::Datanet(command) => command.run(context).await,
            Self::Round(command) => command.run(context).await,
            Self::Slices(command) => command.run(context).await,
            Self::Records(command) => command.run(context).await,
            Self::Contribute(command) => command.run(context).await,
            Self::Reclaim(command) => command.run(context).await,
            Self::WithdrawConsent(command) => command.run(context).await,
            Self::HandOver(command) => command.run(context).await,
            Self::Evaluate(command) => command.run(context).await,
            Self::Attest(command) => command.run(context).await,
            Self::Challenge(command) => command.run(context).await,
            Self::Evaluator(command) => command.run(context).await,
            Self::Challenger(command) => command.run(context).await,
            Self::Contributor(command) => command.run(context).await,
            Self::Finalise(command) => command.run(context).await,
            Self::Model(command) => command.run(context).await,
            Self::Pay(command) => command.run(context).await,
            Self::Settle(command) => command.run(context).await,
            Self::Claim(command) => command.run(context).await,
            Self::Vest(command) => command.run(context).await,
            Self::Withdraw(command) => command.run(context).await,
            Self::Statement(command) => command.run(context).await,
        }
    }
}

/// The user's data directory, as the XDG base directory specification says.
fn data_directory() -> Result<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let base = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
    let base = base.ok_or_else(|| {
        Misuse("there is no home directory: say where state lies with --state-dir".into())
    })?;
    Ok(base.join("tributary"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_key_and_a_development_account_exclude_each_other() {
        assert!(Cli::try_parse_from(["tributary", "--dev", "alice", "key", "list"]).is_ok());
        assert!(Cli::try_parse_from([
            "tributary",
            "--dev",
            "alice",
            "--key",
            "mine",
            "key",
            "list"
        ])
        .is_err());
    }
}
