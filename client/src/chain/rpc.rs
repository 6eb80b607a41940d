//! A connection that waits where a node limits the rate of calls.

use std::time::Duration;

use subxt::rpcs::{
    client::{JsonrpseeRpcClient, RawRpcFuture, RawRpcSubscription, RawValue, RpcClientT},
    Error,
};

/// What a node answers to calls beyond its limit (sc-rpc-server, `middleware`).
const RATE_LIMIT_EXCEEDED: i32 = -32999;
/// How long to wait then.
const PAUSE: Duration = Duration::from_millis(500);
/// How often: a limit counts calls by the minute.
const ATTEMPTS: usize = 240;

/// A connection that repeats calls which came too fast.
pub(super) struct Patient(pub(super) JsonrpseeRpcClient);

impl RpcClientT for Patient {
    fn request_raw<'a>(
        &'a self,
        method: &'a str,
        params: Option<Box<RawValue>>,
    ) -> RawRpcFuture<'a, Box<RawValue>> {
        Box::pin(async move {
            for _ in 1..ATTEMPTS {
                match self.0.request_raw(method, params.clone()).await {
                    Err(Error::User(error)) if error.code == RATE_LIMIT_EXCEEDED => {
                        tokio::time::sleep(PAUSE).await
                    }
                    answer => return answer,
                }
            }
            self.0.request_raw(method, params).await
        })
    }

    fn subscribe_raw<'a>(
        &'a self,
        sub: &'a str,
        params: Option<Box<RawValue>>,
        unsub: &'a str,
    ) -> RawRpcFuture<'a, RawRpcSubscription> {
        self.0.subscribe_raw(sub, params, unsub)
    }
}
