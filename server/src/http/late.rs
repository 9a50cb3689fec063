//! A form that comes after its session has run out is not lost: it is kept until its sender has signed in again.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use chrono::{DateTime, Utc};
use tenure_app::components::Query;
use tenure_services::accounts::{DRAFT_BYTES, keep_draft};
use tower_sessions::session::Id;

use super::Web;
use super::cookies::SESSION;
use super::csrf::is_token_of;
use super::session_store::id_hash;

/// The form of this request was kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lapsed;

/// Below these addresses forms are kept: they hold what somebody thought about, and nothing secret.
const KEPT: [&str; 9] =
    ["/identities", "/roles", "/rules", "/credentials", "/hand-overs", "/drift-reviews", "/tasks", "/views", "/settings/sessions"];

/// Words that no field's name may hold, wherever the form is sent.
const SECRET: [&str; 6] = ["password", "secret", "token", "passphrase", "private", "code"];

/// Keeps the form of somebody whose session has run out, and gives the request back as it was.
pub(super) async fn keep(web: &Arc<Web>, request: Request, now: DateTime<Utc>) -> Request {
    let path = request.uri().path().to_owned();
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = *request.method() == Method::POST && !kind.starts_with("multipart/");
    let session: Option<Id> = SESSION.of(web, request.headers()).parse().ok();
    let (true, true, Some(session)) = (form, is_kept(&path), session) else { return request };
    let (parts, body) = request.into_parts();
    // Limited in size and time, as every form is. What is longer is refused anyway: nobody is signed in.
    let Ok(Ok(bytes)) = tokio::time::timeout(web.form_time, to_bytes(body, DRAFT_BYTES)).await else {
        return Request::from_parts(parts, Body::empty());
    };
    let mut request = Request::from_parts(parts, Body::from(bytes.clone()));
    if let Some(fields) = fields(web, &session.to_string(), &bytes) {
        match keep_draft(&web.app, &id_hash(web, &session), &path, &fields, now).await {
            Ok(true) => {
                request.extensions_mut().insert(Lapsed);
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "a form that came too late could not be kept"),
        }
    }
    request
}

fn is_kept(path: &str) -> bool {
    KEPT.iter().any(|at| path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        // What is issued or set up there is shown once.
        && !path.contains("/tokens") && !path.contains("/ssh-keys") && !path.contains("/portal")
}

/// What was typed, if it came from a page of that very session and holds nothing secret.
fn fields(web: &Web, session_key: &str, bytes: &Bytes) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= DRAFT_BYTES)?;
    let query = Query::parse(text);
    if !query.get("_token").is_some_and(|token| is_token_of(web, session_key, token)) {
        return None;
    }
    let query = query.without("_token");
    let secret = query.pairs().iter().any(|(name, _)| SECRET.iter().any(|word| name.to_ascii_lowercase().contains(word)));
    (!secret).then(|| query.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_issue_or_hold_secrets_are_not_kept() {
        for kept in ["/identities/new", "/identities/018f/edit", "/roles/plan", "/rules/draft", "/settings/sessions", "/views"] {
            assert!(is_kept(kept), "{kept}");
        }
        for not in [
            "/sign-in",
            "/account/password",
            "/account/tokens/new",
            "/identities/018f/tokens/new",
            "/identities/018f/ssh-keys/new",
            "/identities/018f/portal/invite",
            "/applications/018f/target",
            "/signals/receivers",
            "/identitiesx",
            "/set-up",
        ] {
            assert!(!is_kept(not), "{not}");
        }
    }
}
