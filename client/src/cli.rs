//! The command line.

use std::{any::TypeId, collections::BTreeMap, path::PathBuf};

use anyhow::Result;
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    cache::Cache,
    chain::Wait,
    commands::{
        account, attest, challenge, claim, consent, consumer, contribute, datanet, dispute,
        evaluate, hand_over, host, key, licence, model, pay, records, round, slices, statement,
        vest,
        watch::{
            challenger::{ChallengerCommand, ContributorCommand},
            evaluator::EvaluatorCommand,
        },
    },
    context::Context,
    failure::Misuse,
    keys::{self, KeySource},
    money::{Amount, SYMBOL},
    output::Output,
};

/// What every command takes stands after what it takes alone.
const COMMON: &str = "Options of every command";

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
        help_heading = COMMON,
        value_name = "URL",
        default_value = "ws://127.0.0.1:9944"
    )]
    url: String,

    /// Accept an unencrypted connection to another machine.
    #[arg(long, global = true, help_heading = COMMON)]
    insecure: bool,

    /// Print one JSON value instead of tables.
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) json: bool,

    /// Who signs: the name of a key, a path to a file with a secret phrase or seed, or `-` to type it in.
    #[arg(
        long,
        global = true,
        help_heading = COMMON,
        value_name = "NAME|PATH|-",
        conflicts_with = "dev"
    )]
    key: Option<String>,

    /// Sign as a development account that everybody has the key of: alice, bob, alice/stash, …
    #[arg(long, global = true, help_heading = COMMON, value_name = "NAME")]
    dev: Option<String>,

    /// When an extrinsic counts as done, and how new the state is that is read.
    #[arg(long, global = true, help_heading = COMMON, value_enum, default_value_t = Wait::Finalized)]
    wait: Wait,

    /// Where keys and unopened commitments lie [default: tributary in the user's data directory]
    #[arg(long, global = true, help_heading = COMMON, value_name = "PATH")]
    state_dir: Option<PathBuf>,

    /// Fetch all records from the node, and keep none of them for later commands.
    #[arg(long, global = true, help_heading = COMMON)]
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
    ///
    /// Waits in between until the records may be shown. Run again it goes on where it was. What is delivered is public for ever. What is
    /// committed and not delivered costs the deposit: keep the state directory.
    Contribute(contribute::Contribute),
    /// Remove a rejected contribution, or one that a void round left, and have back what is on hold for it
    ///
    /// One that a void round left can be removed until another round takes it. Its records stay public. Without a value, they are anybody's
    /// to commit from then on.
    Reclaim(contribute::Reclaim),
    /// Keep an admitted contribution out of later rounds; what is public stays so
    ///
    /// For ever. Snapshots and pools of rounds that freeze from now on leave it out. Those of earlier rounds keep it, and go on paying. What
    /// has not vested of its sponsor's pay is burnt. Its records stay public: nothing takes them off the disks of others. Later copies of
    /// them still count as copies.
    WithdrawConsent(consent::WithdrawConsent),
    /// Hand what a contribution will earn for you to another account
    ///
    /// For good: to a new key of yours, or to somebody else. What you were credited stays yours, to be withdrawn. What is owed and was not
    /// asked for goes to the other account: claim and vest first. Who contributed the records still decides whether consent is withdrawn, which
    /// burns what has not vested, whoever it would have been for, and whether what a void round left is reclaimed, which then earns nothing.
    /// Where no authors are named yet, the contributor's bond grows by a deposit, which can be burnt as the rest can.
    HandOver(hand_over::HandOver),
    /// Value a round and publish the result
    ///
    /// Fetches all records from finalised blocks, checks them against the chain, values the round, and publishes the result under a bond:
    /// the recipe's evaluator bond or the round's budget, whichever is more, and up to sixteen times that after others' proposals have
    /// failed. It comes back when the round is final. Run again it goes on where it was.
    Evaluate(evaluate::Evaluate),
    /// Say what a round of an attested datanet is worth, as one of its attestors
    ///
    /// Values the round from records that lie on this machine, and says on the chain what came out. Files are told apart by their roots:
    /// each must be, record for record, what a contributor committed to. Needed are all contributions that the round values, and all that
    /// were admitted before. Without files it says which, and where they lie.
    Attest(attest::Attest),
    /// Disprove what is wrong in others' valuations of a round
    ///
    /// Values the round again, from the records in finalised blocks, compares with every proposal that stands, and disproves those that
    /// are wrong. It costs a transaction's fee; half of the bond of a disproved proposal is the signer's.
    Challenge(challenge::ChallengeRound),
    /// Value rounds as they come
    #[command(subcommand)]
    Evaluator(EvaluatorCommand),
    /// Disprove wrong valuations as they come
    #[command(subcommand)]
    Challenger(ChallengerCommand),
    /// Watch over one's own contributions, and what they earn by calls
    #[command(subcommand)]
    Contributor(ContributorCommand),
    /// Make the values of a round final once its window is over
    ///
    /// Waits until it is, and ends it: the values of the earliest complete proposal are final.
    Finalise(evaluate::Finalise),
    /// Models and their ancestry
    #[command(subcommand)]
    Model(model::Command),
    /// What is contested about the ancestry of models
    #[command(subcommand)]
    Dispute(dispute::Command),
    /// Answer calls of models for others
    #[command(subcommand)]
    Host(host::Command),
    /// Pay for calls of models, through a channel to a host
    #[command(subcommand)]
    Consumer(consumer::Command),
    /// Pay for an asset
    Pay(pay::Pay),
    /// Share out what a model has received
    ///
    /// One after the other, models first. If one fails it says which, and what was settled before.
    Settle(pay::Settle),
    /// Prove what contributions weigh in their pools and collect what they earned
    ///
    /// Finds the contributions of an account in all pools, proves the weight of those that are new to a pool, and credits what they have
    /// earned since the last claim. Anybody may do so for anybody: the money goes to the contributors, who withdraw it.
    Claim(claim::Claim),
    /// Collect what has vested of sponsors' pay
    ///
    /// Half of what a sponsor pays for a contribution vests: in equal parts, one with every final round of the datanet that follows, or
    /// when the time for one is over. This finds what has vested and was not asked for yet, and credits it. Anybody may do so for
    /// anybody: the money goes to the contributors, who withdraw it.
    Vest(vest::Vest),
    /// Move what an account has earned to its free balance
    Withdraw(pay::Withdraw),
    /// Who earned what
    ///
    /// Adds all payments up from the chain's events, checks the sums against the chain's own count, and shows who earned what: for
    /// everybody, an account, a model, or the contributions of a datanet.
    ///
    /// Of one contribution (--contribution) it shows where its value comes from: by class, at which records of the benchmark it helped or
    /// hurt, and which of its own records earned or lost. That is read from the rows that were published, and sums to the chain's value.
    Statement(statement::Statement),
}

/// The command line, with the unit in the help of every amount.
pub(crate) fn command() -> clap::Command {
    with_units(Cli::command())
}

fn with_units(command: clap::Command) -> clap::Command {
    let told = |argument: Arg| {
        if argument.get_value_parser().type_id() != TypeId::of::<Amount>() {
            return argument;
        }
        let help = argument.get_help().map(ToString::to_string);
        let help = help.unwrap_or_default();
        let unit = format!("in {SYMBOL}, or in smallest units with `u`, as in 1200u");
        argument.help(format!("{} ({unit})", help.trim_end_matches('.')))
    };
    command.mut_args(told).mut_subcommands(with_units)
}

impl Cli {
    /// What the command line says; ends the program with help or an error if it says nothing that can be done.
    pub(crate) fn read() -> Self {
        let matches = command().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

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
        output.print(self.json, &names)?;
        output.outcome()
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
            Self::Dispute(command) => command.run(context).await,
            Self::Host(command) => command.run(context).await,
            Self::Consumer(command) => command.run(context).await,
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

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn the_help_of_every_amount_says_its_unit() {
        for (words, argument) in [
            (&["pay"][..], "amount"),
            (&["send"], "amount"),
            (&["licence", "publish"], "ceiling"),
            (&["licence", "offer"], "price"),
            (&["host", "offer"], "price"),
            (&["consumer", "open"], "price"),
            (&["datanet", "pledge"], "budget"),
        ] {
            let mut found = command();
            for word in words {
                found = found.find_subcommand(word).unwrap().clone();
            }
            let mut arguments = found.get_arguments();
            let argument = arguments.find(|one| one.get_id() == argument).unwrap();
            let help = argument.get_help().unwrap().to_string();
            assert!(help.contains("in TRIB, or in smallest units"), "{help}");
        }
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
