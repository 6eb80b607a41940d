//! Channels with both of their sides: right calls, wrong ones, and crashes.

mod answers;
mod audit;
mod calls;
mod kept;
mod killed;
mod random;
mod restored;
mod support;
mod vouchers;
mod windows;
