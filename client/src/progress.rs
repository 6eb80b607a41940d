//! Progress of long work, on standard error. Hidden where nobody looks (no terminal).

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts to `length` things.
pub(crate) fn bar(length: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:28} {wide_bar} {pos}/{len} {eta}")
        .expect("the template is well-formed; qed");
    ProgressBar::new(length)
        .with_style(style)
        .with_message(what.to_owned())
}

/// A bar that counts to `length` bytes.
pub(crate) fn bytes(length: u64, what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg:28} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}")
            .expect("the template is well-formed; qed");
    ProgressBar::new(length)
        .with_style(style)
        .with_message(what.to_owned())
}

/// Something that takes its time.
pub(crate) fn spinner(what: impl Into<String>) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(what.into());
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}
