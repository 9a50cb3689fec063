//! Who asks. One look-up a request: the session's or the token's.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, HOST, REFERER, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use serde_json::Value;
use tenure_app::layout::{Density, Theme};
use tenure_domain::access::{Channel, Principal, PrincipalKind};
use tenure_domain::sign_in::Stand;
use tenure_services::{App, Ctx, Proven, ServiceError, accounts};
use tenure_store::accounts::parse_roles;
use tower_sessions::Session;

use super::address::{address_of, network};
use super::cookies::{A_YEAR, DENSITY, DEVICE, THEME};
use super::error::AsksForProof;
use super::late;
use super::request_id::RequestId;
use super::routes::page_at;
use super::security::Nonce;
use super::session_store::{NOW, NowIs, WHO, Who, expiry, id_hash};
use super::stand::{self, Kept};
use super::{Failure, Web};

/// How exact the note of a session's last use is.
const TOUCH_EVERY: Duration = Duration::seconds(60);

/// Who asks, and with what looks. Everybody has one; only [`SignedIn`] says that somebody is behind it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The services' context.
    pub ctx: Ctx,
    /// The session's cookie as text, to which forms are bound; empty without a session.
    pub session_key: String,
    /// The nonce of the answer.
    pub nonce: String,
    /// The colours the person chose.
    pub theme: Theme,
    /// How close rows stand.
    pub density: Density,
    /// Whether nothing goes out to targets, because the database was restored.
    pub held: bool,
    /// Whether a sealed account is in use.
    pub alarm: bool,
    /// Path and query of the page.
    pub here: String,
    /// From where, and with which browser.
    pub came: Came,
    /// When the session ends: if nobody uses it from now on, and however much it is used. None without a session.
    pub ends: Option<Ends>,
    /// Where the session stands with what is asked of the person.
    pub stand: Stand,
    /// What a form said, for who must first show that it is them.
    pub kept: Kept,
}

/// When a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    /// If nobody uses it from now on.
    pub idle: DateTime<Utc>,
    /// However much it is used.
    pub overall: DateTime<Utc>,
}

/// From where, and with which browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Came {
    /// The address, in words.
    pub address: String,
    /// The address itself, where it is known.
    pub ip: Option<IpAddr>,
    /// The address as it is counted.
    pub network: String,
    /// As the browser calls itself.
    pub browser: String,
    /// What says as whom this browser signed in before; empty where it never did.
    pub device: String,
    /// What is to say so from now on.
    pub device_now: Arc<OnceLock<String>>,
}

impl Came {
    /// What the services are told.
    pub(crate) fn browser(&self) -> accounts::Browser<'_> {
        accounts::Browser { label: &self.browser, address: &self.address, network: &self.network, device: &self.device }
    }
}

/// A caller behind whom somebody is.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(pub Caller);

/// Finds out who asks.
pub(crate) async fn resolve(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    // As both engines keep it.
    let now = Utc::now().trunc_subsecs(6);
    let (mut session_key, mut held, mut alarm, mut ends) = (String::new(), false, false, None);
    let (mut proven, mut at) = (None, Stand::Fine);
    let came = came(&web, &request);
    let (principal, channel) = match bearer(request.headers()) {
        Some(token) => match accounts::authenticate_token_from(&web.app, &token, came.ip, now).await {
            Ok(Some(principal)) => (principal, Channel::Api),
            Ok(None) => {
                // Into the log and not into the audit log, or anybody could have that written without end.
                tracing::warn!(refused = "token", "an API token that is wrong, over or revoked was refused");
                (Principal::anonymous(), Channel::Api)
            }
            Err(error) => return refuse_token(&web, request_id(&request), now, error).await.into_response(),
        },
        None => match from_session(&web, session.as_ref(), now, &came.address, asks_by_itself(request.headers())).await {
            Ok(Some(found)) => {
                (session_key, held, alarm) = (found.key, found.is.held, found.is.alarm);
                (proven, at) = (Some(found.proven), found.stand);
                ends = Some(Ends { idle: expiry(now, found.is.ends_at, found.is.idle_minutes), overall: found.is.ends_at });
                (found.principal, Channel::Portal)
            }
            Ok(None) => (Principal::anonymous(), Channel::Portal),
            Err(response) => return response,
        },
    };
    let (theme, density) = (THEME.of(&web, request.headers()), DENSITY.of(&web, request.headers()));
    let caller = Caller {
        ctx: Ctx { app: acting(&web.app, &principal), principal, now, request_id: request_id(&request), channel, proven },
        session_key,
        nonce: request.extensions().get::<Nonce>().map(|n| n.0.clone()).unwrap_or_default(),
        theme: Theme::from_word(&theme),
        density: Density::from_word(&density),
        held,
        alarm,
        ends,
        came,
        stand: at,
        kept: Kept::of(&request),
        here: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
    };
    if matches!(caller.ctx.principal.kind, PrincipalKind::Anonymous) && channel == Channel::Portal {
        request = late::keep(&web, request, now).await;
    }
    let device_now = Arc::clone(&caller.came.device_now);
    if let Some(elsewhere) = stand::elsewhere(&caller, request.uri().path()) {
        return elsewhere;
    }
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    if response.extensions().get::<AsksForProof>().is_some() && !caller.here.starts_with("/api/") {
        response = stand::ask_for_proof(&web, &caller).await;
    }
    // It opens nothing by itself.
    if let Some(cookie) = device_now.get().and_then(|value| DEVICE.set(&web, value, A_YEAR)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn request_id(request: &Request) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// Refuses a token, and keeps it in the audit log when it came from elsewhere.
async fn refuse_token(web: &Web, request_id: String, now: DateTime<Utc>, error: ServiceError) -> Failure {
    if let ServiceError::Elsewhere(elsewhere) = &error {
        let principal = elsewhere.who.clone();
        let ctx = Ctx { app: Arc::clone(&web.app), principal, now, request_id, channel: Channel::Api, proven: None };
        if let Err(error) = accounts::note_elsewhere(&ctx, elsewhere).await {
            return error.into();
        }
    }
    error.into()
}

fn came(web: &Web, request: &Request) -> Came {
    let address = address_of(request.extensions(), request.headers(), &web.trusted_proxies);
    Came {
        address: address.map(|address| address.to_string()).unwrap_or_default(),
        ip: address,
        network: address.map(network).unwrap_or_default(),
        browser: request.headers().get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned(),
        device: DEVICE.of(web, request.headers()),
        device_now: Arc::default(),
    }
}

/// What a request works with: no change of it begins once its session or token has ended, however slowly its body comes.
fn acting(app: &Arc<App>, principal: &Principal) -> Arc<App> {
    match principal.kind {
        PrincipalKind::Person { session: credential, .. } | PrincipalKind::Token { credential_id: credential, .. } => {
            Arc::new(App { store: app.store.acting(credential), ..App::clone(app) })
        }
        _ => Arc::clone(app),
    }
}

async fn from_session(
    web: &Arc<Web>,
    session: Option<&Session>,
    now: DateTime<Utc>,
    address: &str,
    by_itself: bool,
) -> Result<Option<Found>, Response> {
    let Some(session) = session else { return Ok(None) };
    let failed = |_| Failure::unavailable().into_response();
    let Some(who) = session.get::<Who>(WHO).await.map_err(failed)? else { return Ok(None) };
    let Some(mut is) = session.get::<NowIs>(NOW).await.map_err(failed)? else { return Ok(None) };
    // Whichever comes first: what was said at sign-in, or what holds now.
    is.ends_at = is.ends_at.min(who.ends_at);
    let Some(id) = session.id() else { return Ok(None) };
    if !by_itself && now - is.last_seen_at >= TOUCH_EVERY {
        let (store, hash, expires_at) = (web.app.store.clone(), id_hash(web, &id), expiry(now, is.ends_at, is.idle_minutes));
        let address = address.to_owned();
        accounts::touch_meanwhile(async move { store.touch_session(&hash, now, expires_at, &address).await });
    }
    let principal = person(&who, &is);
    let (proven, stand) = stand::of(&who, &is, &principal, now).map_err(|_| Failure::unavailable().into_response())?;
    Ok(Some(Found { principal, key: id.to_string(), is, proven, stand }))
}

/// Somebody at a session.
struct Found {
    principal: Principal,
    /// The session's cookie as text.
    key: String,
    is: NowIs,
    proven: Proven,
    stand: Stand,
}

fn person(who: &Who, is: &NowIs) -> Principal {
    accounts::person(who.identity_id, who.session, &is.display_name, parse_roles(Some(&is.roles)), is.has_reports)
}

/// Who a loaded session stands for.
pub(super) fn person_of(data: &HashMap<String, Value>) -> Option<Principal> {
    let who: Who = serde_json::from_value(data.get(WHO)?.clone()).ok()?;
    let is: NowIs = serde_json::from_value(data.get(NOW)?.clone()).ok()?;
    Some(person(&who, &is))
}

/// The token that a program sends.
pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.trim().to_owned())
}

/// Whether an open page asks, and nobody at it: that is no use of a session, which would never idle out.
/// Whoever pretends it only shortens their own session.
fn asks_by_itself(headers: &HeaderMap) -> bool {
    let accepts = headers.get(ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accepts.starts_with("text/event-stream") || headers.contains_key("tenure-live")
}

/// Path and query of the page of ours on which a form was, as the browser says it.
pub(super) fn came_from(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let from: axum::http::Uri = text(REFERER)?.parse().ok()?;
    let ours = from.authority()?.as_str() == text(HOST)?;
    from.path_and_query().filter(|_| ours).map(ToString::to_string)
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Failure::unavailable().into_response())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.ctx.principal.kind {
            PrincipalKind::Anonymous if caller.ctx.channel == Channel::Api || parts.uri.path().starts_with("/api/") => {
                Err(Failure::unauthenticated().into_response())
            }
            PrincipalKind::Anonymous => {
                let to_sign_in = |next: &str| format!("/sign-in?next={}", tenure_app::components::encode(next));
                let to = if matches!(parts.method, Method::GET | Method::HEAD) {
                    to_sign_in(&caller.here)
                } else {
                    // A change that came too late: kept, or back to the form and told that it was not made.
                    if parts.extensions.get::<late::Lapsed>().is_some() {
                        return Err(Redirect::to(&format!("{}&kept=1", to_sign_in("/account/draft"))).into_response());
                    }
                    format!("{}&lost=1", to_sign_in(&page_at(&came_from(&parts.headers).unwrap_or_default())))
                };
                Err(Redirect::to(&to).into_response())
            }
            _ => Ok(Self(caller)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_open_page_asks_by_itself_is_no_use_of_a_session() {
        for (name, value, so) in
            [("accept", "text/event-stream", true), ("tenure-live", "1", true), ("accept", "text/html", false), ("x-other", "1", false)]
        {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(asks_by_itself(&headers), so, "{name}: {value}");
        }
    }

    #[test]
    fn only_a_page_of_ours_is_come_back_to() {
        let from = |referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "tenure.example:3000".parse().unwrap());
            headers.insert(REFERER, referer.parse().unwrap());
            came_from(&headers)
        };
        assert_eq!(from("https://tenure.example:3000/identities/new?kind=service").as_deref(), Some("/identities/new?kind=service"));
        for foreign in ["https://evil.example/roles", "https://tenure.example/roles", "/roles", "", "https://a@tenure.example:3000/roles"] {
            assert_eq!(from(foreign), None, "{foreign}");
        }
        assert_eq!(came_from(&HeaderMap::new()), None);
    }
}
