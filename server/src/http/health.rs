//! For those who watch the process.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Web;

pub(super) fn router(web: Arc<Web>) -> Router {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).route("/metrics", get(metrics)).with_state(web)
}

/// Whether requests can be served: the database answers.
async fn ready(State(web): State<Arc<Web>>) -> Response {
    let answer = async { web.app.store.read().await?.instance().await };
    match answer.await {
        Ok(Some(_)) => "ready\n".into_response(),
        Ok(None) => (StatusCode::SERVICE_UNAVAILABLE, "the database is empty\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// The numbers, for this machine and for whom configuration allows.
async fn metrics(State(web): State<Arc<Web>>, ConnectInfo(peer): ConnectInfo<SocketAddr>) -> Response {
    let ip = peer.ip().to_canonical();
    if ip.is_loopback() || web.metrics_allow.contains(&ip) {
        web.metrics.render().into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}
