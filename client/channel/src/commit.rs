//! What is there once it is on disk.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot;

use crate::store::StoreError;

/// Becomes something once it is on disk. Not waiting for it changes nothing of that.
#[must_use = "what is not yet on disk must not leave"]
#[derive(Debug)]
pub struct Commit<T, E>(oneshot::Receiver<Result<T, E>>);

pub(crate) type Reply<T, E> = oneshot::Sender<Result<T, E>>;

impl<T, E: From<StoreError>> Commit<T, E> {
    pub(crate) fn new() -> (Reply<T, E>, Self) {
        let (reply, outcome) = oneshot::channel();
        (reply, Self(outcome))
    }

    /// Waits, on a thread that may be blocked. Within an asynchronous task, `.await` it instead.
    pub fn wait(self) -> Result<T, E> {
        self.0
            .blocking_recv()
            .unwrap_or(Err(StoreError::Closed.into()))
    }
}

impl<T, E: From<StoreError>> Future for Commit<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|outcome| outcome.unwrap_or(Err(StoreError::Closed.into())))
    }
}
