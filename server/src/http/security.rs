//! The headers that every page has.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;

use super::Web;

/// The nonce of one answer: the loader's, and nobody else's.
#[derive(Debug, Clone)]
pub(crate) struct Nonce(pub String);

/// Two years (ASVS 5, 3.4.1 asks for one), names below this one too.
const ENCRYPTED_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Tells browsers to come by encrypted connections alone (RFC 6797), where they do: for every answer, files too.
pub(crate) async fn encrypted_only(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if web.is_secure() {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, ENCRYPTED_ONLY);
    }
    response
}

/// Sets the content policy and its companions.
pub(crate) async fn headers(mut request: Request, next: Next) -> Response {
    let random = uuid::Uuid::new_v4();
    let nonce = base64::engine::general_purpose::STANDARD_NO_PAD.encode(random.as_bytes());
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
