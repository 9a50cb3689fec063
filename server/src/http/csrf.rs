//! A change comes from our own pages, and from the very session that it changes for.

use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use tenure_app::components::Query;
use tenure_domain::id::Id;

use super::{Caller, Failure, Web, read_whole};

/// Refuses changes that another site started. Browsers say where a request comes from by
/// `Sec-Fetch-Site`, older ones by `Origin`; a program with a token sends neither.
pub(crate) async fn same_origin(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(&web, request.headers()) {
        next.run(request).await
    } else {
        tracing::warn!(refused = "foreign", "a change that another site began was refused");
        Failure::foreign_form().into_response()
    }
}

fn is_ours(web: &Web, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let own_host = |origin: &str| {
        origin == web.origin
            || text(HOST.as_str()).is_some_and(|host| origin == format!("http://{host}") && web.origin.starts_with("http://"))
    };
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some("same-origin"), origin) => origin.is_none_or(own_host),
        (Some(_), _) => false,
        (None, Some(origin)) => own_host(origin),
        // No browser: only a token may come without both; a cookie alone is not enough.
        (None, None) => headers.contains_key(AUTHORIZATION) || !headers.contains_key(axum::http::header::COOKIE),
    }
}

/// The token of a session's forms. It differs each time, so that compression tells nothing of it
/// (BREACH), and is bound to the session by a keyed hash.
pub(crate) fn form_token(web: &Web, session_key: &str) -> String {
    let salt = uuid::Uuid::new_v4().simple().to_string();
    let tag = web.app.keys.form_token().tag_fields(&[b"form", session_key.as_bytes(), salt.as_bytes()]);
    format!("{salt}.{tag}")
}

/// A key for what one form makes, from the token that it was sent with and that was checked.
fn form_key(token: &str) -> uuid::Uuid {
    let hash = Sha256::digest(token.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

pub(super) fn is_token_of(web: &Web, session_key: &str, token: &str) -> bool {
    let Some((salt, tag)) = token.split_once('.') else { return false };
    let Ok(tag) = tag.parse() else { return false };
    web.app.keys.form_token().verify_fields(&[b"form", session_key.as_bytes(), salt.as_bytes()], &tag).is_ok()
}

/// Checks the token of a form that came with a session. Without a session there is nothing that a
/// foreign form could misuse.
pub(crate) fn check_token(web: &Web, caller: &Caller, token: Option<&str>) -> Result<(), Failure> {
    if caller.session_key.is_empty() || token.is_some_and(|token| is_token_of(web, &caller.session_key, token)) {
        Ok(())
    } else {
        Err(Failure::stale_form())
    }
}

/// A form that was sent, its token checked. Fields keep their order, and may repeat.
#[derive(Debug)]
pub(crate) struct Posted(pub Query);

impl Posted {
    /// A field without outer blanks; empty when it was not sent.
    pub(crate) fn text(&self, name: &str) -> String {
        self.0.get(name).unwrap_or_default().trim().to_owned()
    }

    /// A field as it was typed.
    pub(crate) fn raw(&self, name: &str) -> String {
        self.0.get(name).unwrap_or_default().to_owned()
    }

    /// All values of a field.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.all(name).map(str::to_owned).collect()
    }

    /// A field as something; None when it is empty or is not one.
    pub(crate) fn parse<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// The key of what this form makes. Its token is another each time that its page is made, so the same token is the
    /// same form, sent again. A program has none, and means each of its requests.
    pub(crate) fn once<I: Id>(&self, caller: &Caller) -> Option<I> {
        let token = self.0.get("_token").filter(|_| !caller.session_key.is_empty())?;
        Some(I::from_uuid(form_key(token)))
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }
}

impl FromRequest<Arc<Web>> for Posted {
    type Rejection = Response;
    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        let caller = request.extensions().get::<Caller>().cloned().ok_or_else(|| Failure::unavailable().into_response())?;
        let fields = read(request, web).await?;
        check_token(web, &caller, fields.get("_token")).map_err(|failure| {
            tracing::warn!(refused = "form-token", "a form without the token of its session was refused");
            failure.into_response()
        })?;
        caller.kept.keep(&fields);
        Ok(Self(fields))
    }
}

/// A form that brings its own proof of who sends it: a password, or a link. It is bound to no session,
/// so that it also works in a browser in which somebody signed in since it was opened. That it comes
/// from a page of ours is checked all the same, by [`same_origin`].
#[derive(Debug)]
pub(crate) struct Unbound(pub Posted);

impl FromRequest<Arc<Web>> for Unbound {
    type Rejection = Response;
    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        Ok(Self(Posted(read(request, web).await?)))
    }
}

async fn read(request: Request, web: &Arc<Web>) -> Result<Query, Response> {
    let bytes = read_whole(request, web).await.map_err(IntoResponse::into_response)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::stale_form().into_response())?;
    Ok(Query::parse(text))
}
