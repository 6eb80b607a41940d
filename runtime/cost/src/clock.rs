//! Processor time of this thread: what other programs do meanwhile does not count.

use rustix::time::{clock_gettime, ClockId};
use serde_json::{json, Value};
use std::time::Duration;

/// What this thread has used of the processor so far.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// What `work` comes to, and how many microseconds of the processor it takes.
pub(crate) fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let begin = now();
    let result = work();
    (result, (now() - begin).as_secs_f64() * 1e6)
}

/// Repeated measurements of one thing, in microseconds.
#[derive(Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// The value that a share of the samples does not exceed.
    fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[((sorted.len() - 1) as f64 * share).round() as usize]
    }

    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Median and quartiles of each of `count` parts, after `base` has been taken from the whole.
    pub(crate) fn per(&self, base: f64, count: usize) -> Value {
        let [low, median, high] =
            [0.25, 0.5, 0.75].map(|share| (self.quantile(share) - base) / count as f64);
        json!({ "median": median, "low": low, "high": high })
    }
}
