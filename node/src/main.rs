//! Tributary's full node and validator.
//!
//! It authors blocks by BABE, finalises them by GRANDPA, keeps them in RocksDB and talks to its peers
//! by libp2p (or litep2p, if asked; the two interoperate). What a block means is decided by the
//! runtime, which it runs as WebAssembly.
//!
//! | where | what |
//! |---|---|
//! | `cli.rs` | flags and subcommands, and where their defaults differ from the SDK's |
//! | `command.rs` | what is done for each of them |
//! | `chain_spec.rs` | the networks that it can start by name |
//! | `preflight.rs` | what is checked before a node starts, because the SDK would go on without it |
//! | `service.rs` | the node itself |
//! | `equivocation.rs` | headers as reports of equivocations need them |
//! | `rpc.rs` | RPC methods besides the SDK's own |

// The SDK's errors are large. Here they end the program.
#![allow(clippy::result_large_err)]

mod chain_spec;
mod cli;
mod command;
mod equivocation;
mod preflight;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
