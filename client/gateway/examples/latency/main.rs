//! What a gateway adds to the time that a model takes.
//!
//! ```text
//! latency [RATE [SECONDS [CHANNELS]]]      1,000 calls a second for 20 seconds through 100 channels unless it is said otherwise
//! ```
//!
//! Three processes: a model that answers at once, a gateway with its receipts on disk, and this one, which calls at a fixed rate, the model
//! itself first, then the gateway, then the model again. A call's time runs from the moment at which it should be sent, so that one that waits
//! for another counts.

mod caller;
mod servers;

use std::{
    env,
    error::Error,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The first argument of the other two processes.
const MODEL: &str = "serve-model";
const GATEWAY: &str = "serve-gateway";

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Runtime::new()?;
    match words[..] {
        [MODEL] => runtime.block_on(servers::model()),
        [GATEWAY, model, channels] => {
            runtime.block_on(servers::gateway(model.parse()?, channels.parse()?))
        }
        _ => {
            let number = |place: usize, default: u64| match words.get(place) {
                Some(word) => word.parse(),
                None => Ok(default),
            };
            let load = caller::Load {
                rate: number(0, 1_000)?,
                seconds: number(1, 20)?,
                channels: number(2, 100)?,
            };
            runtime.block_on(measure(&load))
        }
    }
}

/// A process that ends with this one.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts this program again with other arguments; the first line that it prints is its address.
    fn start(arguments: &[&str]) -> Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("it has an output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self {
            address: line.trim().parse()?,
            process,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn measure(load: &caller::Load) -> Result<()> {
    let model = Server::start(&[MODEL])?;
    let channels = load.channels.to_string();
    let gateway = Server::start(&[GATEWAY, &model.address.to_string(), &channels])?;
    println!(
        "{} calls a second for {} s through {} channels, in milliseconds",
        load.rate, load.seconds, load.channels
    );
    println!(
        "{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}{:>14}",
        "", "p50", "p90", "p99", "p99.9", "longest", "calls/s made"
    );
    let before = row("model", load.directly(model.address).await?);
    let through = row("gateway", load.through(gateway.address).await?);
    let after = row("model", load.directly(model.address).await?);
    let direct = before.max(after);
    let least = before.min(after);
    println!(
        "the gateway adds {:.2} to {:.2} ms to the 99th percentile",
        milliseconds(through.saturating_sub(direct)),
        milliseconds(through.saturating_sub(least))
    );
    Ok(())
}

/// Prints what calls took, and returns the 99th percentile.
fn row(name: &str, mut taken: caller::Taken) -> Duration {
    taken.times.sort_unstable();
    let times = &taken.times;
    // The smallest time that so many of a thousand calls do not exceed.
    let at = |thousandth: usize| {
        let place = (times.len() * thousandth).div_ceil(1_000).max(1) - 1;
        times.get(place).copied().unwrap_or_default()
    };
    let columns = [500, 900, 990, 999, 1_000].map(|one| format!("{:>10.2}", milliseconds(at(one))));
    println!(
        "{name:<16}{}{:>14.0}",
        columns.concat(),
        times.len() as f64 / taken.clock.as_secs_f64()
    );
    at(990)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
