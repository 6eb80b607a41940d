//! Flags and subcommands.

use clap::{Arg, Command, Parser};
use sc_cli::SubstrateCli;

/// What the command line asks for.
#[derive(Debug, Parser)]
pub(crate) struct Cli {
    /// Something else than running a node.
    #[command(subcommand)]
    pub(crate) subcommand: Option<Subcommand>,

    #[clap(flatten)]
    pub(crate) run: sc_cli::RunCmd,

    #[clap(flatten)]
    pub(crate) storage_monitor: sc_storage_monitor::StorageMonitorParams,
}

/// What the binary does besides running a node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Generate, inspect and insert keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print a chain spec, plain or raw.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Print a chain spec with this node among the boot nodes.
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Execute a block of the database again.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Write the state of a block as a chain spec.
    ExportState(sc_cli::ExportStateCmd),

    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Remove a chain's database.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Go back by some blocks that are not finalised yet.
    Revert(sc_cli::RevertCmd),

    /// Print what the database knows of its chain.
    ChainInfo(sc_cli::ChainInfoCmd),
}

/// RPC calls a minute that one connection may make from another machine: 50 a second.
const RPC_RATE_LIMIT: &str = "3000";
/// RPC calls in one batch.
const RPC_BATCH_LIMIT: &str = "128";
/// Connections from this machine are not limited: they are the operator's own clients.
const RPC_RATE_LIMIT_EXEMPT: [&str; 2] = ["127.0.0.0/8", "::1/128"];

/// Sets the defaults that differ from the SDK's. Everything can still be given as a flag.
pub(crate) fn with_our_defaults(command: Command) -> Command {
    with_our_pruning(command)
        .mut_subcommands(with_our_pruning)
        .mut_arg("network_backend", |arg: Arg| arg.default_value("libp2p"))
        .mut_arg("rpc_rate_limit", |arg| {
            arg.default_value(RPC_RATE_LIMIT)
                .help(
                    "RPC rate limit (calls/minute) for each connection that is not exempt by \
                     `--rpc-rate-limit-whitelisted-ips`",
                )
                .long_help(None::<&str>)
        })
        .mut_arg("rpc_rate_limit_whitelisted_ips", |arg| {
            arg.default_values(RPC_RATE_LIMIT_EXEMPT)
                .help(
                    "Addresses without an RPC rate limit, in CIDR notation. Behind a proxy on \
                     this machine add `--rpc-rate-limit-trust-proxy-headers`, or every call counts \
                     as local",
                )
                .long_help(None::<&str>)
        })
        .mut_arg("rpc_max_batch_request_len", |arg| {
            arg.default_value(RPC_BATCH_LIMIT)
        })
        .mut_arg("rpc_methods", |arg| {
            // A proxy on the same machine makes the world look local, so `auto` is for development.
            arg.default_value("safe")
                .default_value_if("dev", "true", "auto")
        })
}

/// Describes the default of what `keep_state` in `command.rs` decides, wherever it can be given.
fn with_our_pruning(command: Command) -> Command {
    const STATE_PRUNING: &str = "state_pruning";
    if !command
        .get_arguments()
        .any(|argument| argument.get_id() == STATE_PRUNING)
    {
        return command;
    }
    command.mut_arg(STATE_PRUNING, |arg| {
        arg.help(
            "Which blocks' state to keep: `archive`, `archive-canonical` or that of the last NUMBER \
             finalised blocks. [default: archive-canonical for a new database, 256 with `--sync \
             warp` or `--sync fast`; an existing database keeps its mode]",
        )
        .long_help(None::<&str>)
    })
}

impl Cli {
    /// Reads the command line; prints what is wrong with it and exits, if anything is.
    pub(crate) fn from_command_line() -> Self {
        Self::from_args()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sc_cli::{CliConfiguration, NetworkBackendType, RpcMethods};
    use sc_service::config::RpcBatchRequestConfig;

    fn parse(arguments: &[&str]) -> Cli {
        let arguments = std::iter::once("tributary-node").chain(arguments.iter().copied());
        Cli::try_from_iter(arguments).expect("the arguments are right")
    }

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as SubstrateCli>::setup_command(<Cli as clap::CommandFactory>::command())
            .debug_assert();
    }

    #[test]
    fn the_network_backend_is_libp2p_unless_asked_otherwise() {
        let backend = |arguments: &[&str]| parse(arguments).run.network_params.network_backend;
        assert_eq!(backend(&[]), NetworkBackendType::Libp2p);
        assert_eq!(
            backend(&["--network-backend", "litep2p"]),
            NetworkBackendType::Litep2p
        );
    }

    #[test]
    fn rpc_is_limited_by_default() {
        let run = parse(&[]).run;
        assert_eq!(
            run.rpc_rate_limit().expect("valid").map(u32::from),
            Some(3_000)
        );
        assert_eq!(
            run.rpc_rate_limit_whitelisted_ips().expect("valid").len(),
            2
        );
        assert!(matches!(
            run.rpc_batch_config(),
            Ok(RpcBatchRequestConfig::Limit(128))
        ));
        assert_eq!(run.rpc_params.rpc_methods, RpcMethods::Safe);
        let endpoints = run.rpc_addr(9944).expect("valid").expect("RPC is on");
        assert!(endpoints
            .iter()
            .all(|endpoint| endpoint.listen_addr.ip().is_loopback()));
    }

    #[test]
    fn rpc_limits_can_be_changed() {
        let run = parse(&[
            "--rpc-rate-limit",
            "7",
            "--rpc-rate-limit-whitelisted-ips",
            "10.0.0.0/8",
            "--rpc-methods",
            "unsafe",
            "--rpc-disable-batch-requests",
        ])
        .run;
        assert_eq!(run.rpc_rate_limit().expect("valid").map(u32::from), Some(7));
        assert_eq!(
            run.rpc_rate_limit_whitelisted_ips().expect("valid").len(),
            1
        );
        assert_eq!(run.rpc_params.rpc_methods, RpcMethods::Unsafe);
        assert!(matches!(
            run.rpc_batch_config(),
            Ok(RpcBatchRequestConfig::Disabled)
        ));
    }

    #[test]
    fn a_development_node_serves_unsafe_methods_to_its_own_machine() {
        assert_eq!(
            parse(&["--dev"]).run.rpc_params.rpc_methods,
            RpcMethods::Auto
        );
    }

    #[test]
    fn telemetry_is_off_unless_asked() {
        let cli = parse(&["--chain", "local"]);
        let spec = cli.load_spec("local").expect("a preset");
        assert!(cli.run.telemetry_endpoints(&spec).expect("valid").is_none());
        let cli = parse(&["--telemetry-url", "wss://telemetry.example/submit 0"]);
        assert!(cli.run.telemetry_endpoints(&spec).expect("valid").is_some());
    }

    #[test]
    fn a_wrong_flag_is_refused() {
        assert!(Cli::try_from_iter(["tributary-node", "--no-such-flag"]).is_err());
        assert!(Cli::try_from_iter(["tributary-node", "--rpc-port", "many"]).is_err());
    }
}
