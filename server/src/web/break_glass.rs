//! `/settings/break-glass` and below, and `/sign-in/break-glass`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::break_glass::{Model, PATH, SignIn, Typed, link_page, page, sign_in_page};
use tenure_domain::id::{BreakGlassUseId, IdentityId};
use tenure_services::ServiceError;
use tenure_services::break_glass::{NewBreakGlass, SEAL_HOURS, close_use, look, make_account, seal_account, sign_in_sealed};
use tenure_services::identities::identity_name;
use tenure_vault::Password;
use tower_sessions::Session;

use super::read::key;
use super::sign_in::begin_session;
use super::{again, errors, frame, html, see_other};
use crate::http::{Caller, Posted, Reply, Route, SignedIn, Unbound, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/settings/break-glass", show),
        post("/settings/break-glass", make),
        post("/settings/break-glass/{id}/seal", seal),
        post("/settings/break-glass/uses/{id}/close", close),
        get("/sign-in/break-glass", form).public(),
        post("/sign-in/break-glass", sign_in).public(),
    ]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said") {
        Some("made") => "The account is made. Seal it, so that it has a password.",
        Some("closed") => "The review is closed.",
        _ => "",
    };
    let model = Model { overview: look(&caller.ctx).await?, typed: Typed::default(), errors: FormErrors::new() };
    Ok(html(page(&frame(&web, &caller, said), model)))
}

async fn wrong(web: &Web, caller: &Caller, typed: Typed, errors: FormErrors) -> Reply {
    let model = Model { overview: look(&caller.ctx).await?, typed, errors };
    Ok(again(page(&frame(web, caller, ""), model)))
}

async fn make(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let typed =
        Typed { user_name: form.text("user_name"), display_name: form.text("display_name"), minutes: form.text("minutes"), note: None };
    let new = NewBreakGlass {
        user_name: typed.user_name.clone(),
        display_name: typed.display_name.clone(),
        minutes: typed.minutes.parse().unwrap_or_default(),
    };
    match make_account(&caller.ctx, &new).await {
        Ok(_) => Ok(see_other(format!("{PATH}?said=made"))),
        Err(error) => wrong(&web, &caller, typed, errors(error)?).await,
    }
}

async fn seal(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    match seal_account(&caller.ctx, id).await {
        Ok(token) => {
            let name = identity_name(&caller.ctx, id).await?.map(|found| found.display_name).unwrap_or_default();
            let url = format!("{}/set-up?token={}", web.origin, token.expose());
            Ok(html(link_page(&frame(&web, &caller, ""), name, url, SEAL_HOURS)))
        }
        Err(error) => wrong(&web, &caller, Typed::default(), errors(error)?).await,
    }
}

async fn close(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: BreakGlassUseId = key(&id)?;
    let note = form.raw("note");
    match close_use(&caller.ctx, id, &note).await {
        Ok(()) => Ok(see_other(format!("{PATH}?said=closed"))),
        Err(error) => {
            // The field of this form: there may be several on the page.
            let errors = match error {
                ServiceError::Invalid(faults) => faults.into_iter().map(|fault| (format!("note-{id}"), fault.message)).collect(),
                other => errors(other)?,
            };
            wrong(&web, &caller, Typed { note: Some((id, note)), ..Typed::default() }, errors).await
        }
    }
}

async fn form(caller: Caller) -> Reply {
    Ok(html(sign_in_page(SignIn::default(), caller.theme)))
}

async fn sign_in(State(_): State<Arc<Web>>, caller: Caller, session: Session, Unbound(form): Unbound) -> Reply {
    let (user_name, reason) = (form.text("user_name"), form.raw("reason"));
    let password = Password::from(form.raw("password"));
    match sign_in_sealed(&caller.ctx, &user_name, password, &reason, &caller.came.browser()).await {
        Ok(person) => {
            begin_session(&caller, &session, person).await?;
            Ok(see_other("/"))
        }
        Err(error) => Ok(again(sign_in_page(SignIn { user_name, reason, errors: errors(error)? }, caller.theme))),
    }
}
