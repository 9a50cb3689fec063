//! What is answered: JSON, with version and address where there are.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::ask::{Asked, etag};

/// A body of JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(text) => (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            crate::http::Failure::unavailable().into_response()
        }
    }
}

/// What was asked for.
pub(super) fn found(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

/// What was asked for, with its version; 304 when who asks has it already.
pub(super) fn versioned<Q>(asked: &Asked<Q>, version: i64, body: &impl Serialize) -> Response {
    let tag = etag(version);
    let answer = if asked.has(&tag) { StatusCode::NOT_MODIFIED.into_response() } else { found(body) };
    with(answer, header::ETAG, &tag)
}

/// As it is now, with its version.
pub(super) fn changed(version: i64, body: &impl Serialize) -> Response {
    with(found(body), header::ETAG, &etag(version))
}

/// What was made, with its address.
pub(super) fn created(location: &str, body: &impl Serialize) -> Response {
    with(json(StatusCode::CREATED, body), header::LOCATION, location)
}

/// It is done, and there is nothing to say.
pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// With a header; one that cannot be sent is left out.
pub(super) fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// The answer shows a secret, this one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShownOnce;

/// Marks an answer that shows a secret: it is never kept.
pub(super) fn shown_once(mut response: Response) -> Response {
    response.extensions_mut().insert(ShownOnce);
    response
}
