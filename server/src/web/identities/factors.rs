//! `/identities/{id}/factors`: two administrators let somebody begin anew who lost their second factors.

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::identities::factors::{Model, page};
use tenure_app::pages::identities::portal::link_page;
use tenure_domain::id::IdentityId;
use tenure_services::ServiceError;
use tenure_services::accounts::LINK_HOURS;
use tenure_services::factors::{ask_reset_factors, confirm_reset_factors, reset_of, withdraw_reset_factors};

use crate::http::{Caller, Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/identities/{id}/factors", show),
        post("/identities/{id}/factors", ask),
        post("/identities/{id}/factors/confirm", confirm),
        post("/identities/{id}/factors/withdraw", withdraw),
    ]
}

async fn shown(web: &Web, caller: &Caller, id: IdentityId, typed: String, errors: FormErrors) -> Result<String, ServiceError> {
    let (identity, asked, factors) = reset_of(&caller.ctx, id).await?;
    let own = asked.as_ref().is_some_and(|view| Some(view.reset.asked_by) == caller.ctx.principal.identity_id());
    Ok(page(&frame(web, caller, ""), Model { identity, asked, factors, own, typed, errors }))
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    Ok(html(shown(&web, &caller, key(&id)?, String::new(), FormErrors::new()).await?))
}

async fn after(web: &Web, caller: &Caller, id: IdentityId, typed: String, done: Result<(), ServiceError>) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/identities/{id}/factors"))),
        Err(error) => Ok(again(shown(web, caller, id, typed, errors(error)?).await?)),
    }
}

async fn ask(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let (id, reason) = (key(&id)?, form.text("reason"));
    let done = ask_reset_factors(&caller.ctx, id, &reason).await;
    after(&web, &caller, id, reason, done).await
}

/// The link stands in this one answer, and in the mail.
async fn confirm(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let (id, proofed): (IdentityId, String) = (key(&id)?, form.text("proofed"));
    match confirm_reset_factors(&caller.ctx, id, &proofed).await {
        Ok(token) => {
            let (identity, ..) = reset_of(&caller.ctx, id).await?;
            let link = format!("{}/set-up?token={}", web.origin, token.expose());
            Ok(html(link_page(&frame(&web, &caller, ""), &identity, link, LINK_HOURS)))
        }
        Err(error) => after(&web, &caller, id, proofed, Err(error)).await,
    }
}

async fn withdraw(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    let done = withdraw_reset_factors(&caller.ctx, id).await;
    after(&web, &caller, id, String::new(), done).await
}
