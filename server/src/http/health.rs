//! For those who watch the process.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use tenure_store::StoreError;

use super::{Route, Web, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/healthz", alive).public().plain(),
        get("/readyz", ready).public().plain(),
        // For whom, it decides itself.
        get("/metrics", metrics).public().plain(),
    ]
}

/// Whether the process lives.
async fn alive() -> &'static str {
    "ok\n"
}

/// Whether requests can be served: the database answers. Also while nothing goes out, which it says.
async fn ready(State(web): State<Arc<Web>>) -> Response {
    let answer = async {
        let mut tx = web.app.store.read().await?;
        Ok::<_, StoreError>((tx.instance().await?, tx.open_restore().await?))
    };
    match answer.await {
        Ok((Some(_), None)) => "ready\n".into_response(),
        Ok((Some(_), Some(_))) => "ready; restored database: nothing goes out to targets until somebody has looked\n".into_response(),
        Ok((None, _)) => (StatusCode::SERVICE_UNAVAILABLE, "the database is empty\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// The numbers, for this machine and for whom configuration allows.
async fn metrics(State(web): State<Arc<Web>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: HeaderMap) -> Response {
    if may_watch(peer.ip().to_canonical(), &headers, &web.metrics_allow) {
        web.metrics.render().into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Whether somebody may read the numbers. What a proxy on this machine passes on comes from anywhere,
/// whatever the address of its connection says.
fn may_watch(ip: IpAddr, headers: &HeaderMap, allowed: &[IpAddr]) -> bool {
    let passed_on = ["forwarded", "x-forwarded-for", "via"].iter().any(|name| headers.contains_key(*name));
    !passed_on && (ip.is_loopback() || allowed.contains(&ip))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn the_numbers_are_for_this_machine_and_not_for_whom_a_proxy_on_it_speaks() {
        let (here, other): (IpAddr, IpAddr) = ("127.0.0.1".parse().unwrap(), "192.0.2.7".parse().unwrap());
        let none = HeaderMap::new();
        assert!(may_watch(here, &none, &[]) && may_watch(other, &none, &[other]));
        assert!(!may_watch(other, &none, &[here]));
        for name in ["forwarded", "x-forwarded-for", "via"] {
            let headers = HeaderMap::from_iter([(HeaderName::from_static(name), "127.0.0.1".parse().unwrap())]);
            assert!(!may_watch(here, &headers, &[]) && !may_watch(other, &headers, &[other]), "{name}");
        }
    }
}
