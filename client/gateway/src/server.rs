//! The HTTP server.

use std::{future::Future, net::TcpListener, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    Json, Router,
};
use axum_server::{accept::NoDelayAcceptor, tls_rustls::RustlsConfig, Handle};
use serde_json::{json, Value};
use thiserror::Error;
use tokio::{sync::watch, time::timeout};
use tributary_channel::Totals;
use tributary_primitives::ids::ChannelId;

use crate::{
    calls::{call, last_voucher},
    gateway::{hash, Gateway},
    install_cryptography,
    refused::Refused,
    settling::{follow_blocks, settle_when_due},
};

/// What every route is and says.
const DESCRIPTION: &str = include_str!("openapi.json");

/// How long the chain is waited for before calls come in.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the server did not start, or ended.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Certificate or key.
    #[error("the certificate or its key cannot be used: {0}")]
    Tls(std::io::Error),
    /// The network.
    #[error("the server failed: {0}")]
    Network(#[from] std::io::Error),
}

/// Answers calls until `stop`, then those that have begun.
///
/// Everything is on disk by then: what is not settled is settled when the server runs again, or by [`crate::settle`].
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    install_cryptography();
    listener.set_nonblocking(true)?;
    let tls = match &gateway.configuration.tls {
        Some(files) => {
            let loaded = RustlsConfig::from_pem_file(&files.certificate, &files.key).await;
            Some(loaded.map_err(ServeError::Tls)?)
        }
        None => None,
    };
    // So that the first calls are not refused. If the chain does not answer, it is asked again while the server runs.
    let first = async {
        if let Ok(block) = gateway.chain.block().await {
            gateway.clock.see(block);
        }
        gateway.refresh().await
    };
    if !matches!(timeout(PATIENCE, first).await, Ok(Ok(()))) {
        tracing::warn!("the chain has not said yet how far channels are");
    }
    let (stopped, tasks_stop) = watch::channel(false);
    let tasks = [
        tokio::spawn(follow_blocks(gateway.clone(), tasks_stop.clone())),
        tokio::spawn(settle_when_due(gateway.clone(), tasks_stop)),
    ];

    let handle = Handle::new();
    let stopping = handle.clone();
    let patience = Duration::from_secs(gateway.configuration.limits.call_seconds);
    tokio::spawn(async move {
        stop.await;
        stopping.graceful_shutdown(Some(patience));
    });
    let service = routes(gateway.clone()).into_make_service();
    let outcome = match tls {
        Some(tls) => {
            let server = axum_server::from_tcp_rustls(listener, tls)?;
            server.handle(handle).serve(service).await
        }
        None => {
            let server = axum_server::from_tcp(listener)?;
            let server = server.acceptor(NoDelayAcceptor::new());
            server.handle(handle).serve(service).await
        }
    };
    // Answers that nobody waits for are owed all the same; what takes longer than a call may is given up.
    let _ = timeout(patience, gateway.answering.closed()).await;
    // Those who wait for it are gone if this fails.
    let _ = stopped.send(true);
    for task in tasks {
        if let Err(error) = task.await {
            tracing::error!("a task ended early: {error}");
        }
    }
    Ok(outcome?)
}

fn routes(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(description))
        .route("/v1/channels/{channel}", get(channel))
        .route("/v1/channels/{channel}/voucher", post(last_voucher))
        .fallback(call)
        .with_state(gateway)
}

async fn health(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.ready() {
        Ok(block) => Json(json!({ "status": "answers", "block": block })).into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.metrics.text(&gateway.levels()) {
        Ok(text) => {
            let kind = (header::CONTENT_TYPE, prometheus::TEXT_FORMAT);
            ([kind], text).into_response()
        }
        Err(error) => {
            tracing::error!("metrics cannot be written: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}

/// What is known of a channel, so that a consumer finds out where its host is.
async fn channel(State(gateway): State<Arc<Gateway>>, Path(channel): Path<ChannelId>) -> Response {
    let Some(status) = gateway.host.status(channel) else {
        let message = format!("channel {channel} is not known here");
        return Refused::new(StatusCode::NOT_FOUND, "unknown_channel", message).into_response();
    };
    Json(json!({
        "channel": channel,
        "model": status.terms.model,
        "window": status.terms.window,
        "answered": totals(&status.answered),
        "paid": totals(&status.paid),
        "settled": totals(&status.settled),
        "under_way": status.under_way,
        "left": status.left,
    }))
    .into_response()
}

fn totals(totals: &Totals) -> Value {
    json!({
        "calls": totals.count,
        "units": totals.units,
        "amount": totals.amount.to_string(),
        "root": hash(totals.root),
    })
}
