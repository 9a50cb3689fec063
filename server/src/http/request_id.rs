//! Every request has an id: in the log, in the audit events, in the answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::Web;
use super::address::address_of;

/// The id of a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub String);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request its id, and logs it.
pub(crate) async fn give(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    // Always our own: one from outside could be made to collide with another's audit events.
    let id = uuid::Uuid::now_v7().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    // The path only: a query may hold the token of a link.
    let from = address_of(request.extensions(), request.headers(), &web.trusted_proxies).map(|address| address.to_string());
    let from = from.unwrap_or_default();
    let span = tracing::info_span!("request", id, from, method = %request.method(), path = request.uri().path());
    let started = std::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), ms = started.elapsed().as_millis() as u64, "done"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
