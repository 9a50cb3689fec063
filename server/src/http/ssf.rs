//! Shared signals (OpenID SSF 1.0): what this transmitter is, what its receivers fetch and ask (RFC 8936), and where
//! trusted transmitters send their tokens (RFC 8935).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde::Deserialize;
use serde_json::{Value, json};
use tenure_domain::id::SignalReceiverId;
use tenure_domain::signal::{ReceiverKind, SignalKind};
use tenure_services::signals::{MOST_SET_BYTES, Polled, SetError, jwks, own_streams, poll, take_set, verify_stream};
use tenure_services::{Ctx, ServiceError, accounts};
use tenure_store::signals::ReceiverRow;
use tokio::sync::Semaphore;

use super::auth::bearer;
use super::{Caller, Failure, Reply, Route, SignedIn, Unread, Web, Whole, get, post};

/// How long somebody may wait for something to come.
const LONGEST: Duration = Duration::from_secs(20);
/// How often it is looked whether something came.
const LOOK: Duration = Duration::from_millis(500);
/// So many may wait at once in a process; others are answered at once.
static WAITING: Semaphore = Semaphore::const_new(64);

/// Where this transmitter says what it is (SSF 1.0, 7.2).
const CONFIGURATION: &str = "/.well-known/ssf-configuration";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(CONFIGURATION, configuration).public().plain(),
        get("/api/ssf/v1/jwks", keys).public().plain(),
        get("/api/ssf/v1/stream", stream),
        get("/api/ssf/v1/status", status),
        post("/api/ssf/v1/verify", verify),
        post("/api/ssf/v1/poll/{stream}", fetch),
        // By the token of a transmitter, which is nobody's session: the service looks at it.
        post("/api/ssf/v1/events", take).public().plain(),
    ]
}

async fn configuration(State(web): State<Arc<Web>>) -> Json<Value> {
    let at = |path: &str| format!("{}/api/ssf/v1/{path}", web.origin);
    Json(json!({
        "spec_version": "1_0",
        "issuer": web.origin,
        "jwks_uri": at("jwks"),
        "delivery_methods_supported": [method(ReceiverKind::Push), method(ReceiverKind::Poll)],
        "configuration_endpoint": at("stream"),
        "status_endpoint": at("status"),
        "verification_endpoint": at("verify"),
        "authorization_schemes": [{ "spec_urn": "urn:ietf:rfc:6750" }],
        "default_subjects": "ALL",
    }))
}

const fn method(kind: ReceiverKind) -> &'static str {
    if matches!(kind, ReceiverKind::Poll) { "urn:ietf:rfc:8936" } else { "urn:ietf:rfc:8935" }
}

async fn keys(State(web): State<Arc<Web>>) -> Response {
    ([(header::CONTENT_TYPE, "application/jwk-set+json")], jwks(&web.app.keys).to_string()).into_response()
}

/// Who asks, by a token: a session has no streams.
fn by_token(caller: Caller) -> Result<Ctx, Failure> {
    if caller.ctx.principal.is_token() { Ok(caller.ctx) } else { Err(Failure::needs_token()) }
}

#[derive(Deserialize)]
struct Which {
    stream_id: Option<String>,
}

async fn stream(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Query(which): Query<Which>) -> Reply {
    let ctx = by_token(caller)?;
    let mine = own_streams(&ctx).await?;
    let shown = |row: &ReceiverRow| configured(&web.origin, row);
    // One where it is named, all where it is not (SSF 1.0, 8.1.1.2).
    Ok(match which.stream_id {
        Some(id) => Json(mine.iter().find(|row| row.id.to_string() == id).map(shown).ok_or_else(Failure::not_found)?).into_response(),
        None => Json(Value::Array(mine.iter().map(shown).collect())).into_response(),
    })
}

fn configured(origin: &str, row: &ReceiverRow) -> Value {
    let supported: Vec<String> =
        SignalKind::ALL.iter().filter(|kind| kind.is_security_event()).filter_map(|kind| kind.event_uri()).collect();
    let asked: Vec<String> = row.kinds().iter().filter_map(|kind| kind.event_uri()).collect();
    let at = if row.kind == ReceiverKind::Poll { format!("{origin}/api/ssf/v1/poll/{}", row.id) } else { row.url.clone() };
    json!({
        "stream_id": row.id,
        "iss": origin,
        "aud": row.audience,
        "delivery": { "method": method(row.kind), "endpoint_url": at },
        "events_supported": supported,
        "events_requested": asked,
        "events_delivered": asked,
        "description": row.name,
    })
}

async fn status(SignedIn(caller): SignedIn, Query(which): Query<Which>) -> Reply {
    let mine = own_streams(&by_token(caller)?).await?;
    let row = mine.iter().find(|row| which.stream_id.as_deref() == Some(row.id.to_string().as_str())).ok_or_else(Failure::not_found)?;
    let mut answer = json!({ "stream_id": row.id, "status": row.state });
    if !row.said.is_empty() {
        answer["reason"] = json!(row.said);
    }
    Ok(Json(answer).into_response())
}

#[derive(Deserialize)]
struct Verification {
    stream_id: String,
    state: Option<String>,
}

async fn verify(SignedIn(caller): SignedIn, body: Bytes) -> Reply {
    let ctx = by_token(caller)?;
    let asked: Verification = read(&body)?;
    if verify_stream(&ctx, id(&asked.stream_id)?, asked.state.as_deref()).await? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    // SSF 1.0, 8.1.4.2.
    let words = "A verification that you asked for before still waits in this stream. Take that one first.";
    let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "One at a time", words);
    Ok(([(header::RETRY_AFTER, "20")], failure).into_response())
}

fn id(text: &str) -> Result<SignalReceiverId, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

fn read<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, "Not understood", format!("The body is not what is expected: {error}.")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Poll {
    max_events: Option<i64>,
    #[serde(default)]
    return_immediately: bool,
    #[serde(default)]
    ack: Vec<String>,
    #[serde(default)]
    set_errs: BTreeMap<String, Wrong>,
}

#[derive(Deserialize)]
struct Wrong {
    err: String,
    #[serde(default)]
    description: String,
}

/// As many acknowledgements and errors at most in one request: each is a write.
const MOST_ANSWERS: usize = 1_000;

/// Answers with what there is, or waits a while for something to come (RFC 8936, 2.4). Whoever waits is looked at again
/// each time: who was ended hears no more.
async fn fetch(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(stream): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let from = caller.came.ip;
    let mut ctx = by_token(caller)?;
    let id = id(&stream)?;
    let asked: Poll = read(&body)?;
    if asked.ack.len() + asked.set_errs.len() > MOST_ANSWERS {
        let words = "Send at most 1,000 of `ack` and `setErrs` in one request, and the others in the next one.";
        return Err(Failure::new(StatusCode::BAD_REQUEST, "Too many", words));
    }
    let wrong = |(jti, wrong): (String, Wrong)| SetError { jti, err: wrong.err, description: wrong.description };
    let waits = !asked.return_immediately && asked.max_events != Some(0);
    let mut polled = Polled { max_events: asked.max_events, ack: asked.ack, set_errs: asked.set_errs.into_iter().map(wrong).collect() };
    let mut fetched = poll(&ctx, id, &polled, &web.origin).await?;
    // What was acknowledged is.
    polled = Polled { max_events: polled.max_events, ..Polled::default() };
    let until = tokio::time::Instant::now() + LONGEST;
    let seat = if waits && fetched.sets.is_empty() { WAITING.try_acquire().ok() } else { None };
    while seat.is_some() && fetched.sets.is_empty() && tokio::time::Instant::now() < until && !web.live.is_over() {
        tokio::time::sleep(LOOK).await;
        let now = Utc::now();
        let token = bearer(&headers).unwrap_or_default();
        ctx.principal = accounts::authenticate_token_from(&web.app, &token, from, now).await?.ok_or_else(Failure::unauthenticated)?;
        ctx.now = now;
        fetched = poll(&ctx, id, &polled, &web.origin).await?;
    }
    Ok(Json(json!({ "sets": fetched.sets, "moreAvailable": fetched.more_available })).into_response())
}

/// Takes a token: 202 when it is taken, also when it was before; else the error by its name (RFC 8935, 2.2 and 2.3).
async fn take(State(web): State<Arc<Web>>, headers: HeaderMap, body: Result<Whole<{ MOST_SET_BYTES }>, Unread>) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != "application/secevent+jwt" {
        return refused(400, "invalid_request", "send it as application/secevent+jwt");
    }
    let body = match body {
        Ok(Whole(body)) => body,
        Err(Unread::TooLarge) => return refused(400, "invalid_request", "it is not a token, or longer than 64 KiB"),
        Err(why) => return why.into_response(),
    };
    let Ok(token) = std::str::from_utf8(&body) else {
        return refused(400, "invalid_request", "it is not a token, or longer than 64 KiB");
    };
    match take_set(&web.app, &bearer(&headers).unwrap_or_default(), token.trim(), Utc::now()).await {
        Ok(Ok(())) => StatusCode::ACCEPTED.into_response(),
        Ok(Err(refusal)) => refused(refusal.status, refusal.err, &refusal.description),
        Err(ServiceError::Conflict(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "somebody else changed it at the same moment; send it again\n")
                .into_response()
        }
        Err(error) => Failure::from(error).into_response(),
    }
}

fn refused(status: u16, err: &str, description: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = Json(json!({ "err": err, "description": description }));
    (status, [(header::CONTENT_LANGUAGE, "en")], Said, body).into_response()
}

/// The answer has words of its own, in the form that its protocol asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said;

impl axum::response::IntoResponseParts for Said {
    type Error = std::convert::Infallible;
    fn into_response_parts(self, mut parts: axum::response::ResponseParts) -> Result<axum::response::ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
