//! Idempotency keys: a POST that is sent twice with the same key is carried out once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use sha2::{Digest as _, Sha256};
use tenure_services::App;
use tenure_services::people::MAX_UPLOAD;
use tenure_store::idempotency::{Claim, KeptAnswer, Known};
use tenure_store::{Store, StoreError};

use super::answer::ShownOnce;
use super::imports::{UploadPlace, is_csv};
use crate::http::problem::Fault;
use crate::http::{Caller, Failure, Web, limits};

/// The header.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that the answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The headers of an answer that belong to it.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];
/// Well below the time after which somebody else may take a claim over.
const RENEWED_EVERY: Duration = Duration::from_secs(60);
/// A larger answer is not kept.
const LARGEST: usize = 1 << 20;

/// Lets a request with a key pass once.
pub(in crate::http) async fn once(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    // Whoever may only read changes nothing, twice as well.
    let may_claim = |caller: &Caller| caller.ctx.principal.is_token() && caller.ctx.principal.may_write();
    let concerned = request.method() == Method::POST && request.uri().path().starts_with("/api/v1/");
    let caller = request.extensions().get::<Caller>().cloned().filter(may_claim);
    let Some(caller) = caller.filter(|_| concerned && request.headers().contains_key(KEY)) else { return next.run(request).await };
    match keyed(&web, caller, request, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

/// The key of a request: 1 to 255 visible characters.
fn key(headers: &HeaderMap) -> Result<String, Failure> {
    let mut all = headers.get_all(KEY).iter();
    let text = all.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    if all.next().is_none() && (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    let words = "an idempotency key has 1 to 255 visible characters of ASCII, and there is one of it";
    Err(super::ask::bad_parameter("Idempotency-Key", words))
}

/// What makes a request the same: method, address and body.
pub(in crate::http) fn request_hash(method: &str, uri: &str, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), uri.as_bytes(), body] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

async fn keyed(web: &Arc<Web>, mut caller: Caller, request: Request, next: Next) -> Result<Response, Failure> {
    let key = key(request.headers())?;
    let Some(principal) = caller.ctx.principal.identity_id() else { return Err(Failure::unauthenticated()) };
    let (mut parts, body) = request.into_parts();
    let body = if is_file(&parts) {
        parts.extensions.insert(UploadPlace::take(web, &caller).await?);
        to_bytes(body, MAX_UPLOAD).await.map_err(|_| Failure::too_large())?
    } else {
        let read = tokio::time::timeout(web.form_time, to_bytes(body, limits::FORM)).await;
        read.map_err(|_| Failure::cut_off())?.map_err(|_| Failure::too_large())?
    };
    let hash = request_hash(parts.method.as_str(), &parts.uri.to_string(), &body);
    let claim = Claim { principal, key, claim: uuid::Uuid::now_v7() };
    let store = web.app.store.clone();
    let known = store.claim_key(&claim, &hash, caller.ctx.now).await.map_err(tenure_services::ServiceError::from)?;
    match known {
        Known::Claimed => {}
        other => return again(other),
    }
    // What it commits fulfils the claim, in the same transaction.
    caller.ctx.app = Arc::new(App { store: caller.ctx.app.store.fulfilling(claim.clone()), ..App::clone(&web.app) });
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(caller);
    // It goes on when who asked is gone: a change that was begun has its answer kept.
    let (kept, whose) = (store.clone(), claim.clone());
    let answered = tokio::spawn(async move {
        // Side by side: what is carried out may hold the one connection that writes.
        let response = tokio::select! {
            response = next.run(request) => response,
            response = renew(&store, &claim) => response,
        };
        keep(&store, &claim, response).await
    });
    match answered.await {
        Ok(answer) => answer,
        Err(error) => {
            // Where it was carried out all the same, it stays so.
            kept.release_key(&whose).await.unwrap_or_else(broken);
            if error.is_panic() {
                std::panic::resume_unwind(error.into_panic());
            }
            Err(Failure::unavailable())
        }
    }
}

/// Says each minute that a claim is being carried out; never answers.
async fn renew(store: &Store, claim: &Claim) -> Response {
    loop {
        tokio::time::sleep(RENEWED_EVERY).await;
        store.renew_claim(claim, Utc::now()).await.unwrap_or_else(broken);
    }
}

fn broken(error: StoreError) {
    tracing::error!(%error, "an idempotency key or its answer could not be kept");
}

/// Whether the body is a file that is taken in.
fn is_file(parts: &Parts) -> bool {
    parts.uri.path().starts_with("/api/v1/imports/") && is_csv(&parts.headers)
}

/// The answer to a key that is known.
fn again(known: Known) -> Result<Response, Failure> {
    let fault = |words: &str| vec![Fault::parameter("Idempotency-Key", words)];
    let conflict = |words: &'static str| Err(Failure::new(StatusCode::CONFLICT, "This key is not free", words).at(fault(words)));
    match known {
        Known::Claimed | Known::Running => conflict("The same request is being carried out. Ask again in a moment."),
        Known::CarriedOut => conflict(
            "This request was carried out, but its answer was lost. Nothing was done again: look at what it was about, or at the audit log.",
        ),
        Known::OtherRequest => {
            let words = "This key came with another request before: take a new one for each request.";
            Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "This key is not free", words).at(fault(words)))
        }
        Known::Answered(KeptAnswer { status, body: Some(body), headers }) => Ok(restored(status, body, &headers)),
        Known::Answered(_) => conflict(
            "This request was carried out, and its answer was shown. It is not kept, as it held a secret or was too large; nothing was done again.",
        ),
    }
}

fn restored(status: i32, body: String, headers: &str) -> Response {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let mut response = (status, body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    let kept: Vec<(String, String)> = serde_json::from_str(headers).unwrap_or_default();
    for (name, value) in kept {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Keeps an answer. A request that was refused gives its key free, unless something was carried out all the same: who
/// asks mends it and sends it again, and is judged anew.
async fn keep(store: &Store, claim: &Claim, response: Response) -> Result<Response, Failure> {
    if !response.status().is_success() {
        store.release_key(claim).await.unwrap_or_else(broken);
        return Ok(response);
    }
    let is_secret = response.extensions().get::<ShownOnce>().is_some();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Failure::unavailable())?;
    let headers: Vec<(&str, &str)> =
        KEPT.iter().filter_map(|name| Some((name.as_str(), parts.headers.get(name)?.to_str().ok()?))).collect();
    let kept = KeptAnswer {
        status: i32::from(parts.status.as_u16()),
        body: std::str::from_utf8(&body).ok().filter(|text| !is_secret && text.len() <= LARGEST).map(str::to_owned),
        headers: serde_json::to_string(&headers).unwrap_or_default(),
    };
    store.keep_answer(claim, &kept).await.unwrap_or_else(broken);
    Ok(Response::from_parts(parts, Body::from(body)))
}
