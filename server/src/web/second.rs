//! `/sign-in/second` and `/sign-in/passkey`: the second factor, and signing in by a passkey alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;
use tenure_app::components::FormErrors;
use tenure_app::pages::second::{Second, page};
use tenure_app::pages::sign_in::{SignIn, page as sign_in_page};
use tenure_services::ServiceError;
use tenure_services::accounts::SignedIn;
use tenure_services::factors::{
    Asked, FirstStep, enter, enter_begin, finish_by_code, finish_by_passkey, finish_passkey_begin, passkeys_work,
};
use tower_sessions::Session;

use super::confirm::at_field;
use super::providers::ways;
use super::sign_in::{begin_session, own_path};
use super::{again, errors, html, see_other};
use crate::http::{Caller, Failure, HALF, HalfIn, Reply, Route, Unbound, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/sign-in/second", show).public(),
        post("/sign-in/second", by_code).public(),
        post("/sign-in/second/passkey/begin", begin).public(),
        post("/sign-in/second/passkey", by_passkey).public(),
        post("/sign-in/passkey/begin", enter_asked).public(),
        post("/sign-in/passkey", entered).public(),
    ]
}

/// What a browser is told that wants to ask a passkey: what to ask; what is wrong; or where to go first.
pub(super) fn asked(asked: Result<Asked, ServiceError>) -> Reply {
    Ok(match asked {
        Ok(asked) => Json(asked).into_response(),
        Err(ServiceError::Proof) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "go": "/confirm?back=/account/factors" }))).into_response()
        }
        Err(error @ (ServiceError::Refused(_) | ServiceError::Conflict(_))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "said": format!("Not done: {error}.") }))).into_response()
        }
        Err(other) => return Err(other.into()),
    })
}

/// Goes on after a first factor: into the portal, or to the second one.
pub(super) async fn go_on(caller: &Caller, session: &Session, step: FirstStep, next: String) -> Reply {
    match step {
        FirstStep::In(person) => {
            begin_session(caller, session, person).await?;
            Ok(see_other(next))
        }
        FirstStep::Half(half) => {
            // A new id: whoever planted the one before does not see what is shown here.
            session.flush().await.map_err(|_| Failure::unavailable())?;
            session.insert(HALF, HalfIn { half, next }).await.map_err(|_| Failure::unavailable())?;
            Ok(see_other("/sign-in/second"))
        }
    }
}

async fn half(caller: &Caller, session: &Session) -> Result<Option<HalfIn>, Failure> {
    let found: Option<HalfIn> = session.get(HALF).await.map_err(|_| Failure::unavailable())?;
    Ok(found.filter(|found| !found.half.is_over(caller.ctx.now)))
}

/// Where somebody begins anew who took too long.
fn begin_anew() -> Reply {
    Ok(see_other("/sign-in?late=1"))
}

async fn model(web: &Web, caller: &Caller, half: &HalfIn, errors: FormErrors) -> Result<Second, Failure> {
    let held =
        web.app.store.read().await.map_err(ServiceError::from)?.held_factors(half.half.identity_id).await.map_err(ServiceError::from)?;
    let passkey = held.passkey && passkeys_work(&web.app);
    Ok(Second { passkey, code: !half.half.passkey_only, errors, nonce: caller.nonce.clone() })
}

async fn show(State(web): State<Arc<Web>>, caller: Caller, session: Session) -> Reply {
    let Some(half) = half(&caller, &session).await? else { return begin_anew() };
    Ok(html(page(model(&web, &caller, &half, FormErrors::new()).await?, caller.theme)))
}

async fn done(web: &Web, caller: &Caller, session: &Session, half: &HalfIn, done: Result<SignedIn, ServiceError>) -> Reply {
    match done {
        Ok(person) => {
            begin_session(caller, session, person).await?;
            Ok(see_other(own_path(&half.next)))
        }
        Err(error) => Ok(again(page(model(web, caller, half, errors(error)?).await?, caller.theme))),
    }
}

async fn by_code(State(web): State<Arc<Web>>, caller: Caller, session: Session, Unbound(form): Unbound) -> Reply {
    let Some(half) = half(&caller, &session).await? else { return begin_anew() };
    let signed_in = finish_by_code(&caller.ctx, &half.half, &form.raw("code"), &caller.came.browser()).await;
    done(&web, &caller, &session, &half, signed_in.map_err(|error| at_field(error, "code"))).await
}

async fn begin(State(_): State<Arc<Web>>, caller: Caller, session: Session, _form: Unbound) -> Reply {
    match half(&caller, &session).await? {
        Some(half) => asked(finish_passkey_begin(&caller.ctx, &half.half).await),
        None => Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "go": "/sign-in?late=1" }))).into_response()),
    }
}

async fn by_passkey(State(web): State<Arc<Web>>, caller: Caller, session: Session, Unbound(form): Unbound) -> Reply {
    let Some(half) = half(&caller, &session).await? else { return begin_anew() };
    let from = caller.came.browser();
    let signed_in = finish_by_passkey(&caller.ctx, &half.half, &form.raw("asked"), &form.raw("answer"), &from).await;
    done(&web, &caller, &session, &half, signed_in).await
}

async fn enter_asked(State(_): State<Arc<Web>>, caller: Caller, _form: Unbound) -> Reply {
    asked(enter_begin(&caller.ctx).await)
}

async fn entered(State(web): State<Arc<Web>>, caller: Caller, session: Session, Unbound(form): Unbound) -> Reply {
    let next = own_path(&form.text("next"));
    match enter(&caller.ctx, &form.raw("asked"), &form.raw("answer"), &caller.came.browser()).await {
        Ok(person) => {
            begin_session(&caller, &session, person).await?;
            Ok(see_other(next))
        }
        Err(error) => {
            let (errors, ways, passkeys) = (errors(error)?, ways(&web).await?, passkeys_work(&web.app));
            let model = SignIn { next, errors, ways, passkeys, nonce: caller.nonce.clone(), ..SignIn::default() };
            Ok(again(sign_in_page(model, caller.theme)))
        }
    }
}
