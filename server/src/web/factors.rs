//! `/account/factors` and below: one's own second factors.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::factors::{Model, Shown, app_page, codes_page, page};
use tenure_domain::access::PrincipalKind;
use tenure_domain::id::CredentialId;
use tenure_domain::sign_in::Level;
use tenure_services::ServiceError;
use tenure_services::factors::{
    Confirmed, NewApp, begin_app, enrol_app, enrol_passkey, enrol_passkey_begin, make_recovery_codes, my_factors, name_factor,
    remove_factor,
};
use tower_sessions::Session;

use super::confirm::proved;
use super::read::key;
use super::second::asked;
use super::{again, errors, frame, html, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/account/factors", show),
        post("/account/factors/app", app),
        post("/account/factors/app/confirm", confirm_app),
        post("/account/factors/codes", codes),
        post("/account/factors/passkey/begin", begin_passkey),
        post("/account/factors/passkey", passkey),
        post("/account/factors/{id}/name", name),
        post("/account/factors/{id}/remove", remove),
    ]
}

/// The session that asks; a token has none.
fn session_of(caller: &Caller) -> Option<CredentialId> {
    match caller.ctx.principal.kind {
        PrincipalKind::Person { session, .. } => Some(session),
        _ => None,
    }
}

async fn shown(web: &Web, caller: &Caller, said: &str, errors: FormErrors) -> Result<String, Failure> {
    if caller.ctx.principal.identity_id().is_none() {
        return Err(Failure::not_found());
    }
    let mine = my_factors(&caller.ctx).await?;
    Ok(page(&frame(web, caller, said), Model { mine, errors }))
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said").unwrap_or_default() {
        "added" => "The second factor is added, and your other sessions are ended. Make recovery codes, if you have none.",
        "named" => "The name is saved.",
        "removed" => "The second factor is removed, and your other sessions are ended.",
        _ => "",
    };
    Ok(html(shown(&web, &caller, said, FormErrors::new()).await?))
}

async fn wrong(web: &Web, caller: &Caller, error: ServiceError) -> Reply {
    Ok(again(shown(web, caller, "", errors(error)?).await?))
}

fn page_of(web: &Web, caller: &Caller, new: NewApp, errors: FormErrors) -> String {
    let shown = Shown { text: new.text, uri: new.uri, sealed: BASE64.encode(new.sealed), errors };
    app_page(&frame(web, caller, ""), shown)
}

async fn app(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, _form: Posted) -> Reply {
    match begin_app(&caller.ctx).await {
        Ok(new) => Ok(html(page_of(&web, &caller, new, FormErrors::new()))),
        Err(error) => wrong(&web, &caller, error).await,
    }
}

async fn confirm_app(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, session: Session, form: Posted) -> Reply {
    let sealed = BASE64.decode(form.text("sealed")).unwrap_or_default();
    match enrol_app(&caller.ctx, session_of(&caller), &sealed, &form.raw("code")).await {
        Ok(()) => added(&caller, &session, Level::Two).await,
        Err((error, Some(shown))) => Ok(again(page_of(&web, &caller, shown, errors(error)?))),
        Err((error, None)) => wrong(&web, &caller, error).await,
    }
}

/// What was added was shown just now: the session is worth as much, under a new key.
async fn added(caller: &Caller, session: &Session, level: Level) -> Reply {
    let had = caller.ctx.proven.map_or(Level::One, |proven| proven.level);
    proved(caller, session, Confirmed { level: level.max(had) }).await?;
    Ok(see_other("/account/factors?said=added"))
}

async fn codes(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, _form: Posted) -> Reply {
    match make_recovery_codes(&caller.ctx).await {
        Ok(codes) => Ok(html(codes_page(&frame(&web, &caller, ""), codes.iter().map(|code| code.expose()).collect()))),
        Err(error) => wrong(&web, &caller, error).await,
    }
}

async fn begin_passkey(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, _form: Posted) -> Reply {
    asked(enrol_passkey_begin(&caller.ctx).await)
}

async fn passkey(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, session: Session, form: Posted) -> Reply {
    let done = enrol_passkey(&caller.ctx, session_of(&caller), &form.raw("asked"), &form.raw("answer"), &form.text("name")).await;
    match done {
        Ok(()) => added(&caller, &session, Level::Resistant).await,
        Err(error) => wrong(&web, &caller, error).await,
    }
}

async fn name(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    match name_factor(&caller.ctx, key(&id)?, &form.text("name")).await {
        Ok(()) => Ok(see_other("/account/factors?said=named")),
        Err(error) => wrong(&web, &caller, error).await,
    }
}

async fn remove(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, session: Session, Path(id): Path<String>, _form: Posted) -> Reply {
    match remove_factor(&caller.ctx, session_of(&caller), key(&id)?).await {
        Ok(()) => {
            let level = caller.ctx.proven.map_or(Level::One, |proven| proven.level);
            proved(&caller, &session, Confirmed { level }).await?;
            Ok(see_other("/account/factors?said=removed"))
        }
        Err(error) => wrong(&web, &caller, error).await,
    }
}
