//! What is done for each subcommand.

use crate::{
    chain_spec,
    cli::{self, Cli, Subcommand},
    preflight, service,
};
use sc_cli::{CliConfiguration, SubstrateCli};
use sc_service::{config::Configuration, ChainSpec, PruningMode, TaskManager};
use std::{future::Future, path::PathBuf, sync::Arc};
use tributary_runtime::opaque::Block;

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Tributary Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    fn executable_name() -> String {
        // Also the name of the default base path, so not that of whatever the binary is renamed to.
        env!("CARGO_PKG_NAME").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        "the Tributary project".into()
    }

    fn support_url() -> String {
        "the Tributary project's issues".into()
    }

    fn client_id() -> String {
        format!("{}/v{}", env!("CARGO_PKG_NAME"), Self::impl_version())
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn setup_command(command: clap::Command) -> clap::Command {
        let command = command
            .name(Self::executable_name())
            .version(Self::impl_version())
            .author(Self::author())
            .about(Self::description())
            .propagate_version(true)
            .args_conflicts_with_subcommands(true)
            .subcommand_negates_reqs(true);
        cli::with_our_defaults(command)
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        Ok(match id {
            "" => {
                return Err(
                    "no chain given, and there is no public network yet. Use --dev for a chain of \
                     your own, --chain local for a network of four validators on this machine, or \
                     --chain FILE for any other network"
                        .into(),
                )
            }
            "dev" => Box::new(chain_spec::development()?),
            "local" => Box::new(chain_spec::local_testnet()?),
            file => Box::new(
                chain_spec::ChainSpec::from_json_file(PathBuf::from(file)).map_err(|error| {
                    format!(
                        "`{file}` is neither `dev` nor `local` nor a file with a chain spec: {error}"
                    )
                })?,
            ),
        })
    }
}

/// Makes a new database keep the state of all finalised blocks, unless the command line says otherwise
/// or the node begins by skipping them: anybody can recompute every balance from events, and events
/// are state. (Their bodies are kept by the SDK's default.) A database that exists knows its mode.
fn keep_state(config: &mut Configuration) {
    let new = config
        .database
        .path()
        .is_some_and(|database| !database.exists());
    if new && !config.no_genesis() && config.state_pruning.is_none() {
        config.state_pruning = Some(PruningMode::ArchiveCanonical);
    }
}

/// Runs `action` on a node that is not connected to others.
fn with_node<C, F>(
    cli: &Cli,
    command: &C,
    action: impl FnOnce(Configuration, service::Parts) -> (F, TaskManager),
) -> sc_cli::Result<()>
where
    C: CliConfiguration,
    F: Future<Output = sc_cli::Result<()>>,
{
    let mut runner = cli.create_runner(command)?;
    keep_state(runner.config_mut());
    runner.async_run(|config| {
        let node = service::new_partial(&config)?;
        Ok(action(config, node))
    })
}

/// Runs a node until it is told to stop.
fn run_node(cli: Cli) -> sc_cli::Result<()> {
    let mut runner = cli.create_runner(&cli.run)?;
    let config = runner.config_mut();
    for endpoint in config.rpc.addr.iter_mut().flatten() {
        // Clients are told a port; nobody finds a node that picked another one.
        endpoint.retry_random_port = false;
    }
    keep_state(config);
    preflight::check(config)?;
    let storage_monitor = cli.storage_monitor;
    runner.run_node_until_exit(|config| async move { service::new_full(config, storage_monitor) })
}

/// Does what the command line asks for.
pub(crate) fn run() -> sc_cli::Result<()> {
    let cli = Cli::from_command_line();
    let Some(subcommand) = &cli.subcommand else {
        return run_node(cli);
    };
    match subcommand {
        Subcommand::Key(command) => command.run(&cli),
        Subcommand::ExportChainSpec(command) => command.run(cli.load_spec(&command.chain)?),
        Subcommand::BuildSpec(command) => cli
            .create_runner(command)?
            .sync_run(|config| command.run(config.chain_spec, config.network)),
        Subcommand::CheckBlock(command) => with_node(&cli, command, |_, node| {
            let (client, queue) = (node.client, node.import_queue);
            (command.run(client, queue), node.task_manager)
        }),
        Subcommand::ExportBlocks(command) => with_node(&cli, command, |config, node| {
            (command.run(node.client, config.database), node.task_manager)
        }),
        Subcommand::ExportState(command) => with_node(&cli, command, |config, node| {
            (
                command.run(node.client, config.chain_spec),
                node.task_manager,
            )
        }),
        Subcommand::ImportBlocks(command) => with_node(&cli, command, |_, node| {
            let (client, queue) = (node.client, node.import_queue);
            (command.run(client, queue), node.task_manager)
        }),
        Subcommand::Revert(command) => with_node(&cli, command, |_, node| {
            let revert_consensus = Box::new(|client: Arc<service::FullClient>, backend, blocks| {
                sc_consensus_babe::revert(client.clone(), backend, blocks)?;
                sc_consensus_grandpa::revert(client, blocks)?;
                Ok(())
            });
            (
                command.run(node.client, node.backend, Some(revert_consensus)),
                node.task_manager,
            )
        }),
        Subcommand::PurgeChain(command) => cli
            .create_runner(command)?
            .sync_run(|config| command.run(config.database)),
        Subcommand::ChainInfo(command) => cli
            .create_runner(command)?
            .sync_run(|config| command.run::<Block>(&config)),
    }
}
