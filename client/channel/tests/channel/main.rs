//! Channels with both of their sides: right calls, wrong ones, and crashes.

mod answers;
mod calls;
mod kept;
mod killed;
mod random;
mod support;
mod vouchers;
mod windows;
