#![doc = include_str!("../README.md")]

mod agreement;
mod asset;
mod breakdown;
mod cache;
mod chain;
mod cli;
mod commands;
mod concluded;
mod contest;
mod context;
mod earners;
mod evidence;
mod exported;
mod failure;
mod fairness;
mod files;
mod finding;
mod gather;
mod hosting;
mod keys;
mod ledger;
mod money;
mod origin;
mod output;
mod pool;
mod progress;
mod publication;
mod quality;
mod quantise;
mod records;
mod references;
mod round;
mod royalties;
mod scheme;
mod signing;
mod state;
mod valuation;
mod valued;

use std::{future::Future, pin::Pin, process::ExitCode};

use anyhow::Result;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::read();
    let json = cli.json;
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if json {
                eprintln!("{:#}", failure::object(&error));
            } else {
                eprintln!("{}", failure::text(&error));
            }
            failure::exit_code(&error).into()
        }
    }
}

/// Does what was asked. In a box and on its own, so that all commands are not compiled once for each way in which the executor waits.
#[inline(never)]
fn run(cli: cli::Cli) -> Pin<Box<dyn Future<Output = Result<()>>>> {
    Box::pin(cli.run())
}
