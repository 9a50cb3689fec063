//! `/confirm`: showing anew that it is you, and going on with what you did. A form that was sent is kept, sealed, in the page,
//! and sent again by whoever looks at it: never by itself.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::confirm::{Confirm, go_on_page, page};
use tenure_domain::access::PrincipalKind;
use tenure_domain::sign_in::Stand;
use tenure_services::factors::{Confirmed, confirm_by_code, confirm_by_password, confirm_passkey, confirm_passkey_begin, ways_to_confirm};
use tenure_services::{ServiceError, sign_in::begin_sign_in};
use tenure_vault::Password;
use tower_sessions::Session;

use super::providers::{begun, no_way};
use super::read::key;
use super::second::asked;
use super::sign_in::own_path;
use super::{again, errors, frame, html, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, WHO, Web, Who, get, page_at, post};

/// A longer form is not kept.
const LONGEST: usize = 200_000;
/// So long a form is kept, in seconds.
const KEPT: i64 = 30 * 60;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/confirm", show),
        post("/confirm", confirm),
        post("/confirm/passkey/begin", begin),
        post("/confirm/passkey", by_passkey),
        post("/confirm/providers/{id}", by_provider),
    ]
}

/// A form that waits.
#[derive(Serialize, Deserialize)]
struct Waiting {
    /// Where it goes.
    path: String,
    fields: Vec<(String, String)>,
    /// In seconds since 1970.
    until: i64,
}

/// What a form that waits belongs to: one person.
fn about(caller: &Caller) -> String {
    let who = caller.ctx.principal.identity_id().map(|id| id.to_string()).unwrap_or_default();
    format!("form of {who}")
}

fn seal(web: &Web, caller: &Caller, fields: &Query) -> Option<String> {
    let fields: Vec<_> = fields.pairs().iter().filter(|(name, _)| name != "_token").cloned().collect();
    let waiting = Waiting { path: caller.here.clone(), fields, until: caller.ctx.now.timestamp() + KEPT };
    let plain = serde_json::to_vec(&waiting).ok().filter(|plain| plain.len() <= LONGEST)?;
    Some(BASE64.encode(web.app.keys.factors().seal(&plain, &about(caller)).ok()?))
}

fn open(web: &Web, caller: &Caller, kept: &str) -> Option<Waiting> {
    let plain = web.app.keys.factors().open(&BASE64.decode(kept).ok()?, &about(caller)).ok()?;
    serde_json::from_slice::<Waiting>(&plain).ok().filter(|waiting| waiting.until > caller.ctx.now.timestamp())
}

/// Asks whoever sent a form who they are, with the form kept.
pub(crate) async fn ask_for_proof(web: &Arc<Web>, caller: &Caller) -> Result<Response, Failure> {
    let kept = caller.kept.fields().and_then(|fields| seal(web, caller, fields));
    let back = page_at(caller.kept.from.as_deref().unwrap_or(&caller.here));
    let model = Confirm {
        ways: ways_to_confirm(&caller.ctx).await?,
        back,
        lost: kept.is_none(),
        kept: kept.unwrap_or_default(),
        errors: FormErrors::new(),
    };
    Ok((StatusCode::FORBIDDEN, Html(page(&frame(web, caller, ""), model))).into_response())
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let back = own_path(Query::parse(&query.unwrap_or_default()).get("back").unwrap_or("/"));
    if !matches!(caller.ctx.principal.kind, PrincipalKind::Person { .. }) {
        return Err(Failure::not_found());
    }
    // There is nothing to show any more.
    let fresh = caller.ctx.proven.is_some_and(|proven| proven.until > caller.ctx.now);
    if fresh && !matches!(caller.stand, Stand::Prove { .. }) {
        return Ok(see_other(back));
    }
    let ways = ways_to_confirm(&caller.ctx).await?;
    Ok(html(page(&frame(&web, &caller, ""), Confirm { ways, back, ..Confirm::default() })))
}

async fn confirm(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, session: Session, form: Posted) -> Reply {
    let done = match form.0.get("code") {
        Some(code) => confirm_by_code(&caller.ctx, code, &caller.came.network).await.map_err(|error| at_field(error, "code")),
        None => confirm_by_password(&caller.ctx, Password::from(form.raw("password"))).await,
    };
    after(&web, caller, &session, &form, done).await
}

/// A refusal of the one field that the form has stands at it.
pub(super) fn at_field(error: ServiceError, field: &'static str) -> ServiceError {
    match error {
        ServiceError::Refused(words) => ServiceError::field(field, words),
        other => other,
    }
}

async fn begin(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, _form: Posted) -> Reply {
    asked(confirm_passkey_begin(&caller.ctx).await)
}

async fn by_passkey(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, session: Session, form: Posted) -> Reply {
    let done = confirm_passkey(&caller.ctx, &form.raw("asked"), &form.raw("answer")).await;
    after(&web, caller, &session, &form, done).await
}

async fn by_provider(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Posted,
) -> Reply {
    let PrincipalKind::Person { session, .. } = caller.ctx.principal.kind else { return Err(Failure::not_found()) };
    let back = own_path(&form.text("back"));
    let browser = super::providers::known(&web, &headers);
    match begin_sign_in(&caller.ctx, &web.origin, key(&id)?, &browser, &back, Some(session), &caller.came.network).await {
        Ok(found) => Ok(begun(&web, &caller, &found)),
        Err(no) => no_way(&web, &caller, back, no).await,
    }
}

async fn after(web: &Arc<Web>, caller: Caller, session: &Session, form: &Posted, done: Result<Confirmed, ServiceError>) -> Reply {
    let (back, kept) = (own_path(&form.text("back")), form.raw("kept"));
    let confirmed = match done {
        Ok(confirmed) => confirmed,
        Err(error) => {
            let model = Confirm { ways: ways_to_confirm(&caller.ctx).await?, back, kept, lost: false, errors: errors(error)? };
            return Ok(again(page(&frame(web, &caller, ""), model)));
        }
    };
    let caller = proved(&caller, session, confirmed).await?;
    match open(web, &caller, &kept) {
        Some(waiting) => Ok(html(go_on_page(&frame(web, &caller, ""), waiting.path, waiting.fields, back))),
        None => Ok(see_other(back)),
    }
}

/// Gives the session a new key, and notes what was proved. Yields the caller of the new one.
pub(super) async fn proved(caller: &Caller, session: &Session, confirmed: Confirmed) -> Result<Caller, Failure> {
    let failed = |_| Failure::unavailable();
    let who: Who = session.get(WHO).await.map_err(failed)?.ok_or_else(Failure::unavailable)?;
    let who = Who { level: confirmed.level, proved_at: caller.ctx.now, ..who };
    session.insert(WHO, who).await.map_err(failed)?;
    // An id that somebody else knows is worth nothing afterwards (ASVS 5, 7.2.4).
    session.cycle_id().await.map_err(failed)?;
    session.save().await.map_err(failed)?;
    let session_key = session.id().map(|id| id.to_string()).unwrap_or_default();
    Ok(Caller { session_key, ..caller.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_stands_at_the_field_and_what_fails_stays_a_failure() {
        assert!(matches!(at_field(ServiceError::Refused("no".to_owned()), "code"), ServiceError::Invalid(_)));
        assert!(matches!(at_field(ServiceError::Busy, "code"), ServiceError::Busy));
    }
}
