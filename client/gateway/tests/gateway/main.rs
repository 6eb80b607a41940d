//! A gateway with a chain that is none, and a model that is a counter.

mod calls;
mod killed;
mod limits;
mod refusals;
mod settling;
mod support;
mod tls;
mod vectors;
